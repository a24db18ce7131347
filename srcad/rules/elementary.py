"""Elementwise functions of NumPy and `math`: the partial derivatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import elementwise, vjp


@elementwise(np.add, "x1", "x2")
def add(ans: Any, x1: Any, x2: Any) -> Any:
    return 1, 1


@elementwise(np.subtract, "x1", "x2")
def subtract(ans: Any, x1: Any, x2: Any) -> Any:
    return 1, -1


@elementwise(np.multiply, "x1", "x2")
def multiply(ans: Any, x1: Any, x2: Any) -> Any:
    return x2, x1


@elementwise(np.true_divide, "x1", "x2")
def true_divide(ans: Any, x1: Any, x2: Any) -> Any:
    return 1 / x2, -ans / x2


@elementwise(np.power, "x1", "x2")
def power(ans: Any, x1: Any, x2: Any) -> Any:
    return rt.power_partial_base(x1, x2), rt.power_partial_exponent(ans, x1, x2)


@elementwise(rt.power_partial_base, "x1", "x2")
def power_partial_base(ans: Any, x1: Any, x2: Any) -> Any:
    return x2 * rt.power_partial_base(x1, x2 - 1), rt.power_mixed_partial(x1, x2)


@elementwise(rt.power_partial_exponent, "ans_", "x1", "x2")
def power_partial_exponent(ans: Any, ans_: Any, x1: Any, x2: Any) -> Any:
    return rt.log_or_zero(x1), ans_ * rt.reciprocal_or_zero(x1), 0


@elementwise(rt.log_or_zero, "x")
def log_or_zero(ans: Any, x: Any) -> Any:
    return rt.reciprocal_or_zero(x)


@elementwise(rt.reciprocal_or_zero, "x")
def reciprocal_or_zero(ans: Any, x: Any) -> Any:
    return -ans * ans


@elementwise(np.mod, "x1", "x2")
def mod(ans: Any, x1: Any, x2: Any) -> Any:
    return 1, -np.floor(x1 / x2)


@elementwise(np.fmod, "x1", "x2")
def fmod(ans: Any, x1: Any, x2: Any) -> Any:
    return 1, -np.trunc(x1 / x2)


@elementwise(np.negative, "x")
def negative(ans: Any, x: Any) -> Any:
    return -1


@elementwise(np.positive, "x")
def positive(ans: Any, x: Any) -> Any:
    return 1


@elementwise(np.exp, "x")
@elementwise(math.exp, "x")
def exp(ans: Any, x: Any) -> Any:
    return ans


@elementwise(np.exp2, "x")
def exp2(ans: Any, x: Any) -> Any:
    return ans * 0.6931471805599453


@elementwise(np.expm1, "x")
@elementwise(math.expm1, "x")
def expm1(ans: Any, x: Any) -> Any:
    return ans + 1


@elementwise(np.log, "x")
def log(ans: Any, x: Any) -> Any:
    return 1 / x


@elementwise(math.log, "x")
def math_log(ans: Any, x: Any) -> Any:
    return 1 / x


@elementwise(np.log2, "x")
@elementwise(math.log2, "x")
def log2(ans: Any, x: Any) -> Any:
    return 1 / (x * 0.6931471805599453)


@elementwise(np.log10, "x")
@elementwise(math.log10, "x")
def log10(ans: Any, x: Any) -> Any:
    return 1 / (x * 2.302585092994046)


@elementwise(np.log1p, "x")
@elementwise(math.log1p, "x")
def log1p(ans: Any, x: Any) -> Any:
    return 1 / (1 + x)


@elementwise(np.sin, "x")
def sin(ans: Any, x: Any) -> Any:
    return np.cos(x)


@elementwise(np.cos, "x")
def cos(ans: Any, x: Any) -> Any:
    return -np.sin(x)


@elementwise(math.sin, "x")
def math_sin(ans: Any, x: Any) -> Any:
    return math.cos(x)


@elementwise(math.cos, "x")
def math_cos(ans: Any, x: Any) -> Any:
    return -math.sin(x)


@elementwise(np.tan, "x")
@elementwise(math.tan, "x")
def tan(ans: Any, x: Any) -> Any:
    return 1 + ans * ans


@elementwise(np.arcsin, "x")
@elementwise(math.asin, "x")
def arcsin(ans: Any, x: Any) -> Any:
    return 1 / np.sqrt(1 - x * x)


@elementwise(np.arccos, "x")
@elementwise(math.acos, "x")
def arccos(ans: Any, x: Any) -> Any:
    return -1 / np.sqrt(1 - x * x)


@elementwise(np.arctan, "x")
@elementwise(math.atan, "x")
def arctan(ans: Any, x: Any) -> Any:
    return 1 / (1 + x * x)


@elementwise(np.arctan2, "x1", "x2")
@elementwise(math.atan2, "x1", "x2")
def arctan2(ans: Any, x1: Any, x2: Any) -> Any:
    return x2 / (x1 * x1 + x2 * x2), -x1 / (x1 * x1 + x2 * x2)


@elementwise(np.hypot, "x1", "x2")
@elementwise(math.hypot, "x1", "x2")
def hypot(ans: Any, x1: Any, x2: Any) -> Any:
    return x1 * rt.reciprocal_or_zero(ans), x2 * rt.reciprocal_or_zero(ans)


@elementwise(np.sinh, "x")
@elementwise(math.sinh, "x")
def sinh(ans: Any, x: Any) -> Any:
    return np.cosh(x)


@elementwise(np.cosh, "x")
@elementwise(math.cosh, "x")
def cosh(ans: Any, x: Any) -> Any:
    return np.sinh(x)


@elementwise(np.tanh, "x")
@elementwise(math.tanh, "x")
def tanh(ans: Any, x: Any) -> Any:
    return 1 - ans * ans


@elementwise(np.arcsinh, "x")
@elementwise(math.asinh, "x")
def arcsinh(ans: Any, x: Any) -> Any:
    return 1 / np.sqrt(x * x + 1)


@elementwise(np.arccosh, "x")
@elementwise(math.acosh, "x")
def arccosh(ans: Any, x: Any) -> Any:
    return 1 / np.sqrt(x * x - 1)


@elementwise(np.arctanh, "x")
@elementwise(math.atanh, "x")
def arctanh(ans: Any, x: Any) -> Any:
    return 1 / (1 - x * x)


@elementwise(np.sqrt, "x")
@elementwise(math.sqrt, "x")
def sqrt(ans: Any, x: Any) -> Any:
    return 0.5 / ans


@elementwise(np.cbrt, "x")
def cbrt(ans: Any, x: Any) -> Any:
    return 1 / (3 * ans * ans)


@elementwise(np.square, "x")
def square(ans: Any, x: Any) -> Any:
    return 2 * x


@elementwise(np.reciprocal, "x")
def reciprocal(ans: Any, x: Any) -> Any:
    return -ans * ans


@elementwise(np.absolute, "x")
@elementwise(abs, "x")
@elementwise(np.fabs, "x")
@elementwise(math.fabs, "x")
def absolute(ans: Any, x: Any) -> Any:
    return np.sign(x)


@elementwise(np.maximum, "x1", "x2")
@elementwise(np.fmax, "x1", "x2")
def maximum(ans: Any, x1: Any, x2: Any) -> Any:
    return rt.extremum_share(x1, x2, ans), rt.extremum_share(x2, x1, ans)


@elementwise(np.minimum, "x1", "x2")
@elementwise(np.fmin, "x1", "x2")
def minimum(ans: Any, x1: Any, x2: Any) -> Any:
    return rt.extremum_share(x1, x2, ans), rt.extremum_share(x2, x1, ans)


@elementwise(np.logaddexp, "x1", "x2")
def logaddexp(ans: Any, x1: Any, x2: Any) -> Any:
    return np.exp(x1 - ans), np.exp(x2 - ans)


@elementwise(np.sinc, "x")
def sinc(ans: Any, x: Any) -> Any:
    return (np.cos(np.pi * x) - ans) * rt.reciprocal_or_zero(x)


@elementwise(np.deg2rad, "x")
@elementwise(np.radians, "x")
@elementwise(math.radians, "x")
def deg2rad(ans: Any, x: Any) -> Any:
    return 0.017453292519943295


@elementwise(np.rad2deg, "x")
@elementwise(np.degrees, "x")
@elementwise(math.degrees, "x")
def rad2deg(ans: Any, x: Any) -> Any:
    return 57.29577951308232


@elementwise(math.pow, "x1", "x2")
def math_pow(ans: Any, x1: Any, x2: Any) -> Any:
    return rt.power_partial_base(x1, x2), rt.power_partial_exponent(ans, x1, x2)


@vjp(np.where, "x", "y", linear=True)
def where(ans: Any, g: Any, condition: Any, x: Any, y: Any) -> Any:
    return rt.unbroadcast(np.where(condition, g, 0.0), x), rt.unbroadcast(np.where(condition, 0.0, g), y)


@vjp(np.clip, "a")
def clip(ans: Any, g: Any, a: Any, a_min: Any = None, a_max: Any = None) -> Any:
    return g * rt.inside(a, a_min, a_max)


@vjp(rt.unbroadcast, "g_", linear=True)
def unbroadcast(ans: Any, g: Any, g_: Any, x: Any) -> Any:
    return np.broadcast_to(g, np.shape(g_))


@vjp(np.real, "val", linear=True)
def real(ans: Any, g: Any, val: Any) -> Any:
    return g
