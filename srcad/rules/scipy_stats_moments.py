"""Derivatives of ``scipy.stats``: means, variances, standard deviations, entropies and medians of distributions.

Under location and scale a mean moves, a standard deviation is scaled, and an entropy grows by the logarithm of the
scale; what is left are the derivatives by parameters of shape.
"""

from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats

from srcad.rules.registry import elementwise, written_out

# -- location and scale alone ------------------------------------------------------------------------


def mean(ans, loc=0, scale=1):
    return 1, (ans - loc) / scale


def var(ans, loc=0, scale=1):
    return 0.0, 2 * ans / scale


def std(ans, loc=0, scale=1):
    return 0.0, ans / scale


def entropy(ans, loc=0, scale=1):
    return 0.0, 1 / scale


for _distribution in (
    scipy.stats.norm, scipy.stats.laplace, scipy.stats.logistic, scipy.stats.gumbel_r, scipy.stats.expon,
    scipy.stats.uniform, scipy.stats.halfnorm, scipy.stats.rayleigh,
):  # fmt: skip
    for _rule in (mean, var, std, entropy):
        elementwise(getattr(_distribution, _rule.__name__), "loc", "scale")(_rule)
    elementwise(_distribution.median, "loc", "scale")(mean)
elementwise(scipy.stats.cauchy.median, "loc", "scale")(mean)
elementwise(scipy.stats.cauchy.entropy, "loc", "scale")(entropy)

# -- gamma and chi2 ----------------------------------------------------------------------------------


@elementwise(scipy.stats.gamma.mean, "a", "loc", "scale")
def gamma_mean(ans, a, loc=0, scale=1):
    return scale, 1, (ans - loc) / scale


@elementwise(scipy.stats.gamma.var, "a", "loc", "scale")
def gamma_var(ans, a, loc=0, scale=1):
    return scale * scale, 0.0, 2 * ans / scale


@elementwise(scipy.stats.gamma.std, "a", "loc", "scale")
def gamma_std(ans, a, loc=0, scale=1):
    return 0.5 * ans / a, 0.0, ans / scale


@elementwise(scipy.stats.gamma.entropy, "a", "loc", "scale")
def gamma_entropy(ans, a, loc=0, scale=1):
    return 1 + (1 - a) * scipy.special.polygamma(1, a), 0.0, 1 / scale


@written_out(scipy.stats.gamma.median)
def gamma_median(a, loc=0, scale=1):
    return scipy.stats.gamma.ppf(0.5, a, loc, scale)


@elementwise(scipy.stats.chi2.mean, "df", "loc", "scale")
def chi2_mean(ans, df, loc=0, scale=1):
    return scale, 1, (ans - loc) / scale


@elementwise(scipy.stats.chi2.var, "df", "loc", "scale")
def chi2_var(ans, df, loc=0, scale=1):
    return 2 * scale * scale, 0.0, 2 * ans / scale


@elementwise(scipy.stats.chi2.std, "df", "loc", "scale")
def chi2_std(ans, df, loc=0, scale=1):
    return 0.5 * ans / df, 0.0, ans / scale


@elementwise(scipy.stats.chi2.entropy, "df", "loc", "scale")
def chi2_entropy(ans, df, loc=0, scale=1):
    half = 0.5 * df
    return 0.5 + 0.5 * (1 - half) * scipy.special.polygamma(1, half), 0.0, 1 / scale


@written_out(scipy.stats.chi2.median)
def chi2_median(df, loc=0, scale=1):
    return scipy.stats.chi2.ppf(0.5, df, loc, scale)


# -- t -----------------------------------------------------------------------------------------------


@elementwise(scipy.stats.t.mean, "df", "loc", "scale")
def t_mean(ans, df, loc=0, scale=1):
    return 0.0, 1, (ans - loc) / scale


@elementwise(scipy.stats.t.var, "df", "loc", "scale")
def t_var(ans, df, loc=0, scale=1):
    return -2 * ans / (df * (df - 2)), 0.0, 2 * ans / scale


@elementwise(scipy.stats.t.std, "df", "loc", "scale")
def t_std(ans, df, loc=0, scale=1):
    return -ans / (df * (df - 2)), 0.0, ans / scale


@elementwise(scipy.stats.t.entropy, "df", "loc", "scale")
def t_entropy(ans, df, loc=0, scale=1):
    curvature = scipy.special.polygamma(1, 0.5 * df + 0.5) - scipy.special.polygamma(1, 0.5 * df)
    return 0.25 * (df + 1) * curvature + 0.5 / df, 0.0, 1 / scale


@elementwise(scipy.stats.t.median, "df", "loc", "scale")
def t_median(ans, df, loc=0, scale=1):
    return 0.0, 1, (ans - loc) / scale


# -- lognorm and weibull_min -------------------------------------------------------------------------


@elementwise(scipy.stats.lognorm.mean, "s", "loc", "scale")
def lognorm_mean(ans, s, loc=0, scale=1):
    return s * (ans - loc), 1, (ans - loc) / scale


@elementwise(scipy.stats.lognorm.var, "s", "loc", "scale")
def lognorm_var(ans, s, loc=0, scale=1):
    return 2 * s * (2 * ans + scale * scale * np.exp(s * s)), 0.0, 2 * ans / scale


@elementwise(scipy.stats.lognorm.std, "s", "loc", "scale")
def lognorm_std(ans, s, loc=0, scale=1):
    return s * (2 * ans + scale * scale * np.exp(s * s) / ans), 0.0, ans / scale


@elementwise(scipy.stats.lognorm.entropy, "s", "loc", "scale")
def lognorm_entropy(ans, s, loc=0, scale=1):
    return 1 / s, 0.0, 1 / scale


@elementwise(scipy.stats.lognorm.median, "s", "loc", "scale")
def lognorm_median(ans, s, loc=0, scale=1):
    return 0.0, 1, (ans - loc) / scale


@elementwise(scipy.stats.weibull_min.mean, "c", "loc", "scale")
def weibull_min_mean(ans, c, loc=0, scale=1):
    return -(ans - loc) * scipy.special.digamma(1 + 1 / c) / (c * c), 1, (ans - loc) / scale


@elementwise(scipy.stats.weibull_min.var, "c", "loc", "scale")
def weibull_min_var(ans, c, loc=0, scale=1):
    return weibull_variance_slope(c, scale), 0.0, 2 * ans / scale


@elementwise(scipy.stats.weibull_min.std, "c", "loc", "scale")
def weibull_min_std(ans, c, loc=0, scale=1):
    return 0.5 * weibull_variance_slope(c, scale) / ans, 0.0, ans / scale


@elementwise(scipy.stats.weibull_min.entropy, "c", "loc", "scale")
def weibull_min_entropy(ans, c, loc=0, scale=1):
    return 0.5772156649015329 / (c * c) - 1 / c, 0.0, 1 / scale


@written_out(scipy.stats.weibull_min.median)
def weibull_min_median(c, loc=0, scale=1):
    return scipy.stats.weibull_min.ppf(0.5, c, loc, scale)


def weibull_variance_slope(c, scale):
    first, second = 1 + 1 / c, 1 + 2 / c
    square = scipy.special.gamma(first) ** 2
    slope = square * scipy.special.digamma(first) - scipy.special.gamma(second) * scipy.special.digamma(
        second
    )
    return 2 * scale * scale * slope / (c * c)


# -- beta --------------------------------------------------------------------------------------------


@elementwise(scipy.stats.beta.mean, "a", "b", "loc", "scale")
def beta_mean(ans, a, b, loc=0, scale=1):
    both = a + b
    return scale * b / (both * both), -scale * a / (both * both), 1, (ans - loc) / scale


@elementwise(scipy.stats.beta.var, "a", "b", "loc", "scale")
def beta_var(ans, a, b, loc=0, scale=1):
    common = 2 / (a + b) + 1 / (a + b + 1)
    return ans * (1 / a - common), ans * (1 / b - common), 0.0, 2 * ans / scale


@elementwise(scipy.stats.beta.std, "a", "b", "loc", "scale")
def beta_std(ans, a, b, loc=0, scale=1):
    common = 2 / (a + b) + 1 / (a + b + 1)
    return 0.5 * ans * (1 / a - common), 0.5 * ans * (1 / b - common), 0.0, ans / scale


@elementwise(scipy.stats.beta.entropy, "a", "b", "loc", "scale")
def beta_entropy(ans, a, b, loc=0, scale=1):
    common = (a + b - 2) * scipy.special.polygamma(1, a + b)
    return (
        common - (a - 1) * scipy.special.polygamma(1, a),
        common - (b - 1) * scipy.special.polygamma(1, b),
        0.0,
        1 / scale,
    )


@written_out(scipy.stats.beta.median)
def beta_median(a, b, loc=0, scale=1):
    return scipy.stats.beta.ppf(0.5, a, b, loc, scale)


# -- discrete distributions --------------------------------------------------------------------------


@elementwise(scipy.stats.poisson.mean, "mu", "loc")
def poisson_mean(ans, mu, loc=0):
    return 1, 1


@elementwise(scipy.stats.poisson.var, "mu", "loc")
def poisson_var(ans, mu, loc=0):
    return 1, 0.0


@elementwise(scipy.stats.poisson.std, "mu", "loc")
def poisson_std(ans, mu, loc=0):
    return 0.5 / ans, 0.0


@elementwise(scipy.stats.binom.mean, "p", "loc")
def binom_mean(ans, n, p, loc=0):
    return n, 1


@elementwise(scipy.stats.binom.var, "p", "loc")
def binom_var(ans, n, p, loc=0):
    return n * (1 - 2 * p), 0.0


@elementwise(scipy.stats.binom.std, "p", "loc")
def binom_std(ans, n, p, loc=0):
    return 0.5 * n * (1 - 2 * p) / ans, 0.0


@elementwise(scipy.stats.bernoulli.mean, "p", "loc")
def bernoulli_mean(ans, p, loc=0):
    return 1, 1


@elementwise(scipy.stats.bernoulli.var, "p", "loc")
def bernoulli_var(ans, p, loc=0):
    return 1 - 2 * p, 0.0


@elementwise(scipy.stats.bernoulli.std, "p", "loc")
def bernoulli_std(ans, p, loc=0):
    return 0.5 * (1 - 2 * p) / ans, 0.0


@elementwise(scipy.stats.geom.mean, "p", "loc")
def geom_mean(ans, p, loc=0):
    return -1 / (p * p), 1


@elementwise(scipy.stats.geom.var, "p", "loc")
def geom_var(ans, p, loc=0):
    return (p - 2) / (p * p * p), 0.0


@elementwise(scipy.stats.geom.std, "p", "loc")
def geom_std(ans, p, loc=0):
    return 0.5 * (p - 2) / (p * p * p * ans), 0.0


@elementwise(scipy.stats.nbinom.mean, "n", "p", "loc")
def nbinom_mean(ans, n, p, loc=0):
    return (1 - p) / p, -n / (p * p), 1


@elementwise(scipy.stats.nbinom.var, "n", "p", "loc")
def nbinom_var(ans, n, p, loc=0):
    return (1 - p) / (p * p), n * (p - 2) / (p * p * p), 0.0


@elementwise(scipy.stats.nbinom.std, "n", "p", "loc")
def nbinom_std(ans, n, p, loc=0):
    return 0.5 * (1 - p) / (p * p * ans), 0.5 * n * (p - 2) / (p * p * p * ans), 0.0
