"""Constants and algebra."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, ClassVar

import gast
import numpy as np

from srcad import runtime as rt
from srcad.optimize.forward import Known, Rewriter
from srcad.optimize.memory import Memory, is_fresh
from srcad.optimize.program import Program, Statement, primal_statements
from srcad.optimize.terms import Term
from srcad.optimize.uses import loads_of

__all__ = ["Fold"]

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    gast.Add: operator.add,
    gast.Sub: operator.sub,
    gast.Mult: operator.mul,
    gast.Div: operator.truediv,
    gast.FloorDiv: operator.floordiv,
    gast.Mod: operator.mod,
    gast.Pow: operator.pow,
}
_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    gast.Eq: operator.eq,
    gast.NotEq: operator.ne,
    gast.Lt: operator.lt,
    gast.LtE: operator.le,
    gast.Gt: operator.gt,
    gast.GtE: operator.ge,
    gast.Is: operator.is_,
    gast.IsNot: operator.is_not,
}
_FLOAT_UFUNCS = frozenset(
    "exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh "
    "arcsinh arccosh arctanh hypot logaddexp logaddexp2 true_divide divide".split()
)
_PRODUCTS = (gast.Mult, gast.Div)
_OF_ONE_DTYPE = (
    np.sum, np.max, np.min, np.mean, np.expand_dims, np.broadcast_to, np.reshape, np.transpose, np.absolute, rt.sign,
)  # fmt: skip
_COUNTS = (len, np.size, np.ndim, rt.reduced_size)
_REAL = (np.conj, np.real)
_ODD = (np.sum, np.expand_dims)
_LARGEST_BASE, _LARGEST_EXPONENT = 1e6, 64


class Fold(Rewriter):
    """Simplify arithmetic, and branches whose condition is a constant.

    What changes a dtype is done only for values known to be floating-point; ``x * 0`` is never folded,
    as it may be NaN.

    Examples
    --------
    ::

        t = -a                      # before          t = -a              # after
        u = b + t                                     u = b - a
        v = u * 1.0                                   v = u
        w = 1.0 / y                                   w = 1.0 / y
        z = v * w                                     z = v / y
    """

    def __init__(self, program: Program, memory: Memory) -> None:
        super().__init__(program, memory)
        self.loads = program.fact(loads_of).copy()
        self.primal = primal_statements(program)

    # ---- statements -------------------------------------------------------------------------

    def statement(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Simplify the value of an assignment or of an update."""
        value = stmt.value
        if value is None:
            return None
        if stmt.kind is gast.AugAssign:
            negated = self._negated(value, known)
            if negated is not None and stmt.op in (gast.Add, gast.Sub):
                stmt.op = gast.Sub if stmt.op is gast.Add else gast.Add
                self.program.set_value(stmt, negated)
            return None
        name = stmt.target
        if name is not None and value.kind is gast.Call:
            self._real_as_it_is(stmt, value)
            assert stmt.value is not None
            if stmt.value is not value:
                return None
            return self._sign_taken_out(stmt, value, known)
        if name is None or value.kind not in (gast.BinOp, gast.UnaryOp, gast.Compare):
            return None
        simple = self._value(value, known)
        if (
            simple.kind is gast.Name
            and self._is_changed(name, simple.name)
            and not self._is_handed_on(simple, known)
        ):
            return None
        if simple is not value:
            self.program.set_value(stmt, simple)
        return self._sign_lifted(stmt, name, simple, known)

    def _is_changed(self, name: str, source: str) -> bool:
        # The result would become another name for its operand.
        return self.memory.is_changed(name) or self.memory.is_changed(source)

    def _is_handed_on(self, source: Term, known: Known) -> bool:
        """Tell whether a variable holds new memory that nobody else will ask for."""
        made = known.value(source.name)
        return (
            self._once(source)
            and source.name not in self.context.keep
            and made is not None
            and is_fresh(made)
        )

    # ---- expressions ------------------------------------------------------------------------

    def _value(self, term: Term, known: Known) -> Term:
        if term.kind is gast.BinOp:
            left, op, right = term.parts
            constant = self._constant(_BINARY.get(op), left, right)
            if constant is not None:
                return constant
            simplify = self._BY_OPERATOR.get(op)
            simple = None if simplify is None else simplify(self, left, right, known)
            return term if simple is None else simple
        if term.kind is gast.UnaryOp:
            return self._unary(term, known)
        return self._compare(term) if len(term.parts[1]) == 1 else term

    def _constant(self, compute: Any, left: Term, right: Term) -> Term | None:
        if left.kind is gast.Name or right.kind is gast.Name:
            return None
        first, second = _number(left), _number(right)
        if compute is None or first is None or second is None:
            return None
        if compute is operator.pow and (abs(first) > _LARGEST_BASE or abs(second) > _LARGEST_EXPONENT):
            return None
        try:
            value = compute(first, second)
        except (ArithmeticError, ValueError):
            return None
        if type(value) not in (int, float) or not math.isfinite(value):
            return None
        return self.terms.constant(value)

    def _compare(self, term: Term) -> Term:
        left, (op,), (right,) = term.parts
        compute = _COMPARE.get(op)
        if compute is None or left.kind is not gast.Constant or right.kind is not gast.Constant:
            return term
        first, second = left.parts[0], right.parts[0]
        if compute in (operator.is_, operator.is_not):
            if not any(side is one for side in (first, second) for one in (None, True, False, Ellipsis)):
                return term
        try:
            return self.terms.constant(bool(compute(first, second)))
        except TypeError:
            return term

    def _unary(self, term: Term, known: Known) -> Term:
        op, operand = term.parts
        if op is gast.Not and operand.kind is gast.Constant:
            return self.terms.constant(not operand.parts[0])
        if op is not gast.USub:
            return term
        number = _number(term)
        if number is not None:
            return self.terms.constant(number)
        inner = self._negated(operand, known)
        if inner is not None:
            return inner
        found = known.value(operand.name) if operand.kind is gast.Name else None
        if (
            found is not None
            and found.kind is gast.BinOp
            and found.parts[1] is gast.Sub
            and self._once(operand)
        ):
            return self.terms.binary(found.parts[2], gast.Sub, found.parts[0])
        return term

    def _negated(self, term: Term, known: Known) -> Term | None:
        """Return ``a`` where a term is known to be ``-a``."""
        if term.kind is gast.Name:
            found = known.value(term.name)
            if found is None:
                return None
        else:
            number = _number(term)
            if number is not None:
                return self.terms.constant(-number) if number < 0 else None
            found = term
        if found.kind is gast.UnaryOp and found.parts[0] is gast.USub:
            operand: Term = found.parts[1]
            return operand
        return None

    def _once(self, term: Term) -> bool:
        return term.kind is gast.Name and self.loads[term.name] == 1

    def _inexact(self, term: Term, known: Known, depth: int = 8) -> bool:
        """Tell whether a value is known to be floating-point or complex."""
        kind = term.kind
        if kind is gast.Constant:
            return isinstance(term.parts[0], (float, complex))
        if kind is gast.Name:
            if self.context.is_inexact(term.name) or self.memory.kinds.of(term).dtype in (
                "float64",
                "complex",
            ):
                return True
            found = known.origin(term.name)
            return found is not None and depth > 0 and self._inexact(found, known, depth - 1)
        if kind is gast.UnaryOp:
            return term.parts[0] is not gast.Not and self._inexact(term.parts[1], known, depth)
        if kind is gast.BinOp:
            left, op, right = term.parts
            return op is gast.Div or self._inexact(left, known, depth) or self._inexact(right, known, depth)
        callee = term.callee
        if isinstance(callee, np.ufunc) or getattr(callee, "__module__", "") == "math":
            return callee.__name__ in _FLOAT_UFUNCS
        if any(callee is same for same in _OF_ONE_DTYPE) and term.parts[1]:
            plain = not any(keyword.parts[0] == "dtype" for keyword in term.parts[2])
            return plain and self._inexact(term.parts[1][0], known, depth)
        return False

    def _integer(self, term: Term, known: Known) -> bool:
        """Tell whether a value is known to be a whole number of Python's."""
        found: Term | None = term
        while found is not None and found.kind is gast.Name:
            found = known.origin(found.name)
        if found is None:
            return False
        if found.kind is gast.BinOp and found.parts[1] in (gast.Add, gast.Sub, gast.Mult):
            return all(type(_number(side)) is int or self._integer(side, known) for side in found.parts[::2])
        return found.kind is gast.Call and any(found.callee is counts for counts in _COUNTS)

    def _is(self, term: Term, number: int, other: Term, known: Known) -> bool:
        """Tell whether a term is a constant that leaves the dtype of ``other`` alone."""
        if term.kind is gast.Name or _number(term) != number:
            return False
        return self._inexact(other, known) or (type(_number(term)) is int and self._integer(other, known))

    # ---- one operator each ------------------------------------------------------------------

    def _product(self, left: Term, right: Term, known: Known) -> Term | None:
        for one, other in ((left, right), (right, left)):
            if self._is(one, 1, other, known):
                return other
            if self._is(one, -1, other, known):
                return self.terms.negative(other)
        minus = self._negated(left, known), self._negated(right, known)
        if minus[0] is not None and minus[1] is not None:
            return self.terms.binary(minus[0], gast.Mult, minus[1])
        for one, other in ((right, left), (left, right)):
            found = known.value(one.name) if self._once(one) else None
            if found is not None and found.kind is gast.BinOp and found.parts[1] is gast.Div:
                if _number(found.parts[0]) == 1:
                    return self.terms.binary(other, gast.Div, found.parts[2])
        return None

    def _quotient(self, left: Term, right: Term, known: Known) -> Term | None:
        if not self._inexact(left, known):
            return None  # a quotient of whole numbers is a float
        if self._is(right, 1, left, known):
            return left
        return self.terms.negative(left) if self._is(right, -1, left, known) else None

    def _power(self, left: Term, right: Term, known: Known) -> Term | None:
        return left if self._is(right, 1, left, known) else None

    def _sum(self, left: Term, right: Term, known: Known) -> Term | None:
        for one, other in ((left, right), (right, left)):
            if self._is(one, 0, other, known):
                return other
        negated = self._negated(right, known)
        if negated is not None:
            return self.terms.binary(left, gast.Sub, negated)
        negated = self._negated(left, known)
        return None if negated is None else self.terms.binary(right, gast.Sub, negated)

    def _difference(self, left: Term, right: Term, known: Known) -> Term | None:
        if self._is(right, 0, left, known):
            return left
        if self._is(left, 0, right, known):
            return self.terms.negative(right)
        negated = self._negated(right, known)
        return None if negated is None else self.terms.binary(left, gast.Add, negated)

    _BY_OPERATOR: ClassVar[dict[Any, Callable[[Fold, Term, Term, Known], Term | None]]] = {
        gast.Mult: _product,
        gast.Div: _quotient,
        gast.Pow: _power,
        gast.Add: _sum,
        gast.Sub: _difference,
    }

    def _real_as_it_is(self, stmt: Statement, value: Term) -> None:
        """Leave out ``np.conj`` and ``np.real`` of what surely is real, in gradients."""
        if value.callee not in _REAL or len(value.parts[1]) != 1 or value.parts[2] or stmt in self.primal:
            return
        operand = value.parts[1][0]
        kind = self.memory.kinds.of(operand)
        # of an array without axes they are a number
        is_real = kind.name == "array" and bool(kind.dims) and kind.dtype == "float64"
        if is_real and operand.kind is gast.Name and not self._is_changed(str(stmt.target), operand.name):
            self.program.set_value(stmt, operand)

    # ---- signs ------------------------------------------------------------------------------

    def _sign_lifted(self, stmt: Statement, name: str, value: Term, known: Known) -> list[Statement] | None:
        """Turn ``(-a) * b`` into ``-(a * b)``, so that a sum further down becomes a difference."""
        if value.kind is not gast.BinOp or value.parts[1] not in _PRODUCTS:
            return None
        left, op, right = value.parts
        for operand in (left, right):
            if not self._once(operand) or operand.name in self.context.keep:
                continue
            negated = self._negated(operand, known)
            if negated is None or negated.kind is not gast.Name or not self._inexact(negated, known):
                continue
            product = self.terms.binary(
                negated if operand is left else left, op, negated if operand is right else right
            )
            inner = self.program.fresh("t")
            self.loads[inner] += 1
            self.program.set_value(stmt, self.terms.negative(self.terms.load(inner)))
            return [self.program.assign(inner, product, stmt.origin), stmt]
        return None

    def _sign_taken_out(self, stmt: Statement, value: Term, known: Known) -> list[Statement] | None:
        """Turn ``np.sum(-a)`` into ``-np.sum(a)``."""
        func, args, keywords = value.parts
        if not any(value.callee is linear for linear in _ODD) or not args or not self._once(args[0]):
            return None
        negated = self._negated(args[0], known)
        if negated is None or args[0].name in self.context.keep or not self._inexact(negated, known):
            return None
        inner = self.program.fresh("t")
        self.loads[inner] += 1
        self.program.set_value(stmt, self.terms.negative(self.terms.load(inner)))
        linear = self.terms.make(gast.Call, func, (negated, *args[1:]), keywords)
        return [self.program.assign(inner, linear, stmt.origin), stmt]


def _number(term: Term) -> Any:
    """Return a constant's number, else None."""
    if term.kind is gast.Constant:
        return term.parts[0] if type(term.parts[0]) in (int, float) else None
    if term.kind is gast.UnaryOp and term.parts[0] is gast.USub:
        value = _number(term.parts[1])
        return None if value is None else -value
    return None
