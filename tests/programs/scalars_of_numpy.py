"""Numbers of NumPy indexed as arrays: by masks, None, () and ...; functions for numbers and arrays alike do that."""

import numpy as np

from tests.programs.corpus import program


class Scale:
    def __init__(self, size):
        self.size = size

    @classmethod
    def named(cls, name):
        return cls({"double": 2.0, "half": 0.5}[name])


@program(0.7)
@program(np.array(0.7))
@program(np.array([0.7, -0.2]))
def selected_by_a_mask(x):
    r = np.sqrt(x**2 + 1.0)
    odd = np.isclose(r, 0.0)
    return float(np.sum(r[~odd] * np.sin(r[~odd])) + np.sum(r[odd]))


@program(0.7)
@program(np.array(0.7))
def with_a_new_axis(x):
    r = np.sqrt(x**2 + 1.0)
    return float(np.sum(r[None] * x) + r[()] * x + r[...] * r[None, None][0, 0])


@program(0.7, None)
@program(np.array([0.7, 0.9]), None)
def of_unknown_kind(x, scale):
    if scale is None:
        scale = Scale.named("double")
    r = np.sqrt(x**2 + scale.size)
    angle = np.empty_like(r)
    odd = np.isclose(r, 0.0)
    angle[~odd] = np.arctan(r[~odd] * x)
    angle[~odd] += r[~odd] * np.sin(angle[~odd]) / (2.0 + np.cos(angle[~odd]))
    angle[odd] = 0.0
    return float(np.sum(angle * r))


@program(0.7, "half")
def of_unknown_kind_by_new_axes(x, name):
    r = np.sqrt(x**2 + Scale.named(name).size)
    return float(np.sum(r[None] ** 2) + r[()] ** 3 + r[...] * x + r.T**2)


@program(0.7, "half")
def complex_of_unknown_kind(x, name):
    z = np.exp(1j * x * Scale.named(name).size)
    part = z[np.abs(z) > 0.5] * x
    return float(np.sum(np.abs(part + 1.0) ** 2))


@program(0.7)
def complex_selected_by_a_mask(x):
    z = np.exp(1j * x)
    part = z[np.abs(z) > 0.5] * x
    return float(np.sum(np.abs(part + 1.0) ** 2))


@program(0.7, 2.0)
@program(np.array([0.7, -0.4]), 2.0)
def stored_where_items_are(x, limit):
    height = np.hypot(x, 2.0 * x) * limit
    below = height < limit
    try:
        height[below] = -height[below]
    except TypeError:
        if below:
            height = -height
    return float(np.sum(height * x))


@program(np.array(0.7), "half")
def stored_where_the_kind_is_unknown(x, name):
    height = np.hypot(x, 2.0 * x) * Scale.named(name).size
    below = height < 3.0
    try:
        height[below] = -height[below]
    except TypeError:
        if below:
            height = -height
    return float(height * x)
