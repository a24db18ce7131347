"""Compute with a part of an array before it is overwritten, instead of keeping a copy of the part."""

from __future__ import annotations

import gast
import numpy as np

from srcad.optimize.calls import shares_first
from srcad.optimize.memory import Memory, is_fresh
from srcad.optimize.program import Program, Statement
from srcad.optimize.terms import WORLD, Term, substitute
from srcad.optimize.uses import loads_of

__all__ = ["copied", "use_before_overwriting"]


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
        self.loads = program.fact(loads_of)
        self.memory = program.fact(Memory)

    def block(self, stmts: list[Statement]) -> list[Statement]:
        for stmt in stmts:
            stmt.blocks = [self.block(inner) for inner in stmt.blocks]
        for index, stmt in enumerate(stmts):
            source = copied(stmt)
            name = stmt.target
            if source is None or name is None or name in self.program.context.keep or self.loads[name] != 1:
                continue
            places = self._places_of_use(stmts, index, name)
            if places:
                self._move(stmts, index, places, source)
        return stmts

    def _places_of_use(self, stmts: list[Statement], index: int, name: str) -> list[int]:
        """Return the statements that use the copy, if they can be executed in the place of the copy.

        There are two where the first only brings the copy to another shape.
        """
        places: list[int] = []
        for place in range(index + 1, len(stmts)):
            user = stmts[place]
            if name in user.reads:
                between = [
                    stmt for k, stmt in enumerate(stmts[index + 1 : place], index + 1) if k not in places
                ]
                if not self._may_move(between, user):
                    return []
                places.append(place)
                assert user.value is not None and user.target is not None
                if is_fresh(user.value):
                    return places
                name = user.target
                if len(places) > 1 or self.loads[name] != 1 or name in self.program.context.keep:
                    return []
            elif user.blocks or name in user.writes or user.leaves:
                return []
        return []

    def _may_move(self, between: list[Statement], user: Statement) -> bool:
        value, name = user.value, user.target
        if name is None or value is None or not user.is_pure or name in value.reads:
            return False
        if not (is_fresh(value) or (value.kind is gast.Call and shares_first(value.callee))):
            return False
        for stmt in between:
            if name in stmt.reads or name in stmt.writes or WORLD in stmt.changes:
                return False
            if not stmt.writes.isdisjoint(value.reads):
                return False
            if not self.memory.spoiled(stmt.changes).isdisjoint(value.reads):
                return False
        return True

    def _move(self, stmts: list[Statement], index: int, places: list[int], source: Term) -> None:
        copy, users = stmts[index].target, [stmts[place] for place in places]
        assert copy is not None and users[0].value is not None
        self.program.set_value(users[0], substitute(self.program.terms, users[0].value, {copy: source}))
        for place in reversed(places):
            del stmts[place]
        stmts[index : index + 1] = users


def copied(stmt: Statement) -> Term | None:
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
