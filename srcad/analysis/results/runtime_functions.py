"""The results of the runtime's functions: what their annotations say, and structures like those of arguments."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import (
    ANY,
    BOOL,
    FLOAT,
    FLOAT64,
    INT,
    NONE,
    NUMBER,
    STR,
    Kind,
    array,
    container,
    dims_of,
    is_scalar,
)
from srcad.analysis.results.elementwise import ufunc_result
from srcad.analysis.results.shaped import Call, number, shaped

__all__ = ["is_runtime", "runtime_result"]

_NUMERIC = ("float", "int", "bool", "array", "number")
_SIMPLE = {
    "Array": NUMBER, "Shape": container("tuple"), "bool": BOOL, "float": FLOAT, "int": INT, "None": NONE, "str": STR,
}  # fmt: skip


def is_runtime(callee: Any) -> bool:
    """Tell whether a function is one that generated code calls as ``rt``."""
    return getattr(rt, getattr(callee, "__name__", ""), None) is callee


def runtime_result(callee: Any, call: Call) -> Kind:
    """Return the kind of a call of a function of the runtime."""
    special = _LIKE_ARGUMENTS.get(callee)
    return _annotated(callee) if special is None else special(call)


@functools.cache
def _annotated(callee: Any) -> Kind:
    """The kind that a function's annotation declares, `ANY` where it declares nothing."""
    text = None if isinstance(callee, type) else inspect.signature(callee).return_annotation
    return _declared(text) if isinstance(text, str) else ANY


def _declared(text: str) -> Kind:
    if text in _SIMPLE:
        return _SIMPLE[text]
    listed = re.fullmatch(r"list\[(.*)\]", text)
    if listed:
        item = _declared(listed[1])
        return container("list", None if item == ANY else (item,))
    several = re.fullmatch(r"tuple\[([\w, ]*)\]", text)
    if several:
        return container("tuple", tuple(map(_declared, several[1].split(", "))))
    return container("tuple") if text.startswith("tuple[") else ANY


# -- structures like those of arguments --------------------------------------------------------------


def _is_numeric(kind: Kind) -> bool:
    return kind.name in _NUMERIC


def _parts_of(position: int) -> Callable[[Call], Kind]:
    """The rule of what gives one array for an array in this position, and a list for a list."""

    def result(call: Call) -> Kind:
        given = call.arguments[position] if len(call.arguments) > position else ANY
        if _is_numeric(given):
            return NUMBER
        flat = given.name in ("list", "tuple") and all(map(_is_numeric, given.items or (ANY,)))
        return container("list", (NUMBER,)) if flat else ANY

    return result


def _nested(kind: Kind) -> Kind:
    """Nested lists of arrays, for nested lists and tuples."""
    if _is_numeric(kind):
        return NUMBER
    if kind.name == "list" and kind.items:
        return container("list", (_nested(kind.items[0]),))
    if kind.name == "tuple" and kind.items and all(map(_is_numeric, kind.items)):
        return container("list", (NUMBER,))
    return ANY


def _nested_like_second(call: Call) -> Kind:
    return _nested(call.arguments[1]) if len(call.arguments) > 1 else ANY


def _sum(call: Call) -> Kind:
    """The kind of ``rt.add(first, second)``."""
    return NUMBER if len(call.arguments) == 2 and all(map(_is_numeric, call.arguments)) else ANY


def _gradient(kind: Kind) -> Kind:
    """The gradient of a value as the user gets it: whole numbers have gradients in double precision."""
    if kind.name == "array":
        dtype = "float64" if kind.dtype in ("int", "bool") else kind.dtype
        return shaped(dims_of(kind), Kind("number", dtype=dtype))
    if kind.name == "int" and kind.dtype == "int":
        return FLOAT64
    if kind.name == "float":
        return Kind("float", dtype=None if kind.dtype == "double" else kind.dtype)
    if kind.name in ("list", "tuple") and kind.items and kind.value is None:
        return container(kind.name, tuple(map(_gradient, kind.items)))
    if kind.name == "dict" and kind.items is not None:
        return container("dict", tuple((key, _gradient(item)) for key, item in kind.items))
    return number(Kind("number", dtype=kind.dtype)) if kind.name == "number" else ANY


def _finished(call: Call) -> Kind:
    """The kind of ``rt.finish(gradient, value)``."""
    return _gradient(call.arguments[1]) if len(call.arguments) == 2 else ANY


def _number_like(position: int) -> Callable[[Call], Kind]:
    """The rule of what is a number or an array where this argument is."""

    def result(call: Call) -> Kind:
        numeric = len(call.arguments) > position and _is_numeric(call.arguments[position])
        return NUMBER if numeric else ANY

    return result


def _owned(call: Call) -> Kind:
    """The kind of ``rt.owned(g, x)``: of the shape of ``x``."""
    gradient, value = call.arguments[:2]
    if not _is_numeric(gradient) or not _is_numeric(value):
        return ANY
    return array(None, True, dims_of(value)) if value.name == "array" else NUMBER


def _quotient(call: Call) -> Kind:
    """The kind of ``rt.quotient(g, x)``."""
    return ufunc_result(np.true_divide, call.arguments) if len(call.arguments) == 2 else NUMBER


def _reciprocal(call: Call) -> Kind:
    """The kind of ``rt.safe_reciprocal(x)``."""
    return ufunc_result(np.true_divide, [INT, call.arguments[0]])


def _logarithm(call: Call) -> Kind:
    """The kind of ``rt.safe_log(x)``."""
    return ufunc_result(np.log, call.arguments[:1])


def _scaled_logarithm(call: Call) -> Kind:
    """The kind of ``rt.scaled_log(scale, x)``."""
    return ufunc_result(np.true_divide, call.arguments) if len(call.arguments) == 2 else NUMBER


def _power(call: Call) -> Kind:
    """The kind of ``rt.scaled_power(scale, x, exponent)``."""
    if len(call.arguments) != 3 or not all(is_scalar(kind) and kind.dtype for kind in call.arguments):
        return NUMBER
    scale, x, _ = call.arguments
    doubles = all(kind.dtype in ("float64", "double", "int") for kind in call.arguments)
    if not doubles:
        return FLOAT
    return FLOAT64 if "float64" in (scale.dtype, x.dtype) else Kind("float", dtype="double")


def _copied(call: Call) -> Kind:
    """The kind of ``rt.copy(value)``."""
    return call.arguments[0] if call.arguments and call.arguments[0].name in ("array", "number") else ANY


def _record(call: Call) -> Kind:
    """The kind of ``rt.record_like(record, *parts)``."""
    record = call.arguments[0]
    known = record.name == "tuple" and record.items is not None
    return Kind("tuple", items=tuple(call.arguments[1:]), value=record.value) if known else ANY


def _replaced(call: Call) -> Kind:
    """The kind of ``rt.with_item(items, k, value)``."""
    items, position, value = (*call.arguments, ANY, ANY, ANY)[:3]
    if items.name != "tuple" or items.items is None or position.value is None:
        return container("tuple")
    kinds = list(items.items)
    kinds[position.value] = value
    return container("tuple", tuple(kinds))


def _places(call: Call) -> Kind:
    """The kind of ``rt.entry_places(array, order)``."""
    dims = dims_of(call.arguments[0]) if call.arguments else None
    return container("list", (Kind("tuple", items=None if dims is None else (INT,) * len(dims)),))


_LIKE_ARGUMENTS: dict[Any, Callable[[Call], Kind]] = {
    rt.add: _sum,
    rt.block_adjoint: _nested_like_second,
    rt.choose_adjoint: _parts_of(2),
    rt.copy: _copied,
    rt.default_rcond: lambda call: NUMBER,
    rt.entry_places: _places,
    rt.einsum_gradient: lambda call: NUMBER,
    rt.finish: _finished,
    rt.fit_tangent: _number_like(1),
    rt.freedom: lambda call: NUMBER,
    rt.holomorphic_seed: lambda call: Kind("float", dtype="complex"),
    rt.nested_like: _nested_like_second,
    rt.owned: _owned,
    rt.quotient: _quotient,
    rt.record_like: _record,
    rt.reshape_like: lambda call: container("list", (NUMBER,)),
    rt.safe_log: _logarithm,
    rt.safe_reciprocal: _reciprocal,
    rt.scaled_log: _scaled_logarithm,
    rt.scaled_power: _power,
    rt.seed: lambda call: FLOAT,
    rt.select_adjoint: _parts_of(2),
    rt.split_like: _parts_of(1),
    rt.structured_like: _nested_like_second,
    rt.tangent_like: _number_like(1),
    rt.unstack_like: _parts_of(1),
    rt.with_item: _replaced,
    rt.zero_tangent: _number_like(0),
}
