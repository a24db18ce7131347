"""Go through trees: what `gast.walk` and the visitors do, without looking into fields that hold no expressions.

The fields of a class that may hold nodes are found once. Contexts and operators are left out: they have no parts and no
place, and are shared by copies.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, TypeVar

import gast

__all__ = [
    "NodeTransformer", "NodeVisitor", "children_of", "clone", "copy_location", "fill_places", "name_node", "nodes_in",
    "shallow_copy",
]  # fmt: skip

_Node = TypeVar("_Node", bound=gast.AST)
_PLAIN_FIELDS = frozenset(
    ["arg", "asname", "attr", "ctx", "id", "is_async", "kind", "level", "module", "op", "ops",
     "rest", "simple", "type_comment"]
)  # fmt: skip


class _Fields(dict[type, tuple[str, ...]]):
    """For each class of nodes, the fields that may hold nodes."""

    def __missing__(self, kind: type) -> tuple[str, ...]:
        fields: tuple[str, ...] = getattr(kind, "_fields", ())
        if issubclass(kind, gast.Constant | gast.Global | gast.Nonlocal | gast.MatchSingleton):
            fields = ()
        found = self[kind] = tuple(f for f in fields if f not in _PLAIN_FIELDS)
        return found


_fields = _Fields()
_AST: type = gast.AST
_LOAD = gast.Load()


def _in_fields(fields: tuple[str, ...], node: gast.AST) -> list[gast.AST]:
    """Return the nodes that are in some fields of a node."""
    found: list[gast.AST] = []
    held = node.__dict__
    for field in fields:
        value = held.get(field)
        if value is None:
            continue
        if type(value) is list:
            if value:
                found += [item for item in value if isinstance(item, _AST)]
        elif isinstance(value, _AST):
            found.append(value)
    return found


class _Below(dict[type, "Callable[[Any], Sequence[gast.AST]] | None"]):
    """For each class of nodes, what returns the nodes directly below one of it; None if there are none."""

    def __missing__(self, kind: type) -> Callable[[Any], Sequence[gast.AST]] | None:
        fields = _fields[kind]
        found = self[kind] = functools.partial(_in_fields, fields) if fields else None
        return found


# Those that trees have most of, whose fields are always there.
_below = _Below({
    gast.Assign: lambda node: (*node.targets, node.value),
    gast.Attribute: lambda node: (node.value,),
    gast.AugAssign: lambda node: (node.target, node.value),
    gast.BinOp: lambda node: (node.left, node.right),
    gast.Call: lambda node: (node.func, *node.args, *node.keywords),
    gast.Compare: lambda node: (node.left, *node.comparators),
    gast.Expr: lambda node: (node.value,),
    gast.For: lambda node: (node.target, node.iter, *node.body, *node.orelse),
    gast.If: lambda node: (node.test, *node.body, *node.orelse),
    gast.List: lambda node: node.elts,
    gast.Return: lambda node: () if node.value is None else (node.value,),
    gast.Starred: lambda node: (node.value,),
    gast.Subscript: lambda node: (node.value, node.slice),
    gast.Tuple: lambda node: node.elts,
    gast.UnaryOp: lambda node: (node.operand,),
    gast.While: lambda node: (node.test, *node.body, *node.orelse),
    gast.keyword: lambda node: (node.value,),
})  # fmt: skip


def children_of(node: gast.AST) -> list[gast.AST]:
    """Return the nodes directly below a node, in the order of the text."""
    below = _below[type(node)]
    return [] if below is None else [*below(node)]


def nodes_in(tree: gast.AST) -> Iterator[gast.AST]:
    """Go through a tree breadth first, its root included.

    Examples
    --------
    >>> [type(node).__name__ for node in nodes_in(gast.parse("y = f(x) + 1"))]
    ['Module', 'Assign', 'Name', 'BinOp', 'Call', 'Constant', 'Name', 'Name']
    """
    found = [tree]
    table, name = _below, gast.Name
    for node in found:
        kind = type(node)
        if kind is name:
            annotation = node.__dict__.get("annotation")
            if annotation is not None:
                found.append(annotation)
        else:
            below = table[kind]
            if below is not None:
                found += below(node)
        yield node


def fill_places(tree: _Node) -> _Node:
    """Give each statement and expression that has no place that of the node above it, as gast does."""
    waiting: list[tuple[gast.AST, tuple[Any, ...]]] = [(tree, (1, 0, 1, 0))]
    while waiting:
        node, above = waiting.pop()
        if "lineno" in node._attributes:
            held = node.__dict__
            above = tuple([held.setdefault(part, value) for part, value in zip(_PLACE, above)])
        waiting += [(child, above) for child in children_of(node)]
    return tree


_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def copy_location(new: _Node, old: gast.AST) -> _Node:
    """Give a node the place of another, as `gast.copy_location` does, and return it."""
    if "lineno" in new._attributes:
        own, held = new.__dict__, old.__dict__
        for part in _PLACE:
            if part in held:
                own[part] = held[part]
    return new


class _Methods(dict[type, Any]):
    """For each class of nodes, the method of a class of visitors that visits it; None if there is none."""

    def __init__(self, visitor: type) -> None:
        super().__init__()
        self.visitor = visitor

    def __missing__(self, kind: type) -> Any:
        found = self[kind] = getattr(self.visitor, "visit_" + kind.__name__, None)
        return found


class NodeVisitor:
    """Visit the nodes of a tree by methods named after their classes, as `gast.NodeVisitor` does."""

    _methods: ClassVar[_Methods]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._methods = _Methods(cls)

    def visit(self, node: gast.AST) -> Any:
        """Visit a node."""
        visitor = self._methods[type(node)]
        return self.generic_visit(node) if visitor is None else visitor(self, node)

    def generic_visit(self, node: gast.AST) -> Any:
        """Visit what is below a node that has no method of its own."""
        for child in children_of(node):
            self.visit(child)


class NodeTransformer(NodeVisitor):
    """Replace the nodes of a tree by what their methods return, as `gast.NodeTransformer` does."""

    def generic_visit(self, node: gast.AST) -> Any:
        """Replace what is below a node that has no method of its own."""
        held = node.__dict__
        for field in _fields[type(node)]:
            value = held.get(field)
            if value is None:
                continue
            if type(value) is list:
                value[:] = self._replaced(value)
            elif isinstance(value, _AST):
                new = self.visit(value)
                if new is None:
                    delattr(node, field)
                elif new is not value:
                    setattr(node, field, new)
        return node

    def _replaced(self, nodes: list[Any]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            new = self.visit(node) if isinstance(node, _AST) else node
            if new is None and node is not None:
                continue
            if isinstance(new, list):
                found += new
            else:
                found.append(new)
        return found


def name_node(identifier: str, ctx: gast.AST = _LOAD) -> gast.Name:
    """Return a name, which is what trees have most of: made here in a third of the time that its class takes."""
    made: gast.Name = gast.Name.__new__(gast.Name)
    made.id = identifier
    made.ctx = ctx
    made.annotation = made.type_comment = None
    return made


def shallow_copy(node: _Node) -> _Node:
    """Return another node with the same parts and place, as `copy.copy` does in several times the time."""
    kind: Any = type(node)
    new: _Node = kind.__new__(kind)
    new.__dict__.update(node.__dict__)
    return new


def clone(node: _Node) -> _Node:
    """Return a deep copy of a tree, with its places; values of constants, contexts and operators are shared."""
    kind: Any = type(node)
    new: _Node = kind.__new__(kind)
    state = vars(new)
    state.update(vars(node))
    for field in _fields[kind]:
        value = state.get(field)
        if value is None:
            continue
        if type(value) is list:
            state[field] = [clone(item) if isinstance(item, _AST) else item for item in value]
        elif isinstance(value, _AST):
            state[field] = clone(value)
    return new
