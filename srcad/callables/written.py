"""Functions that are written at run time, as text that the compiler can read like a user's."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from typing import Any

from srcad.callables.places import place
from srcad.callables.targets import require_callable
from srcad.errors import ArgumentError
from srcad.lang import texts

__all__ = ["head", "named_parameters", "passed", "write"]

_serial = itertools.count(1)


def write(title: str, text: str, names: dict[str, Any], like: Any) -> Any:
    """Return the function ``title`` that ``text`` defines.

    Parameters
    ----------
    title : str
        Its name.
    text : str
        Python; may define other functions beside it.
    names : dict
        What the text refers to.
    like : callable
        The function that it is written for.
    """
    file = f"<srcad written {title} {next(_serial)}>"
    texts.keep(file, text)
    space = {"__name__": f"written_for_{like.__module__.replace('.', '_')}", **names}
    exec(compile(text, file, "exec"), space)
    return space[title]


def named_parameters(function: Callable[..., Any], operator: str) -> list[inspect.Parameter]:
    """Return the parameters of ``function``.

    Raises
    ------
    ArgumentError
        If there are ``*args`` or ``**kwargs`` among them, or if they are not known.
    """
    require_callable(function, operator)
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise ArgumentError(f"The parameters of {function!r} are not known.",
                            "Wrap it in a function of Python with named parameters.") from None  # fmt: skip
    for parameter in found:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ArgumentError(f"'{function.__name__}' takes '{parameter}', and {operator} needs parameters with names.",
                                "Pass a list or a dict as one argument.", place(function))  # fmt: skip
    return found


def head(parameters: list[inspect.Parameter], defaults: str = "default_of_") -> tuple[str, dict[str, Any]]:
    """Return parameters as they stand in a definition, and the values of the names of their defaults."""
    parts, values, keywords = [], {}, False
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and not keywords:
            parts.append("*")
            keywords = True
        if parameter.default is parameter.empty:
            parts.append(parameter.name)
        elif isinstance(parameter.default, (bool, int, float, str, type(None))):
            parts.append(f"{parameter.name}={parameter.default!r}")
        else:
            values[defaults + parameter.name] = parameter.default
            parts.append(f"{parameter.name}={defaults}{parameter.name}")
    return ", ".join(parts), values


def passed(parameters: list[inspect.Parameter]) -> str:
    """Return parameters as they are passed on in a call."""
    return ", ".join(f"{p.name}={p.name}" if p.kind is p.KEYWORD_ONLY else p.name for p in parameters)
