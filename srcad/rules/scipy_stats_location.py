"""Derivatives of ``scipy.stats``: distributions with location and scale alone.

Every rule takes z = (x - loc) / scale; outside the support a density is constant.
"""

from __future__ import annotations

import numpy as np
import scipy.stats

from srcad.rules.registry import elementwise

# -- norm --------------------------------------------------------------------------------------------


@elementwise(scipy.stats.norm.logpdf, "x", "loc", "scale")
def norm_logpdf(ans, x, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -z / scale
    return slope, -slope, -1 / scale - z * slope


@elementwise(scipy.stats.norm.pdf, "x", "loc", "scale")
def norm_pdf(ans, x, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -ans * z / scale
    return slope, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.norm.cdf, "x", "loc", "scale")
def norm_cdf(ans, x, loc=0, scale=1):
    slope = scipy.stats.norm.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.norm.sf, "x", "loc", "scale")
def norm_sf(ans, x, loc=0, scale=1):
    slope = -scipy.stats.norm.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.norm.logcdf, "x", "loc", "scale")
def norm_logcdf(ans, x, loc=0, scale=1):
    slope = np.exp(scipy.stats.norm.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.norm.logsf, "x", "loc", "scale")
def norm_logsf(ans, x, loc=0, scale=1):
    slope = -np.exp(scipy.stats.norm.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.norm.ppf, "q", "loc", "scale")
def norm_ppf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.norm.pdf(ans, loc, scale)
    return 1 / density, 1, z


@elementwise(scipy.stats.norm.isf, "q", "loc", "scale")
def norm_isf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.norm.pdf(ans, loc, scale)
    return -1 / density, 1, z


# -- cauchy ------------------------------------------------------------------------------------------


@elementwise(scipy.stats.cauchy.logpdf, "x", "loc", "scale")
def cauchy_logpdf(ans, x, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -2 * z / (1 + z * z) / scale
    return slope, -slope, -1 / scale - z * slope


@elementwise(scipy.stats.cauchy.pdf, "x", "loc", "scale")
def cauchy_pdf(ans, x, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -ans * 2 * z / (1 + z * z) / scale
    return slope, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.cauchy.cdf, "x", "loc", "scale")
def cauchy_cdf(ans, x, loc=0, scale=1):
    slope = scipy.stats.cauchy.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.cauchy.sf, "x", "loc", "scale")
def cauchy_sf(ans, x, loc=0, scale=1):
    slope = -scipy.stats.cauchy.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.cauchy.logcdf, "x", "loc", "scale")
def cauchy_logcdf(ans, x, loc=0, scale=1):
    slope = np.exp(scipy.stats.cauchy.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.cauchy.logsf, "x", "loc", "scale")
def cauchy_logsf(ans, x, loc=0, scale=1):
    slope = -np.exp(scipy.stats.cauchy.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.cauchy.ppf, "q", "loc", "scale")
def cauchy_ppf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.cauchy.pdf(ans, loc, scale)
    return 1 / density, 1, z


@elementwise(scipy.stats.cauchy.isf, "q", "loc", "scale")
def cauchy_isf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.cauchy.pdf(ans, loc, scale)
    return -1 / density, 1, z


# -- laplace -----------------------------------------------------------------------------------------


@elementwise(scipy.stats.laplace.logpdf, "x", "loc", "scale")
def laplace_logpdf(ans, x, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -np.sign(z) / scale
    return slope, -slope, -1 / scale - z * slope


@elementwise(scipy.stats.laplace.pdf, "x", "loc", "scale")
def laplace_pdf(ans, x, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -ans * np.sign(z) / scale
    return slope, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.laplace.cdf, "x", "loc", "scale")
def laplace_cdf(ans, x, loc=0, scale=1):
    slope = scipy.stats.laplace.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.laplace.sf, "x", "loc", "scale")
def laplace_sf(ans, x, loc=0, scale=1):
    slope = -scipy.stats.laplace.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.laplace.logcdf, "x", "loc", "scale")
def laplace_logcdf(ans, x, loc=0, scale=1):
    slope = np.exp(scipy.stats.laplace.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.laplace.logsf, "x", "loc", "scale")
def laplace_logsf(ans, x, loc=0, scale=1):
    slope = -np.exp(scipy.stats.laplace.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.laplace.ppf, "q", "loc", "scale")
def laplace_ppf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.laplace.pdf(ans, loc, scale)
    return 1 / density, 1, z


@elementwise(scipy.stats.laplace.isf, "q", "loc", "scale")
def laplace_isf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.laplace.pdf(ans, loc, scale)
    return -1 / density, 1, z


# -- logistic ----------------------------------------------------------------------------------------


@elementwise(scipy.stats.logistic.logpdf, "x", "loc", "scale")
def logistic_logpdf(ans, x, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -np.tanh(0.5 * z) / scale
    return slope, -slope, -1 / scale - z * slope


@elementwise(scipy.stats.logistic.pdf, "x", "loc", "scale")
def logistic_pdf(ans, x, loc=0, scale=1):
    z = (x - loc) / scale
    slope = -ans * np.tanh(0.5 * z) / scale
    return slope, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.logistic.cdf, "x", "loc", "scale")
def logistic_cdf(ans, x, loc=0, scale=1):
    slope = scipy.stats.logistic.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.logistic.sf, "x", "loc", "scale")
def logistic_sf(ans, x, loc=0, scale=1):
    slope = -scipy.stats.logistic.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.logistic.logcdf, "x", "loc", "scale")
def logistic_logcdf(ans, x, loc=0, scale=1):
    slope = np.exp(scipy.stats.logistic.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.logistic.logsf, "x", "loc", "scale")
def logistic_logsf(ans, x, loc=0, scale=1):
    slope = -np.exp(scipy.stats.logistic.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.logistic.ppf, "q", "loc", "scale")
def logistic_ppf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.logistic.pdf(ans, loc, scale)
    return 1 / density, 1, z


@elementwise(scipy.stats.logistic.isf, "q", "loc", "scale")
def logistic_isf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.logistic.pdf(ans, loc, scale)
    return -1 / density, 1, z


# -- gumbel_r ----------------------------------------------------------------------------------------


@elementwise(scipy.stats.gumbel_r.logpdf, "x", "loc", "scale")
def gumbel_r_logpdf(ans, x, loc=0, scale=1):
    z = (x - loc) / scale
    slope = (np.exp(-z) - 1) / scale
    return slope, -slope, -1 / scale - z * slope


@elementwise(scipy.stats.gumbel_r.pdf, "x", "loc", "scale")
def gumbel_r_pdf(ans, x, loc=0, scale=1):
    z = (x - loc) / scale
    slope = ans * (np.exp(-z) - 1) / scale
    return slope, -slope, -ans / scale - z * slope


@elementwise(scipy.stats.gumbel_r.cdf, "x", "loc", "scale")
def gumbel_r_cdf(ans, x, loc=0, scale=1):
    slope = scipy.stats.gumbel_r.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.gumbel_r.sf, "x", "loc", "scale")
def gumbel_r_sf(ans, x, loc=0, scale=1):
    slope = -scipy.stats.gumbel_r.pdf(x, loc, scale)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.gumbel_r.logcdf, "x", "loc", "scale")
def gumbel_r_logcdf(ans, x, loc=0, scale=1):
    slope = np.exp(scipy.stats.gumbel_r.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.gumbel_r.logsf, "x", "loc", "scale")
def gumbel_r_logsf(ans, x, loc=0, scale=1):
    slope = -np.exp(scipy.stats.gumbel_r.logpdf(x, loc, scale) - ans)
    return slope, -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.gumbel_r.ppf, "q", "loc", "scale")
def gumbel_r_ppf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.gumbel_r.pdf(ans, loc, scale)
    return 1 / density, 1, z


@elementwise(scipy.stats.gumbel_r.isf, "q", "loc", "scale")
def gumbel_r_isf(ans, q, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.gumbel_r.pdf(ans, loc, scale)
    return -1 / density, 1, z


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
