"""Filters and other rates of ``scipy.signal``: the value is SciPy's, and so are derivatives of two orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.signal as signal

from srcad import SrcadError, check_grads, grad
from tests.rules.written import check_written

rng = np.random.default_rng(6)
B, A = np.array([0.4, 0.3, 0.1]), np.array([1.3, -0.4, 0.2])
X = rng.normal(size=9)
IMAGE = rng.normal(size=(4, 5))
SECTIONS = np.array([[1.0, 0.4, 0.1, 1.0, -0.2, 0.1], [0.7, -0.3, 0.2, 1.0, 0.3, -0.1]])

PROGRAMS: dict[str, tuple[Callable[..., Any], Any]] = {
    "lfilter from a state": (lambda x: np.concatenate(signal.lfilter(B, A, x**2, zi=x[:2])), X),
    "lfilter by its coefficients": (lambda a: np.concatenate(signal.lfilter(B[:2], a, X, zi=X[:2])), A),
    "lfilter along an axis": (lambda x: signal.lfilter(B, A, x, axis=0, zi=x[:2])[0], IMAGE),
    "lfilter that has no state": (lambda x: signal.lfilter(B[:1], A[:1], x**2, zi=np.zeros(0))[0], X),
    "lfilter_zi": (lambda b: signal.lfilter_zi(b, A), B),
    "sosfilt from states": (lambda x: signal.sosfilt(SECTIONS, x, zi=np.reshape(x[:4], (2, 2)))[0], X),
    "the last states of sosfilt": (lambda x: signal.sosfilt(SECTIONS, x, zi=np.zeros((2, 2)))[1], X),
    "filtfilt": (lambda x: signal.filtfilt(B, A, x, padlen=4), X),
    "filtfilt of an even extension": (lambda x: signal.filtfilt(B, A, x, 1, "even", padlen=3), IMAGE),
    "filtfilt of a constant extension": (lambda x: signal.filtfilt(B, A, x, 0, "constant", padlen=3), IMAGE),
    "filtfilt without extension": (lambda x: signal.filtfilt(B, A, x, padtype=None), X),
    "sosfiltfilt": (lambda x: signal.sosfiltfilt(SECTIONS, x, padlen=3), X),
    "a filter that is designed there": (lambda x: signal.sosfilt(signal.butter(4, 0.3, output="sos"), x), X),
    "savgol_filter": (lambda x: signal.savgol_filter(x**2, 5, 2), X),
    "the slope by savgol_filter": (lambda x: signal.savgol_filter(x, 3, 2, 1, delta=0.1, axis=0), IMAGE),
    "savgol_filter with a border": (lambda x: signal.savgol_filter(x**2, 5, 2, mode="nearest"), X),
    "savgol_filter by its spacing": (lambda h: signal.savgol_filter(X, 5, 2, 1, delta=h), 0.3),
    "resample to more": (lambda x: signal.resample(x, 12), X),
    "resample to an even number": (lambda x: signal.resample(x, 4, axis=1) ** 2, IMAGE),
    "resample by a window": (lambda x: signal.resample(x, 3, t=np.arange(9.0), window="hann")[0], X),
    "resample complex numbers": (lambda x: signal.resample(x * (1 + 2j), 6, axis=1), IMAGE),
    "resample to fewer complex numbers": (lambda x: signal.resample(x * (1 + 2j), 2), IMAGE),
    "resample_poly": (lambda x: signal.resample_poly(x**2, 3, 2), X),
    "resample_poly around the mean": (lambda x: signal.resample_poly(x, 2, 1, axis=1, padtype="mean"), IMAGE),
    "upfirdn": (lambda h: signal.upfirdn(h, X, 3, 2), B),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives_of_two_orders(name: str) -> None:
    check_written(*PROGRAMS[name])


def test_a_filter_that_is_designed_inside_is_a_constant() -> None:
    def designed(x: Any) -> Any:
        b, a = signal.butter(2, 0.3)
        return np.sum(signal.filtfilt(b, a, x, padlen=4) ** 2)

    check_grads(designed, (X,), order=2)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(signal.filtfilt(B, A, x, method="gust")),
        lambda x: np.sum(signal.upfirdn(B, x, mode="wrap")),
        lambda x: np.sum(signal.resample_poly(x, 3, 2, padtype="line")),
        lambda x: np.sum(signal.butter(2, x[0])[0]),
    ],
)
def test_what_is_not_covered_is_refused_with_the_line(function: Callable[..., Any]) -> None:
    with pytest.raises(SrcadError) as caught:
        grad(function)(np.full(9, 0.3))
    assert "signal." in caught.value.location.text
