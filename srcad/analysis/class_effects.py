"""Which methods, properties and operators of the user's classes may change something."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gast

from srcad.errors import SrcadError
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested
from srcad.lang.source import look_at
from srcad.lang.walking import nodes_in
from srcad.runtime.libraries import LIBRARIES, package_of

__all__ = [
    "ITERATION",
    "METHODS",
    "OPERATORS",
    "changes",
    "classes_in_sight",
    "effects_in_sight",
    "function_of",
    "is_users",
    "Traits",
    "UPDATES",
    "keeping_in_sight",
    "operators_in_sight",
    "methods_in_sight",
    "methods_traits",
    "statements_of",
    "stores",
    "titles_of",
]

METHODS = frozenset(
    "append appendleft add clear discard extend extendleft fill insert pop popitem popleft put remove resize reverse "
    "setdefault sort update partition itemset __setitem__ __iadd__".split()
)
"""Methods of containers and arrays that change these."""
_BINARY: dict[type, str] = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.Pow: "pow", gast.MatMult: "matmul",
    gast.FloorDiv: "floordiv", gast.Mod: "mod", gast.LShift: "lshift", gast.RShift: "rshift", gast.BitAnd: "and",
    gast.BitOr: "or", gast.BitXor: "xor",
}  # fmt: skip
_UNARY: dict[type, str] = {gast.USub: "neg", gast.UAdd: "pos", gast.Invert: "invert"}
OPERATORS = frozenset(f"__{s}{title}__" for s in ("", "r") for title in _BINARY.values()) | frozenset(
    f"__{title}__" for title in _UNARY.values()
)
UPDATES = frozenset(f"__i{title}__" for title in _BINARY.values())
_OF_DOMAINS = frozenset(
    "sqrt log log2 log10 log1p acos asin acosh atanh pow exp fmod gamma lgamma factorial".split()
)
_MAKING_ARRAYS = frozenset("zeros ones empty full zeros_like ones_like empty_like full_like".split())
ITERATION = frozenset(["__iter__", "__next__", "__getitem__"])


def titles_of(operator: gast.AST) -> list[str]:
    """Return the methods that an operator may call, also where it updates.

    >>> titles_of(gast.Add()), titles_of(gast.USub())
    (['__add__', '__radd__', '__iadd__'], ['__neg__'])
    """
    title = _BINARY.get(type(operator))
    return [f"__{s}{title}__" for s in ("", "r", "i")] if title else [f"__{_UNARY.get(type(operator))}__"]


def statements_of(tree: Any) -> list[Any]:
    """Return the body of a function, or the expression of a lambda."""
    return tree.body if isinstance(tree.body, list) else [tree.body]


def classes_in_sight(fn: Function, *more: Any) -> list[type]:
    """Return the user's classes that a function, or a module of a function that it calls, has a name for.

    ``more`` are further values, of which some may be classes.
    """
    functions = [fn.source.func, *(v for v in fn.scope.statics.values() if isinstance(v, types.FunctionType))]
    spaces = {id(space): space for space in (getattr(f, "__globals__", {}) for f in functions if is_users(f))}
    values = [*fn.scope.statics.values(), *more]
    for space in spaces.values():
        values += space.values()
    classes = {v for v in values if isinstance(v, type) and is_users(v)}
    return sorted(classes, key=lambda cls: (cls.__module__, cls.__qualname__))


def methods_in_sight(fn: Function) -> frozenset[str]:
    """Return the names of the methods that the classes in sight are written with."""
    return frozenset(title for cls in classes_in_sight(fn) for title, _ in _method_trees(cls))


def attributes_in_sight(fn: Function, *more: Any) -> frozenset[str]:
    """Return the names that the classes in sight hold, and of the attributes that their methods set."""
    found: set[str] = set()
    for cls in classes_in_sight(fn, *more):
        for base in filter(is_users, cls.__mro__):
            found |= {*vars(base), *getattr(base, "__annotations__", {})}
        found |= attributes_set_by(cls)
    return frozenset(found)


def attributes_set_by(cls: type) -> frozenset[str]:
    """Return the names of the attributes that the methods of a class set, of whatever object."""
    methods = [method for base in cls.__mro__ if is_users(base) for method in _method_trees(base)]
    nodes = (node for _, tree in methods if tree is not None for node in nodes_in(tree))
    return frozenset(n.attr for n in nodes if isinstance(n, gast.Attribute) and isinstance(n.ctx, gast.Store))


def operators_in_sight(fn: Function) -> frozenset[str]:
    """Return the names of the operators that the classes in sight define."""
    bases = {base for cls in classes_in_sight(fn) for base in cls.__mro__ if is_users(base)}
    return frozenset().union(*map(vars, bases)) & (OPERATORS | UPDATES)


@dataclass(frozen=True)
class Traits:
    """The attributes that methods of a name read and store in, themselves or by others, and whether one is a generator."""

    reads: frozenset[str]
    stores: frozenset[str]
    generates: bool

    @staticmethod
    def of(body: Any) -> Traits:
        """Return the traits of statements by themselves."""
        nodes = list(t.own_nodes(body))
        attributes = [n for n in nodes if isinstance(n, gast.Attribute)]
        stored = {n.attr for n in attributes if not isinstance(n.ctx, gast.Load)}
        for node in nodes:
            base = None
            if isinstance(node, gast.Subscript) and not isinstance(node.ctx, gast.Load):
                base = node.value
            elif isinstance(node, gast.Call) and getattr(node.func, "attr", "") in METHODS:
                base = node.func.value
            if isinstance(base, gast.Attribute):
                stored.add(base.attr)
        yields = any(isinstance(n, gast.Yield | gast.YieldFrom) for n in nodes)
        return Traits(frozenset(n.attr for n in attributes), frozenset(stored), yields)

    def joined(self, other: Traits, generates: bool) -> Traits:
        return Traits(self.reads | other.reads, self.stores | other.stores, generates)


@functools.lru_cache(maxsize=512)
def _traits_of_methods(cls: type) -> list[tuple[str, Traits]]:
    return [(title, Traits.of(statements_of(tree))) for title, tree in _method_trees(cls)]


def methods_traits(fn: Function) -> dict[str, Traits]:
    """Return what the methods of each name do in the classes that are in sight."""
    return _traits_in(tuple(classes_in_sight(fn)))


@functools.lru_cache(maxsize=128)
def _traits_in(classes: tuple[type, ...]) -> dict[str, Traits]:
    found: dict[str, Traits] = {}
    for cls in classes:
        for title, own in _traits_of_methods(cls):
            before = found.get(title, own)
            found[title] = own.joined(before, own.generates or before.generates)
    size = -1
    while size != (size := sum(len(each.reads) + len(each.stores) for each in found.values())):
        for title, own in found.items():
            for called in own.reads & set(found):
                found[title] = found[title].joined(found[called], own.generates)
    return found


def effects_in_sight(fn: Function, *more: Any) -> frozenset[str]:
    """Return the names of methods, properties and operators that change something in some class that is in sight."""
    return frozenset().union(*map(_changing, classes_in_sight(fn, *more)))


def keeping_in_sight(fn: Function, *more: Any) -> frozenset[str]:
    """Return the names of operators whose results may hold an operand, or a part of one, in some class in sight."""
    return frozenset().union(*map(_keeping, classes_in_sight(fn, *more)))


@functools.lru_cache(maxsize=512)
def _keeping(cls: type) -> frozenset[str]:
    found = set()
    for base in cls.__mro__:
        for title, value in vars(base).items():
            function = function_of(value) if title in OPERATORS | UPDATES else None
            if function is not None and _keeps(function):
                found.add(title)
    return frozenset(found)


def _keeps(function: types.FunctionType) -> bool:
    """Tell whether a function does more with its parameters and their attributes than to compute with them.

    A sum may be one of lists, which holds what they hold.
    """
    try:
        tree = look_at(function).tree
    except (SrcadError, OSError, TypeError):
        return True
    parameters = {n.id for n in nodes_in(tree.args) if isinstance(n, gast.Name)}
    waiting: list[tuple[gast.AST, bool]] = [(node, False) for node in statements_of(tree)]
    while waiting:
        node, consumed = waiting.pop()
        if isinstance(node, gast.Name) and node.id in parameters and not consumed:
            return True
        computing = isinstance(node, (gast.UnaryOp, gast.Compare)) or (
            isinstance(node, gast.BinOp) and not isinstance(node.op, gast.Add)
        )
        through = consumed and isinstance(node, (gast.Attribute, gast.Subscript))
        for part in gast.iter_child_nodes(node):
            whole = isinstance(node, gast.Call) and part is node.func and isinstance(part, gast.Name)
            waiting.append((part, computing or through or whole))
    return False


def half_done_methods(fn: Function, title: str) -> list[types.FunctionType]:
    """Return the methods of a name, of classes that are in sight, that may raise when they have changed something."""
    found: list[types.FunctionType] = []
    classes = classes_in_sight(fn)
    raising = _raising_methods(classes)
    for cls in classes if title in raising else []:
        method = getattr(cls, title, None)
        if isinstance(inspect.getattr_static(cls, title, None), types.FunctionType) and method not in found:
            found += [method] if may_leave_half_done(method, raising) else []
    return found


def _raising_methods(classes: list[type]) -> frozenset[str]:
    """Return the names of methods of classes that raise exceptions of their own, or call others that do."""
    trees = [(title, tree) for cls in classes for title, tree in _method_trees(cls)]
    found: frozenset[str] = frozenset()
    size = -1
    while size != len(found):
        size = len(found)
        found |= {title for title, tree in trees if title not in found and _raises(tree, found)}
    return found


@functools.lru_cache(maxsize=512)
def _method_trees(cls: type) -> list[tuple[str, Any]]:
    found = []
    for title, value in vars(cls).items():
        function = function_of(value)
        if function is not None:
            try:
                found.append((title, look_at(function).tree))
            except (SrcadError, OSError, TypeError):
                continue  # generated, as those of dataclasses are
    return found


def function_of(value: Any) -> types.FunctionType | None:
    """Return the function of what stands in a class: a method of any sort, or a property."""
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, staticmethod | classmethod):
        value = value.__func__
    return value if isinstance(value, types.FunctionType) else None


def _raises(tree: Any, methods: frozenset[str]) -> bool:
    """Tell whether a function has a ``raise``, or calls what is known to raise where a number lies outside its domain."""
    for node in t.own_nodes(statements_of(tree)):
        if isinstance(node, (gast.Raise, gast.Assert)):
            return True
        called = node.func if isinstance(node, gast.Call) else None
        if isinstance(called, gast.Attribute):
            of_math = isinstance(called.value, gast.Name) and called.value.id == "math"
            if called.attr in methods or of_math and called.attr in _OF_DOMAINS:
                return True
    return False


def may_leave_half_done(function: Any, methods: frozenset[str] = frozenset()) -> bool:
    """Tell whether a function of the user's may raise an exception when it has changed something.

    ``methods`` are names of methods that raise.
    """
    if isinstance(function, Nested):
        tree, body = function.tree, statements_of(function.tree)
        changing = changes(tree) or any(isinstance(node, gast.Nonlocal) for node in t.own_nodes(body))
        raising = _raises(tree, methods)
    elif (
        isinstance(function, types.FunctionType)
        and is_users(function)
        and not hasattr(function, "__wrapped__")
    ):
        try:
            tree = look_at(function).tree
        except (SrcadError, OSError, TypeError):
            return False
        changing, raising = stores(function), _any_raises(function, methods)
    else:
        return False
    leaving = (gast.Yield, gast.YieldFrom, gast.Await, gast.Global)
    own = t.own_nodes(statements_of(tree))
    return (
        changing and raising and isinstance(tree.body, list) and not any(isinstance(n, leaving) for n in own)
    )


def _any_raises(function: types.FunctionType, methods: frozenset[str]) -> bool:
    """Tell whether a function raises, or one that it calls by its name does."""
    return any(tree is not None and _raises(tree, methods) for tree in _trees_reached(function))


@functools.lru_cache(maxsize=512)
def _changing(cls: type) -> frozenset[str]:
    found = set()
    for base in cls.__mro__:
        for title, value in vars(base).items():
            function = function_of(value)
            if function is not None and title != "__init__" and stores(function):
                found.add(title)
    return frozenset(found)


def stores(function: types.FunctionType) -> bool:
    """Tell whether a function may change what it is given: it stores somewhere, or another one does that it calls."""
    return any(tree is None or changes(tree) for tree in _trees_reached(function))


def _trees_reached(function: types.FunctionType) -> Iterator[Any]:
    """Yield the trees of a function and of those that it calls by their names, each once: None where there is no source."""
    seen, waiting = {function}, [function]
    while waiting:
        current = waiting.pop()
        try:
            tree = look_at(current).tree
        except (SrcadError, OSError, TypeError):
            yield None
            continue
        yield tree
        new = [callee for callee in dict.fromkeys(_callees(current, tree)) if callee not in seen]
        seen.update(new)
        waiting += new


def _callees(function: types.FunctionType, tree: Any) -> list[types.FunctionType]:
    """Return the user's functions that a function calls by the names of its module."""
    calls = [n for n in t.own_nodes(statements_of(tree)) if isinstance(n, gast.Call)]
    names = {n.func.id for n in calls if isinstance(n.func, gast.Name)}
    found = [function.__globals__.get(name) for name in sorted(names)]
    return [callee for callee in found if isinstance(callee, types.FunctionType) and is_users(callee)]


def changes(tree: Any) -> bool:
    """Tell whether the function of a tree stores in attributes, in items or in what its parameters hold.

    What it stores in lists, dicts and arrays that it makes itself changes nothing for others.

    >>> own = gast.parse("def f(xs): kept = []; kept.append(xs[0]); return kept").body[0]
    >>> given = gast.parse("def f(xs): kept = xs; kept.append(xs[0]); return kept").body[0]
    >>> changes(own), changes(given)
    (False, True)
    """
    parameters = {n.id for n in nodes_in(tree.args) if isinstance(n, gast.Name)}
    nodes = list(t.own_nodes(statements_of(tree)))
    own = _made_by_itself(nodes) - parameters
    for node in nodes:
        stored = None
        if isinstance(node, gast.Attribute | gast.Subscript) and not isinstance(node.ctx, gast.Load):
            stored = node.value
        elif isinstance(node, gast.AugAssign) and getattr(node.target, "id", "") in parameters:
            stored = node.target
        elif (
            isinstance(node, gast.Call)
            and isinstance(node.func, gast.Attribute)
            and node.func.attr in METHODS
        ):
            stored = node.func.value
        if stored is not None and getattr(stored, "id", None) not in own:
            return True
    return False


def _made_by_itself(nodes: list[Any]) -> set[str]:
    """Return the variables that only ever hold a list, dict, set or array which the function has just made."""
    bound: dict[str, int] = {}
    made: dict[str, int] = {}
    for node in nodes:
        for name in t.bound_by(node):
            bound[name] = bound.get(name, 0) + 1
        if isinstance(node, gast.Assign) and len(node.targets) == 1 and _is_made(node.value):
            name = getattr(node.targets[0], "id", "")
            made[name] = made.get(name, 0) + 1
        elif isinstance(node, gast.Nonlocal | gast.Global):
            bound.update(dict.fromkeys(node.names, -1))
    return {name for name, count in made.items() if bound.get(name) == count}


def _is_made(value: gast.AST) -> bool:
    if isinstance(value, gast.BinOp):
        return isinstance(value.left, gast.List) or isinstance(value.right, gast.List)
    if isinstance(value, gast.Call):
        return isinstance(value.func, gast.Attribute) and value.func.attr in _MAKING_ARRAYS
    return isinstance(value, (gast.List, gast.Dict, gast.Set, gast.ListComp, gast.DictComp, gast.SetComp))


def is_users(value: Any) -> bool:
    """Tell whether a function or class is none of Python's, NumPy's or srcad's own."""
    return package_of(value) not in LIBRARIES
