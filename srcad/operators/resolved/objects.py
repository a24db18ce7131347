"""Copies of objects and their attributes as ``object`` keeps them, in the modes that are applied to forward-mode code.

Forward mode has resolved these calls when it ran: see `srcad.operators.resolved.calls`.
"""

from __future__ import annotations

import copy
import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.dynamic.attributes import computes_methods, is_method_of
from srcad.dynamic.containers import memo_of, return_copy, written_copier
from srcad.operators.deeper.shadowed_calls import plain_call
from srcad.operators.resolved.rows import (
    Found,
    Resolve,
    Rows,
    each_column,
    nothing_in,
    run_all,
    still,
    with_heads,
)
from srcad.runtime.attributes import table_of
from srcad.runtime.tangent_copies import copied_tangent, filled_tangent
from srcad.runtime.tangents import complete_tangent, zero_tangent

__all__ = ["attribute_kept", "copied", "method_read", "of_super", "reads_method"]


def copied(resolve: Resolve, copier: Any, rows: Rows) -> Found | None:
    """Call ``copy.copy`` or ``copy.deepcopy``; ``resolve`` calls what a class defines instead of it."""
    if copier is not copy.copy and copier is not copy.deepcopy:
        return None
    source = rows[0][0].values[0]
    written = written_copier(copier, source)
    if written is not None:
        given = [
            [
                plain_call(0.0, (c.values[0], *memo_of(copier)),
                           (c.shadows[0], *(nothing_in(k) for _ in memo_of(copier))))
                for c in row
            ]
            for k, row in enumerate(rows)
        ]  # fmt: skip
        return resolve(written, with_heads(written, given))
    if copier is copy.copy and not isinstance(source, np.ndarray):
        return still(_shallow(rows))
    return _deep(rows)


def _shallow(rows: Rows) -> list[list[tuple[Any, Any]]]:
    """Return the same parts in containers of their own: a tangent is a copy of that of the source."""
    source = rows[0][0].values[0]
    value = copy.copy(source)
    found: list[list[tuple[Any, Any]]] = []
    for k, row in enumerate(rows):
        columns = []
        for m, call in enumerate(row):
            made = (
                value
                if k == m == 0
                else copied_tangent(value, source, complete_tangent(call.values[0], source))
            )
            columns.append((made, rt.shallow_shadow(call.shadows[0])))
        found.append(columns)
    return found


def _deep(rows: Rows) -> Found:
    """Return memory of its own for each value, tangent and shadow; the gradient goes back when all is done."""
    value = copy.deepcopy(rows[0][0].values[0])
    found: list[list[tuple[Any, Any]]] = []
    pulls: list[Callable[[], None]] = []
    for k, row in enumerate(rows):
        columns = []
        for m, call in enumerate(row):
            base = value if k == 0 else found[0][m][0]
            given = complete_tangent(call.values[0], base)
            made = value if k == m == 0 else filled_tangent(zero_tangent(base), given)
            image = rt.shadow(made) if k == 0 else zero_tangent(found[0][m][1])
            pulls.append(functools.partial(return_copy, rt.skeleton(image), rt.skeleton(call.shadows[0])))
            columns.append((made, image))
        found.append(columns)
    return found, [functools.partial(run_all, pulls), *(0.0 for _ in rows[1:])]


def of_super(function: Any, rows: Rows) -> Found | None:
    """Find methods in the classes behind one; what is bound is the instance, with its tangents and shadows."""
    if function is not super:
        return None
    made = super(*rows[0][0].values)
    return still([
        [(made if k == m == 0 else call.values[1], call.shadows[1]) for m, call in enumerate(row)]
        for k, row in enumerate(rows)
    ])  # fmt: skip


def reads_method(base: Any, name: str) -> bool:
    """Tell whether an attribute is a method of its object: the class may have to be asked, which may run code."""
    if not isinstance(getattr(type(base), name, None), types.FunctionType) or computes_methods(base, name):
        return False
    return is_method_of(getattr(base, name), base)


def method_read(rows: Rows) -> Found:
    """Return a method bound to its object, which has the tangents and the shadows of that."""
    method = getattr(*rows[0][0].values[:2])
    return still([
        [(method if k == m == 0 else call.values[0], call.shadows[0]) for m, call in enumerate(row)]
        for k, row in enumerate(rows)
    ])  # fmt: skip


def attribute_kept(function: Any, rows: Rows) -> Found | None:
    """Read or store an attribute where the class has had its say, or return all of them."""
    values = rows[0][0].values
    if function is object.__setattr__:
        return each_column(function, rows, lambda k, m, part: (part[0], values[1], *part[2:]))
    if function is object.__getattribute__ and values[1] != "__dict__":
        if _is_kept(*values):
            return _read(function, rows)
        return None
    if function is not vars and function is not object.__getattribute__:
        return None
    found = []
    for k, row in enumerate(rows):
        images = [call.shadows[0] for call in row]
        held = [vars(s) if isinstance(s, rt.Shadow) else nothing_in(k) for s in images]
        parts = [vars(values[0]) if k == m == 0 else c.values[0].attributes() for m, c in enumerate(row)]
        found.append(list(zip(parts, held)))
    return still(found)


def _is_kept(base: Any, name: str) -> bool:
    """Tell whether an attribute is one of the instance's own."""
    return name in table_of(base)


def _read(function: Any, rows: Rows) -> Found:
    """Read an attribute of an instance, of its tangents and of their shadows."""
    base, name = rows[0][0].values
    found = []
    for k, row in enumerate(rows):
        parts = [
            function(base, name) if k == m == 0 else getattr(c.values[0], name) for m, c in enumerate(row)
        ]
        images = [getattr(c.shadows[0], name, nothing_in(k)) for c in row]
        found.append(list(zip(parts, images)))
    return still(found)
