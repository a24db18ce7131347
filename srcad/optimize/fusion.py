"""Run a loop and the loop of its backward sweep as one, so that nothing has to be kept from one to the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import gast
import numpy as np

from srcad import runtime as rt
from srcad.optimize.histories import Record, records
from srcad.optimize.iteration import reversed_range
from srcad.optimize.liveness import Liveness
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Remark, Statement, primal_statements, stack_uses, statements
from srcad.optimize.terms import WORLD, base_name

__all__ = ["fuse_loops"]

_COMPUTING = frozenset([gast.Assign, gast.AugAssign, gast.Expr, gast.If, gast.For, gast.Pass, Remark])
_ADDING = (gast.Add, gast.Sub)
_NOTHING: frozenset[str] = frozenset()


def fuse_loops(program: Program) -> bool:
    """Move the body of a loop into the loop that goes through its trips backwards; tell whether there was any.

    The trips of one of the two loops must not depend on each other: those of the first one, or those of the second, which
    only add to gradients then.  What lies between the loops and depends on the first one goes behind both.

    Examples
    --------
    ::

        s = []                              # before      dx = np.zeros_like(x)           # after
        for i in range(n):                                for i in range(n):
            t = np.sin(x[i])                                  t = np.sin(x[i])
            s.append(t)                                       dx[i] += 2 * t * np.cos(x[i])
        dx = np.zeros_like(x)
        for i in reversed(range(n)):
            t = s.pop()
            dx[i] += 2 * t * np.cos(x[i])
    """
    has_changed = False
    while program.stacks and _fuse_first(program, program.body):
        has_changed = True
    return has_changed


def _fuse_first(program: Program, stmts: list[Statement]) -> bool:
    """Fuse the first pair of loops that may be fused."""
    for last, backward in enumerate(stmts):
        bounds = reversed_range(backward.value) if backward.kind is gast.For else None
        for first in reversed(range(last)) if bounds is not None else ():
            forward = stmts[first]
            if forward.kind is gast.For and forward.value is bounds:
                pair = _Pair(program, forward, stmts[first + 1 : last], backward)
                if pair.find():
                    stmts[first : last + 1] = pair.fused()
                    program.changes += 1
                    return True
                break
    return any(_fuse_first(program, block) for stmt in stmts for block in stmt.blocks)


@dataclass
class _Use:
    """The variables that a sequence of statements needs from before it, binds, and changes the memory of."""

    needed: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)

    @property
    def carried(self) -> set[str]:
        """What one trip of a loop leaves for another."""
        return self.needed & self.writes


def _use_of(stmts: Iterable[Statement], stacks: frozenset[str] = _NOTHING, bound: Iterable[str] = ()) -> _Use:
    """Return what statements need and do, but for the histories."""
    use = _Use()
    bound = set(bound)
    use.writes |= bound
    _add_use(stmts, use, bound)
    for names in (use.needed, use.reads, use.writes, use.changes):
        names -= stacks
    return use


def _add_use(stmts: Iterable[Statement], use: _Use, bound: set[str]) -> None:
    """Add what statements need and do; ``bound`` has the variables that are surely bound, before them and then behind."""
    for stmt in stmts:
        use.needed |= stmt.reads - bound
        use.reads |= stmt.reads
        use.writes |= stmt.writes
        use.changes |= stmt.changes
        arms = []
        for block in stmt.blocks:
            arms.append(bound | stmt.writes)
            _add_use(block, use, arms[-1])
        if stmt.kind is gast.If:
            bound |= arms[0] & arms[1]
        elif not stmt.blocks:
            bound |= stmt.writes


class _Pair:
    """A loop, the statements behind it, and the loop that goes through its trips backwards."""

    def __init__(
        self, program: Program, forward: Statement, between: list[Statement], backward: Statement
    ) -> None:
        self.program, self.terms = program, program.terms
        self.forward, self.between, self.backward = forward, between, backward
        self.before: list[Statement] = []
        self.behind: list[Statement] = []
        self.stacks: dict[str, tuple[list[Statement], Statement]] = {}
        self.keeps_order = False

    def find(self) -> bool:
        """Tell whether the loops may be one, and settle what goes before it, what behind, and in which order it runs."""
        if not all(self._runs_through(loop) for loop in (self.forward, self.backward)):
            return False
        if not self._shares_history() or not self._computes():
            return False
        self.memory = self.program.fact(Memory)
        every = self.program.stacks
        self.first = _use_of(self.forward.blocks[0], every, self.forward.writes)
        self.second = _use_of(self.backward.blocks[0], every, self.backward.writes)
        assert self.forward.value is not None
        if not self.forward.value.reads.isdisjoint(self.first.writes | self.second.writes):
            return False
        needed_behind = set(self.program.fact(Liveness).after[self.forward]) & self.first.writes
        if not self._part_between():
            return False
        return self._may_interleave() and self._has_an_order(needed_behind)

    # ---- what there is ----------------------------------------------------------------------

    def _runs_through(self, loop: Statement) -> bool:
        """Tell whether a loop makes all its trips and consists of computations only."""
        inside = statements(loop.blocks[0])
        plain = loop.targets[0].kind is gast.Name and not any(loop.writes & s.writes for s in inside)
        return plain and all(s.kind in _COMPUTING for s in inside)

    def _shares_history(self) -> bool:
        """Tell whether what the first loop keeps is for the second one alone, and settle what need not be kept then.

        That is what is taken out by one statement, once in a trip.
        """
        filled, taken = stack_uses(self.forward.blocks[0]), stack_uses(self.backward.blocks[0])
        everywhere = stack_uses(self.program.body)
        repeated = {s for loop in (self.forward, self.backward) for s in _inside_loops(loop.blocks[0])}
        shared = sorted({stack for _, stack in filled} & {stack for _, stack in taken})
        for stack in shared:
            appends, pops = filled.get(("append", stack), []), taken.get(("pop", stack), [])
            every = everywhere.get(("append", stack), []) + everywhere.get(("pop", stack), [])
            if len(appends) + len(pops) != len(every):
                return False
            if len(pops) == 1 and pops[0].target is not None and repeated.isdisjoint(every):
                self.stacks[stack] = appends, pops[0]
        return bool(shared)

    def _computes(self) -> bool:
        """Tell whether the first loop changes no memory, and no statement does what only Python itself could tell."""
        stacks, captured = self.program.stacks, self.terms.captured
        changed = {name for s in statements(self.forward.blocks[0]) for name in s.changes}
        if not changed <= stacks:
            return False
        for stmt in statements([self.forward, *self.between, self.backward]):
            if WORLD in stmt.changes or stmt.leaves or stmt.kind in (gast.With, gast.Try):
                return False
            if not captured.isdisjoint(stmt.writes):
                return False
        return True

    def _part_between(self) -> bool:
        """Part what lies between the loops into what goes before both and what goes behind; tell whether it may."""
        late: list[_Use] = [self.first]
        remarks: list[Statement] = []
        for stmt in self.between:
            if stmt.kind is Remark:
                remarks.append(stmt)
                continue
            use = _use_of([stmt], self.program.stacks)
            if not use.needed.isdisjoint(self.first.writes):
                part = self.behind
            elif self._may_swap(late[1:], use):
                part = self.before
            else:
                part = self.behind
            if part is self.behind:
                late.append(use)
            part += [*remarks, stmt]
            remarks = []
        self.before += remarks
        early = _use_of(self.before, self.program.stacks)
        for use in late[1:]:
            if not self._may_swap([use], self.second):
                return False
        return self._may_swap([self.first], early)

    def _may_swap(self, earlier: list[_Use], later: _Use) -> bool:
        """Tell whether statements may as well run before others that stand in front of them."""
        return all(
            later.reads.isdisjoint(use.writes)
            and later.writes.isdisjoint(use.writes | use.reads)
            and self._leaves_alone(use, later)
            and self._leaves_alone(later, use)
            for use in earlier
        )

    def _leaves_alone(self, use: _Use, other: _Use) -> bool:
        """Tell whether no memory that ``other`` reads or changes is changed by ``use``."""
        return self.memory.spoiled(use.changes).isdisjoint(other.reads | other.changes)

    def _may_interleave(self) -> bool:
        """Tell whether the trips of the first loop do not notice those of the second one, nor these those."""
        if not self._leaves_alone(self.second, self.first):
            return False
        outer = self.first.needed - self.first.writes
        mine, other = self.forward.writes, self.backward.writes
        if mine != other and not (
            mine.isdisjoint(self.second.reads | self.second.writes) and other.isdisjoint(self.first.writes)
        ):
            return False
        return outer.isdisjoint(self.second.writes) and self.second.carried.isdisjoint(self.first.writes)

    def _has_an_order(self, needed_behind: set[str]) -> bool:
        """Settle in which order the trips of both are made."""
        second = self.second
        if needed_behind.isdisjoint(second.reads | second.writes) and self.first.carried.isdisjoint(
            second.writes
        ):
            self.keeps_order = _only_adds(self.backward.blocks[0], second, self.memory, self.program.stacks)
        return self.keeps_order or not (needed_behind or self.first.carried or self.behind)

    # ---- what is made of it -----------------------------------------------------------------

    def fused(self) -> list[Statement]:
        """Return the statements that take the place of both loops and what lies between."""
        program, forward, backward = self.program, self.forward, self.backward
        primal = primal_statements(program)
        found = program.fact(records)
        first, second = forward.blocks[0], backward.blocks[0]
        for stack, (appends, pop) in self.stacks.items():
            if stack in found:
                first, second = self._without_record(found[stack], appends, pop, first, second)
            else:
                first, second = self._without_history(appends, pop, first, second)
        counter = [] if forward.writes == backward.writes else [self._counter()]
        backward.blocks = [[*first, *counter, *second]]
        backward.targets = forward.targets
        assert forward.value is not None and backward.value is not None
        program.set_value(backward, forward.value if self.keeps_order else backward.value)
        program.moved_primal |= primal
        return [*self.before, backward, *self.behind]

    def _counter(self) -> Statement:
        counted = self.terms.load(next(iter(self.forward.writes)))
        return self.program.assign(self.backward.targets[0].name, counted, self.backward.origin)

    def _without_history(
        self, appends: list[Statement], pop: Statement, first: list[Statement], second: list[Statement]
    ) -> tuple[list[Statement], list[Statement]]:
        """Hand a value of the first body to the second one by a variable."""
        assert pop.target is not None
        kept = self.program.fresh(pop.target)
        handed = {}
        for stmt in appends:
            assert stmt.value is not None
            handed[stmt] = [self.program.assign(kept, stmt.value.parts[1][0], stmt.origin)]
        taken = {pop: [self.program.assign(pop.target, self.terms.load(kept), pop.origin)]}
        return _replaced(first, handed), _replaced(second, taken)

    def _without_record(
        self,
        record: Record,
        appends: list[Statement],
        pop: Statement,
        first: list[Statement],
        second: list[Statement],
    ) -> tuple[list[Statement], list[Statement]]:
        """Hand several values of the first body to the second one by variables."""
        assign, fresh = self.program.assign, self.program.fresh
        (unpack,) = record.unpacks
        names = [target.name for target in unpack.targets[0].children]
        kept = [fresh(name) for name in names]
        handed: dict[Statement, list[Statement]] = {stmt: [] for stmt in appends}
        for made, display in zip(record.appends, record.displays):
            handed[made] = [assign(k, e, made.origin) for k, e in zip(kept, display.children)]
        taken = {unpack: [assign(n, self.terms.load(k), unpack.origin) for n, k in zip(names, kept)], pop: []}
        return _replaced(first, handed), _replaced(second, taken)


def _inside_loops(stmts: list[Statement]) -> list[Statement]:
    """Return the statements of the loops in a block."""
    loops = [stmt for stmt in statements(stmts) if stmt.kind in (gast.For, gast.While)]
    return [inner for loop in loops for inner in statements(loop.blocks[0])]


def _only_adds(stmts: list[Statement], use: _Use, memory: Memory, stacks: frozenset[str]) -> bool:
    """Tell whether all that one trip of a loop leaves for another, or for what follows, is what it adds to sums.

    The trips may be made in any order then.
    """
    lasting = {
        name
        for changed in use.changes
        if not memory.sharing(changed) <= use.writes - use.needed
        for name in memory.sharing(changed)
    }
    for stmt in statements(stmts):
        if not use.carried.isdisjoint(stmt.reads | stmt.writes) and not _adds_to_name(stmt, use.carried):
            return False
        touched = (stmt.reads | stmt.changes) & (lasting - stacks)
        if touched and not _adds_to_memory(stmt, touched) and not _takes_a_view(stmt, lasting):
            return False
    return True


def _adds_to_name(stmt: Statement, carried: set[str]) -> bool:
    """Tell whether a statement is ``s = s + e`` or ``s += e``, and reads nothing else that is carried."""
    value = stmt.value
    if value is None or stmt.blocks:
        return False
    if stmt.kind is gast.AugAssign and stmt.targets[0].kind is gast.Name:
        return stmt.op in _ADDING and carried.isdisjoint(value.reads)
    if stmt.target is None or value.kind is not gast.BinOp or value.parts[1] not in _ADDING:
        return False
    left, _, right = value.parts
    return (
        left.kind is gast.Name
        and left.name == stmt.target
        and carried.isdisjoint(right.reads)
        and stmt.target in carried
    )


def _adds_to_memory(stmt: Statement, touched: frozenset[str]) -> bool:
    """Tell whether a statement adds to a part of an array, and touches no memory of that kind otherwise."""
    value = stmt.value
    if value is None or stmt.blocks:
        return False
    if stmt.kind is gast.AugAssign and stmt.op in _ADDING and touched.isdisjoint(value.reads):
        (target,) = stmt.targets
        name = base_name(target)
        if target.kind is gast.Name:
            return touched == {name}
        is_part = target.kind is gast.Subscript and target.parts[0].kind is gast.Name
        return is_part and touched == {name} and touched.isdisjoint(target.parts[1].reads)
    if stmt.kind is gast.Expr and value.kind is gast.Call and _is_addition(value.callee):
        changed, *others = value.parts[1]
        rest = _NOTHING.union(*[part.reads for part in (*others, *value.parts[2])])
        return changed.kind is gast.Name and touched == {changed.name} and touched.isdisjoint(rest)
    return False


def _is_addition(callee: object) -> bool:
    is_scatter = getattr(callee, "__name__", "") == "at" and isinstance(
        getattr(callee, "__self__", None), np.ufunc
    )
    if is_scatter:
        return getattr(callee, "__self__", None) in (np.add, np.subtract)
    return callee in (rt.accumulate, rt.accumulate_part)


def _takes_a_view(stmt: Statement, lasting: set[str]) -> bool:
    """Tell whether a statement only binds a variable to a part of an array, whose own uses are looked at."""
    value = stmt.value
    if stmt.target not in lasting or value is None or value.kind is not gast.Subscript:
        return False
    return value.parts[0].kind is gast.Name and lasting.isdisjoint(value.parts[1].reads)


def _replaced(stmts: list[Statement], found: dict[Statement, list[Statement]]) -> list[Statement]:
    for stmt in stmts:
        stmt.blocks = [_replaced(block, found) for block in stmt.blocks]
    return [new for stmt in stmts for new in found.get(stmt, [stmt])]
