"""Jumps of the body of a loop that comes to stand in another one.

>>> import gast
>>> body = gast.parse("if x: break").body
>>> jumps_of(body, gast.Break), jumps_of(body, gast.Continue)
(True, False)
"""

from __future__ import annotations

import gast

from srcad.lang import tree as t
from srcad.lang.walking import clone

__all__ = ["BLOCKS", "LOOPS", "head", "jumps_of", "with_flags"]

LOOPS = (gast.For, gast.While)
BLOCKS = ("body", "orelse", "finalbody")


def head(stmt: gast.stmt) -> list[gast.AST]:
    """Return the expressions of a statement without its blocks."""
    skipped = (*BLOCKS, "handlers")
    found: list[gast.AST] = []
    for field, value in gast.iter_fields(stmt):
        if field not in skipped:
            found += [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, gast.AST)]
    return found


def jumps_of(body: list[gast.stmt], kind: type) -> bool:
    """Tell whether a loop with this body has a jump of its own of a kind."""
    for stmt in body:
        if isinstance(stmt, kind):
            return True
        if isinstance(stmt, LOOPS):
            if jumps_of(stmt.orelse, kind):
                return True
        elif any(jumps_of(getattr(stmt, part, None) or [], kind) for part in BLOCKS):
            return True
        elif any(jumps_of(handler.body, kind) for handler in getattr(stmt, "handlers", [])):
            return True
    return False


def with_flags(body: list[gast.stmt], flags: list[gast.stmt]) -> list[gast.stmt]:
    """Set flags before each ``break`` of the loop that has this body."""
    done: list[gast.stmt] = []
    for stmt in body:
        if isinstance(stmt, gast.Break):
            done += [t.place(clone(flag), stmt) for flag in flags]
        elif isinstance(stmt, LOOPS):
            stmt.orelse = with_flags(stmt.orelse, flags)
        else:
            for part in BLOCKS:
                inner = getattr(stmt, part, None)
                if inner:
                    setattr(stmt, part, with_flags(inner, flags))
            for handler in getattr(stmt, "handlers", []):
                handler.body = with_flags(handler.body, flags)
        done.append(stmt)
    return done
