"""Compute large arrays in the memory of arrays that are not needed any more."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import gast
import numpy as np

from srcad.analysis.kinds import dims_of, is_double, is_scalar
from srcad.optimize.dead import remove_dead
from srcad.optimize.liveness import Liveness
from srcad.optimize.memory import is_fresh
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term, substitute

__all__ = ["reuse_memory"]

_LEAST_RANK = 3
_LEAST_RANK_OF_SUMS = 2
_TEMPORARY = re.compile(r"d*t\d*(_\d+)?")
_COMMUTATIVE = (gast.Add, gast.Mult)
_OPERATORS = (*_COMMUTATIVE, gast.Sub, gast.Div)


def reuse_memory(program: Program) -> None:
    """Turn ``u = t * x`` into ``t *= x; u = t`` for arrays of three and more axes, if ``t`` serves for nothing else.

    What costs with large arrays are fresh pages of memory, more than arithmetic.  Arrays with fewer axes are
    mostly small, and nested expressions, which read better, do as well for them.

    Forward mode adds to each product of matrices one with a tangent: its sums and products are made in place from two
    axes on, which takes a fifth from a directional derivative of a small network.

    Examples
    --------
    ::

        t = x[:, :, None] - m       # before          t = x[:, :, None] - m       # after
        u = t * t                                     u = t * t
        v = t * g                                     t *= g
        dm = np.sum(v, axis=0)                        v = t
                                                      dm = np.sum(v, axis=0)
    """
    while remove_dead(program):
        pass  # what nobody needs must not be computed in memory that others need
    reuser = _Reuser(program)
    if reuser.own:
        program.body = reuser.block(program.body)
        reuser.rename()


class _Reuser:
    def __init__(self, program: Program) -> None:
        self.program = program
        liveness = program.fact(Liveness)
        self.memory, self.after = liveness.memory, dict(liveness.after)
        self.kinds = self.memory.kinds
        self.stored = Counter(name for stmt in statements(program.body) for name in stmt.writes)
        self.making: dict[str, Statement] = {}
        self.moving = self._moving_temporaries()
        self.own = self._own_arrays()
        self.renamed: dict[str, Term] = {}

    def _own_arrays(self) -> set[str]:
        """Return the variables that hold new arrays of many axes."""
        refused = self.program.parameters | self.program.terms.captured
        found: set[str] = set()
        for stmt in statements(self.program.body):
            if stmt.target is not None and stmt.value is not None and is_fresh(stmt.value):
                found.add(stmt.target)
                self.making[stmt.target] = stmt
            else:
                refused |= stmt.writes
            if stmt.value is not None and stmt.value.kind in (gast.Dict, gast.List, gast.Set, gast.Tuple):
                refused |= stmt.value.reads
        return {name for name in found - refused if self._is_large(name) and not self.memory.is_outside(name)}

    def _is_large(self, name: str) -> bool:
        term = self.program.terms.load(name)
        kind = self.kinds.of(term)
        dims = dims_of(kind)
        least = _LEAST_RANK_OF_SUMS if name in self.moving else _LEAST_RANK
        return dims is not None and len(dims) >= least and is_double(kind) and self.kinds.is_whole(term)

    def _moving_temporaries(self) -> set[str]:
        """Return the temporaries that are computed from tangents, and the tangents of temporaries."""
        context = self.program.context
        users = {t for t in context.tangents if context.like.get(t, t) in context.keep}
        moving = set(context.tangents)
        for stmt in statements(self.program.body) if moving else ():
            if stmt.target is not None and stmt.value is not None and not moving.isdisjoint(stmt.value.reads):
                moving.add(stmt.target)
        return {name for name in moving - users - context.keep if _TEMPORARY.fullmatch(name)}

    def rename(self) -> None:
        """Call temporaries what the arrays are called in whose memory they are."""
        values = dict(self.renamed)
        for name, term in self.renamed.items():
            while term.name in self.renamed:
                term = self.renamed[term.name]
            values[name] = term
        for stmt in statements(self.program.body):
            if values.keys() & (stmt.reads | stmt.writes):
                stmt.value = (
                    None if stmt.value is None else substitute(self.program.terms, stmt.value, values)
                )
                stmt.targets = tuple([substitute(self.program.terms, part, values) for part in stmt.targets])
                stmt.extras = tuple([substitute(self.program.terms, part, values) for part in stmt.extras])
                self.program.describe(stmt)

    def block(self, stmts: list[Statement]) -> list[Statement]:
        self._use_up(stmts)
        result: list[Statement] = []
        for stmt in stmts:
            stmt.blocks = [self.block(inner) for inner in stmt.blocks]
            result += self._in_place(stmt)
        return result

    def _in_place(self, stmt: Statement) -> list[Statement]:
        if stmt.kind is not gast.Assign or stmt.target is None or stmt.value is None:
            return [stmt]
        left, op, right = self._operation(stmt.value)
        if op not in _OPERATORS:
            return [stmt]
        for own, other in ((left, right), (right, left)) if op in _COMMUTATIVE else ((left, right),):
            if self._is_free(own, other, stmt) and self._fits(own, other):
                update = self.program.update(own, op, other, stmt.origin)
                if self._share_name(stmt.targets[0], own):
                    return [update]
                self.program.set_value(stmt, own)
                return [update, stmt]
        is_number = left.kind is gast.Constant and type(left.parts[0]) in (int, float)
        if op is gast.Sub and is_number and self._is_free(right, left, stmt):
            return self._subtracted(stmt, left, right)
        return [stmt]

    def _subtracted(self, stmt: Statement, number: Term, own: Term) -> list[Statement]:
        """Turn ``u = 1 - t`` into ``np.subtract(1, t, out=t); u = t``."""
        terms = self.program.terms
        out = terms.make(gast.keyword, "out", own)
        function = terms.static("np.subtract", np.subtract)
        update = Statement(gast.Expr, gast.copy_location(gast.Expr(stmt.origin), stmt.origin))
        update.value = terms.make(gast.Call, function, (number, own), (out,))
        self.program.describe(update)
        if self._share_name(stmt.targets[0], own):
            return [update]
        self.program.set_value(stmt, own)
        return [update, stmt]

    def _share_name(self, target: Term, own: Term) -> bool:
        """Let a result and the array in whose memory it is have one name, if they may; tell whether they have."""
        if not self._may_rename(target.name, own.name):
            return False
        first = own  # in whose memory the array is
        while first.name in self.renamed:
            first = self.renamed[first.name]
        is_better = _TEMPORARY.fullmatch(first.name) and not _TEMPORARY.fullmatch(target.name)
        if is_better and self._may_rename(target.name, first.name):
            self.renamed[first.name] = target
        elif target.name not in self.program.parameters:  # whose first value comes from the caller
            self.renamed[target.name] = own
        else:
            return False
        return True

    def _may_rename(self, name: str, own: str) -> bool:
        """Tell whether a temporary may take the name of an array, which is not set while it is needed."""
        others = self.program.context.keep | self.program.terms.captured
        if name in others or self.stored[name] != 1 or self.stored[own] != 1:
            return False
        return name not in self.after[self.making[own]]

    def _use_up(self, stmts: list[Statement]) -> None:
        """Move a product behind the one that could be computed in the memory of its second factor as well.

        So ``u = a * c; v = a * b`` can become ``b *= a; a *= c``.
        """
        for first in range(len(stmts) - 1, -1, -1):
            sunk = stmts[first]
            if sunk.target is None or sunk.value is None or not self._is_product(sunk.value):
                continue
            for place in range(first + 1, len(stmts)):
                stmt = stmts[place]
                if sunk.target in stmt.reads or stmt.blocks or stmt.leaves or stmt.changes:
                    break
                if not stmt.writes.isdisjoint(sunk.value.reads | sunk.writes):
                    break
                if self._uses_two_up(sunk, stmt):
                    self.after[sunk] = self.after[stmt]
                    for passed in stmts[first + 1 : place + 1]:
                        self.after[passed] = (self.after[passed] - sunk.writes) | sunk.reads
                    stmts.insert(place, stmts.pop(first))
                    break

    def _is_product(self, value: Term) -> bool:
        return value.kind is gast.BinOp and value.parts[1] is gast.Mult and is_fresh(value)

    def _uses_two_up(self, sunk: Statement, stmt: Statement) -> bool:
        """Tell whether a product has two factors for the last time, one of them that of another product."""
        assert sunk.value is not None
        if stmt.target is None or stmt.value is None or not self._is_product(stmt.value):
            return False
        left, _, right = stmt.value.parts
        both = self._is_free(left, right, stmt) and self._is_free(right, left, stmt)
        return both and left is not right and bool(sunk.value.reads & {left.name, right.name})

    def _operation(self, value: Term) -> tuple[Any, Any, Any]:
        """Return the operands and the operator of an operation; a sign is a factor."""
        if value.kind is gast.UnaryOp and value.parts[0] is gast.USub:
            return value.parts[1], gast.Mult, self.program.terms.constant(-1.0)
        return value.parts if value.kind is gast.BinOp else (None, None, None)

    def _is_free(self, own: Term, other: Term, stmt: Statement) -> bool:
        """Tell whether nobody looks at the memory of an operand any more."""
        if own.kind is not gast.Name or own.name not in self.own or stmt.target == own.name:
            return False
        shared = self.memory.sharing(own.name)
        return shared.isdisjoint(self.after[stmt]) and (other is own or shared.isdisjoint(other.reads))

    def _fits(self, own: Term, other: Term) -> bool:
        """Tell whether a result has the shape and dtype of an operand, whose axes other arrays make no longer."""
        kind = self.kinds.of(other)
        if is_scalar(kind):
            return is_double(kind) or kind.dtype in ("int", "bool", "double")
        dims, lengths = dims_of(kind), dims_of(self.kinds.of(own)) or ()
        fits = dims is not None and len(dims) <= len(lengths) and all(length == "N" for length in lengths)
        return fits and is_double(kind)
