"""The gradient of what begins as a constant number passes an update as it is; of one that varies it is summed."""

from __future__ import annotations

import numpy as np

from srcad import check_grads, grad

X = np.array([[0.9, -0.4, 1.3], [0.2, 0.8, -0.7]])


def begun_as_a_constant(x):
    acc = 1.0
    for row in x:
        acc = acc * 0.5 + row
    return np.sum(np.sin(acc))


def test_no_history_is_kept_for_a_shape() -> None:
    derivative = grad(begun_as_a_constant)
    derivative(X)
    assert "history" not in derivative.source
    assert "unbroadcast" not in derivative.source
    check_grads(begun_as_a_constant, (X,), order=2)


def begun_as_an_argument(start, x):
    acc = start
    for row in x:
        acc = acc + row
    return np.sum(np.sin(acc))


def test_what_begins_as_an_argument_has_its_gradient_summed() -> None:
    derivative = grad(begun_as_an_argument)
    assert np.shape(derivative(0.3, X)) == ()
    assert "unbroadcast" in derivative.source
    check_grads(begun_as_an_argument, (0.3, X), order=2)


def begun_as_a_sum(x):
    acc = np.sum(x)
    for row in x:
        acc = acc + row
    return np.sum(np.sin(acc))


def test_what_begins_as_a_sum_has_its_gradient_summed() -> None:
    derivative = grad(begun_as_a_sum)
    derivative(X)
    assert "unbroadcast" in derivative.source
    check_grads(begun_as_a_sum, (X,), order=2)


def made_a_number_again(x):
    acc = 0.0
    for row in x:
        acc = acc + row
    acc = np.max(acc) * 2.0
    acc = acc + x[0]
    return np.sum(np.sin(acc))


def test_what_becomes_a_number_again_has_its_gradient_summed() -> None:
    check_grads(made_a_number_again, (X,), order=2)


def read_by_other_shapes(x, w):
    acc = 0.0
    start = 0.0
    for k in range(len(x)):
        if k == 0:
            start = np.sum(acc * w) + np.sum(np.cos(acc + w))
        acc = acc + x[k]
    return np.sum(np.sin(acc)) + start


def test_a_number_is_read_beside_arrays_of_other_lengths() -> None:
    check_grads(read_by_other_shapes, (X, np.array([0.4, -0.1, 0.7, 1.2])), order=2)
