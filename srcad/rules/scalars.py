"""Derivatives of Python's functions of numbers: the module ``math`` and the builtins."""

from __future__ import annotations

import math

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import elementwise, jvp, vjp

# -- builtins ----------------------------------------------------------------------------------------


@elementwise(abs, "x")
def abs_(ans, x):
    return rt.sign(x)


@elementwise(pow, "base", "exp")
def pow_(ans, base, exp, mod=None):
    return rt.scaled_power(exp, base, exp - 1), ans * rt.safe_log(base)


@jvp(pow, "exp")
def pow_exp(ans, t, base, exp, mod=None):
    return rt.scaled_log(t * ans, base)


@vjp(float, "x", linear=True)
def float_(ans, g, x):
    return g


@vjp(rt.whole, "value", linear=True)
def whole(ans, g, value):
    return g


@vjp(complex, "real", "imag", linear=True)
def complex_(ans, g, real=0, imag=0):
    return rt.unbroadcast(g, real), rt.unbroadcast(1j * g, imag)


@vjp(np.float64, "value", linear=True)
def float64(ans, g, value):
    return rt.cast_back(g, ans, value)


@vjp(np.float16, "value", linear=True)
@vjp(np.longdouble, "value", linear=True)
@vjp(np.float32, "value", linear=True)
def float32(ans, g, value):
    return rt.cast_back(g, ans, value)


@vjp(np.complex64, "real", "imag", linear=True)
@vjp(np.complex128, "real", "imag", linear=True)
@vjp(np.clongdouble, "real", "imag", linear=True)
def complex_scalar(ans, g, real=0, imag=0):
    return rt.cast_back(g, ans, real), rt.cast_back(1j * g, ans, imag)


# -- powers, exponentials and logarithms -------------------------------------------------------------


@vjp(math.sqrt, "x")
def sqrt(ans, g, x):
    return rt.quotient(0.5 * g, ans)


@jvp(math.sqrt, "x")
def sqrt_x(ans, t, x):
    return rt.quotient(0.5 * t, ans)


@elementwise(math.pow, "x", "y")
def math_pow(ans, x, y):
    return rt.scaled_power(y, x, y - 1), ans * rt.safe_log(x)


@jvp(math.pow, "y")
def math_pow_y(ans, t, x, y):
    return rt.scaled_log(t * ans, x)


@elementwise(math.exp, "x")
def exp(ans, x):
    return ans


@elementwise(math.expm1, "x")
def expm1(ans, x):
    return ans + 1


@elementwise(math.log, "x", "base")
def log(ans, x, base=None):
    if base is None:
        return 1 / x, 0.0
    return 1 / (x * math.log(base)), -ans / (base * math.log(base))


@elementwise(math.log2, "x")
def log2(ans, x):
    return 1.4426950408889634 / x


@elementwise(math.log10, "x")
def log10(ans, x):
    return 0.4342944819032518 / x


@elementwise(math.log1p, "x")
def log1p(ans, x):
    return 1 / (1 + x)


# -- trigonometric and hyperbolic --------------------------------------------------------------------


@elementwise(math.sin, "x")
def sin(ans, x):
    return math.cos(x)


@elementwise(math.cos, "x")
def cos(ans, x):
    return -math.sin(x)


@elementwise(math.tan, "x")
def tan(ans, x):
    return 1 + ans * ans


@elementwise(math.asin, "x")
def asin(ans, x):
    return 1 / math.sqrt(1 - x * x)


@elementwise(math.acos, "x")
def acos(ans, x):
    return -1 / math.sqrt(1 - x * x)


@elementwise(math.atan, "x")
def atan(ans, x):
    return 1 / (1 + x * x)


@elementwise(math.atan2, "y", "x")
def atan2(ans, y, x):
    return x / (y * y + x * x), -y / (y * y + x * x)


@elementwise(math.sinh, "x")
def sinh(ans, x):
    return math.cosh(x)


@elementwise(math.cosh, "x")
def cosh(ans, x):
    return math.sinh(x)


@elementwise(math.tanh, "x")
def tanh(ans, x):
    return 1 - ans * ans


@elementwise(math.asinh, "x")
def asinh(ans, x):
    return 1 / math.sqrt(x * x + 1)


@elementwise(math.acosh, "x")
def acosh(ans, x):
    return 1 / math.sqrt(x * x - 1)


@elementwise(math.atanh, "x")
def atanh(ans, x):
    return 1 / (1 - x * x)


@elementwise(math.degrees, "x")
def degrees(ans, x):
    return 57.29577951308232


@elementwise(math.radians, "x")
def radians(ans, x):
    return 0.017453292519943295


# -- the rest ----------------------------------------------------------------------------------------


@elementwise(math.fabs, "x")
def fabs(ans, x):
    return rt.sign(x)


@elementwise(math.copysign, "x", "y")
def copysign(ans, x, y):
    return rt.sign(x) * math.copysign(1.0, y), 0.0


@elementwise(math.nextafter, "x", "y")
def nextafter(ans, x, y, *, steps=None):
    return 1.0, 0.0


@elementwise(math.fmod, "x", "y")
def fmod(ans, x, y):
    return 1, -math.trunc(x / y)


@elementwise(math.remainder, "x", "y")
def remainder(ans, x, y):
    return 1, -round((x - ans) / y)


@elementwise(math.erf, "x")
def erf(ans, x):
    return 1.1283791670955126 * math.exp(-x * x)


@elementwise(math.erfc, "x")
def erfc(ans, x):
    return -1.1283791670955126 * math.exp(-x * x)


@elementwise(math.lgamma, "x")
def lgamma(ans, x):
    return rt.polygamma(0, x)


@elementwise(math.gamma, "x")
def gamma(ans, x):
    return ans * rt.polygamma(0, x)


@elementwise(math.ldexp, "x", "i")
def ldexp(ans, x, i):
    return math.ldexp(1.0, i), 0.0


@vjp(math.modf, "x")
def modf(ans, g, x):
    return g[0]


@jvp(math.modf, "x")
def modf_x(ans, t, x):
    return t, 0.0


@vjp(math.frexp, "x")
def frexp(ans, g, x):
    return math.ldexp(g[0], -ans[1])


@jvp(math.frexp, "x")
def frexp_x(ans, t, x):
    return math.ldexp(t, -ans[1]), 0.0


@vjp(math.hypot, "coordinates")
def hypot(ans, g, *coordinates):
    return [g * x * rt.safe_reciprocal(ans) for x in coordinates]


@jvp(math.hypot, "coordinates")
def hypot_coordinates(ans, t, *coordinates):
    return math.fsum([x * dx for x, dx in zip(coordinates, t)]) * rt.safe_reciprocal(ans)


@vjp(math.dist, "p", "q")
def dist(ans, g, p, q):
    r = g * rt.safe_reciprocal(ans)
    by_first = [r * (x - y) for x, y in zip(p, q)]
    by_second = [r * (y - x) for x, y in zip(p, q)]
    return rt.array_like(by_first, p), rt.array_like(by_second, q)


@jvp(math.dist, "p")
def dist_p(ans, t, p, q):
    return math.fsum([(x - y) * dx for x, y, dx in zip(p, q, t)]) * rt.safe_reciprocal(ans)


@jvp(math.dist, "q")
def dist_q(ans, t, p, q):
    return math.fsum([(y - x) * dy for x, y, dy in zip(p, q, t)]) * rt.safe_reciprocal(ans)


@vjp(math.fsum, "seq", linear=True)
def fsum(ans, g, seq):
    return rt.array_like([g for _ in seq], seq)


@vjp(math.prod, "iterable", "start")
def prod(ans, g, iterable, *, start=1):
    others = g * start * rt.prod_others(np.array(iterable), None)
    return rt.structured_like(others, iterable), g * np.prod(np.array(iterable))


@jvp(math.prod, "iterable")
def prod_iterable(ans, t, iterable, *, start=1):
    return start * np.sum(np.array(t) * rt.prod_others(np.array(iterable), None))


@jvp(math.prod, "start")
def prod_start(ans, t, iterable, *, start=1):
    return t * np.prod(np.array(iterable))


# -- newer functions ---------------------------------------------------------------------------------

if hasattr(math, "cbrt"):

    @elementwise(math.cbrt, "x")
    def cbrt(ans, x):
        return 1 / (3 * ans * ans)

    @elementwise(math.exp2, "x")
    def exp2(ans, x):
        return ans * 0.6931471805599453


if hasattr(math, "sumprod"):

    @vjp(math.sumprod, "p", "q", multilinear=True)
    def sumprod(ans, g, p, q):
        return rt.array_like([g * y for y in q], p), rt.array_like([g * x for x in p], q)


if hasattr(math, "fma"):

    @elementwise(math.fma, "x", "y", "z")
    def fma(ans, x, y, z):
        return y, x, 1
