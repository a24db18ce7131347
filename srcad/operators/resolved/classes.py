"""Instances that forward-mode code makes when it runs, in the modes that are applied to it afterwards."""

from __future__ import annotations

import collections
import dataclasses
import functools
import inspect
import types
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.hidden_changes import refuse_hidden_changes, refuse_unknown_making
from srcad.analysis.plain_classes import init_only_fields
from srcad.callables.compilation import third_derivative
from srcad.callables.places import place
from srcad.dynamic.objects import shadow_of_partial
from srcad.errors import UnsupportedError
from srcad.operators.deeper.shadowed_calls import plain_call
from srcad.operators.resolved.rows import Found, Resolve, Rows, each_column, nothing_in, still
from srcad.rules.sets import standing_for
from srcad.runtime.libraries import package_of
from srcad.runtime.tangent_copies import tangent_of_partial
from srcad.runtime.tangents import Tangent, zero_tangent

__all__ = ["make"]

_OF_PYTHON = (list, tuple, dict, types.SimpleNamespace, collections.deque, float, complex, np.inexact)


def make(resolve: Resolve, cls: Any, rows: Rows) -> Found:
    """Make an instance, its tangents and the shadows of all; ``resolve`` calls what the class defines."""
    cls = standing_for(cls, rows[0][0].values)
    if issubclass(cls, dict):
        return each_column(
            cls, rows, lambda k, m, part: part if k == m == 0 else _keyed(rows[0][0].values, part)
        )
    if issubclass(cls, list) and isinstance(cls.__init__, types.FunctionType):
        raise third_derivative()
    if issubclass(cls, (collections.deque, list)):
        first = rows[0][0]
        sized = [
            [call._replace(options={**first.options, **_only_items(call.options)}) for call in row]
            for row in rows
        ]
        return each_column(cls, sized, lambda k, m, part: (*part[:1], *first.values[1:]))
    if issubclass(cls, _OF_PYTHON):
        return each_column(cls, rows)
    if cls is functools.partial:
        return still(_partials(rows))
    if cls is np.vectorize:
        raise third_derivative()
    if package_of(cls) in ("builtins", "numpy", "collections"):
        value = cls(*rows[0][0].values, **rows[0][0].options)
        moving = any(
            rt.carries(s) for call in rows[0] for s in (*call.shadows, *call.option_shadows.values())
        )
        if moving and not issubclass(
            cls, (BaseException, int, str, bytes, range, slice, np.integer, np.bool_)
        ):
            raise UnsupportedError(f"A value with a derivative is given to '{cls.__name__}', which has none.",
                                   "Keep them in a list, a dict, an array or an object of your own.")  # fmt: skip
        zero = zero_tangent(value)
        return still([[(value if k == m == 0 else zero, nothing_in(k)) for m in range(len(row))]
                      for k, row in enumerate(rows)])  # fmt: skip
    refuse_unknown_making(cls, place(cls))
    refuse_hidden_changes(cls)
    value = cls.__new__(cls)
    made = [
        [(value if k == m == 0 else Tangent(value), rt.Shadow()) for m in range(len(row))]
        for k, row in enumerate(rows)
    ]
    written = getattr(cls.__init__, "__code__", None)
    if dataclasses.is_dataclass(cls) and written is not None and written.co_filename == "<string>":
        method, given = getattr(cls, "__post_init__", None), _filled(cls, made, rows)
    else:
        method = cls.__init__ if cls.__init__ is not object.__init__ else None
        given = rows
    if method is None:
        return still(made)
    cells = [
        [
            call._replace(function=method if k == m == 0 else 0.0, own=nothing_in(k),
                          values=(item, *call.values), shadows=(image, *call.shadows))
            for m, ((item, image), call) in enumerate(zip(made[k], row))
        ]
        for k, row in enumerate(given)
    ]  # fmt: skip
    return made, resolve(method, cells)[1]


def _only_items(options: dict[str, Any]) -> dict[str, Any]:
    """Return the named argument of a deque that its items are made of: its length has no tangent."""
    return {name: value for name, value in options.items() if name == "iterable"}


def _partials(rows: Rows) -> list[list[tuple[Any, Any]]]:
    """Make a partial function, its tangents and the shadows of all."""
    first = rows[0][0]
    function, *given = first.values
    made = functools.partial(function, *given, **first.options)
    return [
        [
            (made if k == m == 0 else tangent_of_partial(first.values[0], call.values, call.options),
             shadow_of_partial(first.values[0], call.shadows, call.option_shadows, nothing_in(k)))
            for m, call in enumerate(row)
        ]
        for k, row in enumerate(rows)
    ]  # fmt: skip


def _keyed(given: tuple[Any, ...], part: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the tangents of what a dict is made of, with the keys themselves."""
    made = []
    for source, image in zip(given, part):
        if isinstance(source, dict) or callable(source) or source is None:
            made.append(source if callable(source) or source is None else image)
        else:
            made.append([(key, item) for (key, _), (_, item) in zip(source, image)])
    return tuple(made)


def _filled(cls: Any, made: list[list[tuple[Any, Any]]], rows: Rows) -> Rows:
    """Fill the fields of a dataclass as its generated ``__init__`` does; return the calls of ``__post_init__``."""
    signature = inspect.signature(cls)
    fresh = {f.name: f.default_factory() for f in dataclasses.fields(cls)
             if f.default_factory is not dataclasses.MISSING}  # fmt: skip
    given: Rows = []
    for k, row in enumerate(rows):
        cells = []
        for m, call in enumerate(row):
            bound = signature.bind(*call.values, **call.options).arguments
            images = signature.bind(*call.shadows, **call.option_shadows).arguments
            _fill(cls, made[k][m], (bound, images), fresh, (k, m))
            names = [(f.name, f.default) for f in init_only_fields(cls)]
            values = [bound.get(n, default if k == m == 0 else zero_tangent(default)) for n, default in names]
            cells.append(plain_call(0.0, values, [images.get(n, nothing_in(k)) for n, _ in names]))
        given.append(cells)
    return given


def _fill(
    cls: Any, pair: tuple[Any, Any], given: tuple[Any, Any], fresh: dict[str, Any], at: tuple[int, int]
) -> None:
    """Fill the fields of one instance or tangent, and of its shadow."""
    (item, image), (bound, images) = pair, given
    for field in dataclasses.fields(cls):
        if field.name in bound:
            value, shadow = bound[field.name], images[field.name]
        elif field.name in fresh or field.default is not dataclasses.MISSING:
            plain = fresh.get(field.name, field.default)
            value = plain if at == (0, 0) else zero_tangent(plain)
            shadow = rt.shadow(value) if field.name in fresh and at[0] == 0 else nothing_in(at[0])
            if field.name in fresh and at[0] != 0:
                shadow = zero_tangent(rt.shadow(value))
        else:
            continue
        object.__setattr__(item, field.name, value)
        setattr(image, field.name, shadow)
