"""Samples of distributions that reject draws move with what shapes them so that they stay at their quantile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import GradientTape, grad, jvp
from srcad.errors import NoDerivativeError

stats = pytest.importorskip("scipy.stats")

LONG = np.array([[0.3, 1.3, 6.0], [0.8, 2.5, 40.0]])
WIDE = np.array([0.6, 2.4, 9.0])
SOURCES: list[Callable[[], Any]] = [
    lambda: np.random,
    lambda: np.random.default_rng(5),
    lambda: np.random.RandomState(5),
]

DISTRIBUTIONS = [
    ("gamma", stats.gamma, lambda a, b: {"a": a, "scale": b}, (LONG, WIDE)),
    ("standard_gamma", stats.gamma, lambda a: {"a": a}, (LONG,)),
    ("chisquare", stats.chi2, lambda a: {"df": a}, (LONG,)),
    ("beta", stats.beta, lambda a, b: {"a": a, "b": b}, (LONG, WIDE)),
    ("standard_t", stats.t, lambda a: {"df": a}, (LONG,)),
    ("f", stats.f, lambda a, b: {"dfn": a, "dfd": b}, (LONG, WIDE)),
]


@pytest.mark.parametrize("source", SOURCES, ids=["module", "Generator", "RandomState"])
@pytest.mark.parametrize(
    "name, distribution, named, parameters", DISTRIBUTIONS, ids=[d[0] for d in DISTRIBUTIONS]
)
def test_a_sample_stays_at_its_quantile(
    source: Any, name: str, distribution: Any, named: Any, parameters: Any
) -> None:
    weights = np.arange(1.0, 7.0).reshape(2, 3)
    rng = source()

    def weighted(*parameters: Any) -> Any:
        np.random.seed(5)
        return np.sum(weights * getattr(rng, name)(*parameters))

    directions = [0.3 * p * np.random.default_rng(2).normal(size=p.shape) for p in parameters]
    drawn = getattr(source_at_start(source), name)(*parameters)
    places = distribution.cdf(drawn, **named(*parameters))
    ahead = 1e-4 * np.array([1, -1, 2, -2])
    moved = [
        np.sum(
            weights * distribution.ppf(places, **named(*(p + h * d for p, d in zip(parameters, directions))))
        )
        for h in ahead
    ]
    expected = (8 * (moved[0] - moved[1]) - (moved[2] - moved[3])) / 12e-4

    rewind(rng)
    found = grad(weighted, argnums=tuple(range(len(parameters))))(*parameters)
    rewind(rng)
    _, tangent = jvp(weighted, parameters, tuple(directions))

    np.testing.assert_allclose(sum(np.sum(f * d) for f, d in zip(found, directions)), expected, rtol=1e-6)
    np.testing.assert_allclose(tangent, expected, rtol=1e-6)


def source_at_start(source: Any) -> Any:
    np.random.seed(5)
    return source()


def rewind(rng: Any) -> None:
    np.random.seed(5)
    if isinstance(rng, np.random.RandomState):
        rng.seed(5)
    elif isinstance(rng, np.random.Generator):
        rng.bit_generator.state = np.random.PCG64(5).state


def test_the_moments_of_dirichlet_samples_move_as_they_have_to() -> None:
    weights = np.array([1.0, -2.0, 0.5])

    def moment(alpha: Any) -> Any:
        return np.mean(np.random.default_rng(1).dirichlet(alpha, size=(400, 500)) ** 2 @ weights)

    alpha = np.array([0.7, 2.0, 1.4])

    def exact(alpha: Any) -> Any:
        total = np.sum(alpha)
        return np.sum(weights * alpha * (alpha + 1)) / (total * (total + 1))

    np.testing.assert_allclose(moment(alpha), exact(alpha), rtol=1e-2)
    np.testing.assert_allclose(grad(moment)(alpha), grad(exact)(alpha), atol=3e-3)


def second_order(a: Any, b: Any) -> Any:
    rng = np.random.default_rng(4)
    gammas = rng.gamma(a, 2.0) * rng.beta(a, b) + rng.chisquare(b)
    return np.sum(gammas * rng.f(a, b) + rng.standard_t(b) ** 2) + np.sum(rng.dirichlet(a, size=2) ** 2 @ b)


def test_second_derivatives_are_symmetric_in_both_modes() -> None:
    a, b = np.array([0.7, 1.3, 4.0]), np.array([2.3, 0.8, 5.0])
    da, db = np.random.default_rng(3).normal(size=(2, 3))
    gradient = grad(second_order, argnums=(0, 1))

    def along(a: Any, b: Any) -> Any:
        ga, gb = gradient(a, b)
        return ga @ da + gb @ db

    curved = jvp(gradient, (a, b), (da, db))[1]
    np.testing.assert_allclose(curved, grad(along, argnums=(0, 1))(a, b), rtol=1e-10)


def test_a_second_derivative_is_that_of_the_quantile() -> None:
    shape, h = 1.7, 1e-3
    drawn = np.random.default_rng(4).gamma(shape, 2.0)
    place = stats.gamma.cdf(drawn, shape, scale=2.0)
    ahead = [stats.gamma.ppf(place, shape + k * h, scale=2.0) for k in (-1, 0, 1)]

    found = grad(grad(lambda a: np.random.default_rng(4).gamma(a, 2.0)))(shape)

    np.testing.assert_allclose(found, (ahead[0] - 2 * ahead[1] + ahead[2]) / h**2, rtol=1e-4)


def test_a_third_derivative_in_the_shape_is_refused() -> None:
    with pytest.raises(NoDerivativeError, match="second derivative in the shape"):
        grad(grad(grad(lambda a: np.random.default_rng(4).gamma(a, 2.0))))(1.7)


def test_single_precision_and_the_tape() -> None:
    shape = np.array([0.5, 2.0], np.float32)

    def drawn(shape: Any) -> Any:
        return np.sum(np.random.default_rng(4).standard_gamma(shape, dtype=np.float32))

    assert grad(drawn)(shape).dtype == np.float32
    with GradientTape() as tape:
        traced = tape.watch(np.float64(1.5))
        with pytest.raises(NoDerivativeError):
            np.random.default_rng(4).gamma(traced, 2.0)
