"""What a static name stands for, and how it is called."""

from __future__ import annotations

import builtins
import functools
import re
import sys
import types
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.lang.scope import Scope, is_reserved
from srcad.rules import registry
from srcad.runtime.libraries import LIBRARIES, OfLibrary, is_shipped

__all__ = [
    "READ_BY_PLACES",
    "Globals",
    "canonical",
    "is_distribution",
    "is_settled",
    "is_static",
    "public_home",
    "refer",
    "runtime_name",
    "title_of_module",
    "without_cache",
]

FUNCTIONS = (
    type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType,
    types.MethodWrapperType, types.MethodDescriptorType, types.WrapperDescriptorType, np.ufunc,
    functools.partial, type(np.sum),
)  # fmt: skip
READ_BY_PLACES = (np.nditer, np.ndenumerate)
"""Iterators that a loop over them replaces by the places of the entries."""
_OF_GENERATED_TEXT = frozenset("np rt numpy_library runtime_library math_library".split())
"""What generated text calls modules."""
NAMESPACES = (("np", np), ("np.linalg", np.linalg), ("np.fft", np.fft), ("np.random", np.random), ("rt", rt))


class Globals:
    """The globals of a function whose module cannot be found, as attributes."""

    def __init__(self, space: dict[str, Any]) -> None:
        self.__dict__ = space


def is_static(value: Any) -> bool:
    """Tell whether a value found under a name outside the function is a function, class or module."""
    wraps = callable(value) and hasattr(value, "__wrapped__")
    ruled = callable(value) and (registry.has_results_like(value) or _is_method_with_rule(value))
    return (
        isinstance(value, FUNCTIONS)
        or wraps
        or ruled
        or is_distribution(value)
        or isinstance(value, OfLibrary)
    )


def _is_method_with_rule(value: Any) -> bool:
    """Tell whether a value is a method of a class of Cython's, such as those of generators, that has a rule."""
    return type(value).__name__ == "cython_function_or_method" and registry.find(value) is not None


def without_cache(value: Any) -> Any:
    """Return the function that a cache of `functools` computes: a cache changes when, not what."""
    while isinstance(value, functools._lru_cache_wrapper):
        value = value.__wrapped__
    return value


def is_distribution(value: Any) -> bool:
    """Tell whether a value is an object of ``scipy.stats``, whose methods are functions for the reader."""
    return (type(value).__module__ or "").startswith("scipy.stats.")


def is_settled(module: types.ModuleType) -> bool:
    """Tell whether a module is a library's, whose names nobody is expected to rebind."""
    root = module.__name__.partition(".")[0]
    return root in LIBRARIES and (root not in sys.stdlib_module_names or is_shipped(root))


def module_name(module: types.ModuleType) -> str:
    """Return how a module is called in the tree."""
    full = module.__name__
    if full == "numpy" or full.startswith("numpy."):
        return "np" + full[len("numpy") :]
    if module is rt:
        return "rt"
    return full if is_settled(module) else title_of_module(full)


def title_of_module(full: str) -> str:
    """Return how a user's module is called in the tree: by its last name, made one that nothing else has.

    >>> title_of_module("models.pendulum"), title_of_module("<run_path>"), title_of_module("02-fit")
    ('pendulum', '_run_path_', '_02_fit')
    >>> title_of_module("models.math"), title_of_module("models.class")
    ('math_module', 'class_module')
    """
    short = re.sub(r"\W|^(?=\d)", "_", full.rpartition(".")[2])
    return f"{short}_module" if is_reserved(short) or short in LIBRARIES | _OF_GENERATED_TEXT else short


def canonical(value: Any) -> str | None:
    """Return the dotted name of a module, or of something that its own module holds under its own name."""
    if isinstance(value, types.ModuleType):
        return module_name(value)
    own = getattr(value, "__name__", None)
    if not isinstance(own, str):
        return None
    if getattr(builtins, own, None) is value:
        return own
    for prefix, namespace in NAMESPACES:
        if getattr(namespace, own, None) is value:
            return f"{prefix}.{own}"
    home = public_home(value, own) or sys.modules.get(getattr(value, "__module__", None) or "")
    if home is not None and getattr(home, own, None) is value:
        return f"{module_name(home)}.{own}"
    return None


def public_home(value: Any, own: str) -> types.ModuleType | None:
    """Return the library's module of the shortest public name that holds ``value`` under its own name.

    >>> from collections import OrderedDict
    >>> from operator import add
    >>> public_home(OrderedDict, "OrderedDict").__name__, public_home(add, "add").__name__
    ('collections', 'operator')
    """
    unnamed = "scipy.special" if isinstance(value, np.ufunc) else ""  # its ufuncs do not name their module
    first, *rest = (getattr(value, "__module__", None) or unnamed).split(".")
    path = [first.lstrip("_")]
    for part in [*rest, None]:
        module = sys.modules.get(".".join(path))
        if module is not None and is_settled(module) and getattr(module, own, None) is value:
            return module
        if part is None or part.startswith("_"):
            return None
        path.append(part)
    return None


def refer(scope: Scope, value: Any, name: str) -> str:
    """Make a (dotted) name stand for ``value``; its first part is changed where it is a local variable's."""
    if scope.statics.get(name, scope) is value:
        return name
    root, dot, rest = name.partition(".")
    candidate, count = root, 0
    while candidate in scope.taken:
        count += 1
        candidate = f"{root}_{count}"
    return scope.refer(value, candidate + dot + rest)


def runtime_name(scope: Scope, function: str) -> str:
    """Return the static name of a function of the runtime."""
    return refer(scope, getattr(rt, function), f"rt.{function}")
