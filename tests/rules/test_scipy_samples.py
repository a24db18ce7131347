"""Statistics, distances and matrices of SciPy that are written out: values and derivatives of two orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import scipy.stats
from scipy.spatial import distance

from srcad import SrcadError, grad, jvp
from tests.rules.written import check_written

rng = np.random.default_rng(8)
X, Y = rng.uniform(0.3, 0.9, size=(2, 5))
TABLE = rng.uniform(0.3, 0.9, size=(3, 4))
M = rng.normal(size=(3, 3)) + 3 * np.eye(3)
N = rng.normal(size=(3, 3))

PROGRAMS: dict[str, tuple[Callable[..., Any], Any]] = {
    "entropy": (lambda x: scipy.stats.entropy(x, axis=1, base=2, keepdims=True), TABLE),
    "relative entropy": (lambda x: scipy.stats.entropy(x, Y), X),
    "wasserstein_distance": (lambda x: scipy.stats.wasserstein_distance(x, Y[:3]), X),
    "energy_distance": (lambda x: scipy.stats.energy_distance(x, Y[:3]), X),
    "pearsonr": (lambda x: scipy.stats.pearsonr(x, Y).statistic, X),
    "the probability of pearsonr": (lambda x: scipy.stats.pearsonr(x, Y)[1], X),
    "linregress": (lambda x: np.array(scipy.stats.linregress(x, Y)), X),
    "zmap": (lambda x: scipy.stats.zmap(Y, x, ddof=1), X),
    "pmean": (lambda p: scipy.stats.pmean(X, p, weights=Y), 1.7),
    "trim_mean": (lambda x: scipy.stats.trim_mean(x, 0.3, axis=1) ** 2, TABLE),
    "moment": (lambda x: scipy.stats.moment(x, [2, 3], axis=1), TABLE),
    "moment around a center": (lambda c: scipy.stats.moment(X, 3, center=c), 0.3),
    "variation": (lambda x: scipy.stats.variation(x, ddof=1), TABLE),
    "gstd": (lambda x: scipy.stats.gstd(x), X),
    "iqr": (lambda x: scipy.stats.iqr(x, axis=1, rng=(20, 60), scale="normal") ** 2, TABLE),
    "median_abs_deviation": (lambda x: scipy.stats.median_abs_deviation(x, scale="normal") ** 2, X),
    "boxcox": (lambda c: scipy.stats.boxcox(X, c), 0.4),
    "boxcox_llf": (lambda c: scipy.stats.boxcox_llf(c, X), 0.4),
    "ttest_1samp": (lambda x: scipy.stats.ttest_1samp(x, 0.1).pvalue, X),
    "ttest_rel": (lambda x: scipy.stats.ttest_rel(x, Y).statistic, X),
    "ttest_ind": (lambda x: scipy.stats.ttest_ind(x, Y[1:]).pvalue, X),
    "ttest_ind of other variances": (
        lambda x: scipy.stats.ttest_ind(Y, x, equal_var=False, keepdims=True).statistic,
        X,
    ),
    "euclidean": (lambda x: distance.euclidean(x, Y, w=X), X + 0.1),
    "sqeuclidean": (lambda x: distance.sqeuclidean(x, Y), X),
    "cityblock": (lambda x: distance.cityblock(x, Y) ** 2, X),
    "chebyshev": (lambda x: distance.chebyshev(x, Y) ** 2, X),
    "minkowski": (lambda x: distance.minkowski(x, Y, 3), X),
    "seuclidean": (lambda v: distance.seuclidean(X, Y, v), Y),
    "mahalanobis": (lambda x: distance.mahalanobis(x, N[0], M @ M.T), N[1]),
    "correlation": (lambda x: distance.correlation(x, Y, w=np.arange(5.0)), X),
    "cosine": (lambda x: distance.cosine(x, Y), X),
    "braycurtis": (lambda x: distance.braycurtis(x, Y), X),
    "canberra": (lambda x: distance.canberra(x, Y), X),
    "canberra of points": (lambda x: distance.pdist(x, "canberra"), TABLE),
    "jensenshannon": (lambda x: distance.jensenshannon(x, TABLE[::-1] ** 2, 2.0, axis=1), TABLE),
    "polar": (lambda a: np.stack(scipy.linalg.polar(a)), M),
    "polar from the left": (lambda a: scipy.linalg.polar(a, "left")[1], M),
    "orthogonal_procrustes": (lambda a: scipy.linalg.orthogonal_procrustes(a, N)[0], M),
    "orth": (lambda a: scipy.linalg.orth(a) @ scipy.linalg.orth(a).T, TABLE.T),
    "expm_frechet": (lambda a: np.stack(scipy.linalg.expm_frechet(a / 3.0, N)), M),
    "fiedler": (lambda x: scipy.linalg.fiedler(x) ** 2, X),
    "leslie": (lambda x: scipy.linalg.leslie(x, x[1:] ** 2) ** 2, X),
    "eigvalsh_tridiagonal": (lambda e: scipy.linalg.eigvalsh_tridiagonal(X, e), Y[1:]),
    "eigh_tridiagonal": (lambda d: scipy.linalg.eigh_tridiagonal(d, Y[1:])[1] ** 2, np.arange(5.0)),
    "solve_circulant": (lambda c: scipy.linalg.solve_circulant(c, N, outaxis=-1), np.array([3.0, 0.4, -0.2])),
    "moments of a distribution": (
        lambda m: scipy.stats.norm(m, scale=m * m).mean() * scipy.stats.norm(0.0, m).std(),
        0.7,
    ),
    "variance and entropy of a distribution": (
        lambda a: scipy.stats.gamma(a, scale=0.7).var() * scipy.stats.gamma(a).entropy(),
        1.7,
    ),
    "median of gamma": (lambda a: scipy.stats.gamma(a, scale=0.7).median(), X + 1.0),
    "median of chi2": (lambda a: scipy.stats.chi2.median(a, 0.2), X + 1.0),
    "median of beta": (lambda b: scipy.stats.beta(1.7, b).median(), X + 1.0),
    "median of weibull_min": (lambda c: scipy.stats.weibull_min.median(c, scale=X), X + 1.0),
    "fixed_quad": (lambda c: scipy.integrate.fixed_quad(lambda t: np.sin(c * t), 0.0, c, n=4)[0], 0.7),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives_of_two_orders(name: str) -> None:
    check_written(*PROGRAMS[name])


def test_double_integrals() -> None:
    def moment(c: float) -> float:
        return scipy.integrate.dblquad(
            lambda y, x, k: k * x * y, 0.0, c, lambda x: x, c, args=(c,), epsrel=1e-9
        )[0]

    assert np.allclose(grad(moment)(0.7), 5 * 0.7**4 / 8, rtol=1e-12)  # of c**5 / 8
    value, along = jvp(moment, (0.7,), (2.0,))
    assert value == moment(0.7) and np.allclose(along, 5 * 0.7**4 / 4, rtol=1e-12)


def test_a_probability_of_0_leaves_the_gradient_by_the_others_finite() -> None:
    with np.errstate(divide="ignore"):
        gradient = grad(lambda p: scipy.stats.entropy(p))(np.array([0.5, 0.0, 1.5]))
    np.testing.assert_allclose(gradient, np.array([-np.log(0.25), np.inf, -np.log(0.75)]) / 2.0 - np.array(
        [1.0, 0.0, 1.0]) * scipy.stats.entropy([0.25, 0.75]) / 2.0)  # fmt: skip


@pytest.mark.parametrize(
    "function",
    [
        lambda x: scipy.stats.entropy(x, nan_policy="omit"),
        lambda x: scipy.stats.pearsonr(x, Y, alternative="less")[1],
        lambda x: scipy.stats.energy_distance(x, Y, Y, Y),
        lambda x: np.sum(scipy.stats.boxcox(x)[0]),
        lambda x: scipy.stats.poisson(x).entropy()[0],
        lambda x: np.sum(scipy.stats.norm.stats(x)[0]),
        lambda x: scipy.integrate.tplquad(lambda z, y, x: z, 0.0, x[0], 0.0, 1.0, 0.0, 1.0)[0],
        lambda x: np.sum(scipy.linalg.eigvalsh_tridiagonal(x, Y[1:], select="i", select_range=(0, 1))),
    ],
)
def test_options_that_are_not_covered_are_refused_with_the_line(function: Callable[..., Any]) -> None:
    with pytest.raises(SrcadError) as caught:
        grad(function)(X)
    assert "scipy." in caught.value.location.text
