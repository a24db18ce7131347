"""Derivatives of ``scipy.stats``, by topic; this module refuses what else the distributions offer."""

from __future__ import annotations

import inspect
from typing import Any

import scipy.stats

from srcad.rules import (  # noqa: F401  (their rules are wanted)
    scipy_stats_discrete,
    scipy_stats_gamma,
    scipy_stats_location,
    scipy_stats_moments,
    scipy_stats_multivariate,
    scipy_stats_samples,
    scipy_stats_shapes,
    scipy_stats_skewed,
    scipy_stats_support,
    scipy_stats_written,
)
from srcad.rules.registry import find, refuse, source_of


def methods(distribution: Any) -> list[Any]:
    """Return the public bound methods of a distribution."""
    return [method for name, method in inspect.getmembers(distribution, inspect.ismethod) if name[0] != "_"]


def distributions() -> list[Any]:
    """Return the distributions of ``scipy.stats``."""
    kinds = (scipy.stats.rv_continuous, scipy.stats.rv_discrete, type(scipy.stats.dirichlet).__mro__[1])
    return [value for value in vars(scipy.stats).values() if isinstance(value, kinds)]


for _distribution in distributions():
    _without = [
        method for method in methods(_distribution) if find(method) is None and source_of(method) is None
    ]
    refuse(
        "This function of a distribution of scipy.stats has no derivative rule; write the density with NumPy "
        "and scipy.special, or give its derivative with srcad.def_vjp.",
        *_without,
    )
