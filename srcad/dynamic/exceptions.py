"""Exceptions that leave a function which has changed memory before: what it has done cannot be told any more."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any, TypeVar

from srcad import runtime as rt
from srcad.analysis.class_effects import is_users
from srcad.analysis.effects import Effect, effects_of
from srcad.backends.line_map import NAME, LineMap
from srcad.callables.targets import Target
from srcad.errors import SrcadError
from srcad.lang.function import Nested
from srcad.pipeline import read

__all__ = ["noting_changes"]

Result = TypeVar("Result")


def noting_changes(target: Target, values: dict[str, Any], run: Callable[..., Result], *args: Any) -> Result:
    """Return ``run(*args)``, which runs a generated function of ``target``; an exception is marked.

    The mark says that statements which change memory may have been done before it was raised; ``values`` has the
    arguments of ``target`` by name.
    """
    try:
        return run(*args)
    except Exception as error:
        line = _line_of(error)
        function = target.closure.function if target.closure is not None else target.func
        before = (effect for effect in _effects(function) if line is None or effect.precedes(line))
        if not all(effect.called and _is_harmless(values.get(effect.called)) for effect in before):
            rt.mark_changed(error, target.title())
        raise


@functools.lru_cache(maxsize=512)
def _effects(function: Any) -> list[Effect]:
    return effects_of(read(function), read, (function,))


def _is_harmless(function: Any) -> bool:
    """Tell whether a function that was given as an argument changes nothing."""
    function = function.function if isinstance(function, rt.Closure) else function
    if not isinstance(function, Nested) and not (
        isinstance(function, types.FunctionType) and is_users(function)
    ):
        return False
    try:
        return not _effects(function)
    except SrcadError:
        return False


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
