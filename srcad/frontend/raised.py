"""What an exception is made of, where the function that raises it catches it as well.

Before::

    try:
        if x > 1:
            raise ValueError(x * x)
    except ValueError as e:
        y = e.args[0]

After::

    raised = None
    try:
        if x > 1:
            raised = (x * x,)
            raise ValueError(*raised)
    except ValueError as e:
        given = raised if raised is not None else rt.without_numbers(e).args
        y = given[0]

An exception itself has no derivative: it may come from anywhere.
"""

from __future__ import annotations

import gast

from srcad.frontend.statics import runtime_name
from srcad.lang import tree as t
from srcad.lang.scope import Scope
from srcad.lang.walking import NodeTransformer, clone, nodes_in

__all__ = ["keep_raised"]


def keep_raised(node: gast.Try, scope: Scope) -> list[gast.stmt]:
    """Let the handlers of a ``try`` read the arguments of what it raises itself; return what comes before it."""
    keeping = _Keeping(scope)
    reading = [h for h in node.handlers if h.name is not None and _reads_arguments(h)]
    if not reading or any(
        isinstance(n, gast.With | gast.Try) for stmt in node.body for n in t.own_nodes(stmt)
    ):
        return []
    body = [part for stmt in node.body for part in keeping.replaced(stmt)]
    if not keeping.found:
        return []
    node.body = body
    for handler in reading:
        given = scope.fresh("given")
        known = t.call(runtime_name(scope, "without_numbers"), t.name(handler.name.id))
        missing = gast.Compare(t.name(keeping.raised), [gast.IsNot()], [t.constant(None)])
        value = gast.IfExp(missing, t.name(keeping.raised), t.attribute(known, "args"))
        arguments = _Arguments(handler.name.id, given)
        read = [arguments.visit(stmt) for stmt in handler.body]
        handler.body = [t.place(t.assign(given, value), handler), *read]
    return [t.assign(keeping.raised, t.constant(None))]


def _is_arguments(node: gast.AST, name: str) -> bool:
    return isinstance(node, gast.Attribute) and node.attr == "args" and getattr(node.value, "id", "") == name


def _reads_arguments(handler: gast.ExceptHandler) -> bool:
    nodes = [node for stmt in handler.body for node in nodes_in(stmt)]
    return any(_is_arguments(node, handler.name.id) for node in nodes)


class _Arguments(NodeTransformer):
    def __init__(self, name: str, given: str) -> None:
        self.name, self.given = name, given

    def visit_Attribute(self, node: gast.Attribute) -> gast.AST:
        if _is_arguments(node, self.name):
            return t.place(t.name(self.given), node)
        self.generic_visit(node)
        return node


class _Keeping(NodeTransformer):
    """Keeps the arguments of the exceptions that statements raise."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.raised = scope.fresh("raised")
        self.found = False

    def replaced(self, stmt: gast.stmt) -> list[gast.stmt]:
        made = self.visit(stmt)
        return made if isinstance(made, list) else [made]

    def visit_Raise(self, node: gast.Raise) -> list[gast.stmt]:
        call = node.exc
        cls = self.scope.statics.get(getattr(getattr(call, "func", None), "id", ""))
        plain = isinstance(cls, type) and issubclass(cls, Exception) and not hasattr(cls.__init__, "__code__")
        if not plain or call.keywords or any(isinstance(a, gast.Starred) for a in call.args):
            return [node]
        self.found = True
        kept = t.assign(self.raised, t.tuple_of(call.args))
        parts = [t.subscript(t.name(self.raised), t.constant(k)) for k in range(len(call.args))]
        again = gast.Raise(gast.Call(clone(call.func), parts, []), node.cause)
        return [t.place(kept, node), t.place(again, node)]
