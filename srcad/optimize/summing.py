"""Sum a cotangent down to the shape of an operand once, where it would be summed to that of the result before."""

from __future__ import annotations

from collections import Counter, defaultdict

import gast

from srcad import runtime as rt
from srcad.analysis.kinds import dims_of, is_scalar
from srcad.optimize.kinds import TermKinds
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.shapes import Shapes
from srcad.optimize.terms import Term

__all__ = ["sum_down_once"]


def sum_down_once(program: Program) -> bool:
    """Leave out ``rt.unbroadcast`` where only others read its result; tell whether there was any.

    Examples
    --------
    For ``y = a + b``, where nobody else needs ``dy``::

        dy = rt.unbroadcast(g, y)   # before          dy = g                      # after
        da = rt.unbroadcast(dy, a)                    da = rt.unbroadcast(dy, a)
        t = -dy                                       t = -dy
        db = rt.unbroadcast(t, b)                     db = rt.unbroadcast(t, b)
    """
    calls = [stmt for stmt in statements(program.body) if _is_unbroadcast(stmt.value)]
    if len(calls) < 2:
        return False
    finder = _Finder(program)
    found = [stmt for stmt in calls if finder.is_needless(stmt)]
    for stmt in found:
        assert stmt.value is not None
        program.set_value(stmt, stmt.value.parts[1][0])
    return bool(found)


class _Finder:
    def __init__(self, program: Program) -> None:
        self.keep = program.context.keep
        self.kinds = program.fact(TermKinds)
        self.settled = Shapes(program, self.kinds).settled
        self.readers: dict[str, list[Statement]] = defaultdict(list)
        self.writes: Counter[str] = Counter()
        for stmt in statements(program.body):
            self.writes.update(stmt.writes)
            for name in stmt.reads:
                self.readers[name].append(stmt)

    def is_needless(self, stmt: Statement) -> bool:
        """Tell whether the sum that a statement makes is made again by all that read it."""
        assert stmt.value is not None
        cotangent, result = stmt.value.parts[1]
        if stmt.target is None or result.kind is not gast.Name:
            return False
        # Where the first sum leaves far less to be added up, it is no waste.
        large, small = self._rank(cotangent), self._rank(result)
        if large is None or small is not None and small != large:
            return False
        if self.kinds.of(result).dtype != "complex" and self.kinds.may_be_complex(cotangent):
            return False
        return self._is_summed_again(stmt.target, result)

    def _rank(self, term: Term) -> int | None:
        """Return the number of axes that a value probably has: those that its operands are known to have."""
        dims = dims_of(self.kinds.of(term))
        if dims is not None:
            return len(dims)
        made = self.kinds.definitions.get(term.name, []) if term.kind is gast.Name else []
        if len(made) != 1 or made[0] is None or made[0].kind is not gast.BinOp:
            return None
        known = [dims_of(self.kinds.of(operand)) for operand in made[0].children]
        return max((len(dims) for dims in known if dims is not None), default=None)

    def _is_summed_again(self, name: str, result: Term) -> bool:
        """Tell whether all that read a variable bring it, perhaps scaled, to the shape of an operand of ``result``."""
        if self.writes[name] != 1 or name in self.keep or not self.readers[name]:
            return False
        return all(self._leads_to_sum(reader, name, result) for reader in self.readers[name])

    def _leads_to_sum(self, reader: Statement, name: str, result: Term) -> bool:
        value = reader.value
        if reader.kind is not gast.Assign or reader.target is None or value is None or reader.target == name:
            return False
        if _is_unbroadcast(value):
            source, target = value.parts[1]
            return source.kind is gast.Name and source.name == name and name not in target.reads
        if value.kind is gast.UnaryOp and value.parts[0] is gast.USub:
            is_linear = value.parts[1].kind is gast.Name
        else:
            is_linear = value.kind is gast.BinOp and self._is_scaled(value, name, result)
        return is_linear and self._is_summed_again(reader.target, result)

    def _is_scaled(self, value: Term, name: str, result: Term) -> bool:
        """Tell whether a product or quotient multiplies a variable by what has no axes that ``result`` lacks."""
        left, op, right = value.parts
        if op is gast.Mult and right.kind is gast.Name and right.name == name:
            left, right = right, left
        if op not in (gast.Mult, gast.Div) or left.kind is not gast.Name or left.name != name:
            return False
        if name in right.reads:
            return False
        made = self.settled.get(result.name)
        is_operand = made is not None and made.kind is gast.BinOp and right in made.children
        return is_scalar(self.kinds.of(right)) or (is_operand and right.reads <= self.settled.keys())


def _is_unbroadcast(value: Term | None) -> bool:
    if value is None or value.kind is not gast.Call or value.callee is not rt.unbroadcast:
        return False
    return len(value.parts[1]) == 2 and not value.parts[2]
