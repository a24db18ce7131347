"""Forward mode applied more than once to generated reverse-mode code: see `srcad.operators.over_reverse` and `deeper`.

A call of ``rt.call`` returns a value, its shadow and a pullback; each of the three has as many parts as the call.
"""

from __future__ import annotations

import collections
import copy
import functools
import inspect
import operator
import types
from typing import Any

import numpy as np

from srcad import dynamic, dynamic_rules
from srcad import runtime as rt
from srcad.analysis.kinds import is_differentiable, kind_of
from srcad.analysis.results.calls import ARRAY_METHODS, function_of_method
from srcad.compilation import compiled
from srcad.derive.builtin_sources import source_of_builtin
from srcad.derive.call_adjoints import CONVERSIONS
from srcad.dynamic_attributes import computes_methods, is_method_of, method_of_object
from srcad.dynamic_containers import MOST_ITEMS, endless, is_iterable_of_class, memo_of, run, written_copier
from srcad.dynamic_objects import fill_fields
from srcad.dynamic_operators import ufunc_of_arrays
from srcad.lang.function import Nested
from srcad.literal_options import LiteralCall, literal_call
from srcad.operators.computed import by_class, keep_cached
from srcad.operators.deeper import Part, Parts, apply, install
from srcad.operators.mixed_operands import of_mixed_operands
from srcad.operators.over_copies import (
    ANSWERS,
    container_call,
    copied,
    fields_of,
    init_only_tangents,
    is_listed,
    items_listed,
    partial_called,
    record_method,
)
from srcad.operators.over_functions import (
    bound_images,
    by_products,
    of_class,
)
from srcad.operators.shadowed_calls import (
    ATTRIBUTES,
    CALLS,
    JOINING,
    OUT_OF_PLACE,
    STRUCTURAL,
    UFUNCS,
    UPDATES,
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
    operator_methods,
    plain_call,
)
from srcad.operators.sources import SOURCES, has_plain_operands, items_by_position
from srcad.rules import registry
from srcad.runtime.tangents import CONTAINERS, Tangent, complete_tangent, partial_of, zero_tangent
from srcad.stored_parameters import lasting_of, refuse_stores_outside
from srcad.targets import Target, is_partial_method, partial_shadow, partial_tangent
from srcad.wrappers import of_arrays

__all__ = ["Calls", "call_parts", "install_handlers", "method_parts", "without_pullback"]

Results = list[Any]
_NUMERIC = (float, int, complex, np.ndarray, np.generic)


Calls = list[ShadowedCall]


def install_handlers() -> None:
    """Let forward mode be applied again to what reverse mode resolves when it runs."""
    install({rt.call: _of_call, rt.call_method: _of_call_method, rt.container_call: _of_container_call})


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
    """Return the parts of what ``rt.call`` returns."""
    first = calls[0]
    function, values = first.function, first.values
    known = registry.is_key(function)
    if known and function in CALLS:
        return CALLS[function](calls)  # type: ignore[no-any-return]
    if any(function is maker for maker in dynamic.DERIVATIVE_OPERATORS):
        made = function(*values, **first.options)
        return without_pullback([(made, first.shadows[0]), *((c.values[0], c.shadows[0]) for c in calls[1:])])
    if function is super:
        made = super(*values)
        return without_pullback([(made, first.shadows[1]), *((c.values[1], c.shadows[1]) for c in calls[1:])])
    if isinstance(function, Nested):
        return _of_function(_closed(calls))
    if isinstance(function, functools.partial):
        called = [partial_called(first, call) for call in calls[1:]]
        base = called[0][0] if called else partial_called(first, _nothing_like(first))[0]
        return call_parts([ShadowedCall(*base), *(ShadowedCall(*image) for _, image in called)])
    if known and function in (copy.copy, copy.deepcopy):
        return _copied(calls)
    ufunc = ufunc_of_arrays(function, values) if known else None
    if ufunc is not None:
        return call_parts(_with_function(calls, ufunc))
    between = of_mixed_operands(call_parts, calls) if known else None
    if between is not None:
        return between
    if known and function in OUT_OF_PLACE and is_not_updated(function, values[0]):
        function = OUT_OF_PLACE[function]
        calls = _with_function(calls, function)
        first = calls[0]
    computed_by = None
    if known and function in UFUNCS and all(isinstance(v, _NUMERIC) for v in values):
        computed_by, function = function, UFUNCS[function]
    converted = method_of_class(function, values) if known and function in CONVERSIONS else None
    if known and registry.find(function) is not None and converted is None:
        made = of_arrays(function, values, first.options)
        if made is not function:
            return _of_function(_with_function(calls, made))
        return _of_rule(_with_function(calls, function), computed_by)
    plain = known and (has_plain_operands(function, values) or is_without_derivative(function, values))
    if plain or is_apart(function, values):
        made = dynamic.call(*first)
        return [made, *((zero_tangent(made[0]), zero_tangent(made[1]), 0.0) for _ in calls[1:])]
    if known and function in (*ATTRIBUTES, operator.getitem):
        by_method = by_class(calls)
        if by_method is not None:
            found = _of_function(by_method)
            keep_cached(calls, found)
            return found
    if function is getattr and names_a_method_of_an_array(*values[:2]):
        method = getattr(*values[:2])
        return without_pullback([
            (method if k == 0 else call.values[0], call.shadows[0]) for k, call in enumerate(calls)
        ])  # fmt: skip
    structural = known and function in STRUCTURAL and not is_computed(function, values)
    if structural or known and joins_containers(function, values):
        return _structural(calls)
    return _by_class(calls, function, known)


def _by_class(calls: Calls, function: Any, known: bool) -> Results:
    """Return the parts of a call that a class decides about, or of a function with source."""
    values = calls[0].values
    if known and function in UPDATES and values and isinstance(values[0], np.ndarray):
        return _update(calls)
    accessor = method_of_class(function, values) if function in (getattr, setattr) else None
    if accessor is not None:
        places = (0,) if function is getattr else (0, 2)
        return _of_function([_chosen(call, accessor, places) for call in calls])
    for method, order in operator_methods(function, values) if known else ():
        found = _of_function([_chosen(call, method, order) for call in calls])
        if found[0][0] is not NotImplemented:
            return found
    if function is rt.sequence and is_iterable_of_class(values[0]):
        return _iterated(calls)
    if function is rt.sequence or (function is list or function is tuple) and is_listed(*values[:1]):
        return _constructed(items_listed, calls)
    if isinstance(function, type) and function not in SOURCES:
        return _of_class(calls)
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
    if known:
        function = SOURCES.get(function, function)
    if isinstance(function, types.BuiltinFunctionType):
        function = source_of_builtin(function, len(values), tuple(calls[0].options)) or function
    return _of_function(_with_function(calls, function))


def without_pullback(pairs: list[tuple[Any, Any]]) -> Results:
    first, *images = pairs
    return [(*first, _nothing_to_do), *((*image, 0.0) for image in images)]


def _with_function(calls: Calls, function: Any) -> Calls:
    return [calls[0]._replace(function=function), *calls[1:]]


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


def _nothing_like(call: ShadowedCall) -> ShadowedCall:
    """Return the zero tangent of a call."""
    return ShadowedCall(*(zero_tangent(part) for part in call))


def _copied(calls: Calls) -> Results:
    """The parts of a copy by the ``copy`` module."""
    copier, value = calls[0].function, calls[0].values[0]
    written = written_copier(copier, value)
    if written is None:
        return _constructed(copied, calls)
    return _of_function([
        plain_call(written if k == 0 else 0.0, (c.values[0], *memo_of(copier)),
                        (c.shadows[0], *((None if k == 0 else 0.0) for _ in memo_of(copier))))
        for k, c in enumerate(calls)
    ])  # fmt: skip


def _constructed(construct: Any, calls: Calls) -> Results:
    """Return the parts of something new that is made of values, of shadows and of tangents in the same way."""
    made = [construct(calls[0], call) for call in calls[1:] or [_nothing_like(calls[0])]]
    value, shadow, _ = made[0][0]
    pullback = functools.partial(_all, [first[2] for first, _ in made])
    return [(value, shadow, pullback), *((*image[:2], 0.0) for _, image in made)][: len(calls)]


# -- what only moves values about ---------------------------------------------------------------------


def _structural(calls: Calls) -> Results:
    """Read or change an item or attribute of all parts alike."""
    first = calls[0]
    function, values, shadows = first.function, first.values, first.shadows
    value, shadow, pullback = dynamic.call(
        function, first.own, values, shadows, first.options, first.option_shadows
    )
    method = function is not operator.getitem and is_method_of(value, values[0])
    found: Results = []
    pullbacks = [pullback]
    is_record = function is getattr and values[1] in getattr(type(values[0]), "_fields", ())
    if function is getattr and isinstance(values[0], CONTAINERS) and not (method or is_record):
        zero = zero_tangent(value), zero_tangent(shadow), 0.0
        return [(value, shadow, pullback), *(zero for _ in calls[1:])]
    for call in calls[1:]:
        if method:
            found.append((call.values[0], call.shadows[0], 0.0))
            continue
        if (
            isinstance(call.values[0], Tangent)
            and isinstance(value, dict)
            and value is getattr(values[0], "__dict__", None)
        ):
            found.append((call.values[0].attributes(), 0.0 if shadow is None else vars(call.shadows[0]), 0.0))
            continue
        mirrored: tuple[Any, ...] = (call.values[0], *values[1:2], *call.values[2:])
        if function in JOINING:
            mirrored = tuple(d if isinstance(v, CONTAINERS) else v for v, d in zip(values, call.values))
        images = tuple(None if s is None else d for s, d in zip(shadows, call.shadows))
        image, image_shadow, pull = dynamic.call(
            function, None, mirrored, images, first.options, first.option_shadows
        )
        pullbacks.append(pull)
        found.append((0.0 if image is None else image, 0.0 if image_shadow is None else image_shadow, 0.0))
    return [(value, shadow, functools.partial(_all, pullbacks)), *found]


def _all(pullbacks: list[Any]) -> None:
    for pullback in pullbacks:
        pullback()


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
        bases = zip(calls, [(receiver.__self__, own), *zip(held, downs)])
        whole = [c._replace(own=None, values=(b, *c.values), shadows=(s, *c.shadows)) for c, (b, s) in bases]
        return call_parts(_with_function(whole, of_object))
    if isinstance(receiver, tuple) and name in ("_replace", "_asdict"):
        given = [
            (receiver, own, name, *first[2:]),
            *((h, d, 0.0, *c[2:]) for h, d, c in zip(held, downs, images)),
        ]
        return _constructed(record_method, given)  # type: ignore[arg-type]
    if rt.built_in_method(receiver, name):
        given = [Part(None, (receiver, own, name, *first[2:]), {})]
        given += [Part(0.0, (h, d, 0.0, *call[2:]), {}) for h, d, call in zip(held, downs, images)]
        undo = rt.undoing(name, receiver, own, *held, *downs)
        value, *moved = _of_container_call(given)
        return [(*value, undo), *((*image, 0.0) for image in moved)]
    if computes_methods(receiver, name):
        return _of_computed_method(receiver, name, calls, [own, *downs])
    if isinstance(receiver, (np.ndarray, np.generic, float)) and name in ARRAY_METHODS:
        whole = [
            call._replace(function=f, own=None, values=(base, *call.values), shadows=(shadow, *call.shadows))
            for call, f, base, shadow in zip(
                calls,
                [function_of_method(receiver, name), *(0.0 for _ in held)],
                [receiver, *held],
                [own, *downs],
            )
        ]
        return _of_rule(whole)
    function = rt.method_for(receiver, name, first.values)
    if isinstance(receiver, np.ndarray):
        raise dynamic.missing(function)
    if has_plain_method(receiver, name):
        value, shadow, pullback = dynamic.call_without_derivative(function, first.values, first.options)
        return [
            (value, shadow, pullback),
            *((zero_tangent(value), zero_tangent(shadow), 0.0) for _ in images),
        ]
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


def _iterated(calls: Calls) -> Results:
    """List what an instance iterates over, as its class says."""
    iterate = getattr(type(calls[0].values[0]), "__iter__", items_by_position)
    made = _of_function(_with_function(calls, iterate))
    advance = getattr(type(made[0][0]), "__next__", None)
    if not isinstance(advance, types.FunctionType):
        return [(list(made[0][0]), *made[0][1:]), *made[1:]]
    given = [
        ShadowedCall(0.0 if k else advance, None, (value,), (shadow,), {}, {})
        for k, (value, shadow, _) in enumerate(made)
    ]
    steps = [made]
    for _ in range(MOST_ITEMS):
        try:
            steps.append(_of_function(given))
        except StopIteration:
            return [_gathered([step[k] for step in steps], k == 0) for k in range(len(made))]
    raise endless()


def _gathered(steps: list[tuple[Any, ...]], is_first: bool) -> tuple[Any, ...]:
    """Return the list of what the steps of an iterator gave, after the first, which made it."""
    pullbacks = [pullback for _, _, pullback in steps[::-1]]
    undo = functools.partial(run, pullbacks) if is_first else partial_of(0.0, pullbacks)
    return [value for value, _, _ in steps[1:]], [shadow for _, shadow, _ in steps[1:]], undo


# -- functions ----------------------------------------------------------------------------------------


def _of_rule(calls: Calls, computed_by: Any = None) -> Results:
    """Call a function that has a rule; ``computed_by`` is an operator that has the rule of a function of NumPy."""
    first = calls[0]
    function, values, shadows = first.function, first.values, first.shadows
    literal = literal_call(function, values, first.options)
    if literal is not None:
        return _of_function([_literal(literal, call, k) for k, call in enumerate(calls)])
    value, shadow, pullback = dynamic_rules.call_of_rule(
        function, values, shadows, first.options, first.option_shadows, computed_by
    )
    moved = apply(function, [Part(None if k == 0 else 0.0, c.values, c.options) for k, c in enumerate(calls)])
    own = pullback.args[2] if isinstance(pullback, functools.partial) else shadow
    found: Results = [(value, shadow, pullback)]
    for call, image in zip(calls[1:], moved[1:]):
        held = tuple(0.0 if s is None else d for s, d in zip(shadows, call.shadows))
        made = zero_tangent(own)
        down = dynamic_rules.views_or_own(rt.mirrored_views(value, values, held), made)
        pull: Any = 0.0
        if isinstance(pullback, functools.partial):
            signature = inspect.Signature(pullback.args[0].parameters)
            arguments = signature.bind(*call.values, **call.options).arguments
            images = dict(signature.bind(*call.shadows, **call.option_shadows).arguments)
            pull = partial_of(0.0, 0.0, image, made, call.values, call.options, arguments, images)
        found.append((image, down, pull))
    return found


def _literal(literal: LiteralCall, call: ShadowedCall, k: int) -> ShadowedCall:
    """Return a part of the call of a function in which options stand that a rule does not take."""
    return ShadowedCall(
        0.0 if k else literal.function,
        None,
        literal.positional(call.values),
        literal.positional(call.shadows),
        literal.named(call.options),
        literal.named(call.option_shadows),
    )


def _update(calls: Calls) -> Results:
    """Do ``base op= value`` for an array and its tangents, of which each has to be undone."""
    first, *images = calls
    base, value = first.values
    before = [(np.array(c.values[0]), np.array(c.values[1]) if isinstance(c.values[1], np.ndarray) else c.values[1])
              for c in images]  # fmt: skip
    moved = apply(UPDATES[first.function], [Part(0.0, c.values, {}) for c in calls])
    outcome = dynamic.call(first.function, None, (base, value), first.shadows, {}, {})
    found: Results = [outcome]
    for call, (old, operand), new in zip(images, before, moved[1:]):
        call.values[0][...] = new
        shadow, value_shadow = call.shadows
        found.append(
            (call.values[0], shadow, partial_of(0.0, 0.0, call.values[0], shadow, old, operand, value_shadow))
        )
    return found


def _of_class(calls: Calls) -> Results:
    """Make an instance, its shadow and the tangents of both."""
    first, *images = calls
    cls = first.function
    init = cls.__init__
    has_own = isinstance(init, types.FunctionType) and init.__code__.co_filename != "<string>"
    after = getattr(cls, "__post_init__", None)
    if not has_own and isinstance(after, types.FunctionType):
        return _of_dataclass(calls, after)
    if not has_own or issubclass(cls, (tuple, list, dict, functools.partial, collections.deque)):
        return _constructed(functools.partial(of_class, None), calls)
    instance = cls.__new__(cls)
    whole = [(instance, rt.Shadow()), *((Tangent(instance), rt.Shadow()) for _ in images)]
    found = _of_function([
        call._replace(function=init if k == 0 else 0.0, own=None, values=(item, *call.values),
                      shadows=(image, *call.shadows))
        for k, (call, (item, image)) in enumerate(zip(calls, whole))
    ])  # fmt: skip
    return [(*pair, outcome[2]) for pair, outcome in zip(whole, found)]


def _of_dataclass(calls: Calls, after: Any) -> Results:
    """Make an instance of a dataclass, which goes on in ``__post_init__``."""
    first, *images = calls
    cls = first.function
    instance, shadow = cls.__new__(cls), rt.Shadow()
    given = fill_fields(
        cls, instance, shadow, (first.values, first.options), (first.shadows, first.option_shadows)
    )
    whole: list[tuple[Any, Any]] = [
        (instance, shadow),
        *(fields_of(cls, instance, shadow, c) for c in images),
    ]
    beside = [
        (tuple(value for value, _ in given), tuple(part for _, part in given)),
        *(init_only_tangents(cls, given, c) for c in images),
    ]
    found = _of_function([
        call._replace(function=after if k == 0 else 0.0, own=None, values=(item, *values),
                      shadows=(image, *shadows), options={}, option_shadows={})
        for k, (call, (item, image), (values, shadows)) in enumerate(zip(calls, whole, beside))
    ])  # fmt: skip
    return [(*pair, outcome[2]) for pair, outcome in zip(whole, found)]


def _of_function(calls: Calls) -> Results:
    """Call a function with source: the forward half of its own derivative is differentiated, and kept the other."""
    first, *images = calls
    target = Target(first.function)
    bound = target.bind(tuple(first.values), first.options)
    captured = target.captured()
    everything = dict(zip([*target.names, *target.captured_names()], (*bound, *captured)))
    image_of = bound_images(target, first.own, first.shadows, first.option_shadows, len(captured))
    wanted = tuple(
        n
        for n, v in everything.items()
        if not rt.is_lasting(image_of.get(n)) and is_differentiable(kind_of(v))
    )
    code = compiled(target, bound, wanted, "call", aliased=rt.share_memory(tuple(everything.values())))
    lasting = lasting_of(target, image_of, code.changed_arguments, None)
    if lasting:
        refuse_stores_outside(target, tuple(everything.values()), wanted, lasting)
    for n in code.shadowed:
        if image_of.get(n) is None:
            image_of[n] = rt.lasting_shadow(everything[n]) if n in lasting else rt.shadow(everything[n])
    given = [Part(None, (*everything.values(), *(image_of[n] for n in code.shadowed)), {})]
    flat = [plain_call(None, everything.values(), (image_of.get(n) for n in everything))]
    shadows_of = []
    for call in images:
        values = bound_images(target, call.function, call.values, call.options, len(captured))
        shadows = bound_images(target, call.own, call.shadows, call.option_shadows, len(captured))
        whole = {n: complete_tangent(values.get(n), v) for n, v in everything.items()}
        held = {n: complete_tangent(shadows.get(n), image_of.get(n)) for n in everything}
        shadows_of.append(held)
        given.append(Part(0.0, (*whole.values(), *(held[n] for n in code.shadowed)), {}))
        flat.append(plain_call(0.0, whole.values(), held.values()))
    if not isinstance(code.entries[0], types.FunctionType):
        return _of_function(_with_function(flat, by_products(target, bound)))
    forward, backward = code.entries
    outcomes = apply(forward, given)
    names_of = zero_tangent(code.valued)
    if code.result_shadowed:
        value, shadow, residuals = outcomes[0]
        pullback = functools.partial(dynamic.pull_gradients, backward, residuals, code.valued, image_of)
        pulls = [partial_of(0.0, 0.0, o[2], names_of, held) for o, held in zip(outcomes[1:], shadows_of)]
        return [(value, shadow, pullback), *((o[0], o[1], pull) for o, pull in zip(outcomes[1:], pulls))]
    value, residuals = outcomes[0]
    shadow = rt.shadow(value)
    pullback = functools.partial(dynamic.pull_value, backward, residuals, shadow, code.valued, image_of)
    found: Results = [(value, shadow, pullback)]
    for (image, kept), held in zip(outcomes[1:], shadows_of):
        down = zero_tangent(shadow)
        found.append((image, down, partial_of(0.0, 0.0, kept, down, names_of, held)))
    return found


def _nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""
