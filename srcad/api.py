"""The operators a user calls, and the objects they return."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from srcad.analysis.kinds import NUMBER, kind_of
from srcad.backends.tracebacks import show_users_source
from srcad.compilation import compiled
from srcad.derive.request import Request
from srcad.dispatch import Dispatch
from srcad.dynamic import install
from srcad.errors import ArgumentError, OutputError, UnsupportedError
from srcad.pipeline import Code, build
from srcad.runtime import clone, finish, share_memory
from srcad.second_order import Gradient, code_by_symmetry, has_shadows
from srcad.targets import Composable, Target, place

__all__ = ["Derivative", "grad", "value_and_grad", "vjp"]

Argnums = int | str | tuple[int | str, ...]


def grad(f: Any = None, argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """Return a function that computes the gradient of ``f``.

    Parameters
    ----------
    f : callable
        A numeric function that returns a real scalar; a plain function, lambda, method, callable
        object, ``functools.partial`` or NumPy function.
    argnums : int, str or tuple of these
        The parameters to differentiate with respect to, by position or name.  A tuple gives a tuple.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated; the result is
        ``(gradient, auxiliary)``.

    Returns
    -------
    Derivative
        Called like ``f``; gives the gradient in the argument's shape, structure and dtype.

    Raises
    ------
    OutputError
        When called, if the result of ``f`` is not a real scalar.
    SrcadError
        If the program cannot be differentiated; the message names the line.

    Examples
    --------
    >>> from srcad import grad
    >>> grad(lambda x: x ** 3)(2.0)
    12.0
    """
    if f is None:
        return functools.partial(grad, argnums=argnums, has_aux=has_aux)
    return Derivative(f, argnums, "aux" if has_aux else "grad", value=False)


def value_and_grad(f: Any = None, argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """Return a function that computes the value of ``f`` and its gradient, in one run.

    The parameters are those of `grad`.  The result is ``(value, gradient)``, under ``has_aux``
    ``((value, auxiliary), gradient)``.

    Examples
    --------
    >>> from srcad import value_and_grad
    >>> value_and_grad(lambda x: x ** 3)(2.0)
    (8.0, 12.0)
    """
    if f is None:
        return functools.partial(value_and_grad, argnums=argnums, has_aux=has_aux)
    return Derivative(f, argnums, "aux" if has_aux else "value_and_grad", value=True)


def vjp(f: Any, *args: Any, **kwargs: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Return the value of ``f`` and its pullback.

    Parameters
    ----------
    f : callable
        The function; its output may be a number, an array or a container of these.
    *args, **kwargs
        Its arguments.

    Returns
    -------
    value
        ``f(*args, **kwargs)``.
    pullback : callable
        ``pullback(cotangent)`` returns a tuple with the gradient of each positional argument.  It may
        be called again and again.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad import vjp
    >>> value, pullback = vjp(lambda x: x ** 2, np.array([1.0, 2.0]))
    >>> pullback(np.ones(2))
    (array([2., 4.]),)
    """
    target = Target(f)
    values = target.bind(args, kwargs)
    wanted = target.positional(len(args))
    everything = (*values, *target.captured())
    code = compiled(target, values, wanted, "vjp")
    if code.changes and share_memory(everything):
        code = compiled(target, values, wanted, "vjp", aliased=True)
    forward, backward = code.entries
    try:
        value, residuals = forward(*everything)
    except BaseException as error:
        show_users_source(error)
        raise error
    if code.changes:
        value = clone(value)

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        kept = clone(residuals) if code.stateful else residuals
        try:
            gradients = backward(kept, _internal(cotangent))
        except BaseException as error:
            show_users_source(error)
            raise error
        by_name = dict(zip(wanted, gradients))
        return tuple(
            by_name[n] if n in by_name else finish(0.0, a)
            for n, a in zip(target.argument_names(len(args)), args)
        )

    return value, pullback


def _internal(cotangent: Any) -> Any:
    """Bring a user's cotangent to the form of the runtime: lists for sequences."""
    if isinstance(cotangent, (list, tuple)):
        return [_internal(part) for part in cotangent]
    if isinstance(cotangent, dict):
        return {key: _internal(part) for key, part in cotangent.items()}
    return float(cotangent) if isinstance(cotangent, int) else cotangent


class Derivative(Composable):
    """A function's derivative, compiled when it is first called.

    Attributes
    ----------
    source : str
        The generated Python function: that of the latest call, before any call one for numbers.
    stages : dict of str
        The program after each stage: ``source``, ``normal``, ``adjoint`` and ``optimized``.
    __wrapped__ : callable
        The primal.
    """

    def __init__(self, f: Any, argnums: Argnums, mode: str, value: bool) -> None:
        if not callable(f):
            raise ArgumentError(f"{f!r} is not a function.", "Give grad a function.")
        self.__wrapped__ = f
        self.argnums, self.mode, self.value = argnums, mode, value
        self.target = Target(f)
        self.wanted = self.target.wanted(argnums)
        self.latest: Code | None = None
        plain = mode == "grad" or value
        self._dispatch = Dispatch(self.target, not plain or len(set(self.wanted)) != len(self.wanted))
        self.__name__ = getattr(f, "__name__", type(f).__name__)
        self.__doc__ = getattr(f, "__doc__", None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the derivative at the given arguments."""
        return self._call(args, kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        target = self.target
        values = target.bind(args, kwargs)
        everything = (*values, *target.captured())
        code = self.compiled(values)
        if code.changes and share_memory(everything):
            code = self.compiled(values, aliased=True)
        else:
            self._dispatch.note(self, code, everything)
        try:
            outcome = code.entries[0](*everything)
        except BaseException as error:
            self._explain(error)
            raise error
        return self._arrange(outcome)

    def _explain(self, error: BaseException) -> None:
        """Turn the runtime's complaint about the output into the project's error, and show the user's source."""
        traceback = error.__traceback__ if isinstance(error, TypeError) else None
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        if traceback is None or traceback.tb_frame.f_code.co_name != "seed":
            show_users_source(error)
            return
        raise OutputError(f"The result of '{self.target.title()}' has {error}, and a gradient needs a real scalar.",
                          "Use vjp for other outputs, or return a sum.", place(self.target.func)) from None  # fmt: skip

    def _arrange(self, outcome: Any) -> Any:
        single = not isinstance(self.argnums, tuple)
        if self.mode == "grad":
            return outcome if single else self._tuple(outcome)
        value, gradients = outcome
        gradients = gradients if single else self._tuple(gradients)
        if self.mode == "aux" and not self.value:
            return gradients, value[1]
        return value, gradients

    def _tuple(self, gradients: Any) -> tuple[Any, ...]:
        unique = list(dict.fromkeys(self.wanted))
        parts = gradients
        by_name = dict(zip(unique, parts))
        return tuple(by_name[n] for n in self.wanted)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind a decorated method."""
        if instance is None:
            return self
        method = types.MethodType(self.__wrapped__, instance)
        return Derivative(method, self.argnums, self.mode, self.value)

    def _code(self) -> Code:
        if self.latest is None:
            target = self.target
            if target.inner is not None:
                return self.compiled(tuple(1.0 for _ in target.names))
            kinds = [NUMBER for _ in target.names] + [kind_of(v) for v in target.captured()]
            names = [*target.names, *target.captured_names()]
            wanted = tuple(dict.fromkeys(self.wanted))
            single = not isinstance(self.argnums, tuple)
            request = Request(target.func, tuple(zip(names, kinds)), wanted, self.mode, True, single)
            self.latest = build(request)
        return self.latest

    @property
    def source(self) -> str:
        """The text of the generated function."""
        return self._code().text

    @property
    def stages(self) -> dict[str, str]:
        """The program after each stage, by name."""
        return self._code().stages

    def compiled(self, values: tuple[Any, ...], aliased: bool = False) -> Code:
        """Return the derivative for arguments of these kinds."""
        single = not isinstance(self.argnums, tuple)
        wanted = tuple(dict.fromkeys(self.wanted))
        self.latest = compiled(self.target, values, wanted, self.mode, single, aliased)
        return self.latest

    def derived(self, values: tuple[Any, ...]) -> Any:
        """Return the generated function itself, to be differentiated again."""
        if self.mode == "aux":
            raise UnsupportedError("The derivative of a derivative with has_aux is not available.",
                                   "Differentiate a function that returns the value alone.")  # fmt: skip
        return self.compiled(values).entries[0]

    def derived_again(
        self, values: tuple[Any, ...], wanted: tuple[str, ...], mode: str, single: bool, aliased: bool
    ) -> Any:
        """Return the derivative of a gradient whose text works on shadow memory."""
        unique = tuple(dict.fromkeys(self.wanted))
        code = self.compiled(values, aliased)
        if mode == "jvp" or self.mode == "aux" or len(unique) != len(self.wanted) or not has_shadows(code):
            return None
        one = not isinstance(self.argnums, tuple)
        gradient = Gradient(self.target, unique, one, self.mode == "value_and_grad", code.entries[0])
        return code_by_symmetry(gradient, values, wanted, mode, single, aliased)

    def __repr__(self) -> str:
        return f"<srcad {self.mode} of {self.__name__}>"


install((grad, value_and_grad))
