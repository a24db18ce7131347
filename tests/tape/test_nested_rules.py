"""Tapes inside of tapes, over rules that take derivatives themselves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import srcad
from srcad import GradientTape
from tests.tape.nesting import by_tapes


@srcad.custom_jvp
def doubled_exp(x: Any) -> Any:
    return np.exp(2 * x)


@doubled_exp.forward("x")
def doubled_exp_x(ans: Any, t: Any, x: Any) -> Any:
    return 2 * ans * t


@srcad.custom_vjp
def by_a_gradient(x: Any) -> Any:
    return np.sin(x) * x


@by_a_gradient.backward
def by_a_gradient_backward(ans: Any, g: Any, x: Any) -> Any:
    return g * srcad.grad(lambda t: np.sin(t) * t)(x)


@srcad.custom_vjp
def by_a_value_and_a_gradient(x: Any) -> Any:
    return math.exp(x) * x


@by_a_value_and_a_gradient.backward
def by_a_value_and_a_gradient_backward(ans: Any, g: Any, x: Any) -> Any:
    value, slope = srcad.value_and_grad(np.exp)(x)
    return g * (value + slope * x)


square_root = srcad.custom_root(
    lambda x, a: x * x - a, lambda f, x, a: x if abs(f(x, a)) < 1e-14 else float(np.sqrt(a))
)
fixed = srcad.custom_fixed_point(lambda x, a: 0.5 * (x + a / x), lambda f, x, a: float(np.sqrt(a)))


CASES = {
    "custom_jvp": (doubled_exp, lambda x: 8 * np.exp(2 * x)),
    "gradient": (by_a_gradient, lambda x: -3 * np.sin(x) - x * np.cos(x)),
    "value_and_grad": (by_a_value_and_a_gradient, lambda x: np.exp(x) * (x + 3)),
    "custom_root": (lambda a: square_root(1.0, a), lambda a: 3 / 8 * a**-2.5),
    "custom_fixed_point": (lambda a: fixed(1.0, a), lambda a: 3 / 8 * a**-2.5),
}


@pytest.mark.parametrize("name", CASES)
def test_the_third_derivative_by_three_tapes(name: str) -> None:
    f, third = CASES[name]
    assert np.isclose(by_tapes(f, 0.7, 3), third(0.7))


def test_a_second_derivative_of_several_parameters_by_tapes() -> None:
    @srcad.custom_jvp
    def scaled(x, a):
        return a**2 * np.sin(x)

    @scaled.forward("x")
    def scaled_x(ans, t, x, a):
        return a**2 * np.cos(x) * t

    @scaled.forward("a")
    def scaled_a(ans, t, x, a):
        return 2 * a * np.sin(x) * t

    with GradientTape() as outer:
        x, a = outer.watch((np.array([0.5, 1.0]), 2.0))
        with GradientTape() as inner:
            inner.watch((x, a))
            y = np.sum(scaled(x, a))
        gx, ga = inner.gradient(y, (x, a))
        z = np.sum(gx) + ga
    found = outer.gradient(z, (x, a))
    point = np.array([0.5, 1.0])
    np.testing.assert_allclose(found[0], -4 * np.sin(point) + 4 * np.cos(point))
    np.testing.assert_allclose(found[1], np.sum(4 * np.cos(point) + 2 * np.sin(point)))
