"""The rows and columns of a call that forward mode has resolved: see `srcad.operators.resolved.calls`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from srcad.dynamic import calls as reverse_calls
from srcad.operators.deeper.reverse import call_parts
from srcad.operators.deeper.shadowed_calls import ShadowedCall, nothing_to_do
from srcad.runtime.tangents import partial_of

__all__ = [
    "Found",
    "Resolve",
    "Row",
    "Rows",
    "each_column",
    "joined",
    "nothing_in",
    "run_all",
    "still",
    "tuple_of",
    "with_heads",
]

Row = list[ShadowedCall]
Rows = list[Row]
Found = tuple[list[list[tuple[Any, Any]]], list[Any]]
Resolve = Callable[[Any, Rows], Found]


def nothing_in(k: int) -> Any:
    """Return what stands for a shadow where there is none: in the first row None, in the others its tangent."""
    return None if k == 0 else 0.0


def tuple_of(parts: Any, count: int, nothing: Any) -> tuple[Any, ...]:
    """Return parts as a tuple, that of nothing where there are none.

    Examples
    --------
    >>> tuple_of(None, 2, None), tuple_of([1.0, 2.0], 2, None)
    ((None, None), (1.0, 2.0))
    """
    return tuple(parts) if isinstance(parts, (list, tuple)) else (nothing,) * count


def with_heads(function: Any, rows: Rows) -> Rows:
    """Return the rows as calls of a function that holds nothing."""
    return [
        [
            call._replace(function=function if k == m == 0 else 0.0, own=nothing_in(k))
            for m, call in enumerate(row)
        ]
        for k, row in enumerate(rows)
    ]


def each_column(
    function: Any, rows: Rows, choose: Callable[[int, int, Any], Any] = lambda k, m, part: part
) -> Found:
    """Do the same to each column; ``choose`` returns the arguments in a row and column from those given."""
    columns = []
    for m in range(len(rows[0])):
        calls = [
            ShadowedCall(function if k == 0 else 0.0, nothing_in(k), tuple(choose(k, m, row[m].values)),
                         tuple(row[m].shadows), row[m].options, row[m].option_shadows)
            for k, row in enumerate(rows)
        ]  # fmt: skip
        columns.append([reverse_calls.call(*calls[0])] if len(calls) == 1 else call_parts(calls))
    return joined(columns)


def joined(columns: list[list[Any]]) -> Found:
    """Return rows of what the columns of a call have returned one after the other."""
    found, pullbacks = [], []
    for k in range(len(columns[0])):
        found.append([(column[k][0], column[k][1]) for column in columns])
        pulls = [column[k][2] for column in columns[::-1]]
        pullbacks.append(functools.partial(run_all, pulls) if k == 0 else partial_of(0.0, pulls))
    return found, pullbacks


def run_all(pullbacks: list[Callable[[], None]]) -> None:
    """Run pullbacks one after the other."""
    for pullback in pullbacks:
        pullback()


def still(found: list[list[tuple[Any, Any]]]) -> Found:
    """Return what has no pullback."""
    return found, [nothing_to_do, *(0.0 for _ in found[1:])]
