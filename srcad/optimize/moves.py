"""Compute with a part of an array before it is overwritten, instead of keeping a copy of the part."""

from __future__ import annotations

import gast
import numpy as np

from srcad.optimize.memory import Memory, is_fresh
from srcad.optimize.program import Program, Statement
from srcad.optimize.terms import WORLD, Term, substitute
from srcad.optimize.uses import loads_of

__all__ = ["use_before_overwriting"]


def use_before_overwriting(program: Program) -> None:
    """Move the one use of a copy to the place of the copy, which is not needed any more then.

    Examples
    --------
    ::

        t = np.copy(dx[1:])         # before          u = dx[1:] * w      # after
        dx[1:] = 0.0                                  dx[1:] = 0.0
        u = t * w
    """
    mover = _Mover(program)
    program.body = mover.block(program.body)


class _Mover:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.loads = loads_of(program)
        self.memory = Memory(program)

    def block(self, stmts: list[Statement]) -> list[Statement]:
        for stmt in stmts:
            stmt.blocks = [self.block(inner) for inner in stmt.blocks]
        for index, stmt in enumerate(stmts):
            source = _copied(stmt)
            name = stmt.target
            if source is None or name is None or name in self.program.context.keep or self.loads[name] != 1:
                continue
            place = self._place_of_use(stmts, index, source)
            if place is not None:
                self._move(stmts, index, place, source)
        return stmts

    def _place_of_use(self, stmts: list[Statement], index: int, source: Term) -> int | None:
        """Return the statement that uses the copy, if it can be executed in the place of the copy."""
        copy = stmts[index].target
        for place in range(index + 1, len(stmts)):
            user = stmts[place]
            if copy in user.reads:
                return place if self._may_move(stmts[index + 1 : place], user) else None
            if user.blocks or copy in user.writes or user.leaves:
                return None
        return None

    def _may_move(self, between: list[Statement], user: Statement) -> bool:
        value, name = user.value, user.target
        if name is None or value is None or not user.is_pure or not is_fresh(value) or name in value.reads:
            return False
        for stmt in between:
            if name in stmt.reads or name in stmt.writes or WORLD in stmt.changes:
                return False
            if not stmt.writes.isdisjoint(value.reads):
                return False
            if not self.memory.spoiled(stmt.changes).isdisjoint(value.reads):
                return False
        return True

    def _move(self, stmts: list[Statement], index: int, place: int, source: Term) -> None:
        copy, user = stmts[index].target, stmts[place]
        assert copy is not None and user.value is not None
        self.program.set_value(user, substitute(self.program.terms, user.value, {copy: source}))
        stmts[index] = user
        del stmts[place]


def _copied(stmt: Statement) -> Term | None:
    """Return what a statement makes a copy of."""
    value = stmt.value
    if stmt.target is None or value is None or value.kind is not gast.Call or value.parts[2]:
        return None
    func, args, _ = value.parts
    if func.kind is gast.Attribute and func.parts[1] == "copy" and not args:
        source: Term = func.parts[0]
    elif value.callee is np.copy and len(args) == 1:
        source = args[0]
    else:
        return None
    return source if source.kind in (gast.Name, gast.Subscript) and source.is_pure else None
