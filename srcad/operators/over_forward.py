"""Forward mode over reverse mode over forward mode: ``rt.call`` of what forward mode has resolved when it runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.results.calls import ARRAY_METHODS, function_of_method
from srcad.dynamic import DERIVATIVE_OPERATORS, positional
from srcad.errors import UnsupportedError
from srcad.operators.composition import (
    PAIRED,
    STRUCTURAL,
    InnerJvp,
    callee_of,
    jvp_with_aux,
    prepared_for_both,
)
from srcad.operators.deeper_reverse import Calls, call_parts, without_pullback
from srcad.operators.dynamic import tangents_of
from srcad.operators.forward import jvp
from srcad.operators.over_functions import bound_images
from srcad.operators.shadowed_calls import CALLS, ShadowedCall, plain_call
from srcad.rules import registry
from srcad.runtime.tangents import CONTAINERS, partial_of
from srcad.targets import Target

__all__ = ["install"]

_NUMERIC = (float, int, complex, np.ndarray, np.generic)
Results = list[Any]


def install() -> None:
    """Let forward mode be applied to reverse mode over forward mode."""
    CALLS.update({jvp: _of_jvp, rt.call_jvp: _of_call_jvp, rt.method_jvp: _of_method_jvp})


def _of_jvp(calls: Calls) -> Results:
    """The parts of a call of ``jvp(f, primals, tangents)``."""
    whole = [_by_position(call) for call in calls]
    if len(whole[0].values) > 3 and whole[0].values[3]:
        return call_parts([plain_call(jvp_with_aux if k == 0 else 0.0, c.values[:3], c.shadows[:3])
                           for k, c in enumerate(whole)])  # fmt: skip
    made = InnerJvp(*whole[0].values[:3])
    parts = [plain_call(made.code.entries[0], made.given, made.arranged(*whole[0].shadows[:3], None))]
    for call in whole[1:]:
        parts.append(
            plain_call(0.0, made.arranged(*call.values[:3], 0.0), made.arranged(*call.shadows[:3], 0.0))
        )
    return call_parts(parts)


def _by_position(call: ShadowedCall) -> ShadowedCall:
    """Return a call of ``jvp`` without keywords."""
    values = positional(jvp, call.values, call.options)
    return plain_call(call.function, values, positional(jvp, call.shadows, call.option_shadows))


def _of_call_jvp(calls: Calls) -> Results:
    """The parts of a call of ``rt.call_jvp(f, df, args, tangents)``."""
    function, held, args, tangents, *named = calls[0].values
    options, directions = named or ({}, {})
    known = registry.is_key(function)
    numeric = all(isinstance(value, _NUMERIC) for value in args)
    if isinstance(function, type) or known and function in STRUCTURAL and not numeric:
        return _mirrored(calls)
    if known and function in PAIRED:
        return call_parts([_paired(call, k) for k, call in enumerate(calls)])
    if any(function is maker for maker in DERIVATIVE_OPERATORS):
        return _of_maker(calls, function(*args, **options))
    target = callee_of(function)
    values = target.bind(tuple(args), options)
    images = tangents_of(target, values, held, tangents, directions)
    code, given, wanted = prepared_for_both(target, values, images)
    parts = []
    for k, call in enumerate(calls):
        own, down, values_, tangents_, *rest = call.values
        shadows = _shadows(target, call, len(args), wanted)
        if k == 0:
            parts.append(plain_call(code.entries[0], given, shadows))
            continue
        whole = tangents_of(target, values, own, _tuple(values_, args), _dict(rest, 0))
        inner = tangents_of(target, values, down, _tuple(tangents_, args), _dict(rest, 1))
        names = [*target.names, *target.captured_names()]
        moved = (*(whole.get(n, 0.0) for n in names), *(inner[n] for n in wanted))
        parts.append(plain_call(0.0, moved, tuple(0.0 if s is None else s for s in shadows)))
    return call_parts(parts)


def _of_maker(calls: Calls, made: Any) -> Results:
    """Make a derivative of a function, which has the tangents and the shadows of what that has captured."""
    pairs = []
    for k, call in enumerate(calls):
        value, tangent = (_tuple(part, (None,))[0] for part in call.values[2:4])
        shadow, image = (_tuple(part, (None,))[0] for part in (*call.shadows, None, None)[2:4])
        pairs.append(((value if k else made, tangent), (shadow, image)))
    return without_pullback(pairs)


def _shadows(target: Target, call: ShadowedCall, count: int, wanted: tuple[str, ...]) -> tuple[Any, ...]:
    """Return what belongs to the arguments of the forward code: shadows, or tangents of them."""
    own, held, args, tangents, *named = [*call.shadows, *(None,) * (6 - len(call.shadows))]
    captured = len(target.captured())
    first = bound_images(target, own, _tuple(args, (None,) * count), _dict(named, 0), captured)
    second = bound_images(target, held, _tuple(tangents, (None,) * count), _dict(named, 1), captured)
    return (
        *(first.get(n) for n in [*target.names, *target.captured_names()]),
        *(second.get(n) for n in wanted),
    )


def _tuple(images: Any, like: Any) -> tuple[Any, ...]:
    return (
        tuple(images)
        if isinstance(images, (list, tuple))
        else (0.0 if like and like[0] is not None else None,) * len(like)
    )


def _dict(named: Any, which: int) -> dict[str, Any]:
    found = named[which] if len(named) > which else {}
    return found if isinstance(found, dict) else {}


def _paired(call: ShadowedCall, k: int) -> ShadowedCall:
    values, shadows = call.values, call.shadows
    function = PAIRED[values[0]] if k == 0 else 0.0
    nothing = None if k == 0 else 0.0
    images = _tuple(shadows[2], (nothing,) * 6)
    directions = _tuple(shadows[3], (nothing,) * 6)
    return plain_call(
        function, (*values[2], values[3][4], values[3][5]), (*images, directions[4], directions[5])
    )


def _mirrored(calls: Calls) -> Results:
    """Read or change an item or attribute, or make an instance, of the value and of its tangent."""
    function, _, args, *_ = calls[0].values
    made = isinstance(function, type)
    both: tuple[Calls, Calls] = ([], [])
    for k, call in enumerate(calls):
        own, held, args_, tangents_, *named = call.values
        shadows, tangent_shadows = (
            _tuple(call.shadows[2], (None,) * len(args)),
            _tuple(call.shadows[3], (None,) * len(args)),
        )
        images = tangents_ if made else (tangents_[0], *(args if k == 0 else args_)[1:2], *tangents_[2:])
        head = function if k == 0 else 0.0
        nothing: dict[str, Any] = {}
        both[0].append(ShadowedCall(head, None, args_, shadows, _dict(named, 0), nothing))
        both[1].append(ShadowedCall(head, None, images, tangent_shadows, _dict(named, 1), nothing))
    return _joined(call_parts(both[0]), call_parts(both[1]))


def _joined(values: Results, tangents: Results) -> Results:
    """Return the parts of a pair of a value and its tangent."""
    found: Results = []
    for k, (value, tangent) in enumerate(zip(values, tangents)):
        pullbacks = [tangent[2], value[2]]
        pull = functools.partial(run_all, pullbacks) if k == 0 else partial_of(0.0, pullbacks)
        found.append(((value[0], tangent[0]), (value[1], tangent[1]), pull))
    return found


def run_all(pullbacks: list[Callable[[], None]]) -> None:
    """Run pullbacks one after the other."""
    for pullback in pullbacks:
        pullback()


def _of_method_jvp(calls: Calls) -> Results:
    """The parts of a call of ``rt.method_jvp(receiver, dreceiver, name, args, tangents)``."""
    receiver, _, name, *_ = calls[0].values
    if isinstance(receiver, CONTAINERS):
        raise UnsupportedError(f"The method '.{name}' of a container is differentiated by forward over reverse over "
                               "forward mode.", "Use reverse mode once, and forward mode after it.")  # fmt: skip
    by_rule = isinstance(receiver, _NUMERIC) and name in ARRAY_METHODS
    parts = []
    for k, call in enumerate(calls):
        own, held, _, args, tangents, *named = call.values
        shadow, held_shadow, _, *images = call.shadows
        if by_rule:
            nothing = None if k == 0 else 0.0
            function = function_of_method(receiver, name) if k == 0 else 0.0
            pairs = [_tuple(part, (nothing,) * len(args)) for part in images[:2]]
            given = (function, 0.0, (own, *args), (held, *tangents), *named)
            shadows = (nothing, nothing, (shadow, *pairs[0]), (held_shadow, *pairs[1]), *images[2:])
        else:
            given = (getattr(receiver, name) if k == 0 else own, held, args, tangents, *named)
            shadows = (shadow, held_shadow, *images)
        parts.append(plain_call(rt.call_jvp if k == 0 else 0.0, given, shadows))
    return _of_call_jvp(parts)
