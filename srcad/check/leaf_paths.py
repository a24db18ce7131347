"""The numbers in arguments and results, each with the way to it, as one would write it in Python."""

from __future__ import annotations

import copy
import numbers
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from srcad.runtime.attributes import attributes_of
from srcad.runtime.calls import Closure
from srcad.runtime.memory import is_instance

__all__ = ["Path", "copied", "inexact", "is_floating", "is_number", "leaves", "mapped", "suffix", "written"]

Path: TypeAlias = tuple[tuple[str, Any], ...]
"""The way to a leaf: ("item", key) or ("attribute", name) for each container passed through."""


def leaves(value: Any, path: Path = (), around: frozenset[int] = frozenset()) -> Iterator[tuple[Path, Any]]:
    """Yield what stands in the containers of ``value``, each with the way to it.

    An object that is known inside of itself is gone into once.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, ("item", key)), around)
    elif isinstance(value, (tuple, list)):
        for i, item in enumerate(value):
            yield from leaves(item, (*path, ("item", i)), around)
    elif _has_attributes(value):
        if id(value) not in around:
            for name, item in attributes_of(value).items():
                yield from leaves(item, (*path, ("attribute", name)), around | {id(value)})
    else:
        yield path, value


def mapped(
    change: Callable[[Any, Path], Any], value: Any, path: Path = (), made: dict[int, Any] | None = None
) -> Any:
    """Return ``value`` with each leaf replaced by ``change(leaf, path)``; an object inside of itself stays one."""
    made = {} if made is None else made
    if isinstance(value, dict):
        items = {key: mapped(change, item, (*path, ("item", key)), made) for key, item in value.items()}
        if type(value) is dict:
            return items
        result = copy.copy(value)
        result.update(items)
        return result
    if isinstance(value, (tuple, list)):
        return _rebuilt(
            value, [mapped(change, item, (*path, ("item", i)), made) for i, item in enumerate(value)]
        )
    if _has_attributes(value):
        if id(value) in made:
            return made[id(value)]
        result = made[id(value)] = copy.copy(value)
        for name, item in attributes_of(value).items():
            object.__setattr__(result, name, mapped(change, item, (*path, ("attribute", name)), made))
        del made[id(value)]
        return result
    return change(value, path)


def _rebuilt(original: Any, items: list[Any]) -> Any:
    """Return ``items`` as a list, tuple or namedtuple of the type of ``original``."""
    if hasattr(original, "_make"):
        return original._make(items)
    return type(original)(items)


def inexact(leaf: Any, path: Path) -> Any:
    """Return integers as floats, so that they can be varied."""
    if not is_number(leaf) or is_floating(leaf):
        return leaf
    return leaf.astype(np.float64) if isinstance(leaf, np.ndarray) else float(leaf)


def copied(args: list[Any]) -> list[Any]:
    """Return the arguments with containers and arrays of their own, since ``f`` may change them."""
    return [mapped(lambda leaf, path: leaf.copy() if isinstance(leaf, np.ndarray) else leaf, a) for a in args]


def written(position: int, path: Path) -> str:
    """Return a path as one would write it in Python."""
    return f"args[{position}]" + suffix(path)


def suffix(path: Path) -> str:
    return "".join(f"[{key!r}]" if kind == "item" else f".{key}" for kind, key in path)


def _has_attributes(value: Any) -> bool:
    """Tell whether a value is an object, of which a gradient has the attributes."""
    return is_instance(value) and not isinstance(value, (Closure, numbers.Number, type))


def is_floating(value: Any) -> bool:
    """Tell whether ``value`` is a real floating-point number or an array of them."""
    return isinstance(value, (float, np.floating)) or (
        isinstance(value, np.ndarray) and value.dtype.kind == "f"
    )


def is_number(value: Any) -> bool:
    """Tell whether ``value`` is a real number that is no flag, or an array of them."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "iuf"
    return isinstance(value, (int, float)) and not isinstance(value, bool)
