"""The statements of a generator with the body of the loop over it in them: what `srcad.frontend.generators` writes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.flags import BLOCKS, LOOPS, head, jumps_of, with_flags
from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.scope import Scope
from srcad.lang.walking import clone

__all__ = ["Region", "has_yield"]


class Inliner(Protocol):
    """What a region asks of the pass that inlines generators, for the statements that do not yield."""

    scope: Scope
    active: list[Any]

    def error(self, node: gast.AST, reason: str, hint: str) -> UnsupportedError: ...
    def block(self, body: list[gast.stmt]) -> list[gast.stmt]: ...
    def statement(self, stmt: gast.stmt) -> list[gast.stmt]: ...
    def guarding(self, stmt: gast.stmt, part: str) -> AbstractContextManager[None]: ...
    def generator(self, node: gast.AST) -> tuple[Any, gast.Call, list[gast.expr]] | None: ...
    def is_active(self, function: Any) -> bool: ...
    def loop(
        self, node: gast.For, function: Any, call: gast.Call, captured: list[gast.expr], result: str = ""
    ) -> list[gast.stmt]: ...


def has_yield(body: gast.AST | list[gast.stmt]) -> bool:
    """Tell whether code yields, nested functions left out."""
    return any(isinstance(node, gast.Yield | gast.YieldFrom) for node in t.own_nodes(body))


class Region:
    """The statements of a generator with the body of the loop over it in them."""

    def __init__(self, inliner: Inliner, loop: gast.For, body: list[gast.stmt], result: str) -> None:
        self.result = result
        self.inliner, self.loop, self.body = inliner, loop, body
        self.scope = inliner.scope
        self.around = inliner.active[:-1]
        self.leaves = jumps_of(loop.body, gast.Break)
        self.skips = jumps_of(loop.body, gast.Continue)
        self.stopped = self.scope.fresh("stopped") if self.leaves or self.returns() else ""
        self.broken = self.scope.fresh("broken") if self.leaves and loop.orelse else ""

    def returns(self) -> bool:
        return any(isinstance(node, gast.Return) for node in t.own_nodes(self.body))

    def set(self, flag: str, value: bool) -> list[gast.stmt]:
        return [t.assign(flag, t.constant(value))] if flag else []

    def once(self, body: list[gast.stmt]) -> gast.stmt:
        """Return a loop of one trip, which a ``break`` leaves."""
        trips = t.call(refer(self.scope, range, "range"), t.constant(1))
        return gast.For(t.store(self.scope.fresh("once")), trips, body or [gast.Pass()], [], None)

    def statements(self) -> list[gast.stmt]:
        inner = self.block(self.body)
        made = [*self.set(self.stopped, False), *self.set(self.broken, False), self.once(inner)]
        if self.loop.orelse:
            orelse = self.inliner.block(self.loop.orelse)
            made += [gast.If(t.name(self.broken), [gast.Pass()], orelse)] if self.broken else orelse
        return made

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        done: list[gast.stmt] = []
        for stmt in body:
            done += self.statement(stmt)
        return done

    def statement(self, stmt: gast.stmt) -> list[gast.stmt]:
        if isinstance(stmt, gast.Return):
            value = stmt.value if stmt.value is not None else t.constant(None)
            kept = [t.place(t.assign(self.result, value), stmt)] if self.result else []
            return [*kept, *self.set(self.stopped, True), gast.copy_location(gast.Break(), stmt)]
        if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Yield):
            value = stmt.value.value if stmt.value.value is not None else t.constant(None)
            return self.consumed(t.place(value, stmt), stmt)
        if isinstance(stmt, gast.Assign | gast.AugAssign) and isinstance(stmt.value, gast.YieldFrom):
            return self.delegated(stmt)
        if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.YieldFrom):
            item = self.scope.fresh("item")
            step = gast.Expr(gast.Yield(t.name(item)))
            stmt = t.place(gast.For(t.store(item), stmt.value.value, [step], [], None), stmt)
        elif any(isinstance(n, gast.Yield | gast.YieldFrom) for n in t.own_nodes(head(stmt))):
            raise self.inliner.error(
                stmt, "The value that is sent to a generator is used.", "Pass it as an argument."
            )
        touched = has_yield(stmt) or any(isinstance(n, gast.Return) for n in t.own_nodes(stmt))
        if not touched:
            return self.inliner.statement(stmt)
        found = self.inliner.generator(stmt.iter) if isinstance(stmt, gast.For) else None
        if found is not None and not self.inliner.is_active(found[0]):
            stmt.body = self.block(stmt.body)
            return [*self.inliner.loop(stmt, *found), *self.left()]
        for part in BLOCKS:
            inner = getattr(stmt, part, None)
            if inner:
                with self.inliner.guarding(stmt, part):
                    setattr(stmt, part, self.block(inner))
        for handler in getattr(stmt, "handlers", []):
            handler.body = self.block(handler.body)
        return [stmt, *self.left()] if isinstance(stmt, LOOPS) else [stmt]

    def delegated(self, stmt: Any) -> list[gast.stmt]:
        """Return ``y = yield from g()``, where the inner generator returns a value, as a loop over that."""
        item, result = self.scope.fresh("item"), self.scope.fresh("result")
        found = self.inliner.generator(stmt.value.value)
        body = self.block([t.place(gast.Expr(gast.Yield(t.name(item))), stmt)])
        loop = t.place(gast.For(t.store(item), stmt.value.value, body, [], None), stmt)
        if found is None or self.inliner.is_active(found[0]):
            raise self.inliner.error(
                stmt, "The value of 'yield from' is used, and what it runs through is not known to be a generator.",
                "Write it as a loop.",
            )  # fmt: skip
        stmt.value = t.place(t.name(result), stmt)
        missing = t.place(t.assign(result, t.constant(None)), stmt)
        return [missing, *self.inliner.loop(loop, *found, result=result), *self.left(), stmt]

    def left(self) -> list[gast.stmt]:
        """Leave the loop around as well, once the consumer or the generator has stopped."""
        return [gast.If(t.name(self.stopped), [gast.Break()], [])] if self.stopped else []

    def consumed(self, value: gast.expr, at: gast.stmt) -> list[gast.stmt]:
        """Return what a ``yield`` becomes."""
        active, self.inliner.active = self.inliner.active, self.around
        body = self.inliner.block([clone(s) for s in self.loop.body])
        self.inliner.active = active
        bind = gast.copy_location(t.assign(clone(self.loop.target), value), at)
        if not (self.leaves or self.skips):
            return [bind, *body]
        body = with_flags(body, [*self.set(self.stopped, True), *self.set(self.broken, True)])
        return [bind, self.once(body), *(self.left() if self.leaves else [])]
