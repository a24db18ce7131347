"""Named tuples are made of all of their items, in the order of the fields.

Before::

    s = State(x, speed=v)

After, where the class also has a field ``t``, 0.0 unless it is given::

    s = rt.named_tuple(State, x, v, 0.0)

>>> from collections import namedtuple
>>> from srcad.frontend.stages import after
>>> State = namedtuple("State", "position speed t", defaults=(0.0,))
>>> text = '''
... def f(x, v):
...     return State(x, speed=v)'''
>>> print(after("write_out_named_tuples", text, State=State))
def f(x, v):
    t = rt.named_tuple(demo.State, x, v, 0.0)
    return t
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import gast

from srcad import runtime as rt
from srcad.frontend.statics import runtime_name
from srcad.lang.function import Function
from srcad.lang.walking import copy_location, nodes_in

__all__ = ["write_out_named_tuples"]


def write_out_named_tuples(fn: Function) -> Function:
    """Return ``fn`` with calls of classes of named tuples as calls of ``rt.named_tuple``."""
    classes = {name: value for name, value in fn.scope.statics.items() if rt.is_made_by_fields(value)}
    for node in nodes_in(fn.tree) if classes else ():
        if not isinstance(node, gast.Call):
            continue
        _write_out_make(node, classes)
        items = _items(classes[node.func.id], node) if getattr(node.func, "id", "") in classes else None
        if items is not None:
            node.args, node.keywords = [node.func, *items], []
            made = gast.Name(runtime_name(fn.scope, "named_tuple"), gast.Load(), None, None)
            node.func = copy_location(made, node)
    return fn


def _write_out_make(node: gast.Call, classes: Mapping[str, Any]) -> None:
    """Write ``State._make(items)`` as ``State(*items)``."""
    func = node.func
    makes = (
        isinstance(func, gast.Attribute) and func.attr == "_make" and getattr(func.value, "id", "") in classes
    )
    if makes and len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], gast.Starred):
        node.func, node.args = func.value, [copy_location(gast.Starred(node.args[0], gast.Load()), node)]


def _items(cls: Any, node: gast.Call) -> list[gast.AST] | None:
    """Return the items that a call of a class gives to its fields; None where that is not known here."""
    if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        return None
    try:
        bound = inspect.signature(cls).bind(*node.args, **{k.arg: k.value for k in node.keywords}).arguments
    except TypeError:
        return None  # the class itself says what is wrong when it is called
    items = [bound.get(field) or _default(cls._field_defaults.get(field)) for field in cls._fields]
    return None if None in items else items


def _default(value: Any) -> gast.AST | None:
    written = isinstance(value, (bool, int, float, str, type(None)))
    return gast.Constant(value, None) if written else None
