"""Add to a gradient in its own memory."""

from __future__ import annotations

import gast

from srcad.optimize.kinds import TermKinds
from srcad.optimize.memory import Memory, is_fresh
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term

__all__ = ["update_in_place"]


def update_in_place(program: Program) -> None:
    """Turn ``dx = dx + t`` into ``dx += t`` where the memory of ``dx`` belongs to nobody else.

    That holds for a variable in ``context.owned`` whose every definition makes a new array (or a Python
    number) and which no other name, container or view can refer to.

    Examples
    --------
    ::

        dx = g * y                  # before          dx = g * y          # after
        dx = dx + t                                   dx += t
    """
    alone = _alone(program)
    if alone:
        program.body = _block(program, program.body, alone, program.fact(TermKinds))


def _alone(program: Program) -> set[str]:
    """Return the variables that nothing else refers to the memory of, the result of the function aside."""
    found = set(program.context.owned) - program.parameters - program.terms.captured
    for stmt in statements(program.body):
        if stmt.target is None:
            if stmt.kind is not gast.AugAssign:
                found -= stmt.writes
        elif stmt.target in found and (stmt.value is None or not is_fresh(stmt.value)):
            found.discard(stmt.target)
    memory = program.fact(Memory)
    return {name for name in found if not memory.is_outside(name) and memory.sharing(name) <= {name}}


def _block(program: Program, stmts: list[Statement], alone: set[str], kinds: TermKinds) -> list[Statement]:
    for stmt in stmts:
        stmt.blocks = [_block(program, inner, alone, kinds) for inner in stmt.blocks]
    return [_updated(program, stmt, alone, kinds) for stmt in stmts]


def _updated(program: Program, stmt: Statement, alone: set[str], kinds: TermKinds) -> Statement:
    name, value = stmt.target, stmt.value
    if name not in alone or value is None or value.kind is not gast.BinOp:
        return stmt
    left, op, right = value.parts
    if op not in (gast.Add, gast.Sub):
        return stmt
    update: Term | None = None
    if left.kind is gast.Name and left.name == name:
        update = right
    elif op is gast.Add and right.kind is gast.Name and right.name == name:
        update = left
    if update is None or (update.kind is gast.Name and update.name == name):
        return stmt
    if kinds.meets_complex:
        kinds = program.fact(TermKinds)
    if kinds.may_be_complex(update) and kinds.of(stmt.targets[0]).dtype != "complex":
        return stmt  # the array may be real
    return program.update(stmt.targets[0], op, update, stmt.origin)
