"""Loops that keep few states, and recompute the others: the binomial schedule of Griewank and Walther."""

from __future__ import annotations

import functools
import math
import types
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from srcad import runtime as rt
from srcad.callables import structures
from srcad.callables.places import call_of_srcad
from srcad.callables.replay import Replay
from srcad.checkpointing.reruns import held_by, mark_of, replay_of, require_same, require_unchanged
from srcad.checkpointing.segments import Segment, advance_of, advance_of_closure, opened, segment_of
from srcad.checkpointing.states import form_of_records, parts_of
from srcad.dynamic.calls import call as plain_call
from srcad.dynamic.operators import OPERATORS
from srcad.errors import ArgumentError
from srcad.hooks import separate

__all__ = ["checkpoint_loop"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]


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
        By default, too, up to 256 steps over small states are differentiated in one go.

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
    Software 26 (2000), section 2, on groups of steps: with ``s`` snapshots and ``r`` repetitions of
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
    return advance(separate(state), n, step, args)


def advance(state: Any, n: int, step: Any, args: Any) -> Any:
    """Do ``n`` steps; what the reverse mode of generated code treats in a way of its own."""
    for _ in range(n):
        state = step(state, *args)
    return state


def loop_counts(n: int, snapshots: int | None) -> tuple[int, int]:
    """Return the number of steps and of snapshots."""
    if not isinstance(n, (int, np.integer)) or n < 0:
        raise ArgumentError(
            f"checkpoint_loop cannot do {n!r} steps.",
            "Give a whole number that is not negative.",
            call_of_srcad(),
        )
    if snapshots is None:
        snapshots = max(2 * math.ceil(math.log2(max(n, 2))), 2)
    if snapshots < 1:
        raise ArgumentError(
            f"checkpoint_loop cannot work with {snapshots} snapshots.", "Give 1 or more.", call_of_srcad()
        )
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
    n, most = loop_counts(n, snapshots)
    length = most if snapshots is not None else max(most, _STEPS_AT_ONCE // max(_size(state), 16))
    given = call, step, args, shadows, n, most, length
    sweep = _Sweep(*given, replay_of(step, args, {}))
    read = args, held_by(step)
    before = rt.clone(read)
    value = sweep.forward(state)
    require_unchanged(before, read, step)
    if sweep.replay.forget_unless_drawn():
        sweep = _Sweep(*given, sweep.replay)
        with sweep.replay:
            sweep.forward(state)
    fresh, mark = rt.shadow(value), mark_of(parts_of(value, form_of_records(value)))
    return value, fresh, functools.partial(_pull, (*given, sweep.replay), sweep.kept, fresh, mark)


def _pull(given: Any, kept: list[Snapshot], fresh: Any, mark: Any) -> None:
    """Do the backward pass; what a pullback holds is in its arguments, so that a copy has copies of it."""
    sweep = _Sweep(*given)
    sweep.kept, sweep.mark = list(kept), mark
    sweep.backward(fresh)


_STEPS_AT_ONCE = 4096
"""How many entries the states of the steps that are differentiated in one go may have by default; small ones 256."""


def _size(state: Any) -> int:
    """Return how many numbers there are in a state."""
    return sum(int(np.size(leaf)) for leaf in structures.leaves(state))


class Snapshot(NamedTuple):
    """The state at the start of a group of steps, and the context in which its steps run again."""

    group: int
    state: Any
    replay: Replay


class _Sweep:
    """Both sweeps over a loop in groups of steps.

    Attributes
    ----------
    kept : list of Snapshot
        The snapshots.
    replay : Replay
        The sources of random numbers, with their states when the loop began.
    is_random : bool
        It is known that the steps draw random numbers.
    mark : list
        What tells the last state, until that has been computed again.
    length : int
        How many steps a group has, which are differentiated in one go.
    """

    def __init__(
        self,
        call: Call,
        step: Any,
        args: Any,
        shadows: Any,
        n: int,
        snapshots: int,
        length: int,
        replay: Replay,
    ) -> None:
        self.call, self.args, self.n = call, args, n
        self.snapshots, self.length = snapshots, length
        self.step, self.own = opened(step, shadows[0])
        self.state_shadow, self.images = shadows[1], tuple(shadows[3:])
        self.groups = math.ceil(n / length)
        self.kept: list[Snapshot] = []
        self.replay, self.is_random = replay, replay.has_drawn
        self.mark: Any = None
        self.gradient: Any = None
        self.segment: Segment | None = None

    def forward(self, state: Any) -> Any:
        """Do all steps, and keep the first snapshots."""
        state = rt.clone(state)
        start = 0
        while start < self.groups:
            self.keep(self.snapshot(start, state))
            free = self.snapshots - len(self.kept)
            length = self.groups - start
            done = split(length, free + 1) if free and length > 1 else length
            state = self.run(state, start, start + done)
            start += done
        return state

    def backward(self, shadow: Any) -> None:
        """Do the backward pass of all groups, from the last."""
        self.gradient = rt.taken(shadow)
        if self.call is plain_call and self.kept:
            self.segment = segment_of(self.step, self.args, self.own, self.images, self.kept[0].state)
        end = self.groups
        while self.kept:
            snapshot = self.kept[-1]
            self.reverse(snapshot, end)
            self.kept.pop()
            end = snapshot.group
        rt.accumulate_shadow(self.state_shadow, self.gradient)

    def reverse(self, snapshot: Snapshot, end: int) -> None:
        """Do the backward pass of some groups, the first of which starts with the snapshot."""
        start = snapshot.group
        while end - start > 1:
            free = self.snapshots - len(self.kept)
            length = end - start
            middle = start + (split(length, free + 1) if free else length - 1)
            with snapshot.replay:
                later = self.snapshot(middle, self.run(snapshot.state, start, middle))
            if free:
                self.keep(later)
            self.reverse(later, end)
            if free:
                self.kept.pop()
            end = middle
        self.pull(snapshot)

    def keep(self, snapshot: Snapshot) -> None:
        """Keep a snapshot."""
        self.kept.append(snapshot)

    def snapshot(self, group: int, state: Any) -> Snapshot:
        """Return a snapshot of the present."""
        return Snapshot(group, state, self.replay.at_present() if self.is_random else self.replay)

    def run(self, state: Any, start: int, end: int) -> Any:
        """Do the steps of some groups on a copy of the state."""
        steps = min(end * self.length, self.n) - start * self.length
        if isinstance(self.step, types.FunctionType):
            return advance_of(self.step, len(self.args))(rt.clone(state), steps, *self.args)
        function = advance_of_closure(self.step, len(self.args))
        if function is not None:
            return function(rt.clone(state), steps, *self.args)
        return advance(rt.clone(state), steps, self.step, self.args)

    def pull(self, snapshot: Snapshot) -> None:
        """Do both sweeps over one group of steps."""
        group = snapshot.group
        steps = min((group + 1) * self.length, self.n) - group * self.length
        start = rt.clone(snapshot.state)
        if self.segment is not None and self.segment.takes(start):
            found = self.segment.pull(start, steps, self.gradient, snapshot.replay)
            if found is not None:
                self.gradient, last = found
                self.compare(last)
                return
        image = rt.shadow(start)
        own, given = None, (start, steps, *self.args)
        shadows: tuple[Any, ...] = (image, None, *self.images)
        function: Any = advance_of_closure(self.step, len(self.args))
        if isinstance(self.step, types.FunctionType):
            function = advance_of(self.step, len(self.args))
        elif function is not None:
            own = self.own
        else:
            function, given = advance, (start, steps, self.step, self.args)
            shadows = (image, None, self.own, self.images)
        with snapshot.replay:
            value, last, back = self.call(function, own, given, shadows, {}, {})
        self.compare(parts_of(value, form_of_records(value)))
        rt.accumulate_shadow(last, self.gradient)
        back()
        self.gradient = rt.taken(image)

    def compare(self, last: Any) -> None:
        """Refuse another last state than before."""
        if self.mark is not None:
            require_same(self.mark, last, self.step)
        self.mark = None


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


OPERATORS[checkpoint_loop] = _checkpoint_loop
