"""Which values have the same shape."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcad.optimize.forward import Known
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term

__all__ = ["SCALAR", "Shapes", "is_elementwise"]

SCALAR = object()  # the shape of Python numbers
_LIKE = frozenset(["zeros_like", "ones_like", "empty_like", "full_like", "copy", "real", "imag", "clip"])
_FILLED = frozenset(["zeros", "ones", "empty", "full"])
_DEPTH = 24


class Shapes:
    """Compares shapes by the variable that they come from.

    The shape of a value is named by a term: that of the variable which it comes from, through any chain of
    elementwise functions of it, of numbers, and of values with the same shape.
    """

    def __init__(self, program: Program) -> None:
        self.context = program.context
        self._settled = _set_once(program)
        self._memo: dict[Term, Any] = {}

    def same(self, first: Term, second: Term, known: Known) -> bool:
        """Tell whether two values are proven to have the same shape."""
        self._memo = {}
        shape = self._of(first, known, _DEPTH)
        return shape is not None and shape == self._of(second, known, _DEPTH)

    def _of(self, term: Term, known: Known, depth: int) -> Any:
        if term in self._memo:
            return self._memo[term]
        found = self._computed(term, known, depth - 1) if depth else None
        self._memo[term] = found
        return found

    def _computed(self, term: Term, known: Known, depth: int) -> Any:
        kind = term.kind
        if kind is gast.Constant:
            return SCALAR if isinstance(term.parts[0], (int, float, complex)) else None
        if kind is gast.Name:
            return self._of_name(term, known, depth)
        if kind is gast.UnaryOp and term.parts[0] is not gast.Not:
            return self._of(term.parts[1], known, depth)
        if is_elementwise(term):
            return self._joined([term.parts[0], term.parts[2]], known, depth)
        return self._of_call(term, known, depth) if kind is gast.Call else None

    def _of_name(self, term: Term, known: Known, depth: int) -> Any:
        name = term.name
        if self.context.is_scalar(name):
            return SCALAR
        primal = self.context.like.get(name)
        if primal is not None and primal != name and primal in self._settled:
            return self._of(known.program.terms.load(primal), known, depth)
        origin = known.origin(name)
        found = None if origin is None else self._of(origin, known, depth)
        return name if found is None else found

    def _joined(self, parts: list[Term], known: Known, depth: int) -> Any:
        shapes = {self._of(part, known, depth) for part in parts}
        if len(shapes) > 1:
            shapes.discard(SCALAR)
        return shapes.pop() if len(shapes) == 1 else None

    def _of_call(self, term: Term, known: Known, depth: int) -> Any:
        func, args, keywords = term.parts
        if func.kind is gast.Attribute:
            copied = func.parts[1] == "copy" and not args
            return self._of(func.parts[0], known, depth) if copied else None
        callee = term.callee
        name = getattr(callee, "__name__", "")
        module = getattr(callee, "__module__", "") or ""
        if not args or any(arg.kind is gast.Starred for arg in args):
            return None
        if isinstance(callee, np.ufunc):
            plain = callee.signature is None and callee.nout == 1 and not keywords
            return self._joined(list(args), known, depth) if plain and len(args) == callee.nin else None
        if module == "numpy" and name in _LIKE and not any(k.parts[0] == "shape" for k in keywords):
            return self._of(args[0], known, depth) if name != "clip" or len(args) == 1 else None
        if module == "numpy" and name in _FILLED:
            return self._of_shape(args[0], known, depth)
        if module == "numpy" and name == "broadcast_to" and len(args) == 2:
            return self._of_shape(args[1], known, depth)
        if module == "numpy" and name == "where" and len(args) == 3:
            return self._joined(list(args), known, depth)
        if name == "unbroadcast" and module.startswith("srcad.") and len(args) == 2:
            return self._of(args[1], known, depth)
        return None

    def _of_shape(self, term: Term, known: Known, depth: int) -> Any:
        """Return the shape of ``a`` where the term is ``np.shape(a)`` or ``a.shape``."""
        origin = known.origin(term.name) if term.kind is gast.Name else term
        if origin is None:
            return None
        if origin.kind is gast.Attribute and origin.parts[1] == "shape":
            return self._of(origin.parts[0], known, depth)
        if origin.kind is gast.Call and len(origin.parts[1]) == 1 and origin.callee is np.shape:
            return self._of(origin.parts[1][0], known, depth)
        return None


def is_elementwise(term: Term) -> bool:
    """Tell whether a term is an arithmetic operator that broadcasts its operands."""
    return term.kind is gast.BinOp and term.parts[1] is not gast.MatMult


def _set_once(program: Program) -> set[str]:
    """Return the variables that get a new value in one place only; what a history gives back is none."""
    restored: set[str] = set()
    counts: dict[str, int] = dict.fromkeys(program.parameters, 1)
    for stmt in statements(program.body):
        if _gives_back(stmt, restored):
            restored |= stmt.writes
            continue
        for name in stmt.writes:
            counts[name] = counts.get(name, 0) + 1
    return {name for name, number in counts.items() if number == 1}


def _gives_back(stmt: Statement, restored: set[str]) -> bool:
    if stmt.stack is not None:
        return True
    value = stmt.value
    unpacks = stmt.kind is gast.Assign and value is not None and stmt.target is None
    return unpacks and value is not None and value.kind is gast.Name and value.name in restored
