"""How often each variable is read in the text."""

from __future__ import annotations

from collections import Counter

import gast

from srcad.optimize.program import Program, statements
from srcad.optimize.terms import Term

__all__ = ["loads_of"]


def loads_of(program: Program) -> Counter[str]:
    """Count the places where each variable is read; those in lambdas and the like count twice."""
    loads: Counter[str] = Counter()
    for stmt in statements(program.body):
        for term in (stmt.value, *stmt.extras):
            if term is not None:
                _count(term, loads)
        for target in stmt.targets:
            _count_target(target, loads)
    return loads


def _count_target(target: Term, loads: Counter[str]) -> None:
    if target.kind in (gast.Tuple, gast.List, gast.Starred):
        for part in target.children:
            _count_target(part, loads)
    elif target.kind is not gast.Name:
        _count(target, loads)


def _count(term: Term, loads: Counter[str]) -> None:
    if term.is_opaque:
        for name in term.reads:
            loads[name] += 2
    elif term.children:
        for child in term.children:
            if child.reads:
                _count(child, loads)
    else:
        for name in term.reads:
            loads[name] += 1
