"""Write sums of products as the matrix products that they are, where the ranks are known."""

from __future__ import annotations

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import dims_of, is_double
from srcad.optimize.forward import Known, Rewriter
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement, primal_statements
from srcad.optimize.shapes import Shapes
from srcad.optimize.terms import Term
from srcad.optimize.uses import loads_of

__all__ = ["Products"]


class Products(Rewriter):
    """Use ``@`` or ``np.vdot`` for sums of products, and ``@`` for the adjoints of a product of two matrices.

    Examples
    --------
    ::

        t = g * x                                       # before      dw = g @ x          # after
        dw = np.sum(t)
        s = np.shape(a)                                               da = dc @ b.T
        da = rt.matmul_adjoint_a(dc, s, b)
    """

    def __init__(self, program: Program, memory: Memory) -> None:
        super().__init__(program, memory)
        self.kinds = memory.kinds
        self.shapes = Shapes(program, self.kinds)
        self.loads = program.fact(loads_of)
        self.primal = primal_statements(program)

    def statement(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Replace the value of an assignment."""
        value = stmt.value
        if stmt.target is None or value is None or value.kind is not gast.Call or value.parts[2]:
            return None
        if value.callee is np.sum and len(value.parts[1]) == 1:
            self._sum(stmt, value.parts[1][0], known)
            return None
        if value.callee in _OF_LEFT and len(value.parts[1]) == 3:
            cotangent, _, right = value.parts[1]
            if (
                self._is_matrix(cotangent)
                and self._is_matrix(right)
                and self._has_rank_two(value.parts[1][1], known)
            ):
                return self._product(stmt, cotangent, right, is_left=True)
        if value.callee in _OF_RIGHT and len(value.parts[1]) == 3:
            cotangent, left, _ = value.parts[1]
            if (
                self._is_matrix(cotangent)
                and self._is_matrix(left)
                and self._has_rank_two(value.parts[1][2], known)
            ):
                return self._product(stmt, left, cotangent, is_left=False)
        return None

    def _sum(self, stmt: Statement, summed: Term, known: Known) -> None:
        if (
            stmt in self.primal
            or summed.kind is not gast.Name
            or self.loads[summed.name] != 1
            or summed.name in self.context.keep
        ):
            return
        product = known.value(summed.name)
        if product is None or product.kind is not gast.BinOp or product.parts[1] is not gast.Mult:
            return
        left, _, right = product.parts
        rank = self._rank(left)
        if (
            not rank
            or self._rank(right) != rank
            or not (is_double(self.kinds.of(left)) and is_double(self.kinds.of(right)))
        ):
            return
        if not (self._are_long(left, right) or self.shapes.same(left, right, known)):
            return
        if rank == 1:
            self.program.set_value(stmt, self.terms.binary(left, gast.MatMult, right))
        else:
            inner = self.terms.static("np.vdot", np.vdot)
            self.program.set_value(stmt, self.terms.make(gast.Call, inner, (left, right), ()))

    def _are_long(self, left: Term, right: Term) -> bool:
        """Tell whether no axis of two operands that are multiplied can have been broadcast."""
        return all(length == "N" for term in (left, right) for length in dims_of(self.kinds.of(term)) or "?")

    def _product(self, stmt: Statement, left: Term, right: Term, *, is_left: bool) -> list[Statement] | None:
        turned = right if is_left else left
        if turned.kind is not gast.Name:
            return None
        name = self.program.fresh("t")
        transposed = self.program.assign(name, self.terms.make(gast.Attribute, turned, "T"), stmt.origin)
        factors = (left, self.terms.load(name)) if is_left else (self.terms.load(name), right)
        self.program.set_value(stmt, self.terms.binary(factors[0], gast.MatMult, factors[1]))
        return [transposed, stmt]

    def _is_matrix(self, term: Term) -> bool:
        return self._rank(term) == 2

    def _rank(self, term: Term) -> int | None:
        """Return the rank of what surely is an array."""
        dims = dims_of(self.kinds.of(term))
        return len(dims) if dims is not None and self.kinds.is_whole(term) else None

    def _has_rank_two(self, shape: Term, known: Known) -> bool:
        """Tell whether a term is the shape of a matrix."""
        found = known.value(shape.name) if shape.kind is gast.Name else shape
        if found is None or found.kind is not gast.Call or found.callee is not np.shape:
            return False
        dims = dims_of(self.kinds.of(found.parts[1][0]))
        return dims is not None and len(dims) == 2


_OF_LEFT = (rt.matmul_adjoint_a, rt.dot_adjoint_a)
_OF_RIGHT = (rt.matmul_adjoint_b, rt.dot_adjoint_b)
