"""Small builders of statements in the normal form, and the names that a statement reads and writes."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import gast

from srcad.frontend.statics import refer
from srcad.lang.scope import Scope
from srcad.lang.walking import children_of, name_node

__all__ = [
    "Flattener",
    "assign",
    "builtin",
    "call",
    "constant",
    "name",
    "parsed",
    "read_names",
    "written_names",
]

_STORE = gast.Store()


def name(identifier: str) -> gast.Name:
    """Return a name to be read."""
    return name_node(identifier)


def constant(value: Any) -> gast.Constant:
    """Return a constant."""
    return gast.Constant(value, None)


def builtin(scope: Scope, function: Any) -> str:
    """Return the name of a builtin in generated code: another one where the program has a variable of that name."""
    return refer(scope, function, function.__name__)


def assign(target: str, value: gast.AST) -> gast.Assign:
    """Return ``target = value``."""
    return gast.Assign([name_node(target, _STORE)], value, None)


def unpack(targets: Sequence[str], value: gast.AST) -> gast.Assign:
    """Return ``a, b = value``."""
    names = [gast.Name(target, gast.Store(), None, None) for target in targets]
    return gast.Assign([gast.Tuple(names, gast.Store())], value, None)


def call(function: str | gast.AST, *arguments: gast.AST) -> gast.Call:
    """Return a call with positional arguments."""
    return gast.Call(name(function) if isinstance(function, str) else function, list(arguments), [])


def method(receiver: str, attribute: str, *arguments: gast.AST) -> gast.Call:
    """Return ``receiver.attribute(arguments)``."""
    return call(gast.Attribute(name(receiver), attribute, gast.Load()), *arguments)


@cache
def parsed(function: Any) -> gast.FunctionDef:
    """Return the tree of a plain function."""
    return gast.parse(textwrap.dedent(inspect.getsource(function))).body[0]


def read_names(node: gast.AST | None) -> list[str]:
    """Return the names that an expression or a simple statement reads, bases of stores included."""
    found: list[str] = []
    waiting = [] if node is None else [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, gast.Name):
            if isinstance(part.ctx, gast.Load):
                found.append(part.id)
        else:
            waiting += reversed(children_of(part))
    if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
        found.append(node.target.id)
    return found


def written_names(node: gast.AST) -> list[str]:
    """Return the names that a simple statement rebinds or whose value it changes in place."""
    targets: Iterable[gast.AST] = []
    if isinstance(node, gast.Assign):
        targets = node.targets
    elif isinstance(node, (gast.AugAssign, gast.For)):
        targets = [node.target]
    elif isinstance(node, gast.Delete):
        targets = node.targets
    found = []
    for target in targets:
        for element in target.elts if isinstance(target, gast.Tuple) else [target]:
            while isinstance(element, (gast.Subscript, gast.Attribute)):
                element = element.value
            found.append(element.id)
    value = getattr(node, "value", None)
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute):
        if value.func.attr in ("append", "pop") and isinstance(value.func.value, gast.Name):
            found.append(value.func.value.id)
    return found


class Flattener:
    """Bring expressions to A-normal form, collecting the statements.

    Only for expressions without short circuits, such as those in rules.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.statements: list[gast.stmt] = []

    def atom(self, node: gast.AST) -> gast.AST:
        """Return a name or a constant with the value of ``node``."""
        if isinstance(node, (gast.Name, gast.Constant)):
            return node
        if (
            isinstance(node, gast.UnaryOp)
            and isinstance(node.op, gast.USub)
            and isinstance(node.operand, gast.Constant)
            and node.operand.value is not None
        ):
            return constant(-node.operand.value)
        target = self.scope.fresh("t")
        self.statements.append(assign(target, self.operation(node)))
        return name(target)

    def operation(self, node: gast.AST) -> gast.AST:
        """Return ``node`` with atoms for operands."""
        if isinstance(node, gast.BinOp):
            return gast.BinOp(self.atom(node.left), node.op, self.atom(node.right))
        if isinstance(node, gast.UnaryOp):
            return gast.UnaryOp(node.op, self.atom(node.operand))
        if isinstance(node, gast.Compare):
            return gast.Compare(self.atom(node.left), node.ops, [self.atom(c) for c in node.comparators])
        if isinstance(node, gast.Attribute):
            return gast.Attribute(self.atom(node.value), node.attr, gast.Load())
        if isinstance(node, gast.Subscript):
            return gast.Subscript(self.atom(node.value), self.index(node.slice), gast.Load())
        if isinstance(node, (gast.Tuple, gast.List)):
            return type(node)([self.starred(e) for e in node.elts], gast.Load())
        if isinstance(node, gast.Call):
            func = node.func
            if isinstance(func, gast.Attribute):
                func = gast.Attribute(self.atom(func.value), func.attr, gast.Load())
            keywords = [gast.keyword(k.arg, self.atom(k.value)) for k in node.keywords]
            return gast.Call(func, [self.starred(a) for a in node.args], keywords)
        return node

    def starred(self, node: gast.AST) -> gast.AST:
        """Flatten an element that may be starred."""
        if isinstance(node, gast.Starred):
            return gast.Starred(self.atom(node.value), gast.Load())
        return self.atom(node)

    def index_value(self, index: gast.AST) -> gast.AST:
        """Return an atom for an index: slices become ``slice`` objects."""
        if isinstance(index, gast.Slice):
            parts = [constant(None) if p is None else p for p in (index.lower, index.upper, index.step)]
            return self.atom(call(builtin(self.scope, slice), *parts))
        if isinstance(index, gast.Tuple):
            return self.atom(gast.Tuple([self.index_value(e) for e in index.elts], gast.Load()))
        return index

    def index(self, node: gast.AST) -> gast.AST:
        """Flatten an index, whose slices and tuples stay in place."""
        if isinstance(node, gast.Slice):
            return gast.Slice(
                *(self.atom(p) if p is not None else None for p in (node.lower, node.upper, node.step))
            )
        if isinstance(node, gast.Tuple):
            return gast.Tuple([self.index(e) for e in node.elts], gast.Load())
        return self.atom(node)
