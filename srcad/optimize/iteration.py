"""Run over a history where a loop takes one number out of it after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import gast

from srcad.optimize.liveness import Liveness
from srcad.optimize.program import LEAVING, Program, Remark, Statement, statements
from srcad.optimize.terms import Term

__all__ = ["iterate_over_histories", "reversed_range"]


def iterate_over_histories(program: Program) -> None:
    """Let a loop that only counts how often it takes a number out of a history run over the history itself.

    Arrays are taken out by ``pop`` all the same, so that each is given up as soon as it has been used.

    Examples
    --------
    ::

        for i in range(n):                  # before      for i in range(n):          # after
            s.append(y)                                       s.append(y)
            y = y * x                                         y = y * x
        for i in reversed(range(n)):                      for y in reversed(s):
            y = s.pop()                                       dx += dy * y
            dx += dy * y
    """
    if not program.stacks:
        return
    uses = Counter(stmt.stack for stmt in statements(program.body) if stmt.stack is not None)
    for loop, pop in _taking_loops(program.body):
        assert pop.stack is not None
        stack = pop.stack[1]
        if uses["append", stack] != 1 or uses["pop", stack] != 1:
            continue
        if all(map(program.context.is_scalar, pop.writes)) and _only_counts(program, loop, pop):
            if any(_fills(other, loop, stack) for other in _before(program.body, loop)):
                _run_over(program, loop, pop, stack)


def _taking_loops(body: list[Statement]) -> Iterator[tuple[Statement, Statement]]:
    """Yield the loops that begin with taking something out of a history."""
    for stmt in body:
        inner = [s for s in stmt.blocks[0] if s.kind is not Remark] if stmt.kind is gast.For else []
        if (
            inner
            and inner[0].stack is not None
            and inner[0].stack[0] == "pop"
            and inner[0].kind is gast.Assign
        ):
            yield stmt, inner[0]


def _before(body: list[Statement], loop: Statement) -> list[Statement]:
    """Return the statements in front of a loop, the nearest first, as far as they leave its bounds alone."""
    assert loop.value is not None
    found: list[Statement] = []
    for stmt in reversed(body[: body.index(loop)]):
        if any(not inner.writes.isdisjoint(loop.value.reads) for inner in statements([stmt])):
            break
        found.append(stmt)
    return found


def _only_counts(program: Program, loop: Statement, pop: Statement) -> bool:
    """Tell whether nobody needs the loop's own variable, and the loop may bind others in its place."""
    target = pop.targets[0]
    plain = target.kind is gast.Name or all(part.kind is gast.Name for part in target.children)
    needed = program.fact(Liveness).after[loop].union(*[stmt.reads for stmt in statements(loop.blocks[0])])
    return plain and needed.isdisjoint(loop.writes)


def _fills(stmt: Statement, loop: Statement, stack: str) -> bool:
    """Tell whether a statement is a loop with as many trips that adds one entry to a history in each."""
    if stmt.kind is not gast.For or stmt.value is None or reversed_range(loop.value) is not stmt.value:
        return False
    inside = list(statements(stmt.blocks[0]))
    if any(inner.kind in LEAVING or inner.kind in (gast.With, gast.Try) for inner in inside):
        return False
    return any(inner.stack == ("append", stack) for inner in stmt.blocks[0])


def reversed_range(value: Term | None) -> Term | None:
    """Return the range that a term runs over backwards."""
    if (
        value is None
        or value.kind is not gast.Call
        or value.callee is not reversed
        or len(value.parts[1]) != 1
    ):
        return None
    bounds: Term = value.parts[1][0]
    return bounds if bounds.kind is gast.Call and bounds.callee is range else None


def _run_over(program: Program, loop: Statement, pop: Statement, stack: str) -> None:
    assert loop.value is not None
    loop.blocks[0] = [stmt for stmt in loop.blocks[0] if stmt is not pop] or [
        Statement(gast.Pass, loop.origin)
    ]
    loop.targets = pop.targets
    function = loop.value.parts[0]
    program.set_value(loop, program.terms.make(gast.Call, function, (program.terms.load(stack),), ()))
