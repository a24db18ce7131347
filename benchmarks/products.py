"""What directional derivatives cost beside the functions, and products with Hessians beside gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.cases import CASES, Case
from benchmarks.kernel_figures import large_loss
from benchmarks.timing import times
from srcad import grad, hvp, jvp

__all__ = ["products_beside_functions"]

_NETWORKS = "MLP"
_STENCIL = "jacobi_2d"


def products_beside_functions(rounds: int, text: str = "") -> dict[str, dict[str, float]]:
    """Return the times of a function, its gradient, a ``jvp`` and an ``hvp`` in all parameters, for each network.

    For the stencil, those of the function and of a ``jvp``.
    """
    found = {}
    for case in CASES:
        if case.name.startswith(_NETWORKS) and text.lower() in case.name.lower():
            found[case.name] = _of_network(case, rounds)
    if text in _STENCIL:
        loss = large_loss(_STENCIL)
        directions = tuple(np.ones_like(a) if isinstance(a, np.ndarray) else None for a in loss.args)
        calls = {"primal": loss.primal, "jvp": lambda: jvp(loss.loss, loss.args, directions)}
        found[_STENCIL] = times(calls, rounds)
    return found


def _of_network(case: Case, rounds: int) -> dict[str, float]:
    rng = np.random.default_rng(2)
    vectors: tuple[Any, ...] = tuple(rng.normal(size=np.shape(a)) for a in case.args[: case.parameters])
    directions = (*vectors, *[None] * (len(case.args) - case.parameters))
    gradient, product = grad(case.primal, case.argnums), hvp(case.primal, case.argnums)
    value, tangent = jvp(case.primal, case.args, directions)
    np.testing.assert_allclose(value, case.primal(*case.args))
    expected = sum(np.sum(g * v) for g, v in zip(gradient(*case.args), vectors))
    np.testing.assert_allclose(tangent, expected, rtol=1e-9)
    calls = {
        "primal": lambda: case.primal(*case.args),
        "gradient": lambda: gradient(*case.args),
        "jvp": lambda: jvp(case.primal, case.args, directions),
        "hvp": lambda: product(*case.args, vectors),
    }
    return times(calls, rounds)
