"""Derivatives of ``scipy.stats``: the F, skew normal, truncated normal and von Mises distributions.

Every rule takes z = (x - loc) / scale; outside the support a density is constant.
"""

from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats

from srcad.rules.registry import elementwise
from srcad.rules.scipy_special_gamma import betainc_by_first, betainc_by_second

# -- F -----------------------------------------------------------------------------------------------


def f_scores(z, dfn, dfd):
    """Return the derivatives of the logarithm of the density by z and both degrees of freedom."""
    whole = dfd + dfn * z
    both = 0.5 * scipy.special.digamma((dfn + dfd) / 2)
    slope = (dfn / 2 - 1) / z - (dfn + dfd) / 2 * dfn / whole
    by_first = 0.5 * (np.log(dfn * z / whole) + 1 - (dfn + dfd) * z / whole)
    by_second = 0.5 * (np.log(dfd / whole) + 1 - (dfn + dfd) / whole)
    first = by_first + both - 0.5 * scipy.special.digamma(dfn / 2)
    return slope, first, by_second + both - 0.5 * scipy.special.digamma(dfd / 2)


@elementwise(scipy.stats.f.logpdf, "x", "dfn", "dfd", "loc", "scale")
def f_logpdf(ans, x, dfn, dfd, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    scores = f_scores(z, dfn, dfd)
    slope = inside * scores[0] / scale
    return slope, inside * scores[1], inside * scores[2], -slope, -1.0 * inside / scale - z * slope


@elementwise(scipy.stats.f.pdf, "x", "dfn", "dfd", "loc", "scale")
def f_pdf(ans, x, dfn, dfd, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    scores = f_scores(z, dfn, dfd)
    slope = ans * scores[0] / scale
    return slope, ans * scores[1], ans * scores[2], -slope, -ans / scale - z * slope


def f_by_degrees(x, dfn, dfd, loc, scale):
    """Return the derivatives of the distribution function by both degrees of freedom."""
    z = np.maximum((x - loc) / scale, 0)
    share = dfn * z / (dfd + dfn * z)
    value = scipy.special.betainc(dfn / 2, dfd / 2, share)
    along = scipy.stats.f.pdf(z, dfn, dfd) * z
    first = 0.5 * betainc_by_first(value, dfn / 2, dfd / 2, share) + along / dfn
    return first, 0.5 * betainc_by_second(value, dfn / 2, dfd / 2, share) - along / dfd


@elementwise(scipy.stats.f.cdf, "x", "dfn", "dfd", "loc", "scale")
def f_cdf(ans, x, dfn, dfd, loc=0, scale=1):
    slope = scipy.stats.f.pdf(x, dfn, dfd, loc, scale)
    degrees = f_by_degrees(x, dfn, dfd, loc, scale)
    return slope, degrees[0], degrees[1], -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.f.sf, "x", "dfn", "dfd", "loc", "scale")
def f_sf(ans, x, dfn, dfd, loc=0, scale=1):
    slope = -scipy.stats.f.pdf(x, dfn, dfd, loc, scale)
    degrees = f_by_degrees(x, dfn, dfd, loc, scale)
    return slope, -degrees[0], -degrees[1], -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.f.logcdf, "x", "dfn", "dfd", "loc", "scale")
def f_logcdf(ans, x, dfn, dfd, loc=0, scale=1):
    weight = np.exp(-ans)
    slope = weight * scipy.stats.f.pdf(x, dfn, dfd, loc, scale)
    degrees = f_by_degrees(x, dfn, dfd, loc, scale)
    return slope, weight * degrees[0], weight * degrees[1], -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.f.logsf, "x", "dfn", "dfd", "loc", "scale")
def f_logsf(ans, x, dfn, dfd, loc=0, scale=1):
    weight = -np.exp(-ans)
    slope = weight * scipy.stats.f.pdf(x, dfn, dfd, loc, scale)
    degrees = f_by_degrees(x, dfn, dfd, loc, scale)
    return slope, weight * degrees[0], weight * degrees[1], -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.f.ppf, "q", "dfn", "dfd", "loc", "scale")
def f_ppf(ans, q, dfn, dfd, loc=0, scale=1):
    density = scipy.stats.f.pdf(ans, dfn, dfd, loc, scale)
    degrees = f_by_degrees(ans, dfn, dfd, loc, scale)
    return 1 / density, -degrees[0] / density, -degrees[1] / density, 1, (ans - loc) / scale


@elementwise(scipy.stats.f.isf, "q", "dfn", "dfd", "loc", "scale")
def f_isf(ans, q, dfn, dfd, loc=0, scale=1):
    density = scipy.stats.f.pdf(ans, dfn, dfd, loc, scale)
    degrees = f_by_degrees(ans, dfn, dfd, loc, scale)
    return -1 / density, -degrees[0] / density, -degrees[1] / density, 1, (ans - loc) / scale


# -- skew normal -------------------------------------------------------------------------------------


def hazard(z):
    """Return the density of the normal distribution over its distribution function."""
    return np.exp(-0.5 * z * z - 0.9189385332046727 - scipy.special.log_ndtr(z))


def skewnorm_by_shape(z, a):
    """Return the derivative of the distribution function by the shape."""
    return -0.3183098861837907 * np.exp(-0.5 * z * z * (1 + a * a)) / (1 + a * a)


@elementwise(scipy.stats.skewnorm.logpdf, "x", "a", "loc", "scale")
def skewnorm_logpdf(ans, x, a, loc=0, scale=1):
    z = (x - loc) / scale
    ratio = hazard(a * z)
    slope = (a * ratio - z) / scale
    return slope, z * ratio, -slope, -1 / scale - z * slope


@elementwise(scipy.stats.skewnorm.pdf, "x", "a", "loc", "scale")
def skewnorm_pdf(ans, x, a, loc=0, scale=1):
    z = (x - loc) / scale
    ratio = hazard(a * z)
    slope = ans * (a * ratio - z) / scale
    return slope, ans * z * ratio, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.skewnorm.cdf, "x", "a", "loc", "scale")
def skewnorm_cdf(ans, x, a, loc=0, scale=1):
    z = (x - loc) / scale
    slope = scipy.stats.skewnorm.pdf(x, a, loc, scale)
    return slope, skewnorm_by_shape(z, a), -slope, -slope * z


@elementwise(scipy.stats.skewnorm.sf, "x", "a", "loc", "scale")
def skewnorm_sf(ans, x, a, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -scipy.stats.skewnorm.pdf(x, a, loc, scale)
    return slope, -skewnorm_by_shape(z, a), -slope, -slope * z


# -- truncated normal --------------------------------------------------------------------------------


@elementwise(scipy.stats.truncnorm.logpdf, "x", "a", "b", "loc", "scale")
def truncnorm_logpdf(ans, x, a, b, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.0)
    slope = -z / scale
    low, high = scipy.stats.truncnorm.pdf(a, a, b), scipy.stats.truncnorm.pdf(b, a, b)
    return slope, inside * low, -1.0 * inside * high, -slope, -1.0 * inside / scale - z * slope


@elementwise(scipy.stats.truncnorm.pdf, "x", "a", "b", "loc", "scale")
def truncnorm_pdf(ans, x, a, b, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.0)
    slope = -ans * z / scale
    low, high = scipy.stats.truncnorm.pdf(a, a, b), scipy.stats.truncnorm.pdf(b, a, b)
    return slope, ans * low, -ans * high, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.truncnorm.cdf, "x", "a", "b", "loc", "scale")
def truncnorm_cdf(ans, x, a, b, loc=0, scale=1):
    slope = scipy.stats.truncnorm.pdf(x, a, b, loc, scale)
    low, high = scipy.stats.truncnorm.pdf(a, a, b), scipy.stats.truncnorm.pdf(b, a, b)
    moving = np.less(0, ans) & np.less(ans, 1)
    return slope, moving * low * (ans - 1), -1.0 * moving * high * ans, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.truncnorm.sf, "x", "a", "b", "loc", "scale")
def truncnorm_sf(ans, x, a, b, loc=0, scale=1):
    slope = -scipy.stats.truncnorm.pdf(x, a, b, loc, scale)
    low, high = scipy.stats.truncnorm.pdf(a, a, b), scipy.stats.truncnorm.pdf(b, a, b)
    moving = np.less(0, ans) & np.less(ans, 1)
    return slope, moving * low * ans, moving * high * (1 - ans), -slope, -slope * (x - loc) / scale


# -- von Mises ---------------------------------------------------------------------------------------


def mean_direction(kappa):
    """Return the ratio of the Bessel functions of orders 1 and 0."""
    return scipy.special.i1e(kappa) / scipy.special.i0e(kappa)


@elementwise(scipy.stats.vonmises.logpdf, "x", "kappa", "loc", "scale")
def vonmises_logpdf(ans, x, kappa, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -kappa * np.sin(z) / scale
    return slope, np.cos(z) - mean_direction(kappa), -slope, -1 / scale - z * slope


@elementwise(scipy.stats.vonmises.pdf, "x", "kappa", "loc", "scale")
def vonmises_pdf(ans, x, kappa, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -ans * kappa * np.sin(z) / scale
    return slope, ans * (np.cos(z) - mean_direction(kappa)), -slope, -ans / scale - z * slope


@elementwise(scipy.stats.vonmises.cdf, "x", "loc", "scale")
def vonmises_cdf(ans, x, kappa, loc=0, scale=1):
    slope = scipy.stats.vonmises.pdf(x, kappa, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale
