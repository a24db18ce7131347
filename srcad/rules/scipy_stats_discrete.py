"""Derivatives of ``scipy.stats``: discrete distributions, in their parameters (not in the count)."""

from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats

from srcad.rules.registry import elementwise
from srcad.rules.scipy_special_gamma import beta_density, betainc_by_first

# -- poisson -----------------------------------------------------------------------------------------


@elementwise(scipy.stats.poisson.logpmf, "mu")
def poisson_logpmf(ans, k, mu, loc=0):
    return np.isfinite(ans) * ((k - loc) / mu - 1)


@elementwise(scipy.stats.poisson.pmf, "mu")
def poisson_pmf(ans, k, mu, loc=0):
    return ans * ((k - loc) / mu - 1)


@elementwise(scipy.stats.poisson.cdf, "mu")
def poisson_cdf(ans, k, mu, loc=0):
    return -scipy.stats.poisson.pmf(np.floor(k), mu, loc)


@elementwise(scipy.stats.poisson.sf, "mu")
def poisson_sf(ans, k, mu, loc=0):
    return scipy.stats.poisson.pmf(np.floor(k), mu, loc)


@elementwise(scipy.stats.poisson.logcdf, "mu")
def poisson_logcdf(ans, k, mu, loc=0):
    return -np.exp(scipy.stats.poisson.logpmf(np.floor(k), mu, loc) - ans)


@elementwise(scipy.stats.poisson.logsf, "mu")
def poisson_logsf(ans, k, mu, loc=0):
    return np.exp(scipy.stats.poisson.logpmf(np.floor(k), mu, loc) - ans)


# -- bernoulli and binomial --------------------------------------------------------------------------


@elementwise(scipy.stats.bernoulli.logpmf, "p")
def bernoulli_logpmf(ans, k, p, loc=0):
    return np.isfinite(ans) * ((k - loc) / p - (1 - k + loc) / (1 - p))


@elementwise(scipy.stats.bernoulli.pmf, "p")
def bernoulli_pmf(ans, k, p, loc=0):
    return np.equal(k - loc, 1) * 1.0 - np.equal(k - loc, 0) * 1.0 + 0 * p


@elementwise(scipy.stats.bernoulli.cdf, "p")
def bernoulli_cdf(ans, k, p, loc=0):
    return -1.0 * np.equal(np.floor(k - loc), 0) + 0 * p


@elementwise(scipy.stats.bernoulli.sf, "p")
def bernoulli_sf(ans, k, p, loc=0):
    return 1.0 * np.equal(np.floor(k - loc), 0) + 0 * p


@elementwise(scipy.stats.binom.logpmf, "p")
def binom_logpmf(ans, k, n, p, loc=0):
    return np.isfinite(ans) * ((k - loc) / p - (n - k + loc) / (1 - p))


@elementwise(scipy.stats.binom.pmf, "p")
def binom_pmf(ans, k, n, p, loc=0):
    return ans * ((k - loc) / p - (n - k + loc) / (1 - p))


@elementwise(scipy.stats.binom.cdf, "p")
def binom_cdf(ans, k, n, p, loc=0):
    return -n * scipy.stats.binom.pmf(np.floor(k), n - 1, p, loc)


@elementwise(scipy.stats.binom.sf, "p")
def binom_sf(ans, k, n, p, loc=0):
    return n * scipy.stats.binom.pmf(np.floor(k), n - 1, p, loc)


@elementwise(scipy.stats.binom.logcdf, "p")
def binom_logcdf(ans, k, n, p, loc=0):
    return -n * np.exp(scipy.stats.binom.logpmf(np.floor(k), n - 1, p, loc) - ans)


@elementwise(scipy.stats.binom.logsf, "p")
def binom_logsf(ans, k, n, p, loc=0):
    return n * np.exp(scipy.stats.binom.logpmf(np.floor(k), n - 1, p, loc) - ans)


# -- geometric and negative binomial -----------------------------------------------------------------


@elementwise(scipy.stats.geom.logpmf, "p")
def geom_logpmf(ans, k, p, loc=0):
    return np.isfinite(ans) * (1 / p - (k - loc - 1) / (1 - p))


@elementwise(scipy.stats.geom.pmf, "p")
def geom_pmf(ans, k, p, loc=0):
    return ans * (1 / p - (k - loc - 1) / (1 - p))


@elementwise(scipy.stats.geom.cdf, "p")
def geom_cdf(ans, k, p, loc=0):
    return np.maximum(np.floor(k - loc), 0) * (1 - ans) / (1 - p)


@elementwise(scipy.stats.geom.sf, "p")
def geom_sf(ans, k, p, loc=0):
    return -np.maximum(np.floor(k - loc), 0) * ans / (1 - p)


@elementwise(scipy.stats.nbinom.logpmf, "n", "p")
def nbinom_logpmf(ans, k, n, p, loc=0):
    inside = np.isfinite(ans)
    by_n = scipy.special.digamma(np.maximum(k - loc, 0) + n) - scipy.special.digamma(n) + np.log(p)
    return inside * by_n, inside * (n / p - (k - loc) / (1 - p))


@elementwise(scipy.stats.nbinom.pmf, "n", "p")
def nbinom_pmf(ans, k, n, p, loc=0):
    by_n = scipy.special.digamma(np.maximum(k - loc, 0) + n) - scipy.special.digamma(n) + np.log(p)
    return ans * by_n, ans * (n / p - (k - loc) / (1 - p))


@elementwise(scipy.stats.nbinom.cdf, "n", "p")
def nbinom_cdf(ans, k, n, p, loc=0):
    after = np.maximum(np.floor(k - loc), 0) + 1  # below the support the distribution function is constant
    inside = np.greater_equal(k, loc) * 1.0
    return inside * betainc_by_first(ans, n, after, p), inside * beta_density(n, after, p)


@elementwise(scipy.stats.nbinom.sf, "n", "p")
def nbinom_sf(ans, k, n, p, loc=0):
    after = np.maximum(np.floor(k - loc), 0) + 1
    inside = np.greater_equal(k, loc) * 1.0
    return -inside * betainc_by_first(1 - ans, n, after, p), -inside * beta_density(n, after, p)


@elementwise(scipy.stats.nbinom.logcdf, "n", "p")
def nbinom_logcdf(ans, k, n, p, loc=0):
    slopes = nbinom_cdf(np.exp(ans), k, n, p, loc)
    return slopes[0] * np.exp(-ans), slopes[1] * np.exp(-ans)


@elementwise(scipy.stats.nbinom.logsf, "n", "p")
def nbinom_logsf(ans, k, n, p, loc=0):
    slopes = nbinom_sf(np.exp(ans), k, n, p, loc)
    return slopes[0] * np.exp(-ans), slopes[1] * np.exp(-ans)


# -- beta-binomial -----------------------------------------------------------------------------------


def betabinom_scores(k, n, a, b):
    """Return the derivatives of the logarithm of the probability by both shapes."""
    shared = scipy.special.digamma(a + b) - scipy.special.digamma(n + a + b)
    first = scipy.special.digamma(k + a) - scipy.special.digamma(a) + shared
    return first, scipy.special.digamma(n - k + b) - scipy.special.digamma(b) + shared


@elementwise(scipy.stats.betabinom.logpmf, "a", "b")
def betabinom_logpmf(ans, k, n, a, b, loc=0):
    inside = np.isfinite(ans)
    scores = betabinom_scores(np.where(inside, k - loc, 0), n, a, b)
    return inside * scores[0], inside * scores[1]


@elementwise(scipy.stats.betabinom.pmf, "a", "b")
def betabinom_pmf(ans, k, n, a, b, loc=0):
    scores = betabinom_scores(np.where(np.greater(ans, 0), k - loc, 0), n, a, b)
    return ans * scores[0], ans * scores[1]
