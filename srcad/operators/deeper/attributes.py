"""Forward mode applied more than once to attributes that are read, stored and deleted when the program runs."""

from __future__ import annotations

import functools
import inspect
import types
from typing import Any

import numpy as np

from srcad.dynamic.attributes import attribute_of_class, deleter_of, stored
from srcad.operators.deeper import calls as deeper_calls
from srcad.operators.deeper.calls import Part, Parts, apply, one_by_one, with_args
from srcad.operators.dynamic import attributes
from srcad.operators.dynamic.calls import method_of_class
from srcad.runtime.attributes import table_of
from srcad.runtime.tangents import Tangent, zero_tangent

__all__ = ["install"]

_NUMERIC = (float, int, complex, np.ndarray, np.generic)


def install() -> None:
    """Let forward mode of forward mode read and store attributes."""
    deeper_calls.install(
        {
            getattr: _of_getattr,
            setattr: _of_setattr,
            delattr: _of_delattr,
            object.__setattr__: functools.partial(_of_setattr, is_free=False),
            object.__delattr__: functools.partial(_of_delattr, is_free=False),
        }
    )


def _of_getattr(parts: Parts) -> list[Any]:
    base, name = parts[0].args[:2]
    static = not isinstance(base, (type, types.ModuleType))
    computed = attribute_of_class(base, name) if static else None
    if isinstance(computed, property):
        if isinstance(base, super):
            return apply(
                computed.fget,
                [Part(0.0, (base.__self__ if k == 0 else p.args[0],), {}) for k, p in enumerate(parts)],
            )
        return apply(computed.fget, with_args(parts, lambda part: part.args[:1]))
    if isinstance(computed, functools.cached_property) and name not in vars(base):
        found = apply(computed.func, with_args(parts, lambda part: part.args[:1]))
        vars(base)[name] = found[0]
        for part, image in zip(parts[1:], found[1:]):
            setattr(part.args[0], name, image)
        return found
    if static and not isinstance(base, (*_NUMERIC, Tangent)):
        of_member = isinstance(computed, types.DynamicClassAttribute)
        if method_of_class(computed, "__get__") and not of_member and not stored(base, name, computed):
            return _by_descriptor(computed, "__get__", parts, type(base))
        given = len(parts[0].args) == 2 or hasattr(base, name)
        absent = given and computed is None and name not in table_of(base)
        for hook in ("__getattribute__", *["__getattr__"] * absent):
            method = method_of_class(base, hook)
            if method is not None:
                return apply(method, parts)
    return one_by_one(attributes.read, parts)


def _of_setattr(parts: Parts, is_free: bool = True) -> list[Any]:
    base, name = parts[0].args[:2]
    plain = isinstance(base, (*_NUMERIC, Tangent, type, types.ModuleType))
    method = None if plain or not is_free else method_of_class(base, "__setattr__")
    if method is not None:
        return apply(method, parts)
    computed = inspect.getattr_static(type(base), name, None)
    if isinstance(computed, property) and computed.fset is not None:
        return apply(computed.fset, with_args(parts, lambda part: (part.args[0], part.args[2])))
    if not plain and method_of_class(computed, "__set__") is not None:
        return _by_descriptor(computed, "__set__", parts)
    return one_by_one(functools.partial(attributes.store, is_free=is_free), parts)


def _of_delattr(parts: Parts, is_free: bool = True) -> list[Any]:
    base, name = parts[0].args[:2]
    deleter = None if isinstance(base, Tangent) else deleter_of(base, name, is_free)
    if deleter is None:
        return one_by_one(functools.partial(attributes.delete, is_free=is_free), parts)
    function, values = deleter

    def given(part: Part) -> tuple[Any, ...]:
        return tuple(
            part.args[0] if v is base else v if part is parts[0] else zero_tangent(v) for v in values
        )

    return apply(function, with_args(parts, given))


def _by_descriptor(computed: Any, method: str, parts: Parts, *plain: Any) -> list[Any]:
    """Let a descriptor read or store an attribute."""
    nothing = tuple(0.0 for _ in plain)
    given = [
        Part(
            0.0,
            (zero_tangent(computed) if k else computed, p.args[0], *p.args[2:3], *(nothing if k else plain)),
            {},
        )
        for k, p in enumerate(parts)
    ]
    return apply(getattr(type(computed), method), given)
