"""Lists made of what a statement runs through, where that is no list or tuple already.

The items of an array have no shadows, and those of an instance come from methods of its class; a list has both.

Before::

    items.extend(x)
    items[1:2] = x
    a, b = pair
    both = [*pair, 1.0]

After, for an array ``x`` and a ``pair`` of which nothing is known::

    t = list(x)
    items.extend(t)
    t1 = list(x)
    items[1:2] = t1
    t2 = list(pair)
    a, b = t2
    t3 = list(pair)
    both = [*t3, 1.0]

What runs through a dict runs through its keys, which have no derivative: ``list(d)`` is written ``list(d.keys())``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast
import numpy as np

from srcad.analysis.kinds import Kind
from srcad.derive.build import name
from srcad.lang.scope import Scope

__all__ = ["IterableLowering"]

_LISTED = ("list", "tuple")
_WITH_KEYS = ("any", "object", "dict")


class IterableLowering:
    """The part of the lowering that makes lists of iterables."""

    scope: Scope

    def kind(self, node: gast.AST) -> Kind:
        raise AssertionError("provided by the lowering")

    def keep(self, value: gast.AST, hint: str = "t") -> tuple[gast.stmt, gast.Name]:
        raise AssertionError("provided by the lowering")

    def listed(self, stmt: gast.stmt) -> list[gast.stmt]:
        """Return the statements that make the lists which ``stmt``, changed here, then runs through."""
        made = []
        for holder, field, kind in list(self.iterables(stmt)):
            self.scope.statics.setdefault(kind.__name__, kind)
            source = getattr(holder, field) if isinstance(field, str) else holder[field]
            if kind is list and self.kind(source).name == "dict":
                listing, source = self.keep(_keys(source), "keys")
                made.append(gast.copy_location(listing, stmt))
            listing, found = self.keep(gast.Call(name(kind.__name__), [source], []))
            made.append(gast.copy_location(listing, stmt))
            if isinstance(field, str):
                setattr(holder, field, found)
            else:
                holder[field] = found
        return made

    def keys_of(self, stmt: gast.stmt) -> list[gast.stmt]:
        """Return the statement that takes the keys of a dict which ``stmt``, changed here, makes a list or tuple of."""
        node = getattr(stmt, "value", None)
        if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Name) or len(node.args) != 1:
            return []
        if (
            self.scope.statics.get(node.func.id) not in (list, tuple)
            or self.kind(node.args[0]).name != "dict"
        ):
            return []
        taking, node.args[0] = self.keep(_keys(node.args[0]), "keys")
        return [gast.copy_location(taking, stmt)]

    def arrays_of(self, stmt: gast.stmt) -> list[gast.stmt]:
        """Return the statements that make arrays of lists which ``stmt``, changed here, combines with arrays."""
        node = getattr(stmt, "value", None)
        made = []
        if isinstance(stmt, gast.Assign) and isinstance(node, gast.BinOp):
            for side, other in (("left", "right"), ("right", "left")):
                listed = self.kind(getattr(node, side)).name in _LISTED
                if listed and self.kind(getattr(node, other)).name == "array":
                    self.scope.statics.setdefault("np.array", np.array)
                    making, found = self.keep(gast.Call(name("np.array"), [getattr(node, side)], []))
                    made.append(gast.copy_location(making, stmt))
                    setattr(node, side, found)
        return made

    def iterables(self, stmt: gast.stmt) -> Iterator[tuple[Any, Any, type]]:
        """Yield where a variable stands that is run through: a node and its field, or a list and a position.

        The third part is what is made of it.
        """
        node = getattr(stmt, "value", None)
        for argument in node.args if isinstance(node, gast.Call) else []:
            if isinstance(argument, gast.Starred) and self.kind(argument.value).name not in _LISTED:
                yield argument, "value", list
        for element in node.elts if isinstance(node, (gast.List, gast.Tuple)) else []:
            if isinstance(element, gast.Starred) and self.kind(element.value).name in _WITH_KEYS:
                yield element, "value", list
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and len(node.args) == 1:
            extends = node.func.attr == "extend" and self.kind(node.func.value).name == "list"
            if extends and self.kind(node.args[0]).name not in _LISTED:
                yield node.args, 0, list
            updates = node.func.attr == "update" and self.kind(node.func.value).name == "dict"
            if updates and self.kind(node.args[0]).name not in ("dict", *_LISTED):
                yield node.args, 0, dict
        if isinstance(stmt, gast.Assign):
            target = stmt.targets[0]
            if isinstance(target, (gast.Tuple, gast.List)) and self.kind(node).name in _WITH_KEYS:
                yield stmt, "value", list
            sliced = isinstance(target, gast.Subscript) and isinstance(target.slice, gast.Slice)
            if sliced and self.kind(target.value).name == "list" and self.kind(node).name not in _LISTED:
                yield stmt, "value", list


def _keys(node: gast.AST) -> gast.Call:
    return gast.Call(gast.Attribute(node, "keys", gast.Load()), [], [])
