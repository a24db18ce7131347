"""How many columns an expression takes."""

from __future__ import annotations

from typing import Any

import gast

from srcad.lang.printer import expression_source
from srcad.optimize.program import expression
from srcad.optimize.terms import Term

__all__ = ["width"]

_OPERATORS = {gast.Pow: 4, gast.FloorDiv: 4, gast.LShift: 4, gast.RShift: 4}
_PRECEDENCE = {
    gast.BitOr: 1, gast.BitXor: 2, gast.BitAnd: 3, gast.LShift: 4, gast.RShift: 4, gast.Add: 5, gast.Sub: 5,
    gast.Pow: 8,
}  # fmt: skip
_PRODUCT, _SIGN, _ATOM = 6, 7, 9


def width(term: Term) -> int:
    """Return the number of columns that the text of a term takes on one line.

    Examples
    --------
    >>> from srcad.optimize.context import Context
    >>> from srcad.optimize.terms import Terms
    >>> text = "f(a * (b + 1), -c)[2:]"
    >>> term = Terms({}, Context(bool)).of(gast.parse(text, mode="eval").body)
    >>> width(term) == len(text)
    True
    """
    measure = _MEASURES.get(term.kind)
    return measure(term) if measure is not None else len(expression_source(expression(term)))


def _precedence(term: Term) -> int:
    if term.kind is gast.BinOp:
        return _PRECEDENCE.get(term.parts[1], _PRODUCT)
    if term.kind is gast.UnaryOp:
        return _SIGN if term.parts[0] is not gast.Not else 0
    return 0 if term.kind in (gast.Compare, gast.IfExp, gast.BoolOp, gast.Lambda) else _ATOM


def _bracketed(term: Term, least: int) -> int:
    return width(term) + (2 if _precedence(term) < least else 0)


def _binary(term: Term) -> int:
    left, op, right = term.parts
    own = _precedence(term)
    return _bracketed(left, own) + _OPERATORS.get(op, 3) + _bracketed(right, own + 1)


def _list(terms: Any) -> int:
    return sum([width(term) + 2 for term in terms]) - 2 if terms else 0


def _call(term: Term) -> int:
    func, args, keywords = term.parts
    return _bracketed(func, _ATOM) + 2 + _list([*args, *keywords])


def _tuple(term: Term) -> int:
    return _list(term.parts[0]) + (3 if len(term.parts[0]) == 1 else 2)


def _index(term: Term) -> int:
    value, index = term.parts
    brackets = 0 if index.kind is gast.Tuple and index.parts[0] else 2
    return _bracketed(value, _ATOM) + brackets + width(index)


def _slice(term: Term) -> int:
    lower, upper, step = (0 if part is None else width(part) for part in term.parts)
    return lower + 1 + upper + (step + 1 if step else 0)


_MEASURES: dict[Any, Any] = {
    gast.Name: lambda term: len(term.parts[0]),
    gast.Constant: lambda term: len(repr(term.parts[0])),
    gast.BinOp: _binary,
    gast.UnaryOp: lambda term: _bracketed(term.parts[1], _SIGN) + (4 if term.parts[0] is gast.Not else 1),
    gast.Call: _call,
    gast.keyword: lambda term: (
        len(term.parts[0] or "**") + (1 if term.parts[0] else 0) + width(term.parts[1])
    ),
    gast.Attribute: lambda term: _bracketed(term.parts[0], _ATOM) + 1 + len(term.parts[1]),
    gast.Subscript: _index,
    gast.Slice: _slice,
    gast.Tuple: _tuple,
    gast.List: lambda term: _list(term.parts[0]) + 2,
    gast.Starred: lambda term: width(term.parts[0]) + 1,
}
