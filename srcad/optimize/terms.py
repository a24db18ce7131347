"""Expressions as shared, immutable terms: equal expressions are one object, whose facts are computed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.results.calls import may_make_complex
from srcad.lang.walking import nodes_in
from srcad.optimize.calls import ARRAY_UPDATES, PURE_METHODS, changed_arguments
from srcad.optimize.context import Context

__all__ = ["WORLD", "Term", "Terms", "base_name", "count", "is_display", "substitute"]

WORLD = "@world"
"""Stands for all memory that exists outside of the function."""

_OPAQUE = frozenset(
    [
        gast.Lambda, gast.JoinedStr, gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp,
        gast.NamedExpr, gast.Yield, gast.YieldFrom, gast.Await,
    ]
)  # fmt: skip
_DISPLAYS = (gast.List, gast.Tuple, gast.Dict, gast.Set)
_IMPURE = (gast.Yield, gast.YieldFrom, gast.Await, gast.NamedExpr)
_OPERATORS = (gast.operator, gast.unaryop, gast.cmpop, gast.boolop)
_NOTHING: frozenset[str] = frozenset()


class Term:
    """An expression.

    Attributes
    ----------
    kind : type
        The class of its node.
    name : str
        The identifier of a name.
    parts : tuple
        The fields of its node without ``ctx``: terms, tuples of them, operator classes, names, values.
    serial : int
        Its place in the order in which terms were made.
    children : tuple of Term
        The terms directly below.
    reads : frozenset of str
        The variables that it reads.
    changes : frozenset of str
        The variables through which calls in it may change memory.
    is_pure : bool
        Whether evaluating it changes nothing.
    is_opaque : bool
        Whether it is code that only Python itself looks into: a lambda, a comprehension, a formatted string.
    callee : object
        The function that it calls, where that is static.
    may_be_of_complex : bool
        Whether it comes of a function that may return complex numbers for real ones.
    is_fresh : bool or None
        What `srcad.optimize.memory.is_fresh` has found out, once it was asked.
    """

    __slots__ = (
        "callee", "changes", "children", "is_fresh", "is_opaque", "is_pure", "kind", "may_be_of_complex", "name", "parts",
        "reads", "serial",
    )  # fmt: skip

    kind: Any
    name: str
    parts: tuple[Any, ...]
    serial: int
    children: tuple[Term, ...]
    reads: frozenset[str]
    changes: frozenset[str]
    is_pure: bool
    is_opaque: bool
    callee: Any
    may_be_of_complex: bool
    is_fresh: bool | None

    def __repr__(self) -> str:
        return f"{self.kind.__name__}{self.parts}"


class Terms:
    """The terms of one function.

    Examples
    --------
    >>> terms = Terms({}, Context(lambda function: False))
    >>> first = terms.of(gast.parse("a * (b + 1)", mode="eval").body)
    >>> second = terms.of(gast.parse("a*(b+1)", mode="eval").body)
    >>> first is second, sorted(first.reads)
    (True, ['a', 'b'])
    """

    def __init__(self, statics: dict[str, Any], context: Context) -> None:
        self.statics = statics
        self.context = context
        self.captured: set[str] = set()
        self._table: dict[Any, Term] = {}
        self._pure: dict[str, bool] = {}

    # ---- making -----------------------------------------------------------------------------

    def of(self, node: gast.expr) -> Term:
        """Return the term of an expression or of a target."""
        kind = type(node)
        if kind is gast.Name:
            return self.load(node.id)
        if kind is gast.Constant:
            return self.constant(node.value)
        if kind in _OPAQUE:
            return self._opaque(node)
        parts = tuple([self._part(getattr(node, field, None)) for field in kind._fields if field != "ctx"])
        return self.make(kind, *parts)

    def _part(self, value: Any) -> Any:
        if isinstance(value, list):
            return tuple([self._part(item) for item in value])
        if isinstance(value, _OPERATORS):
            return type(value)
        return self.of(value) if isinstance(value, gast.AST) else value

    def make(self, kind: Any, *parts: Any) -> Term:
        """Return the term with these parts."""
        key = (kind, parts)
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = self._described(kind, parts)
        return found

    def load(self, name: str) -> Term:
        """Return the term that reads a variable or a static name."""
        return self.make(gast.Name, name)

    def static(self, name: str, value: Any) -> Term:
        """Return the term of a static name, which stands for a function from now on."""
        self.statics.setdefault(name, value)
        return self.load(name)

    def constant(self, value: Any) -> Term:
        """Return the term of a constant."""
        shown = repr(value) if isinstance(value, (float, complex)) else value
        key = (gast.Constant, type(value), shown)
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = self._described(gast.Constant, (value,))
        return found

    def binary(self, left: Term, op: type, right: Term) -> Term:
        """Return ``left op right``."""
        return self.make(gast.BinOp, left, op, right)

    def negative(self, operand: Term) -> Term:
        """Return ``-operand``."""
        return self.make(gast.UnaryOp, gast.USub, operand)

    def key(self, term: Term) -> Any:
        """Return what is equal for equal values; the factors of a product may be swapped."""
        if term.kind is gast.BinOp and term.parts[1] is gast.Mult:
            left, _, right = term.parts
            return (left, right) if left.serial <= right.serial else (right, left)
        return term

    def _opaque(self, node: gast.expr) -> Term:
        names = {n.id for n in nodes_in(node) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load)}
        term = self._described(type(node), (node,))
        term.is_opaque = True
        term.reads = frozenset(n for n in names if not self.is_static(n))
        impure = any(
            isinstance(n, _IMPURE) or (isinstance(n, gast.Call) and not self.of(n).is_pure)
            for n in nodes_in(node)
        )
        term.is_pure = not impure
        term.changes = term.reads | {WORLD} if impure else _NOTHING
        self.captured |= term.reads
        return term

    # ---- facts ------------------------------------------------------------------------------

    def is_static(self, name: str) -> bool:
        """Tell whether a name stands for one known object."""
        return "." in name or name in self.statics

    def _described(self, kind: Any, parts: tuple[Any, ...]) -> Term:
        term = Term()
        term.kind, term.parts, term.serial = kind, parts, len(self._table)
        term.is_opaque, term.callee, term.is_fresh = False, None, None
        term.name = parts[0] if parts and type(parts[0]) is str else ""
        term.children = children = tuple(_terms_in(parts)) if kind is not gast.Name else ()
        if kind is gast.Name:
            term.reads = _NOTHING if self.is_static(parts[0]) else frozenset(parts)
        elif len(children) == 1:
            term.reads = children[0].reads
        else:
            term.reads = _NOTHING.union(*[child.reads for child in children])
        if kind is gast.Attribute and not children[0].reads and children[0].kind is gast.Name:
            term.reads = frozenset([WORLD])
        term.may_be_of_complex = any([child.may_be_of_complex for child in children])
        term.is_pure = all([child.is_pure for child in children])
        term.changes = _NOTHING if term.is_pure else _NOTHING.union(*[child.changes for child in children])
        if kind is gast.Call:
            self._describe_call(term)
        return term

    def _describe_call(self, term: Term) -> None:
        func, args, keywords = term.parts
        if func.kind is gast.Name:
            term.callee = self.statics.get(func.name)
            term.may_be_of_complex = term.may_be_of_complex or may_make_complex(term.callee)
        changed = self._changed_by(term, func, args, keywords)
        if changed is not None:
            term.is_pure = False
            term.changes |= changed

    def _changed_by(self, term: Term, func: Term, args: Any, keywords: Any) -> frozenset[str] | None:
        """Return the variables through which a call may change memory, or None if it is pure."""
        everything = term.reads | {WORLD}
        outputs = [keyword.parts[1] for keyword in keywords if keyword.parts[0] == "out"]
        if outputs:
            changed = base_name(outputs[0]) if isinstance(term.callee, np.ufunc) else None
            return everything if changed is None else frozenset([changed])
        if func.kind is gast.Attribute:
            receiver, method = func.parts
            if method in PURE_METHODS:
                return None
            is_array = receiver.kind is gast.Name and self.context.is_array(receiver.name)
            return receiver.reads if is_array and method in ARRAY_UPDATES else everything
        if term.callee is None:
            return everything
        if (
            self._is_pure_function(func.name, term.callee)
            or _reverses_range(term.callee, args)
            or _compares(term.callee, args, keywords)
        ):
            return None
        positions = changed_arguments(term.callee)
        if positions is None or any(arg.kind is gast.Starred for arg in args):
            return everything
        names = [base_name(args[place]) for place in positions if place < len(args)]
        return frozenset(name or WORLD for name in names) if names else everything

    def _is_pure_function(self, name: str, callee: Any) -> bool:
        found = self._pure.get(name)
        if found is None:
            found = self._pure[name] = bool(self.context.pure(callee))
        return found


def _reverses_range(callee: Any, args: Any) -> bool:
    """Tell whether a call is ``reversed(range(...))``, which runs no code of a user's class."""
    return callee is reversed and len(args) == 1 and args[0].callee is range and args[0].is_pure


def _compares(callee: Any, args: Any, keywords: Any) -> bool:
    """Tell whether a call is ``max(a, b)`` or the like, which does what a comparison does."""
    plain = not keywords and not any(arg.kind is gast.Starred for arg in args)
    return (callee is max or callee is min) and len(args) > 1 and plain


def _terms_in(parts: Iterable[Any]) -> Iterator[Term]:
    for part in parts:
        if type(part) is Term:
            yield part
        elif type(part) is tuple:
            yield from _terms_in(part)


def base_name(term: Term) -> str | None:
    """Return the variable at the root of ``x.a[i]``."""
    while term.kind in (gast.Subscript, gast.Attribute, gast.Starred):
        term = term.parts[0]
    return term.name if term.kind is gast.Name else None


def is_display(term: Term) -> bool:
    """Tell whether a term puts values together in a container."""
    return term.kind in _DISPLAYS or term.callee is rt.named_tuple


def count(term: Term, name: str) -> int:
    """Return how often a term mentions a variable."""
    if name not in term.reads:
        return 0
    if term.kind is gast.Name:
        return 1
    if term.is_opaque:
        return 2  # how often it is evaluated is not known
    return sum([count(child, name) for child in term.children])


def substitute(terms: Terms, term: Term, values: Mapping[str, Term]) -> Term:
    """Return ``term`` with variables replaced; literals are put nowhere where only a name reads well."""
    if term.is_opaque or term.reads.isdisjoint(values):
        return term
    if term.kind is gast.Name:
        return values[term.name]
    parts = [_replaced(terms, part, values) for part in term.parts]
    if term.kind in (gast.Attribute, gast.Subscript, gast.Starred, gast.Call):
        if parts[0].kind is gast.Constant or (term.kind is gast.Call and _is_method_of_literal(parts[0])):
            parts[0] = term.parts[0]
    return terms.make(term.kind, *parts)


def _is_method_of_literal(func: Term) -> bool:
    return func.kind is gast.Attribute and func.parts[0].kind is gast.Constant


def _replaced(terms: Terms, part: Any, values: Mapping[str, Term]) -> Any:
    if type(part) is Term:
        return substitute(terms, part, values)
    if type(part) is tuple:
        return tuple([_replaced(terms, item, values) for item in part])
    return part
