"""Which elements of arrays are read again in the backward sweep, and which are saved, since they are overwritten."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import check_grads, grad

RNG = np.random.default_rng(6)
VECTOR = RNG.uniform(0.5, 1.5, size=6)
MATRIX = RNG.normal(size=(5, 5)) + 5.0 * np.eye(5)


def lower_factor(A):
    for i in range(A.shape[0]):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, A.shape[0]):
            A[i, j] -= A[i, :i] @ A[:i, j]
    return np.sum(A * A)


def product_by_elements(A, x, y):
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            y[i] += A[i, j] * x[j]
    return np.sum(y * y)


def running_product(x):
    for i in range(1, len(x)):
        x[i] = x[i] * x[i - 1]
    return np.sum(x * x)


READ_AGAIN = {
    "pivots": (lower_factor, (MATRIX,)),
    "elements of what nobody changes": (product_by_elements, (MATRIX, VECTOR[1:].copy(), VECTOR[:5].copy())),
}


@pytest.mark.parametrize("program, args", READ_AGAIN.values(), ids=READ_AGAIN)
def test_an_element_that_stays_is_not_saved(program, args):
    derivative = grad(program, argnums=tuple(range(len(args))))
    derivative(*args)
    assert "history" not in derivative.source
    check_grads(program, args, argnums=tuple(range(len(args))), order=2)


def overwritten_later(x):
    total = 0.0
    for i in range(5):
        total += x[i] * x[i] * x[i + 1]
        x[i + 1] = 2.0 * total
    return total


def overwritten_in_the_same_trip(x):
    total = 0.0
    for i in range(5):
        v = x[i]
        total += v * v
        x[i] = 3.0 * v * total
    return total + np.sum(x * x)


def overwritten_after_the_loop(x):
    total = 0.0
    for i in range(5):
        total += x[i] ** 3
    x[:] = total * x
    return np.sum(x * x)


def by_a_counter(x):
    k = 0
    total = 0.0
    for _ in range(4):
        v = x[k]
        total = total + v * v * x[5]
        x[k] = total
        k = k + 1
        x[k] *= v
    return total + np.sum(x * x)


def by_a_jumping_index(x):
    k = 0
    for _ in range(5):
        v = x[k]
        x[(k + 1) % 6] *= v * v
        k = (2 * k + 1) % 5
    return np.sum(x * x)


def through_a_view(A):
    for i in range(4):
        row, below = A[i], A[i + 1]
        p = row[i]
        below *= p
        below /= row[i + 1]
        row[i] = p * p
    return np.sum(A * A)


def in_a_branch(x):
    for i in range(5):
        if x[i] > 1.0:
            v = x[i]
            x[i + 1] *= v * v
        else:
            v = x[i + 1]
            x[i] += v * v
    return np.sum(x * x)


def downwards(x):
    for i in range(5, 0, -1):
        v = x[i]
        x[i - 1] *= v * v
    return np.sum(x**3)


def negative_index(x):
    for i in range(3):
        v = x[i - 3]
        x[i] *= v * v
    return np.sum(x**3)


def in_a_helper(A):
    def eliminate(B, i):
        p = B[i, i]
        for j in range(i + 1, B.shape[0]):
            f = B[j, i] / p
            B[j] -= f * B[i]
            B[j, i] = f * f

    for i in range(A.shape[0] - 1):
        eliminate(A, i)
    return np.sum(A * A)


def with_an_early_end(x):
    for i in range(5):
        v = x[i]
        x[i + 1] *= v * v
        if x[i + 1] > 2.0:
            break
        x[i] += v
    return np.sum(x * x)


PROGRAMS = [
    overwritten_later, overwritten_in_the_same_trip, overwritten_after_the_loop, by_a_counter, by_a_jumping_index,
    in_a_branch, downwards, negative_index, with_an_early_end, running_product,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("scale", [0.7, 1.6])
def test_gradients_where_elements_are_overwritten(program, scale):
    check_grads(program, (scale * VECTOR,), order=2)


@pytest.mark.parametrize("program", [through_a_view, in_a_helper])
def test_gradients_where_elements_of_rows_are_overwritten(program):
    check_grads(program, (RNG.uniform(0.5, 1.5, size=(5, 5)),), order=1)
