"""Where a call of NumPy or SciPy says which arrays its results are written to: by ``out=``, or by position."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import gast
import numpy as np

__all__ = ["outputs_of"]

_LIBRARIES = ("numpy", "scipy")


def outputs_of(function: Any, node: gast.Call) -> list[gast.AST]:
    """Return what a call of ``function`` gives as ``out``: nothing, one value, or several by position."""
    for keyword in node.keywords:
        if keyword.arg == "out" or keyword.arg == "output" and place_of_output(function) is not None:
            return [keyword.value]
    if isinstance(function, np.ufunc):
        return list(node.args[function.nin :])
    place = place_of_output(function) if len(node.args) > 1 else None
    return [] if place is None else list(node.args[place : place + 1])


@functools.lru_cache(maxsize=1024)
def place_of_output(function: Any) -> int | None:
    """Return the position of the parameter for the result of a function of a library, or of a method of its arrays.

    That of a method counts from the argument after the array.
    """
    if not _is_from_library(function):
        return None
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except ValueError:  # some compiled functions do not tell, and take no output
        return None
    names = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD or p.kind is p.POSITIONAL_ONLY]
    places = [place for place, name in enumerate(names) if name in ("out", "output")]
    return places[0] - (names[0] == "self") if places else None


def _is_from_library(function: Any) -> bool:
    owner = getattr(function, "__objclass__", None) or getattr(function, "__self__", None)
    module = getattr(function, "__module__", None) or ""
    return owner is np.ndarray or isinstance(owner, np.ufunc) or str(module).partition(".")[0] in _LIBRARIES
