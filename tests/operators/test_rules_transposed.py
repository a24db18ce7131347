"""Forward mode by a reverse rule alone, differentiated in both modes, where memory changes around it."""

from __future__ import annotations

import numpy as np
import pytest

import srcad
from srcad import grad, hessian, jacfwd, jacrev, jvp

X, V = np.array([0.3, 0.5, -0.4]), np.array([1.0, -0.5, 0.3])


@srcad.custom_vjp
def cube(x):
    return x**3


@cube.backward
def cube_backward(ans, g, x):
    return 3 * g * x**2


def plain_cube(x):
    return x**3


def program(function):
    def stored(x):
        b = x * 2.0
        y = function(b)
        b[0] = y[1] * b[2]
        return np.sum(function(b) * y)

    return stored


@pytest.mark.parametrize("outer", [jacfwd, jacrev])
@pytest.mark.parametrize("inner", [jacfwd, jacrev])
def test_jacobians_of_jacobians_where_an_argument_of_the_rule_changes(outer, inner):
    found = outer(inner(program(cube)))(X)
    np.testing.assert_allclose(found, hessian(program(plain_cube))(X), rtol=1e-10, atol=1e-12)


def test_reverse_over_forward_where_an_argument_of_the_rule_changes():
    def slope(function):
        return lambda x: jvp(program(function), (x,), (V,))[1]

    np.testing.assert_allclose(grad(slope(cube))(X), grad(slope(plain_cube))(X), rtol=1e-10)


def residual(x, a):
    return x * x - a


def newton(f, x, a):
    for _ in range(30):
        x = x - f(x, a) / (2 * x)
    return x


def halved(f, x, a):
    for _ in range(60):
        x = f(x, a)
    return x


ROOTS = [
    srcad.custom_root(residual, newton),
    srcad.custom_fixed_point(lambda x, a: 0.5 * (x + a / x), halved),
]


@pytest.mark.parametrize("root", ROOTS)
def test_reverse_over_forward_through_an_implicit_function(root):
    slope = grad(lambda a: jvp(lambda a: root(1.0, a), (a,), (1.0,))[1])
    np.testing.assert_allclose(slope(4.0), -1 / 32, rtol=1e-8)
    curvature = grad(lambda a: np.sum(jvp(lambda a: root(np.ones(2), a), (a,), (np.ones(2),))[1]))
    np.testing.assert_allclose(curvature(np.array([4.0, 1.0])), [-1 / 32, -1 / 4], rtol=1e-8)


@pytest.mark.parametrize(
    "chain",
    [
        lambda f: grad(lambda x: jvp(lambda x: jvp(f, (x,), (V,))[1], (x,), (V,))[1]),
        lambda f: lambda x: jvp(grad(lambda x: jvp(f, (x,), (V,))[1]), (x,), (V,))[1],
        lambda f: grad(lambda x: np.sum(V * grad(lambda x: jvp(f, (x,), (V,))[1])(x))),
    ],
    ids=["reverse forward forward", "forward reverse forward", "reverse reverse forward"],
)
def test_third_derivatives_through_a_rule(chain):
    found = chain(program(cube))(X)
    np.testing.assert_allclose(found, chain(program(plain_cube))(X), rtol=1e-9, atol=1e-12)


@srcad.custom_vjp
def products(p):
    return {"u": p["a"] ** 2 * p["b"], "w": p["b"]}


@products.backward
def products_backward(ans, g, p):
    twice = srcad.tree.map(lambda part: 2.0 * part, g)
    return {"a": twice["u"] * p["a"] * p["b"], "b": g["u"] * p["a"] ** 2 + 0.5 * twice["w"]}


def plain_products(p):
    return {"u": p["a"] ** 2 * p["b"], "w": p["b"]}


def test_third_derivatives_through_a_rule_that_hands_its_gradient_on():
    def third(function):
        def value(x):
            found = function({"a": x**2, "b": 3.0 * x})
            return found["u"] * found["w"]

        return grad(lambda x: jvp(lambda x: jvp(value, (x,), (1.0,))[1], (x,), (1.0,))[1])

    np.testing.assert_allclose(third(products)(0.7), third(plain_products)(0.7), rtol=1e-10)
