"""Forward mode along many directions computes what does not depend on the direction once."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import srcad
from srcad.operators.hoisting import along_all

X = np.array([0.3, -0.5, 0.8, 0.1])


def product(x):
    return np.sin(x) * np.sum(x**2)


def in_place(x):
    y = np.zeros(4)
    for i in range(4):
        y[i] = np.sin(x[i]) * x[i - 1]
    return y * np.exp(np.sum(x))


def shifted(x):
    y = x * x
    y[1:] = y[:-1] * 2
    z = y[2:]
    z *= x[0]
    return y


def branches(x):
    y = np.exp(x) if x[0] > 0 else x
    t = y * 2
    t = t * np.sum(x)
    return t


def solved(x):
    return np.linalg.solve(np.outer(x, x) + np.eye(4), x)


def containers(x):
    return {"a": x * 2, "b": [np.sum(np.exp(x))]}


def methods(x):
    return x.sum() * x.cumsum()


@pytest.mark.parametrize("f", [product, in_place, shifted, branches, solved, containers, methods])
def test_columns_are_those_of_reverse_mode(f):
    forward, reverse = srcad.jacfwd(f)(X), srcad.jacrev(f)(X)
    for found, right in zip(srcad.tree.leaves(forward), srcad.tree.leaves(reverse)):
        np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-14)

    if f is not containers:
        second = srcad.jacrev(srcad.grad(lambda x: np.sum(np.sin(f(x)))))(X)
        np.testing.assert_allclose(
            srcad.hessian(lambda x: np.sum(np.sin(f(x))))(X), second, rtol=1e-10, atol=1e-12
        )


def written_for(tangent):
    made = along_all(tangent, len(inspect.signature(tangent).parameters) - 1)
    return None if made is None else inspect.getsource(made)


def tangent(x, dx):
    y = np.sin(x)
    dy = dx * np.cos(x)
    t = 1.0
    dz = np.zeros_like(y)
    dz[0] = dy[0] * t
    t = t + np.sum(x)
    return dz * t


def test_what_does_not_depend_on_the_direction_stands_before_the_loop():
    before, inside = written_for(tangent).split("for dx in directions:")
    assert "np.sin(x)" in before and "np.cos" not in before and "zeros_like" not in before
    assert "t = 1.0" in inside and "t = t + np.sum(x)" in inside  # bound twice, and read in the loop
    found = along_all(tangent, 1)(X, np.eye(4))
    np.testing.assert_array_equal(found, [tangent(X, unit) for unit in np.eye(4)])


def changes_an_argument(x, dx):
    y = np.sin(x)
    x[0] = 1.0
    return y * dx


def changes_a_view(x, dx):
    y = np.sin(x)
    t = y[:2]
    t[0] = dx[0]
    return y * dx


def changes_what_may_be_shared(x, dx):
    y = np.sin(x)
    t = np.array(y, copy=None)
    t[0] = dx[0]
    return y * dx


def calls_a_function(x, dx):
    y = product(x)
    return y * dx


def draws(x, dx):
    y = np.random.normal(x)
    return y * dx


def gains_nothing(x, dx):
    return x * dx


def leaves_early(x, dx):
    y = np.sin(x)
    if y[0] > 0:
        return dx
    return y * dx


@pytest.mark.parametrize(
    "tangent",
    [
        changes_an_argument,
        changes_a_view,
        changes_what_may_be_shared,
        calls_a_function,
        draws,
        gains_nothing,
        leaves_early,
    ],
)
def test_what_may_depend_on_the_order_is_left_as_it_is(tangent):
    assert written_for(tangent) is None


def test_an_exception_shows_the_users_line():
    def fails(x):
        y = np.sin(x)
        return y @ np.ones((3, 3)) * y

    with pytest.raises(ValueError, match="mismatch"):
        srcad.jacfwd(fails)(X)
