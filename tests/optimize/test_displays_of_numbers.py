"""Arrays that are made of listed numbers, and their gradients; determinants; conjugates of real arrays."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import check_grads, grad


def rotated(angle, points):
    c, s = np.cos(angle), np.sin(angle)
    rotation = np.array([[c, -s], [s, c]])
    return np.sum((points @ rotation.T)[:, 0] ** 3)


def sometimes_rotated(angle, points, turns):
    c, s = np.cos(angle), np.sin(angle)
    rotation = np.array([[c, -s], [s, c]])
    row = np.array([c, s * c])
    total = np.sum(points) * c
    for k in range(turns):
        if points[k, 0] > 0.0:
            total = total + np.sum((points @ rotation)[:, 1] ** 2)
        else:
            total = total + np.sum(row)
    return total


def changed_afterwards(angle, points):
    c = np.cos(angle)
    rows = [[c, 0.5], [c * c, angle]]
    matrix = np.array(rows)
    rows[0][0] = 2.0
    matrix[1, 1] = c * matrix[0, 0]
    return np.sum(points @ matrix) + rows[0][0] * angle


def of_mixed_rows(angle, points):
    row = [angle, angle * 2.0]
    return np.sum(np.array([row, row, [points[0, 0], 1.0]]) ** 2) + np.sum(points) * row[1]


@pytest.mark.parametrize("program", [rotated, changed_afterwards, of_mixed_rows], ids=lambda f: f.__name__)
def test_arrays_of_listed_numbers_have_right_gradients(program):
    check_grads(program, (0.7, np.array([[0.5, -1.0], [2.0, 0.25], [-1.0, 1.5]])), order=2)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_arrays_that_are_used_sometimes_have_right_gradients(turns):
    points = np.array([[0.5, -1.0], [-2.0, 0.25], [1.0, 1.5]])
    check_grads(lambda angle, points: sometimes_rotated(angle, points, turns), (0.7, points), order=1)


def test_lists_of_numbers_stand_in_the_call_that_makes_an_array_of_them():
    derivative = grad(rotated)
    derivative(0.3, np.ones((4, 2)))
    assert "rotation = np.array([[c, -s], [s, c]])" in derivative.source
    assert "structured_like" not in derivative.source


def log_determinant(matrix, vectors):
    total = 0.0
    for v in vectors:
        scaled = matrix + v[:, None] * v
        total = total + np.linalg.slogdet(scaled)[1] + v @ np.linalg.solve(scaled, v)
    return total


MATRIX = np.array([[2.0, 0.3, 0.1], [0.2, 1.5, -0.4], [0.0, 0.7, 3.0]])


def test_the_gradient_of_a_logarithm_of_a_determinant_is_the_inverse():
    vectors = np.array([[1.0, 0.5, -0.2], [0.3, -1.0, 0.8]])
    check_grads(log_determinant, (MATRIX, vectors), order=2)
    derivative = grad(log_determinant)
    derivative(MATRIX, vectors)
    assert "np.linalg.inv(scaled).T" in derivative.source
    assert "np.conj" not in derivative.source and "zeros_like(t" not in derivative.source


@pytest.mark.parametrize("stack", [MATRIX, np.stack([MATRIX, MATRIX.T + 0.1])])
@pytest.mark.parametrize("imaginary", [0.0, 0.5j])
def test_determinants_of_stacks_and_of_complex_matrices_have_right_gradients(stack, imaginary):
    def signed(a):
        sign, logarithm = np.linalg.slogdet(a + imaginary * a**2)
        return np.sum(np.real(sign * logarithm))

    check_grads(signed, (stack,), order=1)


def test_gradients_with_real_arrays_have_no_conjugates():
    def cosine(a, b):
        return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))

    a, b = np.array([1.0, 2.0, -0.5]), np.array([0.3, -1.0, 2.0])
    derivative = grad(cosine, argnums=(0, 1))
    derivative(a, b)
    assert "conj" not in derivative.source
    check_grads(cosine, (a, b), order=2)
    check_grads(lambda z, w: np.abs(np.vdot(z + 1j * w, w - 2j * z)) ** 2, (a, b), order=1)
