"""The contents of memory that a statement reads or overwrites, and how an overwrite is undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import gast

from srcad.analysis.kinds import FORM_OF_ARRAYS, Kind, is_scalar
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import CONTAINER_MUTATORS, Memory
from srcad.derive.build import assign, call, constant, method, name, read_names
from srcad.lang.scope import Scope
from srcad.lang.walking import children_of
from srcad.rules import registry

__all__ = [
    "CONTENT", "Change", "Kept", "contents_changed", "contents_read", "items_read", "keep_contents", "places_read",
]  # fmt: skip

CONTENT = "*"
"""Begins the name that stands for the contents of a class of memory, among the names of variables."""

_SHAPE_ONLY = {"np.zeros_like": 0, "np.shape": 0, "np.ndim": 0, "np.size": 0, "len": 0, "rt.unbroadcast": 1,
               "rt.owned": 1, "rt.finish": 1, "rt.fitted": 1}  # fmt: skip
_UNKNOWN = Kind("any")


@dataclass
class Change:
    """A statement that changes the contents of ``memory`` through ``base``."""

    stmt: gast.stmt
    memory: str
    base: str
    index: gast.AST | None = None
    method: str | None = None


@dataclass
class Kept:
    """How a change is undone: what runs before it, the variable that keeps the old contents, what undoes it."""

    undo: list[gast.stmt]
    before: list[gast.stmt] = field(default_factory=list)
    saved: str | None = None


def contents_read(stmt: gast.AST, memory: Memory, kinds: Kinds) -> set[str]:
    """Return the contents that a backward statement reads."""
    return {CONTENT + str(memory.content(base)) for base, _ in places_read(stmt, memory, kinds)}


def places_read(stmt: gast.AST, memory: Memory, kinds: Kinds) -> Iterator[tuple[str, gast.AST | None]]:
    """Yield the variables that show contents which a backward statement reads, each with the index, if there is one.

    Binding a name reads nothing, nor does making a view: who looks at it reads.
    """
    pending: list[gast.AST] = [stmt]
    if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], (gast.Name, gast.Tuple)):
        pending = [] if _is_view(stmt, memory, kinds) else [stmt.value]
    while pending:
        node = pending.pop()
        if isinstance(node, gast.Name):
            if memory.content(node.id) is not None:
                yield node.id, None
            continue
        if isinstance(node, gast.Attribute) and node.attr in FORM_OF_ARRAYS:
            continue
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript):
            pending += [node.targets[0].slice, node.value]
            continue
        if isinstance(node, gast.Subscript) and isinstance(node.value, gast.Name):
            if memory.content(node.value.id) is not None:
                yield node.value.id, node.slice
            pending.append(node.slice)
            continue
        skipped = None
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id in _SHAPE_ONLY:
            position = _SHAPE_ONLY[node.func.id]
            skipped = node.args[position] if position < len(node.args) else None
        pending += [child for child in children_of(node) if child is not skipped]


def items_read(stmt: gast.AST, memory: Memory, kinds: Kinds, statics: Mapping[str, Any]) -> set[str]:
    """Return the classes of what containers hold that a backward statement gives to a rule, and that changes.

    The result of a rule may be such a container: its parts may be changed afterwards.
    """
    containers = [n for n in read_names(stmt) if kinds.get(n, _UNKNOWN).name in ("tuple", "list", "dict")]
    if not any(memory.held(n) & memory.changed for n in containers):
        return set()
    target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
    if (
        isinstance(target, gast.Name)
        and target.id in memory.classes
        and not isinstance(stmt.value, gast.Call)
    ):
        return set()  # the name of an item: who looks at it reads
    found: set[str] = set()
    pending: list[gast.AST] = [stmt]
    while pending:
        node = pending.pop()
        if isinstance(node, gast.Name):
            found |= memory.held(node.id) & memory.changed if node.id in containers else set()
        elif isinstance(node, gast.Call):
            pending += _looked_at(node, statics)
        else:
            pending += children_of(node)
    return found


def _looked_at(node: gast.Call, statics: Mapping[str, Any]) -> list[gast.AST]:
    """Return the arguments of a call of which more than the shape is read."""
    function = getattr(node.func, "id", "")
    rule = registry.find(statics.get(function))
    shaped = rule.shaped if rule is not None else ()
    skipped = {i for i, p in enumerate(rule.parameters) if p.name in shaped} if rule is not None else set()
    skipped |= {_SHAPE_ONLY[function]} if function in _SHAPE_ONLY else set()
    given = [a for i, a in enumerate(node.args) if i not in skipped]
    return [*given, *(k.value for k in node.keywords if k.arg not in shaped)]


def _is_view(stmt: gast.Assign, memory: Memory, kinds: Kinds) -> bool:
    """Tell whether a statement binds a name to a part of an array that shares the array's memory."""
    target, value = stmt.targets[0], stmt.value
    if not isinstance(target, gast.Name) or not isinstance(value, gast.Subscript):
        return False
    base = getattr(value.value, "id", "")
    if any(kinds.get(variable, _UNKNOWN).name != "array" for variable in (target.id, base)):
        return False
    parts = value.slice.elts if isinstance(value.slice, gast.Tuple) else [value.slice]
    return memory.content(target.id) == memory.content(base) and all(
        isinstance(part, (gast.Slice, gast.Constant))
        or kinds.get(getattr(part, "id", ""), _UNKNOWN).name == "int"
        for part in parts
    )


def contents_changed(statements: list[gast.stmt], memory: Memory) -> list[Change]:
    """Return the changes that forward statements make, but for calls that undo their changes themselves."""
    found = []
    for stmt in statements:
        change = _change_of(stmt)
        if change is not None:
            content = memory.content(change.base)
            if content is not None:
                change.memory = content
                found.append(change)
    return found


def _change_of(stmt: gast.stmt) -> Change | None:
    if isinstance(stmt, (gast.Assign, gast.Delete)) and isinstance(stmt.targets[0], gast.Subscript):
        target = stmt.targets[0]
        whole = isinstance(stmt, gast.Delete)
        return Change(stmt, "", target.value.id, None if whole else target.slice, "del" if whole else None)
    if isinstance(stmt, gast.AugAssign):
        if isinstance(stmt.target, gast.Name):
            return Change(stmt, "", stmt.target.id, constant(...))
        return Change(stmt, "", stmt.target.value.id, stmt.target.slice)
    value = getattr(stmt, "value", None)
    if not isinstance(value, gast.Call):
        return None
    if isinstance(value.func, gast.Attribute) and isinstance(value.func.value, gast.Name):
        if value.func.attr in CONTAINER_MUTATORS:
            return Change(stmt, "", value.func.value.id, None, value.func.attr)
    elif isinstance(value.func, gast.Name):
        if value.func.id == "rt.container_call":
            return Change(stmt, "", value.args[0].id, None, "container_call")
        if value.func.id == "np.add.at":
            return Change(stmt, "", value.args[0].id, value.args[1])
    return None


def keep_contents(change: Change, scope: Scope, kinds: Kinds) -> Kept:
    """Return how ``change`` is undone."""
    kind = kinds.get(change.base, _UNKNOWN)
    if kind.name == "array" and change.index is not None:
        return _keep_region(change, scope, kinds)
    call_ = getattr(change.stmt, "value", None)
    if change.method == "append":
        return Kept([gast.Expr(method(change.base, "pop"))])
    if (
        change.method == "pop"
        and not call_.args
        and isinstance(change.stmt, gast.Assign)
        and kind.name == "list"
    ):
        return Kept([gast.Expr(method(change.base, "append", name(change.stmt.targets[0].id)))])
    saved = scope.fresh(f"{change.base}_before")
    before = [assign(saved, call("rt.shallow", name(change.base)))]
    return Kept([gast.Expr(call("rt.restore", name(change.base), name(saved)))], before, saved)


def _keep_region(change: Change, scope: Scope, kinds: Kinds) -> Kept:
    saved = scope.fresh(f"{change.base}_before")
    assert change.index is not None
    region = gast.Subscript(name(change.base), change.index, gast.Load())
    kind = kinds.get(change.base, _UNKNOWN)
    before: list[gast.stmt]
    if _is_element(change.index, kind, kinds):
        before = [assign(saved, region)]
    elif isinstance(change.index, gast.Constant) and change.index.value is ... and kind.ndim:
        before = [assign(saved, call("np.copy", name(change.base)))]
    else:
        part = scope.fresh("t")
        before = [assign(part, region), assign(saved, call("np.copy", name(part)))]
    place = gast.Subscript(name(change.base), change.index, gast.Store())
    return Kept([gast.Assign([place], name(saved), None)], before, saved)


def _is_element(index: gast.AST, kind: Kind, kinds: Kinds) -> bool:
    """Tell whether an index selects one number."""
    parts = index.elts if isinstance(index, gast.Tuple) else [index]
    if kind.ndim is None or len(parts) != kind.ndim:
        return False
    return all(
        isinstance(p, gast.Constant) and type(p.value) is int
        or isinstance(p, gast.Name) and is_scalar(kinds.get(p.id, _UNKNOWN)) and kinds[p.id].name == "int"
        for p in parts
    )  # fmt: skip
