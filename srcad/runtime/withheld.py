"""Captured variables that a derivative works on copies of: functions that capture them too would see the old contents."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Iterator, Mapping
from typing import Any

from srcad.errors import UnsupportedError
from srcad.runtime.held import closed_over

__all__ = ["Captured", "check_unwithheld", "give_back", "is_withheld", "withhold"]


class _Current(threading.local):
    """The frames of this thread that withhold each value, by identities."""

    def __init__(self) -> None:
        self.frames: dict[int, list[int]] = {}


_CURRENT = _Current()


class Captured(Mapping[str, Any]):
    """The variables that a function has captured, as attributes and as items.

    >>> def make(scale): return lambda x: x * scale
    >>> held = Captured(make(2.0))
    >>> held.scale, dict(held)
    (2.0, {'scale': 2.0})
    """

    def __init__(self, function: types.FunctionType) -> None:
        self.function = function
        self._cells = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))

    def cell(self, name: str) -> types.CellType:
        """Return the cell of a variable."""
        return self._cells[name]

    def __getattr__(self, name: str) -> Any:
        if name not in self._cells:
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        value = self._cells[name].cell_contents
        if is_withheld(value):
            raise refusal(self.function.__qualname__, name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


def withhold(value: Any) -> tuple[int, int]:
    """Withhold a value from functions that have captured it, until it is given back or the caller has ended.

    >>> def work_on(buffer):
    ...     kept = withhold(buffer)
    ...     during = is_withheld(buffer)
    ...     give_back(kept)
    ...     return during, is_withheld(buffer)
    >>> work_on([1.0])
    (True, False)
    """
    frame = id(sys._getframe(1))
    _CURRENT.frames.setdefault(id(value), []).append(frame)
    return id(value), frame


def give_back(withheld: tuple[int, int]) -> None:
    """Let other functions read a value again; see `withhold`."""
    value, frame = withheld
    frames = _CURRENT.frames.get(value, [])
    if frame in frames:
        frames.remove(frame)
    if not frames:
        _CURRENT.frames.pop(value, None)


def is_withheld(value: Any) -> bool:
    """Tell whether a derivative that is running works on a copy of a value."""
    if not _CURRENT.frames or id(value) not in _CURRENT.frames:
        return False
    running, frame = set(), sys._getframe(1)
    while frame is not None:
        running.add(id(frame))
        frame = frame.f_back  # type: ignore[assignment]
    left = [
        kept for kept in _CURRENT.frames[id(value)] if kept in running
    ]  # others have ended by an exception
    _CURRENT.frames[id(value)] = left
    return bool(left)


def check_unwithheld(callee: Any, method: str = "") -> None:
    """Refuse a call of a function, or of a method, that has captured a value which is withheld, or reaches one that has."""
    function = getattr(callee, method, None) if method else callee
    seen: set[int] = set()
    new = [getattr(function, "__func__", function)]
    while new and _CURRENT.frames:
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
