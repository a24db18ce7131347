"""Operators that return a function, as programs that are differentiated themselves call them: written out in Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.api import grad, vjp
from srcad.errors import ArgumentError
from srcad.operators.forward import jvp, linearize
from srcad.operators.products import elementwise_grad, ggnvp, half_squared_norm, hvp, places_of
from srcad.pullbacks import written_as
from srcad.rules import registry
from srcad.targets import Target
from srcad.targets import place as place_of

__all__: list[str] = []


def places_among(title: str, f: Any, argnums: Any, count: int) -> tuple[int, ...]:
    """Return the positions that ``argnums`` asks for among ``count`` arguments before the vector."""
    places = places_of(f, argnums)
    if any(place >= count for place in places):
        target = Target(f)
        raise ArgumentError(f"{title} of '{target.title()}' is called without an argument to differentiate by.",
                            f"Call {title}(f)(*args, v), with the vector last.", place_of(target.func))  # fmt: skip
    return places


def fits(cotangent: Any, value: Any) -> bool:
    """Refuse a cotangent that has not the shape of the value."""
    if np.shape(cotangent) != np.shape(value):
        raise ArgumentError(f"A cotangent has the shape {np.shape(cotangent)}, where the value has {np.shape(value)}.",
                            "Give it the structure and shapes of the value.")  # fmt: skip
    return True


registry.constant(places_of, places_among, fits)


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


def placed(args: Any, places: Any, vectors: Any) -> tuple[Any, ...]:
    """Return a tangent for each argument, zeros where there is no vector."""
    directions = [rt.zero_tangent(value) for value in args]
    for k in range(len(places)):
        directions[places[k]] = vectors[k]
    return tuple(directions)


@registry.written_out(hvp)
def hvp_inside(f: Any, argnums: Any = 0, has_aux: Any = False, holomorphic: Any = False) -> Any:
    """Do what `hvp` does."""

    def product(*args: Any) -> Any:
        vectors = args[-1] if isinstance(argnums, tuple) else (args[-1],)
        directions = placed(args[:-1], places_among("hvp", f, argnums, len(args) - 1), vectors)
        found = jvp(grad(f, argnums, has_aux, False, holomorphic), args[:-1], directions)
        return (found[1][0], found[0][1]) if has_aux else found[1]

    return product


@registry.written_out(elementwise_grad)
def elementwise_grad_inside(f: Any, argnums: Any = 0, has_aux: Any = False, holomorphic: Any = False) -> Any:
    """Do what `elementwise_grad` does."""

    def slopes(*args: Any) -> Any:
        def total(*values: Any) -> Any:
            return np.sum(f(*values)[0]) if has_aux else np.sum(f(*values))

        gradients = grad(total, places_of(f, argnums), False, False, holomorphic)(*args)
        result = gradients if isinstance(argnums, tuple) else gradients[0]
        return (result, f(*args)[1]) if has_aux else result

    return slopes


@registry.written_out(ggnvp)
def ggnvp_inside(f: Any, g: Any = half_squared_norm, argnums: Any = 0, has_aux: Any = False) -> Any:
    """Do what `ggnvp` does."""

    def product(*args: Any) -> Any:
        places = places_among("ggnvp", f, argnums, len(args) - 1)
        vectors = args[-1] if isinstance(argnums, tuple) else (args[-1],)
        found = jvp(f, args[:-1], placed(args[:-1], places, vectors))
        value = found[0][0] if has_aux else found[0]
        tangent = found[1][0] if has_aux else found[1]
        curved = jvp(grad(g), (value,), (tangent,))[1]

        def pairing(*values: Any) -> Any:
            return paired_with(curved, f(*values)[0]) if has_aux else paired_with(curved, f(*values))

        gradients = grad(pairing, places)(*args[:-1])
        result = gradients if isinstance(argnums, tuple) else gradients[0]
        return (result, found[0][1]) if has_aux else result

    return product


@registry.written_out(linearize)
def linearize_inside(f: Any, *primals: Any, has_aux: Any = False) -> Any:
    """Do what `linearize` does."""

    def pushforward(*tangents: Any) -> Any:
        tangent = jvp(f, primals, tangents)[1]
        return tangent[0] if has_aux else tangent

    value = f(*primals)
    return (value[0], pushforward, value[1]) if has_aux else (value, pushforward)


@registry.written_out(vjp)
def vjp_inside(f: Any, *args: Any, has_aux: Any = False, **options: Any) -> Any:
    """Do what `vjp` does."""

    def pullback(cotangent: Any) -> Any:
        def pairing(*values: Any) -> Any:
            found = f(*values, **options)
            return paired_with(cotangent, found[0] if has_aux else found)

        return grad(pairing, tuple(range(len(args))))(*args)

    value = f(*args, **options)
    return (value[0], pullback, value[1]) if has_aux else (value, pullback)


def pullback_inside(f: Any, args: Any, has_aux: Any, options: Any) -> Any:
    """Return the pullback of a function with options, without its value."""

    def chosen(*values: Any) -> Any:
        found = f(*values, **options)
        return found[0] if has_aux else found

    def pullback(cotangent: Any) -> Any:
        def pairing(*values: Any) -> Any:
            return paired_with(cotangent, chosen(*values))

        return grad(pairing, tuple(range(len(args))))(*args)

    return pullback


written_as.append(pullback_inside)
