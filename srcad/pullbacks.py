"""What ``vjp`` returns beside the value: called, it runs the backward pass; differentiated, it is a function like any."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from srcad.errors import ArgumentError, UnsupportedError
from srcad.lang.recursion import with_deep_calls
from srcad.places import place
from srcad.rules import registry
from srcad.second_order import agree
from srcad.targets import Target, WrittenOut
from srcad.wrappers import written

__all__ = ["Pullback", "written_as"]

written_as: list[Callable[..., Any]] = []
"""Returns for a function, arguments, ``argnums``, ``has_aux`` and options the pullback as a function in Python."""


class Pullback(WrittenOut):
    """The pullback of a function at a point.

    Parameters
    ----------
    target : Target
        The function.
    args, options
        Its arguments, which are kept as they were given.
    argnums : int, str, tuple of these or None
        The parameters to differentiate by; None for all positional arguments.
    has_aux : bool
        It returns a pair, of which only the first is differentiated.
    pull : callable
        Runs the backward pass.
    """

    def __init__(
        self,
        target: Target,
        args: Any,
        options: dict[str, Any],
        argnums: Any,
        has_aux: bool,
        pull: Callable[[Any], Any],
    ) -> None:
        self.target, self._given, self._pull = target, (args, options, argnums, has_aux), pull
        self.__name__ = "pullback"

    def __call__(self, *cotangent: Any) -> Any:
        """Return the gradients of the positional arguments, for one cotangent."""
        if len(cotangent) != 1:
            title, at = self.target.title(), place(self.target.func)
            raise ArgumentError(f"The pullback of '{title}' was given {len(cotangent)} cotangents.",
                                "Give it one, of the structure of the value: a tuple for a tuple.", at)  # fmt: skip
        return with_deep_calls(self._pull)(cotangent[0])

    @functools.cached_property
    def plain(self) -> Any:
        """The function that does the same, in Python, and makes sure that it does.

        The backward pass has kept what it needs; what the function is run again with here are the caller's arguments.
        """
        args, options, argnums, has_aux = self._given
        text = (
            "def pullback(cotangent):\n"
            "    gradients = pulled(cotangent)\n"
            "    if not confirmed(real, cotangent, gradients):\n"
            "        raise ValueError\n"
            "    return gradients\n"
        )
        pulled = written_as[0](self.target.given, args, argnums, has_aux, options)
        return written(text, "pullback", pulled=pulled, confirmed=confirmed, real=lambda: self)


def confirmed(real: Callable[[], Pullback], cotangent: Any, gradients: Any) -> bool:
    """Refuse to differentiate a pullback whose function gives something else when it runs again."""
    pullback = real()
    if not agree(pullback(cotangent), gradients):
        target = pullback.target
        raise UnsupportedError(f"A pullback of '{target.title()}' is differentiated by running the function again, and its "
                               "arguments have changed since, or it draws or counts.",
                               "Give vjp copies of what changes.", place(target.func))  # fmt: skip
    return True


registry.constant(confirmed)
