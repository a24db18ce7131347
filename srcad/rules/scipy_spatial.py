"""Distances of ``scipy.spatial.distance``, written out with the functions of NumPy."""

from __future__ import annotations

import numpy as np
import scipy.spatial.distance

from srcad.rules.registry import written_out


def _weighted(values, w):
    return values if w is None else values * np.asarray(w)


def _of_differences(difference, metric, p, w):
    """Return the distances of points from the differences of their coordinates, along the last axis."""
    if metric == "sqeuclidean":
        return np.sum(_weighted(difference**2, w), axis=-1)
    if metric == "euclidean":
        return np.linalg.norm(difference if w is None else difference * np.sqrt(w), axis=-1)
    if metric == "cityblock":
        return np.sum(_weighted(np.abs(difference), w), axis=-1)
    if metric == "chebyshev":
        far = np.abs(difference)
        return np.max(far if w is None else np.where(np.asarray(w) > 0, far, 0.0), axis=-1)
    if p == np.inf:
        return np.max(np.abs(difference), axis=-1)
    return np.sum(_weighted(np.abs(difference) ** p, w), axis=-1) ** (1.0 / p)


def _between(first, second, metric, p, w, V, VI):
    """Return the distances between points whose coordinates broadcast."""
    if metric in ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "minkowski"):
        return _of_differences(first - second, metric, p, w)
    if metric == "seuclidean":
        return np.linalg.norm((first - second) / np.sqrt(V), axis=-1)
    if metric == "mahalanobis":
        difference = first - second
        return np.sqrt(np.sum(difference @ VI * difference, axis=-1))
    if metric == "correlation":
        first = first - np.mean(first, axis=-1, keepdims=True)
        second = second - np.mean(second, axis=-1, keepdims=True)
    products = np.sum(first * second, axis=-1)
    return 1.0 - products / (np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1))


_WITH_FORMULA = (
    "euclidean", "sqeuclidean", "cityblock", "chebyshev", "minkowski", "seuclidean", "mahalanobis", "cosine",
    "correlation",
)  # fmt: skip


def _spread(points, metric, V, VI):
    """Return the variances and the inverse covariance that a metric is scaled by."""
    if metric == "seuclidean" and V is None:
        V = np.var(points, axis=0, ddof=1)
    if metric == "mahalanobis" and VI is None:
        VI = np.linalg.inv(np.cov(points.T)).T
    return V, VI


def _measure(metric):
    return metric if callable(metric) else getattr(scipy.spatial.distance, metric)


def _put(result, out):
    if out is None:
        return result
    out[...] = result
    return out


@written_out(scipy.spatial.distance.cdist)
def cdist(XA, XB, metric="euclidean", *, out=None, p=2.0, w=None, V=None, VI=None):
    first, second = np.asarray(XA), np.asarray(XB)
    if metric in _WITH_FORMULA:
        V, VI = _spread(np.concatenate((first, second)), metric, V, VI)
        result = _between(first[:, None], second[None], metric, p, w, V, VI)
    else:
        measure = _measure(metric)
        result = np.array([[measure(one, other) for other in second] for one in first])
    return _put(result, out)


@written_out(scipy.spatial.distance.pdist)
def pdist(X, metric="euclidean", *, out=None, p=2.0, w=None, V=None, VI=None):
    points = np.asarray(X)
    left, right = np.triu_indices(len(points), 1)
    if metric in _WITH_FORMULA:
        V, VI = _spread(points, metric, V, VI)
        result = _between(points[left], points[right], metric, p, w, V, VI)
    else:
        measure = _measure(metric)
        result = np.array([measure(points[i], points[j]) for i, j in zip(left, right)])
    return _put(result, out)


@written_out(scipy.spatial.distance.squareform)
def squareform(X, force="no", checks=True):
    values = np.asarray(X)
    if np.ndim(values) == 1 and force != "tovector":
        size = int(np.ceil(np.sqrt(2 * len(values))))
        rows, columns = np.triu_indices(size, 1)
        square = np.zeros((size, size), dtype=values.dtype)
        square[rows, columns] = values
        square[columns, rows] = values
        return square
    if checks and (np.any(values != values.T) or np.any(np.diagonal(values) != 0)):
        raise ValueError("The distance matrix must be symmetric, with zeros on its diagonal.")
    rows, columns = np.triu_indices(len(values), 1)
    return values[rows, columns]
