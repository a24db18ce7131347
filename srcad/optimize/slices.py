"""The shape of a part of an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from srcad.optimize.terms import Term

__all__ = ["cut"]


def cut(
    axes: tuple[Any, ...], index: Term, is_integer: Callable[[Term], bool], is_fixed: Callable[[Term], bool]
) -> tuple[Any, ...] | None:
    """Return the axes of ``a[index]``, or None where they are not known.

    A slice that leaves out a fixed number of elements at the ends leaves as many as any other that leaves out
    the same number: ``a[2:]``, ``a[1:-1]`` and ``a[:-2]`` have one length.

    Parameters
    ----------
    axes : tuple of Axis
        The shape of ``a``.
    index : Term
        The index.
    is_integer, is_fixed : callable
        Tell whether an index is a whole number, and whether a bound has the same value everywhere.
    """
    if not axes:
        return None
    parts = list(index.children if index.kind is gast.Tuple else (index,))
    parts = _without_ellipsis(parts, len(axes))
    result: list[Any] = []
    place = 0
    for part in parts:
        if part is _ALL:
            result.append(axes[place])
        elif part.kind is gast.Constant and part.parts[0] is None:
            result.append(type(axes[0])(1))
            continue
        elif place >= len(axes):
            return None
        elif part.kind is gast.Slice:
            length = _length(axes[place], part, is_fixed)
            if length is None:
                return None
            result.append(length)
        elif not is_integer(part):
            return None
        place += 1
    return (*result, *axes[place:]) if place <= len(axes) else None


_ALL: Any = object()


def _without_ellipsis(parts: list[Term], rank: int) -> list[Any]:
    for place, part in enumerate(parts):
        if part.kind is gast.Constant and part.parts[0] is Ellipsis:
            others = [p for p in parts if not (p.kind is gast.Constant and p.parts[0] in (None, Ellipsis))]
            return [*parts[:place], *[_ALL] * (rank - len(others)), *parts[place + 1 :]]
    return list(parts)


def _length(axis: Any, part: Term, is_fixed: Callable[[Term], bool]) -> Any:
    lower, upper, step = part.parts
    if lower is upper is step is None:
        return axis
    first, last = _integer(lower), _integer(upper)
    if step is None and first is not None and last is not None and first >= 0 and last <= 0:
        if not (last == 0 and upper is not None):
            symbol, removed = axis.symbol, first - last
            if type(symbol) is tuple and symbol[0] == "shorter":
                symbol, removed = symbol[1], removed + symbol[2]
            return axis._replace(symbol=("shorter", symbol, removed), is_long=False) if removed else axis
    if all(bound is None or is_fixed(bound) for bound in part.parts):
        return axis._replace(symbol=("slice", axis.symbol, part), is_long=False)
    return None


def _integer(bound: Term | None) -> int | None:
    if bound is None:
        return 0
    if bound.kind is gast.Constant and type(bound.parts[0]) is int:
        return int(bound.parts[0])
    if bound.kind is gast.UnaryOp and bound.parts[0] is gast.USub:
        inner = _integer(bound.parts[1])
        return None if inner is None else -inner
    return None
