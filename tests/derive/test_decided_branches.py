"""Branches of a called function that its arguments decide, when they are texts, truths or None."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad import grad


def smoothed(x: Any, mode: str = "plain", weights: Any = None) -> Any:
    if weights is None:
        weights = np.ones(3)
    if mode == "plain":
        return x * weights
    if mode != "twice":
        raise ValueError(mode)
    return 2.0 * x * weights


def test_they_are_decided_when_compiling() -> None:
    def plain(x: Any) -> Any:
        return np.sum(smoothed(x) ** 2)

    def twice(x: Any) -> Any:
        return np.sum(smoothed(x, "twice", x) ** 2)

    x = np.array([1.0, 2.0, 3.0])
    derivative = grad(plain)
    np.testing.assert_allclose(derivative(x), 2.0 * x)
    np.testing.assert_allclose(grad(twice)(x), 16.0 * x**3)
    assert "if " not in derivative.source


def counted(x: Any, missing: Any = None) -> Any:
    total = 0.0
    for _ in range(2):
        if missing is None:
            total = total + np.sum(x**2)
        missing = 1.0
    return total


def test_not_where_the_parameter_is_bound_again() -> None:
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(grad(counted)(x), 2.0 * x)
    np.testing.assert_allclose(grad(lambda x: counted(x))(x), 2.0 * x)
