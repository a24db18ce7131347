"""What the samples of ``np.linalg`` cannot show: freedoms of factorisations, degenerate matrices, second order."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad
from srcad.errors import NoDerivativeError
from srcad.rules import registry

RNG = np.random.default_rng(41)
A = RNG.normal(size=(4, 4))
B = RNG.normal(size=(4, 4))
TALL = RNG.normal(size=(5, 2))
SPD = A @ A.T + 4 * np.eye(4)
WEIGHTS = RNG.normal(size=(5, 5)) + 1j * RNG.normal(size=(5, 5))


def weigh(x: Any) -> Any:
    rows, columns = np.shape(x)
    return np.sum(np.real(WEIGHTS[:rows, :columns] * x))


# -- vectors that are free up to a phase or a rotation -----------------------------------------------


def spectral_function(re: Any, im: Any) -> Any:
    values, vectors = np.linalg.eigh(re + 1j * im)
    return weigh((vectors * np.exp(0.1 * values)) @ np.conj(vectors.T))


def moduli_of_eigenvectors(re: Any, im: Any) -> Any:
    return weigh(np.abs(np.linalg.eigh(re + 1j * im)[1]))


def rebuilt_from_singular_vectors(re: Any, im: Any) -> Any:
    u, s, vh = np.linalg.svd(re + 1j * im, full_matrices=False)
    return weigh((u * np.sqrt(s)) @ vh)


def null_space_projector(re: Any, im: Any) -> Any:
    u, s, vh = np.linalg.svd(re + 1j * im)
    return weigh(u[:, s.shape[0] :] @ np.conj(u[:, s.shape[0] :].T))


def complement_of_columns(re: Any, im: Any) -> Any:
    q, r = np.linalg.qr(re + 1j * im, mode="complete")
    return weigh(q[:, 2:] @ np.conj(q[:, 2:].T)) + weigh(r)


def eigenvectors_as_lapack_scales_them(re: Any, im: Any) -> Any:
    values, vectors = np.linalg.eig(re + 1j * im)
    return weigh(vectors) + weigh(vectors * values)


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (spectral_function, (4, 4)),
        (moduli_of_eigenvectors, (4, 4)),
        (rebuilt_from_singular_vectors, (4, 4)),
        (rebuilt_from_singular_vectors, (5, 2)),
        (null_space_projector, (5, 2)),
        (complement_of_columns, (5, 2)),
        (eigenvectors_as_lapack_scales_them, (4, 4)),
    ],
)
def test_what_does_not_depend_on_the_freedom(function: Callable[..., Any], shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(7)
    check_grads(function, (rng.normal(size=shape), rng.normal(size=shape)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "function",
    [
        lambda a: np.sum(np.real(np.linalg.eigh(a)[1])),
        lambda a: np.sum(np.real(np.linalg.svd(a)[0])),
        lambda a: np.sum(np.real(np.linalg.svd(a[:, :2])[0][:, 2:])),
        lambda a: np.sum(np.real(np.linalg.qr(a[:, :2], mode="complete")[0][:, 2:])),
    ],
    ids=["eigh", "svd", "svd null space", "qr complement"],
)
def test_what_depends_on_the_freedom_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(NoDerivativeError, match="free up to"):
        grad(function)(A + 1j * B)


def test_the_raw_form_of_qr_is_refused() -> None:
    with pytest.raises(NoDerivativeError, match="raw"):
        grad(lambda a: np.sum(np.linalg.qr(a, mode="raw")[0]))(A)


# -- triangles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "read"),
    [
        (lambda a: np.sum(np.linalg.cholesky(a)), np.tril),
        (lambda a: np.sum(np.linalg.cholesky(a, upper=True)), np.triu),
        (lambda a: np.sum(np.linalg.eigvalsh(a) ** 2), np.tril),
        (lambda a: np.sum(np.linalg.eigvalsh(a, UPLO="U") ** 2), np.triu),
        (lambda a: np.linalg.svd(a, hermitian=True)[1][0], np.tril),
        (lambda a: np.sum(np.linalg.pinv(a, hermitian=True)), np.tril),
    ],
)
def test_the_gradient_lies_in_the_triangle_that_is_read(function: Callable[..., Any], read: Any) -> None:
    gradient = grad(function)(SPD)
    np.testing.assert_array_equal(gradient, read(gradient))
    assert np.all(read(gradient)[np.nonzero(read(np.ones((4, 4))))] != 0)


# -- degenerate matrices -----------------------------------------------------------------------------


def test_symmetric_functions_of_repeated_eigenvalues() -> None:
    np.testing.assert_allclose(
        grad(lambda a: np.sum(np.linalg.eigvalsh(a) ** 3))(2 * np.eye(3)), 12 * np.eye(3)
    )
    np.testing.assert_allclose(
        grad(lambda a: np.sum(np.linalg.svdvals(a) ** 3))(2 * np.eye(3)), 12 * np.eye(3)
    )


def test_vectors_of_repeated_eigenvalues_have_no_finite_gradient() -> None:
    gradient = grad(lambda a: np.sum(np.linalg.eigh(a)[1] * B[:3, :3]))(np.eye(3))
    assert not np.all(np.isfinite(gradient))


@pytest.mark.parametrize("rank", [0, 1, 2, 3, 4])
def test_determinants_of_every_rank(rank: int) -> None:
    matrix = A[:, :rank] @ B[:rank]
    check_grads(lambda a: np.linalg.det(a), (matrix,), order=2, rtol=1e-5, atol=1e-5)


def test_pseudoinverse_along_matrices_of_one_rank() -> None:
    def solved(x: Any, y: Any) -> Any:
        return weigh(np.linalg.pinv(np.outer(x, y), rcond=1e-8)) + np.sum(
            np.linalg.lstsq(np.outer(x, y), np.cos(x), rcond=1e-8)[0] ** 2
        )

    check_grads(solved, (A[0], B[0, :3]), rtol=1e-5, atol=1e-6)


NORMS: tuple[Any, ...] = (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)


@pytest.mark.parametrize("order", [None, 0, 1, 2, 3, 0.5, -1, -2, np.inf, -np.inf])
def test_norms_of_zero_vectors_have_gradient_zero(order: Any) -> None:
    rule = registry.find(np.linalg.norm)
    assert rule is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not np.any(rule.reverse(0.0, 1.0, np.zeros(3), order))
        assert not np.any(rule.reverse(np.zeros(2), np.ones(2), np.zeros((2, 3)), order, 1))


@pytest.mark.parametrize("order", NORMS)
def test_norms_of_zero_matrices_have_gradient_zero(order: Any) -> None:
    rule = registry.find(np.linalg.norm)
    assert rule is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not np.any(rule.reverse(0.0, 1.0, np.zeros((2, 3)), order))


def test_equal_rows_share_the_gradient_of_a_norm() -> None:
    gradient = grad(lambda x: np.linalg.norm(x, np.inf))(np.array([[1.0, -2.0], [3.0, 0.0]]))
    np.testing.assert_array_equal(gradient, [[0.5, -0.5], [0.5, 0.0]])


def test_nuclear_norm_of_a_matrix_without_full_rank() -> None:
    u, v = A[0] / np.linalg.norm(A[0]), B[0] / np.linalg.norm(B[0])
    found = grad(lambda x: np.linalg.norm(x, "nuc"))(3 * np.outer(u, v))
    np.testing.assert_allclose(found, np.outer(u, v), atol=1e-12)


# -- second order ------------------------------------------------------------------------------------

TWICE: dict[str, tuple[Callable[..., Any], Any]] = {
    "solve": (lambda a: np.sum(np.linalg.solve(a, np.cos(a[0])) ** 2), SPD),
    "tensorsolve": (lambda a: np.sum(np.linalg.tensorsolve(np.reshape(a, (2, 2, 4)), B[:2, :2]) ** 2), SPD),
    "tensorinv": (lambda a: np.sum(np.linalg.tensorinv(np.reshape(a, (2, 2, 4)), 2) ** 2), SPD),
    "slogdet": (lambda a: np.linalg.slogdet(a)[1] ** 2, SPD),
    "matrix_power": (lambda a: weigh(np.linalg.matrix_power(a, 3)), A),
    "negative power": (lambda a: weigh(np.linalg.matrix_power(a, -2)), SPD),
    "multi_dot": (lambda a: np.sum(np.linalg.multi_dot([a[0], a, np.sin(a), a[1]])), A),
    "cholesky": (lambda a: weigh(np.linalg.cholesky(a)), SPD),
    "qr": (lambda a: weigh(np.linalg.qr(a)[0]) + weigh(np.linalg.qr(a)[1]), SPD),
    "qr of tall": (lambda a: weigh(np.linalg.qr(a)[0] ** 2), TALL),
    "r of wide": (lambda a: weigh(np.linalg.qr(a, mode="r")), TALL.T),
    "eigvalsh": (lambda a: weigh(np.outer(np.linalg.eigvalsh(a), np.linalg.eigvalsh(a))), SPD),
    "eigh": (lambda a: weigh(np.linalg.eigh(a)[1] ** 2), SPD),
    "eigvals": (lambda a: np.sum(np.abs(np.linalg.eigvals(a)) ** 2), A),
    "eig": (lambda a: weigh(np.linalg.eig(a)[1]), A),
    "svdvals": (lambda a: np.sum(np.linalg.svdvals(a) ** 3), A),
    "svd": (lambda a: weigh(np.linalg.svd(a)[0] ** 2) + weigh(np.linalg.svd(a)[2] ** 2), A),
    "svd of tall": (lambda a: weigh(np.linalg.svd(a, full_matrices=False)[0] ** 2), TALL),
    "pinv": (lambda a: weigh(np.linalg.pinv(a)), TALL),
    "lstsq": (lambda a: np.sum(np.linalg.lstsq(a, np.cos(a[:, 0]))[0] ** 2), TALL),
    "norm": (lambda a: np.linalg.norm(a, axis=1) @ np.linalg.norm(a, 3, axis=0), A),
    "nuclear norm": (lambda a: np.linalg.norm(a, "nuc") ** 2, A),
    "cond": (lambda a: np.linalg.cond(a), SPD),
    "cond in the 1-norm": (lambda a: np.linalg.cond(a, 1), SPD),
    "vecdot": (lambda a: np.sum(np.linalg.vecdot(a, np.sin(a)) ** 2), A),
    "cross": (lambda a: np.sum(np.linalg.cross(a[:, :3], a[:, 1:]) ** 2), A),
}


@pytest.mark.parametrize("name", TWICE)
def test_rules_can_be_differentiated_again(name: str) -> None:
    function, point = TWICE[name]
    check_grads(function, (point,), order=2, rtol=1e-4, atol=1e-5)
