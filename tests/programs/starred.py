"""Starred arguments: arrays, lists, dict views and generators spread over parameters, and parameters that gather."""

import math
from dataclasses import dataclass

import numpy as np

from tests.programs.corpus import program

X = np.array([0.5, -1.2, 2.0, 0.3])
M = np.array([[0.1, 0.2], [0.3, -0.4]])


def product_and_squares(a, b, *rest, k=1.0):
    return a * b * k + sum(v * v for v in rest)


def horner(a, *rest):
    return a if not rest else a * horner(*rest) + 1.0


@program(X)
def entries_of_an_array_for_parameters(x):
    spread = product_and_squares(*x) + product_and_squares(*x, k=x[1])
    return spread + product_and_squares(*x[:2], *x[2:]) + product_and_squares(1.0, *x)


@program(X)
def entries_of_an_array_for_a_nested_function(x):
    def scaled(*xs, scale=1.0, **extra):
        return sum(xs) * scale + sum(extra.values())

    options = dict(scale=x[0])
    options["z"] = x[1]
    return scaled(*x, **options) + scaled(x[0], *x[1:3])


@program(M)
def rows_for_parameters(m):
    def inner(row, other):
        return np.sum(row * other)

    return inner(*m) * product_and_squares(*m[0]) + np.dot(*m)


@program({"a": 0.5, "b": 2.0})
def values_and_items_of_a_dict_for_parameters(p):
    def quadratic(a, b=1.0):
        return a * b**2

    named = quadratic(**p) + quadratic(**{"a": p["b"]}) + product_and_squares(*p.values(), **{"k": p["a"]})
    return named + quadratic(*p.values())


@program([0.5, 2.0, 3.0])
def iterators_for_parameters(p):
    made = product_and_squares(*reversed(p)) + product_and_squares(*map(math.sin, p))
    return made + product_and_squares(*(v * v for v in p)) + product_and_squares(*sorted(p))


@program(X)
def functions_of_a_list_called_with_starred_arrays(x):
    total = 0.0
    for f in [lambda *a: sum(a), lambda a, *b: a * sum(b)]:
        total += f(*x) * f(*x[1:])
    return total


@program(X)
def recursion_over_gathered_arguments(x):
    return horner(*x)


@program(X)
def shape_spread_over_a_method(x):
    shape = (2, 2)
    return np.sum(x.reshape(*shape)[0] * x.reshape(*shape).T[1]) + x.reshape(*x.shape).prod()


@program(X)
def largest_of_starred_arguments(x):
    t = [*x, 1.0, *x[:2]]
    return max(*x) * min(*t) + max(0.1, *x[1:])


@dataclass(frozen=True)
class Turn:
    w: float
    x: float
    y: float

    @classmethod
    def about(cls, axis, angle):
        return cls(math.cos(angle / 2), *(math.sin(angle / 2) * a for a in axis))


@program(X)
def generator_spread_over_a_class_that_is_a_parameter(x):
    turn = Turn.about(x[:2], x[2])
    turns = [Turn.about(x[1:3], k * x[3]) for k in range(3)]
    return turn.w * turn.y + turns[2].x * turns[1].w + Turn(x[0], *(v * v for v in x[1:3])).y
