"""Blocks that an exception may leave, and statements that may raise one."""

from __future__ import annotations

import types

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import is_scalar
from srcad.analysis.kinds_of_operations import Kinds, kind_of_operation
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in

__all__ = ["guards_of", "is_guard", "raising_variables"]

_RAISING = (gast.Div, gast.FloorDiv, gast.Mod, gast.Pow)


def guards_of(fn: Function) -> set[str]:
    """Return the variables that hold a context which stops exceptions."""
    if not any(value is rt.catching for value in fn.scope.statics.values()):
        return set()
    return {
        node.targets[0].id
        for node in nodes_in(fn.tree)
        if isinstance(node, gast.Assign)
        and isinstance(node.value, gast.Call)
        and isinstance(node.value.func, gast.Name)
        and fn.scope.statics.get(node.value.func.id) is rt.catching
    }


def is_guard(stmt: gast.With, guards: set[str]) -> bool:
    """Tell whether the block of a ``with`` may end early, by an exception that the program catches."""
    context = stmt.items[0].context_expr
    return isinstance(context, gast.Name) and context.id in guards


def raising_variables(fn: Function, kinds: Kinds) -> set[str]:
    """Return the variables whose computation may raise an exception that depends on values.

    These are quotients, remainders and powers of Python numbers, functions of ``math`` and ``np.linalg``, and all that
    is computed where the program itself catches exceptions.
    """
    guards = guards_of(fn)
    found: set[str] = set()
    for node in nodes_in(fn.tree):
        if isinstance(node, gast.With) and is_guard(node, guards):
            found |= {n.id for s in node.body for n in nodes_in(s) if _is_bound(n)}
        elif isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            if _may_raise(node.value, fn, kinds):
                found.add(node.targets[0].id)
    return found


def _is_bound(node: gast.AST) -> bool:
    return isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store)


def _may_raise(value: gast.AST, fn: Function, kinds: Kinds) -> bool:
    if isinstance(value, gast.BinOp) and isinstance(value.op, _RAISING):
        constant = isinstance(value.right, gast.Constant) and value.right.value not in (0, 0.0)
        operands = (kind_of_operation(n, kinds, fn) for n in (value.left, value.right))
        return not constant and all(is_scalar(kind) for kind in operands)
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Name):
        function = fn.scope.statics.get(value.func.id)
        module = getattr(function, "__module__", None) or ""
        builtin = isinstance(function, types.BuiltinFunctionType) and module == "math"
        return builtin or getattr(np.linalg, getattr(function, "__name__", ""), None) is function
    return False
