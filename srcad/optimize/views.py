"""Update a part of an array under the array's own name."""

from __future__ import annotations

import gast

from srcad.optimize.liveness import Liveness
from srcad.optimize.program import Program, Statement
from srcad.optimize.terms import Term
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
        if not self._is_view(value):
            return None
        for place in range(index + 1, len(stmts)):
            user = stmts[place]
            if user.kind is gast.AugAssign and user.target is None and user.writes == {name}:
                return place if name not in self.after.get(user, frozenset()) else None
            if user.blocks or user.leaves or name in user.writes or not user.writes.isdisjoint(value.reads):
                return None
        return None

    def _is_view(self, value: Term) -> bool:
        """Tell whether a value surely is a slice of an array, which shares its memory."""
        if value.kind is not gast.Subscript or value.parts[0].kind is not gast.Name:
            return False
        base, index = value.parts
        parts = index.children if index.kind is gast.Tuple else (index,)
        slices = [part for part in parts if part.kind is gast.Slice]
        return bool(slices) and self.memory.is_array(base.name) and all(map(self._is_basic, parts))

    def _is_basic(self, part: Term) -> bool:
        if part.kind is gast.Constant:
            return part.parts[0] is Ellipsis or part.parts[0] is None or type(part.parts[0]) is int
        return part.kind is gast.Slice or (
            part.kind is gast.Name and self.program.context.is_scalar(part.name)
        )
