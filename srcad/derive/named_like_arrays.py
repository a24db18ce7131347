"""Attributes of objects that are named like those of arrays are read by their names.

The shape of an array holds no numbers to differentiate by and never changes, its transpose shows it another way; both are
known by their names in many places.  An object of the user's may have a number under such a name.

Before::

    t = thing.size

After, where ``thing`` may be an object that has such an attribute::

    t = getattr(thing, "size")
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from srcad.analysis.class_effects import attributes_in_sight
from srcad.analysis.kinds import ANY, FORM_OF_ARRAYS, alternatives, instances_in, may_have
from srcad.analysis.kinds_of_operations import Kinds
from srcad.derive.build import call, constant
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in

__all__ = ["read_by_name"]

_OF_ARRAYS = FORM_OF_ARRAYS | {"T", "mT", "real", "imag", "flat"}


def read_by_name(fn: Function, kinds: Kinds) -> Function:
    """Return ``fn``, in which attributes of this sort are read of objects by calls of ``getattr``."""
    loads = [n for n in nodes_in(fn.tree) if isinstance(n, gast.Attribute) and n.attr in _OF_ARRAYS]
    unknown = [
        node for node in loads if kinds.get(getattr(node.value, "id", ""), ANY).name in ("any", "object")
    ]
    if not unknown:
        return fn
    known = [one for kind in kinds.values() for one in instances_in(kind)]
    in_sight = attributes_in_sight(fn, *(one.value for one in known))
    in_sight |= {name for one in known for name, _ in one.items or ()}

    def is_of_object(node: gast.Attribute) -> bool:
        variable = getattr(node.value, "id", "")
        kind = kinds.get(variable, ANY)
        several = alternatives(kind)
        if several:
            return any(may_have(one, node.attr) for one in several if one.name == "object")
        return kind.name == "any" and variable not in fn.scope.statics and node.attr in in_sight

    return fn.with_body(_replaced(fn, fn.tree.body, is_of_object))


def _replaced(fn: Function, body: list[Any], is_of_object: Callable[[gast.Attribute], bool]) -> list[Any]:
    for stmt in body:
        for part in ("body", "orelse", "finalbody"):
            if getattr(stmt, part, None):
                setattr(stmt, part, _replaced(fn, getattr(stmt, part), is_of_object))
        value = stmt.value if isinstance(stmt, gast.Assign) else None
        if isinstance(value, gast.Attribute) and value.attr in _OF_ARRAYS and is_of_object(value):
            fn.scope.statics.setdefault("getattr", getattr)
            stmt.value = gast.copy_location(call("getattr", value.value, constant(value.attr)), stmt)
    return body
