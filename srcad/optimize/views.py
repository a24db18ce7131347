"""Update a part of an array under the array's own name."""

from __future__ import annotations

import gast

from srcad.optimize.liveness import Liveness
from srcad.optimize.program import Program, Statement
from srcad.optimize.uses import loads_of

__all__ = ["update_through_views"]


def update_through_views(program: Program) -> None:
    """Write an update of a view as that of a slice, if the view serves for nothing else.

    Examples
    --------
    ::

        dy = dx[1:]                 # before          dx[1:] += g         # after
        dy += g
    """
    writer = _Writer(program)
    program.body = writer.block(program.body)


class _Writer:
    def __init__(self, program: Program) -> None:
        self.program = program
        liveness = program.fact(Liveness)
        self.memory, self.after = liveness.memory, liveness.after
        self.loads = program.fact(loads_of)

    def block(self, stmts: list[Statement]) -> list[Statement]:
        for stmt in stmts:
            stmt.blocks = [self.block(inner) for inner in stmt.blocks]
        index = 0
        while index < len(stmts):
            place = self._place_of_update(stmts, index)
            if place is None:
                index += 1
                continue
            user, value = stmts[place], stmts[index].value
            assert value is not None and user.value is not None
            stmts[place] = self.program.update(value, user.op, user.value, user.origin)
            del stmts[index]
        return stmts

    def _place_of_update(self, stmts: list[Statement], index: int) -> int | None:
        stmt = stmts[index]
        name, value = stmt.target, stmt.value
        if name is None or value is None or name in self.program.context.keep or self.loads[name]:
            return None
        if not self.memory.is_slice(value):
            return None
        for place in range(index + 1, len(stmts)):
            user = stmts[place]
            if user.kind is gast.AugAssign and user.target is None and user.writes == {name}:
                return place if name not in self.after.get(user, frozenset()) else None
            if user.blocks or user.leaves or name in user.writes or not user.writes.isdisjoint(value.reads):
                return None
        return None
