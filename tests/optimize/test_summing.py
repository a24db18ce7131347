"""A cotangent is summed down to an operand at once, and nothing is saved for a shape that nobody asks for."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import check_grads, grad, value_and_grad

RNG = np.random.default_rng(4)
MATRIX = RNG.normal(size=(4, 3))


def sums_of_parts(out, a, b):
    n = len(a)
    for i in range(1, n):
        out[:i] += 2.0 * (a[:i] - b[:i])
    return np.sum(out * out)


def butterflies(x, work):
    source, target = x, work
    half = len(x) // 2
    for k in range(3):
        for j in range(half):
            twiddle = np.cos(0.3 * j + k)
            upper = source[j : j + 1]
            lower = source[j + half : j + half + 1]
            target[2 * j : 2 * j + 1] = upper + lower
            target[2 * j + 1 : 2 * j + 2] = twiddle * (upper - lower)
        source, target = target, source
    return np.sum(source * source)


def scaled_difference(out, a, b, k):
    out[1:] = k * (a - b)
    return np.sum(out**2)


def complex_parts(a, b):
    out = np.zeros(6, dtype=complex)
    out[1:] = (0.5 + 1.0j) * (a - b)
    return np.sum(np.real(out) ** 2) + np.sum(np.imag(out))


def vectors(*lengths):
    return tuple(RNG.normal(size=n) for n in lengths)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (sums_of_parts, vectors(5, 5, 5)),
        (sums_of_parts, (*vectors(5, 5), RNG.normal(size=1))),
        (butterflies, vectors(8, 8)),
        (scaled_difference, (*vectors(6, 5, 5), RNG.normal(size=5))),
        (scaled_difference, (*vectors(6, 1, 1), RNG.normal(size=5))),
        (scaled_difference, (*vectors(6, 1, 5), RNG.normal(size=1))),
        (scaled_difference, (*vectors(6, 1, 1), RNG.normal(size=1))),
        (scaled_difference, (*vectors(6, 1, 1), 2.0)),
        (complex_parts, vectors(5, 1)),
    ],
)
def test_gradients_of_operands_that_may_be_broadcast_into_a_part(function, args):
    check_grads(function, args, argnums=tuple(range(len(args))), order=1)


def test_the_result_of_a_sum_is_not_kept_for_its_shape():
    derivative = value_and_grad(sums_of_parts, argnums=(0, 1, 2))
    derivative(*vectors(5, 5, 5))
    assert derivative.source.count("rt.unbroadcast(") == 2
    assert "history" not in derivative.source


def test_linear_updates_through_views_and_swaps_save_no_contents():
    derivative = value_and_grad(butterflies, argnums=(0, 1))
    derivative(*vectors(8, 8))
    assert "before" not in derivative.source
    assert "rt.unbroadcast(rt.unbroadcast(" not in derivative.source


def log_of_sums(x):
    top = np.max(x, axis=1, keepdims=True)
    return np.sum(np.log(np.sum(np.exp(x - top), axis=1)) + top[:, 0])


def test_a_sum_that_is_there_is_not_computed_again():
    derivative = grad(log_of_sums)
    gradient = derivative(MATRIX)
    assert np.allclose(gradient, np.exp(MATRIX) / np.sum(np.exp(MATRIX), axis=1, keepdims=True))
    assert ".sum(axis=1, keepdims=True)" not in derivative.source
    check_grads(log_of_sums, (MATRIX,), order=2)


def correlate(images, weights, out):
    k = weights.shape[0]
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            window = images[:, i : i + k, j : j + k, :, None]
            out[:, i, j] = np.sum(window * weights, axis=(1, 2, 3))
    return np.sum(out * out)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("size", [3, 4])
def test_a_window_at_the_border_may_be_of_length_one(size, channels):
    """There NumPy repeats the window along the filter."""
    images, weights = RNG.normal(size=(2, 4, 4, channels)), RNG.normal(size=(2, 2, channels, 3))
    args = images, weights, np.zeros((2, size, size, 3))
    check_grads(correlate, args, order=1)
    derivative = value_and_grad(correlate, argnums=(0, 1))
    derivative(*args)
    assert "broadcast_to" not in derivative.source
    assert "history" not in derivative.source


def lengths_of_columns(A):
    for j in range(A.shape[1]):
        A[:, j] /= np.sqrt(A[:, j] @ A[:, j]) + 1.0
    return np.sum(A**3)


def test_what_the_square_of_a_vector_adds_twice_is_added_once():
    derivative = grad(lengths_of_columns)
    derivative(MATRIX)
    assert derivative.source.count("dA[:, j] +=") == 1
    check_grads(lengths_of_columns, (MATRIX,), order=2)
