"""Interpolation on rectangular grids by SciPy: the value is SciPy's, and so are derivatives of two orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator, interpn

from srcad import SrcadError, grad
from tests.rules.written import check_written

rng = np.random.default_rng(9)
VALUES = rng.normal(size=(3, 4))
VECTORS = rng.normal(size=(3, 4, 2))
ROWS, COLUMNS = np.array([0.0, 1.0, 2.5]), np.array([-1.0, 0.0, 0.5, 2.0])
GRID = (ROWS, COLUMNS)
PLACES = np.array([[0.3, 1.2], [1.4, -0.3], [2.2, 0.1]])
BEYOND = PLACES + np.array([1.0, 0.0])

PROGRAMS: dict[str, tuple[Callable[..., Any], Any]] = {
    "by values": (lambda v: RegularGridInterpolator(GRID, v)(PLACES) ** 2, VALUES),
    "by places": (lambda p: RegularGridInterpolator(GRID, VALUES)(p) ** 2, PLACES),
    "by the grid": (lambda r: RegularGridInterpolator((r, COLUMNS), VALUES)(PLACES), ROWS + 0.1),
    "of vectors": (lambda p: RegularGridInterpolator(GRID, VECTORS)(p), PLACES),
    "at one place": (lambda p: RegularGridInterpolator(GRID, VALUES)(p) ** 2, PLACES[0]),
    "at a pair": (lambda a: RegularGridInterpolator(GRID, VALUES)((a, 0.3)) ** 2, 0.6),
    "filled beyond": (
        lambda p: RegularGridInterpolator(GRID, VECTORS, bounds_error=False, fill_value=0.5)(p),
        BEYOND,
    ),
    "extrapolated": (
        lambda p: RegularGridInterpolator(GRID, VALUES, bounds_error=False, fill_value=None)(p),
        BEYOND,
    ),
    "nearest": (lambda v: RegularGridInterpolator(GRID, v, method="nearest")(PLACES) ** 2, VALUES),
    "interpn": (lambda p: interpn(GRID, VALUES, p) ** 2, PLACES),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives_of_two_orders(name: str) -> None:
    check_written(*PROGRAMS[name])


def test_places_beyond_raise_as_they_do() -> None:
    with pytest.raises(ValueError, match="out of bounds"):
        grad(lambda p: np.sum(interpn(GRID, VALUES, p)))(BEYOND)


@pytest.mark.parametrize(
    "function",
    [
        lambda v: np.sum(interpn(GRID, v, PLACES, method="pchip")),
        lambda v: np.sum(RegularGridInterpolator((ROWS[::-1], COLUMNS), v)(PLACES)),
    ],
)
def test_other_methods_and_grids_are_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(SrcadError, match="no derivative rule"):
        grad(function)(VALUES)
