"""Compute once what is computed twice."""

from __future__ import annotations

import gast

from srcad.optimize.forward import Known, Rewriter
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement, primal_statements, statements
from srcad.optimize.terms import is_display

__all__ = ["CommonSubexpressions"]

_NEVER_SHARED = frozenset([gast.Name, gast.Constant, gast.List, gast.Dict, gast.Set, gast.JoinedStr])


class CommonSubexpressions(Rewriter):
    """Replace an expression by the variable that still holds its value.

    Arrays that some statement changes in place are never shared, and no two results are one object.  A view of such an
    array, which only reads, is as good as another of the same part: the backward sweep shares it.

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
        self.primal = primal_statements(program)
        self.stored_through = _stored_through(program)

    def statement(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Replace the value of an assignment by a variable."""
        name, value = stmt.target, stmt.value
        if name is None or value is None or value.kind in _NEVER_SHARED:
            return None
        if not stmt.is_pure:
            return None
        reads = stmt not in self.primal and name not in self.stored_through and self.memory.is_slice(value)
        if self.memory.is_changed(name) and not reads:
            return None
        for held in known.holding(value):
            if held == name and not self.memory.is_changed(name):
                return []
            both_returned = held in self.returned and name in self.returned
            shared = not self.memory.is_changed(held) or reads and held not in self.stored_through
            if held != name and shared and not both_returned:
                self.program.set_value(stmt, self.terms.load(held))
                break
        return None


def _stored_through(program: Program) -> set[str]:
    """Return the variables whose memory some statement changes through them."""
    found: set[str] = set()
    for stmt in statements(program.body):
        found |= stmt.changes
        if stmt.kind is gast.AugAssign:
            found |= stmt.writes
    return found


def _returned(program: Program) -> set[str]:
    """Return the variables that are handed out; two results must not be one object."""
    found: set[str] = set()
    for _ in range(4):
        before = len(found)
        for stmt in statements(program.body):
            value = stmt.value
            if value is None or not (value.kind is gast.Name or is_display(value)):
                continue
            if stmt.kind is gast.Return or stmt.target in found:
                found |= value.reads
        if len(found) == before:
            break
    return found
