"""Compute once what is computed twice."""

from __future__ import annotations

import gast

from srcad.optimize.forward import Known, Rewriter
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement, statements

__all__ = ["CommonSubexpressions"]

_NEVER_SHARED = frozenset([gast.Name, gast.Constant, gast.List, gast.Dict, gast.Set, gast.JoinedStr])
_DISPLAYS = (gast.Tuple, gast.List, gast.Dict, gast.Name)


class CommonSubexpressions(Rewriter):
    """Replace an expression by the variable that still holds its value.

    Arrays that some statement changes in place are never shared, and no two results are one object.

    Examples
    --------
    ::

        y = np.exp(x)               # before          y = np.exp(x)       # after
        t = np.exp(x)                                 t = y
        dx = g * t                                    dx = g * t
    """

    def __init__(self, program: Program, memory: Memory) -> None:
        super().__init__(program, memory)
        self.returned = _returned(program)

    def statement(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Replace the value of an assignment by a variable."""
        name, value = stmt.target, stmt.value
        if name is None or value is None or value.kind in _NEVER_SHARED:
            return None
        if not stmt.is_pure or self.memory.is_changed(name):
            return None
        for held in known.holding(value):
            both_returned = held in self.returned and name in self.returned
            if held != name and not self.memory.is_changed(held) and not both_returned:
                self.program.set_value(stmt, self.terms.load(held))
                break
        return None


def _returned(program: Program) -> set[str]:
    """Return the variables that are handed out; two results must not be one object."""
    found: set[str] = set()
    for _ in range(4):
        before = len(found)
        for stmt in statements(program.body):
            value = stmt.value
            if value is None or value.kind not in _DISPLAYS:
                continue
            if stmt.kind is gast.Return or stmt.target in found:
                found |= value.reads
        if len(found) == before:
            break
    return found
