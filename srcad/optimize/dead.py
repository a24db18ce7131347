"""Leave out what nobody needs."""

from __future__ import annotations

from srcad.optimize.liveness import Liveness
from srcad.optimize.program import Program, Remark, Statement

__all__ = ["remove_dead"]


def remove_dead(program: Program) -> bool:
    """Remove statements without effect on the result; tell whether there were any.

    Calls with side effects stay.  A history that nobody reads disappears with its ``append`` and ``pop``.
    Comments that head no statement go as well.

    Examples
    --------
    ::

        t = x * y                   # before          dx = g * y          # after
        u = t + 1.0                                   return dx
        dx = g * y
        return dx
    """
    remover = _Remover(program.fact(Liveness).dead)
    program.body = remover.remaining(program.body)
    return remover.has_changed


class _Remover:
    def __init__(self, dead: set[Statement]) -> None:
        self.dead = dead
        self.has_changed = False

    def remaining(self, stmts: list[Statement]) -> list[Statement]:
        kept: list[Statement] = []
        for stmt in stmts:
            if stmt in self.dead:
                continue
            if stmt.blocks:
                stmt.blocks = [self.remaining(block) for block in stmt.blocks]
            kept.append(stmt)
            if stmt.leaves:
                break
        kept = [
            stmt
            for stmt, following in zip(kept, [*kept[1:], None])
            if stmt.kind is not Remark or (following is not None and following.kind is not Remark)
        ]
        self.has_changed = self.has_changed or len(kept) != len(stmts)
        return kept
