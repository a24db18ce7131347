"""Builtins written out in Python, so that they are differentiated like a user's function."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules import iteration, registry
from srcad.rules.fits import polyfit_with_statistics

__all__ = ["source_of_builtin"]


def _sum(values: Any, start: Any = 0) -> Any:
    total = start
    for value in values:
        total = total + value
    return total


def _max(values: Any) -> Any:
    items = list(values)
    if not items:
        raise ValueError("max() arg is an empty sequence")
    best = items[0]
    for item in items:
        if item > best:
            best = item
    return best


def _min(values: Any) -> Any:
    items = list(values)
    if not items:
        raise ValueError("min() arg is an empty sequence")
    best = items[0]
    for item in items:
        if item < best:
            best = item
    return best


def _max_or(values: Any, default: Any) -> Any:
    items = list(values)
    return _max(items) if items else default


def _min_or(values: Any, default: Any) -> Any:
    items = list(values)
    return _min(items) if items else default


def _max_of_two(first: Any, second: Any) -> Any:
    return second if second > first else first


def _min_of_two(first: Any, second: Any) -> Any:
    return second if second < first else first


def _max_of_three(first: Any, second: Any, third: Any) -> Any:
    best = second if second > first else first
    return third if third > best else best


def _min_of_three(first: Any, second: Any, third: Any) -> Any:
    best = second if second < first else first
    return third if third < best else best


def _max_of(*values: Any) -> Any:
    best = values[0]
    for item in values:
        if item > best:
            best = item
    return best


def _min_of(*values: Any) -> Any:
    best = values[0]
    for item in values:
        if item < best:
            best = item
    return best


def _max_by(values: Any, key: Any) -> Any:
    if key is None:
        return _max(values)
    items = list(values)
    if not items:
        raise ValueError("max() arg is an empty sequence")
    best = items[0]
    height = key(best)
    for item in items[1:]:
        other = key(item)
        if other > height:
            best = item
            height = other
    return best


def _min_by(values: Any, key: Any) -> Any:
    if key is None:
        return _min(values)
    items = list(values)
    if not items:
        raise ValueError("min() arg is an empty sequence")
    best = items[0]
    height = key(best)
    for item in items[1:]:
        other = key(item)
        if other < height:
            best = item
            height = other
    return best


def _max_by_or(values: Any, key: Any, default: Any) -> Any:
    items = list(values)
    return _max_by(items, key) if items else default


def _min_by_or(values: Any, key: Any, default: Any) -> Any:
    items = list(values)
    return _min_by(items, key) if items else default


def _max_of_by(*values: Any, key: Any) -> Any:
    return _max_by(values, key)


def _min_of_by(*values: Any, key: Any) -> Any:
    return _min_by(values, key)


def _divmod(numerator: Any, denominator: Any) -> Any:
    return numerator // denominator, numerator % denominator


def _pow(base: Any, exponent: Any) -> Any:
    return base**exponent


def _matmul_along(x1: Any, x2: Any, axes: Any) -> Any:
    left = np.moveaxis(x1, axes[0], rt.last_axes(axes[0]))
    right = np.moveaxis(x2, axes[1], rt.last_axes(axes[1]))
    return np.moveaxis(np.matmul(left, right), rt.last_axes(axes[2]), axes[2])


def _matvec_along(x1: Any, x2: Any, axes: Any) -> Any:
    left = np.moveaxis(x1, axes[0], rt.last_axes(axes[0]))
    right = np.moveaxis(x2, axes[1], -1)
    return np.moveaxis(np.matvec(left, right), -1, axes[2])


def _vecmat_along(x1: Any, x2: Any, axes: Any) -> Any:
    left = np.moveaxis(x1, axes[0], -1)
    right = np.moveaxis(x2, axes[1], rt.last_axes(axes[1]))
    return np.moveaxis(np.vecmat(left, right), -1, axes[2])


def _vecdot_along(x1: Any, x2: Any, axes: Any) -> Any:
    return np.vecdot(np.moveaxis(x1, axes[0], -1), np.moveaxis(x2, axes[1], -1))


def _vecdot_kept(x1: Any, x2: Any, axis: Any = -1, keepdims: Any = False) -> Any:
    product = np.vecdot(x1, x2, axis=axis)
    return np.expand_dims(product, axis) if keepdims else product


_ALONG: dict[Any, Any] = {
    np.matmul: _matmul_along, np.matvec: _matvec_along, np.vecmat: _vecmat_along, np.vecdot: _vecdot_along,
}  # fmt: skip
"""What products mean whose matrices and vectors lie along other axes than the last ones."""


def _sorted(values: Any, reverse: bool = False) -> Any:
    items = list(values)
    return [items[i] for i in rt.order_of(items, reverse)]


def _sorted_by(values: Any, key: Any, reverse: bool = False) -> Any:
    if key is None:
        return _sorted(values, reverse)
    items = list(values)
    heights = [key(item) for item in items]
    return [items[i] for i in rt.order_of(heights, reverse)]


def _reduce(function: Any, values: Any) -> Any:
    items = list(values)
    total = items[0]
    for item in items[1:]:
        total = function(total, item)
    return total


def _reduce_from(function: Any, values: Any, initial: Any) -> Any:
    total = initial
    for item in values:
        total = function(total, item)
    return total


_PLAIN: frozenset[str | None] = frozenset()
_KEY: frozenset[str | None] = frozenset({"key"})
_DEFAULT: frozenset[str | None] = frozenset({"default"})
_EXTREMES: dict[tuple[int, frozenset[str | None]], tuple[Any, Any]] = {
    (1, _PLAIN): (_max, _min),
    (1, _KEY): (_max_by, _min_by),
    (1, _DEFAULT): (_max_or, _min_or),
    (1, _KEY | _DEFAULT): (_max_by_or, _min_by_or),
    (2, _PLAIN): (_max_of_two, _min_of_two),
    (2, _KEY): (_max_of_by, _min_of_by),
    (3, _PLAIN): (_max_of_three, _min_of_three),
    (4, _PLAIN): (_max_of, _min_of),
    (3, _KEY): (_max_of_by, _min_of_by),
    (4, _KEY): (_max_of_by, _min_of_by),
}
"""What ``max`` and ``min`` mean, by the number of positional arguments (4 for more than three) and the options."""


def source_of_builtin(function: Any, positional: int, keywords: tuple[str | None, ...]) -> Any:
    """Return a plain function with the meaning of a builtin called in this form, or None."""
    if function is sum and set(keywords) <= {"start"}:
        return _sum
    if function in (max, min):
        extreme = _EXTREMES.get((min(positional, 4), frozenset(keywords)))
        return extreme[function is min] if extreme is not None else None
    if function is sorted and set(keywords) <= {"key", "reverse"}:
        return _sorted_by if "key" in keywords else _sorted
    if function is functools.reduce and not keywords:
        return _reduce if positional == 2 else _reduce_from
    if function is itertools.repeat:
        return iteration.repeated if positional == 2 else None
    if function is iter:
        return iteration.iterate if positional == 1 else None
    if function is next:
        return (iteration.following, iteration.following_or)[positional - 1]
    if function is itertools.accumulate and positional == 1 and not keywords:
        return iteration.accumulate_sums
    if keywords == ("axes",) and positional == 2 and isinstance(function, np.ufunc):
        return _ALONG.get(function)
    if function is np.vecdot and "keepdims" in keywords and set(keywords) <= {"keepdims", "axis"}:
        return _vecdot_kept
    if function is np.polyfit and (positional > 4 or {"full", "cov"} & set(keywords)):
        return polyfit_with_statistics
    if isinstance(function, np.ufunc):
        return None
    if function is divmod and positional == 2:
        return _divmod
    return _pow if function is pow and positional == 2 else registry.source_of(function)
