"""The builtins that make containers of containers, on values and shadows alike."""

from __future__ import annotations

import collections.abc
import copy
import functools
import itertools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules import iteration

__all__ = [
    "CONTAINERS",
    "MAKERS",
    "dict_of",
    "is_iterable_of_class",
    "is_mapping_of_class",
    "iterating_method",
    "items_of",
    "listed",
    "return_copy",
    "run",
    "written_copier",
]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]

CONTAINERS = (list, dict, tuple, collections.deque)


def _nothing_to_do() -> None:
    """The pullback of what shares its parts' shadows."""


def items_of(call: Call, source: Any, image: Any) -> tuple[list[Any], list[Any], Callable[[], None]]:
    """Return the items that ``source`` iterates over, their shadows and the pullback of reading them."""
    if type(source) is iteration.Items:
        return items_of(call, *_remaining(source, image)[:2])
    if is_iterable_of_class(source):
        values, parts, pullback = _sequence(call, source, shadows=(image,))
        return list(values), list(parts), pullback
    items = rt.items_taken(source) if isinstance(source, rt.WITHOUT_IMAGES) else list(source)
    mirrored = isinstance(image, (list, tuple, collections.deque))
    images = list(image) if mirrored else rt.element_shadows(items, image)
    if len(images) != len(items):
        images = [None] * len(items)
    if not isinstance(image, np.ndarray):
        return items, images, _nothing_to_do
    return items, images, functools.partial(rt.return_elements, images, image)


def run(pullbacks: list[Any]) -> None:
    for pullback in pullbacks:
        pullback()


def listed(call: Call, method: str, args: Any, shadows: Any) -> Outcome:
    """Return the arguments of a method of a list; arrays, and what a user's class makes a sequence of, as lists."""
    runs = method in ("extend", "extendleft")
    if not runs or not (is_iterable_of_class(args[0]) or isinstance(args[0], np.ndarray)):
        return args, shadows, _nothing_to_do
    items, images, pullback = items_of(call, args[0], shadows[0])
    return (items,), (images,), pullback


def _listed(kind: type) -> Any:
    def make(call: Call, source: Any = (), *, shadows: Any) -> Outcome:
        items, images, pullback = items_of(call, source, shadows[0] if shadows else None)
        return kind(items), kind(images), pullback

    return make


def dict_of(
    call: Call,
    source: Any = (),
    *,
    shadows: Any,
    options: dict[str, Any] | None = None,
    option_shadows: dict[str, Any] | None = None,
) -> Outcome:
    """Make a dict of a dict or of pairs, and of named values."""
    image = shadows[0] if shadows else None
    named, named_images = options or {}, {**dict.fromkeys(options or {}), **(option_shadows or {})}
    if isinstance(source, dict):
        found = image if isinstance(image, dict) else {}
        return {**source, **named}, {**dict.fromkeys(source), **found, **named_images}, _nothing_to_do
    first: list[Callable[[], None]] = []
    if is_mapping_of_class(source):
        source, image, undo = call(iteration.items_of_mapping, None, (source,), (image,), {}, {})
        first = [undo]
    pairs, images, pullback = items_of(call, source, image)
    made, parts, pullbacks = {}, {}, [*first, pullback]
    for pair, part in zip(pairs, images):
        (key, value), (_, held), own = items_of(call, pair, part)
        made[key], parts[key] = value, held
        pullbacks.append(own)
    return {**made, **named}, {**parts, **named_images}, functools.partial(run, pullbacks[::-1])


def _sorted(call: Call, source: Any, *, shadows: Any, key: Any = None, reverse: bool = False) -> Outcome:
    items, images, pullback = items_of(call, source, shadows[0])
    keys = items if key is None else [key(item) for item in items]
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=reverse)
    return [items[i] for i in order], [images[i] for i in order], pullback


def _reversed(call: Call, source: Any, *, shadows: Any) -> Outcome:
    items, images, pullback = items_of(call, source, shadows[0])
    return items[::-1], images[::-1], pullback


def _zip(call: Call, *sources: Any, shadows: Any, strict: bool = False) -> Outcome:
    if rt.are_taken_in_turns(sources):
        return call(iteration.in_turns, None, sources, tuple(shadows), {}, {})
    parts = [items_of(call, source, image) for source, image in zip(sources, shadows)]
    _check_rests(sources, parts)
    pullback = functools.partial(run, [p[2] for p in parts])
    return list(zip(*(p[0] for p in parts), strict=strict)), list(zip(*(p[1] for p in parts))), pullback


def _check_rests(sources: tuple[Any, ...], parts: list[Outcome]) -> None:
    """Refuse iterators of which items are left when the shortest has ended."""
    shortest = min((len(part[0]) for part in parts), default=0)
    for source, part in zip(sources, parts):
        rt.check_left(source, len(part[0]) > shortest)


def _enumerate(call: Call, source: Any, start: int = 0, *, shadows: Any) -> Outcome:
    items, images, pullback = items_of(call, source, shadows[0])
    return list(enumerate(items, start)), [(None, image) for image in images], pullback


def _map(call: Call, function: Any, *sources: Any, shadows: Any) -> Outcome:
    parts = [items_of(call, source, image) for source, image in zip(sources, shadows[1:])]
    _check_rests(sources, parts)
    made = [
        call(function, shadows[0], args, images, {}, {})
        for args, images in zip(zip(*(p[0] for p in parts)), zip(*(p[1] for p in parts)))
    ]
    pullback = functools.partial(run, [*(m[2] for m in reversed(made)), *(p[2] for p in parts)])
    return [m[0] for m in made], [m[1] for m in made], pullback


def _filter(call: Call, function: Any, source: Any, *, shadows: Any) -> Outcome:
    items, images, pullback = items_of(call, source, shadows[1])
    kept = [i for i, item in enumerate(items) if (item if function is None else function(item))]
    return [items[i] for i in kept], [images[i] for i in kept], pullback


def iterating_method(source: Any) -> Any:
    """Return the ``__iter__`` of an instance's class; None where it takes the items by their positions.

    >>> class Pair(collections.abc.Sequence):
    ...     def __len__(self): return 2
    ...     def __getitem__(self, i): return i
    >>> iterating_method(Pair()) is None
    True
    """
    found = getattr(type(source), "__iter__", None)
    return None if found is collections.abc.Sequence.__iter__ else found


def is_mapping_of_class(source: Any) -> bool:
    """Tell whether ``dict`` takes the keys of an instance, and its items under these."""
    return not isinstance(source, dict) and isinstance(
        getattr(type(source), "keys", None), types.FunctionType
    )


def is_iterable_of_class(source: Any) -> bool:
    """Tell whether a loop over ``source`` runs methods that its class defines in Python."""
    cls = type(source)
    if isinstance(getattr(cls, "__iter__", None), types.FunctionType):
        return True
    return not hasattr(cls, "__iter__") and isinstance(getattr(cls, "__getitem__", None), types.FunctionType)


def _sequence(call: Call, source: Any, *, shadows: Any) -> Outcome:
    if type(source) is iteration.Items:
        return _remaining(source, shadows[0])
    iterate = iterating_method(source)
    if isinstance(iterate, types.FunctionType):
        items, images, pullback = call(iterate, None, (source,), (shadows[0],), {}, {})
        advance = getattr(type(items), "__next__", None)
        if isinstance(advance, types.FunctionType):
            return _exhausted(call, items, images, advance, pullback)
        values, parts, undo = items_of(call, items, images)
        return values, parts, functools.partial(run, [undo, pullback])
    if is_iterable_of_class(source):
        return _indexed(call, source, shadows[0])
    if rt.sequence(source) is source:
        return source, shadows[0], _nothing_to_do
    if isinstance(source, dict):
        keys = list(source)
        return keys, [None] * len(keys), _nothing_to_do
    items, images, pullback = items_of(call, source, shadows[0])
    return items, images, pullback


def _remaining(iterator: iteration.Items, image: Any) -> Outcome:
    """Take all items that an iterator over a list or an array still has, as they are when their turn comes."""
    held = getattr(image, "source", None)
    values, images = iterator.rest(), None if held is None else iterator.rest(held)
    iterator.position = len(iterator.source)
    if isinstance(values, (np.ndarray, list)):
        return values, images, _nothing_to_do
    return items_of(rt.call, values, images)


def _indexed(call: Call, source: Any, image: Any) -> Outcome:
    """List the items of an instance that has nothing but ``__getitem__``."""
    values, parts, pullbacks = [], [], []
    for position in range(rt.MOST_ITEMS):
        try:
            value, part, pullback = call(
                type(source).__getitem__, None, (source, position), (image, None), {}, {}
            )
        except IndexError:
            return values, parts, functools.partial(run, pullbacks[::-1])
        values.append(value)
        parts.append(part)
        pullbacks.append(pullback)
    raise rt.endless()


def _exhausted(call: Call, iterator: Any, image: Any, advance: Any, made: Any) -> Outcome:
    """Run an iterator of a user's class to its end."""
    values, parts, pullbacks = [], [], [made]
    for _ in range(rt.MOST_ITEMS):
        try:
            value, part, pullback = call(advance, None, (iterator,), (image,), {}, {})
        except StopIteration:
            return values, parts, functools.partial(run, pullbacks[::-1])
        values.append(value)
        parts.append(part)
        pullbacks.append(pullback)
    raise rt.endless()


def written_copier(function: Any, source: Any) -> Any:
    """Return the method by which the class of an instance copies it; None if there is none."""
    title = "__copy__" if function is copy.copy else "__deepcopy__"
    found = getattr(type(source), title, None)
    return found if isinstance(found, types.FunctionType) else None


def memo_of(function: Any) -> tuple[Any, ...]:
    """Return what a written copier is given beside its instance: a deep copy has a memo."""
    return () if function is copy.copy else ({},)


def _copy(call: Call, source: Any, *, shadows: Any) -> Outcome:
    if isinstance(source, np.ndarray):
        return _deepcopy(call, source, shadows=shadows)
    written = written_copier(copy.copy, source)
    if written is not None:
        return call(written, None, (source,), tuple(shadows), {}, {})
    value, image = copy.copy(source), shadows[0]
    if image is None and value is not source:
        image = rt.lasting_shadow(value)
    return value, rt.shallow_shadow(image), _nothing_to_do


def _deepcopy(call: Call, source: Any, memo: Any = None, *, shadows: Any) -> Outcome:
    written = written_copier(copy.deepcopy, source)
    if written is not None:
        return call(written, None, (source, {}), (shadows[0], None), {}, {})
    value = copy.deepcopy(source)
    image = rt.shadow(value)
    return value, image, functools.partial(return_copy, rt.skeleton(image), rt.skeleton(shadows[0]))


def return_copy(image: Any, source_image: Any) -> None:
    """Take the gradient of a deep copy to what was copied."""
    rt.return_copy(image, source_image)


def _super(call: Call, cls: type, instance: Any, *, shadows: Any) -> Outcome:
    return super(cls, instance), shadows[1], _nothing_to_do


def _structural(function: Any) -> Any:
    """Return the handler of a function that rearranges items, whatever they are."""

    def make(call: Call, *sources: Any, shadows: Any, **options: Any) -> Outcome:
        parts = [
            items_of(call, source, image) if _iterable(source) else None
            for source, image in zip(sources, shadows)
        ]
        items = [source if part is None else part[0] for source, part in zip(sources, parts)]
        images = [source if part is None else part[1] for source, part in zip(sources, parts)]
        pullback = functools.partial(run, [part[2] for part in parts if part is not None])
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
    list: _listed(list), tuple: _listed(tuple), dict: dict_of, sorted: _sorted, reversed: _reversed, zip: _zip,
    enumerate: _enumerate, map: _map, filter: _filter,
}  # fmt: skip
