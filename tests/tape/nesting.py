"""Derivatives of any order by tapes inside of each other."""

from __future__ import annotations

from typing import Any

from srcad import GradientTape

__all__ = ["by_tapes"]


def by_tapes(f: Any, x: float, order: int) -> Any:
    if order == 0:
        return f(x)
    with GradientTape() as tape:
        at = tape.watch(x)
        value = by_tapes(f, at, order - 1)
    return tape.gradient(value, at)
