"""What a program may keep outside of itself: the count is right afterwards, and what cannot be kept is refused."""

import math

import numpy as np
import pytest

from srcad import grad, jvp, vjp
from srcad.errors import UnsupportedError

COUNT = 0
LAST = None
RATE = 0.5


class Model:
    calls = 0
    bias = np.zeros(2)

    def step(self):
        return 1


def counting(x):
    global COUNT
    COUNT += 1
    Model.calls += 1
    counting.calls += 1
    return np.sum(x * x)


counting.calls = 0


@pytest.mark.parametrize(
    "derive", [grad(counting), lambda x: vjp(counting, x)[0], lambda x: jvp(counting, (x,), (x,))]
)
def test_each_derivative_counts_once(derive):
    before = COUNT, Model.calls, counting.calls
    derive(np.ones(2))
    assert (COUNT, Model.calls, counting.calls) == tuple(n + 1 for n in before)


def test_the_store_stands_in_the_text():
    derivative = grad(counting)
    derivative(np.ones(2))
    assert "test_kept_outside.COUNT = test_kept_outside.COUNT + 1" in derivative.source


def keeps_its_argument(x):
    global LAST
    LAST = x[0]
    return x[0]


def keeps_the_loss_in_a_class(x):
    Model.calls = float(np.sum(x))
    return np.sum(x)


def keeps_an_array(x):
    Model.bias = np.ones(2)
    return np.sum(x * Model.bias)


def changes_the_sort(x):
    global RATE
    RATE = "slow"
    return x[0]


def replaces_a_method(x):
    Model.step = abs
    return x[0]


def replaces_a_function(x):
    global counting
    counting = abs
    return x[0]


def changes_a_library(x):
    math.tau = 6.0
    return x[0]


def deletes(x):
    global RATE
    del RATE
    return x[0]


def updates_an_active_one(x):
    global RATE
    RATE = 1.0
    RATE *= x[0]
    return RATE


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (keeps_its_argument, "LAST = x[0]"),
        (keeps_the_loss_in_a_class, "Model.calls = float(np.sum(x))"),
        (keeps_an_array, "Model.bias = np.ones(2)"),
        (changes_the_sort, 'RATE = "slow"'),
        (replaces_a_method, "Model.step = abs"),
        (replaces_a_function, "counting = abs"),
        (changes_a_library, "math.tau = 6.0"),
        (deletes, "RATE"),
        (updates_an_active_one, "RATE *= x[0]"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_line(function, line):
    for derive in (grad(function), lambda x: jvp(function, (x,), (x,))):
        with pytest.raises(UnsupportedError) as caught:
            derive(np.array([1.0, 2.0]))
        assert line in str(caught.value)
    assert RATE == 0.5
