"""Gradients of gradients whose programs change lists and objects: effects, randomness, forms and refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad import elementwise_grad, grad, hessian, hvp, jacfwd, jacobian, jacrev, jvp, value_and_grad, vjp
from srcad.callables.replay import Replay
from srcad.errors import OutputError, UnsupportedError

X = np.array([0.3, 1.2, -0.7])
V = np.array([0.5, -1.5, 1.0])
RUNS: list[float] = []


def through_a_list(x):
    parts = [x * x]
    parts.append(parts[0] * x)
    parts[0] = parts[1] * parts[0]
    return parts[0] + parts[1]


def of_an_array(x):
    state = {"sum": x[0]}
    for part in x:
        state["sum"] = state["sum"] * part + np.sin(part)
    return state["sum"] * x[1]


def printing(x):
    parts = [x]
    print("running")
    parts.append(parts[0] ** 3)
    return parts[1] * parts[0]


def drawing_from(rng):
    def drawing(x):
        parts = [x * x * x]
        parts.append(parts[0] * rng.normal())
        return parts[1] * x

    return drawing


def drawing_from_the_global_generator(x):
    parts = [x * x * x]
    parts.append(parts[0] * np.random.normal())
    return parts[1] * x


def counting(x):
    parts = [x * x * x]
    RUNS.append(1.0)
    parts.append(parts[0] * len(RUNS))
    return parts[1] * x


def jvp_of(f: Any) -> Any:
    return lambda x: jvp(f, (x,), (1.0,))[1]


def _difference(f: Any, x: Any, direction: Any, step: float = 1e-5) -> Any:
    return (f(x + step * direction) - f(x - step * direction)) / (2 * step)


def test_a_number_through_a_list() -> None:
    np.testing.assert_allclose(grad(grad(through_a_list))(0.7), 20 * 0.7**3 + 6 * 0.7, rtol=1e-12)


def test_the_value_beside_the_second_derivative() -> None:
    value, slope = value_and_grad(grad(through_a_list))(0.7)
    np.testing.assert_allclose(value, 5 * 0.7**4 + 3 * 0.7**2, rtol=1e-12)
    np.testing.assert_allclose(slope, 20 * 0.7**3 + 6 * 0.7, rtol=1e-12)


def test_a_gradient_that_is_no_number_is_refused() -> None:
    with pytest.raises(OutputError, match="gradient needs a real scalar"):
        grad(grad(of_an_array))(X)


def test_the_pullback_of_value_and_gradient() -> None:
    _, pullback = vjp(value_and_grad(of_an_array), X)
    gradient, product = grad(of_an_array)(X), hvp(of_an_array)(X, V)
    np.testing.assert_allclose(pullback((2.0, V))[0], 2.0 * gradient + product, rtol=1e-10)


def test_a_pullback_may_be_called_again() -> None:
    _, pullback = vjp(grad(of_an_array), X)
    first = pullback(V)[0].copy()
    np.testing.assert_allclose(pullback(2.0 * V)[0], 2.0 * first, rtol=1e-12)
    np.testing.assert_array_equal(pullback(V)[0], first)


def test_arguments_changed_before_the_pullback() -> None:
    x = X.copy()
    _, pullback = vjp(grad(of_an_array), x)
    x[:] = 0.0
    np.testing.assert_allclose(pullback(V)[0], hvp(of_an_array)(X, V), rtol=1e-12)


def test_rows_of_the_matrix_of_second_derivatives() -> None:
    np.testing.assert_allclose(jacobian(grad(of_an_array))(X), hessian(of_an_array)(X), rtol=1e-10)


def test_a_gradient_inside_of_a_program() -> None:
    def penalty(x):
        return np.sum(grad(of_an_array)(x) ** 2) * x[0]

    numerical = _difference(penalty, X, V)
    np.testing.assert_allclose(np.vdot(grad(penalty)(X), V), numerical, rtol=1e-6)


def test_a_gradient_by_one_argument_derived_by_another() -> None:
    def f(x, y):
        parts = [x * y]
        parts[0] = np.sin(parts[0]) * x
        return parts[0]

    mixed = grad(grad(f, argnums=0), argnums=1)
    np.testing.assert_allclose(mixed(0.7, 0.4), grad(grad(f, argnums=1), argnums=0)(0.7, 0.4), rtol=1e-12)
    np.testing.assert_allclose(mixed(0.7, 0.4), _difference(lambda y: grad(f)(0.7, y), 0.4, 1.0), rtol=1e-7)


def test_one_array_in_two_positions_of_a_jvp() -> None:
    def f(x, y):
        parts = []
        for i in range(3):
            parts.append(x[i] * y[i])
        parts[0] = parts[1] * x[0]
        return parts[0] * parts[2] * y[1]

    zero = np.zeros(3)
    np.testing.assert_allclose(jvp(f, (X, X), (V, zero)), jvp(f, (X, X.copy()), (V, zero)), rtol=1e-12)


def test_one_array_in_two_positions_that_may_change_is_refused() -> None:
    def f(x, y):
        parts = [x, y]
        parts[0][1:] *= 1.0
        parts[0] = parts[1] * x
        return np.sum(parts[0] * y)

    with pytest.raises(UnsupportedError, match="share memory"):
        vjp(grad(f), X, X)
    first, second = vjp(grad(f), X, X.copy())[1](V)
    np.testing.assert_allclose(first, 0.0 * X, atol=1e-12)
    np.testing.assert_allclose(second, 2.0 * X * V, rtol=1e-12)


def test_a_value_that_a_closure_captures() -> None:
    def outer(y):
        def inner(x):
            parts = [x * y]
            parts.append(parts[0] * x)
            return parts[1] * y

        return grad(inner)(0.7)

    np.testing.assert_allclose(grad(outer)(0.4), 4 * 0.7 * 0.4, rtol=1e-12)


def test_single_precision_stays() -> None:
    product = vjp(grad(of_an_array), X.astype(np.float32))[1](V.astype(np.float32))[0]
    assert product.dtype == np.float32
    np.testing.assert_allclose(product, hvp(of_an_array)(X, V), rtol=1e-4)


def test_a_complex_argument() -> None:
    def f(z):
        parts = [z * z * (1.0 + 2.0j)]
        parts.append(parts[0] * z)
        return np.sum(np.real(parts[1]) ** 2)

    z, w = X + 1j * V, V - 2j * X
    found = vjp(grad(f), z)[1](w)[0]
    # The pairing of a real inner product in the convention of gradients: Re(g * dz).
    for dz in (V + 0j, 1j * V, X * (1 - 1j)):
        change = _difference(grad(f), z, dz)
        np.testing.assert_allclose(np.sum(np.real(found * dz)), np.sum(np.real(w * change)), rtol=1e-6)


def test_what_is_printed_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    grad(grad(printing))(0.7)
    assert capsys.readouterr().out == "running\n"
    vjp(grad(printing), 0.7)[1](1.0)
    assert capsys.readouterr().out == "running\n"


def test_a_generator_is_drawn_from_once() -> None:
    rng = np.random.default_rng(5)
    _, pullback = vjp(grad(drawing_from(rng)), 0.7)
    after = rng.bit_generator.state
    slope = pullback(1.0)[0]
    assert rng.bit_generator.state == after
    drawn = np.random.default_rng(5).normal()
    np.testing.assert_allclose(slope, 12 * 0.7**2 * drawn, rtol=1e-12)


def test_the_global_generator_is_drawn_from_once() -> None:
    np.random.seed(5)
    _, pullback = vjp(grad(drawing_from_the_global_generator), 0.7)
    following = np.random.get_state()[1].tolist()
    slope = pullback(1.0)[0]
    assert np.random.get_state()[1].tolist() == following
    np.random.seed(5)
    np.testing.assert_allclose(slope, 12 * 0.7**2 * np.random.normal(), rtol=1e-12)


def test_a_program_that_counts_its_runs_is_refused() -> None:
    _, pullback = vjp(grad(counting), 0.7)
    with pytest.raises(UnsupportedError, match="it gives another result"):
        pullback(1.0)


@pytest.mark.parametrize(
    "third",
    [
        grad(grad(grad(through_a_list))),
        hessian(grad(through_a_list)),
        grad(hessian(through_a_list)),
        jvp_of(grad(grad(through_a_list))),
        jvp_of(jvp_of(jvp_of(through_a_list))),
        jvp_of(jvp_of(grad(through_a_list))),
        grad(jvp_of(grad(through_a_list))),
        grad(grad(jvp_of(through_a_list))),
        grad(lambda x: hvp(through_a_list)(x, 1.0)),
        grad(lambda x: vjp(grad(through_a_list), x)[1](1.0)[0]),
        jacfwd(jacrev(jacfwd(through_a_list))),
        elementwise_grad(elementwise_grad(elementwise_grad(through_a_list))),
    ],
)
def test_a_third_derivative_through_a_list(third: Any) -> None:
    np.testing.assert_allclose(third(0.7), 60 * 0.7**2 + 6.0, rtol=1e-10)


def test_a_fourth_derivative_through_an_array_that_is_filled() -> None:
    def f(x):
        powers = np.zeros(5)
        powers[0] = x
        for i in range(1, 5):
            powers[i] = powers[i - 1] * x
        return powers[4]

    assert np.isclose(grad(grad(grad(grad(f))))(0.7), 120 * 0.7, rtol=1e-12)


def test_a_penalty_on_a_penalty() -> None:
    def penalty(x):
        return np.sum(grad(of_an_array)(x) ** 2)

    def outer(x):
        return np.sum(grad(penalty)(x) ** 2)

    np.testing.assert_allclose(grad(outer)(X) @ V, _difference(outer, X, V), rtol=1e-5)
    np.testing.assert_allclose(hessian(penalty)(X) @ V, _difference(grad(penalty), X, V), rtol=1e-5)


def test_a_product_with_the_third_derivatives() -> None:
    def product(x, v):
        return hvp(of_an_array)(x, v)

    gradient, adjoint = vjp(product, X, V)[1](X)
    np.testing.assert_allclose(gradient @ V, _difference(lambda x: product(x, V), X, V) @ X, rtol=1e-5)
    np.testing.assert_allclose(adjoint, hvp(of_an_array)(X, X), rtol=1e-10)


def test_a_third_derivative_of_a_gradient_beside_auxiliary_output() -> None:
    def penalty(x):
        return np.sum(grad(lambda y: (of_an_array(y), y), has_aux=True)(x)[0] ** 2)

    np.testing.assert_allclose(hessian(penalty)(X) @ V, _difference(grad(penalty), X, V), rtol=1e-5)


def test_a_replay_rewinds_and_winds_on() -> None:
    rng = np.random.default_rng(0)
    replay = Replay(({"source": rng},), None)
    first, second = rng.normal(), rng.normal()
    with replay:
        assert rng.normal() == first
    rng.bit_generator.state = np.random.default_rng(0).bit_generator.state
    assert (rng.normal(), rng.normal()) == (first, second)
