"""Where the entries of sorted, partitioned and ranked results come from, and the ways back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype
from srcad.runtime.differences import axis_shape

__all__ = [
    "first_places",
    "fractions",
    "leading_tangent",
    "lower_ranks",
    "matching_entries",
    "matching_places",
    "next_ranks",
    "quantile_adjoint",
    "quantile_ranks",
    "quantile_tangent",
    "rank_slopes",
    "ranks_of",
]

Array = Any


def matching_places(a: Array, ans: Array, kth: Any, axis: int) -> Array:
    """Return where the entries of ``ans``, which is ``a`` partitioned at ``kth`` along ``axis``, come from."""
    a = np.asarray(a)
    if is_hashable(a):
        places = np.empty(a.shape, np.intp)
        np.put_along_axis(places, hashed_order(ans, axis), hashed_order(a, axis), axis)
    else:
        places = np.argpartition(a, kth, axis)
    if np.array_equal(np.take_along_axis(a, places, axis), ans):
        return places
    np.put_along_axis(places, np.argsort(ans, axis), np.argsort(a, axis), axis)
    return places


def is_hashable(a: Array) -> bool:
    """Tell whether `hashed_order` knows the type of the entries, and there are enough of them to be worth it."""
    return a.dtype.char in "efd" and a.size > 256


def hashed_order(a: Array, axis: int) -> Array:
    """Return an order of the entries along ``axis`` in which those of equal bits are neighbours, first places first.

    All arrangements of the same entries come in the same order, if two different ones do not have one hash by accident.
    Sorting hashes with the places in their last bits is several times faster than any of NumPy's sorts of places.
    """
    bits = np.ascontiguousarray(a, np.float64).view(np.uint64)
    width = bits.shape[axis].bit_length()
    places = np.uint64((1 << width) - 1)
    keys = bits * np.uint64(0x9E3779B97F4A7C15)
    keys &= ~places
    keys |= np.reshape(np.arange(bits.shape[axis], dtype=np.uint64), axis_shape(bits.ndim, axis))
    keys.sort(axis=axis)
    keys &= places
    return (
        keys.astype(np.intp, copy=False)
        if keys.itemsize != np.dtype(np.intp).itemsize
        else keys.view(np.intp)
    )


def matching_entries(x: Array, values: Array) -> Array:
    """Return for each of ``values`` the place in the flattened ``x`` of its first entry with that value."""
    flat = np.ravel(x)
    order = np.argsort(flat, kind="stable")
    return order[np.minimum(np.searchsorted(flat, values, sorter=order), max(flat.size - 1, 0))]


def fractions(percentages: Any) -> Array:
    """Return percentages as fractions of one."""
    return np.true_divide(percentages, 100)


def first_places(ar: Array, axis: int | None, equal_nan: bool, is_sorted: bool) -> Array:
    """Return the places of the entries (or rows along ``axis``) that ``np.unique`` keeps, in its order."""
    if is_sorted and axis is None:
        places = _first_places_by_hash(np.ravel(ar))
        if places is not None:
            return places
    if is_sorted:
        return np.unique(ar, return_index=True, axis=axis, equal_nan=equal_nan)[1]
    return matching_entries(ar, np.unique(ar, axis=axis, equal_nan=equal_nan, sorted=False))


def _first_places_by_hash(flat: Array) -> Array | None:
    """Return the first place of each value in order, None where hashes do not tell them apart."""
    values = np.unique(flat)
    if not is_hashable(values) or values[-1] != values[-1]:
        return None
    order = hashed_order(flat + 0, 0)  # one zero, not two
    runs = flat[order]
    firsts = order[np.concatenate(([True], runs[1:] != runs[:-1]))]
    if firsts.size != values.size:
        return None
    places = np.empty_like(firsts)
    places[hashed_order(values + 0, 0)] = firsts
    return places if np.array_equal(flat[places], values) else None


def leading_tangent(tangent: Array, whole: Any) -> tuple[Array, ...]:
    """Return the tangent of a tuple of which only the first part has one."""
    return (tangent, *(np.zeros(np.shape(part)) for part in whole[1:]))


# -- quantiles ---------------------------------------------------------------------------------------
# The ranks of a quantile say which place in the sorted data it has: 2.25 is three quarters of the entry
# of rank 2 and one quarter of that of rank 3.  They have the axes of ``q``, then those that are kept.


def _reduced_last(a: Array, axis: Any) -> Array:
    """Return ``a`` with the axes of a reduction brought to the end, as one."""
    if axis is None:
        return np.ravel(a)
    axes = sorted(i % np.ndim(a) for i in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    kept = [i for i in range(np.ndim(a)) if i not in axes]
    moved = np.transpose(a, kept + axes)
    return np.reshape(moved, (*moved.shape[: len(kept)], math.prod(moved.shape[len(kept) :])))


def _restored(flat: Array, shape: tuple[int, ...], axis: Any) -> Array:
    """Undo `_reduced_last`."""
    if axis is None:
        return np.reshape(flat, shape)
    axes = sorted(i % len(shape) for i in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    kept = [i for i in range(len(shape)) if i not in axes]
    order = kept + axes
    return np.transpose(np.reshape(flat, [shape[i] for i in order]), np.argsort(order))


def quantile_ranks(a: Array, q: Array, axis: Any, method: str, skip_nan: bool) -> Array:
    """Return the ranks of ``np.quantile(a, q, axis, method=method)``, or of ``np.nanquantile``."""
    if skip_nan and np.ndim(q) > 1:
        raise NoDerivativeError(
            "np.nanquantile with a table of probabilities mixes up the axes of its result.",
            "Flatten the probabilities, and reshape the result.",
        )
    rows = _reduced_last(a, axis)
    counts = (
        np.count_nonzero(~np.isnan(rows), axis=-1) if skip_nan else np.full(rows.shape[:-1], rows.shape[-1])
    )
    ranks = np.zeros((*np.shape(q), *counts.shape))
    for count in np.unique(counts[counts > 0]):
        # the quantile of the numbers 0, 1, 2 ... is its own rank
        own = np.quantile(np.arange(count, dtype=float), q, method=method)
        ranks[..., counts == count] = np.asarray(own)[..., None]
    return ranks


# Continuous methods give a sample of n entries the rank q * (n + _SPREADS) - constant, between 0 and n - 1.
_SPREADS = {
    "linear": -1.0, "hazen": 0.0, "weibull": 1.0, "median_unbiased": 1 / 3, "normal_unbiased": 0.25,
    "interpolated_inverted_cdf": 0.0,
}  # fmt: skip


# ... and the rank 0 up to where that constant is reached.
_LEAST = {
    "hazen": 0.5, "weibull": 1.0, "median_unbiased": 2 / 3, "normal_unbiased": 0.625, "interpolated_inverted_cdf": 1.0,
}  # fmt: skip


def rank_slopes(a: Array, q: Array, axis: Any, method: str, weights: Any, skip_nan: bool) -> Array:
    """Return the derivatives of `quantile_ranks` by the probabilities: 0 for methods that pick entries."""
    rows = _reduced_last(a, axis)
    counts = (
        np.count_nonzero(~np.isnan(rows), axis=-1) if skip_nan else np.full(rows.shape[:-1], rows.shape[-1])
    )
    kind = np.real(np.zeros(0, inexact_dtype(q))).dtype
    if weights is not None or method not in _SPREADS:
        return np.zeros((*np.shape(q), *counts.shape), kind)
    slopes = np.broadcast_to(counts + _SPREADS[method], (*np.shape(q), *counts.shape))
    ranks = np.reshape(q, (*np.shape(q), *[1] * counts.ndim)) * slopes - _LEAST.get(method, 0.0)
    return np.where((ranks < 0) | (ranks > counts - 1), 0, slopes).astype(kind)


def lower_ranks(a: Array, ranks: Array, axis: Any) -> Array:
    """Return the rank of the lower one of the two entries between which each of ``ranks`` lies."""
    counts = np.count_nonzero(~np.isnan(_reduced_last(a, axis)), axis=-1)
    return np.maximum(np.minimum(np.floor(ranks), counts - 2), 0)


def next_ranks(a: Array, ranks: Array, axis: Any) -> Array:
    """Return the ranks after ``ranks``, of which the last one is its own."""
    counts = np.count_nonzero(~np.isnan(_reduced_last(a, axis)), axis=-1)
    return np.minimum(ranks + 1, np.maximum(counts - 1, 0))


def ranks_of(
    a: Array, ans: Array, q: Array, axis: Any, method: str, keepdims: bool, weights: Any, skip_nan: bool
) -> Array:
    """Return the ranks of ``ans``, the quantiles of ``a``; weighted ones are entries of ``a``."""
    if weights is None:
        return quantile_ranks(a, q, axis, method, skip_nan)
    return _value_ranks(a, ans, np.ndim(q), axis)


def _value_ranks(a: Array, ans: Array, q_rank: int, axis: Any) -> Array:
    """Return the ranks of values that are entries of ``a``."""
    rows = _reduced_last(a, axis)
    values = np.reshape(ans, (*np.shape(ans)[:q_rank], *rows.shape[:-1]))
    return np.count_nonzero(rows < values[..., None], axis=-1)


def _ways(a: Array, ranks: Array, axis: Any) -> tuple[Array, Array, Array, Array]:
    """Return for each quantile the places of its two entries along the reduced axes, and their weights."""
    rows = _reduced_last(a, axis)
    low = np.floor(ranks).astype(int)
    high = np.minimum(low + 1, rows.shape[-1] - 1)
    order = np.argpartition(rows, np.unique([low, high]), axis=-1)
    upper = np.asarray(ranks - low).astype(np.real(np.zeros(0, inexact_dtype(a))).dtype)
    spread = np.broadcast_to(order, (*np.shape(ranks), rows.shape[-1]))
    places = [np.take_along_axis(spread, part[..., None], -1)[..., 0] for part in (low, high)]
    return places[0], places[1], 1 - upper, upper


def quantile_adjoint(cotangent: Array, a: Array, ranks: Array, axis: Any, keepdims: bool) -> Array:
    """Return the gradient of ``a`` in a quantile of the given ranks."""
    rows = _reduced_last(a, axis)
    if not rows.size:
        return np.zeros(np.shape(a), inexact_dtype(cotangent))
    low, high, lower, upper = _ways(a, ranks, axis)
    g = np.reshape(cotangent, np.shape(ranks))
    result = np.zeros(rows.shape, inexact_dtype(g))
    index = tuple(np.indices(rows.shape[:-1], sparse=True))
    for place, weight in ((low, lower), (high, upper)):
        np.add.at(result, (*index, place), g * weight)
    return _restored(result, np.shape(a), axis)


def quantile_tangent(tangent: Array, a: Array, ranks: Array, axis: Any, keepdims: bool) -> Array:
    """Return the derivative of a quantile of the given ranks in the direction ``tangent``."""
    rows = np.broadcast_to(_reduced_last(tangent, axis), (*np.shape(ranks), _reduced_last(a, axis).shape[-1]))
    if rows.size:
        low, high, lower, upper = _ways(a, ranks, axis)
        parts = [np.take_along_axis(rows, place[..., None], -1)[..., 0] for place in (low, high)]
        value = parts[0] * lower + parts[1] * upper
    else:
        value = np.zeros(np.shape(ranks), inexact_dtype(tangent))[()]
    if not keepdims:
        return value
    kept = np.shape(np.sum(a, axis=axis, keepdims=True))
    leading = np.ndim(ranks) - np.ndim(_reduced_last(a, axis)) + 1
    return np.reshape(value, (*np.shape(ranks)[:leading], *kept))
