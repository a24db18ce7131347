"""Instances that forward-mode code makes when it runs, and their tangents."""

from __future__ import annotations

import collections
import dataclasses
import enum
import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.hidden_changes import (
    refuse_hidden_changes,
    refuse_own_items,
    refuse_own_making_of_items,
    refuse_unknown_making,
)
from srcad.analysis.kinds import is_differentiable
from srcad.analysis.kinds_of_values import kind_of
from srcad.analysis.plain_classes import init_only_fields
from srcad.callables.places import place
from srcad.dynamic.containers import is_mapping_of_class
from srcad.errors import UnsupportedError
from srcad.rules import iteration
from srcad.rules.sets import standing_for
from srcad.runtime.libraries import package_of
from srcad.runtime.tangent_copies import record_tangent
from srcad.runtime.tangents import Tangent, tangent_like, with_tangent_of_default, zero_tangent

__all__ = ["make", "plain"]

Outcome = tuple[Any, Any]
Call = Callable[..., Outcome]
_NO_KEY = object()
_NUMERIC = (float, int, complex, np.ndarray, np.generic)


def make(call: Call, cls: Any, args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    """Make an instance of ``cls`` and its tangent; ``call`` calls what the class defines."""
    cls = standing_for(cls, args)
    refuse_own_items(cls)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        refuse_own_making_of_items(cls, place(cls))
        record = cls(*args, **options)
        return record, record_tangent(record, tangents, option_tangents)
    if rt.is_sequence_class(cls):
        items, parts = call(rt.sequence, 0.0, args[:1], tangents[:1], {}, {}) if args else ([], [])
        return cls(items), list(parts) if issubclass(cls, list) else tuple(parts)
    if issubclass(cls, dict):
        if args and is_mapping_of_class(args[0]):
            pairs, images = call(iteration.items_of_mapping, 0.0, args, tangents, {}, {})
            args, tangents = (pairs,), (images,)
        value = cls(*args, **options)
        return value, _dict_tangent(value, args, tangents, option_tangents)
    if issubclass(cls, collections.deque):
        items, parts = call(rt.sequence, 0.0, args[:1], tangents[:1], {}, {}) if args else ([], [])
        return cls(items, *args[1:], **options), collections.deque(parts, *args[1:], **options)
    if issubclass(cls, list) and cls is not list:
        return _list_of_class(call, cls, args, tangents, options)
    if issubclass(cls, (float, complex, np.inexact)) and len(args) == 1 and isinstance(args[0], _NUMERIC):
        value = cls(args[0])
        return value, tangent_like(cls(tangents[0]), value)
    if cls is types.SimpleNamespace:
        value, image = cls(**options), Tangent(cls(**options))
        vars(image).update(option_tangents)
        return value, image
    if cls is np.vectorize:
        value = cls(*args, **options)
        image = Tangent(value)
        image.pyfunc = tangents[0] if tangents else option_tangents.get("pyfunc")
        return value, image
    if issubclass(cls, BaseException) or package_of(cls) in ("builtins", "numpy", "collections"):
        return _without_derivative(cls, args, options, (*tangents, *option_tangents.values()))
    if cls is functools._lru_cache_wrapper:
        return cls(*args), tangents[0]
    if issubclass(cls, enum.Enum):
        return plain(cls, args, options)  # the member with this value
    refuse_unknown_making(cls, place(cls))
    if cls.__new__ is not object.__new__:
        return _without_derivative(cls, args, options, (1.0,))
    refuse_hidden_changes(cls)
    value = cls.__new__(cls) if cls.__init__ is not object.__init__ else cls(*args, **options)
    image = Tangent(value)
    written = getattr(cls.__init__, "__code__", None)
    if dataclasses.is_dataclass(cls) and written is not None and written.co_filename == "<string>":
        return _dataclass(call, cls, value, image, args, tangents, options, option_tangents)
    if cls.__init__ is not object.__init__:
        call(cls.__init__, 0.0, (value, *args), (image, *tangents), options, option_tangents)
    return value, image


def _list_of_class(call: Call, cls: Any, args: Any, tangents: Any, options: Any) -> Outcome:
    """Make an instance of a class that extends lists; one with an ``__init__`` of its own may hold plain values."""
    if not isinstance(cls.__init__, types.FunctionType):
        items, parts = call(rt.sequence, 0.0, args[:1], tangents[:1], {}, {}) if args else ([], [])
        return cls(items), list(parts)
    if any(is_differentiable(kind_of(value)) for value in (*args, *options.values())):
        raise UnsupportedError(f"An instance of '{cls.__name__}', which extends lists, is made from values that may "
                               "carry a derivative.", "Append them when it is made.")  # fmt: skip
    value = cls(*args, **options)
    return value, zero_tangent(list(value))


def _plain_keys(value: Any) -> Any:
    """Return None for a container whose keys or items are text and integers: a set of these has no derivative."""
    plain = isinstance(value, (dict, list, tuple)) and all(isinstance(k, (str, bytes, int)) for k in value)
    return None if plain else value


def _without_derivative(cls: Any, args: Any, options: Any, tangents: Any) -> Outcome:
    """Call a class of Python or NumPy whose instances have no derivative; a polynomial may have fixed coefficients."""
    numbers = issubclass(cls, (BaseException, int, np.integer, np.bool_, str, bytes, range, slice))
    given = [_plain_keys(value) for value in args] if cls in (set, frozenset) else [*args, *options.values()]
    fixed = package_of(cls) == "numpy" and all(map(is_nothing, tangents))
    if not numbers and not fixed and any(is_differentiable(kind_of(value)) for value in given):
        raise UnsupportedError(f"A value with a derivative is given to '{cls.__name__}', which has no tangent.",
                               "Keep such values in arrays, lists, tuples, dicts or objects of your own.")  # fmt: skip
    return plain(cls, args, options)


def is_nothing(tangent: Any) -> bool:
    """Tell whether a tangent holds no number but 0.0, as that of an option does."""
    if isinstance(tangent, (list, tuple)):
        return all(map(is_nothing, tangent))
    if isinstance(tangent, np.ndarray):
        return not np.any(tangent)
    return isinstance(tangent, float) and tangent == 0.0


def _dict_tangent(value: Any, args: Any, tangents: Any, option_tangents: Any) -> Any:
    image = zero_tangent(value)
    if args and rt.computed_default(value, _NO_KEY) is not None:
        image = with_tangent_of_default(image, tangents[0])
    for source, tangent in zip(args, tangents):
        if isinstance(source, dict):
            image.update(tangent)
        elif isinstance(value, collections.Counter):
            if any(np.any(part) for part in np.atleast_1d(tangent).tolist()):
                raise UnsupportedError("A value that carries a derivative is counted in a Counter.",
                                       "Use a dict, or a defaultdict(float).")  # fmt: skip
        elif not callable(source) and not isinstance(tangent, float):
            image.update({key: part for (key, _), (_, part) in zip(source, tangent)})
    image.update(option_tangents)
    return image


def _dataclass(
    call: Call, cls: Any, value: Any, image: Tangent, args: Any, tangents: Any, options: Any, named: Any
) -> Outcome:
    """Fill the fields as the generated ``__init__`` does."""
    signature = inspect.signature(cls)
    bound = signature.bind(*args, **options).arguments
    images = signature.bind(*tangents, **named).arguments
    fields = {field.name: field for field in dataclasses.fields(cls)}
    for field in fields.values():
        if field.name in bound:
            item, part = bound[field.name], images[field.name]
        elif field.default_factory is not dataclasses.MISSING:
            item = field.default_factory()
            part = zero_tangent(item)
        elif field.default is not dataclasses.MISSING:
            item, part = field.default, zero_tangent(field.default)
        else:
            continue
        object.__setattr__(value, field.name, item)
        setattr(image, field.name, part)
    after = getattr(cls, "__post_init__", None)
    if after is not None:
        given = [(bound.get(f.name, f.default), images.get(f.name)) for f in init_only_fields(cls)]
        parts = [zero_tangent(v) if part is None else part for v, part in given]
        call(after, 0.0, (value, *[v for v, _ in given]), (image, *parts), {}, {})
    return value, image


def plain(function: Any, args: Any, options: Any) -> Outcome:
    """Call a function whose result has no derivative."""
    value = function(*args, **options)
    if isinstance(getattr(function, "__self__", None), set) and function.__name__ == "pop":
        rt.check_taken([value])
    return value, zero_tangent(value)
