"""Variables that count or select, and so have no derivative even where they are numbers."""

from __future__ import annotations

import gast

from srcad.lang.function import Function
from srcad.rules import registry

__all__ = ["counting_variables"]


def counting_variables(fn: Function) -> set[str]:
    """Return the variables that are used as the bound of a range, as an index, or as a length.

    Examples
    --------
    >>> from srcad.frontend import normalize
    >>> from srcad.analysis import counters
    >>> sorted(counting_variables(normalize(counters._example)))
    ['n']
    """
    statics = fn.scope.statics
    found: set[str] = set()
    for node in gast.walk(fn.tree):
        if isinstance(node, gast.Subscript):
            found |= _names(node.slice)
        elif isinstance(node, gast.Call) and isinstance(node.func, gast.Name):
            function = statics.get(node.func.id)
            if (
                function is range
                or registry.is_constant(function)
                and function not in (float, print, str, repr)
            ):
                found |= {name for argument in node.args for name in _names(argument)}
        elif isinstance(node, gast.Assign) and isinstance(node.value, gast.Tuple):
            shape = all(isinstance(e, (gast.Name, gast.Constant)) for e in node.value.elts)
            if shape and any(isinstance(e, gast.Constant) and type(e.value) is int for e in node.value.elts):
                found |= _names(node.value)
    return found


def _names(node: gast.AST) -> set[str]:
    return {n.id for n in gast.walk(node) if isinstance(n, gast.Name)}


def _example(x: float, n: int) -> float:
    total = 0.0
    for _ in range(n):
        total = total + x
    return total
