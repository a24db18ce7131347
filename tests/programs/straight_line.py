"""Statements in a row: names, operators, unpacking, and values that have no derivative."""

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, -1.2, 0.7, 2.1])
A = np.array([[1.0, 0.2, -0.5], [0.4, 2.0, 0.1]])


@program(1.3)
def identity(x):
    return x


@program(1.3)
def square(x):
    return x * x


@program(0.7, 1.9)
def every_operator(x, y):
    a = x + y * 2 - x / y
    b = x**y + y**3 - 2.0**x
    return a * b - (-x) + (+y) * 0.5


@program(1.7, 0.4)
def remainder(x, y):
    return x % y + x // y + x * y


@program(0.8)
def rebinding(x):
    x = x * x
    x = math.sin(x)
    x = x + x
    return x * x


@program(0.8, 1.1)
def swap(x, y):
    x, y = y * x, x - y
    x, y = y, x
    return x * x * y


@program(0.8, 1.1, -0.4)
def rotate(x, y, z):
    x, y, z = y, z, x
    return x + 2 * y * z


@program(0.9)
def one_value_two_names(x):
    y = z = x * x
    y = y * 3
    return y + z


@program((0.5, (1.5, 2.5)))
def nested_unpacking(pair):
    a, (b, c) = pair
    [d, e] = [a * b, c]
    return d * e + a


@program((0.5, 1.5, 2.5, 3.5))
def starred_unpacking(values):
    first, *middle, last = values
    return first * last + middle[0] ** 2 * middle[1]


@program(X)
def starred_unpacking_of_an_array(x):
    first, *rest = x
    return first * rest[0] + rest[-1] ** 2


@program(0.5, 1.5)
def starred_display(x, y):
    pair = (x, y)
    more = [*pair, x * y, *pair]
    return more[0] * more[2] + more[3] * more[4] ** 2


@program(0.6)
def augmented(x):
    y = x
    y += x * x
    y *= 3
    y -= x
    y /= 2 + x
    y **= 2
    return y


@program(0.6)
def annotated(x: float) -> float:
    y: float = x * x
    z: float
    z = y + 1.0
    return z * y


@program(1.2)
def walrus(x):
    return (y := x * x) + y * (z := math.sin(y)) + z


@program(1.2, "name", 3)
def values_without_derivative(x, name, count):
    label = f"{name}: {count!r:>4} {x:.2f}"
    kinds = {"a", "b", name}
    flag = name in kinds and label.startswith("na")
    return x * len(label) + count * x**2 + (x if flag else 0.0)


@program(1.2)
def unused_statement(x):
    y = math.exp(x)
    y = x * 2
    del x
    return y * y


@program(X)
def array_straight_line(x):
    y = np.sin(x) * x
    z = np.exp(-y) + y
    return np.sum(z * z)


@program(X, 0.3)
def array_and_scalar(x, s):
    y = x * s + s
    return np.sum(y / (1.0 + s * s)) + s


@program(A, X[:3], 0.7)
def broadcasting(a, row, s):
    return np.sum((a * row + s) ** 2 / (a[:, :1] ** 2 + 1.0))


@program(A, X[:2])
def broadcasting_column(a, column):
    return a - column[:, None] * s_of_three(column)


def s_of_three(x):
    return x[0] * 3.0


@program(X)
def result_is_an_array(x):
    return np.tanh(x) * x[::-1]


@program(X, 2.0)
def several_results(x, s):
    return np.sum(x) * s, x * s, s


@program(0.4)
def result_is_a_dict(x):
    return {"value": x * x, "label": "square", "pair": (x, [2.0 * x])}


@program(0.4, 0.5)
def constant_result_part(x, y):
    return x * y, 3.0


@program(X)
def argument_returned_beside(x):
    return x, x * x


@program(np.float32(0.5) * np.ones((2, 2), np.float32))
def single_precision_identity(x):
    return x * np.float32(1.0)


@program(0.4)
def pass_and_docstring(x):
    """Nothing but a docstring, ``pass`` and a bare constant."""
    pass
    ...
    return x * 3


@program(1.5)
def global_constants(x):
    return x * SCALE + math.pi * x**2


SCALE = 2.5


@program(1.5)
def conditional_chain_of_math(x):
    return math.sqrt(x) + math.log(x) * math.cos(x) - math.atan2(x, 2.0) + math.hypot(x, 1.0)


@program(np.array([1, 2, 3]), 0.5)
def integer_array_in_arithmetic(n, x):
    return np.sum(n * x + n**2)
