"""Operators that are called by the names of their methods: of numbers, arrays, containers and classes of one's own."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Turn:
    """A complex number that may be scaled by numbers of several classes."""

    re: float = 1.0
    im: float = 0.0

    def __mul__(self, other):
        if isinstance(other, (float, int)):
            re, im = self.re * other, self.im * other
        elif isinstance(other, Turn):
            re = self.re * other.re - self.im * other.im
            im = self.im * other.re + self.re * other.im
        else:
            raise TypeError("cannot multiply", type(other))
        return Turn(re, im)

    @property
    def unit(self):
        size = np.sqrt(self.re**2 + self.im**2)
        if size < 1e-6:
            raise ZeroDivisionError
        return Turn(self.re / size, self.im / size)

    @staticmethod
    def by(angle):
        return Turn(np.cos(angle), np.sin(angle))


@program(0.7, 0.3)
def operators_that_ask_for_one_of_several_classes(a, b):
    turned = Turn(a, b).unit * Turn.by(b) * 3.0
    return turned.re + 2.0 * turned.im
