"""Calls on traced values: compute the result, and record what the function's rule will need."""

from __future__ import annotations

import copy
import inspect
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

import srcad.rules  # noqa: F401  (fills the registry)
from srcad import runtime as rt
from srcad import tree
from srcad.errors import NoDerivativeError, UnsupportedError
from srcad.rules import registry
from srcad.rules.registry import Rule
from srcad.runtime.attributes import attributes_of
from srcad.runtime.memory import is_instance
from srcad.tape.cuts import cut
from srcad.tape.options import with_plain_options
from srcad.tape.recording import Node, Operation, Readable, Route, Token, recording, refuse_thread

__all__ = [
    "ITEM",
    "Call",
    "Place",
    "Search",
    "binary",
    "bind",
    "frozen",
    "has_parts",
    "items_of",
    "parts_of",
    "record",
    "result_of",
    "subscript",
    "title",
    "unary",
    "unwrapped",
]

Place = int | str
_NONE: dict[str, Any] = {}


class Call:
    """What is known about all calls of one function with one form of arguments.

    Attributes
    ----------
    reverse : callable
        The function's rule, cut to the gradients of the parameters that hold traced values.
    single : bool
        ``reverse`` returns one gradient, not a tuple.
    elementwise : bool
        ``reverse`` returns partial derivatives.
    traced : callable or None
        ``reverse`` for values that are themselves traced, made when first needed.
    routes : dict
        For each place that holds a traced value, where its gradient is returned.
    unread : set
        The places of whose arguments at most the shape is needed.
    is_derived : bool
        Higher derivatives do not use the rule once more: the first argument is all they see.
    given : Rule or None
        The rule, if it is the user's: it is called as it stands, and what it returns is checked.
    checks : list
        Places that must hold their default, each with the default and the reason.
    """

    __slots__ = (
        "checks",
        "elementwise",
        "given",
        "is_derived",
        "reverse",
        "routes",
        "single",
        "traced",
        "unread",
    )

    def __init__(
        self, rule: Rule, places: dict[Place, tuple[str, tuple[int, ...]]], held: set[Place]
    ) -> None:
        self.given = rule if rule.given else None
        self.is_derived = rule.derived_as is not None
        if rule.given:
            wanted = tuple(range(len(rule.wrt)))
            self.reverse, reads = rule.reverse, frozenset(parameter for parameter, _ in places.values())
        else:
            wanted = tuple(sorted({rule.wrt.index(places[place][0]) for place in held}))
            self.reverse, reads = cut(rule.reverse, len(rule.wrt), wanted)
        self.traced: Callable[..., Any] | None = None
        self.single = len(wanted) == 1
        self.elementwise = rule.kind == "elementwise"
        self.routes = {
            place: Route(wanted.index(rule.wrt.index(places[place][0])), places[place][1], place, ())
            for place in held
        }
        self.unread = {place for place, (parameter, _) in places.items() if parameter not in reads}
        self.checks = [
            (place, _default(rule, parameter), rule.refused[parameter])
            for place, (parameter, _) in places.items()
            if parameter in rule.refused
        ]


def _default(rule: Rule, parameter: str) -> Any:
    return next(p.default for p in rule.parameters if p.name == parameter)


def _item(ans: Any, g: Any, x: Any, index: Any) -> Any:
    return rt.scatter(g, x, index)


_SUBSCRIPT = Call(
    Rule(operator.getitem, ("x",), "vjp", _item, linear=True), {0: ("x", ()), 1: ("index", ())}, {0}
)
# Marks the operation that takes one part of a result with several parts.
ITEM = Call(Rule(operator.getitem, ("x",), "vjp", _item, linear=True), {0: ("x", ())}, {0})

_CALLS: dict[Any, Call] = {}


def bind(function: Any, count: int, keywords: tuple[str, ...], held: frozenset[Place]) -> Call:
    """Return the call of ``function`` with traced values in the places ``held``.

    Raises
    ------
    NoDerivativeError
        If the function has no rule, or none for these arguments.
    """
    if not registry.is_key(function):
        raise _no_rule(function)
    key = function, count, keywords, held
    call = _CALLS.get(key)
    if call is None:
        rule = registry.find(function)
        if rule is None:
            raise _no_rule(function)
        places = _places(rule, count, keywords)
        for place in held:
            parameter = places[place][0]
            if parameter not in rule.wrt and parameter not in rule.refused:
                raise NoDerivativeError(
                    f"{title(function)} has no derivative with respect to its argument '{parameter}', "
                    "which is a value that a tape follows.",
                    "Pass its plain number or array, x.value, if it is meant as a constant there.",
                )
            if parameter in rule.refused:
                raise NoDerivativeError(rule.refused[parameter])
        call = _CALLS[key] = Call(rule, places, set(held))
    return call


def _places(rule: Rule, count: int, keywords: tuple[str, ...]) -> dict[Place, tuple[str, tuple[int, ...]]]:
    """Return for each argument the parameter that it is bound to, and its position in a starred one."""
    try:
        bound = inspect.Signature(rule.parameters).bind(*range(count), **{k: k for k in keywords})
    except TypeError as error:
        raise NoDerivativeError(*rule.unfit(error)) from None
    places: dict[Place, tuple[str, tuple[int, ...]]] = {}
    for parameter, value in bound.arguments.items():
        if isinstance(value, tuple):
            places.update({place: (parameter, (i,)) for i, place in enumerate(value)})
        elif isinstance(value, dict):
            places.update({place: (parameter, ()) for place in value})
        else:
            places[value] = parameter, ()
    return places


def _no_rule(function: Any) -> NoDerivativeError:
    reason = registry.reason_refused(function)
    if reason is not None:
        return NoDerivativeError(f"{title(function)} is not differentiated. {reason}")
    if registry.is_mutating(function):
        return NoDerivativeError(
            f"{title(function)} changes an array in place, which a tape cannot follow.",
            "Use a function that returns a new array, or differentiate with srcad.grad.",
        )
    return NoDerivativeError(
        f"{title(function)} has no derivative rule, and was called with a value that a tape follows.",
        "Write it with functions that have rules, or pass x.value if no derivative is wanted.",
    )


def title(function: Any) -> str:
    """Return how a user writes the name of a function."""
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", repr(function))
    module = getattr(function, "__module__", None) or ("numpy" if isinstance(function, np.ufunc) else "")
    return f"{module}.{name}".removeprefix("builtins.").removeprefix(".").replace("numpy.", "np.", 1)


def record(function: Any, compute: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return ``compute(*args, **kwargs)`` on plain values, recorded as a call of ``function``."""
    if kwargs or not isinstance(function, np.ufunc):
        args, kwargs, dtype = with_plain_options(function, args, kwargs)
        if dtype is not None:
            made = record(function, compute, args, kwargs)
            return made.astype(dtype) if hasattr(made, "astype") else made
    found = Search()
    raw = tuple([found.unwrapped(argument, place) for place, argument in enumerate(args)])
    options = (
        {name: found.unwrapped(argument, name) for name, argument in kwargs.items()} if kwargs else _NONE
    )
    if not found.parents:
        return compute(*raw, **options)
    if _is_constant(function):
        return compute(*raw, **options)
    call = bind(function, len(args), tuple(kwargs), frozenset([place for place, _ in found.ways]))
    for place, default, reason in call.checks:
        value = kwargs[place] if isinstance(place, str) else args[place]
        if value is not default and value is not np._NoValue:
            raise NoDerivativeError(reason)
    routes = []
    for place, inner in found.ways:
        route = call.routes[place]
        routes.append(Route(route.slot, route.path + inner, place, inner) if inner else route)
    held = call.routes
    kept = tuple([a if p in call.unread or p in held and type(a) not in NESTED else frozen(a)
                  for p, a in enumerate(raw)])  # fmt: skip
    named = {name: frozen(value) for name, value in options.items()} if options else _NONE
    operation = Operation(call, kept, named, tuple(found.parents), tuple(routes))
    constants = [a for p, a in enumerate(raw) if type(a) is np.ndarray and p not in held]
    value = compute(*raw, **options)
    if call.given and any(isinstance(leaf, Node) for leaf in tree.leaves(value)):
        raise UnsupportedError(f"{title(function)} reads a value that a tape follows from around it, and its rule has no "
                               "gradient for it.", "Pass it as an argument.")  # fmt: skip
    if constants:
        value = _apart(value, constants)
    return result_of(value, type(found.parents[0]), found.tokens(), operation)


NESTED = (list, tuple, dict)


def _is_constant(function: Any) -> bool:
    return registry.find(function) is None and registry.is_constant(function)


class Search:
    """Replaces traced values among arguments by their plain values, and notes those that are followed."""

    __slots__ = ("active", "parents", "ways")

    def __init__(self) -> None:
        self.active = recording.tokens
        self.parents: list[Node] = []
        self.ways: list[tuple[Place, tuple[Any, ...]]] = []

    def unwrapped(self, value: Any, place: Place, inner: tuple[Any, ...] = ()) -> Any:
        if not isinstance(value, Node) and isinstance(value, Readable):
            value = value.read()
        if isinstance(value, Node):
            for token in self.active:
                if token in value.tokens:
                    self.parents.append(value)
                    self.ways.append((place, inner))
                    break
            else:
                refuse_thread(value)
            return value.raw
        kind = type(value)
        if kind is list or kind is tuple:
            return kind([self.unwrapped(item, place, (*inner, i)) for i, item in enumerate(value)])
        if kind is dict:
            return {key: self.unwrapped(item, place, (*inner, key)) for key, item in value.items()}
        if isinstance(value, tuple) and hasattr(value, "_make"):
            return value._make([self.unwrapped(item, place, (*inner, i)) for i, item in enumerate(value)])
        return value

    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens that follow any of the values found."""
        if len(self.active) == 1:
            return self.active
        return tuple([t for t in self.active if any(t in parent.tokens for parent in self.parents)])


def unwrapped(value: Any) -> Any:
    """Return ``value`` with plain values in place of traced ones."""
    return Search().unwrapped(value, 0)


def frozen(value: Any) -> Any:
    """Return ``value`` in a form that the user's later changes in place do not reach."""
    kind = type(value)
    if kind is np.ndarray:
        if not _may_change(value):
            return value
        value = value.copy()
        value.setflags(write=False)
        return value
    if kind is list or kind is tuple:
        return kind([frozen(item) for item in value])
    if kind is dict:
        return {key: frozen(item) for key, item in value.items()}
    return value


def _may_change(array: np.ndarray[Any, Any]) -> bool:
    base = array.base
    return array.flags.writeable or isinstance(base, np.ndarray) and base.flags.writeable


def _apart(value: Any, constants: list[Any]) -> Any:
    """Return a result with copies of what it shares with the user's arrays, which the tape must not keep."""
    if isinstance(value, dict):
        made = copy.copy(value)
        made.update({key: _apart(part, constants) for key, part in value.items()})
        return made
    if isinstance(value, (tuple, list)):
        parts = [_apart(part, constants) for part in value]
        return value._make(parts) if hasattr(value, "_make") else type(value)(parts)
    if isinstance(value, np.ndarray) and any(value is a or value.base is a for a in constants):
        return value.copy()
    return value


def result_of(value: Any, make: type[Node], tokens: tuple[Token, ...], operation: Operation) -> Any:
    """Return a result as a node, or its parts as nodes; what has no derivative stays plain."""
    if is_inexact(value):
        return make(value, tokens, operation)
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        raise UnsupportedError("An operation on a value that a tape follows gives an array of objects, which has no "
                               "derivative.", "Use a list, or an array of numbers.")  # fmt: skip
    return parts_of(make(value, tokens, operation)) if has_parts(value) else value


def has_parts(value: Any) -> bool:
    """Tell whether a result is a container or an object, whose parts may have derivatives."""
    return isinstance(value, NESTED) or is_instance(value)


def items_of(value: Any) -> dict[Any, Any]:
    """Return the parts of a result with several by index, key or name, as a rule names their gradients."""
    if isinstance(value, dict):
        return value
    return dict(enumerate(value)) if isinstance(value, NESTED) else attributes_of(value)


def parts_of(whole: Node) -> Any:
    """Return the parts of a result with several, each as a node of its own."""
    value = whole.raw
    parts = [
        result_of(part, type(whole), whole.tokens, Operation(ITEM, (key,), _NONE, (whole,), ()))
        for key, part in items_of(value).items()
    ]
    if isinstance(value, dict):
        made = copy.copy(value)
        made.update(zip(value, parts))
        return made
    if not isinstance(value, NESTED):
        made = copy.copy(value)
        for name, part in zip(attributes_of(value), parts):
            object.__setattr__(made, name, part)
        return made
    return value._make(parts) if hasattr(value, "_make") else type(value)(parts)


def is_inexact(value: Any) -> bool:
    """Tell whether ``value`` is a floating-point number or array, real or complex."""
    if isinstance(value, (float, complex)):
        return True
    return isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fc"


# -- the operators, which are called most ------------------------------------------------------------

_FIRST, _SECOND, _BOTH = frozenset([0]), frozenset([1]), frozenset([0, 1])


def binary(function: Any, compute: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    """Return ``compute(x, y)``, recorded as a call of the elementwise ``function``."""
    active = recording.tokens
    first = isinstance(x, Node)
    if not first and isinstance(x, Readable):
        x = x.read()
        first = isinstance(x, Node)
    second = isinstance(y, Node)
    if not second and isinstance(y, Readable):
        y = y.read()
        second = isinstance(y, Node)
    if len(active) != 1:
        return record(function, compute, (x, y), _NONE)
    token = active[0]
    a = x.raw if first else x
    b = y.raw if second else y
    if first and token not in x.tokens:
        refuse_thread(x)
        first = False
    if second and token not in y.tokens:
        refuse_thread(y)
        second = False
    ans = compute(a, b)
    if not (first or second) or ans is NotImplemented:
        return ans
    held = _BOTH if first and second else _FIRST if first else _SECOND
    call = _CALLS.get((function, 2, (), held))
    if call is None:
        if _is_constant(function):
            return ans
        call = bind(function, 2, (), held)
    parents: tuple[Node, ...]
    routes: tuple[Route, ...]
    if held is _BOTH:
        parents, routes = (x, y), (call.routes[0], call.routes[1])
    elif held is _FIRST:
        parents, routes = (x,), (call.routes[0],)
        if 1 not in call.unread:
            b = frozen(b)
    else:
        parents, routes = (y,), (call.routes[1],)
        if 0 not in call.unread:
            a = frozen(a)
    return type(parents[0])(ans, active, Operation(call, (a, b), _NONE, parents, routes))


def unary(function: Any, compute: Callable[[Any], Any], x: Any) -> Any:
    """Return ``compute(x)``, recorded as a call of ``function``."""
    if not isinstance(x, Node) and isinstance(x, Readable):
        x = x.read()
    active = recording.tokens
    if not isinstance(x, Node) or len(active) != 1:
        return record(function, compute, (x,), _NONE)
    ans = compute(x.raw)
    if active[0] not in x.tokens:
        refuse_thread(x)
        return ans
    call = _CALLS.get((function, 1, (), _FIRST)) or bind(function, 1, (), _FIRST)
    return type(x)(ans, active, Operation(call, (x.raw,), _NONE, (x,), (call.routes[0],)))


def subscript(x: Any, index: Any) -> Any:
    """Return ``x[index]``, recorded."""
    if not isinstance(x, Node) and isinstance(x, Readable):
        x = x.read()
    index = unwrapped(index)
    if not isinstance(x, Node):
        return x[index]
    ans = x.raw[index]
    active = recording.tokens
    tokens = tuple([t for t in active if t in x.tokens])
    if not tokens:
        refuse_thread(x)
        return ans
    return type(x)(
        ans, tokens, Operation(_SUBSCRIPT, (x.raw, frozen(index)), _NONE, (x,), (_SUBSCRIPT.routes[0],))
    )
