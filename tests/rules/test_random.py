"""Random samples in programs: drawn once, differentiated along their path, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, value_and_grad
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
        lambda a: np.random.beta(a, 2.0),
        lambda a: np.random.standard_t(a),
        lambda a: np.random.gamma(a, 1.0),
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
        return x * np.random.beta(2.0, 3.0) + np.random.choice([1.0, 2.0]) * x

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
