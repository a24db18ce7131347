"""Functions that return an iterator whose items depend on when they are taken.

These are generators, and functions that return one, a generator expression, or a ``map`` or ``zip`` of something.
Their items are made at once where they are called; see `srcad.frontend.given_late`.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import itertools
import types
from collections.abc import Callable, Iterator
from typing import Any

import gast

from srcad.analysis.class_effects import is_users
from srcad.errors import SrcadError
from srcad.frontend.nested import parameters
from srcad.lang import tree as t
from srcad.lang.function import Nested
from srcad.lang.source import read
from srcad.runtime import Closure

__all__ = ["MAKERS", "calls_what_it_is_given", "gives_late"]

MAKERS = (
    map, filter, zip, enumerate, reversed, itertools.chain, itertools.starmap, itertools.islice, itertools.takewhile,
    itertools.accumulate, itertools.compress, itertools.dropwhile, itertools.filterfalse, itertools.zip_longest,
)  # fmt: skip
"""The functions that make an iterator over others."""
_DEEPEST = 8


def gives_late(function: Any, depth: int = 0) -> bool:
    """Tell whether a function returns an iterator whose items are made when they are taken."""
    held: dict[str, Any] = {}
    if isinstance(function, Closure):
        held = dict(zip(function.function.captured, function.captured))
    function = _function_of(function)
    if not isinstance(function, types.FunctionType | Nested) or depth > _DEEPEST:
        return False
    if isinstance(function, types.FunctionType):
        if not is_users(function):
            return False
        if inspect.isgeneratorfunction(function):
            return True
    tree = _tree_of(function)
    if tree is None:
        return False
    if any(isinstance(node, gast.Yield | gast.YieldFrom) for node in t.own_nodes(tree.body)):
        return True
    found = _lookup_of(function, held)
    return any(_is_late(value, found, depth) for value in returned(tree))


def calls_what_it_is_given(function: Any) -> bool:
    """Tell whether a function returns what a call of one of its variables, parameters among them, returns."""
    tree = _tree_of(function) if isinstance(function, types.FunctionType | Nested) else None
    if tree is None:
        return False
    found = _lookup_of(function, {})
    return any(
        isinstance(value, gast.Call) and isinstance(value.func, gast.Name | gast.Subscript)
        and found(value.func) is None for value in returned(tree)
    )  # fmt: skip


def returned(tree: Any) -> Iterator[Any]:
    """Yield the expressions whose values a function may return, those of its variables followed.

    >>> made = gast.parse("def f(xs):\\n    ys = map(g, xs)\\n    return ys if xs else [h(xs)]").body[0]
    >>> [gast.unparse(value) for value in returned(made)]
    ['h(xs)', 'map(g, xs)']
    """
    body = tree.body if isinstance(tree.body, list) else [gast.Return(tree.body)]
    nodes = list(t.own_nodes(body))
    waiting = [node.value for node in nodes if isinstance(node, gast.Return)]
    followed: set[str] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, gast.IfExp):
            waiting += [value.body, value.orelse]
        elif isinstance(value, gast.BoolOp):
            waiting += value.values
        elif isinstance(value, gast.Tuple | gast.List):
            waiting += value.elts
        elif isinstance(value, gast.Dict):
            waiting += value.values
        elif isinstance(value, gast.ListComp):
            waiting.append(value.elt)
        elif isinstance(value, gast.Name) and value.id not in followed:
            followed.add(value.id)
            waiting += [
                node.value
                for node in nodes
                if isinstance(node, gast.Assign)
                and any(getattr(g, "id", "") == value.id for g in node.targets)
            ]
        elif value is not None:
            yield value


def _is_late(value: Any, found: Callable[[Any], Any], depth: int) -> bool:
    if isinstance(value, gast.GeneratorExp):
        return True
    if not isinstance(value, gast.Call):
        return False
    function = found(value.func)
    if any(function is maker for maker in MAKERS):
        return bool(value.args) and not all(isinstance(a, gast.Constant) for a in value.args)
    return function is not None and gives_late(function, depth + 1)


def _function_of(value: Any) -> Any:
    """Return the function that a callable runs."""
    for _ in range(_DEEPEST):
        if isinstance(value, functools.partial):
            value = value.func
        elif isinstance(value, types.MethodType):
            value = value.__func__
        elif isinstance(value, Closure):
            value = value.function
        else:
            break
    if isinstance(value, types.FunctionType | Nested | type):
        return value
    return inspect.getattr_static(type(value), "__call__", None)


def _tree_of(function: Any) -> Any:
    if isinstance(function, Nested):
        return function.tree
    try:
        return read(function).tree if is_users(function) else None
    except SrcadError:
        return None


def _lookup_of(function: Any, held: dict[str, Any]) -> Callable[[Any], Any]:
    """Return what finds the value of a global or captured name, and of attributes of modules; None for others.

    ``held`` has the captured values of a nested function.
    """
    if isinstance(function, Nested):
        code = function.source.func
        own = {*parameters(function.tree.args), *t.bound_names(function.tree.body), *function.captured}
        values = {**vars(builtins), **getattr(code, "__globals__", {}), **function.statics}
    else:
        cells = zip(function.__code__.co_freevars, function.__closure__ or ())
        own = {*function.__code__.co_varnames, *function.__code__.co_cellvars}
        values = {**vars(builtins), **function.__globals__}
        held = {name: cell.cell_contents for name, cell in cells if _is_filled(cell)}

    def find(node: Any) -> Any:
        if isinstance(node, gast.Name):
            return held.get(node.id, None if node.id in own else values.get(node.id))
        if isinstance(node, gast.Attribute):
            base = find(node.value)
            return getattr(base, node.attr, None) if isinstance(base, types.ModuleType | type) else None
        return None

    return find


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False
