"""Add twice what is added two times."""

from __future__ import annotations

from collections import Counter

import gast

from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Remark, Statement
from srcad.optimize.terms import Term
from srcad.optimize.uses import loads_of

__all__ = ["add_twice"]


def add_twice(program: Program) -> None:
    """Write two equal sums, one after the other, as one.

    Examples
    --------
    ::

        dx[:i] += g * x[:i]         # before          dx[:i] += 2.0 * g * x[:i]       # after
        dx[:i] += g * x[:i]

    A product that is made for these two alone is written into their sum.
    """
    memory, loads = program.fact(Memory), program.fact(loads_of)
    program.body = _block(program, memory, loads, program.body)


def _block(program: Program, memory: Memory, loads: Counter[str], stmts: list[Statement]) -> list[Statement]:
    out: list[Statement] = []
    for stmt in stmts:
        stmt.blocks = [_block(program, memory, loads, inner) for inner in stmt.blocks]
        place = _place_before(out)
        if place is not None and _is_repeated(memory, out[place], stmt):
            value = stmt.value
            assert value is not None
            making = _making(program, memory, loads, out[:place], value)
            if making is not None:
                value = out[making].value
                assert value is not None
            op, value = _signed(program, stmt.op, value)
            out[place] = program.update(stmt.targets[0], op, _twice(program, value), stmt.origin)
            if making is not None:
                del out[making]
        else:
            out.append(stmt)
    return out


def _making(
    program: Program, memory: Memory, loads: Counter[str], before: list[Statement], value: Term
) -> int | None:
    """Return the statement that makes a product which only the two sums read, if it can be read where they are."""
    if value.kind is not gast.Name or loads[value.name] != 2 or value.name in program.context.keep:
        return None
    disturbed: set[str] = set()
    for place in reversed(range(len(before))):
        stmt = before[place]
        if value.name in stmt.writes:
            product = stmt.value if stmt.target == value.name else None
            is_product = product is not None and product.kind is gast.BinOp and product.parts[1] is gast.Mult
            return (
                place if product is not None and is_product and disturbed.isdisjoint(product.reads) else None
            )
        if stmt.blocks:
            return None
        disturbed |= stmt.writes | memory.spoiled(stmt.changes)
    return None


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


def _signed(program: Program, op: type, value: Term) -> tuple[type, Term]:
    """Return an update in which the first factor is not negated."""
    left = value.parts[0] if value.kind is gast.BinOp and value.parts[1] is gast.Mult else None
    if left is None or left.kind is not gast.UnaryOp or left.parts[0] is not gast.USub:
        return op, value
    turned = gast.Sub if op is gast.Add else gast.Add
    return turned, program.terms.binary(left.parts[1], gast.Mult, value.parts[2])


def _twice(program: Program, value: Term) -> Term:
    two = program.terms.constant(2.0)
    if value.kind is gast.BinOp and value.parts[1] is gast.Mult:
        left, op, right = value.parts
        return program.terms.binary(_twice(program, left), op, right)
    return program.terms.binary(two, gast.Mult, value)
