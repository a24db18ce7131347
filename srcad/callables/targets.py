"""What a user hands to an operator: the plain function behind it, what is already bound, and its signature."""

from __future__ import annotations

import enum
import functools
import inspect
import linecache
import math
import types
import weakref
from typing import Any

import numpy as np

from srcad.analysis.results.calls import ARRAY_METHODS, function_of_method
from srcad.backends.tracebacks import show_users_source
from srcad.callables.argnums import Parameters
from srcad.callables.derivatives import Composable, WrittenOut
from srcad.callables.places import call_of_srcad, place
from srcad.callables.wrappers import with_held, wrapped
from srcad.derive.known_callees import nested_signature, only_spread
from srcad.errors import (
    ArgumentError,
    NoDerivativeError,
    OutputError,
    UnsupportedError,
)
from srcad.frontend.siblings import contents, statics_reached
from srcad.frontend.statics import is_static, without_cache
from srcad.lang.source import look_at
from srcad.pipeline import read
from srcad.rules import registry
from srcad.runtime import Cells, Closure, Shadow
from srcad.runtime.sharing import shared_arrays
from srcad.runtime.tangents import Tangent, partial_of, zero_tangent
from srcad.runtime.withheld import is_withheld, refusal
from srcad.tree import leaves

__all__ = [
    "Target", "explain", "is_partial_method",
    "may_change_defaults", "partial_shadow", "partial_tangent", "refuse_changed_defaults", "refuse_overlapping",
    "require_callable", "require_complex", "signature_of", "split_aux",
]  # fmt: skip


def require_callable(f: Any, operator: str) -> None:
    """Refuse what is no function.

    Raises
    ------
    ArgumentError
        With the place of the call.
    """
    if callable(f):
        return
    above = isinstance(f, classmethod)
    way_out = f"Write @classmethod above @{operator}." if above else f"Give {operator} a function."
    raise ArgumentError(f"{f!r} is not a function.", way_out, call_of_srcad())


class Target(Parameters):
    """A function to be derived: its plain function, what is already bound and its signature."""

    def __init__(self, f: Any) -> None:
        self.given = f
        self.inner: Composable | None = None
        self.closure: Closure | None = None
        self.func: Any = None
        self.before: tuple[Any, ...] = ()
        self.options: dict[str, Any] = {}
        while True:
            if isinstance(f, functools.partial):
                self.before = f.args + self.before
                self.options = {**f.keywords, **self.options}
                f = f.func
            elif isinstance(f, staticmethod):
                f = f.__wrapped__
            elif isinstance(f, functools._lru_cache_wrapper):
                f = without_cache(f)
            elif isinstance(f, WrittenOut):
                f = f.plain
            elif isinstance(f, types.MethodType):
                self.before = (f.__self__, *self.before)
                f = f.__func__
            elif isinstance(f, Composable):
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
                f = function_of_method(f.__self__, f.__name__)
            elif registry.source_of(f) is not None:
                f = registry.source_of(f)
            elif isinstance(f, (types.FunctionType, Closure)) or registry.find(f) is not None:
                break
            elif _is_written(type(f)):
                self.before = (f, *self.before)
                called = inspect.getattr_static(type(f), "__call__")
                f = registry.source_of(called) or called
            else:
                break
        self.closure = f if isinstance(f, Closure) else None
        self.func = f
        if self.closure is None and (not isinstance(f, types.FunctionType) or registry.find(f) is not None):
            try:
                self.func = wrapped(f)
            except NoDerivativeError as error:
                raise error.at(call_of_srcad()) from None
        self._read_signature()
        self._decorated = self.func
        if self.closure is None and len(self.before) > self._named_positions():
            self.func = with_held(self.func, len(self.before))
            self._read_signature()

    def _read_signature(self) -> None:
        """Read the parameters, and the defaults that they have now."""
        self.signature = self._signature()
        self.names = list(self.signature.parameters)
        self.simple = not self.options and all(
            p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in self.signature.parameters.values()
        )

    def _signature(self) -> inspect.Signature:
        if self.closure is None:
            return signature_of(self.func)
        found = _nested(self.closure.function)[0]
        if found is None:
            raise NoDerivativeError("A nested function with a computed default value is called through a variable.",
                                    "Pass the value explicitly.")  # fmt: skip
        return found

    def _named_positions(self) -> int | float:
        """The number of arguments that have a name of their own where the rest is gathered."""
        kinds = [p.kind for p in self.signature.parameters.values()]
        gathering = inspect.Parameter.VAR_POSITIONAL
        return kinds.index(gathering) if gathering in kinds else math.inf

    def captured_names(self) -> tuple[str, ...]:
        """The non-static variables that the function captures."""
        if self.closure is not None:
            return _nested(self.closure.function)[1]
        return self._captures()[0] if self.func.__closure__ else ()

    def cells(self) -> dict[str, types.CellType]:
        """The cells of the non-static variables that a function captures, or one that it calls, by name."""
        names, held = self._captures()
        cells = dict(zip(self.func.__code__.co_freevars, self.func.__closure__ or ()))
        return {n: held[n] if n in held else cells[n] for n in names}

    def _captures(self) -> tuple[tuple[str, ...], dict[str, types.CellType]]:
        """The names of these variables, and the cells of those that only functions which it calls capture."""
        # The function is read once for all closures that are made of it; what is static may differ.
        statics = tuple([_static_content(cell) for cell in self.func.__closure__ or ()])
        key = self.func.__code__, tuple(map(id, statics))
        known = _CAPTURED.get(key)
        if known is None or not all(contents(cell) is value for cell, value in known[2]):
            if len(_CAPTURED) >= _MOST_ENTRIES:
                _CAPTURED.pop(next(iter(_CAPTURED)))
            found = read(self.func)
            own = self.func.__closure__ or ()
            deeper = [part for part in statics_reached(self.func) if all(part[0] is not cell for cell in own)]
            known = _CAPTURED[key] = found.captured, dict(found.held or {}), deeper, statics
        return known[:2]

    def held_images(self, own: Any, nothing: Any) -> tuple[Any, ...]:
        """The shadows (or tangents) of the captured variables, from that of the function; ``nothing`` if unknown."""
        names = self.captured_names()
        if self.closure is not None and isinstance(own, (list, tuple)):
            return tuple(own)
        if self.closure is None and isinstance(own, Cells):
            return tuple(own.get(n, nothing) for n in names)
        return (nothing,) * len(names)

    def captured(self) -> tuple[Any, ...]:
        """The values of the captured variables, now."""
        if self.closure is not None:
            return self.closure.captured
        if self.func.__closure__ is None:
            return ()
        found = self.cells()
        for name, cell in found.items():
            if is_withheld(cell.cell_contents):
                raise refusal(self.title(), name).at(place(self.func))
        return tuple(cell.cell_contents for cell in found.values())

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return the value of each parameter."""
        args = self.before + args
        if self.simple and not kwargs and len(args) == len(self.names):
            return args
        self._read_signature()
        try:
            bound = self.signature.bind(*args, **{**self.options, **kwargs})
        except TypeError as error:
            raise ArgumentError(f"The arguments do not fit '{self.title()}': {error}.",
                                f"It takes {self.signature}.", place(self.func)) from None  # fmt: skip
        bound.apply_defaults()
        return tuple(bound.arguments.values())

    def held_parts(self, own: Any) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
        """Take apart the shadow or tangent of what was given: the parts of what partial functions hold, and the rest.

        Returns
        -------
        before, named
            What belongs to the bound arguments, by position and by name; None for those that have nothing.
        own
            What belongs to the function inside: to its receiver, or to what it has captured.
        """
        function = self.given
        before: tuple[Any, ...] = ()
        named: dict[str, Any] = {}
        while isinstance(function, (functools.partial, Composable)):
            if isinstance(function, Composable):
                if isinstance(own, Tangent):  # the zero one of the derivative itself, which holds no numbers
                    own = 0.0 if vars(own)["__primal__"] is function else own
                function = function.__wrapped__
                if (
                    isinstance(own, Shadow)
                    and isinstance(function, functools.partial)
                    and not hasattr(own, "func")
                ):
                    own = None  # that of the derivative itself, too
                continue
            if isinstance(own, Shadow):
                own, held, keywords = own.func, own.args, own.keywords  # type: ignore[attr-defined]
            elif isinstance(own, tuple):
                own, held, keywords = own
            else:
                own, held, keywords = None, (None,) * len(function.args), dict.fromkeys(function.keywords)
            before, named = (*held, *before), {**keywords, **named}
            function = function.func
        return before, named, own


def signature_of(func: Any) -> inspect.Signature:
    """Return the signature of a function; that of plain ones is read once, as long as the defaults are the same."""
    if type(func) is not types.FunctionType or func.__kwdefaults__ or func.__dict__:
        return inspect.signature(func, follow_wrapped=False)
    found = _SIGNATURES.get(func.__code__)
    if found is None or found[0] is not func.__defaults__:
        if len(_SIGNATURES) >= _MOST_ENTRIES:
            _SIGNATURES.pop(next(iter(_SIGNATURES)))
        found = _SIGNATURES[func.__code__] = func.__defaults__, inspect.signature(func, follow_wrapped=False)
    return found[1]


def explain(target: Target, error: BaseException) -> None:
    """Show the user's source in an exception of generated code; what a derivative complains of is its own matter."""
    if target.inner is not None:
        target.inner.explain(error)
    else:
        show_users_source(error)


def is_partial_method(function: Any, receiver: Any) -> bool:
    """Tell whether a function is what a `functools.partialmethod` gives for an instance."""
    inner = function.func if isinstance(function, functools.partial) else None
    return isinstance(inner, types.MethodType) and inner.__self__ is receiver


def partial_shadow(function: functools.partial[Any], own: Any) -> Any:
    """Return the shadow of a partial method from that of its instance; what it holds besides is constant."""
    if own is None:
        return None
    found = Shadow()
    found.func, found.args = own, (None,) * len(function.args)  # type: ignore[attr-defined]
    found.keywords = dict.fromkeys(function.keywords)  # type: ignore[attr-defined]
    return found


def partial_tangent(function: functools.partial[Any], held: Any) -> Any:
    """Return the tangent of a partial method from that of its instance."""
    return partial_of(held, *zero_tangent(function.args), **zero_tangent(function.keywords))


def refuse_changed_defaults(target: Target, changed: tuple[str, ...], values: tuple[Any, ...]) -> None:
    """Refuse a call that changes a default: it lives on, and the next call of the program would find it changed."""
    for name, value in zip(target.names, values):
        if name in changed and value is target.signature.parameters[name].default and _may_change(value):
            if _is_empty(value) and _is_spread_alone(target.func, name):
                continue  # a call of func(*args, **options) changes what these hold at most
            raise UnsupportedError(f"'{target.title()}' changes the default of its parameter '{name}', which the next "
                                   "call finds changed.", "Make None the default, and the value inside of the function.",
                                   place(target.func))  # fmt: skip


def _is_empty(value: Any) -> bool:
    return type(value) in (dict, list) and not value


def _is_spread_alone(function: Any, name: str) -> bool:
    """Tell whether a parameter is used in no other way than as ``*name`` or ``**name``."""
    body = look_at(function).tree.body if isinstance(function, types.FunctionType) else None
    return isinstance(body, list) and only_spread(body, name)


def may_change_defaults(target: Target, changed: tuple[str, ...]) -> bool:
    """Tell whether a function changes a parameter whose default can be changed."""
    defaults = {name: parameter.default for name, parameter in target.signature.parameters.items()}
    return any(_may_change(defaults[name]) for name in changed if name in defaults)


def _may_change(default: Any) -> bool:
    """Tell whether a default holds memory: functions keep theirs elsewhere."""
    if isinstance(default, tuple):
        return any(map(_may_change, default))
    return not isinstance(default, _FIXED) and type(default) is not object and not is_static(default)


_FIXED = (bool, int, float, complex, str, bytes, type(None), type(...), type, range, slice, frozenset, np.generic,
          np.dtype, enum.Enum, functools.partial)  # fmt: skip


def require_complex(
    target: Target, wanted: tuple[str, ...], places: tuple[int | None, ...], values: tuple[Any, ...]
) -> None:
    """Refuse real arguments to a function that is to be complex differentiable.

    Parameters
    ----------
    target : Target
        The function.
    wanted, places : tuple
        The parameters to differentiate by, and their elements where they are ``*args``.
    values : tuple
        The value of each parameter.

    Raises
    ------
    ArgumentError
        If one of them holds no complex number, or a real one.
    """
    bound = dict(zip(target.names, values))
    for name, element in zip(wanted, places):
        argument = bound[name] if element is None else bound[name][element : element + 1]
        numbers = [
            np.asarray(leaf).dtype
            for leaf in leaves(argument)
            if isinstance(leaf, (int, float, complex, np.number, np.ndarray))
        ]
        if not numbers or any(dtype.kind != "c" for dtype in numbers):
            raise ArgumentError(f"The argument '{name}' of '{target.title()}' is not complex, as holomorphic=True "
                                "promises.", "Pass complex numbers, or leave holomorphic=True out.",
                                place(target.func))  # fmt: skip


def refuse_overlapping(target: Target, values: tuple[Any, ...]) -> None:
    """Refuse, for orders above the first, arguments in which arrays overlap, to a function that may change them.

    Raises
    ------
    UnsupportedError
        If there are such arrays in one of the ``values``.
    """
    if any(shared_arrays((value,)) for value in values):
        raise UnsupportedError(f"Two arrays that '{target.title()}' is given share memory that it may change, and its "
                               "gradient is differentiated.", "Pass a copy of one of them.",
                               place(target.func))  # fmt: skip


def split_aux(target: Target, value: Any) -> tuple[Any, Any]:
    """Return the two parts of the result of a function under ``has_aux``."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise no_pair(target)
    return value[0], value[1]


def no_pair(target: Target) -> OutputError:
    """Return the error for a function under ``has_aux`` whose result is no pair."""
    return OutputError(f"'{target.title()}' does not return a pair, which has_aux expects.",
                       "Return (value, auxiliary).", place(target.func))  # fmt: skip


def unpacks_the_result(error: BaseException) -> bool:
    """Tell whether an exception is that of taking a result apart which is no pair."""
    if not isinstance(error, (TypeError, ValueError)) or "unpack" not in str(error):
        return False
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return False
    line = linecache.getline(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno).strip()
    return line.startswith("return") or "lambda" in line or line.startswith("def ") and ": return" in line


def _nested(function: Any) -> tuple[inspect.Signature | None, tuple[str, ...]]:
    """Return the signature of a nested function and what it captures, which is read once."""
    if function not in _NESTED:
        found = read(function)
        _NESTED[function] = nested_signature(found), found.captured
    return _NESTED[function]


def _static_content(cell: types.CellType) -> Any:
    """Return the function, class or module in a cell; None for what else it holds."""
    try:
        return cell.cell_contents if is_static(cell.cell_contents) else None
    except ValueError:
        return None


_NESTED: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
_CAPTURED: dict[
    tuple[types.CodeType, tuple[int, ...]], tuple[tuple[str, ...], dict[str, types.CellType], Any, Any]
] = {}
_SIGNATURES: dict[types.CodeType, tuple[Any, inspect.Signature]] = {}
_MOST_ENTRIES = 4096


def _is_written(cls: type) -> bool:
    """Tell whether what a call of an instance does is known as Python."""
    called = inspect.getattr_static(cls, "__call__", None)
    if isinstance(called, types.FunctionType) or registry.source_of(called) is not None:
        return True
    return not isinstance(called, types.WrapperDescriptorType) and registry.find(called) is not None
