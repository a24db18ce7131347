"""Methods of a class inside a function that read its variables: each instance carries what they read.

Before::

    def f(x, k):
        class Line:
            def __init__(self, b): self.b = b
            def at(self, t): return k * t + self.b
        return Line(1.0).at(x)

After::

    def f(x, k):
        class Line:
            def __init__(self, b, *, around_k):
                self.around_k = around_k
                self.b = b
            def at(self, t): return self.around_k * t + self.b
        return Line(1.0, around_k=k).at(x)

Python reads the variable when the method runs.  So it must be bound in one place, before the class.

>>> tree = ast.parse("class Line:\\n def at(self, t): return [k * t for _ in t]").body[0]
>>> print(ast.unparse(carrying(tree, ("k",))))
class Line:
<BLANKLINE>
    def __init__(self, *, around_k):
        self.around_k = around_k
<BLANKLINE>
    def at(self, t):
        return [self.around_k * t for _ in t]
"""

from __future__ import annotations

import ast
import copy
import types
from collections.abc import Iterator
from typing import Any

import gast

from srcad.lang import tree as t
from srcad.lang.source import keep_tree
from srcad.lang.walking import NodeTransformer, nodes_in

__all__ = [
    "carrying",
    "keep_trees",
    "pass_captured",
    "why_not_bound_once",
    "why_not_carried",
    "why_not_passed",
]

_DECORATORS = ("property", "cached_property", "setter")


def _attribute(name: str) -> str:
    return f"around_{name}"


# -- the class ---------------------------------------------------------------------------------------


def why_not_carried(node: ast.ClassDef, names: tuple[str, ...]) -> str | None:
    """Return what keeps the instances of a class from carrying what its methods read; None if nothing does."""
    if node.decorator_list:
        return "and has a decorator"
    methods = [stmt for stmt in node.body if isinstance(stmt, ast.FunctionDef)]
    has_maker = any(method.name == "__init__" for method in methods)
    if node.keywords or node.bases and not has_maker:
        return "and is made as another class is"
    for stmt in node.body:
        if stmt not in methods and _reads(stmt, names):
            return "in a statement of its body"
    for method in methods:
        outside = [*method.decorator_list, *method.args.defaults, *(d for d in method.args.kw_defaults if d)]
        if any(_reads(part, names) for part in outside):
            return "in a decorator or a default"
        if not _reads(method, names) and method.name != "__init__":
            continue
        known = all(getattr(d, "id", getattr(d, "attr", "")) in _DECORATORS for d in method.decorator_list)
        if not known or not method.args.args:
            return f"in '{method.name}', which is no method of an instance"
        rebound = {*names, method.args.args[0].arg}
        if any(rebound & _bound_by(inner) for inner in ast.walk(method)) or _binds(method, rebound):
            return f"in '{method.name}', which binds a variable of that name itself"
    return None


def _reads(node: ast.AST, names: tuple[str, ...]) -> bool:
    return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))


def _bound_by(node: ast.AST) -> set[str]:
    """Return the names that a node below a method binds, but for the method's own parameters."""
    if isinstance(node, (ast.Nonlocal, ast.Global)):
        return set(node.names)
    return {node.id} if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) else set()


def _binds(method: ast.FunctionDef, names: set[str]) -> bool:
    """Tell whether a parameter has one of these names, but for the first of the method."""
    arguments = [n.arg for n in ast.walk(method) if isinstance(n, ast.arg)]
    arguments.remove(method.args.args[0].arg)
    return not names.isdisjoint(arguments)


def carrying(node: ast.ClassDef, names: tuple[str, ...]) -> ast.ClassDef:
    """Return a class whose instances carry the values of these names, which its methods read."""
    made = copy.deepcopy(node)
    if not any(isinstance(stmt, ast.FunctionDef) and stmt.name == "__init__" for stmt in made.body):
        made.body.insert(0, _maker(node))
    for method in made.body:
        if isinstance(method, ast.FunctionDef) and method.args.args:
            first = method.args.args[0].arg
            _Reading(first, names, node.name).visit(method)
            if method.name == "__init__":
                method.args.kwonlyargs += [_at(ast.arg(_attribute(name)), method) for name in names]
                method.args.kw_defaults += [None for _ in names]
                stores = [_stored(first, name, method) for name in names]
                start = 1 if ast.get_docstring(method) is not None else 0
                method.body[start:start] = stores
    return made


def _maker(node: ast.ClassDef) -> ast.FunctionDef:
    """Return an ``__init__`` that does nothing, at the place of the class."""
    maker = ast.parse("def __init__(self): pass").body[0]
    assert isinstance(maker, ast.FunctionDef)
    maker.body = []
    for part in ast.walk(maker):
        _at(part, node)
    return maker


def _stored(instance: str, name: str, at: ast.AST) -> ast.stmt:
    target = ast.Attribute(ast.Name(instance, ast.Load()), _attribute(name), ast.Store())
    stmt = ast.Assign([target], ast.Name(_attribute(name), ast.Load()))
    for part in ast.walk(stmt):
        _at(part, at)
    return stmt


def _at(node: Any, place: Any) -> Any:
    """Give a node the place of the first line of a class or function."""
    if isinstance(node, (ast.expr, ast.stmt, ast.arg)):
        node.lineno = node.end_lineno = place.lineno  # type: ignore[union-attr]
        node.col_offset, node.end_col_offset = place.col_offset, place.col_offset + 1  # type: ignore[union-attr]
    return node


class _Reading(ast.NodeTransformer):
    """Reads the variables as attributes, and gives them to the instances that the class makes itself."""

    def __init__(self, instance: str, names: tuple[str, ...], title: str) -> None:
        self.instance, self.names, self.title = instance, names, title

    def carried(self, name: str, at: ast.AST) -> ast.expr:
        whole = ast.Attribute(ast.Name(self.instance, ast.Load()), _attribute(name), ast.Load())
        return ast.copy_location(ast.fix_missing_locations(ast.copy_location(whole, at)), at)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.carried(node.id, node) if node.id in self.names else node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == self.title:
            given = [ast.keyword(_attribute(n), self.carried(n, node)) for n in self.names]
            node.keywords += [ast.copy_location(keyword, node) for keyword in given]
        return node


def keep_trees(definition: ast.ClassDef, code: types.CodeType) -> None:
    """Let the methods of a class that was compiled to a part of ``code`` be read as they stand in its definition."""
    for inner in _codes(code):
        if inner.co_name == definition.name:
            for stmt in definition.body:
                if isinstance(stmt, ast.FunctionDef):
                    first = min([stmt.lineno, *(d.lineno for d in stmt.decorator_list)])
                    for method in _codes(inner):
                        if (method.co_name, method.co_firstlineno) == (stmt.name, first):
                            keep_tree(method, stmt)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield const
            yield from _codes(const)


# -- the function around -----------------------------------------------------------------------------


def why_not_bound_once(body: list[gast.stmt], own: gast.ClassDef, name: str, is_given: bool) -> str | None:
    """Return why a variable is not bound in one place before the class; ``is_given`` if it is a parameter."""
    nodes = [node for stmt in body for node in nodes_in(stmt)]
    if any(isinstance(node, gast.Nonlocal) and name in node.names for node in nodes):
        return "which a nested function changes"
    inside = {id(node) for node in nodes_in(own)}
    bindings = [node for node in nodes if name in t.bound_by(node) or _is_bound(node, name)]
    if len([node for node in bindings if id(node) not in inside]) + is_given != 1:
        return "which is bound in several places"
    plain = is_given or any(
        isinstance(stmt, gast.Assign | gast.AnnAssign | gast.FunctionDef)
        and any(node is bindings[0] for node in t.own_nodes([stmt]))
        for stmt in body
    )
    if not plain or not is_given and bindings[0].lineno > own.lineno:
        return "which is not bound in a statement of its own before"
    return None


def _is_bound(node: gast.AST, name: str) -> bool:
    """Tell whether a node is a name that something is bound to: a variable, a parameter or one of a comprehension."""
    return isinstance(node, gast.Name) and node.id == name and not isinstance(node.ctx, gast.Load)


def why_not_passed(body: list[gast.stmt], own: gast.ClassDef) -> str | None:
    """Return what a function does with a class but for making instances and asking for them."""
    allowed: set[int] = set()
    for stmt in body:
        for node in nodes_in(stmt):
            if isinstance(node, gast.Call):
                asks = getattr(node.func, "id", "") == "isinstance" and len(node.args) == 2
                allowed |= {id(node.func), *([id(node.args[1])] if asks else [])}
    inside = {id(node) for node in nodes_in(own)}
    for stmt in body:
        for node in nodes_in(stmt):
            if isinstance(node, gast.ClassDef) and node is not own:
                if any(getattr(n, "id", None) == own.name for n in nodes_in(node)):
                    return "and another class uses it"
            if getattr(node, "id", None) == own.name and id(node) not in inside | allowed:
                return "and is used as a value"
    for node in nodes_in(own):
        if getattr(node, "id", None) == own.name and id(node) not in allowed:
            return "and is used as a value"
    return None


def pass_captured(body: list[gast.stmt], title: str, names: tuple[str, ...]) -> None:
    """Give the instances that a function makes of a class what they carry."""
    for stmt in body:
        _Passing(title, names).visit(stmt)


class _Passing(NodeTransformer):
    def __init__(self, title: str, names: tuple[str, ...]) -> None:
        self.title, self.names = title, names

    def visit_ClassDef(self, node: gast.ClassDef) -> gast.ClassDef:
        return node

    def visit_Call(self, node: gast.Call) -> gast.Call:
        self.generic_visit(node)
        if isinstance(node.func, gast.Name) and node.func.id == self.title:
            given = [gast.keyword(_attribute(n), t.name(n)) for n in self.names]
            node.keywords += [t.place(keyword, node) for keyword in given]
        return node
