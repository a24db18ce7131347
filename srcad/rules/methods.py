"""The methods and attributes of arrays, by the functions that they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import alias, constant, language, mutating, refuse, vjp

__all__ = ["METHODS"]

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}

# The methods that take the array as the first argument of the function, and the others in its order.
METHODS: dict[str, Callable[..., Any]] = {
    name: getattr(np, name)
    for name in (
        "all any argmax argmin argpartition argsort choose clip conj conjugate copy cumprod cumsum diagonal dot max "
        "mean min nonzero prod ravel repeat round searchsorted squeeze std sum swapaxes take trace var"
    ).split()
}

for _name, _function in METHODS.items():
    alias(getattr(np.ndarray, _name), _function)


@vjp(np.ndarray.reshape, "self", linear=True)
def reshape(ans, g, self, *shape, order="C", copy=None):
    if order == "C":
        return np.reshape(g, np.shape(self))
    if order == "F":
        return np.reshape(g, np.shape(self), order="F")
    return np.reshape(g, np.shape(self), order=rt.fixed_order(order))


@vjp(np.ndarray.transpose, "self", linear=True)
def transpose(ans, g, self, *axes):
    return np.transpose(g, rt.inverse_axes(axes, np.ndim(self)))


@vjp(np.ndarray.flatten, "self", linear=True)
def flatten(ans, g, self, order="C"):
    if order == "C":
        return np.reshape(g, np.shape(self))
    if order == "F":
        return np.reshape(g, np.shape(self), order="F")
    return np.reshape(g, np.shape(self), order=rt.fixed_order(order))


@vjp(np.ndarray.item, "self", linear=True)
def item(ans, g, self, *args):
    return rt.item_adjoint(g, np.shape(self), args)


@vjp(np.ndarray.tolist, "self", linear=True)
def tolist(ans, g, self):
    return rt.array_like(g, self)


@vjp(np.ndarray.compress, "self", linear=True, refused=_OUT)
def compress(ans, g, self, condition, axis=None, out=None):
    return rt.take_adjoint(g, np.shape(self), np.flatnonzero(condition), axis, "raise")


@vjp(np.ndarray.astype, "self", linear=True)
def astype(ans, g, self, dtype, order="K", casting="unsafe", subok=True, copy=True):
    return rt.cast_back(g, ans, self)


@vjp(rt.cast, "number", linear=True)
def cast(ans, g, number, dtype, order="K", casting="unsafe", subok=True, copy=True):
    return rt.cast_back(g, ans, number)


constant(np.ndarray.dump, np.ndarray.dumps, np.ndarray.tobytes, np.ndarray.tofile)

mutating(np.ndarray.fill, np.ndarray.partition, np.ndarray.put, np.ndarray.sort)

refuse(
    "This method changes or reinterprets the memory of an array, which has no derivative: make a new array.",
    np.ndarray.byteswap, np.ndarray.getfield, np.ndarray.resize, np.ndarray.setfield, np.ndarray.setflags,
    np.ndarray.to_device, np.ndarray.view,
)  # fmt: skip

# -- attributes --------------------------------------------------------------------------------------

language(np.ndarray.T, np.ndarray.mT, np.ndarray.real, np.ndarray.imag, np.ndarray.flat, np.ndarray.base)

constant(
    np.ndarray.ctypes, np.ndarray.data, np.ndarray.device, np.ndarray.dtype, np.ndarray.flags, np.ndarray.itemsize,
    np.ndarray.nbytes, np.ndarray.ndim, np.ndarray.shape, np.ndarray.size, np.ndarray.strides,
)  # fmt: skip
