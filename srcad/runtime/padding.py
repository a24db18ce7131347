"""The linear maps of ``np.pad``, axis by axis, forwards and backwards.

Along one axis each new entry is a combination of old ones.  In the modes ``edge``, ``reflect``, ``symmetric``,
``wrap`` and ``linear_ramp`` it is ``sign * x[index] + first * x[0] + last * x[-1]``; in those of statistics all
new entries of one side are one weighted sum of the entries near it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import extreme_share, inexact_dtype, unbroadcast
from srcad.runtime.order import quantile_adjoint, quantile_ranks
from srcad.runtime.structure import structured_like

__all__ = ["pad_adjoint", "pad_tangent", "pad_value_adjoint", "pad_value_tangent", "pad_widths"]

Array = Any
Pair = tuple[Any, Any]


@dataclass(frozen=True)
class _Entries:
    """The new entries of one side, each made of one old entry and the two ends."""

    index: Array
    sign: Array
    first: Array
    last: Array

    def forward(self, along: Array) -> Array:
        made = along[..., self.index] * self.sign
        return made + along[..., :1] * self.first + along[..., -1:] * self.last

    def backward(self, cotangent: Array, result: Array) -> None:
        np.add.at(result, (..., self.index), cotangent * self.sign)
        result[..., 0] += np.sum(cotangent * self.first, axis=-1)
        result[..., -1] += np.sum(cotangent * self.last, axis=-1)


@dataclass(frozen=True)
class _Statistic:
    """The new entries of one side, all the same weighted sum of the entries of a region."""

    region: slice
    weights: Array
    width: int

    def forward(self, along: Array) -> Array:
        total = np.sum(along[..., self.region] * self.weights, axis=-1, keepdims=True)
        return np.broadcast_to(total, (*total.shape[:-1], self.width))

    def backward(self, cotangent: Array, result: Array) -> None:
        result[..., self.region] += np.sum(cotangent, axis=-1, keepdims=True) * self.weights


def _pairs(value: Any, rank: int) -> list[Pair]:
    """Return an option of ``np.pad`` as a pair for each axis."""
    if isinstance(value, dict):
        whole = {axis % rank: pair for axis, pair in value.items()}
        return [_pairs(whole.get(i, 0), 1)[0] for i in range(rank)]
    if value is None:
        return [(None, None)] * rank
    return [tuple(pair) for pair in np.broadcast_to(np.asarray(value), (rank, 2)).tolist()]


def pad_widths(rank: int, axis: int, before: int, after: int) -> list[Pair]:
    """Return the widths of ``np.pad`` for entries before and after one axis."""
    widths = [(0, 0)] * rank
    widths[axis] = (before, after)
    return widths


def _folded(places: Array, n: int, mode: str, odd: bool) -> _Entries:
    """Return where the entries at ``places``, outside of ``range(n)``, come from."""
    if n == 1 or mode == "edge":
        index = np.where(places < 0, 0, n - 1)
    elif mode == "wrap":
        index = places % n
    else:
        period, joint = (n - 1, 0) if mode == "reflect" else (n, 1)
        fold = places // period
        within = places % period
        index = np.where(fold % 2 == 0, within, n - 1 - within)
        if odd:
            sign = np.where(fold % 2 == 0, 1, -1)
            # an odd reflection continues straight lines; a joint between two equal entries is a step of length 0
            last = (places - fold * joint - sign * index) / (n - 1)
            return _Entries(index, sign, 1 - sign - last, last)
    still = np.zeros(len(places))
    return _Entries(index, np.ones(len(places)), still, still)


def _ramp(width: int, at_end: bool, n: int) -> _Entries:
    rise = np.arange(width) / max(width, 1)
    still = np.zeros(width)
    return _Entries(np.full(width, n - 1 if at_end else 0), rise[::-1] if at_end else rise, still, still)


def _statistic(along: Array, width: int, at_end: bool, length: int | None, mode: str) -> _Statistic:
    n = along.shape[-1]
    count = n if length is None else min(length, n)
    region = slice(n - count, n) if at_end else slice(0, count)
    part = along[..., region]
    if mode == "mean":
        weights = np.full(count, 1 / count)
    elif mode == "median":
        ones = np.ones(part.shape[:-1], inexact_dtype(part))
        weights = quantile_adjoint(ones, part, quantile_ranks(part, 0.5, -1, "linear", False), -1, False)
    else:
        extreme = (np.max if mode == "maximum" else np.min)(part, axis=-1, keepdims=True)
        weights = extreme_share(part, extreme, -1)
    return _Statistic(region, weights, width)


def _sides(along: Array, widths: Pair, mode: str, length: Pair, reflect_type: str) -> tuple[Any, Any]:
    """Return how the new entries before and after the last axis are made; None for entries without a derivative."""
    n = along.shape[-1]
    if mode in ("constant", "empty"):
        return None, None
    if mode == "linear_ramp":
        return _ramp(widths[0], False, n), _ramp(widths[1], True, n)
    if mode in ("mean", "median", "maximum", "minimum"):
        return tuple(_statistic(along, widths[i], i == 1, length[i], mode) for i in (0, 1))
    if mode not in ("edge", "wrap", "reflect", "symmetric"):
        raise NoDerivativeError(
            f"np.pad has no derivative in the mode {mode!r}.", "Use a mode that NumPy names, or concatenate."
        )
    odd = reflect_type == "odd"
    before, after = np.arange(-widths[0], 0), np.arange(n, n + widths[1])
    return _folded(before, n, mode, odd), _folded(after, n, mode, odd)


def _steps(array: Array, pad_width: Any, mode: Any, stat_length: Any, reflect_type: str) -> Iterator[Any]:
    """Yield for each axis its number, its widths, its old length, and how its new entries are made."""
    rank = np.ndim(array)
    widths = [tuple(int(n) for n in pair) for pair in _pairs(pad_width, rank)]
    reads_values = mode in ("median", "maximum", "minimum")
    options = {} if not reads_values else {"stat_length": stat_length}
    for axis, (pair, length) in enumerate(zip(widths, _pairs(stat_length, rank))):
        padded = array
        if reads_values and axis:
            padded = np.pad(array, [*widths[:axis], *[(0, 0)] * (rank - axis)], mode, **options)
        along = np.moveaxis(padded, axis, -1)
        yield axis, pair, along.shape[-1], _sides(along, pair, mode, length, reflect_type)


def pad_tangent(
    tangent: Array, array: Array, pad_width: Any, mode: Any, stat_length: Any, reflect_type: str
) -> Array:
    """Return the derivative of ``np.pad`` in the direction ``tangent``."""
    result = tangent
    for axis, (before, after), n, sides in _steps(array, pad_width, mode, stat_length, reflect_type):
        along = np.moveaxis(result, axis, -1)
        made = np.zeros((*along.shape[:-1], before + n + after), along.dtype)
        made[..., before : before + n] = along
        for part, side in ((slice(0, before), sides[0]), (slice(before + n, None), sides[1])):
            if side is not None:
                made[..., part] = side.forward(along)
        result = np.moveaxis(made, -1, axis)
    return result


def pad_adjoint(
    cotangent: Array, array: Array, pad_width: Any, mode: Any, stat_length: Any, reflect_type: str
) -> Array:
    """Return the gradient of ``array`` in ``np.pad``."""
    result = cotangent
    steps = list(_steps(array, pad_width, mode, stat_length, reflect_type))
    for axis, (before, _), n, sides in reversed(steps):
        along = np.moveaxis(result, axis, -1)
        inner = np.array(along[..., before : before + n])
        for part, side in ((slice(0, before), sides[0]), (slice(before + n, None), sides[1])):
            if side is not None and along[..., part].size:
                side.backward(along[..., part], inner)
        result = np.moveaxis(inner, -1, axis)
    return result


_OPTIONS = {"constant": "constant_values", "linear_ramp": "end_values"}


def pad_value_tangent(tangent: Any, array: Array, pad_width: Any, mode: Any, own_mode: str) -> Array:
    """Return the derivative of ``np.pad`` where the values at the ends have a tangent; ``own_mode`` is their mode."""
    values = _table(tangent, np.ndim(array))
    if mode != own_mode:
        values = np.zeros_like(values)
    zeros = np.zeros(np.shape(array), inexact_dtype(array, values))
    return np.pad(zeros, pad_width, own_mode, **{_OPTIONS[own_mode]: values})


def pad_value_adjoint(
    cotangent: Array, array: Array, pad_width: Any, mode: Any, own_mode: str, values: Any
) -> Any:
    """Return the gradient of the values at the ends in ``np.pad``, in the structure of ``values``."""
    like = np.asarray(values)
    table = np.zeros((np.ndim(array), 2), inexact_dtype(cotangent))
    for place in np.ndindex(table.shape if mode == own_mode else (0,)):
        unit = np.zeros_like(table)
        unit[place] = 1
        table[place] = np.sum(cotangent * pad_value_tangent(unit, array, pad_width, mode, own_mode))
    return structured_like(unbroadcast(table, like), values)


def _table(values: Any, rank: int) -> Array:
    """Return an option of ``np.pad`` as a table of two numbers for each axis; what has no tangent is 0."""
    return np.broadcast_to(np.asarray(_numbers(values)), (rank, 2))


def _numbers(values: Any) -> Any:
    if isinstance(values, (tuple, list)):
        return [_numbers(part) for part in values]
    return 0.0 if values is None else values
