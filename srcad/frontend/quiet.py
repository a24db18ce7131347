"""Which methods change nothing, and what code changes by assignments and by methods that containers have."""

from __future__ import annotations

from collections.abc import Container

import gast

from srcad.lang import tree as t

__all__ = ["calls_methods", "changed_names", "is_quiet_method"]

_GROWING = frozenset(
    "append appendleft add clear discard extend extendleft fill insert pop popitem popleft put remove reverse setdefault "
    "sort update".split()
)
_QUIET_METHODS = frozenset(
    "copy count dot endswith find flatten format get index isalpha isdigit items join keys lower max mean min prod ravel "
    "reshape replace split startswith std strip sum upper transpose values var".split()
)


def changed_names(body: list[gast.stmt]) -> set[str]:
    """Return the variables whose contents code may change."""
    found = set()
    for node in t.own_nodes(body):
        stored = isinstance(node, gast.Attribute | gast.Subscript) and not isinstance(node.ctx, gast.Load)
        grown = isinstance(node, gast.Attribute) and node.attr in _GROWING
        if stored or grown:
            found.add(_root(node))
        elif isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            found.add(node.target.id)
    return found


def calls_methods(node: gast.AST, statics: Container[str]) -> tuple[bool, bool]:
    """Tell whether an expression reads attributes of objects, and whether it calls methods that may change these."""
    reads = [n for n in gast.walk(node) if isinstance(n, gast.Attribute) and _root(n) not in statics]
    calls = [n.func for n in gast.walk(node) if isinstance(n, gast.Call)]
    methods = [f for f in calls if isinstance(f, gast.Attribute) and _root(f) not in statics]
    return bool(reads), any(f.attr not in _QUIET_METHODS for f in methods)


def is_quiet_method(title: str) -> bool:
    """Tell whether methods of this name change nothing."""
    return title in _QUIET_METHODS


def _root(node: gast.AST) -> str:
    """Return the variable that an attribute or an item belongs to."""
    while isinstance(node, gast.Attribute | gast.Subscript):
        node = node.value
    return node.id if isinstance(node, gast.Name) else ""
