"""Tests of what a value is are settled where its kind is known: whether it is there, whether a receiver is a number.

Before, in normal form::

    t = isinstance(x, rt.BUILT_IN)
    if t:
        y = x + 1.0
    else:
        y = x.__add__(1.0)

After, for a number, an array or a container of Python's ``x``::

    y = x + 1.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from srcad.analysis.kinds import ANY, Kind
from srcad.derive.known_presence import reached
from srcad.lang.function import Function
from srcad.runtime.containers import BUILT_IN

__all__ = ["settle_tests"]

_BUILT_IN = ("float", "int", "bool", "number", "array", "list", "tuple", "dict")


def settle_tests(
    fn: Function, infer: Callable[[Function], dict[str, Kind]]
) -> tuple[Function, dict[str, Kind]]:
    """Return ``fn`` with the branches alone that are taken, where the kind of what is asked about is known, and its kinds.

    The kind of a result is known when that of its receiver is, so the kinds are inferred until nothing is settled.
    """
    kinds = infer(fn)
    while True:
        answers: dict[str, bool] = {}
        body, decided = reached(fn.tree.body, kinds)
        if any(value is BUILT_IN for value in fn.scope.statics.values()):
            body = _settled(body, fn.scope.statics, kinds, answers)
        fn = fn.with_body(body)
        if not answers and not decided:
            return fn, kinds
        kinds = infer(fn)


def _settled(
    body: list[Any], statics: dict[str, Any], kinds: dict[str, Kind], answers: dict[str, bool]
) -> list[Any]:
    out: list[Any] = []
    for stmt in body:
        for block in ("body", "orelse"):
            if getattr(stmt, block, None):
                setattr(stmt, block, _settled(getattr(stmt, block), statics, kinds, answers))
        answer = _answer(stmt, statics, kinds)
        if answer is not None:
            answers[stmt.targets[0].id] = answer
        elif isinstance(stmt, gast.If) and getattr(stmt.test, "id", "") in answers:
            out += stmt.body if answers[stmt.test.id] else stmt.orelse
        else:
            out.append(stmt)
    return out


def _answer(stmt: Any, statics: dict[str, Any], kinds: dict[str, Kind]) -> bool | None:
    """Return what a test says, None where it is none of these or where that is not known."""
    value = getattr(stmt, "value", None)
    if not isinstance(stmt, gast.Assign) or not isinstance(value, gast.Call) or len(value.args) != 2:
        return None
    if statics.get(getattr(value.args[1], "id", "")) is not BUILT_IN:
        return None
    if isinstance(value.args[0], gast.Constant):
        return isinstance(value.args[0].value, BUILT_IN)
    kind = kinds.get(getattr(value.args[0], "id", ""), ANY)
    if kind.name == "object" and isinstance(kind.value, type):
        return issubclass(kind.value, BUILT_IN)
    return True if kind.name in _BUILT_IN else None
