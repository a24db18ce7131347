"""What functions in data hold: the instance that a method is bound to, the variables that a function closes over.

Where an object holds its own methods, or functions that know it, calls of these change the object: their shadows and
tangents, and their copies, must be those of that object's.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

__all__ = ["FUNCTIONS", "Cells", "closed_over", "held_image", "rebound"]

FUNCTIONS = (types.MethodType, types.BuiltinMethodType, types.FunctionType)


class Cells(dict[str, Any]):
    """The shadows, or the tangents, of variables that a function closes over, by name."""


def held_image(function: Any, memo: dict[int, Any] | None) -> Any:
    """Return the shadow (or the tangent) of what a function holds, if ``memo`` has it; else None.

    Examples
    --------
    >>> stack = [1.0]
    >>> held_image(stack.append, {id(stack): ("the shadow of the stack", stack)})
    'the shadow of the stack'
    >>> def closing_over(stack):
    ...     return lambda: stack
    >>> held_image(closing_over(stack), {id(stack): ("the shadow of the stack", stack)})
    {'stack': 'the shadow of the stack'}
    """
    if not memo:
        return None
    if isinstance(function, types.FunctionType):
        cells = {name: memo[id(held)][0] for name, held in closed_over(function) if id(held) in memo}
        return Cells(cells) if cells else None
    found = memo.get(id(function.__self__))
    return None if found is None else found[0]


def rebound(function: Any, memo: dict[int, Any]) -> Any:
    """Return a function that holds the copies in ``memo`` of what it has held; itself where there are none."""
    if not isinstance(function, types.FunctionType):
        found = memo.get(id(function.__self__))
        return function if found is None else getattr(found[0], function.__name__, function)
    if not any(id(held) in memo for _, held in closed_over(function)):
        return function
    return _with_cells(function, lambda held: memo[id(held)][0] if id(held) in memo else held)


def closed_over(function: types.FunctionType) -> list[tuple[str, Any]]:
    """Return the variables that a function closes over, with their values.

    Examples
    --------
    >>> def closing_over(stack):
    ...     return lambda: stack
    >>> closed_over(closing_over([1.0]))
    [('stack', [1.0])]
    """
    found = []
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            found.append((name, cell.cell_contents))
        except ValueError:
            continue  # it is assigned later
    return found


def _with_cells(function: types.FunctionType, copied: Callable[[Any], Any]) -> types.FunctionType:
    held = dict(closed_over(function))
    names = function.__code__.co_freevars
    cells = tuple(types.CellType(copied(held[n])) if n in held else types.CellType() for n in names)
    made = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, cells
    )
    made.__kwdefaults__ = function.__kwdefaults__
    made.__dict__.update(function.__dict__)
    return made
