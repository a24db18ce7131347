"""Sum first and multiply afterwards, where that is less work."""

from __future__ import annotations

import gast
import numpy as np

from srcad.analysis.kinds import dims_of, is_double
from srcad.optimize.forward import Known, Rewriter
from srcad.optimize.kinds import TermKinds
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement, primal_statements, statements
from srcad.optimize.terms import Term
from srcad.optimize.uses import loads_of

__all__ = ["FactorsOfSums", "negate_smaller"]


class FactorsOfSums(Rewriter):
    """Take a factor that is the same along an axis out of the sum over that axis.

    Examples
    --------
    For a matrix ``x`` and a vector ``w``::

        t = x * w                   # before          u = np.sum(x, axis=0)       # after
        dw = np.sum(t, axis=0)                        dw = u * w

    and for a column ``c``, where the sum of the other factor is there already::

        s = np.sum(x, axis=1)       # before          s = np.sum(x, axis=1)       # after
        t = c * x                                     t = c * x
        dc = np.sum(t, axis=1, keepdims=True)         u = np.expand_dims(s, 1)
                                                      dc = u * c
    """

    def __init__(self, program: Program, memory: Memory) -> None:
        super().__init__(program, memory)
        self.kinds = memory.kinds
        self.loads = program.fact(loads_of).copy()
        self.primal = primal_statements(program)

    def statement(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Replace a sum over the products of two arrays."""
        value = stmt.value
        if stmt.target is None or value is None or value.kind is not gast.Call or value.callee is not np.sum:
            return None
        _, args, keywords = value.parts
        options = {k.parts[0]: k.parts[1] for k in keywords}
        axis = options.get("axis")
        if len(args) != 1 or options.keys() - {"axis", "keepdims"} or axis is None or stmt in self.primal:
            return None
        place = axis.parts[0] if axis.kind is gast.Constant else None
        if type(place) is not int or place < 0:
            return None
        there = self._sum_that_is_there(stmt, args[0], place, options.keys() == {"axis", "keepdims"}, known)
        if there is not None:
            return there
        product = self._product(args[0], known)
        if product is None:
            return None
        for many, few in ((product[0], product[1]), (product[1], product[0])):
            first, second = _rank(self.kinds, many), _rank(self.kinds, few)
            if first and second and second <= first - 1 - place:
                name = self.program.fresh("t")
                self.loads[name] += 1
                inner = self.terms.make(gast.Call, value.parts[0], (many,), keywords)
                self.program.set_value(stmt, self.terms.binary(self.terms.load(name), gast.Mult, few))
                return [self.program.assign(name, inner, stmt.origin), stmt]
        return None

    def _sum_that_is_there(
        self, stmt: Statement, summed: Term, axis: int, keeps: bool, known: Known
    ) -> list[Statement] | None:
        """Multiply the known sum of one factor by the other, which has length one along the axis."""
        value = known.value(summed.name) if summed.kind is gast.Name and keeps else None
        sign: list[Statement] = []
        if value is not None and value.kind is gast.UnaryOp and value.parts[0] is gast.USub:
            inner = value.parts[1]
            value = known.value(inner.name) if inner.kind is gast.Name else None
            name = self.program.fresh("t")
            assert stmt.target is not None
            sign = [self.program.assign(stmt.target, self.terms.negative(self.terms.load(name)), stmt.origin)]
        if value is None or value.kind is not gast.BinOp or value.parts[1] is not gast.Mult:
            return None
        for many, few in ((value.parts[0], value.parts[2]), (value.parts[2], value.parts[0])):
            dims = dims_of(self.kinds.of(few)) or ()
            rank = _rank(self.kinds, many)
            if not rank or _rank(self.kinds, few) != rank or dims[axis] != "1":
                continue
            total = self._held_sum(many, axis, known)
            if total is None:
                continue
            column = self.program.fresh("t")
            widened = self.terms.make(
                gast.Call,
                self.terms.static("np.expand_dims", np.expand_dims),
                (self.terms.load(total), self.terms.constant(axis)),
                (),
            )
            product = self.terms.binary(self.terms.load(column), gast.Mult, few)
            made = [self.program.assign(column, widened, stmt.origin)]
            if sign:
                return [*made, self.program.assign(name, product, stmt.origin), *sign]
            self.program.set_value(stmt, product)
            return [*made, stmt]
        return None

    def _held_sum(self, term: Term, axis: int, known: Known) -> str | None:
        """Return the variable that holds the sum along an axis, which is dropped."""
        keyword = self.terms.make(gast.keyword, "axis", self.terms.constant(axis))
        function = self.terms.static("np.sum", np.sum)
        return next(iter(known.holding(self.terms.make(gast.Call, function, (term,), (keyword,)))), None)

    def _product(self, term: Term, known: Known) -> tuple[Term, Term] | None:
        """Return the factors of a temporary with one use."""
        if term.kind is not gast.Name or self.loads[term.name] != 1 or term.name in self.context.keep:
            return None
        found = known.value(term.name)
        if found is None or found.kind is not gast.BinOp or found.parts[1] is not gast.Mult:
            return None
        return found.parts[0], found.parts[2]


def negate_smaller(program: Program) -> None:
    """Change the sign of the smaller factor, and not that of the product.

    Examples
    --------
    For a vector ``g`` and a matrix ``x``::

        t = g * x                   # before          u = -g              # after
        dx = -t                                       dx = u * x
    """
    blocks = [program.body, *[b for stmt in statements(program.body) for b in stmt.blocks]]
    if not any(_negated_product(*pair) for block in blocks for pair in zip(block, block[1:])):
        return
    kinds, loads = program.fact(TermKinds), program.fact(loads_of)
    for block in blocks:
        for first, second in list(zip(block, block[1:])):
            small = _smaller_factor(first, second, kinds)
            name = first.target
            if small is None or name is None or loads[name] != 1 or name in program.context.keep:
                continue
            assert first.value is not None
            left, op, right = first.value.parts
            turned = program.fresh("t")
            new = program.terms.load(turned)
            factors = (new, right) if small is left else (left, new)
            program.set_value(second, program.terms.binary(factors[0], op, factors[1]))
            block[block.index(first)] = program.assign(turned, program.terms.negative(small), first.origin)


def _negated_product(first: Statement, second: Statement) -> Term | None:
    """Return the product of which the second statement changes the sign."""
    product, negative = first.value, second.value
    if first.target is None or second.target is None or product is None or negative is None:
        return None
    if negative.kind is not gast.UnaryOp or negative.parts[0] is not gast.USub:
        return None
    operand = negative.parts[1]
    if operand.kind is not gast.Name or operand.name != first.target:
        return None
    return product if product.kind is gast.BinOp and product.parts[1] is gast.Mult else None


def _smaller_factor(first: Statement, second: Statement, kinds: TermKinds) -> Term | None:
    """Return the factor with less elements of a product that the second statement changes the sign of."""
    product = _negated_product(first, second)
    if product is None:
        return None
    for small, large in ((product.parts[0], product.parts[2]), (product.parts[2], product.parts[0])):
        if small.kind is gast.Name and _is_smaller(small, large, kinds):
            return small
    return None


def _is_smaller(small: Term, large: Term, kinds: TermKinds) -> bool:
    if not _rank(kinds, small) or not _rank(kinds, large):
        return False
    few, many = dims_of(kinds.of(small)) or (), dims_of(kinds.of(large)) or ()
    return len(few) < len(many) or (
        len(few) == len(many) and few.count("1") > many.count("1") and "N" in many
    )


def _rank(kinds: TermKinds, term: Term) -> int:
    """Return the rank of what surely is a real array in double precision, else 0."""
    dims = dims_of(kinds.of(term))
    whole = dims is not None and kinds.is_whole(term) and is_double(kinds.of(term))
    return len(dims) if dims and whole else 0
