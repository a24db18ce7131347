"""Texts of random programs in which each condition is marked, their slopes by differences, and reports of failures."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.property.central_differences import central_difference

MARK = "\N{SECTION SIGN}"
"""Stands before the opening parenthesis of each condition."""


@dataclass(frozen=True)
class MarkedProgram:
    """The text of a module with a function ``program``; a mark stands before the parenthesis of each condition."""

    text: str

    def plain(self) -> str:
        """Return the module as a user would write it."""
        return self.text.replace(MARK, "")

    def noting(self) -> str:
        """Return the module with each condition and mask passed through a function ``_note``."""
        return self.text.replace(MARK, "_note")


def numerical_slopes(
    program: MarkedProgram, args: Sequence[Any], directions: Sequence[Any]
) -> list[float | None]:
    """Return the derivative along each direction, None where the program takes another way or bends nearby."""
    way: list[bytes] = []

    def note(condition: Any) -> Any:
        way.append(np.asarray(condition).tobytes())
        return condition

    namespace: dict[str, Any] = {"_note": note}
    exec(compile(program.noting(), "<noting>", "exec"), namespace)

    def derivative(number: int) -> float | None:
        def run(offset: float) -> tuple[float, tuple[bytes, ...]]:
            way.clear()
            moved = copy.deepcopy(list(args))
            moved[number] = args[number] + offset * directions[number]
            moved = [float(a) if np.shape(a) == () else a for a in moved]
            return float(namespace["program"](*moved)), tuple(way)

        return central_difference(run)

    return [derivative(number) for number in range(len(args))]


def report(program: MarkedProgram, args: Sequence[Any], error: Exception, derivative: Any) -> str:
    """Return everything one needs to see about a failure."""
    try:
        generated = derivative.source
    except Exception as failure:
        generated = f"none: {type(failure).__name__}"
    return (
        f"{type(error).__name__}: {error}\n\n{program.plain()}\n"
        f"arguments: {args!r}\n\ngenerated code:\n{generated}"
    )
