"""Exceptions that a differentiated program catches."""

from __future__ import annotations

from types import TracebackType

__all__ = ["catching", "truncate"]


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


def truncate(values: list[object], length: int) -> None:
    """Drop what was appended to a list of this length."""
    del values[length:]
