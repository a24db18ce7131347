"""Calls that forward mode has resolved when it ran, in every mode that is applied to them afterwards.

Code of forward mode calls ``rt.call_jvp(f, df, args, tangents)`` where the callee is known only when the program runs.
Reverse mode of that code calls ``rt.call(rt.call_jvp, ...)``, and forward mode of the result has tangents of that call.
So there are *rows*, the call with its shadows and its tangents in the directions of the forward modes outside, each of
which has *columns*, the plain call and its tangents in the directions of the forward modes inside.  What only moves
values about is done to each column.  A function with source goes through its forward code, which has half as many
columns, down to the single column that reverse mode, or forward mode over reverse mode, takes as it stands.
"""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.callables.derivatives import Composable
from srcad.dynamic import calls as reverse_calls
from srcad.dynamic.containers import is_iterable_of_class, iterating_method
from srcad.dynamic.operators import OPERATORS
from srcad.errors import UnsupportedError
from srcad.lang.function import Nested
from srcad.operators.by_name import jvp_by_name
from srcad.operators.composition import (
    OWN,
    PAIRED,
    STRUCTURAL,
    InnerJvp,
    callee_of,
    jvp_apart,
    jvp_with_aux,
    prepared_for_both,
)
from srcad.operators.deeper.functions import bound_images
from srcad.operators.deeper.reverse import call_parts
from srcad.operators.deeper.rows_of_objects import rows_with_objects
from srcad.operators.deeper.shadowed_calls import (
    CALLS,
    ShadowedCall,
    computed_default,
    is_apart,
    is_without_derivative,
    method_of_class,
    operator_methods,
    plain_call,
)
from srcad.operators.dynamic.calls import is_method_of_builtin
from srcad.operators.dynamic.computed import by_class, keep_cached
from srcad.operators.dynamic.functions import tangents_of
from srcad.operators.dynamic.sources import SOURCES, items_by_position
from srcad.operators.forward import jvp
from srcad.operators.resolved.classes import make
from srcad.operators.resolved.methods import of_method
from srcad.operators.resolved.objects import (
    attribute_kept,
    copied,
    method_read,
    of_super,
    reads_method,
)
from srcad.operators.resolved.rows import (
    Found,
    Row,
    Rows,
    each_column,
    nothing_in,
    run_all,
    still,
    tuple_of,
    with_heads,
)
from srcad.rules import iteration, registry
from srcad.runtime.libraries import is_sparse
from srcad.runtime.tangents import partial_of, zero_tangent

__all__ = ["EXPANDED", "Found", "Rows", "install", "resolved"]

_NUMERIC = (float, int, complex, np.ndarray, np.generic)


def install() -> None:
    """Let reverse mode, and forward mode over it, differentiate what forward mode has resolved, and ``jvp``."""
    for function in (jvp, rt.call_jvp, rt.method_jvp):
        CALLS[function] = functools.partial(_of_calls, function)
        OPERATORS[function] = functools.partial(_adjoint, function)


def _adjoint(function: Any, call: Any, *values: Any, shadows: Any, **options: Any) -> Any:
    """Return what ``rt.call`` returns."""
    named = dict.fromkeys(options)
    return _of_calls(function, [ShadowedCall(function, None, values, tuple(shadows), options, named)])[0]


def _of_calls(function: Any, calls: Row) -> list[Any]:
    """Return the parts of what ``rt.call`` returns: for each row the value, the shadow and the pullback."""
    found, pullbacks = resolved(function, [[call] for call in calls])
    return [(*columns[0], pullback) for columns, pullback in zip(found, pullbacks)]


def resolved(function: Any, rows: Rows) -> Found:
    """Return the value and the shadow of each column of each row of a call, and the pullback of each row."""
    known = registry.is_key(function)
    if known and function in EXPANDED:
        return EXPANDED[function](rows)
    if len(rows[0]) == 1:
        calls = [row[0] for row in rows]
        parts = [reverse_calls.call(*calls[0])] if len(calls) == 1 else call_parts(calls)
        return [[(value, shadow)] for value, shadow, _ in parts], [pullback for *_, pullback in parts]
    for do in (
        functools.partial(copied, resolved),
        _of_runtime,
        _of_maker,
        of_super,
        _of_class,
        _of_operator_with_rule,
        attribute_kept,
        _of_item_or_attribute,
        _of_nested_or_method,
    ):
        found = do(function, rows)
        if found is not None:
            return found
    return _of_source(function, rows)


# -- forward mode inside: more columns ----------------------------------------------------------------


def _of_call_jvp(rows: Rows) -> Found:
    """``rt.call_jvp(f, df, args, tangents)``: a call with twice as many columns."""
    wide = []
    for k, row in enumerate(rows):
        cells: Row = []
        for call in row:
            cells += _expanded(call.values, call.shadows, rows[0][0].values[2:], nothing_in(k))
        wide.append(cells)
    return _paired(resolved(rows[0][0].values[0], wide))


def _of_method_jvp(rows: Rows) -> Found:
    """``rt.method_jvp(receiver, dreceiver, name, args, tangents)``: a method with twice as many columns."""
    receiver, _, name, *like = rows[0][0].values
    wide = []
    for k, row in enumerate(rows):
        cells: Row = []
        for call in row:
            values, shadows = ((*part[:2], *part[3:]) for part in (call.values, call.shadows))
            cells += _expanded(values, shadows, like, nothing_in(k))
        wide.append(cells)
    return _paired(of_method(resolved, receiver, name, wide))


def _expanded(values: Any, shadows: Any, like: Any, nothing: Any) -> Row:
    """Return the two columns of a call that forward mode has resolved."""
    function, held, args, tangents, *named = values
    own, own_held, *images = [*shadows, *(nothing,) * (6 - len(shadows))]
    pairs = [(function, own, args, images[0]), (held, own_held, tangents, images[1])]
    cells = []
    for k, (head, image, given, parts) in enumerate(pairs):
        options = named[k] if named and isinstance(named[k], dict) else {}
        option_shadows = images[2 + k] if isinstance(images[2 + k], dict) else dict.fromkeys(options, nothing)
        whole = tuple(given) if isinstance(given, (list, tuple)) else zero_tangent(tuple(like[0]))
        cells.append(
            ShadowedCall(head, image, whole, tuple_of(parts, len(whole), nothing), options, option_shadows)
        )
    return cells


def _paired(found: Found) -> Found:
    """Return each value with its tangent in one column."""
    rows = [
        [((a[0], b[0]), (a[1], b[1])) for a, b in zip(columns[::2], columns[1::2])] for columns in found[0]
    ]
    return rows, found[1]


def _of_jvp(rows: Rows) -> Found:
    """``jvp(f, primals, tangents)`` inside of a program: its generated function is called."""
    if reverse_calls.has_own_options(jvp, rows[0][0].options):
        return resolved(jvp_by_name, [
            [c._replace(function=jvp_by_name if k == m == 0 else 0.0) for m, c in enumerate(row)]
            for k, row in enumerate(rows)
        ])  # fmt: skip
    whole = [[_by_position(call, nothing_in(k)) for call in row] for k, row in enumerate(rows)]
    first = whole[0][0]
    if len(first.values) > 3 and first.values[3]:
        return resolved(jvp_with_aux, [
            [plain_call(jvp_with_aux if k == m == 0 else 0.0, c.values[:3], c.shadows[:3]) for m, c in enumerate(row)]
            for k, row in enumerate(whole)
        ])  # fmt: skip
    if isinstance(first.values[0], Composable):
        whole = _with_objects(whole)
        first = whole[0][0]
    made = InnerJvp(*first.values[:3])
    is_own = len(first.values) > 3 and first.values[3] is OWN
    if (made.code.changes_arguments or made.code.shares_result) and not is_own:
        return resolved(jvp_apart, [
            [plain_call(jvp_apart if k == m == 0 else 0.0, c.values[:3], c.shadows[:3]) for m, c in enumerate(row)]
            for k, row in enumerate(whole)
        ])  # fmt: skip
    entry, moved = made.code.entries[0], []
    for k, row in enumerate(whole):
        cells = []
        for m, call in enumerate(row):
            values = made.given if k == m == 0 else made.arranged(*call.values[:3], 0.0)
            shadows = made.arranged(*call.shadows[:3], nothing_in(k))
            cells.append(plain_call(entry if k == m == 0 else 0.0, values, shadows))
        moved.append(cells)
    return resolved(entry, moved)


def _with_objects(rows: Rows) -> Rows:
    """Return calls of ``jvp`` of a derivative, with objects for the methods and partial functions that that has."""
    calls = [
        [ShadowedCall(c.values[0], c.shadows[0], *_points(c.values[1], c.shadows[1], k), {}, {}) for c in row]
        for k, row in enumerate(rows)
    ]
    return [
        [
            call._replace(
                values=(made.function, made.values, *call.values[2:]),
                shadows=(made.own, made.shadows, *call.shadows[2:]),
            )
            for made, call in zip(changed, row)
        ]
        for changed, row in zip(rows_with_objects(calls), rows)
    ]


def _points(values: Any, shadows: Any, k: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    points = tuple(values) if isinstance(values, (list, tuple)) else ()
    return points, tuple_of(shadows, len(points), nothing_in(k))


def _by_position(call: ShadowedCall, nothing: Any) -> ShadowedCall:
    """Return a call of ``jvp`` without keywords."""
    if not call.options:
        shadows = (*call.shadows, *(nothing,) * (len(call.values) - len(call.shadows)))
        return plain_call(call.function, call.values, shadows)
    values = reverse_calls.positional(jvp, call.values, call.options)
    return plain_call(call.function, values, reverse_calls.positional(jvp, call.shadows, call.option_shadows))


EXPANDED: dict[Any, Callable[[Rows], Found]] = {
    rt.call_jvp: _of_call_jvp, rt.method_jvp: _of_method_jvp, jvp: _of_jvp,
}  # fmt: skip


# -- what is called -----------------------------------------------------------------------------------


def _of_runtime(function: Any, rows: Rows) -> Found | None:
    """List what a loop runs over, or call a function that has another one for its value with its tangent."""
    if function is rt.sequence:
        return _of_sequence(rows)
    if not registry.is_key(function) or function not in PAIRED:
        return None
    halved = []
    for k, row in enumerate(rows):
        cells = []
        for m in range(0, len(row), 2):
            call, image = row[m], row[m + 1]
            shadows = tuple_of(call.shadows, 6, nothing_in(k)), tuple_of(image.shadows, 6, nothing_in(k))
            cells.append(plain_call(PAIRED[function] if k == m == 0 else 0.0, (*call.values, *image.values[4:6]),
                                    (*shadows[0], *shadows[1][4:6])))  # fmt: skip
        halved.append(cells)
    return _unpaired(resolved(PAIRED[function], halved))


def _of_maker(function: Any, rows: Rows) -> Found | None:
    """Make a derivative of a function, which has the tangents and the shadows of what that has captured."""
    if not any(function is maker for maker in reverse_calls.DERIVATIVE_OPERATORS):
        return None
    made, found = function(*rows[0][0].values, **rows[0][0].options), []
    for k, row in enumerate(rows):
        heads = [(made if k == m == 0 else tuple_of(c.values, 1, 0.0)[0], c) for m, c in enumerate(row)]
        found.append([(value, tuple_of(c.shadows, 1, nothing_in(k))[0]) for value, c in heads])
    return still(found)


def _of_class(function: Any, rows: Rows) -> Found | None:
    """Make an instance, or do what has no derivative."""
    if is_without_derivative(function, rows[0][0].values):
        return constant(function, rows)
    return make(resolved, function, rows) if isinstance(function, type) and function not in SOURCES else None


def _of_operator_with_rule(function: Any, rows: Rows) -> Found | None:
    """Apply an operator for which the class of an operand has a method with a derivative rule, as sparse matrices do."""
    if not registry.is_key(function):
        return None
    for method, order in operator_methods(function, rows[0][0].values):
        if not registry.is_key(method) or registry.find(method) is None:
            return None
        return resolved(method, with_heads(method, [
            [plain_call(0.0, [c.values[i] for i in order], [c.shadows[i] for i in order]) for c in row]
            for row in rows
        ]))  # fmt: skip
    return None


def constant(function: Any, rows: Rows) -> Found:
    """Call what has no derivative."""
    value = function(*rows[0][0].values, **rows[0][0].options)
    zero = zero_tangent(value)
    return still([
        [(value if k == m == 0 else zero, nothing_in(k)) for m in range(len(row))] for k, row in enumerate(rows)
    ])  # fmt: skip


def _of_item_or_attribute(function: Any, rows: Rows) -> Found | None:
    """Read or change an item or an attribute, or join dicts."""
    values = rows[0][0].values
    if function in (operator.or_, operator.ior) and isinstance(values[0], dict):
        return _of_dicts(function, rows)
    if not registry.is_key(function) or function not in STRUCTURAL:
        return None
    if function is operator.getitem and rt.computed_default(*values) is not None:
        raise computed_default()
    if function is getattr and reads_method(*values[:2]):
        return method_read(rows)
    if is_apart(function, values):
        return constant(function, rows)
    computed = by_class([call for row in rows for call in row])
    if computed is not None:
        width = len(rows[0])
        for call in computed[1:width]:  # the first row has shadows, where the others have tangents of them
            computed[computed.index(call)] = call._replace(
                own=None,
                shadows=tuple(None if isinstance(s, float) and s == 0.0 else s for s in call.shadows),
            )
        moved = [computed[i : i + width] for i in range(0, len(computed), width)]
        found = resolved(moved[0][0].function, moved)
        flat = [(*part, None) for columns in found[0] for part in columns]
        keep_cached([call for row in rows for call in row], flat)
        return found
    method = method_of_class(function, values)
    if method is not None:
        places = [0, 2] if function is setattr else [0] if function is getattr else list(range(len(values)))
        return resolved(method, with_heads(method, [
            [plain_call(0.0, [c.values[i] for i in places], [c.shadows[i] for i in places]) for c in row]
            for row in rows
        ]))  # fmt: skip
    if all(isinstance(value, _NUMERIC) for value in values):
        return None
    return each_column(function, rows, lambda k, m, part: part if m == 0 else
                       (*part[:1], *(values if k == 0 else rows[k][0].values)[1:2], *part[2:]))  # fmt: skip


def _of_dicts(function: Any, rows: Rows) -> Found:
    """Join dicts, of which the second may be given as pairs."""
    if isinstance(rows[0][0].values[1], dict):
        return each_column(function, rows)
    pairs = [[plain_call(0.0, call.values[1:], call.shadows[1:]) for call in row] for row in rows]
    made, first = resolved(dict, with_heads(dict, pairs))
    joined = [
        [
            plain_call(0.0, (call.values[0], value), (call.shadows[0], shadow))
            for call, (value, shadow) in zip(row, columns)
        ]
        for row, columns in zip(rows, made)
    ]
    found, second = each_column(function, joined)
    return found, [
        functools.partial(run_all, list(pulls)) if k == 0 else partial_of(0.0, list(pulls))
        for k, pulls in enumerate(zip(second, first))
    ]


def _of_nested_or_method(function: Any, rows: Rows) -> Found | None:
    """Call a nested function from inside of itself, or a method of something that Python defines."""
    if isinstance(function, Nested):
        closed: Rows = []
        for k, row in enumerate(rows):
            cells = []
            for m, call in enumerate(row):
                values, options, captured = function.parted(call.values, call.options)
                shadows, named, own = function.parted(call.shadows, call.option_shadows)
                head = rt.Closure(function, captured) if k == m == 0 else captured
                cells.append(ShadowedCall(head, list(own), values, shadows, options, named))
            closed.append(cells)
        return _of_source(closed[0][0].function, closed)
    if not is_method_of_builtin(function):
        return None
    read = [[_receiver(call) for call in row] for row in rows]
    return of_method(resolved, function.__self__, function.__name__, read)


def _receiver(call: ShadowedCall) -> ShadowedCall:
    """Return a call in which what a method belongs to stands in the place of the method."""
    head, own = (part.__self__ if isinstance(part, types.BuiltinMethodType) else part for part in call[:2])
    return call._replace(function=head, own=own)


def _of_sequence(rows: Rows) -> Found:
    """List what a loop runs over."""
    source = rows[0][0].values[0]
    unknown = any(isinstance(call.values[0], float) for row in rows for call in row)
    if is_iterable_of_class(source) and not unknown:
        iterate = iterating_method(source) or items_by_position
        if isinstance(getattr(type(source), "__next__", None), types.FunctionType):
            raise UnsupportedError(f"A loop runs over an iterator of the class '{type(source).__name__}', in a derivative "
                                   "of a derivative.", "Loop over a list, or over indices.")  # fmt: skip
        made, first = resolved(iterate, with_heads(iterate, rows))
        if not isinstance(made[0][0][0], iteration.Items):
            return made, first
        held = [
            [(value.source, getattr(shadow, "source", nothing_in(k))) for value, shadow in columns]
            for k, columns in enumerate(made)
        ]
        return held, first
    if not unknown and not isinstance(source, (dict, str)):
        return each_column(rt.sequence, rows)
    alone = [[call._replace(function=rt.sequence if k == 0 else 0.0) for call in row[:1]]
             for k, row in enumerate(rows)]  # fmt: skip
    found, pullbacks = resolved(rt.sequence, alone)
    zero = zero_tangent(found[0][0][0])
    return [
        [*columns, *((zero, nothing_in(k)) for _ in rows[0][1:])] for k, columns in enumerate(found)
    ], pullbacks


def _of_source(function: Any, rows: Rows) -> Found:
    """Call the forward code of a function, which has half as many columns."""
    if isinstance(function, Composable):
        rows = rows_with_objects(rows)
        function = rows[0][0].function
    first = rows[0][0]
    target = callee_of(function)
    values = target.bind(tuple(first.values), first.options)
    captured = target.captured()
    everything = dict(zip([*target.names, *target.captured_names()], (*values, *captured)))
    moved = [
        [
            {} if k == m == 0 else tangents_of(target, values, c.function, c.values, c.options)
            for m, c in enumerate(row)
        ]
        for k, row in enumerate(rows)
    ]
    rule = registry.find(function) if registry.is_key(function) else None
    images = {
        n: t
        for n, t in moved[0][1].items()
        if rule is None
        or rule.differentiates(n)
        or not (is_sparse(type(everything[n])) or _vanishes(n, moved))
    }
    code, given, wanted = prepared_for_both(target, values, images)
    entry, halved = code.entries[0], []
    for k, row in enumerate(rows):
        held = [bound_images(target, c.own, c.shadows, c.option_shadows) for c in row]
        cells = []
        for m in range(0, len(row), 2):
            both = ((moved[k][m], everything), (moved[k][m + 1], wanted))
            parts = given if k == m == 0 else tuple(
                _like(found.get(n, 0.0), everything[n]) for found, chosen in both for n in chosen
            )  # fmt: skip
            shadows = [
                part.get(n) for part, chosen in ((held[m], everything), (held[m + 1], wanted)) for n in chosen
            ]
            cells.append(
                plain_call(
                    entry if k == m == 0 else 0.0, parts, [nothing_in(k) if s is None else s for s in shadows]
                )
            )
        halved.append(cells)
    return _unpaired(resolved(entry, halved))


def _vanishes(name: str, moved: list[list[dict[str, Any]]]) -> bool:
    found = [part.get(name, 0.0) for row in moved for part in row]
    return all(isinstance(image, float) and image == 0.0 for image in found)


def _like(image: Any, value: Any) -> Any:
    """Return a tangent, where 0.0 may stand for one without structure."""
    return zero_tangent(value) if isinstance(image, float) and not isinstance(value, float) else image


def _unpaired(found: Found) -> Found:
    """Return the values and tangents that a function returned in pairs as columns of their own."""
    rows = []
    for k, columns in enumerate(found[0]):
        parts = []
        for value, shadow in columns:
            values = value if isinstance(value, (list, tuple)) else (value, value)
            parts += list(zip(values, tuple_of(shadow, 2, nothing_in(k))))
        rows.append(parts)
    return rows, found[1]
