"""Walk a program in the order of execution, knowing which definitions hold at each point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import gast

from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import WORLD, Term

__all__ = ["Definition", "Known", "Rewriter", "walk"]


class Definition(NamedTuple):
    """The pure value that a variable was set to; ``stale`` if memory it depends on may have changed since."""

    value: Term
    stale: bool = False


class Known:
    """For each variable, the pure expression it was last set to, where that is known."""

    def __init__(self, program: Program, memory: Memory) -> None:
        self.program = program
        self.memory = memory
        self.table: dict[str, Definition] = {}
        # Both indices outlive what is forgotten; entries are looked up in the table before they count.
        self._holders: dict[object, list[str]] = {}
        self._readers: dict[str, set[str]] = {}

    def value(self, name: str) -> Term | None:
        """Return the expression that a variable is equal to now."""
        found = self.table.get(name)
        return None if found is None or found.stale else found.value

    def origin(self, name: str) -> Term | None:
        """Return the expression that a variable was set to; stores into arrays may have happened since."""
        found = self.table.get(name)
        return None if found is None else found.value

    def holding(self, value: Term) -> list[str]:
        """Return the variables that are equal to an expression now, the oldest first."""
        key = self.program.terms.key(value)
        result = []
        for name in self._holders.get(key, ()):
            found = self.table.get(name)
            if found is not None and not found.stale and self.program.terms.key(found.value) == key:
                result.append(name)
        return result

    def forget(self, names: Iterable[str]) -> None:
        """Note that variables are bound anew."""
        table = self.table
        for name in names:
            table.pop(name, None)
            for reader in self._readers.get(name, ()):
                found = table.get(reader)
                if found is not None and name in found.value.reads:
                    del table[reader]

    def spoil(self, names: Iterable[str]) -> None:
        """Note that memory may have changed through variables."""
        table = self.table
        spoiled = self.memory.spoiled(names)
        if len(spoiled) < len(table):
            affected = {n for name in spoiled for n in (name, *self._readers.get(name, ()))}
        else:
            affected = set(table)
        for name in affected:
            found = table.get(name)
            if found is None or found.stale or found.value.kind in (gast.Name, gast.Constant):
                continue
            if name in spoiled or not spoiled.isdisjoint(found.value.reads):
                table[name] = Definition(found.value, True)

    def step(self, stmt: Statement) -> None:
        """Take the effect of a statement into account."""
        if stmt.changes:
            self.spoil(stmt.changes)
        self.forget(stmt.writes)
        if stmt.target is not None and stmt.is_pure and stmt.value is not None:
            self._define(stmt.target, stmt.value)

    def _define(self, name: str, value: Term) -> None:
        if name in value.reads:
            return
        self.table[name] = Definition(value)
        for read in value.reads:
            self._readers.setdefault(read, set()).add(name)
        holders = self._holders.setdefault(self.program.terms.key(value), [])
        if name not in holders:
            holders.append(name)

    def enter(self, body: Iterable[Statement]) -> None:
        """Forget all that may change anywhere inside of a block."""
        changes: set[str] = set()
        writes: set[str] = set()
        for stmt in statements(body):
            changes |= stmt.changes
            writes |= stmt.writes
        self.spoil(changes)
        self.forget(writes)

    def meet(self, other: dict[str, Definition]) -> None:
        """Keep what holds here and in another table."""
        kept = {}
        for name, entry in self.table.items():
            found = other.get(name)
            if found is not None and found.value is entry.value:
                kept[name] = entry if entry.stale or not found.stale else found
        self.table = kept


class Rewriter:
    """A pass that rewrites statements from top to bottom; several of them can share one walk."""

    def __init__(self, program: Program, memory: Memory) -> None:
        self.program = program
        self.terms = program.terms
        self.context = program.context
        self.memory = memory

    def statement(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Return what replaces a statement without blocks; None where it stays (its value may be another)."""
        return None

    def head(self, value: Term, known: Known) -> Term:
        """Return what replaces the condition or the iterable of a compound statement."""
        return value


def walk(program: Program, *passes: type[Rewriter]) -> bool:
    """Rewrite a program in one walk, each statement by all of the passes in turn; tell whether it changed."""
    memory = program.fact(Memory)
    before = program.changes
    with program.at_rest():
        rewriters = [pass_(program, memory) for pass_ in passes]
    walker = _Walker(program, rewriters, Known(program, memory))
    program.body = walker.block(program.body)
    return program.changes != before


class _Walker:
    def __init__(self, program: Program, passes: Sequence[Rewriter], known: Known) -> None:
        self.program = program
        self.passes = passes
        self.known = known

    def block(self, stmts: list[Statement]) -> list[Statement]:
        result: list[Statement] = []
        for stmt in stmts:
            if stmt.blocks:
                result += self._compound(stmt)
            else:
                for new in self._rewritten(stmt):
                    self.known.step(new)
                    result.append(new)
        return result

    def _rewritten(self, stmt: Statement) -> list[Statement]:
        current = [stmt]
        for pass_ in self.passes:
            if len(current) == 1:
                new = pass_.statement(current[0], self.known)
                current = current if new is None else new
            else:
                # Parts of one statement do not depend on each other's definitions being known.
                parts = [(part, pass_.statement(part, self.known)) for part in current]
                current = [new for part, news in parts for new in ([part] if news is None else news)]
        return current

    def _compound(self, stmt: Statement) -> list[Statement]:
        known = self.known
        if stmt.kind is gast.If:
            return self._branch(stmt)
        if stmt.kind is gast.For:
            self._head(stmt)
        if stmt.kind in (gast.For, gast.While):
            known.enter([stmt])
            if stmt.kind is gast.While:
                self._head(stmt)
            before = dict(known.table)
            stmt.blocks[0] = self.block(stmt.blocks[0])
            known.table = before
        elif stmt.kind is gast.With:
            known.spoil([WORLD, *stmt.reads])
            known.forget(stmt.writes)
            stmt.blocks[0] = self.block(stmt.blocks[0])
            # Leaving the block runs code of the manager, which may do anything, and may have stopped an exception.
            known.spoil([WORLD])
            known.forget({name for inner in statements(stmt.blocks[0]) for name in inner.writes})
        else:
            self._try(stmt)
        return [stmt]

    def _head(self, stmt: Statement) -> None:
        value = stmt.value
        for pass_ in self.passes:
            if value is not None:
                value = pass_.head(value, self.known)
        if value is not None and value is not stmt.value:
            self.program.set_value(stmt, value)

    def _branch(self, stmt: Statement) -> list[Statement]:
        known = self.known
        self._head(stmt)
        taken = _constant_test(stmt.value)
        if taken is not None:
            self.program.changes += 1
            return self.block(stmt.blocks[0 if taken else 1])
        before = dict(known.table)
        stmt.blocks[0] = self.block(stmt.blocks[0])
        after_body, known.table = known.table, before
        stmt.blocks[1] = self.block(stmt.blocks[1])
        body_leaves, orelse_leaves = (bool(block) and block[-1].leaves for block in stmt.blocks)
        if orelse_leaves and not body_leaves:
            known.table = after_body
        elif not orelse_leaves and not body_leaves:
            known.meet(after_body)
        return [stmt]

    def _try(self, stmt: Statement) -> None:
        known = self.known
        table = dict(known.table)
        stmt.blocks[0] = self.block(stmt.blocks[0])
        known.table = table
        known.enter([stmt])
        before = dict(known.table)
        stmt.blocks[1] = self.block(stmt.blocks[1])
        known.table = before
        known.enter([stmt])


def _constant_test(test: Term | None) -> bool | None:
    if test is None or test.kind is not gast.Constant or isinstance(test.parts[0], str):
        return None
    return bool(test.parts[0])
