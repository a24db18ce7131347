"""Refuse records of structured arrays: their fields are differentiated as arrays, one record alone is not.

``p["mass"][i]`` reads the field of all records, and its shadow is that field of the shadow.  ``p[i]["mass"]`` looks
like a number out of an array, and so it would have no shadow that shares memory.
"""

from __future__ import annotations

import gast

from srcad.analysis.kinds import Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.derive.build import read_names
from srcad.errors import UnsupportedError
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in

__all__ = ["refuse_records"]

_NUMERIC = ("array", "number", "float")


def refuse_records(fn: Function, kinds: Kinds, varied: set[str]) -> None:
    """Raise an error where a field of one record is read or stored, and carries a derivative."""
    items = _items_of_arrays(fn, kinds)
    if not items:
        return
    for stmt in nodes_in(fn.tree):
        if not isinstance(stmt, (gast.Assign, gast.AugAssign)) or not varied & set(read_names(stmt)):
            continue
        for node in nodes_in(stmt):
            if (
                isinstance(node, gast.Subscript)
                and _is_field(node)
                and getattr(node.value, "id", "") in items
            ):
                raise UnsupportedError(
                    "A field of one record of a structured array is used.",
                    f"Index the field first: 'a[{node.slice.value!r}][i]', not 'a[i][{node.slice.value!r}]'.",
                    fn.source.locate(stmt),
                )


def _items_of_arrays(fn: Function, kinds: Kinds) -> set[str]:
    """Return the variables that hold an item of an array, found by position."""
    found: set[str] = set()
    for node in nodes_in(fn.tree):
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.Subscript):
            base = getattr(node.value.value, "id", "")
            if isinstance(node.targets[0], gast.Name) and not _is_field(node.value):
                if kinds.get(base, Kind("any")).name in _NUMERIC:
                    found.add(node.targets[0].id)
    return found


def _is_field(node: gast.Subscript) -> bool:
    return isinstance(node.slice, gast.Constant) and isinstance(node.slice.value, str)
