"""Dense Hessians of 50 parameters, beside autograd's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.contenders import HAVE_AUTOGRAD, twin
from benchmarks.timing import times
from srcad import hessian

if HAVE_AUTOGRAD:
    import autograd
    import autograd.numpy as autograd_numpy

__all__ = ["PROGRAMS", "beside_autograd_hessian"]


def logistic(w: Any, x: Any, y: Any) -> Any:
    """A regularized logistic regression."""
    return np.sum(np.log(1.0 + np.exp(-y * np.dot(x, w)))) + 0.5 * np.sum(w**2)


def rosenbrock(w: Any) -> Any:
    """The valley of Rosenbrock."""
    return np.sum(100.0 * (w[1:] - w[:-1] ** 2) ** 2 + (1.0 - w[:-1]) ** 2)


def network(w: Any, x: Any, y: Any) -> Any:
    """A network with one hidden layer, its parameters in one vector."""
    hidden = np.tanh(np.dot(x, np.reshape(w[:40], (5, 8))))
    return np.sum((np.dot(hidden, w[40:48]) - y) ** 2) + w[48] * w[49]


_RNG = np.random.default_rng(0)
_POINT = 0.1 * _RNG.normal(size=50)
_LABELS = np.sign(_RNG.normal(size=200))
PROGRAMS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "logistic regression": (logistic, (_POINT, _RNG.normal(size=(200, 50)), _LABELS)),
    "Rosenbrock": (rosenbrock, (_POINT,)),
    "network": (network, (_POINT, _RNG.normal(size=(200, 5)), _LABELS)),
}


def beside_autograd_hessian(rounds: int) -> dict[str, float]:
    """Return how many times longer autograd takes for each Hessian; nothing where it is not installed."""
    found: dict[str, float] = {}
    for name, (program, args) in PROGRAMS.items() if HAVE_AUTOGRAD else ():
        mine, theirs = hessian(program), autograd.hessian(twin(program, autograd_numpy))
        np.testing.assert_allclose(mine(*args), theirs(*args), rtol=1e-8, atol=1e-8)
        calls = {"srcad": lambda: mine(*args), "autograd": lambda: theirs(*args)}  # noqa: B023
        measured = times(calls, rounds)
        found[name] = measured["autograd"] / measured["srcad"]
    return found
