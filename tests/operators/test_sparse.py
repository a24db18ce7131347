"""Jacobians and Hessians of known sparsity."""

from __future__ import annotations

import numpy as np
import pytest

import srcad
from srcad import (
    column_colors,
    grad,
    hessian,
    jacobian,
    jacobian_pattern,
    jvp,
    sparse_hessian,
    sparse_jacobian,
)
from srcad.errors import ArgumentError, NoDerivativeError

sparse = pytest.importorskip("scipy.sparse")

X = np.linspace(0.5, 2.0, 12)
CALLS = [0]


def diffusion(x, k=1.0):
    y = k * np.sin(x) * x
    y[1:] += x[:-1] ** 2
    y[:-1] -= x[1:] * x[:-1]
    return y


def energy(x, k=1.0):
    return np.sum(x**4) + k * np.sum((x[1:] * x[:-1]) ** 2) + np.sum(np.sin(x[3:] * x[:-3]))


def band(*offsets):
    return sparse.diags_array([np.ones(12 - abs(k)) for k in offsets], offsets=offsets)


def test_a_sparse_jacobian_is_the_dense_one():
    found = sparse_jacobian(diffusion, band(-1, 0, 1))(X, 3.0)
    assert sparse.issparse(found)
    np.testing.assert_allclose(found.toarray(), jacobian(diffusion)(X, 3.0), rtol=1e-12)


def test_a_sparse_hessian_is_the_dense_one():
    found = sparse_hessian(energy, band(-3, -1, 0, 1, 3))(X, 2.0)
    np.testing.assert_allclose(found.toarray(), hessian(energy)(X, 2.0), rtol=1e-10, atol=1e-12)


def test_the_dtype_of_the_argument_stays():
    found = sparse_jacobian(diffusion, band(-1, 0, 1))(X.astype(np.float32), np.float32(3.0))
    assert found.dtype == np.float32


@pytest.mark.parametrize("shape", [(1, 1), (20, 12), (12, 20), (30, 30)])
def test_columns_of_one_color_meet_in_no_row(shape):
    pattern = np.random.default_rng(0).random(shape) < 0.15
    colors = column_colors(pattern)
    for color in range(colors.max() + 1):
        assert pattern[:, colors == color].sum(axis=1).max() <= 1


def test_a_band_needs_as_many_runs_as_it_is_wide():
    assert column_colors(band(-1, 0, 1)).max() + 1 == 3

    @srcad.custom_vjp
    def counted(x):
        CALLS[0] += 1
        return x * 2.0

    @counted.backward
    def counted_backward(ans, g, x):
        return 2.0 * g

    jacobian_of = sparse_jacobian(lambda x: diffusion(counted(x)), band(-1, 0, 1), check_pattern=False)
    CALLS[0] = 0
    jacobian_of(X)
    assert CALLS[0] == 3


def test_the_pattern_is_found_by_probing():
    found = jacobian_pattern(diffusion, X)
    np.testing.assert_array_equal(found.toarray(), band(-1, 0, 1).toarray() != 0)
    of_hessian = jacobian_pattern(grad(energy), X)
    np.testing.assert_array_equal(of_hessian.toarray(), band(-3, -1, 0, 1, 3).toarray() != 0)


def test_explicit_zeros_and_repetitions_of_a_pattern_do_no_harm():
    rows, columns = np.array([0, 0, 1]), np.array([0, 0, 1])
    pattern = sparse.coo_array((np.array([1.0, 1.0, 0.0]), (rows, columns)), shape=(2, 2))
    found = sparse_jacobian(lambda x: x**2, pattern)(np.array([1.0, 3.0]))
    np.testing.assert_allclose(found.toarray(), [[2.0, 0.0], [0.0, 6.0]])


def test_lengths_that_do_not_fit_are_refused():
    with pytest.raises(ArgumentError, match="12 columns"):
        sparse_jacobian(diffusion, band(-1, 0, 1))(X[:5])
    with pytest.raises(ArgumentError, match="12 rows"):
        sparse_jacobian(lambda x: x[:4], band(0))(X)


def _neighbours(x):
    return x[1:] * x[:-1]


_PATTERN = np.array([[1, 1, 0], [0, 1, 1]])
_JACOBIAN = sparse_jacobian(_neighbours, _PATTERN)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(_JACOBIAN(x).data ** 2),
        lambda x: np.sum(sparse_jacobian(_neighbours, _PATTERN)(x).data ** 2),
    ],
)
def test_a_sparse_jacobian_is_refused_inside_of_what_is_differentiated(function):
    x = np.array([1.0, 2.0, 3.0])
    for derive in (grad(function), lambda x: jvp(function, (x,), (x,))):
        with pytest.raises(NoDerivativeError, match="take jacobian or hvp") as caught:
            derive(x)
        assert "test_sparse.py" in str(caught.value)


def test_entries_outside_of_the_pattern_are_refused():
    def f(u):
        return np.concatenate([u[:1] ** 2, u[1:] ** 2 + u[1:] * u[:-1]])

    u = np.arange(1.0, 7.0)
    for operator, function in ((sparse_jacobian, f), (sparse_hessian, lambda u: np.sum(u[1:] ** 2 * u[:-1]))):
        with pytest.raises(ArgumentError, match="outside of the pattern") as caught:
            operator(function, np.eye(6))(u)
        assert caught.value.location is not None
    unchecked = sparse_jacobian(f, np.eye(6), check_pattern=False)(u)
    assert unchecked[1, 1] == 7.0
    pattern = jacobian_pattern(f, u)
    large = sparse_jacobian(lambda u: 1e8 * f(u) - 1e8 * u**2, pattern + sparse.eye_array(6))
    np.testing.assert_allclose(large(u).toarray(), jacobian(lambda u: 1e8 * f(u) - 1e8 * u**2)(u), atol=1e-5)


def scaled_differences(scale, x, *, shift=0.0):
    moved = scale * x + shift
    return moved[1:] ** 2 - moved[:-1], {"largest": float(np.max(moved))}


BAND = np.eye(3, 4) + np.eye(3, 4, k=1)


@pytest.mark.parametrize("argnums", [1, "x"])
def test_a_jacobian_by_another_parameter_with_an_auxiliary_result(argnums: int | str) -> None:
    x = np.array([0.3, 1.2, -0.7, 0.5])
    pattern = jacobian_pattern(scaled_differences, 2.0, x, argnums=argnums, has_aux=True, shift=0.1)
    np.testing.assert_array_equal(pattern.toarray(), BAND != 0)

    matrix, aux = sparse_jacobian(scaled_differences, pattern, argnums=argnums, has_aux=True)(
        2.0, x, shift=0.1
    )

    expected, wanted = jacobian(scaled_differences, argnums=argnums, has_aux=True)(2.0, x, shift=0.1)
    np.testing.assert_allclose(matrix.toarray(), expected)
    assert aux == wanted == {"largest": 2.5}


def test_a_hessian_by_a_parameter_that_is_given_by_name() -> None:
    def chain(scale, *, x):
        return scale * np.sum(x[1:] ** 2 * x[:-1]), len(x)

    x = np.array([0.3, 1.2, -0.7])
    pattern = np.eye(3) + np.eye(3, k=1) + np.eye(3, k=-1)
    matrix, count = sparse_hessian(chain, pattern, argnums="x", has_aux=True)(1.5, x=x)
    np.testing.assert_allclose(matrix.toarray(), hessian(chain, argnums="x", has_aux=True)(1.5, x=x)[0])
    assert count == 3


def test_an_empty_pattern_has_an_auxiliary_result_all_the_same() -> None:
    matrix, aux = sparse_jacobian(lambda x: (np.zeros(2), "text"), np.zeros((2, 3)), has_aux=True)(np.ones(3))
    assert matrix.nnz == 0
    assert aux == "text"


def test_a_sparse_matrix_by_two_parameters_is_refused() -> None:
    with pytest.raises(ArgumentError, match="one vector"):
        sparse_jacobian(scaled_differences, BAND, argnums=(0, 1))  # type: ignore[arg-type]


def test_a_holomorphic_jacobian_is_complex() -> None:
    z = np.array([0.3 + 1j, 1.2, -0.7j, 0.5])
    matrix = sparse_jacobian(lambda z: z[1:] ** 2 - z[:-1], BAND, holomorphic=True)(z)
    np.testing.assert_allclose(matrix.toarray(), np.diag(2 * z)[1:] - np.eye(3, 4))


def test_what_is_no_matrix_and_no_array_is_refused():
    with pytest.raises(ArgumentError, match="The pattern is no matrix"):
        srcad.column_colors(np.ones(3))
    with pytest.raises(ArgumentError, match="the argument is a list"):
        srcad.sparse_jacobian(lambda u: u, np.eye(2))([1.0, 2.0])
