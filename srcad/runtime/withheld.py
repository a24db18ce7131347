"""Captured variables that a derivative works on copies of: functions that capture them too would see the old contents."""

from __future__ import annotations

import threading
import types
from typing import Any

from srcad.errors import UnsupportedError
from srcad.runtime.held import closed_over

__all__ = ["Withheld", "check_unwithheld", "give_back", "is_withheld", "withhold"]


class _Current(threading.local):
    """How often each value of this thread, by its identity, is withheld at the moment."""

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}


_CURRENT = _Current()


class Withheld:
    """A captured value, withheld from other functions for as long as this object lives or until it is given back."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self._counts = _CURRENT.counts
        self._counts[id(value)] = self._counts.get(id(value), 0) + 1
        self._is_out = False

    def give_back(self) -> None:
        """Let other functions read the value again."""
        if not self._is_out:
            self._is_out = True
            count = self._counts.pop(id(self.value)) - 1
            if count:
                self._counts[id(self.value)] = count

    def __del__(self) -> None:
        self.give_back()


def withhold(value: Any) -> Withheld:
    """Withhold a value from functions that have captured it.

    >>> buffer = [1.0]
    >>> kept = withhold(buffer)
    >>> is_withheld(buffer), give_back(kept), is_withheld(buffer)
    (True, None, False)
    """
    return Withheld(value)


def give_back(withheld: Withheld) -> None:
    """Let other functions read a value again; see `withhold`."""
    withheld.give_back()


def is_withheld(value: Any) -> bool:
    """Tell whether a derivative works on a copy of a value at the moment."""
    return bool(_CURRENT.counts) and id(value) in _CURRENT.counts


def check_unwithheld(callee: Any, method: str = "") -> None:
    """Refuse a call of a function, or of a method, that has captured a value which is withheld, or reaches one that has."""
    function = getattr(callee, method, None) if method else callee
    seen: set[int] = set()
    new = [getattr(function, "__func__", function)]
    while new and _CURRENT.counts:
        reached = new.pop()
        if not isinstance(reached, types.FunctionType) or id(reached) in seen:
            continue
        seen.add(id(reached))
        for name, value in closed_over(reached):
            if is_withheld(value):
                raise refusal(reached.__qualname__, name)
            new.append(value)


def refusal(title: str, name: str) -> UnsupportedError:
    """Return the error for a function that has captured what is withheld under ``name``."""
    return UnsupportedError(f"'{title}', which is known only when the program runs, has captured {name!r}, and what calls "
                            "it changes this in place.",
                            f"Pass {name!r} as an argument, or call the function by its own name.")  # fmt: skip
