"""Bring gradients that nothing else refers to into their final shape without a copy."""

from __future__ import annotations

import gast

from srcad import runtime as rt
from srcad.analysis.kinds import is_double
from srcad.optimize.kinds import TermKinds
from srcad.optimize.liveness import Liveness
from srcad.optimize.memory import is_fresh
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.shapes import Shapes
from srcad.optimize.terms import Term

__all__ = ["fit_without_copy"]


def fit_without_copy(program: Program) -> None:
    """Write ``rt.fitted`` for ``rt.owned`` and ``rt.finish`` where the gradient is not needed afterwards.

    Examples
    --------
    ::

        dx = g * y                  # before          dx = g * y             # after
        dx = rt.owned(dx, x)                          dx = rt.fitted(dx, x)
        dx[1:] += g[:-1]                              dx[1:] += g[:-1]
        t = rt.finish(dx, x)                          t = rt.fitted(dx, x)
    """
    if any(_is_call(stmt, rt.owned) or _is_call(stmt, rt.finish) for stmt in statements(program.body)):
        _Fitter(program).block(program.body)


class _Fitter:
    def __init__(self, program: Program) -> None:
        self.program = program
        liveness = program.fact(Liveness)
        self.memory, self.after = liveness.memory, liveness.after
        self.kinds = program.fact(TermKinds)
        self.shapes = Shapes(program, self.kinds)

    def block(self, stmts: list[Statement]) -> None:
        for stmt in list(stmts):
            for inner in stmt.blocks:
                self.block(inner)
            if _is_call(stmt, rt.finish) and self._is_last_reference(stmt):
                self._fit(stmt, stmt)
            elif _is_call(stmt, rt.owned) and self._is_array(stmt):
                self._fit_where_made(stmts, stmts.index(stmt))

    def _is_array(self, stmt: Statement) -> bool:
        kind = self.program.context.ranks.get(_arguments(stmt)[1].name)
        return kind is not None and kind.name == "array" and kind.inexact

    def _is_last_reference(self, stmt: Statement) -> bool:
        """Tell whether nobody can look at the gradient's memory after a statement."""
        name = _arguments(stmt)[0].name
        if self.memory.is_outside(name) or name in self.program.parameters:
            return False
        return self.memory.sharing(name).isdisjoint(self.after[stmt] - stmt.writes)

    def _place_of_making(self, stmts: list[Statement], index: int) -> int | None:
        """Return where in the block the gradient was made, if it has served for nothing since."""
        stmt = stmts[index]
        name = _arguments(stmt)[0].name
        if stmt.target != name and name in self.after[stmt]:
            return None
        for place in reversed(range(index)):
            before = stmts[place]
            if before.target == name:
                value = before.value
                return place if value is not None and is_fresh(value) and not _is_container(value) else None
            if before.blocks or name in before.reads | before.writes:
                return None
        return None

    def _fit_where_made(self, stmts: list[Statement], index: int) -> None:
        """Fit a gradient that was made for that only, as soon as it is made where that is possible."""
        place = self._place_of_making(stmts, index)
        if place is None:
            return
        making, fitting = stmts[place], stmts[index]
        gradient, value = _arguments(fitting)
        kept = not any(value.name in stmt.writes for stmt in stmts[place:index])
        if fitting.target != gradient.name and kept and self._fits(making, value):
            self.program.set_value(fitting, gradient)
        elif fitting.target != gradient.name or not kept:
            self._fit(fitting, fitting)
        else:
            if not self._fits(making, value):
                self._fit(fitting, making, making.value)
            del stmts[index]

    def _fits(self, making: Statement, value: Term) -> bool:
        """Tell whether a new array surely has the shape and the type that it is to have."""
        made = making.value
        assert made is not None
        is_array = self.kinds.of(made).name == "array" and self.kinds.is_whole(made)
        doubles = is_double(self.kinds.of(made)) and is_double(self.kinds.of(value))
        return is_array and doubles and self.shapes.same(made, value, None)

    def _fit(self, fitting: Statement, stmt: Statement, gradient: Term | None = None) -> None:
        """Let a statement fit a gradient as another one does."""
        first, second = _arguments(fitting)
        function = self.program.terms.static("rt.fitted", rt.fitted)
        arguments = (first if gradient is None else gradient, second)
        self.program.set_value(stmt, self.program.terms.make(gast.Call, function, arguments, ()))


def _is_container(value: Term) -> bool:
    return any(child.kind in (gast.List, gast.Tuple, gast.Dict) for child in value.children)


def _arguments(stmt: Statement) -> tuple[Term, ...]:
    assert stmt.value is not None
    arguments: tuple[Term, ...] = stmt.value.parts[1]
    return arguments


def _is_call(stmt: Statement, function: object) -> bool:
    value = stmt.value
    if stmt.target is None or value is None or value.kind is not gast.Call or value.callee is not function:
        return False
    return len(value.parts[1]) == 2 and all(arg.kind is gast.Name for arg in value.parts[1])
