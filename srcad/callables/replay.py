"""A second run of a program that must see what the first saw, and show nothing."""

from __future__ import annotations

import copy
import io
import random
import sys
import threading
from typing import Any

import numpy as np

__all__ = ["Replay"]

_Drawing = (np.random.Generator, np.random.RandomState)


class Replay:
    """The states of the sources of random numbers before a program runs: a context in which it runs again.

    Parameters
    ----------
    arguments : tuple
        The arguments; random generators among them, or directly in a container among them, are rewound.
    function : callable
        The function, whose global generators are rewound too.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> replay = Replay((rng,), None)
    >>> first = rng.uniform()
    >>> with replay:
    ...     second = rng.uniform()
    >>> first == second
    True
    """

    def __init__(self, arguments: tuple[Any, ...], function: Any) -> None:
        found = [part for argument in arguments for part in _parts(argument)]
        found += list(getattr(function, "__globals__", {}).values())
        self.drawing = [value for value in found if isinstance(value, _Drawing)]
        self.before: list[Any] | None = self._states()
        self.stack: list[Any] = []
        self.has_drawn = False

    def at_present(self) -> Replay:
        """Return the context in which a program runs as it would at present."""
        made = copy.copy(self)
        made.before, made.stack = self._states(), []
        return made

    def forget_unless_drawn(self) -> bool:
        """Drop the states if nothing was drawn since, and tell whether something was."""
        self.has_drawn = not _equal(self.before, self._states())
        if not self.has_drawn:
            self.before = None
        return self.has_drawn

    def _states(self) -> list[Any]:
        return [_state_of_random(), np.random.get_state(), *map(_state, self.drawing)]

    def _set(self, states: list[Any]) -> None:
        version, numbers, following = states[0]
        random.setstate((version, tuple(numbers.tolist()), following))
        np.random.set_state(states[1])
        for source, state in zip(self.drawing, states[2:]):
            if isinstance(source, np.random.Generator):
                source.bit_generator.state = state
            else:
                source.set_state(state)

    def __enter__(self) -> None:
        if self.before is not None:
            self.stack.append(self._states())
            self._set(self.before)
        _start_silence()

    def __exit__(self, *error: object) -> None:
        _end_silence()
        if self.before is not None:
            self._set(self.stack.pop())


def _equal(first: Any, second: Any) -> bool:
    """Tell whether two states are the same: numbers and texts, arrays, and nestings of these."""
    if isinstance(first, dict):
        return all(_equal(first[key], second[key]) for key in first)
    if isinstance(first, (list, tuple)):
        return all(map(_equal, first, second))
    return np.array_equal(first, second) if isinstance(first, np.ndarray) else bool(first == second)


class _Silence(io.TextIOBase):
    """The output, of which some threads write nothing: how often each is to be silent."""

    def __init__(self, output: Any) -> None:
        self.output = output
        self.silent: dict[int, int] = {}

    def write(self, text: str) -> int:
        """Write for the threads that are not silent."""
        if threading.get_ident() not in self.silent:
            self.output.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the output."""
        self.output.flush()


_silence: list[_Silence] = []
_lock = threading.Lock()


def _start_silence() -> None:
    """Have what this thread prints left out, until `_end_silence`."""
    thread = threading.get_ident()
    with _lock:
        if not _silence:
            _silence.append(_Silence(sys.stdout))
            sys.stdout = _silence[0]
        silent = _silence[0].silent
        silent[thread] = silent.get(thread, 0) + 1


def _end_silence() -> None:
    thread = threading.get_ident()
    with _lock:
        silent = _silence[0].silent
        silent[thread] -= 1
        if not silent[thread]:
            del silent[thread]
        if not silent:
            made = _silence.pop()
            if sys.stdout is made:
                sys.stdout = made.output


def _state_of_random() -> tuple[int, Any, float | None]:
    version, numbers, following = random.getstate()
    return version, np.array(numbers, np.uint64), following


def _state(source: Any) -> Any:
    return source.bit_generator.state if isinstance(source, np.random.Generator) else source.get_state()


def _parts(argument: Any) -> list[Any]:
    """Return a value and what stands directly in it."""
    if isinstance(argument, dict):
        return list(argument.values())
    if isinstance(argument, (list, tuple)):
        return list(argument)
    return [argument, *getattr(argument, "__dict__", {}).values()]
