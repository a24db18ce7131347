"""Operators inside of a differentiated program: what they keep of their arguments, and leave as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad import (
    SrcadError,
    elementwise_grad,
    ggnvp,
    grad,
    hvp,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    vjp,
)
from tests.programs.numerical import numerical_gradient

X = np.array([0.3, -0.7, 1.2])


def overwritten(x):
    z = 1.0 * x
    _, pullback = vjp(np.sin, z)
    z[:] = 0.0
    return np.sum(pullback(np.ones(3))[0] * x)


def overwritten_in_a_list(x):
    z = [1.0 * x]
    _, pullback = vjp(lambda t: np.sin(t[0]), z)
    z[0] = 5.0 * x
    return np.sum(pullback(np.ones(3))[0][0] * x)


def overwritten_before_the_direction(x):
    z = 1.0 * x
    _, along = linearize(np.sin, z)
    z[:] = 0.0
    return np.sum(along(x))


def its_value_is_changed(x):
    y, pullback = vjp(lambda t: t, x)
    y[0] = 5.0
    return np.sum(pullback(x)[0] * x) + np.sum(y)


def its_cotangent_is_the_argument(x):
    y, pullback = vjp(lambda z, w: (np.sin(z) * w, np.sum(w)), x, x**2)
    first, second = pullback((x, 1.0))
    return np.sum(first * second) + np.sum(y[0])


def turned(t):
    t[0] = 2.0 * t[1]
    return np.sin(t)


def changed_by_vjp(x):
    z = 1.0 * x
    y, pullback = vjp(turned, z)
    return np.sum(z * y) + np.sum(pullback(y)[0] * z)


def changed_by_jvp(x):
    z = 1.0 * x
    y, tangent = jvp(turned, (z,), (x,))
    return np.sum(z * y) + np.sum(tangent * z)


def changed_by_linearize(x):
    z = 1.0 * x
    y, along = linearize(turned, z)
    return np.sum(z * y) + np.sum(along(x) * z)


def changed_by_products(x):
    z = 1.0 * x
    curved = hvp(lambda t: np.sum(turned(t) ** 2))(z, x) + ggnvp(turned)(z, x)
    return np.sum(z * curved)


def changed_by_matrices(x):
    z = 1.0 * x
    rows = z @ jacfwd(turned)(z) + z @ jacrev(turned)(z) + elementwise_grad(turned)(z)
    return np.sum(z * rows)


def its_tangent_is_changed(x):
    y, tangent = jvp(lambda t: t, (x,), (x,))
    y[0] = 3.0
    tangent[1] = 2.0
    return np.sum(y * tangent * x)


def its_tangent_is_a_view(x):
    y, tangent = jvp(lambda t: {"back": t[::-1]}, (x,), (2.0 * x,))
    y["back"] *= 3.0
    tangent["back"][1] *= 2.0
    return np.sum(y["back"] * tangent["back"] * x)


PROGRAMS = [
    its_tangent_is_changed, its_tangent_is_a_view,
    overwritten, overwritten_in_a_list, overwritten_before_the_direction, its_value_is_changed,
    its_cotangent_is_the_argument, changed_by_vjp, changed_by_jvp, changed_by_linearize, changed_by_products,
    changed_by_matrices,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_arguments_are_those_of_the_call_and_stay_as_they_were(program: Any) -> None:
    (expected,) = numerical_gradient(program, (X,), 1.0).values()
    for operator in (grad, jacfwd):
        np.testing.assert_allclose(operator(program)(X), expected, rtol=1e-5, atol=1e-7)


def captured_array_changes(x):
    k = 1.0 * x
    _, pullback = vjp(lambda t: np.sin(t) * k, x)
    k[:] = 0.0
    return np.sum(pullback(np.ones(3))[0] * x)


def captured_number_changes(x):
    k = 2.0
    _, pullback = vjp(lambda t: np.sin(t) * k, x)
    k = 5.0
    return np.sum(pullback(np.ones(3))[0] * x)


@pytest.mark.parametrize("program", [captured_array_changes, captured_number_changes])
def test_a_pullback_of_what_reads_a_variable_that_changes_is_refused(program: Any) -> None:
    for operator in (grad, jacfwd):
        with pytest.raises(SrcadError, match="a variable around that has changed since"):
            operator(program)(X)
