"""Programs that catch their own exceptions."""

import math

import numpy as np

from tests.programs.corpus import program


@program(0.7)
@program(0.3)
def raised_by_a_condition(x):
    try:
        if x > 0.5:
            raise ValueError("a")
        y = x * 2
    except ValueError:
        y = x**3
    else:
        y = y + x
    return y


@program(0.9)
def implicit_exceptions_in_a_loop(x):
    s = 0.0
    for i in range(5):
        try:
            t = x * i
            s = s + t
            u = 1.0 / (i - 2)
            s = s * u + math.sqrt(t - 1.0)
        except ZeroDivisionError:
            s = s * x
        except ValueError:
            s = s * 0.5
            continue
        finally:
            s = s + 0.1 * x
    return s


@program(np.array([1.2, 2.5, 0.7, 1.9]))
def index_error_after_stores(a):
    s = 0.0
    for i in range(6):
        try:
            v = a[i]
            a[i] = v * v
            if i == 1:
                continue
            if v > 100:
                break
        except IndexError:
            return s * 2
        s = s + a[i]
    return s


def inverse(x):
    if x < 1:
        raise ValueError("small")
    return 1 / x


@program(0.7)
@program(1.5)
@program(2.5)
def raised_in_a_callee_two_levels_up(x):
    try:
        try:
            y = inverse(x)
            y = y + inverse(x * 0.5)
        except TypeError:
            y = 0.0
    except ValueError:
        y = x * x
    return y


@program({"a": 2.0})
def missing_key(d):
    try:
        return d["k"] * 2
    except KeyError:
        return d["a"] * 3


@program(1.3)
def loop_left_by_an_exception(x):
    s = x
    try:
        for _ in range(10):
            s = s * x + 1
            if s > 5:
                raise StopIteration
    except StopIteration:
        s = s * 2
    return s
