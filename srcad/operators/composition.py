"""Reverse mode through forward mode: what a program that is being differentiated calls of this package."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from srcad import dynamic
from srcad import runtime as rt
from srcad.analysis.infer import ARRAY_METHODS
from srcad.compilation import third_derivative
from srcad.dynamic_operators import OPERATORS
from srcad.errors import UnsupportedError
from srcad.operators.dynamic import SPECIAL, prepared, tangents_of
from srcad.operators.dynamic import call as forward_call
from srcad.operators.dynamic import install as install_forward
from srcad.operators.forward import Jvp, jvp
from srcad.operators.over_reverse import bound_images
from srcad.operators.sources import SOURCES
from srcad.rules import registry
from srcad.runtime.tangents import CONTAINERS
from srcad.targets import Target

__all__ = ["install"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]
_NUMERIC = (float, int, complex, np.ndarray, np.generic)
_STRUCTURAL = (operator.getitem, operator.setitem, operator.delitem, getattr, setattr, delattr)


def install(makers: tuple[Any, ...]) -> None:
    """Let both modes differentiate ``jvp``, and reverse mode the calls that forward mode resolved when it ran.

    ``makers`` are the operators that return a function.
    """
    dynamic.install(makers)
    install_forward(makers)
    OPERATORS.update({jvp: _jvp, rt.call_jvp: _call_jvp, rt.method_jvp: _method_jvp})
    SPECIAL[jvp] = _jvp_of_jvp


def _jvp(call: Call, f: Any, primals: Any, tangents: Any, has_aux: bool = False, *, shadows: Any) -> Outcome:
    """The adjoint of ``jvp(f, primals, tangents)``: that of the generated function."""
    derivative = Jvp(f, has_aux)
    if has_aux or any(tangent is None for tangent in tangents):
        raise UnsupportedError("A jvp with has_aux, or with None for a tangent, is itself differentiated.",
                               "Return the value alone, and give zeros for None.")  # fmt: skip
    directions = derivative.directions(tuple(primals), tuple(tangents))
    target = derivative.target
    values = target.bind(tuple(primals), {})
    code = derivative.compiled(values, tuple(directions))
    images = _parts(shadows[1], len(primals))
    before = (None,) * len(target.before)
    own = _parts(shadows[0], len(target.captured()))
    missing = (None,) * (len(values) - len(before) - len(primals))
    given = (*values, *target.captured(), *directions.values())
    return call(
        code.entries[0],
        None,
        given,
        (*before, *images, *missing, *own, *_parts(shadows[2], len(directions))),
        {},
        {},
    )


def _jvp_of_jvp(args: Any, tangents: Any, options: Any, option_tangents: Any) -> tuple[Any, Any]:
    """The tangent of ``jvp(f, primals, tangents)``: that of the generated function."""
    f, primals, directions = args
    held, images, direction_images = tangents
    derivative = Jvp(f)
    given = derivative.directions(tuple(primals), tuple(directions))
    target = derivative.target
    values = target.bind(tuple(primals), {})
    code = derivative.compiled(values, tuple(given))
    image_of = tangents_of(target, values, held, images, {})
    captured = target.captured_names()
    whole = [image_of[n] if n in image_of else 0.0 for n in (*target.names, *captured)]
    named = derivative.directions(tuple(primals), tuple(direction_images))
    everything = (*values, *target.captured(), *given.values())
    return forward_call(code.entries[0], 0.0, everything, (*whole, *(named[n] for n in given)), {}, {})


def _parts(shadow: Any, count: int) -> tuple[Any, ...]:
    return tuple(shadow) if isinstance(shadow, (list, tuple)) else (None,) * count


def _call_jvp(
    call: Call,
    function: Any,
    held: Any,
    args: Any,
    tangents: Any,
    options: Any = None,
    named: Any = None,
    *,
    shadows: Any,
) -> Outcome:
    """The adjoint of a call that forward mode resolved: that of the forward code of the callee."""
    own, own_held, *images = list(shadows) + [None] * (6 - len(shadows))
    arg_shadows, tangent_shadows = _parts(images[0], len(args)), _parts(images[1], len(tangents))
    known = isinstance(function, Hashable)
    numeric = all(isinstance(value, _NUMERIC) for value in args)
    if isinstance(function, type) or known and function in _STRUCTURAL and not numeric:
        return _mirrored(call, (function, held, args, tangents, options, named), arg_shadows, tangent_shadows)
    target = Target(SOURCES.get(function, function) if known else function)
    if (
        str(getattr(function, "__module__", "")).startswith("srcad.runtime")
        and registry.find(function) is None
    ):
        raise third_derivative()
    values = target.bind(tuple(args), options or {})
    code, given, wanted = prepared(target, values, tangents_of(target, values, held, tangents, named or {}))
    count = len(target.captured())
    value_images = bound_images(target, own, arg_shadows, images[2] or {}, count)
    tangent_images = bound_images(target, own_held, tangent_shadows, images[3] or {}, count)
    names = [*target.names, *target.captured_names()]
    whole = (*(value_images.get(n) for n in names), *(tangent_images.get(n) for n in wanted))
    return call(code.entries[0], None, given, whole, {}, {})


def _mirrored(call: Call, parts: Any, arg_shadows: Any, tangent_shadows: Any) -> Outcome:
    """The adjoint of reading or changing an item or attribute, or of making an instance, of value and tangent."""
    function, _, args, tangents, options, named = parts
    value, shadow, pullback = call(function, None, args, arg_shadows, options or {}, {})
    images = tangents if isinstance(function, type) else (tangents[0], *args[1:2], *tangents[2:])
    tangent, image, tangent_pullback = call(function, None, images, tangent_shadows, named or {}, {})
    return (value, tangent), (shadow, image), functools.partial(_both, tangent_pullback, pullback)


def _both(first: Callable[[], None], second: Callable[[], None]) -> None:
    first()
    second()


def _method_jvp(
    call: Call,
    receiver: Any,
    held: Any,
    method: str,
    args: Any,
    tangents: Any,
    options: Any = None,
    named: Any = None,
    *,
    shadows: Any,
) -> Outcome:
    """The adjoint of a method that forward mode resolved."""
    own, own_held, _, *images = list(shadows) + [None] * (7 - len(shadows))
    if isinstance(receiver, CONTAINERS):
        raise UnsupportedError(f"The method '.{method}' of a container is differentiated by reverse mode over forward "
                               "mode.", "Use forward mode over reverse mode (hvp, hessian).")  # fmt: skip
    if isinstance(receiver, _NUMERIC) and method in ARRAY_METHODS:
        function = ARRAY_METHODS[method]
        with_receiver = (0.0, (receiver, *args), (held, *tangents), options, named)
        first = (None, None, (own, *_parts(images[0], len(args))), (own_held, *_parts(images[1], len(args))))
        return _call_jvp(call, function, *with_receiver, shadows=(*first, *images[2:]))
    function = getattr(receiver, method)
    return _call_jvp(call, function, held, args, tangents, options, named, shadows=(own, own_held, *images))
