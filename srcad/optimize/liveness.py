"""Which variables are still needed after each statement, and which statements nobody needs."""

from __future__ import annotations

from collections.abc import Callable

import gast

from srcad.optimize.effects import Effects, base_name, is_comment

__all__ = ["Liveness"]


class Liveness:
    """Strong liveness: a value that only feeds dead values is dead itself.

    Attributes
    ----------
    after : dict
        From the id of a statement to the variables needed after it.
    dead : set
        The ids of statements without which the function does the same.
    """

    def __init__(self, effects: Effects) -> None:
        self.effects = effects
        self.after: dict[int, frozenset[str]] = {}
        self.dead: set[int] = set()
        self._exits: list[tuple[frozenset[str], frozenset[str]]] = []
        self._kept_by_handlers: list[frozenset[str]] = []
        self._block(effects.function.tree.body, frozenset())

    def _block(self, stmts: list[gast.stmt], out: frozenset[str]) -> frozenset[str]:
        for stmt in reversed(stmts):
            self.after[id(stmt)] = self.after.get(id(stmt), frozenset()) | out
            self.dead.discard(id(stmt))
            out = self._statement(stmt, out)
            if self._kept_by_handlers:
                out |= self._kept_by_handlers[-1]
        return out

    def _statement(self, stmt: gast.stmt, out: frozenset[str]) -> frozenset[str]:
        handler: Callable[..., frozenset[str]] | None = getattr(self, f"_{type(stmt).__name__.lower()}", None)
        if handler is not None:
            return handler(stmt, out)
        return (out - self.effects.writes(stmt)) | self.effects.reads(stmt)

    def _unneeded(self, stmt: gast.stmt, out: frozenset[str]) -> frozenset[str]:
        self.dead.add(id(stmt))
        return out

    def _is_dead_memory(self, name: str | None, out: frozenset[str]) -> bool:
        """Tell whether nobody can look at memory that is changed through ``name``."""
        if name is None or self.effects.is_outside(name):
            return False
        return not self.effects.spoiled([name]) & out

    def _assign(self, stmt: gast.Assign, out: frozenset[str]) -> frozenset[str]:
        effects = self.effects
        written = effects.writes(stmt)
        if effects.is_stack_call(stmt.value, "pop"):
            stack = stmt.value.func.value.id
            if not written & out and stack not in out:
                return self._unneeded(stmt, out)
        elif written and effects.is_pure(stmt.value) and not written & out:
            if not any(isinstance(t, (gast.Subscript, gast.Attribute)) for t in stmt.targets):
                return self._unneeded(stmt, out)
        elif not written and effects.is_pure(stmt) and len(stmt.targets) == 1:
            if self._is_dead_memory(base_name(stmt.targets[0]), out):
                return self._unneeded(stmt, out)
        return (out - written) | effects.reads(stmt)

    def _augassign(self, stmt: gast.AugAssign, out: frozenset[str]) -> frozenset[str]:
        name = base_name(stmt.target)
        if self.effects.is_pure(stmt) and name not in out and self._is_dead_memory(name, out):
            return self._unneeded(stmt, out)
        return out | self.effects.reads(stmt)

    def _expr(self, stmt: gast.Expr, out: frozenset[str]) -> frozenset[str]:
        if is_comment(stmt):
            return out
        if self.effects.is_pure(stmt.value):
            return self._unneeded(stmt, out)
        if self.effects.is_stack_call(stmt.value) and stmt.value.func.value.id not in out:
            return self._unneeded(stmt, out)
        return out | self.effects.reads(stmt)

    def _pass(self, stmt: gast.Pass, out: frozenset[str]) -> frozenset[str]:
        return self._unneeded(stmt, out)

    def _break(self, stmt: gast.Break, out: frozenset[str]) -> frozenset[str]:
        return self._exits[-1][0]

    def _continue(self, stmt: gast.Continue, out: frozenset[str]) -> frozenset[str]:
        return self._exits[-1][1]

    def _is_idle(self, stmts: list[gast.stmt]) -> bool:
        return all(is_comment(stmt) or id(stmt) in self.dead for stmt in stmts)

    def _if(self, stmt: gast.If, out: frozenset[str]) -> frozenset[str]:
        body = self._block(stmt.body, out)
        orelse = self._block(stmt.orelse, out)
        if self._is_idle(stmt.body) and self._is_idle(stmt.orelse) and self.effects.is_pure(stmt.test):
            return self._unneeded(stmt, out)
        return body | orelse | self.effects.reads(stmt.test)

    def _for(self, stmt: gast.For, out: frozenset[str]) -> frozenset[str]:
        written = self.effects.writes(stmt.target)
        head = self._loop(stmt, out, written)
        idle = self._is_idle(stmt.body) and not written & out
        if idle and self.effects.is_pure(stmt.iter):
            return self._unneeded(stmt, out)
        return head | self.effects.reads(stmt.iter)

    def _while(self, stmt: gast.While, out: frozenset[str]) -> frozenset[str]:
        return self._loop(stmt, out, set()) | self.effects.reads(stmt.test)

    def _loop(self, stmt: gast.For | gast.While, out: frozenset[str], written: set[str]) -> frozenset[str]:
        head = out
        if isinstance(stmt, gast.While):
            head |= self.effects.reads(stmt.test)
        while True:
            self._exits.append((out, head))
            before = head | (self._block(stmt.body, head) - written)
            self._exits.pop()
            if before == head:
                return head
            head = before

    def _with(self, stmt: gast.With, out: frozenset[str]) -> frozenset[str]:
        # A manager may swallow an exception, so what is needed later may be needed at every point.
        self._kept_by_handlers.append(out | self._protected())
        inside = self._block(stmt.body, out)
        self._kept_by_handlers.pop()
        bound = self.effects.writes(stmt.items)
        return (inside - bound) | self.effects.reads([item.context_expr for item in stmt.items])

    def _try(self, stmt: gast.Try, out: frozenset[str]) -> frozenset[str]:
        final = self._block(stmt.finalbody, out) if stmt.finalbody else out
        handlers = final
        for handler in stmt.handlers:
            handlers |= self._block(handler.body, final) | (
                self.effects.reads(handler.type) if handler.type is not None else frozenset()
            )
        orelse = self._block(stmt.orelse, final)
        self._kept_by_handlers.append(handlers | self._protected())
        inside = self._block(stmt.body, orelse)
        self._kept_by_handlers.pop()
        return inside | handlers

    def _protected(self) -> frozenset[str]:
        return self._kept_by_handlers[-1] if self._kept_by_handlers else frozenset()
