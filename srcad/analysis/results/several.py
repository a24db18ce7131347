"""Functions of NumPy and of Python with several results, or with as many as they are asked for."""

from __future__ import annotations

import builtins
import cmath
import math
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from srcad.analysis.kinds import (
    ANY,
    BOOL,
    FLOAT64,
    INT,
    NUMBER,
    Dims,
    Kind,
    array,
    container,
    dims_of,
    is_scalar,
    length_class,
)
from srcad.analysis.results.elementwise import binary
from srcad.analysis.results.reductions import normal_axes
from srcad.analysis.results.shaped import (
    UNKNOWN,
    Call,
    as_array,
    integer,
    integers,
    number,
    product_length,
    promote,
    shaped,
)

__all__ = ["COMPLEX", "SEVERAL"]

COMPLEX = Kind("number", dtype="complex")
_INDICES = array(None, False, None, "int")
_DOUBLE_OF = {"int": "float64", "bool": "float64", "double": "float64"}


def pair(first: Kind, second: Kind) -> Kind:
    """Return the kind of a tuple of two."""
    return container("tuple", (first, second))


def _first(call: Call, name: str = "a") -> tuple[Kind, Dims | None]:
    operand = as_array(call.get(0, name) or ANY)
    return operand, dims_of(operand)


def _listed(item: Kind, count: Any) -> Kind:
    found = container("list", (item,))
    sections = type(count) is int and count > 0
    return Kind("list", items=found.items, dims=(length_class(count),) if sections else None)


# -- parts -------------------------------------------------------------------------------------------


def _parts(axis_of: Callable[[Call, int], Any]) -> Callable[[Call], Kind]:
    """Return the rule of what cuts an array along an axis into a list."""

    def result(call: Call) -> Kind:
        operand, dims = _first(call, "ary")
        count = integer(call.get(1, "indices_or_sections"))
        axis = UNKNOWN if not dims else axis_of(call, len(dims))
        axes = normal_axes(axis, len(dims)) if dims and type(axis) is int else None
        if axes is None or dims is None:
            return _listed(number(operand), count)
        return _listed(shaped((*dims[: axes[0]], "?", *dims[axes[0] + 1 :]), operand), count)

    return result


def meshgrid(call: Call) -> Kind:
    """Return the kind of ``np.meshgrid(*xi, indexing, sparse)``: as many arrays as arguments."""
    operands = [as_array(k) for k in call.arguments]
    several = [dims_of(k) for k in operands]
    sparse = integer(call.keywords.get("sparse"), False)
    swapped = len(operands) > 1 and "indexing" not in call.keywords
    if (
        any(dims is None for dims in several)
        or sparse is not False
        or not call.only("indexing", "sparse", "copy")
    ):
        return container("tuple", tuple(map(number, operands)))
    lengths = [product_length(dims or ()) for dims in several]
    if swapped:
        lengths[:2] = lengths[1::-1]
    elif call.texts.get("indexing") != "ij":
        lengths = ["?"] * len(lengths)
    return container("tuple", tuple(shaped(lengths, k) for k in operands))


def open_mesh(call: Call) -> Kind:
    """Return the kind of ``np.ix_(*args)``: as many arrays as arguments, with an axis for each."""
    return container("tuple", (array(len(call.arguments)),) * len(call.arguments))


def unstack(call: Call) -> Kind:
    """Return the kind of ``np.unstack(x, axis=0)``: of one array where the axis has length one."""
    operand, dims = _first(call, "x")
    axis = integer(call.keywords.get("axis"), 0)
    axes = normal_axes(axis, len(dims)) if dims and type(axis) is int else None
    if axes is None or dims is None or dims[axes[0]] != "1":
        return container("tuple")
    return container("tuple", (shaped((*dims[: axes[0]], *dims[axes[0] + 1 :]), operand),))


# -- counts and fits ---------------------------------------------------------------------------------


def average(call: Call) -> Kind:
    """Return the kind of ``np.average(a, axis, weights, returned)``, with the sum of weights where it is asked for."""
    returned = integer(call.get(3, "returned"), False)
    if returned is False:
        return NUMBER
    return pair(NUMBER, NUMBER) if returned is True else ANY


def _counts(call: Call, weights: int, density: int) -> Kind:
    """A count, of the dtype that weights and ``density`` leave it."""
    plain = all(k is None or k.name == "none" for k in (call.get(weights, "weights"),))
    whole = integer(call.get(density, "density"), False) in (False, None)
    return Kind("number", dtype="int") if plain and whole else NUMBER


def histogram(call: Call) -> Kind:
    """Return the kind of ``np.histogram(a, bins, range, density, weights)``."""
    return pair(shaped(("?",), _counts(call, 4, 3)), array(1))


def histogram2d(call: Call) -> Kind:
    """Return the kind of ``np.histogram2d(x, y)``."""
    return container("tuple", (array(2), array(1), array(1)))


def histogramdd(call: Call) -> Kind:
    """Return the kind of ``np.histogramdd(sample)``."""
    return pair(array(), container("list", (array(1),)))


def unique(call: Call) -> Kind:
    """Return the kind of ``np.unique(ar, return_index, return_inverse, return_counts, axis)``."""
    operand, dims = _first(call, "ar")
    axis = integer(call.get(4, "axis"), None)
    axes = normal_axes(axis, len(dims)) if dims and type(axis) is int else None
    if axis is None:
        values = shaped(("?",), operand)
    elif axes is None or dims is None:
        values = number(operand)
    else:
        values = shaped((*dims[: axes[0]], "?", *dims[axes[0] + 1 :]), operand)
    names = ("return_index", "return_inverse", "return_counts")
    flags = [integer(call.get(k, name), False) for k, name in enumerate(names, 1)]
    if any(flag not in (True, False) for flag in flags):
        return ANY
    return container("tuple", (values, *[_INDICES] * sum(flags))) if any(flags) else values


def gradient(call: Call) -> Kind:
    """Return the kind of ``np.gradient(f, *varargs, axis)``: one array an axis, or the array of the only one."""
    operand, dims = _first(call, "f")
    like = Kind("number", dtype=_DOUBLE_OF.get(operand.dtype or "", operand.dtype))
    axis = integers(call.keywords.get("axis"), None)
    part = shaped(dims, like) if dims else number(like)
    if axis is UNKNOWN or axis is None and not dims:
        return ANY
    if axis is None or isinstance(axis, tuple):
        count = len(dims or ()) if axis is None else len(axis)
        return part if count == 1 else container("tuple", (part,) * count)
    return part


def polyfit(call: Call) -> Kind:
    """Return the kind of ``np.polyfit(x, y, deg, rcond, full, w, cov)``."""
    places = as_array(call.get(0, "x") or ANY)
    values = as_array(call.get(1, "y") or ANY)
    dims = dims_of(values)
    doubles = {k.dtype for k in (places, values)} <= {"float64", "int"} and "w" not in call.keywords
    like = Kind("number", dtype="float64") if doubles and len(call.arguments) < 6 else NUMBER
    found = shaped(("?", *dims[1:]), like) if dims else NUMBER
    full, scaled = integer(call.get(4, "full"), False), integer(call.get(6, "cov"), False)
    if full is False and scaled is False:
        return found
    return pair(found, NUMBER) if full is False and scaled is True else ANY


def lstsq(call: Call) -> Kind:
    """Return the kind of ``np.linalg.lstsq(a, b)``: solution, residuals, rank and singular values."""
    matrix, right = as_array(call.get(0, "a") or ANY), as_array(call.get(1, "b") or ANY)
    columns = dims_of(right)
    dtype = promote((matrix, right))
    dtype = _DOUBLE_OF.get(dtype or "", dtype)
    real = Kind("number", dtype="float" if dtype == "complex" else dtype)
    dims = dims_of(matrix)
    known = dims is not None and len(dims) == 2 and columns
    solution = (
        shaped((*(dims or ())[1:], *(columns or ())[1:]), Kind("number", dtype=dtype)) if known else NUMBER
    )
    return container("tuple", (solution, shaped(("?",), real), INT, shaped(("?",), real)))


# -- Python's own ------------------------------------------------------------------------------------


def quotient_and_remainder(call: Call) -> Kind:
    """Return the kind of ``divmod(a, b)``."""
    if len(call.arguments) != 2:
        return ANY
    return pair(binary(gast.FloorDiv, *call.arguments), binary(gast.Mod, *call.arguments))


def power(call: Call) -> Kind:
    """Return the kind of ``pow(base, exp)``, and with a modulus that of whole numbers."""
    operands = [call.get(0, "base"), call.get(1, "exp")]
    modulus = call.get(2, "mod")
    if modulus is not None and modulus.name != "none":
        counts = modulus.name in ("int", "bool")
        return INT if counts and all(k is not None and is_scalar(k) for k in operands) else ANY
    known = [k for k in operands if k is not None]
    return binary(gast.Pow, *known) if len(known) == 2 else ANY


def product(call: Call) -> Kind:
    """Return the kind of ``math.prod(iterable, start=...)``: a number, or an array where it multiplies arrays."""
    factors = call.arguments[0].items if call.arguments else None
    if call.arguments[0].name not in ("list", "tuple") or not factors:
        return NUMBER if call.arguments[0].name == "array" else ANY
    start = call.keywords.get("start")
    numeric = all(
        k.name in ("float", "int", "bool", "number", "array") for k in (*factors, *filter(None, [start]))
    )
    return NUMBER if numeric else ANY


def _always(kind: Kind) -> Callable[[Call], Kind]:
    return lambda call: kind


SEVERAL: dict[Any, Callable[[Call], Kind]] = {
    np.array_split: _parts(lambda call, rank: integer(call.get(2, "axis"), 0)),
    np.dsplit: _parts(lambda call, rank: 2),
    np.gradient: gradient,
    np.average: average,
    np.histogram: histogram,
    np.histogram2d: histogram2d,
    np.histogramdd: histogramdd,
    np.hsplit: _parts(lambda call, rank: 0 if rank == 1 else 1),
    np.ix_: open_mesh,
    np.linalg.lstsq: lstsq,
    np.meshgrid: meshgrid,
    np.polydiv: _always(pair(array(1), array(1))),
    np.polyfit: polyfit,
    np.split: _parts(lambda call, rank: integer(call.get(2, "axis"), 0)),
    np.unique: unique,
    np.unstack: unstack,
    np.vsplit: _parts(lambda call, rank: 0),
    builtins.complex: _always(COMPLEX),
    builtins.divmod: quotient_and_remainder,
    builtins.pow: power,
    cmath.isclose: _always(BOOL),
    cmath.isfinite: _always(BOOL),
    cmath.isinf: _always(BOOL),
    cmath.isnan: _always(BOOL),
    cmath.phase: _always(FLOAT64),
    cmath.polar: _always(pair(FLOAT64, FLOAT64)),
    math.frexp: _always(pair(FLOAT64, INT)),
    math.modf: _always(pair(FLOAT64, FLOAT64)),
    math.prod: product,
}
