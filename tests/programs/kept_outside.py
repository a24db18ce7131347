"""Plain values that a program keeps in global variables and in attributes of classes and functions."""

import copy
import functools
import math

import numpy as np

from tests.programs.corpus import program

COUNT = 0
SCALE = 1.5
MODE = "square"


class Counter:
    n = 0
    k = 2

    def __init__(self, value):
        Counter.n += 1
        self.value = value
        self.number = type(self).n


@program(np.array([1.0, 2.0, 3.0]))
def weights_by_a_global_counter(x):
    global COUNT
    COUNT = 0
    s = 0.0
    for v in x:
        s += v * v * COUNT
        COUNT += 1
        s = s * 1.1 + COUNT * v
    return s * COUNT


def _descend(x, n):
    Counter.n += 1
    if n == 0:
        return x * Counter.n
    y = _descend(x * x, n - 1)
    return y + x * Counter.n


@program(0.9)
def counts_in_a_recursion(x):
    Counter.n = 0
    first = Counter.n + 1
    z = _descend(x * first, 3)
    return z * Counter.n * first


def _double_the_scale(v):
    global SCALE
    SCALE = SCALE * 2
    return v * SCALE


@program(0.7, [_double_the_scale, np.sin, _double_the_scale])
def changed_by_functions_from_a_list(x, functions):
    global SCALE
    SCALE = 1.5
    y = x * SCALE
    for f in functions:
        y = f(y)
    z = x * y * SCALE
    functions[0](1.0)
    return z * SCALE


@program(np.array([0.3, 0.4, 0.5]))
def alternates_by_a_global_mode(x):
    global MODE
    MODE = "square"
    s = 0.0
    for v in x:
        if MODE == "square":
            s += v * v
            MODE = "exponential"
        else:
            s += math.exp(v)
            MODE = "square"
    return s


@program(np.array([0.5, -1.0, 2.0]))
def counts_in_a_try(x):
    Counter.n = 0
    s = 0.0
    for v in x:
        try:
            Counter.n += 1
            if v < 0:
                raise ValueError("negative")
            s += math.sqrt(v) * Counter.n
        except ValueError:
            Counter.n += 10
            s += v * Counter.n
    return s


@program(0.5)
def several_targets(x):
    global COUNT
    COUNT, y = 2, x * 3
    for Counter.k in range(3):
        y = y * (1 + Counter.k) * COUNT
    COUNT = Counter.k = 4
    return y * COUNT * Counter.k


def _tick():
    Counter.n += 1
    return Counter.n


@program(1.2)
def powers_by_calls(x):
    Counter.n = 0
    return sum(x ** _tick() for _ in range(3)) * _tick()


@program(np.array([1.0, 2.0]))
def numbered_instances(x):
    Counter.n = 0
    made = [Counter(v) for v in x]
    last = Counter(x[0] * x[1])
    return sum(c.value * c.number for c in made) * last.value * last.number


def counted(f):
    @functools.wraps(f)
    def inner(*args, **options):
        inner.calls += 1
        return f(*args, **options)

    inner.calls = 0
    return inner


@counted
def _kernel(x, y, width=1.0):
    return np.exp(-np.sum((x - y) ** 2) / width)


@program(np.array([[0.1, 0.4], [0.7, -0.2], [0.3, 0.3]]), 0.7)
def counted_kernel(points, width):
    n = len(points)
    gram = np.zeros((n, n))
    before = _kernel.calls
    for i in range(n):
        for j in range(i):
            gram[i, j] = _kernel(points[i], points[j], width=width)
    return np.sum(gram) * (_kernel.calls - before)


@program(1.5)
def nested_function_counts(x):
    def count():
        global COUNT
        COUNT += 1
        return COUNT

    global COUNT
    COUNT = 0
    first = count()
    return x * first * x ** count() * COUNT


DEFAULTS = {"scale": np.array([1.0, 2.0]), "power": 2, "weights": np.array([0.5, 0.25])}
SHIFTS = [0.5, 1.5]


class Layer:
    def __init__(self, settings):
        self.scale, self.power = settings["scale"], settings["power"]

    def __call__(self, x):
        return (x * self.scale) ** self.power


@program(np.array([0.3, 0.7]), np.array([1.1, 0.4]))
def copies_of_global_settings(x, scale):
    settings = dict(DEFAULTS, scale=scale)
    layers = [Layer(settings), Layer({**settings, "power": 3})]
    for layer in layers:
        x = layer(x)
    other = DEFAULTS.copy()
    other["weights"] = x * other["weights"]
    merged = DEFAULTS | {"scale": x}
    shifts = list(SHIFTS)
    shifts[0] = x[0]
    shifts.append(x[1])
    return np.sum(other["weights"] * merged["scale"]) + shifts[0] * shifts[1] * shifts[2]


@program(np.array([0.9, 1.1, 1.0, 0.95]), 0.8)
def lattice_of_three_velocities(density, relaxation):
    weights, velocities = np.array([2 / 3, 1 / 6, 1 / 6]), [0, 1, -1]
    f = weights[:, None] * density
    for _ in range(2):
        for k in range(3):
            f[k] = np.roll(f[k], velocities[k])
        mass = f.sum(0)
        u = (f[1] - f[2]) / mass
        for k, v in enumerate(velocities):
            f[k] += (
                weights[k] * mass * (1 + 3 * v * u + 4.5 * (v * u) ** 2 - 1.5 * u**2) - f[k]
            ) / relaxation
    return np.sum(f[1] ** 2 * np.arange(density.size))


INPUTS = np.array([0.3, 0.9, -0.4])


class _Layer:
    def __init__(self, params):
        self.w = params["w"]
        self.cache = {}

    def forward(self, x):
        self.cache["x"] = x
        return np.tanh(x * self.w)

    def backward(self, g, grads, name):
        grads[name] = g * self.cache["x"]
        return g * self.w


@program({"w": np.array([0.7, 1.3, 0.4])})
def parameters_beside_a_global_array_are_updated(params):
    layers = [_Layer(params)]
    h = INPUTS
    for layer in layers:
        h = layer.forward(h)
    grads = {}
    g = layers[0].backward(h, grads, "w")
    for key in params:
        params[key] = params[key] - 0.1 * grads[key]
    return np.sum(params["w"] ** 2) + np.sum(g)


BASELINE = {"rate": 0.5, "state": np.array([0.4, -0.8, 1.1]), "steps": [1.0, 2.0], "inner": {"scale": 2.0}}
POINTS = (np.array([0.3, 0.2, -0.5]), np.array([1.2, 0.1, 0.6]))


class Configuration:
    def __init__(self):
        self.rate = 0.5
        self.trail = [1.0]


CONFIGURATION = Configuration()


@program(np.array([0.7, 1.3, 0.4]))
def deep_copies_of_defaults_are_filled(x):
    p = copy.deepcopy(BASELINE)
    p["rate"] = x[0]
    p["state"][1:] *= x[:2]
    p["steps"].append(x[1])
    p["inner"]["scale"] += x[2]
    q = list(copy.deepcopy(POINTS))
    q[0] += x
    settings = copy.deepcopy(CONFIGURATION)
    settings.rate = x[2]
    settings.trail.append(x[0] * settings.rate)
    return (
        p["rate"] * np.sum(p["state"] ** 2) * sum(p["steps"]) * p["inner"]["scale"]
        + np.sum(q[0] * q[1])
        + sum(settings.trail)
    )


@program(np.array([0.7, 1.3, 0.4]))
def shallow_copies_of_defaults_are_filled(x):
    p = copy.copy(BASELINE)
    p["state"] = p["state"] * x
    p["steps"] = [*p["steps"], x[0]]
    settings = copy.copy(CONFIGURATION)
    settings.rate = x[1] * settings.rate
    return np.sum(p["state"] ** 2) * sum(p["steps"]) * settings.rate


@program(np.array([0.7, 1.3, 0.4]))
def copies_of_arrays_outside_are_changed(x):
    a = np.array(POINTS[1])
    a[0] = x[0]
    b = BASELINE["state"].copy()
    b *= x
    c = POINTS[0].astype(float)
    c[0] = a[1] * b[2]
    return np.sum(a * b * c)
