"""Deep trees: what walks them calls itself once or more for each level, deeper than Python allows at first.

A sum of 300 terms is 300 levels deep, as is a chain of 300 ``elif``.
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

__all__ = ["nested_too_deeply", "walks_deep_trees"]

_MOST_CALLS = 8000
_Build = TypeVar("_Build", bound=Callable[..., Any])


class _Limit:
    """Python's limit of calls in calls, which is one for all threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.before = 0

    @contextmanager
    def raised(self) -> Iterator[None]:
        with self.lock:
            if self.users == 0:
                self.before = sys.getrecursionlimit()
                sys.setrecursionlimit(max(self.before, _MOST_CALLS))
            self.users += 1
        try:
            yield
        finally:
            with self.lock:
                self.users -= 1
                if self.users == 0:
                    sys.setrecursionlimit(self.before)


_LIMIT = _Limit()


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


def walks_deep_trees(build: _Build) -> _Build:
    """Let what builds a derivative walk trees that are deeper than a thousand calls, and refuse those deeper still.

    >>> class Request: func = None
    >>> @walks_deep_trees
    ... def depth(request, nested):
    ...     return depth.__wrapped__(request, nested[0]) + 1 if nested else 0
    >>> nested = []
    >>> for _ in range(3000):
    ...     nested = [nested]
    >>> depth(Request, nested)
    3000
    """

    @functools.wraps(build)
    def building(request: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            with _LIMIT.raised():
                return build(request, *args, **kwargs)
        except RecursionError as error:
            raise nested_too_deeply(request.func) from error

    return building  # type: ignore[return-value]
