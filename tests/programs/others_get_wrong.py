"""Programs on which other systems are silently wrong."""

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7])


@program(X, X)
def one_object_in_two_positions(x, y):
    return np.sum(x * x * y)


@program([X, X])
def one_object_twice_in_a_list(arrays):
    return np.sum(arrays[0] ** 2 * arrays[1])


def _close_over(data):
    def residual(x):
        return np.sum((x - data) ** 2 * data)

    return residual


program(X)(_close_over(X))


@program(X)
def logsumexp_with_loops(x):
    largest = x[0]
    for v in x:
        if v > largest:
            largest = v
    total = 0.0
    for v in x:
        total = total + math.exp(v - largest)
    return largest + math.log(total)


@program(X, 2.0, "unused")
def unused_argument(x, y, label):
    return np.sum(x)


@program(X)
def nothing_depends_on_the_argument(x):
    return 3.0


@program(0.5)
@program(-0.5)
def function_picked_by_an_if(x):
    f = np.exp if x > 0 else np.cos
    g = _square if x < 0 else _cube
    return f(x) * g(x)


def _square(x):
    return x * x


def _cube(x):
    return x**3


@program(np.array([1, 2, 3]), 0.5)
def integer_array_argument(n, x):
    return np.sum(np.sqrt(n * 1.0) * x)


@program(2, 0.5)
def integer_argument(n, x):
    return x**n * n


@program(X)
def same_array_reached_in_two_ways(x):
    pair = (x, x)
    table = {"x": x}
    return np.sum(pair[0] * pair[1] * table["x"])


@program(0.5)
def variable_kept_and_rebound(x):
    old = x
    for _ in range(3):
        x = x * old
        old, x = x, old + 0.1
    return x * old


@program(0.5)
def same_name_in_two_scopes(x):
    def inner(x):
        x = x * 2
        return x * x

    return inner(x) + x


@program(1.0)
def zero_exponent(x):
    return x**0 + x**1 + 0 * x**2


@program(np.array([0.0, 1.0, 2.0]))
def power_at_zero(x):
    return np.sum(x**2 + 3.0 * x**1)


@program(np.zeros((0, 3)), 2.0)
def empty_array(x, s):
    return np.sum(x * s) + s


@program(np.array(0.7))
def zero_dimensional_array(x):
    return x * x + np.sin(x)


@program(np.float64(0.7), np.float32(0.5))
def numpy_scalars(x, y):
    return x * x * float(y)


@program(np.asfortranarray(np.arange(6.0).reshape(2, 3)))
def memory_order(x):
    return np.sum(x * x) + x.T[0, 1]


@program(np.arange(12.0).reshape(3, 4)[:, ::2])
def not_contiguous(x):
    return np.sum(np.sin(x), axis=0)
