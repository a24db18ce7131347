"""Methods of containers that are kept under a name of their own are called on their container.

``append = items.append`` saves a lookup in loops.  Called as a method of what it is bound to, it is a change of that list
like any other.
"""

from __future__ import annotations

import gast

from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, nodes_in

__all__ = ["call_bound_methods"]

_METHODS = frozenset(
    "append extend insert pop remove clear sort reverse setdefault update popitem add discard get items keys values count "
    "index copy appendleft extendleft popleft rotate".split()
)


def call_bound_methods(fn: Function) -> Function:
    """Return the function with calls of methods in the place of calls of names that are bound to them once.

    >>> from srcad.frontend.stages import after
    >>> print(after("call_bound_methods", '''
    ...     def f(x):
    ...         items = []
    ...         add = items.append
    ...         for v in x:
    ...             add(v)
    ...         return sum(items)
    ... '''))
    def f(x):
        items = []
        for v in x:
            items.append(v)
        return sum(items)
    """
    splitter = _Split()
    body = [made for stmt in fn.tree.body for made in splitter.statements(stmt)]
    fn = fn.with_body(body) if splitter.has_split else fn
    found = {name: alias for name, alias in _aliases(body).items() if _is_steady(name, alias, fn)}
    if not found:
        return fn
    direct = _Direct(found)
    return fn.with_body([made for stmt in body if (made := direct.visit(stmt)) is not None])


def _aliases(body: list[gast.stmt]) -> dict[str, gast.Assign]:
    """Return the statements ``name = container.method``."""
    return {
        node.targets[0].id: node
        for node in t.own_nodes(body)
        if isinstance(node, gast.Assign) and len(node.targets) == 1 and _is_alias(node.targets[0], node.value)
    }


def _is_steady(name: str, alias: gast.Assign, fn: Function) -> bool:
    """Tell whether a name is bound once, to a container that keeps its name, and then only called."""
    nodes = list(t.own_nodes(fn.tree.body))
    base = alias.value.value.id
    if name in _mentioned_inside(nodes) or {name, base} & (
        t.nonlocal_names(fn.tree.body) | t.global_names(fn.tree.body)
    ):
        return False
    place = (alias.lineno, alias.col_offset)
    called = {id(node.func) for node in nodes if isinstance(node, gast.Call)}
    for node in nodes:
        if not isinstance(node, gast.Name) or node.id not in (name, base):
            continue
        later = (node.lineno, node.col_offset) > place
        bound = isinstance(node.ctx, gast.Store | gast.Del)
        if node.id == base and bound and later:
            return False
        if (
            node.id == name
            and node is not alias.targets[0]
            and (bound or not later or id(node) not in called)
        ):
            return False
    return True


def _mentioned_inside(nodes: list[gast.AST]) -> set[str]:
    """Return the names that nested functions mention."""
    inner = (node for node in nodes if isinstance(node, t.FUNCTIONS))
    return {part.id for function in inner for part in nodes_in(function) if isinstance(part, gast.Name)}


def _is_alias(target: gast.AST, value: gast.AST) -> bool:
    return (
        isinstance(target, gast.Name)
        and isinstance(value, gast.Attribute)
        and isinstance(value.value, gast.Name)
        and value.attr in _METHODS
    )


class _Split(NodeTransformer):
    """Writes ``add, take = items.append, items.pop`` as two statements."""

    has_split = False

    def statements(self, stmt: gast.stmt) -> list[gast.stmt]:
        made = self.visit(stmt)
        return made if isinstance(made, list) else [made]

    def visit_Assign(self, node: gast.Assign) -> gast.AST | list[gast.AST]:
        target, value = node.targets[0], node.value
        if len(node.targets) > 1 or not isinstance(target, gast.Tuple) or not isinstance(value, gast.Tuple):
            return node
        if len(target.elts) != len(value.elts) or not all(map(_is_alias, target.elts, value.elts)):
            return node
        if {e.id for e in target.elts} & {e.value.id for e in value.elts}:
            return node
        self.has_split = True
        return [gast.copy_location(gast.Assign([a], b, None), node) for a, b in zip(target.elts, value.elts)]


class _Direct(NodeTransformer):
    def __init__(self, found: dict[str, gast.Assign]) -> None:
        self.found = found

    def visit_Assign(self, node: gast.Assign) -> gast.AST | None:
        if any(node is alias for alias in self.found.values()):
            return None
        return self.generic_visit(node)

    def visit_Call(self, node: gast.Call) -> gast.AST:
        alias = self.found.get(node.func.id) if isinstance(node.func, gast.Name) else None
        if alias is not None:
            method = gast.Attribute(t.name(alias.value.value.id), alias.value.attr, gast.Load())
            node.func = t.place(method, node.func)
        return self.generic_visit(node)
