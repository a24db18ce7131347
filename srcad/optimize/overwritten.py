"""Leave out what is stored into an array and overwritten before anybody looks at the array."""

from __future__ import annotations

import gast

from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import WORLD, Term

__all__ = ["remove_overwritten"]

_NOTHING: frozenset[Term] = frozenset()


def remove_overwritten(program: Program) -> bool:
    """Remove stores into parts of arrays that are stored to again before they are read; tell whether there were any.

    So only the first of the values that a backward sweep puts back one after the other is saved at all.

    Examples
    --------
    ::

        for k in reversed(range(n)):        # before      for k in reversed(range(n)):    # after
            z[:i] = s.pop()                                   t = s.pop()
            dx += dz[:i] * w[k]                               dx += dz[:i] * w[k]
        z[:i] = before                                    z[:i] = before
        dw = np.sum(dz[:i] * z[:i])                       dw = np.sum(dz[:i] * z[:i])
    """
    popped = _popped(program)
    if not any(_restores(stmt, popped) for stmt in statements(program.body)):
        return False
    remover = _Remover(program, popped)
    remover.block(program.body, _NOTHING)
    if remover.dead:
        program.body = _without(program.body, remover.dead)
        program.changes += 1
    return bool(remover.dead)


class _Remover:
    """Walks backwards with the places that will be stored to before their array is read."""

    def __init__(self, program: Program, popped: set[str]) -> None:
        self.memory = program.fact(Memory)
        self.popped = popped
        self.dead: set[Statement] = set()

    def block(self, stmts: list[Statement], doomed: frozenset[Term]) -> frozenset[Term]:
        """Return the places that are doomed before a block, from those after it."""
        for stmt in reversed(stmts):
            self.dead.discard(stmt)
            if stmt.leaves:
                doomed = _NOTHING
            elif stmt.blocks:
                doomed = self._compound(stmt, doomed)
            else:
                doomed = self._plain(stmt, doomed)
        return doomed

    def _compound(self, stmt: Statement, doomed: frozenset[Term]) -> frozenset[Term]:
        if stmt.kind is gast.If:
            before = self.block(stmt.blocks[0], doomed) & self.block(stmt.blocks[1], doomed)
        elif stmt.kind is gast.For:
            end = doomed
            while True:
                start = self._after_binding(self.block(stmt.blocks[0], end), stmt)
                if doomed & start == end:
                    break
                end = doomed & start
            before = end
        else:
            for inner in stmt.blocks:
                self.block(inner, _NOTHING)
            before = _NOTHING
        return self._after_binding(self._seen(before, stmt.reads, stmt), stmt)

    def _plain(self, stmt: Statement, doomed: frozenset[Term]) -> frozenset[Term]:
        place = self._place(stmt)
        if place is None:
            doomed = self._seen(doomed, stmt.reads, stmt)
            return self._after_binding(doomed, stmt)
        if self._is_doomed(place, doomed) and self._is_restored(stmt):
            self.dead.add(stmt)
            return doomed
        assert stmt.value is not None
        return self._seen(doomed, stmt.value.reads | place.parts[1].reads, stmt) | {place}

    def _place(self, stmt: Statement) -> Term | None:
        """Return the part of an array that a statement stores to, where it does nothing else."""
        if stmt.kind is not gast.Assign or len(stmt.targets) != 1 or not stmt.is_pure:
            return None
        place = stmt.targets[0]
        if place.kind is not gast.Subscript or place.parts[0].kind is not gast.Name or stmt.value is None:
            return None
        name = place.parts[0].name
        inner = stmt.value.reads | place.parts[1].reads
        if not self.memory.is_array(name) or not self.memory.sharing(name).isdisjoint(inner):
            return None
        return place

    def _is_restored(self, stmt: Statement) -> bool:
        """Tell whether a statement puts back what was there, which cannot raise, into memory of the function's own."""
        return _restores(stmt, self.popped) and not self.memory.is_outside(stmt.targets[0].parts[0].name)

    def _is_doomed(self, place: Term, doomed: frozenset[Term]) -> bool:
        return any(
            other is place or (other.parts[0] is place.parts[0] and _is_whole(other.parts[1]))
            for other in doomed
        )

    def _seen(self, doomed: frozenset[Term], reads: frozenset[str], stmt: Statement) -> frozenset[Term]:
        """Return the places that a statement that reads some variables, and calls what it calls, does not look at."""
        if not doomed:
            return doomed
        if WORLD in stmt.changes or (not stmt.is_pure and stmt.stack is None):
            return _NOTHING
        return frozenset(
            place for place in doomed if self.memory.sharing(place.parts[0].name).isdisjoint(reads)
        )

    def _after_binding(self, doomed: frozenset[Term], stmt: Statement) -> frozenset[Term]:
        if not stmt.writes or not doomed:
            return doomed
        return frozenset(place for place in doomed if place.reads.isdisjoint(stmt.writes))


def _restores(stmt: Statement, popped: set[str]) -> bool:
    """Tell whether a statement stores a value out of a history in a part of something."""
    if stmt.value is None or stmt.value.kind is not gast.Name or stmt.value.name not in popped:
        return False
    return bool(stmt.targets) and stmt.targets[0].kind is gast.Subscript


def _popped(program: Program) -> set[str]:
    """Return the variables that get values out of histories."""
    found: set[str] = set()
    for stmt in statements(program.body):
        taken_apart = stmt.value is not None and stmt.value.kind is gast.Name and stmt.value.name in found
        if (stmt.stack is not None and stmt.stack[0] == "pop") or (taken_apart and stmt.target is None):
            found |= stmt.writes
    return found


def _is_whole(index: Term) -> bool:
    if index.kind is gast.Constant:
        return index.parts[0] is Ellipsis
    return index.kind is gast.Slice and index.parts == (None, None, None)


def _without(stmts: list[Statement], dead: set[Statement]) -> list[Statement]:
    for stmt in stmts:
        stmt.blocks = [_without(block, dead) for block in stmt.blocks]
    return [stmt for stmt in stmts if stmt not in dead]
