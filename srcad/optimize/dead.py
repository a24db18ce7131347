"""Leave out what nobody needs."""

from __future__ import annotations

import gast

from srcad.lang.function import Function
from srcad.lang.quote import clone
from srcad.optimize.effects import Context, Effects, is_comment
from srcad.optimize.liveness import Liveness

__all__ = ["dead"]

_BLOCKS = ("body", "orelse", "finalbody")


def dead(function: Function, context: Context) -> Function:
    """Remove statements without effect on the result, and comments that head no statement.

    Calls with side effects stay.  A history list that nobody reads disappears with its ``append`` and
    ``pop``.

    Examples
    --------
    ::

        t = x * y                   # before          dx = g * y          # after
        u = t + 1.0                                   return dx
        dx = g * y
        return dx
    """
    function = function.with_body([clone(stmt) for stmt in function.tree.body])
    found = Liveness(Effects(function, context))
    return function.with_body(_remaining(function.tree.body, found) or [gast.Pass()])


def _remaining(stmts: list[gast.stmt], found: Liveness) -> list[gast.stmt]:
    kept: list[gast.stmt] = []
    for stmt in stmts:
        if id(stmt) in found.dead:
            continue
        for name in _BLOCKS:
            block = getattr(stmt, name, None)
            if block:
                setattr(stmt, name, _remaining(block, found))
        if hasattr(stmt, "body") and not stmt.body:
            stmt.body = [gast.Pass()]
        for handler in getattr(stmt, "handlers", []):
            handler.body = _remaining(handler.body, found) or [gast.Pass()]
        kept.append(stmt)
        if isinstance(stmt, (gast.Break, gast.Continue, gast.Return, gast.Raise)):
            break
    return [
        stmt
        for index, stmt in enumerate(kept)
        if not is_comment(stmt) or (index + 1 < len(kept) and not is_comment(kept[index + 1]))
    ]
