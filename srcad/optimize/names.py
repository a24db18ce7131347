"""Let temporaries of loops share their names, so that an array is given up as soon as the next one is there."""

from __future__ import annotations

import re

import gast
import numpy as np

from srcad.analysis.kinds import is_scalar
from srcad.optimize.calls import makes_array, shares_first
from srcad.optimize.kinds import TermKinds
from srcad.optimize.liveness import Liveness
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term, substitute

__all__ = ["share_names"]

_TEMPORARY = re.compile(r"(d?t)\d*(_\d+)?")
_LOOPS = (gast.For, gast.While)


def share_names(program: Program) -> None:
    """Rename arrays without a name of the user's which are not needed at the same time.

    That matters in loops, where a name keeps its array until the same statement is executed again, or to the end of
    the function; elsewhere every value keeps its own name.

    Examples
    --------
    ::

        for _ in range(n):          # before          for _ in range(n):    # after
            t1 = a[1:] + a[:-1]                           t1 = a[1:] + a[:-1]
            b[1:] = 0.5 * t1                              b[1:] = 0.5 * t1
            t2 = b[1:] + b[:-1]                           t1 = b[1:] + b[:-1]
            a[1:] = 0.5 * t2                              a[1:] = 0.5 * t1
    """
    in_loops = _bound_in_loops(program.body)
    candidates = _candidates(program)
    if not candidates & in_loops:
        return
    conflicts = _conflicts(program, candidates)
    renamed: dict[str, Term] = {}
    for prefix in ("t", "dt"):
        for group in _groups([n for n in conflicts if _prefix(n) == prefix], conflicts):
            if in_loops & set(group):
                renamed |= {name: program.terms.load(group[0]) for name in group[1:]}
    _rename(program, renamed)


def _prefix(name: str) -> str | None:
    found = _TEMPORARY.fullmatch(name)
    return found[1] if found else None


def _bound_in_loops(body: list[Statement]) -> set[str]:
    return {
        name
        for stmt in statements(body)
        if stmt.kind in _LOOPS
        for inner in statements(stmt.blocks[0])
        for name in inner.writes
    }


def _candidates(program: Program) -> set[str]:
    """Return the temporaries that hold arrays, bound by plain assignments only."""
    kinds = program.fact(TermKinds)
    refused = program.context.keep | program.parameters | program.terms.captured | program.stacks
    found: set[str] = set()
    for stmt in statements(program.body):
        if stmt.target is not None and stmt.value is not None and _may_be_array(stmt.value):
            found.add(stmt.target)
        else:
            refused |= stmt.writes
    return {n for n in found - refused if _prefix(n) and not is_scalar(kinds.of(program.terms.load(n)))}


def _may_be_array(value: Term) -> bool:
    if value.kind is gast.Call:
        return isinstance(value.callee, np.ufunc) or makes_array(value.callee) or shares_first(value.callee)
    return value.kind in (gast.Attribute, gast.BinOp, gast.Subscript, gast.UnaryOp)


def _conflicts(program: Program, candidates: set[str]) -> dict[str, set[str]]:
    """Return, for each of some variables in the order of the text, those that are needed while it is bound."""
    after = program.fact(Liveness).after
    found: dict[str, set[str]] = {}
    for stmt in statements(program.body):
        name = stmt.target
        if name in candidates:
            found.setdefault(name, set())
    for stmt in statements(program.body):
        if stmt.target in found:
            for other in (after[stmt] & found.keys()) - {stmt.target}:
                found[stmt.target].add(other)
                found[other].add(stmt.target)
    return found


def _groups(names: list[str], conflicts: dict[str, set[str]]) -> list[list[str]]:
    groups: list[list[str]] = []
    for name in names:
        for group in groups:
            if conflicts[name].isdisjoint(group):
                group.append(name)
                break
        else:
            groups.append([name])
    return groups


def _rename(program: Program, values: dict[str, Term]) -> None:
    for stmt in statements(program.body):
        if values.keys() & (stmt.reads | stmt.writes):
            if stmt.value is not None:
                stmt.value = substitute(program.terms, stmt.value, values)
            stmt.extras = tuple([substitute(program.terms, part, values) for part in stmt.extras])
            stmt.targets = tuple([substitute(program.terms, target, values) for target in stmt.targets])
            program.describe(stmt)
