"""Add to a part of a gradient what would be put among zeros first, to be added as a whole."""

from __future__ import annotations

import gast
import numpy as np

from srcad.optimize.program import Program, Remark, Statement
from srcad.optimize.terms import Term
from srcad.optimize.uses import loads_of

__all__ = ["add_to_parts"]


def add_to_parts(program: Program) -> None:
    """Add a gradient where it belongs, and not as a part of an array of zeros.

    Examples
    --------
    ::

        v = x[:k]                   # before          v = x[:k]                   # after
        t = np.zeros_like(v)                          dx[:k][::-1] += g
        t[::-1] = g
        dx[:k] += t
    """
    writer = _Writer(program)
    program.body = writer.block(program.body)


class _Writer:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.like = program.context.like
        self.loads = program.fact(loads_of)

    def block(self, stmts: list[Statement]) -> list[Statement]:
        for stmt in stmts:
            stmt.blocks = [self.block(inner) for inner in stmt.blocks]
        index = 0
        while index < len(stmts):
            places = self._places(stmts, index)
            if places is None:
                index += 1
                continue
            store, adding = stmts[places[0]], stmts[places[1]]
            part = self.program.terms.make(gast.Subscript, adding.targets[0], store.targets[0].parts[1])
            assert store.value is not None
            stmts[places[1]] = self.program.update(part, adding.op, store.value, adding.origin)
            del stmts[places[0]], stmts[index]
        return stmts

    def _places(self, stmts: list[Statement], making: int) -> tuple[int, int] | None:
        """Return where zeros that serve for nothing else are stored into, and added to what has their shape."""
        name, value = stmts[making].target, stmts[making].value
        if name is None or value is None or value.kind is not gast.Call or value.callee is not np.zeros_like:
            return None
        shown = value.parts[1][0]
        if self.loads[name] != 2 or name in self.program.context.keep or shown.kind is not gast.Name:
            return None
        users = [k for k, s in enumerate(stmts[making + 1 :], making + 1) if name in s.reads | s.writes]
        if len(users) != 2 or any(s.kind is not Remark for s in stmts[users[0] + 1 : users[1]]):
            return None
        store, adding = stmts[users[0]], stmts[users[1]]
        if not _is_store_into(store, name) or not _adds(adding, name):
            return None
        target = adding.targets[0]
        return (users[0], users[1]) if self._is_like(target, shown.name, stmts, making, users[1]) else None

    def _is_like(self, target: Term, shown: str, stmts: list[Statement], making: int, adding: int) -> bool:
        """Tell whether the target of a sum is the gradient of a variable, or the part of one that it shows."""
        if target.kind is gast.Name:
            return self.like.get(target.name) == shown
        if target.kind is not gast.Subscript or target.parts[0].kind is not gast.Name:
            return False
        place = next((k for k in reversed(range(making)) if shown in stmts[k].writes), None)
        view = None if place is None else stmts[place].value
        if place is None or view is None or stmts[place].target != shown or view.kind is not gast.Subscript:
            return False
        base, index = view.parts
        if base.kind is not gast.Name or self.like.get(target.parts[0].name) != base.name:
            return False
        if target.parts[1] is not index or not _is_slicing(index):
            return False
        return all(stmt.writes.isdisjoint(view.reads) for stmt in stmts[place + 1 : adding])


def _is_store_into(stmt: Statement, name: str) -> bool:
    """Tell whether a statement stores something else into a part of an array."""
    if stmt.kind is not gast.Assign or len(stmt.targets) != 1 or stmt.value is None or not stmt.is_pure:
        return False
    target = stmt.targets[0]
    if (
        target.kind is not gast.Subscript
        or target.parts[0].kind is not gast.Name
        or target.parts[0].name != name
    ):
        return False
    return name not in stmt.value.reads | target.parts[1].reads


def _adds(stmt: Statement, name: str) -> bool:
    if stmt.kind is not gast.AugAssign or stmt.op not in (gast.Add, gast.Sub) or not stmt.is_pure:
        return False
    value = stmt.value
    return value is not None and value.kind is gast.Name and value.name == name


def _is_slicing(index: Term) -> bool:
    """Tell whether an index surely selects a view."""
    parts = index.children if index.kind is gast.Tuple else (index,)
    plain = all(part.kind in (gast.Slice, gast.Name, gast.Constant) for part in parts)
    return (
        plain and any(part.kind is gast.Slice for part in parts) and all(_is_whole_number(p) for p in parts)
    )


def _is_whole_number(part: Term) -> bool:
    return part.kind is gast.Slice or (part.kind is gast.Constant and type(part.parts[0]) is int)
