"""Forward mode of the calls that reverse mode resolves: of functions, rules and classes, for calls in parts.

Each takes the parts of a call and returns as many parts of what ``rt.call`` returns; see `srcad.operators.deeper.reverse`.
"""

from __future__ import annotations

import collections
import functools
import inspect
import types
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import is_differentiable
from srcad.analysis.kinds_of_values import kind_of
from srcad.callables.compilation import compiled, third_derivative
from srcad.callables.derivatives import Composable
from srcad.callables.targets import Target
from srcad.dynamic import calls as reverse_calls
from srcad.dynamic import rules as called_rules
from srcad.dynamic.exceptions import noting_changes
from srcad.dynamic.literal_options import LiteralCall, literal_call
from srcad.dynamic.objects import fill_fields
from srcad.dynamic.stored_parameters import lasting_of, refuse_stores_outside
from srcad.operators.deeper.calls import Part, apply
from srcad.operators.deeper.copies import (
    fields_of,
    init_only_tangents,
    instance_made,
)
from srcad.operators.deeper.rows_of_objects import rows_with_objects
from srcad.operators.deeper.shadowed_calls import (
    UPDATES,
    ShadowedCall,
    plain_call,
)
from srcad.rules.sets import standing_for
from srcad.runtime.tangents import Tangent, complete_tangent, partial_of, zero_tangent

__all__ = [
    "Calls",
    "Results",
    "bound_images",
    "by_products",
    "constructed",
    "instance_parts",
    "nothing_like",
    "of_function",
    "of_rule",
    "run_all",
    "updated",
    "with_function",
]

_MADE_AS_A_WHOLE = (tuple, list, dict, set, frozenset, functools.partial, collections.deque, BaseException)
Calls = list[ShadowedCall]
Results = list[Any]


def with_function(calls: Calls, function: Any) -> Calls:
    return [calls[0]._replace(function=function), *calls[1:]]


def of_rule(calls: Calls, computed_by: Any = None) -> Results:
    """Call a function that has a rule; ``computed_by`` is an operator that has the rule of a function of NumPy."""
    first = calls[0]
    function, values, shadows = first.function, first.values, first.shadows
    literal = literal_call(function, values, first.options)
    if literal is not None:
        return of_function([_literal(literal, call, k) for k, call in enumerate(calls)])
    value, shadow, pullback = called_rules.call_of_rule(
        function, values, shadows, first.options, first.option_shadows, computed_by
    )
    moved = apply(function, [Part(None if k == 0 else 0.0, c.values, c.options) for k, c in enumerate(calls)])
    own = pullback.args[2] if isinstance(pullback, functools.partial) else shadow
    found: Results = [(value, shadow, pullback)]
    for call, image in zip(calls[1:], moved[1:]):
        held = tuple(0.0 if s is None else d for s, d in zip(shadows, call.shadows))
        made = zero_tangent(own)
        down = called_rules.views_or_own(rt.mirrored_views(value, values, held), made)
        pull: Any = 0.0
        if isinstance(pullback, functools.partial):
            signature = inspect.Signature(pullback.args[0].parameters)
            given, options = (
                tuple(map(called_rules.copied, call.values)),
                {n: called_rules.copied(v) for n, v in call.options.items()},
            )
            arguments = signature.bind(*given, **options).arguments
            images = signature.bind(*call.shadows, **call.option_shadows).arguments
            images = {n: rt.kept_shadow(shadow) for n, shadow in images.items()}
            pull = partial_of(0.0, 0.0, image, made, given, options, arguments, images)
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


def updated(calls: Calls) -> Results:
    """Do ``base op= value`` for an array and its tangents, of which each has to be undone."""
    first, *images = calls
    base, value = first.values
    before = [(np.array(c.values[0]), np.array(c.values[1]) if isinstance(c.values[1], np.ndarray) else c.values[1])
              for c in images]  # fmt: skip
    moved = apply(UPDATES[first.function], [Part(0.0, c.values, {}) for c in calls])
    outcome = reverse_calls.call(first.function, None, (base, value), first.shadows, {}, {})
    found: Results = [outcome]
    for call, (old, operand), new in zip(images, before, moved[1:]):
        call.values[0][...] = new
        shadow, value_shadow = call.shadows
        found.append(
            (call.values[0], shadow, partial_of(0.0, 0.0, call.values[0], shadow, old, operand, value_shadow))
        )
    return found


def instance_parts(calls: Calls) -> Results:
    """Make an instance, its shadow and the tangents of both."""
    first, *images = calls
    cls = standing_for(first.function, first.values)
    init = cls.__init__
    has_own = isinstance(init, types.FunctionType) and init.__code__.co_filename != "<string>"
    after = getattr(cls, "__post_init__", None)
    if not has_own and isinstance(after, types.FunctionType):
        return _of_dataclass(calls, after)
    if not has_own or cls is np.vectorize or issubclass(cls, _MADE_AS_A_WHOLE):
        return constructed(instance_made, calls)
    instance = cls.__new__(cls)
    whole = [(instance, rt.Shadow()), *((Tangent(instance), rt.Shadow()) for _ in images)]
    found = of_function([
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
    found = of_function([
        call._replace(function=after if k == 0 else 0.0, own=None, values=(item, *values),
                      shadows=(image, *shadows), options={}, option_shadows={})
        for k, (call, (item, image), (values, shadows)) in enumerate(zip(calls, whole, beside))
    ])  # fmt: skip
    return [(*pair, outcome[2]) for pair, outcome in zip(whole, found)]


def of_function(calls: Calls) -> Results:
    """Call a function with source: the forward half of its own derivative is differentiated, and kept the other."""
    if isinstance(calls[0].function, Composable):
        calls = [row[0] for row in rows_with_objects([[call] for call in calls])]
    first, *images = calls
    target = Target(first.function)
    bound = target.bind(tuple(first.values), first.options)
    captured = target.captured()
    image_of = bound_images(target, first.own, first.shadows, first.option_shadows)
    names = [*target.names, *target.captured_names()]
    everything = dict(zip(names, reverse_calls.floats_for(target, (*bound, *captured), image_of)))
    bound = tuple(everything[n] for n in target.names)
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
        values = bound_images(target, call.function, call.values, call.options)
        shadows = bound_images(target, call.own, call.shadows, call.option_shadows)
        whole = {n: complete_tangent(values.get(n), v) for n, v in everything.items()}
        held = {n: complete_tangent(shadows.get(n), image_of.get(n)) for n in everything}
        shadows_of.append(held)
        given.append(Part(0.0, (*whole.values(), *(held[n] for n in code.shadowed)), {}))
        flat.append(plain_call(0.0, whole.values(), held.values()))
    if not isinstance(code.entries[0], types.FunctionType):
        return of_function(with_function(flat, by_products(target, bound)))
    forward, backward = code.entries
    outcomes = noting_changes(target, everything, apply, forward, given)
    names_of = zero_tangent(code.valued)
    # The gradients of containers belong to what they hold now, whatever is put into them before the backward sweep.
    image_of = {n: rt.kept_shadow(image) for n, image in image_of.items()}
    shadows_of = [{n: rt.kept_shadow(part) for n, part in held.items()} for held in shadows_of]
    if code.result_shadowed:
        value, shadow, residuals = outcomes[0]
        pullback = functools.partial(reverse_calls.pull_gradients, backward, residuals, code.valued, image_of)
        pulls = [partial_of(0.0, 0.0, o[2], names_of, held) for o, held in zip(outcomes[1:], shadows_of)]
        return [(value, shadow, pullback), *((o[0], o[1], pull) for o, pull in zip(outcomes[1:], pulls))]
    value, residuals = outcomes[0]
    shadow = rt.shadow(value)
    pullback = functools.partial(reverse_calls.pull_value, backward, residuals, shadow, code.valued, image_of)
    found: Results = [(value, shadow, pullback)]
    for (image, kept), held in zip(outcomes[1:], shadows_of):
        down = zero_tangent(shadow)
        found.append((image, down, partial_of(0.0, 0.0, kept, down, names_of, held)))
    return found


def by_products(target: Target, values: tuple[Any, ...]) -> Any:
    """Return a gradient on shadow memory as a function of everything that can be differentiated in all modes."""
    made = target.inner.by_products(values) if target.inner is not None else None
    if made is None:
        raise third_derivative(target)
    return made


def bound_images(target: Target, own: Any, parts: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Return what belongs to each parameter, bound as the arguments are; None where nothing was given."""
    held, named, own = target.held_parts(own)
    count = len(target.before) - len(held)
    first = () if target.closure is not None or not count else (own,)
    before = (*first, *(None,) * (count - len(first)), *held)
    try:
        bound = target.signature.bind(*before, *parts, **{**named, **options}).arguments
    except TypeError:  # the values were bound before: what a partial function holds has come apart from them
        raise third_derivative(target) from None
    found = {name: bound.get(name) for name in target.names}
    for name, parameter in target.signature.parameters.items():
        if name not in bound and parameter.kind is parameter.VAR_POSITIONAL:
            found[name] = ()
        elif name not in bound and parameter.kind is parameter.VAR_KEYWORD:
            found[name] = {}
    found.update(zip(target.captured_names(), target.held_images(own, None)))
    return found


def constructed(construct: Any, calls: Calls) -> Results:
    """Return the parts of something new that is made of values, of shadows and of tangents in the same way."""
    made = [construct(calls[0], call) for call in calls[1:] or [nothing_like(calls[0])]]
    value, shadow, _ = made[0][0]
    pullback = functools.partial(run_all, [first[2] for first, _ in made])
    return [(value, shadow, pullback), *((*image[:2], 0.0) for _, image in made)][: len(calls)]


def nothing_like(call: ShadowedCall) -> ShadowedCall:
    """Return the zero tangent of a call."""
    return ShadowedCall(*(zero_tangent(part) for part in call))


def run_all(pullbacks: list[Any]) -> None:
    for pullback in pullbacks:
        pullback()
