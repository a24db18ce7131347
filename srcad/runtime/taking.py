"""The gradient that a shadow holds: of a value, where what stands in several places counts once, or of an argument."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np

from srcad.runtime.array_likes import OfAttributes
from srcad.runtime.memory import Cell, Shadow, owner, same_view

__all__ = ["gathered", "taken"]


def taken(target: Any) -> Any:
    """Return the gradient that a shadow holds, in the form of a value's gradient.

    Numbers have numbers, lists and tuples lists, dicts and objects dicts.  A backward pass adds up what it gets for each
    place of a value; memory that is found in several of them has its gradient in the first.

    Examples
    --------
    >>> import numpy as np
    >>> g = np.ones(3)
    >>> taken((g, g[1:], Cell()))
    [array([1., 1., 1.]), array([0., 0.]), 0.0]
    """
    if isinstance(target, Cell):
        return target.g
    if isinstance(target, _HOLDING):
        return _taken(target, {}, None if _is_apart(target, set()) else {})
    return 0.0 if target is None else target


def gathered(target: Any) -> Any:
    """Return the gradient that the shadow of an argument has gathered, in the form of a value's gradient.

    Memory that is found in several places has its gradient in each of them: it is one variable.

    Examples
    --------
    >>> import numpy as np
    >>> g = np.ones(3)
    >>> gathered((g, g[1:], Cell()))
    [array([1., 1., 1.]), array([1., 1.]), 0.0]
    """
    if isinstance(target, Cell):
        return target.g
    if isinstance(target, _HOLDING):
        return _taken(target, {}, None)
    return 0.0 if target is None else target


_SEQUENCES = (list, tuple, collections.deque)
_HOLDING = (*_SEQUENCES, dict, Shadow)


def _parts(target: Any) -> Any:
    if isinstance(target, Shadow):
        return vars(target).values()
    return target.values() if isinstance(target, dict) else target


def _is_apart(target: Any, seen: set[int]) -> bool:
    """Tell whether no memory is found twice in a shadow."""
    if target is None:
        return True
    if isinstance(target, np.ndarray):
        target = owner(target)
    elif isinstance(target, _HOLDING):
        if isinstance(target, tuple):
            return all(_is_apart(part, seen) for part in target)
    elif not isinstance(target, Cell):
        return True
    if id(target) in seen:
        return False
    seen.add(id(target))
    return not isinstance(target, _HOLDING) or all(_is_apart(part, seen) for part in _parts(target))


def _taken(target: Any, around: dict[int, Any], left: dict[int, Any] | None) -> Any:
    """Return the gradient of a part; ``around`` are the objects that hold it.

    ``left`` has for each memory that was seen what of it is still to be taken: ones where nothing was.
    """
    if isinstance(target, _SEQUENCES):
        return [_taken(item, around, left) for item in target]
    if isinstance(target, dict):
        return {key: _taken(item, around, left) for key, item in target.items()}
    if isinstance(target, Shadow):
        if id(target) in around:
            return around[id(target)]
        found = around[id(target)] = OfAttributes()
        found.update((name, _taken(item, around, left)) for name, item in vars(target).items())
        if left is not None:
            del around[id(target)]
        return found
    if isinstance(target, Cell):
        return target.g if _is_first(target, left) else 0.0
    if left is not None and isinstance(target, np.ndarray):
        return _what_is_left(target, left)
    return 0.0 if target is None else target


def _is_first(cell: Cell, left: dict[int, Any] | None) -> bool:
    if left is None:
        return True
    is_first = id(cell) not in left
    left[id(cell)] = cell
    return is_first


def _what_is_left(array: Any, left: dict[int, Any]) -> Any:
    """Return what an array holds where its memory was not taken, and zeros elsewhere."""
    whole = owner(array)
    if id(whole) not in left:
        left[id(whole)] = np.ones_like(whole)
    rest = same_view(array, whole, left[id(whole)])
    found = np.where(rest != 0, array, np.zeros_like(array))
    rest[...] = 0
    return found
