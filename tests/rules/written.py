"""Check functions that are written out: the value is the library's, and so are derivatives of two orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import check_grads, value_and_grad

__all__ = ["check_written"]


def check_written(function: Callable[..., Any], x: Any) -> None:
    """Check the weighted sum of what ``function`` returns, complex numbers by their parts."""
    result = np.asarray(function(x))
    weights = np.random.default_rng(1).uniform(0.5, 1.5, result.shape)

    def weighted(x: Any) -> Any:
        return np.sum(weights * function(x))

    def weighted_parts(x: Any) -> Any:
        value = function(x)
        return np.sum(weights * np.real(value)) + np.sum(weights * np.imag(value) ** 2)

    total = weighted_parts if np.iscomplexobj(result) else weighted
    np.testing.assert_allclose(value_and_grad(total)(x)[0], total(x), rtol=1e-11)
    check_grads(total, (x,), order=2)
