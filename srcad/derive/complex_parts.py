"""Stores into the real or the imaginary part of a complex array, written out as stores into the array.

Before::

    t = z.imag
    t[i] = v

After::

    t1 = z[i]
    t2 = np.real(t1)
    t3 = v * 1j
    t4 = t2 + t3
    z[i] = t4

The shadow of an imaginary part is no view of the array's: its gradient has the other sign.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gast

from srcad.analysis.kinds import Kind, is_scalar
from srcad.analysis.kinds_of_operations import Kinds
from srcad.derive.build import constant, name
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in

__all__ = ["PARTS", "is_complex_array", "part_views", "whole"]

PARTS = {"real": "imag", "imag": "real"}
"""From a part of complex numbers to the other one."""


def part_views(fn: Function, kinds: Kinds) -> dict[str, tuple[str, str]]:
    """Return the variables that are a part of a complex array, stored into by index and read entry by entry."""
    made: dict[str, tuple[str, str]] = {}
    uses: Counter[str] = Counter(n.id for n in nodes_in(fn.tree) if isinstance(n, gast.Name))
    updates = [n.target for n in nodes_in(fn.tree) if isinstance(n, gast.AugAssign)]
    in_place = {id(n) for n in updates if isinstance(n, gast.Name) and _is_array(kinds.get(n.id))}
    bindings = [n for n in nodes_in(fn.tree) if isinstance(n, gast.Name) and _is_bound(n)]
    bound = Counter(n.id for n in bindings if id(n) not in in_place)
    stored: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for node in nodes_in(fn.tree):
        target, value = _target_of(node), getattr(node, "value", None)
        if isinstance(target, gast.Subscript):
            stored[target.value.id] += 1
        elif isinstance(target, gast.Name) and isinstance(node, gast.Assign):
            if isinstance(value, gast.Subscript) and is_scalar(kinds.get(target.id, Kind("any"))):
                read[value.value.id] += 1
            elif (
                isinstance(value, gast.Attribute)
                and value.attr in PARTS
                and isinstance(value.value, gast.Name)
            ):
                if is_complex_array(kinds.get(value.value.id)) and bound[value.value.id] == 1:
                    made[target.id] = value.value.id, value.attr
    changed = {base for variable, (base, _) in made.items() if stored[variable]}
    return {
        variable: found
        for variable, found in made.items()
        if found[0] in changed and uses[variable] == stored[variable] + read[variable] + 1
    }


def _is_bound(node: gast.Name) -> bool:
    return isinstance(node.ctx, (gast.Store, gast.Param))


def _is_array(kind: Kind | None) -> bool:
    return kind is not None and kind.name == "array"


def is_complex_array(kind: Kind | None) -> bool:
    """Tell whether a value that is stored into is surely an array of complex numbers."""
    return kind is not None and kind.name in ("array", "number") and kind.dtype == "complex"


def _target_of(node: gast.AST) -> Any:
    if isinstance(node, gast.Assign):
        return node.targets[0]
    return node.target if isinstance(node, gast.AugAssign) else None


def whole(base: str) -> gast.Subscript:
    """Return ``base[...]``."""
    return gast.Subscript(name(base), constant(...), gast.Store())
