"""How ``scipy.ndimage`` extends an array beyond its border, and back; the weights of its filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.ndimage
import scipy.signal

from srcad.errors import NoDerivativeError
from srcad.runtime.arrays import inexact_dtype

__all__ = [
    "along_axis",
    "axis_origin",
    "chosen_places",
    "extend",
    "extend_adjoint",
    "gaussian_adjoint",
    "gaussian_weights",
    "outside",
    "spline_matrix",
    "turned_extent",
    "turned_origin",
]

Array = Any  # a NumPy array

_NUMPY_MODES = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "mirror": "reflect", "nearest": "edge", "wrap": "wrap",
    "grid-wrap": "wrap", "constant": "constant", "grid-constant": "constant",
}  # fmt: skip


def _widths(shape: Sequence[int], origin: int | Sequence[int]) -> list[tuple[int, int]]:
    origins = [origin] * len(shape) if isinstance(origin, (int, np.integer)) else list(origin)
    return [(size // 2 + o, size - size // 2 - 1 - o) for size, o in zip(shape, origins)]


def _numpy_mode(mode: Any) -> str:
    if mode not in _NUMPY_MODES:
        raise NoDerivativeError(
            f"The border mode {mode!r} of a filter of scipy.ndimage has no derivative rule.",
            "Use one of the modes 'reflect', 'mirror', 'nearest', 'wrap' and 'constant' for all axes.",
        )
    return _NUMPY_MODES[mode]


def extend(x: Array, shape: tuple[int, ...], mode: str, cval: float, origin: Any) -> Array:
    """Return ``x`` with as much of its surroundings as weights of this shape reach."""
    options = {"constant_values": cval} if _numpy_mode(mode) == "constant" else {}
    return np.pad(x, _widths(shape, origin), _numpy_mode(mode), **options)


def extend_adjoint(g: Array, shape: tuple[int, ...], mode: str, origin: Any) -> Array:
    """Return the gradient of ``x`` in ``extend``, where ``shape`` is that of the weights."""
    for axis, (before, after) in enumerate(_widths(shape, origin)):
        n = np.shape(g)[axis] - before - after
        moved = np.moveaxis(g, axis, 0)
        if _numpy_mode(mode) == "constant":
            moved = moved[before : before + n]
        else:
            whole = np.zeros((n, *np.shape(moved)[1:]), inexact_dtype(g))
            np.add.at(whole, np.pad(np.arange(n), (before, after), _numpy_mode(mode)), moved)
            moved = whole
        g = np.moveaxis(moved, 0, axis)
    return g


def outside(x: Array, shape: tuple[int, ...], mode: str, origin: Any) -> Array:
    """Return 1 where ``extend`` puts ``cval``, and 0 elsewhere."""
    return extend(
        np.zeros(np.shape(x), np.real(np.ones(0, inexact_dtype(x))).dtype), shape, mode, 1.0, origin
    )


def turned_origin(origin: int | Sequence[int], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the origin of the correlation that is the convolution with weights turned around."""
    origins = [origin] * len(shape) if isinstance(origin, (int, np.integer)) else list(origin)
    return tuple(-o - (1 - size % 2) for o, size in zip(origins, shape))


def along_axis(weights: Array, axis: int, ndim: int) -> Array:
    """Return one-dimensional weights as an array of ``ndim`` axes that is long along ``axis``."""
    shape = [1] * ndim
    shape[axis] = np.size(weights)
    return np.reshape(weights, shape)


def gaussian_weights(sigma: float, order: int, truncate: float, radius: int | None, like: Array) -> Array:
    """Return the weights of ``scipy.ndimage.gaussian_filter1d`` as a correlation: its answer to an impulse.

    They have the dtype of ``like``.
    """
    reach = int(truncate * float(sigma) + 0.5) if radius is None else int(radius)
    impulse = np.zeros(2 * reach + 1)
    impulse[reach] = 1.0
    answer = scipy.ndimage.gaussian_filter1d(
        impulse, sigma, order=order, mode="constant", truncate=truncate, radius=radius
    )
    return answer[::-1].astype(inexact_dtype(like))


def axis_origin(origin: int, axis: int, ndim: int) -> tuple[int, ...]:
    """Return the origin along ``axis`` and 0 along the other axes."""
    return tuple(origin if i == axis % ndim else 0 for i in range(ndim))


def gaussian_adjoint(g: Array, sigma: Any, order: Any, mode: str, truncate: float, radius: Any) -> Array:
    """Return the gradient of the input of ``scipy.ndimage.gaussian_filter``: its passes, turned, backwards."""
    ndim = np.ndim(g)
    passes = zip(*(_for_each_axis(option, ndim) for option in (sigma, order, radius)))
    for axis, (width, derivative, reach) in reversed(list(enumerate(passes))):
        if width > 1e-15:
            weights = gaussian_weights(width, derivative, truncate, reach, g)
            whole = along_axis(weights, axis, ndim)
            g = extend_adjoint(scipy.signal.convolve(g, whole), np.shape(whole), mode, 0)
    return g


def _for_each_axis(option: Any, ndim: int) -> list[Any]:
    return list(option) if isinstance(option, (tuple, list, np.ndarray)) else [option] * ndim


def chosen_places(
    x: Array, size: Any, footprint: Any, mode: Any, cval: float, origin: Any, axes: Any, rank: Any
) -> Array:
    """Return for each window of ``x`` at which place of the flat array its number of a rank stands.

    ``rank`` is a whole number, counted from the end if negative, ``"middle"``, or a pair of a percentage and ``"%"``.
    What lies beyond the border and is not one of the array's numbers stands behind them.
    """
    x = np.asarray(x)
    along = list(range(x.ndim)) if axes is None else [axis % x.ndim for axis in np.atleast_1d(axes)]
    kept, origins = _window(x.ndim, along, size, footprint, origin)
    modes = [mode] * len(along) if isinstance(mode, str) else list(mode)
    places = np.arange(x.size).reshape(x.shape)
    for axis, border in zip(along, modes):
        widths = [(0, 0)] * x.ndim
        widths[axis] = _widths(kept.shape, origins)[axis]
        options = {"constant_values": x.size} if _numpy_mode(border) == "constant" else {}
        places = np.pad(places, widths, _numpy_mode(border), **options)
    windows = np.lib.stride_tricks.sliding_window_view(places, kept.shape)[..., kept]
    order = np.argsort(np.append(x.ravel(), cval)[windows], axis=-1, kind="stable")
    count = windows.shape[-1]
    chosen = _rank_of(rank, count)
    if not 0 <= chosen < count:
        raise RuntimeError("rank not within filter footprint size")
    return np.take_along_axis(windows, order[..., chosen : chosen + 1], axis=-1)[..., 0]


def _window(ndim: int, along: list[int], size: Any, footprint: Any, origin: Any) -> tuple[Array, list[int]]:
    """Return which entries of a window count, and its origins, for all axes."""
    if footprint is None:
        if size is None:
            raise RuntimeError("no footprint or filter size provided")
        sizes = [int(n) for n in np.broadcast_to(size, len(along))]
        footprint = np.ones(sizes, bool)
    kept = np.asarray(footprint, bool)
    shape, origins = [1] * ndim, [0] * ndim
    for axis, length, start in zip(along, kept.shape, np.broadcast_to(origin, len(along))):
        shape[axis], origins[axis] = length, int(start)
    return kept.transpose(np.argsort(along)).reshape(shape), origins


def _rank_of(rank: Any, count: int) -> int:
    if isinstance(rank, tuple):
        percentage = rank[0] + 100.0 if rank[0] < 0.0 else rank[0]
        if not 0.0 <= percentage <= 100.0:
            raise RuntimeError("invalid percentile")
        return count - 1 if percentage == 100.0 else int(float(count) * percentage / 100.0)
    return count // 2 if rank == "middle" else rank + count if rank < 0 else rank


def spline_matrix(size: int, order: int, mode: str) -> Array:
    """Return the matrix that takes samples along an axis to the coefficients of the spline through them."""
    return scipy.ndimage.spline_filter1d(np.eye(size), order, axis=0, mode=mode)


def turned_extent(turn: Array, sizes: Array) -> list[int]:
    """Return the sizes of an image that holds one of ``sizes`` after it was turned."""
    rows, columns = sizes
    bounds = turn @ [[0, 0, rows, rows], [0, columns, 0, columns]]
    return [int(size) for size in np.ptp(bounds, axis=1) + 0.5]
