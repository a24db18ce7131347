"""Views that live for a moment: nothing changes their memory between their making and their last use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import gast

from srcad import runtime as rt
from srcad.analysis.kinds import ANY, Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory_places import CONTAINER_MUTATORS, base_name, parameter_names, simple_statements
from srcad.analysis.points_to import PointsTo
from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.analysis.view_functions import SPLIT_NAMES, gives_views_of_runtime, is_view_function, may_give_view
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in
from srcad.rules import registry

__all__ = ["direct_changes", "passing_views"]


def mutated_bases(
    stmt: gast.stmt,
    fn: Function,
    kinds: Kinds,
    mutates: Callable[[Any], bool],
    stacks: set[str] | None = None,
) -> set[str]:
    """Return the names through which a simple statement may change memory."""
    collector = PointsTo(fn, kinds, mutates, frozenset(), stacks)
    collector.statement(stmt)
    return {name for name in collector.names if collector.classes.is_mutated(name)}


def passing_views(fn: Function, kinds: Kinds, full: PointsTo, result_is_kept: bool) -> set[str]:
    """Return the views, references and displays that are last used before their memory is changed."""
    finder = _PassingViews(fn, kinds, full)
    finder.result_is_kept = result_is_kept
    finder.passing = (gast.Assert, gast.Raise) if result_is_kept else (gast.Return, gast.Assert, gast.Raise)
    finder.block(fn.tree.body)
    return finder.result()


class _PassingViews:
    passing: tuple[type, ...] = ()
    result_is_kept = False

    def __init__(self, fn: Function, kinds: Kinds, full: PointsTo) -> None:
        self.fn, self.kinds, self.full = fn, kinds, full
        self.definitions: dict[str, int] = {}
        self.candidates: dict[str, tuple[list[gast.stmt], int]] = {}
        self.aliased: dict[str, set[str]] = {}
        self.changed: dict[int, set[str]] = {}
        self.loads: dict[int, tuple[gast.AST, Counter[str]]] = {}
        for stmt in simple_statements(fn.tree.body):
            for node in nodes_in(stmt):
                if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store):
                    self.definitions[node.id] = self.definitions.get(node.id, 0) + 1

    def classes_changed(self, stmt: gast.stmt) -> set[str]:
        """Return the classes that a statement, or any inside it, changes."""
        found = self.changed.get(id(stmt))
        if found is None:
            found = set()
            for inner in simple_statements([stmt]):
                names = mutated_bases(inner, self.fn, self.kinds, self.full.mutates, self.full.stacks)
                found |= {self.full.classes.find(name) for name in names}
            self.changed[id(stmt)] = found
        return found

    def block(self, body: list[gast.stmt]) -> None:
        # An object that is put together has its shadow from the beginning, and so has whatever holds it.
        made = {self.full.classes.find(name) for name in self.full.made}
        for position, stmt in enumerate(body):
            for part in ("body", "orelse", "finalbody"):
                self.block(getattr(stmt, part, None) or [])
            if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Name):
                name = stmt.targets[0].id
                aliasing = isinstance(
                    stmt.value, (gast.Name, gast.Subscript, gast.Attribute, gast.Tuple, gast.List, gast.Dict)
                ) or self._is_view_call(stmt.value)
                if (
                    aliasing
                    and not self.full.classes.reached(name) & made
                    and self.definitions.get(name) == 1
                    and name not in parameter_names(self.fn)
                ):
                    self.candidates[name] = (body, position)

    def _is_view_call(self, value: gast.AST) -> bool:
        if not isinstance(value, gast.Call):
            return False
        if isinstance(value.func, gast.Attribute):
            return self.full.kind(value.func.value).name in ("array", "number")
        function = self.fn.scope.statics.get(value.func.id)
        name = getattr(function, "__name__", "")
        return is_view_function(function) or name in SPLIT_NAMES or function in (rt.sequence, list, tuple)

    def result(self) -> set[str]:
        # a variable that is itself the target of a change is none
        changed = {base for stmt in simple_statements(self.fn.tree.body) for base in direct_changes(stmt)}
        kept = set(self.candidates) - changed
        while True:
            fine = {name for name in kept if self._is_quiet(name, kept)}
            if fine == kept:
                return kept
            kept = fine

    def _is_quiet(self, name: str, kept: set[str]) -> bool:
        body, position = self.candidates[name]
        mine = self.full.classes.reached(name)
        names, quiet, seen = {name}, True, 0
        for stmt in body[position + 1 :]:
            uses = self._count(stmt, names)
            if uses and not quiet:
                return False
            if uses:
                for inner in simple_statements([stmt]):
                    if not self._consumes(inner, names, kept):
                        return False
                    if isinstance(inner, gast.Assign) and isinstance(inner.targets[0], gast.Name):
                        alias = inner.targets[0].id
                        if alias in kept and self._count(inner.value, names):
                            names.add(alias)
                nested = isinstance(stmt, (gast.If, gast.For, gast.While, gast.With, gast.Try))
                if nested and self.classes_changed(stmt) & mine:
                    return False
                seen += uses
            if self.classes_changed(stmt) & mine:
                quiet = False
        return self._all_uses(names) <= self._uses_in(body[position:], names)

    def _count(self, node: gast.AST, names: set[str]) -> int:
        """Return how often these names are read in a statement or an expression."""
        known = self.loads.get(id(node))
        if known is None:
            inside = (n for n in nodes_in(node) if isinstance(n, gast.Name))
            # The node is kept as well, so that no other gets its identity.
            known = self.loads[id(node)] = (
                node, Counter(n.id for n in inside if isinstance(n.ctx, gast.Load))
            )  # fmt: skip
        return sum(known[1][name] for name in names)

    def _all_uses(self, names: set[str]) -> int:
        return sum(self._count(stmt, names) for stmt in self.fn.tree.body)

    def _uses_in(self, body: list[gast.stmt], names: set[str]) -> int:
        return sum(self._count(stmt, names) for stmt in body)

    def _consumes(self, stmt: gast.stmt, names: set[str], kept: set[str]) -> bool:
        """Tell whether a statement only looks at the values, or hands them to another passing view."""
        if not self._count(stmt, names):
            return True
        if isinstance(stmt, self.passing):
            return True
        if isinstance(stmt, gast.Return):
            return False
        value = getattr(stmt, "value", None)
        if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Name):
            if isinstance(value, gast.BinOp):
                target = self.full.kinds.get(stmt.targets[0].id, ANY)
                if self._holds_on(target, (value.left, value.right), names):
                    return False
            if isinstance(value, (gast.BinOp, gast.UnaryOp)) and self.full.users_classes.keep_operands(value):
                return False
            if isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Compare, gast.JoinedStr)):
                return True
            if stmt.targets[0].id in kept:
                return True
            if isinstance(value, gast.Call):
                return self._is_reading_call(value, names)
            scalar = not self.full.is_pointer(stmt.targets[0].id)
            return scalar and isinstance(value, (gast.Subscript, gast.Attribute))
        if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Subscript):
            array = self.full.kind(stmt.targets[0].value).name == "array"
            return array and base_name(stmt.targets[0]) not in names
        if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Tuple):
            return all(not self.full.is_pointer(e.id) for e in stmt.targets[0].elts)
        if isinstance(stmt, gast.AugAssign):
            target = self.full.kind(stmt.target)
            if target.name == "list" or base_name(stmt.target) in names:
                return False
            return not (
                self._holds_on(target, (value,), names) or self.full.users_classes.keep_operands(stmt)
            )
        if isinstance(stmt, gast.Expr) and isinstance(value, gast.Call):
            return self._is_reading_call(value, names)
        return False

    def _holds_on(self, target: Kind, operands: tuple[gast.AST, ...], names: set[str]) -> bool:
        """Tell whether a sum or product may be of lists whose elements are changed, and so holds those elements.

        Where the caller may change what is returned, that is all lists with elements that can be changed.
        """
        if target.name not in ("list", "tuple", "any"):
            return False
        for operand in operands:
            if isinstance(operand, gast.Name) and operand.id in names:
                held = self.full.classes.reached(operand.id) - {self.full.classes.find(operand.id)}
                if self.result_is_kept and held or held & self.full.classes.mutated:
                    return True
        return False

    def _is_reading_call(self, node: gast.Call, names: set[str]) -> bool:
        if isinstance(node.func, gast.Attribute):
            kind = self.full.kind(node.func.value)
            return (
                kind.name in ("array", "number", "float")
                and node.func.attr in ARRAY_METHODS
                and not may_give_view(node.func.attr)
            )
        function = self.fn.scope.statics.get(node.func.id)
        if getattr(function, "__name__", "") == "at":
            return not (isinstance(node.args[0], gast.Name) and node.args[0].id in names)
        known = registry.find(function) is not None or registry.is_constant(function)
        name = getattr(function, "__name__", "")
        is_view = is_view_function(function) or name in SPLIT_NAMES or gives_views_of_runtime(function)
        return known and not is_view


def direct_changes(stmt: gast.stmt) -> list[str]:
    """Return the names that stand themselves as the base of a change."""
    targets = stmt.targets if isinstance(stmt, (gast.Assign, gast.Delete)) else []
    targets = [stmt.target] if isinstance(stmt, gast.AugAssign) else targets
    found = [base_name(t) for t in targets if isinstance(t, (gast.Subscript, gast.Attribute))]
    if isinstance(stmt, gast.AugAssign) and isinstance(stmt.target, gast.Name):
        found.append(stmt.target.id)
    value = getattr(stmt, "value", None)
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute):
        if isinstance(value.func.value, gast.Name) and value.func.attr in CONTAINER_MUTATORS:
            found.append(value.func.value.id)
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and value.args:
        if value.func.id.endswith(".at") and isinstance(value.args[0], gast.Name):
            found.append(value.args[0].id)
    return found
