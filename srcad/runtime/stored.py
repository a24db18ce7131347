"""In-place changes of arrays that are resolved when they happen, with their undoing."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.errors import UnsupportedError
from srcad.runtime.arrays import unbroadcast
from srcad.runtime.memory import accumulate_shadow
from srcad.runtime.mirrored import check_kept, store_gradient
from srcad.runtime.outliving import is_lasting

__all__ = ["method_of_array", "set_array_item", "update_array"]

Outcome = tuple[Any, Any, Callable[[], None]]


def set_array_item(base: Any, base_shadow: Any, index: Any, value: Any, value_shadow: Any) -> Outcome:
    """Do ``base[index] = value``; the pullback copies the gradient, kills it and passes it on."""
    _check_kept(base, base_shadow, value, value_shadow)
    before = np.array(base[index])
    base[index] = value
    return None, None, functools.partial(_undo_item, base, base_shadow, index, before, value, value_shadow)


def _check_kept(base: Any, base_shadow: Any, value: Any, value_shadow: Any) -> None:
    """Refuse to store what carries a derivative in an array that lives outside of the program."""
    if is_lasting(base_shadow) and base.dtype.kind in "fc":
        check_kept((value,), (value_shadow,))


def _undo_item(base: Any, base_shadow: Any, index: Any, before: Any, value: Any, value_shadow: Any) -> None:
    base[index] = before
    if base_shadow is None:
        return
    gradient = store_gradient(base_shadow, index)
    base_shadow[index] = 0
    if value_shadow is not None:
        accumulate_shadow(value_shadow, unbroadcast(gradient, value))


def update_array(
    update: Callable[..., Any], base: Any, base_shadow: Any, value: Any, value_shadow: Any
) -> Outcome:
    """Do ``base op= value`` for an array; ``update`` is ``operator.iadd`` or its like."""
    if update is operator.imatmul and (base_shadow is not None or value_shadow is not None):
        raise UnsupportedError("The operator '@=' changes an array that is found when the program runs.",
                               "Store the product with an index: a[...] = a @ b.")  # fmt: skip
    _check_kept(base, base_shadow, value, value_shadow)
    before = np.array(base)
    operand = np.array(value) if isinstance(value, np.ndarray) else value
    after = update(base, value)
    undo = functools.partial(_undo_update, update, base, base_shadow, before, operand, value_shadow)
    return after, base_shadow, undo


def _undo_update(
    update: Callable[..., Any], base: Any, base_shadow: Any, before: Any, operand: Any, value_shadow: Any
) -> None:
    base[...] = before
    if base_shadow is None:
        return
    g = np.array(base_shadow)
    own, other = _partials(update, before, operand)
    base_shadow[...] = g * own
    if value_shadow is not None:
        accumulate_shadow(value_shadow, unbroadcast(g * other, operand))


def _partials(update: Callable[..., Any], x: Any, v: Any) -> tuple[Any, Any]:
    """Return the partial derivatives of ``x op v``."""
    if update is operator.iadd:
        return 1, 1
    if update is operator.isub:
        return 1, -1
    if update is operator.imul:
        return v, x
    if update is operator.itruediv:
        return 1 / v, -x / (v * v)
    if update is operator.ipow:
        with np.errstate(all="ignore"):
            logarithm = np.log(np.where(np.equal(x, 0), 1, x))
            return v * np.power(x, np.asarray(v) - 1.0), np.power(x, v) * logarithm
    if update is operator.imod:
        return 1, -np.floor_divide(x, v)
    return 0, 0


def method_of_array(
    base: Any,
    base_shadow: Any,
    name: str,
    args: tuple[Any, ...],
    shadows: tuple[Any, ...],
    options: dict[str, Any],
) -> Outcome | None:
    """Call a method of an array that changes it; None for the others."""
    if name == "fill":
        return set_array_item(base, base_shadow, ..., args[0], shadows[0])
    if name == "sort":
        axis = args[0] if args else options.get("axis", -1)
        order = np.argsort(base, axis=axis)
        before = np.array(base)
        base.sort(axis=axis)
        return None, None, functools.partial(_undo_sort, base, base_shadow, order, before, axis)
    return None


def _undo_sort(base: Any, base_shadow: Any, order: Any, before: Any, axis: int) -> None:
    base[...] = before
    if base_shadow is not None:
        np.put_along_axis(base_shadow, order, np.array(base_shadow), axis)
