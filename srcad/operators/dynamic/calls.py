"""Calls inside of forward-mode code that are resolved when they happen, with the tangents of their arguments."""

from __future__ import annotations

import copy
import functools
import operator
import random
import types
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.hidden_changes import refuse_method_of_base
from srcad.analysis.kinds import is_differentiable, is_written_scalar, kind_of
from srcad.analysis.results.calls import ARRAY_METHODS, function_of_method
from srcad.callables.compilation import compiled
from srcad.callables.targets import (
    Target,
    is_partial_method,
    partial_tangent,
)
from srcad.callables.wrappers import of_arrays, with_arity
from srcad.derive.builtin_sources import source_of_builtin
from srcad.dynamic.attributes import (
    computes_methods,
    is_method_of,
    is_written,
    method_of_object,
    takes_receiver,
)
from srcad.dynamic.calls import floats_for, missing
from srcad.dynamic.containers import is_iterable_of_class, memo_of, written_copier
from srcad.dynamic.literal_options import literal_call, without_defaults
from srcad.dynamic.operators import mixed, plain_number, ufunc_of_arrays
from srcad.dynamic.rules import carries_derivative
from srcad.dynamic.stored_parameters import lasting_of, refuse_stores_outside
from srcad.errors import NoDerivativeError
from srcad.lang.function import Nested
from srcad.operators.dynamic.construction import is_nothing, make, plain
from srcad.operators.dynamic.over_copies import container_call
from srcad.operators.dynamic.over_reverse import call_with_shadows, method_with_shadows
from srcad.operators.dynamic.sources import SOURCES, has_plain_operands, items_by_position, with_known_arity
from srcad.operators.dynamic.transposed_rules import transposed
from srcad.pipeline import Code
from srcad.rules import registry
from srcad.runtime.libraries import OfLibrary
from srcad.runtime.memory import is_instance
from srcad.runtime.odd_operators import refuse_objects_of_libraries
from srcad.runtime.stores import METHODS_THAT_WRITE
from srcad.runtime.tangent_copies import (
    copied_tangent,
    filled_tangent,
    kept_apart,
    tangent_of_partial,
)
from srcad.runtime.tangents import (
    CONTAINERS,
    complete_tangent,
    container_method,
    sequence_tangent,
    set_jvp_resolvers,
    zero_tangent,
)

__all__ = [
    "SPECIAL",
    "call",
    "install",
    "is_method_of_builtin",
    "method_of_class",
    "moves",
    "prepared",
    "run",
    "tangents_of",
]

Outcome = tuple[Any, Any]
_NUMERIC = (float, int, complex, np.ndarray, np.generic)
_BINARY = ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv", "matmul")
_UPDATING = (operator.setitem, operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow)
_BITWISE = ("and", "or", "xor", "lshift", "rshift")
METHODS_OF_OPERATORS: dict[Any, tuple[str, ...]] = {
    **{getattr(operator, title): (f"__{title}__", f"__r{title}__") for title in _BINARY},
    **{
        getattr(operator, f"i{title}"): (f"__i{title}__", f"__{title}__", f"__r{title}__")
        for title in (*_BINARY, *_BITWISE)
    },
    **{
        getattr(operator, title, None) or getattr(operator, f"{title}_"): (f"__{title}__", f"__r{title}__")
        for title in _BITWISE
    },
    **{
        getattr(operator, title): (f"__{title}__",)
        for title in ("neg", "pos", "getitem", "setitem", "delitem")
    },
    **{function: (f"__{function.__name__}__",) for function in (abs, float, complex, round, divmod)},
}
DERIVATIVE_OPERATORS: list[Any] = []


def install(makers: tuple[Any, ...]) -> None:
    """Let generated code resolve calls; ``makers`` are srcad's own functions that make derivatives."""
    DERIVATIVE_OPERATORS[:] = makers
    set_jvp_resolvers(call, call_method, transposed)


def run(target: Target, values: Any, images: dict[str, Any]) -> Outcome:
    """Return the value of ``target`` and its tangent; ``images`` has tangents of parameters by name."""
    code, arguments, _ = prepared(target, values, images)
    value, tangent = code.entries[0](*arguments)
    return value, kept_apart(
        value, tangent, [(v, images[n]) for n, v in zip(target.names, values) if n in images]
    )


def _refuse_tangents_outside(
    target: Target, code: Code, everything: tuple[Any, ...], images: dict[str, Any]
) -> None:
    """Refuse a call that stores what moves in memory that outlives the call."""
    lasting = lasting_of(target, images, code.changed_arguments, 0.0)
    if lasting:
        moving = {n for n, image in images.items() if n not in lasting and rt.is_moving(image)}
        refuse_stores_outside(target, everything, moving, lasting)


def prepared(
    target: Target, values: Any, images: dict[str, Any]
) -> tuple[Code, tuple[Any, ...], tuple[str, ...]]:
    """Return the forward code of ``target``, its arguments, and the parameters that have tangents."""
    names = [*target.names, *target.captured_names()]
    everything = (*values, *target.captured())
    if (
        target.inner is not None
    ):  # a derivative copies what its function changes, so nothing outlives the call
        images |= {n: zero_tangent(v) for n, v in zip(names, everything) if _is_lasting(images.get(n))}
    everything = floats_for(target, everything, images)
    if _is_rule(target.func):
        # options of a rule, such as an order or a list of percentages, have no derivative
        images = {
            n: images[n]
            for n, v in zip(names, everything)
            if n in images and (_holds(v) or moves(v, images[n]))
        }
    wanted = tuple(n for n, v in zip(names, everything) if n in images and _varies(v, images[n]))
    constant = tuple(
        n for n, v in zip(names, everything) if n in wanted and _has_constant_integers(v, images[n])
    )
    aliased = rt.share_memory(everything)
    code = compiled(target, values, wanted, "jvp", aliased=aliased, constant_integers=constant)
    _refuse_tangents_outside(target, code, everything, images)
    return code, (*everything, *[images[n] for n in wanted]), wanted


def _varies(value: Any, image: Any) -> bool:
    """Tell whether a value has a tangent: an integer does only if it is one of the numbers to differentiate by."""
    moved = isinstance(image, float) and image != 0.0 and type(value) is int
    return moved or is_differentiable(kind_of(value))


def _has_constant_integers(value: Any, image: Any) -> bool:
    """Tell whether a tuple, such as that of the residuals, holds integers, and all without a tangent."""
    if not isinstance(value, tuple) or not isinstance(image, tuple):
        return False
    found = [_is_zero(part) for item, part in zip(value, image) if type(item) is int]
    return bool(found) and all(found) and type(value) is tuple


def call(function: Any, held: Any, args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    """Call ``function``; ``held`` is the tangent of what it holds. See `srcad.runtime.call_jvp`."""
    if isinstance(function, rt.Undo):
        return function(), 0.0
    while isinstance(function, functools.partial):
        inner, before, named = held if isinstance(held, tuple) else zero_tangent(function)
        args, tangents = (*function.args, *args), (*before, *tangents)
        options, option_tangents = {**function.keywords, **options}, {**named, **option_tangents}
        function, held = function.func, inner
    known = registry.is_key(function)
    if known and function in _UPDATING and isinstance(args[0], np.ndarray):
        rt.check_kept_tangents(tangents[0], "__setitem__", tangents[-1:])
        tangents = (_writable(tangents[0]), *tangents[1:])
    special = SPECIAL.get(function) if known else None
    if special is not None:
        outcome: Outcome = special(args, tangents, options, option_tangents)
        return outcome
    ufunc = ufunc_of_arrays(function, args) if known and len(args) == 2 else None
    if ufunc is not None:
        return call(ufunc, 0.0, args, tangents, options, option_tangents)
    if known and function in METHODS_OF_OPERATORS:
        found = _operator_of_class(METHODS_OF_OPERATORS[function], args, tangents)
        if found is not None:
            return found
        args = tuple(map(plain_number, args))
    meant = mixed(function, args) if known else None
    if meant is not None:
        parts = [call(np.array, 0.0, (a,), (t,), {}, {}) if isinstance(a, (list, tuple)) else (a, t)
                 for a, t in zip(args, tangents)]  # fmt: skip
        return call(meant, 0.0, *zip(*parts), {}, {})
    if known and function in ON_CONTAINERS and any(isinstance(v, (*CONTAINERS, np.flatiter)) for v in args):
        return call_on_container(function, args, tangents)
    if known and has_plain_operands(function, args):
        if any(np.any(part) for part in tangents if _is_number(part)):
            refuse_objects_of_libraries(*args)
        return plain(function, args, options)
    if known and registry.find(function) is not None:
        function = of_arrays(function, args, options)
    if known and function in SOURCES:
        function = SOURCES[function]
    elif any(function is maker for maker in DERIVATIVE_OPERATORS):
        return function(*args, **options), tangents[0] if tangents else 0.0
    elif known and registry.is_constant(function):
        return plain(function, args, options)
    elif isinstance(function, type):
        if (
            known
            and registry.reason_refused(function)
            and not rt.is_moving((*tangents, *option_tangents.values()))
        ):
            return plain(function, args, options)
        return make(call, function, args, tangents, options, option_tangents)
    if isinstance(function, Nested):
        tangents, option_tangents, held = function.parted(tangents, option_tangents)
        args, options, captured = function.parted(args, options)
        function = rt.Closure(function, captured)
    if is_method_of_builtin(function):
        read = isinstance(held, types.BuiltinMethodType)  # as an attribute, and so was its tangent
        image = held.__self__ if read else held
        refuse_method_of_base(function.__self__, function.__name__)
        return call_method(
            function.__self__, image, function.__name__, args, tangents, options, option_tangents
        )
    return _by_source(function, held, args, tangents, options, option_tangents)


def _by_source(
    function: Any, held: Any, args: Any, tangents: Any, options: Any, option_tangents: Any
) -> Outcome:
    """Run the forward mode of a function that can be read, or that a function which calls its rule stands for."""
    rule = registry.find(function)
    literal = literal_call(function, args, options) if rule is not None else None
    if literal is not None:
        return call(literal.function, 0.0, literal.positional(args), literal.positional(tangents),
                    literal.named(options), literal.named(option_tangents))  # fmt: skip
    options, option_tangents = (
        without_defaults(function, options),
        without_defaults(function, option_tangents),
    )
    function = _with_source(function, args, tangents, options)
    target = Target(function)
    values = target.bind(args, options)
    images = tangents_of(target, values, held, tangents, option_tangents)
    if rule is not None:
        given = dict(zip(target.names, values))
        images = {n: t for n, t in images.items() if rule.differentiates(n) or moves(given.get(n), t)}
    return run(target, values, images)


def _with_source(function: Any, args: Any, tangents: Any, options: Any) -> Any:
    """Return the function to read in the place of one that is called."""
    if isinstance(function, types.BuiltinFunctionType):
        function = source_of_builtin(function, len(args), tuple(options)) or with_known_arity(
            function, len(args)
        )
    reason = registry.reason_refused(function)
    if reason is not None and any(np.any(part) for part in tangents if _is_number(part)):
        raise NoDerivativeError(reason)
    return with_arity(function, len(args), options)


def is_method_of_builtin(function: Any) -> bool:
    """Tell whether a function is a method of a list, an array or the like, bound to it."""
    receiver = getattr(function, "__self__", None)
    bound = isinstance(function, types.BuiltinMethodType) and function not in SOURCES
    return bound and receiver is not None and not isinstance(receiver, (types.ModuleType, np.ufunc))


def _writable(tangent: Any) -> Any:
    """Return a tangent that may be changed: that of an array which outlives the call is zero all the time."""
    fixed = isinstance(tangent, np.ndarray) and not tangent.flags.writeable
    return np.array(tangent) if fixed else tangent


def _is_number(tangent: Any) -> bool:
    return isinstance(tangent, (float, complex, np.inexact, np.ndarray))


def _is_zero(tangent: Any) -> bool:
    """Tell whether a tangent is the number that stands for none."""
    return isinstance(tangent, float) and tangent == 0.0


_CHANGING = ("srcad.rules.iteration", "srcad.rules.stores")


def _is_rule(function: Any) -> bool:
    """Tell whether a function is a rule or written out for one of NumPy, and keeps and changes nothing it is given."""
    module = function.__module__ or ""
    return module.startswith("srcad.rules.") and module not in _CHANGING


def _holds(value: Any) -> bool:
    """Tell whether a value is or holds an object, such as an iterator with its items, of which parts may move.

    A bound method holds its instance, a partial function its arguments, and a vectorized one the function.
    """
    if isinstance(value, (list, tuple)):
        return any(map(_holds, value))
    if isinstance(value, dict):
        return any(map(_holds, value.values()))
    return is_instance(value) or isinstance(value, (types.MethodType, functools.partial, np.vectorize))


def moves(value: Any, tangent: Any) -> bool:
    """Tell whether an argument without a derivative has a tangent, which is refused then."""
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return not is_nothing(tangent) and (is_whole or carries_derivative(value, tangent))


def tangents_of(target: Target, values: Any, held: Any, tangents: Any, named: Any) -> dict[str, Any]:
    """Return the tangent of each parameter and captured variable, by name."""
    given, options, held = target.held_parts(held)
    count = len(target.before) - len(given)
    own = tuple(held if i == 0 else zero_tangent(v) for i, v in enumerate(target.before[:count]))
    before = (*own, *given)
    fixed = {name: zero_tangent(value) for name, value in target.options.items()} | options
    bound = target.signature.bind(*before, *tangents, **{**fixed, **named}).arguments
    found = {}
    for name, value in zip(target.names, values):
        found[name] = _completed(bound.get(name, 0.0), value)
    if target.closure is not None:
        captured = target.captured()
        parts = held if isinstance(held, tuple) else tuple(zero_tangent(value) for value in captured)
        found.update(zip(target.captured_names(), parts))
    elif isinstance(held, rt.Cells):
        found.update({n: held[n] for n in target.captured_names() if n in held})
    return found


def _is_lasting(tangent: Any) -> bool:
    return tangent is not None and not isinstance(tangent, float) and rt.is_lasting_tangent(tangent)


def _completed(tangent: Any, value: Any) -> Any:
    """Return a whole tangent; an instance that comes without one outlives the call."""
    if _is_zero(tangent) and is_instance(value) and not isinstance(value, (rt.Closure, float)):
        return rt.lasting_tangent(value)
    return complete_tangent(tangent, value)


# -- methods and operators ----------------------------------------------------------------------------


def call_method(
    receiver: Any, held: Any, name: str, args: Any, tangents: Any, options: Any, option_tangents: Any
) -> Outcome:
    """Call ``receiver.name``; ``held`` is the tangent of the receiver."""
    of_object = method_of_object(receiver, name)
    if of_object is not None:
        return call(of_object, 0.0, (receiver.__self__, *args), (held, *tangents), options, option_tangents)
    written = isinstance(getattr(type(receiver), name, None), types.FunctionType)
    if isinstance(receiver, tuple) and hasattr(receiver, "_fields") and name in ("_replace", "_asdict"):
        image = zero_tangent(receiver) if isinstance(held, float) else held
        return getattr(receiver, name)(**options), getattr(image, name)(**option_tangents)
    if isinstance(receiver, CONTAINERS) and not written:
        rt.check_kept_tangents(held, name, tangents)
        image = zero_tangent(receiver) if isinstance(held, float) else held
        return container_method(receiver, image, name, args, tangents, options, option_tangents)
    if isinstance(receiver, (np.ndarray, np.generic, float, complex)) and name in ARRAY_METHODS:
        function = function_of_method(receiver, name)
        return call(function, 0.0, (receiver, *args), (held, *tangents), options, option_tangents)
    if computes_methods(receiver, name):
        function, found = call(getattr, 0.0, (receiver, name), (held, 0.0), {}, {})
        return call(function, found, args, tangents, options, option_tangents)
    unbound = getattr(type(receiver), name, None)
    if takes_receiver(receiver, name, unbound) and registry.find(unbound) is not None:
        return call(unbound, 0.0, (receiver, *args), (held, *tangents), options, option_tangents)
    if takes_receiver(receiver, name, unbound) and registry.is_key(unbound) and registry.is_constant(unbound):
        return plain(getattr(receiver, name), args, options)
    reason = registry.reason_refused(unbound)
    if reason is not None and any(
        np.any(part) for part in (*tangents, *option_tangents.values()) if _is_number(part)
    ):
        raise NoDerivativeError(reason)
    without = isinstance(receiver, (str, bytes, int, float, set, frozenset, np.random.Generator, OfLibrary))
    if without and not is_written(receiver, name):
        return plain(getattr(receiver, name), args, options)
    if isinstance(receiver, random.Random) and not rt.is_moving((*tangents, *option_tangents.values())):
        return plain(getattr(receiver, name), args, options)  # draws that depend on nothing
    if isinstance(receiver, np.ndarray):
        return _change_of_array(receiver, held, name, args, tangents, options, option_tangents)
    function = rt.method_for(receiver, name, args)
    if is_partial_method(function, receiver):
        held = partial_tangent(function, held)
    elif not is_method_of(function, receiver) and is_instance(receiver):
        held = getattr(held, name, 0.0)
    return call(function, held, args, tangents, options, option_tangents)


def _change_of_array(
    array: Any, held: Any, name: str, args: Any, tangents: Any, options: Any, option_tangents: Any
) -> Outcome:
    """Call a method that changes an array."""
    if name == "fill":
        return call(operator.setitem, 0.0, (array, ..., *args), (held, 0.0, *tangents), {}, {})
    if name == "sort":
        made = call(np.sort, 0.0, (array, *args), (held, *tangents), options, option_tangents)
        return call(operator.setitem, 0.0, (array, ..., made[0]), (held, 0.0, made[1]), {}, {})
    if name in METHODS_THAT_WRITE:
        return call(
            METHODS_THAT_WRITE[name], 0.0, (array, *args), (held, *tangents), options, option_tangents
        )
    raise missing(getattr(array, name))


def _operator_of_class(names: tuple[str, ...], args: Any, tangents: Any) -> Outcome | None:
    """Apply an operator that the class of an operand defines in Python."""
    direct = names[:-1] if len(names) > 1 else names
    methods = [found for name in direct if (found := method_of_class(args[0], name)) is not None]
    reflected = method_of_class(args[1], names[-1]) if len(names) > 1 else None
    swapped = (args[::-1], tuple(tangents)[::-1])
    if reflected is not None and type(args[0]) is not type(args[1]) and isinstance(args[1], type(args[0])):
        return call(reflected, 0.0, *swapped, {}, {})
    for method in methods:
        value, tangent = call(method, 0.0, args, tangents, {}, {})
        if value is not NotImplemented:
            return value, tangent
    return call(reflected, 0.0, *swapped, {}, {}) if reflected is not None else None


def method_of_class(value: Any, name: str) -> Any:
    """Return a method that a Python class defines, or None."""
    numeric = isinstance(value, (*_NUMERIC, str)) and not is_written_scalar(type(value))
    found = None if numeric else getattr(type(value), name, None)
    return found if isinstance(found, types.FunctionType) else None


ON_CONTAINERS = (operator.getitem, operator.setitem, operator.delitem, operator.iadd, operator.imul, operator.add,
                  operator.mul, operator.or_, operator.ior)  # fmt: skip


def call_on_container(function: Any, args: Any, tangents: Any) -> Outcome:
    """Apply an operator to a container, and the same to its tangent."""
    if function is operator.ior and not isinstance(args[1], dict):
        pairs, image = make(call, dict, args[1:], tangents[1:], {}, {})
        args, tangents = (args[0], pairs), (tangents[0], image)
    if function in (operator.setitem, operator.iadd, operator.ior):
        rt.check_kept_tangents(tangents[0], "__setitem__", tangents[-1:])
    if function is operator.getitem and isinstance(args[0], dict) and args[1] not in args[0]:
        missing = method_of_class(args[0], "__missing__")
        if missing is not None:
            return call(missing, 0.0, args, tangents, {}, {})
    if function in (operator.getitem, operator.delitem):
        image = function(tangents[0], args[1])
    elif function is operator.setitem:
        image = operator.setitem(tangents[0], args[1], tangents[2])
    elif function in (operator.mul, operator.imul):
        image = function(*(t if isinstance(v, CONTAINERS) else v for v, t in zip(args, tangents)))
    else:
        other = tangents[1] if isinstance(args[1], CONTAINERS) else zero_tangent(list(args[1]))
        image = function(tangents[0], other)
    value = function(*args)
    return value, 0.0 if value is None else image


def _partial(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    return functools.partial(*args, **options), tangent_of_partial(args[0], tangents, option_tangents)


def _copied(copier: Any) -> Any:
    """Return how to copy a value, and its tangent in the same way."""

    def call_copier(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
        source, tangent = args[0], tangents[0]
        written = written_copier(copier, source)
        if written is not None:
            return call(written, 0.0, (source, *memo_of(copier)), (tangent, *memo_of(copier)), {}, {})
        value = copier(source)
        if isinstance(source, np.ndarray) or copier is copy.deepcopy:
            return value, filled_tangent(zero_tangent(value), tangent)
        return value, copied_tangent(value, source, tangent)

    return call_copier


def _sequence(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    """List what a loop runs over, as the class of an instance says."""
    iterate = method_of_class(args[0], "__iter__")
    if iterate is None and is_iterable_of_class(args[0]):
        iterate = items_by_position
    if iterate is None or isinstance(tangents[0], float):
        values = rt.sequence(args[0])
        return values, sequence_tangent(values, args[0], tangents[0])
    source, image = call(iterate, 0.0, args, tangents, {}, {})
    step = method_of_class(source, "__next__")
    if step is None:
        return list(source), list(image)
    items, parts = [], []
    while True:
        try:
            item, part = call(step, 0.0, (source,), (image,), {}, {})
        except StopIteration:
            return items, parts
        items.append(item)
        parts.append(part)


def _super(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    return super(*args), tangents[1]


def _with_options(parts: Any, count: int) -> Any:
    """Return the arguments of a call of the runtime with the options that it may leave out."""
    return (*parts, {}, {}) if len(parts) == count else parts


def _reverse_call(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    return call_with_shadows(call, _with_options(args, 4), _with_options(tangents, 4))


def _reverse_method(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    return method_with_shadows(call, _with_options(args, 5), _with_options(tangents, 5))


def _container_call(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    return container_call(_with_options(args, 5), _with_options(tangents, 5))


SPECIAL: dict[Any, Any] = {
    rt.call: _reverse_call, rt.call_method: _reverse_method, rt.container_call: _container_call,
    functools.partial: _partial, super: _super, rt.sequence: _sequence,
    copy.copy: _copied(copy.copy), copy.deepcopy: _copied(copy.deepcopy),
}  # fmt: skip
