"""Where the functions of NumPy that store into their argument do so, as indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.errors import UnsupportedError
from srcad.runtime.structure import places_along_axis

__all__ = [
    "METHODS_THAT_WRITE",
    "entry_places",
    "along_axis_index",
    "diagonal_index",
    "flat_index",
    "places",
    "put_index",
    "selected_shape",
    "store_flat",
]


def put_index(a: Any, ind: Any, mode: str = "raise") -> tuple[Any, ...]:
    """Return the index at which ``np.put(a, ind, ...)`` stores."""
    flat = np.asarray(ind)
    if mode == "clip":
        flat = np.clip(flat, 0, a.size - 1)
    elif mode == "wrap":
        flat = np.mod(flat, a.size)
    elif np.any(flat < -a.size) or np.any(flat >= a.size):
        raise IndexError(f"an index of np.put is out of bounds for an array of size {a.size}")
    return np.unravel_index(np.mod(flat, a.size).ravel(), a.shape)


def along_axis_index(arr: Any, indices: Any, axis: int | None = -1) -> tuple[Any, ...]:
    """Return the index at which ``np.put_along_axis`` stores."""
    if axis is None:
        return np.unravel_index(np.mod(indices, arr.size), arr.shape)
    return places_along_axis(arr.shape, indices, axis)


def diagonal_index(a: Any, wrap: bool = False) -> tuple[Any, ...]:
    """Return the index of the diagonal that ``np.fill_diagonal`` fills."""
    if a.ndim == 2:
        step = a.shape[1] + 1
        end = None if wrap else a.shape[1] * a.shape[1]
    else:
        step = 1 + int(np.sum(np.cumprod(a.shape[:-1])))
        end = None
    return np.unravel_index(np.arange(a.size)[:end:step], a.shape)


def places(a: Any, index: Any) -> list[tuple[int, ...]]:
    """Return the places of ``a`` that an index selects, one by one, as often as they occur."""
    numbers = np.arange(a.size).reshape(a.shape)[index]
    return [tuple(int(i) for i in np.unravel_index(n, a.shape)) for n in np.ravel(numbers)]


def entry_places(a: Any, order: str) -> list[tuple[int, ...]]:
    """Return the places of all entries, in C's order or, under ``"K"``, in that of `np.nditer`."""
    if not isinstance(a, np.ndarray):
        raise UnsupportedError("np.nditer runs through what is no array.", "Give it one array.")
    if order == "C" or a.size == 0:
        return list(np.ndindex(a.shape))
    entries = np.nditer(a, flags=["multi_index"])
    found = []
    while not entries.finished:
        found.append(entries.multi_index)
        entries.iternext()
    return found


def selected_shape(a: Any, index: Any) -> tuple[int, ...]:
    """Return the shape of ``a[index]``."""
    return np.shape(np.arange(a.size).reshape(a.shape)[index])


def flat_index(a: Any, index: Any) -> tuple[Any, ...]:
    """Return the index into ``a`` that selects what ``a.flat[index]`` does."""
    chosen = range(a.size)[index] if isinstance(index, (int, np.integer)) else np.arange(a.size)[index]
    return np.unravel_index(chosen, a.shape)


def store_flat(a: Any, values: Any) -> None:
    """Store what ``a.flat = values`` does: the values in C's order, again from the first when they are used up.

    >>> a = np.zeros((2, 2))
    >>> store_flat(a, [1.0, 2.0])
    >>> a
    array([[1., 2.],
           [1., 2.]])
    """
    a[...] = np.resize(values, np.shape(a))


def _fill(a: Any, value: Any) -> None:
    a[...] = value


def _sort(a: Any, axis: int = -1, kind: Any = None) -> None:
    a[...] = np.sort(a, axis)


def _partition(a: Any, kth: Any, axis: int = -1) -> None:
    a[...] = np.partition(a, kth, axis)


def _put(a: Any, indices: Any, values: Any, mode: str = "raise") -> None:
    np.put(a, indices, values, mode)


METHODS_THAT_WRITE = {"fill": _fill, "sort": _sort, "partition": _partition, "put": _put}
"""The methods that change their array, written as stores, for calls that are resolved when the program runs."""
