"""Derivatives of Python's functions of complex numbers: the module ``cmath``."""

from __future__ import annotations

import cmath

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, elementwise, jvp, vjp

constant(cmath.isclose, cmath.isfinite, cmath.isinf, cmath.isnan)


@elementwise(cmath.sqrt, "z")
def sqrt(ans, z):
    return 0.5 / ans


@elementwise(cmath.exp, "z")
def exp(ans, z):
    return ans


@elementwise(cmath.log, "z", "base")
def log(ans, z, base=None):
    if base is None:
        return 1 / z, 0.0
    return 1 / (z * cmath.log(base)), -ans / (base * cmath.log(base))


@elementwise(cmath.log10, "z")
def log10(ans, z):
    return 0.4342944819032518 / z


@elementwise(cmath.sin, "z")
def sin(ans, z):
    return cmath.cos(z)


@elementwise(cmath.cos, "z")
def cos(ans, z):
    return -cmath.sin(z)


@elementwise(cmath.tan, "z")
def tan(ans, z):
    return 1 + ans * ans


@elementwise(cmath.asin, "z")
def asin(ans, z):
    return 1 / cmath.cos(ans)


@elementwise(cmath.acos, "z")
def acos(ans, z):
    return -1 / cmath.sin(ans)


@elementwise(cmath.atan, "z")
def atan(ans, z):
    return 1 / (1 + z * z)


@elementwise(cmath.sinh, "z")
def sinh(ans, z):
    return cmath.cosh(z)


@elementwise(cmath.cosh, "z")
def cosh(ans, z):
    return cmath.sinh(z)


@elementwise(cmath.tanh, "z")
def tanh(ans, z):
    return 1 - ans * ans


@elementwise(cmath.asinh, "z")
def asinh(ans, z):
    return 1 / cmath.cosh(ans)


@elementwise(cmath.acosh, "z")
def acosh(ans, z):
    return 1 / cmath.sinh(ans)


@elementwise(cmath.atanh, "z")
def atanh(ans, z):
    return 1 / (1 - z * z)


# -- polar coordinates -------------------------------------------------------------------------------


@vjp(cmath.phase, "z")
def phase(ans, g, z):
    return rt.unbroadcast(-1j * np.real(g) / z, z)


@jvp(cmath.phase, "z")
def phase_z(ans, t, z):
    return (t / z).imag


@vjp(cmath.polar, "z")
def polar(ans, g, z):
    return rt.unbroadcast((np.real(g[0]) * ans[0] - 1j * np.real(g[1])) / z, z)


@jvp(cmath.polar, "z")
def polar_z(ans, t, z):
    change = t / z
    return (ans[0] * change).real, change.imag


@elementwise(cmath.rect, "r", "phi")
def rect(ans, r, phi):
    direction = cmath.rect(1.0, phi)
    return direction, 1j * ans
