"""Classes whose instances are no more than their attributes, and what such a class says of a name."""

from __future__ import annotations

import abc
import dataclasses
import inspect
import types
from typing import Any

from srcad.rules import registry
from srcad.runtime.libraries import LIBRARIES, package_of

__all__ = [
    "after_in_mro",
    "init_only_fields",
    "is_frozen",
    "is_place",
    "is_plain",
    "is_replaceable",
    "looked_up",
    "method_of_class",
    "operator_method",
]

_HOOKS = ("__new__", "__getattribute__", "__setattr__", "__delattr__")
_OPERATORS = {
    "Add": "add", "Sub": "sub", "Mult": "mul", "Div": "truediv", "FloorDiv": "floordiv", "Mod": "mod", "Pow": "pow",
    "MatMult": "matmul", "USub": "neg", "UAdd": "pos", "Lt": "lt", "LtE": "le", "Gt": "gt", "GtE": "ge", "Eq": "eq",
    "NotEq": "ne", "Invert": "invert", "BitAnd": "and", "BitOr": "or", "BitXor": "xor", "LShift": "lshift",
    "RShift": "rshift",
}  # fmt: skip


def is_plain(cls: Any) -> bool:
    """Tell whether making and using an instance does nothing but what the class's own methods say.

    >>> from argparse import Namespace
    >>> is_plain(Namespace), is_plain(dict), is_plain(ValueError)
    (True, False, False)
    """
    if not isinstance(cls, type) or type(cls) not in (type, abc.ABCMeta) or inspect.isabstract(cls):
        return False
    if package_of(cls) in ("numpy", "srcad", "builtins"):
        return False
    if registry.find(cls) is not None or registry.is_constant(cls) or registry.source_of(cls) is not None:
        return False
    if looked_up(cls, "__getattr__") is not None or looked_up(cls, "__del__") is not None:
        return False
    hooked = {name for name in _HOOKS if _owner(cls, name) is not object}
    return not hooked or (is_frozen(cls) and hooked <= {"__setattr__", "__delattr__"})


def is_frozen(cls: type) -> bool:
    """Tell whether a class is a dataclass whose attributes cannot be set after the making."""
    parameters = getattr(cls, "__dataclass_params__", None)
    return dataclasses.is_dataclass(cls) and bool(getattr(parameters, "frozen", False))


def is_replaceable(cls: Any) -> bool:
    """Tell whether ``dataclasses.replace`` of an instance is a call of its class, with the fields that are not given.

    >>> Ball = dataclasses.make_dataclass("Ball", ["height"], namespace={"__module__": "balls"})
    >>> is_replaceable(Ball), is_replaceable(float)
    (True, False)
    """
    if not is_plain(cls) or not dataclasses.is_dataclass(cls):
        return False
    code = getattr(looked_up(cls, "__init__"), "__code__", None)
    return getattr(code, "co_filename", "") == "<string>" and not init_only_fields(cls)


def init_only_fields(cls: type) -> list[dataclasses.Field[Any]]:
    """Return the fields that are no attributes, but go to ``__post_init__``."""
    fields: dict[str, Any] = getattr(cls, "__dataclass_fields__", {})
    return [
        field
        for field in fields.values()
        if isinstance(field.type, dataclasses.InitVar) or _is_text_of(field)
    ]


def _is_text_of(field: dataclasses.Field[Any]) -> bool:
    return isinstance(field.type, str) and field.type.replace("dataclasses.", "").startswith("InitVar")


def looked_up(cls: type, attribute: str) -> Any:
    """Return what a class holds under a name, not bound to anything; None where there is nothing.

    >>> class Ball:
    ...     @property
    ...     def energy(self): ...
    >>> looked_up(Ball, "energy")  # doctest: +ELLIPSIS
    <property object at ...>
    """
    owner = _owner(cls, attribute)
    return None if owner is None else vars(owner)[attribute]


def method_of_class(
    cls: Any, title: str, after: type | None = None
) -> staticmethod[..., Any] | classmethod[Any, ..., Any] | None:
    """Return the static or class method that a class of the user's has under a name, as it is held; None for all else.

    It is that of ``super(after, cls)`` where ``after`` is given.

    That of ``dict`` is Python's own.

    >>> method_of_class(dict, "fromkeys") is None
    True
    """
    if not isinstance(cls, type) or type(cls) not in (type, abc.ABCMeta) or package_of(cls) in LIBRARIES:
        return None
    found = looked_up(cls, title) if after is None else after_in_mro(cls, after, title)
    if not isinstance(found, staticmethod | classmethod) or not isinstance(
        found.__func__, types.FunctionType
    ):
        return None
    return None if package_of(found.__func__) in LIBRARIES else found


def is_place(found: Any) -> bool:
    """Tell whether an attribute of a class only names the place of an instance's attribute."""
    return found is None or isinstance(found, types.MemberDescriptorType)


def after_in_mro(cls: type, before: type, attribute: str) -> Any:
    """Return what ``super(before, instance_of_cls)`` finds under a name; None where there is nothing."""
    order = cls.__mro__
    following = order[order.index(before) + 1 :] if before in order else ()
    return next((vars(c)[attribute] for c in following if attribute in vars(c)), None)


def operator_method(node_type: type, reflected: bool = False) -> str | None:
    """Return the method that an operator calls.

    >>> import gast
    >>> operator_method(gast.Mult), operator_method(gast.Mult, reflected=True), operator_method(gast.USub)
    ('__mul__', '__rmul__', '__neg__')
    """
    stem = _OPERATORS.get(node_type.__name__)
    return None if stem is None else f"__{'r' if reflected else ''}{stem}__"


def _owner(cls: type, attribute: str) -> type | None:
    return next((c for c in cls.__mro__ if attribute in vars(c)), None)
