"""Attributes that are read, stored and deleted when the program runs, as the class of the object says."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import FORM_OF_ARRAYS
from srcad.analysis.kinds_of_values import is_written_scalar
from srcad.callables.derivatives import Bindable, Composable
from srcad.callables.targets import partial_shadow
from srcad.dynamic.rules import call_of_rule
from srcad.errors import UnsupportedError
from srcad.rules import registry
from srcad.runtime.attributes import table_of
from srcad.runtime.libraries import is_sparse
from srcad.runtime.stores import store_flat
from srcad.runtime.tangents import CONTAINERS, Tangent

__all__ = [
    "ATTRIBUTES",
    "answers_by_fallback",
    "attribute_of_class",
    "attribute_of_container",
    "computes_methods",
    "deleter_of",
    "is_method",
    "is_method_of",
    "is_written",
    "method_in_python",
    "method_kept_by_type",
    "method_of_object",
    "stored",
    "takes_receiver",
]

Outcome = tuple[Any, Any, Callable[[], None]]
Call = Callable[..., Outcome]

_NUMERIC = (float, int, complex, np.ndarray, np.generic)
_OF_OBJECT = (object.__setattr__, object.__getattribute__, object.__delattr__, object.__init__)


def _nothing_to_do() -> None:
    """The pullback of what passes gradients on by shared memory alone."""


def method_in_python(value: Any, name: str) -> Any:
    """Return a method that a Python class defines for an operator, or None."""
    if isinstance(value, (*_NUMERIC, str)):
        return None
    found = getattr(type(value), name, None)
    return found if isinstance(found, types.FunctionType) else None


def _getattr(call: Call, base: Any, name: str, *default: Any, shadows: Any) -> Outcome:
    method = method_in_python(base, "__getattribute__")
    if method is not None and not default:
        return call(method, None, (base, name), (shadows[0], None), {}, {})
    return _read_attribute(call, base, name, *default, shadows=shadows)


def _read_attribute(call: Call, base: Any, name: str, *default: Any, shadows: Any) -> Outcome:
    """Return an attribute as ``object.__getattribute__`` finds it."""
    cls = type(base)
    plain = isinstance(base, (type, types.ModuleType))
    computed = None if plain else attribute_of_class(base, name)
    if isinstance(computed, property) and not is_sparse(cls):
        receiver = base.__self__ if cls is super else base
        return call(computed.fget, None, (receiver,), (shadows[0],), {}, {})
    if answers_by_fallback(base, name):
        try:
            return call(method_in_python(base, "__getattr__"), None, (base, name), (shadows[0], None), {}, {})
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
    read = object.__getattribute__ if method_in_python(base, "__getattribute__") is not None else getattr
    value = read(base, name)
    if is_method_of(value, base):
        return value, shadows[0], _nothing_to_do
    image = shadows[0]
    if isinstance(base, _NUMERIC) and not isinstance(base, int) and not callable(value):
        return _array_attribute(base, name, value, image)
    own = name in table_of(base) or isinstance(base, tuple)
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
    fallback = method_in_python(base, "__getattr__")
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
    return answers_by_fallback(base, name) or method_in_python(base, "__getattribute__") is not None


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
    is_own = name in table_of(receiver)
    return not (is_own or isinstance(found, type)) and getattr(receiver, name, None) is not found


def is_written(receiver: Any, name: str) -> bool:
    """Tell whether the class of a number or a text says in Python what ``receiver.name`` is."""
    found = inspect.getattr_static(type(receiver), name, None)
    return isinstance(found, _WRITTEN) and is_written_scalar(type(receiver))


_WRITTEN = (types.FunctionType, property, functools.cached_property, classmethod, staticmethod)


def stored(base: Any, name: str, computed: Any) -> bool:
    """Tell whether an instance's own attribute comes before ``computed``, a descriptor of its class."""
    return name in table_of(base) and not hasattr(type(computed), "__set__")


def _is_written_descriptor(found: Any) -> bool:
    """Tell whether an attribute of a class computes that of its instances in Python."""
    if isinstance(
        found, (Bindable, Composable, types.DynamicClassAttribute)
    ):  # the last: names and values of members
        return False
    return isinstance(getattr(type(found), "__get__", None), types.FunctionType)


def _array_attribute(base: Any, name: str, value: Any, image: Any) -> Outcome:
    if image is None or name in FORM_OF_ARRAYS or name == "imag" and isinstance(base, float):
        return value, None, _nothing_to_do
    if name in ("real", "imag") and np.iscomplexobj(base):
        if not isinstance(base, np.ndarray):
            return call_of_rule(getattr(np, name), (base,), (image,), {}, {})
        if name == "real" and isinstance(image, np.ndarray):
            return value, image.real, _nothing_to_do
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
    method = method_in_python(base, "__setattr__") if is_free else None
    if method is not None:
        return call(method, None, (base, name, value), tuple(shadows), {}, {})
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
    is_outside = shadows[0] is not None and rt.is_lasting(shadows[0])
    if is_outside or isinstance(base, (type, types.ModuleType, types.FunctionType)):
        rt.check_kept((value,), shadows[2:])
    store = setattr if is_free else object.__setattr__
    if isinstance(shadows[0], CONTAINERS) and shadows[2] is not None and not isinstance(value, (int, str)):
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


def _delattr(call: Call, base: Any, name: str, *, shadows: Any, is_free: bool = True) -> Outcome:
    """Delete an attribute; ``is_free`` is false where the class has had its say."""
    deleter = deleter_of(base, name, is_free)
    if deleter is not None:
        function, values = deleter
        images = {id(base): shadows[0]}
        return call(function, None, values, tuple(images.get(id(v), rt.shadow(v)) for v in values), {}, {})
    (delattr if is_free else object.__delattr__)(base, name)
    if shadows[0] is not None and hasattr(shadows[0], name):
        delattr(shadows[0], name)
    return None, None, _nothing_to_do


def deleter_of(base: Any, name: str, is_free: bool) -> tuple[Any, tuple[Any, ...]] | None:
    """Return the function in Python that deletes an attribute, and its arguments; None where there is none."""
    method = method_in_python(base, "__delattr__") if is_free else None
    if method is not None:
        return method, (base, name)
    computed = attribute_of_class(base, name)
    if isinstance(computed, property) and computed.fdel is not None:
        return computed.fdel, (base,)
    delete = method_in_python(computed, "__delete__")
    return None if delete is None else (delete, (computed, base))


ATTRIBUTES: dict[Any, Any] = {
    getattr: _getattr,
    setattr: _setattr,
    delattr: _delattr,
    object.__getattribute__: _read_attribute,
    object.__setattr__: functools.partial(_setattr, is_free=False),
    object.__delattr__: functools.partial(_delattr, is_free=False),
    vars: _vars,
}
