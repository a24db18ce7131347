"""Objects of all sorts of classes are copied as their classes want it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from srcad.runtime import clone


@dataclass
class Point:
    x: Any
    y: Any


@dataclass(frozen=True)
class Fixed:
    x: Any


class Slotted:
    __slots__ = ("x", "__dict__")

    def __init__(self, x: Any) -> None:
        self.x = x
        self.y = 2.0


class Named(dict[str, Any]):
    pass


class Counted:
    made = 0

    def __init__(self, x: Any) -> None:
        self.x = x

    def __copy__(self) -> Counted:
        Counted.made += 1
        return Counted(self.x)


class Watched:
    def __init__(self, x: Any) -> None:
        self.x = x

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(self):
            raise AttributeError(name)
        object.__setattr__(self, name, value)


@pytest.mark.parametrize(
    "value", [Point(1.0, np.ones(2)), Fixed(np.ones(2)), Slotted(np.ones(2)), Watched(np.ones(2))]
)
def test_attributes_are_copied(value: Any) -> None:
    made = clone(value)
    assert type(made) is type(value) and made is not value
    assert made.x is not value.x or made.x == 1.0
    assert np.array_equal(made.x, value.x)
    assert getattr(made, "y", None) is not getattr(value, "y", None) or not isinstance(made, Point)


def test_a_class_copies_its_objects_itself() -> None:
    before = Counted.made
    made = clone(Counted(np.ones(2)))
    assert Counted.made == before + 1
    assert np.array_equal(made.x, np.ones(2))


def test_a_dict_of_a_class_stays_one() -> None:
    made = clone(Named(a=1.0))
    assert type(made) is Named and made == {"a": 1.0}


def test_an_object_that_knows_itself() -> None:
    point = Point(1.0, None)
    point.y = point
    made = clone(point)
    assert made.y is made
    assert copy.copy(point).y is point
