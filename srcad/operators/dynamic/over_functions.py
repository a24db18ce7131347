"""Forward mode through the calls of functions, rules and classes that generated reverse-mode code makes.

Each returns what ``rt.call`` returns, the value with its shadow and pullback, and the tangents of the three.
"""

from __future__ import annotations

import collections
import functools
import inspect
import types
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import is_differentiable, kind_of
from srcad.callables.compilation import compiled, third_derivative
from srcad.callables.targets import Target
from srcad.dynamic import calls as reverse_calls
from srcad.dynamic import rules as called_rules
from srcad.dynamic.exceptions import noting_changes
from srcad.dynamic.literal_options import literal_call
from srcad.dynamic.objects import fill_fields
from srcad.dynamic.stored_parameters import lasting_of, refuse_stores_outside
from srcad.operators.dynamic.over_copies import (
    both,
    deque_made,
    dict_made,
    fields_of,
    init_only_tangents,
    list_made,
    namespace_made,
    partial_made,
    record_made,
    sequence_made,
)
from srcad.operators.dynamic.shadowed_calls import (
    Call,
    Outcome,
)
from srcad.runtime.tangents import Tangent, complete_tangent, partial_of, zero_tangent

__all__ = ["of_rule", "of_class", "of_dataclass", "of_nested", "of_function", "by_products", "bound_images"]


def of_rule(call: Call, args: Any, tangents: Any, computed_by: Any = None) -> Outcome:
    """Call a function that has a rule; ``computed_by`` is an operator that has the rule of a function of NumPy."""
    function, _, values, shadows, options, option_shadows = args
    _, _, dvalues, dshadows, doptions, doption_shadows = tangents
    literal = literal_call(function, values, options)
    if literal is not None:
        parts = [(literal.positional(a), literal.positional(s), literal.named(o), literal.named(p))
                 for a, s, o, p in ((values, shadows, options, option_shadows),
                                    (dvalues, dshadows, doptions, doption_shadows))]  # fmt: skip
        return of_function(call, (literal.function, None, *parts[0]), (0.0, 0.0, *parts[1]))
    value, shadow, pullback = called_rules.call_of_rule(
        function, values, shadows, options, option_shadows, computed_by
    )
    _, dvalue = call(function, 0.0, values, dvalues, options, doptions)
    downs = tuple(0.0 if held is None else d for held, d in zip(shadows, dshadows))
    views = rt.mirrored_views(value, values, downs)
    if not isinstance(pullback, functools.partial):
        return (value, shadow, pullback), (
            dvalue,
            called_rules.views_or_own(views, zero_tangent(shadow)),
            0.0,
        )
    own = zero_tangent(pullback.args[2])
    dshadow = called_rules.views_or_own(views, own)
    rule = pullback.args[0]
    signature = inspect.Signature(rule.parameters)
    darguments = signature.bind(*dvalues, **doptions).arguments
    images = {n: d for n, d in signature.bind(*dshadows, **doption_shadows).arguments.items()}
    kept = (0.0, dvalue, own, dvalues, doptions, darguments, images)
    return (value, shadow, pullback), (dvalue, dshadow, partial_of(0.0, *kept))


def of_class(call: Call, args: Any, tangents: Any) -> Outcome:
    """Make an instance, its shadow and the tangents of both."""
    cls, _, values, shadows, options, option_shadows = args
    if issubclass(cls, (BaseException, set, frozenset)):
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
    init, after = cls.__init__, getattr(cls, "__post_init__", None)
    is_generated = not isinstance(init, types.FunctionType) or init.__code__.co_filename == "<string>"
    if is_generated and isinstance(after, types.FunctionType):
        return of_dataclass(call, args, tangents)
    if cls is np.vectorize:
        value, shadow, pullback = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
        dvalue, dshadow = Tangent(value), rt.Shadow()
        dvalue.pyfunc = tangents[2][0] if tangents[2] else tangents[4].get("pyfunc")
        dshadow.pyfunc = tangents[3][0] if tangents[3] else tangents[5].get("pyfunc")  # type: ignore[attr-defined]
        return (value, shadow, pullback), (dvalue, dshadow, 0.0)
    if is_generated:
        value, shadow, pullback = reverse_calls.call(cls, None, values, shadows, options, option_shadows)
        if hasattr(value, "__dict__") or hasattr(cls, "__slots__"):
            return (value, shadow, pullback), (*fields_of(cls, value, shadow, tangents), 0.0)
        dvalue, dshadow, dpullback = reverse_calls.call(
            cls, None, tangents[2], tangents[3], tangents[4], tangents[5]
        )
        return (value, shadow, functools.partial(both, pullback, dpullback)), (dvalue, dshadow, 0.0)
    value, shadow = cls.__new__(cls), rt.Shadow()
    dvalue, dshadow = Tangent(value), rt.Shadow()
    with_self = (init, None, (value, *values), (shadow, *shadows), options, option_shadows)
    images = (0.0, 0.0, (dvalue, *tangents[2]), (dshadow, *tangents[3]), *tangents[4:])
    (_, _, pullback), (_, _, dpullback) = of_function(call, with_self, images)
    return (value, shadow, pullback), (dvalue, dshadow, dpullback)


def of_dataclass(call: Call, args: Any, tangents: Any) -> Outcome:
    """Make an instance of a dataclass, which goes on in ``__post_init__``."""
    cls, _, values, shadows, options, option_shadows = args
    value, shadow = cls.__new__(cls), rt.Shadow()
    given = fill_fields(cls, value, shadow, (values, options), (shadows, option_shadows))
    dvalue, dshadow = fields_of(cls, value, shadow, tangents)
    dgiven, dimages = init_only_tangents(cls, given, tangents)
    passed, images = zip((value, shadow), *given)
    whole = (cls.__post_init__, None, passed, images, {}, {})
    down = (0.0, 0.0, (dvalue, *dgiven), (dshadow, *dimages), {}, {})
    (_, _, pullback), (_, _, dpullback) = of_function(call, whole, down)
    return (value, shadow, pullback), (dvalue, dshadow, dpullback)


def of_nested(call: Call, args: Any, tangents: Any) -> Outcome:
    """Call a nested function from inside of itself."""
    nested = args[0]
    values, options, captured = nested.parted(args[2], args[4])
    shadows, named, own = nested.parted(args[3], args[5])
    dvalues, doptions, held = nested.parted(tangents[2], tangents[4])
    dshadows, dnamed, down = nested.parted(tangents[3], tangents[5])
    return of_function(
        call,
        (rt.Closure(nested, captured), list(own), values, shadows, options, named),
        (held, list(down), dvalues, dshadows, doptions, dnamed),
    )


def of_function(call: Call, args: Any, tangents: Any) -> Outcome:
    """Call a function with source: the forward half of its own derivative is differentiated, and kept the other."""
    function, own, values, shadows, options, option_shadows = args
    held, down, dvalues, dshadows, doptions, doption_shadows = tangents
    target = Target(function)
    bound = target.bind(tuple(values), options)
    captured = target.captured()
    names = [*target.names, *target.captured_names()]
    image_of = bound_images(target, own, shadows, option_shadows, len(captured))
    everything = dict(zip(names, reverse_calls.floats_for(target, (*bound, *captured), image_of)))
    bound = tuple(everything[n] for n in target.names)
    wanted = tuple(
        n
        for n, v in everything.items()
        if not rt.is_lasting(image_of.get(n)) and is_differentiable(kind_of(v))
    )
    code = compiled(target, bound, wanted, "call", aliased=rt.share_memory(tuple(everything.values())))
    dvalue_of = bound_images(target, held, dvalues, doptions, len(captured))
    dimage_of = bound_images(target, down, dshadows, doption_shadows, len(captured))
    lasting = lasting_of(target, image_of, code.changed_arguments, None)
    if lasting:
        refuse_stores_outside(target, tuple(everything.values()), wanted, lasting)
    for n in code.shadowed:
        if image_of.get(n) is None:
            image_of[n] = rt.lasting_shadow(everything[n]) if n in lasting else rt.shadow(everything[n])
    for n, value in everything.items():
        dvalue_of[n] = complete_tangent(dvalue_of.get(n), value)
        dimage_of[n] = complete_tangent(dimage_of.get(n), image_of.get(n))
    if not isinstance(code.entries[0], types.FunctionType):
        first = [tuple(by_name.get(n) for n in everything) for by_name in (everything, image_of)]
        other = [tuple(by_name[n] for n in everything) for by_name in (dvalue_of, dimage_of)]
        made = by_products(target, bound)
        return of_function(call, (made, None, *first, {}, {}), (0.0, 0.0, *other, {}, {}))
    forward, backward = code.entries
    given = (*everything.values(), *(image_of[n] for n in code.shadowed))
    dgiven = (*(dvalue_of[n] for n in everything), *(dimage_of[n] for n in code.shadowed))
    outcome, image = noting_changes(target, everything, call, forward, 0.0, given, dgiven, {}, {})
    names_of = zero_tangent(code.valued)
    if code.result_shadowed:
        value, shadow, residuals = outcome
        dvalue, dshadow, dresiduals = image
        pullback = functools.partial(reverse_calls.pull_gradients, backward, residuals, code.valued, image_of)
        return (value, shadow, pullback), (
            dvalue, dshadow, partial_of(0.0, 0.0, dresiduals, names_of, dimage_of)
        )  # fmt: skip
    value, residuals = outcome
    dvalue, dresiduals = image
    shadow = rt.shadow(value)
    dshadow = zero_tangent(shadow)
    pullback = functools.partial(reverse_calls.pull_value, backward, residuals, shadow, code.valued, image_of)
    return (value, shadow, pullback), (
        dvalue, dshadow, partial_of(0.0, 0.0, dresiduals, dshadow, names_of, dimage_of)
    )  # fmt: skip


def by_products(target: Target, values: tuple[Any, ...]) -> Any:
    """Return a gradient on shadow memory as a function of everything that can be differentiated in all modes."""
    made = target.inner.by_products(values) if target.inner is not None else None
    if made is None:
        raise third_derivative(target)
    return made


def bound_images(
    target: Target, own: Any, parts: Any, options: dict[str, Any], captured: int
) -> dict[str, Any]:
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
