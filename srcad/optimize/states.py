"""Compute factors of gradients from the states of all trips of a loop at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import gast
import numpy as np

from srcad.analysis.kinds import dims_of, is_double
from srcad.optimize.dead import remove_dead
from srcad.optimize.fission import KeptFactors
from srcad.optimize.histories import prune_histories
from srcad.optimize.memory import Memory, is_fresh
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term, substitute
from srcad.optimize.transposes import transpose_before
from srcad.optimize.trips import Trips, forward_of

__all__ = ["compute_factors_at_once"]

_OPERATORS = (gast.Add, gast.Sub, gast.Mult, gast.Div, gast.Pow)


def compute_factors_at_once(program: Program) -> None:
    """Compute what a loop multiplies a gradient by from the states of all trips, where all the products are kept.

    The array of the states gets one more part, for the state behind the loop.

    Examples
    --------
    For vectors ``h`` and ``da``::

        s = np.empty((n, k))                # before      s = np.empty((n + 1, k))        # after
        for i in range(n):                                s[0] = h
            s[i] = h                                      for i in range(n):
            h = np.tanh(h @ w + b)                            h = np.tanh(h @ w + b)
        das = np.empty((n, k))                                s[i + 1] = h
        for i in reversed(range(n)):                      das = 1 - s[1:] * s[1:]
            da = dh * (1 - h * h)                         for i in reversed(range(n)):
            h = s[i]                                          da = das[i]
            dh = w @ da                                       da *= dh
            das[i] = da                                       dh = w @ da
        dw = s.T @ das                                    dw = s[:-1].T @ das
    """
    factors = program.facts.get(KeptFactors, {})
    for kept, (backward, factor) in list(factors.items()):
        forward = forward_of(program, backward)
        if forward is not None and _Factor(program, forward, backward, kept, factor).apply():
            del factors[kept]
            transpose_before(program, backward)
    while remove_dead(program) or prune_histories(program):
        pass


@dataclass
class _States:
    """The array that has the states before each trip: how it is made, filled and read, and how the state is bound."""

    state: str
    array: Term
    making: Statement
    storing: Statement
    reading: Statement
    binding: Statement


class _Factor:
    """A factor that a loop keeps in an array."""

    def __init__(
        self, program: Program, forward: Statement, backward: Statement, kept: str, factor: str
    ) -> None:
        self.program, self.terms = program, program.terms
        self.forward, self.backward = forward, backward
        self.kept, self.factor = program.terms.load(kept), factor
        self.memory = program.fact(Memory)
        self.kinds = self.memory.kinds
        self.settled = Trips(program, forward)
        assert forward.value is not None
        self.trips: Term = forward.value.parts[1][0]
        self.all = statements(program.body)
        self.body = backward.blocks[0]
        self.writes_inside = Counter(n for s in statements(self.body) for n in s.writes)
        self.states = {s.state: s for s in self._states()} if self._makes_several_trips() else {}

    def apply(self) -> bool:
        """Compute the factor at once if that is possible; tell whether it was."""
        product = self._only([s for s in self.body if s.target == self.factor])
        making = self._only([s for s in self.program.body if s.target == self.kept.name])
        if product is None or making is None or not self.states or not self._is_kept_here():
            return False
        values = self._values(product)
        found = self._parts(product, values)
        if found is None or not self._has_rank(making, found[2]):
            return False
        gradient, other, states = found
        self._keep_all(states)
        self._fill(making, values[other.name])
        part = self.terms.make(gast.Subscript, self.kept, self.backward.targets[0])
        self.program.set_value(product, part)
        update = self.program.update(product.targets[0], gast.Mult, gradient, product.origin)
        self.body.insert(self.body.index(product) + 1, update)
        self.body.remove(next(s for s in self.body if s.targets == (part,)))
        return True

    # ---- what there is ----------------------------------------------------------------------

    def _makes_several_trips(self) -> bool:
        """Tell whether the loop surely does not make one trip alone, after which the state may have another shape."""
        counted = self.settled.counted(self.trips)
        dims = None if counted is None else dims_of(self.kinds.of(counted))
        return dims is not None and dims[:1] == ("N",)

    def _states(self) -> list[_States]:
        """Return the arrays that keep states, each of which the forward loop binds once, and the backward loop restores."""
        block = self.forward.blocks[0]
        made = self.program.body[: self.program.body.index(self.forward)]
        early = Counter(n for s in statements(made) for n in s.writes)
        found = []
        for index, storing in enumerate(block):
            array = self._filled(storing)
            if array is None:
                continue
            assert storing.value is not None
            state = storing.value.name
            row = self.terms.make(gast.Subscript, array, self.backward.targets[0])
            making = self._only([s for s in made if s.target == array.name])
            reading = self._only([s for s in self.body if s.value is row and s.target == state])
            binding = self._only([s for s in block[index:] if s.target == state])
            is_bound = state in self.settled.known_before and self.settled.writes[state] == early[state] + 2
            if making is None or reading is None or binding is None or not is_bound:
                continue
            states = _States(state, array, making, storing, reading, binding)
            if _length_of_empty(making) is self.trips and self._is_only_kept(states):
                found.append(states)
        return found

    def _filled(self, stmt: Statement) -> Term | None:
        """Return the array ``s`` of a statement ``s[i] = h`` in the forward loop that counts with ``i``."""
        target, value = stmt.targets[0] if stmt.targets else None, stmt.value
        if stmt.kind is not gast.Assign or target is None or target.kind is not gast.Subscript:
            return None
        array, index = target.parts
        is_part = array.kind is gast.Name and index is self.forward.targets[0]
        return array if is_part and value is not None and value.kind is gast.Name else None

    def _is_only_kept(self, states: _States) -> bool:
        """Tell whether a state is never changed in place, and its array only read where a part of it may stand."""
        shared = self.memory.sharing(states.state)
        if self.memory.is_outside(states.state) or states.state in self.terms.captured:
            return False
        if any(not s.changes.isdisjoint(shared) for s in self.all if s is not states.storing):
            return False
        name, own = states.array.name, (states.making, states.storing, states.reading)
        others = [s for s in self.all if name in s.reads | s.writes and s not in own]
        return all(s.is_pure and s.target is not None and s in self.program.body for s in others)

    def _is_kept_here(self) -> bool:
        """Tell whether the loop only stores the factor into the array, which nobody changes otherwise."""
        inside = [s for s in statements(self.body) if self.kept.name in s.reads | s.writes | s.changes]
        store = self._only(inside)
        is_plain = store is not None and store in self.body and store.value is self.terms.load(self.factor)
        return is_plain and self.writes_inside[self.factor] == 1 and not self.memory.is_changed(self.factor)

    def _only(self, found: list[Statement]) -> Statement | None:
        return found[0] if len(found) == 1 else None

    def _values(self, product: Statement) -> dict[str, Term]:
        """Return what the variables in front of a statement have in all trips, if that comes of the states alone."""
        values: dict[str, Term] = {}
        for name, states in self.states.items():
            later = self.terms.make(gast.Slice, self.terms.constant(1), None, None)
            values[name] = self.terms.make(gast.Subscript, states.array, later)
        for stmt in self.body[: self.body.index(product)]:
            for name in stmt.writes & values.keys():
                del values[name]
            if stmt.target is None or stmt.value is None or self.writes_inside[stmt.target] != 1:
                continue
            if self._is_elementwise(stmt.value, values):
                values[stmt.target] = substitute(self.terms, stmt.value, values)
        return values

    def _is_elementwise(self, value: Term, values: dict[str, Term]) -> bool:
        """Tell whether each element of a value is computed from the same elements of the states."""
        if value.kind is gast.BinOp and value.parts[1] in _OPERATORS:
            operands = [value.parts[0], value.parts[2]]
        elif value.kind is gast.UnaryOp and value.parts[0] is gast.USub:
            operands = [value.parts[1]]
        else:
            return False
        numbers = [o for o in operands if o.kind is gast.Constant and type(o.parts[0]) in (int, float)]
        known = [o for o in operands if o.kind is gast.Name and o.name in values]
        return bool(known) and len(known) + len(numbers) == len(operands) and is_double(self.kinds.of(value))

    def _parts(self, product: Statement, values: dict[str, Term]) -> tuple[Term, Term, _States] | None:
        """Return the factors of a product, the gradient of a state and what is computed from it, and the states."""
        value = product.value
        if value is None or value.kind is not gast.BinOp or value.parts[1] is not gast.Mult:
            return None
        for gradient, other in (value.parts[::2], value.parts[::-2]):
            if gradient.kind is not gast.Name or other.kind is not gast.Name or other.name in self.states:
                continue
            states = self.states.get(self.program.context.like.get(gradient.name, ""))
            kind = self.kinds.of(gradient)
            is_array = kind.name == "array" and is_double(kind) and self.kinds.is_whole(gradient)
            if states is not None and is_array and other.name in values:
                # What is computed from one state has its shape, as its gradient has.
                if values[other.name].reads == {states.array.name}:
                    return gradient, other, states
        return None

    def _has_rank(self, making: Statement, states: _States) -> bool:
        """Tell whether the array of the factor is made for as many trips, and has as many axes, as that of the states."""
        ranks = len(_shape_of_empty(making)), len(_shape_of_empty(states.making))
        return ranks[0] == ranks[1] and _length_of_empty(making) is self.trips

    # ---- the change ---------------------------------------------------------------------------

    def _keep_all(self, states: _States) -> None:
        """Keep the states before and behind each trip."""
        program, terms = self.program, self.terms
        assert states.making.value is not None
        one = terms.constant(1)
        more = terms.binary(self.trips, gast.Add, one)
        func, (shape,), keywords = states.making.value.parts
        longer = terms.make(gast.Tuple, (more, *shape.children[1:]))
        before = terms.make(gast.Slice, None, terms.make(gast.UnaryOp, gast.USub, one), None)
        former = {states.array.name: terms.make(gast.Subscript, states.array, before)}
        for stmt in self.all:
            if states.array.name in stmt.reads and stmt not in (states.storing, states.reading):
                assert stmt.value is not None
                program.set_value(stmt, substitute(terms, stmt.value, former))
        program.set_value(states.making, terms.make(gast.Call, func, (longer,), keywords))
        first = self._store(states, terms.constant(0), self.forward)
        program.body.insert(program.body.index(self.forward), first)
        block = self.forward.blocks[0]
        following = terms.binary(self.forward.targets[0], gast.Add, one)
        block.remove(states.storing)
        if self._may_be_part(states):
            self._compute_in(states, terms.make(gast.Subscript, states.array, following))
        else:
            block.insert(block.index(states.binding) + 1, self._store(states, following, states.binding))

    def _may_be_part(self, states: _States) -> bool:
        """Tell whether a state may be computed where it is kept, as it is only an operand of what makes new arrays."""
        name, value = states.state, states.binding.value
        callee = None if value is None else value.callee
        if (
            value is None
            or not isinstance(callee, np.ufunc)
            or value.parts[2]
            or callee.nin != len(value.parts[1])
        ):
            return False
        if callee.nout > 1 or not is_double(self.kinds.of(value)):
            return False
        if self.memory.sharing(name) != {name, states.array.name}:
            return False
        uses = [s for s in self.all if name in s.reads and s is not states.storing]
        return all(s.kind is gast.Assign and s.value is not None and is_fresh(s.value) for s in uses)

    def _compute_in(self, states: _States, part: Term) -> None:
        """Let the function that computes a state write it where it is kept."""
        assert states.binding.value is not None
        func, args, _ = states.binding.value.parts
        out = self.terms.make(gast.keyword, "out", part)
        self.program.set_value(states.binding, self.terms.make(gast.Call, func, args, (out,)))

    def _store(self, states: _States, index: Term, near: Statement) -> Statement:
        stored = Statement(gast.Assign, near.origin)
        stored.targets = (self.terms.make(gast.Subscript, states.array, index),)
        stored.value = self.terms.load(states.state)
        self.program.describe(stored)
        return stored

    def _fill(self, making: Statement, value: Term) -> None:
        """Make the array of the factor by a computation, operation after operation."""
        self.program.body.remove(making)
        made: dict[Term, Term] = {}
        last = self._computed(value, made, making)
        self._insert(self.kept.name, last, making)

    def _computed(self, value: Term, made: dict[Term, Term], making: Statement) -> Term:
        """Return an operation whose operands are variables, computed in front of the backward loop, and constants."""

        def operand(term: Term) -> Term:
            if term.kind is gast.Constant:
                return term
            if term not in made:
                made[term] = self.terms.load(self.program.fresh("t"))
                self._insert(made[term].name, self._computed(term, made, making), making)
            return made[term]

        if value.kind is gast.BinOp:
            left, op, right = value.parts
            return self.terms.binary(operand(left), op, operand(right))
        return self.terms.negative(operand(value.parts[1])) if value.kind is gast.UnaryOp else value

    def _insert(self, name: str, value: Term, making: Statement) -> None:
        body = self.program.body
        body.insert(body.index(self.backward), self.program.assign(name, value, making.origin))


def _shape_of_empty(stmt: Statement | None) -> tuple[Term, ...]:
    """Return the lengths of the axes of an array that is made by ``np.empty``; nothing for other statements."""
    value = None if stmt is None else stmt.value
    if (
        value is None
        or value.kind is not gast.Call
        or value.callee is not np.empty
        or len(value.parts[1]) != 1
    ):
        return ()
    (shape,) = value.parts[1]
    return shape.children if shape.kind is gast.Tuple and not value.parts[2] else ()


def _length_of_empty(stmt: Statement | None) -> Term | None:
    return next(iter(_shape_of_empty(stmt)), None)
