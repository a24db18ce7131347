"""Programs that mix what is held, viewed and changed: stores through ``flat``, defaults, generators that read changes."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 0.4, -0.5, 0.6])


@program(X, 0.4)
def entries_stored_as_a_whole_in_the_order_of_c(x, y):
    a = np.outer(x, x)
    a.T.flat = x * y
    x.flat = [y, y * y]
    return np.sum(a * a * np.arange(16.0).reshape(4, 4)) + np.sum(x * x * np.arange(1, 5))


class Grid:
    """Holds an array."""

    def __init__(self, values):
        self.values = values


@program(X, 0.4)
def entries_stored_as_a_whole_in_arrays_of_objects_in_a_list(x, y):
    grids = [Grid(x.copy()), Grid(x[::-1] * y)]
    for grid in grids:
        before = grid.values * 2.0
        grid.values.flat = np.array([y, 2.0 * y, x[0]])
        grid.values[1] *= before[0]
    return np.sum(grids[0].values * grids[1].values * np.arange(4.0))


@program(0.7, 0.4)
def a_computed_default_in_a_function_from_a_list(x, y):
    grid = Grid([x * y])
    scaled = lambda v, w=grid.values[0]: grid.values.append(v * w)  # noqa: E731
    for function in [scaled] * 2:
        function(x * y)
    return sum(grid.values)


@program(0.7, 0.4)
def a_default_list_that_grows_in_a_nested_function(x, y):
    def step(v, seen=[x], *, scale={"by": y}):  # noqa: B006
        seen.append(v * seen[-1])
        scale["by"] *= seen[-1]
        return seen[-1] + scale["by"]

    return sum(function(x * y) for function in [step] * 3)


@program(0.7, 0.4)
def a_generator_with_a_comprehension_among_its_arguments(x, y):
    held = [x, y]

    def growing(values, factor):
        for k in range(2):
            yield values[-1] * (k + 1)
            factor = values[-1] * factor
        yield factor

    held[-1] = sum(growing(held, math.sin(sum(v for v in held))))
    held[:] = [v * max(held) for v in growing(held, math.sin(sum(v * v for v in held)))]
    return held[0] * held[1] + held[2]
