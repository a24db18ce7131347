"""A second run of a program that must see what the first saw, and show nothing."""

from __future__ import annotations

import contextlib
import io
import random
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
        self.before = self._states()
        self.stack = contextlib.ExitStack()

    def _states(self) -> list[Any]:
        return [random.getstate(), np.random.get_state(), *map(_state, self.drawing)]

    def _set(self, states: list[Any]) -> None:
        random.setstate(states[0])
        np.random.set_state(states[1])
        for source, state in zip(self.drawing, states[2:]):
            if isinstance(source, np.random.Generator):
                source.bit_generator.state = state
            else:
                source.set_state(state)

    def __enter__(self) -> None:
        self.stack.callback(self._set, self._states())
        self.stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        self._set(self.before)

    def __exit__(self, *error: object) -> None:
        self.stack.close()


def _state(source: Any) -> Any:
    return source.bit_generator.state if isinstance(source, np.random.Generator) else source.get_state()


def _parts(argument: Any) -> list[Any]:
    """Return a value and what stands directly in it."""
    if isinstance(argument, dict):
        return list(argument.values())
    if isinstance(argument, (list, tuple)):
        return list(argument)
    return [argument, *getattr(argument, "__dict__", {}).values()]
