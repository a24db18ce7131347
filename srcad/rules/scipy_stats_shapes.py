"""Derivatives of ``scipy.stats``: beta, lognormal, Weibull and Pareto distributions.

Every rule takes z = (x - loc) / scale; outside the support a density is constant.
"""

from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats

from srcad.rules.registry import elementwise
from srcad.rules.scipy_special_gamma import betainc_by_first, betainc_by_second

# -- beta --------------------------------------------------------------------------------------------


@elementwise(scipy.stats.beta.logpdf, "x", "a", "b", "loc", "scale")
def beta_logpdf(ans, x, a, b, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    slope = inside * ((a - 1) / z - (b - 1) / (1 - z)) / scale
    return (
        slope,
        inside * (np.log(z) - scipy.special.digamma(a) + scipy.special.digamma(a + b)),
        inside * (np.log1p(-z) - scipy.special.digamma(b) + scipy.special.digamma(a + b)),
        -slope,
        -1.0 * inside / scale - z * slope,
    )


@elementwise(scipy.stats.beta.pdf, "x", "a", "b", "loc", "scale")
def beta_pdf(ans, x, a, b, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    slope = ans * ((a - 1) / z - (b - 1) / (1 - z)) / scale
    return (
        slope,
        ans * (np.log(z) - scipy.special.digamma(a) + scipy.special.digamma(a + b)),
        ans * (np.log1p(-z) - scipy.special.digamma(b) + scipy.special.digamma(a + b)),
        -slope,
        -ans / scale - z * slope,
    )


def beta_by_shapes(x, a, b, loc, scale):
    """Return the derivatives of the distribution function by both shapes."""
    z = np.clip((x - loc) / scale, 0, 1)
    value = scipy.special.betainc(a, b, z)
    return betainc_by_first(value, a, b, z), betainc_by_second(value, a, b, z)


@elementwise(scipy.stats.beta.cdf, "x", "a", "b", "loc", "scale")
def beta_cdf(ans, x, a, b, loc=0, scale=1):
    slope = scipy.stats.beta.pdf(x, a, b, loc, scale)
    shapes = beta_by_shapes(x, a, b, loc, scale)
    return slope, shapes[0], shapes[1], -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.beta.sf, "x", "a", "b", "loc", "scale")
def beta_sf(ans, x, a, b, loc=0, scale=1):
    slope = -scipy.stats.beta.pdf(x, a, b, loc, scale)
    shapes = beta_by_shapes(x, a, b, loc, scale)
    return slope, -shapes[0], -shapes[1], -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.beta.logcdf, "x", "a", "b", "loc", "scale")
def beta_logcdf(ans, x, a, b, loc=0, scale=1):
    slope = np.exp(scipy.stats.beta.logpdf(x, a, b, loc, scale) - ans)
    shapes = beta_by_shapes(x, a, b, loc, scale)
    whole = np.exp(-ans)
    return slope, shapes[0] * whole, shapes[1] * whole, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.beta.logsf, "x", "a", "b", "loc", "scale")
def beta_logsf(ans, x, a, b, loc=0, scale=1):
    slope = -np.exp(scipy.stats.beta.logpdf(x, a, b, loc, scale) - ans)
    shapes = beta_by_shapes(x, a, b, loc, scale)
    whole = np.exp(-ans)
    return slope, -shapes[0] * whole, -shapes[1] * whole, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.beta.ppf, "q", "a", "b", "loc", "scale")
def beta_ppf(ans, q, a, b, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.beta.pdf(ans, a, b, loc, scale)
    shapes = beta_by_shapes(ans, a, b, loc, scale)
    return 1 / density, -shapes[0] / density, -shapes[1] / density, 1, z


@elementwise(scipy.stats.beta.isf, "q", "a", "b", "loc", "scale")
def beta_isf(ans, q, a, b, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.beta.pdf(ans, a, b, loc, scale)
    shapes = beta_by_shapes(ans, a, b, loc, scale)
    return -1 / density, -shapes[0] / density, -shapes[1] / density, 1, z


# -- lognorm -----------------------------------------------------------------------------------------


@elementwise(scipy.stats.lognorm.logpdf, "x", "s", "loc", "scale")
def lognorm_logpdf(ans, x, s, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    slope = inside * (-(np.log(z) / (s * s) + 1) / z) / scale
    return (
        slope,
        inside * (np.log(z) * np.log(z) / (s * s * s) - 1 / s),
        -slope,
        -1.0 * inside / scale - z * slope,
    )


@elementwise(scipy.stats.lognorm.pdf, "x", "s", "loc", "scale")
def lognorm_pdf(ans, x, s, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    slope = ans * (-(np.log(z) / (s * s) + 1) / z) / scale
    return slope, ans * (np.log(z) * np.log(z) / (s * s * s) - 1 / s), -slope, -ans / scale - z * slope


@elementwise(scipy.stats.lognorm.cdf, "x", "s", "loc", "scale")
def lognorm_cdf(ans, x, s, loc=0, scale=1):
    density = scipy.stats.lognorm.pdf(x, s, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    return density, -density * scale * z * np.log(z) / s, -density, -density * z


@elementwise(scipy.stats.lognorm.sf, "x", "s", "loc", "scale")
def lognorm_sf(ans, x, s, loc=0, scale=1):
    density = scipy.stats.lognorm.pdf(x, s, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    return -density, density * scale * z * np.log(z) / s, density, density * z


@elementwise(scipy.stats.lognorm.logcdf, "x", "s", "loc", "scale")
def lognorm_logcdf(ans, x, s, loc=0, scale=1):
    density = scipy.stats.lognorm.pdf(x, s, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    weight = np.exp(-ans)
    return (
        weight * density,
        -weight * density * scale * z * np.log(z) / s,
        -weight * density,
        -weight * density * z,
    )


@elementwise(scipy.stats.lognorm.logsf, "x", "s", "loc", "scale")
def lognorm_logsf(ans, x, s, loc=0, scale=1):
    density = scipy.stats.lognorm.pdf(x, s, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    weight = np.exp(-ans)
    return (
        -weight * density,
        weight * density * scale * z * np.log(z) / s,
        weight * density,
        weight * density * z,
    )


@elementwise(scipy.stats.lognorm.ppf, "q", "s", "loc", "scale")
def lognorm_ppf(ans, q, s, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.lognorm.pdf(ans, s, loc, scale)
    return 1 / density, density * scale * z * np.log(z) / s / density, 1, z


@elementwise(scipy.stats.lognorm.isf, "q", "s", "loc", "scale")
def lognorm_isf(ans, q, s, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.lognorm.pdf(ans, s, loc, scale)
    return -1 / density, density * scale * z * np.log(z) / s / density, 1, z


# -- weibull_min -------------------------------------------------------------------------------------


@elementwise(scipy.stats.weibull_min.logpdf, "x", "c", "loc", "scale")
def weibull_min_logpdf(ans, x, c, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    slope = inside * ((c - 1) / z - c * np.power(z, c - 1)) / scale
    return (
        slope,
        inside * (1 / c + np.log(z) * (1 - np.power(z, c))),
        -slope,
        -1.0 * inside / scale - z * slope,
    )


@elementwise(scipy.stats.weibull_min.pdf, "x", "c", "loc", "scale")
def weibull_min_pdf(ans, x, c, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    slope = ans * ((c - 1) / z - c * np.power(z, c - 1)) / scale
    return slope, ans * (1 / c + np.log(z) * (1 - np.power(z, c))), -slope, -ans / scale - z * slope


@elementwise(scipy.stats.weibull_min.cdf, "x", "c", "loc", "scale")
def weibull_min_cdf(ans, x, c, loc=0, scale=1):
    density = scipy.stats.weibull_min.pdf(x, c, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    return density, density * scale * z * np.log(z) / c, -density, -density * z


@elementwise(scipy.stats.weibull_min.sf, "x", "c", "loc", "scale")
def weibull_min_sf(ans, x, c, loc=0, scale=1):
    density = scipy.stats.weibull_min.pdf(x, c, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    return -density, -density * scale * z * np.log(z) / c, density, density * z


@elementwise(scipy.stats.weibull_min.logcdf, "x", "c", "loc", "scale")
def weibull_min_logcdf(ans, x, c, loc=0, scale=1):
    density = scipy.stats.weibull_min.pdf(x, c, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    weight = np.exp(-ans)
    return (
        weight * density,
        weight * density * scale * z * np.log(z) / c,
        -weight * density,
        -weight * density * z,
    )


@elementwise(scipy.stats.weibull_min.logsf, "x", "c", "loc", "scale")
def weibull_min_logsf(ans, x, c, loc=0, scale=1):
    density = scipy.stats.weibull_min.pdf(x, c, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    weight = np.exp(-ans)
    return (
        -weight * density,
        -weight * density * scale * z * np.log(z) / c,
        weight * density,
        weight * density * z,
    )


@elementwise(scipy.stats.weibull_min.ppf, "q", "c", "loc", "scale")
def weibull_min_ppf(ans, q, c, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.weibull_min.pdf(ans, c, loc, scale)
    return 1 / density, -density * scale * z * np.log(z) / c / density, 1, z


@elementwise(scipy.stats.weibull_min.isf, "q", "c", "loc", "scale")
def weibull_min_isf(ans, q, c, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.weibull_min.pdf(ans, c, loc, scale)
    return -1 / density, -density * scale * z * np.log(z) / c / density, 1, z


# -- pareto ------------------------------------------------------------------------------------------


@elementwise(scipy.stats.pareto.logpdf, "x", "b", "loc", "scale")
def pareto_logpdf(ans, x, b, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    slope = inside * (-(b + 1) / z) / scale
    return slope, inside * (1 / b - np.log(z)), -slope, -1.0 * inside / scale - z * slope


@elementwise(scipy.stats.pareto.pdf, "x", "b", "loc", "scale")
def pareto_pdf(ans, x, b, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    slope = ans * (-(b + 1) / z) / scale
    return slope, ans * (1 / b - np.log(z)), -slope, -ans / scale - z * slope


@elementwise(scipy.stats.pareto.cdf, "x", "b", "loc", "scale")
def pareto_cdf(ans, x, b, loc=0, scale=1):
    density = scipy.stats.pareto.pdf(x, b, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    return density, density * scale * z * np.log(z) / b, -density, -density * z


@elementwise(scipy.stats.pareto.sf, "x", "b", "loc", "scale")
def pareto_sf(ans, x, b, loc=0, scale=1):
    density = scipy.stats.pareto.pdf(x, b, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    return -density, -density * scale * z * np.log(z) / b, density, density * z


@elementwise(scipy.stats.pareto.logcdf, "x", "b", "loc", "scale")
def pareto_logcdf(ans, x, b, loc=0, scale=1):
    density = scipy.stats.pareto.pdf(x, b, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    weight = np.exp(-ans)
    return (
        weight * density,
        weight * density * scale * z * np.log(z) / b,
        -weight * density,
        -weight * density * z,
    )


@elementwise(scipy.stats.pareto.logsf, "x", "b", "loc", "scale")
def pareto_logsf(ans, x, b, loc=0, scale=1):
    density = scipy.stats.pareto.pdf(x, b, loc, scale)
    z = np.where(np.greater(density, 0), (x - loc) / scale, 0.5)
    weight = np.exp(-ans)
    return (
        -weight * density,
        -weight * density * scale * z * np.log(z) / b,
        weight * density,
        weight * density * z,
    )


@elementwise(scipy.stats.pareto.ppf, "q", "b", "loc", "scale")
def pareto_ppf(ans, q, b, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.pareto.pdf(ans, b, loc, scale)
    return 1 / density, -density * scale * z * np.log(z) / b / density, 1, z


@elementwise(scipy.stats.pareto.isf, "q", "b", "loc", "scale")
def pareto_isf(ans, q, b, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.pareto.pdf(ans, b, loc, scale)
    return -1 / density, -density * scale * z * np.log(z) / b / density, 1, z
