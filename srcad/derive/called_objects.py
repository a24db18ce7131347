"""Calls of objects and functions that are parts of others, or elements of lists, where kinds tell what they are.

Before, where ``net.layers`` holds instances of ``Linear`` and of ``Tanh``::

    layer = net.layers[i]
    y = layer(x)

After, with what the classes' ``__call__`` do inlined::

    layer = net.layers[i]
    if type(layer) is Linear:
        y = x @ layer.weights
    else:
        y = np.tanh(x)

What is inlined shows the parts of parts, so kinds are inferred anew until no call is left that they tell something of.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
from abc import ABCMeta
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.callees import (
    Called,
    called_methods,
    initializer,
    is_made_empty,
    is_users,
    item_stored,
    operator_called,
)
from srcad.analysis.class_effects import attributes_set_by
from srcad.analysis.kinds import ANY, Kind, alternatives, holds_attribute, instances_in, join_all, may_have
from srcad.analysis.kinds_of_operations import kind_of_operation, with_default
from srcad.analysis.named_tuples import holds_named_tuple, is_named_tuple
from srcad.analysis.plain_classes import is_plain, looked_up
from srcad.analysis.results.indexing import attribute, attribute_outside
from srcad.analysis.sorts_outside import depend_on_sort, owner_of
from srcad.derive.build import assign, call, constant, name
from srcad.derive.constructors import replacement_of
from srcad.derive.known_callees import method_of
from srcad.derive.named_tuples import written_out
from srcad.frontend.late_results import gives_late, is_unsure
from srcad.frontend.statics import canonical, refer
from srcad.lang.function import Function
from srcad.lang.scope import Dependency, replaceable_parts
from srcad.lang.walking import clone, nodes_in
from srcad.rules import registry
from srcad.runtime.libraries import package_of
from srcad.runtime.withheld import Captured

__all__ = ["inline_methods"]

Kinds = Mapping[str, Kind]
_PRESENT = ("array", "bool", "dict", "float", "function", "int", "list", "number", "object", "str", "tuple")


def inline_methods(
    fn: Function,
    parameters: Kinds,
    inline: Callable[[Function, Kinds], Function],
    infer: Callable[[Function], Kinds],
) -> Function:
    """Return ``fn`` with the methods inlined of objects whose class is told by the kinds.

    ``parameters`` are the kinds of the parameters.  ``inline(fn, kinds)`` inlines calls of known functions, and of methods
    of the variables in ``kinds``.
    """
    known: set[str] = set()
    while _may_have_objects(fn, parameters):
        kinds = dict(infer(fn))
        has_objects = any(
            kind.name == "object" or kind.name == "any" and alternatives(kind) or is_named_tuple(kind)
            for kind in kinds.values()
        )
        if not has_objects and not _asks_for_classes(fn):
            return fn
        resolver = _Resolver(fn, kinds)
        fn = fn.with_body(resolver.block(fn.tree.body))
        receivers = {v: kinds[v] for v in _called(fn) if _is_receiver(kinds.get(v, ANY))}
        if receivers.keys() <= known and not resolver.resolved:
            return fn
        known |= receivers.keys()
        fn = inline(fn, receivers)
    return fn


def _may_have_objects(fn: Function, parameters: Kinds) -> bool:
    """Tell whether there may be objects whose class is known, or variables that hold functions."""
    if any(next(instances_in(kind), None) is not None for kind in parameters.values()):
        return True
    statics = fn.scope.statics
    if rt.named_tuple in statics.values() or any(map(holds_named_tuple, parameters.values())):
        return True
    if any(_is_object_outside(node, statics) for node in nodes_in(fn.tree)):
        return True
    classes = [value for value in statics.values() if isinstance(value, type)]
    if any(initializer(cls) is not None or is_made_empty(cls) for cls in classes):
        return True
    calls = (node for node in nodes_in(fn.tree) if isinstance(node, gast.Call))
    late = any(isinstance(node.func, gast.Name) and node.func.id not in statics for node in calls)
    return late or _asks_for_classes(fn)


def _asks_for_classes(fn: Function) -> bool:
    """Tell whether there is a call of ``isinstance``."""
    return any(
        fn.scope.statics.get(n.id) is isinstance for n in nodes_in(fn.tree) if isinstance(n, gast.Name)
    )


def _answer(kind: Kind, cls: Any) -> bool | None:
    """Return what ``isinstance`` says of numbers and arrays; None if not all of that kind are of one sort."""
    sorts = () if kind.optional else _SORTS.get(kind.name, ())
    classes = cls if isinstance(cls, tuple) else (cls,)
    if not sorts or not all(isinstance(one, type) and _is_asked_plainly(one) for one in classes):
        return None
    if all(issubclass(sort, classes) for sort in sorts):
        return True
    may_be = any(issubclass(sort, classes) or issubclass(one, sort) for sort in sorts for one in classes)
    return None if may_be else False


def _is_asked_plainly(cls: type) -> bool:
    """Tell whether ``isinstance`` asks no method of the user's, and no protocol."""
    return type(cls).__instancecheck__ in (type.__instancecheck__, ABCMeta.__instancecheck__)


_SORTS: dict[str, tuple[type, ...]] = {
    "float": (float, np.floating, np.ndarray),
    "number": (bool, int, float, complex, np.generic, np.ndarray),
    "array": (np.generic, np.ndarray),
}
"""The classes of what a kind stands for: a number may be an array without axes, and the other way round."""


def _is_object_outside(node: gast.AST, statics: Mapping[str, Any]) -> bool:
    """Tell whether a node reads an object of constants that a module, a class or a frame holds."""
    owner = statics.get(getattr(node.value, "id", "")) if isinstance(node, gast.Attribute) else None
    if not isinstance(owner, (types.ModuleType, type, Captured)):
        return False
    return attribute_outside(getattr(owner, node.attr, None)).name == "object"


def _called(fn: Function) -> set[str]:
    """Return the variables that are called, or whose attributes are."""
    found = set()
    for node in nodes_in(fn.tree):
        if isinstance(node, gast.Call):
            owner = node.func.value if isinstance(node.func, gast.Attribute) else node.func
            found.add(getattr(owner, "id", ""))
    return {n for n in found if n and n not in fn.scope.statics}


def _bound_by(stmt: Any) -> set[str]:
    """Return the variables that a simple statement, or the head of a loop, binds."""
    targets = stmt.targets if isinstance(stmt, gast.Assign) else [getattr(stmt, "target", None)]
    return {
        n.id for target in targets if target is not None for n in nodes_in(target) if isinstance(n, gast.Name)
    }


def _is_receiver(kind: Kind) -> bool:
    return kind.name == "object" and kind.items is not None


class _Resolver:
    """Writes calls of what kinds tell as calls of variables and of known functions.

    Attributes
    ----------
    kinds : dict
        Gets those of the variables that are made.
    resolved : int
        How many calls are calls of known functions now.
    """

    def __init__(self, fn: Function, kinds: dict[str, Kind]) -> None:
        self.fn, self.scope, self.kinds, self.resolved = fn, fn.scope, kinds, 0
        nodes = [n for n in nodes_in(fn.tree) if isinstance(n, (gast.Attribute, gast.Name))]
        stores = [node for node in nodes if isinstance(node.ctx, gast.Store)]
        self.stored = {node.attr for node in stores if isinstance(node, gast.Attribute)}
        self.bound = Counter(node.id for node in stores if isinstance(node, gast.Name))
        self.answers: dict[str, bool] = {}
        self.displays: dict[str, gast.Tuple] = {}
        self.asked: dict[str, str] = {}
        self.tests: dict[str, tuple[str, Callable[[Kind], bool]]] = {}
        self.narrowed: dict[str, Kind] = {}
        self.bound_already: set[str] = set()

    def block(self, body: list[Any]) -> list[Any]:
        out: list[Any] = []
        around = dict(self.asked), dict(self.tests)  # what is asked in a block is answered in it
        for stmt in body:
            self.note_answer(stmt)
            self.note_test(stmt)
            self.bound_already |= _bound_by(stmt)
            answer = self.answers.get(getattr(stmt.test, "id", "")) if isinstance(stmt, gast.If) else None
            if answer is not None:
                self.resolved += 1
                out += self.block(stmt.body if answer else stmt.orelse)
                continue
            for part in ("body", "orelse", "finalbody"):
                if getattr(stmt, part, None):
                    with self.knowing(stmt, part == "body"):
                        made = self.block(getattr(stmt, part))
                    setattr(stmt, part, made or [gast.copy_location(gast.Pass(), stmt)])
            named = written_out(stmt, self.kind, self.scope)
            if named is not None:
                self.resolved += 1
                out += named
                continue
            stmt = self.operation(stmt)
            is_call = isinstance(stmt, (gast.Assign, gast.Expr)) and isinstance(stmt.value, gast.Call)
            out += self.statement(stmt) if is_call else [stmt]
        self.asked, self.tests = around
        return out

    def note_answer(self, stmt: Any) -> None:
        """Note what ``t = x is None`` says, where it is known whether there is a value."""
        value = getattr(stmt, "value", None)
        if not isinstance(stmt, gast.Assign) or not isinstance(value, gast.Compare):
            return
        target, asked = stmt.targets[0], value.comparators[0]
        asks = isinstance(value.ops[0], (gast.Is, gast.IsNot)) and self.bound[target.id] == 1
        is_none = isinstance(asked, gast.Constant) and asked.value is None
        kind = self.kind(value.left)
        known = kind.name == "none" or kind.name in _PRESENT and not kind.optional
        if asks and is_none and known:
            self.answers[target.id] = (kind.name == "none") is isinstance(value.ops[0], gast.Is)

    def note_test(self, stmt: Any) -> None:
        """Note what ``c = type(x)``, ``t = c is Linear`` and ``t = isinstance(x, Linear)`` ask."""
        value = getattr(stmt, "value", None)
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        if not isinstance(target, gast.Name) or self.bound[target.id] > 1:
            return
        statics = self.scope.statics
        if isinstance(value, gast.Tuple):
            self.displays[target.id] = value
        elif isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and value.args:
            owner, function = getattr(value.args[0], "id", ""), statics.get(value.func.id)
            cls = self.classes(value.args[-1])
            if function is isinstance and len(value.args) == 2:
                answer = _answer(self.kind(value.args[0]), cls)
                if answer is not None:
                    self.answers[target.id] = answer
            if self.bound[owner] > 1 or self.bound[owner] and owner not in self.bound_already:
                return
            if function is type and len(value.args) == 1:
                self.asked[target.id] = owner
            elif function is isinstance and isinstance(cls, type):
                self.tests[target.id] = owner, lambda one: one.name == "object" and issubclass(one.value, cls)
        elif isinstance(value, gast.Compare) and isinstance(value.ops[0], gast.Is):
            left, cls = getattr(value.left, "id", ""), statics.get(getattr(value.comparators[0], "id", ""))
            if left in self.asked and isinstance(cls, type):
                self.tests[target.id] = self.asked[left], lambda one: one.value is cls

    def classes(self, node: Any) -> Any:
        """Return the class, or the tuple of classes, that an expression is; None if it is not known."""
        if isinstance(node, gast.Tuple):
            found = tuple([self.classes(part) for part in node.elts])
            return None if None in found else found
        if getattr(node, "id", "") in self.displays:
            return self.classes(self.displays[node.id])
        return self.scope.statics.get(getattr(node, "id", ""))

    @contextmanager
    def knowing(self, stmt: Any, is_true: bool) -> Iterator[None]:
        """Know in a branch which classes an object may have there."""
        test = self.tests.get(getattr(stmt.test, "id", "")) if isinstance(stmt, gast.If) else None
        if test is None:
            yield
            return
        owner, asks = test
        around = self.narrowed.get(owner)
        several = alternatives(self.kind(name(owner)))
        left = [one for one in several if asks(one) is is_true]
        if left:
            self.narrowed[owner] = join_all(left)
        yield
        if left:
            del self.narrowed[owner]
        if around is not None:
            self.narrowed[owner] = around

    # -- operators --------------------------------------------------------------------------------

    def operation(self, stmt: Any) -> Any:
        """Return a statement with the call that an operator of a class, a property or an item means."""
        made: Any = None
        if isinstance(stmt, gast.AugAssign) and isinstance(stmt.target, gast.Name):
            updated = gast.AugAssign(name(stmt.target.id), stmt.op, stmt.value)
            value = self.called(operator_called(updated, self.kind))
            made = None if value is None else gast.Assign([stmt.target], value, None)
        elif isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Subscript):
            value = self.called(item_stored(stmt.targets[0], stmt.value, self.kind))
            made = None if value is None else gast.Expr(value)
        elif isinstance(stmt, gast.Assign):
            value = self.called(operator_called(stmt.value, self.kind, self.scope.statics))
            if value is None and isinstance(stmt.value, gast.Attribute):
                value = self.attribute_of_class(stmt.value)
            made = None if value is None else gast.Assign(stmt.targets, value, None)
        if made is None:
            return stmt
        self.resolved += 1
        for node in nodes_in(made):
            if isinstance(node, (gast.stmt, gast.expr)) and not hasattr(node, "lineno"):
                gast.copy_location(node, stmt)
        return gast.copy_location(made, stmt)

    def called(self, found: Called | None) -> gast.Call | None:
        """Return the call of a method that an operator is."""
        if found is None or not all(
            isinstance(operand, (gast.Name, gast.Constant)) for operand in found.operands
        ):
            return None
        for owner, attribute_ in found.places:
            self.scope.dependencies.append(Dependency(owner, attribute_, owner[attribute_]))
        self.scope.dependencies += [Dependency(*part) for part in replaceable_parts(found.method)]
        title = refer(self.scope, found.method, found.title)
        return call(title, *map(clone, found.operands))

    def attribute_of_class(self, value: gast.Attribute) -> gast.AST | None:
        """Return what an attribute is that the class has: the call of a property, or the class's own value."""
        kind = self.kind(value.value)
        if kind.name != "object" or not is_plain(kind.value):
            return None
        held = dict(kind.items or ())
        if value.attr in held or value.attr in self.stored:
            return None
        if value.attr.startswith("__") or all(one.name == "any" for one in held.values()):
            return None
        if value.attr in attributes_set_by(kind.value):
            return None
        found = looked_up(kind.value, value.attr)
        if found is None or hasattr(type(found), "__get__") or hasattr(type(found), "__set__"):
            return None
        depend_on_sort(self.scope.dependencies, *owner_of(kind.value, value.attr))
        owner = refer(self.scope, kind.value, canonical(kind.value) or kind.value.__name__)
        return gast.Attribute(name(owner), value.attr, gast.Load())

    def kind(self, node: gast.AST) -> Kind:
        narrowed = self.narrowed.get(getattr(node, "id", ""))
        return narrowed if narrowed is not None else kind_of_operation(node, self.kinds, self.fn)

    # -- calls ------------------------------------------------------------------------------------

    def statement(self, stmt: Any) -> list[Any]:
        """Return what a call comes to."""
        if self.is_idle_check(stmt):
            return []
        if with_default(stmt.value, self.fn, {**self.kinds, **self.narrowed}) is not None:
            return self.or_default(stmt)
        replacing = self.replacement(stmt)
        if replacing is not None:
            return replacing
        before = self.spread(stmt)
        func = stmt.value.func
        if isinstance(func, gast.Attribute) and isinstance(func.value, gast.Name):
            base = self.kind(func.value)
            held = attribute(base, func.attr) if holds_attribute(base, func.attr) else ANY
            if not _is_callable(held):
                return [*before, *self.chosen(stmt, func.value, base, func.attr)]
            variable = self.scope.fresh(func.attr)
            self.kinds[variable] = held
            before.append(gast.copy_location(assign(variable, func), stmt))
            stmt.value.func = func = name(variable)
        if not isinstance(func, gast.Name) or func.id in self.scope.statics:
            return [*before, stmt]
        return [*before, *self.chosen(stmt, func, self.kind(func), "__call__")]

    def replacement(self, stmt: Any) -> list[Any] | None:
        """Return what ``dataclasses.replace`` of an instance of a known class comes to."""
        node = stmt.value
        if self.scope.statics.get(getattr(node.func, "id", "")) is not dataclasses.replace or not node.args:
            return None
        kind = self.kind(node.args[0])
        if kind.name != "object" or not isinstance(stmt, gast.Assign):
            return None
        made = replacement_of(kind.value, stmt, self.scope)
        self.resolved += made is not None
        return made

    def or_default(self, stmt: Any) -> list[Any]:
        """Write ``t = hasattr(x, "name")``, and the attribute or the default as branches of that."""
        self.resolved += 1
        owner, attr, default = stmt.value.args
        test = self.scope.fresh("t")
        asked = call(refer(self.scope, hasattr, "hasattr"), owner, attr)
        own, other = clone(stmt), clone(stmt)
        own.value = gast.Attribute(clone(owner), attr.value, gast.Load())
        other.value = clone(default)
        made = [assign(test, asked), gast.If(name(test), [own], [other])]
        for node in nodes_in(own):
            if isinstance(node, gast.expr) and not hasattr(node, "lineno"):
                gast.copy_location(node, stmt)
        return [gast.copy_location(s, stmt) for s in made]

    def is_idle_check(self, stmt: Any) -> bool:
        """Tell whether a statement looks for a function that makes its items late among some that are known not to."""
        call_ = stmt.value
        function = self.scope.statics.get(getattr(call_.func, "id", ""))
        if function is not rt.check_late or len(call_.args) != 1:
            return False
        kind = self.kind(call_.args[0])
        several = [one for one in alternatives(kind) if one.name != "none"]
        held = [one.value for one in several if _is_function(one)] + [f for f, _ in called_methods(kind)]
        return (
            bool(held) and len(held) == len(several) and not any(gives_late(f) or is_unsure(f) for f in held)
        )

    def spread(self, stmt: Any) -> list[Any]:
        """Write out the items of a tuple that is spread over the arguments of a call; return what binds them."""
        made: list[Any] = []
        arguments: list[gast.AST] = []
        for argument in stmt.value.args:
            kind = self.kind(argument.value) if isinstance(argument, gast.Starred) else ANY
            if kind.name != "tuple" or kind.items is None or kind.value is not None:
                arguments.append(argument)
                continue
            for position in range(len(kind.items)):
                part = self.scope.fresh(f"{argument.value.id}_{position}")
                made.append(assign(part, gast.Subscript(argument.value, constant(position), gast.Load())))
                arguments.append(name(part))
        stmt.value.args = arguments
        self.resolved += bool(made)
        return [gast.copy_location(each, stmt) for each in made]

    def chosen(self, stmt: Any, owner: gast.Name, kind: Kind, title: str) -> list[Any]:
        """Return the call of what ``owner`` has under a title, or of what it is, as branches for all that that may be."""
        several = [one for one in alternatives(kind) if one.name != "none" and may_have(one, title)]
        before: list[Any] = []
        if len(several) < len(alternatives(kind)):
            check = gast.Expr(call("rt.check_present", owner, constant(title)))
            before.append(gast.copy_location(check, stmt))
            self.scope.statics.setdefault("rt.check_present", rt.check_present)
        if several and several[0].name == "function" and title == "__call__":
            if all(map(_is_function, several)):
                found = [(one.value, self.of_function(one.value)) for one in several]
                return [*before, *self.branches(stmt, owner, found)]
        elif (len(several) > 1 or before or owner.id in self.narrowed) and len(
            called_methods(kind, title)
        ) == len(several):
            found = [(one.value, self.of_method(one, title, owner)) for one in several]
            if all(make is not None for _, make in found):
                if len(found) > 1:
                    cls = self.scope.fresh(f"{owner.id}_class")
                    self.scope.statics.setdefault("type", type)
                    before.append(gast.copy_location(assign(cls, call("type", owner)), stmt))
                    owner = name(cls)
                return [*before, *self.branches(stmt, owner, found)]
        return [stmt]

    def of_function(self, function: Any) -> Callable[[gast.Call], gast.Call]:
        title = refer(self.scope, function, canonical(function) or function.__name__)
        return lambda made: gast.Call(name(title), made.args, made.keywords)

    def of_method(self, kind: Kind, title: str, owner: gast.Name) -> Callable[[gast.Call], gast.Call] | None:
        found = method_of(kind, title, owner, self.scope)
        if found is None:
            return None
        function, first = found
        called = refer(self.scope, function, f"{kind.value.__name__}_{title.strip('_')}")
        return lambda made: gast.Call(name(called), [*map(clone, first), *made.args], made.keywords)

    def branches(self, stmt: Any, asked: gast.Name, found: list[tuple[Any, Any]]) -> list[Any]:
        """Return ``if asked is this: ... else: ...``; where it is none of the others it is the last."""
        self.resolved += 1
        (value, make), *others = found
        one = clone(stmt)
        one.value = gast.copy_location(make(one.value), stmt)
        if not others:
            return [one]
        test = self.scope.fresh("t")
        title = refer(self.scope, value, canonical(value) or value.__name__)
        compared = gast.Compare(clone(asked), [gast.Is()], [name(title)])
        chosen = gast.If(name(test), [one], self.branches(stmt, asked, others))
        made = [assign(test, compared), chosen]
        return [gast.copy_location(s, stmt) for s in made]


def _is_callable(kind: Kind) -> bool:
    """Tell whether an attribute holds functions, or instances that are called."""
    several = [one for one in alternatives(kind) if one.name != "none"]
    return bool(several) and (all(map(_is_function, several)) or bool(called_methods(kind)))


def _is_function(kind: Kind) -> bool:
    """Tell whether a kind is that of a function that may be called where it stands: the user's own, or one with a rule."""
    function = kind.value
    if kind.name != "function" or inspect.isgeneratorfunction(function) or package_of(function) == "srcad":
        return False
    if isinstance(function, types.FunctionType) and is_users(function):
        return registry.source_of(function) is None
    if not isinstance(function, (types.FunctionType, types.BuiltinFunctionType, np.ufunc, type(np.sum))):
        return False
    return registry.find(function) is not None or registry.is_constant(function)
