"""The simple statements of a function, with the variables that each reads and binds."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import gast
import numpy as np

from srcad import runtime as rt
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in

__all__ = ["Step", "fresh_containers", "quiet_contexts", "steps_of"]


@dataclass
class Step:
    """A simple statement, or the head of a compound one.

    Attributes
    ----------
    bound, reads : set of str
        The names that it binds and reads.
    visited : int
        When it was visited last.
    """

    stmt: gast.stmt
    bound: set[str]
    reads: set[str]
    visited: int = 0


def steps_of(body: list[gast.stmt]) -> Iterator[Step]:
    """Return the simple statements of a block and of the blocks inside, in the order of the text."""
    for stmt in body:
        if isinstance(stmt, (gast.Assign, gast.AugAssign, gast.Expr)):
            yield _step(stmt, stmt)
        elif isinstance(stmt, gast.For):
            yield _step(stmt, stmt.target, stmt.iter)
        elif isinstance(stmt, gast.With):
            yield _step(stmt, *stmt.items)
        for field in ("body", "orelse", "finalbody"):
            yield from steps_of(getattr(stmt, field, []) or [])
        for handler in getattr(stmt, "handlers", []):
            yield from steps_of(handler.body)


def _step(stmt: gast.stmt, *parts: gast.AST) -> Step:
    step = Step(stmt, set(), set())
    for part in parts:
        _gather(part, step)
    if isinstance(stmt, gast.AugAssign):
        step.reads |= step.bound
    return step


def _gather(part: gast.AST, step: Step) -> None:
    for node in nodes_in(part):
        if isinstance(node, gast.Name):
            (step.bound if isinstance(node.ctx, gast.Store) else step.reads).add(node.id)


def quiet_contexts(steps: list[Step], fn: Function) -> set[str]:
    """Return the variables that only ever hold contexts, as guards of errors are, that store nothing of the function's."""
    made: dict[str, bool] = {}
    for step in steps:
        value = step.stmt.value if isinstance(step.stmt, gast.Assign) else None
        callee = fn.scope.statics.get(getattr(getattr(value, "func", None), "id", ""))
        for name in step.bound:
            made[name] = made.get(name, True) and any(callee is context for context in _QUIET_CONTEXTS)
    return {name for name, is_quiet in made.items() if is_quiet}


_QUIET_CONTEXTS = (
    rt.catching, np.errstate, warnings.catch_warnings, contextlib.nullcontext, contextlib.suppress,
)  # fmt: skip


def fresh_containers(steps: list[Step], fn: Function, parameters: set[str]) -> set[str]:
    """Return the variables that only ever hold lists and dicts which the function made itself."""
    sources: dict[str, list[gast.AST]] = {}
    for step in steps:
        stmt = step.stmt
        simple = isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Name)
        for name in step.bound:
            sources.setdefault(name, []).append(stmt.value if simple else stmt)
    fresh = set(sources) - parameters
    while True:
        kept = {n for n in fresh if all(_is_fresh(source, fresh, fn) for source in sources[n])}
        if kept == fresh:
            return fresh
        fresh = kept


def _is_fresh(source: gast.AST, fresh: set[str], fn: Function) -> bool:
    if isinstance(source, gast.Name):
        return source.id in fresh
    if isinstance(source, gast.Call) and isinstance(source.func, gast.Name):
        callee = fn.scope.statics.get(source.func.id)
        return callee is list or callee is dict or callee is sorted or callee is rt.instance
    return isinstance(source, (gast.List, gast.Dict))
