"""Write a choice between two values as the conditional expression that it is."""

from __future__ import annotations

import gast

from srcad.optimize.program import Program, Statement
from srcad.optimize.width import width

__all__ = ["choose"]

_COLUMNS = 80


def choose(program: Program) -> None:
    """Make one assignment of an ``if`` whose two sides bind the same variable and do nothing else.

    Examples
    --------
    ::

        if found:                   # before          y = a if found else b       # after
            y = a
        else:
            y = b
    """
    program.body = _block(program, program.body, 1)


def _block(program: Program, stmts: list[Statement], depth: int) -> list[Statement]:
    made = []
    for stmt in stmts:
        stmt.blocks = [_block(program, block, depth + 1) for block in stmt.blocks]
        made.append(_chosen(program, stmt, depth) or stmt)
    return made


def _chosen(program: Program, stmt: Statement, depth: int) -> Statement | None:
    if stmt.kind is not gast.If or [len(block) for block in stmt.blocks] != [1, 1]:
        return None
    (first,), (second,) = stmt.blocks
    if first.target is None or first.target != second.target or stmt.value is None:
        return None
    if first.value is None or second.value is None or not (first.is_pure and second.is_pure):
        return None
    simple = (gast.Name, gast.Constant, gast.BinOp, gast.UnaryOp, gast.Subscript, gast.Call, gast.Attribute)
    if first.value.kind not in simple or second.value.kind not in simple:
        return None
    columns = 4 * depth + len(first.target) + width(stmt.value) + width(first.value) + width(second.value)
    if columns + len(" =  if  else ") > _COLUMNS:
        return None
    value = program.terms.make(gast.IfExp, stmt.value, first.value, second.value)
    made = program.assign(first.target, value, stmt.origin)
    made.nested = {**first.nested, **second.nested, **stmt.nested}
    program.changes += 1
    return made
