"""``vjp``, and the pullback that it returns: called, it runs the backward pass; differentiated, it is a plain function."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from srcad.backends.tracebacks import show_users_source
from srcad.callables.compilation import compiled
from srcad.callables.cotangents import form_of, internal
from srcad.callables.derivatives import WrittenOut
from srcad.callables.places import place
from srcad.callables.second_order import agree
from srcad.callables.targets import Target, explain, require_callable, require_complex, split_aux
from srcad.callables.wrappers import written
from srcad.errors import ArgumentError, UnsupportedError
from srcad.lang.recursion import with_deep_calls
from srcad.pipeline import Code
from srcad.rules import registry
from srcad.runtime import clone, share_memory
from srcad.runtime.tangents import zero_tangent

__all__ = ["Pullback", "vjp", "written_as"]

written_as: list[Callable[..., Any]] = []
"""Returns for a function, arguments, ``argnums``, ``has_aux`` and options the pullback as a function in Python."""


def vjp(
    f: Any,
    *args: Any,
    argnums: int | str | tuple[int | str, ...] | None = None,
    has_aux: bool = False,
    holomorphic: bool = False,
    **kwargs: Any,
) -> tuple[Any, ...]:
    """Return the value of ``f`` and its pullback.

    Parameters
    ----------
    f : callable
        The function; its output may be a number, an array or a container of these.
    *args, **kwargs
        Its arguments.
    argnums : int, str or tuple of these, optional
        The parameters to differentiate with respect to, by position or name; by default all positional arguments.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated.
    holomorphic : bool
        ``f`` is complex differentiable: the arguments to differentiate by are complex.

    Returns
    -------
    value
        ``f(*args, **kwargs)``.
    pullback : callable
        ``pullback(cotangent)`` returns a tuple with the gradient of each positional argument, or of each of
        ``argnums``; the gradient alone if that is no tuple.  It may be called again and again.
    auxiliary
        Under ``has_aux`` the second part of the result.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad import vjp
    >>> value, pullback = vjp(lambda x: x ** 2, np.array([1.0, 2.0]))
    >>> pullback(np.ones(2))
    (array([2., 4.]),)
    >>> value, pullback = vjp(lambda x, y: x * y, 2.0, 3.0, argnums="y")
    >>> pullback(1.0)
    2.0
    """
    require_callable(f, "vjp")
    target = Target(f)
    values = target.bind(args, kwargs)
    chosen = _chosen_parts(target, argnums, len(args), values)
    wanted = tuple(dict.fromkeys(name for name, _ in chosen))
    if holomorphic:
        require_complex(target, tuple(n for n, _ in chosen), tuple(k for _, k in chosen), values)
    code, value, residuals = with_deep_calls(_run_forward)(target, values, wanted)
    value, *aux = split_aux(target, value) if has_aux else (value,)
    form, title = form_of(value), target.title()

    def pullback(cotangent: Any) -> Any:
        try:
            given = internal(cotangent, form, title)
        except ArgumentError as error:
            raise error.at(place(target.func)) from None
        given = [given, zero_tangent(aux[0])] if aux else given
        kept = clone(residuals) if code.stateful else residuals
        gradients = _pulled(code.entries[1], kept, given)
        by_name = dict(zip(wanted, gradients))
        found = tuple(by_name[n] if k is None else by_name[n][k] for n, k in chosen)
        return found if argnums is None or isinstance(argnums, tuple) else found[0]

    return value, Pullback(target, args, kwargs, argnums, has_aux, pullback), *aux


def _chosen_parts(
    target: Target, argnums: Any, count: int, values: tuple[Any, ...]
) -> list[tuple[str, int | None]]:
    """Return the parameters to differentiate by, each with its place in ``*args`` if it is gathered there."""
    if argnums is None:
        return target.positions(count)
    found = list(zip(target.wanted(argnums), target.places(argnums)))
    for name, element in found:
        target.require_given(argnums, values[target.names.index(name)], element)
    return found


def _run_forward(target: Target, values: tuple[Any, ...], wanted: tuple[str, ...]) -> tuple[Code, Any, Any]:
    """Return the code, the value, and what the backward pass needs, which nothing of the caller's shares memory with."""
    everything = (*values, *target.captured())
    code = compiled(target, values, wanted, "vjp")
    if code.changes_arguments and share_memory(everything):
        code = compiled(target, values, wanted, "vjp", aliased=True)
    try:
        value, residuals = code.entries[0](*everything)
    except BaseException as error:
        explain(target, error)
        raise error
    if code.changes or share_memory((value, everything)):
        value = clone(value)  # nobody else's: a program in which this call stands counts on that
    if code.reads_outside or share_memory((residuals, (everything, value))):
        residuals = clone(residuals)
    return code, value, residuals


def _pulled(backward: Any, residuals: Any, cotangent: Any) -> Any:
    """Run a backward function; an exception shows the lines of the user's function."""
    try:
        return backward(residuals, cotangent)
    except BaseException as error:
        show_users_source(error)
        raise error


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
