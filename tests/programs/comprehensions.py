"""Comprehensions and generator expressions."""

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, 0.7])
M = np.array([[0.3, 0.2], [0.5, -0.4]])


@program(X)
def list_comprehension(x):
    return sum([v * v for v in x])


@program(X)
def generator_in_sum(x):
    return sum(math.sin(v) * v for v in x)


@program(X)
def comprehension_with_a_filter(x):
    return sum([v * v for v in x if v > 0.5]) * x[0]


@program(M)
def nested_comprehension(m):
    return sum([v * w for row in m for v in row for w in row])


@program(M)
def comprehension_of_comprehensions(m):
    rows = [[v * v for v in row] for row in m]
    return rows[0][1] * rows[1][0]


@program(0.5)
def dict_comprehension(x):
    table = {k: x * i for i, k in enumerate("abc")}
    return table["b"] * table["c"]


@program({"a": 0.5, "b": 0.7})
def dict_comprehension_over_items(params):
    scaled = {k: v * 2 for k, v in params.items()}
    return scaled


@program(X)
def array_from_a_comprehension(x):
    return np.array([np.sum(x**k) for k in range(3)])


@program(X)
def stack_of_a_comprehension(x):
    return np.stack([x * i for i in range(3)], axis=1)


@program(0.5)
def comprehension_variable_is_local(x):
    i = x * x
    values = [i * x for i in range(3)]
    return i + values[2]


@program(X)
def comprehension_captures(x):
    scale = x[0] * 2
    values = [scale * v + x[1] for v in x]
    return values[0] * values[2]


@program(X, X * 2)
def comprehension_over_zip(x, y):
    return sum(a * b for a, b in zip(x, y))


@program(0.5)
def generator_to_tuple_and_list(x):
    t = tuple(x * i for i in range(3))
    values = list(x**i for i in range(3))
    return t[1] * values[2]


@program(X)
def conditional_inside_a_comprehension(x):
    return sum([v if v > 0.5 else v**3 for v in x])


@program(X)
def walrus_in_a_comprehension(x):
    return sum([y * v for v in x if (y := v * 2) > 1])


@program(X)
def any_and_all(x):
    if any(v > 1 for v in x) and all(v > 0 for v in x):
        return np.sum(x) ** 2
    return 0.0


@program(X)
def calls_inside(x):
    return sum(bump(v) for v in x)


def bump(v):
    return math.exp(-v * v) if v > 0.5 else v


@program(X)
def max_of_a_generator(x):
    return max(v * v for v in x) + min([v for v in x])
