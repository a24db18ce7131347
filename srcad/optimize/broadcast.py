"""Leave out what brings a value to the shape that it has, or that it will get anyway."""

from __future__ import annotations

from collections import Counter

import gast
import numpy as np

from srcad.lang.function import Function
from srcad.lang.quote import clone
from srcad.optimize.effects import Context, defines
from srcad.optimize.forward import Definitions, Forward
from srcad.optimize.shapes import is_elementwise, same_shape, token

__all__ = ["broadcast"]


def broadcast(function: Function, context: Context) -> Function:
    """Remove needless ``np.broadcast_to`` and ``rt.unbroadcast``.

    Examples
    --------
    ::

        s = np.shape(x)             # before          s = np.shape(x)             # after
        t = np.broadcast_to(g, s)                     t = np.broadcast_to(g, s)
        c = np.cos(x)                                 c = np.cos(x)
        u = t * c                                     u = g * c
        dx = rt.unbroadcast(u, x)                     dx = u
    """
    return _Broadcast(function, context).run()


class _Broadcast(Forward):
    def __init__(self, function: Function, context: Context) -> None:
        super().__init__(function, context)
        self.loads = Counter(
            node.id
            for node in gast.walk(function.tree)
            if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load)
        )

    def simple(self, stmt: gast.stmt, known: Definitions) -> list[gast.stmt]:
        name = defines(stmt)
        if name is None:
            return [stmt]
        value = stmt.value
        if is_elementwise(value):
            for side, other in (("left", "right"), ("right", "left")):
                small = self._broadcast_source(getattr(value, side), getattr(value, other), known)
                if small is not None:
                    setattr(value, side, small)
                    break
        elif self._is_unbroadcast(value) and self._fits(value, known):
            source = value.args[0]
            if not self.effects.is_mutated(name) or not isinstance(source, gast.Name):
                stmt.value = clone(source)
        return [stmt]

    def _broadcast_source(self, node: gast.expr, other: gast.expr, known: Definitions) -> gast.expr | None:
        """Return ``g`` where ``node`` is ``np.broadcast_to(g, ...)`` for the shape that ``other`` has."""
        if not isinstance(node, gast.Name) or self.loads[node.id] != 1:
            return None
        found = known.value(node.id)
        if not isinstance(found, gast.Call) or self.effects.callee(found) is not np.broadcast_to:
            return None
        if len(found.args) != 2 or found.keywords or not same_shape(node, other, known):
            return None
        return clone(found.args[0])

    def _is_unbroadcast(self, value: gast.expr) -> bool:
        if not isinstance(value, gast.Call) or len(value.args) != 2 or value.keywords:
            return False
        callee = self.effects.callee(value)
        module = getattr(callee, "__module__", "") or ""
        return module.startswith("srcad.") and getattr(callee, "__name__", "") == "unbroadcast"

    def _fits(self, value: gast.Call, known: Definitions) -> bool:
        gradient, target = value.args
        found = token(gradient, known)
        return found is not None and found == token(target, known)
