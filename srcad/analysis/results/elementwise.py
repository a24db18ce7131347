"""Ufuncs and operators: the axes broadcast, and the dtype is what NumPy's own type resolution says."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import gast
import numpy as np

from srcad.analysis.kinds import (
    ANY,
    BOOL,
    FLOAT,
    FLOAT64,
    INT,
    NEVER,
    NONE,
    NUMBER,
    STR,
    Dims,
    Kind,
    array,
    container,
    dims_of,
    is_scalar,
    join_dtypes,
)
from srcad.analysis.kinds_of_values import dtype_class
from srcad.analysis.results.products import contracted, matmul
from srcad.analysis.results.shaped import as_array, broadcast_dims, maybe_inexact

__all__ = ["BINARY", "UNARY", "binary", "broadcast", "comparison", "ufunc_result", "unary"]

BINARY: dict[type, Any] = {
    gast.Add: np.add,
    gast.Sub: np.subtract,
    gast.Mult: np.multiply,
    gast.Div: np.true_divide,
    gast.Pow: np.power,
    gast.Mod: np.mod,
    gast.FloorDiv: np.floor_divide,
    gast.MatMult: np.matmul,
}
_BITWISE: dict[type, Any] = {
    gast.BitAnd: np.bitwise_and,
    gast.BitOr: np.bitwise_or,
    gast.BitXor: np.bitwise_xor,
    gast.LShift: np.left_shift,
    gast.RShift: np.right_shift,
}
UNARY: dict[type, Any] = {gast.USub: np.negative, gast.UAdd: np.positive}

_NUMERIC = ("float", "int", "bool", "array", "number")
_NUMERIC_OR_NONE = frozenset(["none", *_NUMERIC])
_OF_ANYTHING = (np.equal, np.not_equal, np.logical_and, np.logical_or, np.logical_not, np.logical_xor)


# -- ufuncs ------------------------------------------------------------------------------------------


def ufunc_result(ufunc: np.ufunc, operands: list[Kind]) -> Kind:
    """Return the kind of what a ufunc makes of operands: of several results a tuple."""
    if ufunc.signature is not None:
        product = len(operands) == 2 and ufunc in (np.matmul, np.vecdot, np.matvec, np.vecmat)
        if not product:
            return NUMBER if ufunc.nout == 1 else container("tuple", (NUMBER,) * ufunc.nout)
        return matmul(*operands) if ufunc is np.matmul else contracted(ufunc, *operands)
    if any(operand.name == "none" for operand in operands) and NONE in operands and ufunc not in _OF_ANYTHING:
        return NEVER
    operands = [as_array(operand) for operand in operands]
    if len(operands) != ufunc.nin or any(operand.name not in _NUMERIC for operand in operands):
        return NUMBER if ufunc.nout == 1 and any(o.name == "array" for o in operands) else ANY
    return _of_numbers(ufunc, tuple([(o.name, o.ndim, o.inexact, o.dims, o.dtype) for o in operands]))


@functools.lru_cache(maxsize=4096)
def _of_numbers(ufunc: np.ufunc, forms: tuple[tuple[Any, ...], ...]) -> Kind:
    """Return what a ufunc makes of numbers and arrays, of which all is given that the result depends on."""
    operands = [
        Kind(name, ndim, inexact, dims=dims, dtype=dtype) for name, ndim, inexact, dims, dtype in forms
    ]
    several = [dims_of(operand) for operand in operands]
    dims = _result_dims(operands)
    is_array = any(several) or None not in several
    results = []
    for inexact, dtype in _result_dtypes(ufunc, tuple(_dtype_key(operand) for operand in operands)):
        results.append(
            array(None, inexact, dims, dtype) if is_array else Kind("number", dims=dims, dtype=dtype)
        )
    return results[0] if ufunc.nout == 1 else container("tuple", tuple(results))


def _result_dims(operands: list[Kind]) -> Dims | None:
    """Return the axes of an elementwise result, or those that it has unless it is a scalar; None where they differ."""
    perhaps = [operand.dims for operand in operands if operand.name == "number"]
    surely = broadcast_dims([dims_of(operand) for operand in operands if operand.name != "number"])
    if not perhaps or surely is None:
        return surely
    found = surely or perhaps[0]
    same = all(dims and broadcast_dims([found, dims]) == found for dims in perhaps)
    return found if same and (surely or len(set(perhaps)) == 1) else None


def broadcast(operands: list[Kind]) -> Kind:
    """Return what operands broadcast to, of unknown dtype."""
    dims = broadcast_dims([dims_of(operand) for operand in operands])
    return NUMBER if dims is None else array(None, True, dims)


def _dtype_key(kind: Kind) -> tuple[str | None, bool, bool]:
    return kind.dtype, maybe_inexact(kind), is_scalar(kind) or kind.name == "number"


_ALL = "?bBhHiIlLqQefdgFD"
_SAMPLES: dict[str | None, str] = {
    "float64": "d", "double": "dl", "float": "efdg", "complex": "FDG", "int": "ilq", "bool": "?", "mixed": _ALL, None: _ALL,
}  # fmt: skip
_WEAK: dict[str | None, tuple[type, ...]] = {
    "float64": (float,),
    "double": (float, int),
    "float": (),
    "complex": (complex,),
    "int": (int,),
    "bool": (),
    "mixed": (float, int, complex),
    None: (float, int, complex),
}


def _samples(key: tuple[str | None, bool, bool]) -> list[Any]:
    dtype, inexact, may_be_weak = key
    chars = _SAMPLES[dtype] if dtype is not None or inexact else "?bBhHilLQ"
    weak = _WEAK[dtype] if dtype is not None or inexact else (int,)
    return [np.dtype(char) for char in chars] + (list(weak) if may_be_weak else [])


@functools.lru_cache(maxsize=4096)
def _result_dtypes(
    ufunc: np.ufunc, keys: tuple[tuple[str | None, bool, bool], ...]
) -> tuple[tuple[bool, str | None], ...]:
    """Whether each result may be inexact, and its class of dtype: asked of NumPy for examples of the operands'."""
    found: list[list[np.dtype[Any]]] = [[] for _ in range(ufunc.nout)]
    for sample in itertools.product(*map(_samples, keys)):
        try:
            resolved = ufunc.resolve_dtypes((*sample, *[None] * ufunc.nout))
        except TypeError:
            continue
        for results, dtype in zip(found, resolved[ufunc.nin :]):
            results.append(dtype)
    scalars = all(key[2] for key in keys)
    summaries = [_summary(results, scalars) for results in found]
    if any(key[0] == "mixed" for key in keys):
        return tuple(summaries)
    return tuple((inexact, None if dtype == "mixed" else dtype) for inexact, dtype in summaries)


def _summary(dtypes: list[np.dtype[Any]], scalars: bool) -> tuple[bool, str | None]:
    inexact = not dtypes or any(dtype.kind not in "biu" for dtype in dtypes)
    classes = {dtype_class(dtype) for dtype in dtypes}
    if scalars and classes <= {"float64", "int", "double"} and len(classes) > 1:
        return True, "double"
    if not classes:
        return True, None
    return inexact, functools.reduce(join_dtypes, classes)


# -- operators ---------------------------------------------------------------------------------------


def binary(op: type, left: Kind, right: Kind) -> Kind:
    """Return the kind of ``left op right``."""
    if (
        "none" in (left.name, right.name)
        and NONE in (left, right)
        and {left.name, right.name} <= _NUMERIC_OR_NONE
    ):
        return NEVER  # it raises
    if op is gast.MatMult:
        return matmul(left, right)
    if is_scalar(left) and is_scalar(right):
        return _scalar_binary(op, left, right)
    if left.name in _NUMERIC and right.name in _NUMERIC:
        return ufunc_result(BINARY.get(op) or _BITWISE[op], [left, right])
    if op is gast.Add and left.name == right.name and left.name in ("tuple", "list", "str"):
        return _concatenated(left, right)
    if op is gast.Mult and "int" in (left.name, right.name) and "list" in (left.name, right.name):
        return container("list", left.items if left.name == "list" else right.items)
    if op is gast.Mod and left.name == "str":
        return STR
    if op is gast.Mult and {left.name, right.name} in ({"str", "int"}, {"str", "bool"}):
        return STR
    if "array" in (left.name, right.name):
        other = right if left.name == "array" else left
        known = as_array(other)
        return (
            ufunc_result(BINARY.get(op) or _BITWISE[op], [left, right]) if known.name in _NUMERIC else NUMBER
        )
    return ANY


def _concatenated(left: Kind, right: Kind) -> Kind:
    if left.name == "tuple" and left.items is not None and right.items is not None:
        return container("tuple", left.items + right.items)
    if left.name == "list" and left.items and left.items == right.items:
        return container("list", left.items)
    return STR if left.name == "str" else container(left.name)


def _scalar_binary(op: type, left: Kind, right: Kind) -> Kind:
    whole = "float" not in (left.name, right.name)
    doubles = {left.dtype, right.dtype} <= {"float64", "double", "int", "bool"}
    if op in _BITWISE:
        return BOOL if left.name == right.name == "bool" and op not in (gast.LShift, gast.RShift) else INT
    if not doubles:
        if op is gast.Pow and left.dtype == "complex":
            return Kind("float", dtype="complex")
        return FLOAT if whole or op is gast.Pow else ufunc_result(BINARY[op], [left, right])
    if op is gast.Pow:
        natural = right.value is not None and right.value >= 0
        if whole:
            return INT if natural else Kind("float", dtype="double")
        if left.value is not None and left.value > 0:
            return FLOAT64  # no power of a positive number is complex
        return Kind("float", dtype=left.dtype) if right.name != "float" else FLOAT
    if op is gast.Div:
        return FLOAT64
    if whole:
        return INT
    return FLOAT64 if "float64" in (left.dtype, right.dtype) else Kind("float", dtype="double")


def unary(op: type, operand: Kind) -> Kind:
    """Return the kind of ``op operand``."""
    if op is gast.Not:
        return BOOL
    if is_scalar(operand) and op is not gast.Invert:
        if operand.name == "float":
            return operand
        sign = -1 if op is gast.USub else 1
        value = None if operand.value is None else sign * operand.value
        return Kind("int", dtype=operand.dtype if operand.name == "int" else "int", value=value)
    if operand.name in _NUMERIC:
        return INT if operand.name == "int" else ufunc_result(UNARY.get(op, np.invert), [operand])
    return ANY


_COMPARISONS: dict[type, np.ufunc] = {
    gast.Eq: np.equal,
    gast.NotEq: np.not_equal,
    gast.Lt: np.less,
    gast.LtE: np.less_equal,
    gast.Gt: np.greater,
    gast.GtE: np.greater_equal,
}


def comparison(op: type, left: Kind, right: Kind) -> Kind:
    """Return the kind of ``left op right`` for a comparison."""
    if op not in _COMPARISONS or is_scalar(left) and is_scalar(right):
        return BOOL
    builtin = ("str", "none", "float", "int", "bool")
    if left.name in builtin and right.name in builtin:
        return BOOL
    if left.name in _NUMERIC and right.name in _NUMERIC:
        found = ufunc_result(_COMPARISONS[op], [left, right])
        return found if found.name == "array" else Kind("number", dtype="bool")
    return ANY
