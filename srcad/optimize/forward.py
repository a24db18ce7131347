"""Walk a function in the order of execution, knowing which definitions hold at each point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import gast

from srcad.lang.function import Function
from srcad.lang.quote import clone
from srcad.optimize.effects import WORLD, Context, Effects, defines

__all__ = ["Definitions", "Forward", "key_of"]


def key_of(node: gast.expr) -> str:
    """Return a text that is equal for equal expressions; the factors of a product may be swapped."""
    if isinstance(node, gast.BinOp) and isinstance(node.op, gast.Mult):
        left, right = sorted([gast.dump(node.left), gast.dump(node.right)])
        return f"({left} * {right})"
    return str(gast.dump(node))


@dataclass(frozen=True)
class _Definition:
    value: gast.expr
    reads: frozenset[str]
    stale: bool = False


class Definitions:
    """For each variable, the pure expression it was last set to, where that is known."""

    def __init__(self, effects: Effects, table: dict[str, _Definition] | None = None) -> None:
        self.effects = effects
        self._table = dict(table or {})

    def copy(self) -> Definitions:
        """Return an independent copy."""
        return Definitions(self.effects, self._table)

    def value(self, name: str) -> gast.expr | None:
        """Return the expression that ``name`` is equal to now."""
        found = self._table.get(name)
        return None if found is None or found.stale else found.value

    def origin(self, name: str) -> gast.expr | None:
        """Return the expression that ``name`` was set to; stores into arrays may have happened since."""
        found = self._table.get(name)
        return None if found is None else found.value

    def holding(self, value: gast.expr) -> list[str]:
        """Return the variables that are equal to an expression now, the oldest first."""
        key = key_of(value)
        return [name for name, entry in self._table.items() if not entry.stale and key_of(entry.value) == key]

    def forget(self, names: Iterable[str]) -> None:
        """Note that variables are bound anew."""
        gone = set(names)
        if gone:
            self._table = {
                name: entry
                for name, entry in self._table.items()
                if name not in gone and not entry.reads & gone
            }

    def spoil(self, names: Iterable[str]) -> None:
        """Note that memory may have changed through ``names``."""
        changed = self.effects.spoiled(names)
        if not changed:
            return
        for name, entry in self._table.items():
            is_reference = isinstance(entry.value, (gast.Name, gast.Constant))
            if not is_reference and (name in changed or entry.reads & changed):
                self._table[name] = _Definition(entry.value, entry.reads, True)

    def step(self, stmt: gast.stmt) -> None:
        """Take the effect of a statement into account."""
        effects = self.effects
        self.spoil(effects.mutations(stmt))
        self.forget(effects.writes(stmt))
        name = defines(stmt)
        if name is not None and effects.is_pure(stmt.value):
            self.define(name, stmt.value)

    def define(self, name: str, value: gast.expr) -> None:
        """Note that ``name`` is equal to ``value``."""
        reads = frozenset(self.effects.reads(value))
        if name not in reads:
            self._table[name] = _Definition(value, reads)

    def meet(self, *others: Definitions) -> None:
        """Keep what holds here and in all of the others."""
        kept = {}
        for name, entry in self._table.items():
            entries = [other._table.get(name) for other in others]
            if all(e is not None and e.value is entry.value for e in entries):
                stale = entry.stale or any(e is not None and e.stale for e in entries)
                kept[name] = _Definition(entry.value, entry.reads, stale)
        self._table = kept


class Forward:
    """A pass that rewrites simple statements from top to bottom.

    Subclasses override `simple` (one statement to several) and `use` (a condition or an iterable).
    """

    def __init__(self, function: Function, context: Context) -> None:
        self.function = function
        self.context = context
        self.effects = Effects(function, context)

    def run(self) -> Function:
        """Return the rewritten function; the given one is left as it is."""
        body = [clone(stmt) for stmt in self.function.tree.body]
        # Names were counted on the original tree; the copy has equal ones.
        return self.function.with_body(self.block(body, Definitions(self.effects)) or [gast.Pass()])

    def simple(self, stmt: gast.stmt, known: Definitions) -> list[gast.stmt]:
        """Return what replaces a statement without blocks."""
        return [stmt]

    def use(self, node: gast.expr, known: Definitions) -> gast.expr:
        """Return what replaces the condition or the iterable of a compound statement."""
        return node

    def block(self, stmts: list[gast.stmt], known: Definitions) -> list[gast.stmt]:
        """Rewrite a list of statements."""
        result: list[gast.stmt] = []
        for stmt in stmts:
            result += self._statement(stmt, known)
        return result

    def _statement(self, stmt: gast.stmt, known: Definitions) -> list[gast.stmt]:
        if isinstance(stmt, gast.If):
            return self._branch(stmt, known)
        if isinstance(stmt, (gast.For, gast.While)):
            return self._loop(stmt, known)
        if isinstance(stmt, gast.With):
            known.spoil([WORLD] + sorted(self.effects.reads([item.context_expr for item in stmt.items])))
            known.forget(self.effects.writes(stmt.items))
            stmt.body = self.block(stmt.body, known) or [gast.Pass()]
            # Leaving the block runs code of the manager, which may do anything.
            known.spoil([WORLD])
            return [stmt]
        if isinstance(stmt, gast.Try):
            return self._try(stmt, known)
        rewritten = self.simple(stmt, known)
        for new in rewritten:
            known.step(new)
        return rewritten

    def _branch(self, stmt: gast.If, known: Definitions) -> list[gast.stmt]:
        stmt.test = self.use(stmt.test, known)
        other = known.copy()
        stmt.body = self.block(stmt.body, known) or [gast.Pass()]
        stmt.orelse = self.block(stmt.orelse, other)
        left_body, left_other = (_leaves(block) for block in (stmt.body, stmt.orelse))
        if left_body and not left_other:
            known._table = other._table
        elif not left_body and not left_other:
            known.meet(other)
        return [stmt]

    def _loop(self, stmt: gast.For | gast.While, known: Definitions) -> list[gast.stmt]:
        if isinstance(stmt, gast.For):
            stmt.iter = self.use(stmt.iter, known)
        self._enter(stmt, known)
        if isinstance(stmt, gast.While):
            stmt.test = self.use(stmt.test, known)
        stmt.body = self.block(stmt.body, known.copy()) or [gast.Pass()]
        return [stmt]

    def _try(self, stmt: gast.Try, known: Definitions) -> list[gast.stmt]:
        before = known.copy()
        self._enter(stmt, before)
        stmt.body = self.block(stmt.body, known) or [gast.Pass()]
        for handler in stmt.handlers:
            handler.body = self.block(handler.body, before.copy()) or [gast.Pass()]
        stmt.orelse = self.block(stmt.orelse, before.copy())
        stmt.finalbody = self.block(stmt.finalbody, before.copy())
        self._enter(stmt, known)
        return [stmt]

    def _enter(self, stmt: gast.stmt, known: Definitions) -> None:
        """Forget all that may change anywhere inside of a statement."""
        known.spoil(self.effects.mutations(stmt))
        known.forget(self.effects.writes(stmt))


def _leaves(block: list[gast.stmt]) -> bool:
    """Tell whether a block always ends by leaving the loop or the function."""
    return bool(block) and isinstance(block[-1], (gast.Break, gast.Continue, gast.Return, gast.Raise))
