"""Numbers that are taken out of a set, or are the keys of a dict: what they carried is lost there.

A set and the keys of a dict have no derivative.  To ask whether a number is in them, or how many there are, is fine::

    seen = set()
    for v in x:
        if v not in seen:
            seen.add(v)
            total += v

Refused is what computes with numbers that were taken out of one::

    for v in {x[0], x[1]}:
        total += v
"""

from __future__ import annotations

from typing import Any

import gast

from srcad.analysis.kinds import ANY, Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.errors import UnsupportedError
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in

__all__ = ["refuse_items_of_sets"]

_NUMBERS = ("float", "number", "array")
_ASKING = (
    "len",
    "print",
    "str",
    "repr",
    "format",
    "isinstance",
    "type",
    "id",
    "hash",
    "bool",
    "int",
    "round",
    "rt.order_of",
)
_RUNNING = (
    "list",
    "tuple",
    "sorted",
    "reversed",
    "iter",
    "rt.sequence",
    "rt.keys",
    "enumerate",
    "zip",
    "map",
    "filter",
)
_JOINED = ("union", "copy", "intersection", "difference", "symmetric_difference")
_PUT = ("add", "update", "setdefault")
_LISTS = ("discard", "remove", "append", "extend", "insert", "get", "pop", "index", "count")
_LISTED = ("items", "keys", "popitem", "pop", "__iter__")


def refuse_items_of_sets(fn: Function, kinds: Kinds, varied: set[str]) -> None:
    """Raise an error where a program computes with a number that was in a set, and carried a derivative there."""
    finder = _Finder(fn, kinds, varied)
    if not finder.holding:
        return
    for stmt in finder.statements:
        if finder.computes(stmt):
            raise UnsupportedError(
                "A number that carries a derivative was put into a set, or made a key of a dict, and is used again here: "
                "sets and keys have no derivative.",
                "Keep such numbers in a list; ask a set only whether something is in it.",
                fn.source.locate(stmt),
            )


class _Finder:
    """Finds the sets and dicts that hold what varies, and the variables that hold what was taken out of them."""

    def __init__(self, fn: Function, kinds: Kinds, varied: set[str]) -> None:
        self.statics = fn.scope.statics
        self.of_any_kind = varied
        self.varied = {
            n for n in varied if kinds.get(n, ANY).name in _NUMBERS or _holds_numbers(kinds.get(n, ANY))
        }
        self.statements = [n for n in t.own_nodes(fn.tree.body) if isinstance(n, gast.stmt)]
        self.sets: set[str] = set()
        self.dicts = {n for n, kind in kinds.items() if kind.name == "dict"}
        self.holding: set[str] = set()
        self.keyed: set[str] = set()
        self.taken: set[str] = set()
        size = -1
        while size != len(self.sets) + len(self.dicts) + len(self.holding) + len(self.taken):
            size = len(self.sets) + len(self.dicts) + len(self.holding) + len(self.taken)
            for stmt in self.statements:
                self.note(stmt)

    def called(self, value: Any) -> tuple[str, str]:
        """Return the static name and the method that a value calls; the empty string for what it does not."""
        if not isinstance(value, gast.Call):
            return "", ""
        if isinstance(value.func, gast.Attribute):
            return "", value.func.attr
        title = getattr(value.func, "id", "")
        known = self.statics.get(title)
        return (title if title.startswith("rt.") else getattr(known, "__name__", title)), ""

    def varies(self, node: gast.AST) -> bool:
        return any(getattr(n, "id", None) in self.varied for n in nodes_in(node))

    def note(self, stmt: gast.stmt) -> None:
        """Learn what a statement makes of the variables that it binds and changes."""
        value = getattr(stmt, "value", None)
        if isinstance(stmt, gast.For):
            if _names([stmt.iter]) & (self.holding | self.taken):
                self.taken |= _names([stmt.target])
            return
        self.note_put(stmt, value)
        if not isinstance(stmt, gast.Assign | gast.AugAssign) or value is None:
            return
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else stmt.target
        names = _names([target]) if not isinstance(target, gast.Subscript | gast.Attribute) else set()
        function, method = self.called(value)
        base = _base(value.func) if method else ""
        parts = _names([value])
        if isinstance(value, gast.Set) or function in ("set", "frozenset"):
            self.sets |= names
        if isinstance(value, gast.Dict):
            self.dicts |= names
            if any(key is not None and self.varies(key) for key in value.keys):
                self.holding |= names
        spread = [e for e in getattr(value, "elts", []) if isinstance(e, gast.Starred)]
        if isinstance(value, gast.Set) and (self.varies(value) or _names(spread) & self.of_any_kind):
            self.holding |= names
        if function == "zip" and _names(value.args[:1]) & self.of_any_kind:
            self.keyed |= names
        if function == "dict" and parts & self.keyed:
            self.dicts |= names
            self.holding |= names
        if method == "fromkeys" or function == "fromkeys":
            self.dicts |= names
            if _names(value.args[:1]) & (self.of_any_kind | self.holding):
                self.holding |= names
        copies = isinstance(value, gast.Name | gast.BinOp) or method in _JOINED and base in self.sets
        if copies and parts & self.sets and not (isinstance(value, gast.BinOp) and parts - self.sets):
            self.sets |= names
        if (copies or function in ("set", "frozenset", "dict")) and parts & self.holding:
            self.holding |= names
        if isinstance(stmt, gast.AugAssign) and parts & self.holding and names <= self.sets:
            self.holding |= names
        takes = function in _RUNNING or method in _LISTED
        reads = isinstance(value, gast.Name | gast.Subscript | gast.IfExp | gast.Starred)
        listed = takes and (parts & (self.holding | self.taken)) and not self.asks_for_a_value(value, method)
        starred = isinstance(value, gast.List | gast.Tuple) and any(
            isinstance(e, gast.Starred) and _names([e]) & (self.holding | self.taken) for e in value.elts
        )
        if listed or starred or reads and self.whole(value) & self.taken:
            self.taken |= names

    def asks_for_a_value(self, value: Any, method: str) -> bool:
        """Tell whether ``d.pop(key)`` asks a dict for a value, not for a key."""
        return method == "pop" and _base(value.func) not in self.sets

    def whole(self, value: gast.AST) -> set[str]:
        """The variables that a value is, or is an item of; indices are left out."""
        while isinstance(value, gast.Subscript | gast.Starred):
            value = value.value
        return _names([value])

    def note_put(self, stmt: gast.stmt, value: Any) -> None:
        """Learn what ``s.add(v)`` and ``d[v] = w`` put into a set or dict."""
        _, method = self.called(value)
        if method in _PUT:
            base = _base(value.func)
            put = value.args[:1] if method == "setdefault" else value.args
            known = base in (self.dicts if method == "setdefault" else self.sets)
            if known and any(self.varies(arg) or _names([arg]) & self.holding for arg in put):
                self.holding.add(base)
        moved = self.taken | (self.holding if method == "extend" else set())
        if method in ("extend", "append", "insert") and _names(value.args) & moved:
            self.taken.add(_base(value.func))
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        if isinstance(target, gast.Subscript) and _base(target) in self.dicts and self.varies(target.slice):
            self.holding.add(_base(target))

    def computes(self, stmt: gast.stmt) -> bool:
        """Tell whether a statement computes with what was taken out of a set."""
        value = getattr(stmt, "value", None)
        if isinstance(stmt, gast.Return):
            return isinstance(value, gast.Name) and value.id in self.taken
        if isinstance(stmt, gast.AugAssign) and isinstance(value, gast.Name) and value.id in self.taken:
            return True
        if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Subscript | gast.Attribute):
            return isinstance(value, gast.Name) and value.id in self.taken
        if isinstance(value, gast.BinOp | gast.UnaryOp):
            operands = [value.left, value.right] if isinstance(value, gast.BinOp) else [value.operand]
            negates = isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.Not)
            return not negates and bool(_names(operands) & self.taken)
        function, method = self.called(value)
        if not function and not method:
            return False
        if method:
            return (
                method not in _PUT + _LISTS
                and not hasattr(str, method)
                and bool(_names(value.args) & self.taken)
            )
        of_set = function not in _ASKING + _RUNNING and function not in (
            "set",
            "frozenset",
            "dict",
            "any",
            "all",
        )
        given = _names(value.args)
        return of_set and bool(given & self.taken or given & self.holding & self.sets)


def _holds_numbers(kind: Kind) -> bool:
    """Tell whether a kind is that of a tuple with numbers, as far as is known."""
    return kind.name == "tuple" and any(getattr(item, "name", "") in _NUMBERS for item in kind.items or ())


def _names(nodes: list[Any]) -> set[str]:
    return {n.id for node in nodes for n in nodes_in(node) if isinstance(n, gast.Name)}


def _base(node: Any) -> str:
    return getattr(node.value, "id", "") if isinstance(node, gast.Attribute | gast.Subscript) else ""
