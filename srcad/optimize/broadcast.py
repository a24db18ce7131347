"""Leave out what brings a value to the shape that it has, or that it will get anyway."""

from __future__ import annotations

from collections import Counter

import gast
import numpy as np

from srcad.optimize.forward import Known, Rewriter
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement
from srcad.optimize.shapes import Shapes, is_elementwise
from srcad.optimize.terms import Term
from srcad.optimize.uses import loads_of

__all__ = ["NeedlessBroadcasts"]


class NeedlessBroadcasts(Rewriter):
    """Remove needless ``np.broadcast_to`` and ``rt.unbroadcast``.

    Examples
    --------
    ::

        s = np.shape(x)             # before          s = np.shape(x)             # after
        t = np.broadcast_to(g, s)                     t = np.broadcast_to(g, s)
        c = np.cos(x)                                 c = np.cos(x)
        u = t * c                                     u = g * c
        dx = rt.unbroadcast(u, x)                     dx = u
    """

    def __init__(self, program: Program, memory: Memory) -> None:
        super().__init__(program, memory)
        self.loads: Counter[str] = loads_of(program)
        self.shapes = Shapes(program)

    def statement(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Replace an operand of a sum or product, or an ``unbroadcast``."""
        name, value = stmt.target, stmt.value
        if name is None or value is None:
            return None
        if is_elementwise(value):
            left, op, right = value.parts
            if (small := self._broadcast_source(left, right, known)) is not None:
                self.program.set_value(stmt, self.terms.binary(small, op, right))
            elif (small := self._broadcast_source(right, left, known)) is not None:
                self.program.set_value(stmt, self.terms.binary(left, op, small))
        elif _is_unbroadcast(value) and self.shapes.same(value.parts[1][0], value.parts[1][1], known):
            source = value.parts[1][0]
            if source.kind is not gast.Name or not self._is_changed(name, source.name):
                self.program.set_value(stmt, source)
        return None

    def _is_changed(self, name: str, source: str) -> bool:
        # The result would become another name for its operand.
        return self.memory.is_changed(name) or self.memory.is_changed(source)

    def _broadcast_source(self, term: Term, other: Term, known: Known) -> Term | None:
        """Return ``g`` where a term is ``np.broadcast_to(g, ...)`` for the shape that ``other`` has."""
        if term.kind is not gast.Name or self.loads[term.name] != 1:
            return None
        found = known.value(term.name)
        if found is None or found.kind is not gast.Call or found.callee is not np.broadcast_to:
            return None
        _, args, keywords = found.parts
        if len(args) != 2 or keywords or not self.shapes.same(term, other, known):
            return None
        source: Term = args[0]
        return source


def _is_unbroadcast(value: Term) -> bool:
    if value.kind is not gast.Call or len(value.parts[1]) != 2 or value.parts[2]:
        return False
    module = getattr(value.callee, "__module__", "") or ""
    return module.startswith("srcad.") and getattr(value.callee, "__name__", "") == "unbroadcast"
