"""The builtins that make containers of containers, on values and shadows alike."""

from __future__ import annotations

import collections
import copy
import functools
import itertools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.errors import UnsupportedError

__all__ = ["CONTAINERS", "MAKERS"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]

_MOST_ITEMS = 1_000_000
CONTAINERS = (list, dict, tuple, collections.deque)


def _nothing_to_do() -> None:
    """The pullback of what shares its parts' shadows."""


def _items(source: Any, image: Any) -> tuple[list[Any], list[Any], Callable[[], None]]:
    """Return the items that ``source`` iterates over, their shadows and the pullback of reading them."""
    items = list(source)
    mirrored = isinstance(image, (list, tuple, collections.deque))
    images = list(image) if mirrored else rt.element_shadows(items, image)
    if len(images) != len(items):
        images = [None] * len(items)
    if not isinstance(image, np.ndarray):
        return items, images, _nothing_to_do
    return items, images, functools.partial(_return_elements, images, image)


def _return_elements(images: list[Any], image: Any) -> None:
    for position, part in enumerate(images):
        rt.return_element(part, image, position)


def _run(pullbacks: list[Any]) -> None:
    for pullback in pullbacks:
        pullback()


def _listed(kind: type) -> Any:
    def make(call: Call, source: Any = (), *, shadows: Any) -> Outcome:
        items, images, pullback = _items(source, shadows[0] if shadows else None)
        return kind(items), kind(images), pullback

    return make


def _dict(call: Call, source: Any = (), *, shadows: Any, **options: Any) -> Outcome:
    image = shadows[0] if shadows else None
    if isinstance(source, dict):
        found = dict(image) if isinstance(image, dict) else dict.fromkeys(source)
        return {**source, **options}, {**found, **dict.fromkeys(options)}, _nothing_to_do
    pairs = list(source)
    images = list(image) if isinstance(image, (list, tuple)) else [(None, None)] * len(pairs)
    shadow = {key: part[1] for (key, _), part in zip(pairs, images)}
    return {**dict(pairs), **options}, {**shadow, **dict.fromkeys(options)}, _nothing_to_do


def _sorted(call: Call, source: Any, *, shadows: Any, key: Any = None, reverse: bool = False) -> Outcome:
    items, images, pullback = _items(source, shadows[0])
    keys = items if key is None else [key(item) for item in items]
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=reverse)
    return [items[i] for i in order], [images[i] for i in order], pullback


def _iter(call: Call, source: Any, *, shadows: Any) -> Outcome:
    items, images, pullback = _items(source, shadows[0])
    return iter(items), images, pullback


def _reversed(call: Call, source: Any, *, shadows: Any) -> Outcome:
    items, images, pullback = _items(source, shadows[0])
    return items[::-1], images[::-1], pullback


def _zip(call: Call, *sources: Any, shadows: Any) -> Outcome:
    parts = [_items(source, image) for source, image in zip(sources, shadows)]
    pullback = functools.partial(_run, [p[2] for p in parts])
    return list(zip(*(p[0] for p in parts))), list(zip(*(p[1] for p in parts))), pullback


def _enumerate(call: Call, source: Any, start: int = 0, *, shadows: Any) -> Outcome:
    items, images, pullback = _items(source, shadows[0])
    return list(enumerate(items, start)), [(None, image) for image in images], pullback


def _map(call: Call, function: Any, *sources: Any, shadows: Any) -> Outcome:
    parts = [_items(source, image) for source, image in zip(sources, shadows[1:])]
    made = [
        call(function, shadows[0], args, images, {}, {})
        for args, images in zip(zip(*(p[0] for p in parts)), zip(*(p[1] for p in parts)))
    ]
    pullback = functools.partial(_run, [*(m[2] for m in reversed(made)), *(p[2] for p in parts)])
    return [m[0] for m in made], [m[1] for m in made], pullback


def _filter(call: Call, function: Any, source: Any, *, shadows: Any) -> Outcome:
    items, images, pullback = _items(source, shadows[1])
    kept = [i for i, item in enumerate(items) if (item if function is None else function(item))]
    return [items[i] for i in kept], [images[i] for i in kept], pullback


def _sequence(call: Call, source: Any, *, shadows: Any) -> Outcome:
    iterate = getattr(type(source), "__iter__", None)
    if isinstance(iterate, types.FunctionType):
        items, images, pullback = call(iterate, None, (source,), (shadows[0],), {}, {})
        advance = getattr(type(items), "__next__", None)
        if isinstance(advance, types.FunctionType):
            return _exhausted(call, items, images, advance, pullback)
        values, parts, _ = _items(items, images)
        return values, parts, pullback
    if rt.sequence(source) is source:
        return source, shadows[0], _nothing_to_do
    if isinstance(source, dict):
        keys = list(source)
        return keys, [None] * len(keys), _nothing_to_do
    items, images, pullback = _items(source, shadows[0])
    return items, images, pullback


def _exhausted(call: Call, iterator: Any, image: Any, advance: Any, made: Any) -> Outcome:
    """Run an iterator of a user's class to its end."""
    values, parts, pullbacks = [], [], [made]
    for _ in range(_MOST_ITEMS):
        try:
            value, part, pullback = call(advance, None, (iterator,), (image,), {}, {})
        except StopIteration:
            return values, parts, functools.partial(_run, pullbacks[::-1])
        values.append(value)
        parts.append(part)
        pullbacks.append(pullback)
    raise UnsupportedError(f"An iterator did not end after {_MOST_ITEMS} items.",
                           "Loop over a range, and leave the loop with 'break'.")  # fmt: skip


def _copy(call: Call, source: Any, *, shadows: Any) -> Outcome:
    if isinstance(source, np.ndarray):
        return _deepcopy(call, source, shadows=shadows)
    return copy.copy(source), rt.shallow_shadow(shadows[0]), _nothing_to_do


def _deepcopy(call: Call, source: Any, memo: Any = None, *, shadows: Any) -> Outcome:
    value = copy.deepcopy(source)
    image = rt.shadow(value)
    return value, image, functools.partial(_return_copy, rt.skeleton(image), shadows[0])


def _return_copy(image: Any, source_image: Any) -> None:
    if source_image is not None:
        rt.accumulate_shadow(source_image, rt.taken(image))


def _super(call: Call, cls: type, instance: Any, *, shadows: Any) -> Outcome:
    return super(cls, instance), shadows[1], _nothing_to_do


def _structural(function: Any) -> Any:
    """Return the handler of a function that rearranges items, whatever they are."""

    def make(call: Call, *sources: Any, shadows: Any, **options: Any) -> Outcome:
        parts = [
            _items(source, image) if _iterable(source) else None for source, image in zip(sources, shadows)
        ]
        items = [source if part is None else part[0] for source, part in zip(sources, parts)]
        images = [source if part is None else part[1] for source, part in zip(sources, parts)]
        pullback = functools.partial(_run, [part[2] for part in parts if part is not None])
        return list(function(*items, **options)), list(function(*images, **options)), pullback

    return make


def _iterable(source: Any) -> bool:
    return not isinstance(source, (int, float, str)) and hasattr(source, "__iter__")


STRUCTURAL = (
    itertools.chain, itertools.product, itertools.permutations, itertools.combinations, itertools.islice,
    itertools.combinations_with_replacement, itertools.pairwise,
)  # fmt: skip
MAKERS: dict[Any, Any] = {
    **{function: _structural(function) for function in STRUCTURAL},
    rt.sequence: _sequence,
    copy.copy: _copy,
    copy.deepcopy: _deepcopy,
    super: _super,
    list: _listed(list), tuple: _listed(tuple), dict: _dict, sorted: _sorted, reversed: _reversed, zip: _zip,
    enumerate: _enumerate, iter: _iter, map: _map, filter: _filter,
}  # fmt: skip
