"""Operators whose meaning is known at run time: of numbers and arrays, of lists, of classes that define them."""

from __future__ import annotations

import collections
import functools
import inspect
import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.dynamic_containers import items_of, listed, run
from srcad.dynamic_rules import call_of_rule, call_without_derivative
from srcad.errors import UnsupportedError
from srcad.rules import registry
from srcad.runtime.array_likes import as_operand
from srcad.runtime.stored import set_array_item, update_array
from srcad.runtime.stores import store_flat
from srcad.runtime.tangents import CONTAINERS, Tangent
from srcad.targets import Bindable, Composable, partial_shadow

__all__ = [
    "OPERATORS",
    "attribute_of_class",
    "is_method",
    "method_of_object",
    "mixed",
    "stored",
    "ufunc_of_arrays",
    "takes_receiver",
]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]

_ARRAYS = (np.ndarray, np.generic)
_NUMERIC = (float, int, complex, np.ndarray, np.generic)
_UFUNCS: dict[str, Any] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide, "pow": np.power, "mod": np.mod,
    "floordiv": np.floor_divide, "matmul": np.matmul, "neg": np.negative, "pos": np.positive,
}  # fmt: skip
_OF_OBJECT = (object.__setattr__, object.__getattribute__, object.__init__)
_PLAIN = ("and_", "or_", "xor", "lshift", "rshift", "invert")


def _nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""


def _method(value: Any, name: str) -> Any:
    """Return a method that a Python class defines for an operator."""
    if isinstance(value, (*_NUMERIC, str)):
        return None
    found = getattr(type(value), name, None)
    return found if isinstance(found, types.FunctionType) else None


def _binary(title: str) -> Callable[..., Outcome]:
    name = title.rstrip("_")
    function = getattr(operator, title)

    def apply(call: Call, left: Any, right: Any, *, shadows: Any) -> Outcome:
        if isinstance(left, _NUMERIC) and isinstance(right, _NUMERIC):
            return _numeric(title, function, (left, right), shadows)
        ufunc = ufunc_of_arrays(function, (left, right))
        if ufunc is not None:
            return call(ufunc, None, (left, right), tuple(shadows), {}, {})
        first, second = _method(left, f"__{name}__"), _method(right, f"__r{name}__")
        if second is not None and type(left) is not type(right) and issubclass(type(right), type(left)):
            return call(second, None, (right, left), (shadows[1], shadows[0]), {}, {})
        if first is not None:
            value, image, pullback = call(first, None, (left, right), tuple(shadows), {}, {})
            if value is not NotImplemented:
                return value, image, pullback
        if second is not None:
            return call(second, None, (right, left), (shadows[1], shadows[0]), {}, {})
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
    if isinstance(left, np.ndarray) and as_operand(type(right)) is not None:
        cls = type(right)
        defers = (
            getattr(cls, "__array_ufunc__", left) is None or getattr(cls, "__array_priority__", -1.0) > 0.0
        )
        return None if defers else ufunc
    if isinstance(right, np.ndarray) and as_operand(type(left)) is not None:
        return ufunc if _method(left, f"__{function.__name__}__") is None else None
    return None


def _numeric(title: str, function: Any, args: tuple[Any, ...], shadows: Any) -> Outcome:
    if title in _PLAIN:
        return call_without_derivative(function, args, {})
    value, image, pullback = call_of_rule(_UFUNCS[title], args, tuple(shadows), {}, {}, function)
    if isinstance(value, np.ndarray):
        return value, image, pullback
    return value, image if image is not None else rt.shadow(value), pullback


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
        method = _method(operand, f"__{title}__")
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
        method = _method(target, f"__{title.rstrip('_')}__")
        if method is not None:
            result, image, pullback = call(method, None, (target, value), tuple(shadows), {}, {})
            if result is not NotImplemented:
                return result, image, pullback
        if mixed(update, (target, value)) is not None:
            return binary(call, target, value, shadows=shadows)
        if isinstance(target, list) and title == "imul":
            undo = rt.undoing("insert", target, shadows[0])
            target *= value
            if isinstance(shadows[0], list):
                shadows[0][:] = shadows[0] * value
            return target, shadows[0], undo
        if isinstance(target, list) and title == "iadd":
            args, images, pullback = listed(call, "extend", (value,), (shadows[1],))
            undo = rt.undoing("extend", target, shadows[0])
            rt.container_call(target, shadows[0], "extend", args, images, {}, {})
            return target, shadows[0], functools.partial(run, [undo, pullback])
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
    method = _method(base, "__getitem__")
    if method is not None:
        return call(method, None, (base, index), tuple(shadows), {}, {})
    missing = _method(base, "__missing__") if isinstance(base, dict) and index not in base else None
    if missing is not None:
        return call(missing, None, (base, index), tuple(shadows), {}, {})
    value, image = base[index], shadows[0]
    if image is None:
        return value, None, _nothing_to_do
    part = rt.element_shadow(value, image, index)
    if not isinstance(image, np.ndarray):
        return value, part, _nothing_to_do
    return value, part, functools.partial(rt.return_element, part, image, index)


def _setitem(call: Call, base: Any, index: Any, value: Any, *, shadows: Any) -> Outcome:
    method = _method(base, "__setitem__")
    if method is not None:
        return call(method, None, (base, index, value), tuple(shadows), {}, {})
    if isinstance(base, np.ndarray):
        return set_array_item(base, shadows[0], index, value, shadows[2])
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
    method = _method(base, "__delitem__")
    if method is not None:
        return call(method, None, (base, index), tuple(shadows), {}, {})
    undo = rt.undoing("__delitem__", base, shadows[0])
    del base[index]
    if shadows[0] is not None:
        del shadows[0][index]
    return None, None, undo


def _getattr(call: Call, base: Any, name: str, *default: Any, shadows: Any) -> Outcome:
    method = _method(base, "__getattribute__")
    if method is not None and not default:
        return call(method, None, (base, name), (shadows[0], None), {}, {})
    return _read_attribute(call, base, name, *default, shadows=shadows)


def _read_attribute(call: Call, base: Any, name: str, *default: Any, shadows: Any) -> Outcome:
    """Return an attribute as ``object.__getattribute__`` finds it."""
    cls = type(base)
    plain = isinstance(base, (type, types.ModuleType))
    computed = None if plain else attribute_of_class(base, name)
    if isinstance(computed, property):
        receiver = base.__self__ if cls is super else base
        return call(computed.fget, None, (receiver,), (shadows[0],), {}, {})
    if answers_by_fallback(base, name):
        try:
            return call(_method(base, "__getattr__"), None, (base, name), (shadows[0], None), {}, {})
        except AttributeError:
            if not default:
                raise
            return default[0], shadows[2], _nothing_to_do
    if default and not hasattr(base, name):
        return default[0], shadows[2], _nothing_to_do
    if isinstance(computed, functools.cached_property) and name not in vars(base):
        value, part, pullback = call(computed.func, None, (base,), (shadows[0],), {}, {})
        vars(base)[name] = value
        if shadows[0] is not None:
            setattr(shadows[0], name, part)
        return value, part, pullback
    if isinstance(computed, functools.partialmethod):
        value = getattr(base, name)
        return value, partial_shadow(value, shadows[0]), _nothing_to_do
    if isinstance(computed, functools.singledispatchmethod):
        raise method_kept_by_type(name)
    if _is_written_descriptor(computed) and not stored(base, name, computed):
        read = type(computed).__get__
        return call(read, None, (computed, base, cls), (rt.shadow(computed), shadows[0], None), {}, {})
    read = object.__getattribute__ if _method(base, "__getattribute__") is not None else getattr
    value = read(base, name)
    if is_method_of(value, base):
        return value, shadows[0], _nothing_to_do
    image = shadows[0]
    if isinstance(base, _NUMERIC) and not isinstance(base, int) and not callable(value):
        return _array_attribute(base, name, value, image)
    own = hasattr(base, "__dict__") and name in vars(base) or isinstance(base, tuple)
    own = own or isinstance(computed, types.MemberDescriptorType)
    own = own or isinstance(base, dict) and base.get(name) is value
    if name == "__dict__" and isinstance(image, rt.Shadow):
        return value, vars(image), _nothing_to_do
    return value, rt.attribute_shadow(value, base, image, name) if own else None, _nothing_to_do


def answers_by_fallback(base: Any, name: str) -> bool:
    """Tell whether only ``__getattr__`` of a class knows an attribute of its instance.

    Examples
    --------
    >>> class Proxy:
    ...     scale = 2.0
    ...     def __getattr__(self, name): return len(name)
    >>> answers_by_fallback(Proxy(), "area"), answers_by_fallback(Proxy(), "scale")
    (True, False)
    """
    if isinstance(base, (type, types.ModuleType, super, rt.Shadow, Tangent)):
        return False
    fallback = _method(base, "__getattr__")
    if fallback is None or inspect.getattr_static(type(base), name, None) is not None:
        return False
    if isinstance(base, dict) and registry.reason_refused(fallback) is not None:
        return False  # a result of SciPy, whose items are its attributes
    try:
        return name not in object.__getattribute__(base, "__dict__")
    except AttributeError:  # of a class with __slots__
        return True


def computes_methods(base: Any, name: str) -> bool:
    """Tell whether code of the class of ``base`` says what ``base.name`` is, which is then called."""
    return answers_by_fallback(base, name) or _method(base, "__getattribute__") is not None


def method_kept_by_type(name: str) -> UnsupportedError:
    """Return the error for a method under ``singledispatchmethod`` that is read and not called."""
    return UnsupportedError(f"The method .{name}, which is chosen by the type of its argument, is kept as a value.",
                            "Call it where it is read, or keep a lambda that calls it.")  # fmt: skip


def is_method_of(value: Any, base: Any) -> bool:
    """Tell whether a value that was read from ``base`` is one of its own methods, bound to it."""
    receiver = base.__self__ if isinstance(base, super) else base
    return is_method(value) and value.__self__ is receiver


def is_method(value: Any) -> bool:
    """Tell whether a value is a function bound to what it is called on, which is a module for functions in C."""
    receiver = getattr(value, "__self__", None)
    built_in = isinstance(value, types.BuiltinMethodType) and receiver is not None
    return (
        isinstance(value, types.MethodType) or built_in and not isinstance(receiver, (types.ModuleType, type))
    )


def attribute_of_class(base: Any, name: str) -> Any:
    """Return what the class of an object, or the classes that ``super()`` goes on to, say of an attribute."""
    if not isinstance(base, super):
        return inspect.getattr_static(type(base), name, None)
    order = base.__self_class__.__mro__
    later = order[order.index(base.__thisclass__) + 1 :]
    return next((vars(cls)[name] for cls in later if name in vars(cls)), None)


def method_of_object(receiver: Any, name: str) -> Any:
    """Return the function of ``object`` that ``super().name`` is, if it is one that programs call; else None."""
    found = attribute_of_class(receiver, name) if isinstance(receiver, super) else None
    return found if any(found is known for known in _OF_OBJECT) else None


def takes_receiver(receiver: Any, name: str, found: Any) -> bool:
    """Tell whether calling ``receiver.name`` hands the receiver to ``found``, the attribute of its class.

    >>> class Layer:
    ...     scale, activation = 2.0, staticmethod(np.tanh)
    >>> takes_receiver(Layer(), "activation", Layer.activation)
    False
    >>> takes_receiver(np.random.default_rng(), "normal", np.random.Generator.normal)
    True
    """
    is_own = name in getattr(receiver, "__dict__", {})
    return not (is_own or isinstance(found, type)) and getattr(receiver, name, None) is not found


def stored(base: Any, name: str, computed: Any) -> bool:
    """Tell whether an instance's own attribute comes before ``computed``, a descriptor of its class."""
    return name in getattr(base, "__dict__", {}) and not hasattr(type(computed), "__set__")


def _is_written_descriptor(found: Any) -> bool:
    """Tell whether an attribute of a class computes that of its instances in Python."""
    if isinstance(found, (Bindable, Composable)):
        return False
    return isinstance(getattr(type(found), "__get__", None), types.FunctionType)


def _array_attribute(base: Any, name: str, value: Any, image: Any) -> Outcome:
    if (
        image is None
        or name in ("shape", "ndim", "size", "dtype")
        or name == "imag"
        and isinstance(base, float)
    ):
        return value, None, _nothing_to_do
    if name in ("real", "imag") and np.iscomplexobj(base):
        if not isinstance(base, np.ndarray):
            return call_of_rule(getattr(np, name), (base,), (image,), {}, {})
        raise UnsupportedError(f"The part '.{name}' is taken of a complex array that is changed in place.",
                               "Keep the real and the imaginary part in two real arrays.")  # fmt: skip
    if isinstance(image, np.ndarray) and name in ("T", "mT", "real"):
        return value, getattr(image, name), _nothing_to_do
    if name in ("T", "real"):
        return value, image, _nothing_to_do
    raise UnsupportedError(f"The attribute '.{name}' of an array has no derivative.",
                           "Use a NumPy function instead.")  # fmt: skip


def _setattr(call: Call, base: Any, name: str, value: Any, *, shadows: Any, is_free: bool = True) -> Outcome:
    """Store an attribute; ``is_free`` is false where the class has had its say."""
    computed = inspect.getattr_static(type(base), name, None)
    if isinstance(computed, property) and computed.fset is not None:
        return call(computed.fset, None, (base, value), (shadows[0], shadows[2]), {}, {})
    if isinstance(getattr(type(computed), "__set__", None), types.FunctionType):
        write = type(computed).__set__
        return call(
            write, None, (computed, base, value), (rt.shadow(computed), shadows[0], shadows[2]), {}, {}
        )
    if isinstance(base, np.ndarray) and name == "flat":
        return call(store_flat, None, (base, value), (shadows[0], shadows[2]), {}, {})
    if isinstance(base, np.ndarray):
        raise UnsupportedError(f"The attribute '{name}' is stored of an array that is found when the program runs.",
                               "Store with an index, or use np.reshape.")  # fmt: skip
    method = _method(base, "__setattr__") if is_free else None
    if method is not None:
        return call(method, None, (base, name, value), tuple(shadows), {}, {})
    is_outside = shadows[0] is not None and rt.is_lasting(shadows[0])
    if is_outside or isinstance(base, (type, types.ModuleType, types.FunctionType)):
        rt.check_kept((value,), shadows[2:])
    store = setattr if is_free else object.__setattr__
    if isinstance(shadows[0], CONTAINERS) and shadows[2] is not None:
        raise attribute_of_container(base, name)
    store(base, name, value)
    if shadows[0] is not None and not isinstance(shadows[0], CONTAINERS):
        setattr(shadows[0], name, shadows[2])
    return None, None, _nothing_to_do


def attribute_of_container(base: Any, name: str) -> UnsupportedError:
    """Return the error for an attribute of a list or dict of the user's class: its gradient has items alone."""
    return UnsupportedError(
        f"A value that may carry a derivative is stored in the attribute '{name}' of a {type(base).__name__}, "
        "which has items for such values.",
        "Keep it as an item, or in an object that has the container as an attribute.",
    )


def _vars(call: Call, base: Any, *, shadows: Any) -> Outcome:
    return _read_attribute(call, base, "__dict__", shadows=shadows)


def _delattr(call: Call, base: Any, name: str, *, shadows: Any) -> Outcome:
    delattr(base, name)
    if shadows[0] is not None and hasattr(shadows[0], name):
        delattr(shadows[0], name)
    return None, None, _nothing_to_do


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
    getattr: _getattr,
    setattr: _setattr,
    delattr: _delattr,
    object.__getattribute__: _read_attribute,
    object.__setattr__: functools.partial(_setattr, is_free=False),
    vars: _vars,
}
