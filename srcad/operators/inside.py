"""Operators that return a function, as programs that are differentiated themselves call them: written out in Python."""

from __future__ import annotations

import inspect
import types
from typing import Any

import numpy as np

from srcad.api import grad, vjp
from srcad.callables.pullbacks import written_as
from srcad.callables.written import head, passed, write
from srcad.operators.by_name import BY_NAME, added_up, goes_by_name, is_still, kept, paired_with, placed, seen
from srcad.operators.forward import jvp, linearize
from srcad.operators.products import WRITTEN, elementwise_grad, ggnvp, half_squared_norm, hvp, places_of
from srcad.rules import registry

__all__: list[str] = []


@registry.written_out(hvp)
def hvp_inside(f: Any, argnums: Any = 0, has_aux: Any = False, holomorphic: Any = False) -> Any:
    """Do what `hvp` does."""

    def product(*args: Any, **options: Any) -> Any:
        if goes_by_name(f, argnums, len(args) - 1, options):
            found = BY_NAME["hvp"](f, argnums, has_aux, holomorphic, args, options)
            return found
        vectors = args[-1] if isinstance(argnums, tuple) else (args[-1],)
        directions = placed(args[:-1], places_of(f, argnums), vectors)
        found = jvp(grad(f, argnums, has_aux, False, holomorphic), args[:-1], directions)
        return (found[1][0], found[0][1]) if has_aux else found[1]

    return product


@registry.written_out(elementwise_grad)
def elementwise_grad_inside(f: Any, argnums: Any = 0, has_aux: Any = False, holomorphic: Any = False) -> Any:
    """Do what `elementwise_grad` does."""

    def slopes(*args: Any, **options: Any) -> Any:
        if goes_by_name(f, argnums, len(args), options):
            found = BY_NAME["elementwise_grad"](f, argnums, has_aux, holomorphic, args, options)
            return found

        def total(*values: Any) -> Any:
            return added_up(f(*values)[0]) if has_aux else added_up(f(*values))

        gradients = grad(total, places_of(f, argnums), False, False, holomorphic)(*args)
        result = gradients if isinstance(argnums, tuple) else gradients[0]
        return (result, f(*args)[1]) if has_aux else result

    return slopes


def slopes_written_for(f: Any, argnums: Any, has_aux: bool, holomorphic: bool) -> Any:
    """Return what `elementwise_grad` makes of a plain function, with its parameters, so that nothing is resolved late."""
    if has_aux or not isinstance(f, types.FunctionType):
        return None
    parameters = list(inspect.signature(f, follow_wrapped=False).parameters.values())
    if any(p.kind is not p.POSITIONAL_OR_KEYWORD for p in parameters):
        return None
    definition, names = head(parameters)
    given = passed(parameters)
    text = (
        f"def total({given}):\n    value = f({given})\n"
        "    if isinstance(value, (int, float, complex, np.ndarray, np.generic)):\n"
        "        return np.sum(value)\n    return added_up(value)\n"
    )
    total = write("total", text, {"f": f, "added_up": added_up, "np": np}, f)
    places = places_of(f, argnums)
    gradient = grad(total, places if isinstance(argnums, tuple) else places[0], holomorphic=holomorphic)
    return write(
        "slopes",
        f"def slopes({definition}):\n    return gradient({given})\n",
        {**names, "gradient": gradient},
        f,
    )


WRITTEN[elementwise_grad] = slopes_written_for


@registry.written_out(ggnvp)
def ggnvp_inside(
    f: Any, g: Any = half_squared_norm, argnums: Any = 0, has_aux: Any = False, holomorphic: Any = False
) -> Any:
    """Do what `ggnvp` does."""

    def product(*args: Any, **options: Any) -> Any:
        if goes_by_name(f, argnums, len(args) - 1, options):
            return BY_NAME["ggnvp"](f, g, argnums, has_aux, holomorphic, args, options)
        places = places_of(f, argnums)
        vectors = args[-1] if isinstance(argnums, tuple) else (args[-1],)
        found = jvp(f, args[:-1], placed(args[:-1], places, vectors))
        value = found[0][0] if has_aux else found[0]
        tangent = found[1][0] if has_aux else found[1]
        curved = jvp(grad(g, 0, False, False, holomorphic), (value,), (tangent,))[1]

        def pairing(*values: Any) -> Any:
            return paired_with(curved, f(*values)[0]) if has_aux else paired_with(curved, f(*values))

        gradients = grad(pairing, places)(*args[:-1])
        result = gradients if isinstance(argnums, tuple) else gradients[0]
        return (result, found[0][1]) if has_aux else result

    return product


@registry.written_out(linearize)
def linearize_inside(
    f: Any,
    *primals: Any,
    argnums: Any = None,
    has_aux: Any = False,
    holomorphic: Any = False,
    **options: Any,
) -> Any:
    """Do what `linearize` does."""
    if argnums is not None or options:
        return BY_NAME["linearize"](f, kept(primals), argnums, has_aux, options)

    points = kept(primals)

    def pushforward(*tangents: Any) -> Any:
        tangent = jvp(f, points, tangents)[1]
        return tangent[0] if has_aux else tangent

    value = f(*kept(points))
    return (value[0], pushforward, value[1]) if has_aux else (value, pushforward)


@registry.written_out(vjp)
def vjp_inside(
    f: Any, *args: Any, argnums: Any = None, has_aux: Any = False, holomorphic: Any = False, **options: Any
) -> Any:
    """Do what `vjp` does."""
    if argnums is not None:
        return BY_NAME["vjp"](f, kept(args), argnums, has_aux, options)

    points = kept(args)
    value = f(*kept(points), **options)
    before = seen(value)

    def pullback(cotangent: Any) -> Any:
        def pairing(*values: Any) -> Any:
            found = f(*values, **options)
            return paired_with(cotangent, found[0] if has_aux else found) if is_still(before, found) else 0.0

        return grad(pairing, tuple(range(len(args))))(*points)

    return (value[0], pullback, value[1]) if has_aux else (value, pullback)


def pullback_inside(f: Any, args: Any, argnums: Any, has_aux: Any, options: Any) -> Any:
    """Return the pullback of a function with options, without its value."""
    if argnums is not None:
        found = BY_NAME["vjp"](f, args, argnums, has_aux, options)
        return found[1]

    def chosen(*values: Any) -> Any:
        found = f(*values, **options)
        return found[0] if has_aux else found

    def pullback(cotangent: Any) -> Any:
        def pairing(*values: Any) -> Any:
            return paired_with(cotangent, chosen(*values))

        return grad(pairing, tuple(range(len(args))))(*args)

    return pullback


written_as.append(pullback_inside)
