"""The one cache of compiled derivatives."""

from __future__ import annotations

import itertools
import numbers
import types
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from srcad.analysis.fingerprints import fingerprint, rough_fingerprint, rough_kind
from srcad.analysis.hidden_changes import refuse_hidden_changes, refuse_own_items
from srcad.analysis.kinds import ANY, Kind, alternatives, array, instances_in, is_differentiable
from srcad.analysis.kinds_of_values import kind_of
from srcad.analysis.own_operators import refuse_own_operators, refuse_own_operators_within
from srcad.callables.places import place
from srcad.callables.targets import Target, refuse_changed_defaults
from srcad.derive.request import Request
from srcad.errors import ArgumentError, SrcadError, UnsupportedError
from srcad.forward_pipeline import build_forward
from srcad.frontend.kept_forms import forget_forms
from srcad.pipeline import Code, build
from srcad.runtime.libraries import package_of

__all__ = ["compiled", "followed", "forget", "is_followed", "third_derivative", "when_forgotten"]

_CACHE: dict[Hashable, Code] = {}
_MOST_ENTRIES = 4096
_VARIANTS: dict[Hashable, int] = {}
_MOST_VARIANTS = 3
_MOST_VARIANTS_BY_USER = 24
_WIDEST = 2
_RESOLVED_MODES = ("call", "jvp", "tangent")

when_forgotten: list[Callable[[], None]] = []
"""Called when compiled code has become void."""


def _is_exact(names: list[str], values: tuple[Any, ...], wanted: tuple[str, ...]) -> bool:
    """Tell whether all numbers are double precision reals, and none to differentiate by is an integer."""
    for name, value in zip(names, values):
        if name in wanted and kind_of(value).name in ("int", "bool"):
            return False
        if name in wanted and isinstance(value, np.ndarray) and value.dtype != np.float64:
            return False
        if isinstance(value, np.ndarray):
            if value.ndim == 0 or value.dtype.char not in "dlqiLQIbBhHp?":
                return False
        elif isinstance(value, (complex, np.complexfloating, np.float32, np.float16, np.longdouble)):
            return False
        elif not isinstance(value, (int, float, str, type(None), types.FunctionType)):
            return False
    return True


def _is_integer(value: Any) -> bool:
    plain = type(value) is int or isinstance(value, np.integer)
    return plain or isinstance(value, np.ndarray) and value.dtype.kind in "iu"


_WITHOUT_AXES = np.array(1.0)


def _wanted_kind(value: Any) -> Kind:
    kind = kind_of(value)
    if kind.name == "int":
        return Kind("float")
    if kind.name == "array" and not kind.inexact and getattr(value, "dtype", np.dtype(int)).kind != "b":
        return array(kind.ndim)
    if kind.name == "number" and not kind.inexact and kind.dtype != "bool":
        return kind_of(_WITHOUT_AXES)
    return _with_numbers(kind)


def _with_numbers(kind: Kind) -> Kind:
    """Return the kind of a container with integers as numbers to differentiate by: they have a gradient as well."""
    if kind.items is None or kind.name not in ("list", "tuple", "dict", "object") and not alternatives(kind):
        return kind
    return replace(kind, items=tuple(map(_with_numbers_inside, kind.items)))


def _with_numbers_inside(item: Any) -> Any:
    """Return the kind of an item, or the pair of a key and a kind."""
    if isinstance(item, tuple):
        return (item[0], _with_numbers_inside(item[1]))
    if item.name == "int":
        return Kind("float")
    if item.name == "array" and not item.inexact and item.dtype != "bool":
        return array(item.ndim)
    if item.name == "number" and not item.inexact and item.dtype != "bool":
        return kind_of(_WITHOUT_AXES)
    return _with_numbers(item)


def compiled(
    target: Target,
    values: tuple[Any, ...],
    wanted: tuple[str, ...],
    mode: str,
    single: bool = True,
    aliased: bool = False,
    holomorphic: bool = False,
    constant_integers: tuple[str, ...] = (),
) -> Code:
    """Return the derivative of ``target`` for arguments of these kinds, from the cache if it is there.

    Parameters
    ----------
    target : Target
        The function.
    values : tuple
        The value of each of its parameters.
    wanted : tuple of str
        The parameters to differentiate with respect to.
    mode, single, aliased, holomorphic
        See `srcad.derive.request.Request`.
    constant_integers : tuple of str
        Those of ``wanted`` in which integers are no numbers to differentiate by.
    """
    everything = (*values, *target.captured())
    derived = target.inner.derived(values) if target.inner is not None else None
    names = [*target.names, *target.captured_names()]
    _refuse_own_items(target, everything)
    func = target.closure.function if target.closure is not None else target.func
    func = derived if derived is not None else func
    identity = func.__code__ if func is target.func else func
    closed = (_static_cells(target), id(getattr(target.func, "__globals__", None)))
    how = (wanted, mode, single, aliased, holomorphic, constant_integers)
    roughly = _works_alike(target)
    try:
        prints = tuple(map(rough_fingerprint if roughly else fingerprint, everything))
    except SrcadError as error:
        raise error.at(place(target.func)) from None
    variant = (identity, closed, how)
    most = _MOST_VARIANTS if mode in _RESOLVED_MODES else _MOST_VARIANTS_BY_USER
    width = min(_VARIANTS.get(variant, 0) // most, _WIDEST)
    for step in range(width):
        prints = prints if (*variant, prints) in _CACHE else _widened(prints, step)
    key = (*variant, prints)
    code = _CACHE.get(key)
    if code is not None and code.holds():
        refuse_changed_defaults(target, code.changed_arguments, values)
        return code
    for value in everything:
        _refuse_at(target, refuse_own_operators_within, value)
    given = dict(zip(names, everything))
    _require_differentiable(target, given, wanted, mode)
    if roughly:
        kinds = tuple((n, rough_kind(v)) for n, v in given.items())
    else:
        kinds = _kinds_of(given, set(wanted) - set(constant_integers), width)
    exact = not roughly and _is_exact(names, everything, wanted)
    integers = tuple(n for n, v in given.items() if n in wanted and _is_integer(v))
    request = Request(func, kinds, wanted, mode, exact, single, aliased, integers, holomorphic)
    code = _built(target, request, values, derived)
    refuse_changed_defaults(target, code.changed_arguments, values)
    code.keep = (target.func, target.closure, derived)
    _put(_CACHE, key, code)
    _put(_VARIANTS, variant, _VARIANTS.get(variant, 0) + 1)
    return code


def _works_alike(target: Target) -> bool:
    """Tell whether a function is one of those by which srcad resolves calls, which do the same with all that they get."""
    plain = target.inner is None and target.closure is None and target.func.__closure__ is None
    return plain and (target.func.__module__ or "").startswith(_RESOLVING)


_RESOLVING = ("srcad.dynamic.", "srcad.operators.deeper.", "srcad.runtime.calls", "srcad.runtime.memory",
              "srcad.runtime.mirrored", "srcad.runtime.stored", "srcad.lang.recursion")  # fmt: skip


def _kinds_of(given: dict[str, Any], varied: set[str], width: int) -> tuple[tuple[str, Kind], ...]:
    """Return the kinds of the parameters, those in ``varied`` as what one differentiates by."""
    kinds = {n: _wanted_kind(v) if n in varied else kind_of(v) for n, v in given.items()}
    for kind in kinds.values():
        for one in instances_in(kind):
            refuse_hidden_changes(one.value)
    for step in range(width):
        kinds = {n: _widened(kind, step) for n, kind in kinds.items()}
    return tuple(kinds.items())


def _put(table: dict[Hashable, Any], key: Hashable, value: Any) -> None:
    """Keep a value, and give up the oldest one where there are too many."""
    if len(table) >= _MOST_ENTRIES:
        table.pop(next(iter(table)))
    table[key] = value


def _widened(kind: Any, step: int, inside: bool = False) -> Any:
    """Return a kind, or what is made of kinds, without what differs from call to call of a function that calls itself.

    First, a dict that grows has other keys at each call, and the parts of a tree are objects of other classes; in the
    second step, an object that is being made has other attributes at each call of its ``__setattr__``.
    """
    if isinstance(kind, tuple):
        return tuple([_widened(part, step, inside) for part in kind])
    if not isinstance(kind, Kind) or kind.items is None and kind.name != "object":
        return kind
    if kind.name == "object" and inside:
        return ANY
    forgets = kind.name == "dict" or kind.name == "object" and step > 0
    if forgets:
        return replace(kind, items=None, rest=None)
    return replace(kind, items=_widened(kind.items, step, True))


def _refuse_own_items(target: Target, values: tuple[Any, ...]) -> None:
    """Refuse containers and arrays among the arguments whose class says itself what they hold or do."""
    seen: set[int] = set()
    waiting: list[Any] = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, (list, tuple, dict)) and id(value) not in seen:
            seen.add(id(value))
            _refuse_at(target, refuse_own_items, type(value))
            waiting += value.values() if isinstance(value, dict) else value
        else:
            _refuse_at(target, refuse_own_operators, type(value))


def _refuse_at(target: Target, refuse: Callable[[Any], None], what: Any) -> None:
    """Let something refuse a value; the place is that of the function."""
    try:
        refuse(what)
    except UnsupportedError as error:
        raise error.at(place(target.func)) from None


def _require_differentiable(
    target: Target, given: dict[str, Any], wanted: tuple[str, ...], mode: str
) -> None:
    """Refuse arguments to differentiate by that have no derivative; a pullback leaves them out."""
    for name, value in given.items():
        code = getattr(target.func, "__code__", None)
        recorded = mode in ("grad", "value") and not getattr(code, "co_filename", "<srcad").startswith(
            "<srcad"
        )
        if is_followed(value) and not recorded:
            raise followed(target, name)
        if name not in wanted or mode in ("vjp", "call", "jvp", "tangent"):
            continue
        of_others = isinstance(value, np.ndarray) and value.dtype.kind not in "fiuc"
        if of_others or _has_no_derivative(value) or not is_differentiable(_wanted_kind(value)):
            what = f"n array of {value.dtype}" if of_others else f" {type(value).__name__}"
            raise ArgumentError(
                f"The argument '{name}' of '{target.title()}' is a{what}, which has no derivative.",
                "Differentiate with respect to numbers, arrays or containers of them.",
                place(target.func),
            )


def _has_no_derivative(value: Any) -> bool:
    """Tell whether a value is of a class of Python's that is no number of NumPy's, and no container of them."""
    if isinstance(value, (set, frozenset, range, bytearray, memoryview, np.ma.MaskedArray)):
        return True
    if isinstance(value, numbers.Number):
        return not isinstance(value, (int, float, complex, np.number))
    return isinstance(value, Iterator) and package_of(type(value)) in ("builtins", "itertools")


def is_followed(value: Any, depth: int = 4) -> bool:
    """Tell whether a value is one that a tape follows, or holds one among its first items."""
    if depth and isinstance(value, (list, tuple, dict)):
        items = value.values() if isinstance(value, dict) else value
        return any(is_followed(item, depth - 1) for item in itertools.islice(items, _ITEMS_LOOKED_AT))
    return type(value).__module__ == "srcad.tape.values"


_ITEMS_LOOKED_AT = 100


def followed(target: Target, name: str) -> ArgumentError:
    """Return the error for a derivative by source at a value that a tape follows."""
    return ArgumentError(f"The argument '{name}' of '{target.title()}' is a value that a tape follows.",
                         "Take the inner derivative by a tape too, inside of the outer one; pass x.value for a constant.",
                         place(target.func))  # fmt: skip


def _built(target: Target, request: Request, values: tuple[Any, ...], derived: Any) -> Code:
    """Return new code for a request; that of a derivative's derivative may be the derivative's own matter."""
    if target.inner is not None:
        again = target.inner.derived_again(request, values)
        if again is not None:
            return again
    if derived is not None and not isinstance(derived, types.FunctionType):
        raise third_derivative(target)
    try:
        return build_forward(request) if request.mode in ("jvp", "tangent") else build(request)
    except SrcadError as error:
        if error.location is not None:
            raise
        raise error.at(place(target.func)) from None


def third_derivative(target: Target | None = None) -> UnsupportedError:
    """Return the error for a third derivative (of ``target``) that shadow memory stands in the way of."""
    of = f" of '{target.title()}'" if target is not None else ""
    return UnsupportedError(f"A third derivative{of} leads through memory that changes.",
                            "Use one order less, or a program without lists, objects and calls that change.",
                            place(target.func) if target is not None else None)  # fmt: skip


def _static_cells(target: Target) -> Hashable:
    """The functions that the target closes over, by identity of their code."""
    if target.closure is not None or not target.func.__closure__:
        return ()
    found = []
    for name, cell in zip(target.func.__code__.co_freevars, target.func.__closure__):
        try:
            content = cell.cell_contents
        except ValueError:
            continue
        if callable(content) or isinstance(content, types.ModuleType):
            found.append((name, id(content)))
    return tuple(found)


def forget() -> None:
    """Empty the cache, since a rule was added that what is in it does not know."""
    _CACHE.clear()
    _VARIANTS.clear()
    forget_forms()
    for drop in when_forgotten:
        drop()
