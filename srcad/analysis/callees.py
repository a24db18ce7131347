"""Which functions of the user's a call calls, as far as the kinds of what is called tell."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import gast

from srcad import runtime as rt
from srcad.analysis.class_effects import is_users as is_own
from srcad.analysis.kinds import Kind, alternatives, is_scalar, may_have
from srcad.analysis.kinds_of_values import kind_of
from srcad.analysis.named_tuples import is_method_of_all, is_named_tuple
from srcad.analysis.plain_classes import is_plain, looked_up, operator_method
from srcad.rules import registry
from srcad.runtime.libraries import package_of

__all__ = [
    "Called",
    "called_methods",
    "initializer",
    "is_made_empty",
    "is_users",
    "item_stored",
    "operator_called",
    "positional",
    "runs_code",
]

KindOf = Callable[[gast.AST], Kind]
_METHODS = {len: "__len__", abs: "__abs__"}
_SEQUENCE = ("__len__", "__getitem__", "__array__", "__array_interface__")


class Called(NamedTuple):
    """A method that an operator calls.

    Attributes
    ----------
    method : function
        The method.
    title : str
        A name for it.
    operands : tuple of AST
        Its arguments, the instance first.
    places : tuple
        Where it was found: dictionaries of classes, and names in them.
    """

    method: types.FunctionType
    title: str
    operands: tuple[gast.AST, ...]
    places: tuple[tuple[Any, str], ...]


def initializer(cls: Any) -> types.FunctionType | None:
    """Return the ``__init__`` of a class of the user's that does all that making an instance is; None for any other one."""
    if not isinstance(cls, type) or not is_plain(cls) or not is_own(cls):
        return None
    found = looked_up(cls, "__init__")
    return found if isinstance(found, types.FunctionType) else None


def is_made_empty(cls: Any) -> bool:
    """Tell whether an instance of a class of the user's has no attributes of its own when it is made."""
    return (
        isinstance(cls, type)
        and is_plain(cls)
        and is_own(cls)
        and looked_up(cls, "__init__") is object.__init__
    )


def is_users(callee: Any) -> bool:
    """Tell whether a function is the user's own, to be derived itself."""
    if not isinstance(callee, types.FunctionType) or registry.find(callee) is not None:
        return False
    return (
        not registry.is_constant(callee)
        and package_of(callee) not in ("numpy", "scipy")
        and not _is_runtime(callee)
    )


def _is_runtime(callee: Any) -> bool:
    return getattr(rt, callee.__name__, None) is callee


def runs_code(base: Kind, name: str, hook: str) -> bool:
    """Tell whether reading or writing an attribute of an object may run a function of its class."""
    if base.name != "object":
        return False
    found = inspect.getattr_static(base.value, name, None)
    found = None if isinstance(found, types.MemberDescriptorType) else found
    accessor = "__set__" if hook == "__setattr__" else "__get__"
    descriptor = hasattr(type(found), accessor) and not isinstance(found, types.FunctionType)
    own_hook = getattr(base.value, hook) is not getattr(object, hook)
    return own_hook or descriptor or found is None and hasattr(base.value, "__getattr__")


def _method_of(base: Kind, name: str) -> types.FunctionType | None:
    """Return the plain method of an object's class; None if that is not known."""
    if is_named_tuple(base):
        found = looked_up(base.value, name)
        return (
            found
            if isinstance(found, types.FunctionType) and not is_method_of_all(base.value, name)
            else None
        )
    if base.name != "object" or base.items is None or name in dict(base.items) or not is_own(base.value):
        return None
    found = inspect.getattr_static(base.value, name, None)
    return found if isinstance(found, types.FunctionType) else None


def called_methods(base: Kind, name: str = "__call__") -> tuple[tuple[types.FunctionType, Kind], ...]:
    """Return the methods one of which a call of ``base``, or of ``base.name``, is, and their receivers.

    Nothing if they are not all known.  What has no such method raises.
    """
    found: list[tuple[types.FunctionType, Kind]] = []
    for one in (base,) if is_named_tuple(base) else alternatives(base):
        if one is base and one.name == "tuple" or may_have(one, name) and one.name != "none":
            method = _method_of(one, name)
            if method is None or not is_users(method):
                return ()
            found.append((method, one))
    return tuple(found)


def operator_called(
    node: gast.AST, kind: KindOf, statics: Mapping[str, Any] = types.MappingProxyType({})
) -> Called | None:
    """Return the method that an operator, a property, an item or ``len`` of an object calls; None if that is not known."""
    if isinstance(node, gast.Attribute):
        return _property(node, kind)
    if isinstance(node, (gast.BinOp, gast.AugAssign)):
        left = node.left if isinstance(node, gast.BinOp) else node.target
        right = node.right if isinstance(node, gast.BinOp) else node.value
        return _binary(type(node.op), left, right, kind, isinstance(node, gast.AugAssign))
    if isinstance(node, gast.UnaryOp):
        return _method(node.operand, operator_method(type(node.op)), (), kind)
    if isinstance(node, gast.Subscript):
        return _method(node.value, "__getitem__", (node.slice,), kind)
    if isinstance(node, gast.Compare) and len(node.ops) == 1:
        title = operator_method(type(node.ops[0]))
        return _method(node.left, title, (node.comparators[0],), kind, meets=True)
    if isinstance(node, gast.Call) and len(node.args) == 1 and not node.keywords:
        function = statics.get(getattr(node.func, "id", ""))
        title = next((title for known, title in _METHODS.items() if function is known), None)
        return _method(node.args[0], title, (), kind)
    return None


def item_stored(target: gast.Subscript, value: gast.AST, kind: KindOf) -> Called | None:
    """Return the method that a store of an item of an object calls."""
    return _method(target.value, "__setitem__", (target.slice, value), kind)


def _binary(op: type, left: gast.AST, right: gast.AST, kind: KindOf, in_place: bool) -> Called | None:
    title, own, other = operator_method(op), kind(left), kind(right)
    if title is None:
        return None
    if own.name == "object":
        changing = f"__i{title[2:]}"
        changes = in_place and isinstance(own.value, type) and looked_up(own.value, changing) is not None
        return _method(left, changing if changes else title, (right,), kind, meets=True)
    if not is_scalar(own) or other.name != "object" or any(looked_up(other.value, m) for m in _SEQUENCE):
        return None
    return _method(right, operator_method(op, reflected=True), (left,), kind)


def _method(
    owner: gast.AST, title: str | None, others: tuple[gast.AST, ...], kind: KindOf, meets: bool = False
) -> Called | None:
    """Return a method of an object; where it ``meets`` another operand, that must not go before it."""
    own = kind(owner)
    cls = own.value
    if title is None or own.name != "object" or own.items is None or not is_plain(cls) or not is_own(cls):
        return None
    method = looked_up(cls, title)
    if not isinstance(method, types.FunctionType) or "NotImplemented" in method.__code__.co_names:
        return None
    if meets and not _goes_first(cls, kind(others[0])):
        return None
    return Called(method, f"{cls.__name__}_{title.strip('_')}", (owner, *others), (_place(cls, title),))


def _property(node: gast.Attribute, kind: KindOf) -> Called | None:
    own = kind(node.value)
    of_class = own.name == "object" and own.items is not None and is_plain(own.value) and is_own(own.value)
    if not of_class and not is_named_tuple(own):
        return None
    found = looked_up(own.value, node.attr)
    if not isinstance(found, property) or not isinstance(found.fget, types.FunctionType):
        return None
    title = f"{own.value.__name__}_{node.attr}"
    return Called(found.fget, title, (node.value,), (_place(own.value, node.attr),))


def _place(cls: type, title: str) -> tuple[Any, str]:
    return next((vars(owner), title) for owner in cls.__mro__ if title in vars(owner))


def _goes_first(cls: type, other: Kind) -> bool:
    """Tell whether a method of the left operand's class surely comes first: no class goes before it."""
    if other.name == "object":
        return other.value is cls or not issubclass(other.value, cls)
    return other.name != "any" or not cls.__subclasses__()


def positional(
    callee: types.FunctionType, arguments: list[Kind], keywords: dict[str, Kind]
) -> list[Kind] | None:
    """Return the kinds of all parameters of a plain function; None if it has others than positional ones."""
    parameters = list(inspect.signature(callee, follow_wrapped=False).parameters.values())
    if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
        return None
    if len(arguments) > len(parameters) or not set(keywords) <= {
        p.name for p in parameters[len(arguments) :]
    }:
        return None
    found = list(arguments)
    for parameter in parameters[len(arguments) :]:
        if parameter.name in keywords:
            found.append(keywords[parameter.name])
        elif parameter.default is not parameter.empty:
            found.append(kind_of(parameter.default, depth=0))
        else:
            return None
    return found
