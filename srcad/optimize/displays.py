"""Write the gradient of a tuple or a dict as a display, where all of its parts are there."""

from __future__ import annotations

from typing import Any

import gast

from srcad.analysis.kinds import Kind
from srcad.optimize.memory import Memory
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term

__all__ = ["collect_parts"]


def collect_parts(program: Program) -> bool:
    """Put containers of gradients together at once; tell whether there were any.

    Examples
    --------
    For a pair ``p``::

        dp = rt.zeros_like(p)       # before          dp = [da, db]       # after
        rt.accumulate(dp, 0, da)
        rt.accumulate(dp, 1, db)
    """
    if not any(_keys(program, stmt) is not None for stmt in statements(program.body)):
        return False
    collector = _Collector(program)
    program.body = collector.block(program.body)
    return collector.has_changed


class _Collector:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.terms = program.terms
        self.memory = program.fact(Memory)
        self.has_changed = False

    def block(self, stmts: list[Statement]) -> list[Statement]:
        for stmt in stmts:
            stmt.blocks = [self.block(inner) for inner in stmt.blocks]
        index = 0
        while index < len(stmts):
            found = self._parts(stmts, index)
            if found is not None:
                places, display = found
                target = stmts[index].target
                assert target is not None
                stmts[places[-1]] = self.program.assign(target, display, stmts[index].origin)
                for place in reversed([index, *places[:-1]]):
                    del stmts[place]
                self.has_changed = True
            index += 1
        return stmts

    def _parts(self, stmts: list[Statement], index: int) -> tuple[list[int], Term] | None:
        """Return where parts are added to the container that ``index`` makes, and all of them as a display."""
        name, keys = stmts[index].target, _keys(self.program, stmts[index])
        if name is None or keys is None:
            return None
        places: list[int] = []
        parts: dict[Any, Term] = {}
        for place in range(index + 1, len(stmts)):
            stmt = stmts[place]
            added = _addition(stmt, name)
            if added is not None and keys.get(added[0]) and added[0] not in parts:
                parts[added[0]] = added[1]
                places.append(place)
            elif name in stmt.reads or name in stmt.writes or stmt.blocks or stmt.leaves:
                break
            elif self._disturbs(stmt, parts.values()):
                return None
        if not places or any(key not in parts and keys[key] != "optional" for key in keys):
            return None
        values = tuple([parts.get(key, self.terms.constant(0.0)) for key in keys])
        if all(type(key) is int for key in keys):
            return places, self.terms.make(gast.List, values)
        return places, self.terms.make(gast.Dict, tuple(map(self.terms.constant, keys)), values)

    def _disturbs(self, stmt: Statement, parts: Any) -> bool:
        names = frozenset().union(*[part.reads for part in parts])
        return not stmt.writes.isdisjoint(names) or not self.memory.spoiled(stmt.changes).isdisjoint(names)


def _keys(program: Program, stmt: Statement) -> dict[Any, str] | None:
    """Return the keys of the container whose zero a statement makes, and which parts may be missing."""
    value = stmt.value
    if (
        stmt.target is None
        or value is None
        or value.kind is not gast.Call
        or not _is_runtime(value, "zeros_like")
    ):
        return None
    if len(value.parts[1]) != 1 or value.parts[1][0].kind is not gast.Name:
        return None
    container = value.parts[1][0].name
    kind: Kind | None = program.context.ranks.get(container)
    if kind is None or not kind.items:
        return None
    if kind.name == "tuple":
        return {place: _role(program, item, container) for place, item in enumerate(kind.items)}
    if kind.name == "dict" and all(type(key) is str for key, _ in kind.items):
        return {key: _role(program, item, container) for key, item in kind.items}
    return None


def _role(program: Program, kind: Kind, container: str) -> str:
    """Tell whether a part may be collected, and whether the number 0.0 may stand for it where it is missing.

    The items of an argument are fitted in the end; others go on to rules, which look at their shapes.
    """
    given = container in program.parameters or f"{container}_argument" in program.parameters
    if kind.name == "array":
        return "optional" if given else "needed"
    return "optional" if kind.name in ("float", "int", "bool", "str", "none") else ""


def _is_runtime(value: Term, name: str) -> bool:
    module = getattr(value.callee, "__module__", "") or ""
    return module.startswith("srcad.runtime") and getattr(value.callee, "__name__", "") == name


def _addition(stmt: Statement, name: str) -> tuple[Any, Term] | None:
    """Return key and part where a statement adds a part to the container."""
    value = stmt.value
    if stmt.kind is not gast.Expr or value is None or value.kind is not gast.Call:
        return None
    if not _is_runtime(value, "accumulate") or len(value.parts[1]) != 3:
        return None
    container, key, part = value.parts[1]
    if container.kind is not gast.Name or container.name != name or key.kind is not gast.Constant:
        return None
    return (
        (key.parts[0], part) if part.kind in (gast.Name, gast.Constant) and name not in part.reads else None
    )
