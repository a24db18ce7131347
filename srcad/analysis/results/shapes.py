"""Functions that arrange, join and repeat elements."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.analysis.kinds import ANY, INT, NUMBER, Dims, Kind, array, container, dims_of, length
from srcad.analysis.results.elementwise import ufunc_result
from srcad.analysis.results.reductions import normal_axes
from srcad.analysis.results.shaped import (
    UNKNOWN,
    Call,
    agreed_dims,
    as_array,
    broadcast_dims,
    integer,
    integers,
    number,
    product_length,
    promote,
    shape_of,
    shaped,
)

__all__ = ["SHAPES"]


def _first(call: Call) -> tuple[Kind, Dims | None]:
    operand = as_array(call.arguments[0]) if call.arguments else ANY
    return operand, dims_of(operand)


def _known(dims: Dims | None, like: Kind) -> Kind:
    """The result with these axes; what might be an array of rank zero is a number."""
    return shaped(dims, like) if dims else number(like)


def same(call: Call) -> Kind:
    """Return the kind of what keeps axes and dtype."""
    operand, dims = _first(call)
    return _known(dims, operand)


def _of_axis(change: Callable[[Dims, int], Dims], default: Any, position: int = 1) -> Callable[[Call], Kind]:
    def result(call: Call) -> Kind:
        operand, dims = _first(call)
        axis = integer(call.get(position, "axis"), default)
        if dims is None or axis is UNKNOWN:
            return number(operand)
        if axis is None:
            return shaped(change((product_length(dims),), 0), operand)
        axes = normal_axes(axis, len(dims))
        return number(operand) if axes is None else shaped(change(dims, axes[0]), operand)

    return result


def _resized(dims: Dims, axis: int) -> Dims:
    return (*dims[:axis], "?", *dims[axis + 1 :])


def ravel(call: Call) -> Kind:
    """Return the kind of what has one axis."""
    operand, dims = _first(call)
    return array(None, True, ("?",)) if dims is None else shaped((product_length(dims),), operand)


def triangle(call: Call) -> Kind:
    """Return the kind of ``np.tril(a)``, which makes a matrix of a vector."""
    operand, dims = _first(call)
    return number(operand) if dims is None or len(dims) < 2 else shaped(dims, operand)


def transpose(call: Call) -> Kind:
    """Return the kind of ``np.transpose(a, axes)``."""
    operand, dims = _first(call)
    axes = integers(call.get(1, "axes"), None)
    if dims is None:
        return number(operand)
    if axes is None:
        return _known(dims[::-1], operand)
    found = normal_axes(axes, len(dims)) if isinstance(axes, tuple) else None
    if found is None or sorted(found) != list(range(len(dims))):
        return _known(("?",) * len(dims), operand)
    return _known(tuple(dims[a] for a in found), operand)


def swapaxes(call: Call) -> Kind:
    """Return the kind of ``np.swapaxes(a, axis1, axis2)``."""
    operand, dims = _first(call)
    axes = tuple(integer(call.get(k, f"axis{k}")) for k in (1, 2))
    if dims is None or any(type(a) is not int for a in axes):
        return number(operand) if dims is None else _known(("?",) * len(dims), operand)
    found = normal_axes(axes, len(dims))
    if found is None:
        return number(operand)
    swapped = list(dims)
    swapped[found[0]], swapped[found[1]] = swapped[found[1]], swapped[found[0]]
    return _known(tuple(swapped), operand)


def moveaxis(call: Call) -> Kind:
    """Return the kind of ``np.moveaxis(a, source, destination)``."""
    operand, dims = _first(call)
    source, target = (integers(call.get(k, name)) for k, name in ((1, "source"), (2, "destination")))
    if dims is None:
        return number(operand)
    if type(source) is not int or type(target) is not int:
        return _known(("?",) * len(dims), operand)
    found = normal_axes((source, target), len(dims))
    if found is None:
        return number(operand)
    rest = [d for k, d in enumerate(dims) if k != found[0]]
    rest.insert(found[1], dims[found[0]])
    return _known(tuple(rest), operand)


def reshape(call: Call) -> Kind:
    """Return the kind of ``np.reshape(a, shape)``, also of the method with several arguments."""
    operand, dims = _first(call)
    given = call.get(1, "shape")
    if len(call.arguments) > 2:
        given = container("tuple", tuple(call.arguments[1:]))
    if not call.only("shape", "order", "newshape") or given is None:
        return number(operand)
    sizes = list(given.items) if given.name == "tuple" and given.items is not None else [given]
    if any(size.name != "int" for size in sizes):
        return number(operand)
    lengths = [length(size) for size in sizes]
    open_axes = [k for k, size in enumerate(sizes) if size.value == -1]
    if len(open_axes) == 1 and dims is not None and lengths.count("1") == len(lengths) - 1:
        lengths[open_axes[0]] = product_length(dims)
    return _known(tuple(lengths), operand)


def expand_dims(call: Call) -> Kind:
    """Return the kind of ``np.expand_dims(a, axis)``."""
    operand, dims = _first(call)
    axis = integers(call.get(1, "axis"))
    if dims is None or not isinstance(axis, (int, tuple)):
        return number(operand)
    count = len(axis) if isinstance(axis, tuple) else 1
    axes = normal_axes(axis, len(dims) + count)
    if axes is None:
        return number(operand)
    rest = iter(dims)
    return _known(tuple("1" if k in axes else next(rest) for k in range(len(dims) + count)), operand)


def squeeze(call: Call) -> Kind:
    """Return the kind of ``np.squeeze(a, axis)``."""
    operand, dims = _first(call)
    axis = integers(call.get(1, "axis"), None)
    if dims is None or axis is UNKNOWN or axis is None and "?" in dims:
        return number(operand)
    if axis is None:
        return _known(tuple(d for d in dims if d != "1"), operand)
    axes = normal_axes(axis, len(dims))
    return (
        number(operand)
        if axes is None
        else _known(tuple(d for k, d in enumerate(dims) if k not in axes), operand)
    )


def broadcast_to(call: Call) -> Kind:
    """Return the kind of ``np.broadcast_to(a, shape)``."""
    operand, _ = _first(call)
    return _known(shape_of(call.get(1, "shape")), operand)


def at_least(rank: int) -> Callable[[Call], Kind]:
    """Return the rule of ``np.atleast_1d`` and its like."""

    def result(call: Call) -> Kind:
        if len(call.arguments) > 1:
            return container("tuple", tuple(result(Call([argument])) for argument in call.arguments))
        operand, dims = _first(call)
        if dims is None:
            return number(operand)
        if rank == 3 and len(dims) < 3:
            return array(None, True, ("?",) * 3, operand.dtype)
        return shaped(("1",) * (rank - len(dims)) + dims, operand)

    return result


def concatenate(call: Call) -> Kind:
    """Return the kind of ``np.concatenate(arrays, axis)``: the other axes are equally long in all."""
    parts = _members(call)
    axis = integer(call.get(1, "axis"), 0)
    if parts is None or axis is UNKNOWN or not call.only("axis", positions=2):
        return NUMBER
    like = Kind("number", dtype=promote(parts))
    if axis is None:
        return shaped(("?",), like)
    several = [dims_of(part) for part in parts]
    ranks = {len(dims) if dims is not None else None for dims in several}
    rank = next(iter(ranks))
    axes = normal_axes(axis, rank) if len(ranks) == 1 and rank else None
    if axes is None:
        return number(like)
    agreed = agreed_dims([dims for dims in several if dims is not None])
    return shaped(_resized(agreed, axes[0]), like)


def stack(call: Call) -> Kind:
    """Return the kind of ``np.stack(arrays, axis)``: all axes are equally long in all."""
    given, parts = call.arguments[0], _members(call)
    axis = integer(call.get(1, "axis"), 0)
    several = [dims_of(part) for part in parts or ()]
    if not several or None in several or type(axis) is not int or not call.only("axis", positions=2):
        return NUMBER
    agreed = agreed_dims([dims for dims in several if dims is not None])
    axes = normal_axes(axis, len(agreed) + 1)
    if len({len(dims) for dims in several if dims is not None}) > 1 or axes is None:
        return NUMBER
    size = "?" if given.name != "tuple" else "1" if len(several) == 1 else "N"
    like = Kind("number", dtype=promote(parts or ()))
    return shaped((*agreed[: axes[0]], size, *agreed[axes[0] :]), like)


def tiled(call: Call) -> Kind:
    """Return the kind of ``np.tile(array, reps)``: of unknown axes."""
    parts = _members(call)
    return NUMBER if parts is None else Kind("number", dtype=promote(parts))


def joined(rank: int) -> Callable[[Call], Kind]:
    """Return the rule of ``np.hstack`` and its like, whose results have at least so many axes."""

    def result(call: Call) -> Kind:
        parts = _members(call)
        if parts is None or not call.only(positions=1):
            return NUMBER
        like = Kind("number", dtype=promote(parts))
        several = [dims_of(part) for part in parts]
        if None in several:
            return like
        return shaped(("?",) * max([rank, *(len(dims) for dims in several if dims is not None)]), like)

    return result


def padded(call: Call) -> Kind:
    """Return the kind of ``np.pad(array, pad_width)``: axes of other lengths."""
    operand, dims = _first(call)
    return _known(None if dims is None else ("?",) * len(dims), operand)


def _members(call: Call) -> list[Kind] | None:
    given = call.arguments[0] if call.arguments else ANY
    if given.name == "array" and given.ndim:
        dims = dims_of(given)
        return [shaped(dims[1:] if dims else None, given)]
    if given.name not in ("list", "tuple") or not given.items:
        return None
    return [as_array(item) for item in given.items]


def where(call: Call) -> Kind:
    """Return the kind of ``np.where(condition, x, y)``."""
    if len(call.arguments) != 3:
        return ANY
    operands = [as_array(k) for k in call.arguments]
    dims = broadcast_dims([dims_of(k) for k in operands])
    return _known(dims, ufunc_result(np.maximum, operands[1:]))


def clip(call: Call) -> Kind:
    """Return the kind of ``np.clip(a, a_min, a_max)``."""
    if not call.only("a_min", "a_max", "min", "max", positions=3):
        return NUMBER
    result = as_array(call.arguments[0]) if call.arguments else ANY
    for bound in (*call.arguments[1:], *call.keywords.values()):
        if bound.name != "none":
            result = ufunc_result(np.maximum, [result, bound])
    return result


def diag(call: Call) -> Kind:
    """Return the kind of ``np.diag(v, k)``."""
    operand, dims = _first(call)
    shift = integer(call.get(1, "k"), 0)
    if dims is None or len(dims) not in (1, 2):
        return number(operand)
    if len(dims) == 2:
        return shaped(("?",), operand)
    size = dims[0] if shift == 0 else "?"
    return shaped((size, size), operand)


def diagonal(call: Call) -> Kind:
    """Return the kind of ``np.diagonal(a)``."""
    operand, dims = _first(call)
    if dims is None or len(dims) < 2:
        return number(operand)
    rest = dims[2:] if len(call.arguments) + len(call.keywords) == 1 else ("?",) * (len(dims) - 2)
    return shaped((*rest, "?"), operand)


def repeat(call: Call) -> Kind:
    """Return the kind of ``np.repeat(a, repeats, axis)``."""
    return _of_axis(_resized, None, 2)(call)


def take(call: Call) -> Kind:
    """Return the kind of ``np.take(a, indices, axis)``."""
    operand, dims = _first(call)
    index = as_array(call.get(1, "indices") or ANY)
    chosen, axis = dims_of(index), integer(call.get(2, "axis"), None)
    if dims is None or chosen is None or axis is UNKNOWN or "out" in call.keywords or len(call.arguments) > 3:
        return number(operand)
    if axis is None:
        return _known(chosen, operand)
    axes = normal_axes(axis, len(dims))
    return (
        number(operand)
        if axes is None
        else _known((*dims[: axes[0]], *chosen, *dims[axes[0] + 1 :]), operand)
    )


def shape(call: Call) -> Kind:
    """Return the kind of ``np.shape(a)``."""
    _, dims = _first(call)
    if dims is None:
        return container("tuple")
    return container("tuple", tuple(Kind("int", dims=(d,), dtype="int") for d in dims))


def size(call: Call) -> Kind:
    """Return the kind of ``np.size(a, axis)``."""
    _, dims = _first(call)
    whole = dims is not None and len(call.arguments) + len(call.keywords) == 1
    return Kind("int", dims=(product_length(dims),), dtype="int") if whole and dims is not None else INT


def rounded(call: Call) -> Kind:
    """Return the kind of ``np.round(a)``."""
    operand, dims = _first(call)
    return shaped(dims, operand if operand.dtype in ("float64", "float", "complex", "int") else NUMBER)


def ordering(call: Call) -> Kind:
    """Return the kind of ``np.argsort(a, axis)``."""
    found = _of_axis(lambda dims, axis: dims, -1)(call)
    dims = dims_of(found)
    return array(None, False, dims, "int") if dims else ANY


def searchsorted(call: Call) -> Kind:
    """Return the kind of ``np.searchsorted(a, v)``: indices for each of ``v``."""
    points = as_array(call.get(1, "v") or ANY)
    dims = dims_of(points)
    return ANY if dims is None else array(None, False, dims, "int")


def broadcast_arrays(call: Call) -> Kind:
    """Return the kind of ``np.broadcast_arrays(*arrays)``."""
    operands = [as_array(k) for k in call.arguments]
    dims = broadcast_dims([dims_of(k) for k in operands])
    return container("tuple", tuple(_known(dims, k) for k in operands))


SHAPES: dict[Any, Callable[[Call], Kind]] = dict(
    itertools.chain(
        zip(
            (np.copy, np.flip, np.fliplr, np.flipud, np.conj),
            itertools.repeat(same),
        ),
        zip((np.ravel, np.ndarray.flatten), itertools.repeat(ravel)),
        zip((np.sort, np.partition), itertools.repeat(_of_axis(lambda dims, axis: dims, -1))),
        {
            np.hstack: joined(1),
            np.vstack: joined(2),
            np.column_stack: joined(2),
            np.dstack: joined(3),
            np.tile: tiled,
            np.argsort: ordering,
            np.atleast_1d: at_least(1),
            np.atleast_2d: at_least(2),
            np.atleast_3d: at_least(3),
            np.broadcast_arrays: broadcast_arrays,
            np.broadcast_to: broadcast_to,
            np.clip: clip,
            np.concatenate: concatenate,
            np.diag: diag,
            np.diagonal: diagonal,
            np.diff: _of_axis(_resized, -1, 2),
            np.expand_dims: expand_dims,
            np.moveaxis: moveaxis,
            np.pad: padded,
            np.repeat: repeat,
            np.reshape: reshape,
            np.roll: same,
            np.round: rounded,
            np.around: rounded,
            np.searchsorted: searchsorted,
            np.shape: shape,
            np.size: size,
            np.squeeze: squeeze,
            np.stack: stack,
            np.swapaxes: swapaxes,
            np.take: take,
            np.transpose: transpose,
            np.tril: triangle,
            np.triu: triangle,
            np.where: where,
        }.items(),
    )
)
