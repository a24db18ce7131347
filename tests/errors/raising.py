"""Functions that raise; outside the test module, whose assertions pytest rewrites."""

import math

import numpy as np


def raises_in_a_loop(x):
    total = 0.0
    for i in range(3):
        if i == 2:
            raise KeyError("raised here")
        total = total + x / (i + 1)
    return total


def raises_in_a_callee(x):
    return np.sum(x * x) + deeper(x)  # the call


def deeper(x):
    y = x * 2.0
    return y * y * (1.0, 2.0)[int(x + 5.0)]  # fails here


def raises_inside_numpy(x):
    y = np.sum(x)
    return y * np.sum(np.exp(x @ np.ones(7)))  # fails here


def fails_an_assertion(x):
    y = x * x
    assert y < 0, "not negative"
    return y


def fails_in_math(x):
    return math.log(x - 5.0)  # fails here


def fails_in_a_second_call(x):
    return x * deepest(x, 1.0) + deepest(x, 0.0)  # the call


def deepest(x, y):
    return (
        x * deeper_still(x, y)  # the inner call
    )


def deeper_still(x, y):
    return x / y  # fails here


def calls_what_it_is_given(functions, x):
    total = 0.0
    for function in functions:
        total = total + function(x)  # the call
    return total


def with_a_nested_function(x):
    def inside(y):
        return x / (y - y)  # fails here

    return inside(x) * x  # the call


def recursive(x, depth):
    if depth == 0:
        return 1.0 / (x - x)  # fails here
    return x * recursive(x, depth - 1)  # the call


def chooses_by_index(values, k):
    y = values * 2.0
    return y[k] * y[k]  # fails here


def catches_its_own(x):
    try:
        y = x / 0.0
    except ZeroDivisionError as error:
        raise ValueError("the reason") from error  # raised here
    return y


def solved(a):
    x = a * 2.0
    return np.linalg.cholesky(x)  # fails backwards


def raises_while_handling(x):
    return x * deeper(x)  # the call


def halves(x, n):
    for i in range(n):
        yield x / (2.0 - i)  # fails here


def loops_over_a_generator(x):
    total = 0.0
    for part in halves(x, 4):  # the loop
        total = total + part * x
    return total


def calls_what_loops_over_a_generator(x):
    return x * loops_over_a_generator(x)  # the call


def steps(x, w):
    h = np.tanh(x * w)
    total = 0.0
    for _ in range(3):
        total = total + np.sum(h) * np.sin(total)
    return total + np.sum(h)


def calls_what_is_nowhere(x):
    return nowhere(x) * 2  # noqa: F821  # fails here
