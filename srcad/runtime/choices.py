"""Adjoints of functions that choose among arrays, or cut them."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.runtime.arrays import unbroadcast

__all__ = [
    "choose_adjoint",
    "core_ranks",
    "pieces_of",
    "result_types",
    "select_adjoint",
    "trimmed",
    "unchosen",
]

Array = Any


def choose_adjoint(cotangent: Array, a: Array, choices: Any, mode: str) -> Any:
    """Return the gradients of the choices in ``np.choose(a, choices, mode=mode)``: an array if they are one."""
    count = len(choices)
    index = np.mod(a, count) if mode == "wrap" else np.clip(a, 0, count - 1)
    parts = [unbroadcast(np.where(index == k, cotangent, 0), choice) for k, choice in enumerate(choices)]
    return np.stack(parts) if isinstance(choices, np.ndarray) else parts


def select_adjoint(cotangent: Array, condlist: Any, choicelist: Any) -> Any:
    """Return the gradients of the choices in ``np.select``: an array if they are one."""
    free = np.asarray(True)
    parts = []
    for condition, choice in zip(condlist, choicelist):
        parts.append(unbroadcast(np.where(np.logical_and(free, condition), cotangent, 0), choice))
        free = np.logical_and(free, np.logical_not(condition))
    return np.stack(parts) if isinstance(choicelist, np.ndarray) else parts


def unchosen(condlist: Any) -> Array:
    """Tell where none of the conditions holds."""
    return np.logical_not(np.any(np.stack(np.broadcast_arrays(*condlist)), axis=0))


def trimmed(filt: Array, trim: str, axis: Any) -> tuple[slice, ...]:
    """Return the index of what ``np.trim_zeros`` keeps."""
    nonzero = np.nonzero(np.asarray(filt))
    axes = range(np.ndim(filt)) if axis is None else [i % np.ndim(filt) for i in np.atleast_1d(axis)]
    index = [slice(None)] * np.ndim(filt)
    for i in axes:
        if not nonzero[i].size:
            index[i] = slice(0, 0)
            continue
        start = int(nonzero[i].min()) if "f" in trim.lower() else 0
        stop = int(nonzero[i].max()) + 1 if "b" in trim.lower() else np.shape(filt)[i]
        index[i] = slice(start, stop)
    return tuple(index)


# -- np.vectorize ------------------------------------------------------------------------------------


def pieces_of(x: Array, condlist: Any, count: int) -> Any:
    """Return where each of the ``count`` functions of ``np.piecewise(x, condlist, funclist)`` holds.

    >>> x = np.array([1.0, 2.0])
    >>> pieces_of(x, x > 1, 2)
    array([[False,  True],
           [ True, False]])
    """
    if np.isscalar(condlist) or not isinstance(condlist[0], (list, np.ndarray)) and np.ndim(x):
        condlist = [condlist]
    conditions = np.asarray(condlist, bool)
    if len(conditions) == count - 1:
        return np.concatenate([conditions, ~np.any(conditions, axis=0, keepdims=True)])
    if len(conditions) != count:
        given = len(conditions)
        raise ValueError(f"with {given} condition(s), either {given} or {given + 1} functions are expected")
    return conditions


def core_ranks(vectorized: Any, count: int, names: Any = ()) -> list[int | None]:
    """Return how many axes of each argument a vectorized function takes whole; None where it is not spread at all.

    Examples
    --------
    >>> import numpy as np
    >>> core_ranks(np.vectorize(np.dot, signature="(n),(n)->()"), 2), core_ranks(np.vectorize(max, excluded=[1]), 2)
    ([1, 1], [0, None])
    """
    if vectorized.signature is None:
        return [None if place in vectorized.excluded else 0 for place in (*range(count), *names)]
    return [len(dimensions) for dimensions in vectorized._in_and_out_core_dims[0]]


def result_types(vectorized: Any, values: list[Any]) -> list[Any]:
    """Return the dtype of each result of a vectorized function, which the first call decides if nothing is said."""
    if vectorized.otypes is not None:
        return list(vectorized.otypes)
    first = values[0] if isinstance(values[0], tuple) else (values[0],)
    return [np.asarray(value).dtype for value in first]
