"""What stays the same in all trips of a loop, and which array or list a loop runs over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import gast

from srcad.optimize.iteration import reversed_range
from srcad.optimize.memory import Memory
from srcad.optimize.program import LEAVING, Program, Statement, statements
from srcad.optimize.terms import Term

__all__ = ["Trips", "counting_loop", "forward_of"]


def counting_loop(loop: Statement) -> Term | None:
    """Return the number ``n`` of trips of a loop ``for i in range(n)``, all of which are made, with ``i`` as it counts."""
    value = loop.value
    if loop.kind is not gast.For or value is None or loop.targets[0].kind is not gast.Name:
        return None
    if value.kind is not gast.Call or value.callee is not range or len(value.parts[1]) != 1:
        return None
    trips: Term = value.parts[1][0]
    return trips if _makes_all_trips(loop) else None


def _makes_all_trips(loop: Statement) -> bool:
    """Tell whether a loop is left only after its last trip, and does not bind its own variable anew."""
    inside = statements(loop.blocks[0])
    return not any(s.kind in LEAVING or s.kind is gast.With or loop.writes & s.writes for s in inside)


def forward_of(program: Program, backward: Statement) -> Statement | None:
    """Return the loop whose trips another one goes through backwards, where both go through all of them."""
    bounds = reversed_range(backward.value)
    if bounds is None or len(bounds.parts[1]) != 1 or backward.targets[0].kind is not gast.Name:
        return None
    earlier = program.body[: program.body.index(backward)]
    found = [stmt for stmt in earlier if stmt.kind is gast.For and stmt.value is bounds]
    if len(found) != 1 or found[0].targets[0].kind is not gast.Name:
        return None
    if not (_makes_all_trips(found[0]) and _makes_all_trips(backward)):
        return None
    return found[0]


class Trips:
    """The variables that are settled from before a loop of a program's outermost block to the end, and its number of trips.

    Attributes
    ----------
    writes : Counter
        How often each variable is bound in the program.
    bound_before : dict
        What plain assignments before the loop gave to variables.
    known_before : frozenset of str
        The parameters, and the variables bound before the loop.
    """

    def __init__(self, program: Program, loop: Statement) -> None:
        self.program, self.terms = program, program.terms
        self.memory = program.fact(Memory)
        self.writes = Counter(n for s in statements(program.body) for n in s.writes)
        before = program.body[: program.body.index(loop)]
        self.bound_before = {s.target: s.value for s in before if s.target is not None}
        self.known_before = program.parameters.union(*[s.writes for s in before])
        self.unpacked = self._unpacked(before)

    def counted(self, trips: Term) -> Term | None:
        """Return the array, or list, of which a number of trips was the length before the loop; it may change in it."""
        if trips.kind is not gast.Name or not self.is_settled(trips.name):
            return None
        made = self.bound_before.get(trips.name)
        found: Term | None = None
        if made is None:
            found = next((shape for names, shape in self.unpacked if names[0] is trips), None)
        elif made.kind is gast.Call and made.callee is len and len(made.parts[1]) == 1:
            found = made.parts[1][0]
        elif made.kind is gast.Subscript and made.parts[1] is self.terms.constant(0):
            found = self._array_of_shape(made.parts[0])
        return found

    def is_settled(self, name: str) -> bool:
        """Tell whether a variable has one value from before the loop to the end."""
        number = 0 if name in self.program.parameters else 1
        is_known = name in self.known_before and self.writes[name] == number
        return is_known and not self.memory.is_changed(name) and name not in self.program.terms.captured

    def _unpacked(self, before: Sequence[Statement]) -> list[tuple[tuple[Term, ...], Term]]:
        """Return the variables that the lengths of all axes of an array are assigned to, with the array."""
        return [
            (s.targets[0].children, found)
            for s in before
            if s.target is None and s.value is not None and len(s.targets) == 1 and s.targets[0].children
            if (found := self._array_of_shape(s.value)) is not None
        ]

    def _array_of_shape(self, shape: Term) -> Term | None:
        if shape.kind is gast.Name and self.is_settled(shape.name):
            shape = self.bound_before.get(shape.name) or shape
        return shape.parts[0] if shape.kind is gast.Attribute and shape.parts[1] == "shape" else None
