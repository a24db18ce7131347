"""Forward mode through reverse-mode code: copies, records and partial functions, which only rearrange what they hold.

What is done to values and shadows is done to their tangents in the same way, and so is what undoes it.
"""

from __future__ import annotations

import collections
import copy
import dataclasses
import functools
import inspect
import operator
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.plain_classes import init_only_fields
from srcad.dynamic import calls as reverse_calls
from srcad.dynamic.containers import is_iterable_of_class, return_copy
from srcad.errors import UnsupportedError
from srcad.runtime.tangent_copies import copied_tangent, filled_tangent, record_tangent, tangent_of_partial
from srcad.runtime.tangents import Tangent, zero_tangent

__all__ = [
    "ANSWERS",
    "both", "container_call", "copied", "deque_made", "dict_made", "fields_of", "instance_made", "is_listed",
    "items_listed", "list_made", "namespace_made", "partial_called", "partial_made", "record_made", "record_method",
    "sequence_made",
]  # fmt: skip

Outcome = tuple[Any, Any]


ANSWERS = ("index", "count", "keys")
"""Methods of containers that say something about the items which has no derivative."""


def both(first: Callable[[], None], second: Callable[[], None]) -> None:
    """Run the pullback of a call, and that of the same call with tangents."""
    first()
    second()


def record_made(args: Any, tangents: Any) -> Outcome:
    """Make a named tuple."""
    cls, _, values, shadows, options, option_shadows = args
    made = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
    named = dict(zip(cls._fields, tangents[3])) | tangents[5]
    images = tuple(named.get(name, 0.0) for name in cls._fields)
    return made, (record_tangent(made[0], tangents[2], tangents[4]), images, 0.0)


def record_method(args: Any, tangents: Any) -> Outcome:
    """Call ``_replace`` or ``_asdict``."""
    record, own, name, values, shadows, options, option_shadows = args
    image, down, _, dvalues, dshadows, doptions, doption_shadows = tangents
    made = reverse_calls.call_method(record, own, name, values, shadows, options, option_shadows)
    image = zero_tangent(record) if isinstance(image, float) else image
    down = zero_tangent(own) if isinstance(down, float) else down
    mirrored = reverse_calls.call_method(image, down, name, dvalues, dshadows, doptions, doption_shadows)
    return made, (mirrored[0], mirrored[1], 0.0)


def deque_made(args: Any, tangents: Any) -> Outcome:
    """Make a deque."""
    cls, _, values, shadows, options, option_shadows = args
    if values and is_iterable_of_class(values[0]):
        raise _of_instance(cls, values[0])
    value, shadow, pullback = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
    mirrored, images = ((*part[:1], *values[1:]) for part in tangents[2:4])
    named, named_images = (
        {**options, **{key: part for key, part in given.items() if key == "iterable"}}
        for given in tangents[4:6]
    )
    dvalue, dshadow, dpullback = reverse_calls.call(cls, None, mirrored, images, named, named_images)
    return (value, shadow, functools.partial(both, pullback, dpullback)), (dvalue, dshadow, 0.0)


def list_made(args: Any, tangents: Any) -> Outcome:
    """Make an instance of a class that extends lists."""
    cls, _, values, shadows, options, option_shadows = args
    if not isinstance(cls.__init__, types.FunctionType):
        return deque_made(args, tangents)
    made = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
    return made, (zero_tangent(list(made[0])), zero_tangent(made[1]), 0.0)


def sequence_made(args: Any, tangents: Any) -> Outcome:
    """Make a list or tuple of a class of the user's."""
    cls, _, values, shadows, options, option_shadows = args
    value, shadow, pullback = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
    if not values:
        return (value, shadow, pullback), (zero_tangent(value), zero_tangent(shadow), 0.0)
    if is_iterable_of_class(values[0]):
        raise _of_instance(cls, values[0])
    plain = list if issubclass(cls, list) else tuple
    dvalue, dshadow, dpullback = reverse_calls.call(plain, None, *tangents[2:4], {}, {})
    return (value, shadow, functools.partial(both, pullback, dpullback)), (dvalue, dshadow, 0.0)


def _of_instance(cls: type, source: Any) -> UnsupportedError:
    return UnsupportedError(f"A {cls.__name__} is made of an instance of '{type(source).__name__}', which is not "
                            "differentiated twice.", "Make it of a list of its items.")  # fmt: skip


def dict_made(args: Any, tangents: Any) -> Outcome:
    """Make a dict of a class of the standard library."""
    cls, _, values, shadows, options, option_shadows = args
    values = tuple(list(v) if isinstance(v, Iterator) else v for v in values)
    made = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
    image, dshadow = zero_tangent(made[0]), zero_tangent(made[1])
    if made[1] is None:
        return made, (image, 0.0, 0.0)
    for position, source in enumerate(values):
        if source is None or callable(source) and not isinstance(source, dict):
            continue
        part, down = tangents[2][position], tangents[3][position]
        if isinstance(source, dict):
            image.update(part)
            dshadow.update({key: dimage for key, dimage in down.items() if made[1].get(key) is not None})
            continue
        if any(isinstance(pair, np.ndarray) for pair in source):
            raise UnsupportedError("A dict is made of rows of an array, which is not differentiated twice.",
                                   "Make it of a list of pairs.")  # fmt: skip
        for (key, _), (_, dvalue), pair in zip(source, part, down):
            image[key] = dvalue
            dshadow[key] = pair[1] if isinstance(pair, (tuple, list)) else 0.0
    image.update({key: dvalue for key, dvalue in tangents[4].items() if key in made[0]})
    dshadow.update({key: dvalue for key, dvalue in tangents[5].items() if key in made[0]})
    return made, (image, dshadow, 0.0)


def is_listed(source: Any = None) -> bool:
    """Tell whether the items of a value stand in its tangent and shadow in the same order."""
    return not isinstance(source, dict) and not is_iterable_of_class(source)


def items_listed(args: Any, tangents: Any) -> Outcome:
    """List what a loop runs over."""
    function, _, values, *_ = args
    value, shadow, pullback = reverse_calls.call(*args)
    if not is_listed(values[0]) or isinstance(tangents[2][0], float):
        return (value, shadow, pullback), (zero_tangent(value), zero_tangent(shadow), 0.0)
    image, dshadow, undo = reverse_calls.call(function, None, *tangents[2:4], {}, {})
    return (value, shadow, functools.partial(both, pullback, undo)), (image, dshadow, 0.0)


def instance_made(args: Any, tangents: Any) -> Outcome:
    """Make an instance of a class that has no ``__init__`` of its own, its shadow and the tangents of both."""
    cls, _, values, shadows, options, option_shadows = args
    if issubclass(cls, (BaseException, set, frozenset, operator.methodcaller)):
        value, shadow, pullback = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
        return (value, shadow, pullback), (zero_tangent(value), 0.0, 0.0)
    if issubclass(cls, functools.partial):
        return partial_made(args, tangents)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return record_made(args, tangents)
    if rt.is_sequence_class(cls):
        return sequence_made(args, tangents)
    if issubclass(cls, collections.deque):
        return deque_made(args, tangents)
    if issubclass(cls, list):
        return list_made(args, tangents)
    if cls is types.SimpleNamespace:
        return namespace_made(args, tangents)
    if issubclass(cls, dict):
        return dict_made(args, tangents)
    if cls is np.vectorize:
        value, shadow, pullback = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
        dvalue, dshadow = Tangent(value), rt.Shadow()
        dvalue.pyfunc = tangents[2][0] if tangents[2] else tangents[4].get("pyfunc")
        dshadow.pyfunc = tangents[3][0] if tangents[3] else tangents[5].get("pyfunc")  # type: ignore[attr-defined]
        return (value, shadow, pullback), (dvalue, dshadow, 0.0)
    value, shadow, pullback = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
    if hasattr(value, "__dict__") or hasattr(cls, "__slots__"):
        return (value, shadow, pullback), (*fields_of(cls, value, shadow, tangents), 0.0)
    dvalue, dshadow, dpullback = reverse_calls.call(cls, None, *tangents[2:6])
    return (value, shadow, functools.partial(both, pullback, dpullback)), (dvalue, dshadow, 0.0)


def namespace_made(args: Any, tangents: Any) -> Outcome:
    """Make a ``types.SimpleNamespace``."""
    made = reverse_calls.call(*args)
    image, dshadow = Tangent(made[0]), zero_tangent(made[1])
    vars(image).update(tangents[4])
    vars(dshadow).update(tangents[5])
    return made, (image, dshadow, 0.0)


def fields_of(cls: Any, value: Any, shadow: Any, tangents: Any) -> Outcome:
    """Return the tangents of a dataclass's instance and of its shadow."""
    signature = inspect.signature(cls)
    dvalue, dshadow = Tangent(value), zero_tangent(shadow)
    for name, part in signature.bind(*tangents[2], **tangents[4]).arguments.items():
        setattr(dvalue, name, part)
    for name, part in signature.bind(*tangents[3], **tangents[5]).arguments.items():
        if getattr(shadow, name, None) is not None:
            setattr(dshadow, name, part)
    for made in dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ():
        if made.default_factory is not dataclasses.MISSING and made.name not in vars(dvalue):
            setattr(dvalue, made.name, zero_tangent(getattr(value, made.name)))
    return dvalue, dshadow


def init_only_tangents(cls: Any, given: Any, tangents: Any) -> tuple[Any, Any]:
    """Return the tangents of the values and shadows that ``__post_init__`` of a dataclass gets beside its instance."""
    signature = inspect.signature(cls)
    images = signature.bind(*tangents[2], **tangents[4]).arguments
    downs = signature.bind(*tangents[3], **tangents[5]).arguments
    names = [field.name for field in init_only_fields(cls)]
    values = tuple(images.get(n, zero_tangent(value)) for n, (value, _) in zip(names, given))
    return values, tuple(downs.get(n, 0.0) for n in names)


def copied(args: Any, tangents: Any) -> Outcome:
    """Call ``copy.copy`` or ``copy.deepcopy``."""
    function, _, values, shadows, options, option_shadows = args
    value, shadow, pullback = reverse_calls.call(function, None, values, shadows, options, option_shadows)
    source, source_shadow = tangents[2][0], tangents[3][0]
    if function is copy.copy and not isinstance(values[0], np.ndarray):
        image = copied_tangent(value, values[0], source)
        if shadows[0] is None:
            dshadow = zero_tangent(shadow)
        else:
            dshadow = 0.0 if shadow is None else rt.shallow_shadow(source_shadow)
        return (value, shadow, pullback), (image, dshadow, 0.0)
    image = filled_tangent(zero_tangent(value), source)
    dshadow = zero_tangent(shadow)
    undo = functools.partial(
        return_copy, rt.skeleton(dshadow), None if shadows[0] is None else rt.skeleton(source_shadow)
    )
    return (value, shadow, functools.partial(both, pullback, undo)), (image, dshadow, 0.0)


def partial_made(args: Any, tangents: Any) -> Outcome:
    """Make a partial function."""
    cls, _, values, shadows, options, option_shadows = args
    made = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
    image, held, held_named = tangents[3][0], (), {}
    if isinstance(values[0], functools.partial):
        image = image if isinstance(image, rt.Shadow) else zero_tangent(made[1])
        image, held, held_named = image.func, image.args[: len(values[0].args)], image.keywords
    shadow = rt.Shadow()
    vars(shadow).update(func=image, args=(*held, *tangents[3][1:]), keywords={**held_named, **tangents[5]})
    return made, (tangent_of_partial(values[0], tangents[2], tangents[4]), shadow, 0.0)


def partial_called(args: Any, tangents: Any) -> tuple[Any, Any]:
    """Return the call of what a partial function holds, and its tangents."""
    function, own, values, shadows, options, option_shadows = args
    dfunction, down, dvalues, dshadows, doptions, doption_shadows = tangents
    inner, held, named = dfunction if isinstance(dfunction, tuple) else zero_tangent(function)
    images: tuple[Any, ...]
    if isinstance(own, rt.Shadow):
        images = (own.func, own.args, own.keywords, down.func, down.args, down.keywords)  # type: ignore[attr-defined]
    else:
        count, names = len(function.args), function.keywords
        images = (None, (None,) * count, dict.fromkeys(names), 0.0, (0.0,) * count, dict.fromkeys(names, 0.0))
    return (
        function.func, images[0], (*function.args, *values), (*images[1], *shadows),
        {**function.keywords, **options}, {**images[2], **option_shadows},
    ), (
        inner, images[3], (*held, *dvalues), (*images[4], *dshadows),
        {**named, **doptions}, {**images[5], **doption_shadows},
    )  # fmt: skip


def container_call(args: Any, tangents: Any) -> Outcome:
    """Return what ``rt.container_call(*args)`` returns, and its tangent."""
    base, shadow, method, values, shadows, options, option_shadows = args
    dbase, dshadow, _, dvalues, dshadows, doptions, doption_shadows = tangents
    if isinstance(base, collections.Counter) or method in ANSWERS:
        counted = rt.container_call(base, shadow, method, values, shadows, options, option_shadows)
        return counted, (zero_tangent(list(counted[0]) if method == "keys" else counted[0]), 0.0)
    if method == "sort":
        key = options.get("key") or (lambda item: item)
        keys = [key(item) for item in base]
        order = sorted(range(len(base)), key=keys.__getitem__, reverse=bool(options.get("reverse", False)))
        for part in (base, shadow, dbase, dshadow):
            if isinstance(part, list):
                part[:] = [part[i] for i in order]
        return (None, None), (0.0, 0.0)
    mirrored = tuple(dvalues)
    if method == "update" and values and not isinstance(values[0], dict):
        keys = [key for key, _ in values[0]]
        mirrored, dshadows = ({key: part for key, (_, part) in zip(keys, d[0])} for d in (dvalues, dshadows))
        mirrored, dshadows = (mirrored,), (dshadows,)
    if method in ("move_to_end", "rotate", "popitem", "__getitem__"):
        mirrored, doptions = values, options
    if method in ("pop", "insert", "get", "setdefault"):
        mirrored = (*values[:1], *dvalues[1:])
    if method == "remove":
        method, values, mirrored = "pop", (base.index(*values),), (base.index(*values),)
    images = tuple(None if s is None else d for s, d in zip(shadows, dshadows))
    found = rt.container_call(base, shadow, method, values, shadows, options, option_shadows)
    if method in ("items", "values"):
        pairs = (
            [(0.0, dbase[key]) for key in base],
            [(0.0, 0.0 if shadow is None else dshadow.get(key, 0.0)) for key in base],
        )
        parts = pairs if method == "items" else tuple([part for _, part in listing] for listing in pairs)
        return found, (parts[0], 0.0 if shadow is None else parts[1])
    held = None if shadow is None else dshadow
    image = rt.container_call(dbase, held, method, mirrored, images, doptions, doption_shadows)
    if method == "popitem":
        image = (zero_tangent(found[0][0]), image[0][1]), image[1]  # the key has no tangent
    return found, tuple(0.0 if part is None else part for part in image)
