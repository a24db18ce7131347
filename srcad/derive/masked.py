"""Gradients that ``np.where`` has cut to 0 stay 0, whatever they are multiplied by.

Where a branch of ``np.where`` is not taken, its value may be NaN and its slope NaN or infinite.  The gradient there is 0,
and 0 times NaN would be NaN; so what a gradient from ``np.where`` is multiplied by or divided by counts only where the
gradient is not 0.

Before::

    dt = np.where(positive, g, 0)
    dx = dt / x

After::

    dt = np.where(positive, g, 0)
    dx = rt.masked_quotient(dt, x)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.derive.build import call
from srcad.derive.steps import Block, Branch, Loop, Plain, Wrapped
from srcad.lang.walking import nodes_in

__all__ = ["guard_masked"]

_SOURCES = (rt.where_used, rt.unchosen, rt.masked_product, rt.masked_quotient)
_LISTS_OF_MASKED = (rt.select_adjoint, rt.choose_adjoint)
_ZEROS = (np.zeros, np.zeros_like, rt.zeros_like)
_PASSING = (
    rt.unbroadcast,
    rt.quotient,
    rt.fitted,
    rt.owned,
    np.broadcast_to,
    np.real,
    np.conj,
    np.reshape,
    np.expand_dims,
)


def guard_masked(block: Block, statics: dict[str, Any]) -> None:
    """Rewrite the products and quotients of gradients from ``np.where`` in the backward statements of ``block``."""
    sources = (np.where, *_SOURCES, *_LISTS_OF_MASKED)
    if not any(value is source for value in statics.values() for source in sources):
        return
    lists = list(_backward(block))
    masked = _Masked([stmt for statements in lists for stmt in statements], statics)
    if not masked.names:
        return
    for statements in lists:
        for stmt in statements:
            for node in nodes_in(stmt):
                if isinstance(node, (gast.Assign, gast.AugAssign, gast.Return)) and node.value is not None:
                    node.value = masked.guarded(node.value)


def _backward(block: Block) -> Iterator[list[gast.stmt]]:
    """Yield the lists of statements of the backward sweep, from the last to the first."""
    for step in reversed(block.steps):
        if isinstance(step, Plain):
            yield step.backward
        elif isinstance(step, Branch):
            yield from [*_backward(step.body), *_backward(step.orelse)]
        elif isinstance(step, Loop):
            yield step.before
            yield from _backward(step.body)
        elif isinstance(step, Wrapped):
            yield from [*_backward(step.final), *_backward(step.body)]
    yield block.tail


class _Masked:
    """The variables that hold gradients with zeros from a mask, and nothing else."""

    def __init__(self, statements: list[gast.stmt], statics: dict[str, Any]) -> None:
        self.statics = statics
        values: dict[str, list[gast.AST | None]] = {}
        for stmt in statements:
            for node in nodes_in(stmt):
                if isinstance(node, (gast.Assign, gast.AugAssign)):
                    target = node.targets[0] if isinstance(node, gast.Assign) else node.target
                    base = target.value if isinstance(target, gast.Subscript) else target
                    values.setdefault(getattr(base, "id", ""), []).append(node.value)
                elif isinstance(node, gast.For):
                    values.setdefault(getattr(node.target, "id", ""), []).append(None)
        self.names = set(values)
        if not any(self.is_source(value) for made in values.values() for value in made):
            self.names = set()
        count = -1
        while count != len(self.names):
            count = len(self.names)
            self.names = {
                name for name in self.names if all(v is not None and self.is_masked(v) for v in values[name])
            }

    def is_source(self, node: gast.AST | None) -> bool:
        """Tell whether an operation cuts a gradient by a mask."""
        if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Name):
            return False
        function = self.statics.get(node.func.id)
        if function is np.where and len(node.args) == 3:
            return any(isinstance(a, gast.Constant) and a.value == 0 for a in node.args[1:])
        return any(function is known for known in (*_SOURCES, *_LISTS_OF_MASKED))

    def is_masked(self, node: gast.AST) -> bool:
        if isinstance(node, gast.Name):
            return node.id in self.names
        if isinstance(node, gast.UnaryOp):
            return self.is_masked(node.operand)
        if isinstance(node, gast.BinOp):
            left, right = self.is_masked(node.left), self.is_masked(node.right)
            if isinstance(node.op, (gast.Add, gast.Sub)):
                return left and right
            return left or isinstance(node.op, gast.Mult) and right
        if isinstance(node, gast.Subscript):
            return getattr(node.value, "id", None) in self.names
        if isinstance(node, gast.Constant):
            return node.value == 0 and node.value is not False
        if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Name):
            return False
        function = self.statics.get(node.func.id)
        if self.is_source(node) or any(function is f for f in _ZEROS):
            return True
        return any(function is known for known in _PASSING) and self.is_masked(node.args[0])

    def guarded(self, node: gast.AST) -> gast.AST:
        if isinstance(node, gast.BinOp) and isinstance(node.op, gast.Mult):
            for gradient, factor in ((node.left, node.right), (node.right, node.left)):
                if self.is_masked(gradient) and not isinstance(factor, gast.Constant):
                    return gast.copy_location(call("rt.masked_product", gradient, factor), node)
        elif isinstance(node, gast.BinOp) and isinstance(node.op, gast.Div):
            if self.is_masked(node.left) and not isinstance(node.right, gast.Constant):
                return gast.copy_location(call("rt.masked_quotient", node.left, node.right), node)
        elif isinstance(node, gast.Call) and isinstance(node.func, gast.Name):
            if self.statics.get(node.func.id) is rt.quotient and self.is_masked(node.args[0]):
                return gast.copy_location(call("rt.masked_quotient", *node.args), node)
        return node
