"""The points at which the rules of ``scipy.special`` are checked."""

from __future__ import annotations

import numpy as np
import scipy.special as special

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []
sample = collector(SAMPLES)

_rng = np.random.default_rng(17)


def positive(*shape: int) -> np.ndarray:
    """Return numbers between 0.3 and 0.9."""
    return _rng.uniform(0.3, 0.9, shape)


def real(*shape: int) -> np.ndarray:
    """Return numbers of both signs away from zero."""
    return _rng.uniform(0.4, 1.6, shape) * np.where(_rng.random(shape) < 0.5, -1.0, 1.0)


def imaginary(*shape: int) -> np.ndarray:
    """Return complex numbers in the right half-plane."""
    return positive(*shape) + 1j * real(*shape)


# -- of one argument ---------------------------------------------------------------------------------

BOTH_SIGNS = (
    special.erf, special.erfc, special.erfcx, special.erfi, special.dawsn, special.ndtr, special.log_ndtr,
    special.expit, special.log_expit, special.exprel, special.expm1, special.exp2, special.exp10,
    special.cbrt, special.cosm1, special.sindg, special.cosdg, special.tandg, special.cotdg, special.j0, special.j1,
    special.i0, special.i1, special.i0e, special.i1e, special.ber, special.bei, special.berp, special.beip,
    special.rgamma, special.wrightomega,
)  # fmt: skip
POSITIVE = (
    special.gamma, special.gammaln, special.loggamma, special.digamma, special.erfinv, special.erfcinv, special.ndtri,
    special.logit,
    special.log1p, special.entr, special.y0, special.y1, special.k0, special.k1, special.k0e, special.k1e, special.ker,
    special.kei, special.kerp, special.keip, special.expi, special.exp1, special.spence, special.ellipk,
    special.ellipe, special.ellipkm1, special.itstruve0, special.it2struve0, special.itmodstruve0, special.zetac,
)  # fmt: skip
HOLOMORPHIC = (
    special.gamma, special.loggamma, special.rgamma, special.erf, special.erfc, special.erfcx, special.erfi,
    special.dawsn, special.wofz, special.expi, special.exp1, special.log_ndtr, special.ndtr,
    special.expm1, special.log1p, special.wrightomega,
)  # fmt: skip
for function in BOTH_SIGNS:
    sample(function, real(3, 2))
    sample(function, 0.7)
for function in POSITIVE:
    sample(function, positive(3, 2))
    sample(function, 0.7)
for function in HOLOMORPHIC:
    sample(function, imaginary(3))
if hasattr(special, "softplus"):
    sample(special.softplus, real(3))
sample(special.ndtri_exp, -positive(3))
sample(special.lambertw, positive(3))
sample(special.lambertw, imaginary(2), k=1)
for function in (special.fresnel, special.sici, special.shichi, special.airy, special.itj0y0, special.iti0k0,
                 special.it2j0y0, special.it2i0k0):  # fmt: skip
    sample(function, positive(3))
    sample(function, 0.7)
sample(special.zeta, 1.5 + positive(3))
sample(special.zeta, 1.5 + positive(3), positive(3))
sample(special.zeta, 2.5, positive(2, 2))
sample(special.polygamma, 1, positive(3))
sample(special.polygamma, np.array([0, 2]), positive(2))
sample(special.factorial, 1 + positive(3))
sample(special.multigammaln, 2 + positive(3), 3)
sample(special.multigammaln, 2.4, 2)

sample(rt.scipy_special.as_precise_as, real(3), np.dtype(np.float64))

# -- of two and three arguments ----------------------------------------------------------------------

for function in (special.beta, special.betaln, special.poch, special.binom, special.comb, special.perm,
                 special.gammainc, special.gammaincc, special.gammaincinv, special.gammainccinv, special.xlogy,
                 special.xlog1py, special.rel_entr, special.kl_div, special.boxcox, special.boxcox1p,
                 special.inv_boxcox, special.inv_boxcox1p, special.powm1, special.pseudo_huber,
                 special.owens_t, rt.scipy_special.gammainc_by_shape):  # fmt: skip
    sample(function, 1 + positive(3, 2), positive(3, 2))
    sample(function, 1 + positive(3, 1), positive(2))
    sample(function, 1.3, positive(2))
    sample(function, 1.3, 0.6)
sample(special.huber, 0.8, np.array([-1.4, -0.3, 0.5, 2.0]))
sample(special.radian, real(3), real(3), real(1))
sample(special.xlogy, np.array([0.0, 0.5]), np.array([0.4, 0.7]))
sample(special.boxcox, positive(3), 0.0)
sample(rt.scipy_special.zeta_derivative, 1.5 + positive(3), positive(3), 1)
sample(rt.scipy_special.zeta_derivative, 3.4, 1.0, 2)
for function in (special.betainc, special.betaincc, special.betaincinv, special.betainccinv):
    sample(function, 1 + positive(3), 1.4, positive(3))
    sample(function, positive(3), 1 + positive(2, 1), positive(3))
sample(rt.scipy_special.beta_moment, positive(3), 1 + positive(2, 1), positive(3))
sample(rt.scipy_special.beta_moment, positive(3), 1.2, positive(3), 1, 2)
sample(special.expn, 2, positive(3))
sample(special.expn, 0, positive(3))

# -- distribution functions under their Cephes names -------------------------------------------------

for function in (special.chdtr, special.chdtrc, special.pdtr, special.pdtrc):
    sample(function, 3, positive(3))
for function in (special.stdtr, special.stdtrit):
    sample(function, 1 + positive(3), 0.8 * positive(3))
    sample(function, 2.5, 0.4)
    sample(function, 3, positive(3), fixed=("x1",))
sample(special.stdtr, 2.5, real(3))
sample(special.bdtr, 2.0, 5, positive(3))
sample(special.bdtrc, 2.0, 5, positive(3))

# -- Bessel functions --------------------------------------------------------------------------------

for function in (special.jv, special.yv, special.iv, special.kv, special.kve, special.hankel1, special.hankel2,
                 special.hankel1e, special.hankel2e):  # fmt: skip
    sample(function, 1.5, positive(3))
    sample(function, 2, imaginary(3))
for function in (special.jve, special.yve, special.ive, special.struve, special.modstruve):
    sample(function, 1.5, positive(3))
for function in (special.yn, special.kn):
    sample(function, 0, positive(3))
    sample(function, 2, positive(3))
sample(special.ive, 2, real(3))
for function in (special.jvp, special.yvp, special.ivp, special.kvp, special.h1vp, special.h2vp):
    sample(function, 2, positive(3))
    sample(function, 1.5, positive(3), n=2)
for function in (special.spherical_jn, special.spherical_yn, special.spherical_in, special.spherical_kn):
    sample(function, 2, positive(3))
    sample(function, 1, positive(3), derivative=True)

# -- orthogonal polynomials, hypergeometric functions, elliptic integrals ----------------------------

for function in (special.eval_chebyt, special.eval_chebyu, special.eval_chebyc, special.eval_chebys,
                 special.eval_sh_chebyt, special.eval_sh_chebyu, special.eval_legendre, special.eval_sh_legendre,
                 special.eval_laguerre, special.eval_hermite, special.eval_hermitenorm):  # fmt: skip
    for degree in (0, 1, 4):
        sample(function, degree, positive(3))
sample(special.eval_gegenbauer, 3, 0.7, real(3) * 0.5)
sample(special.eval_jacobi, 3, 0.7, 1.2, real(3) * 0.5)
sample(special.eval_genlaguerre, 3, 0.7, positive(3))
sample(special.assoc_laguerre, positive(3), 3, 1.5)
sample(special.hyp0f1, 1.4, real(3))
sample(special.hyp1f1, 0.6, 1.4, real(3))
sample(special.hyperu, 0.6, 1.4, positive(3))
sample(special.hyp2f1, 0.6, 1.4, 2.1, real(3) * 0.4)
for function in (special.ellipkinc, special.ellipeinc, special.ellipj):
    sample(function, positive(3), 0.4)

# -- reductions --------------------------------------------------------------------------------------

for options in ({}, {"axis": 0}, {"axis": (0, 1)}, {"axis": 1, "keepdims": True}):
    sample(special.logsumexp, real(3, 2), **options)
sample(special.logsumexp, real(3, 2), axis=1, b=positive(3, 2))
sample(special.logsumexp, real(3, 2), axis=1, b=positive(2))
sample(special.logsumexp, real(3, 2), axis=0, b=real(3, 2), return_sign=True)
sample(special.logsumexp, real(3), b=real(3), return_sign=True, keepdims=True)
for function in (special.softmax, special.log_softmax):
    sample(function, real(4))
    sample(function, real(3, 2), axis=1)
    sample(function, real(3, 2), axis=(0, 1))
