"""Forward mode through generated reverse-mode code: what that resolves when it runs, with tangents.

A call inside of a differentiated program returns its value, the value's shadow and a pullback; here each of the three
comes with its tangent.  The tangent of a shadow is a shadow, that of a pullback holds the tangents of what it keeps.
"""

from __future__ import annotations

import collections
import copy
import functools
import inspect
import operator
import random
import types
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import numpy as np

from srcad import dynamic, dynamic_containers, dynamic_rules
from srcad import runtime as rt
from srcad.analysis.infer import ARRAY_METHODS
from srcad.analysis.kinds import is_differentiable, kind_of
from srcad.compilation import compiled, third_derivative
from srcad.derive.builtin_sources import source_of_builtin
from srcad.derive.call_adjoints import CONVERSIONS
from srcad.dynamic_containers import written_copier
from srcad.dynamic_exceptions import noting_changes
from srcad.dynamic_objects import carries, fill_fields
from srcad.dynamic_operators import is_method, method_of_object, mixed
from srcad.errors import NoDerivativeError
from srcad.lang.function import Nested
from srcad.operators.computed import by_class, keep_cached
from srcad.operators.over_copies import (
    both,
    container_call,
    copied,
    deque_made,
    dict_made,
    fields_of,
    init_only_tangents,
    is_listed,
    items_listed,
    namespace_made,
    partial_called,
    partial_made,
    record_made,
    record_method,
)
from srcad.operators.sources import SOURCES, items_by_position
from srcad.rules import registry
from srcad.runtime.libraries import OfLibrary
from srcad.runtime.tangents import CONTAINERS, Tangent, complete_tangent, partial_of, zero_tangent
from srcad.targets import Target, is_partial_method, partial_shadow, partial_tangent, refuse_changed_defaults

__all__ = ["bound_images", "by_products", "call_with_shadows", "method_with_shadows"]


class ShadowedCall(NamedTuple):
    """What ``rt.call`` is given: a function, arguments and the shadows of all; or the tangents of these."""

    function: Any
    own: Any
    values: tuple[Any, ...]
    shadows: tuple[Any, ...]
    options: dict[str, Any]
    option_shadows: dict[str, Any]


def plain_call(function: Any, values: Any, shadows: Any) -> ShadowedCall:
    """Return the call of a function that holds nothing, without options."""
    return ShadowedCall(function, None, tuple(values), tuple(shadows), {}, {})


CALLS: dict[Any, Any] = {}
"""Functions whose derivatives are known in all modes, with how to call them."""
Outcome = tuple[Any, Any]
Call = Callable[..., Outcome]
_NUMERIC = (float, int, complex, np.ndarray, np.generic)
_UFUNCS: dict[Any, Any] = {
    operator.add: np.add, operator.sub: np.subtract, operator.mul: np.multiply, operator.truediv: np.true_divide,
    operator.pow: np.power, operator.mod: np.mod, operator.matmul: np.matmul, operator.neg: np.negative,
}  # fmt: skip
_UPDATES: dict[Any, Any] = {
    operator.iadd: np.add, operator.isub: np.subtract, operator.imul: np.multiply, operator.itruediv: np.true_divide,
    operator.ipow: np.power, operator.imod: np.mod,
}  # fmt: skip
_JOINING = (operator.add, operator.iadd, operator.mul, operator.imul, operator.or_, operator.ior)
_PLAIN = (str, bytes, int, float, range, set, frozenset, np.random.Generator, OfLibrary)
_ATTRIBUTES = (getattr, setattr, delattr, vars, object.__getattribute__, object.__setattr__)
_STRUCTURAL = (operator.getitem, operator.setitem, operator.delitem, *_ATTRIBUTES)


def call_with_shadows(call: Call, args: Any, tangents: Any) -> Outcome:
    """Return what ``rt.call(*args)`` returns, and its tangent."""
    function, own, values, shadows, options, _ = args
    dfunction, down, dvalues, dshadows, *_ = tangents
    known = isinstance(function, Hashable)
    if known and function in CALLS:
        outcome, image = CALLS[function]([ShadowedCall(*args), ShadowedCall(*tangents)])
        return outcome, image
    if isinstance(function, functools.partial):
        return call_with_shadows(call, *partial_called(args, tangents))
    if known and function in (copy.copy, copy.deepcopy):
        written = written_copier(function, values[0])
        if written is None:
            return copied(args, tangents)
        memo = () if function is copy.copy else ({},)
        parts = ((values[0], *memo), (shadows[0], *(None for _ in memo)), {}, {})
        images = ((dvalues[0], *memo), (dshadows[0], *(0.0 for _ in memo)), {}, {})
        return _of_function(call, (written, None, *parts), (0.0, 0.0, *images))
    meant = mixed(function, values) if known else None
    if (
        known
        and function in _UPDATES
        and isinstance(values[0], np.ndarray)
        and isinstance(values[1], (list, tuple))
    ):
        meant = function
    if meant is not None:
        return _with_made(call, meant, np.array, [ShadowedCall(*args), ShadowedCall(*tangents)])
    if function is operator.ior and isinstance(values[0], dict) and isinstance(values[1], (list, tuple)):
        return _with_made(call, function, dict, [ShadowedCall(*args), ShadowedCall(*tangents)])
    if known and function in _OUT_OF_PLACE and _is_not_updated(function, values[0]):
        function = _OUT_OF_PLACE[function]
        args = (function, *args[1:])
    if any(function is maker for maker in dynamic._operators):
        made = function(*values, **options)
        return (made, shadows[0], _nothing_to_do), (dvalues[0], dshadows[0], 0.0)
    if function is super:
        return (super(*values), shadows[1], _nothing_to_do), (dvalues[1], dshadows[1], 0.0)
    if isinstance(function, Nested):
        return _of_nested(call, args, tangents)
    if known and function in _UFUNCS and all(isinstance(v, _NUMERIC) for v in values):
        function = _UFUNCS[function]
    converted = _method_of_class(function, values) if known and function in CONVERSIONS else None
    if known and registry.find(function) is not None and converted is None:
        return _of_rule(call, (function, *args[1:]), tangents)
    of_library = known and function in SOURCES and any(isinstance(value, OfLibrary) for value in values)
    if of_library or function is getattr and has_no_derivative(*values[:2]):
        made = dynamic.call(*args)
        return made, (zero_tangent(made[0]), zero_tangent(made[1]), 0.0)
    if (
        function is getattr
        and values[1] in ("real", "imag")
        and isinstance(values[0], (float, complex, np.generic))
    ):
        part = getattr(np, values[1])
        return _of_rule(
            call, (part, None, values[:1], shadows[:1], {}, {}), (0.0, 0.0, dvalues[:1], dshadows[:1], {}, {})
        )
    if known and function in (getattr, setattr, operator.getitem):
        given = [ShadowedCall(*args), ShadowedCall(*tangents)]
        made = by_class(given)
        if made is not None:
            found = _of_function(call, *made)
            keep_cached(given, found)
            return found
    if function is getattr and _names_a_method_of_an_array(*values[:2]):
        return (getattr(*values[:2]), shadows[0], _nothing_to_do), (dvalues[0], dshadows[0], 0.0)
    if known and function in _STRUCTURAL and not _is_computed(function, values):
        return _structural(args, tangents)
    if known and function in _JOINING and any(isinstance(value, CONTAINERS) for value in values):
        return _structural(args, tangents)
    method = _method_of_class(function, values) if known else None
    if method is not None:
        places = (0, 2) if function is setattr else (0,) if function is getattr else range(len(values))
        own_args = [tuple(part[i] for i in places) for part in (values, shadows, dvalues, dshadows)]
        return _of_function(call, (method, None, *own_args[:2], {}, {}), (0.0, 0.0, *own_args[2:], {}, {}))
    if known and function in _UPDATES and values and isinstance(values[0], np.ndarray):
        return _update(call, args, tangents)
    reflected = _reflected_method(function, values) if known else None
    if reflected is not None:
        swapped = [tuple(part)[::-1] for part in (values, shadows, dvalues, dshadows)]
        return _of_function(call, (reflected, None, *swapped[:2], {}, {}), (0.0, 0.0, *swapped[2:], {}, {}))
    if function is rt.sequence and dynamic_containers.is_iterable_of_class(values[0]):
        return _iterated(call, args, tangents)
    if function is rt.sequence or (function is list or function is tuple) and is_listed(*values[:1]):
        return items_listed(args, tangents)
    if isinstance(function, type) and function in SOURCES:
        return _of_function(call, (SOURCES[function], *args[1:]), tangents)
    if isinstance(function, type):
        return _of_class(call, args, tangents)
    receiver = getattr(function, "__self__", None)
    if (
        isinstance(function, types.BuiltinMethodType)
        and function not in SOURCES
        and receiver is not None
        and not inspect.ismodule(receiver)
    ):
        dreceiver, down, own = _holder(dfunction), _holder(down), _holder(own)
        return method_with_shadows(
            call, (receiver, own, function.__name__, *args[2:]), (dreceiver, down, 0.0, *tangents[2:])
        )
    if known:
        function = SOURCES.get(function, function)
    if isinstance(function, types.BuiltinFunctionType):
        function = source_of_builtin(function, len(values), tuple(options)) or function
    return _of_function(call, (function, *args[1:]), tangents)


def _with_made(call: Call, function: Any, maker: Any, calls: list[ShadowedCall]) -> Outcome:
    """Apply an operator between an array or dict and a list, of which ``maker`` makes the like."""
    first, image = calls
    operands, images, undo = [], [], []
    for place, value in enumerate(first.values):
        pairs = [(c.values[place], c.shadows[place]) for c in calls]
        if isinstance(value, (list, tuple)):
            given = [plain_call(f, (v,), (s,)) for f, (v, s) in zip((maker, 0.0), pairs)]
            (*found, pullback), (*down, dpullback) = call_with_shadows(call, *given)
            pairs = [tuple(found), tuple(down)]
            undo.append((pullback, dpullback))
        operands.append(pairs[0])
        images.append(pairs[1])
    whole = [plain_call(f, *zip(*parts)) for f, parts in ((function, operands), (0.0, images))]
    (*made, pullback), (*moved, dpullback) = call_with_shadows(call, *whole)
    undo.insert(0, (pullback, dpullback))
    pulls = functools.partial(dynamic_containers.run, [p for p, _ in undo])
    return (*made, pulls), (*moved, partial_of(0.0, [d for _, d in undo]))


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
    if isinstance(receiver, CONTAINERS) and type(receiver).__module__ in ("builtins", "collections"):
        found, image = container_call((receiver, own, name, *rest), (dreceiver, down, 0.0, *drest))
        return (*found, _nothing_to_do), (*image, 0.0)
    if isinstance(receiver, (np.ndarray, np.generic, float, complex)) and name in ARRAY_METHODS:
        with_receiver = ((receiver, *rest[0]), (own, *rest[1]), *rest[2:])
        images = ((dreceiver, *drest[0]), (down, *drest[1]), *drest[2:])
        return _of_rule(call, (ARRAY_METHODS[name], None, *with_receiver), (0.0, 0.0, *images))
    reason = registry.reason_refused(getattr(type(receiver), name, None))
    if reason is not None and carries((*rest[1], *rest[3].values())):
        raise NoDerivativeError(reason)
    function = getattr(receiver, name)
    drawing = isinstance(receiver, random.Random) and isinstance(function, types.BuiltinMethodType)
    if drawing or isinstance(receiver, _PLAIN):
        value, shadow, pullback = dynamic.call_without_derivative(function, *rest[::2])
        return (value, shadow, pullback), (zero_tangent(value), zero_tangent(shadow), 0.0)
    if is_partial_method(function, receiver):
        own, down = partial_shadow(function, own), partial_shadow(function, down)
        dreceiver = partial_tangent(function, dreceiver)
    elif not isinstance(function, types.MethodType) and isinstance(
        dreceiver, Tangent
    ):  # an attribute that is called
        dreceiver, down = getattr(dreceiver, name), getattr(down, name, 0.0)
        own = getattr(own, name, None)
    return call_with_shadows(call, (function, own, *rest), (dreceiver, down, *drest))


def _nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""


def _is_computed(function: Any, values: Any) -> bool:
    """Tell whether a class, or an array, decides what an item or attribute is."""
    base = values[0]
    if function is vars:
        return False
    if function in _ATTRIBUTES:
        plain = isinstance(base, _NUMERIC) and values[1] not in ("T", "mT")
        return plain or isinstance(getattr(type(base), values[1], None), property)
    return not isinstance(base, (*CONTAINERS, np.ndarray)) or _method_of_class(function, values) is not None


def has_no_derivative(base: Any, name: str) -> bool:
    """Tell whether an attribute holds no numbers to differentiate."""
    of_array = isinstance(base, _NUMERIC) and name in ("dtype", "shape", "ndim", "size", "kind")
    return of_array or isinstance(base, np.dtype) or str(name).startswith("__") and name != "__dict__"


_TITLES = (
    "add",
    "sub",
    "mul",
    "truediv",
    "pow",
    "mod",
    "floordiv",
    "matmul",
    "and_",
    "or_",
    "xor",
    "lshift",
    "rshift",
)
_OUT_OF_PLACE: dict[Any, Any] = {
    getattr(operator, "i" + title.rstrip("_")): getattr(operator, title) for title in _TITLES
}


def _is_not_updated(update: Any, target: Any) -> bool:
    """Tell whether ``target op= value`` makes a new value."""
    if isinstance(target, (*CONTAINERS, np.ndarray)):
        return isinstance(target, tuple)
    return not isinstance(getattr(type(target), f"__{update.__name__}__", None), types.FunctionType)


def _method_of_class(function: Any, values: Any) -> Any:
    """Return the method that a Python class defines for an operator on its instance."""
    if function in (getattr, setattr) and values and isinstance(values[1], str):
        computed = getattr(type(values[0]), values[1], None)
        return (
            (computed.fget if function is getattr else computed.fset)
            if isinstance(computed, property)
            else None
        )
    title = getattr(function, "__name__", "")
    known = function in CONVERSIONS or getattr(operator, title, None) is function
    if not known or not values or isinstance(values[0], _NUMERIC):
        return None
    found = getattr(type(values[0]), f"__{title.rstrip('_')}__", None)
    return found if isinstance(found, types.FunctionType) else None


def _reflected_method(function: Any, values: Any) -> Any:
    """Return the method of the second operand's class that an operator calls where the first has none."""
    title = getattr(function, "__name__", "")
    if getattr(operator, title, None) is not function or len(values) != 2 or isinstance(values[1], _NUMERIC):
        return None
    found = getattr(type(values[1]), f"__r{title.rstrip('_')}__", None)
    return found if isinstance(found, types.FunctionType) else None


def _update(call: Call, args: Any, tangents: Any) -> Outcome:
    """Do ``base op= value`` for an array, its tangent, and the tangent of what undoes it."""
    update, _, (base, value), shadows, *_ = args
    dbase, dvalue = tangents[2]
    before, operand = np.array(dbase), np.array(dvalue) if isinstance(dvalue, np.ndarray) else dvalue
    _, moved = call(_UPDATES[update], 0.0, (base, value), (dbase, dvalue), {}, {})
    outcome = dynamic.call(update, None, (base, value), shadows, {}, {})
    dbase[...] = moved
    dshadow, dvalue_shadow = tangents[3]
    undo = partial_of(0.0, 0.0, dbase, dshadow, before, operand, dvalue_shadow)
    return outcome, (dbase, dshadow, undo)


def _iterated(call: Call, args: Any, tangents: Any) -> Outcome:
    """List what an instance iterates over, as its class says."""
    iterate = getattr(type(args[2][0]), "__iter__", items_by_position)
    found, image = _of_function(call, (iterate, None, *args[2:]), (0.0, 0.0, *tangents[2:]))
    advance = getattr(type(found[0]), "__next__", None)
    if not isinstance(advance, types.FunctionType):
        return (list(found[0]), *found[1:]), image
    steps = [(found, image)]
    given = ((advance, None, found[:1], found[1:2], {}, {}), (0.0, 0.0, image[:1], image[1:2], {}, {}))
    for _ in range(dynamic_containers.MOST_ITEMS):
        try:
            steps.append(_of_function(call, *given))
        except StopIteration:
            return _gathered(steps)
    raise dynamic_containers.endless()


def _gathered(steps: list[Any]) -> Outcome:
    """Return the list of the items of an iterator, which was made first, and what undoes all steps."""
    items = steps[1:]
    made = ([value for (value, _, _), _ in items], [shadow for (_, shadow, _), _ in items])
    images = ([dvalue for _, (dvalue, _, _) in items], [dshadow for _, (_, dshadow, _) in items])
    pullback = functools.partial(dynamic_containers.run, [pullback for (_, _, pullback), _ in steps[::-1]])
    return (*made, pullback), (*images, partial_of(0.0, [dpullback for _, (_, _, dpullback) in steps[::-1]]))


def _holder(image: Any) -> Any:
    """Return what a method that was read as an attribute belongs to; other values as they are."""
    return image.__self__ if isinstance(image, types.BuiltinMethodType) else image


def _names_a_method_of_an_array(base: Any, name: str) -> bool:
    """Tell whether an attribute of an array or a number is a method."""
    return isinstance(base, (np.ndarray, np.generic, float, complex)) and is_method(getattr(base, name, None))


def _structural(args: Any, tangents: Any) -> Outcome:
    """Read or change an item or attribute of values and tangents alike."""
    function, own, values, shadows, options, option_shadows = args
    _, _, dvalues, dshadows, _, _ = tangents
    value, shadow, pullback = dynamic.call(function, own, values, shadows, options, option_shadows)
    if function is getattr:
        dvalues = (complete_tangent(dvalues[0], values[0]), *dvalues[1:])
        if isinstance(dvalues[0], float):  # that of an object in which no derivative is known
            return (value, shadow, pullback), (zero_tangent(value), zero_tangent(shadow), 0.0)
    if is_method(value):
        return (value, shadow, pullback), (dvalues[0], dshadows[0], 0.0)
    if (
        isinstance(dvalues[0], Tangent)
        and isinstance(value, dict)
        and value is getattr(values[0], "__dict__", None)
    ):
        down = 0.0 if shadow is None else vars(dshadows[0])
        return (value, shadow, pullback), (dvalues[0].attributes(), down, 0.0)
    mirrored = (dvalues[0], *values[1:2], *dvalues[2:])
    if function in _JOINING:
        mirrored = tuple(d if isinstance(v, CONTAINERS) else v for v, d in zip(values, dvalues))
    images = tuple(None if s is None else d for s, d in zip(shadows, dshadows))
    dvalue, dshadow, dpullback = dynamic.call(function, None, mirrored, images, options, option_shadows)
    return (value, shadow, functools.partial(both, pullback, dpullback)), (
        0.0 if dvalue is None else dvalue,
        0.0 if dshadow is None else dshadow,
        0.0,
    )


def _of_rule(call: Call, args: Any, tangents: Any) -> Outcome:
    """Call a function that has a rule."""
    function, _, values, shadows, options, option_shadows = args
    _, _, dvalues, dshadows, doptions, doption_shadows = tangents
    value, shadow, pullback = dynamic_rules.call_of_rule(function, values, shadows, options, option_shadows)
    _, dvalue = call(function, 0.0, values, dvalues, options, doptions)
    downs = tuple(0.0 if held is None else d for held, d in zip(shadows, dshadows))
    views = rt.mirrored_views(value, values, downs)
    if not isinstance(pullback, functools.partial):
        return (value, shadow, pullback), (
            dvalue,
            dynamic_rules.views_or_own(views, zero_tangent(shadow)),
            0.0,
        )
    own = zero_tangent(pullback.args[2])
    dshadow = dynamic_rules.views_or_own(views, own)
    rule = pullback.args[0]
    signature = inspect.Signature(rule.parameters)
    darguments = signature.bind(*dvalues, **doptions).arguments
    images = {n: d for n, d in signature.bind(*dshadows, **doption_shadows).arguments.items()}
    kept = (0.0, dvalue, own, dvalues, doptions, darguments, images)
    return (value, shadow, pullback), (dvalue, dshadow, partial_of(0.0, *kept))


def _of_class(call: Call, args: Any, tangents: Any) -> Outcome:
    """Make an instance, its shadow and the tangents of both."""
    cls, _, values, shadows, options, option_shadows = args
    if issubclass(cls, functools.partial):
        return partial_made(args, tangents)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return record_made(args, tangents)
    if issubclass(cls, collections.deque):
        return deque_made(args, tangents)
    if cls is types.SimpleNamespace:
        return namespace_made(args, tangents)
    if issubclass(cls, dict):
        return dict_made(args, tangents)
    init, after = cls.__init__, getattr(cls, "__post_init__", None)
    is_generated = not isinstance(init, types.FunctionType) or init.__code__.co_filename == "<string>"
    if is_generated and isinstance(after, types.FunctionType):
        return _of_dataclass(call, args, tangents)
    if cls is np.vectorize:
        value, shadow, pullback = dynamic.call(cls, None, values, shadows, options, option_shadows)
        dvalue, dshadow = Tangent(value), rt.Shadow()
        dvalue.pyfunc = tangents[2][0] if tangents[2] else tangents[4].get("pyfunc")
        dshadow.pyfunc = tangents[3][0] if tangents[3] else tangents[5].get("pyfunc")  # type: ignore[attr-defined]
        return (value, shadow, pullback), (dvalue, dshadow, 0.0)
    if is_generated:
        value, shadow, pullback = dynamic.call(cls, None, values, shadows, options, option_shadows)
        if hasattr(value, "__dict__") or hasattr(cls, "__slots__"):
            return (value, shadow, pullback), (*fields_of(cls, value, shadow, tangents), 0.0)
        dvalue, dshadow, dpullback = dynamic.call(
            cls, None, tangents[2], tangents[3], tangents[4], tangents[5]
        )
        return (value, shadow, functools.partial(both, pullback, dpullback)), (dvalue, dshadow, 0.0)
    value, shadow = cls.__new__(cls), rt.Shadow()
    dvalue, dshadow = Tangent(value), rt.Shadow()
    with_self = (init, None, (value, *values), (shadow, *shadows), options, option_shadows)
    images = (0.0, 0.0, (dvalue, *tangents[2]), (dshadow, *tangents[3]), *tangents[4:])
    (_, _, pullback), (_, _, dpullback) = _of_function(call, with_self, images)
    return (value, shadow, pullback), (dvalue, dshadow, dpullback)


def _of_dataclass(call: Call, args: Any, tangents: Any) -> Outcome:
    """Make an instance of a dataclass, which goes on in ``__post_init__``."""
    cls, _, values, shadows, options, option_shadows = args
    value, shadow = cls.__new__(cls), rt.Shadow()
    given = fill_fields(cls, value, shadow, (values, options), (shadows, option_shadows))
    dvalue, dshadow = fields_of(cls, value, shadow, tangents)
    dgiven, dimages = init_only_tangents(cls, given, tangents)
    passed, images = zip((value, shadow), *given)
    whole = (cls.__post_init__, None, passed, images, {}, {})
    down = (0.0, 0.0, (dvalue, *dgiven), (dshadow, *dimages), {}, {})
    (_, _, pullback), (_, _, dpullback) = _of_function(call, whole, down)
    return (value, shadow, pullback), (dvalue, dshadow, dpullback)


def _of_nested(call: Call, args: Any, tangents: Any) -> Outcome:
    """Call a nested function from inside of itself: what it captured comes last."""
    nested, _, values, shadows, options, option_shadows = args
    count = len(values) - len(nested.captured)
    closure = rt.Closure(nested, tuple(values[count:]))
    own = list(shadows[count:])
    return _of_function(
        call,
        (closure, own, values[:count], shadows[:count], options, option_shadows),
        (
            tuple(tangents[2][count:]),
            list(tangents[3][count:]),
            tangents[2][:count],
            tangents[3][:count],
            *tangents[4:],
        ),
    )


def _of_function(call: Call, args: Any, tangents: Any) -> Outcome:
    """Call a function with source: the forward half of its own derivative is differentiated, and kept the other."""
    function, own, values, shadows, options, option_shadows = args
    held, down, dvalues, dshadows, doptions, doption_shadows = tangents
    target = Target(function)
    bound = target.bind(tuple(values), options)
    captured = target.captured()
    names = [*target.names, *target.captured_names()]
    image_of = bound_images(target, own, shadows, option_shadows, len(captured))
    everything = dict(zip(names, dynamic.floats_for(target, (*bound, *captured), image_of)))
    bound = tuple(everything[n] for n in target.names)
    wanted = tuple(
        n for n, v in everything.items() if image_of.get(n) is not None and is_differentiable(kind_of(v))
    )
    code = compiled(target, bound, wanted, "call", aliased=rt.share_memory(tuple(everything.values())))
    refuse_changed_defaults(target, code.changed_arguments, tuple(bound))
    dvalue_of = bound_images(target, held, dvalues, doptions, len(captured))
    dimage_of = bound_images(target, down, dshadows, doption_shadows, len(captured))
    for n in code.shadowed:
        if image_of.get(n) is None:
            image_of[n] = rt.shadow(everything[n])
    for n, value in everything.items():
        dvalue_of[n] = complete_tangent(dvalue_of.get(n), value)
        dimage_of[n] = complete_tangent(dimage_of.get(n), image_of.get(n))
    if not isinstance(code.entries[0], types.FunctionType):
        first = [tuple(by_name.get(n) for n in everything) for by_name in (everything, image_of)]
        other = [tuple(by_name[n] for n in everything) for by_name in (dvalue_of, dimage_of)]
        made = by_products(target, bound)
        return _of_function(call, (made, None, *first, {}, {}), (0.0, 0.0, *other, {}, {}))
    forward, backward = code.entries
    given = (*everything.values(), *(image_of[n] for n in code.shadowed))
    dgiven = (*(dvalue_of[n] for n in everything), *(dimage_of[n] for n in code.shadowed))
    outcome, image = noting_changes(target, call, forward, 0.0, given, dgiven, {}, {})
    names_of = zero_tangent(code.valued)
    if code.result_shadowed:
        value, shadow, residuals = outcome
        dvalue, dshadow, dresiduals = image
        pullback = functools.partial(dynamic._pull, backward, residuals, code.valued, image_of)
        return (value, shadow, pullback), (
            dvalue, dshadow, partial_of(0.0, 0.0, dresiduals, names_of, dimage_of)
        )  # fmt: skip
    value, residuals = outcome
    dvalue, dresiduals = image
    shadow = rt.shadow(value)
    dshadow = zero_tangent(shadow)
    pullback = functools.partial(dynamic._pull_value, backward, residuals, shadow, code.valued, image_of)
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
    bound = target.signature.bind(*before, *parts, **{**named, **options}).arguments
    found = {name: bound.get(name) for name in target.names}
    for name, parameter in target.signature.parameters.items():
        if name not in bound and parameter.kind is parameter.VAR_POSITIONAL:
            found[name] = ()
        elif name not in bound and parameter.kind is parameter.VAR_KEYWORD:
            found[name] = {}
    inner = own if target.closure is not None and isinstance(own, (list, tuple)) else (None,) * captured
    found.update(zip(target.captured_names(), inner))
    return found
