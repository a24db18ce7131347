"""Functions that return an iterator whose items depend on when they are taken.

These are generators, and functions that return one, a generator expression, or a ``map`` or ``zip`` of something.
Their items are made at once where they are called; see `srcad.frontend.given_late`.
"""

from __future__ import annotations

import builtins
import collections
import dataclasses
import functools
import inspect
import itertools
import types
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gast
import numpy as np

from srcad.analysis.class_effects import function_of, is_users
from srcad.errors import SrcadError
from srcad.frontend.nested import parameters
from srcad.lang import tree as t
from srcad.lang.function import Nested
from srcad.lang.source import look_at
from srcad.runtime import Closure
from srcad.runtime.attributes import table_of

__all__ = [
    "MAKERS",
    "OF_BUILTINS",
    "calls_what_it_is_given",
    "gives_iterator_itself",
    "gives_late",
    "is_unsure",
    "is_view",
    "returns_view",
    "titles_called_on_self",
    "titles_of_late_results",
    "titles_of_views",
]

MAKERS = (
    map, filter, zip, enumerate, reversed, itertools.chain, itertools.starmap, itertools.islice, itertools.takewhile,
    itertools.accumulate, itertools.compress, itertools.dropwhile, itertools.filterfalse, itertools.zip_longest,
)  # fmt: skip
"""The functions that make an iterator over others."""
OF_BUILTINS = frozenset(name for cls in (np.ndarray, list, dict, str, set, float) for name in dir(cls))
"""The methods of arrays and of builtin classes."""
_KEEPING = frozenset("append appendleft add extendleft insert setdefault put".split())
_TAKING = (list, tuple, dict, set, frozenset, str, int, float, complex, np.ndarray)
_DEEPEST = 8


def gives_late(function: Any, owner: Any = None) -> bool:
    """Tell whether a function returns, or keeps, an iterator whose items are made when they are taken.

    ``owner`` is the object of a method, if it is known; a class keeps what its ``__init__`` does.
    """
    return _reaches_late(function, owner, {})


def _reaches_late(function: Any, owner: Any, seen: dict[tuple[int, int], Any]) -> bool:
    """Tell whether a function gives an iterator, itself or by others that it calls, none of which is in ``seen``."""
    if isinstance(function, types.MethodType):  # an object of its own each time that it is read
        function, owner = function.__func__, function.__self__
    place = (id(function), id(owner))
    if place in seen:
        return False
    seen[place] = function, owner  # so that nothing else gets their places in memory
    held: dict[str, Any] = {}
    if isinstance(function, Closure):
        held = dict(zip(function.function.captured, function.captured))
    function = _function_of(function)
    if not isinstance(function, types.FunctionType | Nested):
        return False
    if isinstance(function, types.FunctionType):
        if not is_users(function):
            return False
        if inspect.isgeneratorfunction(function):
            return True
    given = _given_by(function, getattr(function, "__code__", None))
    if given is None or given.yields:
        return given is not None
    if owner is not None and given.first:
        held = {**held, given.first: owner}
    found = _lookup_of(function, held)
    return any(_is_late(value, found, seen) for value in given.values)


def gives_iterator_itself(function: Any) -> bool:
    """Tell whether all that a function returns are iterators, none of them in a container.

    >>> gives_iterator_itself(np.sin)
    False
    """
    if inspect.isgeneratorfunction(function):
        return True
    tree = _tree_of(function)
    if tree is None:
        return False
    found = _lookup_of(function, {})
    nodes = t.own_nodes(tree.body if isinstance(tree.body, list) else [gast.Return(tree.body)])
    values = [node.value for node in nodes if isinstance(node, gast.Return)]
    return bool(values) and all(
        isinstance(value, gast.GeneratorExp)
        or isinstance(value, gast.Call)
        and any(found(value.func) is maker for maker in MAKERS)
        for value in values
    )


def returns_view(function: Any) -> bool:
    """Tell whether a function that is no method returns the keys, values or items of a dict as they are."""
    tree = _tree_of(function)
    if tree is None:
        return False
    found = _lookup_of(function, {})
    return any(is_view(value) and found(value.func) is None for value in returned(tree))


class _Given(NamedTuple):
    """Whether a function yields, its first parameter, and the expressions whose values it returns or keeps."""

    yields: bool
    first: str
    values: tuple[Any, ...]


@functools.lru_cache(maxsize=1024)
def _given_by(function: Any, code: Any) -> _Given | None:
    """Return what the text of a function says, which has this code; None without a text."""
    tree = _tree_of(function)
    if tree is None:
        return None
    yields = any(isinstance(node, gast.Yield | gast.YieldFrom) for node in t.own_nodes(tree.body))
    first = next(iter(parameters(tree.args)), "")
    return _Given(yields, first, () if yields else (*returned(tree), *kept(tree)))


@functools.lru_cache(maxsize=256)
def titles_of_late_results(classes: tuple[type, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of methods and properties of classes that give an iterator, and of those that may.

    The latter return what a function returns that is known only when the program runs.
    """
    methods = []
    for cls in classes:
        for title, value in vars(cls).items():
            function = function_of(value)
            tree = _tree_of(function) if function is not None else None
            if tree is not None:
                values = [*returned(tree), *kept(tree)]
                methods.append((title, value, values, _lookup_of(function, {}), gives_late(function)))
    known = {title for title, *_ in methods}
    late = {title for title, *_, gives in methods if gives}
    unsure: set[str] = set()
    size = -1
    while size != (size := len(late) + len(unsure)):
        for title, _, values, found, _ in methods:
            called = {_title_of(value) for value in values}
            if called & late:
                late.add(title)
            others = [v for v in values if isinstance(v, gast.Call) and found(v.func) is None]
            if any(_is_open(v) and _title_of(v) not in known or _title_of(v) in unsure for v in others):
                unsure.add(title)
    return frozenset(late), frozenset(unsure)


def _is_open(call: gast.Call) -> bool:
    """Tell whether what a call of a function that is not known by its name calls may give an iterator."""
    return _title_of(call) not in OF_BUILTINS if isinstance(call.func, gast.Attribute) else True


@functools.lru_cache(maxsize=256)
def titles_of_views(classes: tuple[type, ...]) -> frozenset[str]:
    """Return the names of methods and properties of classes that give the keys, values or items of a dict as they are."""
    returning = [
        (title, list(returned(tree)))
        for cls in classes
        for title, value in vars(cls).items()
        if (tree := _tree_of(function_of(value))) is not None
    ]
    found: set[str] = set()
    size = -1
    while size != (size := len(found)):
        found |= {
            title
            for title, values in returning
            if any(is_view(value) or _title_of(value) in found for value in values)
        }
    return frozenset(found)


def is_view(node: Any) -> bool:
    """Tell whether an expression is a method's call that gives the keys, values or items of a dict as they are."""
    called = isinstance(node, gast.Call) and not node.args and isinstance(node.func, gast.Attribute)
    return called and node.func.attr in ("keys", "values", "items")


def is_unsure(function: Any) -> bool:
    """Tell whether a function returns or keeps what a method, or a function in an attribute or a container, returns."""
    return (
        bool(_unsure_calls(_tree_of(function), function))
        if isinstance(function, types.FunctionType | Nested)
        else False
    )


def titles_called_on_self(function: Any) -> frozenset[str] | None:
    """Return the names of what a method calls of its own object to return or keep it; None if it calls others, too."""
    tree = _tree_of(function)
    first = parameters(tree.args)[:1]
    calls = _unsure_calls(tree, function)
    own = [isinstance(c.func, gast.Attribute) and [getattr(c.func.value, "id", "")] == first for c in calls]
    return frozenset(map(_title_of, calls)) if all(own) else None


def _unsure_calls(tree: Any, function: Any) -> list[Any]:
    if tree is None:
        return []
    found = _lookup_of(function, {})
    values = (value for value in (*returned(tree), *kept(tree)) if isinstance(value, gast.Call))
    return [v for v in values if not isinstance(v.func, gast.Name) and found(v.func) is None and _is_open(v)]


def _title_of(value: Any) -> str:
    """Return the attribute that a value is, or is called by."""
    function = value.func if isinstance(value, gast.Call) else value
    return function.attr if isinstance(function, gast.Attribute) else ""


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
    yield from _followed([node.value for node in nodes if isinstance(node, gast.Return)], nodes)


def kept(tree: Any) -> Iterator[Any]:
    """Yield the expressions whose values a function may keep in attributes, items and containers.

    >>> made = gast.parse("def f(box, xs):\\n    ys = map(g, xs)\\n    box.ys = ys\\n    box.append(h(xs))").body[0]
    >>> [gast.unparse(value) for value in kept(made)]
    ['h(xs)', 'map(g, xs)']
    """
    nodes = list(t.own_nodes(tree.body))
    waiting: list[Any] = []
    for node in nodes:
        if isinstance(node, gast.Assign):
            if any(isinstance(target, gast.Attribute) or _is_item(target) for target in node.targets):
                waiting.append(node.value)
        elif isinstance(node, gast.Call) and getattr(node.func, "attr", "") in _KEEPING:
            waiting += node.args
    yield from _followed(waiting, nodes)


def _is_item(target: Any) -> bool:
    return isinstance(target, gast.Subscript) and not isinstance(target.slice, gast.Slice)


def _followed(waiting: list[Any], nodes: list[Any]) -> Iterator[Any]:
    """Yield what expressions may be, those of variables followed."""
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


def _is_late(value: Any, found: Callable[[Any], Any], seen: dict[tuple[int, int], Any]) -> bool:
    if isinstance(value, gast.GeneratorExp):
        return True
    if not isinstance(value, gast.Call):
        held = found(value) if isinstance(value, gast.Attribute) else None
        return isinstance(held, property) and _reaches_late(held.fget, None, seen)
    function = found(value.func)
    if isinstance(function, type) and is_users(function) and _keeps_given(function):
        return any(_is_late(part, found, seen) for part in value.args)
    if isinstance(value.func, gast.Subscript):
        held = found(value.func.value)
        several = held.values() if type(held) is dict else held if type(held) in (list, tuple) else ()
        return any(_reaches_late(each, None, seen) for each in several)
    if any(function is maker for maker in MAKERS):
        return bool(value.args) and not all(isinstance(a, gast.Constant) for a in value.args)
    return function is not None and _reaches_late(function, None, seen)


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
    if isinstance(value, type):
        return _keeper_of(value)
    if isinstance(value, types.FunctionType | Nested):
        return value
    return inspect.getattr_static(type(value), "__call__", None)


def _keeper_of(cls: type) -> Any:
    """Return the method that keeps what a class is called with."""
    made = getattr(cls, "__post_init__", None)
    return made if made is not None else getattr(cls, "__init__", None)


def _keeps_given(cls: type) -> bool:
    """Tell whether instances may hold what their class is called with as it is."""
    named = issubclass(cls, tuple) and hasattr(cls, "_fields")
    if issubclass(cls, _TAKING) and not named:
        return False
    tree = _tree_of(getattr(cls, "__init__", None))
    if tree is None:
        return dataclasses.is_dataclass(cls) or named
    given = set(parameters(tree.args)[1:])
    stores = (n for n in t.own_nodes(tree.body) if isinstance(n, gast.Assign))
    kept = (n.value for n in stores if any(isinstance(g, gast.Attribute) for g in n.targets))
    return any(isinstance(value, gast.Name) and value.id in given for value in kept)


def _tree_of(function: Any) -> Any:
    if isinstance(function, Nested):
        return function.tree
    try:
        known = isinstance(function, types.FunctionType) and is_users(function)
        return look_at(function).tree if known else None
    except SrcadError:
        return None


def _lookup_of(function: Any, held: dict[str, Any]) -> Callable[[Any], Any]:
    """Return what finds the value of a global or captured name, and of attributes of modules; None for others.

    ``held`` has the captured values of a nested function.
    """
    if isinstance(function, Nested):
        code = function.source.func
        own = {*parameters(function.tree.args), *t.bound_names(function.tree.body), *function.captured}
        values = collections.ChainMap(function.statics, getattr(code, "__globals__", {}), vars(builtins))
    else:
        cells = zip(function.__code__.co_freevars, function.__closure__ or ())
        own = {*function.__code__.co_varnames, *function.__code__.co_cellvars}
        values = collections.ChainMap(function.__globals__, vars(builtins))
        held = {**{name: cell.cell_contents for name, cell in cells if _is_filled(cell)}, **held}

    def find(node: Any) -> Any:
        if isinstance(node, gast.Name):
            return held.get(node.id, None if node.id in own else values.get(node.id))
        if isinstance(node, gast.Attribute):
            base = find(node.value)
            if base is None or isinstance(base, types.ModuleType | type):
                return getattr(base, node.attr, None) if base is not None else None
            return _attribute_of(base, node.attr) if is_users(type(base)) else None
        return None

    return find


def _attribute_of(owner: Any, title: str) -> Any:
    """Return an attribute of an object as it is held, a method with its object."""
    held = table_of(owner)
    value = held[title] if title in held else inspect.getattr_static(type(owner), title, None)
    if isinstance(value, staticmethod | classmethod):
        value = value.__func__
    return (
        types.MethodType(value, owner)
        if isinstance(value, types.FunctionType) and title not in held
        else value
    )


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False
