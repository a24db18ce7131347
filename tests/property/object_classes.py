"""The classes and functions that the random programs of `tests.property.object_mutation` use."""

from __future__ import annotations

__all__ = ["HEADER"]

HEADER = '''\
import collections
import contextlib
import math

import numpy as np

W = np.array([0.4, 0.8, 1.2, 1.6])
V = np.array([[0.5, 1.0, 0.7, 1.3], [0.9, 0.6, 1.1, 0.8], [1.2, 0.4, 1.5, 0.3]])


class Grid:
    """Holds a table and views of it."""

    def __init__(self, table, i=0):
        self.table = table
        self.row = table[i]
        self.spare = table[-1]
        self.count = 0

    def select(self, i):
        self.row = self.table[i]
        self.count += 1
        return self.row

    def damp(self, factor):
        self.row *= factor
        self.count += 1
        return self.table[self.count % 3]

    def mix(self, other):
        self.table[1:] += np.sin(other)
        self.row[1:] *= other[:-1]
        return self.row[::-1]

    def turn(self):
        self.row, self.spare = self.spare, self.row
        return self

    def replace(self, table):
        old, self.table = self.table, table
        return old

    @property
    def edge(self):
        return self.table[-1]

    @edge.setter
    def edge(self, value):
        self.table[-1] = value
        self.spare[0] += 0.5

    def rows(self):
        for row in self.table:
            yield row
            self.count += 1

    def __getitem__(self, i):
        return self.table[i]

    def __setitem__(self, i, value):
        self.table[i] = value

    def __enter__(self):
        self.row = self.table[1]
        return self

    def __exit__(self, *raised):
        self.row *= 0.5
        return False


class Scaled:
    """Scales an array, and adds what it was when it is left."""

    def __init__(self, array, factor, quiet=False):
        self.array = array
        self.factor = factor
        self.quiet = quiet

    def __enter__(self):
        self.old = self.array.copy()
        self.array *= self.factor
        return self.array

    def __exit__(self, kind, error, trace):
        self.array += self.old
        self.array[0] = math.sin(self.factor)
        return self.quiet and kind is ValueError


@contextlib.contextmanager
def borrowed(array, factor):
    """Gives a view of an array, which it changes before and after."""
    old = array.copy()
    array *= factor
    try:
        yield array[::-1]
    finally:
        array[1:] += old[:-1]


def risky(array, limit):
    """Changes an array, raises if a number is large, and changes the rest."""
    array[0] = math.sin(array[1] * limit)
    if MARK(limit > 0.4):
        raise ValueError("large")
    array[1:] *= limit
    return array[::-1]


def relax(array, factor):
    """Changes an array in place and gives a part of it as long as the whole."""
    for k in range(1, 4):
        array[k] += factor * array[k - 1]
    return array[:]


def pairs(table):
    """Yields views of neighbouring rows."""
    for k in range(2):
        yield table[k], table[k + 1]
'''
