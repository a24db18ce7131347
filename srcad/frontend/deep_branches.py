"""Branches in branches in branches: Python's blocks are at most 100 deep, and each step of ours walks them.

What follows a branch that jumps is moved into the other branch, and a chain of ``elif`` is branches in branches too. So
a hundred ways out of a function, one after the other, come to stand in each other. Behind a number of them the rest
begins anew, under a flag.

Before (with ``MOST_NESTED = 1``)::

    if a:
        y = x
    else:
        b = x > 1
        if b:
            y = 2 * x
        else:
            y = 3 * x

After::

    deeper = False
    if a:
        y = x
    else:
        deeper = True
    if deeper:
        b = x > 1
        if b:
            y = 2 * x
        else:
            y = 3 * x

>>> from srcad.frontend.stages import after
>>> tests = "".join(f"    elif x < {k}: y = x * {k}\\n" for k in range(1, 40))
>>> text = after("split_deep_branches", "def f(x):\\n    if x < 0: y = x\\n" + tests + "    else: y = 1\\n    return y")
>>> text.count("deeper = True"), max(len(line) - len(line.lstrip()) for line in text.splitlines()) // 4
(1, 25)
"""

from __future__ import annotations

import gast

from srcad.frontend.flags import BLOCKS
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.scope import Scope
from srcad.lang.walking import shallow_copy

__all__ = ["MOST_NESTED", "split_deep_branches"]

MOST_NESTED = 24
"""How many branches may end in one another."""


def split_deep_branches(fn: Function) -> Function:
    """Return ``fn``, in normal form, with branches that end in one another at most ``MOST_NESTED`` deep."""
    return fn.with_body(_Splitting(fn.scope).block(fn.tree.body))


class _Splitting:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        out: list[gast.stmt] = []
        for stmt in body:
            made = shallow_copy(stmt)
            cut = _cut(made) if isinstance(made, gast.If) else []
            out += self.split(made, cut) if cut else [self.inside(made)]
        return out

    def inside(self, stmt: gast.stmt) -> gast.stmt:
        if not isinstance(stmt, gast.Expr | gast.Assign):
            for part in BLOCKS:
                inner = getattr(stmt, part, None)
                if inner:
                    setattr(stmt, part, self.block(inner))
        return stmt

    def split(self, outer: gast.If, cut: list[list[gast.stmt]]) -> list[gast.stmt]:
        """Return the branches with those blocks that are to be cut off behind them."""
        flags = [self.scope.fresh("deeper") for _ in cut]
        rests = [list(block) for block in cut]
        for flag, block in zip(flags, cut):
            block[:] = [_set(flag, True, block[-1])]
        left = self.scope.fresh("left")
        chosen: list[gast.stmt] = []
        if _flag_breaks(outer, left):
            chosen = [gast.If(t.name(left), [gast.Break()], [])]
        for flag, rest in zip(reversed(flags), reversed(rests)):
            chosen = [gast.If(t.name(flag), self.block(rest), chosen)]
        before = [_set(flag, False, outer) for flag in [*flags, left]]
        return [*before, self.inside(outer), *(t.place(s, outer) for s in chosen)]


def _set(flag: str, value: bool, at: gast.stmt) -> gast.stmt:
    return t.place(t.assign(flag, t.constant(value)), at)


def _cut(outer: gast.If) -> list[list[gast.stmt]]:
    """Return the blocks that are too deep; what leads to them is copied."""
    level, blocks = [outer], []
    for _ in range(MOST_NESTED):
        blocks = []
        for branch in level:
            branch.body, branch.orelse = list(branch.body), list(branch.orelse)
            blocks += [b for b in (branch.body, branch.orelse) if b and isinstance(b[-1], gast.If)]
        for block in blocks:
            block[-1] = shallow_copy(block[-1])
        level = [block[-1] for block in blocks]
    return blocks


def _flag_breaks(branch: gast.If, flag: str) -> bool:
    """Set a flag in the place of each ``break`` that the branches down to the cut end in; tell whether there are any."""
    found = False
    for block in (branch.body, branch.orelse):
        last = block[-1] if block else None
        if isinstance(last, gast.If):
            found |= _flag_breaks(last, flag)
        elif isinstance(last, gast.Break):
            block[-1] = _set(flag, True, last)
            found = True
    return found
