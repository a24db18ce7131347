"""Write loops and branches as one would by hand."""

from __future__ import annotations

import gast

from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term, Terms

__all__ = ["write_plainly"]

_OPPOSITES = {gast.Is: gast.IsNot, gast.IsNot: gast.Is, gast.In: gast.NotIn, gast.NotIn: gast.In}


def write_plainly(program: Program) -> None:
    """Give loops their condition, and turn branches round whose first part is empty.

    Examples
    --------
    ::

        while True:                 # before          while e > 0:        # after
            if e > 0:                                     e -= 1
                e -= 1                                if e is not None:
            else:                                         y = e
                break
        if e is None:
            pass
        else:
            y = e
    """
    # A list: a loop's condition is found once the branch inside of it has been written.
    for stmt in reversed(list(statements(program.body))):
        if stmt.kind is gast.If:
            _turn_round(program, stmt)
        elif stmt.kind is gast.While and stmt.blocks:
            _give_condition(program, stmt)


def _turn_round(program: Program, stmt: Statement) -> None:
    body, orelse = stmt.blocks
    if orelse and all(inner.kind is gast.Pass for inner in body) and stmt.value is not None:
        stmt.blocks = [orelse, []]
        program.set_value(stmt, opposite(program.terms, stmt.value))


def _give_condition(program: Program, stmt: Statement) -> None:
    block, condition = stmt.blocks[0], stmt.value
    if condition is None or condition.kind is not gast.Constant or not condition.parts[0] or len(block) != 1:
        return
    only = block[0]
    if only.kind is not gast.If or only.value is None:
        return
    body, orelse = only.blocks
    if len(orelse) == 1 and orelse[0].kind is gast.Break:
        stmt.blocks = [body]
        program.set_value(stmt, only.value)
    elif len(body) == 1 and body[0].kind is gast.Break and orelse:
        stmt.blocks = [orelse]
        program.set_value(stmt, opposite(program.terms, only.value))


def opposite(terms: Terms, test: Term) -> Term:
    """Return the condition that holds where ``test`` does not."""
    if test.kind is gast.UnaryOp and test.parts[0] is gast.Not:
        operand: Term = test.parts[1]
        return operand
    if test.kind is gast.Compare and len(test.parts[1]) == 1 and test.parts[1][0] in _OPPOSITES:
        return terms.make(gast.Compare, test.parts[0], (_OPPOSITES[test.parts[1][0]],), test.parts[2])
    return terms.make(gast.UnaryOp, gast.Not, test)
