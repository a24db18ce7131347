"""Multiply constants with one another, or with the smaller of two arrays."""

from __future__ import annotations

import gast
import numpy as np

from srcad.analysis.kinds import dims_of, is_double
from srcad.optimize.forward import Known, Rewriter
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement
from srcad.optimize.terms import Term
from srcad.optimize.uses import loads_of

__all__ = ["ConstantFactors"]


class ConstantFactors(Rewriter):
    """Take constants out of the factors of a product.

    Examples
    --------
    For a vector ``g`` and a matrix ``x``::

        t = g * 0.5                 # before          u = np.expand_dims(g, 1)    # after
        u = np.expand_dims(t, 1)                      dx = u * x
        v = 2 * x
        dx = u * v
    """

    def __init__(self, program: Program, memory: Memory) -> None:
        super().__init__(program, memory)
        self.kinds = memory.kinds
        self.loads = program.fact(loads_of).copy()

    def statement(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Replace a product whose both factors are scaled."""
        value = stmt.value
        if (
            stmt.target is None
            or value is None
            or value.kind is not gast.BinOp
            or value.parts[1] is not gast.Mult
        ):
            return None
        left, _, right = value.parts
        for small, large in ((left, right), (right, left)):
            if self._rank(small) is None or self._rank(large) is None:
                return None
            spread = self._spread(small, known)
            first, second = (
                self._scaled(small if spread is None else spread.parts[1][0], known),
                self._scaled(large, known),
            )
            if first is not None and second is not None:
                return self._product(stmt, first, second, spread)
        return None

    def _rank(self, term: Term) -> int | None:
        """Return the rank of what surely is a real array in double precision."""
        dims = dims_of(self.kinds.of(term))
        whole = dims is not None and self.kinds.is_whole(term) and is_double(self.kinds.of(term))
        return len(dims) if dims and whole else None

    def _definition(self, term: Term, known: Known) -> Term | None:
        """Return what a temporary with one use was set to."""
        if term.kind is not gast.Name or self.loads[term.name] != 1 or term.name in self.context.keep:
            return None
        return known.value(term.name)

    def _spread(self, term: Term, known: Known) -> Term | None:
        """Return the call that gave an array another axis."""
        found = self._definition(term, known)
        if (
            found is None
            or found.kind is not gast.Call
            or found.callee is not np.expand_dims
            or found.parts[2]
        ):
            return None
        return found

    def _scaled(self, term: Term, known: Known) -> tuple[float, Term] | None:
        """Return the constant and the array whose product a temporary holds."""
        found = self._definition(term, known)
        if found is None or found.kind is not gast.BinOp or found.parts[1] is not gast.Mult:
            return None
        for constant, array in ((found.parts[0], found.parts[2]), (found.parts[2], found.parts[0])):
            if (
                constant.kind is gast.Constant
                and type(constant.parts[0]) in (int, float)
                and array.kind is gast.Name
            ):
                return float(constant.parts[0]), array
        return None

    def _product(
        self, stmt: Statement, small: tuple[float, Term], large: tuple[float, Term], spread: Term | None
    ) -> list[Statement]:
        factor, array = small[0] * large[0], small[1]
        made: list[Statement] = []
        if factor != 1.0:
            array = self._held(self.terms.binary(array, gast.Mult, self.terms.constant(factor)), stmt, made)
        if spread is not None:
            func, args, keywords = spread.parts
            array = self._held(self.terms.make(gast.Call, func, (array, *args[1:]), keywords), stmt, made)
        self.program.set_value(stmt, self.terms.binary(array, gast.Mult, large[1]))
        return [*made, stmt]

    def _held(self, value: Term, stmt: Statement, made: list[Statement]) -> Term:
        name = self.program.fresh("t")
        self.loads[name] += 1
        made.append(self.program.assign(name, value, stmt.origin))
        return self.terms.load(name)
