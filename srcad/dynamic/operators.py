"""Operators whose meaning is known at run time: of numbers and arrays, of lists, of classes that define them."""

from __future__ import annotations

import collections
import functools
import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds_of_values import is_written_scalar
from srcad.analysis.own_operators import refuse_own_operators
from srcad.dynamic.attributes import ATTRIBUTES, method_in_python
from srcad.dynamic.containers import items_of, listed, run
from srcad.dynamic.rules import call_of_rule, call_without_derivative
from srcad.errors import UnsupportedError
from srcad.runtime.array_likes import as_operand
from srcad.runtime.memory import is_instance
from srcad.runtime.odd_operators import refuse_objects_of_libraries
from srcad.runtime.stored import set_array_item, update_array

__all__ = ["BINARY_TITLES", "OPERATORS", "mixed", "plain_number", "ufunc_of_arrays"]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]

_ARRAYS = (np.ndarray, np.generic)
_NUMERIC = (float, int, complex, np.ndarray, np.generic)
_UFUNCS: dict[str, Any] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide, "pow": np.power, "mod": np.mod,
    "floordiv": np.floor_divide, "matmul": np.matmul, "neg": np.negative, "pos": np.positive,
}  # fmt: skip
_PLAIN = ("and_", "or_", "xor", "lshift", "rshift", "invert")


def _nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""


def _binary(title: str) -> Callable[..., Outcome]:
    name = title.rstrip("_")
    function = getattr(operator, title)

    def apply(call: Call, left: Any, right: Any, *, shadows: Any) -> Outcome:
        numeric = isinstance(left, _NUMERIC) and isinstance(right, _NUMERIC)
        if numeric and not (is_written_scalar(type(left)) or is_written_scalar(type(right))):
            return _numeric(title, function, (left, right), shadows)
        ufunc = ufunc_of_arrays(function, (left, right))
        if ufunc is not None:
            return call(ufunc, None, (left, right), tuple(shadows), {}, {})
        first, second = method_in_python(left, f"__{name}__"), method_in_python(right, f"__r{name}__")
        if second is not None and type(left) is not type(right) and issubclass(type(right), type(left)):
            return call(second, None, (right, left), (shadows[1], shadows[0]), {}, {})
        if first is not None:
            value, image, pullback = call(first, None, (left, right), tuple(shadows), {}, {})
            if value is not NotImplemented:
                return value, image, pullback
        if second is not None:
            return call(second, None, (right, left), (shadows[1], shadows[0]), {}, {})
        if numeric:
            return _numeric(title, function, (left, right), shadows)
        if mixed(function, (left, right)) is not None:
            return _with_arrays(call, function, (left, right), shadows)
        return _sequences(title, function, left, right, shadows)

    return apply


def ufunc_of_arrays(function: Any, values: Any) -> Any:
    """Return the ufunc that an operator is between an array and an instance that NumPy makes an array of; else None.

    An array on the left comes before a reflected method of the instance's class, as NumPy decides.

    >>> class Samples:
    ...     def __array__(self, dtype=None): ...
    ...     def __radd__(self, other): ...
    >>> ufunc_of_arrays(operator.add, (np.ones(2), Samples()))
    <ufunc 'add'>
    """
    ufunc = _UFUNCS.get(getattr(function, "__name__", ""))
    if ufunc is None or len(values) != 2 or getattr(operator, function.__name__, None) is not function:
        return None
    left, right = values
    if isinstance(left, np.ndarray) and is_instance(right):
        cls = type(right)
        defers = (
            getattr(cls, "__array_ufunc__", left) is None or getattr(cls, "__array_priority__", -1.0) > 0.0
        )
        if as_operand(cls) is not None:
            return None if defers else ufunc
        if left.ndim and not defers:
            raise _of_objects()
    if isinstance(right, np.ndarray) and as_operand(type(left)) is not None:
        return ufunc if method_in_python(left, f"__{function.__name__}__") is None else None
    return None


def _of_objects() -> UnsupportedError:
    return UnsupportedError(
        "Arrays of objects are not differentiated.", "Use a list, or an array of numbers."
    )


def _numeric(title: str, function: Any, args: tuple[Any, ...], shadows: Any) -> Outcome:
    if title in _PLAIN:
        return call_without_derivative(function, args, {})
    for arg in args:
        refuse_own_operators(type(arg))
    args = tuple(map(plain_number, args))
    value, image, pullback = call_of_rule(_UFUNCS[title], args, tuple(shadows), {}, {}, function)
    if isinstance(value, np.ndarray):
        return value, image, pullback
    return value, image if image is not None else rt.shadow(value), pullback


def plain_number(value: Any) -> Any:
    """Return the number that an instance of a user's class of numbers is, such as a member of an enumeration."""
    if isinstance(value, (int, float)) and is_written_scalar(type(value)):
        return int.__int__(value) if isinstance(value, int) else float.__float__(value)
    return value


def mixed(function: Any, values: Any) -> Any:
    """Return the operator that is meant where an array or a scalar of NumPy meets a list or tuple; None elsewhere.

    >>> mixed(operator.iadd, ([1.0], np.ones(1))) is operator.add
    True
    """
    title = getattr(function, "__name__", "")
    if len(values) != 2 or getattr(operator, title, None) is not function:
        return None
    updates = title[1:] in _UFUNCS
    if not updates and title not in _UFUNCS or updates and isinstance(values[0], np.ndarray):
        return None
    own = (
        (f"__{title.rstrip('_')}__", f"__{title[1:].rstrip('_')}__")
        if updates
        else (f"__{title.rstrip('_')}__",)
    )
    if any(isinstance(getattr(type(values[0]), name, None), types.FunctionType) for name in own):
        return None
    kinds = [isinstance(value, _ARRAYS) for value in values], [isinstance(v, (list, tuple)) for v in values]
    if not all(map(any, kinds)):
        return None
    return getattr(operator, title[1:]) if updates else function


def _with_arrays(call: Call, function: Any, values: Any, shadows: Any) -> Outcome:
    """Apply an operator between an array or a scalar of NumPy and a list or tuple, of which it makes an array."""
    parts, pullbacks = [], []
    for value, image in zip(values, shadows):
        if isinstance(value, (list, tuple)):
            value, image, pullback = call(np.array, None, (value,), (image,), {}, {})
            pullbacks.append(pullback)
        parts.append((value, image))
    (left, held), (right, other) = parts
    result, image, pullback = call(function, None, (left, right), (held, other), {}, {})
    return result, image, functools.partial(run, [pullback, *pullbacks])


def _sequences(title: str, function: Any, left: Any, right: Any, shadows: Any) -> Outcome:
    if rt.carries(shadows):
        refuse_objects_of_libraries(left, right)
    value = function(left, right)
    if title == "or_" and isinstance(value, dict):
        images = [part if isinstance(part, dict) else {} for part in shadows]
        return value, {key: images[key in right].get(key) for key in value}, _nothing_to_do
    if title == "add" and isinstance(value, (list, tuple)):
        kind = type(value)
        parts = [kind(s) if isinstance(s, (list, tuple)) else kind([None] * len(v))
                 for v, s in zip((left, right), shadows)]  # fmt: skip
        return value, parts[0] + parts[1], _nothing_to_do
    if title == "mul" and isinstance(value, (list, tuple)):
        items = shadows[0] if isinstance(left, (list, tuple)) else shadows[1]
        count = right if isinstance(left, (list, tuple)) else left
        return value, (items if items is not None else type(value)()) * count, _nothing_to_do
    return value, rt.shadow(value), _nothing_to_do


def _unary(title: str) -> Callable[..., Outcome]:
    function = getattr(operator, title)

    def apply(call: Call, operand: Any, *, shadows: Any) -> Outcome:
        method = method_in_python(operand, f"__{title}__")
        if method is not None:
            return call(method, None, (operand,), tuple(shadows), {}, {})
        return _numeric(title, function, (operand,), shadows)

    return apply


def _update(title: str) -> Callable[..., Outcome]:
    update = getattr(operator, title)
    binary = _binary(title[1:] if title[1:] not in ("and", "or") else title[1:] + "_")

    def apply(call: Call, target: Any, value: Any, *, shadows: Any) -> Outcome:
        if isinstance(target, np.ndarray):
            return update_array(update, target, shadows[0], value, shadows[1])
        method = method_in_python(target, f"__{title.rstrip('_')}__")
        if method is not None:
            result, image, pullback = call(method, None, (target, value), tuple(shadows), {}, {})
            if result is not NotImplemented:
                return result, image, pullback
        if mixed(update, (target, value)) is not None:
            return binary(call, target, value, shadows=shadows)
        grows = isinstance(target, (list, collections.deque))
        if grows and title == "imul":
            undo = rt.undoing("insert", target, shadows[0])
            target *= value
            if isinstance(shadows[0], (list, collections.deque)):
                operator.imul(shadows[0], value)
            return target, shadows[0], undo
        if grows and title == "iadd":
            args, images, pullback = listed(call, "extend", (value,), (shadows[1],))
            undo = rt.undoing("extend", target, shadows[0])
            rt.container_call(target, shadows[0], "extend", args, images, {}, {})
            return target, shadows[0], functools.partial(run, [undo, pullback])
        if isinstance(target, set):
            return call_without_derivative(update, (target, rt.members_of(value)), {})
        if isinstance(target, dict) and title == "ior":
            return _merge(target, shadows[0], value, shadows[1])
        return binary(call, target, value, shadows=shadows)

    return apply


def _merge(target: Any, image: Any, value: Any, value_image: Any) -> Outcome:
    """Update a dict, in a way that the pullback undoes."""
    saved, saved_image = rt.shallow(target), rt.shallow(image)
    rt.container_call(target, image, "update", (value,), (value_image,), {}, {})
    return target, image, functools.partial(_restore, target, saved, image, saved_image)


# -- items and attributes ------------------------------------------------------------------------------


def _getitem(call: Call, base: Any, index: Any, *, shadows: Any) -> Outcome:
    method = method_in_python(base, "__getitem__")
    if method is not None:
        return call(method, None, (base, index), tuple(shadows), {}, {})
    missing = method_in_python(base, "__missing__") if isinstance(base, dict) and index not in base else None
    if missing is not None:
        return call(missing, None, (base, index), tuple(shadows), {}, {})
    if rt.computed_default(base, index) is not None:
        return _default_made(call, base, index, shadows[0])
    value, image = base[index], shadows[0]
    if isinstance(base, np.ndarray) and base.dtype.kind == "O" and is_instance(value):
        raise _of_objects()
    if image is None:
        return value, None, _nothing_to_do
    part = rt.element_shadow(value, image, index)
    if not isinstance(image, (np.ndarray, rt.Cell)):
        return value, part, _nothing_to_do
    return value, part, functools.partial(rt.return_element, part, image, index)


def _default_made(call: Call, base: Any, index: Any, image: Any) -> Outcome:
    """Make the item of a ``defaultdict`` under a key that is not there yet."""
    rt.note_change("defaultdict")
    held = getattr(image, "factory", None)
    value, part, pullback = call(base.default_factory, held, (), (), {}, {})
    if held is None and rt.holds_numbers(value, set()):
        part = rt.shadow(value)  # what the function has captured carries nothing
    _, _, undo = _setitem(call, base, index, value, shadows=(image, None, part))
    return value, part, functools.partial(run, [undo, pullback])


_WITHOUT_STORES = (int, float, complex, np.generic, str, tuple, range, type(None))


def _setitem(call: Call, base: Any, index: Any, value: Any, *, shadows: Any) -> Outcome:
    method = method_in_python(base, "__setitem__")
    if method is not None:
        return call(method, None, (base, index, value), tuple(shadows), {}, {})
    if isinstance(base, np.ndarray):
        return set_array_item(base, shadows[0], index, value, shadows[2])
    if isinstance(base, _WITHOUT_STORES):
        base[index] = value  # raises, as it does in the function
    if not isinstance(base, (list, dict, collections.deque)):
        raise UnsupportedError(f"An item of a {type(base).__name__} is assigned, which is not differentiated.",
                               "Keep the values in a list, a dict or an array.")  # fmt: skip
    held, image, pullback = shadows[2], shadows[0], _nothing_to_do
    if isinstance(index, slice):
        value, held, pullback = items_of(call, value, held)
    if rt.is_lasting(image):
        rt.check_kept((value,), (held,))
    saved = rt.shallow(base)
    base[index] = value
    saved_image = rt.shallow(image)
    if image is not None:
        image[index] = held
    return None, None, functools.partial(_restore_and_pull, pullback, base, saved, image, saved_image)


def _restore_and_pull(pullback: Any, base: Any, saved: Any, image: Any, saved_image: Any) -> None:
    _restore(base, saved, image, saved_image)
    pullback()


def _restore(base: Any, saved: Any, image: Any, saved_image: Any) -> None:
    rt.restore(base, saved)
    if image is not None:
        rt.restore(image, saved_image)


def _delitem(call: Call, base: Any, index: Any, *, shadows: Any) -> Outcome:
    method = method_in_python(base, "__delitem__")
    if method is not None:
        return call(method, None, (base, index), tuple(shadows), {}, {})
    undo = rt.undoing("__delitem__", base, shadows[0])
    del base[index]
    if shadows[0] is not None:
        del shadows[0][index]
    return None, None, undo


BINARY_TITLES = (
    "add",
    "sub",
    "mul",
    "truediv",
    "pow",
    "mod",
    "floordiv",
    "matmul",
    "and_",
    "or_",
    "xor",
    "lshift",
    "rshift",
)
OPERATORS: dict[Any, Any] = {
    **{getattr(operator, title): _binary(title) for title in BINARY_TITLES},
    **{getattr(operator, title): _unary(title) for title in ("neg", "pos", "invert")},
    **{
        getattr(operator, "i" + title.rstrip("_")): _update("i" + title.rstrip("_"))
        for title in BINARY_TITLES
    },
    operator.getitem: _getitem,
    operator.setitem: _setitem,
    operator.delitem: _delitem,
    **ATTRIBUTES,
}
