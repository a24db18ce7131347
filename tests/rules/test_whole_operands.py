"""Whole numbers for operands without a derivative: refused if one differentiates by them, else taken as they are."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special as sp

from srcad import grad, hvp, jvp
from srcad.errors import NoDerivativeError

TABLE = [sp.jv, sp.kv]


def bessel(order, x):
    return sp.jv(order, x)


def bessel_from_a_table(order, x):
    return TABLE[0](order, x)


def legendre(order, x):
    return sp.eval_legendre(order, x)


def bessel_of_an_item(options, x):
    return sp.jv(options["order"], x) * options["weight"]


def bessel_of_orders(x, orders):
    return sum(sp.jv(order, x) * x for order in orders)


CASES = [
    (bessel, 2),
    (bessel, np.int64(2)),
    (bessel_from_a_table, 2),
    (legendre, 2),
    (bessel_of_an_item, {"order": 2, "weight": 1.5}),
]


@pytest.mark.parametrize("function, order", CASES)
def test_the_gradient_by_an_order_is_refused(function, order):
    with pytest.raises(NoDerivativeError, match="with respect to the argument"):
        grad(function)(order, 0.4)


@pytest.mark.parametrize("function", [bessel, bessel_from_a_table, legendre])
def test_a_tangent_of_an_order_is_refused(function):
    with pytest.raises(NoDerivativeError, match="with respect to the argument"):
        jvp(function)((2, 0.4), (1.0, 0.0))


@pytest.mark.parametrize("function, order", CASES)
def test_the_other_argument_has_its_derivative(function, order):
    expected = (function(order, 0.4 + 1e-6) - function(order, 0.4 - 1e-6)) / 2e-6
    np.testing.assert_allclose(grad(function, argnums=1)(order, 0.4), expected, rtol=1e-6)


def test_an_order_that_does_not_move_has_a_tangent():
    _, tangent = jvp(bessel)((2, 0.4), (0.0, 1.0))
    np.testing.assert_allclose(tangent, grad(bessel, argnums=1)(2, 0.4))


def test_orders_in_a_list_are_no_numbers_to_differentiate_by():
    slope = grad(bessel_of_orders)
    difference = (slope(0.4 + 1e-6, [0, 1, 2]) - slope(0.4 - 1e-6, [0, 1, 2])) / 2e-6
    np.testing.assert_allclose(hvp(bessel_of_orders)(0.4, [0, 1, 2], 1.0), difference, rtol=1e-6)
    _, tangent = jvp(bessel_of_orders)((0.4, [0, 1, 2]), (1.0, [0.0, 0.0, 0.0]))
    np.testing.assert_allclose(tangent, slope(0.4, [0, 1, 2]))
