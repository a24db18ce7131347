"""Generators that are kept under a name and run through in one place only.

Before::

    pairs = neighbours(values)
    for a, b in pairs:
        s += a * b

After::

    for a, b in neighbours(values):
        s += a * b

A generator does nothing before its first item is taken, so that it may as well be called there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import gast

from srcad.frontend.flags import BLOCKS
from srcad.lang import tree as t
from srcad.lang.walking import nodes_in

__all__ = ["call_where_run"]


def call_where_run(body: list[gast.stmt], is_generator: Callable[[gast.AST], bool]) -> list[gast.stmt]:
    """Return statements with the calls of named generators put into the loops over them.

    >>> body = gast.parse("it = g(x)\\ny = 2\\nfor v in it: y += v").body
    >>> print(gast.unparse(gast.Module(call_where_run(body, lambda node: True), [])))
    y = 2
    for v in g(x):
        y += v
    """
    bound, read = Counter[str](), Counter[str]()
    for stmt in body:
        for node in nodes_in(stmt):
            if isinstance(node, gast.Name):
                (read if isinstance(node.ctx, gast.Load) else bound)[node.id] += 1
    once = {name for name in bound if bound[name] == read[name] == 1}
    return _block(body, once, is_generator)


def _block(
    body: list[gast.stmt], once: set[str], is_generator: Callable[[gast.AST], bool]
) -> list[gast.stmt]:
    done: list[gast.stmt] = []
    for k, stmt in enumerate(body):
        for part in BLOCKS:
            inner = getattr(stmt, part, None)
            if inner:
                setattr(stmt, part, _block(inner, once, is_generator))
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        if isinstance(target, gast.Name) and target.id in once and is_generator(stmt.value):
            loop = _loop_over(target.id, body[k + 1 :], t.names_read(stmt.value))
            if loop is not None:
                loop.iter = stmt.value
                continue
        done.append(stmt)
    return done


def _loop_over(name: str, following: list[gast.stmt], operands: set[str]) -> gast.For | None:
    """Return the loop over a variable, if what its generator is called with is still the same there."""
    for stmt in following:
        if isinstance(stmt, gast.For) and getattr(stmt.iter, "id", "") == name:
            return stmt
        if t.bound_names([stmt]) & operands:
            return None
    return None
