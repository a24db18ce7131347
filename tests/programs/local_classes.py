"""Classes that are defined inside the differentiated function."""

import collections
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


X = np.array([0.7, 1.3, 0.4, 2.1])


@program(X)
def methods_read_variables(x):
    k, shift = x[0], x[1]

    class Line:
        def __init__(self, b):
            "A line."
            self.b = b + shift

        def at(self, t):
            return k * t + self.b

    line = Line(x[2])
    return line.at(2.0) * line.at(x[3])


@program(X, 1.5)
def methods_read_arguments(x, n):
    w = x * 2

    class Model:
        def scores(self, v):
            return w @ v + n

        def __call__(self, v):
            return self.scores(v) ** 2

    model = Model()
    return model(x) + model.scores(x[::-1])


@program(X)
def instances_made_in_methods_and_nested_functions(x):
    s = x[3]

    class Point:
        def __init__(self, v):
            self.v = v * s

        def __add__(self, other):
            return Point(self.v + other.v)

        @property
        def square(self):
            return self.v**2 * s

        def several(self):
            return sum(s * u for u in (self.v, 2.0)) + (lambda z: z * s)(1.0)

    def made(v):
        return Point(v)

    points = [Point(v) for v in x]
    r = points[0] + points[1] + made(x[2])
    return r.square * r.several() + isinstance(r, Point)


@program(X)
def an_iterator_reads_a_variable(x):
    k = x[0]

    class Multiples:
        def __init__(self, *others, n=3):
            self.i, self.n = len(others), n

        def __iter__(self):
            return self

        def __next__(self):
            if self.i >= self.n:
                raise StopIteration
            self.i += 1
            return k * self.i

    return sum(v * v for v in Multiples()) + max(Multiples(1.0, n=4))


@program(X)
def a_method_fills_a_list_around_it(x):
    total, config = [x[0]], {"k": x[1]}

    class Log:
        def add(self, t):
            total.append(t * total[-1] * config["k"])
            return self

    Log().add(x[2]).add(x[3])
    return sum(total) * total[0]


def _around(k):
    def scaled(x):
        class Line:
            def at(self, t):
                return k * t

        return Line().at(x[0]) ** 2

    return scaled


program(X)(_around(2.0))


@program(X)
def captured_twice(x):
    return _around(x[1])(x) * x[2]


@program(X)
def named_tuples_made_inside(x):
    Pair = collections.namedtuple("Pair", ("a", "b"), defaults=(2.0,))

    def made(v):
        return Pair(v)

    pairs = [made(v) for v in x]
    return (
        sum(p.a * p.b for p in pairs)
        + Pair(*x[:2]).b
        + isinstance(pairs[0], Pair) * pairs[0]._replace(b=x[3]).b
    )


@program(X)
def named_tuples_made_in_a_loop(x):
    for i in range(2):
        Pair = collections.namedtuple("Pair", "a b")  # noqa: PYI024
        pair = Pair(a=x[i], b=x[i + 1])
    a, b = pair
    return a * b**2 + pair[0] + len(pair._fields)
