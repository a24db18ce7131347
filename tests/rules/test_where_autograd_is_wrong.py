"""Cases in which autograd gives a wrong gradient without a word: here they are right, in both modes and orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, jacfwd, jacobian, jacrev

X = np.array([[0.7, -1.3, 0.4], [1.9, 0.25, -0.6]])
MASK = np.array([[True, False, True], [False, True, True]])
PLACES = np.array([0.1, 0.3, 0.8, 0.9, 0.35, 0.6])
product = np.vectorize(lambda a, b: a * b)


def sum_where(x):
    return np.sum(x * x, where=MASK)


def write_through_a_view(x):
    whole = x * 1.0
    row = whole[0]
    row[1:] = row[:-1] * 3.0
    whole.T[0] *= 2.0
    return np.sum(whole**2)


def maximum_norm(x):
    return (
        np.linalg.norm(x, ord=np.inf) + np.linalg.norm(x[0], ord=np.inf) + np.linalg.norm(x[1], ord=-np.inf)
    )


def filled_like(x):
    return np.sum(np.full_like(x, x[0, 1]) * x) + np.sum(np.full_like(x, x[0]) ** 2)


def joined(x):
    return np.sum(np.concat([x, x * x], axis=1) ** 2) + np.sum(np.dstack([x, np.sin(x)]) ** 3)


def blocks(x):
    return np.sum(np.block([[x, x * x], [x[:, ::-1], 2.0 * x]]) ** 2 * np.arange(24.0).reshape(4, 6))


def chosen(x):
    return np.sum(np.choose([0, 1, 1], [x[0], x[1] * x[1]]) ** 3)


def vectorized(x):
    return np.sum(product(x, x[0]) ** 2)


def chain_of_products(x):
    return np.sum(np.linalg.multi_dot([x, x.T, x * x]) ** 2)


def weighted_counts(x):
    counts, _ = np.histogram(PLACES, bins=3, weights=np.ravel(x * x), range=(0.0, 1.0))
    return np.sum(counts**2) + np.sum(np.bincount([0, 2, 2], weights=x[0]) ** 3)


PROGRAMS = (
    sum_where, write_through_a_view, maximum_norm, filled_like, joined, blocks, chosen, vectorized, chain_of_products,
    weighted_counts,
)  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_both_modes_and_orders(program: Callable[..., Any]) -> None:
    check_grads(program, (X,), order=2, rtol=1e-4, atol=1e-5)
    assert np.any(grad(program)(X))


def stacked_numbers(x):
    return np.asarray([x[0] * x[1], np.sin(x[1]), x[2] ** 2, 1.0])


def nested_numbers(x):
    return np.array([[x[0], x[1] * x[2]], [x[1] ** 2, 3.0]])


@pytest.mark.parametrize("operator", [jacobian, jacfwd, jacrev])
@pytest.mark.parametrize("program", [stacked_numbers, nested_numbers])
def test_jacobians_of_arrays_made_of_numbers(program: Callable[..., Any], operator: Any) -> None:
    x, h = X[0], 1e-6
    expected = np.stack([(program(x + h * e) - program(x - h * e)) / (2 * h) for e in np.eye(3)], axis=-1)
    np.testing.assert_allclose(operator(program)(x), expected, atol=1e-8)
