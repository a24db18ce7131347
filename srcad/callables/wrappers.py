"""Plain functions for what an operator is given and has no Python source: functions with a rule, and builtins."""

from __future__ import annotations

import builtins
import functools
import inspect
import itertools
import math
import types
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from srcad.errors import NoDerivativeError
from srcad.lang import texts
from srcad.rules import registry
from srcad.runtime.array_likes import as_operand, is_number_like, refused

__all__ = ["of_arrays", "with_arity", "with_held", "wrapped", "written"]

_serial = itertools.count(1)
_WRAPPED: dict[Any, Any] = {}
_PRINTABLE = (int, float, str, bool, type(None))
_PLAIN = (float, int, np.ndarray, np.generic, str, list, tuple, dict, type(None))
_POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD
_EXTREME = "*values, key=None", "values[0] if len(values) == 1 else values, key=key"
_FORMS: dict[Any, tuple[str, str]] = {
    max: _EXTREME,
    min: _EXTREME,
    sum: ("values, start=0", "values, start"),
    sorted: ("values, *, key=None, reverse=False", "values, key=key, reverse=reverse"),
    divmod: ("numerator, denominator", "numerator, denominator"),
    functools.reduce: ("*args", "*args"),
    list: ("values", "values"),
    tuple: ("values", "values"),
    np.clip: ("a, a_min=None, a_max=None", "a, a_min, a_max"),
}
"""The parameters of functions whose meaning depends on the form of the call, and what is passed on."""


def written(text: str, title: str, **names: Any) -> Any:
    """Return the function with this text and these globals; its source can be read like a user's."""
    file = f"<srcad {title} {next(_serial)}>"
    texts.keep(file, text)
    namespace = dict(names)
    exec(compile(text, file, "exec"), namespace)
    texts.forget_with(namespace[title], file)
    return namespace[title]


def wrapped(f: Any) -> Any:
    """Return a plain function that calls ``f``, a function with a rule, without a derivative, or of Python's own.

    Raises
    ------
    NoDerivativeError
        If nothing is known about ``f``.

    Examples
    --------
    >>> import inspect, math
    >>> print(inspect.getsource(wrapped(sum)), end="")
    def sum(values, start=0):
        return primal(values, start)
    >>> print(inspect.getsource(wrapped(math.log)), end="")
    def log(x, base=None):
        if base is None:
            return primal(x)
        return primal(x, base)
    """
    rule = registry.find(f) if registry.is_key(f) else None
    if registry.is_key(f) and f in _FORMS:
        return _kept(f, lambda: _written_call(f, *_FORMS[f]))
    if rule is None and registry.is_constant(f) and not _makes_exceptions(f):
        return _kept(f, lambda: _make_wrapper(f, _parameters_of(f)))
    if rule is None:
        raise _unknown(f)
    kept = [p for p in rule.parameters if p.name not in rule.refused]
    unset = _unset(f, kept)
    return _kept(f, lambda: _make_wrapper(f, [p for p in kept if p.name not in unset]))


def with_arity(f: Any, count: int, names: Iterable[str] = ()) -> Any:
    """Return a function of ``count`` positional parameters, and of ``names``, in the place of one with a rule.

    It takes what is given and nothing else: NumPy tells some arguments that are not given by objects of its own, and
    knows some by their position alone.

    Examples
    --------
    >>> import inspect
    >>> print(inspect.getsource(with_arity(np.max, 1, ["initial"])), end="")
    def max(a, *, initial):
        return primal(a, initial=initial)
    """
    rule = registry.find(f) if registry.is_key(f) else None
    if rule is not None and rule.given and isinstance(f, types.FunctionType):
        return f
    parameters = [] if rule is None else [p for p in rule.parameters if p.name not in rule.refused]
    names = tuple(sorted(names))
    places = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    if rule is not None and not rule.given and count <= len(places) and (names or f not in _FORMS):
        given = [inspect.Parameter(p.name, _POSITIONAL) for p in places[:count]]
        named = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names]
        return _kept((f, count, names), lambda: _make_wrapper(f, [*given, *named]))
    gathering = [p for p in parameters if p.kind is p.VAR_POSITIONAL]
    if not gathering:
        return f
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    options = [
        p.replace(kind=p.KEYWORD_ONLY) for p in parameters if p.kind not in kinds and p.default is not p.empty
    ]
    own = [p.name for p in places[:count]]
    titles = [*own, *(registry.gathered(gathering[0].name, i) for i in range(count - len(own)))]
    given = [inspect.Parameter(title, _POSITIONAL) for title in titles]
    return _kept((f, count), lambda: _make_wrapper(f, [*given, *options]))


@functools.lru_cache(maxsize=256)
def with_held(f: Any, count: int) -> Any:
    """Return a function with names for the first ``count`` arguments of ``f``, which gathers some of them.

    Examples
    --------
    >>> import inspect
    >>> def scaled(*numbers, by=1.0): ...
    >>> print(inspect.getsource(with_held(scaled, 1)), end="")
    def scaled(held0, *rest, **options):
        return primal(held0, *rest, **options)
    """
    parameters = inspect.signature(f, follow_wrapped=False).parameters.values()
    named = any(p.kind in (p.KEYWORD_ONLY, p.VAR_KEYWORD) for p in parameters)
    head = ", ".join([*(f"held{k}" for k in range(count)), "*rest", *["**options"] * named])
    return _written_call(f, head, head)


def of_arrays(f: Any, args: tuple[Any, ...], options: Iterable[str] = ()) -> Any:
    """Return a function that makes arrays of instances, as NumPy does, in the place of ``f`` with a rule.

    It is ``f`` itself where no argument is such an instance.

    >>> import inspect
    >>> class Samples:
    ...     def __array__(self, dtype=None): ...
    >>> print(inspect.getsource(of_arrays(np.add, (1.0, Samples()))), end="")
    def add(value0, value1):
        return primal(value0, value1.__array__())
    """
    module = getattr(f, "__module__", None) or ""
    if module.startswith("srcad.runtime.scipy_"):  # takes tangents of instances as they are
        return f
    of_math = module == "math"
    forms = tuple(None if isinstance(a, _PLAIN) else _form(type(a), of_math) for a in args)
    if not any(forms):
        return f
    return _kept((f, forms, tuple(options)), lambda: _with_forms(f, forms, tuple(options)))


def _form(cls: type, of_math: bool) -> str | None:
    if of_math:
        return "float({0})" if is_number_like(cls) else None
    return as_operand(cls)


def _with_forms(f: Any, forms: tuple[str | None, ...], options: tuple[str, ...]) -> Any:
    names = [f"value{k}" for k in range(len(forms))]
    given = [name if form is None else form.format(name) for name, form in zip(names, forms)]
    head = ", ".join([*names, *(["*", *options] if options else [])])
    passed = ", ".join([*given, *(f"{option}={option}" for option in options)])
    title = f.__name__ if str(f.__name__).isidentifier() else "applied"
    text = f"def {title}({head}):\n    return primal({passed})\n"
    return written(text, title, primal=f, array=np.array, refused=refused)


def _kept(key: Any, make: Callable[[], Any]) -> Any:
    if key not in _WRAPPED:
        _WRAPPED[key] = make()
    return _WRAPPED[key]


def _makes_exceptions(f: Any) -> bool:
    return isinstance(f, type) and issubclass(f, BaseException)


def _unknown(f: Any) -> NoDerivativeError:
    title = getattr(f, "__name__", repr(f))
    if getattr(builtins, title, None) is f and not _makes_exceptions(f):
        return NoDerivativeError(f"The builtin '{title}' is no function of numbers that can be differentiated by itself.",
                                 "Call it inside a function of your own.")  # fmt: skip
    if isinstance(f, type):
        return NoDerivativeError(f"'{title}' is a class, and what is differentiated is a function.",
                                 "Write a function that makes the instance and computes with it.")  # fmt: skip
    return NoDerivativeError(f"'{title}' has neither Python source nor a derivative rule.",
                             "Write it in Python, or register a rule for it.")  # fmt: skip


def _parameters_of(f: Any) -> list[inspect.Parameter]:
    """Return the operands of a ufunc, or the required parameters of another function without a derivative."""
    if hasattr(f, "nin"):
        return [inspect.Parameter(f"x{i}", _POSITIONAL) for i in range(1, f.nin + 1)]
    try:
        parameters = inspect.signature(f).parameters.values()
    except ValueError:
        return [inspect.Parameter("x", _POSITIONAL)]
    return [
        p.replace(kind=_POSITIONAL) for p in parameters if p.default is p.empty and p.kind < p.VAR_POSITIONAL
    ]


def _unset(f: Any, parameters: list[inspect.Parameter]) -> set[str]:
    """Return the parameters for which a function of NumPy tells by an object of its own that they are not given."""
    without = {p.name for p in parameters if p.default is None or p.name == "correction"}
    if not without:
        return without
    try:
        own = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return set()
    return without & {p.name for p in own if p.default is not None and p.default is not p.empty}


def _make_wrapper(f: Any, parameters: list[inspect.Parameter]) -> Any:
    """Write the function that a user would write to call ``f``."""
    plain = [
        p
        for p in parameters
        if p.default is p.empty or _is_empty(p.default) or isinstance(p.default, _PRINTABLE)
    ]
    rest = [p.name for p in plain if p.kind is p.VAR_POSITIONAL]
    required = [p.name for p in plain if p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty]
    optional = [p for p in plain if p.kind is p.POSITIONAL_OR_KEYWORD and p.default is not p.empty]
    named = [p for p in plain if p.kind is p.KEYWORD_ONLY]
    if len(optional) == 1 and not named and not rest and _takes_no_keywords(f):
        return _with_optional(f, required, optional[0].name)
    gathered = [f"*{name}" for name in rest]
    head = ", ".join(
        required
        + [_written(p) for p in optional]
        + (gathered or ["*"] * bool(named))
        + [_written(p) for p in named]
    )
    passed = ", ".join(required + gathered + [f"{p.name}={p.name}" for p in [*optional, *named]])
    return _written_call(f, head, passed)


def _is_empty(default: Any) -> bool:
    return isinstance(default, tuple) and not default


def _with_optional(f: Any, required: list[str], optional: str) -> Any:
    """Write the call of a builtin of which an argument may be left out, but has no name."""
    short, long = ", ".join(required), ", ".join([*required, optional])
    text = (
        f"def {f.__name__}({short}, {optional}=None):\n    if {optional} is None:\n        return primal({short})\n"
        f"    return primal({long})\n"
    )
    return written(text, f.__name__, primal=f)


def _takes_no_keywords(f: Any) -> bool:
    """Tell whether a builtin has no names for its arguments, as far as it tells."""
    if not isinstance(f, types.BuiltinFunctionType):
        return False
    try:
        parameters = inspect.signature(f).parameters.values()
    except ValueError:
        return True
    return all(p.kind is p.POSITIONAL_ONLY for p in parameters)


def _written_call(f: Any, head: str, passed: str) -> Any:
    return written(f"def {f.__name__}({head}):\n    return primal({passed})\n", f.__name__, primal=f)


def _written(parameter: inspect.Parameter) -> str:
    """Return a parameter that is not positional as it stands in a definition."""
    bare = parameter.default is parameter.empty
    number = isinstance(parameter.default, np.floating)
    default = float(parameter.default) if number else parameter.default
    if isinstance(default, float) and not math.isfinite(default):
        return f"{parameter.name}=float('{default}')"
    return parameter.name if bare else f"{parameter.name}={default!r}"
