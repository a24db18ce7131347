"""New arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.analysis.kinds import (
    ANY,
    FLOAT,
    FLOAT64,
    INT,
    NUMBER,
    Dims,
    Kind,
    array,
    container,
    dims_of,
    function,
    join_all,
    length,
)
from srcad.analysis.results.shaped import (
    Call,
    as_array,
    dtype_of_literal,
    maybe_inexact,
    promote,
    shape_of,
    shaped,
)

__all__ = ["CREATION", "converted"]


def _filled(dims: Dims | None, dtype: str | None) -> Kind:
    """An array, where the axes are known and there are some."""
    return array(None, True, dims, dtype) if dims else Kind("number", dtype=dtype)


def zeros(call: Call) -> Kind:
    """Return the kind of ``np.zeros(shape, dtype)``."""
    dtype = dtype_of_literal(call.get(1, "dtype"), "float64")
    return _filled(shape_of(call.get(0, "shape")), dtype)


def full(call: Call) -> Kind:
    """Return the kind of ``np.full(shape, fill_value, dtype)``."""
    value = call.get(1, "fill_value") or ANY
    dtype = dtype_of_literal(call.get(2, "dtype"), value.dtype)
    return _filled(shape_of(call.get(0, "shape")), dtype)


def like(call: Call) -> Kind:
    """Return the kind of ``np.zeros_like(a, dtype)``."""
    if not call.only("dtype", positions=2):
        return NUMBER
    return _like(call, call.get(1, "dtype"))


def full_like(call: Call) -> Kind:
    """Return the kind of ``np.full_like(a, fill_value, dtype)``."""
    if not call.only("dtype", "fill_value", positions=3):
        return NUMBER
    return _like(call, call.get(2, "dtype"))


def _like(call: Call, dtype: Kind | None) -> Kind:
    operand = as_array(call.arguments[0]) if call.arguments else ANY
    return _filled(dims_of(operand), dtype_of_literal(dtype, operand.dtype))


def converted(call: Call) -> Kind:
    """Return the kind of ``np.array(object, dtype)``."""
    operand = as_array(call.arguments[0]) if call.arguments else ANY
    if not call.only("dtype", "copy", positions=2):
        return NUMBER
    named = call.get(1, "dtype")
    if named is not None and named.name != "none":
        return _filled(dims_of(operand), dtype_of_literal(named, None))
    if dims_of(operand):
        return operand
    return Kind("number", dtype=operand.dtype)


def astype(call: Call) -> Kind:
    """Return the kind of ``a.astype(dtype)``."""
    operand = as_array(call.arguments[0])
    return _filled(dims_of(operand), dtype_of_literal(call.get(1, "dtype"), None))


def eye(call: Call) -> Kind:
    """Return the kind of ``np.eye(N, M)``."""
    rows = call.get(0, "N") or call.keywords.get("n") or ANY
    columns = call.get(1, "M")
    if rows.name != "int" or not call.only("M", "k", "N", "n", positions=2):
        return NUMBER
    wide = rows if columns is None or columns.name == "none" else columns
    return array(None, True, (length(rows), length(wide)), "float64")


def arange(call: Call) -> Kind:
    """Return the kind of ``np.arange(start, stop, step)``."""
    if call.keywords or any(k.name not in ("int", "float") for k in call.arguments):
        return array(1)
    whole = all(k.name == "int" for k in call.arguments)
    size = length(call.arguments[0]) if len(call.arguments) == 1 else "?"
    return array(None, True, (size,), promote(call.arguments) if whole else None)


def linspace(call: Call) -> Kind:
    """Return the kind of ``np.linspace(start, stop, num)``, of known axes between scalars."""
    ends = [call.get(0, "start") or ANY, call.get(1, "stop") or ANY]
    with_step = call.get(4, "retstep")
    if with_step is not None and with_step.value is not False:
        return container("tuple", (NUMBER, NUMBER)) if with_step.value is True else ANY
    if not call.only("start", "stop", "num", "endpoint", "retstep", positions=5):
        return NUMBER
    if any(dims_of(as_array(end)) != () for end in ends):
        return NUMBER
    count = call.get(2, "num")
    dtype = "float64" if promote(ends) in ("float64", "int") else None
    return array(None, True, ("N" if count is None else length(count),), dtype)


def double(call: Call) -> Kind:
    """Return the kind of ``np.float64(x)``, ``float(x)``."""
    operand = as_array(call.arguments[0]) if call.arguments else FLOAT64
    dims = dims_of(operand)
    return Kind("number", dtype="float64") if dims is None else array(None, True, dims, "float64")


def scalar_type(dtype: str | None, inexact: bool) -> Callable[[Call], Kind]:
    """Return the rule of a NumPy scalar type that is called."""

    def result(call: Call) -> Kind:
        operand = as_array(call.arguments[0]) if call.arguments else INT
        dims = dims_of(operand)
        return Kind("number", dtype=dtype) if dims is None else array(None, inexact, dims, dtype)

    return result


def distribution(position: int | None) -> Callable[[Call], Kind]:
    """Return the rule of a sampler whose shape is given from this position on, or as ``size``."""

    def result(call: Call) -> Kind:
        if position is None:
            sizes = tuple(length(k) for k in call.arguments)
            return array(None, True, sizes, "float64") if sizes else FLOAT64
        given = call.get(position, "size")
        if given is None or given.name == "none":
            return FLOAT64 if position == 0 else NUMBER
        return _filled(shape_of(given), "float64")

    return result


def as_array_like(call: Call) -> Kind:
    """Return the kind of ``rt.unbroadcast(value, x)``: what has the shape of its second argument."""
    operand = call.arguments[1] if len(call.arguments) > 1 else ANY
    dims = dims_of(operand)
    return NUMBER if dims is None else FLOAT if dims == () else shaped(dims, Kind("number"))


def index_arrays(call: Call) -> Kind:
    """Return the kind of ``np.flatnonzero(a)``."""
    operand = as_array(call.arguments[0]) if call.arguments else ANY
    return array(None, False, ("?",), "int") if maybe_inexact(operand) or operand.dtype else ANY


def limits(call: Call) -> Kind:
    """Return the kind of ``np.finfo(dtype)``, whose attributes are numbers of that type."""
    dtype = dtype_of_literal(call.get(0, "dtype"), None)
    sizes = (np.float64,) if dtype == "float64" else (np.float64, np.float32)
    return join_all(function(np.finfo(size)) for size in sizes)


CREATION: dict[Any, Callable[[Call], Kind]] = {
    np.arange: arange,
    np.array: converted,
    np.asarray: converted,
    np.ascontiguousarray: converted,
    np.empty: zeros,
    np.empty_like: like,
    np.eye: eye,
    np.finfo: limits,
    np.flatnonzero: index_arrays,
    np.full: full,
    np.full_like: full_like,
    np.identity: eye,
    np.linspace: linspace,
    np.ndarray.astype: astype,
    np.ones: zeros,
    np.ones_like: like,
    np.random.rand: distribution(None),
    np.random.randn: distribution(None),
    np.random.random: distribution(0),
    np.random.standard_normal: distribution(0),
    np.zeros: zeros,
    np.zeros_like: like,
    np.float64: double,
    np.float32: scalar_type("float", True),
    np.complex128: scalar_type("complex", True),
    np.float16: scalar_type("float", True),
    np.longdouble: scalar_type("float", True),
    np.complex64: scalar_type("complex", True),
    np.clongdouble: scalar_type("complex", True),
    np.int64: scalar_type("int", False),
    np.int32: scalar_type("int", False),
}
