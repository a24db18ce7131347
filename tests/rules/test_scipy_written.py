"""Functions of SciPy that are written out: the value is SciPy's, and so are derivatives of the second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import scipy.ndimage
import scipy.signal
import scipy.spatial.distance
import scipy.stats

from srcad import SrcadError, grad, jvp
from tests.rules.written import check_written

rng = np.random.default_rng(3)
IMAGE = rng.normal(size=(4, 5))
SAMPLES = rng.uniform(0.5, 2.0, size=(5, 3))
SECTIONS = np.array([[1.0, 0.4, 0.1, 1.0, -0.2, 0.1], [0.7, -0.3, 0.2, 1.0, 0.3, -0.1]])

PROGRAMS: dict[str, tuple[Callable[..., Any], Any]] = {
    "uniform_filter": (lambda x: scipy.ndimage.uniform_filter(x**2, 3, mode="nearest"), IMAGE),
    "uniform_filter1d": (lambda x: scipy.ndimage.uniform_filter1d(x**2, 4, axis=0, mode="wrap"), IMAGE),
    "sobel": (lambda x: np.hypot(scipy.ndimage.sobel(x, 0), scipy.ndimage.sobel(x, 1)), IMAGE),
    "prewitt": (lambda x: scipy.ndimage.prewitt(np.sin(x)), IMAGE),
    "laplace": (lambda x: scipy.ndimage.laplace(x, mode="mirror") * x, IMAGE),
    "simpson of an even number": (
        lambda x: scipy.integrate.simpson(x**3, x=np.cumsum(x, axis=0), axis=0),
        SAMPLES[:4],
    ),
    "simpson of an odd number": (lambda x: scipy.integrate.simpson(x**3, dx=0.1, axis=0), SAMPLES),
    "romb": (lambda x: scipy.integrate.romb(x**3, dx=0.5, axis=0), SAMPLES),
    "sosfilt": (lambda x: scipy.signal.sosfilt(SECTIONS, x**2, axis=0), SAMPLES),
    "detrend": (lambda x: scipy.signal.detrend(x**2, axis=0, bp=[2]), SAMPLES),
    "the envelope of a signal": (lambda x: np.abs(scipy.signal.hilbert(x, axis=0)), IMAGE),
    "rq": (lambda x: np.concatenate(scipy.linalg.rq(x, mode="economic"), axis=1) ** 3, IMAGE),
    "rq of a square matrix": (lambda x: np.stack(scipy.linalg.rq(x)) ** 3, IMAGE[:, :4]),
    "upper factor of rq": (lambda x: scipy.linalg.rq(x, mode="r") ** 3, IMAGE[:, :4]),
    "zscore": (lambda x: scipy.stats.zscore(x, axis=1, ddof=1), SAMPLES),
    "gmean": (lambda x: scipy.stats.gmean(x, axis=1, weights=[1.0, 2.0, 0.5]), SAMPLES),
    "hmean": (lambda x: scipy.stats.hmean(x), SAMPLES),
    "sem": (lambda x: scipy.stats.sem(x, axis=None), SAMPLES),
    "skew": (lambda x: scipy.stats.skew(x, bias=False), SAMPLES),
    "kurtosis": (lambda x: scipy.stats.kurtosis(x, axis=0, bias=False), SAMPLES),
    "cdist": (lambda x: scipy.spatial.distance.cdist(x, x[1:] ** 2, "sqeuclidean"), SAMPLES),
    "pdist": (lambda x: np.exp(-scipy.spatial.distance.squareform(scipy.spatial.distance.pdist(x))), SAMPLES),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives_of_two_orders(name: str) -> None:
    check_written(*PROGRAMS[name])


def test_points_that_coincide_have_a_gradient() -> None:
    def energy(x: Any) -> Any:
        return np.sum(scipy.spatial.distance.cdist(x, x))

    assert np.all(np.isfinite(grad(energy)(SAMPLES)))


def test_a_metric_without_a_formula_is_refused_with_the_line() -> None:
    def energy(x: Any) -> Any:
        return np.sum(scipy.spatial.distance.pdist(x, "dice"))

    with pytest.raises(SrcadError) as caught:
        grad(energy)(SAMPLES)
    assert "dice" in caught.value.location.text


@pytest.mark.parametrize("precision", [np.float32, np.float64, np.complex64])
@pytest.mark.parametrize(
    "function",
    [
        scipy.linalg.lu,
        lambda a: scipy.linalg.lu(a, permute_l=True),
        lambda a: scipy.linalg.rq(a),
        lambda a: scipy.linalg.expm_frechet(a, a.T),
    ],
)
def test_results_are_as_precise_as_those_of_scipy(function: Callable[..., Any], precision: Any) -> None:
    matrix = IMAGE[:, :4].astype(precision)
    for found, tangent, expected in zip(*jvp(function, (matrix,), (matrix,)), function(matrix), strict=True):
        assert found.dtype == tangent.dtype == expected.dtype
