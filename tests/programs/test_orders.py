"""Derivatives of derivatives, levels that must not be confused, and values read when called."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad.api import grad, value_and_grad, vjp

X = np.array([0.3, 1.2, -0.7])
FACTOR = 2.0


def _difference(f: Callable[[float], float], x: float, step: float = 1e-3) -> float:
    return (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * step)


def polynomial(x):
    return x**4 + 2.0 * x**3 - x


def transcendental(x):
    return math.exp(math.sin(x)) * math.log(1.0 + x * x) / (2.0 + math.cos(x))


def through_an_if(x):
    if x > 0:
        y = x * x * math.sin(x)
    else:
        y = x**3
    return y * x


def through_a_while(x):
    y = x
    while y < 5.0:
        y = y * y * 0.7 + 1.0
    return y * math.sin(x)


def through_a_for(x):
    y = 1.0
    for i in range(4):
        y = math.sin(y * x) + i * x
    return y


def through_calls(x):
    return through_an_if(x) * polynomial(x * 0.5)


def through_numpy(x):
    a = np.array([x, x * x, 1.0])
    return np.sum(np.tanh(a) * a) / (1.0 + np.dot(a, a))


SCALAR_FUNCTIONS = [
    polynomial,
    transcendental,
    through_an_if,
    through_a_while,
    through_a_for,
    through_calls,
    through_numpy,
]


@pytest.mark.parametrize("f", SCALAR_FUNCTIONS)
@pytest.mark.parametrize("x", [0.8, -0.6])
def test_second_derivative(f: Callable[[float], float], x: float) -> None:
    np.testing.assert_allclose(grad(f)(x), _difference(f, x), rtol=1e-7)
    np.testing.assert_allclose(grad(grad(f))(x), _difference(grad(f), x), rtol=1e-6)


@pytest.mark.parametrize("f", [polynomial, transcendental, through_an_if, through_a_for])
@pytest.mark.parametrize("x", [0.8, -0.6])
def test_third_derivative(f: Callable[[float], float], x: float) -> None:
    np.testing.assert_allclose(grad(grad(grad(f)))(x), _difference(grad(grad(f)), x), rtol=1e-5)


def test_third_derivative_of_a_power_is_exact() -> None:
    assert grad(grad(grad(lambda x: x**3)))(2.0) == 6.0


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def with_loop_and_branch(x):
    total = 0.0
    for i in range(3):
        if x[i] > 0:
            total = total + np.sum(np.sin(x * x[i]))
        else:
            total = total * x[i] + np.exp(x[i])
    return total


def logistic(x):
    z = np.outer(x, x) @ x
    return np.mean(np.log(1.0 + np.exp(-z)))


def distances(x):
    d = x[:, None] - x
    return np.sum(np.sqrt(d * d + 1.0))


def solved(x):
    a = np.diag(np.ones(3) * 3.0) + np.outer(x, x)
    return x @ np.linalg.solve(a, np.sin(x))


@pytest.mark.parametrize("f", [rosenbrock, with_loop_and_branch, logistic, distances, solved])
def test_vjp_of_a_gradient(f: Callable[[Any], Any]) -> None:
    direction = np.array([0.5, -1.5, 1.0])
    value, pullback = vjp(grad(f), X)
    np.testing.assert_allclose(value, grad(f)(X), rtol=1e-12)
    (product,) = pullback(direction)
    assert product.shape == X.shape
    step = 1e-4
    numerical = (grad(f)(X + step * direction) - grad(f)(X - step * direction)) / (2 * step)
    # The matrix of second derivatives is symmetric, so its product from the left is that from the right.
    np.testing.assert_allclose(product, numerical, rtol=1e-5, atol=1e-6)


def test_mixed_derivative() -> None:
    def f(x, y):
        return math.sin(x * y) * x

    mixed = grad(grad(f, argnums=0), argnums=1)(0.7, 0.4)
    np.testing.assert_allclose(mixed, grad(grad(f, argnums=1), argnums=0)(0.7, 0.4), rtol=1e-12)
    np.testing.assert_allclose(mixed, _difference(lambda y: grad(f)(0.7, y), 0.4), rtol=1e-7)


def test_levels_are_not_confused() -> None:
    # d/dx (x * d/dy (x + y)) = 1, where a system that mixes up the levels says 2.
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(5.0) == 1.0
    # d/dx (x * d/dy (x * y)) = 2 x.
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(5.0) == 10.0


def test_value_and_grad_of_a_gradient() -> None:
    value, slope = value_and_grad(grad(polynomial))(0.5)
    assert value == grad(polynomial)(0.5)
    np.testing.assert_allclose(slope, 12 * 0.25 + 12 * 0.5, rtol=1e-12)


def test_one_object_in_two_positions() -> None:
    x = np.array([1.0, 2.0])
    dx, dy = grad(lambda a, b: np.sum(a * a * b), argnums=(0, 1))(x, x)
    np.testing.assert_array_equal(dx, 2 * x * x)
    np.testing.assert_array_equal(dy, x * x)
    assert dx is not dy


def test_closure_over_the_array_that_is_passed_in() -> None:
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(grad(lambda y: np.sum(x * y))(x), x)


def scaled_by_a_global(x):
    return x * FACTOR


def calls_a_global(x):
    return scaled_by_a_global(x) * 3.0


def test_a_global_value_changed_between_two_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    direct, through_a_call = grad(scaled_by_a_global), grad(calls_a_global)
    assert (direct(1.0), through_a_call(1.0)) == (2.0, 6.0)
    monkeypatch.setitem(globals(), "FACTOR", 5.0)
    assert (direct(1.0), through_a_call(1.0)) == (5.0, 15.0)


def test_a_global_function_changed_between_two_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    derivative = grad(calls_a_global)
    assert derivative(1.0) == 6.0
    monkeypatch.setitem(globals(), "scaled_by_a_global", polynomial)
    np.testing.assert_allclose(derivative(0.5), 3.0 * (4 * 0.125 + 6 * 0.25 - 1.0))


def test_a_closure_value_changed_between_two_calls() -> None:
    scale = 2.0

    def f(x):
        return x * scale

    derivative = grad(f)
    assert derivative(1.0) == 2.0
    scale = 7.0
    assert derivative(1.0) == 7.0


def test_closures_of_one_code_object_keep_their_values() -> None:
    derivatives = [grad(lambda x, k=k: x * k) for k in (2.0, 3.0)]
    closed = [grad(_times(k)) for k in (4.0, 5.0)]
    assert [d(1.0) for d in derivatives + closed] == [2.0, 3.0, 4.0, 5.0]


def _times(k):
    return lambda x: k * x


def test_closures_over_functions_keep_their_functions() -> None:
    first, second = (grad(_calling(f)) for f in (math.sin, math.exp))
    third, fourth = (grad(_calling(f)) for f in (polynomial, through_an_if))
    assert (first(0.5), second(0.5)) == (math.cos(0.5), math.exp(0.5))
    np.testing.assert_allclose(third(0.5), _difference(polynomial, 0.5))
    np.testing.assert_allclose(fourth(0.5), _difference(through_an_if, 0.5))


def _calling(f):
    return lambda x: f(x)


def test_equal_text_in_two_files_stays_apart(tmp_path: Path) -> None:
    """Python's code objects compare equal although they belong to different files."""
    text = "def f(x):\n    return x * K + helper(x)\n\n\ndef helper(x):\n    return x * {factor}\n\n\n"
    text += "K = {factor}\n"
    derivatives = []
    for factor in (2.0, 3.0):
        path = tmp_path / f"module_{int(factor)}.py"
        path.write_text(text.format(factor=factor), encoding="utf-8")
        namespace: dict[str, Any] = {"__name__": path.stem}
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
        derivatives.append(grad(namespace["f"]))
    assert [derivative(1.0) for derivative in derivatives] == [4.0, 6.0]


def test_integer_arguments() -> None:
    n = np.array([1, 2, 3])
    gradient = grad(lambda a: np.sum(a**2))(n)
    assert gradient.dtype == np.float64
    np.testing.assert_array_equal(gradient, [2.0, 4.0, 6.0])
    assert grad(lambda k: k * k)(3) == 6.0


def test_an_unused_argument_gets_zeros() -> None:
    gradients = grad(lambda x, y: np.sum(x), argnums=(0, 1))(X, np.ones((2, 2)))
    np.testing.assert_array_equal(gradients[1], np.zeros((2, 2)))
    assert grad(lambda x: 3.0)(2.0) == 0.0


def test_results_are_fresh_and_writable() -> None:
    y = np.array([1.0, 2.0])
    f = grad(lambda x: np.sum(x * y))
    first = f(np.zeros(2))
    first += 100.0
    np.testing.assert_array_equal(y, [1.0, 2.0])
    np.testing.assert_array_equal(f(np.zeros(2)), [1.0, 2.0])
    broadcast = grad(lambda x: np.sum(x))(np.zeros((2, 2)))
    broadcast[0, 0] = 5.0
    assert broadcast[1, 1] == 1.0
    same = grad(lambda a, b: np.sum(a + b), argnums=(0, 1))(np.zeros(2), np.zeros(2))
    same[0][0] = 5.0
    assert same[1][0] == 1.0


def test_a_pullback_may_be_called_again_and_again() -> None:
    _, pullback = vjp(with_loop_and_branch, X)
    first = pullback(1.0)[0].copy()
    np.testing.assert_allclose(pullback(2.0)[0], 2.0 * first)
    np.testing.assert_array_equal(pullback(1.0)[0], first)


def test_has_aux() -> None:
    def f(x):
        return np.sum(x**2), {"x": x, "text": "aux"}

    gradient, aux = grad(f, has_aux=True)(X)
    np.testing.assert_array_equal(gradient, 2 * X)
    assert aux["text"] == "aux"
    (value, aux), gradient = value_and_grad(f, has_aux=True)(X)
    assert value == np.sum(X**2)
    np.testing.assert_array_equal(gradient, 2 * X)


def test_functions_made_again_and_again_are_compiled_once() -> None:
    derivatives = [grad(lambda x, k=k: x * x * k)(3.0) for k in range(2000)]
    assert derivatives[:3] == [0.0, 6.0, 12.0]


def test_the_primal_runs_once_and_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    def f(x):
        for i in range(3):
            print("trip", i)
            x = _print_and_square(x)
        return x

    grad(f)(1.1)
    printed = capsys.readouterr().out
    f(1.1)
    assert printed == capsys.readouterr().out


def _print_and_square(x):
    print(f"square {x:.3f}")
    return x * x
