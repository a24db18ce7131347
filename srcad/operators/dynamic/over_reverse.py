"""Forward mode through generated reverse-mode code: what that resolves when it runs, with tangents.

A call inside of a differentiated program returns its value, the value's shadow and a pullback; here each of the three
comes with its tangent.  The tangent of a shadow is a shadow, that of a pullback holds the tangents of what it keeps.
"""

from __future__ import annotations

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
from srcad.dynamic import containers
from srcad.dynamic.attributes import computes_methods, is_method_of, method_of_object
from srcad.dynamic.containers import memo_of, written_copier
from srcad.dynamic.operators import ufunc_of_arrays
from srcad.errors import NoDerivativeError
from srcad.lang.function import Nested
from srcad.operators.dynamic.computed import by_class, keep_cached
from srcad.operators.dynamic.mixed_operands import of_mixed_operands
from srcad.operators.dynamic.over_copies import (
    both,
    container_call,
    copied,
    is_listed,
    items_listed,
    partial_called,
    record_method,
)
from srcad.operators.dynamic.over_functions import (
    of_class,
    of_function,
    of_nested,
    of_rule,
)
from srcad.operators.dynamic.shadowed_calls import (
    ATTRIBUTES,
    CALLS,
    JOINING,
    NUMERIC,
    OUT_OF_PLACE,
    STRUCTURAL,
    UFUNCS,
    UPDATES,
    Call,
    Outcome,
    ShadowedCall,
    has_plain_method,
    holder,
    is_apart,
    is_computed,
    is_not_updated,
    is_without_derivative,
    joins_containers,
    method_of_class,
    names_a_method_of_an_array,
    nothing_to_do,
    operator_methods,
)
from srcad.operators.dynamic.sources import SOURCES, has_plain_operands, items_by_position
from srcad.rules import registry
from srcad.runtime.stores import METHODS_THAT_WRITE
from srcad.runtime.tangents import CONTAINERS, Tangent, complete_tangent, partial_of, zero_tangent

__all__ = ["call_with_shadows", "method_with_shadows"]


def call_with_shadows(call: Call, args: Any, tangents: Any) -> Outcome:
    """Return what ``rt.call(*args)`` returns, and its tangent.

    The first of `_KINDS_OF_CALLS` that knows the call does it.
    """
    for do in _KINDS_OF_CALLS:
        found = do(call, args, tangents)
        if found is not None:
            return found
    function, *rest = args
    if registry.is_key(function):
        function = SOURCES.get(function, function)
    if isinstance(function, types.BuiltinFunctionType):
        function = source_of_builtin(function, len(args[2]), tuple(args[4])) or function
    return of_function(call, (function, *rest), tangents)


def _of_all_modes(call: Call, args: Any, tangents: Any) -> Outcome | None:
    """Call what has derivatives of its own in all modes, a partial function or a copier."""
    function, _, values, shadows, *_ = args
    _, _, dvalues, dshadows, *_ = tangents
    if registry.is_key(function) and function in CALLS:
        outcome, image = CALLS[function]([ShadowedCall(*args), ShadowedCall(*tangents)])
        return outcome, image
    if isinstance(function, functools.partial):
        return call_with_shadows(call, *partial_called(args, tangents))
    if function is not copy.copy and function is not copy.deepcopy:
        return None
    written = written_copier(function, values[0])
    if written is None:
        return copied(args, tangents)
    memo, image = memo_of(function), memo_of(function)
    parts = ((values[0], *memo), (shadows[0], *(None for _ in memo)), {}, {})
    images = ((dvalues[0], *image), (dshadows[0], *(0.0 for _ in memo)), {}, {})
    return of_function(call, (written, None, *parts), (0.0, 0.0, *images))


def _of_mixed_operands(call: Call, args: Any, tangents: Any) -> Outcome | None:
    """Apply an operator between an array or dict and a list."""
    function, _, values, *_ = args
    if not registry.is_key(function):
        return None
    ufunc = ufunc_of_arrays(function, values)
    if ufunc is not None:
        return call_with_shadows(call, (ufunc, *args[1:]), tangents)
    between = of_mixed_operands(
        lambda calls: list(call_with_shadows(call, *calls)), [ShadowedCall(*args), ShadowedCall(*tangents)]
    )
    if between is not None:
        return between[0], between[1]
    if function in OUT_OF_PLACE and is_not_updated(function, values[0]):
        return call_with_shadows(call, (OUT_OF_PLACE[function], *args[1:]), tangents)
    return None


def _of_maker(call: Call, args: Any, tangents: Any) -> Outcome | None:
    """Make an operator of srcad's own or a ``super()``, or call a nested function."""
    function, _, values, shadows, options, _ = args
    _, _, dvalues, dshadows, *_ = tangents
    if any(function is maker for maker in reverse_calls.DERIVATIVE_OPERATORS):
        made = function(*values, **options)
        return (made, shadows[0], nothing_to_do), (dvalues[0], dshadows[0], 0.0)
    if function is super:
        return (super(*values), shadows[1], nothing_to_do), (dvalues[1], dshadows[1], 0.0)
    return of_nested(call, args, tangents) if isinstance(function, Nested) else None


def _of_known_rule(call: Call, args: Any, tangents: Any) -> Outcome | None:
    """Call what has a rule, and what has no derivative."""
    function, _, values, shadows, *_ = args
    _, _, dvalues, dshadows, *_ = tangents
    known = registry.is_key(function)
    ruled = function
    if known and function in UFUNCS and all(isinstance(v, NUMERIC) for v in values):
        ruled = UFUNCS[function]
    converted = method_of_class(function, values) if known and function in CONVERSIONS else None
    if known and registry.find(ruled) is not None and converted is None:
        made = of_arrays(ruled, values, args[4])
        if made is not ruled:
            return of_function(call, (made, None, *args[2:]), (0.0, 0.0, *tangents[2:]))
        return of_rule(call, (ruled, *args[1:]), tangents, None if ruled is function else function)
    if (
        known
        and (has_plain_operands(function, values) or is_without_derivative(function, values))
        or is_apart(function, values)
    ):
        made = reverse_calls.call(*args)
        return made, (zero_tangent(made[0]), zero_tangent(made[1]), 0.0)
    is_number = function is getattr and isinstance(values[0], (float, complex, np.generic))
    if is_number and values[1] in ("real", "imag"):
        part = getattr(np, values[1])
        images = (0.0, 0.0, dvalues[:1], dshadows[:1], {}, {})
        return of_rule(call, (part, None, values[:1], shadows[:1], {}, {}), images)
    return None


def _of_item_or_attribute(call: Call, args: Any, tangents: Any) -> Outcome | None:
    """Read or change an item or attribute, or do what a class defines for an operator."""
    function, _, values, shadows, *_ = args
    _, _, dvalues, dshadows, *_ = tangents
    if not registry.is_key(function):
        return None
    if function in (*ATTRIBUTES, operator.getitem):
        given = [ShadowedCall(*args), ShadowedCall(*tangents)]
        made = by_class(given)
        if made is not None:
            found = of_function(call, *made)
            keep_cached(given, found)
            return found
    if function is getattr and names_a_method_of_an_array(*values[:2]):
        return (getattr(*values[:2]), shadows[0], nothing_to_do), (dvalues[0], dshadows[0], 0.0)
    if function in STRUCTURAL and not is_computed(function, values):
        return _structural(args, tangents)
    if joins_containers(function, values):
        return _structural(args, tangents)
    if function in UPDATES and values and isinstance(values[0], np.ndarray):
        return _update(call, args, tangents)
    accessor = method_of_class(function, values) if function in (getattr, setattr) else None
    if accessor is not None:
        return _of_method_of_class(call, accessor, (0,) if function is getattr else (0, 2), args, tangents)
    for method, places in operator_methods(function, values):
        found = _of_method_of_class(call, method, places, args, tangents)
        if found[0][0] is not NotImplemented:
            return found
    return None


def _of_method_of_class(
    call: Call, method: Any, places: tuple[int, ...], args: Any, tangents: Any
) -> Outcome:
    """Call what a class defines for an operator with the operands at these places."""
    given = [tuple(part[i] for i in places) for part in (*args[2:4], *tangents[2:4])]
    return of_function(call, (method, None, *given[:2], {}, {}), (0.0, 0.0, *given[2:], {}, {}))


def _of_sequence_or_class(call: Call, args: Any, tangents: Any) -> Outcome | None:
    """List what can be iterated over, make an instance, or call a method of something that has no source."""
    function, own, values, *_ = args
    dfunction, down, *_ = tangents
    if function is rt.sequence and containers.is_iterable_of_class(values[0]):
        return _iterated(call, args, tangents)
    if function is rt.sequence or (function is list or function is tuple) and is_listed(*values[:1]):
        return items_listed(args, tangents)
    if isinstance(function, type) and function in SOURCES:
        return of_function(call, (SOURCES[function], *args[1:]), tangents)
    if isinstance(function, type):
        return of_class(call, args, tangents)
    receiver = getattr(function, "__self__", None)
    bound = isinstance(function, types.BuiltinMethodType) and function not in SOURCES
    if not bound or receiver is None or isinstance(receiver, (types.ModuleType, np.ufunc)):
        return None
    dreceiver, down, own = holder(dfunction), holder(down), holder(own)
    return method_with_shadows(
        call, (receiver, own, function.__name__, *args[2:]), (dreceiver, down, 0.0, *tangents[2:])
    )


_KINDS_OF_CALLS = (
    _of_all_modes, _of_mixed_operands, _of_maker, _of_known_rule, _of_item_or_attribute, _of_sequence_or_class,
)  # fmt: skip


def method_with_shadows(call: Call, args: Any, tangents: Any) -> Outcome:
    """Return what ``rt.call_method(*args)`` returns, and its tangent."""
    receiver, own, name, *rest = args
    dreceiver, down, _, *drest = tangents
    of_object = method_of_object(receiver, name)
    if of_object is not None:
        with_self = (of_object, None, (receiver.__self__, *rest[0]), (own, *rest[1]), *rest[2:])
        images = (0.0, 0.0, (dreceiver, *drest[0]), (down, *drest[1]), *drest[2:])
        return call_with_shadows(call, with_self, images)
    if isinstance(receiver, tuple) and name in ("_replace", "_asdict"):
        return record_method(args, tangents)
    if rt.built_in_method(receiver, name):
        listing = nothing_to_do
        if name in ("extend", "extendleft") and isinstance(rest[0][0], np.ndarray):
            listed = items_listed((list, None, *rest), (0.0, 0.0, *drest))
            (items, shadows, listing), (ditems, dshadows, _) = listed
            rest, drest = [(items,), (shadows,), {}, {}], [(ditems,), (dshadows,), {}, {}]
        undo = rt.undoing(name, receiver, own, dreceiver, down)
        found, image = container_call((receiver, own, name, *rest), (dreceiver, down, 0.0, *drest))
        return (*found, functools.partial(both, undo, listing)), (*image, 0.0)
    if isinstance(receiver, (np.ndarray, np.generic, float, complex)) and name in ARRAY_METHODS:
        with_receiver = ((receiver, *rest[0]), (own, *rest[1]), *rest[2:])
        images = ((dreceiver, *drest[0]), (down, *drest[1]), *drest[2:])
        return of_rule(call, (function_of_method(receiver, name), None, *with_receiver), (0.0, 0.0, *images))
    if computes_methods(receiver, name):
        reading = (getattr, None, (receiver, name), (own, None), {}, {})
        (function, own, undo), (image, down, dundo) = call_with_shadows(
            call, reading, (0.0, 0.0, (dreceiver, 0.0), (down, 0.0), {}, {})
        )
        (*made, pullback), (*moved, dpullback) = call_with_shadows(
            call, (function, own, *rest), (image, down, *drest)
        )
        pulls = functools.partial(containers.run, [pullback, undo])
        return (*made, pulls), (*moved, partial_of(0.0, [dpullback, dundo]))
    reason = registry.reason_refused(getattr(type(receiver), name, None))
    if reason is not None and rt.carries((*rest[1], *rest[3].values())):
        raise NoDerivativeError(reason)
    function = rt.method_for(receiver, name, rest[0])
    if isinstance(receiver, np.ndarray) and name in METHODS_THAT_WRITE:
        with_array = (METHODS_THAT_WRITE[name], None, (receiver, *rest[0]), (own, *rest[1]), *rest[2:])
        images = (0.0, 0.0, (dreceiver, *drest[0]), (down, *drest[1]), *drest[2:])
        return call_with_shadows(call, with_array, images)
    if isinstance(receiver, np.ndarray):
        raise reverse_calls.missing(function)
    moving = rt.carries((*rest[1], *rest[3].values())) or rt.is_moving((drest[0], drest[2]))
    drawing = isinstance(receiver, random.Random) and not moving
    if drawing or has_plain_method(receiver, name):
        value, shadow, pullback = reverse_calls.call_without_derivative(function, *rest[::2])
        return (value, shadow, pullback), (zero_tangent(value), zero_tangent(shadow), 0.0)
    if is_partial_method(function, receiver):
        own, down = partial_shadow(function, own), partial_shadow(function, down)
        dreceiver = partial_tangent(function, dreceiver)
    elif not is_method_of(function, receiver) and isinstance(
        dreceiver, Tangent
    ):  # an attribute that is called
        dreceiver, down = getattr(dreceiver, name), getattr(down, name, 0.0)
        own = getattr(own, name, None)
    return call_with_shadows(call, (function, own, *rest), (dreceiver, down, *drest))


def _update(call: Call, args: Any, tangents: Any) -> Outcome:
    """Do ``base op= value`` for an array, its tangent, and the tangent of what undoes it."""
    update, _, (base, value), shadows, *_ = args
    dbase, dvalue = tangents[2]
    before, operand = np.array(dbase), np.array(dvalue) if isinstance(dvalue, np.ndarray) else dvalue
    _, moved = call(UPDATES[update], 0.0, (base, value), (dbase, dvalue), {}, {})
    outcome = reverse_calls.call(update, None, (base, value), shadows, {}, {})
    dbase[...] = moved
    dshadow, dvalue_shadow = tangents[3]
    undo = partial_of(0.0, 0.0, dbase, dshadow, before, operand, dvalue_shadow)
    return outcome, (dbase, dshadow, undo)


def _iterated(call: Call, args: Any, tangents: Any) -> Outcome:
    """List what an instance iterates over, as its class says."""
    iterate = getattr(type(args[2][0]), "__iter__", items_by_position)
    found, image = of_function(call, (iterate, None, *args[2:]), (0.0, 0.0, *tangents[2:]))
    advance = getattr(type(found[0]), "__next__", None)
    if not isinstance(advance, types.FunctionType):
        return (list(found[0]), *found[1:]), image
    steps = [(found, image)]
    given = ((advance, None, found[:1], found[1:2], {}, {}), (0.0, 0.0, image[:1], image[1:2], {}, {}))
    for _ in range(containers.MOST_ITEMS):
        try:
            steps.append(of_function(call, *given))
        except StopIteration:
            return _gathered(steps)
    raise containers.endless()


def _gathered(steps: list[Any]) -> Outcome:
    """Return the list of the items of an iterator, which was made first, and what undoes all steps."""
    items = steps[1:]
    made = ([value for (value, _, _), _ in items], [shadow for (_, shadow, _), _ in items])
    images = ([dvalue for _, (dvalue, _, _) in items], [dshadow for _, (_, dshadow, _) in items])
    pullback = functools.partial(containers.run, [pullback for (_, _, pullback), _ in steps[::-1]])
    return (*made, pullback), (*images, partial_of(0.0, [dpullback for _, (_, _, dpullback) in steps[::-1]]))


def _structural(args: Any, tangents: Any) -> Outcome:
    """Read or change an item or attribute of values and tangents alike."""
    function, own, values, shadows, options, option_shadows = args
    _, _, dvalues, dshadows, _, _ = tangents
    value, shadow, pullback = reverse_calls.call(function, own, values, shadows, options, option_shadows)
    if function is getattr:
        dvalues = (complete_tangent(dvalues[0], values[0]), *dvalues[1:])
        if isinstance(values[0], dict) and values[0].get(values[1]) is value:  # items read as attributes
            down = dshadows[0].get(values[1], 0.0) if isinstance(dshadows[0], dict) else 0.0
            return (value, shadow, pullback), (dvalues[0][values[1]], down, 0.0)
        fields = getattr(type(values[0]), "_fields", ())
        of_class = isinstance(values[0], CONTAINERS) and values[1] not in fields
        if of_class and not is_method_of(value, values[0]):
            return (value, shadow, pullback), (zero_tangent(value), zero_tangent(shadow), 0.0)
        if isinstance(dvalues[0], float):  # that of an object in which no derivative is known
            return (value, shadow, pullback), (zero_tangent(value), zero_tangent(shadow), 0.0)
    if function is not operator.getitem and is_method_of(value, values[0]):
        return (value, shadow, pullback), (dvalues[0], dshadows[0], 0.0)
    if (
        isinstance(dvalues[0], Tangent)
        and isinstance(value, dict)
        and value is getattr(values[0], "__dict__", None)
    ):
        down = 0.0 if shadow is None else vars(dshadows[0])
        return (value, shadow, pullback), (dvalues[0].attributes(), down, 0.0)
    mirrored = (dvalues[0], *values[1:2], *dvalues[2:])
    if function in JOINING:
        mirrored = tuple(d if isinstance(v, CONTAINERS) else v for v, d in zip(values, dvalues))
    images = tuple(None if s is None else d for s, d in zip(shadows, dshadows))
    dvalue, dshadow, dpullback = reverse_calls.call(function, None, mirrored, images, options, option_shadows)
    return (value, shadow, functools.partial(both, pullback, dpullback)), (
        0.0 if dvalue is None else dvalue,
        0.0 if dshadow is None else dshadow,
        0.0,
    )
