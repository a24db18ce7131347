"""Derivatives of ``scipy.special``: logistic functions, softmax, entropies, power transforms, elementary functions."""

from __future__ import annotations

import numpy as np
import scipy.special

from srcad import runtime as rt
from srcad.rules.registry import alias, elementwise, jvp, vjp

# -- logistic functions ------------------------------------------------------------------------------


@elementwise(scipy.special.expit, "x")
def expit(ans, x):
    return ans * (1 - ans)


@elementwise(scipy.special.logit, "x")
def logit(ans, x):
    return 1 / (x * (1 - x))


@elementwise(scipy.special.log_expit, "x")
def log_expit(ans, x):
    return scipy.special.expit(-x)


if hasattr(scipy.special, "softplus"):

    @elementwise(scipy.special.softplus, "x")
    def softplus(ans, x):
        return scipy.special.expit(x)


@vjp(scipy.special.softmax, "x")
def softmax(ans, g, x, axis=None):
    return ans * (g - np.sum(g * ans, axis=axis, keepdims=True))


@jvp(scipy.special.softmax, "x")
def softmax_x(ans, t, x, axis=None):
    return ans * (t - np.sum(t * ans, axis=axis, keepdims=True))


@vjp(scipy.special.log_softmax, "x")
def log_softmax(ans, g, x, axis=None):
    return g - np.exp(ans) * np.sum(g, axis=axis, keepdims=True)


@jvp(scipy.special.log_softmax, "x")
def log_softmax_x(ans, t, x, axis=None):
    return t - np.sum(np.exp(ans) * t, axis=axis, keepdims=True)


@vjp(scipy.special.logsumexp, "a", "b")
def logsumexp(ans, g, a, axis=None, b=None, keepdims=False, return_sign=False):
    sign = 1
    if return_sign:
        g = g[0]
        sign = ans[1]
        ans = ans[0]
    if not keepdims and axis is not None:
        g = np.expand_dims(g, axis)
        ans = np.expand_dims(ans, axis)
        sign = np.expand_dims(sign, axis) if return_sign else sign
    share = g * sign * np.exp(rt.difference(a, ans))
    if b is None:
        return share, 0.0
    return rt.unbroadcast(b * share, a), rt.unbroadcast(share, b)


@jvp(scipy.special.logsumexp, "a")
def logsumexp_a(ans, t, a, axis=None, b=None, keepdims=False, return_sign=False):
    sign = 1
    if return_sign:
        sign = ans[1]
        ans = ans[0]
    whole = ans
    if not keepdims and axis is not None:
        whole = np.expand_dims(ans, axis)
    weighted = t * np.exp(rt.difference(a, whole))
    if b is not None:
        weighted = b * weighted
    change = sign * np.sum(weighted, axis=axis, keepdims=keepdims)
    if return_sign:
        return change, 0.0 * sign
    return change


@jvp(scipy.special.logsumexp, "b")
def logsumexp_b(ans, t, a, axis=None, b=None, keepdims=False, return_sign=False):
    sign = 1
    if return_sign:
        sign = ans[1]
        ans = ans[0]
    whole = ans
    if not keepdims and axis is not None:
        whole = np.expand_dims(ans, axis)
    change = sign * np.sum(t * np.exp(rt.difference(a, whole)), axis=axis, keepdims=keepdims)
    if return_sign:
        return change, 0.0 * sign
    return change


# -- entropies ---------------------------------------------------------------------------------------


# At 0 the logarithm is infinite: what multiplies it stays inside of ``xlogy``, where 0 makes it 0.


@vjp(scipy.special.xlogy, "x1", "x2")
def xlogy(ans, g, x1, x2):
    return rt.unbroadcast(scipy.special.xlogy(g, x2), x1), rt.unbroadcast(rt.quotient(g * x1, x2), x2)


@jvp(scipy.special.xlogy, "x1")
def xlogy_x1(ans, t, x1, x2):
    return scipy.special.xlogy(t, x2)


@jvp(scipy.special.xlogy, "x2")
def xlogy_x2(ans, t, x1, x2):
    return rt.quotient(t * x1, x2)


@vjp(scipy.special.xlog1py, "x1", "x2")
def xlog1py(ans, g, x1, x2):
    return rt.unbroadcast(scipy.special.xlog1py(g, x2), x1), rt.unbroadcast(rt.quotient(g * x1, 1 + x2), x2)


@jvp(scipy.special.xlog1py, "x1")
def xlog1py_x1(ans, t, x1, x2):
    return scipy.special.xlog1py(t, x2)


@jvp(scipy.special.xlog1py, "x2")
def xlog1py_x2(ans, t, x1, x2):
    return rt.quotient(t * x1, 1 + x2)


@vjp(scipy.special.entr, "x")
def entr(ans, g, x):
    return -scipy.special.xlogy(g, x) - g


@jvp(scipy.special.entr, "x")
def entr_x(ans, t, x):
    return -scipy.special.xlogy(t, x) - t


@vjp(scipy.special.rel_entr, "x1", "x2")
def rel_entr(ans, g, x1, x2):
    slope = scipy.special.xlogy(g, rt.quotient(x1, x2)) + g
    return rt.unbroadcast(slope, x1), rt.unbroadcast(-rt.quotient(g * x1, x2), x2)


@jvp(scipy.special.rel_entr, "x1")
def rel_entr_x1(ans, t, x1, x2):
    return scipy.special.xlogy(t, rt.quotient(x1, x2)) + t


@jvp(scipy.special.rel_entr, "x2")
def rel_entr_x2(ans, t, x1, x2):
    return -rt.quotient(t * x1, x2)


@vjp(scipy.special.kl_div, "x1", "x2")
def kl_div(ans, g, x1, x2):
    slope = scipy.special.xlogy(g, rt.quotient(x1, x2))
    return rt.unbroadcast(slope, x1), rt.unbroadcast(g - rt.quotient(g * x1, x2), x2)


@jvp(scipy.special.kl_div, "x1")
def kl_div_x1(ans, t, x1, x2):
    return scipy.special.xlogy(t, rt.quotient(x1, x2))


@jvp(scipy.special.kl_div, "x2")
def kl_div_x2(ans, t, x1, x2):
    return t - rt.quotient(t * x1, x2)


@elementwise(scipy.special.huber, "x1", "x2")
def huber(ans, x1, x2):
    return np.maximum(np.abs(x2) - x1, 0), np.clip(x2, -x1, x1)


@elementwise(scipy.special.pseudo_huber, "x1", "x2")
def pseudo_huber(ans, x1, x2):
    root = np.sqrt(1 + (x2 / x1) * (x2 / x1))
    return 2 * x1 * (root - 1) - x2 * x2 / (x1 * root), x2 / root


# -- power transforms --------------------------------------------------------------------------------


@elementwise(scipy.special.boxcox, "x1", "x2")
def boxcox(ans, x1, x2):
    log = np.log(x1)
    return np.power(x1, x2 - 1), rt.scipy_special.as_precise_as(
        0.5 * log * log * scipy.special.hyp1f1(2, 3, x2 * log), rt.scipy_special.precision(x1, x2)
    )


@elementwise(scipy.special.boxcox1p, "x1", "x2")
def boxcox1p(ans, x1, x2):
    log = np.log1p(x1)
    return np.exp((x2 - 1) * log), rt.scipy_special.as_precise_as(
        0.5 * log * log * scipy.special.hyp1f1(2, 3, x2 * log), rt.scipy_special.precision(x1, x2)
    )


@elementwise(scipy.special.inv_boxcox, "x1", "x2")
def inv_boxcox(ans, x1, x2):
    log = np.log(ans)
    slope = np.exp((1 - x2) * log)
    return slope, -0.5 * slope * log * log * scipy.special.hyp1f1(2, 3, x2 * log)


@elementwise(scipy.special.inv_boxcox1p, "x1", "x2")
def inv_boxcox1p(ans, x1, x2):
    log = np.log1p(ans)
    slope = np.exp((1 - x2) * log)
    return slope, -0.5 * slope * log * log * scipy.special.hyp1f1(2, 3, x2 * log)


# -- elementary functions ----------------------------------------------------------------------------


@elementwise(scipy.special.exprel, "x")
def exprel(ans, x):
    return 0.5 * scipy.special.hyp1f1(2, 3, x)


@elementwise(scipy.special.expm1, "x")
def expm1(ans, x):
    return ans + 1


@elementwise(scipy.special.log1p, "x")
def log1p(ans, x):
    return 1 / (1 + x)


@elementwise(scipy.special.exp2, "x")
def exp2(ans, x):
    return 0.6931471805599453 * ans


@elementwise(scipy.special.exp10, "x")
def exp10(ans, x):
    return 2.302585092994046 * ans


@elementwise(scipy.special.cbrt, "x")
def cbrt(ans, x):
    return 1 / (3 * ans * ans)


@elementwise(scipy.special.powm1, "x1", "x2")
def powm1(ans, x1, x2):
    return rt.scaled_power(x2, x1, x2 - 1), (ans + 1) * rt.safe_log(x1)


@elementwise(scipy.special.cosm1, "x")
def cosm1(ans, x):
    return -np.sin(x)


@elementwise(scipy.special.sindg, "x")
def sindg(ans, x):
    return 0.017453292519943295 * scipy.special.cosdg(x)


@elementwise(scipy.special.cosdg, "x")
def cosdg(ans, x):
    return -0.017453292519943295 * scipy.special.sindg(x)


@elementwise(scipy.special.tandg, "x")
def tandg(ans, x):
    return 0.017453292519943295 * (1 + ans * ans)


@elementwise(scipy.special.cotdg, "x")
def cotdg(ans, x):
    return -0.017453292519943295 * (1 + ans * ans)


@elementwise(scipy.special.radian, "x1", "x2", "x3")
def radian(ans, x1, x2, x3):
    return 0.017453292519943295, 0.0002908882086657216, 4.84813681109536e-06


@vjp(scipy.special.lambertw, "z")
def lambertw(ans, g, z, k=0, tol=1e-08):
    return rt.unbroadcast(g * np.exp(-ans) / (1 + ans), z)


alias(scipy.special._ufuncs._lambertw, scipy.special.lambertw)


@jvp(scipy.special.lambertw, "z")
def lambertw_z(ans, t, z, k=0, tol=1e-08):
    return t * np.exp(-ans) / (1 + ans)


@elementwise(scipy.special.wrightomega, "x")
def wrightomega(ans, x):
    return ans / (1 + ans)
