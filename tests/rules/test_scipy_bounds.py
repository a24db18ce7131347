"""Minima of ``scipy.optimize`` under bounds: what lies on a bound stays there, what is free moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, minimize, minimize_scalar

from srcad import check_grads, grad, jvp
from srcad.errors import NoDerivativeError

START = np.array([0.5, 0.5])
SMALL = {"gtol": 1e-13, "ftol": 1e-16}


def energy(x: Any, a: Any) -> Any:
    return np.sum((x - a) ** 4 + (x - a) ** 2) + 0.3 * a[0] * x[0] * x[1]


def slope(x: Any, a: Any) -> Any:
    return 4.0 * (x - a) ** 3 + 2.0 * (x - a) + 0.3 * a[0] * x[::-1]


def found(a: Any, bounds: Any = ((0.0, 1.0), (0.0, None)), method: Any = None) -> Any:
    return minimize(energy, START, args=(a,), bounds=bounds, method=method, jac=slope, options=SMALL)


@pytest.mark.parametrize("place", [[0.4, 0.7], [0.4, -0.7], [1.7, 0.3], [1.7, -0.3]])
def test_the_place_and_the_value_of_a_minimum(place: list[float]) -> None:
    check_grads(lambda a: np.sum(found(a).x ** 2) + found(a).fun, (np.array(place),), order=2)


def test_what_lies_on_a_bound_does_not_move() -> None:
    a = np.array([1.7, 0.3])
    assert np.array_equal(grad(lambda a: found(a, Bounds(0.0, 1.0)).x[0])(a), [0.0, 0.0])
    assert np.array_equal(jvp(lambda a: found(a, method="TNC").x[0], (a,), (a,))[1], 0.0)


def test_a_number_between_bounds() -> None:
    def place(a: float) -> float:
        options = {"xatol": 1e-12}
        return minimize_scalar(
            lambda x: (x - a) ** 2 + a * x, bounds=(0.0, 3.0), method="bounded", options=options
        ).x

    assert np.isclose(grad(place)(2.0), 0.5, rtol=1e-6)
    assert np.isclose(jvp(place, (2.0,), (3.0,))[1], 1.5, rtol=1e-6)
    with pytest.raises(NoDerivativeError, match="lies on a bound"):
        grad(place)(-2.0)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda a: found(a, [(0.0, a[0]), (0.0, 1.0)]).x[0], "'bounds'"),
        (
            lambda a: minimize(energy, START, args=(a,), bounds=[(0, 1)] * 2, method="trust-constr").x[0],
            "close to a",
        ),
    ],
)
def test_bounds_that_move_and_other_methods_are_refused(function: Callable[..., Any], reason: str) -> None:
    with pytest.raises(NoDerivativeError, match=reason) as caught:
        grad(function)(np.array([1.7, 0.3]))
    assert "a" in caught.value.location.text
