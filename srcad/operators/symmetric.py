"""Any derivative of a gradient that works on shadow memory: forward mode over its code, as often as is needed.

With ``D`` for the gradient of a function and ``D[v]`` for its derivative in the direction ``v``, all derivatives of
``product(x, v1 ... vk) = D[v1 ... vk]`` are products again, since they are symmetric in their directions::

    forward:   product(x, v1 ... vk, dx)  +  the sum over i of product(x, v1 .. dvi .. vk)
    reverse:   dx = product(x, v1 ... vk, c),    dvi = product(x, v1 .. c .. vk)

So a program in which a product stands can be differentiated in any mode and to any order.
"""

from __future__ import annotations

import contextlib
import functools
from typing import Any

from srcad import runtime as rt
from srcad.analysis.kinds import is_differentiable
from srcad.analysis.kinds_of_values import kind_of
from srcad.callables.compilation import compiled, third_derivative
from srcad.callables.derivatives import Composable, WrittenOut
from srcad.callables.places import place
from srcad.callables.replay import Replay
from srcad.callables.second_order import agree, direction_of, names_in, product, set_product
from srcad.callables.targets import Target
from srcad.dynamic.operators import OPERATORS
from srcad.errors import UnsupportedError
from srcad.operators import composition
from srcad.operators.deeper.calls import Part, Parts, again, apply, install
from srcad.operators.deeper.functions import Calls
from srcad.operators.deeper.shadowed_calls import CALLS, plain_call
from srcad.operators.dynamic.calls import SPECIAL
from srcad.runtime.tangents import partial_of, zero_tangent
from srcad.runtime.user_tangents import tangent_result

__all__ = ["install_products", "product_with_tangent"]


def install_products() -> None:
    """Let ``srcad.callables.second_order.product`` be called and differentiated."""
    set_product(_value)
    composition.PAIRED[product] = product_with_tangent
    OPERATORS[product] = _adjoint
    install({product: _tangents})
    SPECIAL[product] = functools.partial(again, product)
    CALLS[product] = _of_call


def _value(*args: Any) -> Any:
    return _tangents([Part(None, args, {})])[0]


def _tangents(parts: Parts) -> list[Any]:
    """Return the parts of a product: forward mode has one direction for each vector, besides those of the parts."""
    form, out, replay, expected, everything, vectors = parts[0].args
    wanted = tuple(dict.fromkeys((*out, *(vectors[-1][0] if vectors else ()))))
    target, names = form().target, form().names
    value_of = dict(zip(names, everything))
    wanted = tuple(
        n for n in wanted if is_differentiable(kind_of(value_of[n]))
    )  # not an option that is captured
    count = len(target.names)
    if target.closure is not None:
        target = Target(rt.Closure(target.closure.function, tuple(everything[count:])))
    code = compiled(target, everything[:count], wanted, form().mode, False, holomorphic=form().holomorphic)
    if code.changes_arguments and rt.share_memory(everything):
        raise UnsupportedError(f"Two arguments of '{target.title()}' share memory that it may change, and its "
                               "gradient is differentiated.", "Pass a copy of one of them.",
                               place(target.func))  # fmt: skip
    given = []
    for k, part in enumerate(parts):
        *_, points, directions = part.args
        if isinstance(points, float):
            points = zero_tangent(everything)
        if isinstance(directions, float):
            directions = zero_tangent(vectors)
        given += _spread(k, names, everything, points, [(v[0], d[1]) for v, d in zip(vectors, directions)])
    with replay if replay is not None else contextlib.nullcontext():
        if len(given) == 1:
            return [_chosen(code.entries[0](*rt.clone(everything))[1], wanted, out)]
        worked_on = rt.clone(given)
        found = apply(code.entries[0], worked_on)
    if len(parts) > 1 and not rt.hold_the_same(worked_on[0].args[count:], tuple(everything[count:])):
        raise UnsupportedError(f"The gradient of '{target.title()}', which changes what it has captured, is differentiated "
                               "twice.", "Return what it changes, or pass it as an argument.",
                               place(target.func))  # fmt: skip
    if expected is not None:
        before = (1 << len(vectors) - 1) - 1
        again = tangent_result(found[before][1], found[0][1]) if before else found[0][1]
        _require_same(form, expected, _chosen(again, wanted, vectors[-1][0]))
    last = (1 << len(vectors)) - 1
    results = [_chosen(found[k][1], wanted, out) for k in range(last, len(found), last + 1)]
    first = tangent_result(results[0], _chosen(found[0][1], wanted, out)) if vectors else results[0]
    return [first, *results[1:]]


def _spread(k: int, names: tuple[str, ...], everything: Any, points: Any, vectors: list[Any]) -> list[Part]:
    """Return the parts of a call of the gradient that belong to one part of the product."""
    spread = []
    for mask in range(1 << len(vectors)):
        if mask == 0:
            spread.append(Part(None if k == 0 else 0.0, tuple(points), {}))
            continue
        parts = {}
        if mask & (mask - 1) == 0:
            chosen, directions = vectors[mask.bit_length() - 1]
            parts = dict(
                zip(chosen, directions if isinstance(directions, (list, tuple)) else [0.0] * len(chosen))
            )
        spread.append(
            Part(0.0, tuple(direction_of(parts.get(n, 0.0), v) for n, v in zip(names, everything)), {})
        )
    return spread


def _chosen(found: Any, wanted: tuple[str, ...], out: tuple[str, ...]) -> tuple[Any, ...]:
    by_name = dict(zip(wanted, found if isinstance(found, (list, tuple)) else [0.0] * len(wanted)))
    return tuple(by_name.get(name, 0.0) for name in out)


def _require_same(form: Any, expected: Any, found: Any) -> None:
    """Refuse a program that gives another result when it runs again."""
    if not agree(expected, found):
        target = form().target
        raise UnsupportedError(f"The gradient of '{target.title()}' is differentiated by running the function again, "
                               "and it gives another result then.", "Pass what it draws or counts as an argument.",
                               place(target.func))  # fmt: skip


# -- reverse mode -------------------------------------------------------------------------------------


def pull_product(
    form: Any,
    out: Any,
    replay: Any,
    expected: Any,
    everything: Any,
    vectors: Any,
    shadow: Any,
    names: Any,
    images: Any,
    others: Any,
) -> None:
    """Add to the shadows of the arguments, and of the vectors, what a product passes on to them."""
    cotangent = (out, rt.taken(shadow))
    if names:
        found = product(form, names, replay, expected, everything, (*vectors, cotangent))
        for k in range(len(names)):
            rt.accumulate_shadow(images[k], found[k])
    for i, own, own_images in others:
        rest = (*vectors[:i], *vectors[i + 1 :], cotangent)
        part = product(form, own, replay, None, everything, rest)
        for k in range(len(own)):
            rt.accumulate_shadow(own_images[k], part[k])


def product_with_tangent(
    form: Any,
    out: Any,
    replay: Any,
    expected: Any,
    everything: Any,
    vectors: Any,
    points: Any,
    directions: Any,
) -> tuple[Any, Any]:
    """Return a product and its derivative in the direction of ``points`` and ``directions``."""
    value = product(form, out, None, None, everything, vectors)
    tangent = list(product(form, out, None, None, everything, (*vectors, (names_in(form), points))))
    for i in range(len(vectors)):
        own = vectors[i][0]
        part = product(
            form, out, None, None, everything, (*vectors[:i], (own, directions[i][1]), *vectors[i + 1 :])
        )
        for k in range(len(out)):
            tangent[k] = rt.add(tangent[k], part[k])
    return value, tuple(tangent)


def _adjoint(
    call: Any,
    form: Any,
    out: Any,
    replay: Any,
    expected: Any,
    everything: Any,
    vectors: Any,
    *,
    shadows: Any,
) -> tuple[Any, Any, Any]:
    return _of_call([plain_call(product, (form, out, replay, expected, everything, vectors), shadows)])[0]


def _of_call(calls: Calls) -> list[Any]:
    """Return the parts of what ``rt.call`` returns for a product."""
    first, *images = calls
    form, out, replay, expected, everything, vectors = first.values
    names_of = form().names
    rerun = Replay(everything, form().target.func) if replay is None else replay
    kept = rt.clone((everything, vectors))
    moved = apply(product, [Part(None if k == 0 else 0.0, c.values, {}) for k, c in enumerate(calls)])
    shadow = rt.shadow(moved[0])
    held = first.shadows[4] if first.shadows[4] is not None else (None,) * len(everything)
    positions = [k for k, image in enumerate(held) if _counts(form, everything[k], image)]
    names = tuple(names_of[k] for k in positions)
    others = []
    for i, (own, _) in enumerate(vectors):
        given = _vector_shadows(first.shadows[5], i, len(own))
        where = [k for k, image in enumerate(given) if image is not None]
        if where:
            others.append((i, where, tuple(own[k] for k in where), [given[k] for k in where]))
    # The gradients of containers belong to what they hold now, whatever is put into them before the backward sweep.
    plain = [(i, own, rt.kept_shadow(own_images)) for i, _, own, own_images in others]
    held_now = rt.kept_shadow([held[k] for k in positions])
    pull = functools.partial(pull_product, form, out, rerun, moved[0], *kept, shadow, names, held_now, plain)
    found: list[Any] = [(moved[0], shadow, pull)]
    for call, image in zip(images, moved[1:]):
        _, _, _, _, points, directions = call.values
        down = zero_tangent(shadow)
        own_held = _whole(call.shadows[4], held)
        tangents = [
            (
                0.0,
                [0.0] * len(own),
                rt.kept_shadow([_vector_shadows(call.shadows[5], i, 0)[k] for k in where]),
            )
            for i, where, own, _ in others
        ]
        fixed = (0.0, zero_tangent(out), 0.0, 0.0)
        both = rt.clone((_whole(points, everything), _whole(directions, vectors)))
        mirrored = rt.kept_shadow([own_held[k] for k in positions])
        found.append(
            (image, down, partial_of(0.0, *fixed, *both, down, zero_tangent(names), mirrored, tangents))
        )
    return found


def _counts(form: Any, value: Any, image: Any) -> bool:
    """Tell whether an argument with this shadow has a gradient."""
    if not isinstance(value, (Composable, WrittenOut)):
        return image is not None and is_differentiable(kind_of(value))
    if isinstance(image, list):
        raise third_derivative(form().target)  # a derivative of a nested function that has captured values
    return False


def _whole(image: Any, value: Any) -> Any:
    return zero_tangent(value) if isinstance(image, float) or image is None else image


def _vector_shadows(shadows: Any, i: int, count: int) -> Any:
    """Return the shadows of the parts of one vector."""
    if shadows is None or isinstance(shadows, float) or shadows[i] is None or shadows[i][1] is None:
        return (None,) * count
    return shadows[i][1]
