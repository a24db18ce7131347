"""The text of derivatives of means: numbers are scaled before they are broadcast, and nothing is divided by zero."""

from __future__ import annotations

import warnings

import numpy as np

from srcad import grad


def of_rows(x):
    return np.sum(np.mean(x, axis=1))


def of_squares(x):
    return np.mean((x - 1.0) ** 2)


def statements_of(derivative) -> list[str]:
    lines = [line.strip() for line in derivative.source.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def test_a_number_is_scaled_before_it_is_broadcast() -> None:
    derivative = grad(of_rows)
    np.testing.assert_allclose(derivative(np.ones((2, 3))), np.full((2, 3), 1 / 3))
    assert statements_of(derivative)[1:] == [
        "t8 = x.shape",
        "dx = np.broadcast_to(1.0 / max(t8[1], 1), t8)",
        "return rt.fitted(dx, x)",
    ]


def test_the_count_of_a_mean_stands_in_the_quotient() -> None:
    derivative = grad(of_squares)
    derivative(np.ones(3))
    assert statements_of(derivative)[1:] == ["t = x - 1.0", "dx = 2 * t / max((t ** 2).size, 1)", "return dx"]


def test_the_mean_of_nothing_has_a_gradient_without_entries() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert grad(of_rows)(np.zeros((3, 0))).shape == (3, 0)
        assert grad(of_squares)(np.zeros(0)).shape == (0,)
