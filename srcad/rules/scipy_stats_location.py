"""Derivatives of ``scipy.stats``: distributions on the whole line with location and scale alone.

Every rule takes z = (x - loc) / scale.
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
