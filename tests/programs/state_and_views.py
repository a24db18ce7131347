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


class Samples:
    """Gives its array to NumPy."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype=dtype)

    def __radd__(self, other):
        return other - self.values

    def norm(self):
        return np.sqrt(np.sum(np.asarray(self) ** 2))


class Doubled:
    """A sequence of the user's, which has a number of its own."""

    def __init__(self, values):
        self.values = values

    def __len__(self):
        return len(self.values)

    def __getitem__(self, index):
        if index >= len(self.values):
            raise IndexError
        return self.values[index] * 2.0

    def __float__(self):
        return float(self.values[0])


@program(X)
def objects_that_numpy_makes_arrays_of(x):
    held = [Samples(x * 2.0), Samples(x)]
    total = sum(np.sum(np.sin(samples)) for samples in held)
    return total + held[0].norm() * np.dot(Doubled(x), x) + np.sum(np.asarray(Doubled(x * x)) ** 2)


@program(X)
def operators_between_arrays_and_objects_that_have_one(x):
    samples = Samples(x * x)
    return np.sum((x + samples) ** 2) + np.sum(x * samples * x) + math.sin(Doubled(x))


@program(0.7)
def functions_in_defaults_of_functions_picked_late(x):
    total = [x]
    views = np.array([x, x * x])

    def bump(value):
        total[0] += value * total[0]

    def later(value, function=bump, *, held=total, part=views[1:]):
        function(value * value)
        held[0] *= value
        part *= value

    (later if x > 0.0 else bump)(x)
    for function in (later, bump, later, lambda v: total.append(v * v)):
        function(x)
    return sum(total) + views @ views


class Scaled:
    """Passes on what it does not take, as mixins do."""

    def __init__(self, *args, **options):
        self.scale = options.pop("scale", 1.0)
        super().__init__(*args, **options)

    def run(self, x):
        return self.scale * x


class Shifted:
    """Comes before a class whose method it extends."""

    def __init__(self, **options):
        self.shift = options.pop("shift", 0.0)
        super().__init__(**options)

    def run(self, x):
        self.shift += x
        return super().run(x) * self.shift


class Both(Shifted, Scaled):
    """Inherits from both."""

    def __init__(self, weight, **options):
        super().__init__(**options)
        self.scale = self.scale * weight


@program(X)
def initialisers_that_pass_on_all_arguments(x):
    one = Both(x[0], shift=x[1], scale=x[2])
    held = [Both(v, scale=v) for v in x[:2]]
    return one.run(x[3]) * one.run(x[0]) + sum(both.run(one.shift) for both in held)


@program(X, 0.4)
def items_of_a_generator_counted(x, y):
    total = 0.0
    for k, v in enumerate(w * y for w in x):
        total += k * v
    return total + sum(k * v * v for k, v in enumerate(w * w * y for w in x))
