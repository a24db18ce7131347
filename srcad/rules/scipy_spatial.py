"""Distances of ``scipy.spatial.distance``, written out with the functions of NumPy."""

from __future__ import annotations

import numpy as np
import scipy.spatial.distance
from scipy.special import rel_entr

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


# -- between two vectors -----------------------------------------------------------------------------


def _between_two(u, v, metric, w=None, p=2.0):
    return _of_differences(np.asarray(u) - np.asarray(v), metric, p, w)


@written_out(scipy.spatial.distance.euclidean)
def euclidean(u, v, w=None):
    return _between_two(u, v, "euclidean", w)


@written_out(scipy.spatial.distance.sqeuclidean)
def sqeuclidean(u, v, w=None):
    return _between_two(u, v, "sqeuclidean", w)


@written_out(scipy.spatial.distance.cityblock)
def cityblock(u, v, w=None):
    return _between_two(u, v, "cityblock", w)


@written_out(scipy.spatial.distance.chebyshev)
def chebyshev(u, v, w=None):
    return _between_two(u, v, "chebyshev", w)


@written_out(scipy.spatial.distance.minkowski)
def minkowski(u, v, p=2, w=None):
    return _between_two(u, v, "minkowski", w, p)


@written_out(scipy.spatial.distance.seuclidean)
def seuclidean(u, v, V):
    return np.linalg.norm((np.asarray(u) - np.asarray(v)) / np.sqrt(V))


@written_out(scipy.spatial.distance.mahalanobis)
def mahalanobis(u, v, VI):
    difference = np.asarray(u) - np.asarray(v)
    return np.sqrt(difference @ np.asarray(VI) @ difference)


@written_out(scipy.spatial.distance.correlation)
def correlation(u, v, w=None, centered=True):
    first, second = np.asarray(u) * 1.0, np.asarray(v) * 1.0
    weights = np.ones(np.size(first)) if w is None else np.asarray(w)
    weights = weights / np.sum(weights)
    if centered:
        first, second = first - np.sum(first * weights), second - np.sum(second * weights)
    products, squares = np.sum(first * second * weights), np.sum(first**2 * weights)
    return 1.0 - products / np.sqrt(squares * np.sum(second**2 * weights))


@written_out(scipy.spatial.distance.cosine)
def cosine(u, v, w=None):
    return scipy.spatial.distance.correlation(u, v, w, False)


@written_out(scipy.spatial.distance.braycurtis)
def braycurtis(u, v, w=None):
    first, second = np.asarray(u), np.asarray(v)
    return np.sum(_weighted(np.abs(first - second), w)) / np.sum(_weighted(np.abs(first + second), w))


@written_out(scipy.spatial.distance.canberra)
def canberra(u, v, w=None):
    first, second = np.asarray(u), np.asarray(v)
    sizes = np.abs(first) + np.abs(second)
    parts = np.where(sizes == 0.0, 0.0, np.abs(first - second) / np.where(sizes == 0.0, 1.0, sizes))
    return np.sum(_weighted(parts, w))


@written_out(scipy.spatial.distance.jensenshannon)
def jensenshannon(p, q, base=None, *, axis=0, keepdims=False):
    first = np.asarray(p) / np.sum(p, axis=axis, keepdims=True)
    second = np.asarray(q) / np.sum(q, axis=axis, keepdims=True)
    middle = (first + second) / 2.0
    parts = rel_entr(first, middle) + rel_entr(second, middle)
    total = np.sum(parts, axis=axis, keepdims=keepdims)
    return np.sqrt(total / 2.0 if base is None else total / 2.0 / np.log(base))
