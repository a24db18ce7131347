"""Lists of arrays of which the result depends on some: the others have zeros of their shape on the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import check_grads

X = np.array([[0.7, -1.3, 0.4], [1.9, 0.25, -0.6]])

OPERATIONS: dict[str, Callable[..., Any]] = {
    "ravel": lambda a: np.ravel(a),
    "reshape": lambda a: a.reshape(-1),
    "transpose": lambda a: a.T,
    "product": lambda a: a @ a.T,
    "stack": lambda a: np.stack([a, a]),
    "concatenate": lambda a: np.concatenate([a, a]),
    "sort": lambda a: np.sort(a),
    "cumsum": lambda a: np.cumsum(a),
    "einsum": lambda a: np.einsum("ij->ji", a),
    "pad": lambda a: np.pad(a, 1),
    "diff": lambda a: np.diff(a),
    "median": lambda a: np.median(a, axis=0),
    "inverse": lambda a: np.linalg.inv(a @ a.T),
    "mean": lambda a: np.mean(a, axis=1),
    "cov": lambda a: np.cov(a),
}


def transposed_in_a_comprehension(x):
    turned = [a.T for a in [x, 2.0 * x]]
    return np.sum(turned[0] ** 2)


def states_of_which_the_last_counts(x):
    states = [x]
    for _ in range(3):
        states.append(np.tanh(states[-1] @ (x.T @ x)))
    kept = {"last": np.ravel(states[-1]), "first": np.ravel(states[0])}
    return np.sum(kept["last"] ** 2)


def sums_of_rows_in_tuples(x):
    pairs = [(np.cumsum(row), row.reshape(1, -1)) for row in x]
    return np.sum(pairs[1][0] ** 2)


@pytest.mark.parametrize(
    "program", [transposed_in_a_comprehension, states_of_which_the_last_counts, sums_of_rows_in_tuples]
)
def test_programs(program: Callable[..., Any]) -> None:
    check_grads(program, (X,), order=2, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_one_of_two_results_is_used(operation: Callable[..., Any]) -> None:
    def program(x):
        results = [operation(a) for a in [x, 2.0 * x]]
        return np.sum(results[0] ** 2)

    check_grads(program, (X,), rtol=1e-4, atol=1e-5)
