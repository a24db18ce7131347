"""What the derivatives of reductions need: the entries that count, and how many."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcad.runtime.arrays import inexact_dtype, reduced_size

__all__ = ["freedom", "initial_share", "limited_share", "numbers", "used_size", "where_used"]

Array = Any
Shape = tuple[int, ...]


def numbers(a: Array, where: Array) -> Array:
    """Tell which entries of ``a`` are used by a reduction that leaves out NaN."""
    return np.logical_and(np.logical_not(np.isnan(a)), where)


def where_used(used: Array, cotangent: Array, shape: Shape) -> Array:
    """Return ``cotangent`` spread to ``shape``, and 0 where entries are not used."""
    return np.broadcast_to(np.where(used, cotangent, 0), shape)


def used_size(used: Array, a: Array, axis: Any) -> Array:
    """Return how many entries a reduction over ``axis`` takes together, with that axis kept, in the dtype of ``a``."""
    counted = np.sum(np.broadcast_to(used, np.shape(a)), axis=axis, keepdims=True)
    return counted.astype(np.real(np.zeros(0, inexact_dtype(a))).dtype)


def freedom(shape: Shape, axis: Any, ddof: Any) -> Any:
    """Return by what a variance divides the squares: NaN where too few entries are left, as NumPy has it."""
    count = reduced_size(shape, axis) - ddof
    return count if count > 0 else math.nan


def initial_share(a: Array, extreme: Array, axis: Any, initial: Any, where: Array) -> Array:
    """Return the part that ``initial`` has in an extreme of the entries that are used and of it."""
    if initial is None:
        return np.zeros(np.shape(extreme))
    hits = np.equal(a, extreme)
    if where is not True:
        hits &= where
    counts = np.count_nonzero(hits, axis=axis, keepdims=True)
    share = (np.equal(initial, extreme) / (counts + 1)).astype(inexact_dtype(a))
    return np.reshape(share, np.shape(extreme))


def limited_share(a: Array, extreme: Array, axis: Any, initial: Any, where: Array) -> Array:
    """Return the part that each entry has in an extreme of those that are used and of ``initial``.

    ``extreme`` has the reduced axes as length 1, or is a scalar where ``axis`` is None.
    """
    hits = np.equal(a, extreme)
    if where is not True:
        hits &= where
    counts = np.count_nonzero(hits, axis=axis, keepdims=True)
    if initial is not None:
        counts = counts + np.equal(initial, extreme)
    if np.all(counts <= 1):
        return hits
    return (hits / np.maximum(counts, 1)).astype(inexact_dtype(a))
