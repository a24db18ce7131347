"""Put branches on one condition together, where the backward sweep of a loop follows its primal at once."""

from __future__ import annotations

import gast

from srcad.optimize.program import Program, Remark, Statement, statements

__all__ = ["join_branches"]


def join_branches(program: Program) -> bool:
    """Put branches on one condition together that follow each other inside a loop; tell whether there were any.

    Examples
    --------
    ::

        if c:                               # before      if c:                           # after
            t = np.sin(x[i])                                  t = np.sin(x[i])
        if c:                                                 dx[i] += 2 * t
            dx[i] += 2 * t
    """
    before = program.changes
    for loop in [stmt for stmt in statements(program.body) if stmt.kind is gast.For]:
        for block in [loop.blocks[0], *[b for s in statements(loop.blocks[0]) for b in s.blocks]]:
            _join_branches(program, block)
    return program.changes > before


def _join_branches(program: Program, stmts: list[Statement]) -> None:
    place = 0
    while place < len(stmts):
        stmt = stmts[place]
        behind = next((k for k in range(place + 1, len(stmts)) if stmts[k].kind is not Remark), place)
        other = stmts[behind]
        value = stmt.value
        if stmt.kind is gast.If and other.kind is gast.If and other is not stmt and value is other.value:
            inside = statements([*stmt.blocks[0], *stmt.blocks[1]])
            named = value is not None and value.kind is gast.Name
            if named and value is not None and not any(value.reads & s.writes or s.leaves for s in inside):
                stmt.blocks = [first + second for first, second in zip(stmt.blocks, other.blocks)]
                del stmts[place + 1 : behind + 1]
                program.changes += 1
                continue
        place += 1
