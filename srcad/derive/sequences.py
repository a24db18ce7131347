"""Loops over arrays, lists and tuples run over them directly.

Before, where ``x`` is an array that the function does not bind again::

    seq = rt.sequence(x)
    t = len(seq)
    for i in range(t):
        v = seq[i]

After::

    t = len(x)
    for i in range(t):
        v = x[i]
"""

from __future__ import annotations

from collections import Counter

import gast

from srcad import runtime as rt
from srcad.analysis.kinds import Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, nodes_in

__all__ = ["run_over_directly"]

_SEQUENCES = ("array", "list", "tuple")


def run_over_directly(fn: Function, kinds: Kinds) -> Function:
    """Return ``fn`` without ``rt.sequence`` of what has a length and an index already."""
    bound = Counter(
        node.id
        for stmt in fn.tree.body
        for node in nodes_in(stmt)
        if isinstance(node, gast.Name) and not isinstance(node.ctx, gast.Load)
    )
    bound.update(n.id for n in nodes_in(fn.tree.args) if isinstance(n, gast.Name))
    finder = _Finder(fn, kinds, bound)
    finder.block(fn.tree.body, {n.id for n in nodes_in(fn.tree.args) if isinstance(n, gast.Name)})
    if not finder.direct:
        return fn
    writer = _Writer(finder.direct)
    return fn.with_body([made for stmt in fn.tree.body if (made := writer.visit(stmt)) is not None])


class _Finder:
    """Looks for sequences that are surely bound where their loop begins."""

    def __init__(self, fn: Function, kinds: Kinds, bound: Counter[str]) -> None:
        self.fn, self.kinds, self.bound = fn, kinds, bound
        self.direct: dict[str, str] = {}

    def block(self, body: list[gast.stmt], known: set[str]) -> None:
        known = set(known)
        for stmt in body:
            if isinstance(stmt, gast.Assign):
                self.assignment(stmt.targets[0], stmt.value, known)
                known |= {n.id for n in nodes_in(stmt.targets[0]) if isinstance(n, gast.Name)}
            for part in ("body", "orelse", "finalbody"):
                self.block(getattr(stmt, part, None) or [], known)

    def assignment(self, target: gast.AST, value: gast.AST, known: set[str]) -> None:
        if not isinstance(target, gast.Name) or not isinstance(value, gast.Call) or len(value.args) != 1:
            return
        source = value.args[0]
        made = isinstance(value.func, gast.Name) and self.fn.scope.statics.get(value.func.id) is rt.sequence
        if not made or not isinstance(source, gast.Name) or source.id not in known:
            return
        has_index = self.kinds.get(source.id, Kind("any")).name in _SEQUENCES
        if has_index and self.bound[source.id] == 1 and self.bound[target.id] == 1:
            self.direct[target.id] = source.id


class _Writer(NodeTransformer):
    def __init__(self, direct: dict[str, str]) -> None:
        self.direct = direct

    def visit_Assign(self, node: gast.Assign) -> gast.AST | None:
        target = node.targets[0]
        if isinstance(target, gast.Name) and target.id in self.direct:
            return None
        return self.generic_visit(node)

    def visit_Name(self, node: gast.Name) -> gast.Name:
        identifier = node.id
        while identifier in self.direct:
            identifier = self.direct[identifier]
        return gast.copy_location(gast.Name(identifier, node.ctx, None, None), node)
