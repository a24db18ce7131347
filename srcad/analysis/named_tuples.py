"""Named tuples: the kinds of what their own methods return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from srcad import runtime as rt
from srcad.analysis.kinds import NEVER, Kind, parts_of
from srcad.analysis.plain_classes import looked_up

__all__ = ["holds_named_tuple", "is_field", "is_method_of_all", "is_named_tuple", "result_of_method"]


def is_named_tuple(kind: Kind) -> bool:
    """Tell whether a value of this kind surely is a plain named tuple of a known class."""
    return kind.name == "tuple" and not kind.optional and rt.is_made_by_fields(kind.value)


def holds_named_tuple(kind: Kind) -> bool:
    """Tell whether a value of this kind is a named tuple or holds one."""
    return is_named_tuple(kind) or any(map(holds_named_tuple, parts_of(kind)))


def is_field(kind: Kind, title: str) -> bool:
    """Tell whether a value of this kind surely is a named tuple that has a field of this name."""
    return is_named_tuple(kind) and title in kind.value._fields


def is_method_of_all(cls: type, title: str) -> bool:
    """Tell whether a method of a class of named tuples is one that all of them have.

    >>> from collections import namedtuple
    >>> class State(namedtuple("State", "position speed")):
    ...     def energy(self): return 0.5 * self.speed**2
    >>> [is_method_of_all(State, title) for title in ("_replace", "count", "energy")]
    [True, False, False]
    """
    return getattr(looked_up(cls, title), "__module__", "") == "collections"


def result_of_method(kind: Kind, title: str, arguments: int, keywords: Mapping[str, Kind]) -> Kind | None:
    """Return the kind of what ``_replace`` or ``_asdict`` of a named tuple returns; None of other methods."""
    fields = kind.value._fields
    if kind.items is None or arguments or not is_method_of_all(kind.value, title):
        return None
    if title == "_replace" and set(keywords) <= set(fields):
        return replace(kind, items=tuple(keywords.get(f, item) for f, item in zip(fields, kind.items)))
    if title == "_asdict" and not keywords:
        return Kind("dict", items=tuple(zip(fields, kind.items)), rest=NEVER)
    return None
