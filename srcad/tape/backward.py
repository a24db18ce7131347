"""The backward sweep over what was recorded, by the rules of the registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.callables.places import place
from srcad.errors import ArgumentError
from srcad.rules.registry import Rule
from srcad.tape.calls import ITEM, Call, has_parts, items_of, parts_of, record
from srcad.tape.lifting import lifted
from srcad.tape.recording import Node, Operation, Token, is_tracked, recording

__all__ = ["pull_back"]


def pull_back(seeds: list[tuple[Node, Any]], sources: Iterable[Node], token: Token) -> dict[int, Any]:
    """Return the gradients of the sources by number, without those that the seeded nodes do not depend on.

    Parameters
    ----------
    seeds : list of (Node, gradient)
        The results, with their gradients.
    sources : iterable of Node
        Where to stop.
    token : Token
        The tape whose recording to follow.
    """
    wanted = {node.number for node in sources}
    order = _dependent(seeds, wanted, token)
    found: dict[int, Any] = {}
    for node, g in seeds:
        if node.number in order:
            found[node.number] = _sum(found.get(node.number), g)
    eager = not recording.tokens
    for number in sorted(order, reverse=True):
        node = order[number]
        if number not in found:
            continue
        g = found[number] if number in wanted else found.pop(number)
        operation = node.operation
        if operation is None or token not in node.recorded:
            continue
        if operation.call is ITEM:
            _add_part(found, operation, g)
            continue
        if operation.call.is_derived and node.recorded[-1] is not token:
            gradients: Any = (g,)  # a tape inside of this one has differentiated it
        else:
            gradients = _gradients(node, operation, _whole(g, node.raw), eager)
        for parent, route in zip(operation.parents, operation.routes):
            if parent.number not in order:
                continue
            gradient = gradients[route.slot]
            for key in route.path:
                gradient = 0.0 if type(gradient) is float else gradient[key]
            before = found.get(parent.number)
            found[parent.number] = gradient if before is None else _sum(before, gradient)
    return {number: found[number] for number in wanted if number in found}


def _dependent(seeds: list[tuple[Node, Any]], wanted: set[int], token: Token) -> dict[int, Node]:
    """Return the nodes between the seeds and the sources, by number."""
    reached: dict[int, Node] = {}
    waiting = [node for node, _ in seeds]
    while waiting:
        node = waiting.pop()
        if node.number in reached or token not in node.tokens:
            continue
        reached[node.number] = node
        if node.operation is not None and token in node.recorded:
            waiting.extend(node.operation.parents)
    useful: dict[int, Node] = {}
    for number in sorted(reached):
        node = reached[number]
        if number in wanted:
            useful[number] = node
        elif node.operation is not None and token in node.recorded:
            for parent in node.operation.parents:
                if parent.number in useful:
                    useful[number] = node
                    break
    return useful


def _add_part(found: dict[int, Any], operation: Operation, g: Any) -> None:
    """Add the gradient of one part of a result to those of the others."""
    whole = operation.parents[0]
    is_sequence = isinstance(whole.raw, (list, tuple))
    nothing = [0.0] * len(whole.raw) if is_sequence else dict.fromkeys(items_of(whole.raw), 0.0)
    parts = found.setdefault(whole.number, nothing)
    (key,) = operation.args
    parts[key] = _sum(parts[key], g)


def _sum(first: Any, second: Any) -> Any:
    """Return the sum of two gradients, of which None and the number 0.0 stand for any zeros."""
    if first is None or type(first) is float and first == 0.0:
        return second
    if type(second) is float and second == 0.0:
        return first
    if type(first) is list and type(second) is list:
        return [_sum(one, other) for one, other in zip(first, second)]
    if type(first) is dict and type(second) is dict:
        return {key: _sum(part, second[key]) for key, part in first.items()}
    return first + second


def _whole(g: Any, raw: Any) -> Any:
    """Return a gradient in which no number 0.0 stands for an array of zeros."""
    if type(g) is list and isinstance(raw, (tuple, list)):
        return [_whole(part, value) for part, value in zip(g, raw)]
    if isinstance(g, dict):
        return {key: _whole(part, value) for (key, value), part in zip(items_of(raw).items(), g.values())}
    if type(g) is float and g == 0.0 and has_parts(raw):
        parts = {key: _whole(g, value) for key, value in items_of(raw).items()}
        return list(parts.values()) if isinstance(raw, (list, tuple)) else parts
    if type(g) is float and g == 0.0 and isinstance(raw, (np.ndarray, np.generic)):
        return np.zeros_like(raw) if raw.dtype.kind in "fc" else np.zeros(np.shape(raw))
    return g


def _gradients(node: Node, operation: Operation, g: Any, eager: bool) -> Any:
    """Return the gradients of an operation's parents, by slot."""
    call = operation.call
    ans, args, kwargs, reverse = node.raw, operation.args, operation.kwargs, call.reverse
    if not eager:
        args, kwargs = _traced_arguments(operation)
        if is_tracked(node):
            ans = parts_of(node) if has_parts(ans) else node
        if (
            ans is not node.raw
            or args is not operation.args
            or kwargs is not operation.kwargs
            or _holds_node(g)
        ):
            reverse = _lifted(call)
    if not call.elementwise:
        if call.given:
            g = rt.with_names(g, node.raw)
        found = reverse(ans, g, *args, **kwargs)
        if call.given:
            return _as_given(found, call.given, operation)
        return (found,) if call.single else found
    operands = [np.asarray(a) if isinstance(a, (list, tuple)) and not _holds_node(a) else a for a in args]
    partials = reverse(ans, *operands, **kwargs)
    if call.single:
        partials = (partials,)
    return _chained(g, partials, operation)


def _as_given(found: Any, rule: Rule, operation: Operation) -> list[Any]:
    """Return the gradients that a rule of the user's returns, which have the shapes of their parameters."""
    count, title = len(rule.wrt), f"'{getattr(rule.primal, '__name__', rule.primal)}'"
    try:
        parts = [found] if count == 1 else list(rt.gradients_given(found, count, title))
        for route in operation.routes:
            arguments: Any = operation.kwargs if isinstance(route.place, str) else operation.args
            of_parameter = f"{title} with respect to '{rule.wrt[route.slot]}'"
            parts[route.slot] = rt.fitting(parts[route.slot], arguments[route.place], of_parameter)
    except ArgumentError as error:
        raise ArgumentError(error.reason, error.hint, place(rule.reverse)) from None
    return parts


def _lifted(call: Call) -> Any:
    if call.traced is None:
        call.traced = lifted(call.reverse)
    return call.traced


def _holds_node(g: Any) -> bool:
    if isinstance(g, dict):
        return any(map(_holds_node, g.values()))
    return isinstance(g, Node) or type(g) is list and any(map(_holds_node, g))


def _chained(g: Any, partials: Any, operation: Operation) -> list[Any]:
    """Return ``g`` times each partial derivative, in the shape of the operand."""
    found: list[Any] = [0.0] * len(partials)
    for parent, route in zip(operation.parents, operation.routes):
        partial = partials[route.slot]
        if type(partial) is int and (partial == 1 or partial == -1):
            product = g if partial == 1 else -g
        else:
            product = g * partial
        raw = parent.raw
        value = product.raw if isinstance(product, Node) else product
        if not _fits(value, raw):
            product = (
                record(rt.unbroadcast, rt.unbroadcast, (product, raw), {})
                if value is not product
                else rt.unbroadcast(product, raw)
            )
        found[route.slot] = product
    return found


def _fits(value: Any, raw: Any) -> bool:
    """Tell whether a gradient has the shape and dtype of its value."""
    if isinstance(raw, float):
        return isinstance(value, float)
    if isinstance(raw, complex):
        return isinstance(value, (float, complex))
    return type(value) is type(raw) and value.shape == raw.shape and value.dtype == raw.dtype


def _traced_arguments(operation: Operation) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return an operation's arguments with the nodes that a recording tape follows in their places."""
    args: Any = None
    kwargs: Any = None
    for parent, route in zip(operation.parents, operation.routes):
        if not is_tracked(parent):
            continue
        if isinstance(route.place, str):
            kwargs = dict(operation.kwargs) if kwargs is None else kwargs
            kwargs[route.place] = _replaced(kwargs[route.place], route.inner, parent)
        else:
            args = list(operation.args) if args is None else args
            args[route.place] = _replaced(args[route.place], route.inner, parent)
    return (
        operation.args if args is None else tuple(args),
        operation.kwargs if kwargs is None else kwargs,
    )


def _replaced(value: Any, inner: tuple[Any, ...], node: Node) -> Any:
    """Return ``value`` with ``node`` at the end of the way ``inner``."""
    if not inner:
        return node
    if isinstance(value, dict):
        return {**value, inner[0]: _replaced(value[inner[0]], inner[1:], node)}
    items = list(value)
    items[inner[0]] = _replaced(items[inner[0]], inner[1:], node)
    return type(value)(items)
