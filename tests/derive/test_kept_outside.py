"""What a program may keep outside of itself: the count is right afterwards, and what cannot be kept is refused."""

import math

import numpy as np
import pytest

from srcad import grad, hessian, jacfwd, jvp, vjp
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


LOG = []
SETTINGS = {"power": 2}


def raises_by_a_count(x):
    SETTINGS["power"] += 1
    return np.sum(x) ** SETTINGS["power"]


def multiplies_by_a_length(x):
    LOG.append(1)
    return np.sum(x * x) * len(LOG)


def only_counts(x):
    LOG.append(1)
    return np.sum(x**3)


@pytest.mark.parametrize("function", [raises_by_a_count, multiplies_by_a_length])
def test_a_jacobian_whose_runs_differ_is_refused(function):
    for derive in (hessian(function), jacfwd(lambda x: x * function(x))):
        with pytest.raises(UnsupportedError, match="what it keeps outside of itself changes its result"):
            derive(np.array([1.0, 2.0]))


def test_a_jacobian_of_what_only_counts_is_right():
    np.testing.assert_allclose(hessian(only_counts)(np.array([1.0, 2.0])), np.diag([6.0, 12.0]))


def sets_an_attribute_by_its_name(x):
    setattr(MODEL, "steps", MODEL.steps + 2)  # noqa: B010
    return np.sum(x) * getattr(MODEL, "steps")  # noqa: B009


class Stepping:
    def __init__(self):
        self.steps = 1


MODEL = Stepping()


def test_an_attribute_of_an_object_outside_is_set_where_calls_are_found_late():
    MODEL.steps = 1
    assert grad(sets_an_attribute_by_its_name)(np.ones(2)).tolist() == [3.0, 3.0]
    assert MODEL.steps == 3


ARRAY = np.array([2.0, 3.0, 5.0])
VIEW = ARRAY[:]
TURNED = ARRAY[::-1]
HOLDING = {"array": ARRAY, "parts": [ARRAY, ARRAY[1:]]}


class Table:
    array = ARRAY
    view = ARRAY[:]


def changes_through_a_view(x):
    y = x * ARRAY
    VIEW[1] = 7.0
    return np.sum(y * x)


def reads_through_a_view(x):
    y = x * TURNED
    ARRAY[1] = 7.0
    return np.sum(y * x)


def reads_from_a_dict(x):
    y = x * HOLDING["array"]
    ARRAY[1] = 7.0
    return np.sum(y * x)


def changes_what_a_list_holds(x):
    y = x * ARRAY
    for part in HOLDING["parts"]:
        part[0] = 7.0
    return np.sum(y * x)


def reads_from_a_class(x):
    y = x * Table.view
    HOLDING["array"][1] = 7.0
    return np.sum(y * x)


def changes_before_it_reads(x):
    VIEW[1] = 7.0
    return np.sum(x * x * Table.array)


@pytest.mark.parametrize(
    "function",
    [
        changes_through_a_view,
        reads_through_a_view,
        reads_from_a_dict,
        changes_what_a_list_holds,
        reads_from_a_class,
    ],
)
def test_an_array_outside_may_not_change_under_another_name(function):
    with pytest.raises(UnsupportedError, match="needs what it held before"):
        grad(function)(np.ones(3))


def test_it_may_before_it_is_read():
    ARRAY[:] = [2.0, 3.0, 5.0]
    np.testing.assert_allclose(grad(changes_before_it_reads)(np.ones(3)), [4.0, 14.0, 10.0])
