"""Instances that are made inside of a differentiated program."""

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
from srcad.analysis.plain_classes import init_only_fields
from srcad.callables.places import place
from srcad.dynamic.containers import dict_of, items_of
from srcad.dynamic.rules import call_without_derivative
from srcad.errors import UnsupportedError
from srcad.rules.sets import standing_for
from srcad.runtime.libraries import package_of

__all__ = ["call_of_class", "fill_fields", "shadow_of_partial"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]


def _nothing_to_do() -> None:
    """The pullback of an instance whose attributes share the arguments' shadows."""


def call_of_class(
    call: Call, cls: type, args: Any, shadows: Any, options: dict[str, Any], option_shadows: dict[str, Any]
) -> Outcome:
    """Make an instance and its shadow."""
    cls = standing_for(cls, args)
    refuse_own_items(cls)
    fields = getattr(cls, "_fields", None)
    if issubclass(cls, tuple) and fields is not None:
        refuse_own_making_of_items(cls, place(cls))
        value = cls(*args, **options)
        bound = dict(zip(fields, shadows)) | option_shadows
        return value, tuple(bound.get(name) for name in fields), _nothing_to_do
    if cls is types.SimpleNamespace:
        image = rt.Shadow()
        vars(image).update(option_shadows)
        return cls(**options), image, _nothing_to_do
    if issubclass(cls, enum.Enum):
        return call_without_derivative(cls, args, options)  # the member with this value
    refuse_unknown_making(cls, place(cls))
    if rt.is_sequence_class(cls):
        items, parts, pullback = items_of(call, args[0], shadows[0]) if args else ([], [], _nothing_to_do)
        return cls(items), list(parts) if issubclass(cls, list) else tuple(parts), pullback
    if cls.__new__ is not object.__new__ or package_of(cls) == "collections":
        return _built_in(call, cls, args, shadows, options, option_shadows)
    if cls is np.vectorize:
        image = rt.Shadow()
        image.pyfunc = shadows[0] if shadows else option_shadows.get("pyfunc")  # type: ignore[attr-defined]
        return cls(*args, **options), image, _nothing_to_do
    refuse_hidden_changes(cls)
    value = cls.__new__(cls)  # type: ignore[call-overload]
    image = rt.Shadow()
    if dataclasses.is_dataclass(cls) and getattr(cls.__init__, "__code__", None) is not None:
        if cls.__init__.__code__.co_filename == "<string>":
            return _dataclass(call, cls, value, image, args, shadows, options, option_shadows)
    if cls.__init__ is object.__init__:
        return cls(*args, **options), image, _nothing_to_do  # which says so where there are arguments
    _, _, pullback = call(cls.__init__, None, (value, *args), (image, *shadows), options, option_shadows)
    return value, image, pullback


def _built_in(
    call: Call, cls: type, args: Any, shadows: Any, options: dict[str, Any], option_shadows: dict[str, Any]
) -> Outcome:
    """Make an instance of a class that is not written in Python; only containers can hold a derivative."""
    value = cls(*args, **options)
    if cls is functools.partial:
        return value, shadow_of_partial(args[0], shadows, option_shadows), _nothing_to_do
    given = rt.carries((*shadows, *option_shadows.values()))
    if isinstance(value, collections.deque):
        sources, images = (*args, *options.values()), (*shadows, *option_shadows.values())
        if not sources or isinstance(sources[0], int):
            return value, collections.deque(maxlen=value.maxlen), _nothing_to_do
        _, parts, pullback = items_of(call, sources[0], images[0])
        return value, collections.deque(parts, value.maxlen), pullback
    written = isinstance(cls.__init__, types.FunctionType)
    if isinstance(value, list) and not (written and given):
        if written or not args:
            return value, [rt.shadow(item) for item in value], _nothing_to_do
        _, parts, pullback = items_of(call, args[0], shadows[0])
        return value, list(parts), pullback
    if isinstance(value, dict) and not isinstance(value, collections.Counter) and not (written and given):
        named = {k: part for k, part in option_shadows.items() if k in value}
        sources = [
            (v, part)
            for v, part in zip(args, shadows)
            if isinstance(v, dict) or v is not None and not callable(v)
        ]
        image, pullback = {}, _nothing_to_do
        if sources:
            _, image, pullback = dict_of(call, sources[0][0], shadows=(sources[0][1],))
        image = {**dict.fromkeys(value), **image, **named}
        factory = shadows[0] if shadows and isinstance(value, collections.defaultdict) else None
        return value, image if factory is None else rt.Defaults(image, factory), pullback
    keys_alone = cls in (set, frozenset) and isinstance(next(iter(args), None), dict)
    if given and not keys_alone and not issubclass(cls, BaseException):
        raise UnsupportedError(f"An instance of '{cls.__name__}' is made from values that carry a derivative.",
                               "Keep them in a list, a dict, an array or an object of a class of your own.")  # fmt: skip
    return value, None, _nothing_to_do


def shadow_of_partial(
    function: Any, shadows: Any, option_shadows: dict[str, Any], nothing: Any = None
) -> rt.Shadow:
    """Return the shadow of a partial function, which takes over what a partial function holds that it is made of.

    ``nothing`` stands for the shadow of what has none.
    """
    image, inner, before, named = rt.Shadow(), shadows[0], (), {}
    if isinstance(function, functools.partial):
        known = isinstance(inner, rt.Shadow)
        before = inner.args if known else (nothing,) * len(function.args)
        named = inner.keywords if known else dict.fromkeys(function.keywords, nothing)
        inner = inner.func if known else nothing
    vars(image).update(func=inner, args=(*before, *shadows[1:]), keywords={**named, **option_shadows})
    return image


def _dataclass(
    call: Call,
    cls: Any,
    value: Any,
    image: rt.Shadow,
    args: Any,
    shadows: Any,
    options: Any,
    option_shadows: Any,
) -> Outcome:
    """Do what the generated ``__init__`` does."""
    given = fill_fields(cls, value, image, (args, options), (shadows, option_shadows))
    after = getattr(cls, "__post_init__", None)
    if after is None:
        return value, image, _nothing_to_do
    passed, images = zip((value, image), *given)
    _, _, pullback = call(after, None, passed, images, {}, {})
    return value, image, pullback


def fill_fields(cls: Any, value: Any, image: rt.Shadow, given: Any, shadows: Any) -> list[tuple[Any, Any]]:
    """Fill the fields of a new instance and of its shadow; return the values and shadows that ``__post_init__`` gets.

    ``given`` and ``shadows`` are arguments by position and by name.
    """
    signature = inspect.signature(cls)
    bound = signature.bind(*given[0], **given[1]).arguments
    images = signature.bind(*shadows[0], **shadows[1]).arguments
    for field in dataclasses.fields(cls):
        if field.name in bound:
            item, part = bound[field.name], images[field.name]
        elif field.default_factory is not dataclasses.MISSING:
            item = field.default_factory()
            part = rt.shadow(item)
        elif field.default is not dataclasses.MISSING:
            item, part = field.default, None
        else:
            continue
        object.__setattr__(value, field.name, item)
        setattr(image, field.name, part)
    return [(bound.get(f.name, f.default), images.get(f.name)) for f in init_only_fields(cls)]
