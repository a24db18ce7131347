"""The operators a user calls, the objects they return, and the one cache of compiled derivatives."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import linecache
import textwrap
import types
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from srcad.analysis.infer import ARRAY_METHODS
from srcad.analysis.kinds import NUMBER, Kind, array, is_differentiable, kind_of
from srcad.derive.inline_calls import nested_signature
from srcad.errors import ArgumentError, Location, NoDerivativeError, OutputError, UnsupportedError
from srcad.pipeline import Code, Request, build, read
from srcad.rules import registry
from srcad.runtime import Closure, finish, set_resolver

__all__ = ["Derivative", "grad", "value_and_grad", "vjp"]

Argnums = int | str | tuple[int | str, ...]

_CACHE: dict[Hashable, Code] = {}
_MOST_ENTRIES = 4096


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
    target = _Target(f)
    values = target.bind(args, kwargs)
    wanted = target.positional(len(args))
    forward, backward = _split(target, values, wanted)
    value, residuals = forward(*values, *target.captured())

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        gradients = iter(backward(residuals, _internal(cotangent)))
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


class _Target:
    """A function to be derived: its plain function, what is already bound and its signature."""

    def __init__(self, f: Any) -> None:
        self.inner: Derivative | None = None
        self.closure: Closure | None = None
        self.func: Any = None
        self.before: tuple[Any, ...] = ()
        self.options: dict[str, Any] = {}
        while True:
            if isinstance(f, functools.partial):
                self.before = f.args + self.before
                self.options = {**f.keywords, **self.options}
                f = f.func
            elif isinstance(f, types.MethodType):
                self.before = (f.__self__, *self.before)
                f = f.__func__
            elif isinstance(f, Derivative):
                self.inner = f
                self.before = f.target.before + self.before
                self.options = {**f.target.options, **self.options}
                f = f.target.closure if f.target.closure is not None else f.target.func
                break
            elif (
                isinstance(getattr(f, "__self__", None), (np.ndarray, np.generic))
                and f.__name__ in ARRAY_METHODS
            ):
                self.before = (f.__self__, *self.before)
                f = ARRAY_METHODS[f.__name__]
            elif isinstance(f, (types.FunctionType, Closure)) or registry.find(f) is not None:
                break
            elif isinstance(inspect.getattr_static(type(f), "__call__", None), types.FunctionType):
                self.before = (f, *self.before)
                f = type(f).__call__
            else:
                break
        self.closure = f if isinstance(f, Closure) else None
        self.func = f
        if self.closure is None and not isinstance(f, types.FunctionType):
            self.func = _wrapped_rule(f)
        elif isinstance(f, types.FunctionType) and registry.find(f) is not None:
            self.func = _wrapped_rule(f)
        self._captured_names: tuple[str, ...] | None = None
        self.signature = self._signature()
        self.names = list(self.signature.parameters)
        self.simple = not self.options and all(
            p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in self.signature.parameters.values()
        )

    def _signature(self) -> inspect.Signature:
        if self.closure is None:
            return inspect.signature(self.func, follow_wrapped=False)
        found = nested_signature(read(self.closure.function))
        if found is None:
            raise NoDerivativeError("A nested function with a computed default value is called through a variable.",
                                    "Pass the value explicitly.")  # fmt: skip
        return found

    def captured_names(self) -> tuple[str, ...]:
        """The non-static variables that the function captures."""
        if self._captured_names is None:
            if self.closure is None and not self.func.__closure__:
                self._captured_names = ()
            else:
                self._captured_names = read(
                    self.closure.function if self.closure is not None else self.func
                ).captured
        return self._captured_names

    def captured(self) -> tuple[Any, ...]:
        """The values of the captured variables, now."""
        if self.closure is not None:
            return self.closure.captured
        if self.func.__closure__ is None:
            return ()
        cells = dict(zip(self.func.__code__.co_freevars, self.func.__closure__))
        return tuple(cells[n].cell_contents for n in self.captured_names())

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return the value of each parameter."""
        args = self.before + args
        if self.simple and not kwargs and len(args) == len(self.names):
            return args
        try:
            bound = self.signature.bind(*args, **{**self.options, **kwargs})
        except TypeError as error:
            raise ArgumentError(f"The arguments do not fit '{self.title()}': {error}.",
                                f"It takes {self.signature}.", _place(self.func)) from None  # fmt: skip
        bound.apply_defaults()
        return tuple(bound.arguments.values())

    def title(self) -> str:
        return getattr(self.func, "__qualname__", "the nested function")

    def positional(self, count: int) -> tuple[str, ...]:
        """The names of the first ``count`` arguments after those already bound, as far as they are parameters."""
        return tuple(dict.fromkeys(n for n in self.argument_names(count) if n))

    def argument_names(self, count: int) -> list[str]:
        """The parameter that each positional argument is bound to, as far as it is one of its own."""
        names = self.names[len(self.before) :]
        for position, name in enumerate(names):
            if self.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL and count > position:
                raise ArgumentError(f"'{self.title()}' takes '*{name}', which vjp does not take apart.",
                                    "Differentiate a function with named parameters.", _place(self.func))  # fmt: skip
        return [names[i] if i < len(names) else "" for i in range(count)]

    def wanted(self, argnums: Any) -> tuple[str, ...]:
        """Return the names of the parameters that ``argnums`` asks for."""
        names = self.names[len(self.before) :]
        found = []
        for which in argnums if isinstance(argnums, tuple) else (argnums,):
            if isinstance(which, str) and which in self.names:
                found.append(which)
            elif isinstance(which, int) and not isinstance(which, bool) and -len(names) <= which < len(names):
                found.append(names[which])
            else:
                raise ArgumentError(f"argnums={argnums!r} does not fit '{self.title()}', whose parameters are "
                                    f"{', '.join(names) or 'none'}.", "Give positions or names of parameters.",
                                    _place(self.func))  # fmt: skip
        return tuple(found)


def _place(func: Any) -> Location | None:
    code = getattr(func, "__code__", None)
    if code is None:
        return None
    try:
        lines, start = inspect.getsourcelines(func)
    except (OSError, TypeError):
        return Location(code.co_filename, code.co_firstlineno, 0, "")
    return Location(code.co_filename, start, 0, lines[0].rstrip())


_WRAPPED: dict[Any, Any] = {}


def _wrapped_rule(f: Any) -> Any:
    """Return a plain function that calls a function with a rule."""
    rule = registry.find(f) if isinstance(f, Hashable) else None
    if rule is None:
        title = getattr(f, "__name__", repr(f))
        raise NoDerivativeError(f"'{title}' has neither Python source nor a derivative rule.",
                                "Write it in Python, or register a rule for it.")  # fmt: skip
    if f not in _WRAPPED:
        _WRAPPED[f] = _make_wrapper(f, [p for p in rule.parameters if p.name not in rule.refused])
    return _WRAPPED[f]


def _make_wrapper(f: Any, parameters: list[inspect.Parameter]) -> Any:
    """Write the function that a user would write to call ``f``."""
    plain = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and isinstance(p.default, _PRINTABLE)]
    required = [p.name for p in plain if p.default is p.empty]
    optional = [p for p in plain if p.default is not p.empty]
    head = ", ".join(required + [f"{p.name}={p.default!r}" for p in optional])
    passed = ", ".join(required + [f"{p.name}={p.name}" for p in optional])
    namespace = {"primal": f}
    text = f"def {f.__name__}({head}):\n    return primal({passed})\n"
    file = f"<srcad primal {f.__name__}>"
    linecache_entry(file, text)
    exec(compile(text, file, "exec"), namespace)
    return namespace[f.__name__]


_PRINTABLE = (int, float, str, bool, type(None), type(inspect.Parameter.empty))


def linecache_entry(file: str, text: str) -> None:
    """Let ``inspect`` find the text of a generated function."""
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)


def _fingerprint(value: Any) -> Any:
    cls = type(value)
    if cls is float or cls is int or cls is bool:
        return cls
    if cls is np.ndarray:
        return value.ndim, value.dtype.char
    if isinstance(value, np.generic):
        return cls
    if cls is Closure:
        return ("closure", value.function, tuple(map(_fingerprint, value.captured)))
    if cls is types.FunctionType:
        return value
    return kind_of(value)


def _is_exact(names: list[str], values: tuple[Any, ...], wanted: tuple[str, ...]) -> bool:
    """Tell whether all numbers are double precision reals, and none to differentiate by is an integer."""
    for name, value in zip(names, values):
        if name in wanted and kind_of(value).name in ("int", "bool"):
            return False
        if name in wanted and isinstance(value, np.ndarray) and value.dtype != np.float64:
            return False
        if isinstance(value, np.ndarray):
            if value.ndim == 0 or value.dtype.char not in "dlqiLQIbBhHp?":
                return False
        elif isinstance(value, (complex, np.complexfloating, np.float32, np.float16, np.longdouble)):
            return False
        elif not isinstance(value, (int, float, str, type(None), types.FunctionType)):
            return False
    return True


def _wanted_kind(value: Any) -> Kind:
    kind = kind_of(value)
    if kind.name == "int":
        return Kind("float")
    if kind.name == "array" and not kind.inexact:
        return array(kind.ndim)
    return kind


def _compiled(
    target: _Target, values: tuple[Any, ...], wanted: tuple[str, ...], mode: str, single: bool = True
) -> Code:
    captured = target.captured()
    everything = (*values, *captured)
    derived = target.inner.derived(values) if target.inner is not None else None
    identity = (
        derived
        if derived is not None
        else target.closure.function
        if target.closure is not None
        else target.func.__code__
    )
    closed = (_static_cells(target), id(getattr(target.func, "__globals__", None)))
    key = (identity, closed, wanted, mode, single, tuple(map(_fingerprint, everything)))
    code = _CACHE.get(key)
    if code is not None and code.holds():
        return code
    names = [*target.names, *target.captured_names()]
    for name, value in zip(names, everything):
        if (
            isinstance(value, complex)
            or isinstance(value, (np.ndarray, np.generic))
            and value.dtype.kind == "c"
        ):
            raise ArgumentError(f"The argument '{name}' of '{target.title()}' is complex.",
                                "Complex numbers are not differentiated yet; pass the real and imaginary parts.",
                                _place(target.func))  # fmt: skip
        refused = (
            isinstance(value, (set, frozenset))
            or isinstance(value, np.ndarray)
            and value.dtype.kind not in "fiu"
        )
        if (
            name in wanted
            and refused
            and mode != "vjp"
            or name in wanted
            and not is_differentiable(_wanted_kind(value))
            and mode != "vjp"
        ):
            raise ArgumentError(f"The argument '{name}' of '{target.title()}' is a {type(value).__name__}, which has "
                                "no derivative.", "Differentiate with respect to numbers, arrays or containers of them.",
                                _place(target.func))  # fmt: skip
    kinds = [(n, _wanted_kind(v) if n in wanted else kind_of(v)) for n, v in zip(names, everything)]
    func = target.closure.function if target.closure is not None else target.func
    func = derived if derived is not None else func
    exact = _is_exact(names, everything, wanted)
    code = build(Request(func, tuple(kinds), wanted, mode, exact, single))
    if len(_CACHE) >= _MOST_ENTRIES:
        _CACHE.pop(next(iter(_CACHE)))
    _CACHE[key] = code
    code.keep = (target.func, target.closure, derived)
    return code


def _static_cells(target: _Target) -> Hashable:
    """The functions that the target closes over, by identity of their code."""
    if target.closure is not None or not target.func.__closure__:
        return ()
    found = []
    for name, cell in zip(target.func.__code__.co_freevars, target.func.__closure__):
        try:
            content = cell.cell_contents
        except ValueError:
            continue
        if callable(content) or isinstance(content, types.ModuleType):
            found.append((name, id(content)))
    return tuple(found)


def _split(target: _Target, values: tuple[Any, ...], wanted: tuple[str, ...]) -> tuple[Any, Any]:
    forward, backward = _compiled(target, values, wanted, "vjp").entries
    return forward, backward


class Derivative:
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
        self.target = _Target(f)
        self.wanted = self.target.wanted(argnums)
        self.latest: Code | None = None
        self.__name__ = getattr(f, "__name__", type(f).__name__)
        self.__doc__ = getattr(f, "__doc__", None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the derivative at the given arguments."""
        target = self.target
        values = target.bind(args, kwargs)
        code = self.compiled(values)
        try:
            outcome = code.entries[0](*values, *target.captured())
        except TypeError as error:
            self._explain(error)
            raise
        return self._arrange(outcome)

    def _explain(self, error: TypeError) -> None:
        """Turn the runtime's complaint about the output into the project's error."""
        traceback = error.__traceback__
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        if traceback is None or traceback.tb_frame.f_code.co_name != "seed":
            return
        raise OutputError(f"The result of '{self.target.title()}' has {error}, and a gradient needs a real scalar.",
                          "Use vjp for other outputs, or return a sum.", _place(self.target.func)) from None  # fmt: skip

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

    def compiled(self, values: tuple[Any, ...]) -> Code:
        """Return the derivative for arguments of these kinds."""
        single = not isinstance(self.argnums, tuple)
        self.latest = _compiled(self.target, values, tuple(dict.fromkeys(self.wanted)), self.mode, single)
        return self.latest

    def derived(self, values: tuple[Any, ...]) -> Any:
        """Return the generated function itself, to be differentiated again."""
        if self.mode == "aux":
            raise UnsupportedError("The derivative of a derivative with has_aux is not available.",
                                   "Differentiate a function that returns the value alone.")  # fmt: skip
        return self.compiled(values).entries[0]

    def __repr__(self) -> str:
        return f"<srcad {self.mode} of {self.__name__}>"


def _resolve(function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, Any]:
    """Call a function that is known only now; see `srcad.runtime.call`."""
    if function in (grad, value_and_grad):
        # the gradient of a derivative is that of the closure which it was made from
        return function(*arguments, **options), lambda g: (0.0, [g, *[0.0] * (len(arguments) - 1)], {})
    if isinstance(function, type):
        return _construct(function, arguments, options)
    if registry.is_constant(function):
        return function(*arguments, **options), lambda g: (
            0.0,
            [0.0] * len(arguments),
            dict.fromkeys(options, 0.0),
        )
    target = _Target(function)
    values = target.bind(arguments, options)
    names = [*target.names, *target.captured_names()]
    everything = (*values, *target.captured())
    wanted = tuple(n for n, v in zip(names, everything) if is_differentiable(kind_of(v)))
    code = _compiled(target, values, wanted, "vjp")
    forward, backward = code.entries
    value, residuals = forward(*everything)

    def pullback(g: Any) -> tuple[Any, list[Any], dict[str, Any]]:
        by_name = dict(zip(wanted, backward(residuals, g)))
        shift = len(target.before)
        found = [by_name.get(n, 0.0) for n in target.names]
        own: Any = found[0] if shift == 1 else 0.0
        if target.closure is not None:
            own = [by_name.get(n, 0.0) for n in target.captured_names()]
        positional = found[shift : shift + len(arguments)]
        return own, _internal_gradients(positional), {k: by_name.get(k, 0.0) for k in options}

    return value, pullback


def _construct(cls: type, arguments: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, Any]:
    """Make a dataclass or a namedtuple whose fields are the arguments."""
    fields = getattr(cls, "_fields", None)
    if (
        dataclasses.is_dataclass(cls)
        and not hasattr(cls, "__post_init__")
        and "__init__" not in _written_methods(cls)
    ):
        fields = tuple(f.name for f in dataclasses.fields(cls) if f.init)
    if fields is None:
        raise UnsupportedError(f"An instance of '{cls.__name__}' is made from values that carry a derivative, and "
                               "only dataclasses and namedtuples can hold them.", "Make it a dataclass, or a "
                               "namedtuple.", _place(cls))  # fmt: skip
    value = cls(*arguments, **options)

    def pullback(g: Any) -> tuple[Any, list[Any], dict[str, Any]]:
        if isinstance(g, dict):
            by_name = {n: g.get(n, 0.0) for n in fields}
        else:
            by_name = dict(zip(fields, g)) if isinstance(g, list) else dict.fromkeys(fields, 0.0)
        return 0.0, [by_name[n] for n in fields[: len(arguments)]], {n: by_name[n] for n in options}

    return value, pullback


def _written_methods(cls: type) -> set[str]:
    """The methods that the class statement itself defines."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError):
        return {"__init__"}
    return (
        {n.name for n in tree.body[0].body if isinstance(n, ast.FunctionDef)}
        if isinstance(tree.body[0], ast.ClassDef)
        else set()
    )


def _internal_gradients(values: list[Any]) -> list[Any]:
    return [_internal(v) for v in values]


set_resolver(_resolve)
