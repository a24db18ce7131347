"""Sets of what carries a derivative, written out in Python.

A set has no place for what its items carry.  Where one is made of objects and numbers with a derivative, an instance of
`Distinct` stands for it: a set, which says how many there are and in which order, and beside it the items.
"""

from __future__ import annotations

import collections
import enum
import types
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, stateful
from srcad.runtime.memory import is_instance

__all__ = ["Distinct", "standing_for"]


constant(rt.places_of, rt.place_taken, rt.members_of)
stateful(rt.places_of, rt.place_taken)


class Distinct:
    """What ``set`` makes of items that carry a derivative.

    Examples
    --------
    >>> heights = Distinct([3.0, 1.0, 3.0])
    >>> heights.add(2.0)
    >>> len(heights), 2.0 in heights, sorted(heights - {1.0})
    (3, True, [2.0, 3.0])
    """

    def __init__(self, items: Any = ()) -> None:
        self.members: set[Any] = set()
        self.places: dict[Any, int] = {}
        self.held: dict[int, Any] = {}
        self.made = 0
        for item in list(items):
            self.add(item)

    def __len__(self) -> int:
        return len(self.members)

    def __contains__(self, item: Any) -> bool:
        return item in self.members

    def __iter__(self) -> Any:
        return iter([self.held[place] for place in rt.places_of(self.members, self.places)])

    def __repr__(self) -> str:
        return repr(self.members)

    # -- what changes it

    def hold(self, item: Any) -> None:
        """Keep an item that ``members`` has."""
        self.places[item] = self.made
        self.held[self.made] = item
        self.made = self.made + 1

    def add(self, item: Any) -> None:
        if item not in self.members:
            self.members.add(item)
            self.hold(item)

    def remove(self, item: Any) -> None:
        self.members.remove(item)
        place = self.places.pop(item)
        del self.held[place]

    def discard(self, item: Any) -> None:
        if item in self.members:
            self.remove(item)

    def pop(self) -> Any:
        place = rt.place_taken(self.members, self.places)
        return self.held.pop(place)

    def clear(self) -> None:
        self.members.clear()
        self.places.clear()
        self.held.clear()

    def update(self, *others: Any) -> None:
        for other in others:
            for item in list(other):
                self.add(item)

    def difference_update(self, *others: Any) -> None:
        for other in others:
            for item in list(other):
                self.discard(item)

    def intersection_update(self, *others: Any) -> None:
        for other in others:
            for item in list(self):
                if item not in other:
                    self.remove(item)

    def symmetric_difference_update(self, other: Any) -> None:
        for item in list(Distinct(other)):
            if item in self.members:
                self.remove(item)
            else:
                self.add(item)

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def __isub__(self, other: Any) -> Any:
        self.difference_update(other)
        return self

    def __iand__(self, other: Any) -> Any:
        self.intersection_update(other)
        return self

    def __ixor__(self, other: Any) -> Any:
        self.symmetric_difference_update(other)
        return self

    # -- what makes others of it

    def copy(self) -> Any:
        return Distinct(self)

    def union(self, *others: Any) -> Any:
        made = Distinct(self)
        made.update(*others)
        return made

    def difference(self, *others: Any) -> Any:
        made = Distinct(self)
        made.difference_update(*others)
        return made

    def intersection(self, *others: Any) -> Any:
        made = self
        for other in others:
            fewer, more = (other, made) if len(other) <= len(made) else (made, other)
            made = Distinct([item for item in fewer if item in more])
        return Distinct(made)

    def symmetric_difference(self, other: Any) -> Any:
        made = Distinct(self)
        made.symmetric_difference_update(other)
        return made

    def __or__(self, other: Any) -> Any:
        return self.union(other)

    def __sub__(self, other: Any) -> Any:
        return self.difference(other)

    def __and__(self, other: Any) -> Any:
        return self.intersection(other)

    def __xor__(self, other: Any) -> Any:
        return self.symmetric_difference(other)

    def __ror__(self, other: Any) -> Any:
        return Distinct(other).union(self)

    def __rsub__(self, other: Any) -> Any:
        return Distinct(other).difference(self)

    def __rand__(self, other: Any) -> Any:
        return Distinct(other).intersection(self)

    def __rxor__(self, other: Any) -> Any:
        return Distinct(other).symmetric_difference(self)

    # -- comparisons

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: Any) -> bool:
        return bool(self.members == rt.members_of(other))

    def __le__(self, other: Any) -> bool:
        return bool(self.members <= rt.members_of(other))

    def __lt__(self, other: Any) -> bool:
        return bool(self.members < rt.members_of(other))

    def __ge__(self, other: Any) -> bool:
        return bool(self.members >= rt.members_of(other))

    def __gt__(self, other: Any) -> bool:
        return bool(self.members > rt.members_of(other))

    def issubset(self, other: Any) -> bool:
        return self.members.issubset(rt.members_of(other))

    def issuperset(self, other: Any) -> bool:
        return self.members.issuperset(rt.members_of(other))

    def isdisjoint(self, other: Any) -> bool:
        return self.members.isdisjoint(rt.members_of(other))


def standing_for(cls: Any, args: Any) -> Any:
    """Return the class that is made where a program calls ``cls``: for a set of what may carry a derivative `Distinct`.

    >>> standing_for(set, ([1.5],)) is Distinct, standing_for(set, (["a", 1],)) is set
    (True, True)
    """
    return Distinct if cls is set and args and _may_carry_in(args[0]) else cls


def _may_carry_in(source: Any) -> bool:
    """Tell whether the items of a source may carry a derivative; keys of a dict and members of a set do not."""
    if isinstance(source, np.ndarray):
        return source.dtype.kind in "fc"
    if isinstance(source, (list, tuple, collections.deque)):
        return any(map(_may_carry, source))
    return isinstance(getattr(type(source), "__iter__", None), types.FunctionType)


def _may_carry(item: Any) -> bool:
    if isinstance(item, tuple):
        return any(map(_may_carry, item))
    return isinstance(item, rt.NUMBERS) or is_instance(item) and not isinstance(item, enum.Enum)
