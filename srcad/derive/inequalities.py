"""Systems of linear inequalities between whole numbers: can they all hold?"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping

__all__ = ["Linear", "can_hold", "constant", "difference", "plus", "symbol"]

Linear = Mapping[Hashable, int]
"""A sum of multiples of symbols; the multiple of ``1`` is the constant."""

_MOST = 400


def constant(value: int) -> Linear:
    """Return a constant."""
    return {1: value}


def symbol(name: Hashable) -> Linear:
    """Return a symbol."""
    return {name: 1}


def plus(first: Linear, second: Linear, factor: int = 1) -> Linear:
    """Return ``first + factor * second``."""
    result = dict(first)
    for key, value in second.items():
        result[key] = result.get(key, 0) + factor * value
    return {key: value for key, value in result.items() if value}


def difference(first: Linear, second: Linear) -> Linear:
    """Return ``first - second``."""
    return plus(first, second, -1)


def can_hold(inequalities: Iterable[Linear]) -> bool:
    """Tell whether all of some sums may be zero or positive at the same time.

    Symbols are eliminated one after the other (Fourier and Motzkin), each inequality tightened to whole numbers.  The
    answer False is a proof; True is given wherever there is none.

    Examples
    --------
    >>> i, j = symbol("i"), symbol("j")
    >>> can_hold([difference(i, j), difference(difference(j, i), constant(1))])  # i >= j and j >= i + 1
    False
    >>> can_hold([difference(i, j), difference(j, constant(3))])
    True
    """
    rows = {_tightened(row) for row in inequalities}
    while True:
        if any(all(key == 1 for key, _ in row) and _constant_of(row) < 0 for row in rows):
            return False
        rows = {row for row in rows if any(key != 1 for key, _ in row)}
        names = {key for row in rows for key, _ in row if key != 1}
        if not names:
            return True
        chosen = min(names, key=lambda name: (_cost(rows, name), str(name)))
        lower = [dict(row) for row in rows if dict(row).get(chosen, 0) > 0]
        upper = [dict(row) for row in rows if dict(row).get(chosen, 0) < 0]
        if len(lower) * len(upper) > _MOST:
            return True
        rows = {row for row in rows if chosen not in dict(row)}
        for low in lower:
            for high in upper:
                scaled = {key: -high[chosen] * value for key, value in low.items()}
                rows.add(_tightened(plus(scaled, high, low[chosen])))


_Row = frozenset[tuple[Hashable, int]]


def _cost(rows: set[_Row], name: Hashable) -> int:
    signs = [dict(row).get(name, 0) for row in rows]
    return sum(sign > 0 for sign in signs) * sum(sign < 0 for sign in signs)


def _constant_of(row: _Row) -> int:
    return dict(row).get(1, 0)


def _tightened(row: Linear) -> _Row:
    """Divide by the common factor of the multiples; the constant is rounded down."""
    common = math.gcd(*[value for key, value in row.items() if key != 1])
    if common < 2:
        return frozenset((key, value) for key, value in row.items() if value)
    return frozenset((key, value // common) for key, value in row.items() if value // common)
