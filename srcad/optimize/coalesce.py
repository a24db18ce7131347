"""Assign a temporary's value where it is wanted."""

from __future__ import annotations

import re
from collections import Counter

import gast

from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term, substitute
from srcad.optimize.uses import loads_of

__all__ = ["coalesce"]

_TEMPORARY = re.compile(r"d\w+|t\d*(_\d+)?")


def coalesce(program: Program) -> bool:
    """Let a temporary and the variable that it is copied to be one; tell whether anything changed.

    Examples
    --------
    ::

        t1 = g * y                  # before          dx = g * y          # after
        dx = t1
    """
    pass_ = _Coalesce(program)
    program.body = pass_.block(program.body)
    if pass_.renamed:
        pass_.rename(program.body)
    return pass_.has_changed


class _Coalesce:
    """Turns ``t = value; ...; x = t`` into ``x = value; ...`` where ``t`` serves for nothing else."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.context = program.context
        self.loaded = program.fact(loads_of)
        self.stored: Counter[str] = Counter()
        for stmt in statements(program.body):
            self.stored.update(stmt.writes)
        self.renamed: dict[str, str] = {}
        self.has_changed = False

    def rename(self, body: list[Statement]) -> None:
        """Carry out the renamings."""
        terms = self.program.terms
        values: dict[str, Term] = {}
        for name in self.renamed:
            new = self.renamed[name]
            while new in self.renamed:
                new = self.renamed[new]
            values[name] = terms.load(new)
        for stmt in statements(body):
            if values.keys() & (stmt.reads | stmt.writes):
                if stmt.value is not None:
                    stmt.value = substitute(terms, stmt.value, values)
                stmt.extras = tuple([substitute(terms, part, values) for part in stmt.extras])
                stmt.targets = tuple([substitute(terms, target, values) for target in stmt.targets])
                self.program.describe(stmt)

    def block(self, stmts: list[Statement]) -> list[Statement]:
        """Coalesce within a block and the blocks inside."""
        for stmt in stmts:
            stmt.blocks = [self.block(inner) for inner in stmt.blocks]
        index = 0
        while index < len(stmts):
            start = self._definition(stmts, index)
            if start is None:
                index += 1
                continue
            source, target = stmts[start].target, stmts[index].target
            assert source is not None and target is not None
            stmts[start].targets = stmts[index].targets
            self.program.describe(stmts[start])
            if self.loaded[source] > 1:
                self.renamed[source] = target
                self.loaded[target] += self.loaded[source] - 1
            self.has_changed = True
            del stmts[index]
        return stmts

    def _may_rename(self, source: str, name: str) -> bool:
        """Tell whether two variables are one and the same wherever both are set."""
        if self.stored[name] != 1 or name in self.program.parameters:
            return False
        if source in self.program.terms.captured:
            return False
        if name in self.renamed or source in self.renamed or name in self.renamed.values():
            return False
        visible = self.context.keep | self.context.owned
        if name in self.context.owned and not _TEMPORARY.fullmatch(source):
            return False  # a variable of an inlined function is not called like a gradient
        return name in visible and source not in visible

    def _definition(self, stmts: list[Statement], index: int) -> int | None:
        """Return where the temporary that statement ``index`` copies is set, if the two can be one."""
        name, value = stmts[index].target, stmts[index].value
        if name is None or value is None or value.kind is not gast.Name or not value.reads:
            return None
        source = value.name
        if source in self.context.keep or source == name or self.stored[source] != 1:
            return None
        if source in self.program.parameters:
            return None
        if self.loaded[source] != 1 and not self._may_rename(source, name):
            return None
        for start in range(index - 1, -1, -1):
            stmt = stmts[start]
            if stmt.target == source:
                return start
            if any(self._in_the_way(inner, name, source) for inner in statements([stmt])):
                return None
        return None

    def _in_the_way(self, stmt: Statement, name: str, source: str) -> bool:
        if name in stmt.reads or name in stmt.writes or source in stmt.writes:
            return True
        return stmt.kind in (gast.Break, gast.Continue)
