"""Whether a kind is true of a value, and the kinds and values of programs given as text."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from srcad.analysis.infer import infer
from srcad.analysis.kinds import Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.kinds_of_values import kind_of
from srcad.analysis.returns import Callees
from srcad.pipeline import read

_DTYPES = {
    None: lambda dtype: True,
    "mixed": lambda dtype: True,
    "float64": lambda dtype: dtype == np.float64,
    "double": lambda dtype: dtype == np.float64 or dtype.kind == "i" and dtype.itemsize >= 4,
    "float": lambda dtype: dtype.kind == "f",
    "complex": lambda dtype: dtype.kind == "c",
    "int": lambda dtype: dtype.kind == "i" and dtype.itemsize >= 4,
    "bool": lambda dtype: dtype.kind == "b",
}


def contains(kind: Kind, value: Any) -> bool:
    """Tell whether what a kind says is true of a value."""
    if kind.name in ("any", "str", "none", "function"):
        return kind.name == "any" or kind_of(value).name == kind.name
    if kind.name in ("tuple", "list", "dict", "object"):
        return contains_container(kind, value)
    if kind.name == "array":
        return isinstance(value, np.ndarray) and contains_array(kind, value)
    if not isinstance(value, (bool, int, float, complex, np.generic, np.ndarray)):
        return False
    if not _DTYPES[kind.dtype](np.asarray(value).dtype):
        return False
    if kind.name == "number":
        return True
    return not isinstance(value, np.ndarray) and contains_scalar(kind, value)


def contains_scalar(kind: Kind, value: Any) -> bool:
    if kind.value is not None and value != kind.value:
        return False
    if kind.dims is not None and not fits(kind.dims, (int(value),)):
        return False
    letters = {"bool": "b", "int": "biu", "float": "biufc"}[kind.name]
    return np.asarray(value).dtype.kind in letters


def contains_array(kind: Kind, value: np.ndarray) -> bool:
    if kind.ndim is not None and value.ndim != kind.ndim:
        return False
    if kind.dims is not None and not fits(kind.dims, value.shape):
        return False
    inexact = value.dtype.kind in "fc"
    return _DTYPES[kind.dtype](value.dtype) and (kind.inexact or not inexact)


def contains_container(kind: Kind, value: Any) -> bool:
    if kind.name == "object":
        return type(value) is kind.value and all(
            contains(own, getattr(value, name)) for name, own in kind.items or ()
        )
    if not isinstance(value, {"tuple": tuple, "list": list, "dict": dict}[kind.name]):
        return False
    if kind.dims is not None and not fits(kind.dims, (len(value),)):
        return False
    if kind.items is None:
        return True
    if kind.name == "dict":
        return all(key in value and contains(own, value[key]) for key, own in kind.items)
    if kind.name == "list":
        return all(kind.items != () and contains(kind.items[0], item) for item in value)
    return len(value) == len(kind.items) and all(map(contains, kind.items, value))


def fits(dims: tuple[str, ...], shape: tuple[int, ...]) -> bool:
    return len(dims) == len(shape) and all(
        d == "?" or (d == "1") == (size == 1) for d, size in zip(dims, shape)
    )


_NUMBERS = count()


def function_of(text: str, **names: Any) -> Callable[..., Any]:
    """Return the function ``f`` that a text defines."""
    file = f"<program {next(_NUMBERS)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    space: dict[str, Any] = {"np": np, **names}
    exec(compile(text, file, "exec"), space)
    return space["f"]


def kinds_of(function: Callable[..., Any], *arguments: Any) -> tuple[Kinds, Kind]:
    """Return the kinds of a function's variables for these arguments, and that of its result."""
    fn = read(function)
    callees = Callees(read)
    names = [argument.id for argument in fn.tree.args.args]
    kinds = infer(fn, dict(zip(names, map(kind_of, arguments))), callees.returns, callees.changes)
    return kinds, Callees(read).returns(function, [kind_of(a) for a in arguments])


def result_kind(expression: str, **arguments: Any) -> Kind:
    """Return the kind inferred for an expression of these variables."""
    function = function_of(f"def f({', '.join(arguments)}):\n    return {expression}\n")
    return kinds_of(function, *arguments.values())[1]
