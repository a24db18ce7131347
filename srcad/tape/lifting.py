"""Rules for traced values: the same code, in a module where every function with a rule records itself.

A rule calls NumPy, which dispatches on traced values, and the runtime, which does not; to record the
steps of a rule, its code is run with globals in which the latter are wrapped.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.rules import registry
from srcad.tape.compiled import apply

__all__ = ["ON_TAPE", "following", "lifted"]

_NAMESPACES: dict[int, dict[str, Any]] = {}


ON_TAPE: dict[Any, Any] = {}
"""What stands for an operator that takes derivatives, in rules that a tape records."""


def following(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of anybody's in a form that records what it does with traced values."""
    if _has_rule(function) or _is_written_out(function):
        return functools.partial(apply, function)
    return lifted(function)


def lifted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function``, a rule, in a form that records what it does with traced values."""
    if not isinstance(function, types.FunctionType):
        return function
    original = function.__globals__
    # The modules of the package are complete and stay as they are; a user's module may change.
    if not original.get("__name__", "").startswith("srcad."):
        return _rebound(function, _filled({}, original))
    namespace = _NAMESPACES.get(id(original))
    if namespace is None:
        namespace = _NAMESPACES[id(original)] = {}
        _filled(namespace, original)
    return _rebound(function, namespace)


def _filled(namespace: dict[str, Any], original: dict[str, Any]) -> dict[str, Any]:
    """Fill ``namespace`` with a module's globals, of which functions with rules record themselves."""
    for name, value in original.items():
        if name == "__builtins__":
            namespace[name] = value
        elif not isinstance(value, types.FunctionType) or _has_rule(value):
            namespace[name] = _recording(value)
        elif value.__globals__ is original:
            namespace[name] = _rebound(value, namespace)
        else:
            namespace[name] = _recording(value)
    return namespace


def _rebound(function: types.FunctionType, namespace: dict[str, Any]) -> types.FunctionType:
    bound = types.FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__
    )
    bound.__kwdefaults__ = function.__kwdefaults__
    return bound


def _has_rule(value: Any) -> bool:
    return registry.find(value) is not None or registry.is_constant(value)


def _recording(value: Any) -> Any:
    """Return ``value``; a function that would not record itself wrapped, and a module as one of such functions."""
    if isinstance(value, types.FunctionType) and value in ON_TAPE:
        return ON_TAPE[value]
    if isinstance(value, types.ModuleType) or _has_methods_with_rules(value):
        return _Namespace(value)
    if isinstance(value, (type, np.ufunc)) or not callable(value):
        return value
    is_rule = isinstance(value, types.FunctionType) and str(value.__module__).startswith("srcad.rules.")
    return following(value) if is_rule or _has_rule(value) or _is_written_out(value) else value


def _is_written_out(value: Any) -> bool:
    """Tell whether ``value`` is a function of SciPy whose meaning is known as Python; NumPy's record themselves."""
    module = getattr(value, "__module__", None) or ""
    return module.startswith("scipy.") and registry.source_of(value) is not None


def _has_methods_with_rules(value: Any) -> bool:
    """Tell whether ``value`` is an object such as ``scipy.stats.norm``, whose bound methods have rules."""
    if isinstance(value, (type, np.ufunc)) or not hasattr(value, "__dict__") or inspect.isroutine(value):
        return False
    cls = type(value)
    names = [name for name in dir(cls) if name[0] != "_" and inspect.isfunction(getattr(cls, name, None))]
    return any(_has_rule(getattr(value, name)) for name in names)


class _Namespace:
    """A module, or an object of functions, whose functions record themselves."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def __getattr__(self, name: str) -> Any:
        found = _recording(getattr(self._original, name))
        setattr(self, name, found)
        return found

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._original(*args, **kwargs)
