"""Functions that change an array, taken from a list: both modes and both orders, in each operand alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, jvp
from srcad.errors import NoDerivativeError

X = np.array([[0.7, -1.3, 0.4], [1.9, 0.2, -0.6]])
V = np.array([0.3, 1.1, -0.5])


def copied(x, v):
    t = x * 1.0
    [np.copyto, np.sin][0](t, v, where=x > 0.3)
    return np.sum(t**2)


def on_the_diagonal(x, v):
    t = x * 1.0
    [np.fill_diagonal, np.sin][0](t, v[:2] ** 2)
    return np.sum(t**2)


def placed(x, v):
    t = x * 1.0
    [np.place, np.sin][0](t, x > 0.3, v)
    return np.sum(t**3)


def put(x, v):
    t = x * 1.0
    [np.put, np.sin][0](t, [0, 4, 7], v, mode="wrap")
    return np.sum(t**3)


def put_along_an_axis(x, v):
    t = x * 1.0
    [np.put_along_axis, np.sin][0](t, np.argmax(x, axis=1)[:, None], v[:2, None], 1)
    return np.sum(t**3)


def masked(x, v):
    t = x * 1.0
    [np.putmask, np.sin][0](t, x > 0.3, v)
    return np.sum(t**3)


STORES = [copied, on_the_diagonal, placed, put, put_along_an_axis, masked]


@pytest.mark.parametrize("f", STORES, ids=lambda f: f.__name__)
def test_functions_that_change_an_array_are_found_late(f: Callable[..., Any]) -> None:
    check_grads(f, (X, V), order=2)


@pytest.mark.parametrize("f", STORES, ids=lambda f: f.__name__)
def test_an_array_without_a_tangent_gets_one_by_a_store(f: Callable[..., Any]) -> None:
    direction = np.array([0.4, -0.2, 0.7])
    expected = np.sum(grad(f, argnums=1)(X, V) * direction)
    assert np.isclose(jvp(f, (X, V), (np.zeros_like(X), direction))[1], expected)


def unwrapped(s, a):
    return np.sum([np.unwrap, np.sin][0](a, s) ** 2)


def test_an_option_without_a_derivative_is_refused_where_nothing_reads_it() -> None:
    with pytest.raises(NoDerivativeError, match="discont"):
        jvp(unwrapped, (2.0, X), (1.0, np.zeros_like(X)))
