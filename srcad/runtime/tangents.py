"""Tangents of values in forward mode: the same structure as the value's, down to the shape of each array.

The tangent of a number is a number, that of an array an array of its shape, of a list, tuple or dict the same
container of tangents, and of an object a `Tangent`.  What cannot have a derivative (integers, strings, functions) has
the tangent 0.0.  Two values that share memory have tangents that share memory, so every change of a value in place is
repeated on its tangent.
"""

from __future__ import annotations

import copy as _copy
import functools
import inspect
import types
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.errors import UnsupportedError
from srcad.lang.recursion import with_deep_calls
from srcad.runtime.array_likes import NoNumber
from srcad.runtime.calls import Closure
from srcad.runtime.containers import check_taken
from srcad.runtime.held import FUNCTIONS, held_image
from srcad.runtime.memory import Cell, Shadow, has_layout, is_instance, owner
from srcad.runtime.odd_operators import refuse_operator_by_name

__all__ = [
    "CONTAINERS",
    "Tangent",
    "call_jvp",
    "complete_tangent",
    "container_method",
    "fit_tangent",
    "instance_tangent",
    "method_jvp",
    "partial_of",
    "replace_tangent",
    "sequence_tangent",
    "set_jvp_resolvers",
    "tangent_like",
    "tangent_of_default",
    "transposed",
    "with_tangent_of_default",
    "zero_tangent",
]

Resolver = Callable[..., Any]
_resolvers: list[Resolver] = []
CONTAINERS = (list, tuple, dict, deque)


class Tangent(NoNumber):
    """The tangent of an object: its attributes are the tangents of the object's; zero unless they were set.

    Parameters
    ----------
    primal : object
        The object itself.
    memo : dict, optional
        The zeros made so far for arrays, by the identity of the memory.
    """

    def __init__(self, primal: Any, memo: dict[int, Any] | None = None) -> None:
        object.__setattr__(self, "__primal__", primal)
        object.__setattr__(self, "__memo__", {} if memo is None else memo)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        primal = self.__dict__["__primal__"]
        if isinstance(inspect.getattr_static(type(primal), attribute, None), property):
            raise UnsupportedError(f"The property '{attribute}' is read in a way that has no tangent.",
                                   "Read it from an instance of its own class.")  # fmt: skip
        made = zero_tangent(getattr(primal, attribute), self.__dict__["__memo__"])
        self.__dict__[attribute] = made
        return made

    def attributes(self) -> dict[str, Any]:
        """Return the tangents of all attributes that the object has now, in the dict where they are kept."""
        for name in self.__dict__["__primal__"].__dict__:
            getattr(self, name)
        return self.__dict__

    def __delattr__(self, attribute: str) -> None:
        self.__dict__.pop(attribute, None)

    def __repr__(self) -> str:
        return f"Tangent of {self.__dict__['__primal__']!r}"


def instance_tangent(primal: Any, /, **parts: Any) -> Tangent:
    """Return the tangent of an object whose attributes have these."""
    made = Tangent(primal)
    for name, part in parts.items():
        setattr(made, name, part)
    return made


def zero_tangent(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """Return the zero tangent of ``value``; what shares memory in it shares memory in the tangent.

    Examples
    --------
    >>> import numpy as np
    >>> zero_tangent((1.5, [np.ones(2), "text"]))
    (0.0, [array([0., 0.]), 0.0])
    """
    if isinstance(value, np.ndarray):
        return _zeros(value, memo)
    if isinstance(value, np.inexact):
        return type(value)(0)
    if isinstance(value, (float, int, str, type(None))):
        return 0.0
    if isinstance(value, complex):
        return 0j
    if isinstance(value, range):
        return [0.0] * len(value)
    memo = {} if memo is None else memo
    found = memo.get(id(value))
    return found[0] if found is not None else _zero_container(value, memo)


def complete_tangent(tangent: Any, value: Any) -> Any:
    """Return ``tangent`` in the form that belongs to ``value``; None and the number 0.0 stand for zeros.

    An operation on arrays without axes gives scalars, so that a scalar may be the tangent of such an array.

    Examples
    --------
    >>> import numpy as np
    >>> complete_tangent(0.0, [1.0, 2.0]), complete_tangent(np.float64(3.0), np.array(1.0))
    ([0.0, 0.0], array(3.))
    """
    if tangent is None or isinstance(tangent, float) and tangent == 0.0:
        return zero_tangent(value)
    if isinstance(value, np.ndarray) and isinstance(tangent, (float, complex, np.generic)):
        return np.full(value.shape, tangent)
    return tangent


def _zeros(value: Any, memo: dict[int, Any] | None) -> Any:
    if value.dtype.kind not in "fc":
        return np.zeros(value.shape)
    if memo is None or value.size == 0:
        return np.zeros_like(value)
    base = owner(value)
    found = memo.get(id(base))
    if found is None:
        whole = np.zeros_like(base)
        if base.dtype.kind not in "fc" or not has_layout(whole, base):
            return np.zeros_like(value)
        memo[id(base)] = found = (whole, base)
    return found[0] if base is value else same_part(value, base, found[0])


def same_part(view: Any, base: Any, other: Any) -> Any:
    """Return the part of ``other`` that ``view`` is of ``base``; both have the same layout."""
    offset = view.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    return np.ndarray(view.shape, view.dtype, other.ravel(order="K"), offset, view.strides)


def _zero_container(value: Any, memo: dict[int, Any]) -> Any:
    result: Any
    if isinstance(value, tuple):
        parts = [zero_tangent(item, memo) for item in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, (list, deque)):
        result = deque(maxlen=value.maxlen) if isinstance(value, deque) else []
        memo[id(value)] = (result, value)
        result.extend(zero_tangent(item, memo) for item in value)
        return result
    if isinstance(value, dict):
        result = _copy.copy(value)
        if isinstance(value, defaultdict) and value.default_factory is not None:
            result.default_factory = _TangentOfDefault(value.default_factory)
        memo[id(value)] = (result, value)
        for key, item in value.items():
            result[key] = zero_tangent(item, memo)
        return result
    if isinstance(value, Closure):
        return tuple(zero_tangent(item, memo) for item in value.captured)
    if isinstance(value, types.MethodType):
        return zero_tangent(value.__self__, memo)
    if isinstance(value, FUNCTIONS):
        image = held_image(value, memo)
        return 0.0 if image is None else image
    if isinstance(value, functools.partial):
        return partial_of(
            zero_tangent(value.func, memo), *zero_tangent(value.args), **zero_tangent(value.keywords)
        )
    if isinstance(value, Cell):
        result = Cell()
        result.g = zero_tangent(value.g, memo)
    elif isinstance(value, Shadow):
        memo[id(value)] = (result := Shadow(), value)
        vars(result).update({name: zero_tangent(item, memo) for name, item in vars(value).items()})
    elif is_instance(value):
        result = Tangent(value, memo)
    else:
        return 0.0
    memo[id(value)] = (result, value)
    return result


class _TangentOfDefault:
    """Makes the tangents of a ``defaultdict``'s missing items; ``held`` is that of the function which makes the items."""

    def __init__(self, factory: Callable[[], Any], held: Any = 0.0) -> None:
        self.factory, self.held = factory, held

    def __call__(self) -> Any:
        return zero_tangent(self.factory())


def with_tangent_of_default(image: Any, held: Any) -> Any:
    """Return the tangent of a ``defaultdict``, which knows that of the function which makes missing items."""
    image.default_factory = _TangentOfDefault(image.default_factory.factory, held)
    return image


def tangent_of_default(image: Any) -> Any:
    """Return the tangent of the function that makes the missing items of a ``defaultdict``."""
    return getattr(getattr(image, "default_factory", None), "held", 0.0)


def partial_of(function: Any, *args: Any, **options: Any) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """Return the tangent of ``functools.partial(f, ...)`` from those of the function and the arguments."""
    return function, args, options


# -- numbers and arrays -------------------------------------------------------------------------------


def fit_tangent(tangent: Any, value: Any) -> Any:
    """Return ``tangent`` spread to the shape of ``value``, real where that is real and complex where it is complex.

    A complex array may be given imaginary parts later, which its tangent must be able to hold.

    Examples
    --------
    >>> import numpy as np
    >>> fit_tangent(np.ones(2), np.array([1j, 2.0]))
    array([1.+0.j, 1.+0.j])
    """
    if np.iscomplexobj(tangent) and not np.iscomplexobj(value):
        tangent = np.real(tangent)
    if not isinstance(value, np.ndarray):
        is_short = isinstance(value, (complex, np.complexfloating)) and isinstance(tangent, float)
        return complex(tangent) if is_short else tangent
    dtype = value.dtype if value.dtype.kind == "c" and not np.iscomplexobj(tangent) else None
    if isinstance(tangent, np.ndarray) and tangent.shape == value.shape:
        return tangent if dtype is None else tangent.astype(dtype)
    return np.array(np.broadcast_to(tangent, value.shape), dtype=dtype)


def tangent_like(tangent: Any, value: Any) -> Any:
    """Return ``tangent`` in the dtype of ``value``, which was converted from another; zero for an integer."""
    if not isinstance(value, (np.ndarray, np.generic)):
        return 0.0 if isinstance(value, int) else tangent
    if value.dtype.kind not in "fc":
        return zero_tangent(value)
    if getattr(tangent, "dtype", None) == value.dtype:
        return tangent
    if isinstance(value, np.generic):
        return type(value)(tangent)
    if value.dtype.kind == "f" and np.iscomplexobj(tangent):
        tangent = np.real(tangent)
    return np.asarray(tangent, dtype=value.dtype)


def replace_tangent(old: Any, new: Any, changed: bool) -> Any:
    """Return the tangent after ``x op= v``: ``old`` with the contents of ``new`` where ``x`` was changed in place."""
    if not changed or not isinstance(old, np.ndarray):
        return new
    old[...] = new
    return old


# -- containers ---------------------------------------------------------------------------------------


def sequence_tangent(values: Any, source: Any, tangent: Any) -> Any:
    """Return the tangent of ``values``, which iterates over ``source``."""
    if isinstance(values, str):
        return [0.0] * len(values)
    if isinstance(source, dict) or isinstance(tangent, float):
        return zero_tangent(values)
    if values is source or isinstance(values, np.ndarray):
        return tangent
    if isinstance(tangent, Tangent):
        raise UnsupportedError(f"A loop runs over an instance of '{type(source).__name__}', which is not differentiated.",
                               "Loop over a list or an array that it holds.")  # fmt: skip
    return list(tangent)


def container_method(
    base: Any, tangent: Any, method: str, args: Any, tangents: Any, options: Any, option_tangents: Any
) -> tuple[Any, Any]:
    """Call a method of a list, dict, tuple or deque, and the same method of its tangent."""
    if method == "__getitem__":
        return base[args[0]], tangent[args[0]]
    refuse_operator_by_name(base, method)
    if method in ("items", "keys"):
        check_taken(base)
    if method in ("index", "count", "keys"):
        value = getattr(base, method)(*args)
        return (value, [0.0] * len(value)) if method == "keys" else (value, 0.0)
    if method == "remove":
        del tangent[base.index(*args)]
        return base.remove(*args), 0.0
    if method == "sort":
        key = options.get("key") or (lambda item: item)
        keys = [key(item) for item in base]
        order = sorted(range(len(base)), key=keys.__getitem__, reverse=bool(options.get("reverse", False)))
        base[:] = [base[i] for i in order]
        tangent[:] = [tangent[i] for i in order]
        return None, 0.0
    if method in ("move_to_end", "popitem"):
        value, image = getattr(base, method)(*args, **options), getattr(tangent, method)(*args, **options)
        if method == "popitem":
            check_taken(value[:1])
        return value, 0.0 if image is None else (zero_tangent(value[0]), image[1])
    if method in ("pop", "rotate") or method == "insert":
        moved = (args[0], tangents[1]) if method == "insert" else args[:1]
        if method == "pop" and isinstance(base, dict) and len(args) > 1:
            moved = (args[0], tangents[1])
        return getattr(base, method)(*args), getattr(tangent, method)(*moved)
    if method in ("get", "setdefault"):
        default = tangents[1] if len(args) > 1 else 0.0
        return getattr(base, method)(*args), getattr(tangent, method)(args[0], default)
    if method == "update":
        return _update(base, tangent, args, tangents, options, option_tangents)
    if method in ("items", "values"):
        images = [tangent[key] for key in base]
        value = list(getattr(base, method)())
        return value, images if method == "values" else [(zero_tangent(k), t) for k, t in zip(base, images)]
    value, image = getattr(base, method)(*args), getattr(tangent, method)(*tangents)
    return value, 0.0 if image is None else image


def _update(base: Any, tangent: Any, args: Any, tangents: Any, options: Any, named: Any) -> tuple[Any, Any]:
    for other, image in zip(args, tangents):
        if isinstance(other, dict):
            base.update(other)
            tangent.update(
                image if isinstance(image, dict) else {key: zero_tangent(v) for key, v in other.items()}
            )
            continue
        for (key, item), (_, part) in zip(other, image):
            base[key] = item
            tangent[key] = part
    base.update(options)
    tangent.update(named)
    return None, 0.0


# -- what is known only when the program runs ---------------------------------------------------------


def set_jvp_resolvers(of_call: Resolver, of_method: Resolver, of_rule: Resolver) -> None:
    """Install the compiler's entry points for what is resolved at run time."""
    _resolvers[:] = [of_call, of_method, of_rule]


def call_jvp(
    function: Any,
    function_tangent: Any,
    args: tuple[Any, ...],
    tangents: tuple[Any, ...],
    options: dict[str, Any] | None = None,
    option_tangents: dict[str, Any] | None = None,
) -> tuple[Any, Any]:
    """Call ``function``; return its value and the value's tangent.

    Parameters
    ----------
    function : callable
        A function, method, class or callable object.
    function_tangent : object
        The tangent of what the function holds: of the object a method belongs to, of captured values.
    args, options
        The arguments.
    tangents, option_tangents
        Their tangents.
    """
    given = (args, tangents, options or {}, option_tangents or {})
    outcome: tuple[Any, Any] = with_deep_calls(_resolvers[0])(function, function_tangent, *given)
    return outcome


def method_jvp(
    receiver: Any,
    receiver_tangent: Any,
    method: str,
    args: tuple[Any, ...],
    tangents: tuple[Any, ...],
    options: dict[str, Any] | None = None,
    option_tangents: dict[str, Any] | None = None,
) -> tuple[Any, Any]:
    """Call ``receiver.method``; see `call_jvp`."""
    given = (args, tangents, options or {}, option_tangents or {})
    outcome: tuple[Any, Any] = with_deep_calls(_resolvers[1])(receiver, receiver_tangent, method, *given)
    return outcome


def transposed(rule: Any, ans: Any, args: tuple[Any, ...], options: dict[str, Any], tangents: Any) -> Any:
    """Return the tangent of a result from the reverse rule of its function, which is linear in the gradient.

    Parameters
    ----------
    rule : callable
        ``rule(ans, g, *args, **options)`` returns the gradients of the arguments.
    ans : object
        The result.
    args, options
        The arguments.
    tangents : tuple
        The tangents of the arguments that the rule has gradients for; 0.0 for the others.
    """
    return _resolvers[2](rule, ans, args, options, tangents)
