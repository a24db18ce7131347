"""The attributes of instances of the user's classes."""

from __future__ import annotations

from typing import Any

__all__ = ["attributes_of"]


def attributes_of(value: Any) -> dict[str, Any]:
    """Return the attributes that an instance has itself, those in slots included."""
    found = dict(vars(value)) if hasattr(value, "__dict__") else {}
    for cls in type(value).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found[name] = getattr(value, name)
    return found
