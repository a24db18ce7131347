"""Jacobians and Hessians: both modes against each other and against differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad import tree
from srcad.api import grad, vjp
from srcad.errors import ArgumentError, OutputError
from srcad.operators import elementwise_grad, ggnvp, hessian, hvp, jacfwd, jacobian, jacrev, jvp

X = np.array([0.3, 1.2, -0.7])
A = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]])
MODES = [jacfwd, jacrev, jacobian]


def numerical(f: Any, x: Any, step: float = 1e-3) -> Any:
    columns = []
    for index in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[index] = step
        columns.append((8 * (f(x + e) - f(x - e)) - (f(x + 2 * e) - f(x - 2 * e))) / (12 * step))
    return np.stack(columns, axis=-1).reshape((*np.shape(columns[0]), *x.shape))


def model(x):
    return np.tanh(A @ x) * x[:2]


def to_matrix(x):
    return np.outer(x, np.sin(x))


def of_matrix(m):
    return np.sum(m @ m.T, axis=0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("f", "x"), [(model, X), (to_matrix, X), (of_matrix, A), (np.sum, X)])
def test_jacobian(mode, f, x):
    np.testing.assert_allclose(mode(f)(x), numerical(f, x), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("mode", MODES)
def test_scalar_in_scalar_out(mode):
    assert mode(lambda x: x**3)(2.0) == 12.0


@pytest.mark.parametrize("mode", MODES)
def test_structure_of_the_result_outside_and_of_the_argument_inside(mode):
    def f(params, x):
        return {"y": params["w"] @ x + params["b"], "norm": np.sum(x * x) * params["b"], "name": "f"}

    found = mode(f, argnums=("params", 1))({"w": A, "b": 2.0, "label": "p"}, X)
    assert found["name"] is None
    in_params, in_x = found["y"]
    assert in_params["w"].shape == (2, 2, 3) and in_params["label"] is None
    np.testing.assert_array_equal(in_params["b"], np.ones(2))
    np.testing.assert_array_equal(in_x, A)
    np.testing.assert_allclose(found["norm"][0]["b"], np.sum(X * X))
    np.testing.assert_allclose(found["norm"][1], 4 * X)


@pytest.mark.parametrize("mode", MODES)
def test_has_aux(mode):
    jac, aux = mode(lambda x: (x * x, "aux"), has_aux=True)(X)
    np.testing.assert_allclose(jac, np.diag(2 * X))
    assert aux == "aux"


@pytest.mark.parametrize("mode", MODES)
def test_in_place_program(mode):
    def f(x):
        y = np.zeros((2, 3))
        y[0] = x
        y[1] += y[0] * x[::-1]
        return y

    np.testing.assert_allclose(mode(f)(X), numerical(f, X), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("mode", [jacfwd, jacrev])
def test_holomorphic_function(mode):
    z = np.array([1.0 + 2.0j, -0.5 + 0.3j])
    np.testing.assert_allclose(mode(lambda z: z**3, holomorphic=True)(z), np.diag(3 * z**2))


def test_complex_argument_needs_a_promise():
    with pytest.raises(ArgumentError, match="holomorphic"):
        jacfwd(lambda z: z * z)(1.0 + 2.0j)


def test_argument_without_numbers_is_refused():
    with pytest.raises(ArgumentError, match="no numbers"):
        jacobian(lambda name: 1.0)("x")


def test_empty_argument():
    assert jacfwd(lambda x: np.ones(2) * np.sum(x))(np.zeros(0)).shape == (2, 0)
    assert jacrev(lambda x: np.ones(2) * np.sum(x))(np.zeros(0)).shape == (2, 0)


# -- second order ------------------------------------------------------------------------------------


def loss(x):
    total = 0.0
    for i in range(2):
        total = total + np.sin(x[i] * x[i + 1]) * x[2] ** 2
    return total


def test_hessian():
    gradient = jacrev(loss)
    np.testing.assert_allclose(hessian(loss)(X), numerical(gradient, X), rtol=1e-7, atol=1e-9)


def test_hessian_of_several_arguments():
    def f(x, p):
        return np.sum(x * x) * p["a"] ** 2

    found = hessian(f, argnums=(0, "p"))(X, {"a": 3.0})
    np.testing.assert_allclose(found[0][0], 18 * np.eye(3))
    np.testing.assert_allclose(found[0][1]["a"], 12 * X)
    np.testing.assert_allclose(found[1]["a"][0], 12 * X)
    np.testing.assert_allclose(found[1]["a"][1]["a"], 2 * np.sum(X * X))


def test_jacobian_of_a_jacobian_is_the_hessian():
    np.testing.assert_allclose(jacfwd(jacfwd(loss))(X), hessian(loss)(X))


def test_gradient_of_a_sum_over_a_jacobian():
    def total(x):
        return np.sum(jacfwd(model)(x) ** 2)

    np.testing.assert_allclose(grad(total)(X), numerical(total, X), rtol=1e-7)


def test_gradient_through_the_value_that_a_function_captured():
    def f(a):
        return jacfwd(lambda x: a * x**3)(2.0)

    assert grad(f)(5.0) == 12.0


def test_product_with_the_hessian():
    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(hvp(loss)(X, v), hessian(loss)(X) @ v)


def test_product_with_the_hessian_in_structures():
    def f(params):
        return np.sum(np.tanh(params["w"] @ X) ** 2) * params["b"]

    params, v = {"w": A, "b": 2.0}, {"w": 0.5 * A, "b": -1.0}
    found = hvp(f)(params, v)
    blocks = hessian(f)(params)
    w = np.tensordot(blocks["w"]["w"], v["w"], 2) + blocks["w"]["b"] * v["b"]
    np.testing.assert_allclose(found["w"], w)
    np.testing.assert_allclose(found["b"], np.sum(blocks["b"]["w"] * v["w"]) + blocks["b"]["b"] * v["b"])


class Box:
    def __init__(self, data):
        self.data = data


def test_product_with_the_hessian_through_a_view_that_an_object_holds():
    def f(x):
        box = Box(x[::-1])
        for _ in range(2):
            x[:2] = 0.5 * box.data[1:]
            x = np.sin(box.data[::-1])
        return np.sum(x**3) + np.sum(box.data * box.data)

    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(hvp(f)(X, v), numerical(jacrev(f), X) @ v, rtol=1e-7, atol=1e-9)


def test_vector_that_does_not_fit_is_refused():
    with pytest.raises(ArgumentError, match="shape"):
        hvp(loss)(X, np.ones(2))


def test_gauss_newton_product():
    def g(y):
        return np.sum(y**4)

    v = np.array([1.0, -2.0, 0.5])
    jac, curvature = jacobian(model)(X), hessian(g)(model(X))
    np.testing.assert_allclose(ggnvp(model, g)(X, v), jac.T @ (curvature @ (jac @ v)))


def test_gauss_newton_product_of_half_the_squared_norm():
    v = np.array([1.0, -2.0, 0.5])
    jac = jacobian(model)(X)
    np.testing.assert_allclose(ggnvp(model)(X, v), jac.T @ (jac @ v))


def test_elementwise_derivative():
    np.testing.assert_allclose(elementwise_grad(lambda x, a: a * x**3, argnums="x")(X, 2.0), 6 * X**2)


def test_elementwise_derivative_with_respect_to_several():
    in_x, in_a = elementwise_grad(lambda x, a: a * x, argnums=(0, 1))(X, 2.0)
    np.testing.assert_array_equal(in_x, np.full(3, 2.0))
    np.testing.assert_allclose(in_a, np.sum(X))


class Layer:
    def __init__(self, w):
        self.w = w


def _squashed(layer, x):
    return np.sum(np.tanh(layer.w * x) ** 2)


def test_the_hessian_of_an_object_is_the_same_with_its_class_registered() -> None:
    layer, x = Layer(np.array([0.5, 0.7])), np.array([1.0, 2.0])
    unregistered = hessian(_squashed)(layer, x).w.w
    tree.register(Layer, lambda value: [value.w], lambda value, parts: Layer(*parts))
    expected = hessian(lambda w: _squashed(Layer(w), x))(layer.w)
    np.testing.assert_allclose(unregistered, expected)
    np.testing.assert_allclose(hessian(_squashed)(layer, x).w.w, expected)


def test_auxiliary_output_beside_second_derivatives() -> None:
    def f(x):
        return np.sum(x**3), {"kept": x}

    x, v = np.array([1.0, 2.0]), np.array([1.0, -1.0])
    matrix, aux = hessian(f, has_aux=True)(x)
    np.testing.assert_allclose(matrix, np.diag(6 * x))
    product, again = hvp(f, has_aux=True)(x, v)
    np.testing.assert_allclose(product, 6 * x * v)
    slopes, third = elementwise_grad(lambda x: (x**3, "aux"), has_aux=True)(x)
    np.testing.assert_allclose(slopes, 3 * x**2)
    curved, fourth = ggnvp(lambda x: (x**2, "aux"), has_aux=True)(x, v)
    np.testing.assert_allclose(curved, 4 * x**2 * v)
    assert aux["kept"] is not None and again["kept"] is not None and (third, fourth) == ("aux", "aux")


def test_second_derivatives_of_a_complex_function() -> None:
    z = np.array([1.0 + 2.0j, 0.5 - 1.0j])
    np.testing.assert_allclose(hessian(lambda z: np.sum(z**3), holomorphic=True)(z), np.diag(6 * z))
    np.testing.assert_allclose(hvp(lambda z: np.sum(z**3), holomorphic=True)(z, z), 6 * z * z)
    np.testing.assert_allclose(elementwise_grad(lambda z: z**3, holomorphic=True)(z), 3 * z**2)
    with pytest.raises(ArgumentError, match="holomorphic"):
        elementwise_grad(lambda z: z**3, holomorphic=True)(np.ones(2))


def test_operators_of_a_function_that_gathers_its_arguments() -> None:
    def f(*args):
        return np.sum(args[0] ** 2 * args[1])

    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    np.testing.assert_allclose(hessian(f, (0, 1))(x, y)[0][1], np.diag(2 * x))
    np.testing.assert_allclose(jacobian(f, 1)(x, y), x**2)
    np.testing.assert_allclose(hvp(f)(x, y, x), 2 * y * x)
    np.testing.assert_allclose(elementwise_grad(f, 1)(x, y), x**2)
    np.testing.assert_allclose(ggnvp(f, argnums=1)(x, y, y), x**2 * (x**2 @ y))


def test_the_hessian_by_an_array_is_that_of_its_columns_one_by_one():
    def loss(w, x):
        hidden = np.tanh(np.dot(x, np.reshape(w[:6], (3, 2))))
        return np.sum(np.dot(hidden, w[6:8]) ** 2) + w[8] * np.sum(w)

    rng = np.random.default_rng(0)
    w, x = rng.normal(size=9), rng.normal(size=(5, 3))
    columns = jacfwd(lambda v: grad(loss)(v, x))(w)
    assert np.allclose(hessian(loss)(w, x), columns) and np.allclose(columns, columns.T)
    matrix = np.reshape(w, (3, 3))
    by_matrix = hessian(lambda m: loss(np.reshape(m, (9,)), x))(matrix)
    assert by_matrix.shape == (3, 3, 3, 3) and np.allclose(by_matrix.reshape(9, 9), columns)
    single = hessian(loss)(w.astype(np.float32), x.astype(np.float32))
    assert single.dtype == np.float32 and np.allclose(single, columns, atol=1e-3)
    assert np.array_equal(hessian(lambda v: 0.5 * np.sum(v**2))(np.ones(2)), np.eye(2))
    assert np.array_equal(hessian(lambda v: np.sum(v))(np.ones(2)), np.zeros((2, 2)))


@pytest.mark.parametrize("operator", [jacobian, jacfwd, jacrev])
def test_results_without_a_jacobian_are_refused(operator):
    with pytest.raises(OutputError, match="is a NoneType, which holds no numbers"):
        operator(lambda x: None)(2.0)
    with pytest.raises(OutputError, match="does not return a pair"):
        operator(lambda x: x * x, has_aux=True)(2.0)
    with pytest.raises(OutputError, match="is real, and holomorphic=True needs a complex one"):
        operator(lambda z: abs(z), holomorphic=True)(1.0 + 1.0j)
    assert operator(lambda x: x * x, ())(2.0) == ()


@pytest.mark.parametrize("dtype", [int, np.int8, float])
def test_arrays_without_axes_are_numbers_to_differentiate_by(dtype):
    def cubed(x):
        return np.sum(x**3)

    def filled(x):
        y = np.zeros(2)
        y[1] = np.sum(x) ** 3
        return y[1]

    x, one = np.array(3, dtype), np.array(1.0)
    for f in (cubed, filled):
        assert grad(f)(x) == jvp(f, (x,), (one,))[1] == jacobian(f)(x) == vjp(f, x)[1](1.0)[0] == 27.0
        assert hvp(f)(x, one) == hessian(f)(x) == 18.0
        assert grad(lambda y: np.sum(grad(f)(y)))(x) == 18.0  # noqa: B023
    found = grad(lambda p: cubed(p["a"]) * p["b"])({"a": x, "b": 2})
    assert found["a"] == 54.0 and found["b"] == 27.0
