"""ADJOINT to ADJOINT: the same computation with less work, and then with a better look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import gast

from srcad.lang.function import Function
from srcad.optimize.broadcast import broadcast
from srcad.optimize.copy_propagation import copy_propagation
from srcad.optimize.cse import cse
from srcad.optimize.dead import dead
from srcad.optimize.effects import Context
from srcad.optimize.fold import fold
from srcad.optimize.inplace import inplace
from srcad.optimize.nest import nest

__all__ = ["FINISH", "SIMPLIFY", "Context", "Pass", "optimize", "run_passes"]

Pass = Callable[[Function, Context], Function]

SIMPLIFY: tuple[Pass, ...] = (copy_propagation, fold, broadcast, cse, dead)
"""Run again and again until nothing changes; the result keeps the statement grammar."""

FINISH: tuple[Pass, ...] = (inplace, nest)
"""Run once; ``nest`` is the only pass that leaves A-normal form."""

_ROUNDS = 20


def optimize(
    function: Function,
    pure: Callable[[Any], bool],
    *,
    owned: Iterable[str] = (),
    keep: Iterable[str] = (),
    inexact: Iterable[str] = (),
    like: Mapping[str, str] | None = None,
    finish: bool = True,
) -> Function:
    """Return a function that computes the same with less work.

    Parameters
    ----------
    function : Function
        In ADJOINT form; it is left as it is, except that its scope may get new temporaries.
    pure : callable
        Tells of a function object whether calling it has no side effect.
    owned : iterable of str
        Gradient variables, which hold floating-point values and may be updated in place.
    keep : iterable of str
        The user's own variables, which stay visible.
    inexact : iterable of str
        Further variables that only ever hold floating-point values.
    like : mapping, optional
        From a gradient variable to the variable whose shape it has.
    finish : bool
        Whether to update in place and to nest expressions for the reader as well.
    """
    context = Context(pure, frozenset(owned), frozenset(keep), frozenset(inexact), dict(like or {}))
    return run_passes(function, context, FINISH if finish else ())


def run_passes(function: Function, context: Context, finish: tuple[Pass, ...] = FINISH) -> Function:
    """Apply `SIMPLIFY` to a fixed point and then each pass of ``finish`` once."""
    before = ""
    for _ in range(_ROUNDS):
        for pass_ in SIMPLIFY:
            function = pass_(function, context)
        text = gast.dump(function.tree)
        if text == before:
            break
        before = text
    for pass_ in finish:
        function = pass_(function, context)
    return function
