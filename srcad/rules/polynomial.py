"""Derivatives of what all families of ``np.polynomial`` have in common, and what has none."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial
from numpy.polynomial._polybase import ABCPolyBase

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, language, refuse, vjp

_CLASSES = (polynomial.Polynomial, chebyshev.Chebyshev, legendre.Legendre, laguerre.Laguerre, hermite.Hermite,
            hermite_e.HermiteE)  # fmt: skip

# -- sums --------------------------------------------------------------------------------------------


@vjp(polynomial.polyadd, "c1", "c2")
@vjp(chebyshev.chebadd, "c1", "c2")
@vjp(legendre.legadd, "c1", "c2")
@vjp(laguerre.lagadd, "c1", "c2")
@vjp(hermite.hermadd, "c1", "c2")
@vjp(hermite_e.hermeadd, "c1", "c2")
def series_add(ans, g, c1, c2):
    return (
        rt.unbroadcast(rt.resized(g, np.shape(np.atleast_1d(c1)), (0,)), c1),
        rt.unbroadcast(rt.resized(g, np.shape(np.atleast_1d(c2)), (0,)), c2),
    )


@vjp(polynomial.polysub, "c1", "c2")
@vjp(chebyshev.chebsub, "c1", "c2")
@vjp(legendre.legsub, "c1", "c2")
@vjp(laguerre.lagsub, "c1", "c2")
@vjp(hermite.hermsub, "c1", "c2")
@vjp(hermite_e.hermesub, "c1", "c2")
def series_sub(ans, g, c1, c2):
    return (
        rt.unbroadcast(rt.resized(g, np.shape(np.atleast_1d(c1)), (0,)), c1),
        rt.unbroadcast(rt.resized(-g, np.shape(np.atleast_1d(c2)), (0,)), c2),
    )


@jvp(polynomial.polyadd, "c1")
@jvp(chebyshev.chebadd, "c1")
@jvp(legendre.legadd, "c1")
@jvp(laguerre.lagadd, "c1")
@jvp(hermite.hermadd, "c1")
@jvp(hermite_e.hermeadd, "c1")
@jvp(polynomial.polyadd, "c2")
@jvp(chebyshev.chebadd, "c2")
@jvp(legendre.legadd, "c2")
@jvp(laguerre.lagadd, "c2")
@jvp(hermite.hermadd, "c2")
@jvp(hermite_e.hermeadd, "c2")
@jvp(polynomial.polysub, "c1")
@jvp(chebyshev.chebsub, "c1")
@jvp(legendre.legsub, "c1")
@jvp(laguerre.lagsub, "c1")
@jvp(hermite.hermsub, "c1")
@jvp(hermite_e.hermesub, "c1")
def series_add_either(ans, t, c1, c2):
    return rt.resized(np.atleast_1d(t), np.shape(ans), (0,))


@jvp(polynomial.polysub, "c2")
@jvp(chebyshev.chebsub, "c2")
@jvp(legendre.legsub, "c2")
@jvp(laguerre.lagsub, "c2")
@jvp(hermite.hermsub, "c2")
@jvp(hermite_e.hermesub, "c2")
def series_sub_c2(ans, t, c1, c2):
    return rt.resized(-np.atleast_1d(t), np.shape(ans), (0,))


@vjp(polynomial.polytrim, "c")
def series_trim(ans, g, c, tol=0):
    return rt.resized(g, np.shape(c), (0,))


@jvp(polynomial.polytrim, "c")
def series_trim_c(ans, t, c, tol=0):
    return rt.resized(t, np.shape(ans), (0,))


# -- constant and refused ----------------------------------------------------------------------------

constant(rt.identity_like)
language(*_CLASSES)  # their operators, values and derivatives are read from NumPy's own text
refuse(
    "This method of a series of np.polynomial is not differentiated: work with its coefficients and the functions of its "
    "family, as in `Chebyshev(chebyshev.chebint(p.coef))`, `polynomial.polyfit` or `polynomial.polyfromroots`.",
    ABCPolyBase.integ,
    *[getattr(cls, name) for cls in _CLASSES for name in ("fit", "fromroots", "cast")],
    ABCPolyBase.convert, ABCPolyBase.__divmod__, ABCPolyBase.__floordiv__, ABCPolyBase.__mod__,
)  # fmt: skip

constant(
    chebyshev.chebgauss, chebyshev.chebpts1, chebyshev.chebpts2, hermite.hermgauss, hermite_e.hermegauss,
    laguerre.laggauss, legendre.leggauss, np.polynomial.set_default_printstyle,
)  # fmt: skip

refuse(
    "This operation on the coefficients of a series has no derivative rule: write it with the sums, products and "
    "values of series, which have one.",
    chebyshev.chebcompanion, chebyshev.chebdiv, chebyshev.chebinterpolate, hermite.hermcompanion, hermite.hermdiv,
    hermite_e.hermecompanion, hermite_e.hermediv, laguerre.lagcompanion, laguerre.lagdiv, legendre.legcompanion,
    legendre.legdiv, polynomial.polycompanion, polynomial.polydiv,
)  # fmt: skip
