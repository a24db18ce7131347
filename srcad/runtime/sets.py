"""What a set says of itself where its items are kept beside it: which there are, and in which order."""

from __future__ import annotations

from typing import Any

__all__ = ["members_of", "place_taken", "places_of"]


def places_of(members: set[Any], places: dict[Any, int]) -> list[int]:
    """Return the places of the members of a set, in its order.

    >>> places_of({"a"}, {"a": 3})
    [3]
    """
    return [places[member] for member in members]


def place_taken(members: set[Any], places: dict[Any, int]) -> int:
    """Take a member out of a set, and its place out of ``places``; return the place."""
    return places.pop(members.pop())


def members_of(items: Any) -> Any:
    """Return the set that an instance which stands for one goes by; any other value as it is.

    >>> members_of([1, 2])
    [1, 2]
    """
    return getattr(items, "members", items) if type(items).__module__ == "srcad.rules.sets" else items
