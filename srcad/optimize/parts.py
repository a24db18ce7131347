"""Read a part of an array where it is, instead of a copy of it."""

from __future__ import annotations

import gast

from srcad.optimize.memory import Memory
from srcad.optimize.moves import copied
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import WORLD, Term, is_display, substitute

__all__ = ["read_in_place"]


def read_in_place(program: Program) -> None:
    """Leave out a copy whose original does not change as long as the copy is in use.

    Examples
    --------
    ::

        t = np.copy(dx[1:])         # before          t = dx[1:]          # after
        dw += np.sum(t * y)                           dw += np.sum(t * y)
        dy += t * w                                   dy += t * w
        dx[0] = 0.0                                   dx[0] = 0.0
    """
    reader = _Reader(program)
    for block in [program.body, *[b for stmt in statements(program.body) for b in stmt.blocks]]:
        reader.block(block)


class _Reader:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.memory = program.fact(Memory)
        self.users: dict[str, set[Statement]] = {}
        for stmt in statements(program.body):
            for name in stmt.reads | stmt.writes:
                self.users.setdefault(name, set()).add(stmt)

    def block(self, stmts: list[Statement]) -> None:
        for stmt in list(stmts):
            source = copied(stmt)
            if source is None or stmt.target is None:
                continue
            index = stmts.index(stmt)
            if self._stays(stmts, index, stmt.target, source):
                self._put(stmts, index, stmt.target, source)

    def _put(self, stmts: list[Statement], index: int, name: str, source: Term) -> None:
        """Let a variable be the original, or let the original serve where it has a name itself."""
        copying = stmts[index]
        self.program.set_value(copying, source)
        users = self.users[name] - {copying}
        if source.kind is not gast.Name or any(name in s.writes or name in _of_targets(s) for s in users):
            return
        for stmt in users:
            assert stmt.value is not None
            self.program.set_value(stmt, substitute(self.program.terms, stmt.value, {name: source}))
        del stmts[index]

    def _stays(self, stmts: list[Statement], index: int, name: str, source: Term) -> bool:
        """Tell whether neither a copy nor its original changes before the last use of the copy in its block."""
        memory = self.memory
        if name in self.program.context.keep or memory.is_changed(name) or memory.is_outside(name):
            return False
        base = source if source.kind is gast.Name else source.parts[0]
        if base.kind is not gast.Name or not (memory.is_array(base.name) or self._is_array(source)):
            return False
        places = {stmt: place for place, stmt in enumerate(stmts) if not stmt.blocks and place >= index}
        users = {user for one in memory.sharing(name) for user in self.users.get(one, ())}
        if not users <= places.keys() or any(map(_hands_on, users)):
            return False
        last = max(places[user] for user in users)
        own = memory.sharing(base.name)
        for stmt in stmts[index + 1 : last + 1]:
            if stmt.blocks or WORLD in stmt.changes or not own.isdisjoint(memory.spoiled(stmt.changes)):
                if stmt is not stmts[last] or not _reads_before_changing(stmt):
                    return False
            if not stmt.writes.isdisjoint(source.reads):
                return False
        return True

    def _is_array(self, term: Term) -> bool:
        return self.memory.kinds.of(term).name == "array" and self.memory.kinds.is_whole(term)


def _hands_on(stmt: Statement) -> bool:
    """Tell whether a statement returns something or puts it into a container."""
    value = stmt.value
    return stmt.leaves or stmt.stack is not None or (value is not None and is_display(value))


def _of_targets(stmt: Statement) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    return found.union(*[part.reads for part in (*stmt.targets, *stmt.extras)])


def _reads_before_changing(stmt: Statement) -> bool:
    """Tell whether a statement has computed what it stores before it changes memory."""
    return stmt.kind is gast.AugAssign and stmt.value is not None and stmt.value.kind is gast.BinOp
