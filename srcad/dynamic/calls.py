"""Calls that are resolved when they happen: of user functions and classes, of functions with rules, of operators.

Every entry takes the arguments with their shadows and returns the value, its shadow and a pullback (see
`srcad.runtime.calls.call`).
"""

from __future__ import annotations

import functools
import inspect
import random
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.hidden_changes import refuse_method_of_base
from srcad.analysis.kinds import is_differentiable
from srcad.analysis.kinds_of_values import kind_of
from srcad.analysis.results.calls import function_of_method
from srcad.backends.finite_checks import entries_checked
from srcad.callables.compilation import compiled, third_derivative
from srcad.callables.standing_in import standing_in, with_objects
from srcad.callables.targets import Target, is_partial_method, partial_shadow
from srcad.callables.wrappers import of_arrays
from srcad.derive.builtin_sources import source_of_builtin
from srcad.derive.call_adjoints import CONVERSIONS
from srcad.dynamic.attributes import (
    computes_methods,
    is_method_of,
    is_written,
    method_in_python,
    method_of_object,
    takes_receiver,
)
from srcad.dynamic.containers import CONTAINERS, MAKERS, dict_of, listed, run
from srcad.dynamic.exceptions import noting_changes
from srcad.dynamic.literal_options import LiteralCall, literal_call
from srcad.dynamic.objects import call_of_class
from srcad.dynamic.operators import OPERATORS
from srcad.dynamic.rules import call_of_rule, call_without_derivative, image_of_result
from srcad.dynamic.stored_parameters import lasting_of, refuse_stores_outside
from srcad.errors import NoDerivativeError
from srcad.frontend.late_results import gives_late
from srcad.lang.function import Nested
from srcad.lang.protocols import PROTOCOLS
from srcad.lang.recursion import with_deep_calls
from srcad.pipeline import counted_by
from srcad.rules import iteration, registry
from srcad.runtime.calls import set_gradient, set_resolver
from srcad.runtime.iteration import set_lateness
from srcad.runtime.libraries import OfLibrary
from srcad.runtime.odd_operators import refuse_operator_by_name
from srcad.runtime.stored import method_of_array
from srcad.runtime.stores import METHODS_THAT_WRITE

__all__ = ["BY_NAME", "has_own_options", "install", "positional"]

Outcome = tuple[Any, Any, Callable[[], None]]
PLAIN = (str, bytes, int, float, set, frozenset, np.random.Generator, OfLibrary)
_SHADOW_MODULES = tuple(f"srcad.runtime.{name}" for name in ("calls", "memory", "mirrored", "stored"))
DERIVATIVE_OPERATORS: list[Any] = []
_WRITTEN_OUT: list[LiteralCall] = []
BY_NAME: dict[Any, Any] = {}
"""Functions of ``OPERATORS`` whose arguments may be given by name, and their sources for calls with more options."""


def install(operators: tuple[Any, ...]) -> None:
    """Let generated code resolve calls; ``operators`` are srcad's own, which make derivatives."""
    DERIVATIVE_OPERATORS[:] = operators
    set_resolver(call, call_method)
    set_lateness(gives_late)
    set_gradient(operators[0])


def call(
    function: Any, own: Any, args: Any, shadows: Any, options: dict[str, Any], option_shadows: dict[str, Any]
) -> Outcome:
    """Call ``function``, whose own shadow (of what it captured, of its receiver) is ``own``."""
    handler = OPERATORS.get(function) or MAKERS.get(function) if registry.is_key(function) else None
    if function is dict:
        return dict_of(call, *args, shadows=shadows, options=options, option_shadows=option_shadows)
    if handler is not None:
        if options and function in BY_NAME and has_own_options(function, options):
            return call_of_function(BY_NAME[function], None, args, shadows, options, option_shadows)
        if options and function in BY_NAME:
            args, options = positional(function, args, options), {}
            shadows = positional(function, shadows, option_shadows)
        return handler(call, *args, shadows=shadows, **options)
    answered = _by_protocol(function, args, shadows, options, option_shadows)
    if answered is not None:
        return answered
    if registry.is_key(function) and function in CONVERSIONS and args:
        method = getattr(type(args[0]), CONVERSIONS[function], None)
        if isinstance(method, types.FunctionType):
            return call(method, None, args, shadows, options, option_shadows)
    if any(function is operator for operator in DERIVATIVE_OPERATORS):
        return _derivative_made(function, args, shadows, options)
    if registry.find(function) is not None:
        made = of_arrays(function, args, options)
        if made is not function:
            return call_of_function(made, None, args, shadows, options, option_shadows)
        return _of_rule(function, args, shadows, options, option_shadows)
    if registry.is_key(function) and registry.is_constant(function):
        return call_without_derivative(function, args, options)
    reason = registry.reason_refused(function)
    if reason is not None:
        if rt.carries((own, *shadows, *option_shadows.values())):
            raise NoDerivativeError(reason)
        return call_without_derivative(function, args, options)
    if registry.is_key(function) and function in iteration.WRITTEN_OUT:
        function = source_of_builtin(function, len(args), tuple(options)) or function
    if isinstance(function, type):
        return call_of_class(call, function, args, shadows, options, option_shadows)
    if isinstance(function, functools.partial):
        return _call_of_partial(function, own, args, shadows, options, option_shadows)
    if isinstance(function, Nested):
        return _call_of_nested(function, args, shadows, options, option_shadows)
    receiver = getattr(function, "__self__", None)
    bound = isinstance(function, types.BuiltinMethodType) and receiver is not None
    if bound and not isinstance(receiver, (types.ModuleType, np.ufunc)):
        if not isinstance(receiver, (*CONTAINERS, np.ndarray, np.generic, *PLAIN, random.Random)):
            raise missing(function)
        refuse_method_of_base(receiver, function.__name__)
        return call_method(receiver, own, function.__name__, args, shadows, options, option_shadows)
    if isinstance(function, types.BuiltinFunctionType):
        written_out = source_of_builtin(function, len(args), tuple(options))
        if written_out is not None:
            function = written_out
    return call_of_function(function, own, args, shadows, options, option_shadows)


def _by_protocol(
    function: Any, args: Any, shadows: Any, options: dict[str, Any], option_shadows: dict[str, Any]
) -> Outcome | None:
    """Call the method by which the class of an operand, written in Python, answers for a function; None without one."""
    titles = PROTOCOLS.get(function, ()) if registry.is_key(function) else ()
    places: tuple[tuple[int, ...], ...] = (tuple(range(len(args))), (1, 0))
    for title, order in zip(titles, places if len(args) == 2 else places[:1] if args else ()):
        method = method_in_python(args[order[0]], title)
        if method is not None:
            given, images = tuple(args[k] for k in order), tuple(shadows[k] for k in order)
            outcome = call(method, None, given, images, options, option_shadows)
            if outcome[0] is not NotImplemented:
                return outcome
    return None


def _of_rule(
    function: Any, args: Any, shadows: Any, options: dict[str, Any], option_shadows: dict[str, Any]
) -> Outcome:
    """Call a function that has a rule, or the one in which options stand that the rule does not take.

    Where that one resolves its call when it happens as well, nothing takes these options: the rule says so.
    """
    literal = literal_call(function, args, options)
    if literal is None or any(literal is outer for outer in _WRITTEN_OUT):
        return call_of_rule(function, args, shadows, options, option_shadows)
    given, held = literal.positional(args), literal.positional(shadows)
    _WRITTEN_OUT.append(literal)
    try:
        return call_of_function(
            literal.function, None, given, held, literal.named(options), literal.named(option_shadows)
        )
    finally:
        _WRITTEN_OUT.pop()


def has_own_options(function: Any, options: Any) -> bool:
    """Tell whether options of a call are not among the positional parameters of a function."""
    code = function.__code__
    return bool(options.keys() - set(code.co_varnames[: code.co_argcount]))


def positional(function: Any, args: Any, options: dict[str, Any]) -> tuple[Any, ...]:
    """Return all arguments of a call by position, those in between that are not given with their default."""
    bound = inspect.signature(function).bind_partial(*args, **options)
    bound.apply_defaults()
    return bound.args


def call_method(
    receiver: Any,
    own: Any,
    name: str,
    args: Any,
    shadows: Any,
    options: dict[str, Any],
    option_shadows: dict[str, Any],
) -> Outcome:
    """Call ``receiver.name``."""
    if rt.built_in_method(receiver, name):
        args, shadows, pullback = listed(call, name, args, shadows)
        undo = rt.undoing(name, receiver, own)
        value, shadow = rt.container_call(receiver, own, name, args, shadows, options, option_shadows)
        return value, shadow, functools.partial(run, [undo, pullback])
    if isinstance(receiver, (np.ndarray, np.generic)):
        stored = method_of_array(receiver, own, name, args, shadows, options)
        if stored is not None:
            return stored
        function = function_of_method(receiver, name)
        if function is not None:
            return _of_rule(function, (receiver, *args), (own, *shadows), options, option_shadows)
        if isinstance(receiver, np.ndarray) and name in METHODS_THAT_WRITE:
            given = (receiver, *args), (own, *shadows)
            return call(METHODS_THAT_WRITE[name], None, *given, options, option_shadows)
        raise missing(getattr(receiver, name))
    if isinstance(receiver, (float, complex)) and name == "conjugate":
        _, shadow, pullback = call_of_rule(np.conjugate, (receiver,), (own,), {}, {})
        return receiver.conjugate(), shadow, pullback
    if isinstance(receiver, tuple) and name in ("_replace", "_asdict"):
        return *rt.record_call(receiver, own, name, options, option_shadows), _nothing_to_do
    of_object = method_of_object(receiver, name)
    if of_object is not None:
        return call(of_object, None, (receiver.__self__, *args), (own, *shadows), options, option_shadows)
    if computes_methods(receiver, name):
        function, held, found = call(getattr, None, (receiver, name), (own, None), {}, {})
        value, shadow, pullback = call(function, held, args, shadows, options, option_shadows)
        return value, shadow, functools.partial(run, [pullback, found])
    unbound = getattr(type(receiver), name, None)
    if takes_receiver(receiver, name, unbound) and registry.find(unbound) is not None:
        return _of_rule(unbound, (receiver, *args), (own, *shadows), options, option_shadows)
    if takes_receiver(receiver, name, unbound) and registry.is_key(unbound) and registry.is_constant(unbound):
        return call_without_derivative(getattr(receiver, name), args, options)
    reason = registry.reason_refused(unbound)
    if reason is not None and rt.carries((own, *shadows, *option_shadows.values())):
        raise NoDerivativeError(reason)
    if isinstance(receiver, PLAIN) and not is_written(receiver, name):
        if rt.carries((own, *shadows)):
            refuse_operator_by_name(receiver, name)
        found = call_without_derivative(getattr(receiver, name), args, options)
        if name == "pop":
            rt.check_taken(found[:1])
        return found
    if isinstance(receiver, random.Random) and not rt.carries((*shadows, *option_shadows.values())):
        return call_without_derivative(getattr(receiver, name), args, options)  # draws that depend on nothing
    function = rt.method_for(receiver, name, args)
    held = own
    if is_partial_method(function, receiver):
        held = partial_shadow(function, own)
    elif not is_method_of(function, receiver) and isinstance(own, rt.Shadow):
        held = getattr(own, name, None)
    return call(function, held, args, shadows, options, option_shadows)


def _call_of_partial(
    function: Any, own: Any, args: Any, shadows: Any, options: dict[str, Any], option_shadows: dict[str, Any]
) -> Outcome:
    """Call a partial function with what it holds."""
    if isinstance(own, rt.Shadow):
        inner, held, named = own.func, own.args, own.keywords  # type: ignore[attr-defined]
    else:
        inner, held, named = None, (None,) * len(function.args), dict.fromkeys(function.keywords)
    return call(
        function.func,
        inner,
        (*function.args, *args),
        (*held, *shadows),
        {**function.keywords, **options},
        {**named, **option_shadows},
    )


def _call_of_nested(
    nested: Nested, args: Any, shadows: Any, options: dict[str, Any], option_shadows: dict[str, Any]
) -> Outcome:
    """Call a nested function from inside of itself."""
    args, options, captured = nested.parted(args, options)
    shadows, option_shadows, images = nested.parted(shadows, option_shadows)
    closure = rt.Closure(nested, captured)
    return call_of_function(closure, list(images), args, shadows, options, option_shadows)


def _nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""


def _derivative_made(function: Any, args: Any, shadows: Any, options: dict[str, Any]) -> Outcome:
    """Make a derivative of a function; its shadow is that of what the function has captured."""
    return function(*args, **options), shadows[0] if shadows else None, _nothing_to_do


def _own_shadows(target: Target, own: Any, held: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the shadows of what is bound before the arguments: that of a receiver, and of what partials hold."""
    count = len(target.before) - len(held)
    receiver = own if target.closure is None else None
    return (*((receiver, *(None,) * (count - 1)) if count > 0 else ()), *held)


def call_of_function(
    function: Any, own: Any, args: Any, shadows: Any, options: dict[str, Any], option_shadows: dict[str, Any]
) -> Outcome:
    """Call a function with source through its own derivative."""
    if not callable(function):
        return function(*args, **options), None, _nothing_to_do
    if isinstance(function, types.FunctionType) and function.__module__ in _SHADOW_MODULES:
        raise third_derivative()
    target = Target(function)
    if target.inner is not None:
        function, own = with_objects(function, own)
        args, shadows = standing_in(tuple(args), tuple(shadows))
        found = {n: standing_in(v, option_shadows.get(n)) for n, v in options.items()}
        options, option_shadows = {n: v for n, (v, _) in found.items()}, {n: s for n, (_, s) in found.items()}
        target = Target(function)
    values = target.bind(args, options)
    held, named, own = target.held_parts(own)
    images = _bound_shadows(target, _own_shadows(target, own, held), shadows, {**named, **option_shadows})
    if (
        target.inner is not None
    ):  # a derivative copies what its function changes, so nothing outlives the call
        images = tuple(None if rt.is_lasting(image) else image for image in images)
    captured = target.captured()
    inner = target.held_images(own, None)
    names = [*target.names, *target.captured_names()]
    everything = (*values, *captured)
    image_of = dict(zip(names, (*images, *inner)))
    everything = floats_for(target, everything, image_of)
    values = everything[: len(values)]
    wanted = tuple(
        n
        for n, v in zip(names, everything)
        if not rt.is_lasting(image_of.get(n))
        and not _is_nothing(image_of[n])
        and (isinstance(image_of[n], (np.ndarray, rt.Cell)) or is_differentiable(kind_of(v)))
    )
    code = compiled(target, values, wanted, "call", aliased=rt.share_memory(everything))
    value_of = dict(zip(names, everything))
    lasting = lasting_of(target, image_of, code.changed_arguments, None)
    if lasting:
        refuse_stores_outside(target, everything, wanted, lasting)
    for n in code.shadowed:
        if image_of.get(n) is None:
            image_of[n] = rt.lasting_shadow(value_of[n]) if n in lasting else rt.shadow(value_of[n])
    forward, backward = entries_checked(code.entries)
    outcome = noting_changes(target, value_of, forward, *everything, *(image_of[n] for n in code.shadowed))
    # The gradients of containers belong to what they hold now, whatever is put into them before the backward sweep.
    held_now = {n: rt.kept_shadow(image_of[n]) for n in code.valued}
    if code.result_shadowed:
        value, shadow, residuals = outcome
        return value, shadow, functools.partial(pull_gradients, backward, residuals, code.valued, held_now)
    value, residuals = outcome
    fresh = image_of_result(value, everything, [image_of[n] for n in names])
    return value, fresh, functools.partial(pull_value, backward, residuals, fresh, code.valued, held_now)


def floats_for(target: Target, everything: tuple[Any, ...], images: dict[str, Any]) -> tuple[Any, ...]:
    """Return arguments and captured values with floats for the integers that carry a derivative and do not count.

    ``images`` has shadows or tangents by name; None and the number 0.0 are those of what carries none.
    """
    if not any(isinstance(v, (int, np.integer)) for v in everything):
        return everything
    names = [*target.names, *target.captured_names()]
    carrying = {
        n
        for n, v in zip(names, everything)
        if isinstance(v, (int, np.integer)) and not isinstance(v, bool)
        if images.get(n) is not None and not (isinstance(images[n], float) and images[n] == 0.0)
    }
    if carrying:
        carrying -= counted_by(target.closure.function if target.closure is not None else target.func)
    return tuple(rt.whole(v) if n in carrying else v for n, v in zip(names, everything))


def _is_nothing(image: Any) -> bool:
    """Tell whether a shadow is that of a constant, such as a tuple of axes."""
    return image is None or isinstance(image, tuple) and all(map(_is_nothing, image))


def pull_gradients(backward: Any, residuals: Any, names: tuple[str, ...], image_of: dict[str, Any]) -> None:
    _pass_on(names, with_deep_calls(backward)(residuals), image_of)


def pull_value(
    backward: Any, residuals: Any, fresh: Any, names: tuple[str, ...], image_of: dict[str, Any]
) -> None:
    _pass_on(names, with_deep_calls(backward)(residuals, rt.taken(fresh)), image_of)


def _pass_on(names: tuple[str, ...], gradients: Any, image_of: dict[str, Any]) -> None:
    for name, gradient in zip(names, gradients):
        rt.accumulate_shadow(image_of[name], gradient)


def _bound_shadows(
    target: Target, before: tuple[Any, ...], shadows: Any, option_shadows: dict[str, Any]
) -> tuple[Any, ...]:
    """Return the shadow of each parameter, bound as the arguments are."""
    bound = target.signature.bind(*before, *shadows, **option_shadows)
    found = []
    for name, parameter in target.signature.parameters.items():
        if name in bound.arguments:
            found.append(bound.arguments[name])
        elif parameter.kind is parameter.VAR_POSITIONAL:
            found.append(())
        else:
            found.append({} if parameter.kind is parameter.VAR_KEYWORD else None)
    return tuple(found)


def missing(function: Any) -> NoDerivativeError:
    """Return the error for a function that has neither source nor rule."""
    title = getattr(function, "__qualname__", None) or repr(function)
    return NoDerivativeError(f"'{title}' has neither Python source nor a derivative rule.",
                             "Write it in Python, or register a rule for it.")  # fmt: skip
