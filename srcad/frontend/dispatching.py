"""Functions under ``functools.singledispatch``: which one is meant is found out at each call.

Before::

    @singledispatch
    def size(v): ...

    y = size(x)

After, where ``size`` is read as a function of its own::

    def size(*args, **kw):
        return rt.dispatched(function, args[0])(*args, **kw)
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import random
from typing import Any

from srcad import runtime as rt
from srcad.errors import UnsupportedError
from srcad.lang import texts

__all__ = ["written_out"]

_WRAPPER = functools.singledispatch(lambda value: value).__code__  # type: ignore[attr-defined]
_MADE_BY_GENERATOR = contextlib.contextmanager(iter).__code__  # type: ignore[arg-type, attr-defined]
_serial = itertools.count(1)


def written_out(func: Any) -> Any:
    """Return the function that is to be read for ``func``: one that looks for what is meant, or ``func`` itself.

    Examples
    --------
    >>> import inspect
    >>> size = functools.singledispatch(abs)
    >>> print(inspect.getsource(written_out(size)), end="")
    def abs(*args, **kw):
        return rt.dispatched(function, args[0])(*args, **kw)
    >>> written_out(inspect.getsource) is inspect.getsource
    True
    """
    refuse_manager(func)
    if getattr(func, "__func__", func) is random.Random.gauss:
        return _gauss
    return _dispatching(func) if getattr(func, "__code__", None) is _WRAPPER else func


def _gauss(self: random.Random, mu: Any = 0.0, sigma: Any = 1.0) -> Any:
    # Python's own text keeps every other sample in an attribute, which has no derivative
    return mu + rt.standard_gauss(self) * sigma


def refuse_manager(func: Any) -> None:
    """Raise an error for a function that makes contexts, which is only read where it was not known at its call."""
    if getattr(func, "__code__", None) is _MADE_BY_GENERATOR:
        raise UnsupportedError(f"A context is made by '{func.__name__}', a method under contextmanager of a class that is "
                               "only known when the program runs.",
                               "Import the class in the module of the function, or write it as a class with __enter__ and "
                               "__exit__.")  # fmt: skip


@functools.lru_cache(maxsize=256)
def _dispatching(func: Any) -> Any:
    title = func.__name__ if func.__name__.isidentifier() else "dispatched"
    file = f"<srcad {title} dispatched {next(_serial)}>"
    text = f"def {title}(*args, **kw):\n    return rt.dispatched(function, args[0])(*args, **kw)\n"
    texts.keep(file, text)
    space: dict[str, Any] = {"rt": rt, "function": func, "__name__": func.__module__}
    exec(compile(text, file, "exec"), space)
    texts.forget_with(space[title], file)
    return space[title]
