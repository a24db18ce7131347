"""The classes and functions that the random programs of `tests.property.containers` use."""

from __future__ import annotations

__all__ = ["HEADER"]

HEADER = '''\
import copy
import dataclasses
import math

import numpy as np


class Holder:
    """Holds a number and a list."""

    def __init__(self, value):
        self.value = value
        self.items = [value]

    def push(self, value):
        self.items.append(math.sin(value * self.value))
        return self

    def scale(self, factor):
        self.value = math.sin(self.value * factor)

    def __call__(self, value):
        self.value += math.sin(value)
        return self.value

    @property
    def total(self):
        return sum(self.items) + self.value

    def __add__(self, other):
        made = Holder(self.value + (other.value if isinstance(other, Holder) else other))
        made.items = self.items
        return made

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, value):
        self.items[index] = value


class Keeper(Holder):
    """Remembers what it was scaled by."""

    factor = 1.5

    def __init__(self, value, start=()):
        super().__init__(value)
        self.items += start
        self.state = np.array([value, 0.5, 1.0])

    def scale(self, factor):
        super().scale(factor * self.factor)
        self.factor = self.value
        self.state[1:] *= self.value
        return self.state

    @property
    def total(self):
        return super().total * self.state[-1]

    @total.setter
    def total(self, value):
        self.items[-1] = value
        self.state[0] += value


@dataclasses.dataclass
class Point:
    """A place and where it has been."""

    x: float
    y: float = 0.5
    trail: list = dataclasses.field(default_factory=list)

    def move(self, dx):
        self.trail.append(self.x)
        self.x, self.y = self.y, math.sin(self.x + dx)
        return self


def risky(held, value):
    """Changes a list, and then raises if the number is large."""
    held[0] = math.sin(value)
    if abs(value) > 0.8:
        raise ValueError("large", value)
    held.append(value)
    return held


def head(array, factor):
    """Changes an array and returns a part of it."""
    array *= factor
    return array[:2]


def alternate(held, count):
    """Changes a list between what it yields."""
    for k in range(count):
        held[0] = math.sin(held[0] + k)
        yield held[0]
        held[-1] *= 0.5


def both(first, second):
    """Changes what may be one array."""
    first[0] = second[1] * 0.5
    second[-1] += first[0]
    return np.sum(first * second)


def remember(value, kept=[]):
    """Has a list as its default, which no call changes."""
    return kept + [value]
'''
