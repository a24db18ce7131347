"""Points-to classes of the variables of a function, joined statement by statement."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.class_effects import ITERATION, OPERATORS
from srcad.analysis.classes import Classes
from srcad.analysis.kinds import ANY, Kind, holds_attribute
from srcad.analysis.kinds_of_operations import Kinds, kind_of_operation
from srcad.analysis.memory_places import (
    CONTAINER_MUTATORS,
    base_name,
    constant_index,
    holds_memory,
    is_constant_member,
    parameter_names,
    simple_statements,
    stacks_in,
)
from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.analysis.results.generators import method_of_generator
from srcad.analysis.users_classes import UsersClasses
from srcad.analysis.view_functions import (
    SEVERAL_NAMES,
    SPLIT_NAMES,
    gives_views_of_runtime,
    is_view_function,
    may_give_view,
    splits_in_runtime,
    viewed,
)
from srcad.lang.function import Function
from srcad.rules import registry

__all__ = ["PointsTo"]

_READING_METHODS = frozenset("get items keys values index count copy".split())
_VIEW_ATTRIBUTES = frozenset("T mT real imag flat base".split())
_PLAIN_ATTRIBUTES = frozenset("shape ndim size dtype itemsize nbytes strides".split())
_FRESH = frozenset([list, dict, sorted, set])
"""Makers of containers that nobody else has, whatever they are given."""
_COPYING = frozenset([list, tuple, dict, sorted, reversed, zip, enumerate, set, frozenset, iter])


def _name_outside(owner: Any, attribute: str) -> str:
    """Return what stands for an object that a module or a class holds, whatever it is called there."""
    return f"@{id(getattr(owner, attribute, owner))}"


class PointsTo:
    """Joins classes statement by statement."""

    def __init__(
        self,
        fn: Function,
        kinds: Kinds,
        mutates: Callable[[Any], bool],
        temporary: frozenset[str],
        stacks: set[str] | None = None,
        copies_apart: bool = False,
    ) -> None:
        self.copies_apart = copies_apart
        self.fn, self.kinds, self.mutates, self.temporary = fn, kinds, mutates, temporary
        self.statics = fn.scope.statics
        self.classes = Classes()
        self.names: set[str] = set()
        self.escaped: set[str] = set()
        self.stacks = stacks_in(fn) if stacks is None else stacks
        self.carries: list[tuple[str, str]] = []
        self.dynamic: set[str] = set()
        self.outside: set[str] = set()
        self.containers_outside: set[str] = set()
        self.values_outside: dict[str, list[Any]] = {}
        self.stored: set[str] = set()
        self.kept: set[str] = set()
        self.made: set[str] = set()
        self.meets_unknown = False
        self.holds: list[tuple[str, str]] = []
        self.users_classes = UsersClasses(fn, kinds)

    def collect(self, parameters_alias: bool) -> PointsTo:
        names = sorted(parameter_names(self.fn))
        for name in names:
            self.note(name)
        pointers = [name for name in names if self.is_pointer(name)]
        for name in pointers if parameters_alias else []:
            self.classes.join(pointers[0], name)
            self.classes.join(self.classes.elements(name), name)
        for stmt in simple_statements(self.fn.tree.body):
            self.statement(stmt)
        outside = {self.classes.find(name) for name in names}
        for base in self.stored:
            if self.classes.find(base) in outside:
                # whoever made the container may change what is kept in it later on
                for inner in self.classes.inner(base):
                    self.classes.mutate(inner)
                    self.kept.add(inner)
        return self

    def carry(self, shadowed: set[str]) -> None:
        """Add the variables that hold what came out of shadowed memory."""
        shadowed |= self.dynamic
        size = -1
        while size != len(shadowed):
            size = len(shadowed)
            for target, source in self.carries:
                if source in shadowed and self.is_pointer(target):
                    shadowed.add(target)

    # -- names ------------------------------------------------------------------------------------

    def note(self, name: str) -> str:
        self.names.add(name)
        return name

    def kind(self, node: gast.AST) -> Kind:
        return kind_of_operation(node, self.kinds, self.fn)

    def is_pointer(self, name: str) -> bool:
        return holds_memory(self.kinds.get(name, ANY))

    def pointer(self, node: gast.AST) -> str | None:
        """Return the variable that ``node`` is, if it may refer to memory."""
        if isinstance(node, gast.Starred):
            node = node.value
        if not isinstance(node, gast.Name) or node.id in self.statics:
            return None
        return self.note(node.id) if self.is_pointer(node.id) else None

    # -- statements -------------------------------------------------------------------------------

    def statement(self, stmt: gast.stmt) -> None:
        if isinstance(stmt, gast.Assign):
            self.assign(stmt.targets[0], stmt.value)
        elif isinstance(stmt, gast.AugAssign):
            self.augmented(stmt)
        elif isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Call):
            self.call(None, stmt.value)
        elif isinstance(stmt, gast.Delete):
            self.classes.mutate(self.note(base_name(stmt.targets[0])))
            self.stored_by_class(stmt.targets[0], deletes=True)
        elif isinstance(stmt, gast.With):
            for item in stmt.items:
                if item.optional_vars is not None:
                    self.note(item.optional_vars.id)
        elif isinstance(stmt, gast.Return) and isinstance(stmt.value, gast.Name):
            self.note(stmt.value.id)

    def assign(self, target: gast.AST, value: gast.AST) -> None:
        if isinstance(target, gast.Tuple):
            base = self.pointer(value)
            for position, element in enumerate(target.elts):
                self.note(element.id)
                if base is not None and self.is_pointer(element.id):
                    self.load_item(element.id, base, self.kind(value), position)
            return
        if isinstance(target, gast.Name):
            self.note(target.id)
            self.operation(target.id, value)
            return
        base = self.note(target.value.id)
        self.classes.mutate(base)
        self.stored_by_class(target)
        held = self.pointer(value)
        if held is not None and self.kind(target.value).name != "array":
            self.stored.add(base)
            self.holds.append((base, held))
            self.classes.join(self.part(base, target), held)

    def augmented(self, stmt: gast.AugAssign) -> None:
        base = self.note(base_name(stmt.target))
        if not self.is_pointer(base) or self.kinds.get(base, ANY).name == "tuple":
            return
        self.classes.mutate(base)
        held = self.pointer(stmt.value)
        if held is not None and self.kind(stmt.target).name in ("list", "any"):
            self.holds.append((base, held))
            self.classes.join(self.classes.elements(base), self.classes.elements(held))
        if self.users_classes.keep_operands(stmt):
            self.kept_by_operator(base, (stmt.target, stmt.value))

    def operation(self, target: str, value: gast.AST) -> None:
        if isinstance(value, gast.Call):
            self.call(target, value)
        elif isinstance(value, (gast.BinOp, gast.UnaryOp)):
            operands = (value.left, value.right) if isinstance(value, gast.BinOp) else (value.operand,)
            self.computed(OPERATORS, *operands)
            if self.users_classes.keep_operands(value):
                self.kept_by_operator(target, operands)
            if self.is_pointer(target) and isinstance(value, gast.BinOp):
                self.concatenation(target, value)
        elif not self.is_pointer(target):
            return
        elif isinstance(value, gast.Name):
            self.alias(target, value)
        elif isinstance(value, gast.Subscript):
            self.subscript(target, value)
        elif isinstance(value, gast.Attribute):
            self.attribute(target, value)
        elif isinstance(value, (gast.Tuple, gast.List, gast.Set)):
            spread = any(isinstance(element, gast.Starred) for element in value.elts)
            ordered = isinstance(value, gast.Tuple) and not spread
            for position, element in enumerate(value.elts):
                title = str(position) if ordered else None
                self.hold(target, element, spread=isinstance(element, gast.Starred), title=title)
        elif isinstance(value, gast.Dict):
            for key, element in zip(value.keys, value.values):
                self.hold(target, element, spread=key is None)

    def alias(self, target: str, value: gast.AST) -> None:
        base = self.pointer(value)
        if base is None:
            return
        if target not in self.temporary:
            self.carries.append((target, base))
            self.classes.join(target, base)
        elif self.kind(value).name != "array":
            self.carries.append((target, base))

    def part(self, base: str, node: gast.AST) -> str:
        """Return the class of what is at a place of a container or an object."""
        if isinstance(node, gast.Attribute) and holds_attribute(self.kind(node.value), node.attr):
            return self.classes.attribute(base, node.attr)
        return self.classes.elements(base)

    def hold(self, target: str, element: gast.AST, spread: bool = False, title: str | None = None) -> None:
        held = self.pointer(element)
        if held is None or target in self.temporary:
            return
        self.holds.append((target, held))
        inner = self.classes.elements(target) if title is None else self.classes.attribute(target, title)
        self.classes.join(inner, self.classes.elements(held) if spread else held)

    def load(self, target: str, base: str, kind: Kind) -> None:
        """Note ``target = base[...]``."""
        if target not in self.temporary or kind.name != "array":
            self.carries.append((target, base))
        if target in self.temporary:
            return
        if kind.name in ("array", "number"):
            self.classes.join(target, base)
            return
        self.classes.join(target, self.classes.elements(base))
        if kind.name == "any" and not self.copies_apart:
            self.classes.join(target, base)

    def load_item(self, target: str, base: str, kind: Kind, position: int) -> None:
        """Note ``target = base[position]``; what a tuple holds at one place is not what it holds at another one."""
        size = len(kind.items) if kind.name == "tuple" and kind.items is not None else 0
        if not -size <= position < size:
            self.load(target, base, kind)
            return
        self.carries.append((target, base))
        if target not in self.temporary:
            self.classes.join(target, self.classes.attribute(base, str(position % size)))

    def subscript(self, target: str, value: gast.Subscript) -> None:
        base = self.pointer(value.value)
        if base is None:
            return
        self.computed(frozenset(["__getitem__"]), value.value)
        kind = self.kind(value.value)
        if kind.name == "array" and self.is_fancy(value.slice):
            return
        if kind.name in ("list", "tuple") and isinstance(value.slice, gast.Slice):
            self.carries.append((target, base))
            if target not in self.temporary:
                self.classes.join(self.classes.elements(target), self.classes.elements(base))
            return
        position = constant_index(value.slice)
        if position is None:
            self.load(target, base, kind)
        else:
            self.load_item(target, base, kind, position)

    def is_fancy(self, index: gast.AST) -> bool:
        """Tell whether an index surely copies."""
        parts = index.elts if isinstance(index, gast.Tuple) else [index]
        return any(
            not isinstance(p, gast.Slice) and self.kind(p).name in ("array", "list", "bool") for p in parts
        )

    def attribute(self, target: str, value: gast.Attribute) -> None:
        base = self.pointer(value.value)
        owner = self.statics.get(getattr(value.value, "id", ""))
        read_outside = base is None and owner is not None and not is_constant_member(owner, value.attr)
        if read_outside and holds_memory(self.kind(value)):
            self.outside.add(target)
            self.values_outside.setdefault(target, []).append(getattr(owner, value.attr, None))
            self.classes.join(target, _name_outside(owner, value.attr))
            if self.kind(value).name != "array":
                self.containers_outside.add(target)
        if base is None or value.attr in _PLAIN_ATTRIBUTES:
            return
        if self.kind(value.value).name in ("array", "number"):
            if value.attr in _VIEW_ATTRIBUTES:
                self.load(target, base, self.kind(value.value))
            return
        if not holds_attribute(self.kind(value.value), value.attr):
            self.load(target, base, ANY)
        else:  # what an object holds is not the object
            self.carries.append((target, base))
            if target not in self.temporary:
                self.classes.join(target, self.classes.attribute(base, value.attr))
        self.computed(frozenset([value.attr]), value.value)

    def computed(self, titles: frozenset[str], *operands: gast.AST) -> None:
        """Note an attribute or operator that a class may define; some class that is in sight may change something there."""
        unknown = [node for node in operands if self.kind(node).name in ("any", "object")]
        held = [name for name in map(self.pointer, unknown) if name is not None]
        if held and self.users_classes.may_change(titles):
            for name in held:
                self.changed_throughout(name)

    def stored_by_class(self, target: gast.AST, deletes: bool = False) -> None:
        """Note a store, or a deletion, that a class may define: it may change whatever the object reaches."""
        base = self.pointer(target.value) if isinstance(target, (gast.Subscript, gast.Attribute)) else None
        if base is not None and self.users_classes.change_by_store(target, deletes):
            self.changed_throughout(base)

    def changed_throughout(self, name: str) -> None:
        """Note that whatever a variable refers to may have changed, at any depth."""
        self.classes.join(self.classes.elements(name), name)
        self.classes.mutate(name)

    def kept_by_operator(self, target: str, operands: tuple[gast.AST, ...]) -> None:
        """Note that the result of an operator may hold its operands, or be one of them."""
        held = [name for name in map(self.pointer, operands) if name is not None]
        for name in held if self.is_pointer(target) else []:
            self.carries.append((target, name))
            self.classes.join(target, name)
            self.classes.join(self.classes.elements(target), target)

    def concatenation(self, target: str, value: gast.BinOp) -> None:
        kind = self.kinds.get(target, ANY)
        if kind.name not in ("list", "tuple", "any"):
            return
        for operand in (value.left, value.right):
            held = self.pointer(operand)
            if held is not None and self.kind(operand).name in ("list", "tuple", "any"):
                self.carries.append((target, held))
                self.classes.join(self.classes.elements(target), self.classes.elements(held))

    # -- calls ------------------------------------------------------------------------------------

    def call(self, target: str | None, node: gast.Call) -> None:
        if isinstance(node.func, gast.Attribute):
            self.method(target, node)
            return
        function = self.statics.get(node.func.id)
        first = self.pointer(node.args[0]) if node.args else None
        if function is rt.closure:
            for captured in node.args[1:]:
                if target is not None:
                    self.hold(target, captured)
            return
        if function is rt.named_tuple:
            for position, part in enumerate(node.args[1:] if target is not None else ()):
                self.hold(target, part, title=str(position))
            return
        if function is rt.instance:
            for part in node.keywords if target is not None else ():
                self.hold(target, part.value, title=part.arg)
            if target is not None and self.is_pointer(target):
                self.classes.mutate(target)
                self.made.add(target)
            return
        if function is rt.sequence:
            self.computed(ITERATION, *node.args)
        if registry.is_key(function) and (function is rt.sequence or function in _COPYING):
            self.copying(target, function, node)
            return
        if getattr(function, "__name__", "") == "at" and isinstance(
            getattr(function, "__self__", None), np.ufunc
        ):
            if first is not None:
                self.classes.mutate(first)
            return
        if self.copies_apart and self.users_classes.leave_copying(function):
            self.copy(target, function, node, first)
            return
        if registry.find(function) is not None or registry.is_constant(function):
            for argument in viewed(function, node.args):
                self.known(target, function, self.pointer(argument), len(node.args))
            if function is np.einsum and len(node.args) == 2:
                self.known(target, np.asarray, self.pointer(node.args[1]))
            if function in (float, abs, complex, round) and first is not None and target is not None:
                self.dynamic |= {target} if self.is_pointer(target) else set()
            return
        self.unknown(target, node, None)

    def copy(self, target: str | None, function: Any, node: gast.Call, source: str | None) -> None:
        """Note a copy, which shares with its source nothing, or, if it is shallow, what that holds."""
        if target is None or source is None or function is copy.deepcopy:
            return
        if function is copy.copy:
            self.classes.join(self.classes.elements(target), self.classes.elements(source))
        elif any(k.arg in ("copy", None) for k in node.keywords):
            self.known(target, function, source)

    def known(self, target: str | None, function: Any, first: str | None, count: int = 1) -> None:
        if target is None or first is None or not self.is_pointer(target):
            return
        title = getattr(function, "__name__", "")
        if title in SPLIT_NAMES or title in SEVERAL_NAMES and count > 1 or splits_in_runtime(function):
            self.carries.append((target, first))
            self.classes.join(self.classes.elements(target), first)
        elif is_view_function(function) or gives_views_of_runtime(function):
            self.load(target, first, Kind("array"))

    def copying(self, target: str | None, function: Any, node: gast.Call) -> None:
        for argument in node.args:
            held = self.pointer(argument)
            if held is None or target is None:
                continue
            self.carries.append((target, held))
            if target in self.temporary:
                continue
            if function is rt.sequence and self.kind(argument).name != "any":
                self.classes.join(target, held)
                continue
            kind = self.kind(argument)
            inner = held if kind.name in ("array", "number") else self.classes.elements(held)
            self.classes.join(self.classes.elements(target), inner)
            if kind.name == "any":
                self.classes.join(inner, held)
            if kind.name == "any" and function not in _FRESH:
                self.classes.join(target, held)

    def method(self, target: str | None, node: gast.Call) -> None:
        receiver = self.pointer(node.func.value)
        kind = self.kind(node.func.value)
        name = node.func.attr
        if kind.name in ("array", "number", "float") and name in ARRAY_METHODS or kind.name == "array":
            copied = self.copies_apart and self.users_classes.leave_copying_method(node)
            if receiver is not None and may_give_view(name) and not copied:
                self.known(target, np.asarray, receiver)
            return
        if kind.name == "str" or method_of_generator(kind, name) is not None:
            return
        if receiver is None:
            self.unknown(target, node, None)
        elif kind.name in ("list", "dict") and name in CONTAINER_MUTATORS | _READING_METHODS:
            self.container_method(target, receiver, name, node)
        elif kind.name == "tuple" and name in _READING_METHODS:
            self.container_method(target, receiver, name, node)
        elif self.copies_apart and self.users_classes.leave_copying_method(node):
            self.copy(target, copy.copy if name == "copy" else copy.deepcopy, node, receiver)
        else:
            self.unknown(target, node, receiver)

    def is_spread(self, node: gast.AST) -> bool:
        """Tell whether the callee gets what is in a list, and never the list itself."""
        return isinstance(node, gast.Starred) and self.kind(node.value).name in ("list", "tuple")

    def container_method(self, target: str | None, receiver: str, name: str, node: gast.Call) -> None:
        if name in CONTAINER_MUTATORS:
            self.classes.mutate(receiver)
            self.stored.add(receiver)
            for argument in [*node.args, *(k.value for k in node.keywords)]:
                held = self.pointer(argument)
                if held is not None:
                    self.holds.append((receiver, held))
                    spread = name in ("extend", "update")
                    inner = self.classes.elements(receiver)
                    self.classes.join(inner, self.classes.elements(held) if spread else held)
        if target is None or not self.is_pointer(target):
            return
        self.carries.append((target, receiver))
        if name in ("pop", "get", "setdefault", "popleft"):
            self.classes.join(target, self.classes.elements(receiver))
            for argument in node.args[1:]:
                held = self.pointer(argument)
                if held is not None:
                    self.classes.join(target, held)
        elif name in ("items", "popitem"):
            pair = self.classes.elements(target)
            self.classes.join(self.classes.elements(pair), self.classes.elements(receiver))
        else:
            self.classes.join(self.classes.elements(target), self.classes.elements(receiver))

    def unknown(self, target: str | None, node: gast.Call, receiver: str | None) -> None:
        """Note a call whose callee is resolved at run time: it may change, keep and return its arguments."""
        nodes = [*node.args, *(k.value for k in node.keywords)]
        if isinstance(node.func, gast.Name) and node.func.id not in self.statics:
            nodes.append(node.func)
        held = [p for p in map(self.pointer, nodes) if p is not None] + ([receiver] if receiver else [])
        callee = self.statics.get(node.func.id) if isinstance(node.func, gast.Name) else None
        if callee is not None and not self.mutates(callee):
            if target is not None and self.is_pointer(target):
                self.dynamic.add(target)
                for name in held:
                    self.classes.join(target, name)
                    self.classes.join(self.classes.elements(target), target)
            return
        self.meets_unknown = True
        group = [*held, *([target] if target is not None and self.is_pointer(target) else [])]
        spread = {a.value.id for a in nodes if self.is_spread(a)} - {getattr(a, "id", None) for a in nodes}
        reached = [self.classes.elements(name) if name in spread else name for name in group]
        for name in reached:
            self.classes.join(reached[0], name)
        if reached:
            if target is not None or not self.copies_apart:
                self.classes.join(self.classes.elements(reached[0]), reached[0])
            self.classes.mutate(reached[0])
        self.escaped |= set(group)
        if target is not None and self.is_pointer(target):
            self.dynamic.add(target)
