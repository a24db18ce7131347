"""Shapes and dtypes of gradients: sums over broadcast axes, scatters, shares of ties, casts."""

from __future__ import annotations

import cmath
import functools
import math
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from numpy import ndarray

from srcad.errors import NoDerivativeError

__all__ = [
    "cast",
    "cast_back",
    "difference",
    "extreme_share",
    "inexact_dtype",
    "masked_product",
    "masked_quotient",
    "not_covered",
    "quotient",
    "real_only",
    "reduced_size",
    "safe_log",
    "safe_reciprocal",
    "scaled_log",
    "scaled_power",
    "scatter",
    "share",
    "share_of_numbers",
    "sign",
    "unbroadcast",
    "still",
    "unmoved",
    "whole_only",
]

Array = Any  # a NumPy array, a NumPy scalar or a Python number


def inexact_dtype(*values: Array) -> np.dtype[Any]:
    """Return the dtype of gradients beside these values: theirs, and float64 for integers."""
    dtype = np.result_type(*[np.asarray(v) if isinstance(v, (list, tuple)) else v for v in values])
    return dtype if dtype.kind in "fc" else np.dtype(np.float64)


def unbroadcast(cotangent: Array, x: Array) -> Array:
    """Sum ``cotangent`` over the axes along which ``x`` was broadcast, down to the shape of ``x``.

    A scalar ``x`` gets a scalar; a real ``x`` gets the real part.
    """
    if type(cotangent) is type(x) is ndarray and cotangent.dtype is x.dtype:
        if cotangent.shape == x.shape:
            return cotangent
        return _summed_to(cotangent, x.shape)
    if isinstance(x, float):
        if isinstance(cotangent, float):
            return cotangent
        if type(cotangent) is ndarray and cotangent.dtype.kind == "f":
            return np.add.reduce(cotangent, axis=None)
    shape = np.shape(x)
    if np.shape(cotangent) != shape:
        cotangent = _summed_to(cotangent, shape)
    if not shape and isinstance(cotangent, np.ndarray) and not isinstance(x, np.ndarray):
        cotangent = cotangent[()]
    if np.iscomplexobj(cotangent) and not np.iscomplexobj(x):
        return np.real(cotangent)
    return cotangent


def _summed_to(cotangent: Array, shape: tuple[int, ...]) -> Array:
    if not shape:
        return np.add.reduce(cotangent, axis=None)
    axes = _summed_axes(np.shape(cotangent), shape)
    if axes is None:
        return np.broadcast_to(cotangent, shape)
    return np.add.reduce(cotangent, axis=axes).reshape(shape)


@functools.lru_cache(maxsize=512)
def _summed_axes(large: tuple[int, ...], small: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the axes to sum over, or None where there is nothing to sum but something to repeat."""
    extra = len(large) - len(small)
    if extra < 0:
        return None
    axes = list(range(extra))
    for axis, length in enumerate(small, extra):
        if length == 1:
            axes.append(axis)
        elif length != large[axis]:
            return None
    return tuple(axes)


def scatter(cotangent: Array, x: Array, index: Any) -> Array:
    """Return zeros like ``x`` with ``cotangent`` added at ``index``; repeated entries add up."""
    result = np.zeros(np.shape(x), inexact_dtype(cotangent))
    if _is_basic(index):
        result[index] += cotangent
    else:
        np.add.at(result, index, cotangent)
    return result


def _is_basic(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None or part is Ellipsis or isinstance(part, (slice, int, np.integer)) and part is not True
        and part is not False
        for part in parts
    )  # fmt: skip


def cast(
    number: Any, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
) -> Any:
    """Return ``number.astype(dtype)`` of one of NumPy's numbers, which arrays' own method does not take."""
    return np.asarray(number).astype(dtype, casting=casting)[()]


def cast_back(cotangent: Array, converted: Array, x: Array) -> Array:
    """Return the gradient of ``x`` where ``converted`` is ``x`` in another dtype: zero if that is an integer's."""
    dtype = getattr(x, "dtype", None)
    if np.asarray(converted).dtype.kind not in "fc":
        return np.zeros(np.shape(cotangent))
    if np.iscomplexobj(cotangent) and not np.iscomplexobj(x):
        cotangent = np.real(cotangent)
    if type(x) is float and isinstance(cotangent, np.floating):
        return float(cotangent)
    if dtype is None or dtype.kind not in "fc":
        return cotangent
    return np.asarray(cotangent).astype(dtype)[()]


def share(x1: Array, x2: Array) -> Array:
    """Return the part that ``x1`` has in ``np.maximum(x1, x2)``: 1 where it is larger, 0.5 where equal, else 0."""
    if isinstance(x1, float) and isinstance(x2, (float, int)):
        return 1.0 if x1 > x2 else 0.5 if x1 == x2 else 0.0
    larger, ties = np.greater(x1, x2), np.equal(x1, x2)
    if not np.count_nonzero(ties):
        return larger
    return larger + ties * inexact_dtype(x1, x2).type(0.5)


def share_of_numbers(x1: Array, x2: Array) -> Array:
    """Return the part that ``x1`` has in ``np.fmax(x1, x2)``, which prefers numbers to NaN."""
    return np.where(np.isnan(x2), np.logical_not(np.isnan(x1)), share(x1, x2))[()]


def difference(x1: Array, x2: Array) -> Array:
    """Return ``x1 - x2``, and 0 where both are the same infinity."""
    with np.errstate(invalid="ignore"):
        result = np.subtract(x1, x2)
    return np.where(np.equal(x1, x2), 0, result)[()]


def extreme_share(a: Array, extreme: Array, axis: Any) -> Array:
    """Return the part that each entry of ``a`` has in its maximum or minimum, which ties share equally.

    ``extreme`` has the reduced axes as length 1, or is a scalar where ``axis`` is None.
    """
    hits = np.equal(a, extreme)
    # As many hits as maxima are one each, if none of these is NaN, which nothing equals.
    number, found = np.size(extreme), np.count_nonzero(hits)
    if found == number == np.count_nonzero(np.equal(extreme, extreme)):
        return hits
    counts = np.add.reduce(hits, axis=axis, keepdims=True)
    if found <= number and np.all(counts <= 1):
        return hits
    return (hits / counts).astype(inexact_dtype(a), copy=False)


def reduced_size(shape: Sequence[int], axis: Any) -> int:
    """Return how many entries a reduction over ``axis`` takes together; 1 where there are none to share it."""
    if axis is None:
        return math.prod(shape) or 1
    return math.prod(shape[i] for i in (axis if isinstance(axis, tuple) else (axis,))) or 1


def sign(x: Array) -> Array:
    """Return the derivative of ``abs``: the sign of a real ``x``, ``conj(x) / abs(x)`` of a complex one, 0 at 0."""
    if type(x) is float:
        return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x * 0.0
    return np.conj(np.sign(x)) if np.iscomplexobj(x) else np.sign(x)


def safe_reciprocal(x: Array) -> Array:
    """Return ``1 / x``, and 0 where ``x`` is 0."""
    if isinstance(x, (float, int)):
        return x * 0.0 if x == 0 else 1.0 / x
    zero = np.equal(x, 0)
    return np.where(zero, 0, 1 / np.where(zero, 1, x))[()]


def quotient(g: Array, x: Array) -> Array:
    """Return ``g / x``, and 0 where ``g`` is 0: a gradient that nobody asks for does not meet a pole."""
    if isinstance(g, float) and isinstance(x, float):
        return g / x if g and x else 0.0 if g == 0.0 else math.copysign(math.inf, g)
    if x.all() if type(x) is ndarray else np.all(x):
        return g / x
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.equal(g, 0), 0, g / x)[()]


def masked_product(g: Array, factor: Array) -> Array:
    """Return ``g * factor``, and 0 where ``g`` is 0, also where the factor is NaN or infinite."""
    if isinstance(g, float) and isinstance(factor, (float, int)):
        return g * factor if g else 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        product = g * factor
        if np.isfinite(np.sum(product)):
            return product
    return np.where(np.equal(g, 0), 0, product)[()]


def masked_quotient(g: Array, x: Array) -> Array:
    """Return ``g / x``, and 0 where ``g`` is 0, also where ``x`` is 0 or NaN."""
    if isinstance(g, float) and isinstance(x, (float, int)):
        return g / x if g else 0.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        quotient = g / x
        if np.isfinite(np.sum(quotient)):
            return quotient
    return np.where(np.equal(g, 0), 0, quotient)[()]


def safe_log(x: Array) -> Array:
    """Return ``log(x)``, 0 where ``x`` is 0 and NaN below, without warnings."""
    if type(x) in (float, int):
        return math.log(x) if x > 0 else 0.0 if x == 0 else math.nan
    if type(x) is complex:
        return cmath.log(x) if x != 0 else 0.0
    with np.errstate(invalid="ignore"):
        return np.log(np.where(np.equal(x, 0), 1, x))[()]


def scaled_log(scale: Array, x: Array) -> Array:
    """Return ``scale * safe_log(x)``, and 0 where ``scale`` is 0, also where ``x`` is negative."""
    if isinstance(scale, float) and type(x) in (float, int):
        return scale * safe_log(x) if scale else 0.0
    return np.where(np.equal(scale, 0), 0, scale * safe_log(x))[()]


def scaled_power(scale: Array, x: Array, exponent: Array) -> Array:
    """Return ``scale * x ** exponent``, and 0 where ``scale`` is 0, without warnings.

    With ``scale = p`` and ``exponent = p - 1`` this is the derivative of ``x ** p``, also at ``p = 0``.
    """
    if all(type(value) in (float, int) for value in (scale, x, exponent)):
        if scale == 0:
            return 0.0
        if x == 0 and exponent < 0:
            return math.copysign(math.inf, scale)
        return scale * x ** float(exponent)
    if isinstance(x, np.inexact) and type(scale) in (float, int) and type(exponent) in (float, int) and scale:
        with np.errstate(all="ignore"):
            return scale * x**exponent
    if isinstance(exponent, int) or np.asarray(exponent).dtype.kind in "iub":
        exponent = exponent * 1.0
    with np.errstate(all="ignore"):
        power = np.power(x, exponent)
        if isinstance(scale, (float, int)):
            return scale * power if scale != 0 else np.zeros_like(power)
        return np.where(np.equal(scale, 0), 0, scale * power)[()]


def whole_only(value: Any, parameter: str) -> Any:
    """Return an argument that has no derivative, and whose numbers, if it has any, must be whole.

    Raises
    ------
    NoDerivativeError
        If there is another number in it.
    """
    if isinstance(value, (tuple, list)):
        for part in value:
            whole_only(part, parameter)
    elif isinstance(value, (float, complex, np.ndarray, np.generic)) and np.asarray(value).dtype.kind in "fc":
        raise _without_derivative(parameter)
    return value


def unmoved(value: Any, tangent: Any, parameter: str) -> Any:
    """Return an argument that has no derivative, and must not move.

    Raises
    ------
    NoDerivativeError
        If its tangent is not zero.
    """
    if np.any(tangent):
        raise _without_derivative(parameter)
    return value


def still(value: Any, tangent: Any, parameter: str) -> Any:
    """Do what `unmoved` does, also where nothing reads the argument: a user's call is refused for all that it is given."""
    return unmoved(value, tangent, parameter)


def _without_derivative(parameter: str) -> NoDerivativeError:
    return NoDerivativeError(f"There is no derivative with respect to the argument '{parameter}'.",
                             "Use srcad's stop_gradient or a constant there.")  # fmt: skip


def real_only(x: Array, function: str) -> Array:
    """Return ``x``, which must not be complex."""
    if np.iscomplexobj(x):
        raise NoDerivativeError(
            f"The derivative of {function} is not defined here for complex numbers.",
            "Compute with real and imaginary parts.",
        )
    return x


def not_covered(what: str, hint: str) -> NoReturn:
    """Refuse arguments of a function that is written out."""
    raise NoDerivativeError(f"{what} has no derivative rule.", hint)
