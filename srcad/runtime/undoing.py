"""What gives lists, dicts and deques back what they held before a method changed them when the program ran."""

from __future__ import annotations

from typing import Any

from srcad.runtime.mirrored import restore, shallow

__all__ = ["Undo", "undoing"]

_GROWING = ("append", "extend")
_CHANGING = frozenset(
    "insert pop remove clear update setdefault sort reverse popitem appendleft popleft extendleft rotate "
    "move_to_end __setitem__ __delitem__".split()
)


class Undo:
    """Undoes one change of a container, and of those that mirror it; it has no derivative.

    Examples
    --------
    >>> stack = [1.0, 2.0]
    >>> undo = undoing("pop", stack)
    >>> stack.pop(), list(stack), undo(), stack
    (2.0, [1.0], None, [1.0, 2.0])
    """

    __slots__ = ("before",)

    def __init__(self, before: list[tuple[Any, Any]]) -> None:
        self.before = before

    def __call__(self) -> None:
        """Restore the containers."""
        for base, saved in self.before:
            if isinstance(saved, int):
                del base[saved:]
            else:
                restore(base, saved)


def _nothing_to_do() -> None:
    """The pullback of what changes nothing."""


def undoing(method: str, *bases: Any) -> Any:
    """Return what undoes ``method`` of each of ``bases``, which is about to be called; what is no container is left."""
    if method not in _CHANGING and method not in _GROWING:
        return _nothing_to_do
    lengths = method in _GROWING and all(isinstance(base, list) for base in bases if base is not None)
    held = [base for base in bases if base is not None and not isinstance(base, float)]
    return Undo([(base, len(base) if lengths else shallow(base)) for base in held])
