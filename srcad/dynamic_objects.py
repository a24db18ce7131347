"""Instances that are made inside of a differentiated program."""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Callable
from typing import Any

from srcad import runtime as rt
from srcad.errors import UnsupportedError
from srcad.targets import place

__all__ = ["call_of_class"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]


def _nothing_to_do() -> None:
    """The pullback of an instance whose attributes share the arguments' shadows."""


def call_of_class(
    call: Call, cls: type, args: Any, shadows: Any, options: dict[str, Any], option_shadows: dict[str, Any]
) -> Outcome:
    """Make an instance and its shadow."""
    fields = getattr(cls, "_fields", None)
    if issubclass(cls, tuple) and fields is not None:
        value = cls(*args, **options)
        bound = dict(zip(fields, shadows)) | option_shadows
        return value, tuple(bound.get(name) for name in fields), _nothing_to_do
    if issubclass(cls, BaseException) or cls.__module__ in ("builtins", "numpy", "collections"):
        return cls(*args, **options), None, _nothing_to_do
    constructor = inspect.getattr_static(cls, "__new__", None)
    if isinstance(constructor, staticmethod) and isinstance(constructor.__func__, types.FunctionType):
        raise UnsupportedError(f"The class '{cls.__name__}' defines __new__, which makes its instances in a way "
                               "that is not known.", "Make them in __init__.", place(cls))  # fmt: skip
    value = cls.__new__(cls)  # type: ignore[call-overload]
    image = rt.Shadow()
    if dataclasses.is_dataclass(cls) and getattr(cls.__init__, "__code__", None) is not None:
        if cls.__init__.__code__.co_filename == "<string>":
            return _dataclass(call, cls, value, image, args, shadows, options, option_shadows)
    if cls.__init__ is object.__init__:
        return value, image, _nothing_to_do
    _, _, pullback = call(cls.__init__, None, (value, *args), (image, *shadows), options, option_shadows)
    return value, image, pullback


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
    """Fill the fields as the generated ``__init__`` does."""
    signature = inspect.signature(cls)
    bound = signature.bind(*args, **options).arguments
    images = signature.bind(*shadows, **option_shadows).arguments
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
    after = getattr(cls, "__post_init__", None)
    if after is None:
        return value, image, _nothing_to_do
    _, _, pullback = call(after, None, (value,), (image,), {}, {})
    return value, image, pullback
