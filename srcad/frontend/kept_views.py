"""The keys, values and items of a dict that are kept under a name are looked up where the name is read.

They show what the dict holds then, and not what it held when they were made.

>>> from srcad.frontend.stages import after
>>> print(after("look_up_views", "def f(x, d):\\n    v = d.values()\\n    d['a'] = x\\n    return sum(v)"))
def f(x, d):
    d['a'] = x
    return sum(d.values())
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gast

from srcad.frontend.late_results import is_view
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, clone, nodes_in

__all__ = ["look_up_views"]


def look_up_views(fn: Function) -> Function:
    """Return ``fn`` without the variables that surely hold a view of one dict."""
    kept = {stmt.targets[0].id: stmt for stmt in t.own_nodes(fn.tree.body) if _keeps_view(stmt)}
    views = {name: stmt.value for name, stmt in kept.items()}
    if views:
        known = _Known(fn)
        views = {name: view for name, view in views.items() if known.is_fixed(name, view)}
    if not views:
        return fn
    gone = {id(kept[name]) for name in views}
    return fn.with_body(_Placed(views).block(fn.tree.body, gone))


def _keeps_view(stmt: Any) -> bool:
    assigns = isinstance(stmt, gast.Assign) and len(stmt.targets) == 1 and is_view(stmt.value)
    return assigns and isinstance(stmt.targets[0], gast.Name)


class _Known:
    """Which variables and attributes are bound once, before they are read."""

    def __init__(self, fn: Function) -> None:
        self.given = {n.id for n in nodes_in(fn.tree.args) if isinstance(n, gast.Name)} | set(fn.captured)
        self.bound: Counter[str] = Counter(self.given)
        self.stored: set[str] = set()
        self.elsewhere: set[str] = set()
        self.order: dict[str, list[bool]] = {}
        for node in t.own_nodes(fn.tree.body):
            self.note(node)

    def note(self, node: gast.AST) -> None:
        closure = isinstance(node, gast.Call) and getattr(node.func, "id", "") == "rt.closure"
        if closure or isinstance(node, (*t.FUNCTIONS, gast.Delete)):
            self.elsewhere |= {n.id for n in nodes_in(node) if isinstance(n, gast.Name)}
        elif isinstance(node, gast.Attribute) and not isinstance(node.ctx, gast.Load):
            self.stored.add(node.attr)
        elif isinstance(node, gast.Assign):
            for name in t.bound_names([node]):
                self.order.setdefault(name, []).append(True)
        elif isinstance(node, gast.Name):
            if isinstance(node.ctx, gast.Load):
                self.order.setdefault(node.id, []).append(False)
            else:
                self.bound[node.id] += 1

    def is_fixed(self, name: str, view: Any) -> bool:
        """Tell whether the dict is the same wherever a variable that holds a view of it is read."""
        owner = view.func.value
        while isinstance(owner, gast.Attribute):
            if owner.attr in self.stored:
                return False
            owner = owner.value
        if not isinstance(owner, gast.Name) or {name, owner.id} & self.elsewhere or name in self.given:
            return False
        once = self.bound[name] == 1 == self.bound[owner.id]
        first = self.order[name][0] and (owner.id in self.given or self.order[owner.id][0])
        return once and first


class _Placed(NodeTransformer):
    def __init__(self, views: dict[str, Any]) -> None:
        self.views = views

    def block(self, body: list[Any], gone: set[int]) -> list[Any]:
        """Return statements without those that are gone."""
        done = [self.visit(stmt) for stmt in body if id(stmt) not in gone]
        for stmt in done:
            t.rewrite_blocks(stmt, lambda block: self.block(block, gone) or [gast.Pass()])
        return done

    def visit_Name(self, node: Any) -> Any:
        """Put a view where it is read."""
        view = self.views.get(node.id) if isinstance(node.ctx, gast.Load) else None
        return node if view is None else gast.copy_location(clone(view), node)
