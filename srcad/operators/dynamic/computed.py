"""Attributes and items that a class computes by itself, as calls of the methods that do it."""

from __future__ import annotations

import collections
import functools
import inspect
import operator
import types
from typing import Any, Protocol, TypeVar

import numpy as np

from srcad import runtime as rt
from srcad.callables.derivatives import Bindable, Composable
from srcad.dynamic.attributes import attribute_of_class, deleter_of, stored
from srcad.errors import UnsupportedError
from srcad.runtime.tangents import CONTAINERS, Tangent, zero_tangent

__all__ = ["by_class", "keep_cached"]

_PLAIN = (float, int, complex, np.ndarray, np.generic, Tangent, type, types.ModuleType)


class _Call(Protocol):
    """A call as ``rt.call`` is given it, or its tangent."""

    function: Any
    values: tuple[Any, ...]
    shadows: tuple[Any, ...]

    def _replace(self, **fields: Any) -> Any: ...


C = TypeVar("C", bound=_Call)


def by_class(calls: list[C]) -> list[C] | None:
    """Return the calls of the method that a class defines for the access ``calls[0]``; None if it defines none.

    The other calls are tangents of the first.
    """
    function, values = calls[0].function, calls[0].values
    if function is operator.getitem and _is_missing(*values[:2]):
        return _method_calls(calls, type(values[0]).__missing__, (0, None), values[1])
    if function in (delattr, object.__delattr__):
        return _of_deletion(calls)
    stores = function in (setattr, object.__setattr__)
    if not (stores or function is getattr) or not isinstance(values[1], str):
        return None
    base, name = values[:2]
    if isinstance(base, super):
        return _of_super(calls) if function is getattr else None
    if isinstance(base, (*_PLAIN, *CONTAINERS)) and not hasattr(base, "__dict__"):
        return None
    if function is setattr and _is_written(base, "__setattr__"):
        return _method_calls(calls, type(base).__setattr__, (0, None, 2), name)
    computed = inspect.getattr_static(type(base), name, None)
    if stores and isinstance(computed, property) and computed.fset is not None:
        return _method_calls(calls, computed.fset, (0, 2))
    if function is getattr and isinstance(computed, functools.cached_property):
        return None if name in vars(base) else _method_calls(calls, computed.func, (0,))
    method = getattr(type(computed), "__set__" if stores else "__get__", None)
    absent = not stored(base, name, computed)
    if isinstance(computed, (Bindable, Composable, types.DynamicClassAttribute)):
        return None
    if isinstance(computed, functools.partialmethod):
        raise UnsupportedError(f"The partial method '{name}' is taken as a value, and differentiated twice.",
                               "Call it where it is read, or use functools.partial.")  # fmt: skip
    if isinstance(method, types.FunctionType) and absent:
        places, plain = ((0, 2), ()) if stores else ((0, None), (type(base),))
        return _with_descriptor(_method_calls(calls, method, places, *plain), computed)
    if function is getattr and _is_written(base, "__getattribute__"):
        return _method_calls(calls, type(base).__getattribute__, (0, None), name)
    has_default = function is getattr and len(values) > 2 and not hasattr(base, name)
    if (
        function is getattr
        and computed is None
        and absent
        and _is_written(base, "__getattr__")
        and not has_default
    ):
        return _method_calls(calls, type(base).__getattr__, (0, None), name)
    return None


def _of_deletion(calls: list[C]) -> list[C] | None:
    """Return the calls of the method that deletes an attribute, or None."""
    base, name = calls[0].values
    deleter = deleter_of(base, name, calls[0].function is delattr)
    if deleter is None:
        return None
    function, values = deleter
    places = tuple(0 if value is base else None for value in values)
    return _method_calls(calls, function, places, *(value for value in values if value is not base))


def keep_cached(calls: list[C], results: Any) -> None:
    """Keep what a ``cached_property`` has computed, its shadow and the tangents of both where they are read later."""
    base, name, *_ = calls[0].values if calls[0].function is getattr else (None, None)
    if not isinstance(
        inspect.getattr_static(type(base), name, None) if name else None, functools.cached_property
    ):
        return
    for position, (call, (value, shadow, _)) in enumerate(zip(calls, results)):
        vars(call.values[0])[name] = value
        if calls[0].shadows[0] is not None and (position == 0 or isinstance(call.shadows[0], rt.Shadow)):
            setattr(call.shadows[0], name, shadow)


def _is_written(base: Any, method: str) -> bool:
    return isinstance(getattr(type(base), method, None), types.FunctionType)


def _is_missing(base: Any, key: Any) -> bool:
    known = isinstance(base, (collections.defaultdict, collections.Counter)) or not isinstance(base, dict)
    return not known and _is_written(base, "__missing__") and key not in base


def _of_super(calls: list[C]) -> list[C] | None:
    """Return the calls of a property that the next class defines."""
    base, name = calls[0].values[:2]
    computed = attribute_of_class(base, name)
    if not isinstance(computed, property):
        return None
    first, *images = _method_calls(calls, computed.fget, (0,))
    return [first._replace(values=(base.__self__,)), *images]


def _method_calls(calls: list[C], method: Any, places: tuple[int | None, ...], *plain: Any) -> list[Any]:
    """Return the calls of ``method`` with the arguments at ``places``; a ``plain`` one, without tangent, for None."""
    made = []
    for position, call in enumerate(calls):
        constants = iter(plain)
        nothing = 0.0 if position else None
        values = [call.values[p] if p is not None else 0.0 if position else next(constants) for p in places]
        shadows = [nothing if p is None else call.shadows[p] for p in places]
        made.append(
            call._replace(
                function=0.0 if position else method,
                own=nothing,
                values=tuple(values),
                shadows=tuple(shadows),
                options={},
                option_shadows={},
            )
        )
    return made


def _with_descriptor(calls: list[Any], computed: Any) -> list[Any]:
    """Return the calls with the descriptor as their first argument."""
    shadow = rt.shadow(computed)
    made = []
    for position, call in enumerate(calls):
        own = (zero_tangent(computed), zero_tangent(shadow)) if position else (computed, shadow)
        made.append(call._replace(values=(own[0], *call.values), shadows=(own[1], *call.shadows)))
    return made
