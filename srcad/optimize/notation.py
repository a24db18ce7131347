"""Write calls as the shorter expressions that mean the same for arrays."""

from __future__ import annotations

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import dims_of, is_double, is_scalar
from srcad.frontend.statics import refer
from srcad.optimize.kinds import TermKinds
from srcad.optimize.program import Program, primal_statements, statements
from srcad.optimize.terms import Term

__all__ = ["write_briefly"]


def write_briefly(program: Program) -> None:
    """Write new axes as an index, copies and sums as methods, where the operand surely is an array.

    This is what one would write by hand, and several times faster than the functions on small arrays.  The primal's
    own calls stay as they are.  Products of matrices are methods only in loops, where what a call costs adds up.

    Examples
    --------
    ::

        t = np.expand_dims(g, 1)    # before          t = g[:, None]      # after
        u = np.copy(dx)                               u = dx.copy()
        v = np.sum(u, axis=0)                         v = u.sum(axis=0)
        s = np.shape(u)                               s = u.shape
        n = rt.reduced_size(s, 0)                     n = s[0]
        w = np.outer(x, y)                            w = x[:, None] * y
        z = x @ y                                     z = x.dot(y)
    """
    writer = _Writer(program)
    primal = primal_statements(program)
    loops = [stmt for stmt in statements(program.body) if stmt.kind in (gast.For, gast.While)]
    repeated = {stmt for loop in loops for stmt in statements(loop.blocks[0])}
    for stmt in statements(program.body):
        if stmt.target is None or stmt.value is None:
            continue
        brief = writer.brief(stmt.value) if stmt.value.kind is gast.Call else None
        if brief is None and stmt not in primal:
            brief = writer.derivative(stmt.value, stmt.target, 2 if stmt in repeated else 1)
        if brief is not None:
            program.set_value(stmt, brief)


class _Writer:
    def __init__(self, program: Program) -> None:
        self.terms = program.terms
        self.scope = program.function.scope
        self.kinds = program.fact(TermKinds)
        self.displays = _displays(program)
        self.views = {
            stmt.target
            for stmt in statements(program.body)
            if stmt.target is not None and stmt.value is not None and _is_view(program, stmt.value)
        } - _bound_otherwise(program)
        self.divisors = {
            part.parts[2].name
            for stmt in statements(program.body)
            if (part := stmt.value) is not None and part.kind is gast.BinOp and part.parts[1] is gast.Div
            if part.parts[2].kind is gast.Name and is_scalar(self.kinds.of(part.parts[0]))
        }

    def brief(self, call: Term) -> Term | None:
        """Return what stands for a call, or None where it stays."""
        _, args, keywords = call.parts
        if keywords or not args or args[0].kind is not gast.Name:
            return None
        rank = self._rank(args[0])
        if call.callee is np.copy and len(args) == 1 and (rank or args[0].name in self.views):
            return self._method(args[0], "copy", ())
        if call.callee is np.expand_dims and len(args) == 2 and rank:
            return self._with_axes(args[0], rank, args[1])
        return None

    def derivative(self, value: Term, target: str, largest: int) -> Term | None:
        """Return what stands for the value of a variable of the backward sweep, or None where it stays.

        Products of factors up to rank ``largest`` become methods.
        """
        if value.kind is gast.BinOp and value.parts[1] is gast.MatMult:
            left, _, right = value.parts
            if all(
                factor.kind is gast.Name and 1 <= self._rank(factor) <= largest for factor in (left, right)
            ):
                return self._method(left, "dot", (right,))
            return None
        if value.kind is not gast.Call:
            return None
        _, args, keywords = value.parts
        if not args or args[0].kind is not gast.Name:
            return None
        rank = self._rank(args[0])
        if value.callee in (np.shape, np.size) and len(args) == 1 and not keywords and rank:
            return self.terms.make(gast.Attribute, args[0], "shape" if value.callee is np.shape else "size")
        if value.callee is rt.reduced_size and len(args) == 2 and args[1].kind is gast.Constant:
            return self._length(*args, target in self.divisors) if type(args[1].parts[0]) is int else None
        if value.callee is np.sum and len(args) == 1 and rank:
            return self._method(args[0], "sum", (), keywords)
        last_two = (self.terms.constant(-1), self.terms.constant(-2))
        exchanged = value.callee is np.swapaxes and args[1:] == last_two
        if rank == 2 and (exchanged or value.callee is np.transpose and len(args) == 1):
            return self.terms.make(gast.Attribute, args[0], "T")
        if value.callee is np.outer and len(args) == 2 and not keywords and all(map(self._is_vector, args)):
            column = self._with_axes(args[0], 1, self.terms.constant(1))
            return None if column is None else self.terms.binary(column, gast.Mult, args[1])
        if value.callee is np.zeros_like and rank and is_double(self.kinds.of(args[0])):
            shape = self.terms.make(gast.Attribute, args[0], "shape")
            return self.terms.make(gast.Call, self.terms.static("np.zeros", np.zeros), (shape,), ())
        return None

    def _length(self, shape: Term, axis: Term, divides_number: bool) -> Term:
        """Return the length of an axis; an array without entries may be divided by 0, but no number of Python's."""
        length = self.terms.make(gast.Subscript, shape, axis)
        if not divides_number:
            return length
        larger = self.terms.load(refer(self.scope, max, "max"))
        return self.terms.make(gast.Call, larger, (length, self.terms.constant(1)), ())

    def _method(
        self, term: Term, method: str, args: tuple[Term, ...], keywords: tuple[Term, ...] = ()
    ) -> Term:
        return self.terms.make(gast.Call, self.terms.make(gast.Attribute, term, method), args, keywords)

    def _is_vector(self, term: Term) -> bool:
        return term.kind is gast.Name and self._rank(term) == 1

    def _rank(self, term: Term) -> int:
        """Return the rank of what surely is an array, else 0."""
        dims = dims_of(self.kinds.of(term))
        return len(dims) if dims and self.kinds.is_whole(term) else 0

    def _with_axes(self, array: Term, rank: int, axis: Term) -> Term | None:
        axis = self.displays.get(axis.name, axis) if axis.kind is gast.Name else axis
        given = _places(axis)
        places = set(given)
        if not given or len(places) != len(given) or not all(0 <= p < rank + len(given) for p in places):
            return None
        whole, new = self.terms.make(gast.Slice, None, None, None), self.terms.constant(None)
        index = tuple([new if place in places else whole for place in range(max(places) + 1)])
        return self.terms.make(
            gast.Subscript, array, index[0] if len(index) == 1 else self.terms.make(gast.Tuple, index)
        )


def _places(axis: Term) -> list[int]:
    """Return the numbers of one axis or several, or nothing where they are not known."""
    if axis.kind is gast.Constant and type(axis.parts[0]) is tuple:
        values = list(axis.parts[0])
    else:
        parts = axis.children if axis.kind is gast.Tuple else (axis,)
        values = [part.parts[0] if part.kind is gast.Constant else None for part in parts]
    return values if all(type(value) is int for value in values) else []


def _displays(program: Program) -> dict[str, Term]:
    """Return the tuples of constants, by the variables that hold nothing else."""
    found: dict[str, set[Term | None]] = {}
    for stmt in statements(program.body):
        for name in stmt.writes:
            found.setdefault(name, set()).add(stmt.value if stmt.target == name else None)
    only = {name: values.pop() for name, values in found.items() if len(values) == 1}
    return {
        name: value
        for name, value in only.items()
        if value is not None and value.kind is gast.Tuple and not value.reads
    }


def _is_view(program: Program, value: Term) -> bool:
    """Tell whether a value is a slice of an array, so that it is an array itself."""
    if value.kind is not gast.Subscript or value.parts[0].kind is not gast.Name:
        return False
    base, index = value.parts
    parts = index.children if index.kind is gast.Tuple else (index,)
    return program.context.is_array(base.name) and any(part.kind is gast.Slice for part in parts)


def _bound_otherwise(program: Program) -> frozenset[str]:
    """Return the variables that some statement binds to anything but a view."""
    found: frozenset[str] = frozenset(program.parameters)
    for stmt in statements(program.body):
        if stmt.target is None or stmt.value is None or not _is_view(program, stmt.value):
            found |= stmt.writes
    return found
