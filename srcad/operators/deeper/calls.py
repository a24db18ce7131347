"""Forward mode of generated forward-mode code, to any order: of calls that are resolved when they happen.

Code of forward mode calls ``rt.call_jvp(f, df, args, tangents)`` where the callee is known only when the program runs.
Forward mode of that code calls ``rt.call_jvp(rt.call_jvp, ...)``, and so on.  Here such a call is taken apart into its
*parts*: the plain call, and for each set of directions the mixed tangents, ``2**depth`` in all.  Part ``2 * k + 1`` is
the tangent of part ``2 * k`` in the innermost direction.  What only moves values about (items, attributes, methods of
containers) does the same to each part; a function with source runs through its forward code, which has one direction
less to go.
"""

from __future__ import annotations

import collections
import copy
import dataclasses
import functools
import inspect
import operator
import types
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from srcad import runtime as rt
from srcad.analysis.hidden_changes import refuse_unknown_making
from srcad.analysis.plain_classes import init_only_fields
from srcad.analysis.results.calls import ARRAY_METHODS, function_of_method
from srcad.callables.places import place
from srcad.callables.targets import Target, is_partial_method, partial_tangent
from srcad.callables.wrappers import with_arity
from srcad.derive.builtin_sources import source_of_builtin
from srcad.dynamic.attributes import (
    computes_methods,
    is_method_of,
    is_written,
    method_of_object,
    takes_receiver,
)
from srcad.dynamic.calls import has_own_options
from srcad.dynamic.containers import (
    is_iterable_of_class,
    iterating_method,
    memo_of,
    written_copier,
)
from srcad.dynamic.literal_options import literal_call, without_defaults
from srcad.dynamic.operators import mixed
from srcad.lang.function import Nested
from srcad.operators.by_name import jvp_by_name
from srcad.operators.composition import jvp_with_aux
from srcad.operators.dynamic import calls as forward_calls
from srcad.operators.dynamic.construction import make, plain
from srcad.operators.dynamic.functions import moves, prepared, tangents_of
from srcad.operators.dynamic.sources import SOURCES, has_plain_operands, items_by_position
from srcad.operators.dynamic.transposed_rules import cotangents_of, transposing
from srcad.operators.forward import Jvp, jvp
from srcad.rules import iteration, registry
from srcad.rules.sets import standing_for
from srcad.runtime.libraries import OfLibrary, package_of
from srcad.runtime.memory import is_instance
from srcad.runtime.tangents import CONTAINERS, Tangent, sequence_tangent, tangent_of_default, zero_tangent
from srcad.runtime.user_tangents import as_tangent

__all__ = ["Part", "Parts", "again", "apply", "install", "nested", "with_args"]

_NUMERIC = (float, int, complex, np.ndarray, np.generic)
_PLAIN = (str, bytes, int, float, set, frozenset, np.random.Generator, OfLibrary)


class Part(NamedTuple):
    """One part of a call: what the function holds, and the arguments; of the plain call, or their tangents."""

    held: Any
    args: tuple[Any, ...]
    options: dict[str, Any]


Parts = list[Part]
_HANDLERS: dict[Any, Callable[[Parts], list[Any]]] = {}


def install(handlers: dict[Any, Callable[[Parts], list[Any]]]) -> None:
    """Let forward mode be applied again; ``handlers`` do it for functions of the runtime that have no source."""
    _HANDLERS.update(handlers)
    _HANDLERS.update({
        rt.call_jvp: _of_call_jvp, rt.method_jvp: _of_method_jvp, jvp: _of_jvp, rt.transposed: _of_transposed,
        rt.sequence: _of_sequence,
        **{copier: functools.partial(_of_copier, copier) for copier in (copy.copy, copy.deepcopy)},
    })  # fmt: skip
    for function in (rt.call_jvp, rt.method_jvp, jvp):
        forward_calls.SPECIAL[function] = functools.partial(again, function)


def again(function: Any, args: Any, tangents: Any, options: Any, option_tangents: Any) -> tuple[Any, Any]:
    """The tangent of a call that returns a value and its tangent."""
    found = apply(function, [Part(None, args, options), Part(0.0, tangents, option_tangents)])
    return found[0], found[1]


def nested(results: list[Any]) -> Any:
    """Return parts as forward mode returns them: values with their tangents, in pairs of pairs.

    Examples
    --------
    >>> nested(["y", "dy", "y2", "dy2"])
    (('y', 'dy'), ('y2', 'dy2'))
    """
    while len(results) > 1:
        results = list(zip(results[::2], results[1::2]))
    return results[0]


def with_args(parts: Parts, choose: Callable[[Part], tuple[Any, ...]]) -> Parts:
    """Return parts whose arguments are chosen from those given, for a function that holds nothing."""
    return [Part(0.0, tuple(choose(part)), {}) for part in parts]


def _like(image: Any, value: Any) -> Any:
    """Return a tangent, where 0.0 may stand for one without structure."""
    return zero_tangent(value) if isinstance(image, float) and not isinstance(value, float) else image


# -- which function is called -------------------------------------------------------------------------


def apply(function: Any, parts: Parts) -> list[Any]:
    """Return the parts of the result of a call.

    Parameters
    ----------
    function : callable
        What is called.
    parts : list of Part
        The parts of the call, a power of two of them.
    """
    if isinstance(function, rt.Undo):
        return [function(), *(0.0 for _ in parts[1:])]
    while isinstance(function, functools.partial):
        parts = [_of_partial(function, part, plain=k == 0) for k, part in enumerate(parts)]
        function = function.func
    known = registry.is_key(function)
    args = parts[0].args
    if known and function in _HANDLERS:
        return _HANDLERS[function](parts)
    if len(parts) == 2:
        held, tangents, option_tangents = parts[1]
        return [*forward_calls.call(function, held, args, tangents, parts[0].options, option_tangents)]
    if known and function in forward_calls.METHODS_OF_OPERATORS:
        found = _operator_of_class(forward_calls.METHODS_OF_OPERATORS[function], parts)
        if found is not None:
            return found
    if function is operator.getitem and rt.computed_default(*args[:2]) is not None:
        return _default_made(parts)
    if (
        known
        and function in forward_calls.ON_CONTAINERS
        and any(isinstance(v, (*CONTAINERS, np.flatiter)) for v in args)
        and mixed(function, args) is None
    ):
        return one_by_one(lambda a, t, o, n: forward_calls.call_on_container(function, a, t), parts)
    if known and has_plain_operands(function, args):
        return one_by_one(lambda a, t, o, n: plain(function, a, o), parts)
    if known and function in SOURCES:
        return _of_source(SOURCES[function], parts)
    if any(function is maker for maker in forward_calls.DERIVATIVE_OPERATORS):
        made = function(*args, **parts[0].options)
        return [made, *(part.args[0] if part.args else 0.0 for part in parts[1:])]
    if known and registry.is_constant(function):
        return one_by_one(lambda a, t, o, n: plain(function, a, o), parts)
    if known and function in forward_calls.SPECIAL:
        return one_by_one(forward_calls.SPECIAL[function], parts)
    if isinstance(function, type):
        return _of_class(function, parts)
    if isinstance(function, Nested):
        return _of_nested(function, parts)
    if forward_calls.is_method_of_builtin(function):
        return of_method(function.__self__, function.__name__, parts)
    if isinstance(function, types.BuiltinFunctionType):
        function = source_of_builtin(function, len(args), tuple(parts[0].options)) or function
    literal = literal_call(function, tuple(args), parts[0].options) if known else None
    if literal is not None:
        given = [
            Part(part.held, literal.positional(part.args), literal.named(part.options)) for part in parts
        ]
        return _of_source(literal.function, given)
    parts = [part._replace(options=without_defaults(function, part.options)) for part in parts]
    rule = registry.find(function) if known else None
    return _of_source(with_arity(function, len(args), parts[0].options), parts, rule)


def _of_partial(function: Any, part: Part, plain: bool) -> Part:
    if plain:
        return Part(None, (*function.args, *part.args), {**function.keywords, **part.options})
    inner, before, named = part.held if isinstance(part.held, tuple) else zero_tangent(function)
    return Part(inner, (*before, *part.args), {**named, **part.options})


def one_by_one(handler: Callable[..., tuple[Any, Any]], parts: Parts) -> list[Any]:
    """Do to each part what forward mode does to the only one; changes of the values themselves are made once."""
    first, *images = parts
    spare = [_spare(first.args) for _ in images[1:]]
    value, image = handler(first.args, images[0].args, first.options, images[0].options)
    others = [
        handler(args, part.args, first.options, part.options)[1] for args, part in zip(spare, images[1:])
    ]
    return [value, image, *others]


def _default_made(parts: Parts) -> list[Any]:
    """Make the item of a ``defaultdict`` under a key that is not there yet."""
    base, key = parts[0].args
    images = [tangent_of_default(part.args[0]) for part in parts[1:]]
    found = apply(base.default_factory, [Part(None, (), {}), *(Part(image, (), {}) for image in images)])
    for part, item in zip(parts, found):
        part.args[0][key] = item
    return found


def _spare(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return arguments of which the first, if it is a container, may be changed."""
    return tuple(copy.copy(a) if i == 0 and isinstance(a, CONTAINERS) else a for i, a in enumerate(args))


def _of_copier(copier: Any, parts: Parts) -> list[Any]:
    """A copy by the ``copy`` module."""
    written = written_copier(copier, parts[0].args[0])
    if written is None:
        return one_by_one(forward_calls.SPECIAL[copier], parts)
    return apply(written, with_args(parts, lambda part: (part.args[0], *memo_of(copier))))


def _of_nested(function: Nested, parts: Parts) -> list[Any]:
    """A nested function that is called inside of itself."""
    (args, options, captured), *images = [function.parted(part.args, part.options) for part in parts]
    own = [Part(None, args, options), *(Part(held, a, named) for a, named, held in images)]
    return _of_source(rt.Closure(function, captured), own)


def _of_source(function: Any, parts: Parts, rule: registry.Rule | None = None) -> list[Any]:
    """A function with source, or in the place of one with a rule: its forward code is called with the other directions."""
    target = Target(function)
    first = parts[0]
    values = target.bind(tuple(first.args), first.options)
    names = [*target.names, *target.captured_names()]
    everything = dict(zip(names, (*values, *target.captured())))
    by_name = [everything]
    by_name += [tangents_of(target, values, p.held, p.args, p.options) for p in parts[1:]]
    given = {
        n: _moving(everything[n], [p.get(n, 0.0) for p in by_name[1::2]])
        for n in by_name[1]
        if rule is None
        or rule.differentiates(n)
        or any(moves(everything[n], p.get(n, 0.0)) for p in by_name[1:])
    }
    code, _, wanted = prepared(target, values, given)
    images = [[_like(found.get(n, 0.0), everything[n]) for n in names] for found in by_name]
    further = [
        Part(0.0, (*whole, *(inner[n] for n in wanted)), {})
        for whole, inner in zip(images[::2], by_name[1::2])
    ]
    further[0] = Part(None, further[0].args, {})
    found = apply(code.entries[0], further) if len(further) > 1 else [code.entries[0](*further[0].args)]
    return [part for pair in found for part in pair]


def _moving(value: Any, images: list[Any]) -> Any:
    """Return a tangent in the innermost direction that is not zero, be it a mixed one; else the plain one."""
    return next((image for image in images if moves(value, image)), images[0])


def _operator_of_class(names: tuple[str, ...], parts: Parts) -> list[Any] | None:
    """An operator that the class of an operand defines in Python."""
    args = parts[0].args
    direct = names[:-1] if len(names) > 1 else names
    methods = [
        found for name in direct if (found := forward_calls.method_of_class(args[0], name)) is not None
    ]
    reflected = forward_calls.method_of_class(args[1], names[-1]) if len(names) > 1 else None
    swapped = with_args(parts, lambda part: part.args[::-1])
    if reflected is not None and type(args[0]) is not type(args[1]) and isinstance(args[1], type(args[0])):
        return apply(reflected, swapped)
    for method in methods:
        found = apply(method, with_args(parts, lambda part: part.args))
        if found[0] is not NotImplemented:
            return found
    return apply(reflected, swapped) if reflected is not None else None


# -- calls that forward mode has resolved, and forward mode itself ------------------------------------


def _of_call_jvp(parts: Parts) -> list[Any]:
    """``rt.call_jvp(f, df, args, tangents)``: a call with one direction more."""
    function = parts[0].args[0]
    inner: Parts = []
    for k, part in enumerate(parts):
        own, held, args, tangents, *named = part.args
        options, directions = named or ({}, {})
        inner += [
            Part(None if k == 0 else own, _like(args, parts[0].args[2]), _named(options)),
            Part(held, _like(tangents, parts[0].args[2]), _named(directions)),
        ]
    return _paired(apply(function, inner))


def _of_method_jvp(parts: Parts) -> list[Any]:
    """``rt.method_jvp(receiver, dreceiver, name, args, tangents)``: a call of the method with one direction more."""
    receiver, _, name = parts[0].args[:3]
    inner: Parts = []
    for part in parts:
        own, held, _, args, tangents, *named = part.args
        options, directions = named or ({}, {})
        inner += [
            Part(own, _like(args, parts[0].args[3]), _named(options)),
            Part(held, _like(tangents, parts[0].args[3]), _named(directions)),
        ]
    return _paired(of_method(receiver, name, inner))


def _named(options: Any) -> dict[str, Any]:
    return options if isinstance(options, dict) else {}


def _paired(results: list[Any]) -> list[Any]:
    return list(zip(results[::2], results[1::2]))


def _of_jvp(parts: Parts) -> list[Any]:
    """``jvp(f, primals, tangents)`` inside of a program: a call of ``f`` with one direction more."""
    if has_own_options(jvp, parts[0].options):
        return apply(jvp_by_name, parts)
    if _by_name(parts[0]).get("has_aux"):
        return apply(jvp_with_aux, with_args(parts, _arguments_of_jvp))
    function, primals, directions = _arguments_of_jvp(parts[0])
    derivative = Jvp(function)
    derivative.require_pairs(primals, directions)
    named = derivative.directions(tuple(primals), tuple(directions))
    names = derivative.target.names[len(derivative.target.before) :]
    inner: Parts = []
    for k, part in enumerate(parts):
        own, points, images = _arguments_of_jvp(part)
        points, images = _like(points, primals), _like(images, directions)
        if k == 0 and not any(map(derivative.target.gathers, names)):
            images = tuple(named.get(n, 0.0) for n, _ in zip(names, primals))
        inner += [
            Part(None if k == 0 else own, rt.clone(tuple(points)), {}),
            Part(0.0, rt.clone(tuple(map(_laid_out, images, primals))), {}),
        ]
    return _paired(apply(function, inner))  # on copies, which it may change


def _laid_out(image: Any, value: Any) -> Any:
    """Return a direction, or its tangent, in the memory layout of the argument."""
    if image is None or isinstance(value, np.ndarray):
        return as_tangent(None if isinstance(image, float) else image, value)
    return _like(image, value)


def _by_name(part: Part) -> dict[str, Any]:
    return {**dict(zip(("f", "primals", "tangents", "has_aux"), part.args)), **part.options}


def _arguments_of_jvp(part: Part) -> tuple[Any, Any, Any]:
    given = _by_name(part)
    return given["f"], given.get("primals"), given.get("tangents")


def _of_transposed(parts: Parts) -> list[Any]:
    """``rt.transposed(rule, ans, args, options, tangents)``, through both functions of the rule's own pair."""
    rule, ans, args, options, given = parts[0].args
    target, everything, (forward, backward) = transposing(rule, ans, args, options)
    count = len(target.names)
    captured = tuple(zero_tangent(value) for value in everything[count:])
    first = [Part(None, everything, {})]
    for part in parts[1:]:
        _, own, images, named, _ = part.args
        whole = (own, zero_tangent(ans), *_like(images, args))
        found = tangents_of(target, everything[:count], 0.0, whole, _named(named))
        first.append(Part(0.0, (*(found[n] for n in target.names), *captured), {}))
    swept = apply(forward, first)
    gradients = swept[0][0]
    second = [
        Part(0.0, (residuals, cotangents_of(rule, gradients, _like(part.args[4], given))), {})
        for (_, residuals), part in zip(swept, parts)
    ]
    return [found[0] for found in apply(backward, second)]


# -- methods, sequences -------------------------------------------------------------------------------


def of_method(receiver: Any, name: str, parts: Parts) -> list[Any]:
    """Return the parts of the result of ``receiver.name``; what a part holds belongs to the receiver."""
    of_object = method_of_object(receiver, name)
    if of_object is not None:
        bases = zip(parts, [receiver.__self__, *(p.held for p in parts[1:])])
        return apply(of_object, [Part(0.0, (base, *p.args), p.options) for p, base in bases])
    written = isinstance(getattr(type(receiver), name, None), types.FunctionType)
    unbound = getattr(type(receiver), name, None)
    with_receiver = [
        Part(0.0, (receiver if k == 0 else _like(p.held, receiver), *p.args), p.options)
        for k, p in enumerate(parts)
    ]
    if isinstance(receiver, (np.ndarray, np.generic, float)) and name in ARRAY_METHODS:
        return apply(function_of_method(receiver, name), with_receiver)
    if computes_methods(receiver, name):
        function, *images = apply(
            getattr, [Part(0.0, (p.args[0], 0.0 if k else name), {}) for k, p in enumerate(with_receiver)]
        )
        return apply(function, [parts[0], *(p._replace(held=image) for p, image in zip(parts[1:], images))])
    if takes_receiver(receiver, name, unbound) and registry.find(unbound) is not None:
        return apply(unbound, with_receiver)
    plain = isinstance(receiver, (*_PLAIN, np.ndarray, np.generic)) and not is_written(receiver, name)
    if plain or isinstance(receiver, CONTAINERS) and not written:

        def call_plainly(args: Any, tangents: Any, options: Any, named: Any) -> tuple[Any, Any]:
            return forward_calls.call_method(
                args[0], tangents[0], name, args[1:], tangents[1:], options, named
            )

        return one_by_one(call_plainly, with_receiver)
    function = rt.method_for(receiver, name, parts[0].args)
    if is_partial_method(function, receiver):
        parts = [parts[0], *(Part(partial_tangent(function, p.held), p.args, p.options) for p in parts[1:])]
    elif not is_method_of(function, receiver) and is_instance(receiver):
        parts = [Part(getattr(p.held, name, 0.0), p.args, p.options) for p in parts]
    return apply(function, parts)


def _of_sequence(parts: Parts) -> list[Any]:
    """What a loop runs over."""
    source = parts[0].args[0]
    if type(source) is iteration.Items:
        held = [getattr(part.args[0], "source", 0.0) for part in parts]
        found = [h if isinstance(h, float) else source.rest(h) for h in held]
        source.position = len(source.source)
        return found
    iterate = forward_calls.method_of_class(source, "__iter__") if iterating_method(source) else None
    if iterate is None and is_iterable_of_class(source):
        iterate = items_by_position
    if iterate is None or any(isinstance(part.args[0], float) for part in parts[1:]):
        values = rt.sequence(source)
        return [values, *(sequence_tangent(values, source, part.args[0]) for part in parts[1:])]
    found = apply(iterate, with_args(parts, lambda part: part.args))
    advance = forward_calls.method_of_class(found[0], "__next__")
    if advance is not None:
        return _exhausted(advance, found)
    return [list(items) for items in found]


def _exhausted(advance: Any, iterators: list[Any]) -> list[Any]:
    """Run an iterator of a user's class, and its tangents, to the end."""
    steps: list[list[Any]] = []
    given = [Part(0.0 if k else None, (iterator,), {}) for k, iterator in enumerate(iterators)]
    for _ in range(rt.MOST_ITEMS):
        try:
            steps.append(apply(advance, given))
        except StopIteration:
            return [[step[k] for step in steps] for k in range(len(iterators))]
    raise rt.endless()


# -- instances ----------------------------------------------------------------------------------------


def _of_class(cls: Any, parts: Parts) -> list[Any]:
    """Make an instance, and its tangents."""
    cls = standing_for(cls, parts[0].args)
    small = (
        tuple,
        list,
        dict,
        types.SimpleNamespace,
        collections.deque,
        float,
        complex,
        np.inexact,
        BaseException,
    )
    if issubclass(cls, small) or package_of(cls) in ("builtins", "numpy", "collections"):
        return one_by_one(functools.partial(make, forward_calls.call, cls), parts)
    refuse_unknown_making(cls, place(cls))
    value = cls.__new__(cls)
    made = [value, *(Tangent(value) for _ in parts[1:])]
    if _has_generated_init(cls):
        given = _fill_fields(cls, made, parts)
        if getattr(cls, "__post_init__", None) is not None:
            apply(cls.__post_init__, [Part(0.0, (item, *rest), {}) for item, rest in zip(made, given)])
    elif cls.__init__ is not object.__init__:
        apply(cls.__init__, [Part(0.0, (item, *p.args), p.options) for item, p in zip(made, parts)])
    return made


def _has_generated_init(cls: Any) -> bool:
    code = getattr(cls.__init__, "__code__", None)
    return dataclasses.is_dataclass(cls) and code is not None and code.co_filename == "<string>"


def _fill_fields(cls: Any, made: list[Any], parts: Parts) -> list[tuple[Any, ...]]:
    """Fill the fields of a dataclass as its generated ``__init__`` does; return what ``__post_init__`` gets beside."""
    signature = inspect.signature(cls)
    bound = [signature.bind(*part.args, **part.options).arguments for part in parts]
    for field in dataclasses.fields(cls):
        if field.name in bound[0]:
            items = [given[field.name] for given in bound]
        elif field.default_factory is not dataclasses.MISSING:
            item = field.default_factory()
            items = [item, *(zero_tangent(item) for _ in made[1:])]
        elif field.default is not dataclasses.MISSING:
            items = [field.default, *(zero_tangent(field.default) for _ in made[1:])]
        else:
            continue
        for whole, item in zip(made, items):
            object.__setattr__(whole, field.name, item)
    names = [(field.name, field.default) for field in init_only_fields(cls)]
    return [
        tuple(given.get(n, default if k == 0 else zero_tangent(default)) for n, default in names)
        for k, given in enumerate(bound)
    ]
