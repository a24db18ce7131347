"""Derivatives of ``scipy.stats``: Student's t, gamma and chi-squared distributions.

Every rule takes z = (x - loc) / scale; outside the support a density is constant.
"""

from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats

from srcad import runtime as rt
from srcad.rules.registry import elementwise
from srcad.rules.scipy_special_gamma import stdtr_by_freedom

# -- t -----------------------------------------------------------------------------------------------


@elementwise(scipy.stats.t.logpdf, "x", "df", "loc", "scale")
def t_logpdf(ans, x, df, loc=0, scale=1):
    z = (x - loc) / scale
    slope = (-(df + 1) * z / (df + z * z)) / scale
    return (
        slope,
        0.5
        * (
            scipy.special.digamma(0.5 * df + 0.5)
            - scipy.special.digamma(0.5 * df)
            - 1 / df
            - np.log1p(z * z / df)
            + (df + 1) * z * z / (df * (df + z * z))
        ),
        -slope,
        -1 / scale - z * slope,
    )


@elementwise(scipy.stats.t.pdf, "x", "df", "loc", "scale")
def t_pdf(ans, x, df, loc=0, scale=1):
    z = (x - loc) / scale
    slope = ans * (-(df + 1) * z / (df + z * z)) / scale
    return (
        slope,
        ans
        * (
            0.5
            * (
                scipy.special.digamma(0.5 * df + 0.5)
                - scipy.special.digamma(0.5 * df)
                - 1 / df
                - np.log1p(z * z / df)
                + (df + 1) * z * z / (df * (df + z * z))
            )
        ),
        -slope,
        -ans / scale - z * slope,
    )


def t_by_freedom(x, df, loc, scale):
    """Return the derivative of the distribution function by the degrees of freedom."""
    return stdtr_by_freedom(df, (x - loc) / scale)


@elementwise(scipy.stats.t.cdf, "x", "df", "loc", "scale")
def t_cdf(ans, x, df, loc=0, scale=1):
    slope = scipy.stats.t.pdf(x, df, loc, scale)
    return slope, t_by_freedom(x, df, loc, scale), -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.t.sf, "x", "df", "loc", "scale")
def t_sf(ans, x, df, loc=0, scale=1):
    slope = -scipy.stats.t.pdf(x, df, loc, scale)
    return slope, -t_by_freedom(x, df, loc, scale), -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.t.logcdf, "x", "df", "loc", "scale")
def t_logcdf(ans, x, df, loc=0, scale=1):
    slope = np.exp(scipy.stats.t.logpdf(x, df, loc, scale) - ans)
    return slope, t_by_freedom(x, df, loc, scale) * np.exp(-ans), -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.t.logsf, "x", "df", "loc", "scale")
def t_logsf(ans, x, df, loc=0, scale=1):
    slope = -np.exp(scipy.stats.t.logpdf(x, df, loc, scale) - ans)
    return slope, -t_by_freedom(x, df, loc, scale) * np.exp(-ans), -slope, -slope * (x - loc) / scale


@elementwise(scipy.stats.t.ppf, "q", "df", "loc", "scale")
def t_ppf(ans, q, df, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.t.pdf(ans, df, loc, scale)
    return 1 / density, -t_by_freedom(ans, df, loc, scale) / density, 1, z


@elementwise(scipy.stats.t.isf, "q", "df", "loc", "scale")
def t_isf(ans, q, df, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.t.pdf(ans, df, loc, scale)
    return -1 / density, -t_by_freedom(ans, df, loc, scale) / density, 1, z


# -- gamma -------------------------------------------------------------------------------------------


@elementwise(scipy.stats.gamma.logpdf, "x", "a", "loc", "scale")
def gamma_logpdf(ans, x, a, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    slope = inside * ((a - 1) / z - 1) / scale
    return slope, inside * (np.log(z) - scipy.special.digamma(a)), -slope, -1.0 * inside / scale - z * slope


@elementwise(scipy.stats.gamma.pdf, "x", "a", "loc", "scale")
def gamma_pdf(ans, x, a, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    slope = ans * ((a - 1) / z - 1) / scale
    return slope, ans * (np.log(z) - scipy.special.digamma(a)), -slope, -ans / scale - z * slope


@elementwise(scipy.stats.gamma.cdf, "x", "a", "loc", "scale")
def gamma_cdf(ans, x, a, loc=0, scale=1):
    density = scipy.stats.gamma.pdf(x, a, loc, scale)
    z = np.maximum((x - loc) / scale, 0)
    return density, rt.scipy_special.gammainc_by_shape(a, z), -density, -density * z


@elementwise(scipy.stats.gamma.sf, "x", "a", "loc", "scale")
def gamma_sf(ans, x, a, loc=0, scale=1):
    density = scipy.stats.gamma.pdf(x, a, loc, scale)
    z = np.maximum((x - loc) / scale, 0)
    return -density, -rt.scipy_special.gammainc_by_shape(a, z), density, density * z


@elementwise(scipy.stats.gamma.logcdf, "x", "a", "loc", "scale")
def gamma_logcdf(ans, x, a, loc=0, scale=1):
    density = scipy.stats.gamma.pdf(x, a, loc, scale)
    z = np.maximum((x - loc) / scale, 0)
    weight = np.exp(-ans)
    return (
        weight * density,
        weight * rt.scipy_special.gammainc_by_shape(a, z),
        -weight * density,
        -weight * density * z,
    )


@elementwise(scipy.stats.gamma.logsf, "x", "a", "loc", "scale")
def gamma_logsf(ans, x, a, loc=0, scale=1):
    density = scipy.stats.gamma.pdf(x, a, loc, scale)
    z = np.maximum((x - loc) / scale, 0)
    weight = np.exp(-ans)
    return (
        -weight * density,
        -weight * rt.scipy_special.gammainc_by_shape(a, z),
        weight * density,
        weight * density * z,
    )


@elementwise(scipy.stats.gamma.ppf, "q", "a", "loc", "scale")
def gamma_ppf(ans, q, a, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.gamma.pdf(ans, a, loc, scale)
    return 1 / density, -rt.scipy_special.gammainc_by_shape(a, z) / density, 1, z


@elementwise(scipy.stats.gamma.isf, "q", "a", "loc", "scale")
def gamma_isf(ans, q, a, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.gamma.pdf(ans, a, loc, scale)
    return -1 / density, -rt.scipy_special.gammainc_by_shape(a, z) / density, 1, z


# -- chi2 --------------------------------------------------------------------------------------------


@elementwise(scipy.stats.chi2.logpdf, "x", "df", "loc", "scale")
def chi2_logpdf(ans, x, df, loc=0, scale=1):
    inside = np.isfinite(ans)
    z = np.where(inside, (x - loc) / scale, 0.5)
    slope = inside * ((0.5 * df - 1) / z - 0.5) / scale
    return (
        slope,
        inside * (0.5 * (np.log(0.5 * z) - scipy.special.digamma(0.5 * df))),
        -slope,
        -1.0 * inside / scale - z * slope,
    )


@elementwise(scipy.stats.chi2.pdf, "x", "df", "loc", "scale")
def chi2_pdf(ans, x, df, loc=0, scale=1):
    z = np.where(np.greater(ans, 0), (x - loc) / scale, 0.5)
    slope = ans * ((0.5 * df - 1) / z - 0.5) / scale
    return (
        slope,
        ans * (0.5 * (np.log(0.5 * z) - scipy.special.digamma(0.5 * df))),
        -slope,
        -ans / scale - z * slope,
    )


@elementwise(scipy.stats.chi2.cdf, "x", "df", "loc", "scale")
def chi2_cdf(ans, x, df, loc=0, scale=1):
    density = scipy.stats.chi2.pdf(x, df, loc, scale)
    z = np.maximum((x - loc) / scale, 0)
    return density, 0.5 * rt.scipy_special.gammainc_by_shape(0.5 * df, 0.5 * z), -density, -density * z


@elementwise(scipy.stats.chi2.sf, "x", "df", "loc", "scale")
def chi2_sf(ans, x, df, loc=0, scale=1):
    density = scipy.stats.chi2.pdf(x, df, loc, scale)
    z = np.maximum((x - loc) / scale, 0)
    return -density, -0.5 * rt.scipy_special.gammainc_by_shape(0.5 * df, 0.5 * z), density, density * z


@elementwise(scipy.stats.chi2.logcdf, "x", "df", "loc", "scale")
def chi2_logcdf(ans, x, df, loc=0, scale=1):
    density = scipy.stats.chi2.pdf(x, df, loc, scale)
    z = np.maximum((x - loc) / scale, 0)
    weight = np.exp(-ans)
    return (
        weight * density,
        weight * 0.5 * rt.scipy_special.gammainc_by_shape(0.5 * df, 0.5 * z),
        -weight * density,
        -weight * density * z,
    )


@elementwise(scipy.stats.chi2.logsf, "x", "df", "loc", "scale")
def chi2_logsf(ans, x, df, loc=0, scale=1):
    density = scipy.stats.chi2.pdf(x, df, loc, scale)
    z = np.maximum((x - loc) / scale, 0)
    weight = np.exp(-ans)
    return (
        -weight * density,
        -weight * 0.5 * rt.scipy_special.gammainc_by_shape(0.5 * df, 0.5 * z),
        weight * density,
        weight * density * z,
    )


@elementwise(scipy.stats.chi2.ppf, "q", "df", "loc", "scale")
def chi2_ppf(ans, q, df, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.chi2.pdf(ans, df, loc, scale)
    return 1 / density, -0.5 * rt.scipy_special.gammainc_by_shape(0.5 * df, 0.5 * z) / density, 1, z


@elementwise(scipy.stats.chi2.isf, "q", "df", "loc", "scale")
def chi2_isf(ans, q, df, loc=0, scale=1):
    z = (ans - loc) / scale
    density = scipy.stats.chi2.pdf(ans, df, loc, scale)
    return -1 / density, -0.5 * rt.scipy_special.gammainc_by_shape(0.5 * df, 0.5 * z) / density, 1, z
