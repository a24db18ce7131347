"""``copy.copy`` and ``copy.deepcopy`` of numbers and arrays are plain copies."""

import copy

import numpy as np
import pytest

from srcad.api import grad
from srcad.check import check_grads

X = np.array([0.7, -1.2, 0.4])


def of_an_array(x):
    y = copy.copy(x)
    y[0] *= 3.0
    return np.sum(y * x)


def deep_of_an_array(x):
    y = copy.deepcopy(x)
    y[1:] += x[:-1]
    return np.sum(y * x)


def of_a_number(x):
    z = copy.copy(x[0])
    for _ in range(3):
        old = copy.deepcopy(z)
        z = z * x[1]
    return z * old


@pytest.mark.parametrize("function", [of_an_array, deep_of_an_array, of_a_number], ids=lambda f: f.__name__)
def test_copies_of_numbers_are_plain_code(function):
    check_grads(function, (X,), order=2)
    derivative = grad(function)
    derivative(X)
    assert "rt.call" not in derivative.source


def of_a_dict(x):
    items = {"a": x, "b": [x * 2.0, x]}
    other = copy.deepcopy(items)
    other["a"] *= 2.0
    other["b"][0] = np.ones(3)
    first = copy.copy(items["b"])
    first[0] = first[0] * x
    return np.sum(other["a"] * items["a"] + first[0] * items["b"][0] + other["b"][1])


def test_copies_of_containers_are_apart():
    check_grads(of_a_dict, (X,), order=2)


def test_what_a_class_does_for_its_copy_is_done():
    class Counted:
        def __init__(self, x):
            self.x = x

        def __copy__(self):
            return Counted(self.x * 2.0)

    assert grad(lambda x: copy.copy(Counted(x)).x * x)(3.0) == 12.0
