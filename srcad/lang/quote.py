"""Pieces of tree written as text: templates with holes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import gast

from srcad.lang.walking import clone, nodes_in

__all__ = ["const", "expr", "load", "names", "stmt", "stmts", "store"]

_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def load(name: str) -> gast.Name:
    """Return a reference to ``name``, which may be dotted."""
    return gast.Name(name, gast.Load(), None, None)


def store(name: str) -> gast.Name:
    """Return ``name`` as the target of an assignment."""
    return gast.Name(name, gast.Store(), None, None)


def const(value: Any) -> gast.Constant:
    """Return a constant."""
    return gast.Constant(value, None)


def expr(template: str, **nodes: gast.expr | str) -> gast.expr:
    """Return the tree of an expression, with names replaced by trees (or by names given as text).

    Dotted names (``np.zeros_like``) become one ``Name`` with a dotted id where the first part is not
    among ``nodes``.

    Examples
    --------
    >>> call = expr("np.sin(x)", x="y")
    >>> call.func.id, call.args[0].id
    ('np.sin', 'y')
    """
    body = _parse(template)
    if len(body) != 1 or not isinstance(body[0], gast.Expr):
        raise ValueError(f"the template {template!r} is not one expression; use stmts()")
    result: gast.expr = _fill(body[0].value, nodes)
    return result


def stmts(template: str, **nodes: gast.expr | str) -> list[gast.stmt]:
    """Return the trees of a template's statements, filled in as by `expr`."""
    return [_fill(statement, nodes) for statement in _parse(template)]


def stmt(template: str, **nodes: gast.expr | str) -> gast.stmt:
    """Return the tree of a template's one statement."""
    result = stmts(template, **nodes)
    if len(result) != 1:
        raise ValueError(f"the template {template!r} has {len(result)} statements instead of one")
    return result[0]


def names(node: gast.AST) -> set[str]:
    """Return the ids of all names in a tree, dotted ones as they are."""
    return {child.id for child in nodes_in(node) if isinstance(child, gast.Name)}


@lru_cache(maxsize=1024)
def _parse(template: str) -> tuple[gast.stmt, ...]:
    body = gast.parse(template).body
    for statement in body:
        for node in nodes_in(statement):
            for attribute in _PLACE:
                if hasattr(node, attribute):
                    delattr(node, attribute)
    return tuple(body)


def _fill(node: Any, nodes: dict[str, gast.expr | str]) -> Any:
    if isinstance(node, list):
        return [_fill(item, nodes) for item in node]
    if not isinstance(node, gast.AST):
        return node
    if isinstance(node, gast.Name):
        given = nodes.get(node.id, node.id)
        if isinstance(given, str):
            return gast.Name(given, type(node.ctx)(), None, None)
        filled = clone(given)
        if isinstance(filled, gast.Name):
            filled.ctx = type(node.ctx)()
        return filled
    if isinstance(node, gast.Attribute):
        dotted = _dotted(node)
        if dotted is not None and dotted.split(".")[0] not in nodes:
            return load(dotted)
    new = type(node)()
    for field in node._fields:
        setattr(new, field, _fill(getattr(node, field, None), nodes))
    return new


def _dotted(node: gast.expr) -> str | None:
    if isinstance(node, gast.Name):
        return str(node.id)
    if isinstance(node, gast.Attribute) and isinstance(node.ctx, gast.Load):
        base = _dotted(node.value)
        return None if base is None else f"{base}.{node.attr}"
    return None
