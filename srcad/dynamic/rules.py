"""Calls of functions with rules, and of functions without a derivative, that are resolved when they happen."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.errors import NoDerivativeError, UnsupportedError
from srcad.rules import registry

__all__ = [
    "call_of_rule",
    "call_without_derivative",
    "carries_derivative",
    "copied",
    "image_of_result",
    "views_or_own",
]

Outcome = tuple[Any, Any, Callable[[], None]]


def _nothing_to_do() -> None:
    """The pullback of what has no gradient to pass on."""


def call_without_derivative(function: Any, args: Any, options: dict[str, Any]) -> Outcome:
    """Call a function whose result has no derivative; its numbers have a shadow, which nobody reads."""
    value = function(*args, **options)
    return value, rt.shadow(value), _nothing_to_do


def call_of_rule(
    function: Any,
    args: Any,
    shadows: Any,
    options: dict[str, Any],
    option_shadows: dict[str, Any],
    computed_by: Any = None,
) -> Outcome:
    """Call a function that has a rule; a view has the same view of the shadow.

    Python's operators have the rules of NumPy's functions, but compute numbers of Python themselves, with exceptions
    where NumPy warns.
    """
    rule = registry.find(function)
    if rule is None:
        return call_without_derivative(computed_by or function, args, options)
    arguments, images = _bound(rule, function, args, shadows, options, option_shadows)
    value = (computed_by or function)(*args, **options)
    for base, held in zip(args, shadows):
        if function in (np.real, np.imag) and isinstance(held, np.ndarray) and np.iscomplexobj(base):
            raise UnsupportedError(f"A part is taken of a complex array that is changed in place, by {title_of(function)}.",
                                   "Keep the real and the imaginary part in two real arrays.")  # fmt: skip
    views = rt.mirrored_views(value, args, shadows)
    if _complete(views):
        return value, _like_parts(value, views), _nothing_to_do
    own = image_of_result(value, args, shadows)
    if own is None:
        return value, None, _nothing_to_do
    if rule.given:  # the user's own rule may read what objects and containers held
        args, arguments = tuple(map(copied, args)), {n: copied(value) for n, value in arguments.items()}
        options = {n: copied(value) for n, value in options.items()}
    held_now = {name: rt.kept_shadow(image) for name, image in images.items()}
    pullback = functools.partial(_pull, rule, value, own, args, options, arguments, held_now)
    return value, views_or_own(views, own), pullback


def _complete(views: Any) -> bool:
    """Tell whether each array of a result is a view."""
    return all(map(_complete, views)) if isinstance(views, list) else views is not None


def _like_parts(value: Any, parts: Any) -> Any:
    """Return the shadows of the parts of a result in its own kind of container."""
    if not isinstance(value, (list, tuple)):
        return parts
    images = [_like_parts(item, part) for item, part in zip(value, parts)]
    return images if isinstance(value, list) else tuple(images)


def views_or_own(views: Any, own: Any) -> Any:
    """Return the shadow of a result: a view of its operand's where there is one, else that made for it."""
    if isinstance(views, list):
        return _like_parts(own, [views_or_own(view, part) for view, part in zip(views, own)])
    return own if views is None else views


def image_of_result(value: Any, args: Any, shadows: Any) -> Any:
    """Return a shadow of zeros for a result; one of whole numbers has one where an argument of them has."""
    image = rt.shadow(value)
    if image is not None or getattr(value, "dtype", None) is None or value.dtype.kind not in "iu":
        return image
    followed = any(
        isinstance(held, np.ndarray)
        and isinstance(base, np.ndarray)
        and base.dtype.kind in "iu"
        or isinstance(base, (list, tuple))
        and rt.carries(held)
        for base, held in zip(args, shadows)
    )
    return np.zeros(np.shape(value)) if followed else None


def title_of(function: Any) -> str:
    """Return how to call a function in a message."""
    return str(getattr(function, "__name__", function))


def _bound(
    rule: registry.Rule,
    function: Any,
    args: Any,
    shadows: Any,
    options: dict[str, Any],
    option_shadows: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arguments and their shadows by parameter, where the rule has all derivatives that they need."""
    signature = rule.signature
    try:
        arguments = signature.bind(*args, **options).arguments
    except TypeError as error:
        raise NoDerivativeError(*rule.unfit(error)) from None
    for name, reason in rule.refused.items():
        if name in arguments and arguments[name] is not signature.parameters[name].default:
            raise NoDerivativeError(reason)
    images = signature.bind(*shadows, **option_shadows).arguments
    for name, image in images.items():
        whole = rule.takes_numbers and type(arguments[name]) is int and image is not None
        if name not in rule.wrt and (whole or carries_derivative(arguments[name], image)):
            raise NoDerivativeError(
                f"There is no derivative of '{title_of(function)}' with respect to the argument '{name}'.",
                "Use srcad's stop_gradient or a constant there.",
            )
    return arguments, images


def carries_derivative(value: Any, image: Any) -> bool:
    """Tell whether a value with this shadow holds a number that has a derivative."""
    if image is None:
        return False
    if isinstance(value, (list, tuple)) and isinstance(image, (list, tuple)):
        return any(map(carries_derivative, value, image))
    if isinstance(value, dict) and isinstance(image, dict):
        return any(carries_derivative(item, image.get(key)) for key, item in value.items())
    return (
        isinstance(value, (float, complex, np.inexact))
        or isinstance(value, np.ndarray)
        and value.dtype.kind in "fc"
    )


def copied(value: Any) -> Any:
    """Return a copy of a container or an object; what arrays held is put back before the pullback."""
    return value if isinstance(value, np.ndarray) else rt.clone(value)


def _pull(
    rule: registry.Rule,
    value: Any,
    image: Any,
    args: Any,
    options: dict[str, Any],
    arguments: dict[str, Any],
    images: dict[str, Any],
) -> None:
    gradients = _gradients(rule, value, rt.taken(image), args, options, arguments)
    for name, gradient in zip(rule.wrt, gradients):
        if images.get(name) is not None:
            if rule.given:
                gradient = rt.fitting(
                    gradient, arguments[name], f"'{title_of(rule.primal)}' with respect to '{name}'"
                )
            rt.accumulate_shadow(images[name], gradient)


def _gradients(
    rule: registry.Rule, ans: Any, g: Any, args: Any, options: dict[str, Any], arguments: dict[str, Any]
) -> list[Any]:
    if rule.kind == "elementwise":
        operands = [np.asarray(a) if isinstance(a, (list, tuple)) else a for a in args]
        partials = rule.reverse(ans, *operands, **options)
        parts = [partials] if len(rule.wrt) == 1 else list(partials)
        return [
            rt.unbroadcast(g * part, arguments[name]) if name in arguments else 0.0
            for name, part in zip(rule.wrt, parts)
        ]
    whole = rule.reverse(ans, rt.with_names(g, ans) if rule.given else g, *args, **options)
    if len(rule.wrt) == 1:
        return [whole]
    if rule.given:
        whole = rt.gradients_given(whole, len(rule.wrt), f"'{title_of(rule.primal)}'")
    return list(whole)
