"""What is asked of a named tuple by its class, written out where kinds tell the class.

Before, where ``s`` is a ``State``::

    e = s.energy(m)
    f = s.force(e)
    s = s._replace(speed=v)
    d = s._asdict()

After, where ``force`` is a field that holds a function::

    e = State_energy(s, m)
    force = s.force
    f = force(e)
    position = s.position
    s = rt.named_tuple(State, position, v)
    position_1 = s.position
    speed = s.speed
    d = {"position": position_1, "speed": speed}
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gast

from srcad.analysis.kinds import Kind
from srcad.analysis.named_tuples import is_method_of_all, is_named_tuple
from srcad.analysis.plain_classes import looked_up
from srcad.derive.build import assign, call, constant, name
from srcad.derive.known_callees import method_of
from srcad.frontend.statics import canonical, refer, runtime_name
from srcad.lang.scope import Dependency, Scope
from srcad.lang.walking import clone

__all__ = ["written_out"]

KindOf = Callable[[gast.AST], Kind]


def written_out(stmt: Any, kind_of: KindOf, scope: Scope) -> list[gast.stmt] | None:
    """Return the statements that a call, or a property, of a named tuple comes to; None for all else."""
    value = stmt.value if isinstance(stmt, (gast.Assign, gast.Expr)) else None
    read = value.func if isinstance(value, gast.Call) else value
    if not isinstance(read, gast.Attribute) or not isinstance(read.value, gast.Name):
        return None
    kind = kind_of(read.value)
    if not is_named_tuple(kind) or value is read and read.attr in kind.value._fields:
        return None
    operations = _Operations(read.value, kind, scope)
    made = operations.called(read.attr, value) if value is not read else operations.property_(read.attr)
    if made is None:
        return None
    new = clone(stmt)
    new.value = made
    out = [*operations.before, new]
    for one in out:
        gast.copy_location(one, stmt)
        gast.copy_location(one.value, stmt)
    return out


class _Operations:
    """What may be asked of the named tuple ``owner``; ``before`` gets the statements that read its fields."""

    def __init__(self, owner: gast.Name, kind: Kind, scope: Scope) -> None:
        self.owner, self.kind, self.cls, self.scope = owner, kind, kind.value, scope
        self.before: list[gast.stmt] = []

    def called(self, title: str, node: gast.Call) -> gast.AST | None:
        if title in self.cls._fields:
            return gast.Call(self.field(title), node.args, node.keywords)
        if is_method_of_all(self.cls, title):
            given = {k.arg: k.value for k in node.keywords}
            if title == "_replace" and not node.args and given.keys() <= set(self.cls._fields):
                return self.replaced(given)
            return self.as_dict() if title == "_asdict" and not node.args and not given else None
        found = method_of(replace(self.kind, items=()), title, self.owner, self.scope)
        if found is None:
            return None
        function, first = found
        return gast.Call(
            name(self.title_of(function, title)), [*map(clone, first), *node.args], node.keywords
        )

    def property_(self, title: str) -> gast.AST | None:
        found = looked_up(self.cls, title)
        if not isinstance(found, property) or not isinstance(found.fget, types.FunctionType):
            return None
        owner = next(vars(c) for c in self.cls.__mro__ if title in vars(c))
        self.scope.dependencies.append(Dependency(owner, title, found))
        return call(self.title_of(found.fget, title), clone(self.owner))

    def title_of(self, function: Any, title: str) -> str:
        return refer(self.scope, function, f"{self.cls.__name__}_{title.strip('_')}")

    def replaced(self, given: dict[str, gast.AST]) -> gast.AST:
        items = [given[field] if field in given else self.field(field) for field in self.cls._fields]
        cls = refer(self.scope, self.cls, canonical(self.cls) or self.cls.__name__)
        return gast.Call(name(runtime_name(self.scope, "named_tuple")), [name(cls), *items], [])

    def as_dict(self) -> gast.AST:
        return gast.Dict(
            [constant(field) for field in self.cls._fields], [self.field(field) for field in self.cls._fields]
        )

    def field(self, title: str) -> gast.Name:
        """Return a new variable that holds what a field has."""
        variable = self.scope.fresh(title.lstrip("_") or "item")
        self.before.append(assign(variable, gast.Attribute(clone(self.owner), title, gast.Load())))
        return name(variable)
