"""Derivatives of ``scipy.special``: error functions, the normal distribution and integrals of elementary functions."""

from __future__ import annotations

import numpy as np
import scipy.special

from srcad import runtime as rt
from srcad.rules.registry import elementwise, jvp, vjp
from srcad.rules.scipy_special_gamma import stdtr_by_freedom

# -- error functions; 2 / sqrt(pi) = 1.1283791670955126 ------------------------------------------------


@elementwise(scipy.special.erf, "x")
def erf(ans, x):
    return 1.1283791670955126 * np.exp(-x * x)


@elementwise(scipy.special.erfc, "x")
def erfc(ans, x):
    return -1.1283791670955126 * np.exp(-x * x)


@elementwise(scipy.special.erfcx, "x")
def erfcx(ans, x):
    return 2 * x * ans - 1.1283791670955126


@elementwise(scipy.special.erfi, "x")
def erfi(ans, x):
    return 1.1283791670955126 * np.exp(x * x)


@elementwise(scipy.special.erfinv, "x")
def erfinv(ans, x):
    return 0.8862269254527580 * np.exp(ans * ans)


@elementwise(scipy.special.erfcinv, "x")
def erfcinv(ans, x):
    return -0.8862269254527580 * np.exp(ans * ans)


@elementwise(scipy.special.dawsn, "x")
def dawsn(ans, x):
    return 1 - 2 * x * ans


@elementwise(scipy.special.wofz, "x")
def wofz(ans, x):
    return 1.1283791670955126j - 2 * x * ans


# -- the normal distribution; 1 / sqrt(2 pi) = 0.3989422804014327 --------------------------------------


@elementwise(scipy.special.ndtr, "x")
def ndtr(ans, x):
    return 0.3989422804014327 * np.exp(-0.5 * x * x)


@elementwise(scipy.special.log_ndtr, "x")
def log_ndtr(ans, x):
    return 0.3989422804014327 * np.exp(-0.5 * x * x - ans)


@elementwise(scipy.special.ndtri, "x")
def ndtri(ans, x):
    return 2.5066282746310002 * np.exp(0.5 * ans * ans)


@elementwise(scipy.special.ndtri_exp, "x")
def ndtri_exp(ans, x):
    return 2.5066282746310002 * np.exp(x + 0.5 * ans * ans)


@elementwise(scipy.special.owens_t, "x1", "x2")
def owens_t(ans, x1, x2):
    ratio = 1 + x2 * x2
    bell = -0.19947114020071635 * np.exp(-0.5 * x1 * x1)
    return (
        bell * scipy.special.erf(0.7071067811865476 * x1 * x2),
        0.15915494309189535 * np.exp(-0.5 * x1 * x1 * ratio) / ratio,
    )


# -- distribution functions under their Cephes names -------------------------------------------------


@elementwise(scipy.special.chdtr, "x2")
def chdtr(ans, x1, x2):
    half = 0.5 * x1
    return rt.scipy_special.as_precise_as(
        0.5 * np.exp(scipy.special.xlogy(half - 1, 0.5 * x2) - 0.5 * x2 - scipy.special.gammaln(half)),
        rt.scipy_special.precision(x1, x2),
    )


@elementwise(scipy.special.chdtrc, "x2")
def chdtrc(ans, x1, x2):
    half = 0.5 * x1
    return rt.scipy_special.as_precise_as(
        -0.5 * np.exp(scipy.special.xlogy(half - 1, 0.5 * x2) - 0.5 * x2 - scipy.special.gammaln(half)),
        rt.scipy_special.precision(x1, x2),
    )


@elementwise(scipy.special.stdtr, "x1", "x2")
def stdtr(ans, x1, x2):
    half = 0.5 * x1
    scale = np.exp(-scipy.special.betaln(half, 0.5)) / np.sqrt(x1)
    precision = rt.scipy_special.precision(x1, x2)
    return (
        rt.scipy_special.as_precise_as(stdtr_by_freedom(x1, x2), precision),
        rt.scipy_special.as_precise_as(scale * np.exp(-(half + 0.5) * np.log1p(x2 * x2 / x1)), precision),
    )


@elementwise(scipy.special.stdtrit, "x1", "x2")
def stdtrit(ans, x1, x2):
    half = 0.5 * x1
    scale = np.exp(scipy.special.betaln(half, 0.5)) * np.sqrt(x1)
    slope = scale * np.exp((half + 0.5) * np.log1p(ans * ans / x1))
    precision = rt.scipy_special.precision(x1, x2)
    return (
        rt.scipy_special.as_precise_as(-slope * stdtr_by_freedom(x1, ans), precision),
        rt.scipy_special.as_precise_as(slope, precision),
    )


@elementwise(scipy.special.pdtr, "x2")
def pdtr(ans, x1, x2):
    count = np.floor(x1)
    return rt.scipy_special.as_precise_as(
        -np.exp(scipy.special.xlogy(count, x2) - x2 - scipy.special.gammaln(count + 1)),
        rt.scipy_special.precision(x1, x2),
    )


@elementwise(scipy.special.pdtrc, "x2")
def pdtrc(ans, x1, x2):
    count = np.floor(x1)
    return rt.scipy_special.as_precise_as(
        np.exp(scipy.special.xlogy(count, x2) - x2 - scipy.special.gammaln(count + 1)),
        rt.scipy_special.precision(x1, x2),
    )


@elementwise(scipy.special.bdtr, "x3")
def bdtr(ans, x1, x2, x3):
    count = np.floor(x1)
    powers = scipy.special.xlogy(count, x3) + scipy.special.xlog1py(x2 - count - 1, -x3)
    return rt.scipy_special.as_precise_as(
        -np.exp(powers - scipy.special.betaln(count + 1, x2 - count)), rt.scipy_special.precision(x1, x2, x3)
    )


@elementwise(scipy.special.bdtrc, "x3")
def bdtrc(ans, x1, x2, x3):
    count = np.floor(x1)
    powers = scipy.special.xlogy(count, x3) + scipy.special.xlog1py(x2 - count - 1, -x3)
    return rt.scipy_special.as_precise_as(
        np.exp(powers - scipy.special.betaln(count + 1, x2 - count)), rt.scipy_special.precision(x1, x2, x3)
    )


# -- integrals of elementary functions ---------------------------------------------------------------


@vjp(scipy.special.fresnel, "x")
def fresnel(ans, g, x):
    angle = 1.5707963267948966 * x * x
    return g[0] * np.sin(angle) + g[1] * np.cos(angle)


@jvp(scipy.special.fresnel, "x")
def fresnel_x(ans, t, x):
    angle = 1.5707963267948966 * x * x
    return t * np.sin(angle), t * np.cos(angle)


@vjp(scipy.special.sici, "x")
def sici(ans, g, x):
    return (g[0] * np.sin(x) + g[1] * np.cos(x)) / x


@jvp(scipy.special.sici, "x")
def sici_x(ans, t, x):
    return t * np.sin(x) / x, t * np.cos(x) / x


@vjp(scipy.special.shichi, "x")
def shichi(ans, g, x):
    return (g[0] * np.sinh(x) + g[1] * np.cosh(x)) / x


@jvp(scipy.special.shichi, "x")
def shichi_x(ans, t, x):
    return t * np.sinh(x) / x, t * np.cosh(x) / x


@elementwise(scipy.special.expi, "x")
def expi(ans, x):
    return np.exp(x) / x


@elementwise(scipy.special.exp1, "x")
def exp1(ans, x):
    return -np.exp(-x) / x


@elementwise(scipy.special.expn, "x2")
def expn(ans, x1, x2):
    return ((x1 - 1) * ans - np.exp(-x2)) / x2


@elementwise(scipy.special.spence, "x")
def spence(ans, x):
    return -1 / scipy.special.exprel(np.log(rt.real_only(x, "scipy.special.spence")))
