"""Iterators that a function returns, whose items are made where it is called, while what they are made of changes.

Where the compiler knows the function, the program is refused. Where the function is known only when the program runs,
it is asked for then::

    values = rules[kind](x, a)
    a[0] = 2.0
    return sum(values)

becomes::

    values = prompt(rules[kind])(x, a)
    a[0] = 2.0
    return sum(values)
"""

from __future__ import annotations

import inspect
import types
from typing import Any

import gast

from srcad.analysis.class_effects import is_users
from srcad.frontend.at_once import may_act
from srcad.frontend.consumed import Place, put
from srcad.frontend.late_results import (
    OF_BUILTINS,
    calls_what_it_is_given,
    gives_iterator_itself,
    gives_late,
    returns_view,
)
from srcad.frontend.read_late import ReadLate
from srcad.frontend.statics import is_distribution, refer
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested
from srcad.lang.walking import nodes_in
from srcad.rules import iteration

__all__ = ["GivenLate"]


class GivenLate(ReadLate):
    """The changes in one function, beside the calls that may return an iterator."""

    def __init__(self, fn: Function) -> None:
        super().__init__(fn)
        self.nested: dict[str, Nested | None] = {}
        self.captured: set[str] = set()
        self.frozen: set[str] = set()
        for node in t.own_nodes(fn.tree.body):
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                self.note(node.targets[0].id, node.value)

    def note(self, target: str, value: Any) -> None:
        if target not in self.nested and self.is_frozen(value):
            self.frozen.add(target)
        else:
            self.frozen.discard(target)
        made = isinstance(value, gast.Call) and getattr(value.func, "id", "") == "rt.closure"
        nested = self.statics.get(getattr(value.args[0], "id", "")) if made else None
        self.nested[target] = nested if target not in self.nested else None
        if made:
            self.captured |= {
                n.id for part in value.args[1:] for n in nodes_in(part) if isinstance(n, gast.Name)
            }

    def callee(self, call: gast.Call) -> Any:
        """Return the function of the user's that is called; None where it is known only when the program runs."""
        name = getattr(call.func, "id", "")
        return self.statics[name] if name in self.statics else self.nested.get(name)

    def is_frozen(self, receiver: gast.AST) -> bool:
        """Tell whether a receiver is a distribution of SciPy's with fixed parameters, whose methods return numbers."""
        if isinstance(receiver, gast.Name):
            return receiver.id in self.frozen
        return isinstance(receiver, gast.Call) and is_distribution(self.callee(receiver))

    def changed_by(self, node: gast.AST) -> set[str]:
        nested = self.nested.get(getattr(node.func, "id", "")) if isinstance(node, gast.Call) else None
        if nested is not None and not may_act(nested) and not self.is_changing(nested):
            return set()
        return super().changed_by(node)

    def why_given(
        self, call: Any, stmt: gast.stmt, around: tuple[gast.stmt, ...], path: tuple[Place, ...]
    ) -> str | None:
        """Return what changes before the items are taken that a known function returns; None if nothing may."""
        function = self.callee(call) if isinstance(call, gast.Call) else None
        if not isinstance(function, types.FunctionType | Nested | type):
            return None
        late = gives_late(function) or not isinstance(function, type) and returns_view(function)
        if not late or is_generator(function) and not self.is_passed_on(path[-1]):
            return None
        line = self.changed_on(call, stmt, around, path)
        return (
            None if line is None else f"what it reads is changed before its items are taken, on line {line}"
        )

    def is_passed_on(self, place: Place) -> bool:
        """Tell whether an expression is an argument of a function of the user's, which may change what that reads."""
        function = (
            self.callee(place.node) if isinstance(place.node, gast.Call) and place.field == "args" else None
        )
        return isinstance(function, Nested) or isinstance(function, types.FunctionType) and is_users(function)

    def unknown(
        self, call: Any, stmt: gast.stmt, around: tuple[gast.stmt, ...], path: tuple[Place, ...]
    ) -> list[Place]:
        """Return the places of the functions that are to be asked when the program runs whether they return an iterator."""
        if not isinstance(call, gast.Call):
            return []
        function = self.callee(call)
        if function is None:
            named = isinstance(call.func, gast.Attribute)
            if named and call.func.attr not in self.unsure:
                if call.func.attr in self.traits or call.func.attr in OF_BUILTINS:
                    return []
            if named and self.is_frozen(call.func.value):
                return []
            found = [Place(call, "func", None)]
            if named and call.func.attr in self.unsure:
                found += [Place(call, "args", k) for k, a in enumerate(call.args) if self.may_be_function(a)]
        elif isinstance(function, Nested) or isinstance(function, types.FunctionType) and is_users(function):
            if not calls_what_it_is_given(function):
                return []
            kinds = gast.Name | gast.Subscript | gast.Call
            found = [Place(call, "args", k) for k, a in enumerate(call.args) if isinstance(a, kinds)]
        else:
            return []
        return found if self.changed_on(call, stmt, around, path) is not None else []

    def may_be_function(self, node: Any) -> bool:
        """Tell whether an argument is the name of a function of the user's."""
        value = self.statics.get(getattr(node, "id", ""))
        return isinstance(value, types.FunctionType | Nested) or isinstance(
            self.nested.get(getattr(node, "id", "")), Nested
        )

    def changed_on(
        self, call: gast.Call, stmt: gast.stmt, around: tuple[gast.stmt, ...], path: tuple[Place, ...]
    ) -> int | None:
        """Return the line on which what a call reads is changed before the items of its result are taken."""
        if isinstance(stmt, gast.Return) and len(path) == 1:
            return None
        reads = {n.id for n in nodes_in(call) if isinstance(n, gast.Name) and n.id not in self.statics}
        captured = self.captured if self.callee(call) is None or reads & set(self.nested) else set()
        classes = {self.find(name) for name in reads | captured}
        apart = self.is_taken_apart(call, stmt)
        for part in self.later(stmt, around) if apart else self.meanwhile(stmt, around, path):
            for node in t.own_nodes([part]):
                if node is call:
                    continue
                changed = self.changed_by(node)
                if isinstance(node, gast.stmt) and node is not stmt:
                    if captured & t.bound_names([node]):
                        return node.lineno
                    changed |= self.changed(node)
                if any(self.find(name) in classes for name in changed):
                    return getattr(node, "lineno", stmt.lineno)
        return None

    def is_taken_apart(self, call: gast.Call, stmt: gast.stmt) -> bool:
        """Tell whether a statement binds variables to the parts of a result, one of which may be an iterator."""
        if not isinstance(stmt, gast.Assign) or stmt.value is not call:
            return False
        several = all(isinstance(target, gast.Tuple | gast.List) for target in stmt.targets)
        return several and not gives_iterator_itself(self.callee(call))

    def ask(self, place: Place) -> None:
        """Let a function be asked, where it is looked up, whether it returns an iterator."""
        function = place.value()
        if place.field == "func" and isinstance(function, gast.Attribute):
            asked = refer(self.fn.scope, iteration.prompt_method, "prompt_method")
            function.value = t.place(t.call(asked, function.value, t.constant(function.attr)), function)
            return
        asked = refer(self.fn.scope, iteration.prompt, "prompt")
        put(place, t.place(t.call(asked, function), function))


def is_generator(function: Any) -> bool:
    """Tell whether a function is a generator itself: these are written out where they are run through."""
    if isinstance(function, Nested):
        return any(isinstance(n, gast.Yield | gast.YieldFrom) for n in t.own_nodes(function.tree.body))
    return isinstance(function, types.FunctionType) and bool(
        function.__code__.co_flags & inspect.CO_GENERATOR
    )
