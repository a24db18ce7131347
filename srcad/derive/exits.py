"""Ways out of loops: what happens on the way is moved behind the loop, where it is walked back once.

Before::

    while True:
        trips = trips + 1
        t = x > 9
        if t:
            result = x * y
            returned = True
            break
        else:
            x = x * x

After::

    while True:
        trips = trips + 1
        t = x > 9
        if t:
            returned = True
            break
        else:
            x = x * x
    if returned:
        result = x * y

Behind the loop the values of its last trip are still there, and the trips before need not remember that they went on.
"""

from __future__ import annotations

from dataclasses import dataclass

import gast

from srcad.analysis.kinds import ANY, is_differentiable
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import direct_changes
from srcad.derive.build import assign, constant, name, read_names, written_names
from srcad.lang.function import Function
from srcad.lang.scope import Scope
from srcad.lang.walking import nodes_in, shallow_copy

__all__ = ["WayOut", "exposed_names", "sink_exits", "way_out"]


@dataclass
class WayOut:
    """A trip of a loop up to the ``if`` that may end the loop, and how it goes on otherwise."""

    prefix: list[gast.stmt]
    branch: gast.If
    leaving: list[gast.stmt]
    stays: list[gast.stmt]


def way_out(body: list[gast.stmt]) -> WayOut | None:
    """Return the first way out of a loop with this body, where none but it ends the trip so early.

    What runs up to it and on it binds names alone, and none whose value a later trip could read.

    >>> body = gast.parse("t = x > 9\\nif t:\\n    break\\nelse:\\n    x = x * x").body
    >>> way_out(body).leaving[0].__class__.__name__
    'Break'
    """
    if not body or not isinstance(body[-1], gast.If):
        return None
    branch = body[-1]
    for leaving, stays in ((branch.body, branch.orelse), (branch.orelse, branch.body)):
        if leaving and isinstance(leaving[-1], gast.Break):
            passed = [*body[:-1], *leaving[:-1]]
            written = {n for stmt in passed for part in nodes_in(stmt) for n in written_names(part)}
            if all(map(_binds_alone, passed)) and not written & exposed_names(body):
                return WayOut(body[:-1], branch, leaving, stays)
    return None


def _binds_alone(stmt: gast.stmt) -> bool:
    """Tell whether a statement does nothing but bind names."""
    if isinstance(stmt, gast.If | gast.For | gast.While):
        return all(map(_binds_alone, [*stmt.body, *stmt.orelse]))
    if isinstance(stmt, gast.Assign):
        return not direct_changes(stmt)
    return isinstance(stmt, gast.Pass | gast.Break)


def sink_exits(fn: Function, kinds: Kinds) -> Function:
    """Return ``fn`` with what it computes on the way out of a loop computed behind the loop.

    ``kinds`` tells what may carry a derivative: flags and counters stay where they are.
    """
    return fn.with_body(_Sinking(fn, kinds).block(fn.tree.body))


class _Sinking:
    def __init__(self, fn: Function, kinds: Kinds) -> None:
        self.kinds = kinds
        self.scope: Scope = fn.scope
        self.flags = _flags_set_once(fn)

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        out: list[gast.stmt] = []
        for stmt in body:
            made = shallow_copy(stmt)
            for part in ("body", "orelse", "finalbody"):
                if getattr(made, part, None) and not isinstance(made, gast.Expr | gast.Assign):
                    setattr(made, part, self.block(getattr(made, part)))
            if isinstance(made, gast.For | gast.While):
                sunk: list[tuple[str, list[gast.stmt]]] = []
                fresh: list[gast.stmt] = []
                self.collect(made.body, _flags_before(out) & self.flags, sunk, fresh)
                behind = _chosen(sunk)
                out += [*fresh, made, *(gast.copy_location(s, stmt) for s in behind)]
            else:
                out.append(made)
        return _merged(out)

    def collect(
        self,
        body: list[gast.stmt],
        flags: set[str],
        sunk: list[tuple[str, list[gast.stmt]]],
        fresh: list[gast.stmt],
    ) -> None:
        """Take what happens before each ``break`` at the end of ``body`` out of it."""
        if not body:
            return
        if isinstance(body[-1], gast.If):
            self.collect(body[-1].body, flags, sunk, fresh)
            self.collect(body[-1].orelse, flags, sunk, fresh)
            return
        if not isinstance(body[-1], gast.Break) or all(map(self.is_plain, body[:-1])):
            return
        own = [s for s in body[:-1] if _set_flag(s) in flags]
        if own:
            flag = str(_set_flag(own[0]))
        else:
            flag = self.scope.fresh("left")
            own = [gast.copy_location(assign(flag, constant(True)), body[-1])]
            fresh.append(gast.copy_location(assign(flag, constant(False)), body[-1]))
        sunk.append((flag, [s for s in body[:-1] if s is not own[0]]))
        body[:] = [own[0], body[-1]]

    def is_plain(self, stmt: gast.stmt) -> bool:
        """Tell whether a statement only binds names to values that carry no derivative."""
        if isinstance(stmt, gast.Pass):
            return True
        if not isinstance(stmt, gast.Assign) or direct_changes(stmt):
            return False
        return not any(is_differentiable(self.kinds.get(n, ANY)) for n in written_names(stmt))


def _flags_set_once(fn: Function) -> set[str]:
    """Return the names that are bound twice: to False, and to True."""
    found: dict[str, list[object]] = {}
    for node in nodes_in(fn.tree):
        if isinstance(node, gast.Assign | gast.AugAssign | gast.For):
            value = getattr(node, "value", None)
            for written in written_names(node):
                found.setdefault(written, []).append(getattr(value, "value", None))
    return {n for n, values in found.items() if len(values) == 2 and values[0] is False and values[1] is True}


def _flags_before(body: list[gast.stmt]) -> set[str]:
    """Return the names that the last statements of ``body`` bind to False."""
    found: set[str] = set()
    for stmt in reversed(body):
        value = getattr(stmt, "value", None)
        if not isinstance(stmt, gast.Assign) or not isinstance(value, gast.Constant | gast.Name):
            break
        if isinstance(value, gast.Constant) and value.value is False:
            found |= set(written_names(stmt))
    return found


def _set_flag(stmt: gast.stmt) -> str | None:
    """Return the name that a statement binds to True."""
    value = getattr(stmt, "value", None)
    is_flag = isinstance(stmt, gast.Assign) and isinstance(value, gast.Constant) and value.value is True
    return written_names(stmt)[0] if is_flag else None


def _chosen(sunk: list[tuple[str, list[gast.stmt]]]) -> list[gast.stmt]:
    """Return what chooses among the ways out by their flags."""
    made: list[gast.stmt] = []
    for flag, statements in reversed(sunk):
        made = [gast.If(name(flag), statements, made)]
    return made


def _merged(body: list[gast.stmt]) -> list[gast.stmt]:
    """Make one of two ``if`` in a row that test the same flag, where the second does nothing if it is set.

    The first must leave the flag alone, as ``if t: t = other`` of ``and`` does not.
    """
    out: list[gast.stmt] = []
    for stmt in body:
        before = out[-1] if out else None
        if (
            isinstance(stmt, gast.If)
            and isinstance(before, gast.If)
            and isinstance(stmt.test, gast.Name)
            and isinstance(before.test, gast.Name)
            and stmt.test.id == before.test.id
            and not before.orelse
            and all(isinstance(s, gast.Pass) for s in stmt.body)
            and not any(stmt.test.id in written_names(n) for s in before.body for n in nodes_in(s))
        ):
            out[-1] = gast.copy_location(gast.If(before.test, before.body, stmt.orelse), stmt)
        else:
            out.append(stmt)
    return out


def exposed_names(body: list[gast.stmt]) -> set[str]:
    """Return the variables that an iteration may read before it writes them."""
    exposed: set[str] = set()
    _expose(body, set(), exposed)
    return exposed


def _expose(body: list[gast.stmt], defined: set[str], exposed: set[str]) -> set[str]:
    for stmt in body:
        if isinstance(stmt, gast.If):
            exposed |= set(read_names(stmt.test)) - defined
            first = _expose(stmt.body, set(defined), exposed)
            second = _expose(stmt.orelse, set(defined), exposed)
            defined = first & second
        elif isinstance(stmt, (gast.For, gast.While)):
            head = stmt.iter if isinstance(stmt, gast.For) else stmt.test
            exposed |= set(read_names(head)) - defined
            inner = set(defined) | ({stmt.target.id} if isinstance(stmt, gast.For) else set())
            _expose(stmt.body, inner, exposed)
        elif isinstance(stmt, gast.With) and isinstance(stmt.items[0].context_expr, gast.Name):
            exposed |= set(read_names(stmt.items[0].context_expr)) - defined
            _expose(stmt.body, set(defined), exposed)
        elif isinstance(stmt, (gast.With, gast.Try)):
            for item in getattr(stmt, "items", []):
                exposed |= set(read_names(item.context_expr)) - defined
            defined = _expose(stmt.body, defined, exposed)
            defined = _expose(getattr(stmt, "finalbody", []), defined, exposed)
        else:
            exposed |= set(read_names(stmt)) - defined
            if isinstance(stmt, gast.Assign) and not isinstance(
                stmt.targets[0], (gast.Subscript, gast.Attribute)
            ):
                defined |= set(written_names(stmt))
            else:
                exposed |= set(written_names(stmt)) - defined
    return defined
