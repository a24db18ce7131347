"""Derivatives of random samples with respect to the parameters that shape their distribution.

The samplers of these distributions reject draws, so the same random numbers make samples that jump where a parameter
moves. The derivative is that of the sample which stays at its quantile: for the expectation of any smooth function of
the sample it gives the derivative of the expectation, as the derivative of a normal sample does.
"""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import elementwise, jvp, vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}

# -- quantiles ---------------------------------------------------------------------------------------


@elementwise(rt.log_gamma_slope, "x")
def log_gamma_slope(ans, x, order=0):
    return rt.log_gamma_slope(x, order + 1)


@elementwise(rt.gamma_path, "a", "z")
def gamma_path(ans, a, z, order=1):
    log = rt.safe_log(z) - rt.log_gamma_slope(a)
    change = log
    if order == 2:
        change = log * log - rt.log_gamma_slope(a, 1)
    return rt.gamma_path(a, z, order + 1) - ans * log, -change - ans * ((a - 1) * rt.safe_reciprocal(z) - 1)


@elementwise(rt.beta_path, "a", "b", "x")
def beta_path(ans, a, b, x, i=1, j=0):
    both = rt.log_gamma_slope(a + b)
    first = rt.safe_log(x) - rt.log_gamma_slope(a) + both
    second = rt.safe_log(1 - x) - rt.log_gamma_slope(b) + both
    slope = (a - 1) * rt.safe_reciprocal(x) - (b - 1) * rt.safe_reciprocal(1 - x)
    change = first * i + second * j
    if i + j == 2:
        change = rt.beta_path(a, b, x, i + 1, j + 1)
    return (
        rt.beta_path(a, b, x, i + 1, j) - ans * first,
        rt.beta_path(a, b, x, i, j + 1) - ans * second,
        -change - ans * slope,
    )


# -- gamma -------------------------------------------------------------------------------------------


@vjp(np.random.gamma, "shape", "scale")
def gamma(ans, g, shape, scale=1.0, size=None):
    return (
        rt.unbroadcast(g * scale * rt.gamma_path(shape, ans / scale), shape),
        rt.unbroadcast(g * ans / scale, scale),
    )


@vjp(np.random.Generator.gamma, "shape", "scale")
@vjp(np.random.RandomState.gamma, "shape", "scale")
def method_gamma(ans, g, self, shape, scale=1.0, size=None):
    return gamma(ans, g, shape, scale, size)


@jvp(np.random.gamma, "shape")
def gamma_shape(ans, t, shape, scale=1.0, size=None):
    return t * scale * rt.gamma_path(shape, ans / scale)


@jvp(np.random.Generator.gamma, "shape")
@jvp(np.random.RandomState.gamma, "shape")
def method_gamma_shape(ans, t, self, shape, scale=1.0, size=None):
    return t * scale * rt.gamma_path(shape, ans / scale)


@jvp(np.random.gamma, "scale")
def gamma_scale(ans, t, shape, scale=1.0, size=None):
    return t * ans / scale


@jvp(np.random.Generator.gamma, "scale")
@jvp(np.random.RandomState.gamma, "scale")
def method_gamma_scale(ans, t, self, shape, scale=1.0, size=None):
    return t * ans / scale


@vjp(np.random.standard_gamma, "shape")
def standard_gamma(ans, g, shape, size=None):
    return rt.unbroadcast(g * rt.gamma_path(shape, ans), shape)


@vjp(np.random.RandomState.standard_gamma, "shape")
def state_standard_gamma(ans, g, self, shape, size=None):
    return rt.unbroadcast(g * rt.gamma_path(shape, ans), shape)


@vjp(np.random.Generator.standard_gamma, "shape", refused=_OUT)
def generator_standard_gamma(ans, g, self, shape, size=None, dtype=np.float64, out=None):
    return rt.unbroadcast(g * rt.gamma_path(shape, ans), shape)


@jvp(np.random.standard_gamma, "shape")
def standard_gamma_shape(ans, t, shape, size=None):
    return t * rt.gamma_path(shape, ans)


@jvp(np.random.RandomState.standard_gamma, "shape")
def state_standard_gamma_shape(ans, t, self, shape, size=None):
    return t * rt.gamma_path(shape, ans)


@jvp(np.random.Generator.standard_gamma, "shape")
def generator_standard_gamma_shape(ans, t, self, shape, size=None, dtype=np.float64, out=None):
    return t * rt.gamma_path(shape, ans)


@vjp(np.random.chisquare, "df")
def chisquare(ans, g, df, size=None):
    return rt.unbroadcast(g * rt.gamma_path(df / 2, ans / 2), df)


@vjp(np.random.Generator.chisquare, "df")
@vjp(np.random.RandomState.chisquare, "df")
def method_chisquare(ans, g, self, df, size=None):
    return rt.unbroadcast(g * rt.gamma_path(df / 2, ans / 2), df)


@jvp(np.random.chisquare, "df")
def chisquare_df(ans, t, df, size=None):
    return t * rt.gamma_path(df / 2, ans / 2)


@jvp(np.random.Generator.chisquare, "df")
@jvp(np.random.RandomState.chisquare, "df")
def method_chisquare_df(ans, t, self, df, size=None):
    return t * rt.gamma_path(df / 2, ans / 2)


# -- beta and Dirichlet ------------------------------------------------------------------------------


@vjp(np.random.beta, "a", "b")
def beta(ans, g, a, b, size=None):
    return (
        rt.unbroadcast(g * rt.beta_path(a, b, ans), a),
        rt.unbroadcast(g * rt.beta_path(a, b, ans, 0, 1), b),
    )


@vjp(np.random.Generator.beta, "a", "b")
@vjp(np.random.RandomState.beta, "a", "b")
def method_beta(ans, g, self, a, b, size=None):
    return beta(ans, g, a, b, size)


@jvp(np.random.beta, "a")
def beta_a(ans, t, a, b, size=None):
    return t * rt.beta_path(a, b, ans)


@jvp(np.random.beta, "b")
def beta_b(ans, t, a, b, size=None):
    return t * rt.beta_path(a, b, ans, 0, 1)


@jvp(np.random.Generator.beta, "a")
@jvp(np.random.RandomState.beta, "a")
def method_beta_a(ans, t, self, a, b, size=None):
    return t * rt.beta_path(a, b, ans)


@jvp(np.random.Generator.beta, "b")
@jvp(np.random.RandomState.beta, "b")
def method_beta_b(ans, t, self, a, b, size=None):
    return t * rt.beta_path(a, b, ans, 0, 1)


def from_here(values):
    """Return the sums of each entry along the last axis and all that come after it."""
    return np.flip(np.cumsum(np.flip(values, -1), axis=-1), -1)


def led(values):
    """Return values along the last axis behind a zero."""
    return np.concatenate((np.zeros_like(values[..., :1]), values), axis=-1)


def ended(values):
    """Return values along the last axis before a zero."""
    return np.concatenate((values, np.zeros_like(values[..., :1])), axis=-1)


@vjp(np.random.dirichlet, "alpha")
def dirichlet(ans, g, alpha, size=None):
    """Each entry is a beta sample of what those before it have left."""
    alpha = np.asarray(alpha)
    rest, others = from_here(ans), from_here(alpha)[1:]
    shares = ans[..., :-1] / rest[..., :-1]
    by_share = rest[..., :-1] * (
        g[..., :-1] - from_here(g * ans)[..., 1:] * rt.safe_reciprocal(rest[..., 1:])
    )
    first = ended(by_share * rt.beta_path(alpha[:-1], others, shares))
    second = led(np.cumsum(by_share * rt.beta_path(alpha[:-1], others, shares, 0, 1), axis=-1))
    return rt.unbroadcast(first + second, alpha)


@vjp(np.random.Generator.dirichlet, "alpha")
@vjp(np.random.RandomState.dirichlet, "alpha")
def method_dirichlet(ans, g, self, alpha, size=None):
    return dirichlet(ans, g, alpha, size)


@jvp(np.random.dirichlet, "alpha")
def dirichlet_alpha(ans, t, alpha, size=None):
    alpha = np.asarray(alpha)
    rest, others = from_here(ans), from_here(alpha)[1:]
    shares = ans[..., :-1] / rest[..., :-1]
    first = t[:-1] * rt.beta_path(alpha[:-1], others, shares)
    change = rest[..., :-1] * (first + from_here(t)[1:] * rt.beta_path(alpha[:-1], others, shares, 0, 1))
    return ended(change) - ans * led(np.cumsum(change * rt.safe_reciprocal(rest[..., 1:]), axis=-1))


@jvp(np.random.Generator.dirichlet, "alpha")
@jvp(np.random.RandomState.dirichlet, "alpha")
def method_dirichlet_alpha(ans, t, self, alpha, size=None):
    return dirichlet_alpha(ans, t, alpha, size)


# -- Student's t and Fisher's F ----------------------------------------------------------------------


def student_slope(ans, df):
    """Return how a sample of Student's t moves with its freedom: its square over that plus the freedom is a beta sample."""
    square = ans * ans
    whole = df + square
    path = rt.beta_path(0.5, df / 2, square / whole, 0, 1)
    return ans / (2 * df) + whole * whole * rt.safe_reciprocal(4 * ans * df) * path


def fisher_slopes(ans, dfnum, dfden):
    """Return how a sample of Fisher's F moves with its two freedoms."""
    whole = dfnum * ans + dfden
    share, spread = dfnum * ans / whole, whole * whole / (2 * dfnum * dfden)
    return (
        spread * rt.beta_path(dfnum / 2, dfden / 2, share) - ans / dfnum,
        spread * rt.beta_path(dfnum / 2, dfden / 2, share, 0, 1) + ans / dfden,
    )


@vjp(np.random.standard_t, "df")
def standard_t(ans, g, df, size=None):
    return rt.unbroadcast(g * student_slope(ans, df), df)


@vjp(np.random.Generator.standard_t, "df")
@vjp(np.random.RandomState.standard_t, "df")
def method_standard_t(ans, g, self, df, size=None):
    return rt.unbroadcast(g * student_slope(ans, df), df)


@jvp(np.random.standard_t, "df")
def standard_t_df(ans, t, df, size=None):
    return t * student_slope(ans, df)


@jvp(np.random.Generator.standard_t, "df")
@jvp(np.random.RandomState.standard_t, "df")
def method_standard_t_df(ans, t, self, df, size=None):
    return t * student_slope(ans, df)


@vjp(np.random.f, "dfnum", "dfden")
def f(ans, g, dfnum, dfden, size=None):
    slopes = fisher_slopes(ans, dfnum, dfden)
    return rt.unbroadcast(g * slopes[0], dfnum), rt.unbroadcast(g * slopes[1], dfden)


@vjp(np.random.Generator.f, "dfnum", "dfden")
@vjp(np.random.RandomState.f, "dfnum", "dfden")
def method_f(ans, g, self, dfnum, dfden, size=None):
    return f(ans, g, dfnum, dfden, size)


@jvp(np.random.f, "dfnum")
def f_dfnum(ans, t, dfnum, dfden, size=None):
    return t * fisher_slopes(ans, dfnum, dfden)[0]


@jvp(np.random.f, "dfden")
def f_dfden(ans, t, dfnum, dfden, size=None):
    return t * fisher_slopes(ans, dfnum, dfden)[1]


@jvp(np.random.Generator.f, "dfnum")
@jvp(np.random.RandomState.f, "dfnum")
def method_f_dfnum(ans, t, self, dfnum, dfden, size=None):
    return t * fisher_slopes(ans, dfnum, dfden)[0]


@jvp(np.random.Generator.f, "dfden")
@jvp(np.random.RandomState.f, "dfden")
def method_f_dfden(ans, t, self, dfnum, dfden, size=None):
    return t * fisher_slopes(ans, dfnum, dfden)[1]
