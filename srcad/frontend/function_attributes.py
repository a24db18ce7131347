"""Attributes of a nested function, which keep what it remembers between its calls, become variables around it.

Before::

    def inner(n):
        inner.calls += 1
        return x * n
    inner.calls = 0

After::

    def inner(n):
        nonlocal inner_calls
        inner_calls += 1
        return x * n
    inner_calls = 0

This is done where the function is only called and its attributes are read and stored: nobody else can see them then.
"""

from __future__ import annotations

from typing import Any

import gast

from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, clone, nodes_in

__all__ = ["keep_attributes_in_variables"]


def keep_attributes_in_variables(fn: Function) -> Function:
    """Return ``fn`` with variables in the place of the attributes of its nested functions."""
    body: Any = fn.tree.body
    if not isinstance(body, list):
        return fn
    nested = [stmt for stmt in body if isinstance(stmt, gast.FunctionDef) and not stmt.decorator_list]
    stored = {stmt.name: _stored(body, stmt.name) for stmt in nested}
    names = {
        name: attributes
        for name, attributes in stored.items()
        if attributes and _is_private(fn, name, attributes)
    }
    if not names:
        return fn
    taken = {n.id for n in nodes_in(fn.tree) if isinstance(n, gast.Name)}
    chosen: dict[tuple[str, str], str] = {}
    for name, attributes in names.items():
        for attribute in sorted(attributes):
            variable = f"{name}_{attribute}"
            while variable in taken:
                variable += "_"
            taken.add(variable)
            chosen[name, attribute] = variable
    writer = _Writer(chosen)
    return fn.with_body([writer.visit(clone(stmt)) for stmt in body])


def _stored(body: list[gast.stmt], name: str) -> set[str]:
    """Return the attributes of a function that are assigned where it is defined."""
    return {
        node.attr
        for node in t.own_nodes(body)
        if isinstance(node, gast.Attribute)
        and isinstance(node.ctx, gast.Store)
        and getattr(node.value, "id", "") == name
    }


def _is_private(fn: Function, name: str, attributes: set[str]) -> bool:
    """Tell whether a function is bound once, and only called, and no other attributes of it are stored."""
    uses = attributes_used = bound = 0
    for node in nodes_in(fn.tree):
        if isinstance(node, gast.ClassDef | gast.Delete | gast.Global):
            return False
        bound += t.bound_by(node).count(name) + (isinstance(node, gast.Name) and isinstance(node.ctx, gast.Param)
                                                 and node.id == name)  # fmt: skip
        if isinstance(node, gast.Name) and node.id == name and isinstance(node.ctx, gast.Load):
            uses += 1
        if isinstance(node, gast.Call) and getattr(node.func, "id", "") == name:
            attributes_used += 1
        elif isinstance(node, gast.Attribute) and getattr(node.value, "id", "") == name:
            if node.attr not in attributes:
                return False
            attributes_used += 1
    return bound == 1 and uses == attributes_used


class _Writer(NodeTransformer):
    def __init__(self, chosen: dict[tuple[str, str], str]) -> None:
        self.chosen = chosen
        self.written: list[set[str]] = []

    def visit_Attribute(self, node: gast.Attribute) -> gast.AST:
        variable = self.chosen.get((getattr(node.value, "id", ""), node.attr))
        if variable is None:
            return self.generic_visit(node)
        if self.written and not isinstance(node.ctx, gast.Load):
            self.written[-1].add(variable)
        return gast.copy_location(gast.Name(variable, node.ctx, None, None), node)

    def visit_FunctionDef(self, node: gast.FunctionDef) -> gast.AST:
        self.written.append(set())
        self.generic_visit(node)
        written = sorted(self.written.pop())
        if written:
            node.body[:0] = [t.place(gast.Nonlocal(written), node.body[0])]
        return node
