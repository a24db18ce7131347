"""Compute once what is computed twice."""

from __future__ import annotations

import gast

from srcad.lang.function import Function
from srcad.lang.quote import load
from srcad.optimize.effects import Context, Effects, defines
from srcad.optimize.forward import Definitions, Forward

__all__ = ["cse"]

_MUTABLE = (gast.List, gast.Dict, gast.Set, gast.JoinedStr)


def cse(function: Function, context: Context) -> Function:
    """Replace an expression by the variable that still holds its value.

    Arrays that some statement changes in place are never shared.

    Examples
    --------
    ::

        y = np.exp(x)               # before          y = np.exp(x)       # after
        t = np.exp(x)                                 t = y
        dx = g * t                                    dx = g * t
    """
    return _Share(function, context).run()


class _Share(Forward):
    def __init__(self, function: Function, context: Context) -> None:
        super().__init__(function, context)
        self.returned = _returned(function, self.effects)

    def simple(self, stmt: gast.stmt, known: Definitions) -> list[gast.stmt]:
        name = defines(stmt)
        if name is None or isinstance(stmt.value, (gast.Name, gast.Constant, *_MUTABLE)):
            return [stmt]
        if not self.effects.is_pure(stmt.value) or self.effects.is_mutated(name):
            return [stmt]
        for held in known.holding(stmt.value):
            both_returned = held in self.returned and name in self.returned
            if held != name and not self.effects.is_mutated(held) and not both_returned:
                stmt.value = load(held)
                break
        return [stmt]


def _returned(function: Function, effects: Effects) -> set[str]:
    """Return the variables that are handed out; two results must not be one object."""
    found: set[str] = set()
    for _ in range(4):
        for node in gast.walk(function.tree):
            value = getattr(node, "value", None)
            if isinstance(node, gast.Return) or (isinstance(node, gast.Assign) and defines(node) in found):
                if isinstance(value, (gast.Tuple, gast.List, gast.Dict, gast.Name)):
                    found |= effects.reads(value)
    return found
