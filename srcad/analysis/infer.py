"""Infer the kind of every local variable, and which call each call is."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import gast

from srcad.analysis.callees import (
    called_methods,
    initializer,
    is_made_empty,
    is_users,
    item_stored,
    operator_called,
    positional,
    runs_code,
)
from srcad.analysis.class_effects import OPERATORS, operators_in_sight
from srcad.analysis.kinds import (
    ANY,
    INT,
    NEVER,
    NUMBER,
    Kind,
    alternatives,
    bounded,
    container,
    has_value,
    holds_attribute,
    join_bound,
    record,
)
from srcad.analysis.kinds_of_operations import (
    Kinds,
    Returns,
    is_copy_of_numbers,
    is_starred,
    kind_of_operation,
    with_default,
)
from srcad.analysis.named_tuples import is_field, is_method_of_all, is_named_tuple
from srcad.analysis.plain_classes import is_plain, is_replaceable, looked_up
from srcad.analysis.private_lists import private_lists
from srcad.analysis.results.calls import is_quiet
from srcad.analysis.results.elementwise import binary
from srcad.analysis.results.indexing import attribute, element
from srcad.analysis.statements import Step, fresh_containers, quiet_contexts, steps_of
from srcad.analysis.stores import METHODS_THAT_STORE, Stores, may_hold_container
from srcad.lang.function import Function, Nested
from srcad.runtime.libraries import package_of

__all__ = ["Changes", "infer", "infer_effects", "unknown_effect"]

Changes = Callable[[Any, list[Kind]], "Stores | None"]


def unknown_effect(callee: Any, arguments: list[Kind]) -> Stores:
    """Tell that a function may change the containers that it reaches."""
    return Stores(unknown=True)


def infer(
    fn: Function, parameters: Mapping[str, Kind], returns: Returns, changes: Changes = unknown_effect
) -> Kinds:
    """Return the kinds of all locals of ``fn``, whose parameters have the given kinds.

    Parameters
    ----------
    fn : Function
        In normal form.
    parameters : mapping
        The kinds of its parameters.
    returns : callable
        ``returns(callee, kinds)`` tells the kind of what a user's function returns for positional
        arguments of these kinds; `NEVER` while that is being computed.
    changes : callable
        ``changes(callee, kinds)`` tells what such a call may store in containers that it did not make;
        None for nothing.

    Notes
    -----
    The result does not depend on the order of statements: each variable gets the join over its
    assignments.  A statement is visited again when the kind of a variable that it reads has grown.
    """
    return infer_effects(fn, parameters, returns, changes)[0]


def infer_effects(
    fn: Function, parameters: Mapping[str, Kind], returns: Returns, changes: Changes, made: str = ""
) -> tuple[Kinds, Stores | None]:
    """Return what `infer` does, and what ``fn`` may store in containers that it did not make.

    ``made`` is a parameter that counts as made by ``fn``, as an instance that its ``__init__`` is given; what is stored in
    it is told too.
    """
    inference = _Inference(fn, dict(parameters), returns, changes)
    inference.fresh |= {made}
    inference.run()
    stores = inference.stores
    return inference.kinds, stores if made or stores.escapes or stores.unknown else None


class _Inference:
    def __init__(self, fn: Function, parameters: Kinds, returns: Returns, changes: Changes) -> None:
        self.fn, self.kinds, self.returns, self.changes = fn, parameters, returns, changes
        self.stores = Stores()
        self.private = private_lists(fn, set(parameters))
        self.own = {name: Stores() for name in set(self.private.values())}
        self.touched: dict[str, tuple[Any, ...]] = {}
        self.grown: dict[str, int] = {}
        self.clock = 0
        self.absent: set[int] = set()
        self.absent_are_unknown = False
        self.steps = list(steps_of(fn.tree.body))
        local = set(parameters).union(*(step.bound for step in self.steps))
        for step in self.steps:
            step.reads &= local
        self.fresh = fresh_containers(self.steps, fn, set(parameters))
        self.quiet = quiet_contexts(self.steps, fn) - set(parameters)

    def run(self) -> None:
        pending = self.steps
        while pending:
            for step in pending:
                self.clock += 1
                step.visited = self.clock
                before, known = self.stores.state(), not self.stores.unknown
                self.touched.clear()
                self.visit(step)
                if self.stores.state() != before or self.has_stored_in_private():
                    self.apply_stores()
                if known and self.stores.unknown:
                    self.grown.update(dict.fromkeys(self.kinds, self.clock))
            self.clock += 1
            self.apply_stores()
            pending = [s for s in self.steps if any(self.grown.get(n, 0) >= s.visited for n in s.reads)]
            if not pending and self.absent:
                self.absent_are_unknown = True
                pending = [s for s in self.steps if s.visited in self.absent]
                self.absent.clear()

    def has_stored_in_private(self) -> bool:
        """Tell whether the statement that was visited last has stored anything new in a private list."""
        return any(
            group in self.own and self.own[group].state() != was for group, was in self.touched.items()
        )

    def stores_of(self, node: gast.AST) -> Stores:
        """Return where is recorded what is stored in the container that a node holds."""
        group = self.private.get(getattr(node, "id", ""))
        if group is None:
            return self.stores
        self.touched.setdefault(group, self.own[group].state())
        return self.own[group]

    def applied(self, name: str, kind: Kind) -> Kind:
        """Return the kind of a variable that may also hold what was stored."""
        group = self.private.get(name)
        if group is None or kind.name != "list":
            return self.stores.applied(kind)
        return self.own[group].applied_to_private(kind, self.stores)

    def apply_stores(self) -> None:
        for name, kind in list(self.kinds.items()):
            if kind.items is not None or kind.name == "list":
                self.bind(name, kind)

    def bind(self, name: str, kind: Kind) -> None:
        if kind == NEVER:
            return
        before = self.kinds.get(name)
        after = bounded(join_bound(before, self.applied(name, kind)))
        if after != before:
            self.kinds[name] = after
            self.grown[name] = self.clock

    def kind(self, node: gast.AST) -> Kind:
        read = with_default(node, self.fn, self.kinds)
        if read is not None and not self.stores.unknown:
            base, name, default = read
            return join_bound(dict(base.items or ()).get(name, NEVER), self.kind(default))
        if isinstance(node, gast.Attribute) and self.is_absent(node):
            return NEVER
        found = kind_of_operation(node, self.kinds, self.fn, self.returns)
        if found == NUMBER and isinstance(node, gast.BinOp) and self.has_own_operators:
            # An instance may answer for the array that it is added to.
            return ANY if any(self.kind(part).name == "any" for part in (node.left, node.right)) else found
        return found

    def is_absent(self, node: gast.Attribute) -> bool:
        """Tell whether an attribute is not there as far as is known yet: it may be stored by a statement below."""
        if self.absent_are_unknown or self.stores.unknown or not isinstance(node.value, gast.Name):
            return False
        kind = self.kinds.get(node.value.id, ANY)
        if kind.name != "object" or kind.items is None or node.attr in dict(kind.items):
            return False
        found = (
            is_plain(kind.value) and not has_value(kind.value, node.attr) and not node.attr.startswith("__")
        )
        if found:
            self.absent.add(self.clock)
        return found

    @functools.cached_property
    def has_own_operators(self) -> bool:
        return bool(OPERATORS & operators_in_sight(self.fn))

    # -- statements -------------------------------------------------------------------------------

    def visit(self, step: Step) -> None:
        stmt = step.stmt
        if any(name not in self.kinds for name in step.reads):
            return
        if isinstance(stmt, gast.Assign):
            self.note_operator_of_lists(stmt)
            kind = self.kind(stmt.value)
            self.record_effect(stmt.value)
            self.record_operator(stmt.value)
            self.assign(stmt.targets[0], kind)
        elif isinstance(stmt, gast.AugAssign):
            self.augment(stmt)
        elif isinstance(stmt, gast.Expr):
            self.record_effect(stmt.value)
        elif isinstance(stmt, gast.For):
            self.bind(stmt.target.id, INT)
        elif isinstance(stmt, gast.With):
            entered = [item.context_expr for item in stmt.items]
            self.record_unknown([self.kind(e) for e in entered if getattr(e, "id", "") not in self.quiet])
            for name in step.bound:
                self.bind(name, ANY)

    def note_operator_of_lists(self, stmt: gast.Assign) -> None:
        """Let the lists that an operator meets, or makes, be no longer private where a class may say what it does."""
        value = stmt.value
        if not self.private or not isinstance(value, gast.BinOp):
            return
        names = {getattr(part, "id", "") for part in (stmt.targets[0], value.left, value.right)}
        groups = {self.private[n] for n in names if n in self.private}
        if groups and any(self.kind(part).name in ("any", "object") for part in (value.left, value.right)):
            self.private = {n: group for n, group in self.private.items() if group not in groups}
            for group in groups:
                self.stores.merge(self.own.pop(group))
            self.grown.update(dict.fromkeys(self.kinds, self.clock))

    def assign(self, target: gast.AST, kind: Kind) -> None:
        if isinstance(target, gast.Name):
            self.bind(target.id, kind)
        elif isinstance(target, gast.Tuple):
            for position, part in enumerate(target.elts):
                if isinstance(part, gast.Starred):
                    self.bind(part.value.id, container("list"))
                elif any(isinstance(p, gast.Starred) for p in target.elts):
                    self.bind(part.id, ANY)
                else:
                    self.bind(part.id, element(kind, position) if kind != NEVER else NEVER)
        elif isinstance(target, gast.Subscript):
            key, is_slice = self.key(target.slice)
            base = self.kind(target.value)
            self.note_escape(target.value, base)
            self.stores_of(target.value).item(base, key, kind, is_slice)
            found = item_stored(target, gast.Constant(None, None), self.kind)
            if found is not None:
                self.record_call(found.method, [base, self.kind(target.slice), kind], True)
            elif alternatives(base) and base.name != "function":
                self.record_unknown([base, kind])
        elif isinstance(target, gast.Attribute):
            base = self.kind(target.value)
            self.note_escape(target.value, base)
            self.store_attribute(base, target.attr, kind)

    def note_escape(self, node: gast.AST, base: Kind) -> None:
        own = isinstance(node, gast.Name) and node.id in self.fresh
        self.stores.escapes |= not own and base.name not in ("array", "number", "float", "int", "bool")

    def key(self, index: gast.AST) -> tuple[Any, bool]:
        if isinstance(index, gast.Constant) and isinstance(index.value, Hashable):
            return index.value, False
        return None, isinstance(index, gast.Slice) or not isinstance(index, gast.Name) or self.kind(
            index
        ).name == "any"

    def store_attribute(self, base: Kind, name: str, kind: Kind) -> None:
        self.stores.attribute(name, kind, [one.value for one in alternatives(base)] or [object])
        self.stores.unknown |= any(runs_code(one, name, "__setattr__") for one in alternatives(base))

    def augment(self, stmt: gast.AugAssign) -> None:
        target = stmt.target
        load = _as_load(target)
        old, value = self.kind(load), self.kind(stmt.value)
        new = old if old.name == "array" else binary(type(stmt.op), old, value)
        if isinstance(stmt.op, gast.Add) and old.name in ("list", "any"):
            self.note_escape(load, old)
            self.stores.grown = True
            self.stores.members(value)
            new = old
        elif isinstance(stmt.op, gast.Mult) and "list" in (old.name, new.name):
            self.note_escape(load, old)
            self.stores.grown = True
            new = ANY  # the list itself grows, for all who hold it: that is done when the program runs
        found = operator_called(gast.AugAssign(load, stmt.op, stmt.value), self.kind)
        if found is not None:
            reached = list(map(self.kind, found.operands))
            self.record_call(found.method, reached, True)
            new = self.returns(found.method, reached)
        elif old.name == "object" or old.name == "any" and alternatives(old):
            self.record_unknown([old, value])
        self.assign(target, new)

    def record_operator(self, node: gast.AST) -> None:
        """Record what an operator may store that an object's class defines."""
        if isinstance(node, gast.Compare) and isinstance(node.ops[0], (gast.Is, gast.IsNot)):
            return
        found = operator_called(node, self.kind)
        if found is not None:
            self.record_call(found.method, list(map(self.kind, found.operands)), True)
            return
        if isinstance(node, gast.Attribute):
            base = self.kind(node.value)
            if any(runs_code(one, node.attr, "__getattribute__") for one in alternatives(base)):
                self.record_unknown([base])
        elif isinstance(node, (gast.BinOp, gast.UnaryOp, gast.Compare, gast.Subscript)):
            fields = [getattr(node, f, None) for f in ("left", "right", "operand", "value")]
            operands = [self.kind(f) for f in (*fields, *getattr(node, "comparators", ())) if f is not None]
            if any(map(_may_define_operators, operands)):
                self.record_unknown(operands)

    # -- effects of calls -------------------------------------------------------------------------

    def record_effect(self, node: gast.AST) -> None:
        """Record what a call may store in containers."""
        if not isinstance(node, gast.Call) or with_default(node, self.fn, self.kinds) is not None:
            return
        given = [self.kind(getattr(a, "value", a) if isinstance(a, gast.Starred) else a) for a in node.args]
        keywords = {k.arg: self.kind(k.value) for k in node.keywords}
        if isinstance(node.func, gast.Attribute):
            base = self.kind(node.func.value)
            if not holds_attribute(base, node.func.attr) and not is_field(base, node.func.attr):
                self.record_method(node, base, given, keywords)
                return
        callee = self.kind(node.func)
        for one in alternatives(callee) or (callee,):
            if one.name != "none":  # which raises
                self.record_callee(one, given, keywords, not is_starred(node))

    def record_callee(self, callee: Kind, given: list[Kind], keywords: Kinds, is_known: bool) -> None:
        """Record what the call of a function, or of an object, may store."""
        if callee.name == "function" and is_quiet(callee.value):
            return
        if is_known and is_copy_of_numbers(callee.value, given, keywords):
            return
        if callee.value is dataclasses.replace and given and is_replaceable(given[0].value):
            after = looked_up(given[0].value, "__post_init__")
            if after is None:
                return
        if isinstance(callee.value, Nested):
            self.record_call(callee.value, [*given, *(callee.items or ())], is_known and not keywords)
        elif callee.name == "function" and is_made_empty(callee.value) and not (given or keywords):
            return
        elif callee.name == "function" and is_known and initializer(callee.value) is not None:
            own = positional(initializer(callee.value), [record(callee.value, ()), *given], keywords)
            self.record_call(callee.value, own or [*given, *keywords.values()], own is not None)
        elif callee.name == "function":
            own = positional(callee.value, given, keywords) if is_known and is_users(callee.value) else None
            self.record_call(callee.value, own or [*given, *keywords.values()], own is not None)
        elif not is_known or not self.record_called(called_methods(callee), given, keywords):
            self.record_unknown([ANY])

    def record_called(self, called: tuple[Any, ...], given: list[Kind], keywords: Kinds) -> bool:
        """Record what the call of one of several methods may store; tell whether they are known."""
        for method, receiver in called:
            own = positional(method, [receiver, *given], keywords)
            self.record_call(method, own or [receiver], own is not None)
        return bool(called)

    def record_call(self, callee: Any, reached: list[Kind], known: bool) -> None:
        stored = self.changes(callee, reached) if known else Stores(unknown=True)
        if stored is not None and stored.unknown:
            self.record_unknown(reached)
        elif stored is not None:
            self.stores.merge(stored)

    def record_method(self, node: gast.Call, base: Kind, given: list[Kind], keywords: Kinds) -> None:
        name = node.func.attr
        if base.name in ("array", "number", "float", "int", "bool", "str"):
            return
        if is_named_tuple(base) and looked_up(base.value, name) is not looked_up(tuple, name):
            if not is_method_of_all(base.value, name) and (
                is_starred(node) or not self.record_called(called_methods(base, name), given, keywords)
            ):
                self.record_unknown([base, *given, *keywords.values()])
            return
        key = node.args[0].value if node.args and isinstance(node.args[0], gast.Constant) else None
        if base.name in ("list", "dict", "tuple") or base.name == "any" and name in METHODS_THAT_STORE:
            if name in METHODS_THAT_STORE:
                self.note_escape(node.func.value, base)
            self.stores_of(node.func.value).method(base, name, given, keywords, key)
            return
        if not is_starred(node) and self.record_called(called_methods(base, name), given, keywords):
            return
        if base.name == "object" and package_of(base.value) in ("numpy", "builtins", "math"):
            return
        if base.name == "function":
            held = attribute(base, name)
            if held.name == "function" and is_quiet(held.value):
                return
        self.record_unknown([base, *given, *keywords.values()])

    def record_unknown(self, reached: list[Kind]) -> None:
        self.stores.unknown |= any(may_hold_container(kind) for kind in reached)


def _may_define_operators(kind: Kind) -> bool:
    """Tell whether an operator of such a value may be the user's."""
    return kind.name != "function" and any(
        one.name != "object" or package_of(one.value) not in _WITHOUT_CODE for one in alternatives(kind)
    )


_WITHOUT_CODE = ("builtins", "sys", "numpy", "math", "datetime", "decimal", "fractions")


def _as_load(target: gast.AST) -> gast.AST:
    if isinstance(target, gast.Name):
        return gast.Name(target.id, gast.Load(), None, None)
    if isinstance(target, gast.Subscript):
        return gast.Subscript(target.value, target.slice, gast.Load())
    return gast.Attribute(target.value, target.attr, gast.Load())
