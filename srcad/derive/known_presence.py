"""Tests for None, and for texts, are settled where it is known when compiling what they say.

Before, in normal form, for floats ``b`` and ``c`` that are given::

    t = a is None
    if t:
        t = b is not None
        if t:
            t = c is not None
    if t:
        y = b * c
    else:
        y = None * b

After, for an ``a`` that is None::

    y = b * c

Functions that solve for whichever of their arguments is missing are written like that.  What cannot be reached would make
their results values of no kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gast

from srcad.analysis.kinds import ANY, NONE, Kind
from srcad.derive.build import constant
from srcad.lang.tree import names_written

__all__ = ["reached"]

_PRESENT = ("array", "bool", "dict", "float", "function", "int", "list", "number", "object", "str", "tuple")


def reached(body: list[Any], kinds: Mapping[str, Kind]) -> tuple[list[Any], int]:
    """Return the statements that can be reached, and how many branches were decided."""
    walk = _Presence(kinds)
    return walk.block(body, {}), walk.decided


class _Presence:
    """Goes through a program in its order, with the truths that are known at each place."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds, self.decided = kinds, 0

    def block(self, body: list[Any], known: dict[str, Any]) -> list[Any]:
        out: list[Any] = []
        for stmt in body:
            if isinstance(stmt, gast.If):
                out += self.branch(stmt, known)
                continue
            answer = self.answer(stmt, known)
            inside = known.copy()
            self.forget(stmt, inside)
            for part in ("body", "orelse", "finalbody"):
                if getattr(stmt, part, None):
                    setattr(stmt, part, self.block(getattr(stmt, part), inside.copy()) or [_nothing(stmt)])
            self.forget(stmt, known)
            if answer is not None:
                known[stmt.targets[0].id] = answer
            out.append(stmt)
        return out

    def branch(self, stmt: gast.If, known: dict[str, Any]) -> list[Any]:
        test = stmt.test
        taken = test.value if isinstance(test, gast.Constant) else known.get(getattr(test, "id", ""))
        if isinstance(taken, bool):
            self.decided += 1
            return self.block(stmt.body if taken else stmt.orelse, known)
        asked = getattr(test, "id", "")
        is_truth = self.kinds.get(asked, ANY).name == "bool"  # not the truth of a list, which changes with it
        ends = [{**known, asked: truth} if is_truth else known.copy() for truth in (True, False)]
        stmt.body = self.block(stmt.body, ends[0]) or [_nothing(stmt)]
        stmt.orelse = self.block(stmt.orelse, ends[1])
        known.clear()
        known.update(ends[0].items() & ends[1].items())
        return [stmt]

    def forget(self, stmt: gast.AST, known: dict[str, Any]) -> None:
        for written in names_written([stmt]):
            known.pop(written, None)

    def answer(self, stmt: Any, known: Mapping[str, Any]) -> bool | str | None:
        """Return the truth or text that a statement binds; None where it binds something else, or that is not known."""
        if not isinstance(stmt, gast.Assign) or not isinstance(stmt.targets[0], gast.Name):
            return None
        value = stmt.value
        if isinstance(value, (gast.Constant, gast.Name)):
            return _constant_of(value, known)
        if isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.Not):
            operand = known.get(getattr(value.operand, "id", ""))
            return not operand if isinstance(operand, bool) else None
        answer = self.compared(value, known) if isinstance(value, gast.Compare) else None
        if answer is not None:
            stmt.value = gast.copy_location(constant(answer), value)
        return answer

    def compared(self, value: gast.Compare, known: Mapping[str, Any]) -> bool | None:
        """Return what ``x is None``, or a comparison of two texts, says where that is known."""
        left, operator, right = value.left, value.ops[0], value.comparators[0]
        if isinstance(operator, gast.Is | gast.IsNot):
            is_none = self.is_none(left)
            if not isinstance(right, gast.Constant) or right.value is not None or is_none is None:
                return None
            return is_none is isinstance(operator, gast.Is)
        texts = _constant_of(left, known), _constant_of(right, known)
        if not isinstance(operator, gast.Eq | gast.NotEq) or not all(type(text) is str for text in texts):
            return None
        return (texts[0] == texts[1]) is isinstance(operator, gast.Eq)

    def is_none(self, value: gast.AST) -> bool | None:
        if isinstance(value, gast.Constant):
            return value.value is None
        kind = self.kinds.get(getattr(value, "id", ""), ANY)
        if kind == NONE:
            return True
        return False if kind.name in _PRESENT and not kind.optional else None


def _constant_of(value: gast.AST, known: Mapping[str, Any]) -> bool | str | None:
    """Return the truth or the text that is written here or known of a variable."""
    found = value.value if isinstance(value, gast.Constant) else known.get(getattr(value, "id", ""))
    return found if isinstance(found, (bool, str)) else None


def _nothing(stmt: gast.stmt) -> gast.stmt:
    return gast.copy_location(gast.Pass(), stmt)
