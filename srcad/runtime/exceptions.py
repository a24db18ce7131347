"""Exceptions that a differentiated program catches."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType

from srcad.errors import SrcadError, UnsupportedError
from srcad.runtime.containers import holds_numbers

__all__ = [
    "catching",
    "has_method",
    "leaving",
    "mark_changed",
    "note_change",
    "traceback_of",
    "truncate",
    "without_numbers",
]

_MARK = "__srcad_changed__"


class catching:  # noqa: N801  (used like a function, as contextlib.suppress is)
    """A context that keeps an exception of these types for the program's own handlers.

    Examples
    --------
    >>> guard = catching(ZeroDivisionError)
    >>> with guard:
    ...     y = 1 / 0
    >>> guard.error
    ZeroDivisionError('division by zero')
    """

    def __init__(self, *types: type[BaseException]) -> None:
        self.types = types
        self.error: BaseException | None = None
        self.changed: str | None = None

    def __enter__(self) -> catching:
        self.changed = None
        _OPEN.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        _OPEN.remove(self)
        if not isinstance(error, self.types):
            return False
        if isinstance(error, SrcadError) and not any(issubclass(kind, SrcadError) for kind in self.types):
            return False  # the program has raised nothing: it cannot be differentiated
        changed = getattr(error, _MARK, None) or self.changed
        if changed is not None:
            raise UnsupportedError(
                f"'{changed}' raises {type(error).__name__}, which is caught, and may have changed what it was given "
                "or holds before that.",
                "Let it raise before it changes anything, or return a flag instead.",
            ) from error
        self.error = error
        return True


_OPEN: list[catching] = []


def note_change(title: str) -> None:
    """Note that the statement which runs has changed something: an exception that it raises now cannot be caught."""
    if _OPEN:
        _OPEN[-1].changed = title


def without_numbers(error: BaseException) -> BaseException:
    """Return an exception whose contents are read; refuse one that holds numbers, whose derivative is not known.

    >>> without_numbers(KeyError("a"))
    KeyError('a')
    """
    if holds_numbers([*error.args, *vars(error).values()], set()):
        raise UnsupportedError(
            "The contents of an exception are used, and their derivative is not known.",
            "Keep the values in variables before the exception is raised.",
        )
    return error


def traceback_of(error: BaseException) -> TracebackType | None:
    """Return where an exception was raised."""
    return error.__traceback__


def mark_changed(error: BaseException, function: str) -> None:
    """Note that a function may have changed memory before it raised an exception."""
    if getattr(error, _MARK, None) is None:
        setattr(error, _MARK, function)


def has_method(value: object, title: str, method: object) -> bool:
    """Tell whether ``value.title`` is that method of its class.

    >>> has_method([], "append", list.append), has_method(1.0, "append", list.append)
    (True, False)
    """
    if isinstance(value, super):
        return getattr(getattr(value, title, None), "__func__", None) is method
    return title not in getattr(value, "__dict__", {}) and getattr(type(value), title, None) is method


class leaving:  # noqa: N801
    """A context that lets another one see an exception; it is entered, and left without one, by the program itself."""

    def __init__(self, manager: AbstractContextManager[object]) -> None:
        self.manager = manager

    def __enter__(self) -> leaving:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if kind is None:
            return False
        if self.manager.__exit__(kind, error, traceback):
            raise UnsupportedError(
                "A context manager has swallowed an exception, so that part of its block was not run.",
                "Catch the exception with 'try' in the function itself.",
            )
        return False


def truncate(values: list[object], length: int) -> None:
    """Drop what was appended to a list of this length."""
    del values[length:]
