"""Python's limit of calls in calls: what srcad does of a user's program takes more calls than the program itself.

What walks a tree calls itself once or more for each level, and a sum of 300 terms is 300 levels deep, as is a chain of
300 ``elif``. A function that calls itself is resolved at run time, with several calls of srcad's own in between.
"""

from __future__ import annotations

import functools
import linecache
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from srcad.errors import Location, UnsupportedError
from srcad.lang.collector import resting_collector
from srcad.lang.tracebacks import shortened

__all__ = ["nested_too_deeply", "walks_deep_trees", "with_deep_calls"]

_CALLS_FOR_ONE = 14
_MOST_CALLS = 60_000
_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Limit:
    """Python's limit, which is one for all threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.before = 0
        self.here = threading.local()

    def is_raised(self) -> bool:
        """Tell whether this thread has raised the limit."""
        return getattr(self.here, "raised", False)

    @contextmanager
    def raised(self) -> Iterator[None]:
        outer = self.is_raised()
        with self.lock:
            if self.users == 0:
                self.before = sys.getrecursionlimit()
                sys.setrecursionlimit(max(self.before, min(_CALLS_FOR_ONE * self.before, _MOST_CALLS)))
            self.users += 1
        self.here.raised = True
        try:
            yield
        finally:
            self.here.raised = outer
            with self.lock:
                self.users -= 1
                if self.users == 0:
                    sys.setrecursionlimit(self.before)


_LIMIT = _Limit()


def with_deep_calls(function: _Function) -> _Function:
    """Return ``function`` for one call, in which calls may be deeper than in the user's program by what srcad needs.

    >>> def depth(nested):
    ...     return with_deep_calls(depth)(nested[0]) + 1 if nested else 0
    >>> nested = []
    >>> for _ in range(3000):
    ...     nested = [nested]
    >>> depth(nested)
    3000
    """
    return function if _LIMIT.is_raised() else functools.partial(_deeply, function)  # type: ignore[return-value]


def _deeply(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    try:
        with _LIMIT.raised():
            return function(*args, **options)
    except BaseException as error:
        error.__traceback__ = shortened(error)
        raise error


def nested_too_deeply(function: Any) -> UnsupportedError:
    """Return the error for a function whose tree is too deep for Python."""
    code = getattr(function, "__code__", None)
    location = None
    if code is not None:
        line = linecache.getline(code.co_filename, code.co_firstlineno)
        location = Location(code.co_filename, code.co_firstlineno, 0, line.rstrip())
    return UnsupportedError(
        "The expressions or branches of the function are nested too deeply to be differentiated.",
        "Write a long expression as several statements, or parts of the function as functions of their own.",
        location,
    )


def walks_deep_trees(build: _Function) -> _Function:
    """Let what builds a derivative walk deep trees, and refuse those that are deeper still.

    Its first argument tells the function in the attribute ``func``.
    """

    @functools.wraps(build)
    def building(request: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            with _LIMIT.raised(), resting_collector():
                return build(request, *args, **kwargs)
        except RecursionError as error:
            raise nested_too_deeply(request.func) from error

    return building  # type: ignore[return-value]
