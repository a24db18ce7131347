"""Recompute instead of save: a function, and a loop with the binomial schedule of Griewank and Walther."""

from __future__ import annotations

import functools
import math
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.dynamic_operators import OPERATORS
from srcad.errors import ArgumentError, UnsupportedError
from srcad.hooks import separate
from srcad.operators.dynamic import SPECIAL
from srcad.rules import registry
from srcad.runtime.memory import is_instance
from srcad.written import head, named_parameters, passed, write

__all__ = ["checkpoint", "checkpoint_loop"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``f`` with a derivative that recomputes what it needs, and keeps the arguments alone.

    The forward pass calls the plain function; the backward pass calls its derivative, both sweeps.  This costs one
    more run of ``f``, and frees what it would have saved.

    Parameters
    ----------
    f : callable
        A function with named parameters, which changes none of its arguments in place and draws no random numbers
        (pass them as arguments).  A nested function can take any parameters.

    Returns
    -------
    callable
        Called like ``f``.  Its result shares no memory with the arguments.

    Raises
    ------
    ArgumentError
        If ``f`` takes ``*args`` or ``**kwargs``.
    UnsupportedError
        When differentiated, if ``f`` changed an argument in place.

    Notes
    -----
    Forward mode and `GradientTape` pass through ``f`` as if it stood there itself.

    Examples
    --------
    >>> import numpy as np
    >>> import srcad
    >>> @srcad.checkpoint
    ... def block(x, w):
    ...     for _ in range(100):
    ...         x = np.tanh(w * x)
    ...     return x
    >>> round(float(srcad.grad(lambda x: block(x, 1.5) ** 2)(0.1)), 6) >= 0.0
    True
    """
    if not callable(f):
        raise ArgumentError(f"{f!r} is not a function.", "Give checkpoint a function.")
    if isinstance(f, rt.Closure):
        return functools.partial(run_checkpointed, f)
    inner = f.func if isinstance(f, functools.partial) else f
    if registry.find(inner) is not None:
        return f  # a rule keeps little more than the arguments
    parameters = named_parameters(f, "checkpoint")
    definition, names = head(parameters)
    given = getattr(f, "__name__", "function")
    title = given if given.isidentifier() else "function"
    text = f"def {title}({definition}):\n    return run_checkpointed(primal, {passed(parameters)})\n"
    names.update(run_checkpointed=run_checkpointed, primal=f)
    made = write(title, text, names, f)
    made.__doc__ = f.__doc__
    result: Callable[..., Any] = made
    return result


def run_checkpointed(function: Any, /, *args: Any, **options: Any) -> Any:
    """Call ``function``, whose derivative recomputes."""
    return recomputed(function, args, options)


def recomputed(function: Any, args: Any, options: Any) -> Any:
    """Call ``function``; what the reverse mode of generated code treats in a way of its own."""
    return separate(function(*args, **options))


def _recomputed(call: Call, function: Any, args: Any, options: Any, *, shadows: Any) -> Outcome:
    own, images, named = shadows
    before = rt.clone((args, options))
    value = rt.clone(function(*args, **options))
    _require_unchanged(before, (args, options), function)
    del before
    fresh = rt.shadow(value)

    def pull() -> None:
        _, image, back = call(function, own, args, _each(images, len(args)), options, named or {})
        rt.accumulate_shadow(image, rt.taken(fresh))
        back()

    return value, fresh, pull


def _each(images: Any, count: int) -> tuple[Any, ...]:
    return tuple(images) if images is not None else (None,) * count


def _require_unchanged(before: Any, after: Any, function: Any) -> None:
    """Refuse a function that has changed its arguments."""
    if not _equal(before, after):
        title = getattr(function, "__name__", "the function")
        raise UnsupportedError(f"'{title}' changes an argument in place, and is to be computed again from it.",
                               "Let it work on a copy and return that, or do not use checkpoint.")  # fmt: skip


def _equal(first: Any, second: Any) -> bool:
    """Tell whether two structures hold the same numbers."""
    if isinstance(first, np.ndarray):
        return bool(np.array_equal(first, second, equal_nan=first.dtype.kind in "fc"))
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(map(_equal, first, second))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(_equal(first[key], second[key]) for key in first)
    if is_instance(first):
        return _equal(vars(first), vars(second))
    return first is second or bool(first == second) or first != first


def _checkpoint(call: Call, f: Any, *, shadows: Any) -> Outcome:
    """Make a checkpointed function of one that is nested in a differentiated program."""
    if isinstance(f, rt.Closure):
        return call(functools.partial, None, (run_checkpointed, f), (None, shadows[0]), {}, {})
    return checkpoint(f), shadows[0], _nothing_to_do


def _checkpoint_jvp(args: Any, tangents: Any, options: Any, option_tangents: Any) -> tuple[Any, Any]:
    if isinstance(args[0], rt.Closure):
        made: tuple[Any, Any] = SPECIAL[functools.partial](
            (run_checkpointed, *args), (0.0, *tangents), {}, {}
        )
        return made
    return checkpoint(*args), tangents[0]


def _nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""


# -- loops -------------------------------------------------------------------------------------------


def checkpoint_loop(
    step: Callable[..., Any], state: Any, n: int, *args: Any, snapshots: int | None = None
) -> Any:
    """Return ``state = step(state, *args)``, done ``n`` times, with a derivative that keeps few states.

    The backward pass needs the states in reverse order.  Instead of all, it keeps some, and computes those between
    them again, in the order that needs the fewest steps.

    Parameters
    ----------
    step : callable
        One step; changes neither the state's successor nor ``args`` in place.
    state : object
        The first state: a number, an array or a container of them.
    n : int
        How many steps.
    *args
        Further arguments of every step, which may have derivatives.
    snapshots : int, optional
        The most states to keep at once, and the number of steps that are differentiated in one go, each with what
        it saves for itself.  By default twice the binary logarithm of ``n``: fewer are slower, more need memory.

    Returns
    -------
    object
        The last state.

    Raises
    ------
    ArgumentError
        If ``n`` is negative or ``snapshots`` is less than 1.
    UnsupportedError
        When differentiated, if ``step`` changed one of ``args`` in place.

    Notes
    -----
    The schedule is that of A. Griewank and A. Walther, "Algorithm 799: revolve", ACM Transactions on Mathematical
    Software 26 (2000), section 2, on groups of ``snapshots`` steps: with ``s`` snapshots and ``r`` repetitions of
    each group it reaches ``(s + r)! / (s! r!)`` groups.

    Examples
    --------
    >>> import srcad
    >>> def logistic(x, r):
    ...     return r * x * (1.0 - x)
    >>> def final(x, r):
    ...     return srcad.checkpoint_loop(logistic, x, 1000, r)
    >>> abs(srcad.grad(final, "r")(0.3, 2.0) - 0.25) < 1e-12
    True
    """
    n, snapshots = loop_counts(n, snapshots)
    return advance(state, n, step, args)


def advance(state: Any, n: int, step: Any, args: Any) -> Any:
    """Do ``n`` steps; what the reverse mode of generated code treats in a way of its own."""
    for _ in range(n):
        state = step(state, *args)
    return state


def loop_counts(n: int, snapshots: int | None) -> tuple[int, int]:
    """Return the number of steps and of snapshots."""
    if n < 0:
        raise ArgumentError(f"checkpoint_loop cannot do {n} steps.", "Give a number that is not negative.")
    if snapshots is None:
        snapshots = max(2 * math.ceil(math.log2(max(n, 2))), 2)
    if snapshots < 1:
        raise ArgumentError(f"checkpoint_loop cannot work with {snapshots} snapshots.", "Give 1 or more.")
    return n, snapshots


def _checkpoint_loop(
    call: Call,
    step: Any,
    state: Any,
    n: int,
    *args: Any,
    snapshots: int | None = None,
    shadows: Any,
) -> Outcome:
    n, snapshots = loop_counts(n, snapshots)
    sweep = _Sweep(call, step, args, shadows, n, snapshots)
    before = rt.clone(args)
    value = sweep.forward(state)
    _require_unchanged(before, args, step)
    fresh = rt.shadow(value)
    return value, fresh, lambda: sweep.backward(fresh)


@functools.lru_cache(maxsize=256)
def advance_of(step: types.FunctionType, count: int) -> Any:
    """Write `advance` for one step with ``count`` further arguments, so that the compiler can inline it."""
    names = "".join(f", argument_{i}" for i in range(count))
    text = f"def advance(state, n{names}):\n    for _ in range(n):\n        state = step(state{names})\n    return state\n"
    return write("advance", text, {"step": step}, step)


class _Sweep:
    """Both sweeps over a loop in groups of steps.

    Attributes
    ----------
    kept : list of (int, state)
        The snapshots, each with the group that it is the start of.
    most : int
        The largest number of snapshots that there were at once.
    """

    def __init__(self, call: Call, step: Any, args: Any, shadows: Any, n: int, snapshots: int) -> None:
        self.call, self.step, self.args, self.n, self.snapshots = call, step, args, n, snapshots
        self.own, self.state_shadow, self.images = shadows[0], shadows[1], tuple(shadows[3:])
        self.groups = math.ceil(n / snapshots)
        self.kept: list[tuple[int, Any]] = []
        self.gradient: Any = None

    def forward(self, state: Any) -> Any:
        """Do all steps, and keep the first snapshots."""
        state = rt.clone(state)
        start = 0
        while start < self.groups:
            self.keep(start, state)
            free = self.snapshots - len(self.kept)
            length = self.groups - start
            done = split(length, free + 1) if free and length > 1 else length
            state = self.run(state, start, start + done)
            start += done
        return state

    def backward(self, shadow: Any) -> None:
        """Do the backward pass of all groups, from the last."""
        self.gradient = rt.taken(shadow)
        end = self.groups
        while self.kept:
            start, state = self.kept[-1]
            self.reverse(start, end, state)
            self.kept.pop()
            end = start
        rt.accumulate_shadow(self.state_shadow, self.gradient)

    def reverse(self, start: int, end: int, state: Any) -> None:
        """Do the backward pass of some groups, the first of which starts with ``state``."""
        while end - start > 1:
            free = self.snapshots - len(self.kept)
            length = end - start
            middle = start + (split(length, free + 1) if free else length - 1)
            later = self.run(state, start, middle)
            if free:
                self.keep(middle, later)
            self.reverse(middle, end, later)
            if free:
                self.kept.pop()
            end = middle
        self.pull(start, state)

    def keep(self, group: int, state: Any) -> None:
        """Keep a snapshot."""
        self.kept.append((group, state))

    def run(self, state: Any, start: int, end: int) -> Any:
        """Do the steps of some groups on a copy of the state."""
        steps = min(end * self.snapshots, self.n) - start * self.snapshots
        return advance(rt.clone(state), steps, self.step, self.args)

    def pull(self, group: int, state: Any) -> None:
        """Do both sweeps over one group of steps."""
        steps = min((group + 1) * self.snapshots, self.n) - group * self.snapshots
        start = rt.clone(state)
        image = rt.shadow(start)
        if isinstance(self.step, types.FunctionType):
            function, given = advance_of(self.step, len(self.args)), (start, steps, *self.args)
            shadows: tuple[Any, ...] = (image, None, *self.images)
        else:
            function, given = advance, (start, steps, self.step, self.args)
            shadows = (image, None, self.own, self.images)
        _, last, back = self.call(function, None, given, shadows, {}, {})
        rt.accumulate_shadow(last, self.gradient)
        back()
        self.gradient = rt.taken(image)


def split(length: int, snapshots: int) -> int:
    """Return after how many of ``length`` steps the next snapshot saves the most work, with one at the start.

    Examples
    --------
    >>> split(10, 3)
    4
    """
    repetitions = 1
    while math.comb(snapshots + repetitions, snapshots) < length:
        repetitions += 1
    shortest = math.comb(snapshots + repetitions - 2, snapshots)
    needed = length - math.comb(snapshots + repetitions - 1, snapshots - 1)
    return min(max(shortest, needed, 1), length - 1)


OPERATORS.update({checkpoint: _checkpoint, recomputed: _recomputed, checkpoint_loop: _checkpoint_loop})
SPECIAL[checkpoint] = _checkpoint_jvp
