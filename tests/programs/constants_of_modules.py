"""Constants that a module holds in dicts, lists, tuples and objects."""

import numpy as np

from tests.programs.corpus import program

X = np.array([0.7, -1.2, 0.4])
CONSTANTS = {"g": 9.81, "table": {"a": 2.0, "v": np.array([1.0, 2.0, 3.0])}, "list": [1.0, 2.0], "calls": 0}
PAIRS = ((0.5, 2), (0.25, 3))
WEIGHTS = [0.2, 0.3, 0.5]


class Ellipsoid:
    """Numbers, and what is computed of them."""

    def __init__(self, a, b):
        self.a, self.b = a, b
        self.series = np.array([1.0, 0.25, 0.1])
        self.asked = 0

    def eccentricity(self):
        return 1.0 - (self.b / self.a) ** 2

    @property
    def flattening(self):
        self.asked += 1
        return (self.a - self.b) / self.a

    def radius(self, latitude):
        return self.a / np.sqrt(1.0 - self.eccentricity() * np.sin(latitude) ** 2)


EARTH = Ellipsoid(6.378, 6.357)


@program(0.6)
def a_number_of_a_dict(x):
    return CONSTANTS["g"] * x**2


@program(X)
def a_table_in_a_dict(x):
    k = CONSTANTS["table"]["a"]
    y = k * x
    y[0] += k * x[1]
    return np.sum(y * CONSTANTS["table"]["v"]) + CONSTANTS["list"][1] * y[1] ** 2


@program(X)
def tuples_of_tuples(x):
    return sum(c * np.sum(x**n) for c, n in PAIRS) + np.dot(WEIGHTS, x**2)


@program(X)
def an_object_of_constants(x):
    y = EARTH.a * x
    y[1] += EARTH.eccentricity() * x[0]
    return np.sum(y**2 * EARTH.series) * EARTH.flattening


@program(X)
def a_method_of_an_object_of_constants(latitudes):
    return sum(EARTH.radius(latitude) * latitude for latitude in latitudes)


@program(X)
def counts_kept_beside_the_constants(x):
    CONSTANTS["calls"] += 1
    return np.sum(x**2) * CONSTANTS["g"] + 0.0 * CONSTANTS["calls"]


@program(X)
def views_of_arrays_of_constants(x):
    table = CONSTANTS["table"]["v"]
    part, series = table[1:], EARTH.series
    y = part * x[1:]
    y += series[:2]
    return np.sum(y * part) + table.copy()[0] * y[0]


ACTIVATIONS = [np.tanh, lambda v: v * v]


@program(0.5)
def functions_in_a_list(x):
    total = 0.0
    for activation in ACTIVATIONS:
        total += activation(x)
    return total + ACTIVATIONS[1](total)


class Model:
    """A table of a class, of more entries than are looked at one by one."""

    MODELS = {f"body{k}": {"a": 1.0 + 0.1 * k, "b": 2.0, "name": "body"} for k in range(40)}
    RATE = (0.5, 0.25)

    def __init__(self, a, b):
        self.a, self.b = a, b

    @classmethod
    def from_name(cls, name):
        if name not in cls.MODELS:
            raise KeyError(name)
        return cls(cls.MODELS[name]["a"], b=cls.MODELS[name]["b"])


COEFFICIENTS = [(k, 0.3 / (1 + k)) for k in range(40)]
POWERS = [0.1 * k for k in range(60)]


@program(0.6)
def a_table_of_a_class(x):
    return x**2 * Model.MODELS["body3"]["a"] + x * Model.RATE[1]


@program(X)
def made_by_a_class_method(x):
    model = Model.from_name("body7")
    return model.a * np.sum(x**2) + model.b * x[0]


@program(0.6)
def a_long_list_of_pairs(x):
    total = 0.0
    for power, c in COEFFICIENTS:
        total += c * x**power
    return total


@program(0.6)
def a_long_list_of_numbers(x):
    total = 0.0
    for k in range(len(POWERS)):
        total += POWERS[k] * x**k
    return total


@program(0.6)
@program(X)
def masked_stores_in_what_may_have_no_axes(x):
    try:
        x = np.asarray(x)
    except NameError:
        pass
    model = Model.from_name("body7")
    r = np.sqrt(x**2 + 1.0)
    try:
        beta = np.empty_like(r)
        low = r < 1.2
        beta[low] = r[low] * model.a
        beta[~low] = np.sin(r[~low])
        beta[low] += model.b * np.sin(beta[low])
    except NameError:
        beta = r
    return np.sum(beta)


@program(0.6)
def names_among_the_globals(x):
    if "WEIGHTS" in globals() and "MISSING" not in globals():
        x = x * x
    return x * globals()["SCALE"]


SCALE = 3.0


@program(0.6)
def warns_once(x):
    global _warned
    if "_warned" not in globals():
        _warned = True
    return x**3
