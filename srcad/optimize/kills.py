"""Store a gradient where zero would be stored first and the gradient added afterwards."""

from __future__ import annotations

import gast
import numpy as np

from srcad.optimize.apart import Places
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import WORLD, Term, base_name

__all__ = ["store_at_once"]

_SUMS = (gast.Add, gast.Sub)


def store_at_once(program: Program) -> None:
    """Turn ``dx[i] = 0.0; ...; dx[i] += g`` into ``dx[i] = g; ...``.

    What is added to the same memory in between may be added afterwards as well.

    Examples
    --------
    ::

        g = dx[i]                   # before          g = dx[i]           # after
        dx[i] = 0.0                                   dx[i] = g * y
        dx[j] += g * x                                dx[j] += g * x
        dx[i] += g * y
    """
    if any(_adds_to_part(stmt) for stmt in statements(program.body)):
        storer = _Storer(program)
        program.body = storer.block(program.body)


class _Storer:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.memory = program.fact(Memory)
        self.places = Places(program, self.memory.kinds)

    def block(self, stmts: list[Statement]) -> list[Statement]:
        for stmt in stmts:
            stmt.blocks = [self.block(inner) for inner in stmt.blocks]
        index = 0
        while index < len(stmts):
            if _makes_zeros(stmts[index]):
                self._store_into_zeros(stmts, index)
            if not self._is_kill(stmts[index]) or not self._joined(stmts, index):
                index += 1
        return stmts

    def _store_into_zeros(self, stmts: list[Statement], making: int) -> None:
        """Store what is the first to be added to new zeros, or to a part of them to which nothing was added yet."""
        name = stmts[making].target
        assert name is not None
        if not self.memory.is_array(name) or self.memory.is_outside(name):
            return
        shared = self.memory.sharing(name)
        filled: list[Term] = []
        for place in range(making + 1, len(stmts)):
            stmt = stmts[place]
            if self._is_sum(stmt, shared) and stmt.targets[0].parts[0].name == name:
                index = stmt.targets[0].parts[1]
                if all(self.places.are_apart(index, other) for other in filled):
                    stmts[place] = self._stored(stmt)
                filled.append(index)
            elif not self._is_apart(stmt, shared) or any(not stmt.writes.isdisjoint(i.reads) for i in filled):
                return

    def _is_kill(self, stmt: Statement) -> bool:
        value = stmt.value
        if stmt.kind is not gast.Assign or len(stmt.targets) != 1 or value is None:
            return False
        target = stmt.targets[0]
        if target.kind is not gast.Subscript or target.parts[0].kind is not gast.Name or not stmt.is_pure:
            return False
        is_zero = value.kind is gast.Constant and type(value.parts[0]) in (int, float) and value.parts[0] == 0
        return is_zero and self.memory.is_array(target.parts[0].name)

    def _joined(self, stmts: list[Statement], kill: int) -> bool:
        """Store the gradient at once, if that can be; tell whether it was done."""
        target = stmts[kill].targets[0]
        shared = self.memory.sharing(target.parts[0].name)
        first_sum = None
        for place in range(kill + 1, len(stmts)):
            stmt = stmts[place]
            is_sum = self._is_sum(stmt, shared)
            if is_sum and stmt.targets[0] is target:
                first = place if first_sum is None else first_sum
                if not self._may_move(stmts[first:place], stmt):
                    return False
                self._store(stmts, kill, first, place)
                return True
            if is_sum and first_sum is None:
                first_sum = place
            if not is_sum and not self._is_apart(stmt, shared):
                return False
            if not stmt.writes.isdisjoint(target.reads):
                return False
        return False

    def _is_sum(self, stmt: Statement, shared: frozenset[str]) -> bool:
        """Tell whether a statement adds to the memory what does not depend on it."""
        if not _adds_to_part(stmt) or stmt.value is None or not stmt.is_pure:
            return False
        place: Term = stmt.targets[0]
        index: Term = place.parts[1]
        return place.parts[0].name in shared and shared.isdisjoint(stmt.value.reads | index.reads)

    def _is_apart(self, stmt: Statement, shared: frozenset[str]) -> bool:
        """Tell whether a statement has nothing to do with the memory and changes nothing but variables and histories."""
        if stmt.blocks or stmt.leaves or WORLD in stmt.changes or (not stmt.is_pure and stmt.stack is None):
            return False
        return shared.isdisjoint(stmt.reads | stmt.writes | self.memory.spoiled(stmt.changes))

    def _may_move(self, between: list[Statement], stmt: Statement) -> bool:
        """Tell whether the value of a sum can be computed before the statements in front of it."""
        assert stmt.value is not None
        reads = stmt.value.reads | stmt.targets[0].reads
        base = base_name(stmt.targets[0])
        return all(
            reads.isdisjoint(other.writes) and (reads - {base}).isdisjoint(self.memory.spoiled(other.changes))
            for other in between
        )

    def _store(self, stmts: list[Statement], kill: int, first: int, place: int) -> None:
        stmts.insert(first, self._stored(stmts.pop(place)))
        del stmts[kill]

    def _stored(self, stmt: Statement) -> Statement:
        """Return the store that a sum is where nothing was before."""
        assert stmt.value is not None
        value = stmt.value if stmt.op is gast.Add else self.program.terms.negative(stmt.value)
        stored = Statement(gast.Assign, stmt.origin)
        stored.targets, stored.value = stmt.targets, value
        self.program.describe(stored)
        return stored


def _adds_to_part(stmt: Statement) -> bool:
    """Tell whether a statement adds to a part of what a variable holds."""
    if stmt.kind is not gast.AugAssign or stmt.op not in _SUMS:
        return False
    place = stmt.targets[0]
    return place.kind is gast.Subscript and place.parts[0].kind is gast.Name


def _makes_zeros(stmt: Statement) -> bool:
    value = stmt.value
    if stmt.target is None or value is None or value.kind is not gast.Call:
        return False
    return value.callee is np.zeros_like or value.callee is np.zeros
