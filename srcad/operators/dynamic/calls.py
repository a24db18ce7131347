"""Calls inside of forward-mode code that are resolved when they happen, with the tangents of their arguments."""

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
from srcad.analysis.hidden_changes import refuse_method_of_base
from srcad.analysis.kinds_of_values import is_written_scalar
from srcad.analysis.results.calls import ARRAY_METHODS, function_of_method
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
from srcad.dynamic.calls import missing
from srcad.dynamic.containers import is_iterable_of_class, iterating_method, memo_of, written_copier
from srcad.dynamic.literal_options import literal_call, without_defaults
from srcad.dynamic.operators import mixed, plain_number, ufunc_of_arrays
from srcad.errors import NoDerivativeError
from srcad.lang.function import Nested
from srcad.lang.protocols import PROTOCOLS
from srcad.operators.dynamic.construction import make, plain
from srcad.operators.dynamic.functions import moves, run, tangents_of
from srcad.operators.dynamic.sources import SOURCES, has_plain_operands, items_by_position, with_known_arity
from srcad.operators.dynamic.transposed_rules import transposed
from srcad.rules import iteration, registry
from srcad.runtime.libraries import OfLibrary
from srcad.runtime.memory import is_instance
from srcad.runtime.odd_operators import refuse_objects_of_libraries
from srcad.runtime.stores import METHODS_THAT_WRITE
from srcad.runtime.tangent_copies import (
    copied_tangent,
    filled_tangent,
    tangent_of_partial,
)
from srcad.runtime.tangents import (
    CONTAINERS,
    container_method,
    sequence_tangent,
    set_jvp_resolvers,
    tangent_of_default,
    zero_tangent,
)

__all__ = [
    "DERIVATIVE_OPERATORS",
    "METHODS_OF_OPERATORS",
    "ON_CONTAINERS",
    "SPECIAL",
    "call",
    "call_method",
    "call_on_container",
    "install",
    "is_method_of_builtin",
    "method_of_class",
]

Outcome = tuple[Any, Any]
_NUMERIC = (float, int, complex, np.ndarray, np.generic)
_BINARY = ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv", "matmul")
_UPDATING = (operator.setitem, operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow)
_BITWISE = ("and", "or", "xor", "lshift", "rshift")
_POWERS = (SOURCES[operator.pow], SOURCES[operator.ipow])
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
    **{function: (f"__{function.__name__}__",) for function in (abs, float, complex)},
    **PROTOCOLS,
}
DERIVATIVE_OPERATORS: list[Any] = []


def install(makers: tuple[Any, ...]) -> None:
    """Let generated code resolve calls; ``makers`` are srcad's own functions that make derivatives."""
    DERIVATIVE_OPERATORS[:] = makers
    set_jvp_resolvers(call, call_method, transposed)


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
    if function is operator.getitem and isinstance(args[0], types.MappingProxyType):
        value = args[0][args[1]]  # made of values without a derivative, before the program runs
        return value, rt.lasting_tangent(value)
    if known and has_plain_operands(function, args):
        if any(np.any(part) for part in tangents if _is_number(part)):
            refuse_objects_of_libraries(*args)
        return plain(function, args, options)
    return _by_callee(function, held, args, tangents, options, option_tangents)


def _by_callee(
    function: Any, held: Any, args: Any, tangents: Any, options: Any, option_tangents: Any
) -> Outcome:
    """Call a function that is no operator of the operands at hand, by what kind of function it is."""
    known = registry.is_key(function)
    if known and registry.find(function) is not None:
        function = of_arrays(function, args, options)
    if known and function in SOURCES:
        function = SOURCES[function]
    elif any(function is maker for maker in DERIVATIVE_OPERATORS):
        return function(*args, **options), tangents[0] if tangents else 0.0
    elif known and registry.is_constant(function):
        return plain(function, args, options)
    elif isinstance(function, type):
        refused = known and registry.reason_refused(function)
        if refused and not rt.is_moving((*tangents, *option_tangents.values())):
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
    is_power = any(function is power for power in _POWERS)
    if is_power or rule is not None and rule.kind == "elementwise":
        # a partial derivative by a number that does not move may be infinite, or NaN
        moving = {n: t for n, t in images.items() if not (isinstance(t, float) and t == 0.0)}
        images = moving or images
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
        if name in ("extend", "extendleft"):
            args, tangents = zip(_items(args[0], tangents[0]))
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
        if isinstance(receiver, np.generic) and not hasattr(float, name) and rt.is_moving(held):
            raise missing(getattr(receiver, name))
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
    if function is operator.iadd:
        items, images = _items(args[1], tangents[1])
        args, tangents = (args[0], items), (tangents[0], images)
    if function in (operator.setitem, operator.iadd, operator.ior):
        rt.check_kept_tangents(tangents[0], "__setitem__", tangents[-1:])
    if function is operator.getitem and isinstance(args[0], dict) and args[1] not in args[0]:
        missing = method_of_class(args[0], "__missing__")
        if missing is not None:
            return call(missing, 0.0, args, tangents, {}, {})
        if rt.computed_default(*args) is not None and isinstance(tangents[0], dict):
            made = call(args[0].default_factory, tangent_of_default(tangents[0]), (), (), {}, {})
            args[0][args[1]], tangents[0][args[1]] = made
            return made
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


def _items(source: Any, tangent: Any) -> Outcome:
    """Return what a container is extended by, as a list of items and one of their tangents: of a dict its keys."""
    if isinstance(source, (list, tuple, collections.deque)) and not isinstance(tangent, float):
        return source, tangent
    items, parts = call(rt.sequence, 0.0, (source,), (tangent,), {}, {})
    return items, zero_tangent(list(items)) if isinstance(parts, float) else parts


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
    if type(args[0]) is iteration.Items:
        held = getattr(tangents[0], "source", 0.0)
        values, image = args[0].rest(), held if isinstance(held, float) else args[0].rest(held)
        args[0].position = len(args[0].source)
        return values, image
    iterate = method_of_class(args[0], "__iter__") if iterating_method(args[0]) else None
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
    for _ in range(rt.MOST_ITEMS):
        try:
            item, part = call(step, 0.0, (source,), (image,), {}, {})
        except StopIteration:
            return items, parts
        items.append(item)
        parts.append(part)
    raise rt.endless()


def _super(args: Any, tangents: Any, options: Any, option_tangents: Any) -> Outcome:
    return super(*args), tangents[1]


SPECIAL: dict[Any, Any] = {
    functools.partial: _partial, super: _super, rt.sequence: _sequence,
    copy.copy: _copied(copy.copy), copy.deepcopy: _copied(copy.deepcopy),
}  # fmt: skip
