"""Functions of ``np.polynomial`` that are made of the sums, products and values of series, written out."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial
from numpy.polynomial._polybase import ABCPolyBase

from srcad import runtime as rt
from srcad.rules.registry import constant, written_out

_FAMILIES = {
    "poly": polynomial, "cheb": chebyshev, "leg": legendre, "lag": laguerre, "herm": hermite, "herme": hermite_e,
}  # fmt: skip

constant(rt.conversion_table)

# -- several variables -------------------------------------------------------------------------------


def values_in_the_plane(val: Any) -> Callable[..., Any]:
    """Return ``polyval2d``, where ``val`` is ``polyval``, or that of another family."""

    def val2d(x: Any, y: Any, c: Any) -> Any:
        return val(y, val(x, c), tensor=False)

    return val2d


def values_in_space(val: Any) -> Callable[..., Any]:
    """Return ``polyval3d``."""

    def val3d(x: Any, y: Any, z: Any, c: Any) -> Any:
        return val(z, val(y, val(x, c), tensor=False), tensor=False)

    return val3d


def values_on_a_grid(val: Any) -> Callable[..., Any]:
    """Return ``polygrid2d``."""

    def grid2d(x: Any, y: Any, c: Any) -> Any:
        return val(y, val(x, c))

    return grid2d


def values_on_a_lattice(val: Any) -> Callable[..., Any]:
    """Return ``polygrid3d``."""

    def grid3d(x: Any, y: Any, z: Any, c: Any) -> Any:
        return val(z, val(y, val(x, c)))

    return grid3d


def table_in_the_plane(vander: Any) -> Callable[..., Any]:
    """Return ``polyvander2d``."""

    def vander2d(x: Any, y: Any, deg: Any) -> Any:
        table = vander(x, deg[0])[..., :, None] * vander(y, deg[1])[..., None, :]
        return np.reshape(table, np.shape(table)[:-2] + (-1,))

    return vander2d


def table_in_space(vander: Any) -> Callable[..., Any]:
    """Return ``polyvander3d``."""

    def vander3d(x: Any, y: Any, z: Any, deg: Any) -> Any:
        first = vander(x, deg[0])[..., :, None, None] * vander(y, deg[1])[..., None, :, None]
        table = first * vander(z, deg[2])[..., None, None, :]
        return np.reshape(table, np.shape(table)[:-3] + (-1,))

    return vander3d


# -- products and roots ------------------------------------------------------------------------------


def line_of(unit: Any) -> Callable[..., Any]:
    """Return ``polyline``, where ``unit`` is the series of x."""

    def line(off: Any, scl: Any) -> Any:
        if scl == 0:
            return np.array([off])
        return scl * unit + off * np.array([1.0, 0.0])

    return line


def product_with_x(mul: Any, unit: Any) -> Callable[..., Any]:
    """Return ``polymulx``."""

    def mulx(c: Any) -> Any:
        return mul(unit, c)

    return mulx


def power_of(mul: Any) -> Callable[..., Any]:
    """Return ``polypow``."""

    def power(c: Any, pow: Any, maxpower: Any = 16) -> Any:
        if pow == 0:
            return np.array([1.0])
        product = np.asarray(c)
        for _ in range(1, int(pow)):
            product = mul(product, c)
        return product

    return power


def series_with_roots(mul: Any, unit: Any) -> Callable[..., Any]:
    """Return ``polyfromroots``."""

    def fromroots(roots: Any) -> Any:
        product = np.array([1.0])
        for root in roots:
            product = mul(product, unit - root * np.array([1.0, 0.0]))
        return product

    return fromroots


def conversion(function: Any) -> Callable[..., Any]:
    """Return a function that brings a series to another basis, which is linear."""

    def convert(c: Any) -> Any:
        return np.dot(c, rt.conversion_table(function, len(c)))

    return convert


def conversion_of_powers(function: Any) -> Callable[..., Any]:
    """Return a function that brings a series of powers to another basis."""

    def convert(pol: Any) -> Any:
        return np.dot(pol, rt.conversion_table(function, len(pol)))

    return convert


@written_out(polynomial.polyvalfromroots)
def polyvalfromroots(x: Any, r: Any, tensor: Any = True) -> Any:
    if tensor:
        r = np.reshape(r, np.shape(r) + (1,) * np.ndim(x))
    return np.prod(x - r, axis=0)


# -- weights -----------------------------------------------------------------------------------------


@written_out(chebyshev.chebweight)
def chebweight(x: Any) -> Any:
    return 1.0 / (np.sqrt(1.0 + x) * np.sqrt(1.0 - x))


@written_out(legendre.legweight)
def legweight(x: Any) -> Any:
    return x * 0.0 + 1.0


@written_out(laguerre.lagweight)
def lagweight(x: Any) -> Any:
    return np.exp(-x)


@written_out(hermite.hermweight)
def hermweight(x: Any) -> Any:
    return np.exp(-(x**2))


@written_out(hermite_e.hermeweight)
def hermeweight(x: Any) -> Any:
    return np.exp(-0.5 * x**2)


# -- all families ------------------------------------------------------------------------------------


def _write_out(prefix: str, family: Any) -> None:
    def named(name: str) -> Any:
        return getattr(family, prefix + name)

    unit = np.asarray(named("line")(0.0, 1.0), float)
    val, vander, mul = named("val"), named("vander"), named("mul")
    made = {
        "val2d": values_in_the_plane(val),
        "val3d": values_in_space(val),
        "grid2d": values_on_a_grid(val),
        "grid3d": values_on_a_lattice(val),
        "vander2d": table_in_the_plane(vander),
        "vander3d": table_in_space(vander),
        "line": line_of(unit),
        "mulx": product_with_x(mul, unit),
        "pow": power_of(mul),
        "fromroots": series_with_roots(mul, unit),
    }
    for name, source in made.items():
        written_out(named(name))(source)
    if family is not polynomial:
        there, back = getattr(family, f"poly2{prefix}"), named("2poly")
        written_out(there)(conversion_of_powers(there))
        written_out(back)(conversion(back))


for _prefix, _family in _FAMILIES.items():
    _write_out(_prefix, _family)


# -- classes -----------------------------------------------------------------------------------------


@written_out(ABCPolyBase.__truediv__)
def divided_series(self: Any, other: Any) -> Any:
    """Return a series over a number."""
    if not isinstance(other, numbers.Number) or isinstance(other, bool):
        raise TypeError(f"unsupported types for true division: '{type(self)}', '{type(other)}'")
    return self.__class__(self.coef / other, self.domain, self.window, self.symbol)
