"""Which indices pick different places of an array."""

from __future__ import annotations

from collections import Counter

import gast

from srcad.optimize.kinds import TermKinds
from srcad.optimize.program import Program, statements
from srcad.optimize.terms import Term

__all__ = ["Places"]

_DEPTH = 6
_ONE = ""  # stands for the number one among the variables of a sum


class Places:
    """Compares indices, whose bounds may be sums of lengths, such as ``2 * n`` where ``n = x.shape[0]``."""

    def __init__(self, program: Program, kinds: TermKinds) -> None:
        self.kinds = kinds
        inside = {n for s in program.body for block in s.blocks for i in statements(block) for n in i.writes}
        heads = {n for s in program.body if s.blocks for n in s.writes}
        writes = Counter(n for s in statements(program.body) for n in s.writes)
        once = {n for n, number in writes.items() if number == 1} - program.parameters
        self.fixed = (once | (program.parameters - writes.keys())) - inside - heads - program.terms.captured

    def are_apart(self, first: Term, second: Term) -> bool:
        """Tell whether no place is picked by both of two indices that are evaluated with the same variables."""
        for one, other in zip(_parts(first), _parts(second)):
            if not (self._is_along_axis(one) and self._is_along_axis(other)):
                return False
            if self._ends_before(one, other) or self._ends_before(other, one):
                return True
        return False

    def _is_along_axis(self, part: Term) -> bool:
        """Tell whether a part of an index is for one axis."""
        return part.kind is gast.Slice or self.kinds.of(part).name == "int"

    def _ends_before(self, part: Term, other: Term) -> bool:
        """Tell whether one part picks only what lies in front of what the other one picks."""
        if part.kind is not gast.Slice and other.kind is not gast.Slice:
            return _is_less(self._sum(part), self._sum(other))
        if part.kind is not gast.Slice or other.kind is not gast.Slice:
            return False
        (_, stop, step), (start, _, other_step) = part.parts, other.parts
        if step is not None or other_step is not None or stop is None or start is None:
            return False
        if stop is start:
            return True
        last, first = self._sum(stop), self._sum(start)
        return last is not None and first is not None and all(first[n] >= last[n] for n in first | last)

    def _sum(self, term: Term, depth: int = _DEPTH) -> Counter[str] | None:
        """Return how often a number contains each of the lengths that it is a sum of, if it is one."""
        if term.kind is gast.Constant:
            value = term.parts[0]
            return Counter({_ONE: value}) if type(value) is int and value >= 0 else None
        if term.kind is gast.Name:
            if term.name in self.fixed and self.kinds.of(term).name == "int" and self.kinds.of(term).dims:
                return Counter({term.name: 1})
            values = set(self.kinds.definitions.get(term.name, ()))
            value = values.pop() if len(values) == 1 else None
            return self._sum(value, depth - 1) if value is not None and depth else None
        if term.kind is not gast.BinOp or term.parts[1] not in (gast.Add, gast.Mult):
            return None
        left, right = self._sum(term.parts[0], depth), self._sum(term.parts[2], depth)
        if left is None or right is None:
            return None
        if term.parts[1] is gast.Add:
            return left + right
        number, scaled = (left, right) if left.keys() <= {_ONE} else (right, left)
        if not number.keys() <= {_ONE}:
            return None
        return Counter({name: number[_ONE] * times for name, times in scaled.items()})


def _is_less(first: Counter[str] | None, second: Counter[str] | None) -> bool:
    if first is None or second is None:
        return False
    return second[_ONE] > first[_ONE] and all(second[n] >= first[n] for n in first | second)


def _parts(index: Term) -> tuple[Term, ...]:
    return index.children if index.kind is gast.Tuple else (index,)
