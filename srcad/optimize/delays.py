"""Bind a variable anew only after its last use, instead of keeping its value under another name."""

from __future__ import annotations

import gast

from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import count, substitute
from srcad.optimize.uses import loads_of

__all__ = ["delay_rebinding"]


def delay_rebinding(program: Program) -> None:
    """Move an assignment behind the uses of the variable's former value, whose copy goes away.

    Examples
    --------
    ::

        t = dy                      # before          u = dy * y          # after
        dy = dy * x                                   dy = dy * x
        u = t * y
    """
    delayer = _Delayer(program)
    program.body = delayer.block(program.body)


class _Delayer:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.memory = program.fact(Memory)
        self.loads = program.fact(loads_of)
        self.stored: dict[str, int] = {}
        for stmt in statements(program.body):
            for name in stmt.writes:
                self.stored[name] = self.stored.get(name, 0) + 1

    def block(self, stmts: list[Statement]) -> list[Statement]:
        for stmt in stmts:
            stmt.blocks = [self.block(inner) for inner in stmt.blocks]
        index = 0
        while index < len(stmts):
            found = self._places(stmts, index)
            if found is None:
                index += 1
                continue
            rebinding, last = found
            self._rename(stmts, index, last)
            stmts.insert(last, stmts.pop(rebinding))
            del stmts[index]
        return stmts

    def _places(self, stmts: list[Statement], index: int) -> tuple[int, int] | None:
        """Return where the variable is bound anew, and the last use of its copy."""
        copy, value = stmts[index].target, stmts[index].value
        if copy is None or value is None or value.kind is not gast.Name or not value.reads:
            return None
        name = value.name
        kept = self.program.context.keep | self.program.terms.captured
        if copy in kept or self.stored[copy] != 1 or copy in self.program.parameters:
            return None
        rebinding, last, uses = None, None, 0
        for place in range(index + 1, len(stmts)):
            stmt = stmts[place]
            if stmt.blocks or stmt.leaves:
                break
            if copy in stmt.reads:
                uses, last = uses + _loads(stmt, copy), place
            if rebinding is None and name in stmt.writes:
                rebinding = place
            if uses == self.loads[copy]:
                break
        if rebinding is None or last is None or last < rebinding or uses != self.loads[copy]:
            return None
        if not self._may_move(stmts[rebinding], stmts[rebinding + 1 : last + 1], name):
            return None
        # Behind what is made of the last use as well, so that the two can become one expression.
        while last + 1 < len(stmts) and self._goes_on(stmts[last], stmts[last + 1]):
            if not self._may_move(stmts[rebinding], [stmts[last + 1]], name):
                break
            last += 1
        return rebinding, last

    def _goes_on(self, stmt: Statement, following: Statement) -> bool:
        made = stmt.target
        if made is None or self.loads[made] != 1 or following.blocks or following.leaves:
            return False
        return made in following.reads

    def _may_move(self, stmt: Statement, over: list[Statement], name: str) -> bool:
        if stmt.target != name or stmt.value is None or not stmt.is_pure:
            return False
        for other in over:
            if name in other.reads or name in other.writes or not other.is_pure:
                return False
            if not other.writes.isdisjoint(stmt.value.reads):
                return False
            if not self.memory.spoiled(other.changes).isdisjoint(stmt.value.reads):
                return False
        return True

    def _rename(self, stmts: list[Statement], index: int, last: int) -> None:
        copy, value = stmts[index].target, stmts[index].value
        assert copy is not None and value is not None
        values = {copy: value}
        for stmt in stmts[index + 1 : last + 1]:
            if copy in stmt.reads:
                if stmt.value is not None:
                    stmt.value = substitute(self.program.terms, stmt.value, values)
                stmt.targets = tuple([substitute(self.program.terms, t, values) for t in stmt.targets])
                stmt.extras = tuple([substitute(self.program.terms, e, values) for e in stmt.extras])
                self.program.describe(stmt)


def _loads(stmt: Statement, name: str) -> int:
    """Count how often one statement reads a variable."""
    terms = [term for term in (stmt.value, *stmt.extras) if term is not None]
    terms += [target for target in stmt.targets if name not in stmt.writes]
    return sum([count(term, name) for term in terms])
