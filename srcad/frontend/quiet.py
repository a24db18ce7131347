"""Generators whose items may as well be made all at once, before the first one is taken.

That is so if nobody can tell: the generator comes to an end, and neither changes what others see nor reads what the
function that takes its items changes.

>>> from collections.abc import Container

import gast
>>> body = gast.parse("for i in range(n): yield x ** i").body
>>> why_not_at_once(body, {"n", "x"}) is None
True
>>> why_not_at_once(gast.parse("while True: yield x").body, {"x"})
'has no end'
"""

from __future__ import annotations

from collections.abc import Container

import gast

from srcad.lang import tree as t

__all__ = ["calls_methods", "changed_names", "is_quiet_method", "why_not_at_once"]

_GROWING = frozenset(
    "append appendleft add clear discard extend extendleft fill insert pop popitem popleft put remove reverse setdefault "
    "sort update".split()
)
_QUIET_METHODS = frozenset(
    "copy count dot endswith find flatten format get index isalpha isdigit items join keys lower max mean min prod ravel "
    "reshape replace split startswith std strip sum upper transpose values var".split()
)
_ENDLESS = ("itertools.count", "itertools.cycle")


def why_not_at_once(
    body: list[gast.stmt], given: set[str], quiet: frozenset[str] = frozenset()
) -> str | None:
    """Return what speaks against running a generator to its end at once, or None.

    Parameters
    ----------
    body : list of statements
        The generator's, with names resolved.
    given : set of str
        Its parameters, and what it captures.
    quiet : set of str
        The methods of the user's classes that change nothing.
    """
    own = t.bound_names(body) - given
    for node in t.own_nodes(body):
        if isinstance(node, gast.While) and isinstance(node.test, gast.Constant) and node.test.value:
            return "has no end"
        if isinstance(node, gast.Name) and node.id in _ENDLESS:
            return "has no end"
        if isinstance(node, gast.Nonlocal | gast.Global | gast.With | gast.Try):
            return "does more than to compute its items"
        if isinstance(node, gast.Attribute | gast.Subscript) and not isinstance(node.ctx, gast.Load):
            if _root(node) not in own:
                return "changes what others see"
        if isinstance(node, gast.Call) and not _is_quiet(node, own, quiet):
            return "calls what may change what others see"
        if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call):
            if not isinstance(node.value.func, gast.Attribute) or _root(node.value.func) not in own:
                return "does more than to compute its items"
    return None


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


def _is_quiet(node: gast.Call, own: set[str], quiet: frozenset[str]) -> bool:
    """Tell whether a call changes nothing but what belongs to the generator."""
    func = node.func
    if isinstance(func, gast.Attribute):
        return _root(func) in own or func.attr in _QUIET_METHODS or func.attr in quiet
    return isinstance(func, gast.Name) and func.id not in (
        "print",
        "input",
        "next",
        "setattr",
        "delattr",
        "open",
    )


def _root(node: gast.AST) -> str:
    """Return the variable that an attribute or an item belongs to."""
    while isinstance(node, gast.Attribute | gast.Subscript):
        node = node.value
    return node.id if isinstance(node, gast.Name) else ""
