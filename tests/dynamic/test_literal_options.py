"""Late calls of functions with rules, whose options no rule takes: they have the derivatives of calls in the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import GradientTape, grad, jvp
from srcad.errors import SrcadError

X = np.array([[0.3, 1.2, 0.7, 2.1], [1.1, 0.4, 0.6, 0.9], [0.5, 1.7, 0.2, 1.3]])
F = np.asfortranarray(X)
MASK = np.array([[True, False, True, True], [False, True, True, True], [True, True, False, True]])

CALLS: list[tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
    ("the layout of a ufunc", np.sin, (), {"order": "F"}),
    ("the casting of a ufunc", np.hypot, (2.0,), {"casting": "unsafe"}),
    ("the dtype of a ufunc", np.exp, (), {"dtype": np.float64}),
    ("a condition that always holds", np.exp, (), {"where": True}),
    ("the dtype of a product", np.prod, (), {"axis": 1, "dtype": np.float64}),
    ("the dtype of a running product, by position", np.cumprod, (0, np.float64), {}),
    ("defaults by position", np.sum, (None, None, None, True), {}),
    ("a median that may overwrite, by position", np.median, (1, None, False, True), {}),
    ("freedoms without a correction", np.std, (), {"axis": 1, "ddof": 1}),
    ("freedoms and a condition", np.nanvar, (), {"axis": 1, "ddof": 1, "where": MASK}),
    ("the dtype of a covariance", np.cov, (), {"dtype": np.float64}),
    ("an option of one mode of padding", np.pad, (2,), {"mode": "mean", "stat_length": 2}),
    ("axes of a rotation", np.rot90, (), {"k": 1, "axes": (1, 0)}),
    ("a copy by name", np.nan_to_num, (), {"copy": True}),
    ("bounds by their new names", np.clip, (), {"min": 0.45, "max": 1.5}),
    ("a reduction of a ufunc", np.add.reduce, (), {"axis": 1}),
    ("a reduction that is a loop", np.hypot.reduce, (1,), {}),
    ("an outer operation", np.power.outer, (np.array([0.5, 2.0]),), {}),
    ("an order in memory", np.ravel, ("K",), {}),
    ("rows that are repeated", np.broadcast_to, ((2, 3, 4),), {}),
]
"""What is passed on after the array."""


@pytest.fixture(params=CALLS, ids=lambda call: call[0])
def call(request: pytest.FixtureRequest) -> Any:
    return request.param[1:]


def late_and_direct(call: Any) -> tuple[Any, Any, Any]:
    """Return a function of an array that finds another one when it runs, what that has to give, and weights."""
    function, args, options = call
    table = {"function": function}
    weights = np.random.default_rng(3).normal(size=np.shape(function(X, *args, **options)))

    def late(x: Any, table: Any) -> Any:
        return np.sum(weights * table["function"](x, *args, **options) ** 2)

    return late, table, lambda x: float(np.sum(weights * function(x, *args, **options) ** 2))


def numerical(function: Any, x: Any, direction: Any) -> Any:
    def at(h: float) -> Any:
        return function(x + h * direction)

    h = 1e-3
    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)


def test_gradients_in_all_modes(call: Any) -> None:
    late, table, direct = late_and_direct(call)
    direction, other = np.random.default_rng(1).normal(size=(2, *X.shape))
    expected = numerical(direct, X, direction)

    gradient = grad(late)(X, table)
    _, tangent = jvp(late, (X, table), (direction, None))
    curved = jvp(grad(late), (X, table), (direction, None))[1]

    np.testing.assert_allclose(np.sum(gradient * direction), expected, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(tangent, expected, rtol=1e-7, atol=1e-9)
    second = numerical(lambda x: np.sum(grad(late)(x, table) * other), X, direction)
    np.testing.assert_allclose(np.sum(curved * other), second, rtol=1e-6, atol=1e-7)


def test_the_tape_takes_the_options(call: Any) -> None:
    function, args, options = call
    late, table, _ = late_and_direct(call)

    with GradientTape() as tape:
        x = tape.watch(X)
        value = late(x, table)

    expected = grad(late)(X, table)
    found = tape.gradient(value, x) if hasattr(value, "value") else np.zeros_like(X)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_an_order_is_that_of_the_array_and_not_of_its_tangent() -> None:
    weights = np.arange(12.0)

    def flattened(x: Any) -> Any:
        return np.sum(weights * np.ravel(x, order="A") ** 2) + np.sum(weights * x.flatten("A"))

    direction = np.random.default_rng(1).normal(size=X.shape)
    expected = numerical(lambda x: flattened(np.asfortranarray(x)), F, direction)

    _, tangent = jvp(flattened, (F,), (direction,))

    np.testing.assert_allclose(tangent, expected, rtol=1e-8)
    np.testing.assert_allclose(np.sum(grad(flattened)(F) * direction), expected, rtol=1e-8)


def test_functions_without_a_derivative_take_their_options_late() -> None:
    table = {"floor": np.floor, "argsort": np.argsort}

    def steps(x: Any, table: Any) -> Any:
        places = table["argsort"](x, axis=0)
        return np.sum(X * table["floor"](x, order="C")) + np.sum(np.take_along_axis(x, places, 0) ** 2)

    np.testing.assert_allclose(grad(steps)(X, table), 2 * X)
    curved = jvp(grad(steps), (X, table), (np.ones_like(X), None))[1]
    np.testing.assert_allclose(curved, 2 * np.ones_like(X))


def test_a_refused_option_keeps_its_reason() -> None:
    def absolute(x: Any, table: Any) -> Any:
        return np.sum(table["absolute"](x, dtype=np.float64))

    with pytest.raises(SrcadError, match="The argument 'dtype' of np.absolute is not differentiated"):
        grad(absolute)(X, {"absolute": np.absolute})
