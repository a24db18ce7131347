"""The subscripts of ``np.einsum`` that are given as lists of whole numbers are written as the text that they stand for.

Before::

    y = np.einsum(x, [0, 1], w, [1, n])

After::

    y = np.einsum(rt.einsum_subscripts([[0, 1], [1, n]]), x, w)

>>> import numpy as np
>>> from srcad.frontend.stages import after
>>> print(after("write_out_subscripts", "def f(x): return np.einsum(x, [..., 0, 0], [...])", np=np))
def f(x):
    return np.einsum('...AA->...', x)
"""

from __future__ import annotations

import gast
import numpy as np

from srcad.frontend.statics import runtime_name
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer
from srcad.runtime.products import einsum_subscripts

__all__ = ["write_out_subscripts"]


def write_out_subscripts(fn: Function) -> Function:
    """Return ``fn`` where the calls of ``np.einsum`` take their subscripts as a text."""
    writer = _Writer(fn)
    return fn.with_body([writer.visit(stmt) for stmt in fn.tree.body])


class _Writer(NodeTransformer):
    def __init__(self, fn: Function) -> None:
        self.scope = fn.scope

    def visit_Call(self, node: gast.Call) -> gast.expr:
        self.generic_visit(node)
        if self.scope.statics.get(getattr(node.func, "id", "")) is not np.einsum:
            return node
        if any(isinstance(arg, gast.Starred) for arg in node.args) or self.is_text(node.args[:1]):
            return node
        count = len(node.args) // 2
        terms = node.args[1 : 2 * count : 2]
        if not any(isinstance(term, (gast.List, gast.Tuple)) for term in terms):
            return node
        output = node.args[-1] if len(node.args) % 2 else None
        operands = node.args[0 : 2 * count : 2]
        return t.place(gast.Call(node.func, [self.text(terms, output), *operands], node.keywords), node)

    def is_text(self, nodes: list[gast.expr]) -> bool:
        """Tell whether the subscripts are a text already, before arrays that may be given as lists."""
        values = [
            self.scope.statics.get(n.id) if isinstance(n, gast.Name) else getattr(n, "value", None)
            for n in nodes
        ]
        return any(isinstance(value, str) for value in values)

    def text(self, terms: list[gast.expr], output: gast.expr | None) -> gast.expr:
        labels = [_labels(term) for term in terms]
        result = None if output is None else _labels(output)
        if all(term is not None for term in labels) and (output is None or result is not None):
            return t.constant(einsum_subscripts(labels, result))
        given = [] if output is None else [output]
        return t.call(runtime_name(self.scope, "einsum_subscripts"), gast.List(terms, gast.Load()), *given)


def _labels(term: gast.expr) -> list[object] | None:
    """Return the labels that a display consists of, if all are written there."""
    parts = getattr(term, "elts", None)
    if parts is None or not all(isinstance(part, gast.Constant) for part in parts):
        return None
    return [part.value for part in parts]
