"""The shapes that ``scipy.stats`` gives to the points and the covariance of a normal distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype

__all__ = [
    "as_covariance",
    "as_covariance_adjoint",
    "dimension",
    "last_change",
    "last_coordinate",
    "last_coordinate_adjoint",
    "points_shape",
    "regular",
    "weights_shape",
]

Array = Any  # a NumPy array, a NumPy scalar or a Python number


def dimension(mean: Array, cov: Array) -> int:
    """Return the dimension of a normal distribution with this mean (or None) and covariance."""
    if mean is not None:
        return int(np.size(mean))
    return np.shape(cov)[0] if np.ndim(cov) == 2 else 1


def points_shape(x: Array, dim: int) -> tuple[int, ...]:
    """Return the shape of the points ``x`` with their coordinates along the last axis."""
    shape = np.shape(x)
    if not shape:
        return 1, 1
    if len(shape) == 1:
        return (shape[0], 1) if dim == 1 else (1, shape[0])
    return shape


def weights_shape(x: Array, dim: int) -> tuple[int, ...]:
    """Return the shape of one number for each point, beside the coordinates."""
    return (*points_shape(x, dim)[:-1], 1)


def as_covariance(cov: Array, dim: int) -> Array:
    """Return the covariance matrix: of a number, of a diagonal, or of the lower triangle of a matrix."""
    if np.ndim(cov) == 0:
        return cov * np.eye(dim, dtype=inexact_dtype(cov))
    if np.ndim(cov) == 1:
        return np.diag(cov)
    half = np.tril(cov, -1)
    return half + half.T + np.diag(np.diag(cov))


def regular(matrix: Array) -> Array:
    """Return a covariance matrix of full rank, as SciPy tells ranks; one that has less has no derivative.

    >>> regular(np.eye(2))
    array([[1., 0.],
           [0., 1.]])
    """
    sizes = np.linalg.eigvalsh(matrix)
    if np.min(sizes) <= 1e6 * np.finfo(float).eps * np.max(np.abs(sizes)):
        raise NoDerivativeError("A covariance matrix without full rank has no derivative.",
                                "Add a small number to its diagonal.")  # fmt: skip
    return matrix


def as_covariance_adjoint(g: Array, shape: tuple[int, ...]) -> Array:
    """Return the gradient of a ``cov`` of this shape in ``as_covariance``."""
    if len(shape) == 0:
        return np.trace(g)
    if len(shape) == 1:
        return np.diag(g)
    return np.tril(g) + np.tril(g.T, -1)


def last_coordinate(x: Array, count: int) -> Array:
    """Return a composition of ``count`` parts, the last of which SciPy lets one leave out."""
    return x if len(x) == count else np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)])


def last_coordinate_adjoint(g: Array, length: int) -> Array:
    """Return the gradient of an ``x`` of this length in ``last_coordinate``."""
    return g if len(g) == length else g[:-1] - g[-1:]


def last_change(t: Array, count: int) -> Array:
    """Return the change of ``last_coordinate``."""
    return t if len(t) == count else np.concatenate([t, -np.sum(t, axis=0, keepdims=True)])
