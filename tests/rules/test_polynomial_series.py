"""Series of several variables, their powers, roots, lines, weights and bases, in all families of ``np.polynomial``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial

from srcad import check_grads, grad, vjp
from srcad.errors import NoDerivativeError

FAMILIES = {
    "poly": polynomial, "cheb": chebyshev, "leg": legendre, "lag": laguerre, "herm": hermite, "herme": hermite_e,
}  # fmt: skip
X, Y = np.array([0.4, -0.7, 0.9]), np.array([0.3, 0.8, -0.2])
PLANE = np.array([[0.4, 1.2, -0.6], [0.9, -0.3, 0.5]])
SPACE = np.stack([PLANE, PLANE[::-1] * 0.7], axis=-1)
SERIES = np.array([0.6, -1.1, 0.8])


def functions(prefix: str, family: Any) -> dict[str, tuple[Callable[..., Any], tuple[Any, ...]]]:
    """Return the functions of a family with arguments."""
    found = {
        "val2d": (X, Y, PLANE),
        "val3d": (X, Y, X, SPACE),
        "grid2d": (X, Y[:2], PLANE),
        "grid3d": (X, Y[:2], X[:2], SPACE),
        "line": (0.3, 0.7),
        "mulx": (SERIES,),
        "fromroots": (SERIES,),
        f"2{prefix}": (SERIES,),
    }
    made = {name: (getattr(family, prefix + name, None), arguments) for name, arguments in found.items()}
    made["columns"] = (lambda x, c: getattr(family, f"{prefix}val")(x, c, tensor=False), (X, PLANE))
    made["power"] = (lambda c: getattr(family, f"{prefix}pow")(c, 3), (SERIES,))
    made["vander2d"] = (lambda x, y: getattr(family, f"{prefix}vander2d")(x, y, [2, 1]), (X, Y))
    made["vander3d"] = (lambda x, y: getattr(family, f"{prefix}vander3d")(x, y, x, (2, 1, 1)), (X, Y))
    if prefix != "poly":
        made["weight"] = (getattr(family, f"{prefix}weight"), (X,))
        made["to powers"] = (getattr(family, f"{prefix}2poly"), (SERIES,))
        made["from powers"] = (getattr(family, f"poly2{prefix}"), (SERIES,))
    return {name: pair for name, pair in made.items() if pair[0] is not None}


CASES = {
    f"{prefix}, {name}": pair
    for prefix, family in FAMILIES.items()
    for name, pair in functions(prefix, family).items()
}
CASES["polyvalfromroots"] = (polynomial.polyvalfromroots, (X[:2], SERIES))
CASES["polyvalfromroots, columns"] = (
    lambda x, r: polynomial.polyvalfromroots(x, r, tensor=False),
    (X, PLANE),
)


@pytest.mark.parametrize(("function", "arguments"), CASES.values(), ids=CASES)
def test_derivatives_of_series(function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    check_grads(lambda *given: np.sum(function(*given) ** 2), arguments, order=2, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("function", "arguments"), CASES.values(), ids=CASES)
def test_values_of_series_are_those_of_numpy(
    function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    np.testing.assert_allclose(vjp(function, *arguments)[0], function(*arguments), rtol=1e-12, atol=1e-14)


# -- the classes -------------------------------------------------------------------------------------

PLAIN = np.polynomial.Polynomial([0.6, -1.1, 0.8])
CLASSES = [
    np.polynomial.Polynomial, np.polynomial.Chebyshev, np.polynomial.Legendre, np.polynomial.Laguerre,
    np.polynomial.Hermite, np.polynomial.HermiteE,
]  # fmt: skip


def value_of_a_global_series(x):
    return np.sum(PLAIN(x) ** 2)


def value_of_a_series_of_numbers(s, t, x):
    return np.sum(np.polynomial.Polynomial([s, 1.0, s * t])(x))


def arithmetic_of_series(c, x):
    p = np.polynomial.Polynomial(c)
    q = 2.0 * p * np.polynomial.Polynomial([1.0, 2.0]) - p**2 / 3.0 + 1
    return np.sum(q(x) * (1 - p)(x)) + p.coef[0]


def pieces_of_series(c):
    p = np.polynomial.Polynomial(c)
    return p.truncate(2)(0.3) + p.cutdeg(1)(0.4) + np.sum(p.linspace(4)[1]) + sum(p) * len(p)


def test_a_series_outside_of_the_function_has_values_with_derivatives() -> None:
    check_grads(value_of_a_global_series, (X,), order=2)


def test_series_are_made_of_numbers_that_carry_derivatives() -> None:
    check_grads(value_of_a_series_of_numbers, (0.3, -0.8, X))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_classes_of_series_have_values_and_derivatives(cls: Any) -> None:
    def program(c, x):
        p = cls(c, domain=[0, 2], window=[-1, 1])
        return np.sum(p(x) ** 2) + np.sum(p.deriv()(x) * cls(c).deriv(2)(0.3))

    check_grads(program, (SERIES, X))


def test_series_are_added_multiplied_and_divided_by_numbers() -> None:
    check_grads(arithmetic_of_series, (SERIES, X), order=2)


def test_series_are_cut_and_listed() -> None:
    check_grads(pieces_of_series, (SERIES,))


def test_a_series_is_an_argument_like_other_objects() -> None:
    gradient = grad(lambda p: p(0.5) * 2.0)(PLAIN)

    np.testing.assert_allclose(gradient.coef, [2.0, 1.0, 0.5])


@pytest.mark.parametrize(
    "method", [lambda p: p.integ()(0.3), lambda p: (p // p)(0.3)], ids=["integ", "floordiv"]
)
def test_methods_of_series_without_derivative_are_refused(method: Any) -> None:
    with pytest.raises(NoDerivativeError, match="work with its coefficients"):
        grad(lambda c: method(np.polynomial.Polynomial(c)))(SERIES)
