"""Operators inside of a program, with arguments by name: calls of the same operators of functions by position alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.api import grad
from srcad.callables.places import place
from srcad.callables.second_order import agree
from srcad.callables.targets import Target
from srcad.errors import ArgumentError, UnsupportedError
from srcad.operators.forward import jvp
from srcad.operators.products import elementwise_grad, ggnvp, hvp, places_of
from srcad.rules import registry

__all__ = [
    "BY_NAME",
    "added_up",
    "goes_by_name",
    "is_still",
    "jvp_by_name",
    "kept",
    "paired_with",
    "placed",
    "seen",
]


def chosen_among(title: str, f: Any, argnums: Any, count: int) -> tuple[int | str, ...]:
    """Return what ``argnums`` asks for: the positions among ``count`` arguments, the names of all others.

    None asks for all positions.
    """
    if argnums is None:
        return tuple(range(count))
    target = Target(f)
    names = target.names[len(target.before) :]
    found: list[int | str] = []
    _require_single_arguments(target, argnums)
    for k, name, element in zip(places_of(f, argnums), target.wanted(argnums), target.places(argnums)):
        parameter = target.signature.parameters[name]
        by_name = parameter.kind is parameter.KEYWORD_ONLY
        if by_name or k >= count and element is None and parameter.kind is not parameter.POSITIONAL_ONLY:
            found.append(name)
        elif k < count:
            found.append(k)
        else:
            raise ArgumentError(f"{title} of '{target.title()}' is called without an argument to differentiate by.",
                                f"It has the parameters {', '.join(names)}.", place(target.func))  # fmt: skip
    return tuple(found)


def goes_by_name(f: Any, argnums: Any, count: int, options: Any) -> bool:
    """Tell whether arguments are given by name, or something that is not among ``count`` positions is asked for."""
    if argnums is not None:
        _require_single_arguments(Target(f), argnums)
    return bool(options) or argnums is not None and any(k >= count for k in places_of(f, argnums))


def _require_single_arguments(target: Target, argnums: Any) -> None:
    """Refuse to differentiate by all that ``*args`` gathers, or twice, where the operator is a part of a program."""
    target.require_once(argnums)
    for name, element in zip(target.wanted(argnums), target.places(argnums)):
        if target.gathers(name) and element is None:
            raise UnsupportedError(f"Inside of what is differentiated, argnums={argnums!r} asks for all that '*{name}' of "
                                   f"'{target.title()}' gathers.", "Give the positions of the arguments.",
                                   place(target.func))  # fmt: skip


def default_of(f: Any, name: str) -> Any:
    """Return the default of a parameter that is not given."""
    target = Target(f)
    default = target.options.get(name, target.signature.parameters[name].default)
    if default is inspect.Parameter.empty:
        raise ArgumentError(f"'{target.title()}' is called without an argument to differentiate by, '{name}'.",
                            "Pass it.", place(target.func))  # fmt: skip
    return default


def names_in(chosen: Any) -> tuple[str, ...]:
    """Return the names among what is differentiated by."""
    return tuple(which for which in chosen if isinstance(which, str))


def positions_of(chosen: Any, count: int) -> tuple[int, ...]:
    """Return the positions of what is differentiated by, where the named ones follow ``count`` arguments."""
    names = names_in(chosen)
    return tuple(count + names.index(which) if isinstance(which, str) else which for which in chosen)


def fits(cotangent: Any, value: Any) -> bool:
    """Refuse a cotangent that has not the shape of the value."""
    if np.shape(cotangent) != np.shape(value):
        raise ArgumentError(f"A cotangent has the shape {np.shape(cotangent)}, where the value has {np.shape(value)}.",
                            "Give it the structure and shapes of the value.")  # fmt: skip
    return True


def kept(value: Any) -> Any:
    """Return a copy of what a pullback keeps, through which derivatives flow."""
    return rt.clone(value)


def _same(ans, g, value):  # type: ignore[no-untyped-def]
    return g


def _first(value):  # type: ignore[no-untyped-def]
    return value


registry.vjp(kept, "value", linear=True)(_same)
registry.results_like(kept, _first)


def seen(value: Any) -> Any:
    """Return a copy of what a value holds now, to compare with."""
    return rt.clone(value)


def is_still(before: Any, value: Any) -> bool:
    """Refuse a function that gives something else when it runs again, for the derivative of its pullback."""
    if not agree(before, value):
        raise UnsupportedError("A pullback is differentiated by running the function again, and a variable around that has "
                               "changed since, or it draws or counts.",
                               "Pass what changes as an argument.")  # fmt: skip
    return True


registry.constant(
    places_of, chosen_among, goes_by_name, default_of, names_in, positions_of, fits, seen, is_still
)


def paired_with(cotangent: Any, value: Any) -> Any:
    """Return the real pairing of a cotangent with a value of its structure."""
    if isinstance(value, dict):
        total = 0.0
        for key in value:
            total = total + paired_with(cotangent[key], value[key])
        return total
    if isinstance(value, (list, tuple)):
        total = 0.0
        for part, item in zip(cotangent, value):
            total = total + paired_with(part, item)
        return total
    if cotangent is None or value is None or isinstance(value, (str, bool)):
        return 0.0
    if hasattr(value, "__dict__"):
        total = 0.0
        for name in vars(value):
            total = total + paired_with(getattr(cotangent, name), getattr(value, name))
        return total
    return np.sum(np.real(cotangent * value)) if fits(cotangent, value) else 0.0


def added_up(value: Any) -> Any:
    """Return the sum of all numbers in a structure."""
    if isinstance(value, dict):
        total = 0.0
        for key in value:
            total = total + added_up(value[key])
        return total
    if isinstance(value, (list, tuple)):
        total = 0.0
        for item in value:
            total = total + added_up(item)
        return total
    if value is None or isinstance(value, (str, bool)):
        return 0.0
    if hasattr(value, "__dict__"):
        total = 0.0
        for name in vars(value):
            total = total + added_up(getattr(value, name))
        return total
    return np.sum(value)


def placed(args: Any, places: Any, vectors: Any) -> tuple[Any, ...]:
    """Return a tangent for each argument, zeros where there is no vector."""
    directions = [rt.zero_tangent(value) for value in args]
    for k in range(len(places)):
        directions[places[k]] = vectors[k]
    return tuple(directions)


def by_position(f: Any, count: int, names: Any, options: Any) -> Any:
    """Return a function of ``count`` arguments and of those with names, all by position, for one with options."""

    def positional(*values: Any) -> Any:
        named = dict(options)
        for k in range(len(names)):
            named[names[k]] = values[count + k]
        return f(*values[:count], **named)

    return positional


def all_values(f: Any, args: Any, names: Any, options: Any) -> tuple[Any, ...]:
    """Return the arguments of the function of `by_position`."""
    values = list(args)
    for name in names:
        values.append(options[name] if name in options else default_of(f, name))
    return tuple(values)


def jvp_by_name(
    f: Any,
    primals: Any,
    tangents: Any,
    has_aux: Any = False,
    *,
    argnums: Any = None,
    holomorphic: Any = False,
    **options: Any,
) -> Any:
    chosen = chosen_among("jvp", f, argnums, len(primals))
    names = names_in(chosen)
    values = all_values(f, primals, names, options)
    vectors = tangents if argnums is None or isinstance(argnums, tuple) else (tangents,)
    directions = placed(values, positions_of(chosen, len(primals)), vectors)
    return jvp(by_position(f, len(primals), names, options), values, directions, has_aux)


def _hvp(f: Any, argnums: Any, has_aux: Any, holomorphic: Any, args: Any, options: Any) -> Any:
    count = len(args) - 1
    chosen = chosen_among("hvp", f, argnums, count)
    names, places = names_in(chosen), positions_of(chosen, count)
    function, values = by_position(f, count, names, options), all_values(f, args[:-1], names, options)
    which = places if isinstance(argnums, tuple) else places[0]
    return hvp(function, which, has_aux, holomorphic)(*values, args[-1])


def _ggnvp(f: Any, g: Any, argnums: Any, has_aux: Any, holomorphic: Any, args: Any, options: Any) -> Any:
    count = len(args) - 1
    chosen = chosen_among("ggnvp", f, argnums, count)
    names, places = names_in(chosen), positions_of(chosen, count)
    function, values = by_position(f, count, names, options), all_values(f, args[:-1], names, options)
    which = places if isinstance(argnums, tuple) else places[0]
    return ggnvp(function, g, which, has_aux, holomorphic)(*values, args[-1])


def _elementwise_grad(f: Any, argnums: Any, has_aux: Any, holomorphic: Any, args: Any, options: Any) -> Any:
    count = len(args)
    chosen = chosen_among("elementwise_grad", f, argnums, count)
    names, places = names_in(chosen), positions_of(chosen, count)
    function, values = by_position(f, count, names, options), all_values(f, args, names, options)
    which = places if isinstance(argnums, tuple) else places[0]
    return elementwise_grad(function, which, has_aux, holomorphic)(*values)


def _linearize(f: Any, primals: Any, argnums: Any, has_aux: Any, options: Any) -> Any:
    chosen = chosen_among("linearize", f, argnums, len(primals))
    names, places = names_in(chosen), positions_of(chosen, len(primals))
    function = by_position(f, len(primals), names, options)
    points = kept(all_values(f, primals, names, options))

    def pushforward(*tangents: Any) -> Any:
        tangent = jvp(function, points, placed(points, places, tangents))[1]
        return tangent[0] if has_aux else tangent

    value = function(*kept(points))
    return (value[0], pushforward, value[1]) if has_aux else (value, pushforward)


def _vjp(f: Any, args: Any, argnums: Any, has_aux: Any, options: Any) -> Any:
    chosen = chosen_among("vjp", f, argnums, len(args))
    names, places = names_in(chosen), positions_of(chosen, len(args))
    function = by_position(f, len(args), names, options)
    points = kept(all_values(f, args, names, options))
    value = function(*kept(points))
    before = seen(value)

    def pullback(cotangent: Any) -> Any:
        def pairing(*values: Any) -> Any:
            found = function(*values)
            return paired_with(cotangent, found[0] if has_aux else found) if is_still(before, found) else 0.0

        gradients = grad(pairing, places)(*points)
        return gradients if argnums is None or isinstance(argnums, tuple) else gradients[0]

    return (value[0], pullback, value[1]) if has_aux else (value, pullback)


BY_NAME: dict[str, Callable[..., Any]] = {
    "hvp": _hvp,
    "ggnvp": _ggnvp,
    "elementwise_grad": _elementwise_grad,
    "linearize": _linearize,
    "vjp": _vjp,
}
"""What is called where arguments are given by name: through a table, so that it is compiled where that happens alone."""
