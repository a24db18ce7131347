"""Updates in place, as the user wrote them, where no history keeps what they change."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import gast

from srcad.analysis.held_alone import is_held_alone
from srcad.analysis.kinds import Kind
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, nodes_in

__all__ = ["never_rebound", "update_in_place"]


def update_in_place(fn: Function, kinds: Mapping[str, Kind], variables: Collection[str]) -> Function:
    """Return ``fn`` with ``x = x op v`` of these variables as ``x op= v`` again, where nothing else holds the array.

    So ``acc = acc + row * row`` becomes ``acc += row * row``, and raises again where NumPy would.
    """
    alone = {v for v in sorted(variables) if is_held_alone(fn, kinds, v, would_update=_is_rebinding)}
    return fn.with_body(_Updating(alone).visit(gast.Module(fn.tree.body, [])).body) if alone else fn


def never_rebound(fn: Function, variables: Collection[str]) -> frozenset[str]:
    """Return those of the variables that no statement of the user's own binds to ``x op v``."""
    nodes = list(nodes_in(fn.tree))
    return frozenset(v for v in variables if not any(_is_rebinding(node, v) for node in nodes))


def _is_rebinding(stmt: gast.AST, variable: str) -> bool:
    """Tell whether a statement is ``variable = variable op v``."""
    if not isinstance(stmt, gast.Assign) or not isinstance(stmt.value, gast.BinOp):
        return False
    return all(isinstance(x, gast.Name) and x.id == variable for x in (stmt.targets[0], stmt.value.left))


class _Updating(NodeTransformer):
    def __init__(self, variables: Collection[str]) -> None:
        self.variables = variables

    def visit_Assign(self, node: gast.Assign) -> gast.stmt:
        target = node.targets[0]
        if not isinstance(target, gast.Name) or target.id not in self.variables:
            return node
        if not _is_rebinding(node, target.id):
            return node
        return gast.copy_location(gast.AugAssign(target, node.value.op, node.value.right), node)
