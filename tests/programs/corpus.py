"""The list that the programs of this folder enter, and the decorator that enters them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["PROGRAMS", "Program", "program"]


@dataclass(frozen=True)
class Program:
    """A function of the user's kind and a point at which it is smooth."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    label: str


PROGRAMS: list[Program] = []


def program(*args: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the decorated function with these arguments; use it again for another point or branch."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        topic = function.__module__.rpartition(".")[2]
        count = sum(entry.function is function for entry in PROGRAMS)
        label = f"{topic}-{function.__qualname__}" + (f"-{count}" if count else "")
        PROGRAMS.append(Program(function, args, label))
        return function

    return register
