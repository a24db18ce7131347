"""The attributes of instances of the user's classes."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

__all__ = ["attributes_of", "coefficients_of", "table_of"]


def attributes_of(value: Any) -> dict[str, Any]:
    """Return the attributes that an instance has itself, those in slots included.

    What a `Tangent` remembers about itself is no attribute of what it is the tangent of.
    """
    found = dict(vars(value)) if hasattr(value, "__dict__") else {}
    if "__primal__" in found:
        found = {name: item for name, item in found.items() if not name.startswith("__")}
    for cls in type(value).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found[name] = getattr(value, name)
    return found


def table_of(value: Any) -> Mapping[str, Any]:
    """Return the dictionary of an instance's own attributes; ``super()`` has none, though it answers for its instance.

    >>> class Ball:
    ...     def __init__(self): self.table = dict(table_of(super()))
    >>> dict(table_of(Ball()))
    {'table': {}}
    """
    found = getattr(value, "__dict__", None)
    return found if isinstance(found, (dict, types.MappingProxyType)) and type(value) is not super else {}


def coefficients_of(interpolant: Any) -> Any:
    """Return the numbers in which an interpolant of SciPy is linear, which a property may hide."""
    found = getattr(interpolant, "c", None)
    return getattr(interpolant, "y", None) if found is None else found
