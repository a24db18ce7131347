"""A-normal form of dicts that are merged: a copy of the first, and what is stored in it.

Before::

    q = {**p, "w": w, **r}
    s = dict(p, b=b)

After::

    merged = dict(p)
    merged["w"] = w
    merged.update(r)
    q = merged
    merged1 = dict(p)
    merged1["b"] = b
    s = merged1

>>> from srcad.frontend.stages import after
>>> print(after("to_anf", "def f(p, w): return {**p, 'w': w}"))
def f(p, w):
    merged = dict(p)
    merged['w'] = w
    return merged
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.scope import Scope

__all__ = ["Merges"]


class Merges:
    """The displays and calls that join dicts; a part of ``Anf``."""

    scope: Scope

    if TYPE_CHECKING:
        atom: Any
        atoms: Any
        keep: Any
        emit: Any
        op: Any
        builtin: Any

    def merged_display(self, node: gast.Dict) -> gast.expr:
        """Return a display in which ``**`` stands as a dict that is filled in order."""
        ahead = next(i for i, key in enumerate(node.keys) if key is None)
        if ahead:
            first: gast.expr = gast.Dict(node.keys[:ahead], node.values[:ahead])
        else:
            ahead, first = 1, self._copied(node.values[0])
        pairs = list(zip(node.keys[ahead:], node.values[ahead:], strict=True))
        return self._filled_up(first, pairs, node)

    def merged_call(self, node: gast.Call) -> gast.expr | None:
        """Return what replaces ``dict(p, b=b)`` and ``dict(**p)``; None for other calls."""
        unpacked = any(keyword.arg is None for keyword in node.keywords)
        if (
            self.builtin(node) != "dict"
            or len(node.args) > 1
            or not (node.args and node.keywords or unpacked)
        ):
            return None
        if any(isinstance(arg, gast.Starred) for arg in node.args):
            return None
        keys = [t.constant(k.arg) if k.arg is not None else None for k in node.keywords]
        values = [k.value for k in node.keywords]
        if not node.args:
            return self.merged_display(t.place(gast.Dict(keys, values), node))
        return self._filled_up(self._copied(node.args[0]), list(zip(keys, values, strict=True)), node)

    def _copied(self, source: gast.expr) -> gast.expr:
        return t.place(t.call(refer(self.scope, dict, "dict"), source), source)

    def _filled_up(self, first: gast.expr, pairs: list[tuple[Any, gast.expr]], at: gast.AST) -> gast.expr:
        """Write the first dict, then what is stored in it; return its name."""
        merged = self.keep(self.op(first), at, "merged")
        for key, value in pairs:
            if key is None:
                given = self.atom(value)
                update = t.call(t.attribute(t.name(merged.id), "update"), given)
                self.emit(gast.Expr(update), value)
                continue
            where, what = self.atoms([key, value])
            place = gast.Subscript(t.name(merged.id), where, gast.Store())
            self.emit(gast.Assign([place], what, None), value)
        return t.name(merged.id)
