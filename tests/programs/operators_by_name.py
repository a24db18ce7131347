"""Operators that are called by the names of their methods: of numbers, arrays, containers and classes of one's own."""

import numpy as np

from tests.programs.corpus import program

POINT = np.array([0.9, 0.5, 0.4])


@program(1.7, 0.6)
def of_floats(x, y):
    return (
        x.__mul__(y).__add__(x.__pow__(3)).__truediv__(y.__neg__())
        + (2.0).__rsub__(x)
        + y.__abs__().__float__()
    )


@program(1.7, 0.6)
def of_a_class(x, y):
    return float.__mul__(x, y) + float.__rtruediv__(x, y)


@program(POINT)
def of_arrays(x):
    return x.__getitem__(0) * x.__mul__(x).__matmul__(x) + np.ndarray.__add__(x, 1.0).sum()


@program(1.7, 0.6)
def of_containers(x, y):
    pair = [x, y]
    table = {"a": x * y}
    longer = pair.__add__([x * x])
    return pair.__getitem__(1) * table.__getitem__("a") + (y, x).__getitem__(0) + longer.__getitem__(2)


@program(1.7, 0.6)
def largest_by_a_method(x, y):
    values = [x, y, x * y]
    return values[max(range(3), key=values.__getitem__)] * y


class Interval:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def __add__(self, other):
        if isinstance(other, Interval):
            return Interval(self.low.__add__(other.low), self.high.__add__(other.high))
        return Interval(self.low + 2.0 * other, self.high + other)

    def __radd__(self, other):
        return self.__add__(other)


@program(1.7, 0.6)
def of_a_class_of_ones_own(x, y):
    made = sum([Interval(x, x * y), Interval(y, y * y)], Interval(0.0, 0.0))
    made = x + made.__add__(y)
    return made.low * made.high


class Queue(list):
    def first(self):
        return self.__getitem__(0)


@program(1.7, 0.6)
def of_a_list_of_ones_own(x, y):
    return Queue([x * y, 1.0]).first() * x


@program(1.7, 0.6)
def class_of_a_number(x, y):
    return x.__class__(x * y) + y
