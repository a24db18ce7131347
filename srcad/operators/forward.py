"""Forward mode for the user: ``jvp`` and ``linearize``, and calls whose callee is known only at run time."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Hashable
from typing import Any

from srcad.analysis.kinds import is_differentiable, kind_of
from srcad.api import Derivative, _fingerprint, _is_exact, _place, _static_cells, _Target, _wanted_kind
from srcad.errors import ArgumentError
from srcad.operators.build import build_forward
from srcad.pipeline import Code, Request
from srcad.rules import registry
from srcad.runtime import clone
from srcad.runtime.tangents import (
    Tangent,
    as_tangent,
    set_jvp_resolver,
    tangent_result,
    zero_tangent,
)

__all__ = ["Jvp", "jvp", "linearize"]

_CACHE: dict[Hashable, Code] = {}
_MOST_ENTRIES = 4096


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


class Jvp:
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
        self.target = _Target(f)
        self.latest: Code | None = None

    def __call__(self, primals: Any, tangents: Any, options: dict[str, Any] | None = None) -> tuple[Any, Any]:
        """Return the value and its tangent."""
        target = self.target
        if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
            raise ArgumentError("jvp takes a tuple of arguments and a tuple of tangents.",
                                "Write jvp(f, (x,), (dx,)).", _place(target.func))  # fmt: skip
        if len(primals) != len(tangents):
            raise ArgumentError(f"There are {len(primals)} arguments and {len(tangents)} tangents.",
                                "Give one tangent for each argument; None stands for zero.", _place(target.func))  # fmt: skip
        given = tuple(p for p, t in zip(primals, tangents) if t is not None)
        value, tangent = self.run(tuple(primals), tuple(tangents), options or {}, given)
        return value, tangent_result(tangent, value)

    def run(self, primals: Any, tangents: Any, options: dict[str, Any], given: Any) -> tuple[Any, Any]:
        """Compute in the runtime's form of tangents."""
        target = self.target
        values = target.bind(primals, options)
        directions = _directions(target, values, primals, tangents)
        wanted = tuple(directions)
        everything = (*values, *target.captured())
        code = _compiled(target, values, everything, wanted)
        self.latest = code
        return code.entries[0](*clone(everything), *directions.values())

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
            values = tuple(1.0 for _ in self.target.names)
            everything = (*values, *self.target.captured())
            self.latest = _compiled(self.target, values, everything, tuple(self.target.names))
        return self.latest


def _directions(target: _Target, values: Any, primals: Any, tangents: Any) -> dict[str, Any]:
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
                                "Give it the structure and shape of the argument.", _place(target.func)) from None  # fmt: skip
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


def _compiled(target: _Target, values: Any, everything: Any, wanted: tuple[str, ...]) -> Code:
    derived = target.inner.derived(values) if target.inner is not None else None
    func = target.closure.function if target.closure is not None else target.func
    func = derived if derived is not None else func
    identity = func if target.closure is not None or derived is not None else func.__code__
    closed = (_static_cells(target), id(getattr(target.func, "__globals__", None)))
    key = (identity, closed, wanted, tuple(map(_fingerprint, everything)))
    code = _CACHE.get(key)
    if code is not None and code.holds():
        return code
    names = [*target.names, *target.captured_names()]
    kinds = tuple((n, _wanted_kind(v) if n in wanted else kind_of(v)) for n, v in zip(names, everything))
    code = build_forward(Request(func, kinds, wanted, "jvp", _is_exact(names, everything, wanted)))
    if len(_CACHE) >= _MOST_ENTRIES:
        _CACHE.pop(next(iter(_CACHE)))
    _CACHE[key] = code
    code.keep = (target.func, target.closure, derived)
    return code


# -- calls whose callee is known only when they happen ------------------------------------------------


def _resolve(
    function: Any, held: Any, args: Any, tangents: Any, options: dict[str, Any], option_tangents: dict[str, Any]
) -> tuple[Any, Any]:
    """Call a function that is known only now; see `srcad.runtime.call_jvp`."""
    while isinstance(function, functools.partial):
        inner, before, named = held if isinstance(held, tuple) else (0.0, None, None)
        before = zero_tangent(function.args) if before is None else before
        named = zero_tangent(function.keywords) if named is None else named
        args, tangents = (*function.args, *args), (*before, *tangents)
        options, option_tangents = {**function.keywords, **options}, {**named, **option_tangents}
        function, held = function.func, inner
    if function is functools.partial:
        return function(*args, **options), (tangents[0], tuple(tangents[1:]), option_tangents)
    if isinstance(function, type):
        return _construct(function, args, tangents, options, option_tangents)
    if registry.is_constant(function):
        value = function(*args, **options)
        return value, zero_tangent(value)
    target = _Target(function)
    values = target.bind(args, options)
    images = _bound_tangents(target, values, held, tangents, option_tangents)
    captured = target.captured()
    if target.closure is not None:
        images.update(zip(target.captured_names(), held if isinstance(held, tuple) else zero_tangent(captured)))
    everything = (*values, *captured)
    names = [*target.names, *target.captured_names()]
    wanted = tuple(n for n, v in zip(names, everything) if n in images and is_differentiable(kind_of(v)))
    code = _compiled(target, values, everything, wanted)
    return code.entries[0](*everything, *[images[n] for n in wanted])


def _bound_tangents(target: _Target, values: Any, held: Any, tangents: Any, named: Any) -> dict[str, Any]:
    """Return the tangent of each parameter, by name."""
    before = tuple(held if i == 0 and _is_receiver(target) else zero_tangent(v) for i, v in enumerate(target.before))
    bound = target.signature.bind_partial(*before, *tangents, **{**zero_tangent(target.options), **named}).arguments
    found = {n: bound[n] if n in bound else zero_tangent(v) for n, v in zip(target.names, values)}
    for parameter in target.signature.parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            found[parameter.name] = tuple(found[parameter.name])
    return {n: zero_tangent(v) if isinstance(found[n], float) else found[n] for n, v in zip(target.names, values)}


def _is_receiver(target: _Target) -> bool:
    return bool(target.before)


def _construct(cls: type, args: Any, tangents: Any, options: Any, option_tangents: Any) -> tuple[Any, Any]:
    """Make an instance: its ``__init__`` is differentiated, and a dataclass or namedtuple mirrored field by field."""
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return cls(*args, **options), cls(*tangents, **option_tangents)
    init = cls.__init__
    if not isinstance(init, types.FunctionType):
        value = cls(*args, **options)
        return value, zero_tangent(value)
    value = cls.__new__(cls)
    tangent = Tangent(value)
    if getattr(init, "__code__", None) is not None and init.__code__.co_filename.startswith("<"):
        value = cls(*args, **options)
        tangent = Tangent(value)
        names = list(init.__code__.co_varnames[1 : init.__code__.co_argcount])
        for name, part in {**dict(zip(names, tangents)), **option_tangents}.items():
            setattr(tangent, name, part)
        return value, tangent
    _resolve(init, 0.0, (value, *args), (tangent, *tangents), options, option_tangents)
    return value, tangent


set_jvp_resolver(_resolve)
