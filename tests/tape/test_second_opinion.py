"""`check_grads(..., against="tape")`: the tape as the judge of compiled derivatives."""

from __future__ import annotations

import math

import numpy as np
import pytest

from srcad import GradientTape, check_grads, grad
from srcad.errors import ArgumentError, GradientCheckError, NoSourceError, UnsupportedError
from srcad.rules import registry
from srcad.rules.registry import elementwise
from srcad.tape import pulled_back


def polynomial(x, c):
    total = 0.0
    for k in range(4):
        total = total + c[k] * math.sin(x) ** k
    return total


def weighted(p):
    return {"y": np.tanh(p["w"] @ p["x"]) ** 2, "n": 3}


POINT = {"w": np.array([[0.5, -1.0], [2.0, 0.3]]), "x": np.array([0.4, 0.9]), "name": "p"}


@pytest.mark.parametrize("order", [1, 2])
def test_compiled_derivatives_agree_with_the_tape(order):
    check_grads(polynomial, (0.7, np.array([1.0, 2.0, 3.0, 4.0])), order=order, against="tape")


def test_compiled_derivatives_of_structures_agree_with_the_tape():
    check_grads(weighted, (POINT,), against="tape")


def test_a_disagreement_names_the_worst_entry():
    def shown(x):
        return x * x

    @elementwise(shown, "x")
    def rule(ans, x):
        return 3 * x

    # The compiler takes the rule, which is wrong; the tape follows the body.
    def f(x):
        return np.sum(x * shown(x))

    try:
        with pytest.raises(GradientCheckError, match=r"args\[0\]\[1\].*tape gives.*worst"):
            check_grads(f, (np.array([1.0, 2.0]),), against="tape")
    finally:
        del registry._RULES[shown]


def test_what_the_tape_cannot_follow_is_refused():
    def doubled(x):
        y = x * 1.0
        y[0] = 0.0
        return np.sum(y)

    with pytest.raises(UnsupportedError):
        pulled_back(doubled, (np.ones(2),), 1.0)


def test_another_judge_is_an_error():
    with pytest.raises(ArgumentError, match="'differences' or 'tape'"):
        check_grads(polynomial, (0.7, np.ones(4)), against="autograd")


def test_arguments_without_numbers_get_none():
    assert pulled_back(lambda x, name, n: x * n if name == "a" else x, (2.0, "a", 3), 1.0) == [
        3.0,
        None,
        None,
    ]


def test_a_compiled_derivative_is_recorded():
    x0 = np.array([1.0, 2.0])
    slope = grad(lambda x: np.sum(np.sin(x) * x))
    with GradientTape() as tape:
        x = tape.watch(x0)
        y = np.sum(slope(x) * np.array([1.0, 10.0]))
    np.testing.assert_allclose(tape.gradient(y, x), [1.0, 10.0] * (2 * np.cos(x0) - x0 * np.sin(x0)))


def test_a_compiled_derivative_that_makes_plain_floats_is_refused():
    slope = grad(lambda x: math.sin(x) * x)
    with GradientTape() as tape:
        x = tape.watch(1.0)
        with pytest.raises(ArgumentError, match="Take the inner derivative by a tape too"):
            slope(x)


def test_the_error_about_missing_source_points_to_the_tape():
    namespace = {}
    exec("def f(x):\n    return x * x", namespace)
    with pytest.raises(NoSourceError, match="GradientTape"):
        grad(namespace["f"])(3.0)
    with GradientTape() as tape:
        x = tape.watch(3.0)
        y = namespace["f"](x)
    assert tape.gradient(y, x) == 6.0
