"""Write the gradient of a tuple or a dict as a display, where all of its parts are there."""

from __future__ import annotations

from dataclasses import dataclass
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

        dq = [da, 0.0]                                t = da + dc
        rt.accumulate(dq, 0, dc)                      dq = [t, db]
        rt.accumulate(dq, 1, db)
    """
    if not any(_begun(program, stmt) is not None for stmt in statements(program.body)):
        return False
    collector = _Collector(program)
    program.body = collector.block(program.body)
    return collector.has_changed


@dataclass(frozen=True)
class _Beginning:
    """The statement that makes the gradient of a container.

    Attributes
    ----------
    parts : dict
        What it gives to some keys.
    roles : dict
        From each key to how it is filled where it is not given, as `_role` tells it.
    numbers : set
        The keys of numbers and arrays, which can be added up.
    is_list : bool
        Whether the gradient is a list.
    """

    parts: dict[Any, Term]
    roles: dict[Any, str]
    numbers: set[Any]
    is_list: bool


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
            begun = _begun(self.program, stmts[index])
            made = self._collected(stmts, index, begun) if begun is not None else None
            if made is not None:
                stmts[index:] = made
                self.has_changed = True
            index += 1
        return stmts

    def _collected(self, stmts: list[Statement], index: int, begun: _Beginning) -> list[Statement] | None:
        """Return the statements from ``index`` on with one display behind all that is added to its parts."""
        name = stmts[index].target
        assert name is not None
        parts, out, last = dict(begun.parts), [], None
        for place, stmt in enumerate(stmts[index + 1 :], index + 1):
            added = _addition(stmt, name)
            if added is not None and self._may_add(added[0], begun, parts):
                key, part = added
                if key in parts and not _is_nothing(parts[key]):
                    fresh = self.program.fresh("t")
                    total = self.terms.make(gast.BinOp, parts[key], gast.Add, part)
                    out.append(self.program.assign(fresh, total, stmt.origin))
                    part = self.terms.load(fresh)
                parts[key], last = part, (place, len(out))
            elif name in stmt.reads or name in stmt.writes or stmt.blocks or stmt.leaves:
                break
            elif self._disturbs(stmt, parts.values()):
                if not begun.parts:
                    return None
                break
            else:
                out.append(stmt)
        if last is None or any(key not in parts and role != "optional" for key, role in begun.roles.items()):
            return None
        end, length = last
        display = self.program.assign(name, self._display(begun, parts), stmts[index].origin)
        return [*out[:length], display, *stmts[end + 1 :]]

    def _may_add(self, key: Any, begun: _Beginning, parts: dict[Any, Term]) -> bool:
        if key in parts:
            return key in begun.numbers or _is_nothing(parts[key])
        return bool(begun.roles.get(key))

    def _display(self, begun: _Beginning, parts: dict[Any, Term]) -> Term:
        values = tuple([parts.get(key, self.terms.constant(0.0)) for key in begun.roles])
        if begun.is_list:
            return self.terms.make(gast.List, values)
        return self.terms.make(gast.Dict, tuple(map(self.terms.constant, begun.roles)), values)

    def _disturbs(self, stmt: Statement, parts: Any) -> bool:
        names = frozenset().union(*[part.reads for part in parts])
        return not stmt.writes.isdisjoint(names) or not self.memory.spoiled(stmt.changes).isdisjoint(names)


def _begun(program: Program, stmt: Statement) -> _Beginning | None:
    """Return what is known where a statement makes the gradient of a container, None where it does not."""
    keys = _keys(program, stmt)
    if keys is not None and stmt.value is not None:
        container = stmt.value.parts[1][0].name
        is_list = all(type(key) is int for key in keys)
        return _Beginning({}, keys, _numbers(program.context.ranks[container]), is_list)
    container, value = program.context.gradient_of.get(stmt.target or ""), stmt.value
    if container is None or value is None or value.kind not in (gast.List, gast.Dict):
        return None
    kind = program.context.ranks[container]
    is_list = value.kind is gast.List
    keys_written = range(len(value.parts[0])) if is_list else [key.parts[0] for key in value.parts[0]]
    parts = dict(zip(keys_written, value.parts[-1]))
    if parts.keys() != _items(kind).keys() or any(
        p.kind not in (gast.Name, gast.Constant) for p in parts.values()
    ):
        return None
    return _Beginning(parts, dict.fromkeys(parts, "needed"), _numbers(kind), is_list)


def _items(kind: Kind) -> dict[Any, Kind]:
    return dict(enumerate(kind.items or ()) if kind.name == "tuple" else kind.items or ())


def _numbers(kind: Kind) -> set[Any]:
    """Return the keys of a container's numbers and arrays that have a gradient."""
    return {
        key
        for key, item in _items(kind).items()
        if item.name in ("float", "array") and item.inexact and not item.optional
    }


def _is_nothing(part: Term) -> bool:
    return part.kind is gast.Constant and part.parts[0] == 0.0


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
