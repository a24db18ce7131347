"""Multiply all rows of an array by a matrix at once, in front of the loop that runs over them."""

from __future__ import annotations

import gast

from srcad.analysis.kinds import dims_of
from srcad.optimize.dead import remove_dead
from srcad.optimize.histories import prune_histories
from srcad.optimize.kinds import TermKinds
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import WORLD, Term
from srcad.optimize.trips import Trips, counting_loop

__all__ = ["multiply_before_loops"]


def multiply_before_loops(program: Program) -> None:
    """Take products of the matrices that an array consists of out of a loop over them.

    NumPy multiplies each of them as it does alone, so that the values are the same to the last bit.  As this needs
    memory for the products of all trips, it is done for loops that keep matrices of all trips anyway; and the memory
    is given back behind the loop, before the backward sweep.

    Examples
    --------
    For an array ``xs`` of matrices::

        for i in range(n):          # before          ts = xs @ w             # after
            x = xs[i]                                 for i in range(n):
            t = x @ w                                     t = ts[i]
            s[i] = h                                      s[i] = h
            h = np.tanh(t + h)                            h = np.tanh(t + h)
                                                      del ts
    """
    for loop in [stmt for stmt in program.body if stmt.kind is gast.For]:
        trips = counting_loop(loop)
        if trips is not None and _keeps_matrices(program, loop):
            _multiply_before(program, loop, trips)


def _multiply_before(program: Program, loop: Statement, trips: Term) -> None:
    settled = Trips(program, loop)
    counted = settled.counted(trips)
    if counted is None or counted.kind is not gast.Name or not settled.is_settled(counted.name):
        return
    if not _has_rank(program, counted, 3):
        return
    terms, place = program.terms, program.body.index(loop)
    row = terms.make(gast.Subscript, counted, loop.targets[0])
    rows = {s.target for s in loop.blocks[0] if s.value is row and settled.writes[s.target or ""] == 1}
    made: list[Statement] = []
    for stmt in loop.blocks[0]:
        if stmt.kind is gast.Assert or any(WORLD in s.changes for s in statements([stmt])):
            break  # which is to be seen before a product that fails
        matrix = _factor(stmt, rows)
        if matrix is None or not settled.is_settled(matrix.name) or not _has_rank(program, matrix, 2):
            continue
        assert stmt.target is not None
        products = program.fresh(f"{stmt.target}s")
        made.append(program.assign(products, terms.binary(counted, gast.MatMult, matrix), stmt.origin))
        program.set_value(stmt, terms.make(gast.Subscript, terms.load(products), loop.targets[0]))
    if made:
        given_back = _deletion(program, loop, tuple([s.targets[0] for s in made]))
        program.body[place : place + 1] = [*made, loop, given_back]
        while remove_dead(program) or prune_histories(program):
            pass


def _factor(stmt: Statement, rows: set[str | None]) -> Term | None:
    """Return the variable ``w`` of a statement ``t = x @ w``, where ``x`` is one of the rows."""
    value = stmt.value
    if (
        stmt.target is None
        or value is None
        or value.kind is not gast.BinOp
        or value.parts[1] is not gast.MatMult
    ):
        return None
    row, _, matrix = value.parts
    is_product = row.kind is gast.Name and row.name in rows and matrix.kind is gast.Name
    return matrix if is_product and matrix.name not in rows else None


def _has_rank(program: Program, term: Term, rank: int) -> bool:
    kind = program.fact(TermKinds).of(term)
    return kind.name == "array" and kind.dtype not in (None, "mixed") and len(dims_of(kind) or ()) == rank


def _keeps_matrices(program: Program, loop: Statement) -> bool:
    """Tell whether a loop puts a matrix into a history, or into its own part of an array, in each trip."""
    for stmt in loop.blocks[0]:
        if stmt.stack is not None and stmt.stack[0] == "append" and stmt.value is not None:
            (kept,) = stmt.value.parts[1]
        elif stmt.targets and stmt.targets[0].kind is gast.Subscript and stmt.value is not None:
            kept = stmt.value if stmt.targets[0].parts[1] is loop.targets[0] else None
        else:
            continue
        parts = () if kept is None else kept.children if kept.kind is gast.Tuple else (kept,)
        if any(_has_rank(program, part, 2) for part in parts):
            return True
    return False


def _deletion(program: Program, loop: Statement, variables: tuple[Term, ...]) -> Statement:
    stmt = Statement(gast.Delete, gast.copy_location(gast.Delete([]), loop.origin))
    stmt.targets = variables
    program.describe(stmt)
    return stmt
