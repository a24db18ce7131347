"""Transpose matrices that a loop leaves alone once, in front of it."""

from __future__ import annotations

import gast

from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term

__all__ = ["transpose_before"]


def transpose_before(program: Program, loop: Statement) -> None:
    """Transpose matrices in front of a loop that does not bind them anew.

    A transposed matrix is a view, which shows what becomes of the matrix in place as well.  It costs so little that it
    counts in loops alone that do not do much else.

    Examples
    --------
    ::

        for i in reversed(range(n)):        # before      w_T = w.T                   # after
            t = w.T                                       for i in reversed(range(n)):
            dh = dh @ t                                       dh = dh @ w_T
    """
    terms, block, place = program.terms, loop.blocks[0], program.body.index(loop)
    known = program.parameters.union(*[s.writes for s in program.body[:place]]) - terms.captured
    known -= loop.writes.union(*[s.writes for s in statements(block)])
    made: dict[str, Term] = {}
    for stmt in block:
        matrix = _transposed(program, stmt)
        if matrix is None or matrix not in known:
            continue
        assert stmt.value is not None
        if matrix not in made:
            made[matrix] = terms.load(program.fresh(f"{matrix}_T"))
            turned = program.assign(made[matrix].name, stmt.value, stmt.origin)
            program.body.insert(program.body.index(loop), turned)
        program.set_value(stmt, made[matrix])


def _transposed(program: Program, stmt: Statement) -> str | None:
    """Return the array of a statement ``t = w.T``."""
    value = stmt.value
    if stmt.target is None or value is None or value.kind is not gast.Attribute or value.parts[1] != "T":
        return None
    matrix: Term = value.parts[0]
    kind = program.context.ranks.get(matrix.name) if matrix.kind is gast.Name else None
    return matrix.name if kind is not None and kind.name == "array" else None
