"""Attributes of forward-mode code that are read, stored and deleted when it runs, with their tangents."""

from __future__ import annotations

import collections
import functools
import inspect
import types
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import is_differentiable
from srcad.analysis.kinds_of_values import kind_of
from srcad.callables.derivatives import Bindable, Composable
from srcad.callables.targets import partial_tangent
from srcad.dynamic.attributes import (
    answers_by_fallback,
    attribute_of_class,
    attribute_of_container,
    deleter_of,
    is_method,
    method_kept_by_type,
    stored,
)
from srcad.operators.dynamic.calls import SPECIAL, call, method_of_class
from srcad.runtime.attributes import table_of
from srcad.runtime.libraries import is_sparse
from srcad.runtime.stores import store_flat
from srcad.runtime.tangents import CONTAINERS, Tangent, complete_tangent, zero_tangent

__all__ = ["delete", "install", "read", "store"]

Outcome = tuple[Any, Any]
_NUMERIC = (float, int, complex, np.ndarray, np.generic)


def install() -> None:
    """Let forward mode read and store attributes."""
    SPECIAL.update(
        {
            getattr: read,
            setattr: store,
            delattr: delete,
            object.__delattr__: functools.partial(delete, is_free=False),
            object.__getattribute__: _read_attribute,
            object.__setattr__: functools.partial(store, is_free=False),
            vars: _vars,
        }
    )


def read(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    method = method_of_class(args[0], "__getattribute__")
    if method is not None and len(args) == 2:
        return call(method, 0.0, args, tangents, {}, {})
    return _read_attribute(args, tangents, options, option_tangents)


def _read_attribute(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    """Return an attribute as ``object.__getattribute__`` finds it, and its tangent."""
    base, name = args[:2]
    held = tangents[0]
    if name == "__dict__" and isinstance(held, Tangent):
        return base.__dict__, held.attributes()
    if is_sparse(type(base)):
        value = getattr(base, name)
        return value, held if is_method(value) else zero_tangent(value)
    computed = None if isinstance(base, (type, types.ModuleType)) else attribute_of_class(base, name)
    if isinstance(computed, property):
        receiver = base.__self__ if isinstance(base, super) else base
        return call(computed.fget, 0.0, (receiver,), (held,), {}, {})
    if isinstance(computed, functools.cached_property):
        return _cached(base, held, name, computed.func)
    if isinstance(computed, functools.partialmethod):
        value = getattr(base, name)
        return value, partial_tangent(value, held)
    if isinstance(computed, functools.singledispatchmethod):
        raise method_kept_by_type(name)
    by_operator = isinstance(computed, (Bindable, Composable, types.DynamicClassAttribute))
    if (
        method_of_class(computed, "__get__") is not None
        and not by_operator
        and not stored(base, name, computed)
    ):
        images = (zero_tangent(computed), held, 0.0)
        return call(type(computed).__get__, 0.0, (computed, base, type(base)), images, {}, {})
    if isinstance(base, dict) and isinstance(held, dict) and is_item_too(base, name):
        return base[name], held[name] if name in held else zero_tangent(base[name])
    if answers_by_fallback(base, name):
        try:
            return call(type(base).__getattr__, 0.0, (base, name), (held, 0.0), {}, {})
        except AttributeError:
            if len(args) < 3:
                raise
            return args[2], tangents[2]
    if len(args) > 2 and not hasattr(base, name):
        return args[2], tangents[2]
    own = name in table_of(base) or isinstance(base, tuple)
    reader = object.__getattribute__ if method_of_class(base, "__getattribute__") is not None else getattr
    value = reader(base, name)
    if is_method(value) and value.__self__ is base:
        return value, held
    if isinstance(base, _NUMERIC):
        shown = name in ("T", "mT", "real", "imag", "flat")
        return value, getattr(complete_tangent(held, base), name) if shown else zero_tangent(value)
    if (own or isinstance(computed, types.MemberDescriptorType)) and not isinstance(
        held, (float, list, collections.deque)
    ):
        return value, zero_tangent(value) if name.startswith("__") else getattr(held, name)
    if isinstance(base, dict) and not isinstance(held, float) and base.get(name) is value:
        return value, held[name]
    # What belongs to the class outlives the call: its containers must not get values with a tangent.
    return value, rt.lasting(zero_tangent(value))


def is_item_too(base: Any, name: str) -> bool:
    """Tell whether an attribute is an item of a dict, as in the results of SciPy's solvers."""
    is_own = name in table_of(base) or hasattr(type(base), name)
    return not is_own and name in base and getattr(base, name, None) is base[name]


def _cached(base: Any, held: Any, name: str, function: Any) -> Outcome:
    """Read an attribute that is computed when it is read first."""
    if name not in vars(base):
        vars(base)[name], image = call(function, 0.0, (base,), (held,), {}, {})
        setattr(held, name, image)
    return vars(base)[name], getattr(held, name)


def store(args: Any, tangents: Any, options: Any, option_tangents: Any, is_free: bool = True) -> Outcome:
    """Store an attribute; ``is_free`` is false where the class has had its say."""
    base, name, value = args
    method = method_of_class(base, "__setattr__")
    if method is not None and is_free:
        return call(method, 0.0, args, tangents, {}, {})
    computed = inspect.getattr_static(type(base), name, None)
    if isinstance(computed, property) and computed.fset is not None:
        return call(computed.fset, 0.0, (base, value), (tangents[0], tangents[2]), {}, {})
    if method_of_class(computed, "__set__") is not None:
        images = (zero_tangent(computed), tangents[0], tangents[2])
        return call(type(computed).__set__, 0.0, (computed, base, value), images, {}, {})
    if isinstance(base, np.ndarray) and name == "flat":
        return call(store_flat, 0.0, (base, value), (tangents[0], tangents[2]), {}, {})
    is_outside = not isinstance(tangents[0], float) and rt.is_lasting_tangent(tangents[0])
    if is_outside or isinstance(base, (type, types.ModuleType, types.FunctionType)):
        rt.check_kept_tangents(0.0, "__setitem__", tangents[2:])
    own = setattr if method is None else object.__setattr__
    in_container = isinstance(tangents[0], CONTAINERS)
    if in_container and is_differentiable(kind_of(value)):
        raise attribute_of_container(base, name)
    own(base, name, value)
    if isinstance(tangents[0], float):
        rt.check_kept_tangents(
            0.0, "__setitem__", tangents[2:]
        )  # an object of a library, which carries no derivative
    elif not in_container:
        setattr(tangents[0], name, tangents[2])
    return None, 0.0


def _vars(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    return _read_attribute((*args, "__dict__"), (*tangents, 0.0), {}, {})


def delete(args: Any, tangents: Any, options: Any, option_tangents: Any, is_free: bool = True) -> Outcome:
    """Delete an attribute; ``is_free`` is false where the class has had its say."""
    base, name = args
    deleter = deleter_of(base, name, is_free)
    if deleter is not None:
        function, values = deleter
        images = tuple(tangents[0] if v is base else zero_tangent(v) for v in values)
        return call(function, 0.0, values, images, {}, {})
    (delattr if is_free else object.__delattr__)(base, name)
    if not isinstance(tangents[0], float) and hasattr(tangents[0], name):
        delattr(tangents[0], name)
    return None, 0.0
