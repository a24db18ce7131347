"""Derivatives of ``scipy.special``: orthogonal polynomials, hypergeometric functions, elliptic integrals.

They are taken in the argument; degree and parameters have none.
"""

from __future__ import annotations

import numpy as np
import scipy.special

from srcad import runtime as rt
from srcad.rules.registry import elementwise, jvp, vjp

# -- orthogonal polynomials (all but Hermite's by way of the Gegenbauer and Jacobi families) -----------


@elementwise(scipy.special.eval_chebyt, "x2")
def eval_chebyt(ans, x1, x2):
    return x1 * scipy.special.eval_chebyu(x1 - 1, x2)


@elementwise(scipy.special.eval_chebyu, "x2")
def eval_chebyu(ans, x1, x2):
    return 2 * scipy.special.eval_gegenbauer(x1 - 1, 2, x2)


@elementwise(scipy.special.eval_chebyc, "x2")
def eval_chebyc(ans, x1, x2):
    return x1 * scipy.special.eval_chebyu(x1 - 1, 0.5 * x2)


@elementwise(scipy.special.eval_chebys, "x2")
def eval_chebys(ans, x1, x2):
    return scipy.special.eval_gegenbauer(x1 - 1, 2, 0.5 * x2)


@elementwise(scipy.special.eval_sh_chebyt, "x2")
def eval_sh_chebyt(ans, x1, x2):
    return 2 * x1 * scipy.special.eval_chebyu(x1 - 1, 2 * x2 - 1)


@elementwise(scipy.special.eval_sh_chebyu, "x2")
def eval_sh_chebyu(ans, x1, x2):
    return 4 * scipy.special.eval_gegenbauer(x1 - 1, 2, 2 * x2 - 1)


@elementwise(scipy.special.eval_legendre, "x2")
def eval_legendre(ans, x1, x2):
    return scipy.special.eval_gegenbauer(x1 - 1, 1.5, x2)


@elementwise(scipy.special.eval_sh_legendre, "x2")
def eval_sh_legendre(ans, x1, x2):
    return 2 * scipy.special.eval_gegenbauer(x1 - 1, 1.5, 2 * x2 - 1)


@elementwise(scipy.special.eval_gegenbauer, "x3")
def eval_gegenbauer(ans, x1, x2, x3):
    return 2 * x2 * scipy.special.eval_gegenbauer(x1 - 1, x2 + 1, x3)


@elementwise(scipy.special.eval_jacobi, "x4")
def eval_jacobi(ans, x1, x2, x3, x4):
    return 0.5 * (x1 + x2 + x3 + 1) * scipy.special.eval_jacobi(x1 - 1, x2 + 1, x3 + 1, x4)


@elementwise(scipy.special.eval_laguerre, "x2")
def eval_laguerre(ans, x1, x2):
    return -scipy.special.eval_genlaguerre(x1 - 1, 1, x2)


@elementwise(scipy.special.eval_genlaguerre, "x3")
def eval_genlaguerre(ans, x1, x2, x3):
    return -scipy.special.eval_genlaguerre(x1 - 1, x2 + 1, x3)


@elementwise(scipy.special.assoc_laguerre, "x")
def assoc_laguerre(ans, x, n, k=0.0):
    return -scipy.special.eval_genlaguerre(n - 1, k + 1, x)


@elementwise(scipy.special.eval_hermite, "x2")
def eval_hermite(ans, x1, x2):
    return 2 * x1 * scipy.special.eval_hermite(np.maximum(x1 - 1, 0), x2)


@elementwise(scipy.special.eval_hermitenorm, "x2")
def eval_hermitenorm(ans, x1, x2):
    return x1 * scipy.special.eval_hermitenorm(np.maximum(x1 - 1, 0), x2)


# -- hypergeometric functions ------------------------------------------------------------------------


@elementwise(scipy.special.hyp0f1, "x2")
def hyp0f1(ans, x1, x2):
    return scipy.special.hyp0f1(x1 + 1, x2) / x1


@elementwise(scipy.special.hyp1f1, "x3")
def hyp1f1(ans, x1, x2, x3):
    return x1 / x2 * scipy.special.hyp1f1(x1 + 1, x2 + 1, x3)


@elementwise(scipy.special.hyperu, "x3")
def hyperu(ans, x1, x2, x3):
    return -x1 * scipy.special.hyperu(x1 + 1, x2 + 1, x3)


@elementwise(scipy.special.hyp2f1, "x4")
def hyp2f1(ans, x1, x2, x3, x4):
    return x1 * x2 / x3 * scipy.special.hyp2f1(x1 + 1, x2 + 1, x3 + 1, x4)


# -- elliptic integrals and functions ----------------------------------------------------------------


@elementwise(scipy.special.ellipk, "x")
def ellipk(ans, x):
    return rt.scipy_special.as_precise_as(
        0.39269908169872414 * scipy.special.hyp2f1(0.5, 0.5, 2, x), rt.scipy_special.precision(x)
    ) / (1 - x)


@elementwise(scipy.special.ellipkm1, "x")
def ellipkm1(ans, x):
    return (
        rt.scipy_special.as_precise_as(
            -0.39269908169872414 * scipy.special.hyp2f1(0.5, 0.5, 2, 1 - x), rt.scipy_special.precision(x)
        )
        / x
    )


@elementwise(scipy.special.ellipe, "x")
def ellipe(ans, x):
    return rt.scipy_special.as_precise_as(
        -0.39269908169872414 * scipy.special.hyp2f1(0.5, 1.5, 2, x), rt.scipy_special.precision(x)
    )


@elementwise(scipy.special.ellipkinc, "x1")
def ellipkinc(ans, x1, x2):
    sine = np.sin(x1)
    return 1 / np.sqrt(1 - x2 * sine * sine)


@elementwise(scipy.special.ellipeinc, "x1")
def ellipeinc(ans, x1, x2):
    sine = np.sin(x1)
    return np.sqrt(1 - x2 * sine * sine)


@vjp(scipy.special.ellipj, "x1")
def ellipj(ans, g, x1, x2):
    along = g[0] * ans[1] * ans[2] - g[1] * ans[0] * ans[2]
    return along - g[2] * x2 * ans[0] * ans[1] + g[3] * ans[2]


@jvp(scipy.special.ellipj, "x1")
def ellipj_x1(ans, t, x1, x2):
    return t * ans[1] * ans[2], -t * ans[0] * ans[2], -t * x2 * ans[0] * ans[1], t * ans[2]
