"""Whether the body of a loop may lengthen or shorten the list that the loop runs over.

Python looks at the length of a list before each trip.  Where the list may change, the loop says so:

>>> from srcad.frontend.stages import after
>>> text = "def f(tasks):\\n    for i, task in enumerate(tasks):\\n        if task > 1: tasks.append(task / 2)"
>>> print(after("to_anf", text))
def f(tasks):
    seq = rt.sequence(tasks)
    t = len(seq)
    for i in range(t):
        size = len(seq)
        rt.may_grow(size)
        task = seq[i]
        t1 = task > 1
        if t1:
            t2 = task / 2
            tasks.append(t2)

`srcad.derive.growing` finds out which lists do, when kinds are known.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Container

import gast

from srcad.analysis.class_effects import is_users
from srcad.lang import tree as t
from srcad.lang.function import Nested
from srcad.lang.scope import Scope

__all__ = ["RESIZING", "may_resize", "stores_items"]

RESIZING = frozenset(
    "append appendleft clear extend extendleft insert pop popleft remove __delitem__ __iadd__ __setitem__".split()
)
"""The methods that change the length of a list."""


def may_resize(
    source: gast.expr,
    body: list[gast.stmt],
    scope: Scope,
    methods: Callable[[], Container[str]],
    named_alike: Callable[[str], Container[str]],
) -> bool:
    """Tell whether statements may change the length of what ``source`` is, as far as their text tells."""
    names: Container[str] = named_alike(source.id) if isinstance(source, gast.Name) else ()
    for node in t.own_nodes(body):
        if isinstance(node, gast.Call):
            if _may_be_given(node, scope, methods):
                return True
        elif isinstance(node, gast.AugAssign) and _is_place(node.target, source, names):
            return True
        elif isinstance(node, gast.Delete):
            if any(isinstance(target, gast.Subscript) for target in node.targets):
                return True
        elif isinstance(node, gast.Subscript) and isinstance(node.ctx, gast.Store):
            if isinstance(node.slice, gast.Slice) and _is_place(node.value, source, names):
                return True
    return False


def stores_items(node: gast.AST) -> bool:
    """Tell whether a part of a statement stores into an array, a container or an object."""
    return isinstance(node, gast.Subscript | gast.Attribute) and not isinstance(node.ctx, gast.Load)


def _may_be_given(node: gast.Call, scope: Scope, methods: Callable[[], Container[str]]) -> bool:
    """Tell whether a call changes the length of a list, or is one of a function of the user's."""
    if isinstance(node.func, gast.Attribute):
        return node.func.attr in RESIZING or node.func.attr in methods()
    if not isinstance(node.func, gast.Name):
        return True
    function = scope.statics.get(node.func.id)
    if function is None:
        return True
    return isinstance(function, Nested) or isinstance(function, types.FunctionType) and is_users(function)


def _is_place(target: gast.expr, source: gast.expr, names: Container[str]) -> bool:
    """Tell whether two expressions look like the same variable, attribute or item."""
    if isinstance(target, gast.Name):
        return target.id in names
    if isinstance(target, gast.Attribute):
        return isinstance(source, gast.Attribute) and source.attr == target.attr
    return isinstance(target, gast.Subscript) and isinstance(source, gast.Subscript)
