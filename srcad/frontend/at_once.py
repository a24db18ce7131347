"""Whether the items of a generator may as well be made all at once, before the first one is taken.

That is so if nobody can tell: the generator comes to an end, and neither changes what others see, nor what it has given
out already, nor reads what is changed where its items are taken.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import gast
import numpy as np

from srcad.analysis.class_effects import METHODS, effects_in_sight, is_users, methods_in_sight, statements_of
from srcad.analysis.view_functions import may_give_view, returns_views
from srcad.frontend.lateness import Lateness
from srcad.frontend.quiet import is_quiet_method
from srcad.frontend.statics import runtime_name
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested
from srcad.lang.scope import Scope
from srcad.lang.source import read
from srcad.lang.walking import nodes_in
from srcad.runtime.libraries import package_of

__all__ = ["AtOnce", "Changes", "checked_numbers"]

_ENDLESS = ("itertools.count", "itertools.cycle")
_ACTING = ("print", "input", "next", "setattr", "delattr", "open")
_REDUCING = ("sum", "mean", "dot", "prod", "std", "var")
_DISPLAYS = (gast.List, gast.Dict, gast.Set, gast.ListComp, gast.DictComp, gast.SetComp)


class Changes(Lateness):
    """The changes in a function whose nested functions are known by the variables that hold them.

    ``functions`` are those that it is given; ``of_generator`` tells whether a call runs a generator that changes what it is
    given, and None of other calls.
    """

    def __init__(
        self,
        fn: Function,
        functions: Mapping[str, Any] | None = None,
        of_generator: Callable[[gast.Call], bool | None] = lambda call: None,
    ) -> None:
        self.functions = dict(functions or {})
        self.of_generator = of_generator
        self.skipped: gast.AST | None = None
        for node in t.own_nodes(fn.tree.body):
            self.find_function(node, fn.scope.statics)
        super().__init__(fn)

    def find_function(self, node: gast.AST, statics: Mapping[str, Any]) -> None:
        """Note the nested function that a variable holds, if it is surely one."""
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            made = isinstance(node.value, gast.Call) and getattr(node.value.func, "id", "") == "rt.closure"
            found = statics.get(getattr(node.value.args[0], "id", "")) if made else None
            target = node.targets[0].id
            self.functions[target] = None if target in self.functions else found

    def extend(self, body: Iterable[gast.AST]) -> None:
        """Take statements up that are written out in the function."""
        for node in t.own_nodes(body):
            self.find_function(node, self.statics)
            self.join(node)

    def is_fresh(self, value: Any) -> bool:
        """Tell whether the value of an expression is a new container or number."""
        if isinstance(value, (*_DISPLAYS, gast.BinOp, gast.UnaryOp, gast.Compare, gast.Constant)):
            return True
        if not isinstance(value, gast.Call):
            return False
        if isinstance(value.func, gast.Attribute):
            quiet = is_quiet_method(value.func.attr) and value.func.attr not in (
                "get",
                "items",
                "keys",
                "values",
            )
            return quiet and not may_give_view(value.func.attr)
        function = self.statics.get(getattr(value.func, "id", ""))
        package = package_of(function)
        if package == "builtins":
            return function not in (next, getattr, min, max, iter, map, filter, zip, enumerate, reversed)
        if package == "numpy" and callable(function):
            written = isinstance(function, np.ufunc) and len(value.args) > function.nin
            return not returns_views(function) and not value.keywords and not written
        return package in ("math", "collections")

    def shared(self, node: Any) -> set[str]:
        if isinstance(node, gast.Call) and self.is_fresh(node):
            called = self.statics.get(getattr(node.func, "id", ""))
            if package_of(called) in ("numpy", "math") or getattr(node.func, "attr", "") in _REDUCING:
                return set()
        return super().shared(node)

    def is_changing(self, function: Any) -> bool:
        if super().is_changing(function):
            return True
        known = (
            isinstance(function, Nested) or isinstance(function, types.FunctionType) and is_users(function)
        )
        return known and _updates_given(
            function.tree if isinstance(function, Nested) else read(function).tree
        )

    def changed_by(self, node: gast.AST) -> set[str]:
        if node is self.skipped:
            return set()
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Name):
            runs = self.of_generator(node)
            if runs is not None:
                return self.given(node) if runs else set()
            function = self.functions.get(node.func.id)
            if function is not None:
                acts = isinstance(function, Nested) and may_act(function)
                return self.given(node) if acts or self.is_changing(function) else set()
        return super().changed_by(node)

    def changed_in(self, body: Iterable[gast.AST]) -> set[str]:
        """Return the variables whose contents code may change: those of one class of shared memory."""
        found: set[str] = set()
        for node in t.own_nodes(body):
            found |= self.changed(node) if isinstance(node, gast.stmt) else self.changed_by(node)
        return {self.find(name) for name in found}

    def is_changed(self, names: set[str], body: Iterable[gast.AST], skipped: gast.AST | None = None) -> bool:
        """Tell whether code may change what variables hold, one call in it left out."""
        self.skipped = skipped
        return bool({self.find(name) for name in names - set(self.statics)} & self.changed_in(body))


class AtOnce(Changes):
    """What a generator changes; ``functions`` are those that it is given."""

    def __init__(self, fn: Function, functions: Mapping[str, Any] | None = None) -> None:
        super().__init__(fn, functions)
        parameters = {n.id for n in nodes_in(fn.tree.args) if isinstance(n, gast.Name)}
        self.outside = {self.find(name) for name in parameters | set(fn.captured)}
        self.quiet = methods_in_sight(fn) - effects_in_sight(fn) - METHODS
        self.own = self.made_here()
        self.body = fn.tree.body
        self.counting_updates = False

    def changed_by(self, node: gast.AST) -> set[str]:
        quiet = isinstance(node, gast.Call) and getattr(node.func, "attr", "") in self.quiet
        return set() if quiet else super().changed_by(node)

    def why_not(self) -> str | None:
        """Return what speaks against running the generator to its end at once, or None."""
        for node in t.own_nodes(self.body):
            endless = (
                isinstance(node, gast.While) and isinstance(node.test, gast.Constant) and node.test.value
            )
            if endless or isinstance(node, gast.Name) and node.id in _ENDLESS:
                return "has no end"
            if isinstance(node, gast.Nonlocal | gast.Global | gast.With | gast.Try):
                return "does more than to compute its items"
            if isinstance(node, gast.Call) and getattr(node.func, "id", "") in _ACTING:
                return "calls what may change what others see"
            if self.is_statement_for_others(node):
                return "does more than to compute its items"
            changed = self.changed_apart(node)
            if changed & set(self.statics) or {self.find(name) for name in changed} & self.outside:
                return "changes what others see"
        return "changes what it has given out" if self.changes_what_it_gave() else None

    def is_statement_for_others(self, node: gast.AST) -> bool:
        """Tell whether a statement calls something for what it does elsewhere."""
        if not isinstance(node, gast.Expr) or not isinstance(node.value, gast.Call):
            return False
        root = getattr(_base(node.value.func), "id", "")
        return not root or root in self.statics or self.find(root) in self.outside and root not in self.own

    def changed_apart(self, node: gast.AST) -> set[str]:
        """Return the variables that a part of a statement changes, but those with a container of its own.

        Numbers that are updated are others afterwards, which is asserted when the program runs (`checked_numbers`).
        """
        if isinstance(node, gast.Subscript | gast.Attribute) and not isinstance(node.ctx, gast.Load):
            own = isinstance(node, gast.Subscript) and getattr(node.value, "id", "") in self.own
            return set() if own else {getattr(_base(node), "id", "")}
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
            if node.func.attr in METHODS and getattr(node.func.value, "id", "") in self.own:
                return set()
        return self.changed_by(node)

    def updated_numbers(self) -> set[str]:
        """Return the variables that are updated and that others see, unless they are numbers."""
        whole = {name for name, values in _values(self.body).items() if all(map(_is_whole, values))}
        updated = (n.target for n in t.own_nodes(self.body) if isinstance(n, gast.AugAssign))
        names = {target.id for target in updated if isinstance(target, gast.Name)} - whole
        out = {
            name
            for node in t.own_nodes(self.body)
            if isinstance(node, gast.Yield)
            for name in self.given_out(node.value)
        }
        return {
            name
            for name in names
            if (self.is_seen_later(name, True) if name in self.own else self.find(name) in self.outside)
            or name not in self.own
            and self.holders(name) & out
        }

    # -- containers of its own --------------------------------------------------------------------

    def made_here(self) -> set[str]:
        """Return the variables that only ever hold a container or an array which the function has just made."""
        bound: dict[str, int] = {}
        made: dict[str, int] = {}
        for node in t.own_nodes(self.fn.tree.body):
            for name in t.bound_by(node):
                bound[name] = bound.get(name, 0) + 1
            if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
                bound[node.target.id] = bound.get(node.target.id, 0) - 1
            if isinstance(node, gast.Assign) and len(node.targets) == 1 and self.is_fresh(node.value):
                name = getattr(node.targets[0], "id", "")
                made[name] = made.get(name, 0) + 1
        given = {n.id for n in nodes_in(self.fn.tree.args) if isinstance(n, gast.Name)}
        return {name for name, count in made.items() if bound.get(name) == count} - given

    def given_out(self, value: Any) -> set[str]:
        """Return the variables whose container itself an expression may give."""
        if value is None or self.is_fresh(value) and not isinstance(value, _DISPLAYS):
            return set()
        if isinstance(value, gast.Name):
            return {value.id} - set(self.statics)
        if isinstance(value, gast.Subscript):
            return self.given_out(value.value)
        return set().union(
            *(self.given_out(n) for n in gast.iter_child_nodes(value) if isinstance(n, gast.expr))
        )

    def holders(self, own: str) -> set[str]:
        """Return the variables that may hold a container of its own, or another one with it inside."""
        found = {own}
        size = 0
        while size != len(found):
            size = len(found)
            for node in t.own_nodes(self.body):
                if isinstance(node, gast.Assign) and self.given_out(node.value) & found:
                    found |= {n.id for g in node.targets for n in nodes_in(g) if isinstance(n, gast.Name)}
                elif isinstance(node, gast.Call) and getattr(node.func, "attr", "") in METHODS:
                    if any(self.given_out(argument) & found for argument in node.args):
                        found.add(getattr(_base(node.func), "id", ""))
        return found

    def changes_what_it_gave(self) -> bool:
        """Tell whether a container is given out and changed after that, so that others see it."""
        return any(self.is_seen_later(own, False) for own in sorted(self.own))

    def is_seen_later(self, own: str, updates: bool) -> bool:
        """Tell whether a container is changed while others have it; ``updates`` are changes as well."""
        self.counting_updates = updates
        return self.outcome(self.body, own, self.holders(own), False)[1]

    def outcome(self, block: list[Any], own: str, holders: set[str], out: bool) -> tuple[bool, bool]:
        """Tell whether what ``own`` holds is given out after a block, and whether it was changed while it was."""
        bad = False
        for stmt in block:
            parts = t.blocks_of(stmt)
            if not parts:
                bad |= out and self.changes_own(stmt, own)
                if own in t.bound_names([stmt]) and not isinstance(stmt, gast.AugAssign):
                    out = False
                if any(
                    self.given_out(n.value) & holders
                    for n in t.own_nodes([stmt])
                    if isinstance(n, gast.Yield)
                ):
                    out = True
                continue
            heads = [getattr(stmt, head, None) for head in ("test", "iter")]
            bad |= out and any(self.changes_own(head, own) for head in heads if head is not None)
            loops = isinstance(stmt, gast.For | gast.While)
            ends = [out] if loops or not getattr(stmt, "orelse", []) else []
            for part in parts:
                end, wrong = self.outcome(part, own, holders, out)
                if loops:
                    again, later = self.outcome(part, own, holders, end or out)
                    end, wrong = end or again, wrong or later
                ends.append(end)
                bad |= wrong
            out = any(ends)
        return out, bad

    def changes_own(self, node: gast.AST, own: str) -> bool:
        """Tell whether a statement may change the container that a variable holds."""
        for part in t.own_nodes([node]):
            if isinstance(part, gast.Subscript) and not isinstance(part.ctx, gast.Load):
                if getattr(part.value, "id", "") == own:
                    return True
            elif isinstance(part, gast.AugAssign) and getattr(part.target, "id", "") == own:
                if self.counting_updates:
                    return True
            elif own in self.changed_by(part):
                return True
        return False


def checked_numbers(body: list[gast.stmt], names: set[str], scope: Scope) -> list[gast.stmt]:
    """Return the statements of a generator that is run at once, with what asserts that variables hold numbers.

    An array would be updated in place, where others see it: the caller, or who has taken it.
    """
    done: list[gast.stmt] = []
    for stmt in body:
        t.rewrite_blocks(stmt, lambda block: checked_numbers(block, names, scope))
        if isinstance(stmt, gast.AugAssign) and getattr(stmt.target, "id", "") in names:
            made = gast.Expr(t.call(runtime_name(scope, "check_number"), t.name(stmt.target.id)))
            done.append(t.place(made, stmt))
        done.append(stmt)
    return done


def may_act(function: Nested) -> bool:
    """Tell whether a nested function rebinds variables around it, or calls others than Python's by their names."""
    calls = (n.func for n in t.own_nodes(statements_of(function.tree)) if isinstance(n, gast.Call))
    unknown = any(isinstance(called, gast.Name) and not hasattr(builtins, called.id) for called in calls)
    return unknown or bool(t.nonlocal_names(statements_of(function.tree)))


def _updates_given(tree: Any) -> bool:
    """Tell whether a function updates in place what may be a part of what it is given."""
    nodes = list(t.own_nodes(statements_of(tree)))
    parts: set[str] = set()
    for node in nodes:
        if isinstance(node, gast.For):
            parts |= t.bound_names([node.target])
        elif isinstance(node, gast.Assign) and isinstance(
            node.value, gast.Subscript | gast.Attribute | gast.Name
        ):
            parts |= {name for target in node.targets for name in t.bound_names([target])}
    return any(isinstance(n, gast.AugAssign) and getattr(n.target, "id", "") in parts for n in nodes)


def _values(body: list[gast.stmt]) -> dict[str, list[Any]]:
    """Return what is assigned to variables, or added to them; None for what is not written out."""
    found: dict[str, list[Any]] = {}
    for node in t.own_nodes(body):
        simple = isinstance(node, gast.Assign) and len(node.targets) == 1
        if simple and isinstance(node.targets[0], gast.Name) or isinstance(node, gast.AugAssign):
            target = node.target if isinstance(node, gast.AugAssign) else node.targets[0]
            found.setdefault(getattr(target, "id", ""), []).append(node.value)
        elif isinstance(node, gast.stmt):
            for name in t.names_written([node]) if not t.blocks_of(node) else _bound_by_head(node):
                found.setdefault(name, []).append(None)
    return found


def _bound_by_head(node: Any) -> set[str]:
    heads = [getattr(node, "target", None), *(item.optional_vars for item in getattr(node, "items", []))]
    return {n.id for head in heads if head is not None for n in nodes_in(head) if isinstance(n, gast.Name)}


def _is_whole(value: Any) -> bool:
    return isinstance(value, gast.Constant) and isinstance(value.value, int)


def _base(node: Any) -> Any:
    """Return the variable that an attribute or an item belongs to."""
    while isinstance(node, gast.Attribute | gast.Subscript):
        node = node.value
    return node
