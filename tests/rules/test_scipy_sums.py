"""Integrals of vectors and running integrals by SciPy: values and derivatives of two orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import cumulative_simpson, quad_vec

from srcad import SrcadError, check_grads, grad
from tests.rules.written import check_written

RATES = np.array([0.4, 1.3])
SAMPLES = np.array([0.3, -0.8, 1.1, 0.6, 0.2])
ROWS = np.array([[0.3, 0.5, 0.2, 0.9], [1.0, -0.4, 0.3, 0.7]])
PLACES = np.array([0.0, 0.4, 1.0, 1.3])

PROGRAMS: dict[str, tuple[Callable[..., Any], Any]] = {
    "running": (cumulative_simpson, SAMPLES),
    "running by places": (lambda x: cumulative_simpson(ROWS, x=x, initial=0.5), PLACES),
    "running along an axis": (lambda y: cumulative_simpson(y, dx=0.3, axis=0), ROWS.T),
    "running by the step": (lambda h: cumulative_simpson(SAMPLES[:2], dx=h), 0.4),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives_of_two_orders(name: str) -> None:
    check_written(*PROGRAMS[name])


def of_a_vector(rates):
    return quad_vec(lambda t: np.exp(-t * rates), 0.2, 0.9)[0]


def test_an_integral_of_a_vector() -> None:
    check_written(of_a_vector, RATES)


@pytest.mark.parametrize(("low", "high"), [(0.3, np.inf), (-np.inf, 0.8), (-np.inf, np.inf), (np.inf, 0.3)])
def test_integrals_without_a_limit(low: float, high: float) -> None:
    def program(s):
        ends = [end * s if np.isfinite(end) else end for end in (low, high)]
        value, _ = quad_vec(lambda t, k: np.array([np.exp(-s * t * t), k / (1.0 + t**4)]), *ends, args=(s,))
        return value

    np.testing.assert_allclose(
        grad(lambda s: np.sum(program(s)))(0.7), np.sum(program(0.70001) - program(0.69999)) / 2e-5, rtol=1e-6
    )
    check_grads(program, (0.7,), modes="forward")


def test_options_that_are_not_covered_are_refused() -> None:
    with pytest.raises(SrcadError, match="no derivative rule"):
        grad(lambda s: quad_vec(lambda t: np.exp(-s * t), 0.0, 1.0, points=[0.5])[0])(0.7)
