"""Loops over instances of the user's classes run through the items that their class makes, one by one.

A class whose ``__iter__`` is a generator is run over by calling that; one whose ``__iter__`` returns ``self`` by what
``__next__`` does, so that a loop may end where it likes.  Both are generators, which ``inline_generators`` writes out.

Before, where ``steps`` holds a ``Descent``::

    steps = Descent(x)
    for y in steps:
        if y < 0.1: break

After::

    steps = Descent(x)
    for y in items(steps):
        if y < 0.1: break

with, where ``__next__`` raises ``StopIteration`` and returns an item::

    def items(self):
        while True:
            if self.count > 10: return   # raise StopIteration
            self.x = 0.9 * self.x
            yield self.x                 # return self.x

An item that is returned from inside a loop is returned by a nested function, which returns ``end_of_items`` after the
last one.
"""

from __future__ import annotations

import inspect
import types
from typing import Any

import gast

from srcad import runtime as rt
from srcad.analysis.class_effects import is_users, statements_of
from srcad.errors import SrcadError
from srcad.frontend.flags import BLOCKS
from srcad.frontend.statics import refer, runtime_name
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested
from srcad.lang.source import Source, look_at, read
from srcad.lang.walking import NodeTransformer, clone, nodes_in

__all__ = ["run_over_instances"]

_END = "end_of_items"


def run_over_instances(fn: Function) -> Function:
    """Return ``fn`` with its loops over instances whose classes are known."""
    body = fn.tree.body
    if not any(isinstance(node, gast.For) for node in t.own_nodes(body)):
        return fn
    walks = _Walks(fn)
    if not walks.classes and not any(walks.class_made(node) for node in t.own_nodes(body)):
        return fn
    done = walks.block(body)
    return fn.with_body([*walks.made, *done])


class _Walks:
    def __init__(self, fn: Function) -> None:
        self.fn, self.scope = fn, fn.scope
        self.classes = self.instances(fn.tree.body)
        self.made: list[gast.stmt] = []
        self.generators: dict[type, str | None] = {}

    def class_made(self, value: gast.AST) -> type | None:
        """Return the class of the user's that an expression makes an instance of, if that says how to run over it."""
        if not isinstance(value, gast.Call) or not isinstance(value.func, gast.Name):
            return None
        cls = self.scope.statics.get(value.func.id)
        return cls if _is_iterable(cls) else None

    def instances(self, body: list[gast.stmt]) -> dict[str, type]:
        """Return the variables that can hold instances of one class only."""
        found: dict[str, set[type | None]] = {}
        single: set[int] = set()
        for node in t.own_nodes(body):
            if isinstance(node, gast.Assign):
                for target, value in _bound_by(node):
                    single.add(id(target))
                    found.setdefault(target.id, set()).add(self.class_made(value))
            elif (
                isinstance(node, gast.Name) and not isinstance(node.ctx, gast.Load) and id(node) not in single
            ):
                found.setdefault(node.id, set()).add(None)
        given = {n.id for n in nodes_in(self.fn.tree.args) if isinstance(n, gast.Name)} | set(
            self.fn.captured
        )
        return {
            name: cls
            for name, classes in found.items()
            if name not in given and len(classes) == 1 and (cls := next(iter(classes))) is not None
        }

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        for stmt in body:
            for part in BLOCKS:
                setattr(stmt, part, self.block(inner)) if (inner := getattr(stmt, part, None)) else None
            for handler in getattr(stmt, "handlers", []):
                handler.body = self.block(handler.body)
            if isinstance(stmt, gast.For):
                self.loop(stmt)
        return body

    def loop(self, node: gast.For) -> None:
        """Let a loop run through what the class of an instance makes."""
        source = node.iter
        function = self.scope.statics.get(getattr(getattr(source, "func", None), "id", ""))
        if function is enumerate and source.args and not source.keywords:
            source.args[0] = self.items(source.args[0]) or source.args[0]
        elif function is zip and not source.keywords and not node.orelse:
            self.zipped(node, source)
        else:
            node.iter = self.items(source) or source

    def zipped(self, node: gast.For, source: gast.Call) -> None:
        """Run through one instance beside other things, the items of which are there already."""
        found = [k for k, argument in enumerate(source.args) if self.class_of(argument) is not None]
        continues = any(isinstance(inner, gast.Continue) for inner in t.own_nodes(node.body))
        if len(found) == 1 and not (found[0] and continues):
            source.args[found[0]] = self.items(source.args[found[0]]) or source.args[found[0]]

    def class_of(self, source: gast.expr) -> type | None:
        return self.classes.get(source.id) if isinstance(source, gast.Name) else self.class_made(source)

    def items(self, source: gast.expr) -> gast.expr | None:
        """Return the call of the generator of an instance's items; None for anything else."""
        cls = self.class_of(source)
        if cls is None:
            return None
        given = _class_of_iterator(cls)
        if given is not None:
            made = refer(self.scope, cls.__iter__, f"{cls.__name__}_iterator")  # type: ignore[attr-defined]
            source, cls = t.place(t.call(made, source), source), given
        if cls not in self.generators:
            self.generators[cls] = self.generator(cls)
        name = self.generators[cls]
        return None if name is None else gast.copy_location(t.call(name, source), source)

    def generator(self, cls: type) -> str | None:
        """Return the name of the generator of the items of an instance, if there is one."""
        made: Any = cls.__iter__  # type: ignore[attr-defined]
        if inspect.isgeneratorfunction(made):
            return None if hasattr(made, "__wrapped__") else refer(self.scope, made, f"{cls.__name__}_items")
        following = getattr(cls, "__next__", None)
        if not isinstance(following, types.FunctionType) or not _returns_itself(made):
            return None
        tree = _tree_of(following)
        if not isinstance(tree, gast.FunctionDef) or not _ends_by_itself(cls, tree):
            return None
        source = read(following)
        own: Any = source.tree
        before = (
            []
            if _body_of(made)[:-1] == []
            else [gast.Expr(t.call(t.attribute(t.name(_own(own)), "__iter__")))]
        )
        body = [*before, gast.While(t.constant(True), _steps(own), [])]
        definition = gast.FunctionDef(f"{cls.__name__}_items", own.args, body, [], None, None, [])
        return self.defined(t.place(definition, own), source)

    def defined(self, definition: gast.FunctionDef, source: Source) -> str:
        """Bind a nested function, in front of all statements, and return its name."""
        key = self.scope.fresh(f"{self.fn.tree.name}_{definition.name}".replace("__", "_"))
        self.scope.taken.discard(key)
        self.scope.statics[key] = Nested(definition, source, key, (), {_END: rt.End}, {})
        name = self.scope.fresh(definition.name)
        closure = t.call(runtime_name(self.scope, "closure"), t.name(key))
        self.made.append(t.place(t.assign(name, closure), self.fn.tree.body[0]))
        return name


def _bound_by(node: gast.Assign) -> list[tuple[gast.Name, gast.expr]]:
    """Return the variables that an assignment binds to an expression of their own, with these.

    >>> [(a.id, b.value) for a, b in _bound_by(gast.parse("a, b = 1, 2").body[0])]
    [('a', 1), ('b', 2)]
    """
    target, value = node.targets[0], node.value
    pairs = [(target, value)]
    if (
        isinstance(target, gast.Tuple)
        and isinstance(value, gast.Tuple)
        and len(target.elts) == len(value.elts)
    ):
        starred = any(isinstance(part, gast.Starred) for part in (*target.elts, *value.elts))
        pairs = [] if starred else list(zip(target.elts, value.elts))
    return (
        [(name, part) for name, part in pairs if isinstance(name, gast.Name)]
        if len(node.targets) == 1
        else []
    )


def _own(tree: gast.FunctionDef) -> str:
    """Return what a method calls its instance."""
    return str([*tree.args.posonlyargs, *tree.args.args][0].id)


def _steps(tree: gast.FunctionDef) -> list[gast.stmt]:
    """Return the statements of ``__next__`` for a generator, which yields what they return."""
    if not _returns_in_loops(tree.body):
        given = _Giving(True)
        body = [given.visit(stmt) for stmt in tree.body]
        made = [stmt for part in body for stmt in (part if isinstance(part, list) else [part])]
        if isinstance(made[-1], gast.Continue):
            return made[:-1]
        return (
            made
            if isinstance(tree.body[-1], gast.Raise)
            else [*made, gast.Expr(gast.Yield(t.constant(None)))]
        )
    following = clone(tree)
    following.name, following.returns = "following", None
    following.body = [_Giving(False).visit(stmt) for stmt in following.body]
    over = gast.Compare(t.name("item"), [gast.Is()], [t.name(_END)])
    asked = t.assign("item", t.call("following", t.name(_own(tree))))
    return [following, asked, gast.If(over, [gast.Return(None)], []), gast.Expr(gast.Yield(t.name("item")))]


def _returns_in_loops(body: list[gast.stmt]) -> bool:
    loops = [stmt for stmt in t.own_nodes(body) if isinstance(stmt, gast.For | gast.While)]
    return any(isinstance(node, gast.Return) for loop in loops for node in t.own_nodes([loop]))


class _Giving(NodeTransformer):
    """Ends a generator, or returns the end, in the place of raising it; a generator yields what was returned."""

    def __init__(self, is_generator: bool) -> None:
        self.is_generator = is_generator

    def visit_Raise(self, node: gast.Raise) -> gast.stmt:
        if not _is_end(node):
            return node
        return t.place(gast.Return(None if self.is_generator else t.name(_END)), node)

    def visit_Return(self, node: gast.Return) -> Any:
        if not self.is_generator:
            return node
        value = t.constant(None) if node.value is None else node.value
        given = gast.Expr(gast.Yield(value))
        return [t.place(given, node), t.place(gast.Continue(), node)]


def _class_of_iterator(cls: type) -> type | None:
    """Return the class of the iterator that ``__iter__`` makes of an instance and returns, if it does nothing else."""
    made: Any = cls.__iter__  # type: ignore[attr-defined]
    body = _body_of(made)
    if len(body) != 1 or not isinstance(body[0], gast.Return) or hasattr(made, "__wrapped__"):
        return None
    value = body[0].value
    name = getattr(value.func, "id", "") if isinstance(value, gast.Call) else ""
    found = made.__globals__.get(name) if name not in made.__code__.co_freevars else None
    is_iterator = isinstance(getattr(found, "__next__", None), types.FunctionType)
    return found if is_iterator and _is_iterable(found) else None


def _is_iterable(cls: Any) -> bool:
    """Tell whether a class is one of the user's, which says how its instances are run over and made."""
    if not isinstance(cls, type) or not is_users(cls) or type(cls) is not type:
        return False
    own = cls.__new__ is object.__new__ and not hasattr(cls, "__array__")
    return own and isinstance(getattr(cls, "__iter__", None), types.FunctionType)


def _body_of(function: Any) -> list[Any]:
    """Return the statements of a function that has a source, without its docstring."""
    tree = _tree_of(function)
    return [] if tree is None else [stmt for stmt in statements_of(tree) if not _is_text(stmt)]


def _returns_itself(made: Any) -> bool:
    """Tell whether a method returns its instance, at its end and nowhere else."""
    body = _body_of(made)
    returns = [node for node in t.own_nodes(body) if isinstance(node, gast.Return)]
    if len(returns) != 1 or returns[0] is not body[-1] or hasattr(made, "__wrapped__"):
        return False
    tree: Any = _tree_of(made)
    return getattr(body[-1].value, "id", None) == _own(tree) and len(tree.args.args) == 1


def _tree_of(function: Any) -> gast.AST | None:
    """Return the tree of a function that has a source, not to be changed."""
    try:
        return look_at(function).tree
    except SrcadError:
        return None


def _is_text(stmt: gast.stmt) -> bool:
    return isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Constant)


def _is_end(node: gast.AST) -> bool:
    """Tell whether a statement raises ``StopIteration``."""
    if not isinstance(node, gast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, gast.Call) else node.exc
    return isinstance(raised, gast.Name) and raised.id == "StopIteration"


def _ends_by_itself(cls: type, tree: gast.FunctionDef) -> bool:
    """Tell whether ``StopIteration`` can only come from statements of ``__next__`` that nothing catches."""
    if tree.decorator_list or any(isinstance(node, gast.Yield | gast.YieldFrom) for node in nodes_in(tree)):
        return False
    for node in nodes_in(tree):
        if isinstance(node, gast.Try) or isinstance(node, gast.Name) and node.id in ("super", "__class__"):
            return False
        if isinstance(node, gast.Call) and getattr(node.func, "id", "") == "next" and len(node.args) == 1:
            return False
        if isinstance(node, t.FUNCTIONS) and node is not tree:
            return False
    others = (
        f
        for title in dir(cls)
        if title != "__next__" and isinstance(f := getattr(cls, title), types.FunctionType)
    )
    trees = (_tree_of(function) for function in others)
    return not any(_is_end(node) for other in trees if other is not None for node in nodes_in(other))
