"""The names of arguments that a decorator hands on to the function that it wraps."""

from __future__ import annotations

import inspect
import types
from typing import Any

import gast

from srcad.errors import NoSourceError
from srcad.lang.source import look_at
from srcad.lang.walking import nodes_in

__all__ = ["names_by_position"]


def names_by_position(func: Any) -> list[str]:
    """Return the names of a function's positional arguments, through the decorators that hand them on as they are.

    Examples
    --------
    >>> import functools
    >>> def decorated(f):
    ...     @functools.wraps(f)
    ...     def wrapper(*args, **kwargs):
    ...         return f(*args, **kwargs)
    ...     return wrapper
    >>> names_by_position(decorated(lambda x, y, *, z: x * y * z))
    ['x', 'y']
    """
    parameters = list(inspect.signature(func, follow_wrapped=False).parameters.values())
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    wrapped = getattr(func, "__wrapped__", None)
    gathering = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    if not gathering or not isinstance(wrapped, types.FunctionType) or not _hands_on(func, wrapped, named):
        return named
    return names_by_position(wrapped)


def _hands_on(func: Any, wrapped: Any, named: list[str]) -> bool:
    """Tell whether a function calls the one that it wraps with all of its positional arguments, in their order."""
    try:
        tree = look_at(func).tree
    except NoSourceError:
        return False
    cells = zip(func.__code__.co_freevars, func.__closure__ or ())
    own = next((name for name, cell in cells if _contents(cell) is wrapped), None)
    gathered = tree.args.vararg.id
    nodes = list(nodes_in(tree))
    stored = {
        n.id for n in nodes if isinstance(n, gast.Name) and not isinstance(n.ctx, (gast.Load, gast.Param))
    }
    calls = [n for n in nodes if isinstance(n, gast.Call) and getattr(n.func, "id", None) == own]
    mentions = [n for n in nodes if isinstance(n, gast.Name) and n.id == own]
    plain = bool(calls) and len(calls) == len(mentions) and gathered not in stored and own not in stored
    return plain and all(_passed(call) == [*named, f"*{gathered}"] for call in calls)


def _passed(call: gast.Call) -> list[str]:
    """Return the variables that a call passes by position."""
    return [
        f"*{getattr(arg.value, 'id', '')}" if isinstance(arg, gast.Starred) else getattr(arg, "id", "")
        for arg in call.args
    ]


def _contents(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None
