"""Arrays of integers are differentiated by as floats are, to both orders: abs, methods, views, lists, memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import grad, jvp, vjp

COUNTS = np.array([[1, -2, 3, 1], [2, 5, -1, 4], [3, 1, 2, -2]])
PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "abs": lambda n: np.sum(abs(n) ** 2),
    "a row of abs": lambda n: abs(n)[0].prod(),
    "squeeze": lambda n: n.squeeze()[1].prod(),
    "flat": lambda n: n.flat[3] * n.sum(),
    "tolist": lambda n: n.tolist()[1][2] * n.sum(),
    "compress": lambda n: n.compress([1, 0, 1], axis=0)[1].prod(),
    "concatenate": lambda n: np.concatenate([n, n])[0].prod(),
    "stack": lambda n: np.stack([n, n])[0, 0].prod(),
    "array": lambda n: np.array([n, n])[0, 1].prod(),
    "a copy that is changed": lambda n: filled(n),
}


def filled(n: Any) -> Any:
    y = n * 1.0
    y[0] *= y[1]
    return np.sum(y**2)


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_integers_have_the_derivatives_of_floats(program: Callable[[Any], Any]) -> None:
    floats, direction = COUNTS.astype(float), np.sin(1.0 + np.arange(12.0)).reshape(3, 4)
    gradient = grad(program)(COUNTS)
    assert gradient.dtype == np.float64
    np.testing.assert_array_equal(gradient, grad(program)(floats))
    expected = vjp(grad(program), floats)[1](direction)[0]
    assert np.any(expected)
    np.testing.assert_allclose(vjp(grad(program), COUNTS)[1](direction)[0], expected, rtol=1e-12)
    np.testing.assert_allclose(jvp(grad(program), (COUNTS,), (direction,))[1], expected, rtol=1e-12)
    twice = grad(lambda n: np.sum(grad(program)(n) * direction))
    np.testing.assert_allclose(twice(COUNTS), expected, rtol=1e-12)


def test_a_bessel_function_has_a_derivative_beside_nan() -> None:
    gradient = grad(lambda x: np.i0(x)[0] * 2.0)(np.array([0.5, np.nan]))
    np.testing.assert_allclose(gradient[0], 2 * 0.2578943053908963, rtol=1e-12)
