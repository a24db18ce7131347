"""Loops over lists whose length changes meanwhile look at it before each trip, as Python does.

Before::

    t = len(seq)
    for i in range(t):
        size = len(seq)
        rt.may_grow(size)
        task = seq[i]
        ...
        tasks.append(task)

After, where ``seq`` and ``tasks`` may be one list::

    t = len(seq)
    position = 0
    while True:
        size = len(seq)
        more = position < size
        if more:
            i = position
            position = i + 1
            task = seq[i]
            ...
            tasks.append(task)
        else:
            break

All other loops lose the mark, and stay loops over a range.
"""

from __future__ import annotations

import types
from typing import Any

import gast

from srcad import runtime as rt
from srcad.analysis.class_effects import is_users
from srcad.analysis.kinds import ANY, BOOL, INT, Kind, is_scalar
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory_places import base_name, is_rule, simple_statements
from srcad.analysis.points_to import PointsTo
from srcad.derive.build import assign, builtin, call, constant, name
from srcad.lang.function import Function, Nested
from srcad.lang.walking import nodes_in
from srcad.rules import registry

__all__ = ["let_grow"]

_RESIZING = frozenset(
    "append appendleft clear extend extendleft insert pop popleft remove __delitem__ __iadd__ __setitem__".split()
)
_FIXED = ("array", "str", "tuple", "range", "float", "int", "number")


def let_grow(fn: Function, kinds: Kinds, parameters_alias: bool) -> tuple[Function, Kinds]:
    """Return ``fn`` without marks of loops that may grow, and the kinds of its variables.

    Parameters
    ----------
    fn : Function
        In NORMAL form, with the functions that it calls inlined.
    kinds : dict
        The kinds of its variables.
    parameters_alias : bool
        Parameters may share memory with each other.
    """
    if not any(value is rt.may_grow for value in fn.scope.statics.values()):
        return fn, kinds
    writer = _Writer(fn, kinds, parameters_alias)
    done = writer.block(fn.tree.body)
    return fn.with_body(done), {**kinds, **writer.kinds}


class _Writer:
    def __init__(self, fn: Function, kinds: Kinds, parameters_alias: bool) -> None:
        self.fn, self.scope = fn, fn.scope
        self.given, self.parameters_alias = kinds, parameters_alias
        self.kinds: dict[str, Kind] = {}
        self.found: PointsTo | None = None

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        done: list[gast.stmt] = []
        for stmt in body:
            for part in ("body", "orelse", "finalbody"):
                inner = getattr(stmt, part, None)
                if inner:
                    # A loop is asked with the marks inside of it gone.
                    setattr(stmt, part, self.block(inner))
            done += self.loop(stmt) if isinstance(stmt, gast.For) else [stmt]
        return done

    def loop(self, stmt: gast.For) -> list[gast.stmt]:
        """Return a loop without its mark."""
        marks = [k for k, inner in enumerate(stmt.body) if self.is_mark(inner)]
        if not marks:
            return [stmt]
        lengths = {part.id for k in marks for part in stmt.body[k].value.args}  # type: ignore[attr-defined]
        measured = {
            id(inner): inner.value.args[0].id for inner in stmt.body if self.is_length(inner, lengths)
        }
        sequences = list(measured.values())
        body = [inner for inner in stmt.body if not self.is_mark(inner) and id(inner) not in measured]
        changing = [n for n in sequences if self.given.get(n, ANY).name not in _FIXED]
        if any(self.resizes(inner, changing) for inner in simple_statements(body)):
            return self.stepped(stmt, sequences, body)
        stmt.body = body
        return [stmt]

    def is_mark(self, stmt: gast.stmt) -> bool:
        value = stmt.value if isinstance(stmt, gast.Expr) else None
        return isinstance(value, gast.Call) and self.static(value) is rt.may_grow

    def is_length(self, stmt: Any, names: set[str]) -> bool:
        """Tell whether a statement measures one of the lengths that a mark names."""
        if not isinstance(stmt, gast.Assign) or getattr(stmt.targets[0], "id", "") not in names:
            return False
        return isinstance(stmt.value, gast.Call) and isinstance(stmt.value.args[0], gast.Name)

    def static(self, node: gast.Call) -> object:
        return self.scope.statics.get(getattr(node.func, "id", ""))

    def kind(self, node: gast.AST) -> Kind:
        return self.given.get(getattr(node, "id", ""), ANY)

    def resizes(self, stmt: gast.stmt, sequences: list[str]) -> bool:
        """Tell whether a statement may change the length of one of these lists."""
        names = self.changed_by(stmt)
        if not names or not sequences:
            return False
        if self.found is None:
            self.found = PointsTo(self.fn, self.given, lambda f: not is_rule(f), frozenset())
            self.found.collect(self.parameters_alias)
        classes = self.found.classes
        return bool({classes.find(n) for n in names} & {classes.find(n) for n in sequences})

    def changed_by(self, stmt: gast.stmt) -> list[str]:
        """Return the variables whose lengths a statement may change, or those of what they hold."""
        if isinstance(stmt, gast.Delete):
            return [base_name(target) for target in stmt.targets]
        if isinstance(stmt, gast.AugAssign):
            scalar = is_scalar(self.kind(stmt.target)) or self.kind(stmt.target).name == "array"
            return [] if scalar else [base_name(stmt.target)]
        value = getattr(stmt, "value", None)
        if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Subscript):
            index = stmt.targets[0].slice
            item = isinstance(index, gast.Constant) or is_scalar(self.kind(index))
            array = self.kind(stmt.targets[0].value).name == "array"
            return [] if item or array else [base_name(stmt.targets[0])]
        return self.changed_by_call(value) if isinstance(value, gast.Call) else []

    def changed_by_call(self, node: gast.Call) -> list[str]:
        """Return the variables whose lengths a call may change."""
        given = [
            n.value if isinstance(n, gast.Starred) else n
            for n in (*node.args, *(k.value for k in node.keywords))
        ]
        names = [n.id for n in given if isinstance(n, gast.Name) and n.id not in self.scope.statics]
        if isinstance(node.func, gast.Attribute):
            receiver, kind = node.func.value, self.kind(node.func.value)
            own = (
                [receiver.id]
                if isinstance(receiver, gast.Name) and receiver.id not in self.scope.statics
                else []
            )
            if kind.name in ("array", "str", "tuple", "float", "int", "number"):
                return []
            if kind.name in ("list", "dict"):
                return own if node.func.attr in _RESIZING else []
            return [*own, *names]
        function = self.static(node)
        if function is None:
            return [getattr(node.func, "id", ""), *names]
        known = registry.find(function) is not None or registry.is_constant(function)
        users = (
            isinstance(function, Nested) or isinstance(function, types.FunctionType) and is_users(function)
        )
        return names if users and not known else []

    def stepped(self, stmt: gast.For, sequences: list[str], body: list[gast.stmt]) -> list[gast.stmt]:
        """Return the loop that looks at the lengths before each trip."""
        position, more = self.scope.fresh("position"), self.scope.fresh("more")
        self.kinds.update({position: INT, more: BOOL})
        head: list[gast.stmt] = []
        sizes = []
        for sequence in dict.fromkeys(sequences):
            sizes.append(self.bound("size", call(builtin(self.scope, len), name(sequence)), head))
        size = sizes[0]
        for other in sizes[1:]:
            size = self.bound("size", call(builtin(self.scope, min), name(size), name(other)), head)
        head.append(assign(more, gast.Compare(name(position), [gast.Lt()], [name(size)])))
        following = gast.BinOp(name(position), gast.Add(), constant(1))
        step = [gast.Assign([stmt.target], name(position), None), assign(position, following)]
        trip = gast.If(name(more), [*step, *body], [gast.Break()])
        made = [assign(position, constant(0)), gast.While(constant(True), [*head, trip], [])]
        return [_placed(part, stmt) for part in made]

    def bound(self, hint: str, value: gast.expr, head: list[gast.stmt]) -> str:
        """Bind a whole number to a new variable."""
        fresh = self.scope.fresh(hint)
        self.kinds[fresh] = INT
        head.append(assign(fresh, value))
        return fresh


def _placed(node: gast.stmt, at: gast.stmt) -> gast.stmt:
    """Give what has no place that of the loop."""
    for part in [node, *nodes_in(node)]:
        if isinstance(part, gast.expr | gast.stmt) and not hasattr(part, "lineno"):
            gast.copy_location(part, at)
    return node
