"""Exceptions that leave a function which has changed memory before: what it has done cannot be told any more."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from srcad import runtime as rt
from srcad.analysis.effects import Effect, effects_of
from srcad.backends.line_map import NAME, LineMap
from srcad.pipeline import read
from srcad.targets import Target

__all__ = ["noting_changes"]

Result = TypeVar("Result")


def noting_changes(target: Target, run: Callable[..., Result], *args: Any) -> Result:
    """Return ``run(*args)``, which runs a generated function of ``target``; an exception is marked.

    The mark says that statements which change memory may have been done before it was raised.
    """
    try:
        return run(*args)
    except Exception as error:
        line = _line_of(error)
        function = target.closure.function if target.closure is not None else target.func
        if any(line is None or effect.precedes(line) for effect in _effects(function)):
            rt.mark_changed(error, target.title())
        raise


@functools.lru_cache(maxsize=512)
def _effects(function: Any) -> list[Effect]:
    return effects_of(read(function), read, (function,))


def _line_of(error: BaseException) -> int | None:
    """Return the line of the user's function that was left, None if it cannot be found."""
    entry = error.__traceback__
    while entry is not None and NAME not in entry.tb_frame.f_globals:
        entry = entry.tb_next
    lines: LineMap | None = entry.tb_frame.f_globals.get(NAME) if entry is not None else None
    if entry is None or lines is None:
        return None
    origins = lines.origins(lines.position(entry.tb_frame.f_code, entry.tb_lasti, entry.tb_lineno))
    return origins[0].location.line if origins else None
