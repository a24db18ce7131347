"""Random samples in programs: drawn once, differentiated along their path, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, jvp, value_and_grad
from srcad.errors import NoDerivativeError


def from_the_module(loc: Any, scale: Any) -> Any:
    np.random.seed(3)
    return np.sum(np.random.normal(loc, scale, size=(4, 2)) ** 2)


def from_a_generator(loc: Any, scale: Any) -> Any:
    rng = np.random.default_rng(3)
    return np.sum(rng.normal(loc, scale, 5) ** 2) + rng.gumbel(loc, scale) * rng.uniform(loc, 4.0)


def from_keywords(loc: Any, scale: Any) -> Any:
    rng = np.random.default_rng(3)
    return np.sum(rng.logistic(scale=scale, loc=loc, size=3) ** 3)


def twice_in_a_row(loc: Any, scale: Any) -> Any:
    rng = np.random.default_rng(5)
    x = loc
    for _ in range(3):
        x = rng.normal(x, scale)
    return x * x


PROGRAMS = (from_the_module, from_a_generator, from_keywords, twice_in_a_row)


@pytest.mark.parametrize("program", PROGRAMS)
def test_gradients_follow_the_path_of_the_draws(program: Callable[..., Any]) -> None:
    check_grads(program, (0.3, 1.2))


def drawn(rng: Any, loc: Any) -> Any:
    return np.sum(rng.normal(loc, 2.0, 6)) + rng.exponential(loc)


def test_the_derivative_draws_as_often_as_the_program() -> None:
    plain, derived = np.random.default_rng(8), np.random.default_rng(8)
    expected = drawn(plain, 0.4)
    value, _ = value_and_grad(drawn, 1)(derived, 0.4)
    assert value == expected
    assert derived.random() == plain.random()


@pytest.mark.parametrize(
    "program",
    [
        lambda a: np.random.wald(a, 2.0),
        lambda a: np.random.noncentral_chisquare(2.0, a),
        lambda a: np.random.vonmises(0.0, a),
        lambda a: np.sum(np.random.permutation(a * np.ones(3))),
        lambda a: np.random.multivariate_normal(np.zeros(2), a * np.eye(2))[0],
    ],
)
def test_what_has_no_path_is_refused(program: Callable[..., Any]) -> None:
    with pytest.raises(NoDerivativeError):
        grad(program)(1.5)


def test_samplers_without_derivative_may_be_used_on_constants() -> None:
    def program(x: Any) -> Any:
        np.random.seed(1)
        return x * np.random.wald(2.0, 3.0) + np.random.choice([1.0, 2.0]) * x

    check_grads(program, (0.7,))


def test_integers_drawn_do_not_move() -> None:
    def program(rate: Any) -> Any:
        np.random.seed(1)
        return np.random.poisson(rate) + rate**2

    assert grad(program)(3.0) == 6.0


def test_equal_calls_draw_different_numbers() -> None:
    def program(x: Any) -> Any:
        np.random.seed(4)
        return np.random.normal(x, 1.0) * np.random.normal(x, 1.0)

    value, gradient = value_and_grad(program)(0.5)
    assert value == program(0.5)
    np.random.seed(4)
    assert gradient == np.random.normal(0.5, 1.0) + np.random.normal(0.5, 1.0)


# -- generators as values ----------------------------------------------------------------------------

GENERATOR = np.random.default_rng(4)


def drawn_by_its_own(mu: Any, sigma: Any) -> Any:
    rng = np.random.default_rng(0)
    return np.sum(rng.normal(mu, sigma, size=3) ** 2)


def drawn_by_an_argument(mu: Any, sigma: Any, rng: Any) -> Any:
    first = rng.normal(mu, sigma, size=3)
    rng.random()
    return np.sum(first * rng.normal(mu, sigma, size=3))


def drawn_by_a_global(mu: Any, sigma: Any) -> Any:
    return np.sum(GENERATOR.normal(loc=mu, scale=sigma, size=3) * sigma)


def drawn_in_a_loop(mu: Any, sigma: Any) -> Any:
    rng = np.random.RandomState(2)
    total = 0.0
    for k in range(rng.randint(3, 4)):
        total = total * mu + rng.normal(mu, sigma) ** 2 + rng.uniform(k, sigma)
    return total


class Sampler:
    def __init__(self) -> None:
        self.rng = np.random.default_rng(7)

    def draw(self, mu: Any, sigma: Any) -> Any:
        return np.sum(self.rng.laplace(mu, sigma, 4) ** 2)


def drawn_from_a_list(mu: Any, sigma: Any, rngs: Any) -> Any:
    return np.sum(rngs[0].normal(mu, sigma, size=3) ** 2)


def arguments_for(program: Callable[..., Any]) -> Any:
    if program is drawn_by_an_argument:
        return (np.random.default_rng(5),)
    return ([np.random.default_rng(5)],) if program is drawn_from_a_list else ()


def at(program: Callable[..., Any], mu: Any, sigma: Any, operator: Any = lambda function: function) -> Any:
    """Call what an operator makes of a program, with its generators as they are at the start."""
    GENERATOR.bit_generator.state = np.random.PCG64(9).state
    return operator(program)(mu, sigma, *arguments_for(program))


def in_both(program: Callable[..., Any]) -> Any:
    return grad(program, argnums=(0, 1))


def draw_of_an_object(mu: Any, sigma: Any) -> Any:
    return Sampler().draw(mu, sigma)


STATIC = (drawn_by_its_own, drawn_by_an_argument, drawn_by_a_global, drawn_in_a_loop)


@pytest.mark.parametrize("program", [*STATIC, drawn_from_a_list, draw_of_an_object])
def test_gradients_of_samples_of_a_generator(program: Callable[..., Any]) -> None:
    found = at(program, 1.5, 0.7, in_both)

    step = 1e-6
    in_mu = (at(program, 1.5 + step, 0.7) - at(program, 1.5 - step, 0.7)) / (2 * step)
    in_sigma = (at(program, 1.5, 0.7 + step) - at(program, 1.5, 0.7 - step)) / (2 * step)
    np.testing.assert_allclose(found, (in_mu, in_sigma), rtol=1e-6)


@pytest.mark.parametrize("program", STATIC)
def test_samplers_of_a_known_generator_are_written_out(program: Callable[..., Any]) -> None:
    gradient = grad(program, argnums=(0, 1))

    at(program, 1.5, 0.7, lambda _: gradient)

    assert "rt.call" not in gradient.source


@pytest.mark.parametrize("program", STATIC)
def test_tangents_of_samples_of_a_generator(program: Callable[..., Any]) -> None:
    gradient = at(program, 1.5, 0.7, in_both)

    def tangent(mu: Any, sigma: Any, *rest: Any) -> Any:
        return jvp(program, (mu, sigma, *rest), (1.0, -2.0, *[None for _ in rest]))[1]

    np.testing.assert_allclose(
        at(program, 1.5, 0.7, lambda _: tangent), gradient[0] - 2.0 * gradient[1], rtol=1e-10
    )


def test_every_draw_happens_once_and_in_its_order() -> None:
    def program(mu: Any, rng: Any) -> Any:
        first = rng.normal(mu, 1.0, 2)
        second = rng.normal(mu, 1.0, 2)
        rng.normal(mu, 1.0, 2)
        return np.sum(first * second) + 0.0 * rng.random()

    used, expected = np.random.default_rng(3), np.random.default_rng(3)
    value, gradient = value_and_grad(program)(0.5, used)

    assert value == program(0.5, expected)
    assert used.bit_generator.state == expected.bit_generator.state
    again = np.random.default_rng(3)
    np.testing.assert_allclose(gradient, np.sum(again.normal(0.5, 1.0, 2) + again.normal(0.5, 1.0, 2)))


def test_samples_of_whole_numbers_have_no_derivative() -> None:
    def program(mu: Any) -> Any:
        rng = np.random.default_rng(0)
        return mu * rng.poisson(mu)

    gradient = grad(program)

    assert gradient(6.0) == np.random.default_rng(0).poisson(6.0)
    assert "rt.call" not in gradient.source


LATE = {"generator": np.random.default_rng, "state": np.random.RandomState}


@pytest.mark.parametrize("kind", LATE)
def test_samples_of_a_generator_that_is_made_late_have_second_and_third_derivatives(kind: str) -> None:
    def late(a: Any) -> Any:
        rng = LATE[kind](3)
        return np.sum(rng.normal(a, a * a, size=3) ** 3)

    def direct(a: Any) -> Any:
        rng = np.random.default_rng(3) if kind == "generator" else np.random.RandomState(3)
        return np.sum(rng.normal(a, a * a, size=3) ** 3)

    a, v = np.array([0.5, 1.3, 0.8]), np.array([1.0, -0.4, 0.3])
    first, expected = grad(late), grad(direct)
    along = jvp(expected, (a,), (v,))[1]
    np.testing.assert_allclose(first(a), expected(a))
    np.testing.assert_allclose(jvp(first, (a,), (v,))[1], along)
    np.testing.assert_allclose(grad(lambda a: first(a) @ v)(a), along)
    second = jvp(lambda a: jvp(first, (a,), (v,))[1], (a,), (v,))[1]
    np.testing.assert_allclose(second, jvp(lambda a: jvp(expected, (a,), (v,))[1], (a,), (v,))[1])
