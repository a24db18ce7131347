"""Lists that a function makes and keeps to itself: what is stored in one of them is in no other.

Example, in which ``total`` is not private since it is returned::

    history = []
    history.append(x)
    seq = rt.sequence(history)
    y = seq[0]
    total = [y]
    return total
"""

from __future__ import annotations

import types
from collections import Counter
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in
from srcad.runtime.libraries import package_of

__all__ = ["private_lists"]

_READING = (len, bool, list, tuple, rt.order_of)
_CALLING = frozenset([np.apply_along_axis, np.apply_over_axes, np.fromfunction, np.piecewise])
"""Functions of NumPy that call one which they are given, with arguments that they hand on."""
_METHODS = frozenset("append clear extend insert pop reverse".split())


def private_lists(fn: Function, parameters: set[str]) -> dict[str, str]:
    """Return the variables that only ever hold private lists, each with the one that stands for all its aliases.

    That holds as long as operators between them are those of lists: a method of a class may return a list that it keeps.
    """
    named: Counter[str] = Counter()
    harmless: Counter[str] = Counter()
    pairs: list[tuple[str, str]] = []
    for stmt in fn.tree.body:
        for node in nodes_in(stmt):
            if isinstance(node, gast.Name):
                named[node.id] += 1
            harmless.update(_harmless(node, fn))
            alias = _alias(node, fn)
            if alias is not None:
                pairs.append(alias)
                harmless.update(alias)
    plain = {n for n, count in named.items() if count == harmless[n]} - parameters - set(fn.scope.statics)
    return _grouped(plain, pairs, {n for pair in pairs for n in pair} - plain)


def _grouped(plain: set[str], pairs: list[tuple[str, str]], others: set[str]) -> dict[str, str]:
    """Return for each variable the one that stands for its aliases; those of variables that are not plain are left out."""
    while True:
        touched = {n for pair in pairs if others & set(pair) for n in pair}
        if touched <= others:
            break
        others = others | touched
    groups = {n: n for n in sorted(plain - others)}
    for _ in pairs:
        for one, other in pairs:
            if one in groups and other in groups:
                groups[one] = groups[other] = min(groups[one], groups[other])
    return groups


def _harmless(node: gast.AST, fn: Function) -> list[str]:
    """Return the variables that a node uses as lists which nobody else holds afterwards."""
    found: list[gast.AST | None] = []
    if isinstance(node, gast.Assign):
        target = node.targets[0]
        if isinstance(target, gast.Name) and _makes_list(node.value, fn):
            found = [target]
            found += [node.value.left, node.value.right] if isinstance(node.value, gast.BinOp) else []
        elif isinstance(target, gast.Tuple):
            found = [node.value]
    elif isinstance(node, gast.Subscript):
        found = [] if isinstance(node.ctx, gast.Del) else [node.value]
    elif isinstance(node, gast.Call):
        if isinstance(node.func, gast.Attribute) and node.func.attr in _METHODS:
            found = [node.func.value]
        elif node.args and _static(node.func, fn) in _READING:
            found = [node.args[0]]
        elif _takes_items(_static(node.func, fn)):
            found = [*node.args, *(k.value for k in node.keywords)]
    elif isinstance(node, (gast.If, gast.While)):
        found = [node.test]
    return [used.id for used in found if isinstance(used, gast.Name)]


def _takes_items(function: Any) -> bool:
    """Tell whether a function takes the items of the lists that it is given, and keeps, returns and changes no list."""
    known = isinstance(function, (np.ufunc, types.FunctionType, types.BuiltinFunctionType, type(np.sum)))
    return known and function not in _CALLING and package_of(function) in ("numpy", "math")


def _makes_list(node: gast.AST, fn: Function) -> bool:
    """Tell whether an expression makes a new list, if it makes one: of a sum or product it is told by the kinds."""
    if isinstance(node, gast.BinOp):
        return isinstance(node.op, (gast.Add, gast.Mult))
    return isinstance(node, gast.List) or isinstance(node, gast.Call) and _static(node.func, fn) is list


def _alias(node: gast.AST, fn: Function) -> tuple[str, str] | None:
    """Return two variables of which one is bound to the list that the other holds."""
    if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Name):
        return None
    value = node.value
    if isinstance(value, gast.Call) and _static(value.func, fn) is rt.sequence and len(value.args) == 1:
        value = value.args[0]
    return (node.targets[0].id, value.id) if isinstance(value, gast.Name) else None


def _static(node: gast.AST, fn: Function) -> object:
    """Return the function that a name stands for; that of `len`, `bool` and `list` also where it is not bound yet."""
    identifier = getattr(node, "id", "")
    found = fn.scope.statics.get(identifier)
    known = {"len": len, "bool": bool, "list": list}
    return known.get(identifier) if found is None and identifier not in fn.scope.taken else found
