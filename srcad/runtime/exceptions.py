"""Exceptions that a differentiated program catches."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType

from srcad.errors import UnsupportedError

__all__ = ["catching", "leaving", "truncate"]


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

    def __enter__(self) -> catching:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if not isinstance(error, self.types):
            return False
        self.error = error
        return True


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
