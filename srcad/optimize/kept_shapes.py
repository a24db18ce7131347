"""Keep the shape of an array in a history, where nobody asks for more."""

from __future__ import annotations

from collections import Counter

import gast
import numpy as np

from srcad.optimize.liveness import Liveness
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term

__all__ = ["keep_shapes"]


def keep_shapes(program: Program) -> None:
    """Put shapes into histories of arrays of which only the shape is used afterwards.

    Examples
    --------
    ::

        s.append(y)                 # before          s.append(np.shape(y))       # after
        y = s.pop()                                   y_shape = s.pop()
        t = np.shape(y)                               t = y_shape
    """
    uses = Counter(stmt.stack for stmt in statements(program.body) if stmt.stack is not None)
    once = {stack for stack in program.stacks if uses["append", stack] == uses["pop", stack] == 1}
    if not once:
        return
    appends = {
        s.stack[1]: s for s in statements(program.body) if s.stack is not None and s.stack[0] == "append"
    }
    after = program.fact(Liveness).after
    for block in _blocks(program.body):
        for index, stmt in enumerate(block):
            if (
                stmt.stack is None
                or stmt.stack[0] != "pop"
                or stmt.target is None
                or stmt.stack[1] not in once
            ):
                continue
            append = appends[stmt.stack[1]]
            asking = _asking(block[index + 1 :], stmt.target)
            if asking and _kept(append) is not None and stmt.target not in after[block[-1]]:
                _keep_shape(program, append, stmt, asking)


def _blocks(body: list[Statement]) -> list[list[Statement]]:
    return [body, *[block for stmt in statements(body) for block in stmt.blocks if block]]


def _kept(append: Statement) -> Term | None:
    """Return the variable that is put into a history."""
    assert append.value is not None
    kept: Term = append.value.parts[1][0]
    return kept if kept.kind is gast.Name else None


def _asking(stmts: list[Statement], name: str) -> list[Statement]:
    """Return the statements that ask for the shape of a variable; none if others use it or set it."""
    found: list[Statement] = []
    for stmt in statements(stmts):
        value = stmt.value
        if name in stmt.writes:
            return []
        if name in stmt.reads:
            if (
                stmt.target is None
                or value is None
                or value.kind is not gast.Call
                or value.callee is not np.shape
            ):
                return []
            if len(value.parts[1]) != 1 or value.parts[1][0].kind is not gast.Name:
                return []
            found.append(stmt)
    return found


def _keep_shape(program: Program, append: Statement, pop: Statement, asking: list[Statement]) -> None:
    assert append.value is not None and pop.target is not None
    shape = asking[0].value
    assert shape is not None
    kept = program.terms.make(gast.Call, shape.parts[0], (_kept(append),), ())
    program.set_value(append, program.terms.make(gast.Call, append.value.parts[0], (kept,), ()))
    name = program.terms.load(program.fresh(f"{pop.target}_shape"))
    pop.targets = (name,)
    program.describe(pop)
    for stmt in asking:
        program.set_value(stmt, name)
