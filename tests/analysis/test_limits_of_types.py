"""The limits of a number type are numbers when compiling."""

from __future__ import annotations

import sys

import numpy as np

from srcad import grad


def smoothed(x: float) -> float:
    return np.log(x + np.finfo(float).eps) + x * sys.float_info.min + np.finfo(np.float32).eps * x


def of_the_type_of_an_array(x: np.ndarray) -> float:
    return np.sum(x / (x + np.finfo(x.dtype).eps))


def test_they_leave_code_plain() -> None:
    for function, at in ((smoothed, 2.0), (of_the_type_of_an_array, np.ones(2))):
        derivative = grad(function)  # type: ignore[arg-type]
        derivative(at)
        assert "rt.call" not in derivative.source


def test_the_gradient_of_single_numbers_stays_single() -> None:
    x = np.array([1.0, 2.0], np.float32)
    assert grad(of_the_type_of_an_array)(x).dtype == np.float32
