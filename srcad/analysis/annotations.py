"""The kinds that the annotations of a function promise, for a derivative that is read before it is called."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import typing
from typing import Any

import numpy as np

from srcad.analysis.kinds import ANY, BOOL, FLOAT64, INT, NUMBER, STR, Kind, array, container, record

__all__ = ["annotated_kinds", "kind_of_annotation"]

_SCALARS: dict[Any, Kind] = {
    float: FLOAT64,
    int: INT,
    bool: BOOL,
    str: STR,
    complex: Kind("float", dtype="complex"),
}
_DTYPES = {"float64": "float64", "float32": "float", "float16": "float", "complex128": "complex"}
_DEEPEST = 3


def annotated_kinds(function: Any, names: list[str]) -> list[Kind]:
    """Return the kinds of a function's parameters; that of a number for one without an annotation.

    >>> def f(x: np.ndarray, n: int, y): ...
    >>> annotated_kinds(f, ["x", "n", "y"])
    [array[float64], int, number]
    """
    given = getattr(function, "__annotations__", {})
    space = getattr(function, "__globals__", {})
    return [_kind(given[name], space, _DEEPEST) if name in given else NUMBER for name in names]


def _kind(annotation: Any, space: dict[str, Any], depth: int) -> Kind:
    """Return the kind of an annotation that may be written as a string."""
    if isinstance(annotation, str):
        try:
            annotation = eval(annotation, space)
        except Exception:  # it may name anything, or nothing that exists
            return NUMBER
    return kind_of_annotation(annotation, depth)


def kind_of_annotation(annotation: Any, depth: int = _DEEPEST) -> Kind:
    """Return the kind of the values that an annotation stands for; that of numbers where it says too little.

    >>> kind_of_annotation(list[float]), kind_of_annotation(tuple[float, int])
    (list[float[float64]], tuple[float[float64], int])
    """
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if annotation is np.ndarray or origin is np.ndarray:
        dtype = typing.get_args(parts[1])[:1] if len(parts) == 2 else ()
        return array(
            None, dtype=_DTYPES.get(getattr(dtype[0], "__name__", ""), "float64") if dtype else "float64"
        )
    if depth == 0:
        return NUMBER
    if origin is list and len(parts) == 1:
        return container("list", (kind_of_annotation(parts[0], depth - 1),))
    if origin is tuple and parts and parts[-1] is not ...:
        return container("tuple", tuple([kind_of_annotation(part, depth - 1) for part in parts]))
    if inspect.isclass(annotation) and dataclasses.is_dataclass(annotation):
        space = vars(sys.modules.get(annotation.__module__, dataclasses))
        pairs = [(f.name, _kind(f.type, space, depth - 1)) for f in dataclasses.fields(annotation)]
        return record(annotation, tuple(pairs))
    return ANY if inspect.isclass(annotation) and not issubclass(annotation, (dict, list, tuple)) else NUMBER
