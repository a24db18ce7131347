"""Reverse mode through forward mode: what a program that is being differentiated calls of this package."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import dynamic
from srcad import runtime as rt
from srcad.analysis.results.calls import ARRAY_METHODS, function_of_method
from srcad.compilation import third_derivative
from srcad.dynamic_operators import OPERATORS
from srcad.errors import UnsupportedError
from srcad.operators import attributes
from srcad.operators.dynamic import install as install_forward
from srcad.operators.dynamic import prepared, tangents_of
from srcad.operators.forward import Jvp, jvp
from srcad.operators.over_functions import bound_images
from srcad.operators.sources import SOURCES
from srcad.pipeline import Code
from srcad.rules import registry
from srcad.runtime.tangents import CONTAINERS
from srcad.targets import Target

__all__ = ["PAIRED", "STRUCTURAL", "InnerJvp", "callee_of", "install", "jvp_with_aux", "prepared_for_both"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]
_NUMERIC = (float, int, complex, np.ndarray, np.generic)
_SAME_ON_TANGENTS = frozenset(
    "append extend insert pop clear reverse copy popleft appendleft extendleft rotate get setdefault values".split()
)
PAIRED: dict[Any, Any] = {}
"""Functions that have another one for their value with its tangent."""
STRUCTURAL = (operator.getitem, operator.setitem, operator.delitem, getattr, setattr, delattr)


def install(makers: tuple[Any, ...]) -> None:
    """Let both modes differentiate ``jvp``, and reverse mode the calls that forward mode resolved when it ran.

    ``makers`` are the operators that return a function.
    """
    dynamic.install(makers)
    dynamic.BY_NAME.add(jvp)
    install_forward(makers)
    attributes.install()
    OPERATORS.update({jvp: _jvp, rt.call_jvp: _call_jvp, rt.method_jvp: _method_jvp})


def _jvp(call: Call, f: Any, primals: Any, tangents: Any, has_aux: bool = False, *, shadows: Any) -> Outcome:
    """The adjoint of ``jvp(f, primals, tangents)``: that of the generated function."""
    if has_aux:
        return call(jvp_with_aux, None, (f, primals, tangents), shadows[:3], {}, {})
    made = InnerJvp(f, primals, tangents)
    return call(made.code.entries[0], None, made.given, made.arranged(*shadows[:3], None), {}, {})


def jvp_with_aux(f: Any, primals: Any, tangents: Any) -> tuple[Any, Any, Any]:
    """Do what ``jvp`` does under ``has_aux``."""
    value, tangent = jvp(f, primals, tangents)
    return value[0], tangent[0], value[1]


class InnerJvp:
    """A call of ``jvp(f, primals, tangents)`` inside of a program, as a call of the generated function.

    Attributes
    ----------
    code : Code
        The generated code.
    given : tuple
        Its arguments.
    """

    def __init__(self, f: Any, primals: Any, tangents: Any) -> None:
        derivative = Jvp(f)
        target = derivative.target
        self.values = target.bind(tuple(primals), {})
        directions = derivative.directions(tuple(primals), tuple(tangents))
        self.target, self.count = target, len(primals)
        self.kept = [k for k, tangent in enumerate(tangents) if tangent is not None]
        made = target.inner.by_products(self.values) if target.inner is not None else None
        if made is not None:
            self.code = Jvp(made).compiled((*self.values, *target.captured()), tuple(directions))
        else:
            self.code = derivative.compiled(self.values, tuple(directions))
        self.given = (*self.values, *target.captured(), *directions.values())

    def arranged(self, own: Any, images: Any, direction_images: Any, nothing: Any) -> tuple[Any, ...]:
        """Return shadows, or tangents, of the three arguments in the order of the generated function's."""
        target = self.target
        before = (nothing,) * len(target.before)
        images = _parts(images, self.count, nothing)
        missing = (nothing,) * (len(self.values) - len(before) - self.count)
        captured = _parts(own, len(target.captured()), nothing)
        directions = _parts(direction_images, self.kept[-1] + 1 if self.kept else 0, nothing)
        return (*before, *images, *missing, *captured, *(directions[k] for k in self.kept))


def _parts(shadow: Any, count: int, nothing: Any = None) -> tuple[Any, ...]:
    return tuple(shadow) if isinstance(shadow, (list, tuple)) else (nothing,) * count


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
    known = registry.is_key(function)
    numeric = all(isinstance(value, _NUMERIC) for value in args)
    if isinstance(function, type) or known and function in STRUCTURAL and not numeric:
        return _mirrored(call, (function, held, args, tangents, options, named), arg_shadows, tangent_shadows)
    if known and function in PAIRED:
        both = (*arg_shadows, tangent_shadows[4], tangent_shadows[5])
        return call(PAIRED[function], None, (*args, tangents[4], tangents[5]), both, {}, {})
    if any(function is maker for maker in dynamic.DERIVATIVE_OPERATORS):
        made, first = function(*args, **(options or {})), (*arg_shadows[:1], *tangent_shadows[:1])
        return (made, tangents[0] if tangents else 0.0), first, _nothing_to_do
    if function is jvp and len(args) == 3 and not options:
        made = InnerJvp(*args)
        moved = made.arranged(*tangents, 0.0)
        whole = made.arranged(*arg_shadows, None), made.arranged(*tangent_shadows, None)
        return _call_jvp(call, made.code.entries[0], 0.0, made.given, moved, shadows=(None, None, *whole))
    target = callee_of(function)
    values = target.bind(tuple(args), options or {})
    code, given, wanted = prepared_for_both(
        target, values, tangents_of(target, values, held, tangents, named or {})
    )
    count = len(target.captured())
    value_images = bound_images(target, own, arg_shadows, images[2] or {}, count)
    tangent_images = bound_images(target, own_held, tangent_shadows, images[3] or {}, count)
    names = [*target.names, *target.captured_names()]
    whole = (*(value_images.get(n) for n in names), *(tangent_images.get(n) for n in wanted))
    return call(code.entries[0], None, given, whole, {}, {})


def callee_of(function: Any) -> Target:
    """Return what is differentiated in both modes where ``function`` is called.

    Raises
    ------
    UnsupportedError
        If it is a function of the runtime that reverse mode does not know.
    """
    known = registry.is_key(function)
    target = Target(SOURCES.get(function, function) if known else function)
    module = str(getattr(function, "__module__", ""))
    if module.startswith("srcad.runtime") and registry.find(function) is None:
        raise third_derivative()
    return target


def prepared_for_both(
    target: Target, values: tuple[Any, ...], images: dict[str, Any]
) -> tuple[Code, tuple[Any, ...], tuple[str, ...]]:
    """Return what `prepared` does; the code can be differentiated in reverse mode."""
    made = target.inner.by_products(values) if target.inner is not None else None
    if made is None:
        return prepared(target, values, images)
    code, given, wanted = prepared(Target(made), (*values, *target.captured()), images)
    return code, given, wanted


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
        if method not in _SAME_ON_TANGENTS:
            raise UnsupportedError(f"The method '.{method}' of a container is differentiated by reverse mode over "
                                   "forward mode.", "Use forward mode over reverse mode (hvp, hessian).")  # fmt: skip
        first = (
            (*args[:1], *tangents[1:])
            if method in ("pop", "insert", "get", "setdefault", "rotate")
            else tangents
        )
        found = [
            rt.container_call(base, image, method, given, _parts(part, len(args)), chosen or {}, {})
            for base, image, given, part, chosen in (
                (receiver, own, args, images[0], options), (held, own_held, first, images[1], named)
            )
        ]  # fmt: skip
        (value, shadow), (tangent, tangent_shadow) = found
        return (value, tangent), (shadow, tangent_shadow), _nothing_to_do
    if isinstance(receiver, _NUMERIC) and method in ARRAY_METHODS:
        function = function_of_method(receiver, method)
        with_receiver = (0.0, (receiver, *args), (held, *tangents), options, named)
        first = (None, None, (own, *_parts(images[0], len(args))), (own_held, *_parts(images[1], len(args))))
        return _call_jvp(call, function, *with_receiver, shadows=(*first, *images[2:]))
    function = getattr(receiver, method)
    if isinstance(receiver, np.ndarray):
        raise dynamic.missing(function)
    return _call_jvp(call, function, held, args, tangents, options, named, shadows=(own, own_held, *images))


def _nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""
