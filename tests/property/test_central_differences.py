"""The yardstick of the random programs: central differences that refuse where they would mislead."""

from __future__ import annotations

import numpy as np
import pytest

from tests.property.central_differences import central_difference


@pytest.mark.parametrize("rate", [1.0, 40.0, 2000.0])
def test_a_steep_function_has_its_derivative(rate: float) -> None:
    slope = central_difference(lambda offset: (np.sin(rate * offset + 1.0), ()))
    assert slope == pytest.approx(rate * np.cos(1.0), rel=2e-6)


def test_a_kink_seen_by_a_condition_has_none() -> None:
    assert central_difference(lambda offset: (abs(offset), offset > 0)) is None


def test_a_condition_that_flips_further_away_does_not_matter() -> None:
    slope = central_difference(lambda offset: (3.0 * offset if offset < 1e-4 else 0.0, offset < 1e-4))
    assert slope == pytest.approx(3.0)


def test_noise_has_none() -> None:
    rng = np.random.default_rng(0)
    assert central_difference(lambda offset: (1e-3 * rng.standard_normal(), ())) is None


def test_a_pole_has_none() -> None:
    assert central_difference(lambda offset: (np.inf, ())) is None
