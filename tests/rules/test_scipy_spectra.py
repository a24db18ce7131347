"""Spectra, filters of windows and bounded least squares of SciPy: values and derivatives of two orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import optimize, signal

from srcad import SrcadError, grad
from tests.rules.written import check_written

rng = np.random.default_rng(4)
LONG, OTHER, SHORT = rng.normal(size=23), rng.normal(size=20), rng.normal(size=9)
ROWS, IMAGE = rng.normal(size=(2, 12)), rng.normal(size=(4, 5))
MATRIX, RIGHT = rng.normal(size=(6, 4)), rng.normal(size=6)
BOUNDS = ([-0.05, -1.0, -np.inf, 0.01], 0.2)

PROGRAMS: dict[str, tuple[Callable[..., Any], Any]] = {
    "welch": (lambda x: signal.welch(x, 3.0, nperseg=8)[1], LONG),
    "welch by the rate": (lambda s: sum(map(np.sum, signal.welch(LONG, s, nperseg=8))), 2.0),
    "welch with options": (
        lambda x: signal.welch(
            x, window="boxcar", nperseg=5, noverlap=1, nfft=8, detrend="linear", scaling="spectrum"
        )[1],
        ROWS,
    ),
    "median": (lambda x: signal.welch(x, nperseg=4, average="median", axis=0)[1], ROWS.T),
    "two-sided": (lambda x: signal.welch(x, nperseg=4, return_onesided=False, detrend=False)[1], LONG),
    "complex": (lambda x: signal.welch(x + 1j * x**2, nperseg=4)[1], SHORT),
    "by the window": (lambda w: signal.welch(LONG, window=w)[1], SHORT),
    "periodogram": (lambda x: signal.periodogram(x, 2.0)[1], SHORT),
    "longer periodogram": (lambda x: signal.periodogram(x, window="hann", nfft=16, axis=0)[1], ROWS.T),
    "shorter periodogram": (lambda x: signal.periodogram(x, nfft=5, scaling="spectrum")[1], SHORT),
    "csd": (lambda x: signal.csd(x, OTHER, nperseg=6)[1], LONG),
    "median csd": (lambda x: signal.csd(LONG, x, nperseg=6, average="median")[1], OTHER),
    "coherence": (lambda x: signal.coherence(x, OTHER, nperseg=6)[1], LONG),
    "spectrogram": (lambda x: signal.spectrogram(x, nperseg=8)[2], LONG),
    "spectrogram along an axis": (lambda x: signal.spectrogram(x, nperseg=5, axis=0)[2], ROWS.T),
    "stft": (lambda x: signal.stft(x, nperseg=6)[2], LONG),
    "stft with options": (
        lambda x: signal.stft(x, nperseg=4, noverlap=1, boundary="even", padded=False, detrend="constant")[2],
        ROWS,
    ),
    "stft without a border": (
        lambda x: signal.stft(x, 2.0, nperseg=5, boundary=None, scaling="psd")[2],
        SHORT,
    ),
    "times and frequencies": (lambda s: sum(map(np.sum, signal.stft(LONG, s, nperseg=6)[:2])), 2.0),
    "medfilt": (signal.medfilt, SHORT),
    "medfilt of an image": (lambda x: signal.medfilt(x, [3, 1]), IMAGE),
    "medfilt2d": (signal.medfilt2d, IMAGE),
    "wiener": (lambda x: signal.wiener(x, 3), IMAGE),
    "wiener by the noise": (lambda s: signal.wiener(IMAGE, (3, 3), s), 0.3),
    "nnls": (lambda b: optimize.nnls(MATRIX, b)[0], RIGHT),
    "residual of nnls": (lambda a: optimize.nnls(a, RIGHT)[1], MATRIX),
    "nothing above 0": (lambda b: optimize.nnls(np.abs(MATRIX), -np.abs(b))[1], RIGHT),
    "lsq_linear": (lambda b: optimize.lsq_linear(MATRIX, b, BOUNDS, "bvls").x, RIGHT),
    "lsq_linear by the matrix": (lambda a: optimize.lsq_linear(a, RIGHT, BOUNDS, "bvls").cost, MATRIX),
    "lsq_linear by a bound": (lambda s: optimize.lsq_linear(MATRIX, RIGHT, (-s, s), "bvls").fun, 0.05),
    "lsq_linear without bounds": (lambda a: optimize.lsq_linear(a, RIGHT).x, MATRIX),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives_of_two_orders(name: str) -> None:
    check_written(*PROGRAMS[name])


def test_what_comes_close_to_a_bound_lies_on_it() -> None:
    by_interior = grad(lambda b: np.sum(optimize.lsq_linear(MATRIX, b, BOUNDS, "trf").x))(RIGHT)
    by_active_sets = grad(lambda b: np.sum(optimize.lsq_linear(MATRIX, b, BOUNDS, "bvls").x))(RIGHT)
    np.testing.assert_allclose(by_interior, by_active_sets, atol=1e-12)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(signal.welch(x, nperseg=4, detrend=np.sin)[1]),
        lambda x: np.sum(signal.spectrogram(x, nperseg=4, mode="magnitude")[2]),
        lambda x: np.sum(optimize.lsq_linear(np.eye(9), x).unbounded_sol[0]),
    ],
)
def test_what_has_no_derivative_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(SrcadError, match="no derivative rule"):
        grad(function)(SHORT)
