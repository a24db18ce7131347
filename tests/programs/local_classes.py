"""Classes that are defined inside the differentiated function."""

import enum
import math
import typing
from dataclasses import dataclass, field

import numpy as np

from tests.programs.corpus import program


@program(0.5)
def dataclass_with_an_operator(x):
    @dataclass
    class Point:
        a: float
        b: float = 2.0
        history: list = field(default_factory=list)

        def norm(self):
            return math.sqrt(self.a**2 + self.b**2)

        def __add__(self, other):
            return Point(self.a + other.a, self.b * other.b)

    point = Point(x, x * x) + Point(x)
    point.history.append(point.norm())
    return point.norm() * point.history[0]


@program(np.array([0.5, -1.5, 2.5]))
def class_and_subclass(values):
    class Sum:
        scale = 2.0

        def __init__(self, start):
            self.total = start

        def add(self, value):
            self.total += value * self.scale
            return self

    class SumOfSquares(Sum):
        def add(self, value):
            return super().add(value * value)

    total = SumOfSquares(values[0])
    for value in values:
        total.add(value * values[1])
    return total.total


@program(0.5)
def enumeration_and_record(x):
    class Kind(enum.Enum):
        PLAIN = 1
        DOUBLE = 2

    class State(typing.NamedTuple):
        value: float
        kind: Kind = Kind.PLAIN

    result = 0.0
    for state in (State(x), State(x * x, Kind.DOUBLE)):
        match state:
            case State(value, Kind.PLAIN):
                result += value
            case State(value, kind):
                result += value * kind.value
    return result


@program(0.5)
@program(0.01)
def exception_class(x):
    class Stop(Exception):
        pass

    total = 0.0
    try:
        for k in range(10):
            total = total + x * k
            if total > 1:
                raise Stop
    except Stop:
        total = total * total
    return total


@program(0.5)
def tree_of_nodes(x):
    class Node:
        __slots__ = ("children", "value")

        def __init__(self, value):
            self.value, self.children = value, []

        def total(self):
            return self.value + sum(child.total() for child in self.children)

    root = Node(x)
    for k in range(3):
        child = Node(x * k)
        root.children.append(child)
        child.children.append(Node(x**k))
    return root.total() * root.children[1].value


def made_around(scale):
    def within(x):
        class Wave:
            rates = [1.0, 2.0]

            @property
            def count(self):
                return len(self.rates)

            @classmethod
            def made(cls):
                return cls()

            def at(self, t):
                return sum(math.sin(rate * t) for rate in self.rates)

        def run(t):
            return Wave.made().at(t) * Wave().count

        return run(x) * run(x * x) * scale

    return within


program(0.5)(made_around(2.0))
