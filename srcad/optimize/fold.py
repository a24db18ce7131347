"""Constants and algebra."""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from srcad.lang.function import Function
from srcad.lang.quote import clone, const, load, store
from srcad.optimize.effects import Context, defines
from srcad.optimize.forward import Definitions, Forward

__all__ = ["fold"]

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


def fold(function: Function, context: Context) -> Function:
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
    return _Fold(function, context).run()


def _number(node: gast.expr | None) -> Any:
    """Return a constant's number, else None."""
    if isinstance(node, gast.Constant) and type(node.value) in (int, float):
        return node.value
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        value = _number(node.operand)
        return None if value is None else -value
    return None


def _binop(left: gast.expr, op: type, right: gast.expr) -> gast.BinOp:
    return gast.BinOp(clone(left), op(), clone(right))


class _Fold(Forward):
    def __init__(self, function: Function, context: Context) -> None:
        super().__init__(function, context)
        self.loads = Counter(
            node.id
            for node in gast.walk(function.tree)
            if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load)
        )

    # ---- statements -------------------------------------------------------------------------

    def simple(self, stmt: gast.stmt, known: Definitions) -> list[gast.stmt]:
        if isinstance(stmt, gast.AugAssign):
            return [self._augmented(stmt, known)]
        name = defines(stmt)
        if name is None:
            return [stmt]
        value = self._value(stmt.value, known)
        if isinstance(value, gast.Name) and not isinstance(stmt.value, gast.Name):
            # The result would become another name for its operand: not where either is changed in place.
            if self.effects.is_mutated(name) or self.effects.is_mutated(value.id):
                return [stmt]
        stmt.value = value
        return self._lift_sign(stmt, name, known)

    def _augmented(self, stmt: gast.AugAssign, known: Definitions) -> gast.stmt:
        negated = self._negated(stmt.value, known)
        if negated is not None and isinstance(stmt.op, (gast.Add, gast.Sub)):
            stmt.op = gast.Sub() if isinstance(stmt.op, gast.Add) else gast.Add()
            stmt.value = clone(negated)
        return stmt

    def _statement(self, stmt: gast.stmt, known: Definitions) -> list[gast.stmt]:
        if isinstance(stmt, gast.If):
            test = stmt.test
            if isinstance(test, gast.Constant) and not isinstance(test.value, str):
                return self.block(stmt.body if test.value else stmt.orelse, known)
        return super()._statement(stmt, known)

    # ---- expressions ------------------------------------------------------------------------

    def _value(self, node: gast.expr, known: Definitions) -> gast.expr:
        if isinstance(node, gast.BinOp):
            constant = self._constant(_BINARY.get(type(node.op)), node.left, node.right)
            if constant is not None:
                return constant
            method = getattr(self, f"_{type(node.op).__name__.lower()}", None)
            result: gast.expr | None = method(node.left, node.right, known) if method else None
            return node if result is None else result
        if isinstance(node, gast.UnaryOp):
            return self._unary(node, known)
        if isinstance(node, gast.Compare) and len(node.ops) == 1:
            return self._compare(node)
        return node

    def _constant(self, compute: Any, left: gast.expr, right: gast.expr) -> gast.expr | None:
        first, second = _number(left), _number(right)
        if compute is None or first is None or second is None:
            return None
        if compute is operator.pow and (abs(first) > 1e6 or abs(second) > 64):
            return None
        try:
            value = compute(first, second)
        except (ArithmeticError, ValueError):
            return None
        if type(value) not in (int, float) or not math.isfinite(value):
            return None
        return const(value)

    def _compare(self, node: gast.Compare) -> gast.expr:
        left, right = node.left, node.comparators[0]
        compute = _COMPARE.get(type(node.ops[0]))
        if compute is None or not isinstance(left, gast.Constant) or not isinstance(right, gast.Constant):
            return node
        if compute in (operator.is_, operator.is_not):
            singletons = (None, True, False, Ellipsis)
            if not any(side.value is one for side in (left, right) for one in singletons):
                return node
        try:
            return const(bool(compute(left.value, right.value)))
        except TypeError:
            return node

    def _unary(self, node: gast.UnaryOp, known: Definitions) -> gast.expr:
        if isinstance(node.op, gast.Not) and isinstance(node.operand, gast.Constant):
            return const(not node.operand.value)
        if not isinstance(node.op, gast.USub):
            return node
        number = _number(node)
        if number is not None:
            return const(number)
        inner = self._negated(node.operand, known)
        if inner is not None:
            return clone(inner)
        found = known.value(node.operand.id) if isinstance(node.operand, gast.Name) else None
        if isinstance(found, gast.BinOp) and isinstance(found.op, gast.Sub) and self._once(node.operand):
            return _binop(found.right, gast.Sub, found.left)
        return node

    def _negated(self, node: gast.expr, known: Definitions) -> gast.expr | None:
        """Return ``a`` where ``node`` is known to be ``-a``."""
        number = _number(node)
        if number is not None:
            return const(-number) if number < 0 else None
        found = known.value(node.id) if isinstance(node, gast.Name) else node
        if isinstance(found, gast.UnaryOp) and isinstance(found.op, gast.USub):
            operand: gast.expr = found.operand
            return operand
        return None

    def _once(self, node: gast.expr) -> bool:
        return isinstance(node, gast.Name) and self.loads[node.id] == 1

    def _inexact(self, node: gast.expr, known: Definitions, depth: int = 8) -> bool:
        """Tell whether a value is known to be floating-point or complex."""
        if isinstance(node, gast.Constant):
            return isinstance(node.value, (float, complex))
        if isinstance(node, gast.Name):
            context = self.context
            if node.id in context.owned or node.id in context.inexact or node.id in context.like:
                return True
            found = known.origin(node.id)
            return found is not None and depth > 0 and self._inexact(found, known, depth - 1)
        if isinstance(node, gast.UnaryOp):
            return not isinstance(node.op, gast.Not) and self._inexact(node.operand, known, depth)
        if isinstance(node, gast.BinOp):
            if isinstance(node.op, gast.Div):
                return True
            return self._inexact(node.left, known, depth) or self._inexact(node.right, known, depth)
        if isinstance(node, gast.Call):
            callee = self.effects.callee(node)
            if isinstance(callee, np.ufunc) and callee.__name__ in _FLOAT_UFUNCS:
                return True
            return getattr(callee, "__module__", "") == "math" and callee.__name__ in _FLOAT_UFUNCS
        return False

    def _is(self, node: gast.expr, number: int, other: gast.expr, known: Definitions) -> bool:
        """Tell whether ``node`` is a constant that leaves the dtype of ``other`` alone."""
        value = _number(node)
        return value is not None and value == number and self._inexact(other, known)

    # ---- one operator each ------------------------------------------------------------------

    def _mult(self, left: gast.expr, right: gast.expr, known: Definitions) -> gast.expr | None:
        for one, other in ((left, right), (right, left)):
            if self._is(one, 1, other, known):
                return clone(other)
            if self._is(one, -1, other, known):
                return gast.UnaryOp(gast.USub(), clone(other))
        minus = self._negated(left, known), self._negated(right, known)
        if minus[0] is not None and minus[1] is not None:
            return _binop(minus[0], gast.Mult, minus[1])
        for one, other in ((right, left), (left, right)):
            found = known.value(one.id) if self._once(one) else None
            if isinstance(found, gast.BinOp) and isinstance(found.op, gast.Div) and _number(found.left) == 1:
                return _binop(other, gast.Div, found.right)
        return None

    def _div(self, left: gast.expr, right: gast.expr, known: Definitions) -> gast.expr | None:
        if self._is(right, 1, left, known):
            return clone(left)
        if self._is(right, -1, left, known):
            return gast.UnaryOp(gast.USub(), clone(left))
        return None

    def _pow(self, left: gast.expr, right: gast.expr, known: Definitions) -> gast.expr | None:
        return clone(left) if self._is(right, 1, left, known) else None

    def _add(self, left: gast.expr, right: gast.expr, known: Definitions) -> gast.expr | None:
        for one, other in ((left, right), (right, left)):
            if self._is(one, 0, other, known):
                return clone(other)
        negated = self._negated(right, known)
        if negated is not None:
            return _binop(left, gast.Sub, negated)
        negated = self._negated(left, known)
        return None if negated is None else _binop(right, gast.Sub, negated)

    def _sub(self, left: gast.expr, right: gast.expr, known: Definitions) -> gast.expr | None:
        if self._is(right, 0, left, known):
            return clone(left)
        if self._is(left, 0, right, known):
            return gast.UnaryOp(gast.USub(), clone(right))
        negated = self._negated(right, known)
        return None if negated is None else _binop(left, gast.Add, negated)

    # ---- signs ------------------------------------------------------------------------------

    def _lift_sign(self, stmt: gast.Assign, name: str, known: Definitions) -> list[gast.stmt]:
        """Turn ``(-a) * b`` into ``-(a * b)``, so that a sum further down becomes a difference."""
        value = stmt.value
        if not isinstance(value, gast.BinOp) or not isinstance(value.op, (gast.Mult, gast.Div)):
            return [stmt]
        for side, other in (("left", "right"), ("right", "left")):
            operand = getattr(value, side)
            negated = self._negated(operand, known)
            kept = isinstance(operand, gast.Name) and operand.id in self.context.keep
            if negated is None or kept or not self._once(operand) or not isinstance(negated, gast.Name):
                continue
            if not self._inexact(negated, known):
                continue
            parts = {side: negated, other: getattr(value, other)}
            inner = self.function.scope.fresh("t")
            first = gast.Assign([store(inner)], _binop(parts["left"], type(value.op), parts["right"]), None)
            stmt.value = gast.UnaryOp(gast.USub(), load(inner))
            self.loads[inner] += 1
            return [gast.copy_location(first, stmt), stmt]
        return [stmt]
