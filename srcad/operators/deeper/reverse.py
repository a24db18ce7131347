"""Forward mode of generated reverse-mode code: of what that resolves when it runs, for calls in parts.

A call of ``rt.call`` returns a value, its shadow and a pullback; each of the three has as many parts as the call (see
`srcad.operators.deeper.calls`).  The tangent of a shadow is a shadow, that of a pullback holds the tangents of what it
keeps.
"""

from __future__ import annotations

import collections
import copy
import functools
import operator
import random
import types
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.results.calls import ARRAY_METHODS, function_of_method
from srcad.callables.targets import is_partial_method, partial_shadow, partial_tangent
from srcad.callables.wrappers import of_arrays
from srcad.derive.builtin_sources import source_of_builtin
from srcad.derive.call_adjoints import CONVERSIONS
from srcad.dynamic import calls as reverse_calls
from srcad.dynamic.attributes import computes_methods, is_method_of, method_of_object
from srcad.dynamic.containers import (
    is_iterable_of_class,
    iterating_method,
    memo_of,
    run,
    written_copier,
)
from srcad.dynamic.operators import ufunc_of_arrays
from srcad.errors import NoDerivativeError
from srcad.lang.function import Nested
from srcad.operators.deeper.calls import Part, Parts, again, install
from srcad.operators.deeper.copies import (
    ANSWERS,
    container_call,
    copied,
    is_listed,
    items_listed,
    partial_called,
    record_method,
)
from srcad.operators.deeper.functions import (
    Calls,
    Results,
    constructed,
    instance_parts,
    nothing_like,
    of_function,
    of_rule,
    run_all,
    updated,
    with_function,
)
from srcad.operators.deeper.mixed_operands import of_mixed_operands
from srcad.operators.deeper.shadowed_calls import (
    ATTRIBUTES,
    CALLS,
    JOINING,
    OUT_OF_PLACE,
    STRUCTURAL,
    UFUNCS,
    UPDATES,
    ShadowedCall,
    computed_default,
    has_plain_method,
    holder,
    is_apart,
    is_computed,
    is_not_updated,
    is_without_derivative,
    joins_containers,
    method_of_class,
    names_a_method_of_an_array,
    operator_methods,
    plain_call,
)
from srcad.operators.dynamic.calls import SPECIAL
from srcad.operators.dynamic.computed import by_class, keep_cached
from srcad.operators.dynamic.sources import SOURCES, has_plain_operands, items_by_position
from srcad.rules import iteration, registry
from srcad.runtime.stores import METHODS_THAT_WRITE
from srcad.runtime.tangents import CONTAINERS, Tangent, complete_tangent, partial_of, zero_tangent

__all__ = ["call_parts", "install_handlers", "method_parts", "without_pullback"]

_NUMERIC = (float, int, complex, np.ndarray, np.generic)
_PARTS: dict[Any, Any] = {"real": np.real, "imag": np.imag, "T": np.transpose}
"""The attributes of a scalar that are computed of it."""


def install_handlers() -> None:
    """Let forward mode be applied again to what reverse mode resolves when it runs."""
    handlers = {rt.call: _of_call, rt.call_method: _of_call_method, rt.container_call: _of_container_call}
    install(handlers)
    SPECIAL.update({function: functools.partial(again, function) for function in handlers})


def _of_call(parts: Parts) -> Results:
    calls = [ShadowedCall(*_with_options(part.args, 4)) for part in parts]
    return call_parts([calls[0], *(_structured(call, calls[0]) for call in calls[1:])])


def _with_options(args: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """Return the arguments of a call of the runtime, with the options that it may leave out."""
    return (*args, {}, {}) if len(args) == count else args


def _structured(image: ShadowedCall, call: ShadowedCall) -> ShadowedCall:
    """Return a tangent of a call in which all containers are there."""
    values = zero_tangent(call.values) if isinstance(image.values, float) else image.values
    shadows = zero_tangent(call.shadows) if isinstance(image.shadows, float) else image.shadows
    options = image.options if isinstance(image.options, dict) else zero_tangent(call.options)
    named = (
        image.option_shadows if isinstance(image.option_shadows, dict) else zero_tangent(call.option_shadows)
    )
    return image._replace(values=values, shadows=shadows, options=options, option_shadows=named)


def call_parts(calls: Calls) -> Results:
    """Return the parts of what ``rt.call`` returns: the first of `_KINDS_OF_CALLS` that knows the call makes them."""
    known = registry.is_key(calls[0].function)
    for do in _KINDS_OF_CALLS:
        found = do(calls, known)
        if found is not None:
            return found
    function, values = calls[0].function, calls[0].values
    if known:
        function = SOURCES.get(function, function)
    if isinstance(function, types.BuiltinFunctionType):
        function = source_of_builtin(function, len(values), tuple(calls[0].options)) or function
    return of_function(with_function(calls, function))


def _of_maker(calls: Calls, known: bool) -> Results | None:
    """Call what has derivatives of its own in all modes, make an operator of srcad's or a ``super()``."""
    function, values = calls[0].function, calls[0].values
    if known and function in CALLS:
        return CALLS[function](calls)  # type: ignore[no-any-return]
    if any(function is maker for maker in reverse_calls.DERIVATIVE_OPERATORS):
        return _passed_on(function(*values, **calls[0].options), calls, 0)
    return _passed_on(super(*values), calls, 1) if function is super else None


def _passed_on(made: Any, calls: Calls, place: int) -> Results:
    """Return a value whose shadow and tangents are those of the argument at a place."""
    first, *images = calls
    return without_pullback([
        (made, first.shadows[place]), *((c.values[place], c.shadows[place]) for c in images)
    ])  # fmt: skip


def _of_holder(calls: Calls, known: bool) -> Results | None:
    """Call a nested function or a partial one with what it holds, or a copier."""
    first = calls[0]
    if isinstance(first.function, Nested):
        return of_function(_closed(calls))
    if isinstance(first.function, functools.partial):
        called = [partial_called(first, call) for call in calls[1:]]
        base = called[0][0] if called else partial_called(first, nothing_like(first))[0]
        return call_parts([ShadowedCall(*base), *(ShadowedCall(*image) for _, image in called)])
    return _copied(calls) if known and first.function in (copy.copy, copy.deepcopy) else None


def _of_mixed_operands(calls: Calls, known: bool) -> Results | None:
    """Apply an operator between an array or dict and a list, or an update of what is not changed in place."""
    if not known:
        return None
    function, values = calls[0].function, calls[0].values
    ufunc = ufunc_of_arrays(function, values)
    if ufunc is not None:
        return call_parts(with_function(calls, ufunc))
    between = of_mixed_operands(call_parts, calls)
    if between is None and function in OUT_OF_PLACE and is_not_updated(function, values[0]):
        return call_parts(with_function(calls, OUT_OF_PLACE[function]))
    return between


def _of_known_rule(calls: Calls, known: bool) -> Results | None:
    """Call what has a rule, and what has no derivative."""
    function, values = calls[0].function, calls[0].values
    computed_by = None
    if known and function in UFUNCS and all(isinstance(v, _NUMERIC) for v in values):
        computed_by, function = function, UFUNCS[function]
    converted = method_of_class(function, values) if known and function in CONVERSIONS else None
    if known and registry.find(function) is not None and converted is None:
        made = of_arrays(function, values, calls[0].options)
        if made is not function:
            return of_function(with_function(calls, made))
        return of_rule(with_function(calls, function), computed_by)
    plain = known and (has_plain_operands(function, values) or is_without_derivative(function, values))
    if known and registry.reason_refused(function) is not None:
        moving = [(image.values, image.options) for image in calls[1:]]
        plain = plain or not (
            rt.carries((calls[0].own, *calls[0].shadows, *calls[0].option_shadows.values()))
            or rt.is_moving(moving)
        )
    if plain or is_apart(function, values):
        outcome = reverse_calls.call(*calls[0])
        return [outcome, *_zero_images(outcome, calls)]
    if function is getattr and isinstance(values[0], (float, complex, np.generic)) and values[1] in _PARTS:
        parts = [plain_call(0.0, call.values[:1], call.shadows[:1]) for call in calls]
        return of_rule(with_function(parts, _PARTS[values[1]]))
    return None


def _of_item_or_attribute(calls: Calls, known: bool) -> Results | None:
    """Read or change an item or attribute, or join containers."""
    if not known:
        return None
    function, values = calls[0].function, calls[0].values
    if function is operator.getitem and rt.computed_default(*values) is not None:
        raise computed_default()
    if function in (*ATTRIBUTES, operator.getitem):
        by_method = by_class(calls)
        if by_method is not None:
            found = of_function(by_method)
            keep_cached(calls, found)
            return found
    if function is getattr and names_a_method_of_an_array(*values[:2]):
        return _passed_on(getattr(*values[:2]), calls, 0)
    structural = function in STRUCTURAL and not is_computed(function, values)
    return _structural(calls) if structural or joins_containers(function, values) else None


def _by_class(calls: Calls, known: bool) -> Results | None:
    """Do what a class decides about: operators, properties, loops over instances, instances and methods."""
    function, values = calls[0].function, calls[0].values
    if known and function in UPDATES and values and isinstance(values[0], np.ndarray):
        return updated(calls)
    accessor = method_of_class(function, values) if function is getattr or function is setattr else None
    if accessor is not None:
        places = (0,) if function is getattr else (0, 2)
        return of_function([_chosen(call, accessor, places) for call in calls])
    for method, order in operator_methods(function, values) if known else ():
        chosen = [_chosen(call, method, order) for call in calls]
        has_rule = registry.is_key(method) and registry.find(method) is not None
        found = call_parts(chosen) if has_rule else of_function(chosen)
        if found[0][0] is not NotImplemented:
            return found
    if function is rt.sequence and type(values[0]) is iteration.Items:
        return _remaining(calls)
    if function is rt.sequence and is_iterable_of_class(values[0]):
        return _iterated(calls)
    if function is rt.sequence or (function is list or function is tuple) and is_listed(*values[:1]):
        return constructed(items_listed, calls)
    if isinstance(function, type) and function not in SOURCES:
        return instance_parts(calls)
    receiver = getattr(function, "__self__", None)
    if (
        isinstance(function, types.BuiltinMethodType)
        and function not in SOURCES
        and receiver is not None
        and not isinstance(receiver, (types.ModuleType, np.ufunc))
    ):
        images = [call._replace(own=holder(call.function)) for call in calls[1:]]
        downs = [0.0 if call.own is None else holder(call.own) for call in calls[1:]]
        whole = [calls[0], *images]
        return method_parts(function.__self__, function.__name__, whole, holder(calls[0].own), downs)
    return None


_KINDS_OF_CALLS = (
    _of_maker, _of_holder, _of_mixed_operands, _of_known_rule, _of_item_or_attribute, _by_class,
)  # fmt: skip


def without_pullback(pairs: list[tuple[Any, Any]]) -> Results:
    first, *images = pairs
    return [(*first, _nothing_to_do), *((*image, 0.0) for image in images)]


def _chosen(call: ShadowedCall, method: Any, places: tuple[int, ...]) -> ShadowedCall:
    """Return the call of a method with some of the arguments."""
    values, shadows = (tuple(part[i] for i in places) for part in (call.values, call.shadows))
    return ShadowedCall(method, None, values, shadows, {}, {})


def _closed(calls: Calls) -> Calls:
    """Return the calls of a nested function with what it has captured in its closure."""
    nested = calls[0].function
    made = []
    for k, call in enumerate(calls):
        values, options, captured = nested.parted(call.values, call.options)
        shadows, option_shadows, own = nested.parted(call.shadows, call.option_shadows)
        function = rt.Closure(nested, captured) if k == 0 else captured
        made.append(ShadowedCall(function, list(own), values, shadows, options, option_shadows))
    return made


def _copied(calls: Calls) -> Results:
    """The parts of a copy by the ``copy`` module."""
    copier, value = calls[0].function, calls[0].values[0]
    written = written_copier(copier, value)
    if written is None:
        return constructed(copied, calls)
    return of_function([
        plain_call(written if k == 0 else 0.0, (c.values[0], *memo_of(copier)),
                        (c.shadows[0], *((None if k == 0 else 0.0) for _ in memo_of(copier))))
        for k, c in enumerate(calls)
    ])  # fmt: skip


# -- what only moves values about ---------------------------------------------------------------------


def _structural(calls: Calls) -> Results:
    """Read or change an item or attribute of all parts alike."""
    listing = None
    if calls[0].function is operator.iadd and _is_to_be_listed(calls, 1):
        calls, listing = _with_listed(calls, 1)
    first = calls[0]
    function, values, shadows = first.function, first.values, first.shadows
    value, shadow, pullback = reverse_calls.call(
        function, first.own, values, shadows, first.options, first.option_shadows
    )
    found: Results = []
    pullbacks = [pullback]
    for call in calls[1:]:
        known = _image_of_attribute(first, call, value, shadow) if function is not operator.getitem else None
        if known is not None:
            found.append((*known, 0.0))
            continue
        mirrored: tuple[Any, ...] = (call.values[0], *values[1:2], *call.values[2:])
        if function is getattr:
            mirrored = (complete_tangent(call.values[0], values[0]), *mirrored[1:])
        if function in JOINING:
            mirrored = tuple(d if isinstance(v, CONTAINERS) else v for v, d in zip(values, call.values))
        images = tuple(None if s is None else d for s, d in zip(shadows, call.shadows))
        image, image_shadow, pull = reverse_calls.call(
            function, None, mirrored, images, first.options, first.option_shadows
        )
        pullbacks.append(pull)
        found.append((0.0 if image is None else image, 0.0 if image_shadow is None else image_shadow, 0.0))
    pullbacks += [] if listing is None else [listing]
    return [(value, shadow, functools.partial(run_all, pullbacks)), *found]


def _image_of_attribute(
    first: ShadowedCall, call: ShadowedCall, value: Any, shadow: Any
) -> tuple[Any, Any] | None:
    """Return the tangents of an attribute's value and shadow where they are not read as the attribute is, else None."""
    base, image, down = first.values[0], call.values[0], call.shadows[0]
    zero = zero_tangent(value), zero_tangent(shadow)
    if first.function is getattr:
        name, image = first.values[1], complete_tangent(image, base)
        if isinstance(base, dict) and base.get(name) is value:  # items read as attributes
            return image[name], down.get(name, 0.0) if isinstance(down, dict) else 0.0
        of_class = isinstance(base, CONTAINERS) and name not in getattr(type(base), "_fields", ())
        if of_class and not is_method_of(value, base):
            return zero
        if isinstance(image, float):  # that of an object in which no derivative is known
            return zero
    if is_method_of(value, base):
        return image, down
    if isinstance(image, Tangent) and isinstance(value, dict) and value is getattr(base, "__dict__", None):
        return image.attributes(), 0.0 if shadow is None else vars(down)
    return None


def _zero_images(made: Any, calls: Calls) -> Results:
    """Return the tangents of a value and its shadow that carry no derivative."""
    return [(zero_tangent(made[0]), zero_tangent(made[1]), 0.0) for _ in calls[1:]]


def _of_container_call(parts: Parts) -> Results:
    """The parts of ``rt.container_call(...)``; changes of the container itself are made once."""
    first, *images = (_with_options(part.args, 5) for part in parts)
    if first[2] in ANSWERS:
        value, image = container_call(first, images[0])
        return [value, *(image for _ in images)]
    before = [_shallow(first[0]) for _ in images[1:]]
    held = [_shallow(first[1]) for _ in images[1:]]
    value, image = container_call(first, images[0])
    others = [
        container_call((base, shadow, *first[2:]), other)[1]
        for base, shadow, other in zip(before, held, images[1:])
    ]
    return [value, image, *others]


def _shallow(value: Any) -> Any:
    return rt.shallow(value) if isinstance(value, CONTAINERS) else value


def _of_call_method(parts: Parts) -> Results:
    receiver, own, name, *rest = _with_options(parts[0].args, 5)
    first = ShadowedCall(receiver, own, *rest)
    images = []
    for part in parts[1:]:
        held, down, _, *others = _with_options(part.args, 5)
        images.append(_structured(ShadowedCall(held, down, *others), first))
    # The tangent of the receiver stands where that of what a function holds does.
    return method_parts(receiver, name, [first, *(call._replace(own=call.function) for call in images)], own,
                      [call.own for call in images])  # fmt: skip


def method_parts(receiver: Any, name: str, calls: Calls, own: Any, downs: Any = None) -> Results:
    """Return the parts of ``receiver.name(...)``; the images' ``own`` is the tangent of the receiver."""
    first, *images = calls
    held = [call.own for call in images]
    downs = [zero_tangent(own) for _ in images] if downs is None else downs
    of_object = method_of_object(receiver, name)
    if of_object is not None:
        return call_parts(_with_receiver(calls, of_object, receiver.__self__, own, downs))
    if isinstance(receiver, tuple) and name in ("_replace", "_asdict"):
        given = [
            (receiver, own, name, *first[2:]),
            *((h, d, 0.0, *c[2:]) for h, d, c in zip(held, downs, images)),
        ]
        return constructed(record_method, given)  # type: ignore[arg-type]
    if rt.built_in_method(receiver, name):
        listing = _nothing_to_do
        if name in ("extend", "extendleft") and _is_to_be_listed(calls, 0):
            calls, listing = _with_listed(calls, 0)
            first, *images = calls
        given = [Part(None, (receiver, own, name, *first[2:]), {})]
        given += [Part(0.0, (h, d, 0.0, *call[2:]), {}) for h, d, call in zip(held, downs, images)]
        undo = rt.undoing(name, receiver, own, *held, *downs)
        value, *moved = _of_container_call(given)
        return [(*value, functools.partial(run, [undo, listing])), *((*image, 0.0) for image in moved)]
    if computes_methods(receiver, name):
        return _of_computed_method(receiver, name, calls, [own, *downs])
    if isinstance(receiver, (np.ndarray, np.generic, float, complex)) and name in ARRAY_METHODS:
        return of_rule(_with_receiver(calls, function_of_method(receiver, name), receiver, own, downs))
    reason = registry.reason_refused(getattr(type(receiver), name, None))
    moves_shadows = rt.carries((*first.shadows, *first.option_shadows.values()))
    if reason is not None and moves_shadows:
        raise NoDerivativeError(reason)
    function = rt.method_for(receiver, name, first.values)
    if isinstance(receiver, np.ndarray) and name in METHODS_THAT_WRITE:
        return call_parts(_with_receiver(calls, METHODS_THAT_WRITE[name], receiver, own, downs))
    if isinstance(receiver, (np.ndarray, np.generic)) and not hasattr(float, name):
        raise reverse_calls.missing(function)
    moving = moves_shadows or rt.is_moving([(call.values, call.options) for call in images])
    if isinstance(receiver, random.Random) and not moving or has_plain_method(receiver, name):
        made = reverse_calls.call_without_derivative(function, first.values, first.options)
        return [made, *_zero_images(made, calls)]
    if is_partial_method(function, receiver):
        held = [partial_tangent(function, h) for h in held]
        own, *downs = [partial_shadow(function, d) for d in (own, *downs)]
    elif not is_method_of(function, receiver) and images and isinstance(held[0], Tangent):
        held, downs = [getattr(h, name) for h in held], [getattr(d, name, 0.0) for d in downs]
        own = getattr(own, name, None)
    return call_parts([
        first._replace(function=function, own=own),
        *(call._replace(function=h, own=d) for call, h, d in zip(images, held, downs)),
    ])  # fmt: skip


def _with_receiver(calls: Calls, function: Any, receiver: Any, own: Any, downs: list[Any]) -> Calls:
    """Return the calls of a function that takes the receiver of a method as its first argument."""
    bases = zip([receiver, *(call.own for call in calls[1:])], [own, *downs])
    whole = [
        call._replace(own=None, values=(base, *call.values), shadows=(shadow, *call.shadows))
        for call, (base, shadow) in zip(calls, bases)
    ]
    return with_function(whole, function)


def _is_to_be_listed(calls: Calls, place: int) -> bool:
    """Tell whether an operand that a container is extended by is no list, or one without tangents of its items."""
    still = any(isinstance(call.values[place], float) for call in calls[1:])
    return still or not isinstance(calls[0].values[place], (list, tuple, collections.deque))


def _with_listed(calls: Calls, place: int) -> tuple[Calls, Any]:
    """Return the calls with lists of the items of an operand in its place, and the pullback of these lists."""
    parts = [plain_call(0.0 if k else rt.sequence, call.values[place : place + 1], call.shadows[place : place + 1])
             for k, call in enumerate(calls)]  # fmt: skip
    if isinstance(parts[0].values[0], np.ndarray):
        listed = constructed(items_listed, [part._replace(function=list) for part in parts])
    else:
        listed = call_parts(parts)
    items, count = list(listed[0][0]), len(listed[0][0])
    given = []
    for k, (call, (values, shadows, _)) in enumerate(zip(calls, listed)):
        values = items if k == 0 else [0.0] * count if isinstance(values, float) else values
        shadows = [None if k == 0 else 0.0] * count if isinstance(shadows, float | None) else shadows
        before, after = slice(None, place), slice(place + 1, None)
        given.append(call._replace(values=(*call.values[before], values, *call.values[after]),
                                   shadows=(*call.shadows[before], shadows, *call.shadows[after])))  # fmt: skip
    return given, listed[0][2]


def _of_computed_method(receiver: Any, name: str, calls: Calls, owns: list[Any]) -> Results:
    """Call a method that the class of the receiver finds by itself; the images' ``own`` is the receiver's tangent."""
    bases = [receiver, *(call.own for call in calls[1:])]
    read = call_parts([
        plain_call(0.0 if k else getattr, (base, 0.0 if k else name), (own, 0.0 if k else None))
        for k, (base, own) in enumerate(zip(bases, owns))
    ])  # fmt: skip
    called = call_parts([
        call._replace(function=part[0], own=part[1]) for call, part in zip(calls, read)
    ])  # fmt: skip
    found: Results = []
    for k, (first, second) in enumerate(zip(read, called)):
        pulls = [second[2], first[2]]
        undo = functools.partial(run, pulls) if k == 0 else partial_of(0.0, pulls)
        found.append((*second[:2], undo))
    return found


def _remaining(calls: Calls) -> Results:
    """Take what an iterator over a list or an array still has, as it is when its items are read."""
    iterator = calls[0].values[0]

    def rest(held: Any) -> Any:
        source = getattr(held, "source", held)
        return source if source is None or isinstance(source, float) else iterator.rest(source)

    found = [
        (rest(c.values[0]), rest(c.shadows[0]), 0.0 if k else _nothing_to_do) for k, c in enumerate(calls)
    ]
    iterator.position = len(iterator.source)
    return found


def _iterated(calls: Calls) -> Results:
    """List what an instance iterates over, as its class says."""
    iterate = iterating_method(calls[0].values[0]) or items_by_position
    made = of_function(with_function(calls, iterate))
    advance = getattr(type(made[0][0]), "__next__", None)
    if not isinstance(advance, types.FunctionType):
        return [(list(made[0][0]), *made[0][1:]), *made[1:]]
    given = [
        ShadowedCall(0.0 if k else advance, None, (value,), (shadow,), {}, {})
        for k, (value, shadow, _) in enumerate(made)
    ]
    steps = [made]
    for _ in range(rt.MOST_ITEMS):
        try:
            steps.append(of_function(given))
        except StopIteration:
            return [_gathered([step[k] for step in steps], k == 0) for k in range(len(made))]
    raise rt.endless()


def _gathered(steps: list[tuple[Any, ...]], is_first: bool) -> tuple[Any, ...]:
    """Return the list of what the steps of an iterator gave, after the first, which made it."""
    pullbacks = [pullback for _, _, pullback in steps[::-1]]
    undo = functools.partial(run, pullbacks) if is_first else partial_of(0.0, pullbacks)
    return [value for value, _, _ in steps[1:]], [shadow for _, shadow, _ in steps[1:]], undo


def _nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""
