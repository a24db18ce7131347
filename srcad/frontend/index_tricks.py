"""``np.r_`` and ``np.c_`` are written out as the functions of NumPy that join arrays.

Before::

    y = np.r_[0:3, x, 5.0]
    z = np.c_[x, y]

After::

    y = np.concatenate((np.arange(0, 3, 1), np.atleast_1d(x), np.atleast_1d(5.0)))
    z = np.column_stack((x, y))

>>> import numpy as np
>>> from srcad.frontend.stages import after
>>> print(after("write_out_index_tricks", "def f(x): return np.c_[x, 2 * x]", np=np))
def f(x):
    return np.column_stack((x, 2 * x))
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcad.frontend.statics import refer, runtime_name
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer

__all__ = ["write_out_index_tricks"]


def write_out_index_tricks(fn: Function) -> Function:
    """Return ``fn`` without ``np.r_[...]`` and ``np.c_[...]``, but for those that begin with a text."""
    writer = _Writer(fn)
    return fn.with_body([writer.visit(stmt) for stmt in fn.tree.body])


class _Writer(NodeTransformer):
    def __init__(self, fn: Function) -> None:
        self.scope = fn.scope

    def visit_Subscript(self, node: gast.Subscript) -> gast.expr:
        self.generic_visit(node)
        joined = self.scope.statics.get(getattr(node.value, "id", ""))
        if joined is np.mgrid or joined is np.ogrid:
            return t.place(self.grid(node), node)
        if joined is not np.r_ and joined is not np.c_:
            return node
        parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
        if any(isinstance(p, gast.Starred) or isinstance(getattr(p, "value", None), str) for p in parts):
            return node
        if joined is np.c_:
            made = self.call(np.column_stack, t.tuple_of([self.written(part, False) for part in parts]))
        else:
            made = self.call(np.concatenate, t.tuple_of([self.written(part, True) for part in parts]))
        return t.place(made, node)

    def grid(self, node: gast.Subscript) -> gast.expr:
        """Return the call that makes the grid of slices."""
        parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
        bounds = [
            t.tuple_of([p.lower or t.constant(None), p.upper or t.constant(None), p.step or t.constant(None)])
            if isinstance(p, gast.Slice)
            else p
            for p in parts
        ]
        return t.call(runtime_name(self.scope, "grid_of"), node.value, *bounds)

    def written(self, part: Any, flat: bool) -> gast.expr:
        """Return a part as an array: a slice is a range, or so many numbers at equal distances."""
        if not isinstance(part, gast.Slice):
            return self.call(np.atleast_1d, part) if flat else part
        start = part.lower or t.constant(0)
        step = getattr(part.step, "value", None)
        if isinstance(step, complex):
            return self.call(np.linspace, start, part.upper, t.constant(int(abs(step))))
        return self.call(np.arange, start, part.upper, part.step or t.constant(1))

    def call(self, function: Any, *arguments: gast.expr) -> gast.expr:
        return t.call(refer(self.scope, function, f"np.{function.__name__}"), *arguments)
