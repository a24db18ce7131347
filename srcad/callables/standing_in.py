"""Objects that stand in for methods and partial functions which a derivative is given or has captured.

What these hold is hidden in them; as attributes of an object it has a gradient like that of any other object.
"""

from __future__ import annotations

import collections
import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.callables.derivatives import Remade
from srcad.callables.wrappers import written
from srcad.errors import UnsupportedError
from srcad.runtime import Closure
from srcad.runtime.attributes import attributes_of
from srcad.runtime.memory import Shadow, is_instance
from srcad.runtime.outliving import is_lasting
from srcad.runtime.tangents import instance_tangent

__all__ = [
    "HeldMethod",
    "HeldPartial",
    "closure_within",
    "shadow_tangent_of_standing_in",
    "standing_in",
    "tangent_of_standing_in",
    "with_closure",
    "with_objects",
]


class HeldMethod:
    """A method, as the instance that it is bound to; what it calls is known by the class."""

    def __init__(self, receiver: Any) -> None:
        self.receiver = receiver


class HeldPartial:
    """A partial function, as what it holds; ``func`` is None where what it calls is known by the class."""

    def __init__(self, func: Any, args: Any, keywords: Any) -> None:
        self.func = func
        self.args = args
        self.keywords = keywords


@functools.lru_cache(maxsize=256)
def _class_for(base: type, function: Any, call: str) -> Any:
    """Return a class of callable objects for one function."""
    text = f"def call(self, *args, **options):\n    return {call}\n"
    return type(base.__name__, (base,), {"__call__": written(text, "call", function=function)})


def _method(method: types.MethodType) -> Any:
    cls = _class_for(HeldMethod, method.__func__, "function(self.receiver, *args, **options)")
    return cls(method.__self__)


def _partial(function: functools.partial[Any], func: Any) -> Any:
    known = isinstance(func, (types.FunctionType, types.BuiltinFunctionType, np.ufunc))
    called = "function" if known else "self.func"
    given = f"{called}(*self.args, *args, **{{**self.keywords, **options}})"
    cls = _class_for(HeldPartial, func if known else None, given)
    return cls(None if known else func, function.args, dict(function.keywords))


def standing_in(value: Any, image: Any) -> tuple[Any, Any]:
    """Return an argument and its shadow with objects for the methods and partial functions that carry derivatives.

    Raises
    ------
    UnsupportedError
        If they are items of what may change, or attributes.
    """
    if image is None or is_lasting(image):
        return value, image
    if isinstance(value, types.MethodType):
        return _method(value), _shadow(receiver=image)
    if isinstance(value, functools.partial) and isinstance(image, Shadow):
        func, held = standing_in(value.func, getattr(image, "func", None))
        parts = _shadow(
            func=held, args=getattr(image, "args", None), keywords=getattr(image, "keywords", None)
        )
        return _partial(value, func), parts
    if isinstance(value, Closure) and isinstance(image, (list, tuple)):
        pairs = [standing_in(part, own) for part, own in zip(value.captured, image)]
        if all(part is held for (part, _), held in zip(pairs, value.captured)):
            return value, image
        return Closure(value.function, tuple(part for part, _ in pairs)), [own for _, own in pairs]
    if type(value) is tuple and isinstance(image, tuple):
        pairs = [standing_in(part, own) for part, own in zip(value, image)]
        if all(part is held for (part, _), held in zip(pairs, value)):
            return value, image
        return tuple(part for part, _ in pairs), tuple(own for _, own in pairs)
    if isinstance(value, _HOLDING) or is_instance(value):
        _refuse_within(value, image, set())
    return value, image


_HOLDING = (list, dict, collections.deque)


def _shadow(**parts: Any) -> Shadow:
    made = Shadow()
    vars(made).update(parts)
    return made


def _refuse_within(value: Any, image: Any, seen: set[int]) -> None:
    """Refuse methods and partial functions that carry a derivative inside of containers and objects."""
    if image is None or isinstance(value, (np.ndarray, float, str)) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, (types.MethodType, functools.partial)):
        raise UnsupportedError("A derivative inside of what is differentiated is given a method or a partial function in "
                               "a container or an object.", "Pass the object that the method belongs to.")  # fmt: skip
    if isinstance(value, dict) and isinstance(image, dict):
        for key, item in value.items():
            _refuse_within(item, image.get(key), seen)
    elif isinstance(value, (*_HOLDING, tuple)) and isinstance(image, (list, tuple, collections.deque)):
        for item, own in zip(value, image):
            _refuse_within(item, own, seen)
    elif isinstance(image, Shadow) and is_instance(value):
        for name, item in attributes_of(value).items():
            _refuse_within(item, vars(image).get(name), seen)


def closure_within(function: Any) -> Closure | None:
    """Return the nested function that an operator, or several of them, were given; None where it is no such function."""
    while not isinstance(function, Closure):
        inner = function.func if isinstance(function, functools.partial) else None
        inner = getattr(function, "__wrapped__", None) if inner is None else inner
        if inner is None:
            return None
        function = inner
    return function


def with_closure(function: Any, closure: Closure) -> Any:
    """Return what the operators make of another nested function."""
    if isinstance(function, Closure):
        return closure
    if isinstance(function, functools.partial):
        return functools.partial(with_closure(function.func, closure), *function.args, **function.keywords)
    make: Callable[..., Any]
    if isinstance(function, Remade):
        make, (inner, *args), options = function.recipe
        return make(with_closure(inner, closure), *args, **options)
    make, (inner, *args) = function.__reduce__()
    return make(with_closure(inner, closure), *args)


def tangent_of_standing_in(made: Any, value: Any, tangent: Any) -> Any:
    """Return the tangent of what `standing_in` has ``made`` of a value, from that of the value."""
    if made is value or isinstance(tangent, float):
        return tangent
    if isinstance(made, HeldMethod):
        return instance_tangent(made, receiver=tangent)
    if isinstance(made, HeldPartial):
        func, args, keywords = tangent
        held = {} if made.func is None else {"func": tangent_of_standing_in(made.func, value.func, func)}
        return instance_tangent(made, args=args, keywords=keywords, **held)
    if isinstance(made, Closure):
        made, value = made.captured, value.captured
    return tuple(map(tangent_of_standing_in, made, value, tangent))


def shadow_tangent_of_standing_in(made: Any, value: Any, held: Any) -> Any:
    """Return the tangent of the shadow of what `standing_in` has ``made`` of a value, from that of the value's shadow."""
    if made is value or isinstance(held, float) or held is None:
        return held
    if isinstance(made, HeldMethod):
        return _shadow(receiver=held)
    if isinstance(made, HeldPartial):
        names = ("func", "args", "keywords")
        parts = (
            dict(zip(names, held)) if isinstance(held, tuple) else {n: getattr(held, n, None) for n in names}
        )
        if made.func is not None:
            parts["func"] = shadow_tangent_of_standing_in(made.func, value.func, parts["func"])
        return _shadow(**parts)
    whole = list if isinstance(made, Closure) else tuple
    if isinstance(made, Closure):
        made, value = made.captured, value.captured
    return whole(map(shadow_tangent_of_standing_in, made, value, held))


def with_objects(function: Any, own: Any) -> tuple[Any, Any]:
    """Return a derivative of a nested function, and the shadow of that, with such objects among what that has captured."""
    closure = closure_within(function)
    if closure is None or not isinstance(own, list):
        return function, own
    made, images = standing_in(closure, own)
    return (function, own) if made is closure else (with_closure(function, made), images)
