"""Whether the gradient of a number may come out as an array without axes.

Rules are written for arrays, and return arrays: that of ``np.sum(x)`` is ``np.broadcast_to(g, np.shape(x))``, which
for a number ``x`` is an array without axes.  Arithmetic makes numbers of them, so only what is returned as it stands
has to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.derive.steps import Block, Branch, Loop, Plain, Wrapped
from srcad.lang.walking import nodes_in

__all__ = ["Definitions", "definitions_in", "may_have_no_axes"]

Definitions = dict[str, list[gast.AST]]

_PASSING = (rt.unbroadcast, rt.fitted, rt.owned)
_TO_NUMBERS = (np.sum, np.mean, np.prod, np.dot, np.vdot, np.inner, np.max, np.min, float, complex)
_METHODS_TO_NUMBERS = frozenset("sum pop item dot mean prod get".split())


def may_have_no_axes(
    variable: str, definitions: Definitions, statics: dict[str, Any], is_given: bool = False
) -> bool:
    """Tell whether ``variable``, the gradient of a number, may be an array without axes.

    ``definitions`` are those of the block behind which it is looked at. ``is_given`` tells that the cotangent comes from
    the caller, and may be one.

    >>> statements = gast.parse("t = np.shape(x); d = np.broadcast_to(1.0, t); e = d * 2.0").body
    >>> statements[1].value.func = gast.Name("np.broadcast_to", gast.Load(), None, None)
    >>> found, statics = definitions_in(Block([Plain([], statements)])), {"np.broadcast_to": np.broadcast_to}
    >>> may_have_no_axes("d", found, statics), may_have_no_axes("e", found, statics)
    (True, False)
    """
    return _Search(definitions, statics, is_given).of_name(variable)


def definitions_in(block: Block) -> Definitions:
    """Return all that each variable is set to in both sweeps."""
    found: Definitions = {}
    for stmt in _statements(block):
        for node in nodes_in(stmt):
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _statements(block: Block) -> Iterator[gast.stmt]:
    """Yield the statements of both sweeps."""
    yield from block.tail
    for step in block.steps:
        if isinstance(step, Plain):
            yield from [*step.forward, *step.backward]
        elif isinstance(step, Branch):
            yield from [*_statements(step.body), *_statements(step.orelse)]
        elif isinstance(step, Loop):
            yield from [*step.before, *_statements(step.body)]
        elif isinstance(step, Wrapped):
            yield from [*_statements(step.body), *_statements(step.final)]


class _Search:
    def __init__(self, definitions: Definitions, statics: dict[str, Any], is_given: bool) -> None:
        self.definitions, self.statics, self.is_given = definitions, statics, is_given
        self.seen: set[str] = set()

    def of_name(self, variable: str) -> bool:
        if variable in self.seen:
            return False
        self.seen.add(variable)
        if variable not in self.definitions:
            return self.is_given
        return any(map(self.of, self.definitions[variable]))

    def of(self, node: gast.AST) -> bool:
        if isinstance(node, gast.Name):
            return self.of_name(node.id)
        if isinstance(node, gast.Subscript):
            return self.of_item(node)
        if isinstance(node, gast.Attribute):
            return node.attr == "T"
        return isinstance(node, gast.Call) and self.of_call(node)

    def of_call(self, node: gast.Call) -> bool:
        if isinstance(node.func, gast.Attribute):
            return node.func.attr not in _METHODS_TO_NUMBERS
        function = self.statics.get(node.func.id)
        if any(function is passing for passing in _PASSING):
            return self.of(node.args[0])
        module = getattr(function, "__module__", None) or ""
        if isinstance(function, np.ufunc) or any(function is f for f in _TO_NUMBERS):
            return False
        return module not in ("math", "cmath", "srcad.runtime.arrays", "srcad.runtime.special")

    def of_item(self, node: gast.Subscript) -> bool:
        """Parts of what a rule returns may be such arrays; entries of arrays are numbers."""
        if not (isinstance(node.slice, gast.Constant) and isinstance(node.slice.value, int)):
            return False
        made = self.definitions.get(getattr(node.value, "id", ""), [])
        functions = [
            self.statics.get(m.func.id)
            for m in made
            if isinstance(m, gast.Call) and isinstance(m.func, gast.Name)
        ]
        return any(str(getattr(f, "__module__", "")).startswith("srcad.") for f in functions)
