"""What making an instance does, as statements."""

from __future__ import annotations

import dataclasses
import inspect
import types
from typing import Any

import gast

from srcad.analysis.plain_classes import init_only_fields, is_plain, is_replaceable, looked_up
from srcad.derive.build import assign, call, constant, name
from srcad.frontend.statics import canonical
from srcad.lang.scope import Dependency, Scope
from srcad.lang.walking import nodes_in

__all__ = ["constructor_of", "replacement_of"]


def constructor_of(cls: type, node: gast.Call, variable: str, scope: Scope) -> list[gast.stmt] | None:
    """Return the statements that set the attributes of ``variable``, a new instance; None where they are not known.

    For ``ball = Ball(1.0, v)`` that is ``ball.__init__(1.0, v)``, and for a dataclass, whose initializer has no text,
    ``ball.height = 1.0`` and ``ball.speed = v``.
    """
    assert is_plain(cls)
    if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        return None
    found = looked_up(cls, "__init__")
    if found is object.__init__:
        return [] if not node.args and not node.keywords else None
    if not isinstance(found, types.FunctionType):
        return None
    if _is_generated(cls, found):
        return _of_dataclass(cls, node, variable, scope)
    owner = next(c for c in cls.__mro__ if "__init__" in vars(c))
    scope.dependencies.append(Dependency(vars(owner), "__init__", found))
    method = gast.Attribute(name(variable), "__init__", gast.Load())
    return [gast.Expr(gast.Call(method, node.args, node.keywords))]


def replacement_of(cls: Any, stmt: gast.Assign, scope: Scope) -> list[gast.stmt] | None:
    """Return what ``b = dataclasses.replace(a, speed=v)`` comes to for a dataclass; None where that is not known.

    That is ``height = a.height`` and ``b = Ball(height=height, speed=v)``.
    """
    node = stmt.value
    given = {k.arg: k.value for k in node.keywords}
    if (
        len(node.args) != 1
        or not isinstance(node.args[0], gast.Name)
        or None in given
        or not is_replaceable(cls)
    ):
        return None
    fields = [field.name for field in dataclasses.fields(cls) if field.init]
    if not given.keys() <= set(fields):
        return None  # `replace` itself says what is wrong
    out: list[gast.stmt] = []
    for field in fields:
        if field not in given:
            variable = scope.fresh(field.lstrip("_") or "item")
            out.append(assign(variable, gast.Attribute(name(node.args[0].id), field, gast.Load())))
            given[field] = name(variable)
    made = call(scope.refer(cls, canonical(cls) or cls.__name__))
    made.keywords = [gast.keyword(field, given[field]) for field in fields]
    out.append(gast.Assign(stmt.targets, made, None))
    for new in out:
        for part in nodes_in(new):
            if isinstance(part, (gast.stmt, gast.expr)) and not hasattr(part, "lineno"):
                gast.copy_location(part, stmt)
    return out


def _is_generated(cls: type, initializer: types.FunctionType) -> bool:
    """Tell whether ``dataclass`` wrote an initializer."""
    return dataclasses.is_dataclass(cls) and initializer.__code__.co_filename == "<string>"


def _of_dataclass(cls: type, node: gast.Call, variable: str, scope: Scope) -> list[gast.stmt] | None:
    try:
        bound = inspect.signature(cls).bind(*node.args, **{k.arg: k.value for k in node.keywords}).arguments
    except TypeError:
        return None  # the class itself says what is wrong when it is called
    out: list[gast.stmt] = []
    for field in dataclasses.fields(cls):
        value = _value(field, bound, scope)
        if value is not None:
            target = gast.Attribute(name(variable), field.name, gast.Store())
            out.append(gast.Assign([target], value, None))
    if looked_up(cls, "__post_init__") is not None:
        given = [_value(field, bound, scope) for field in init_only_fields(cls)]
        if any(value is None for value in given):
            return None
        out.append(gast.Expr(call(gast.Attribute(name(variable), "__post_init__", gast.Load()), *given)))
    return out


def _value(field: dataclasses.Field[Any], bound: dict[str, Any], scope: Scope) -> gast.AST | None:
    """Return what a field is set to; None where it is not set."""
    if field.init and field.name in bound:
        return bound[field.name]
    if field.default_factory is not dataclasses.MISSING:
        factory = field.default_factory
        if factory in (list, dict):
            return gast.List([], gast.Load()) if factory is list else gast.Dict([], [])
        return call(scope.refer(factory, f"{field.name}_factory"))
    if not field.init or field.default is dataclasses.MISSING:
        return None
    if isinstance(field.default, (int, float, str, bool, type(None))):
        return constant(field.default)
    return name(scope.refer(field.default, f"{field.name}_default"))
