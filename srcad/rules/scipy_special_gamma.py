"""Derivatives of ``scipy.special``: the gamma, beta and zeta functions and what is counted with them."""

from __future__ import annotations

import numpy as np
import scipy.special

from srcad import runtime as rt
from srcad.rules.registry import alias, constant, elementwise, jvp, vjp

# -- gamma -------------------------------------------------------------------------------------------


@elementwise(scipy.special.gamma, "x")
def gamma(ans, x):
    return ans * scipy.special.digamma(x)


@elementwise(scipy.special.gammaln, "x")
def gammaln(ans, x):
    return scipy.special.digamma(x)


@elementwise(scipy.special.loggamma, "x")
def loggamma(ans, x):
    return scipy.special.digamma(x)


@elementwise(scipy.special.rgamma, "x")
def rgamma(ans, x):
    return -ans * scipy.special.digamma(x)


@elementwise(scipy.special.digamma, "x")
def digamma(ans, x):
    return scipy.special.zeta(2, rt.real_only(x, "scipy.special.digamma"))


@elementwise(scipy.special.polygamma, "x")
def polygamma(ans, n, x):
    return scipy.special.polygamma(n + 1, x)


@elementwise(scipy.special.poch, "x1", "x2")
def poch(ans, x1, x2):
    end = scipy.special.digamma(x1 + x2)
    return ans * (end - scipy.special.digamma(x1)), ans * end


@vjp(scipy.special.multigammaln, "a")
def multigammaln(ans, g, a, d):
    steps = np.expand_dims(a, -1) - 0.5 * np.arange(d)
    return rt.unbroadcast(g * np.sum(scipy.special.digamma(steps), axis=-1), a)


@jvp(scipy.special.multigammaln, "a")
def multigammaln_a(ans, t, a, d):
    return t * np.sum(scipy.special.digamma(np.expand_dims(a, -1) - 0.5 * np.arange(d)), axis=-1)


constant(rt.scipy_special.precision)


@vjp(rt.scipy_special.as_precise_as, "value", linear=True)
def as_precise_as(ans, g, value, dtype):
    return g


# -- incomplete gamma --------------------------------------------------------------------------------


@elementwise(scipy.special.gammainc, "x1", "x2")
def gammainc(ans, x1, x2):
    density = np.exp(scipy.special.xlogy(x1 - 1, x2) - x2 - scipy.special.gammaln(x1))
    return rt.scipy_special.gammainc_by_shape(x1, x2), density


@elementwise(scipy.special.gammaincc, "x1", "x2")
def gammaincc(ans, x1, x2):
    density = np.exp(scipy.special.xlogy(x1 - 1, x2) - x2 - scipy.special.gammaln(x1))
    return -rt.scipy_special.gammainc_by_shape(x1, x2), -density


@elementwise(scipy.special.gammaincinv, "x1", "x2")
def gammaincinv(ans, x1, x2):
    slope = np.exp(ans - scipy.special.xlogy(x1 - 1, ans) + scipy.special.gammaln(x1))
    return -slope * rt.scipy_special.gammainc_by_shape(x1, ans), slope


@elementwise(scipy.special.gammainccinv, "x1", "x2")
def gammainccinv(ans, x1, x2):
    slope = np.exp(ans - scipy.special.xlogy(x1 - 1, ans) + scipy.special.gammaln(x1))
    return -slope * rt.scipy_special.gammainc_by_shape(x1, ans), -slope


@elementwise(rt.scipy_special.gammainc_by_shape, "a", "x")
def gammainc_by_shape(ans, a, x, order=1):
    log = np.log(x) - scipy.special.digamma(a)
    factor = log
    if order == 2:
        factor = log * log - scipy.special.zeta(2, a)
    slope = np.exp(scipy.special.xlogy(a - 1, x) - x - scipy.special.gammaln(a)) * factor
    return (
        rt.scipy_special.gammainc_by_shape(a, x, order + 1),
        rt.scipy_special.as_precise_as(slope, rt.scipy_special.precision(a, x)),
    )


# -- beta and binomials ------------------------------------------------------------------------------


@elementwise(scipy.special.beta, "x1", "x2")
def beta(ans, x1, x2):
    total = scipy.special.digamma(x1 + x2)
    return ans * (scipy.special.digamma(x1) - total), ans * (scipy.special.digamma(x2) - total)


@elementwise(scipy.special.betaln, "x1", "x2")
def betaln(ans, x1, x2):
    total = scipy.special.digamma(x1 + x2)
    return scipy.special.digamma(x1) - total, scipy.special.digamma(x2) - total


def beta_density(a, b, x):
    """Return the density of the beta distribution."""
    logarithm = scipy.special.xlogy(a - 1, x) + scipy.special.xlog1py(b - 1, -x)
    return np.exp(logarithm - scipy.special.betaln(a, b))


def betainc_by_first(value, a, b, x):
    """Return the derivative of the incomplete beta function, which has this value, by its first parameter."""
    moment = rt.scipy_special.beta_moment(a, b, x, 1, 0) * np.exp(-scipy.special.betaln(a, b))
    return moment - value * (scipy.special.digamma(a) - scipy.special.digamma(a + b))


def betainc_by_second(value, a, b, x):
    """Return its derivative by the second parameter."""
    moment = rt.scipy_special.beta_moment(a, b, x, 0, 1) * np.exp(-scipy.special.betaln(a, b))
    return moment - value * (scipy.special.digamma(b) - scipy.special.digamma(a + b))


def stdtr_by_freedom(df, t):
    """Return the derivative of the distribution function of Student's t by its degrees of freedom."""
    square = np.where(np.equal(t, 0), 1.0, t * t)
    part = df / (df + square)
    value = scipy.special.betainc(0.5 * df, 0.5, part)
    change = 0.5 * betainc_by_first(value, 0.5 * df, 0.5, part)
    moved = beta_density(0.5 * df, 0.5, part) * square / ((df + square) * (df + square))
    return -0.5 * np.sign(t) * (change + moved)


@elementwise(rt.scipy_special.beta_moment, "a", "b", "x")
def beta_moment(ans, a, b, x, i=0, j=0):
    logarithm = scipy.special.xlogy(a - 1, x) + scipy.special.xlog1py(b - 1, -x)
    return (
        rt.scipy_special.beta_moment(a, b, x, i + 1, j),
        rt.scipy_special.beta_moment(a, b, x, i, j + 1),
        rt.scipy_special.as_precise_as(
            np.exp(logarithm) * np.log(x) ** i * np.log1p(-x) ** j, rt.scipy_special.precision(a, b, x)
        ),
    )


@elementwise(scipy.special.betainc, "x1", "x2", "x3")
def betainc(ans, x1, x2, x3):
    precision = rt.scipy_special.precision(x1, x2, x3)
    return (
        rt.scipy_special.as_precise_as(betainc_by_first(ans, x1, x2, x3), precision),
        rt.scipy_special.as_precise_as(betainc_by_second(ans, x1, x2, x3), precision),
        rt.scipy_special.as_precise_as(beta_density(x1, x2, x3), precision),
    )


@elementwise(scipy.special.betaincc, "x1", "x2", "x3")
def betaincc(ans, x1, x2, x3):
    precision = rt.scipy_special.precision(x1, x2, x3)
    return (
        rt.scipy_special.as_precise_as(-betainc_by_first(1 - ans, x1, x2, x3), precision),
        rt.scipy_special.as_precise_as(-betainc_by_second(1 - ans, x1, x2, x3), precision),
        rt.scipy_special.as_precise_as(-beta_density(x1, x2, x3), precision),
    )


@elementwise(scipy.special.betaincinv, "x1", "x2", "x3")
def betaincinv(ans, x1, x2, x3):
    precision = rt.scipy_special.precision(x1, x2, x3)
    slope = 1 / beta_density(x1, x2, ans)
    return (
        rt.scipy_special.as_precise_as(-slope * betainc_by_first(x3, x1, x2, ans), precision),
        rt.scipy_special.as_precise_as(-slope * betainc_by_second(x3, x1, x2, ans), precision),
        rt.scipy_special.as_precise_as(slope, precision),
    )


@elementwise(scipy.special.betainccinv, "x1", "x2", "x3")
def betainccinv(ans, x1, x2, x3):
    precision = rt.scipy_special.precision(x1, x2, x3)
    slope = 1 / beta_density(x1, x2, ans)
    return (
        rt.scipy_special.as_precise_as(-slope * betainc_by_first(1 - x3, x1, x2, ans), precision),
        rt.scipy_special.as_precise_as(-slope * betainc_by_second(1 - x3, x1, x2, ans), precision),
        rt.scipy_special.as_precise_as(-slope, precision),
    )


@elementwise(scipy.special.binom, "x1", "x2")
def binom(ans, x1, x2):
    rest = scipy.special.digamma(x1 - x2 + 1)
    return ans * (scipy.special.digamma(x1 + 1) - rest), ans * (rest - scipy.special.digamma(x2 + 1))


_EXACT = "exact=True counts in integers, which have no derivative; use exact=False."


@vjp(scipy.special.comb, "N", "k", refused={"exact": _EXACT, "repetition": "Write comb(N + k - 1, k)."})
def comb(ans, g, N, k, *, exact=False, repetition=False):  # noqa: N803
    rest = scipy.special.digamma(N - k + 1)
    return (
        rt.unbroadcast(g * ans * (scipy.special.digamma(N + 1) - rest), N),
        rt.unbroadcast(g * ans * (rest - scipy.special.digamma(k + 1)), k),
    )


@jvp(scipy.special.comb, "N")
def comb_n(ans, t, N, k, *, exact=False, repetition=False):  # noqa: N803
    return t * ans * (scipy.special.digamma(N + 1) - scipy.special.digamma(N - k + 1))


@jvp(scipy.special.comb, "k")
def comb_k(ans, t, N, k, *, exact=False, repetition=False):  # noqa: N803
    return t * ans * (scipy.special.digamma(N - k + 1) - scipy.special.digamma(k + 1))


@vjp(scipy.special.perm, "N", "k", refused={"exact": _EXACT})
def perm(ans, g, N, k, exact=False):  # noqa: N803
    rest = scipy.special.digamma(N - k + 1)
    return (
        rt.unbroadcast(g * ans * (scipy.special.digamma(N + 1) - rest), N),
        rt.unbroadcast(g * ans * rest, k),
    )


@jvp(scipy.special.perm, "N")
def perm_n(ans, t, N, k, exact=False):  # noqa: N803
    return t * ans * (scipy.special.digamma(N + 1) - scipy.special.digamma(N - k + 1))


@jvp(scipy.special.perm, "k")
def perm_k(ans, t, N, k, exact=False):  # noqa: N803
    return t * ans * scipy.special.digamma(N - k + 1)


@vjp(scipy.special.factorial, "n", refused={"exact": _EXACT})
def factorial(ans, g, n, exact=False, extend="zero"):
    return g * ans * scipy.special.digamma(n + 1)


@jvp(scipy.special.factorial, "n")
def factorial_n(ans, t, n, exact=False, extend="zero"):
    return t * ans * scipy.special.digamma(n + 1)


# -- zeta --------------------------------------------------------------------------------------------


@vjp(
    scipy.special.zeta, "x", "q", refused={"out": "An output array is not differentiated; assign the result."}
)
def zeta(ans, g, x, q=None, out=None):
    if q is None:
        return rt.unbroadcast(g * rt.scipy_special.zeta_derivative(x, 1.0, 1), x), 0.0
    return (
        rt.unbroadcast(g * rt.scipy_special.zeta_derivative(x, q, 1), x),
        rt.unbroadcast(-g * x * scipy.special.zeta(x + 1, q), q),
    )


alias(scipy.special._ufuncs._riemann_zeta, scipy.special.zeta)


@jvp(scipy.special.zeta, "x")
def zeta_x(ans, t, x, q=None, out=None):
    if q is None:
        return t * rt.scipy_special.zeta_derivative(x, 1.0, 1)
    return t * rt.scipy_special.zeta_derivative(x, q, 1)


@jvp(scipy.special.zeta, "q")
def zeta_q(ans, t, x, q=None, out=None):
    return -t * x * scipy.special.zeta(x + 1, q)


@elementwise(scipy.special.zetac, "x")
def zetac(ans, x):
    return rt.scipy_special.zeta_derivative(x, 1.0, 1)


@elementwise(rt.scipy_special.zeta_derivative, "s", "q")
def zeta_derivative(ans, s, q, order):
    slope = -s * rt.scipy_special.zeta_derivative(s + 1, q, order)
    return (
        rt.scipy_special.zeta_derivative(s, q, order + 1),
        slope - order * rt.scipy_special.zeta_derivative(s + 1, q, order - 1),
    )
