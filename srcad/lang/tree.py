"""Builders for gast nodes, the blocks of statements, and which names a piece of code reads and binds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import gast

from srcad.lang.walking import children_of, clone, copy_location, name_node, nodes_in

__all__ = [
    "BINARY_OPERATORS",
    "UNARY_OPERATORS",
    "assign",
    "attribute",
    "blocks_of",
    "bound_by",
    "bound_names",
    "call",
    "constant",
    "global_names",
    "is_atom",
    "load",
    "name",
    "names_read",
    "names_written",
    "nonlocal_names",
    "own_nodes",
    "place",
    "rewrite_blocks",
    "store",
    "subscript",
    "tuple_of",
    "walrus_names",
]

BINARY_OPERATORS: dict[type, str] = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.Pow: "pow", gast.Mod: "mod",
    gast.FloorDiv: "floordiv", gast.MatMult: "matmul", gast.BitAnd: "and_", gast.BitOr: "or_", gast.BitXor: "xor",
    gast.LShift: "lshift", gast.RShift: "rshift",
}  # fmt: skip
"""The functions of the module ``operator`` that binary operators stand for."""
UNARY_OPERATORS: dict[type, str] = {gast.USub: "neg", gast.UAdd: "pos", gast.Invert: "invert"}

Node = TypeVar("Node", bound=gast.AST)

FUNCTIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda)
_BLOCKS = ("body", "orelse", "finalbody")
_STORE = gast.Store()
COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


def name(identifier: str) -> gast.Name:
    """Return a name that is read."""
    return name_node(identifier)


def store(identifier: str) -> gast.Name:
    """Return a name that is bound."""
    return name_node(identifier, _STORE)


def constant(value: Any) -> gast.Constant:
    """Return a constant."""
    return gast.Constant(value, None)


def call(func: gast.expr | str, *args: gast.expr, **keywords: gast.expr) -> gast.Call:
    """Return a call; ``func`` may be given as a (dotted) name."""
    callee = name(func) if isinstance(func, str) else func
    return gast.Call(callee, list(args), [gast.keyword(key, value) for key, value in keywords.items()])


def attribute(value: gast.expr, attr: str) -> gast.Attribute:
    """Return ``value.attr``."""
    return gast.Attribute(value, attr, gast.Load())


def subscript(value: gast.expr, index: gast.expr) -> gast.Subscript:
    """Return ``value[index]``."""
    return gast.Subscript(value, index, gast.Load())


def tuple_of(elements: Iterable[gast.expr]) -> gast.Tuple:
    """Return a tuple display that is read."""
    return gast.Tuple(list(elements), gast.Load())


def assign(target: gast.expr | str, value: gast.expr) -> gast.Assign:
    """Return ``target = value``."""
    return gast.Assign([store(target) if isinstance(target, str) else target], value, None)


def place(node: Node, at: gast.AST) -> Node:
    """Give ``node`` and whatever below it has no place the place of ``at``; return ``node``."""
    if not hasattr(at, "lineno"):
        return node
    for child in nodes_in(node):
        if isinstance(child, gast.expr | gast.stmt) and not hasattr(child, "lineno"):
            copy_location(child, at)
    return node


def load(target: gast.expr) -> gast.expr:
    """Return a copy of an assignment target as an expression that reads it."""
    if isinstance(target, gast.Name):
        return copy_location(name(target.id), target)
    if isinstance(target, gast.Subscript):
        return copy_location(subscript(clone(target.value), clone(target.slice)), target)
    if isinstance(target, gast.Attribute):
        return copy_location(attribute(clone(target.value), target.attr), target)
    raise TypeError(f"{type(target).__name__} is not a simple assignment target.")


def is_atom(node: gast.AST) -> bool:
    """Tell whether ``node`` is a name or a constant."""
    return isinstance(node, gast.Name | gast.Constant)


def blocks_of(stmt: gast.AST) -> list[list[gast.stmt]]:
    """Return the blocks of a statement, and those of its handlers.

    >>> text = "try: x = 1\\nexcept OSError: pass\\nelse: y = 2"
    >>> [len(block) for block in blocks_of(gast.parse(text).body[0])]
    [1, 1, 1]
    """
    found = [block for part in _BLOCKS if (block := getattr(stmt, part, None))]
    return found + [handler.body for handler in getattr(stmt, "handlers", [])]


def rewrite_blocks(stmt: gast.AST, rewrite: Callable[[list[gast.stmt]], list[gast.stmt]]) -> None:
    """Put what ``rewrite`` makes of each block of a statement, and of its handlers, in the place of the block."""
    for part in _BLOCKS:
        block = getattr(stmt, part, None)
        if block:
            setattr(stmt, part, rewrite(block))
    for handler in getattr(stmt, "handlers", []):
        handler.body = rewrite(handler.body)


def own_nodes(body: gast.AST | Iterable[gast.AST], comprehensions: bool = True) -> Iterator[gast.AST]:
    """Walk over code without entering nested functions and classes (they are yielded themselves).

    Defaults, decorators and annotations of nested functions belong to the surrounding code, but only the
    defaults are walked: the others have no part in what is computed.
    """
    stack = [body] if isinstance(body, gast.AST) else list(body)[::-1]
    while stack:
        node = stack.pop()
        yield node
        kind = type(node)
        if kind in FUNCTIONS:
            stack.extend(d for d in [*node.args.defaults, *node.args.kw_defaults] if d is not None)
        elif kind is gast.ClassDef:
            continue
        elif not comprehensions and kind in COMPREHENSIONS:
            stack.append(node.generators[0].iter)
        elif kind is not gast.Name and kind is not gast.Constant:
            found = children_of(node)
            found.reverse()
            stack += found


def names_read(body: gast.AST | Iterable[gast.AST]) -> set[str]:
    """Return the names that code reads, nested functions left out."""
    read = set()
    for node in own_nodes(body):
        if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load):
            read.add(node.id)
        elif isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            read.add(node.target.id)
    return read


def names_written(body: gast.AST | Iterable[gast.AST]) -> set[str]:
    """Return the names that code binds in any way, nested functions left out."""
    return {found for node in own_nodes(body) for found in bound_by(node)}


def bound_names(body: gast.AST | Iterable[gast.AST]) -> set[str]:
    """Return the names that become local to a function with this body: comprehension targets do not."""
    outside = {found for node in own_nodes(body, comprehensions=False) for found in bound_by(node)}
    return outside | walrus_names(body)


def nonlocal_names(body: gast.AST | Iterable[gast.AST]) -> set[str]:
    """Return the names that code declares as variables of a function around it."""
    return {name for node in own_nodes(body) if isinstance(node, gast.Nonlocal) for name in node.names}


def global_names(body: gast.AST | Iterable[gast.AST]) -> set[str]:
    """Return the names that code declares as variables of its module."""
    return {name for node in own_nodes(body) if isinstance(node, gast.Global) for name in node.names}


def walrus_names(body: gast.AST | Iterable[gast.AST]) -> set[str]:
    """Return the names bound by ``:=``."""
    found = (node.target for node in own_nodes(body) if isinstance(node, gast.NamedExpr))
    return {target.id for target in found if isinstance(target, gast.Name)}


def bound_by(node: gast.AST) -> list[str]:
    """Return the names that this one node binds."""
    kind = type(node)
    if kind is gast.Name:
        return [node.id] if isinstance(node.ctx, _BINDING) else []
    if kind in _DEFINITIONS:
        return [node.name]
    if kind is gast.Import or kind is gast.ImportFrom:
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if kind is gast.MatchAs or kind is gast.MatchStar:
        return [node.name] if node.name else []
    return [node.rest] if kind is gast.MatchMapping and node.rest else []


_BINDING = (gast.Store, gast.Del)
_DEFINITIONS = frozenset([gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef])
