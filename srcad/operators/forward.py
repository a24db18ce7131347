"""Forward mode for the user: ``jvp`` and ``linearize``, and calls whose callee is known only at run time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcad.api import grad, value_and_grad
from srcad.compilation import compiled
from srcad.errors import ArgumentError
from srcad.operators.dynamic import install
from srcad.pipeline import Code
from srcad.runtime import clone, share_memory
from srcad.runtime.tangents import as_tangent, tangent_result, zero_tangent
from srcad.targets import Composable, Target, place

__all__ = ["Jvp", "jvp", "linearize"]


def jvp(f: Any, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return the value of ``f`` and its derivative in a direction, in one run of generated forward code.

    Parameters
    ----------
    f : callable
        A function of numbers, arrays and containers of these, with a result of that kind.
    primals : tuple
        The positional arguments.
    tangents : tuple
        A direction for each argument, of its structure and shape; None stands for zero.

    Returns
    -------
    value
        ``f(*primals)``.
    tangent
        The derivative of the value, in its structure; None where it has none.

    Raises
    ------
    ArgumentError
        If the tangents do not fit the primals.
    SrcadError
        If the program cannot be differentiated.

    Examples
    --------
    >>> from srcad.operators import jvp
    >>> jvp(lambda x, y: x * y ** 2, (3.0, 2.0), (1.0, 0.0))
    (12.0, 4.0)
    """
    return Jvp(f)(primals, tangents)


class Jvp(Composable):
    """The forward derivative of a function, compiled when it is first called: ``Jvp(f)(primals, tangents)``.

    Attributes
    ----------
    source : str
        The generated Python function of the latest call.
    stages : dict of str
        The program after each stage: ``source``, ``normal``, ``forward`` and ``optimized``.
    """

    def __init__(self, f: Any) -> None:
        if not callable(f):
            raise ArgumentError(f"{f!r} is not a function.", "Give jvp a function.")
        self.__wrapped__ = f
        self.target = Target(f)
        self.latest: Code | None = None

    def __call__(self, primals: Any, tangents: Any, options: dict[str, Any] | None = None) -> tuple[Any, Any]:
        """Return the value and its tangent."""
        target = self.target
        if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
            raise ArgumentError("jvp takes a tuple of arguments and a tuple of tangents.",
                                "Write jvp(f, (x,), (dx,)).", place(target.func))  # fmt: skip
        if len(primals) != len(tangents):
            raise ArgumentError(f"There are {len(primals)} arguments and {len(tangents)} tangents.",
                                "Give one tangent for each argument; None stands for zero.",
                                place(target.func))  # fmt: skip
        values = target.bind(tuple(primals), options or {})
        directions = _directions(target, primals, tangents)
        code = self.compiled(values, tuple(directions))
        everything = (*values, *target.captured())
        if code.changes:
            everything = clone(everything)
        value, tangent = code.entries[0](*everything, *directions.values())
        return value, tangent_result(tangent, value)

    def compiled(self, values: tuple[Any, ...], wanted: tuple[str, ...]) -> Code:
        """Return the code for arguments of these kinds and tangents of the parameters in ``wanted``."""
        self.latest = compiled(self.target, values, wanted, "jvp")
        if self.latest.changes and share_memory((*values, *self.target.captured())):
            self.latest = compiled(self.target, values, wanted, "jvp", aliased=True)
        return self.latest

    @property
    def source(self) -> str:
        """The text of the generated function."""
        return self._code().text

    @property
    def stages(self) -> dict[str, str]:
        """The program after each stage, by name."""
        return self._code().stages

    def _code(self) -> Code:
        if self.latest is None:
            return self.compiled(tuple(1.0 for _ in self.target.names), tuple(self.target.names))
        return self.latest


def _directions(target: Target, primals: Any, tangents: Any) -> dict[str, Any]:
    """Return the tangents of the parameters, in the runtime's form, by name."""
    names = target.argument_names(len(primals))
    found = {}
    for name, value, tangent in zip(names, primals, tangents):
        if tangent is None or not name:
            continue
        try:
            found[name] = as_tangent(tangent, value)
        except (ValueError, TypeError) as error:
            raise ArgumentError(f"The tangent of '{name}' does not fit: {error}.",
                                "Give it the structure and shape of the argument.",
                                place(target.func)) from None  # fmt: skip
    return found


def linearize(f: Any, *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """Return the value of ``f`` and the function that maps tangents to the tangent of the value.

    Parameters
    ----------
    f : callable
        The function.
    *primals
        Its positional arguments.

    Returns
    -------
    value
        ``f(*primals)``.
    f_jvp : callable
        ``f_jvp(*tangents)``, to be called with any number of directions.

    Examples
    --------
    >>> from srcad.operators import linearize
    >>> value, f_jvp = linearize(lambda x: x ** 3, 2.0)
    >>> value, f_jvp(1.0), f_jvp(0.5)
    (8.0, 12.0, 6.0)
    """
    derivative = Jvp(f)
    value, _ = derivative(primals, tuple(tangent_result(zero_tangent(p), p) for p in primals))

    def f_jvp(*tangents: Any) -> Any:
        return derivative(primals, tangents)[1]

    return value, f_jvp


install((grad, value_and_grad))
