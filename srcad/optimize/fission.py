"""Form a sum of matrix products by one product behind the loop, as arrays of what all its trips computed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import gast
import numpy as np

from srcad.analysis.kinds import dims_of, is_double
from srcad.optimize.dead import remove_dead
from srcad.optimize.histories import prune_histories
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Remark, Statement, primal_statements, statements
from srcad.optimize.roles import roles_of
from srcad.optimize.terms import Term
from srcad.optimize.trips import Trips, forward_of

__all__ = ["KeptFactors", "fill_kept_arrays", "multiply_behind_loops"]


def multiply_behind_loops(program: Program) -> None:
    """Take the sums that are gradients of matrices out of the backward sweep of a loop.

    What the products are made of is kept: the one factor is in a history anyway, which becomes an array, or it is a
    part of an array that the loop runs over; the other gets an array of its own, as large as the history.

    Examples
    --------
    For vectors ``h`` and ``da``::

        s = []                              # before      s = np.empty((n, w.shape[0]))       # after
        for i in range(n):                                for i in range(n):
            s.append(h)                                       s[i] = h
            h = np.tanh(h @ w + b)                            h = np.tanh(h @ w + b)
        dw = np.zeros_like(w)                             das = np.empty((n, w.shape[1]))
        for i in reversed(range(n)):                      for i in reversed(range(n)):
            da = dh * (1 - h * h)                             da = dh * (1 - h * h)
            h = s.pop()                                       h = s[i]
            dh = w @ da                                       dh = w @ da
            dw = dw + np.outer(h, da)                         das[i] = da
                                                          dw = s.T @ das
    """
    if not program.stacks:
        return
    for backward in [stmt for stmt in program.body if stmt.kind is gast.For]:
        forward = forward_of(program, backward)
        if forward is not None:
            _Fission(program, forward, backward).apply()
    while remove_dead(program) or prune_histories(program):
        pass


class KeptFactors:
    """Marks what is noted of the arrays that keep factors of all trips: the loop, and the factor, of each."""


def fill_kept_arrays(program: Program) -> None:
    """Fill the arrays that keep factors where these are made, if that is part by part.

    Examples
    --------
    ::

        dzs = np.empty((n, m, k))           # before      dzs = np.zeros((n, m, k))       # after
        for i in reversed(range(n)):                      for i in reversed(range(n)):
            dz = np.zeros(z.shape)                            dz = dzs[i]
            dz[:, 1:] = g                                     dz[:, 1:] = g
            dh = dz @ w.T                                     dh = dz @ w.T
            dzs[i] = dz
    """
    terms = program.terms
    for kept, (loop, factor) in program.facts.get(KeptFactors, {}).items():
        body = loop.blocks[0]
        made = [s for s in body if s.target == factor and _makes_zeros(s)]
        row = terms.make(gast.Subscript, terms.load(kept), loop.targets[0])
        stores = [s for s in body if s.targets == (row,)]
        whole = [s for s in program.body if s.target == kept]
        if len(made) != 1 or len(stores) != 1 or len(whole) != 1 or whole[0].value is None:
            continue
        program.set_value(made[0], row)
        body.remove(stores[0])
        _, args, keywords = whole[0].value.parts
        zeros = terms.make(gast.Call, terms.static("np.zeros", np.zeros), args, keywords)
        program.set_value(whole[0], zeros)
        while remove_dead(program) or prune_histories(program):
            pass


@dataclass
class _Sum:
    """A gradient to which a loop adds, in each trip, a product with an array ``factor``, or that array's own sum."""

    gradient: str
    matrix: Term
    factor: str
    other: str | None
    statement: Statement
    other_is_first: bool = True


@dataclass
class _Group:
    """The sums with one factor, and where the other factors of products are: the arrays that have those of all trips."""

    sums: list[_Sum] = field(default_factory=list)
    sources: dict[str, Term] = field(default_factory=dict)
    shape: tuple[Term, ...] = ()
    has_single_rows: bool = False
    """Whether the factors are matrices of one row."""


class _Fission:
    def __init__(self, program: Program, forward: Statement, backward: Statement) -> None:
        self.program, self.terms = program, program.terms
        self.forward, self.backward = forward, backward
        self.memory = program.fact(Memory)
        self.kinds = self.memory.kinds
        self.primal = primal_statements(program)
        self.body = backward.blocks[0]
        self.made = {s.target: k for k, s in enumerate(self.body) if s.target is not None}
        self.writes_inside = Counter(n for s in statements(self.body) for n in s.writes)
        self.reads_inside = Counter(n for s in statements(self.body) for n in s.reads)
        self.settled = Trips(program, forward)
        self.writes = self.settled.writes
        assert forward.value is not None
        self.trips: Term = forward.value.parts[1][0]
        self.counted = self.settled.counted(self.trips)
        self.pops_arrays = any(s.stack is not None for s in self.body)
        self.pops = {s.target: s for s in self.body if s.stack is not None and s.target is not None}

    def apply(self) -> None:
        """Take out of the loop what may be and saves work."""
        if self.counted is None or not self.pops_arrays:
            return
        groups: dict[str, _Group] = defaultdict(_Group)
        for stmt in self.body:
            found = self._sum(stmt)
            if found is not None:
                groups[found.factor].sums.append(found)
        for factor, group in groups.items():
            if self._is_fit(factor, group):
                self._move(factor, group)

    # ---- what there is ----------------------------------------------------------------------

    def _sum(self, stmt: Statement) -> _Sum | None:
        """Return what a statement ``g = g + ...`` of the loop adds, where ``g`` is the gradient of a settled array."""
        value, name = stmt.value, stmt.target
        if name is None or name not in self.program.context.owned or stmt in self.primal or value is None:
            return None
        matrix = self.program.context.like.get(name)
        is_sum = value.kind is gast.BinOp and value.parts[1] is gast.Add and value.parts[0].kind is gast.Name
        if matrix is None or not is_sum or value.parts[0].name != name or not self.settled.is_settled(matrix):
            return None
        if self.writes_inside[name] != 1 or self.reads_inside[name] != 1:
            return None
        array, added = self.terms.load(matrix), value.parts[2]
        if not self._is_array(array) or not self._is_array(value.parts[0]):
            return None
        ranks = len(dims_of(self.kinds.of(array)) or ())
        if ranks == 1:
            return self._own_sum(name, array, added, stmt)
        product = self._value(added) if ranks == 2 else None
        return None if product is None else self._product(name, array, product, stmt)

    def _own_sum(self, name: str, array: Term, added: Term, stmt: Statement) -> _Sum | None:
        """Return the sum of a vector as it is, or of a matrix over its rows."""
        total, place = self._value(added), self.body.index(stmt)
        axis = self.terms.make(gast.keyword, "axis", self.terms.constant(0))
        if total is not None and total.kind is gast.Call and total.callee is np.sum:
            if total.parts[1:] == (total.parts[1][:1], (axis,)) and self._has_rank(total.parts[1][0], 2):
                return _Sum(name, array, total.parts[1][0].name, None, stmt)
        if self._has_rank(added, 1) and self._is_steady(added.reads, place):
            return _Sum(name, array, added.name, None, stmt)
        return None

    def _product(self, name: str, array: Term, added: Term, stmt: Statement) -> _Sum | None:
        """Return a product ``a.T @ b`` of matrices or ``np.outer(a, b)`` of vectors; one of them is kept anyway."""
        if added.kind is gast.BinOp and added.parts[1] is gast.MatMult:
            turned = self._value(added.parts[0])
            is_turned = turned is not None and turned.kind is gast.Attribute and turned.parts[1] == "T"
            first = turned.parts[0] if turned is not None and is_turned else None
            second, rank = added.parts[2], 2
        elif added.kind is gast.Call and added.callee is np.outer and len(added.parts[1]) == 2:
            (first, second), rank = added.parts[1], 1
        else:
            return None
        if first is None or not self._has_rank(first, rank) or not self._has_rank(second, rank):
            return None
        if self._source(first.name, rank) is not None:
            return _Sum(name, array, second.name, first.name, stmt)
        if self._source(second.name, rank) is not None:
            return _Sum(name, array, first.name, second.name, stmt, other_is_first=False)
        return None

    def _value(self, term: Term) -> Term | None:
        """Return what a temporary of the loop stands for from where it is computed to the end of the trip."""
        place = self.made.get(term.name) if term.kind is gast.Name else None
        if place is None or self.writes_inside[term.name] != 1:
            return None
        value = self.body[place].value
        assert value is not None
        return value if self._is_steady(value.reads, place) else None

    def _is_steady(self, names: frozenset[str], place: int) -> bool:
        """Tell whether variables and what they refer to stay the same behind a statement, to the end of the trip."""
        later = list(statements(self.body[place + 1 :]))
        spoiled = self.memory.spoiled([n for s in later for n in s.changes])
        return spoiled.isdisjoint(names) and all(names.isdisjoint(s.writes) for s in later)

    def _has_rank(self, term: Term, rank: int) -> bool:
        if term.kind is not gast.Name or self.writes_inside[term.name] != 1 or term.name not in self.made:
            return False
        is_known = self._is_array(term) and term.name not in self.program.terms.captured
        return is_known and len(dims_of(self.kinds.of(term)) or ()) == rank

    def _is_array(self, term: Term) -> bool:
        kind = self.kinds.of(term)
        return kind.name == "array" and is_double(kind) and self.kinds.is_whole(term)

    def _source(self, name: str, rank: int) -> Term | None:
        """Return the array, or the history, that has the values of a variable in all trips."""
        if name in self.pops:
            return self._history(self.pops[name])
        value = self.body[self.made[name]].value
        if (
            value is None
            or value.kind is not gast.Subscript
            or value.parts[1] is not self.backward.targets[0]
        ):
            return None
        base: Term = value.parts[0]
        if base.kind is not gast.Name or not self.settled.is_settled(base.name) or not self._is_array(base):
            return None
        has_rank = len(dims_of(self.kinds.of(base)) or ()) == rank + 1
        return base if has_rank and base is self.counted else None

    def _history(self, pop: Statement) -> Term | None:
        """Return a history that gets one array in each trip, which is taken out again in that trip."""
        if pop.stack is None:
            assert pop.value is not None
            base: Term = pop.value.parts[0]
            return base  # it is an array by now
        stack = pop.stack[1]
        uses = [s for s in statements(self.program.body) if s.stack is not None and s.stack[1] == stack]
        appends = [s for s in self.forward.blocks[0] if s.stack == ("append", stack)]
        if (
            len(uses) != 2
            or len(appends) != 1
            or self.writes[stack] != 1
            or stack not in self.settled.known_before
        ):
            return None
        assert appends[0].value is not None
        kept = appends[0].value.parts[1][0]
        if kept.kind is not gast.Name or not self._is_array(kept) or self.memory.is_changed(kept.name):
            return None
        return self.terms.load(stack)

    # ---- whether it is worth it ---------------------------------------------------------------

    def _is_fit(self, factor: str, group: _Group) -> bool:
        """Tell whether a factor has one shape in all trips, and note where the other factors of its products are."""
        rank = len(dims_of(self.kinds.of(self.terms.load(factor))) or ())
        rows = None
        for item in group.sums:
            length = self._length(item.matrix, 1 if item.other is not None and item.other_is_first else 0)
            group.shape = group.shape or (length,)
            source = None if item.other is None else self._source(item.other, rank)
            if item.other is None or source is None:
                continue
            group.sources[item.other] = source
            if rank == 2 and item.other not in self.pops:
                rows = rows or self._length(source, 1)
                group.has_single_rows |= (dims_of(self.kinds.of(source)) or ())[1:2] == ("1",)
        if rank == 2 and rows is not None:
            group.shape = (rows, *group.shape)
        return bool(group.sources) and len(group.shape) == rank

    def _length(self, array: Term, axis: int) -> Term:
        shape = self.terms.make(gast.Attribute, array, "shape")
        return self.terms.make(gast.Subscript, shape, self.terms.constant(axis))

    # ---- the change ---------------------------------------------------------------------------

    def _move(self, factor: str, group: _Group) -> None:
        program = self.program
        for item in group.sums:
            if item.other in self.pops and self.pops[item.other].stack is not None:
                self._keep_in_array(self.pops[item.other], item, group)
        kept = program.fresh(f"{factor}s")
        origin = self.body[self.made[factor]].origin
        store = self._store(kept, factor, self.backward, origin)
        program.facts.setdefault(KeptFactors, {})[kept] = (self.backward, factor)
        self._make_before(self.backward, kept, group.shape, origin)
        last = max(self.body.index(item.statement) for item in group.sums)
        self.body.insert(last, store)
        behind: list[Statement] = []
        for item in group.sums:
            place = self.body.index(item.statement)
            behind += [s for s in self.body[:place] if s.kind is Remark][-1:]
            self.body.remove(item.statement)
            behind += self._behind(item, kept, group)
        place = program.body.index(self.backward) + 1
        program.body[place:place] = behind
        self.made = {s.target: k for k, s in enumerate(self.body) if s.target is not None}
        program.changes += 1

    def _behind(self, item: _Sum, kept: str, group: _Group) -> list[Statement]:
        """Return the statements that form a sum behind the loop."""
        program, name = self.program, item.gradient
        total = self._total(item, kept, group)
        before = program.body[: program.body.index(self.backward)]
        zeros = [s for s in before if s.target == name and _makes_zeros(s)]
        between = before[before.index(zeros[0]) + 1 :] if zeros else []
        if len(zeros) == 1 and not any(name in s.reads | s.writes for s in statements(between)):
            program.body.remove(zeros[0])
            program.set_value(item.statement, total)
            return [item.statement]
        made = program.fresh("t")
        product = program.assign(made, total, item.statement.origin)
        value = self.terms.binary(self.terms.load(name), gast.Add, self.terms.load(made))
        program.set_value(item.statement, value)
        return [product, item.statement]

    def _total(self, item: _Sum, kept: str, group: _Group) -> Term:
        rank, array = len(group.shape), self.terms.load(kept)
        source = array if item.other is None else group.sources[item.other]
        if group.has_single_rows:
            rank, array, source = 1, self._single_rows(array), self._single_rows(source)
        over = tuple(map(self.terms.constant, range(rank)))
        axes = over[0] if rank == 1 else self.terms.make(gast.Tuple, over)
        if item.other is None:
            keyword = self.terms.make(gast.keyword, "axis", axes)
            return self.terms.make(gast.Call, self.terms.static("np.sum", np.sum), (array,), (keyword,))
        pair = (source, array) if item.other_is_first else (array, source)
        if rank == 1:
            turned = self.terms.make(gast.Attribute, pair[0], "T")
            return self.terms.binary(turned, gast.MatMult, pair[1])
        function = self.terms.static("np.tensordot", np.tensordot)
        return self.terms.make(gast.Call, function, (*pair, self.terms.make(gast.Tuple, (axes, axes))), ())

    def _single_rows(self, array: Term) -> Term:
        """Return the rows of an array of matrices that have one row each."""
        every = self.terms.make(gast.Slice, None, None, None)
        rows = self.terms.make(gast.Tuple, (every, self.terms.constant(0)))
        return self.terms.make(gast.Subscript, array, rows)

    def _keep_in_array(self, pop: Statement, item: _Sum, group: _Group) -> None:
        """Make an array of a history."""
        assert pop.stack is not None and pop.target is not None
        program, stack = self.program, pop.stack[1]
        opening = next(s for s in program.body if s.target == stack)
        program.body.remove(opening)
        shape = (*group.shape[:-1], self._length(item.matrix, 0 if item.other_is_first else 1))
        self._make_before(self.forward, stack, shape, opening.origin)
        program.stacks -= {stack}
        block = self.forward.blocks[0]
        append = next(s for s in block if s.stack == ("append", stack))
        assert append.value is not None
        kept = append.value.parts[1][0].name
        place = block.index(append)
        if not any(kept in s.writes for s in statements(block[:place])):
            place = 0
        block.remove(append)
        block.insert(place, self._store(stack, kept, self.forward, append.origin))
        program.set_value(
            pop, self.terms.make(gast.Subscript, self.terms.load(stack), self.backward.targets[0])
        )

    def _store(self, array: str, value: str, loop: Statement, origin: gast.stmt) -> Statement:
        stored = Statement(gast.Assign, origin)
        stored.targets = (self.terms.make(gast.Subscript, self.terms.load(array), loop.targets[0]),)
        stored.value = self.terms.load(value)
        self.program.describe(stored)
        return stored

    def _make_before(self, loop: Statement, array: str, shape: tuple[Term, ...], origin: gast.stmt) -> None:
        """Make a new array in front of a loop."""
        function = self.terms.static("np.empty", np.empty)
        lengths = self.terms.make(gast.Tuple, (self.trips, *shape))
        made = self.program.assign(array, self.terms.make(gast.Call, function, (lengths,), ()), origin)
        self.program.body.insert(self.program.body.index(loop), made)
        roles = roles_of(self.program)
        roles.arrays.add(array)
        roles.containers.discard(array)


def _makes_zeros(stmt: Statement) -> bool:
    value = stmt.value
    return value is not None and value.kind is gast.Call and value.callee in (np.zeros, np.zeros_like)
