"""What whole-number variables are in terms of loop variables and lengths, and which part of an array an index selects."""

from __future__ import annotations

from collections.abc import Hashable

import gast

from srcad.analysis.kinds import Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.derive.inequalities import Linear, can_hold, constant, difference, plus, symbol
from srcad.derive.places import Access, Definition, Place, Survey
from srcad.derive.steps import Loop
from srcad.lang.walking import nodes_in

__all__ = ["Values"]

_DEPTH = 12
_ONE = constant(1)
_LIKE = ("np.zeros_like", "np.empty_like", "np.ones_like", "np.full_like", "np.copy", "np.array")
_FILLED = ("np.zeros", "np.empty", "np.ones")


class Values:
    """Writes values as sums of symbols.

    Each trip of a loop has its own symbols, told apart by a tag; a variable that is bound once outside of loops, and the
    lengths of such an array, have one symbol for all.
    """

    def __init__(self, found: Survey, kinds: Kinds, root: str) -> None:
        self.found, self.kinds, self.root = found, kinds, root
        self.lengths: set[Hashable] = set()

    # ---- values -----------------------------------------------------------------------------

    def of(self, node: gast.AST | None, place: Place, tag: str, depth: int = _DEPTH) -> Linear | None:
        """Return a value as a sum of symbols, or None where it is nothing of the kind."""
        if node is None or not depth:
            return None
        number = _integer(node)
        if number is not None:
            return constant(number)
        if isinstance(node, gast.Name):
            return self._variable(node.id, place, tag, depth - 1)
        if isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Add, gast.Sub, gast.Mult)):
            left, right = (self.of(side, place, tag, depth - 1) for side in (node.left, node.right))
            return None if left is None or right is None else _combined(left, node.op, right)
        if isinstance(node, gast.Subscript) and isinstance(node.value, gast.Name):
            axis = _integer(node.slice)
            shaped = self._shaped(node.value.id, place)
            return None if axis is None or shaped is None else self.length(*shaped, axis, tag)
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == "len":
            first = node.args[0]
            return self.length(first.id, place, 0, tag) if isinstance(first, gast.Name) else None
        return None

    def _variable(self, variable: str, place: Place, tag: str, depth: int) -> Linear | None:
        definitions = self.found.definitions.get(variable, [])
        if variable in self.found.targets:
            inside = [loop for loop in place.loops if loop.target == variable]
            return (
                symbol((tag, id(inside[-1]))) if inside and not definitions and _range(inside[-1]) else None
            )
        if len(definitions) > 1:
            return None
        if not definitions:
            return symbol(variable)
        found = definitions[0]
        computed = None
        if place.sees(found.place):
            computed = self.of(found.value, found.place, tag, depth)
        return symbol(variable) if computed is None and not found.place.loops else computed

    def _seen(self, variable: str, place: Place) -> Definition | None:
        """Return what a variable is bound to at a place, where it is bound once and has been in the trips under way."""
        definitions = self.found.definitions.get(variable, [])
        sure = len(definitions) == 1 and variable not in self.found.targets
        return definitions[0] if sure and place.sees(definitions[0].place) else None

    def _shaped(self, variable: str, place: Place) -> tuple[str, Place] | None:
        """Return the array whose shape a variable holds, and the place where that was asked for."""
        found = self._seen(variable, place)
        value = None if found is None else found.value
        if found is not None and isinstance(value, gast.Attribute) and value.attr == "shape":
            return (str(value.value.id), found.place) if isinstance(value.value, gast.Name) else None
        return None

    def length(self, array: str, at: Place, axis: int, tag: str) -> Linear:
        """Return the length of an axis of the array that a variable is bound to at a place."""
        definitions = self.found.definitions.get(array, [])
        found = self._seen(array, at)
        lasting = not definitions and array not in self.found.targets
        if self.kinds.get(array, Kind("any")).name != "array" or found is None and not lasting:
            return self._fresh((tag, "unknown", array, axis, at.position))
        if found is None:
            return self._fresh(("length", array, axis))
        value, place = found.value, found.place
        if isinstance(value, gast.Name):
            return self.length(value.id, place, axis, tag)
        if isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and value.args:
            first = value.args[0]
            if value.func.id in _LIKE and isinstance(first, gast.Name):
                if self.kinds.get(first.id, Kind("any")).name == "array":
                    return self.length(first.id, place, axis, tag)
            if value.func.id in _FILLED:
                made = self._made(first, axis, place, tag)
                if made is not None:
                    return made
        return self._fresh(("length", array, axis) if not place.loops else (tag, "length", array, axis))

    def _made(self, shape: gast.AST, axis: int, place: Place, tag: str) -> Linear | None:
        """Return the length of an axis of an array that is made with a shape."""
        found = self._seen(shape.id, place) if isinstance(shape, gast.Name) else None
        if found is not None and isinstance(found.value, gast.Tuple) and axis < len(found.value.elts):
            return self.of(found.value.elts[axis], found.place, tag)
        return self.of(shape, place, tag) if axis == 0 and self._is_number(shape) else None

    def _is_number(self, node: gast.AST) -> bool:
        return isinstance(node, gast.Name) and self.kinds.get(node.id, Kind("any")).name == "int"

    def _fresh(self, name: Hashable) -> Linear:
        self.lengths.add(name)
        return symbol(name)

    # ---- loops ------------------------------------------------------------------------------

    def is_rising(self, loop: Loop) -> bool:
        """Tell whether the symbol of a loop grows from trip to trip: a loop variable, or the number of the trip."""
        bounds = _range(loop)
        return bounds is None or bounds[2] > 0

    def around(self, place: Place, tag: str) -> list[Linear]:
        """Return between which bounds the variables of the loops around a place lie."""
        rows = []
        for loop in place.loops:
            bounds = _range(loop)
            if bounds is None:
                continue
            own, header = symbol((tag, id(loop))), self.found.headers[id(loop)]
            start, stop = (self.of(bound, header, tag) for bound in bounds[:2])
            sign = 1 if bounds[2] > 0 else -1
            if start is not None:
                rows.append(plus(constant(0), difference(own, start), sign))
            if stop is not None:
                rows.append(plus(constant(-1), difference(stop, own), sign))
        return rows

    # ---- parts of arrays --------------------------------------------------------------------

    def origin(self, base: str, place: Place) -> tuple[str, Place]:
        """Return the variable that another is only a second name of at a place, and where it became that."""
        found = self._seen(base, place)
        if found is None or not isinstance(found.value, gast.Name):
            return base, place
        return self.origin(found.value.id, found.place)

    def is_of_this_trip(self, base: str, place: Place) -> bool:
        """Tell whether a variable names at a place what the trips under way have made of the array."""
        found = self._seen(base, place)
        if found is None or base == self.root:
            return found is not None
        parts = [n.id for n in nodes_in(found.value or gast.Pass()) if isinstance(n, gast.Name)]
        arrays = [part for part in parts if self.kinds.get(part, Kind("any")).name == "array"]
        return bool(arrays) and all(self.is_of_this_trip(part, found.place) for part in arrays)

    def region(self, access: Access, tag: str) -> list[Linear]:
        """Return what holds of the places in the array that an access touches; the place along an axis is a symbol."""
        rank = self.kinds[self.root].ndim or 0
        places = [symbol(("place", axis)) for axis in range(rank)]
        rows = list(self.around(access.place, tag))
        rows += self._part(access.base, access.index, access.place, tag, places, rows)
        for axis, place in enumerate(places):
            rows += [
                place,
                difference(difference(self.length(self.root, access.place, axis, tag), place), _ONE),
            ]
        return rows + [symbol(name) for name in self.lengths]

    def _part(
        self,
        base: str,
        index: gast.AST | None,
        place: Place,
        tag: str,
        places: list[Linear],
        known: list[Linear],
    ) -> list[Linear]:
        base, place = self.origin(base, place)
        if base == self.root:
            return [] if index is None else self._selected(index, place, tag, places, known)
        found = self._seen(base, place)
        value = None if found is None else found.value
        if found is None or not isinstance(value, gast.Subscript) or not isinstance(value.value, gast.Name):
            return []
        return self._part(value.value.id, value.slice, found.place, tag, places, known)

    def _selected(
        self, index: gast.AST, place: Place, tag: str, places: list[Linear], known: list[Linear]
    ) -> list[Linear]:
        parts = list(index.elts) if isinstance(index, gast.Tuple) else [index]
        spread = [p for p in parts if isinstance(p, gast.Constant) and p.value is Ellipsis]
        parts = [p for p in parts if not (isinstance(p, gast.Constant) and p.value is None)]
        rows: list[Linear] = []
        if spread:
            return rows
        for axis, part in enumerate(parts):
            if axis >= len(places) or not self._is_basic(part):
                return []
            rows += self._along(part, axis, place, tag, places[axis], known)
        return rows

    def _is_basic(self, part: gast.AST) -> bool:
        return isinstance(part, gast.Slice) or _integer(part) is not None or self._is_number(part)

    def _along(
        self, part: gast.AST, axis: int, place: Place, tag: str, own: Linear, known: list[Linear]
    ) -> list[Linear]:
        if not isinstance(part, gast.Slice):
            at = self._bound(part, axis, place, tag, known)
            return [] if at is None else [difference(own, at), difference(at, own)]
        step = 1 if part.step is None else _integer(part.step)
        if step is None or step < 1:
            return []
        first, last = (self._bound(bound, axis, place, tag, known) for bound in (part.lower, part.upper))
        rows = [] if first is None else [difference(own, first)]
        return rows if last is None else [*rows, difference(difference(last, own), _ONE)]

    def _bound(
        self, node: gast.AST | None, axis: int, place: Place, tag: str, known: list[Linear]
    ) -> Linear | None:
        """Return an index counted from the start of its axis, or None where that is not sure."""
        value = self.of(node, place, tag)
        number = None if node is None else _integer(node)
        if value is None or (number is not None and number >= 0):
            return value
        if number is not None:
            return plus(self.length(self.root, place, axis, tag), value)
        lengths = [symbol(name) for name in self.lengths]
        negative = difference(plus(constant(0), value, -1), _ONE)
        return None if can_hold([*known, *lengths, negative]) else value


def _range(loop: Loop) -> tuple[gast.AST, gast.AST, int] | None:
    """Return start, stop and step of the range that a loop counts through."""
    iterable = getattr(loop.origin, "iter", None)
    if (
        not isinstance(iterable, gast.Call)
        or getattr(iterable.func, "id", "") != "range"
        or loop.target is None
    ):
        return None
    args = iterable.args
    step = 1 if len(args) < 3 else _integer(args[2])
    if not step or iterable.keywords:
        return None
    return (gast.Constant(0, None), args[0], step) if len(args) == 1 else (args[0], args[1], step)


def _integer(node: gast.AST) -> int | None:
    if isinstance(node, gast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        inner = _integer(node.operand)
        return None if inner is None else -inner
    return None


def _combined(left: Linear, op: gast.operator, right: Linear) -> Linear | None:
    if isinstance(op, gast.Add):
        return plus(left, right)
    if isinstance(op, gast.Sub):
        return difference(left, right)
    for one, other in ((left, right), (right, left)):
        if not one.keys() - {1}:
            return plus(constant(0), other, one.get(1, 0))
    return None
