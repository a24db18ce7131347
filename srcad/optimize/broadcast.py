"""Leave out what brings a value to the shape that it has, or that it will get anyway."""

from __future__ import annotations

from collections.abc import Collection

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.broadcast import Reduction, unbroadcast_axes
from srcad.analysis.kinds import dims_of, is_double, is_scalar
from srcad.optimize.forward import Known, Rewriter
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.shapes import Shapes, is_elementwise
from srcad.optimize.terms import Term

__all__ = ["NeedlessBroadcasts"]

_SCALING = (gast.Mult, gast.Div)
_LONGEST_CHAIN = 8


class NeedlessBroadcasts(Rewriter):
    """Remove needless ``np.broadcast_to`` and ``rt.unbroadcast``, or write the sum that the latter is.

    Examples
    --------
    ::

        s = np.shape(x)             # before          s = np.shape(x)             # after
        t = np.broadcast_to(g, s)                     t = np.broadcast_to(g, s)
        c = np.cos(x)                                 c = np.cos(x)
        u = t * c                                     u = g * c
        dx = rt.unbroadcast(u, x)                     dx = u
    """

    def __init__(self, program: Program, memory: Memory) -> None:
        super().__init__(program, memory)
        self.kinds = memory.kinds
        self.shapes = Shapes(program, self.kinds)
        self._readers: dict[str, list[Statement]] | None = None

    def statement(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Replace an operand of a sum or product, or an ``unbroadcast``."""
        name, value = stmt.target, stmt.value
        if stmt.kind is gast.AugAssign and value is not None:
            self._add_as_it_is(stmt, value, known)
        if name is None or value is None:
            return None
        if _is_unbroadcast(value):
            self._fit(stmt, value, known)
            return None
        if value.kind is gast.Call and value.callee is rt.owned and len(value.parts[1]) == 2:
            self._fill(stmt, value, known)
            return None
        if is_elementwise(value):
            left, op, right = value.parts
            if (small := self._broadcast_source(left, right, known, stmt)) is not None:
                self.program.set_value(stmt, self.terms.binary(small, op, right))
            elif (small := self._broadcast_source(right, left, known, stmt)) is not None:
                self.program.set_value(stmt, self.terms.binary(left, op, small))
        elif value.kind is gast.Call and value.callee is np.where and len(value.parts[1]) == 3:
            self._choose_numbers(stmt, value, known)
        return self._broadcast_last(stmt, known)

    def _add_as_it_is(self, stmt: Statement, value: Term, known: Known) -> None:
        """Let an array broadcast what is added to it in place."""
        target = stmt.targets[0]
        if stmt.op not in (gast.Add, gast.Sub) or target.kind is not gast.Name:
            return
        source = self._number_behind(value, known)
        if source is None and (found := self._broadcast_of(value, known)) is not None:
            source = found.parts[1][0]
        if source is not None and self.kinds.of(target).name == "array" and self.kinds.is_whole(target):
            self.program.set_value(stmt, source)

    def _choose_numbers(self, stmt: Statement, value: Term, known: Known) -> None:
        """Let ``np.where`` broadcast what its condition gives the shape to."""
        function, (condition, *branches), keywords = value.parts
        sources = [self._broadcast_source(branch, condition, known) for branch in branches]
        if any(source is not None for source in sources):
            chosen = (b if s is None else s for b, s in zip(branches, sources))
            call = self.terms.make(gast.Call, function, (condition, *chosen), keywords)
            self.program.set_value(stmt, call)

    # ---- sums -------------------------------------------------------------------------------

    def _fit(self, stmt: Statement, value: Term, known: Known) -> None:
        source, target = value.parts[1]
        if self.kinds.of(target).dtype != "complex" and self.kinds.may_be_complex(source):
            return
        if self.shapes.same(source, target, known):
            simple: Term | None = source
        else:
            simple = self._reduced(source, target)
        # The source itself may be what ``unbroadcast`` returns, so this makes no new alias.
        if simple is None:
            simple = self._fit_to_witness(value, known)
        if simple is not None:
            self.program.set_value(stmt, simple)

    def _fit_to_witness(self, call: Term, known: Known) -> Term | None:
        """Ask for the shape of what is there, so that no history keeps an array for its shape alone."""
        source, target = call.parts[1]
        witness = self.shapes.witness(target, known)
        if witness is None or not all(is_double(self.kinds.of(x)) for x in (target, witness.parts[0])):
            return None
        return self.terms.make(gast.Call, call.parts[0], (source, witness), ())

    def _reduced(self, source: Term, target: Term) -> Term | None:
        """Return the sum that an ``unbroadcast`` is, by what is known of dimensions."""
        kind, wanted = self.kinds.of(source), self.kinds.of(target)
        if kind.name not in ("array", "float", "int") or wanted.name not in ("array", "float"):
            return None
        if not is_scalar(wanted) and not self.kinds.is_whole(source):
            return None
        reduction = unbroadcast_axes(kind, wanted)
        return None if reduction is None else self._sum(source, reduction)

    def _sum(self, source: Term, reduction: Reduction) -> Term | None:
        if reduction.is_identity:
            return source
        if reduction.dropped and reduction.kept:
            return None
        keywords: list[Term] = []
        axes = reduction.dropped or reduction.kept
        if axes and not reduction.whole:
            keywords.append(self.terms.make(gast.keyword, "axis", self._axes(axes)))
            if reduction.kept:
                keywords.append(self.terms.make(gast.keyword, "keepdims", self.terms.constant(True)))
        function = self.terms.static("np.sum", np.sum)
        return self.terms.make(gast.Call, function, (source,), tuple(keywords))

    def _axes(self, axes: tuple[int, ...]) -> Term:
        constants = tuple(map(self.terms.constant, axes))
        return constants[0] if len(axes) == 1 else self.terms.make(gast.Tuple, constants)

    def _fill(self, stmt: Statement, value: Term, known: Known) -> None:
        """Write a copy of a number that was broadcast to an array's shape as a filled array."""
        source, target = value.parts[1]
        number = self._number_behind(source, known)
        kind = self.kinds.of(target)
        if number is None or number.kind is not gast.Constant or kind.name != "array" or not kind.inexact:
            return
        if self.shapes.same(source, target, known):
            filled: tuple[Term, tuple[Term, ...]]
            filled = self.terms.static("np.full_like", np.full_like), (target, number)
            if number.parts[0] == 1:
                filled = self.terms.static("np.ones_like", np.ones_like), (target,)
            self.program.set_value(stmt, self.terms.make(gast.Call, *filled, ()))

    # ---- broadcasts -------------------------------------------------------------------------

    def _broadcast_source(
        self, term: Term, other: Term, known: Known, product: Statement | None = None
    ) -> Term | None:
        """Return ``g`` where a term is ``np.broadcast_to(g, ...)`` for a shape that ``other`` brings anyway.

        What is added to an array of that shape in the end need not have it, and ``product`` may be such.
        """
        number = self._number_behind(term, known)
        found = self._broadcast_of(term, known)
        source: Term | None = number if found is None else found.parts[1][0]
        if source is None:
            return None
        if not (
            self.shapes.same(term, other, known)
            or self._is_covered(term, other, source)
            or (product is not None and self._is_summed_and_added(product, term, other, source))
        ):
            return None
        return source if number is None else number

    def _broadcast_of(self, term: Term, known: Known) -> Term | None:
        """Return the call of ``np.broadcast_to`` whose result a variable holds."""
        if term.kind is not gast.Name:
            return None
        found = known.value(term.name)
        if found is None or found.kind is not gast.Call or found.callee is not np.broadcast_to:
            return None
        _, args, keywords = found.parts
        return (
            found if len(args) == 2 and not keywords and args[0].kind in (gast.Name, gast.Constant) else None
        )

    def _is_covered(self, term: Term, other: Term, source: Term, axes: Collection[int] | None = None) -> bool:
        """Tell whether one of two operands has each axis of ``term`` that is not one with a length that is surely not one.

        So the result has its shape, although ``source``, which was broadcast to ``term``, has axes of length one.
        With ``axes``, only these are looked at.
        """
        wide, small, large = (dims_of(self.kinds.of(part)) for part in (term, source, other))
        if wide is None or large is None or not self.kinds.is_whole(other):
            return False
        if small is None or not self.kinds.is_whole(source):
            small = ()
        rank = max(len(wide), len(large))
        wanted, first, second = (("1",) * (rank - len(dims)) + dims for dims in (wide, small, large))
        looked_at = range(rank) if axes is None else [axis for axis in axes if axis < rank]
        return all(wanted[axis] == "1" or "N" in (first[axis], second[axis]) for axis in looked_at)

    def _is_summed_and_added(self, product: Statement, term: Term, other: Term, source: Term) -> bool:
        """Tell whether a product is only summed, over axes that are covered, and added to what has all the others."""
        summing = self._only_reader(product.target)
        value = None if summing is None else summing.value
        if summing is None or value is None or value.kind is not gast.Call or value.callee is not np.sum:
            return False
        _, args, keywords = value.parts
        if len(args) != 1 or len(keywords) != 1 or keywords[0].parts[0] != "axis":
            return False
        axis = keywords[0].parts[1]
        place = axis.parts[0] if axis.kind is gast.Constant else None
        if type(place) is not int or place < 0 or not self._is_covered(term, other, source, (place,)):
            return False
        adding = self._only_reader(summing.target)
        total = None if adding is None else adding.value
        if adding is None or total is None or total.kind is not gast.BinOp or total.parts[1] is not gast.Add:
            return False
        left, _, right = total.parts
        whole = right if left.kind is gast.Name and left.name == summing.target else left
        dims, wide = dims_of(self.kinds.of(whole)), dims_of(self.kinds.of(term))
        if dims is None or wide is None or not self.kinds.is_whole(whole):
            return False
        others = wide[:place] + wide[place + 1 :]
        return len(dims) == len(others) and all(
            "N" == own or other == "1" for own, other in zip(dims, others)
        )

    def _only_reader(self, name: str | None) -> Statement | None:
        """Return the one statement that reads a temporary."""
        if name is None or name in self.context.keep:
            return None
        if self._readers is None:
            self._readers = {}
            for stmt in statements(self.program.body):
                for read in stmt.reads:
                    self._readers.setdefault(read, []).append(stmt)
        found = self._readers.get(name, [])
        return found[0] if len(found) == 1 and self.shapes.settled.get(name) is not None else None

    def _broadcast_last(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Compute with numbers before they are broadcast."""
        value = stmt.value
        assert value is not None
        if value.kind is gast.UnaryOp and value.parts[0] is gast.USub:
            found = self._broadcast_of(value.parts[1], known)
            scaled = None if found is None else self.terms.negative(found.parts[1][0])
        elif value.kind is gast.BinOp and value.parts[1] in _SCALING and self._is_number(value.parts[2]):
            found = self._broadcast_of(value.parts[0], known)
            if found is None:
                return self._scaled_before_axes(stmt, value, known)
            scaled = None if found is None else self.terms.binary(found.parts[1][0], *value.parts[1:])
        elif value.kind is gast.Call and value.callee is np.broadcast_to:
            number = self._number_behind(value.parts[1][0], known)
            if number is not None:
                parts = (number, *value.parts[1][1:])
                self.program.set_value(
                    stmt, self.terms.make(gast.Call, value.parts[0], parts, value.parts[2])
                )
            return None
        else:
            return None
        if found is None or scaled is None or not self._is_number(found.parts[1][0]):
            return None
        inner = self.program.fresh("t")
        self.program.set_value(
            stmt,
            self.terms.make(
                gast.Call, found.parts[0], (self.terms.load(inner), found.parts[1][1]), found.parts[2]
            ),
        )
        return [self.program.assign(inner, scaled, stmt.origin), stmt]

    def _scaled_before_axes(self, stmt: Statement, value: Term, known: Known) -> list[Statement] | None:
        """Scale a number that was broadcast before it gets new axes, where it gets some before it is scaled."""
        array, op, factor = value.parts
        made = known.value(array.name) if array.kind is gast.Name else None
        if made is None or made.callee is not np.expand_dims or made.kind is not gast.Call or made.parts[2]:
            return None
        function, (source, axis), _ = made.parts
        if self._broadcast_of(source, known) is None or self._number_behind(source, known) is None:
            return None
        inner = self.program.fresh("t")
        expanded = self.terms.make(gast.Call, function, (self.terms.load(inner), axis), ())
        self.program.set_value(stmt, expanded)
        return [self.program.assign(inner, self.terms.binary(source, op, factor), stmt.origin), stmt]

    def _number_behind(self, term: Term, known: Known) -> Term | None:
        """Return the number that all elements of a variable are equal to, where it was broadcast."""
        for _ in range(_LONGEST_CHAIN):
            found = known.value(term.name) if term.kind is gast.Name else None
            if found is None or found.kind is not gast.Call or not found.parts[1]:
                return None
            if found.callee is not np.broadcast_to and found.callee is not np.expand_dims:
                return None
            term = found.parts[1][0]
            if found.callee is np.broadcast_to and self._is_number(term):
                return term
        return None

    def _is_number(self, term: Term) -> bool:
        return is_scalar(self.kinds.of(term))


def _is_unbroadcast(value: Term) -> bool:
    if value.kind is not gast.Call or len(value.parts[1]) != 2 or value.parts[2]:
        return False
    module = getattr(value.callee, "__module__", "") or ""
    return module.startswith("srcad.runtime") and getattr(value.callee, "__name__", "") == "unbroadcast"
