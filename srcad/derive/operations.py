"""What the adjoint of a statement is: the records that the reverse sweep works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gast

from srcad.derive.build import Flattener

__all__ = ["Contribution", "Names", "Operation", "Pull", "nothing"]

Names = Callable[[str], str]
Pull = Callable[[Flattener, Names, set[str]], list["Contribution"]]


@dataclass
class Contribution:
    """A term of the gradient of ``variable``, or of its part at ``index``."""

    variable: str
    value: gast.AST
    index: gast.AST | None = None
    basic: bool = False


@dataclass
class Operation:
    """A statement, the variables whose gradients it consumes and how it passes them on.

    ``in_place`` names a variable whose gradient lives on, changed in place; ``always`` tells that the
    statement is undone whether or not a gradient arrives, ``reads_after`` that the gradients are computed from the
    memory that it has changed.  ``derived`` makes what runs forwards instead where a gradient is consumed.
    """

    targets: tuple[str, ...]
    forward: list[gast.stmt]
    pull: Pull
    in_place: str | None = None
    always: bool = False
    reads_after: bool = False
    derived: Callable[[], gast.stmt] | None = None


def nothing(flattener: Flattener, gradient: Names, live: set[str]) -> list[Contribution]:
    """Pass nothing on."""
    return []
