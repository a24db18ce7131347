"""Derivatives of a tangent that came from a reverse rule, which is linear in the gradient that it is given.

Forward mode goes through both functions of the rule's own pair, reverse mode pairs the rule with the tangents.  Both of
them together take the tangent as the gradient of this pairing, written out as a program.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.api import grad
from srcad.callables.compilation import third_derivative
from srcad.callables.wrappers import written
from srcad.dynamic.operators import OPERATORS
from srcad.operators.deeper.reverse import call_parts
from srcad.operators.deeper.shadowed_calls import CALLS, plain_call
from srcad.operators.dynamic.calls import SPECIAL
from srcad.operators.dynamic.calls import call as forward_call
from srcad.operators.dynamic.functions import tangents_of
from srcad.operators.dynamic.transposed_rules import as_given, cotangents_of, transposing
from srcad.operators.resolved.calls import EXPANDED, Found, Rows, resolved
from srcad.rules import registry
from srcad.runtime.tangents import Tangent, zero_tangent

__all__ = ["install"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]


def install() -> None:
    """Let both modes differentiate ``rt.transposed``."""
    SPECIAL[rt.transposed] = _forward
    OPERATORS[rt.transposed] = _reverse
    CALLS[rt.transposed] = lambda calls: call_parts(_written_out([calls])[0])
    EXPANDED[rt.transposed] = _resolved


def _forward(args: Any, tangents: Any, options: Any, option_tangents: Any) -> tuple[Any, Any]:
    rule, ans, values, named, given = args
    _, dans, dvalues, dnamed, dgiven = tangents
    target, everything, (forward, backward) = transposing(rule, ans, values, named)
    count = len(target.names)
    images = tangents_of(target, everything[:count], 0.0, (dans, zero_tangent(ans), *dvalues), dnamed)
    captured = tuple(zero_tangent(value) for value in everything[count:])
    found = forward_call(forward, 0.0, everything, (*(images[n] for n in target.names), *captured), {}, {})
    (gradients, residuals), (_, dresiduals) = found
    cotangents, image = cotangents_of(rule, gradients, given), cotangents_of(rule, gradients, dgiven)
    (value,), (tangent,) = forward_call(backward, 0.0, (residuals, cotangents), (dresiduals, image), {}, {})
    return value, tangent


def _reverse(
    call: Call, rule: Any, ans: Any, args: Any, options: Any, tangents: Any, *, shadows: Any
) -> Outcome:
    """Return the tangent; what it weighs in a sum is the gradient of the rule's result, paired with the tangents.

    The rule is linear in the gradient ``g`` that it is given, so that the pairing of the tangent of the answer with ``g``
    is the pairing of the tangents of the arguments with what the rule returns for ``g``.
    """
    _, own, images, named, direction_images = shadows
    value = rt.transposed(rule, ans, args, options, tangents)
    seen = rt.shadow(value)
    held = (own, None, *(images or (None,) * len(args)))
    given = rule, (ans, *args), rt.kept_shadow(held), options, rt.kept_shadow(named or {})
    return (
        value,
        seen,
        functools.partial(_pull, call, given, seen, tangents, rt.kept_shadow(direction_images)),
    )


def _pull(call: Call, given: Any, seen: Any, tangents: Any, direction_images: Any) -> None:
    rule, (ans, *args), held, options, named = given
    gradients, image, back = call(
        rule, None, (ans, as_given(rule, rt.taken(seen), ans), *args), held, options, named
    )
    rt.accumulate_shadow(image, cotangents_of(rule, gradients, tangents))
    back()
    _return_directions(gradients, direction_images, tangents)


def _return_directions(gradients: Any, images: Any, tangents: Any) -> None:
    """Pass what the rule returns on to the tangents of the arguments."""
    count = len(tangents)
    parts = [gradients] if count == 1 else rt.gradients_given(gradients, count, "the function")
    for part, image, tangent in zip(parts, images or (), tangents):
        if isinstance(tangent, float) and isinstance(part, np.ndarray):
            continue
        rt.accumulate_shadow(image, part)


# -- more than one mode --------------------------------------------------------------------------------


def _resolved(rows: Rows) -> Found:
    """Return what `resolved` does for calls of ``rt.transposed``."""
    moved = _written_out(rows)
    return resolved(moved[0][0].function, moved)


def _written_out(rows: Rows) -> Rows:
    """Return the calls of `_tangent_function` with all arguments by position."""
    rule, _, args, options, tangents = rows[0][0].values
    if len(rows) == len(rows[0]) == 1:
        return rows
    function = _tangent_function(rule, len(args), tuple(options), tuple(map(_form_of, tangents)))
    moved = []
    for k, row in enumerate(rows):
        cells = []
        for m, call in enumerate(row):
            first = k == m == 0
            values = _flat(call.values, rows[0][0].values, 0.0)
            # a result may be an argument, or hold it, and one array may be several arguments
            values = [rt.clone(v) for v in values] if rt.share_memory(values) else values
            shadows = _flat(call.shadows, rows[0][0].values, None if k == 0 else 0.0)
            cells.append(plain_call(function if first else 0.0, values, shadows))
        moved.append(cells)
    return moved


def _flat(parts: Any, values: Any, nothing: Any) -> list[Any]:
    """Return the arguments of `_tangent_function` among the parts of a call; ``nothing`` for those that are not there."""
    found = [parts[1] if isinstance(parts, (tuple, list)) else nothing]
    for part, like in zip(parts[2:] if isinstance(parts, (tuple, list)) else [None] * 3, values[2:]):
        if isinstance(like, dict):
            found += [part[key] if isinstance(part, dict) else nothing for key in like]
        else:
            found += part if isinstance(part, (tuple, list)) else [nothing] * len(like)
    return found


def _form_of(tangent: Any) -> Any:
    """Return the structure of a tangent: for each part how it is found in a gradient and in the tangent, and its own."""
    if isinstance(tangent, Tangent):
        return tuple(
            (f"[{name!r}]", f".{name}", _form_of(part)) for name, part in tangent.attributes().items()
        )
    if isinstance(tangent, dict):
        if not all(isinstance(key, (str, int, float, tuple)) for key in tangent):
            raise third_derivative()
        return tuple((f"[{key!r}]", f"[{key!r}]", _form_of(part)) for key, part in tangent.items())
    if isinstance(tangent, (list, tuple)):
        return tuple((f"[{i}]", f"[{i}]", _form_of(part)) for i, part in enumerate(tangent))
    return None


def _leaves(gradient: str, tangent: str, form: Any) -> list[tuple[str, str]]:
    """Return where the numbers of a gradient and of the tangent beside it are found."""
    if form is None:
        return [(gradient, tangent)]
    return [pair for g, t, part in form for pair in _leaves(gradient + g, tangent + t, part)]


@functools.lru_cache(maxsize=256)
def _tangent_function(rule: Any, count: int, options: tuple[str, ...], forms: tuple[Any, ...]) -> Any:
    """Write the function of a result, the arguments and their tangents that returns the result's tangent."""
    given = [f"argument_{i}" for i in range(count)]
    named = [f"option_{name}" for name in options]
    moved = [f"tangent_{i}" for i in range(len(forms))]
    passed = ", ".join([*given, *(f"{name}=option_{name}" for name in options)])
    everything = ", ".join(["ans", *given, *named, *moved])
    found = ["gradients"] if len(forms) == 1 else [f"gradients[{i}]" for i in range(len(forms))]
    pairs = [pair for g, t, form in zip(found, moved, forms) for pair in _leaves(g, t, form)]
    total = " + ".join(f"paired({gradient}, {tangent})" for gradient, tangent in pairs) or "0.0"
    text = (
        f"def pairing(g, {everything}):\n    gradients = rule(ans, g, {passed})\n    return {total}\n\n\n"
        f"def tangent({everything}):\n    return grad(pairing)(zero_direction(ans), {everything})\n"
    )
    names = {"rule": rule, "paired": paired, "grad": grad, "zero_direction": zero_direction}
    module = f"written_for_{rule.__module__.replace('.', '_')}"
    return written(text, "tangent", **names, __name__=module)


def paired(gradient: Any, tangent: Any) -> Any:
    """Return the real pairing of a gradient that a rule returns with the tangent of the same argument."""
    if gradient is None or np.ndim(gradient) == 0 and np.ndim(tangent) != 0:
        return 0.0  # the number stands for zeros
    return np.sum(np.real(gradient * tangent))


def zero_direction(ans: Any) -> Any:
    """Return the gradient of zeros at which a rule, which is linear in it, is differentiated."""
    return zero_tangent(ans)


def _itself(ans):  # type: ignore[no-untyped-def]
    return ans


registry.constant(zero_direction)
registry.results_like(zero_direction, _itself)
