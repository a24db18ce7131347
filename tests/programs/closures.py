"""Nested functions: what they read from outside, when they read it, and globals."""

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, 0.7])
FACTOR = 1.5
TABLE = {"scale": 2.0, "list": [1.0, 3.0]}


@program(0.5)
def nested_function(x):
    def inner(y):
        return y * x

    return inner(x) + inner(2.0)


@program(0.5)
def closure_of_a_closure(x):
    def outer(a):
        def inner(b):
            return a * b * x

        return inner(a) + inner(x)

    return outer(x * 2)


def make_power(n):
    def power(x):
        y = 1.0
        for _ in range(n):
            y = y * x
        return y

    return power


@program(0.5)
def closures_from_a_factory(x):
    square, cube = make_power(2), make_power(3)
    return square(x) * cube(x) + square(cube(x))


def make_line(slope, offset):
    return lambda t: slope * t + offset


@program(0.5, 0.7)
def active_values_captured_by_a_factory(a, b):
    line = make_line(a, b)
    return line(2.0) * line(a)


@program(X)
def captured_array(x):
    def residual(y):
        return y - x * x

    return np.sum(residual(x) ** 2)


@program(X)
def closures_in_a_loop(x):
    fs = []
    for i in range(3):
        fs.append(lambda t, i=i: t * x[i])
    total = 0.0
    for f in fs:
        total = total + f(total + 1.0)
    return total


@program(0.5)
def global_value(x):
    return x * FACTOR + TABLE["scale"] * x * x + TABLE["list"][1] * x


@program(0.5)
def local_hides_the_global(x):
    FACTOR = x * x
    return FACTOR * x


@program(0.5)
def parameter_hides_a_builtin(sum):
    return sum * sum


@program(0.5)
def default_captured_at_definition(x):
    y = x * 2

    def inner(z, y=y):
        return z * y

    y = x * 100
    return inner(x) + y


@program(0.5)
def nested_function_with_branches_and_loops(x):
    def iterate(y):
        for i in range(5):
            if y > 2:
                return y * x
            y = y * 1.8 + i * x
        return y

    return iterate(x) + iterate(x * 3)


@program(0.5)
def captures_a_loop_value(x):
    total = 0.0
    y = x
    for _ in range(3):
        y = y * 1.5

        def inner(t):
            return t * y  # noqa: B023

        total = total + inner(x)
    return total


def make_counter_free(offset):
    values = np.array([1.0, 2.0, 3.0]) + offset

    def inner(x):
        return np.sum(values * x)

    return inner


program(0.5)(make_counter_free(0.5))
program(0.5)(make_line(2.0, 1.0))
program(0.5)(lambda x: x * math.sin(x))


@program(1.5)
def recursion_that_notes_in_a_list_made_later(x):
    def power(n):
        try:
            return x if n == 0 else power(n - 1) * x
        finally:
            visited.append(n)

    visited = []
    return power(3) * len(visited)


@program(0.7, 1.3)
def declared_nonlocal_and_only_read(x, y):
    total, scale, trips = x, y, 0

    def step():
        nonlocal total, scale, trips
        total = total * x + scale

    for _ in range(2):
        step()
    return total * scale + trips
