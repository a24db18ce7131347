"""``with ExitStack() as stack`` becomes the ``with`` and ``try`` statements that it stands for.

Before::

    with ExitStack() as stack:
        y = stack.enter_context(scope(x))
        stack.callback(log.append, y)
        z = y * y

After::

    with scope(x) as y:
        called, given = log.append, y
        try:
            z = y * y
        finally:
            called(given)

What is registered in loops and branches goes into a list, which is run through at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.scope import Scope
from srcad.lang.source import Source
from srcad.lang.walking import NodeTransformer, nodes_in

__all__ = ["without_stack"]


def without_stack(name: str, body: list[gast.stmt], scope: Scope, source: Source) -> list[gast.stmt]:
    """Return the block of a ``with ExitStack() as name`` without the stack."""
    return _Stack(name, scope, source).block(body)


class _Stack:
    def __init__(self, name: str, scope: Scope, source: Source) -> None:
        self.name, self.scope, self.source = name, scope, source

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        done: list[gast.stmt] = []
        for k, stmt in enumerate(body):
            call, rest = self.registered(stmt), body[k + 1 :]
            if call is not None:
                target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
                made = self.entered if call.func.attr == "enter_context" else self.called
                return [*done, *(t.place(s, stmt) for s in made(call, target, rest))]
            if any(self.uses(stmt)):
                return [*done, *(t.place(s, stmt) for s in self.listed(stmt, rest))]
            done.append(stmt)
        return done

    def uses(self, node: gast.AST) -> Iterator[gast.Name]:
        """Yield where the stack stands."""
        return (n for n in nodes_in(node) if isinstance(n, gast.Name) and n.id == self.name)

    def registered(self, stmt: gast.AST) -> gast.Call | None:
        """Return the call of a method of the stack that a statement consists of."""
        call = stmt.value if isinstance(stmt, gast.Expr | gast.Assign) else None
        method = getattr(call, "func", None)
        if not isinstance(method, gast.Attribute) or getattr(method.value, "id", "") != self.name:
            return None
        known = method.attr in ("enter_context", "callback") and len(list(self.uses(stmt))) == 1
        return call if known and call.args and not isinstance(call.args[0], gast.Starred) else None

    def entered(self, call: gast.Call, target: gast.expr | None, rest: list[gast.stmt]) -> list[gast.stmt]:
        return [gast.With([gast.withitem(call.args[0], target)], self.block(rest) or [gast.Pass()], None)]

    def called(self, call: gast.Call, target: gast.expr | None, rest: list[gast.stmt]) -> list[gast.stmt]:
        """Keep the function and its arguments, and call it at the end."""
        made: list[gast.stmt] = []

        def kept(value: gast.expr, hint: str) -> gast.expr:
            if isinstance(value, gast.Starred):
                return gast.Starred(kept(value.value, hint), gast.Load())
            variable = self.scope.fresh(hint)
            made.append(t.assign(variable, value))
            return t.name(variable)

        function, *args = [kept(a, "given" if k else "called") for k, a in enumerate(call.args)]
        keywords = [gast.keyword(k.arg, kept(k.value, "given")) for k in call.keywords]
        made += [t.assign(target, function)] if target is not None else []
        last = gast.Expr(gast.Call(function, args, keywords))
        return [*made, gast.Try(self.block(rest) or [gast.Pass()], [], [], [last])]

    def listed(self, stmt: gast.stmt, rest: list[gast.stmt]) -> list[gast.stmt]:
        """Gather what a compound statement registers, and call it at the end."""
        calls, function, args, keywords = map(self.scope.fresh, ("calls", "called", "given", "named"))
        stmt = _Listing(self, calls).visit(stmt)
        for use in self.uses(stmt):
            raise UnsupportedError(
                "An ExitStack is used for something else than to register a function.",
                "Call stack.callback and stack.enter_context in statements of their own, and the latter outside of "
                "loops and branches.",
                self.source.locate(use),
            )
        spread = [gast.Starred(t.name(args), gast.Load())]
        call = gast.Expr(gast.Call(t.name(function), spread, [gast.keyword(None, t.name(keywords))]))
        parts = gast.Tuple([t.store(function), t.store(args), t.store(keywords)], gast.Store())
        backwards = t.call(refer(self.scope, reversed, "reversed"), t.name(calls))
        last = gast.For(parts, backwards, [call], [], None)
        empty = t.assign(calls, gast.List([], gast.Load()))
        return [empty, gast.Try([stmt, *self.block(rest)], [], [], [last])]


class _Listing(NodeTransformer):
    """Replaces the calls of ``callback`` inside of a compound statement."""

    def __init__(self, stack: _Stack, calls: str) -> None:
        self.stack, self.calls = stack, calls

    def visit_Expr(self, node: gast.Expr) -> gast.stmt:
        call = self.stack.registered(node)
        if call is None or call.func.attr != "callback":
            return node
        pairs = [(k.arg, k.value) for k in call.keywords]
        named = gast.Dict(
            [None if key is None else t.constant(key) for key, _ in pairs], [v for _, v in pairs]
        )
        kept = t.tuple_of([call.args[0], t.tuple_of(call.args[1:]), named])
        return t.place(gast.Expr(t.call(t.attribute(t.name(self.calls), "append"), kept)), node)
