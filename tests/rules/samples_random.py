"""The points at which the rules of ``np.random`` are checked; the harness rewinds generators before each call."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.rules.harness import Sample
from tests.rules.points import collector

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

LOCATED = ("gumbel", "laplace", "logistic", "normal", "lognormal")
SCALED = ("exponential", "rayleigh")
SHAPED = ("pareto", "power", "weibull")

wide = np.array([[0.4], [1.3]])
long = np.array([0.7, 1.1, 1.9])

sources: tuple[Any, ...] = (np.random, np.random.Generator, np.random.RandomState)
for source in sources:
    first: tuple[object, ...] = ()
    if source is np.random.Generator:
        first = (np.random.default_rng(3),)
    elif source is np.random.RandomState:
        first = (np.random.RandomState(3),)
    for name in LOCATED:
        sample(getattr(source, name), *first, 0.3, 1.2)
        sample(getattr(source, name), *first, 0.3, 1.2, 4)
        sample(getattr(source, name), *first, wide, long)
        sample(getattr(source, name), *first, long, 0.6, size=(2, 3))
        sample(getattr(source, name), *first, 0.4, size=3)
    for name in SCALED:
        sample(getattr(source, name), *first, 1.4)
        sample(getattr(source, name), *first, scale=long, size=(2, 3))
    for name in SHAPED:
        sample(getattr(source, name), *first, 2.4)
        sample(getattr(source, name), *first, long, size=(2, 3))
    sample(source.uniform, *first, -0.3, 1.2)
    sample(source.uniform, *first, wide, 1 + long)
    sample(source.uniform, *first, low=0.3, high=0.9, size=3)
    sample(source.triangular, *first, -0.3, 0.5, 1.2, size=6)
    sample(source.triangular, *first, -wide, 0.5 * long, 1 + long)
    sample(source.gamma, *first, 2.3, 1.4, by_quantile=("shape",))
    sample(source.gamma, *first, long, wide, by_quantile=("shape",))
    sample(source.vonmises, *first, 0.3, 4.0)
    sample(source.vonmises, *first, 0.1 * long, 4.0, size=(2, 3))
    sample(source.multivariate_normal, *first, long, np.diag(long))
    sample(source.multivariate_normal, *first, long, np.diag(long), size=(2, 2))
    # Samplers that reject draws: their derivatives in what shapes them are compared with quantiles, elsewhere.
    sample(source.standard_gamma, *first, long, by_quantile=("shape",))
    sample(source.chisquare, *first, long, by_quantile=("df",))
    sample(source.beta, *first, long, 2.0, by_quantile=("a", "b"))
    sample(source.dirichlet, *first, long, by_quantile=("alpha",))
    sample(source.standard_t, *first, long, by_quantile=("df",))
    sample(source.f, *first, long, 2.0, by_quantile=("dfnum", "dfden"))

# -- orders and choices of values -------------------------------------------------------------------

table = np.array([[0.4, 1.2, 0.7], [1.9, 0.3, 1.1]])
for source in sources:
    receiver: tuple[object, ...] = ()
    if source is np.random.Generator:
        receiver = (np.random.default_rng(3),)
    elif source is np.random.RandomState:
        receiver = (np.random.RandomState(3),)
    sample(source.permutation, *receiver, long)
    sample(source.permutation, *receiver, table)
    sample(source.choice, *receiver, long)
    sample(source.choice, *receiver, long, (2, 3))
    sample(source.choice, *receiver, long, size=2, replace=False, p=[0.2, 0.3, 0.5])
sample(np.random.Generator.permutation, np.random.default_rng(3), table, axis=-1)
sample(np.random.Generator.choice, np.random.default_rng(3), table, 4, axis=1)
sample(np.random.Generator.choice, np.random.default_rng(3), table, (2, 2), axis=1, shuffle=False)
