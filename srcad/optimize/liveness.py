"""Which variables are still needed after each statement, and which statements nobody needs."""

from __future__ import annotations

from collections.abc import Callable

import gast

from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Remark, Statement
from srcad.optimize.terms import base_name

__all__ = ["Liveness"]

_NOTHING: frozenset[str] = frozenset()


class Liveness:
    """Strong liveness: a value that only feeds dead values is dead itself.

    Attributes
    ----------
    after : dict
        From a statement to the variables needed after it.
    dead : set
        The statements without which the function does the same.
    """

    def __init__(self, program: Program) -> None:
        self.memory = program.fact(Memory)
        self.after: dict[Statement, frozenset[str]] = {}
        self.dead: set[Statement] = set()
        self._exits: list[tuple[frozenset[str], frozenset[str]]] = []
        self._kept_by_handlers: list[frozenset[str]] = []
        self._managers = 0
        self._heads: dict[Statement, tuple[frozenset[str], frozenset[str]]] = {}
        self._by_kind: dict[object, Callable[[Statement, frozenset[str]], frozenset[str]]] = {
            gast.Assign: self._assign,
            gast.AugAssign: self._update,
            gast.Expr: self._expression,
            Remark: lambda stmt, out: out,
            gast.Pass: self._unneeded,
            gast.Delete: self._delete,
            gast.Return: lambda stmt, out: stmt.reads,
            gast.Raise: lambda stmt, out: stmt.reads | self._protected(),
            gast.Assert: lambda stmt, out: out | stmt.reads,
            gast.Break: lambda stmt, out: self._exits[-1][0],
            gast.Continue: lambda stmt, out: self._exits[-1][1],
            gast.If: self._branch,
            gast.For: self._for,
            gast.While: self._while,
            gast.With: self._with,
            gast.Try: self._try,
        }
        self._block(program.body, _NOTHING)
        self._by_kind = {}  # which leads back here, so that the collector would have to find what nobody needs any more

    def _block(self, stmts: list[Statement], out: frozenset[str]) -> frozenset[str]:
        after, dead, by_kind = self.after, self.dead, self._by_kind
        for stmt in reversed(stmts):
            known = after.get(stmt)
            after[stmt] = out if known is None or known <= out else known | out
            dead.discard(stmt)
            transfer = by_kind.get(stmt.kind) if stmt.blocks or stmt.kind not in _COMPOUND else None
            out = transfer(stmt, out) if transfer is not None else out | stmt.reads
            if self._kept_by_handlers:
                out |= self._kept_by_handlers[-1]
        return out

    def _unneeded(self, stmt: Statement, out: frozenset[str]) -> frozenset[str]:
        self.dead.add(stmt)
        return out

    def _is_dead_memory(self, name: str | None, out: frozenset[str]) -> bool:
        """Tell whether nobody can look at memory that is changed through a variable."""
        if name is None or self.memory.is_outside(name):
            return False
        return self.memory.sharing(name).isdisjoint(out)

    def _assign(self, stmt: Statement, out: frozenset[str]) -> frozenset[str]:
        written = stmt.writes
        if stmt.stack is not None:
            needed = stmt.stack[1] in out or stmt.changes != {stmt.stack[1]}
            if not needed and written.isdisjoint(out):
                return self._unneeded(stmt, out)
        elif stmt.is_pure and written.isdisjoint(out) and not self._may_raise(stmt):
            if not stmt.changes:
                return self._unneeded(stmt, out)
            dead = all(self._is_dead_memory(base_name(t), out) for t in stmt.targets)
            if not written and dead and not self._managers:
                return self._unneeded(stmt, out)
        return (out - written) | stmt.reads

    def _may_raise(self, stmt: Statement) -> bool:
        value = stmt.value
        plain = value is None or value.kind in (gast.Name, gast.Constant)
        return not plain and stmt.target in self.memory.program.context.raising

    def _update(self, stmt: Statement, out: frozenset[str]) -> frozenset[str]:
        name = base_name(stmt.targets[0])
        if stmt.is_pure and name not in out and self._is_dead_memory(name, out) and not self._managers:
            return self._unneeded(stmt, out)
        return out | stmt.reads

    def _expression(self, stmt: Statement, out: frozenset[str]) -> frozenset[str]:
        if stmt.stack is not None:
            unneeded = stmt.is_pure or stmt.stack[1] not in out
        else:  # a call whose result nobody takes is there for the exception that it may raise
            unneeded = stmt.is_pure and stmt.value is not None and stmt.value.kind is not gast.Call
        if unneeded:
            return self._unneeded(stmt, out)
        return out | stmt.reads

    def _delete(self, stmt: Statement, out: frozenset[str]) -> frozenset[str]:
        return (out - stmt.writes) | stmt.reads | stmt.writes

    def _is_idle(self, stmts: list[Statement]) -> bool:
        return all(stmt.kind is Remark or stmt in self.dead for stmt in stmts)

    def _branch(self, stmt: Statement, out: frozenset[str]) -> frozenset[str]:
        body, orelse = (self._block(block, out) for block in stmt.blocks)
        if stmt.is_pure and all(self._is_idle(block) for block in stmt.blocks):
            return self._unneeded(stmt, out)
        return body | orelse | stmt.reads

    def _for(self, stmt: Statement, out: frozenset[str]) -> frozenset[str]:
        head = self._loop(stmt, out, stmt.writes)
        if stmt.is_pure and stmt.writes.isdisjoint(out) and self._is_idle(stmt.blocks[0]):
            return self._unneeded(stmt, out)
        return head | stmt.reads

    def _while(self, stmt: Statement, out: frozenset[str]) -> frozenset[str]:
        return self._loop(stmt, out | stmt.reads, _NOTHING, out) | stmt.reads

    def _loop(
        self,
        stmt: Statement,
        head: frozenset[str],
        written: frozenset[str],
        out: frozenset[str] | None = None,
    ) -> frozenset[str]:
        left = head if out is None else out
        behind, known = self._heads.get(stmt, (head, head))
        start = head
        if behind <= head:  # what was needed when less was needed behind the loop
            head |= known
        while True:
            self._exits.append((left, head))
            before = head | (self._block(stmt.blocks[0], head) - written)
            self._exits.pop()
            if before == head:
                self._heads[stmt] = start, head
                return head
            head = before

    def _with(self, stmt: Statement, out: frozenset[str]) -> frozenset[str]:
        # A manager may swallow an exception, so what is needed later may be needed at every point, and a store into
        # memory that nobody reads may be there for the exception that it raises.
        self._kept_by_handlers.append(out | self._protected())
        self._managers += 1
        inside = self._block(stmt.blocks[0], out)
        self._managers -= 1
        self._kept_by_handlers.pop()
        return (inside - stmt.writes) | stmt.reads

    def _try(self, stmt: Statement, out: frozenset[str]) -> frozenset[str]:
        final = self._block(stmt.blocks[1], out)
        self._kept_by_handlers.append(final | self._protected())
        inside = self._block(stmt.blocks[0], final)
        self._kept_by_handlers.pop()
        return inside | final

    def _protected(self) -> frozenset[str]:
        return self._kept_by_handlers[-1] if self._kept_by_handlers else _NOTHING


_COMPOUND = (gast.If, gast.For, gast.While, gast.With, gast.Try)
