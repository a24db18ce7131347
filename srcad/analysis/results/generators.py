"""NumPy's generators of random numbers: objects without a derivative, whose methods are samplers with rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.analysis.kinds import NUMBER, Kind, array, record
from srcad.analysis.results.shaped import Call, shape_of
from srcad.rules import registry

__all__ = ["MAKERS", "is_generator", "method_of_generator", "sample"]

_CLASSES = (np.random.Generator, np.random.RandomState)
MAKERS: dict[Any, Kind] = {
    np.random.default_rng: record(np.random.Generator, None),
    np.random.Generator: record(np.random.Generator, None),
    np.random.RandomState: record(np.random.RandomState, None),
}
_OF_ONE_NUMBER = frozenset(
    "beta chisquare exponential f gamma gumbel laplace logistic lognormal noncentral_chisquare noncentral_f normal "
    "pareto power rayleigh standard_cauchy standard_gamma standard_t triangular uniform vonmises wald weibull".split()
)


def is_generator(kind: Kind) -> bool:
    """Tell whether a value is a generator of random numbers."""
    return kind.name == "object" and kind.value in _CLASSES


def method_of_generator(kind: Kind, name: str) -> Any:
    """Return the sampler that a method of a generator is, if it has a rule or is constant; or else None."""
    method = getattr(kind.value, name, None) if is_generator(kind) else None
    known = registry.is_key(method) and (registry.find(method) or registry.is_constant(method))
    return method if known else None


def sample(name: str, call: Call) -> Kind:
    """Return the kind of ``rng.name(...)``: of known axes where one number is drawn for each place in ``size``."""
    if name in ("bytes", "spawn", "seed", "get_state", "set_state", "shuffle"):
        return Kind("any")
    dims = shape_of(call.keywords.get("size"))
    if name in _OF_ONE_NUMBER and dims:
        return array(None, True, dims, "float64")
    return NUMBER
