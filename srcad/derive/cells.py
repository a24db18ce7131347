"""Lists of one element that never leave the function become variables.

Captured variables that change are kept in such lists, and programs keep running sums in them.

Before, where all calls of the nested function are inlined::

    total_cell = [0.0]
    t = total_cell[0]
    t1 = t + x
    total_cell[0] = t1

After::

    total = 0.0
    t = total
    t1 = t + x
    total = t1
"""

from __future__ import annotations

from collections import Counter

import gast

from srcad.derive.build import assign
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, nodes_in

__all__ = ["unpack_cells"]


def unpack_cells(fn: Function) -> Function:
    """Return ``fn`` with variables for its lists of one element that are only read and set at index 0."""
    named: Counter[str] = Counter()
    indexed: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for stmt in fn.tree.body:
        for node in nodes_in(stmt):
            if isinstance(node, gast.Name):
                named[node.id] += 1
            elif _cell(node) is not None:
                indexed[_cell(node)] += 1
            elif isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                if isinstance(node.value, gast.List) and len(node.value.elts) == 1:
                    made[node.targets[0].id] += not isinstance(node.value.elts[0], gast.Starred)
    cells = [n for n, count in made.items() if count == 1 and named[n] == indexed[n] + 1]
    if not cells:
        return fn
    writer = _Writer({n: fn.scope.fresh(n.removesuffix("_cell")) for n in cells})
    return fn.with_body([writer.visit(stmt) for stmt in fn.tree.body])


def _cell(node: gast.AST) -> str | None:
    """Return the variable of ``v[0]``."""
    if not isinstance(node, gast.Subscript) or not isinstance(node.value, gast.Name):
        return None
    first = isinstance(node.slice, gast.Constant) and type(node.slice.value) is int and node.slice.value == 0
    return node.value.id if first and not isinstance(node.ctx, gast.Del) else None


class _Writer(NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Subscript(self, node: gast.Subscript) -> gast.AST:
        cell = _cell(node)
        if cell in self.names:
            return gast.copy_location(gast.Name(self.names[cell], node.ctx, None, None), node)
        return self.generic_visit(node)

    def visit_Assign(self, node: gast.Assign) -> gast.AST:
        target = node.targets[0]
        if isinstance(target, gast.Name) and target.id in self.names:
            return gast.copy_location(assign(self.names[target.id], node.value.elts[0]), node)
        return self.generic_visit(node)
