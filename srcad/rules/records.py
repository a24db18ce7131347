"""What the standard library does with instances of dataclasses, as plain Python."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

from srcad.rules.registry import written_out

__all__: list[str] = []


@written_out(dataclasses.asdict)
def asdict(obj: Any, *, dict_factory: Any = dict) -> Any:
    return _as_dict(obj, dict_factory)


@written_out(dataclasses.astuple)
def astuple(obj: Any, *, tuple_factory: Any = tuple) -> Any:
    return _as_tuple(obj, tuple_factory)


def _as_dict(obj: Any, factory: Any) -> Any:
    found = {}
    for field in dataclasses.fields(obj):
        found[field.name] = _inside(getattr(obj, field.name), _as_dict, factory)
    return found if factory is dict else factory(list(found.items()))


def _as_tuple(obj: Any, factory: Any) -> Any:
    found = []
    for field in dataclasses.fields(obj):
        found.append(_inside(getattr(obj, field.name), _as_tuple, factory))
    return tuple(found) if factory is tuple else factory(found)


def _inside(value: Any, convert: Any, factory: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return convert(value, factory)
    if isinstance(value, list):
        return [_inside(item, convert, factory) for item in value]
    if isinstance(value, tuple):
        items = [_inside(item, convert, factory) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, dict):
        return {key: _inside(item, convert, factory) for key, item in value.items()}
    return copy.deepcopy(value)
