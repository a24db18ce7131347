"""Add to a gradient in its own memory."""

from __future__ import annotations

import gast

from srcad.lang.function import Function
from srcad.lang.quote import clone
from srcad.optimize.effects import Context, Effects, defines

__all__ = ["inplace"]


def inplace(function: Function, context: Context) -> Function:
    """Turn ``dx = dx + t`` into ``dx += t`` where the memory of ``dx`` belongs to nobody else.

    That holds for a variable in ``context.owned`` whose every definition makes a new array (or a Python
    number) and which no other name, container or view can refer to.

    Examples
    --------
    ::

        dx = g * y                  # before          dx = g * y          # after
        dx = dx + t                                   dx += t
    """
    effects = Effects(function, context)
    candidates = {
        name
        for name in context.owned
        if all(
            effects.is_fresh(node.value)
            for node in gast.walk(function.tree)
            if isinstance(node, gast.Assign) and defines(node) == name
        )
    }
    alone = {name for name in candidates if _is_alone(name, function, effects)}
    return function.with_body([_updated(clone(stmt), alone) for stmt in function.tree.body])


def _is_alone(name: str, function: Function, effects: Effects) -> bool:
    """Tell whether nothing but ``name`` refers to its memory, the result of the function aside."""
    if effects.is_outside(name) or name in _bound_otherwise(function):
        return False
    return effects.sharing(name) <= {name}


def _bound_otherwise(function: Function) -> set[str]:
    """Return the names bound by anything but a plain assignment."""
    found: set[str] = {node.id for node in gast.walk(function.tree.args) if isinstance(node, gast.Name)}
    for node in gast.walk(function.tree):
        if isinstance(node, gast.Assign) and defines(node) is None:
            found |= {n.id for t in node.targets for n in gast.walk(t) if _is_store(n)}
        elif isinstance(node, gast.For):
            found |= {n.id for n in gast.walk(node.target) if _is_store(n)}
        elif isinstance(node, gast.With):
            found |= {n.id for item in node.items for n in gast.walk(item) if _is_store(n)}
    return found


def _is_store(node: gast.AST) -> bool:
    return isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store)


def _updated(stmt: gast.stmt, alone: set[str]) -> gast.stmt:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(stmt, name, None)
        if block:
            setattr(stmt, name, [_updated(inner, alone) for inner in block])
    target = defines(stmt)
    if target not in alone or not isinstance(stmt.value, gast.BinOp):
        return stmt
    value = stmt.value
    if not isinstance(value.op, (gast.Add, gast.Sub)):
        return stmt
    update = None
    if isinstance(value.left, gast.Name) and value.left.id == target:
        update = value.right
    elif isinstance(value.right, gast.Name) and value.right.id == target and isinstance(value.op, gast.Add):
        update = value.left
    if update is None or (isinstance(update, gast.Name) and update.id == target):
        return stmt
    return gast.copy_location(gast.AugAssign(stmt.targets[0], value.op, update), stmt)
