"""Functions without a rule on the tape: their derivatives are compiled, and recorded as one step."""

from __future__ import annotations

import importlib
import math
from collections import namedtuple

import numpy as np
import pytest
import scipy.sparse

from srcad import GradientTape, SrcadError, Variable, grad, hessian, vjp
from srcad.errors import ArgumentError
from srcad.tape import apply, pulled_back
from tests.tape.nesting import by_tapes

X = np.array([0.3, -0.7, 1.2])
Pair = namedtuple("Pair", "first second")


def filled(x, k):
    y = np.zeros(3)
    for i in range(3):
        y[i] = math.sin(x[i]) * k
    y[1:] += y[:-1] ** 2
    return y


def chain(t):
    a = np.zeros(4)
    a[0] = t
    for i in range(3):
        a[i + 1] = a[i] * math.exp(0.3 * t)
    return a[3]


def structured(p, q):
    scaled = p["w"][0] * q
    return {"a": scaled, "b": [np.sum(p["w"][0]), p["name"], 3], "c": Pair(p["w"][1] ** 2, None)}


def of_structures(w, b, q, call=lambda f, *args: f(*args)):
    found = call(structured, {"w": [w, b], "name": "x"}, q)
    return np.sum(found["a"]) * found["b"][0] + found["c"].first


class Held:
    def __init__(self, a, b):
        self.a, self.b = a, b


def test_a_function_that_changes_arrays_in_place_is_followed() -> None:
    with GradientTape() as tape:
        x, k = tape.watch((X, 2.0))
        y = np.sum(apply(filled, x, k=k) ** 2)
    expected = grad(lambda x, k: np.sum(filled(x, k) ** 2), (0, 1))(X, 2.0)
    for found, right in zip(tape.gradient(y, (x, k)), expected):
        np.testing.assert_allclose(found, right)


def test_three_tapes_differentiate_it_three_times() -> None:
    derivative = chain
    for order in (1, 2, 3):
        derivative = grad(derivative)
        assert by_tapes(lambda x: apply(chain, x), 0.7, order) == pytest.approx(derivative(0.7))


def test_containers_come_in_and_out() -> None:
    with GradientTape() as outer:
        w, b, q = outer.watch((X, 2.0, 0.5))
        with GradientTape() as tape:
            tape.watch((w, b, q))
            y = of_structures(w, b, q, apply)
        found = tape.gradient(y, (w, b, q))
    for part, right in zip(found, grad(of_structures, (0, 1, 2))(X, 2.0, 0.5)):
        np.testing.assert_allclose(part.value, right)
    np.testing.assert_allclose(outer.jacobian(found[0], w), hessian(of_structures)(X, 2.0, 0.5))


def test_an_object_is_a_result() -> None:
    with GradientTape() as tape:
        x = tape.watch(X)
        held = apply(lambda x: Held(2 * x, np.sum(x)), x)
        y = np.sum(held.a) * held.b
    np.testing.assert_allclose(tape.gradient(y, x), np.full(3, 4 * np.sum(X)))


def test_a_compiled_gradient_and_a_variable() -> None:
    w = Variable(X)
    with GradientTape() as tape:
        y = np.sum(apply(grad(lambda x: np.sum(x**3)), w))
    np.testing.assert_allclose(tape.gradient(y, w), 6 * X)


def test_arrays_of_the_user_stay_writable() -> None:
    constant = np.ones(3)
    with GradientTape() as tape:
        x = tape.watch(X)
        y = np.sum(apply(lambda x, c: c, x, constant)) + np.sum(apply(lambda x: constant, x)) + np.sum(x)
    constant[0] = 5.0
    np.testing.assert_array_equal(tape.gradient(y, x), np.ones(3))


def test_a_traced_value_around_it_is_refused() -> None:
    with GradientTape() as tape:
        x = tape.watch(X)
        with pytest.raises(ArgumentError, match="a value that a tape follows"):
            apply(lambda z: z * x, x)


def test_sparse_matrices() -> None:
    sparse = scipy.sparse.csr_array(np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0], [1.0, 1.0, 0.0]]))
    with GradientTape() as tape:
        x = tape.watch(X)
        y = np.sum((x @ sparse) ** 2) + np.sum(apply(lambda x: sparse @ x, x) ** 2)
        with pytest.raises(SrcadError, match="an array of objects"):
            x.dot(sparse)
    dense = sparse.toarray()
    np.testing.assert_allclose(tape.gradient(y, x), 2 * dense @ (X @ dense) + 2 * dense.T @ (dense @ X))


PIECES = {
    "one condition": lambda x: np.piecewise(x, x > 0, [lambda t: t * 2, 7.0]),
    "two conditions": lambda x: np.piecewise(x, [x > 0, x > 1], [lambda t: t * 2, lambda t: t**3]),
    "flags": lambda x: np.piecewise(x, (x > 0).tolist(), [lambda t: t * np.sum(t), 0.0]),
    "an argument": lambda x: np.piecewise(x, [x > 0, x < -5], [lambda t, a: t * a, 3.0, lambda t, a: t], 4.0),
    "a number": lambda x: np.piecewise(x[0], [x[0] > 0], [lambda t: t * 2, 0.0]),
    "single precision": lambda x: np.piecewise(x.astype(np.float32), [x > 0], [lambda t: t * 2, 0.0]),
}


@pytest.mark.parametrize("name", PIECES)
def test_piecewise(name: str) -> None:
    function = PIECES[name]
    with GradientTape() as tape:
        x = tape.watch(X)
        y = function(x)
    value, pullback = vjp(function, X)
    assert y.dtype == value.dtype == function(X).dtype
    np.testing.assert_array_equal(y.value, function(X))
    np.testing.assert_array_equal(value, function(X))
    np.testing.assert_allclose(tape.gradient(y, x), pullback(np.ones_like(value))[0])


MODULES = ["fft", "ndimage", "samples", "signal", "spectra", "sums", "written"]
# What it integrates reads the argument; a distribution with fixed parameters keeps them as plain arrays.
OTHERWISE = {
    "fixed_quad", "moments of a distribution", "variance and entropy of a distribution", "median of gamma",
    "median of beta",
}  # fmt: skip
PROGRAMS = {
    f"{module}: {name}": program
    for module in MODULES
    for name, program in importlib.import_module(f"tests.rules.test_scipy_{module}").PROGRAMS.items()
    if name not in OTHERWISE
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_functions_of_scipy(name: str) -> None:
    function, x = PROGRAMS[name]
    value, pullback = vjp(function, x)
    weights = np.random.default_rng(0).normal(size=np.shape(value)).astype(value.dtype)
    (found,) = pulled_back(function, (x,), weights)
    np.testing.assert_allclose(found, pullback(weights)[0], rtol=1e-6, atol=1e-8)
