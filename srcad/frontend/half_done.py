"""Functions whose exceptions are caught, and that may have changed something by then, are written out.

Before, where ``step`` changes ``a`` and then raises::

    try:
        y = step(a) * 2
    except ValueError:
        y = 0.0

After, with its statements in the place of the call::

    try:
        ... what step does, with what it returns in result
        y = result * 2
    except ValueError:
        y = 0.0

So it can be told which of its statements were done. Methods are chosen by the class of their object.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gast

from srcad.analysis.class_effects import half_done_methods, may_leave_half_done
from srcad.frontend.consumed import Place, is_always_run, put
from srcad.frontend.statics import refer, runtime_name
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.scope import Scope
from srcad.lang.walking import clone

__all__ = ["HalfDone"]

_DEEPEST = 4
"""How deep functions that may leave something half done are written out: Python's blocks are at most 100 deep."""


class HalfDone:
    """The part of the inliner that looks at calls in ``try`` statements."""

    fn: Function
    scope: Scope
    active: list[Any]
    closures: dict[str, gast.Call | None]
    guards: int

    def is_active(self, function: Any) -> bool:
        raise AssertionError("provided by the inliner")

    def kept_before(self, path: tuple[Place, ...], node: gast.expr, loud: bool) -> list[gast.stmt]:
        raise AssertionError("provided by the inliner")

    def loop(
        self, node: gast.For, function: Any, call: gast.Call, captured: list[gast.expr], result: str = ""
    ) -> list[gast.stmt]:
        raise AssertionError("provided by the inliner")

    @contextmanager
    def guarding(self, stmt: gast.stmt, part: str) -> Iterator[None]:
        """Count the ``try`` statements around whose exceptions are caught."""
        caught = part == "body" and bool(getattr(stmt, "handlers", []))
        self.guards += caught
        yield
        self.guards -= caught

    def half_done(self, node: Any, path: tuple[Place, ...]) -> list[gast.stmt] | None:
        """Write out the function that ``node`` calls, if it may raise when it has changed something, and that is caught.

        What is done of its statements can then be told.
        """
        if not 0 < self.guards + len(self.active) <= _DEEPEST or not isinstance(node, gast.Call):
            return None
        if not self.guards or not is_always_run(path):
            return None
        if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            return None
        if isinstance(node.func, gast.Attribute):
            return self.half_done_method(node, path)
        function, captured = self.scope.statics.get(getattr(node.func, "id", "")), []
        made = self.closures.get(getattr(node.func, "id", ""))
        if made is not None:
            function, captured = self.scope.statics.get(made.args[0].id), list(made.args[1:])
        if self.is_active(function) or not may_leave_half_done(function):
            return None
        before = self.kept_before(path, node, True)
        return [*before, *self.written_out(function, node, captured, self.result_at(path[-1]))]

    def result_at(self, place: Place) -> str:
        """Put a variable for the result of a call in its place."""
        result = self.scope.fresh("result")
        put(place, t.place(t.name(result), place.value()))
        return result

    def written_out(
        self, function: Any, call: gast.Call, captured: list[gast.expr], result: str
    ) -> list[gast.stmt]:
        """Return the statements of a function, with its result in a variable."""
        loop = t.place(gast.For(t.store(self.scope.fresh("item")), call, [gast.Pass()], [], None), call)
        missing = t.place(t.assign(result, t.constant(None)), call)
        return [missing, *self.loop(loop, function, call, captured, result=result)]

    def half_done_method(self, node: gast.Call, path: tuple[Place, ...]) -> list[gast.stmt] | None:
        """Write out the methods that a call may mean, each for instances of its class."""
        title = node.func.attr
        methods = [m for m in half_done_methods(self.fn, title) if not self.is_active(m)]
        if not methods or getattr(node.func.value, "id", "") in self.scope.statics:
            return None
        before = self.kept_before(path, node, True)
        receiver, result = self.scope.fresh("receiver"), self.result_at(path[-1])
        before.append(t.place(t.assign(receiver, node.func.value), node))
        instance: gast.expr = t.name(receiver)
        if isinstance(node.func.value, gast.Call) and len(node.func.value.args) == 2:
            if self.scope.statics.get(getattr(node.func.value.func, "id", "")) is super:
                instance = node.func.value.args[1]
        node.func.value = t.place(t.name(receiver), node)
        choice: list[gast.stmt] = [t.place(t.assign(result, node), node)]
        for method in methods:
            called = refer(self.scope, method, title)
            test = t.call(
                runtime_name(self.scope, "has_method"), t.name(receiver), t.constant(title), t.name(called)
            )
            call = t.place(gast.Call(t.name(called), [clone(instance), *node.args], node.keywords), node)
            body = self.written_out(method, clone(call), [], result)
            choice = [t.place(gast.If(test, body, choice), node)]
        return [*before, *choice]
