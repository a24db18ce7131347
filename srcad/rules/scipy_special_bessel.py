"""Derivatives of ``scipy.special``: Bessel, Hankel, Airy, Kelvin and Struve functions, in their argument."""

from __future__ import annotations

import numpy as np
import scipy.special

from srcad import runtime as rt
from srcad.rules.registry import elementwise, jvp, vjp

# -- of any order (Abramowitz and Stegun, 9.1.27 and 9.6.26) -------------------------------------------


@elementwise(scipy.special.jv, "x2")
def jv(ans, x1, x2):
    return 0.5 * (scipy.special.jv(x1 - 1, x2) - scipy.special.jv(x1 + 1, x2))


@elementwise(scipy.special.yv, "x2")
def yv(ans, x1, x2):
    return 0.5 * (scipy.special.yv(x1 - 1, x2) - scipy.special.yv(x1 + 1, x2))


@elementwise(scipy.special.yn, "x2")
def yn(ans, x1, x2):
    return 0.5 * (scipy.special.yv(x1 - 1, x2) - scipy.special.yv(x1 + 1, x2))


@elementwise(scipy.special.iv, "x2")
def iv(ans, x1, x2):
    return 0.5 * (scipy.special.iv(x1 - 1, x2) + scipy.special.iv(x1 + 1, x2))


@elementwise(scipy.special.kv, "x2")
def kv(ans, x1, x2):
    return -0.5 * (scipy.special.kv(x1 - 1, x2) + scipy.special.kv(x1 + 1, x2))


@elementwise(scipy.special.kn, "x2")
def kn(ans, x1, x2):
    return -0.5 * (scipy.special.kv(x1 - 1, x2) + scipy.special.kv(x1 + 1, x2))


@elementwise(scipy.special.jve, "x2")
def jve(ans, x1, x2):
    x2 = rt.real_only(x2, "scipy.special.jve")
    return 0.5 * (scipy.special.jve(x1 - 1, x2) - scipy.special.jve(x1 + 1, x2))


@elementwise(scipy.special.yve, "x2")
def yve(ans, x1, x2):
    x2 = rt.real_only(x2, "scipy.special.yve")
    return 0.5 * (scipy.special.yve(x1 - 1, x2) - scipy.special.yve(x1 + 1, x2))


@elementwise(scipy.special.ive, "x2")
def ive(ans, x1, x2):
    x2 = rt.real_only(x2, "scipy.special.ive")
    slope = 0.5 * (scipy.special.ive(x1 - 1, x2) + scipy.special.ive(x1 + 1, x2))
    return slope - np.sign(x2) * ans


@elementwise(scipy.special.kve, "x2")
def kve(ans, x1, x2):
    return ans - 0.5 * (scipy.special.kve(x1 - 1, x2) + scipy.special.kve(x1 + 1, x2))


@vjp(scipy.special.hankel1, "x2")
def hankel1(ans, g, x1, x2):
    slope = 0.5 * (scipy.special.hankel1(x1 - 1, x2) - scipy.special.hankel1(x1 + 1, x2))
    return rt.unbroadcast(g * slope, x2)


@jvp(scipy.special.hankel1, "x2")
def hankel1_x2(ans, t, x1, x2):
    return t * (0.5 * (scipy.special.hankel1(x1 - 1, x2) - scipy.special.hankel1(x1 + 1, x2)))


@vjp(scipy.special.hankel2, "x2")
def hankel2(ans, g, x1, x2):
    slope = 0.5 * (scipy.special.hankel2(x1 - 1, x2) - scipy.special.hankel2(x1 + 1, x2))
    return rt.unbroadcast(g * slope, x2)


@jvp(scipy.special.hankel2, "x2")
def hankel2_x2(ans, t, x1, x2):
    return t * (0.5 * (scipy.special.hankel2(x1 - 1, x2) - scipy.special.hankel2(x1 + 1, x2)))


@vjp(scipy.special.hankel1e, "x2")
def hankel1e(ans, g, x1, x2):
    slope = 0.5 * (scipy.special.hankel1e(x1 - 1, x2) - scipy.special.hankel1e(x1 + 1, x2)) - 1j * ans
    return rt.unbroadcast(g * slope, x2)


@jvp(scipy.special.hankel1e, "x2")
def hankel1e_x2(ans, t, x1, x2):
    return t * (0.5 * (scipy.special.hankel1e(x1 - 1, x2) - scipy.special.hankel1e(x1 + 1, x2)) - 1j * ans)


@vjp(scipy.special.hankel2e, "x2")
def hankel2e(ans, g, x1, x2):
    slope = 0.5 * (scipy.special.hankel2e(x1 - 1, x2) - scipy.special.hankel2e(x1 + 1, x2)) + 1j * ans
    return rt.unbroadcast(g * slope, x2)


@jvp(scipy.special.hankel2e, "x2")
def hankel2e_x2(ans, t, x1, x2):
    return t * (0.5 * (scipy.special.hankel2e(x1 - 1, x2) - scipy.special.hankel2e(x1 + 1, x2)) + 1j * ans)


# -- of order 0 and 1 --------------------------------------------------------------------------------


@elementwise(scipy.special.j0, "x")
def j0(ans, x):
    return -scipy.special.j1(x)


@elementwise(scipy.special.j1, "x")
def j1(ans, x):
    return 0.5 * (scipy.special.j0(x) - scipy.special.jv(2, x))


@elementwise(scipy.special.y0, "x")
def y0(ans, x):
    return -scipy.special.y1(x)


@elementwise(scipy.special.y1, "x")
def y1(ans, x):
    return 0.5 * (scipy.special.y0(x) - scipy.special.yv(2, x))


@elementwise(scipy.special.i0, "x")
def i0(ans, x):
    return scipy.special.i1(x)


@elementwise(scipy.special.i1, "x")
def i1(ans, x):
    return 0.5 * (scipy.special.i0(x) + scipy.special.iv(2, x))


@elementwise(scipy.special.i0e, "x")
def i0e(ans, x):
    return scipy.special.i1e(x) - np.sign(x) * ans


@elementwise(scipy.special.i1e, "x")
def i1e(ans, x):
    return 0.5 * (scipy.special.i0e(x) + scipy.special.ive(2, x)) - np.sign(x) * ans


@elementwise(scipy.special.k0, "x")
def k0(ans, x):
    return -scipy.special.k1(x)


@elementwise(scipy.special.k1, "x")
def k1(ans, x):
    return -0.5 * (scipy.special.k0(x) + scipy.special.kv(2, x))


@elementwise(scipy.special.k0e, "x")
def k0e(ans, x):
    return ans - scipy.special.k1e(x)


@elementwise(scipy.special.k1e, "x")
def k1e(ans, x):
    return ans - 0.5 * (scipy.special.k0e(x) + scipy.special.kve(2, x))


# -- their derivatives and the spherical ones --------------------------------------------------------


@elementwise(scipy.special.jvp, "z")
def jvp_(ans, v, z, n=1):
    return scipy.special.jvp(v, z, n + 1)


@elementwise(scipy.special.yvp, "z")
def yvp(ans, v, z, n=1):
    return scipy.special.yvp(v, z, n + 1)


@elementwise(scipy.special.ivp, "z")
def ivp(ans, v, z, n=1):
    return scipy.special.ivp(v, z, n + 1)


@elementwise(scipy.special.kvp, "z")
def kvp(ans, v, z, n=1):
    return scipy.special.kvp(v, z, n + 1)


@vjp(scipy.special.h1vp, "z")
def h1vp(ans, g, v, z, n=1):
    return rt.unbroadcast(g * scipy.special.h1vp(v, z, n + 1), z)


@jvp(scipy.special.h1vp, "z")
def h1vp_z(ans, t, v, z, n=1):
    return t * scipy.special.h1vp(v, z, n + 1)


@vjp(scipy.special.h2vp, "z")
def h2vp(ans, g, v, z, n=1):
    return rt.unbroadcast(g * scipy.special.h2vp(v, z, n + 1), z)


@jvp(scipy.special.h2vp, "z")
def h2vp_z(ans, t, v, z, n=1):
    return t * scipy.special.h2vp(v, z, n + 1)


@elementwise(scipy.special.spherical_jn, "z")
def spherical_jn(ans, n, z, derivative=False):
    if derivative:
        return -2 * ans / z - (1 - n * (n + 1) / (z * z)) * scipy.special.spherical_jn(n, z)
    return scipy.special.spherical_jn(n, z, derivative=True)


@elementwise(scipy.special.spherical_yn, "z")
def spherical_yn(ans, n, z, derivative=False):
    if derivative:
        return -2 * ans / z - (1 - n * (n + 1) / (z * z)) * scipy.special.spherical_yn(n, z)
    return scipy.special.spherical_yn(n, z, derivative=True)


@elementwise(scipy.special.spherical_in, "z")
def spherical_in(ans, n, z, derivative=False):
    if derivative:
        return -2 * ans / z + (1 + n * (n + 1) / (z * z)) * scipy.special.spherical_in(n, z)
    return scipy.special.spherical_in(n, z, derivative=True)


@elementwise(scipy.special.spherical_kn, "z")
def spherical_kn(ans, n, z, derivative=False):
    if derivative:
        return -2 * ans / z + (1 + n * (n + 1) / (z * z)) * scipy.special.spherical_kn(n, z)
    return scipy.special.spherical_kn(n, z, derivative=True)


# -- Airy, Kelvin and Struve functions ---------------------------------------------------------------


@vjp(scipy.special.airy, "x")
def airy(ans, g, x):
    partial = g[0] * ans[1] + g[1] * x * ans[0] + g[2] * ans[3] + g[3] * x * ans[2]
    return rt.unbroadcast(partial, x)


@jvp(scipy.special.airy, "x")
def airy_x(ans, t, x):
    return t * ans[1], t * x * ans[0], t * ans[3], t * x * ans[2]


@elementwise(scipy.special.ber, "x")
def ber(ans, x):
    return scipy.special.berp(x)


@elementwise(scipy.special.bei, "x")
def bei(ans, x):
    return scipy.special.beip(x)


@elementwise(scipy.special.ker, "x")
def ker(ans, x):
    return scipy.special.kerp(x)


@elementwise(scipy.special.kei, "x")
def kei(ans, x):
    return scipy.special.keip(x)


@elementwise(scipy.special.berp, "x")
def berp(ans, x):
    return -scipy.special.bei(x) - ans / x


@elementwise(scipy.special.beip, "x")
def beip(ans, x):
    return scipy.special.ber(x) - ans / x


@elementwise(scipy.special.kerp, "x")
def kerp(ans, x):
    return -scipy.special.kei(x) - ans / x


@elementwise(scipy.special.keip, "x")
def keip(ans, x):
    return scipy.special.ker(x) - ans / x


@elementwise(scipy.special.struve, "x2")
def struve(ans, x1, x2):
    term = 0.5641895835477563 * np.power(0.5 * x2, x1) * scipy.special.rgamma(x1 + 1.5)
    return 0.5 * (scipy.special.struve(x1 - 1, x2) - scipy.special.struve(x1 + 1, x2) + term)


@elementwise(scipy.special.modstruve, "x2")
def modstruve(ans, x1, x2):
    term = 0.5641895835477563 * np.power(0.5 * x2, x1) * scipy.special.rgamma(x1 + 1.5)
    return 0.5 * (scipy.special.modstruve(x1 - 1, x2) + scipy.special.modstruve(x1 + 1, x2) + term)


# -- integrals ---------------------------------------------------------------------------------------


@vjp(scipy.special.itj0y0, "x")
def itj0y0(ans, g, x):
    return g[0] * scipy.special.j0(x) + g[1] * scipy.special.y0(x)


@jvp(scipy.special.itj0y0, "x")
def itj0y0_x(ans, t, x):
    return t * scipy.special.j0(x), t * scipy.special.y0(x)


@vjp(scipy.special.iti0k0, "x")
def iti0k0(ans, g, x):
    return g[0] * scipy.special.i0(x) + g[1] * scipy.special.k0(x)


@jvp(scipy.special.iti0k0, "x")
def iti0k0_x(ans, t, x):
    return t * scipy.special.i0(x), t * scipy.special.k0(x)


@vjp(scipy.special.it2j0y0, "x")
def it2j0y0(ans, g, x):
    return (g[0] * (1 - scipy.special.j0(x)) - g[1] * scipy.special.y0(x)) / x


@jvp(scipy.special.it2j0y0, "x")
def it2j0y0_x(ans, t, x):
    return t * (1 - scipy.special.j0(x)) / x, -t * scipy.special.y0(x) / x


@vjp(scipy.special.it2i0k0, "x")
def it2i0k0(ans, g, x):
    return (g[0] * (scipy.special.i0(x) - 1) - g[1] * scipy.special.k0(x)) / x


@jvp(scipy.special.it2i0k0, "x")
def it2i0k0_x(ans, t, x):
    return t * (scipy.special.i0(x) - 1) / x, -t * scipy.special.k0(x) / x


@elementwise(scipy.special.itstruve0, "x")
def itstruve0(ans, x):
    return rt.scipy_special.as_precise_as(scipy.special.struve(0, x), rt.scipy_special.precision(x))


@elementwise(scipy.special.it2struve0, "x")
def it2struve0(ans, x):
    return rt.scipy_special.as_precise_as(-scipy.special.struve(0, x), rt.scipy_special.precision(x)) / x


@elementwise(scipy.special.itmodstruve0, "x")
def itmodstruve0(ans, x):
    return rt.scipy_special.as_precise_as(scipy.special.modstruve(0, x), rt.scipy_special.precision(x))
