"""Methods that forward-mode code resolves when it runs, in the modes that are applied to it afterwards."""

from __future__ import annotations

import functools
import operator
import random
from typing import Any

import numpy as np

from srcad.analysis.results.calls import ARRAY_METHODS, function_of_method
from srcad.callables.targets import is_partial_method, partial_shadow, partial_tangent
from srcad.dynamic import calls as reverse_calls
from srcad.dynamic.attributes import computes_methods, is_method_of, method_of_object
from srcad.errors import UnsupportedError
from srcad.operators.deeper.reverse import method_parts
from srcad.operators.deeper.shadowed_calls import has_plain_method, plain_call
from srcad.operators.resolved.rows import (
    Found,
    Resolve,
    Row,
    Rows,
    each_column,
    joined,
    nothing_in,
    run_all,
    still,
    with_heads,
)
from srcad.runtime.memory import is_instance
from srcad.runtime.tangents import CONTAINERS, partial_of, zero_tangent

__all__ = ["of_method"]

_SAME_ON_TANGENTS = frozenset(
    "append extend insert pop clear reverse copy popleft appendleft extendleft rotate get setdefault values update "
    "_replace _asdict move_to_end".split()
)
_BY_PLACE = ("pop", "insert", "get", "setdefault", "rotate")


def of_method(resolve: Resolve, receiver: Any, name: str, rows: Rows) -> Found:
    """Call ``receiver.name``; what a call holds is the receiver, its tangent and the shadows of both.

    ``resolve`` calls what the class of the receiver defines.
    """
    numeric = isinstance(receiver, (float, int, complex, np.ndarray, np.generic))
    of_object = method_of_object(receiver, name)
    if of_object is None and numeric and name in ARRAY_METHODS:
        of_object, base = function_of_method(receiver, name), receiver
    elif of_object is not None:
        base = receiver.__self__
    if of_object is not None:
        whole = [
            [c._replace(values=(base if k == m == 0 else c.function, *c.values), shadows=(c.own, *c.shadows))
             for m, c in enumerate(row)]
            for k, row in enumerate(rows)
        ]  # fmt: skip
        return resolve(of_object, with_heads(of_object, whole))
    if isinstance(receiver, CONTAINERS) and not dynamic_method(receiver, name):
        return _of_container(receiver, name, rows)
    if computes_methods(receiver, name):
        return _of_computed_method(resolve, receiver, name, rows)
    function = getattr(receiver, name)
    if (
        has_plain_method(receiver, name)
        or isinstance(receiver, random.Random)
        and not dynamic_method(receiver, name)
    ):
        return without_derivative(function, rows)
    if isinstance(receiver, np.ndarray):
        raise reverse_calls.missing(function)
    moved = []
    for k, row in enumerate(rows):
        cells: Row = []
        for m, call in enumerate(row):
            held, own = call.function, call.own
            if is_partial_method(function, receiver):
                held, own = partial_tangent(function, held), partial_shadow(function, own)
            elif not is_method_of(function, receiver) and is_instance(
                receiver
            ):  # an attribute that is called
                held, own = getattr(held, name, 0.0), getattr(own, name, nothing_in(k))
            cells.append(call._replace(function=function if k == m == 0 else held, own=own))
        moved.append(cells)
    return resolve(function, moved)


def _of_computed_method(resolve: Resolve, receiver: Any, name: str, rows: Rows) -> Found:
    """Call a method that the class of the receiver finds by itself."""
    read, first = resolve(getattr, [
        [
            plain_call(getattr if k == m == 0 else 0.0,
                       (receiver if k == m == 0 else call.function, name if k == m == 0 else 0.0),
                       (call.own, nothing_in(k)))
            for m, call in enumerate(row)
        ]
        for k, row in enumerate(rows)
    ])  # fmt: skip
    found, second = resolve(read[0][0][0], [
        [call._replace(function=value, own=own) for call, (value, own) in zip(row, columns)]
        for row, columns in zip(rows, read)
    ])  # fmt: skip
    pulls = list(zip(second, first))
    return found, [functools.partial(run_all, list(pulls[0])), *(partial_of(0.0, list(p)) for p in pulls[1:])]


def dynamic_method(receiver: Any, name: str) -> bool:
    """Tell whether a class of the user's defines a method."""
    return hasattr(getattr(type(receiver), name, None), "__code__") and not hasattr(receiver, "_fields")


def without_derivative(function: Any, rows: Rows) -> Found:
    """Call a method whose result has no derivative."""
    value = function(*rows[0][0].values, **rows[0][0].options)
    zero = zero_tangent(value)
    return still([
        [(value if k == m == 0 else zero, nothing_in(k)) for m in range(len(row))] for k, row in enumerate(rows)
    ])  # fmt: skip


def _of_container(receiver: Any, name: str, rows: Rows) -> Found:
    """Call a method of a list, dict, tuple or deque, and of each of its tangents."""
    given = rows[0][0].values
    if name == "sort":
        return _ordered(receiver, rows)
    if name in ("index", "count", "keys"):
        return without_derivative(getattr(receiver, name), rows)
    if name == "remove":
        name, given = "pop", (receiver.index(*given),)
    elif name not in _SAME_ON_TANGENTS or name == "update" and given and not isinstance(given[0], dict):
        raise UnsupportedError(f"The method '.{name}' of a container that is found when the program runs is differentiated "
                               "by a derivative of forward mode.",
                               "Use forward mode after reverse mode (hvp, hessian), or a loop of its own.")  # fmt: skip
    columns = []
    for m in range(len(rows[0])):
        calls = []
        for row in rows:
            call = row[m]
            values = (*given[:1], *call.values[1:]) if name in _BY_PLACE else call.values
            if name == "move_to_end":
                values, call = given, call._replace(options=rows[0][0].options)
            calls.append(call._replace(values=values))
        base = receiver if m == 0 else calls[0].function
        columns.append(_of_column(base, name, calls))
    return joined(columns)


def _ordered(receiver: Any, rows: Rows) -> Found:
    """Bring a list, its tangents and the shadows of all in the order of the list."""
    options = rows[0][0].options
    key = options.get("key") or (lambda item: item)
    keys = [key(item) for item in receiver]
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=bool(options.get("reverse", False)))
    stores = []
    for k, row in enumerate(rows):
        cells: Row = []
        for m, call in enumerate(row):
            base = receiver if k == m == 0 else call.function
            images = [call.own[i] for i in order] if isinstance(call.own, list) else nothing_in(k)
            places = (slice(None), nothing_in(k))
            cells.append(
                plain_call(0.0, (base, places[0], [base[i] for i in order]), (call.own, places[1], images))
            )
        stores.append(cells)
    return each_column(operator.setitem, stores)


def _of_column(receiver: Any, name: str, calls: Row) -> list[Any]:
    """Return the parts of a method of a container, as ``rt.call`` gives them."""
    first, *images = calls
    if not images:
        return [reverse_calls.call_method(receiver, first.own, name, *first[2:])]
    held = [first, *(call._replace(own=call.function) for call in images)]
    return method_parts(receiver, name, held, first.own, [call.own for call in images])
