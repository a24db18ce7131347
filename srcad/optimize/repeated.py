"""Add twice what is added two times."""

from __future__ import annotations

import gast

from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Remark, Statement
from srcad.optimize.terms import Term

__all__ = ["add_twice"]


def add_twice(program: Program) -> None:
    """Write two equal sums, one after the other, as one.

    Examples
    --------
    ::

        dx[:i] += g * x[:i]         # before          dx[:i] += 2.0 * g * x[:i]       # after
        dx[:i] += g * x[:i]
    """
    memory = Memory(program)
    program.body = _block(program, memory, program.body)


def _block(program: Program, memory: Memory, stmts: list[Statement]) -> list[Statement]:
    out: list[Statement] = []
    for stmt in stmts:
        stmt.blocks = [_block(program, memory, inner) for inner in stmt.blocks]
        place = _place_before(out)
        if place is not None and _is_repeated(memory, out[place], stmt):
            assert stmt.value is not None
            out[place] = program.update(stmt.targets[0], stmt.op, _twice(program, stmt.value), stmt.origin)
        else:
            out.append(stmt)
    return out


def _place_before(stmts: list[Statement]) -> int | None:
    """Return the last statement that is no comment, if the comments behind it only repeat the one before it."""
    place = len(stmts) - 1
    while place >= 0 and stmts[place].kind is Remark:
        place -= 1
    behind = {stmt.value for stmt in stmts[place + 1 :]}
    before = next((stmt.value for stmt in reversed(stmts[: max(place, 0)]) if stmt.kind is Remark), None)
    return place if place >= 0 and behind <= {before} else None


def _is_repeated(memory: Memory, first: Statement, second: Statement) -> bool:
    """Tell whether two statements add the same, which the first one does not change, to the same."""
    if first.kind is not gast.AugAssign or second.kind is not gast.AugAssign or first.op is not second.op:
        return False
    if (
        first.op not in (gast.Add, gast.Sub)
        or first.value is not second.value
        or first.targets != second.targets
    ):
        return False
    value, target = first.value, first.targets[0]
    if (
        value is None
        or not (value.is_pure and target.is_pure)
        or target.kind not in (gast.Subscript, gast.Name)
    ):
        return False
    base = target if target.kind is gast.Name else target.parts[0]
    if base.kind is not gast.Name or not memory.is_array(base.name):
        return False
    inner = value.reads | (target.parts[1].reads if target.kind is gast.Subscript else frozenset())
    return memory.sharing(base.name).isdisjoint(inner) and memory.context.is_inexact(base.name)


def _twice(program: Program, value: Term) -> Term:
    two = program.terms.constant(2.0)
    if value.kind is gast.BinOp and value.parts[1] is gast.Mult:
        left, op, right = value.parts
        return program.terms.binary(_twice(program, left), op, right)
    return program.terms.binary(two, gast.Mult, value)
