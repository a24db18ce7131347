"""Derivatives of ``scipy.stats``: distributions with location and scale alone that end somewhere.

Every rule takes z = (x - loc) / scale; outside the support a density is constant.
"""

from __future__ import annotations

import numpy as np
import scipy.stats

from srcad.rules.registry import elementwise

# -- expon -------------------------------------------------------------------------------------------


@elementwise(scipy.stats.expon.logpdf, "x", "loc", "scale")
def expon_logpdf(ans, x, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    slope = -1.0 * inside / scale
    return slope, -slope, -1.0 * inside / scale - z * slope


@elementwise(scipy.stats.expon.pdf, "x", "loc", "scale")
def expon_pdf(ans, x, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    slope = -ans / scale
    return slope, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.expon.cdf, "x", "loc", "scale")
def expon_cdf(ans, x, loc=0, scale=1):
    slope = scipy.stats.expon.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.expon.sf, "x", "loc", "scale")
def expon_sf(ans, x, loc=0, scale=1):
    slope = -scipy.stats.expon.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.expon.logcdf, "x", "loc", "scale")
def expon_logcdf(ans, x, loc=0, scale=1):
    slope = np.exp(scipy.stats.expon.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.expon.logsf, "x", "loc", "scale")
def expon_logsf(ans, x, loc=0, scale=1):
    slope = -np.exp(scipy.stats.expon.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.expon.ppf, "q", "loc", "scale")
def expon_ppf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.expon.pdf(ans, loc, scale)
    return 1 / density, 1, z


@elementwise(scipy.stats.expon.isf, "q", "loc", "scale")
def expon_isf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.expon.pdf(ans, loc, scale)
    return -1 / density, 1, z


# -- uniform -----------------------------------------------------------------------------------------


@elementwise(scipy.stats.uniform.logpdf, "x", "loc", "scale")
def uniform_logpdf(ans, x, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    slope = 0.0 * inside / scale
    return slope, -slope, -1.0 * inside / scale - z * slope


@elementwise(scipy.stats.uniform.pdf, "x", "loc", "scale")
def uniform_pdf(ans, x, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    slope = 0.0 * ans / scale
    return slope, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.uniform.cdf, "x", "loc", "scale")
def uniform_cdf(ans, x, loc=0, scale=1):
    slope = scipy.stats.uniform.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.uniform.sf, "x", "loc", "scale")
def uniform_sf(ans, x, loc=0, scale=1):
    slope = -scipy.stats.uniform.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.uniform.logcdf, "x", "loc", "scale")
def uniform_logcdf(ans, x, loc=0, scale=1):
    slope = np.exp(scipy.stats.uniform.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.uniform.logsf, "x", "loc", "scale")
def uniform_logsf(ans, x, loc=0, scale=1):
    slope = -np.exp(scipy.stats.uniform.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.uniform.ppf, "q", "loc", "scale")
def uniform_ppf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.uniform.pdf(ans, loc, scale)
    return 1 / density, 1, z


@elementwise(scipy.stats.uniform.isf, "q", "loc", "scale")
def uniform_isf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.uniform.pdf(ans, loc, scale)
    return -1 / density, 1, z


# -- halfnorm ----------------------------------------------------------------------------------------


@elementwise(scipy.stats.halfnorm.logpdf, "x", "loc", "scale")
def halfnorm_logpdf(ans, x, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    slope = -z * inside / scale
    return slope, -slope, -1.0 * inside / scale - z * slope


@elementwise(scipy.stats.halfnorm.pdf, "x", "loc", "scale")
def halfnorm_pdf(ans, x, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    slope = -ans * z / scale
    return slope, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.halfnorm.cdf, "x", "loc", "scale")
def halfnorm_cdf(ans, x, loc=0, scale=1):
    slope = scipy.stats.halfnorm.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.halfnorm.sf, "x", "loc", "scale")
def halfnorm_sf(ans, x, loc=0, scale=1):
    slope = -scipy.stats.halfnorm.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.halfnorm.logcdf, "x", "loc", "scale")
def halfnorm_logcdf(ans, x, loc=0, scale=1):
    slope = np.exp(scipy.stats.halfnorm.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.halfnorm.logsf, "x", "loc", "scale")
def halfnorm_logsf(ans, x, loc=0, scale=1):
    slope = -np.exp(scipy.stats.halfnorm.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.halfnorm.ppf, "q", "loc", "scale")
def halfnorm_ppf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.halfnorm.pdf(ans, loc, scale)
    return 1 / density, 1, z


@elementwise(scipy.stats.halfnorm.isf, "q", "loc", "scale")
def halfnorm_isf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.halfnorm.pdf(ans, loc, scale)
    return -1 / density, 1, z


# -- rayleigh ----------------------------------------------------------------------------------------


@elementwise(scipy.stats.rayleigh.logpdf, "x", "loc", "scale")
def rayleigh_logpdf(ans, x, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    slope = inside * (1 / z - z) / scale
    return slope, -slope, -1.0 * inside / scale - z * slope


@elementwise(scipy.stats.rayleigh.pdf, "x", "loc", "scale")
def rayleigh_pdf(ans, x, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    slope = ans * (1 / z - z) / scale
    return slope, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.rayleigh.cdf, "x", "loc", "scale")
def rayleigh_cdf(ans, x, loc=0, scale=1):
    slope = scipy.stats.rayleigh.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.rayleigh.sf, "x", "loc", "scale")
def rayleigh_sf(ans, x, loc=0, scale=1):
    slope = -scipy.stats.rayleigh.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.rayleigh.logcdf, "x", "loc", "scale")
def rayleigh_logcdf(ans, x, loc=0, scale=1):
    slope = np.exp(scipy.stats.rayleigh.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.rayleigh.logsf, "x", "loc", "scale")
def rayleigh_logsf(ans, x, loc=0, scale=1):
    slope = -np.exp(scipy.stats.rayleigh.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.rayleigh.ppf, "q", "loc", "scale")
def rayleigh_ppf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.rayleigh.pdf(ans, loc, scale)
    return 1 / density, 1, z


@elementwise(scipy.stats.rayleigh.isf, "q", "loc", "scale")
def rayleigh_isf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.rayleigh.pdf(ans, loc, scale)
    return -1 / density, 1, z
