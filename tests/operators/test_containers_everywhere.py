"""Operators on containers and objects as arguments and results, as methods, and on what does not fit."""

from __future__ import annotations

import functools
from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

from srcad import elementwise_grad, ggnvp, grad, hessian, hvp, jacfwd, jacobian, jacrev, jvp, vjp
from srcad.errors import ArgumentError, OutputError

X = np.array([0.5, -1.2, 2.0])
Pair = namedtuple("Pair", "first second")


@dataclass
class Layer:
    w: object
    b: object


def test_a_result_of_a_dict_of_lists_of_records_and_objects():
    def f(x):
        pairs = [Pair(x * x, np.sum(x)), Pair(np.sin(x), x[0])]
        return {"pairs": pairs, "layer": Layer(x[1:], 2.0 * x[0])}

    for found in (jacobian(f)(X), jacrev(f)(X), jacfwd(f)(X)):
        assert isinstance(found["layer"], Layer) and isinstance(found["pairs"][0], Pair)
        assert np.allclose(found["pairs"][0].first, np.diag(2 * X))
        assert np.array_equal(found["pairs"][1].second, [1.0, 0.0, 0.0])
        assert np.array_equal(found["layer"].w, np.eye(3)[1:])


PARAMETERS = {"w": X, "b": 2.0, "name": "layer"}


def slope_of_entries(p):
    found = jacobian(lambda q: {"y": q["w"] ** 2 * q["b"], "z": [q["b"] ** 3]})(p)
    return np.sum(found["y"]["w"]) + np.sum(found["y"]["b"] * X) + found["z"][0]["b"]


def test_a_jacobian_of_containers_is_differentiated():
    found = grad(slope_of_entries)(PARAMETERS)
    assert np.allclose(found["w"], 2 * 2.0 + 2 * X * X)
    assert np.isclose(found["b"], np.sum(2 * X) + 6 * 2.0) and found["name"] is None
    tangent = {"w": np.zeros(3), "b": 1.0, "name": None}
    assert np.isclose(jvp(slope_of_entries, (PARAMETERS,), (tangent,))[1], found["b"])


def test_a_jacobian_of_containers_has_a_second_derivative():
    def total(p):
        found = jacobian(lambda q: {"y": q["w"] ** 2 * q["b"], "z": (q["b"] ** 3,)})(p)
        return np.sum(found["y"]["w"]) + np.sum(found["y"]["b"] * X) + found["z"][0]["b"]

    assert np.isclose(hessian(total)(PARAMETERS)["b"]["b"], 6.0)


@pytest.mark.parametrize("operator", [jacobian, jacfwd, jacrev])
def test_jacobians_of_containers_inside_of_a_program(operator):
    def f(q):
        return {"first": q[0] ** 2 * q[1], "second": (np.sum(q[0] ** 3), q[1] ** 3)}

    def total(b):
        found = operator(f)((X * b, b))
        return np.sum(found["first"][0]) + np.sum(found["second"][0][0]) + found["second"][1][1]

    def by_hand(b):
        return np.sum(2 * X * b * b) + np.sum(3 * (X * b) ** 2) + 3 * b**2

    assert np.isclose(total(2.0), by_hand(2.0))
    assert np.isclose(grad(total)(2.0), grad(by_hand)(2.0))
    assert np.isclose(jvp(total, (2.0,), (1.0,))[1], grad(by_hand)(2.0))
    assert np.isclose(grad(grad(total))(2.0), grad(grad(by_hand))(2.0))


def test_a_hessian_of_containers_is_differentiated():
    def third(p):
        found = hessian(lambda q: np.sum(q["w"] ** 3) * q["b"])(p)
        return np.sum(found["w"]["w"]) + np.sum(found["b"]["w"])

    found = grad(third)(PARAMETERS)
    assert np.allclose(found["w"], 6 * 2.0 + 6 * X) and np.isclose(found["b"], np.sum(6 * X))


def test_a_jacobian_of_a_function_that_changes_the_arrays_of_its_argument():
    def f(q):
        q["w"][0] = q["w"][1] * q["w"][2]
        return {"y": q["w"] ** 2}

    def total(x):
        return np.sum(jacobian(f)({"w": x})["y"]["w"])

    def by_hand(x):
        return 2 * x[1] * x[2] * (x[1] + x[2]) + 2 * x[1] + 2 * x[2]

    given = X.copy()
    assert np.isclose(total(given), by_hand(X)) and np.array_equal(given, X)
    assert np.allclose(grad(total)(given), grad(by_hand)(X)) and np.array_equal(given, X)


def test_a_jacobian_beside_auxiliary_output_is_differentiated():
    def total(x):
        found, aux = jacobian(lambda y: (y**3, y * 2.0), has_aux=True)(x)
        return np.sum(found) + np.sum(aux * x)

    assert np.allclose(grad(total)(X), 6 * X + 4 * X)


def test_several_arguments_of_a_jacobian_that_is_differentiated():
    def total(x, b):
        found = jacobian(lambda y, c: (y**2 * c, c**2), (1, 0))(x, b)
        return np.sum(found[0][0]) + np.sum(found[0][1]) + found[1][0]

    assert np.allclose(grad(total)(X, 2.0), 2 * X + 4.0) and np.isclose(
        grad(total, 1)(X, 2.0), np.sum(2 * X) + 2.0
    )


def test_a_jacobian_of_objects_is_differentiated():
    def total(x):
        return np.sum(jacobian(lambda p: p.w**2)(Layer(x, 1.0)).w)

    np.testing.assert_allclose(grad(total)(X), np.full(X.shape, 2.0))


# -- methods ---------------------------------------------------------------------------------------------


class Model:
    def __init__(self, k):
        self.k = k

    @jacobian
    def jacobian_of(self, x):
        return self.k * x**2

    @hessian
    def hessian_of(self, x):
        return np.sum(self.k * x**3)

    @hvp
    def product_of(self, x):
        return np.sum(self.k * x**3)

    @ggnvp
    def gauss_newton_of(self, x):
        return self.k * x

    @elementwise_grad
    def slopes_of(self, x):
        return self.k * x**2


def test_every_operator_decorates_a_method():
    model = Model(2.0)
    assert np.allclose(model.jacobian_of(X), np.diag(4 * X))
    assert np.allclose(model.hessian_of(X), np.diag(12 * X))
    assert np.allclose(model.product_of(X, X), 12 * X * X)
    assert np.allclose(model.gauss_newton_of(X, X), 4 * X)
    assert np.allclose(model.slopes_of(X), 4 * X)
    assert np.allclose(grad(lambda k: np.sum(Model(k).jacobian_of(X)))(2.0), np.sum(2 * X))
    assert np.allclose(grad(lambda k: np.sum(Model(k).product_of(X, X)))(2.0), np.sum(6 * X * X))
    assert np.allclose(grad(lambda k: np.sum(Model(k).slopes_of(X)))(2.0), np.sum(2 * X))
    assert np.allclose(jvp(lambda k: Model(k).hessian_of(X), (2.0,), (1.0,))[1], np.diag(6 * X))


class Holder:
    def __init__(self, k):
        self.k = k

    def weighted(self, weight, x, power=1):
        return np.sum(weight * self.k**power * x)

    tripled = functools.partialmethod(weighted, 3.0, power=2)

    @grad
    def slope(self, x):
        return np.sum(self.k**2 * x**3)


@pytest.mark.parametrize("program", [
    lambda k: Holder(k).tripled(X),
    lambda k: np.sum(Holder(k).slope(X)),
    lambda k: np.sum(Holder(k).slope(X)),
    lambda k: np.sum([Holder(k).slope][0](X)),
])  # fmt: skip
def test_partial_methods_and_decorated_methods_of_objects_that_vary(program):
    slope = (program(2.0 + 1e-5) - program(2.0 - 1e-5)) / 2e-5
    assert np.isclose(grad(program)(2.0), slope) and np.isclose(jvp(program, (2.0,), (1.0,))[1], slope)
    curvature = (program(2.0 + 1e-3) - 2 * program(2.0) + program(2.0 - 1e-3)) / 1e-6
    assert np.isclose(hessian(program)(2.0), curvature, rtol=1e-4)
    assert np.isclose(grad(grad(program))(2.0), curvature, rtol=1e-4)


def test_a_partial_method_that_is_a_value():
    def total(k):
        return np.sum(grad(Holder(k).tripled)(X)) + sum(f(X) for f in [Holder(k).tripled])

    slope = (total(2.0 + 1e-5) - total(2.0 - 1e-5)) / 2e-5
    assert np.isclose(grad(total)(2.0), slope) and np.isclose(jvp(total, (2.0,), (1.0,))[1], slope)


# -- what does not fit -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cotangent", [np.ones(4), "x", [1.0, 2.0], {"a": X}, np.ones((1, 3))])
def test_a_cotangent_that_does_not_fit_an_array_is_refused(cotangent):
    pullback = vjp(lambda x: x**2, X)[1]
    with pytest.raises(ArgumentError, match="cotangent"):
        pullback(cotangent)


@pytest.mark.parametrize(
    "cotangent", [{"a": X}, {"a": X, "b": 1.0, "c": 2.0}, X, 1.0, [X, 1.0], {"a": 1.0, "b": X}]
)
def test_a_cotangent_that_does_not_fit_a_dict_is_refused(cotangent):
    pullback = vjp(lambda x: {"a": x**2, "b": np.sum(x)}, X)[1]
    with pytest.raises(ArgumentError, match="cotangent"):
        pullback(cotangent)
    assert np.allclose(pullback({"a": X, "b": 1})[0], 2 * X * X + 1.0)


def test_a_product_without_its_vector_is_refused():
    with pytest.raises(ArgumentError, match="without an argument"):
        hvp(lambda x: np.sum(x**2))(X)
    with pytest.raises(ArgumentError, match="without an argument"):
        ggnvp(lambda x: x**2)(X)


@pytest.mark.parametrize("call", [
    lambda f: hessian(grad(f))(X),
    lambda f: grad(grad(f))(X),
    lambda f: vjp(grad(grad(f)), X),
    lambda f: jvp(grad(grad(f)), (X,), (X,)),
    lambda f: jacrev(grad(grad(f)))(X),
])  # fmt: skip
def test_a_gradient_of_a_gradient_of_several_numbers_is_refused(call):
    with pytest.raises(OutputError, match="The gradient of .* has shape"):
        call(lambda x: np.sum(x**3))
