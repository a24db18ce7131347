"""Derivatives of NumPy's elementwise functions: each rule returns the partial derivatives."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import elementwise, jvp, vjp

# -- arithmetic --------------------------------------------------------------------------------------


@elementwise(np.add, "x1", "x2")
def add(ans, x1, x2):
    return 1, 1


@elementwise(np.subtract, "x1", "x2")
def subtract(ans, x1, x2):
    return 1, -1


@elementwise(np.multiply, "x1", "x2")
def multiply(ans, x1, x2):
    return x2, x1


@elementwise(np.true_divide, "x1", "x2")
def true_divide(ans, x1, x2):
    return 1 / x2, -ans / x2


@elementwise(np.power, "x1", "x2")
def power(ans, x1, x2):
    return rt.scaled_power(x2, x1, x2 - 1), ans * rt.safe_log(x1)


@elementwise(np.float_power, "x1", "x2")
def float_power(ans, x1, x2):
    return rt.scaled_power(x2, x1, x2 - 1), ans * rt.safe_log(x1)


# An exponent that stands still beside others that move may have a negative base, whose logarithm is NaN.


@jvp(np.power, "x2")
def power_x2(ans, t, x1, x2):
    return rt.scaled_log(t * ans, x1)


@jvp(np.float_power, "x2")
def float_power_x2(ans, t, x1, x2):
    return rt.scaled_log(t * ans, x1)


@elementwise(np.mod, "x1", "x2")
def mod(ans, x1, x2):
    return 1, -np.rint((x1 - ans) / x2)


@elementwise(np.fmod, "x1", "x2")
def fmod(ans, x1, x2):
    return 1, -np.trunc(x1 / x2)


@vjp(np.divmod, "x1", "x2")
def divmod_(ans, g, x1, x2):
    remainder = rt.parts_like(g, ans)[1]
    return rt.unbroadcast(remainder, x1), rt.unbroadcast(-remainder * ans[0], x2)


@jvp(np.divmod, "x1")
def divmod_x1(ans, t, x1, x2):
    return np.zeros_like(ans[0]), t + np.zeros_like(ans[1])


@jvp(np.divmod, "x2")
def divmod_x2(ans, t, x1, x2):
    return np.zeros_like(ans[0]), -t * ans[0]


@vjp(np.modf, "x")
def modf(ans, g, x):
    return rt.parts_like(g, ans)[0]


@jvp(np.modf, "x")
def modf_x(ans, t, x):
    return +t, np.zeros_like(ans[1])


@vjp(np.frexp, "x")
def frexp(ans, g, x):
    return np.ldexp(rt.parts_like(g, ans)[0], -ans[1])


@jvp(np.frexp, "x")
def frexp_x(ans, t, x):
    return np.ldexp(t, -ans[1]), np.zeros_like(ans[0])


@elementwise(np.ldexp, "x1", "x2")
def ldexp(ans, x1, x2):
    return np.ldexp(np.ones_like(ans), x2), 0.0


@elementwise(np.negative, "x")
def negative(ans, x):
    return -1


@elementwise(np.positive, "x")
def positive(ans, x):
    return 1


@elementwise(np.reciprocal, "x")
def reciprocal(ans, x):
    return -ans * ans


@elementwise(np.square, "x")
def square(ans, x):
    return 2 * x


@vjp(np.sqrt, "x")
def sqrt(ans, g, x):
    return rt.quotient(0.5 * g, ans)


@jvp(np.sqrt, "x")
def sqrt_x(ans, t, x):
    return rt.quotient(0.5 * t, ans)


@elementwise(np.cbrt, "x")
def cbrt(ans, x):
    return 1 / (3 * ans * ans)


@elementwise(np.hypot, "x1", "x2")
def hypot(ans, x1, x2):
    return x1 * rt.safe_reciprocal(ans), x2 * rt.safe_reciprocal(ans)


# -- exponentials and logarithms ---------------------------------------------------------------------


@elementwise(np.exp, "x")
def exp(ans, x):
    return ans


@elementwise(np.exp2, "x")
def exp2(ans, x):
    return ans * 0.6931471805599453


@elementwise(np.expm1, "x")
def expm1(ans, x):
    return ans + 1


@elementwise(np.log, "x")
def log(ans, x):
    return 1 / x


@elementwise(np.log2, "x")
def log2(ans, x):
    return 1.4426950408889634 / x


@elementwise(np.log10, "x")
def log10(ans, x):
    return 0.4342944819032518 / x


@elementwise(np.log1p, "x")
def log1p(ans, x):
    return 1 / (1 + x)


@elementwise(np.logaddexp, "x1", "x2")
def logaddexp(ans, x1, x2):
    return np.exp(rt.difference(x1, ans)), np.exp(rt.difference(x2, ans))


@elementwise(np.logaddexp2, "x1", "x2")
def logaddexp2(ans, x1, x2):
    return np.exp2(rt.difference(x1, ans)), np.exp2(rt.difference(x2, ans))


@elementwise(np.i0, "x")
def i0(ans, x):
    return rt.i0_derivative(x, 1)


# -- trigonometric and hyperbolic --------------------------------------------------------------------


@elementwise(np.sin, "x")
def sin(ans, x):
    return np.cos(x)


@elementwise(np.cos, "x")
def cos(ans, x):
    return -np.sin(x)


@elementwise(np.tan, "x")
def tan(ans, x):
    return 1 + ans * ans


# A complex number on a branch cut has the sign of its zero imaginary part for its side, which ``1 - z`` and ``z + 1``
# lose; the result has it.


@elementwise(np.arcsin, "x")
def arcsin(ans, x):
    if np.iscomplexobj(x):
        return 1 / np.cos(ans)
    return 1 / np.sqrt(1 - x * x)


@elementwise(np.arccos, "x")
def arccos(ans, x):
    if np.iscomplexobj(x):
        return -1 / np.sin(ans)
    return -1 / np.sqrt(1 - x * x)


@elementwise(np.arctan, "x")
def arctan(ans, x):
    return 1 / (1 + x * x)


@elementwise(np.arctan2, "x1", "x2")
def arctan2(ans, x1, x2):
    return x2 / (x1 * x1 + x2 * x2), -x1 / (x1 * x1 + x2 * x2)


@elementwise(np.sinc, "x")
def sinc(ans, x):
    return rt.sinc_derivative(x, 1)


@elementwise(np.sinh, "x")
def sinh(ans, x):
    return np.cosh(x)


@elementwise(np.cosh, "x")
def cosh(ans, x):
    return np.sinh(x)


@elementwise(np.tanh, "x")
def tanh(ans, x):
    return 1 - ans * ans


@elementwise(np.arcsinh, "x")
def arcsinh(ans, x):
    if np.iscomplexobj(x):
        return 1 / np.cosh(ans)
    return 1 / np.sqrt(x * x + 1)


@elementwise(np.arccosh, "x")
def arccosh(ans, x):
    if np.iscomplexobj(x):
        return 1 / np.sinh(ans)
    return 1 / (np.sqrt(x - 1) * np.sqrt(x + 1))


@elementwise(np.arctanh, "x")
def arctanh(ans, x):
    return 1 / (1 - x * x)


@elementwise(np.deg2rad, "x")
def deg2rad(ans, x):
    return 0.017453292519943295


@elementwise(np.radians, "x")
def radians(ans, x):
    return 0.017453292519943295


@elementwise(np.rad2deg, "x")
def rad2deg(ans, x):
    return 57.29577951308232


@elementwise(np.degrees, "x")
def degrees(ans, x):
    return 57.29577951308232


# -- absolute values and extremes --------------------------------------------------------------------


@elementwise(np.absolute, "x")
def absolute(ans, x):
    return rt.sign(x)


@vjp(np.sign, "x")
def sign(ans, g, x):
    if np.iscomplexobj(x):
        r = rt.safe_reciprocal(np.abs(x))
        return g * r - np.real(g * ans) * np.conj(ans) * r
    return np.zeros_like(g)


@jvp(np.sign, "x")
def sign_x(ans, t, x):
    if np.iscomplexobj(x):
        r = rt.safe_reciprocal(np.abs(x))
        return t * r - np.real(t * np.conj(ans)) * ans * r
    return np.zeros_like(t)


@elementwise(np.fabs, "x")
def fabs(ans, x):
    return np.sign(x)


@elementwise(np.maximum, "x1", "x2")
def maximum(ans, x1, x2):
    return rt.share(x1, x2), rt.share(x2, x1)


@elementwise(np.minimum, "x1", "x2")
def minimum(ans, x1, x2):
    return rt.share(x2, x1), rt.share(x1, x2)


@elementwise(np.fmax, "x1", "x2")
def fmax(ans, x1, x2):
    return rt.share_of_numbers(x1, x2), rt.share_of_numbers(x2, x1)


@elementwise(np.fmin, "x1", "x2")
def fmin(ans, x1, x2):
    return rt.share_of_numbers(-x1, -x2), rt.share_of_numbers(-x2, -x1)


@elementwise(np.copysign, "x1", "x2")
def copysign(ans, x1, x2):
    return np.sign(x1) * np.copysign(1, x2), 0.0


@elementwise(np.nextafter, "x1", "x2")
def nextafter(ans, x1, x2):
    return 1.0, 0.0


@elementwise(np.heaviside, "x1", "x2")
def heaviside(ans, x1, x2):
    return 0.0, np.equal(x1, 0)


@vjp(np.kaiser, "beta")
def kaiser(ans, g, M, beta):
    return np.sum(g * kaiser_beta(ans, 1.0, M, beta))


@jvp(np.kaiser, "beta")
def kaiser_beta(ans, t, M, beta):
    radii = rt.kaiser_radii(M)
    return t * (radii * rt.i0_derivative(beta * radii, 1) - ans * rt.i0_derivative(beta, 1)) / np.i0(beta)
