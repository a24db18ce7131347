"""The points at which the rules of ``scipy.stats`` are checked."""

from __future__ import annotations

import numpy as np
import scipy.stats as stats

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []
sample = collector(SAMPLES)

_rng = np.random.default_rng(29)


def positive(*shape: int) -> np.ndarray:
    """Return numbers between 0.3 and 0.9."""
    return _rng.uniform(0.3, 0.9, shape)


def real(*shape: int) -> np.ndarray:
    """Return numbers of both signs away from zero."""
    return _rng.uniform(0.4, 1.6, shape) * np.where(_rng.random(shape) < 0.5, -1.0, 1.0)


OF_VALUES = ("logpdf", "pdf", "cdf", "sf", "logcdf", "logsf")
OF_LEVELS = ("ppf", "isf")
levels = np.array([0.15, 0.3, 0.7])

# -- location and scale ------------------------------------------------------------------------------

for distribution in (stats.norm, stats.cauchy, stats.laplace, stats.logistic, stats.gumbel_r):
    for name in OF_VALUES:
        method = getattr(distribution, name)
        sample(method, real(3))
        sample(method, 2 + positive(3, 2), real(2), positive(3, 1))
        sample(method, 0.7, loc=0.3, scale=1.4)
for distribution in (stats.expon, stats.uniform, stats.halfnorm, stats.rayleigh):
    for name in OF_VALUES:
        method = getattr(distribution, name)
        sample(method, positive(3))
        sample(method, 1 + positive(3, 2), positive(2), 2 + positive(3, 1))
    for name in ("pdf", "cdf"):
        sample(getattr(distribution, name), -positive(2))
for distribution in (stats.norm, stats.cauchy, stats.laplace, stats.logistic, stats.gumbel_r, stats.expon,
                     stats.uniform, stats.halfnorm, stats.rayleigh):  # fmt: skip
    for name in OF_LEVELS:
        sample(getattr(distribution, name), levels, real(3), positive(3))

# -- parameters of shape -----------------------------------------------------------------------------

for distribution in (stats.gamma, stats.chi2, stats.lognorm, stats.weibull_min, stats.t):
    for name in OF_VALUES:
        sample(getattr(distribution, name), 0.6 + positive(3), 1.5 + positive(3))
        sample(getattr(distribution, name), 1 + positive(3, 2), 1.7, positive(2), positive(3, 1))
    for name in OF_LEVELS:
        sample(getattr(distribution, name), levels, 1.5 + positive(3), real(3), positive(3))
for name in OF_VALUES:
    sample(getattr(stats.pareto, name), 2 + positive(3), 1.5 + positive(3), 0.1, positive(3))
    sample(getattr(stats.beta, name), positive(3), 1.5 + positive(3), 2.5, -0.1, 1 + positive(3))
for name in OF_LEVELS:
    sample(getattr(stats.pareto, name), levels, 1.5 + positive(3), real(3), positive(3))
    sample(getattr(stats.beta, name), levels, 1.0, 2.0, real(3), positive(3))
for distribution in (stats.gamma, stats.chi2, stats.lognorm, stats.weibull_min, stats.pareto):
    for name in ("pdf", "cdf"):
        sample(getattr(distribution, name), np.array([-0.4, 1.6]), 1.7)

for name in OF_VALUES:
    sample(getattr(stats.f, name), 0.6 + positive(3), 2.5 + positive(3), 3 + positive(3))
    sample(getattr(stats.f, name), 1 + positive(3, 2), 2.2, 3 + positive(2), 0.2, 1 + positive(3, 1))
for name in OF_LEVELS:
    sample(getattr(stats.f, name), levels, 2.5 + positive(3), 3.0, real(3), positive(3))
for name in ("logpdf", "pdf", "cdf", "sf"):
    sample(getattr(stats.skewnorm, name), real(3), 3 * real(3))
    sample(getattr(stats.skewnorm, name), real(3, 2), 0.7, real(2), 1 + positive(3, 1))
    sample(getattr(stats.truncnorm, name), positive(3), -positive(3), 1 + positive(3))
    sample(
        getattr(stats.truncnorm, name),
        0.6 * positive(3, 2),
        -np.inf,
        1.2,
        0.1,
        1 + positive(3, 1),
        fixed=("a",),
    )
for name in ("logpdf", "pdf"):
    sample(getattr(stats.vonmises, name), real(3), 1 + positive(3))
    sample(getattr(stats.vonmises, name), real(3, 2), 0.7, real(2), 1 + positive(3, 1))
sample(stats.vonmises.cdf, real(3), 1.7, real(3), 1 + positive(3))
for name in ("pdf", "cdf"):
    sample(getattr(stats.f, name), np.array([-0.4, 1.6]), 2.2, 3.4)
    sample(getattr(stats.truncnorm, name), np.array([-2.4, 0.6, 3.0]), -0.7, 1.4)

# -- moments -----------------------------------------------------------------------------------------

MOMENTS = ("mean", "var", "std", "entropy")
for distribution in (stats.norm, stats.laplace, stats.logistic, stats.gumbel_r, stats.expon, stats.uniform,
                     stats.halfnorm, stats.rayleigh):  # fmt: skip
    for name in (*MOMENTS, "median"):
        sample(getattr(distribution, name), real(2), positive(3, 1))
for name in ("entropy", "median"):
    sample(getattr(stats.cauchy, name), real(2), positive(3, 1))
for distribution in (stats.gamma, stats.chi2, stats.lognorm, stats.weibull_min, stats.t):
    for name in MOMENTS:
        if distribution is not stats.t or name == "entropy":  # in single precision SciPy fails there
            sample(getattr(distribution, name), 2.5 + positive(3, 1), real(2), positive(2))
        sample(getattr(distribution, name), 2.7, loc=0.4, scale=1.3)
for distribution in (stats.lognorm, stats.t):
    sample(distribution.median, 2.5 + positive(3, 1), real(2), positive(2))
for name in MOMENTS:
    sample(getattr(stats.beta, name), 0.6 + positive(3), 2.5, real(3), positive(3))
for name in MOMENTS[:3]:
    sample(getattr(stats.poisson, name), positive(3), 2.0)
    sample(getattr(stats.binom, name), 5, positive(3), 1.0)
    sample(getattr(stats.bernoulli, name), positive(3), 1.0)
    sample(getattr(stats.geom, name), positive(3), 1.0)
    sample(getattr(stats.nbinom, name), 2 + positive(3), positive(3), 1.0)

# -- counts ------------------------------------------------------------------------------------------

counts = np.array([-1, 0, 2, 3])
for name in ("logpmf", "pmf", "cdf", "sf"):
    some = counts[2:] if name == "logpmf" else counts
    sample(getattr(stats.poisson, name), some, 1.7)
    sample(getattr(stats.poisson, name), some, 1 + positive(len(some)), 0)
    sample(getattr(stats.binom, name), some, 5, positive(len(some)))
    sample(getattr(stats.bernoulli, name), np.array([0, 1, 1]), positive(3))
    sample(getattr(stats.geom, name), some, positive(len(some)))
for name in ("logcdf", "logsf"):
    sample(getattr(stats.poisson, name), counts[1:], 1 + positive(3))
    sample(getattr(stats.binom, name), counts[1:], 5, positive(3))
for name in ("logpmf", "pmf"):
    sample(getattr(stats.nbinom, name), counts[1:], 1 + positive(3), positive(3))
    sample(getattr(stats.betabinom, name), counts[1:], 5, 1 + positive(3), positive(3))
    sample(getattr(stats.betabinom, name), counts[1:] + 1, 5, 0.7, 1.3, 1)
for name in ("cdf", "sf", "logcdf", "logsf"):
    sample(getattr(stats.nbinom, name), counts[1:], 1 + positive(3), 0.7 * positive(3))
    sample(getattr(stats.nbinom, name), counts[1:] + 1.5, 2.5, 0.3, 1)
sample(stats.nbinom.cdf, np.array([-1, 0, 2]), 2.5, 0.3)

# -- several variables -------------------------------------------------------------------------------

base = np.array([[1.0, 0.3, 0.1], [0.3, 2.0, -0.2], [0.1, -0.2, 1.5]])
for method in (stats.multivariate_normal.logpdf, stats.multivariate_normal.pdf):
    sample(method, real(4, 3), real(3), base)
    sample(method, real(3), real(3), base)
    sample(method, real(2, 2, 3), real(3), np.array([0.5, 1.0, 2.0]))
    sample(method, real(4, 3), real(3), 0.7)
    sample(method, real(4, 3), cov=base)
    sample(method, real(4), 0.3, 1.2)
    sample(method, 0.4)
sample(stats.multivariate_normal.entropy, None, base)
for method in (stats.dirichlet.logpdf, stats.dirichlet.pdf):
    sample(method, np.array([0.2, 0.3]), np.array([1.4, 2.0, 0.7]))
    sample(method, np.array([[0.2, 0.1], [0.3, 0.6]]), np.array([1.4, 2.0, 0.7]))
    sample(method, np.array([0.2, 0.3, 0.5]), np.array([1.4, 2.0, 0.7]), fixed=("x",))
sample(rt.scipy_stats.as_covariance, base, 3)
sample(rt.scipy_stats.regular, np.eye(3) + 0.1 * base)
sample(rt.scipy_stats.as_covariance, 0.7, 3)
sample(rt.scipy_stats.as_covariance, real(3), 3)
for shape in ((), (3,), (3, 3)):
    sample(rt.scipy_stats.as_covariance_adjoint, real(3, 3), shape)
sample(rt.scipy_stats.last_coordinate, positive(2, 2), 3)
sample(rt.scipy_stats.last_coordinate, positive(3, 2), 3)
sample(rt.scipy_stats.last_change, positive(2, 2), 3)
sample(rt.scipy_stats.last_coordinate_adjoint, positive(3, 2), 2)
