"""Inline the calls of user functions that are known when compiling.

Before::

    y = square(x)

After, where ``square`` returns ``v * v``::

    v = x
    t = v * v
    y = t

Recursive calls, calls with starred arguments and callees known only at run time stay calls.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.effects import effects_of
from srcad.analysis.guards import guards_of, is_guard
from srcad.analysis.kinds import Kind, record
from srcad.derive.build import assign, call, constant, name
from srcad.derive.builtin_sources import source_of_builtin
from srcad.derive.constructors import constructor_of, replacement_of
from srcad.derive.instance_operations import InstanceOperations
from srcad.derive.instances import COPIED, RECORD, WHOLE, Instances, Treatment
from srcad.derive.known_callees import (
    Bindings,
    method_of,
    only_spread,
    rebinds,
    rebound_in,
    signature_of,
)
from srcad.derive.overwriting import drop_overwriting
from srcad.derive.supers import SupersOfClasses
from srcad.errors import NoSourceError
from srcad.frontend.computed_defaults import kept_defaults, told
from srcad.frontend.late_results import MAKERS
from srcad.frontend.renaming import Renaming
from srcad.frontend.statics import canonical
from srcad.frontend.webs import split_webs
from srcad.lang.function import Function, inlined_at
from srcad.lang.walking import NodeTransformer, clone, nodes_in
from srcad.rules import iteration, registry
from srcad.runtime.libraries import package_of

__all__ = ["inline_calls", "without_dead_copies"]

MOST_STATEMENTS = 600
"""How many statements, nested ones among them, are inlined before other calls stay calls: compile time grows
faster than the text."""
_KEPT = (copy.copy, copy.deepcopy, dataclasses.replace)
"""Functions of the standard library that work on values and their shadows alike."""

Normalize = Callable[[Any], Function]


def inline_calls(
    fn: Function,
    normalize: Normalize,
    is_nested: Callable[[Any], bool],
    kinds: Mapping[str, Kind],
    reread: Callable[[], Function] | None = None,
    receivers: Mapping[str, Kind] = types.MappingProxyType({}),
    first: str = COPIED,
    last: str = RECORD,
) -> Function:
    """Return ``fn`` with the calls of known functions replaced by the callees' statements.

    ``kinds`` are those of the parameters, ``receivers`` those of variables that hold objects wherever they are bound.
    With ``reread``, which returns ``fn`` as it was given, the instances that are made in the program and stay in it are
    taken apart, by the treatment that is tried ``first``, or the ``last`` that may help (see `srcad.derive.instances`).
    """
    treatment: Treatment | None = None if reread is None else {}
    while True:
        inliner = _Inliner(fn, normalize, is_nested, kinds, Instances(fn.scope, treatment, first, last))
        inliner.instances.update(receivers)
        taking_out = inliner.take_out(kinds)
        body = taking_out + inliner.block(fn.tree.body, (_identity(fn.source.func),))
        inliner.operations.check(body)
        if treatment is None or reread is None or not inliner.made.wrong:
            fn = replace(fn.with_body(body), source=inliner.source)
            return split_webs(fn) if inliner.made.apart else fn
        treatment.update(inliner.made.wrong)
        fn = reread()


class _Inliner:
    def __init__(
        self,
        fn: Function,
        normalize: Normalize,
        is_nested: Callable[[Any], bool],
        kinds: Mapping[str, Kind],
        made: Instances,
    ) -> None:
        self.fn, self.scope, self.normalize, self.is_nested = fn, fn.scope, normalize, is_nested
        objects = {n: kind for n, kind in kinds.items() if kind.name == "object"}
        rebound = rebound_in(fn.tree.body)
        self.instances = {n: kind for n, kind in objects.items() if n not in rebound}
        self.made = made
        steady = {n: kind for n, kind in kinds.items() if n not in rebound}
        self.bindings = Bindings()
        self.bindings.look_at(fn.tree.body)
        self.bindings.given(n.id for n in nodes_in(fn.tree.args) if isinstance(n, gast.Name))
        self.operations = InstanceOperations(fn.scope, self.made, steady, self.bindings.in_one_place)
        self.size = 0
        self.blocks = 0
        self.guards = guards_of(fn)
        self.guarded = 0
        self.defaults: dict[int, types.ModuleType] = {}
        self.source = fn.source
        self.supers = SupersOfClasses(fn.scope, self.bindings)

    def take_out(self, kinds: Mapping[str, Kind]) -> list[gast.stmt]:
        """Take the arguments out of ``*args`` and ``**kwargs`` of the function itself, which are only passed on."""
        made: list[gast.stmt] = []
        for parameter in (self.fn.tree.args.vararg, self.fn.tree.args.kwarg):
            kind = kinds.get(parameter.id) if parameter is not None else None
            if kind is None or kind.items is None or not only_spread(self.fn.tree.body, parameter.id):
                continue
            is_tuple = kind.name == "tuple"
            keys = list(range(len(kind.items))) if is_tuple else [key for key, _ in kind.items]
            parts = [self.scope.fresh(f"{parameter.id}_{key}" if is_tuple else key) for key in keys]
            for part, key in zip(parts, keys):
                taking = assign(part, gast.Subscript(name(parameter.id), constant(key), gast.Load()))
                made.append(gast.copy_location(taking, self.fn.tree.body[0]))
            values: list[gast.AST] = [name(part) for part in parts]
            self.bindings.displays[parameter.id] = (
                gast.Tuple(values, gast.Load())
                if is_tuple
                else gast.Dict([constant(k) for k in keys], values)
            )
        return made

    def block(self, body: list[gast.stmt], active: tuple[Any, ...]) -> list[gast.stmt]:
        out: list[gast.stmt] = []
        for whole in body:
            stmt = self.operations.read(whole)
            if stmt is None:
                continue
            if isinstance(stmt, gast.Assign) and self.bindings.in_one_place(
                getattr(stmt.targets[0], "id", "")
            ):
                self.operations.compare(stmt)
            chosen = self.operations.chosen(stmt)
            if chosen is not None:
                out += self.block(chosen, active)
                continue
            guarded = isinstance(stmt, gast.With) and is_guard(stmt, self.guards)
            self.guarded += guarded
            for part in ("body", "orelse", "finalbody"):
                inner = getattr(stmt, part, None)
                if inner:
                    setattr(stmt, part, self.inner_block(inner, active))
            self.guarded -= guarded
            inlined = self.statement(stmt, active)
            emitted = [stmt] if inlined is None else inlined
            self.operations.observe(emitted)
            out += emitted
        return out

    def inner_block(self, body: list[gast.stmt], active: tuple[Any, ...]) -> list[gast.stmt]:
        around = self.made.path
        self.blocks += 1
        self.made.path = (*around, self.blocks)
        out = self.block(body, active)
        self.made.path = around
        return out

    def statement(self, stmt: gast.stmt, active: tuple[Any, ...]) -> list[gast.stmt] | None:
        if isinstance(stmt, gast.Assign) and isinstance(stmt.value, gast.Name):
            made = self.bound(stmt.targets, stmt.value)
            return None if made is None else [gast.copy_location(s, stmt) for s in made]
        if not isinstance(stmt, (gast.Assign, gast.Expr)) or not isinstance(stmt.value, gast.Call):
            return None
        self.bindings.spread(stmt.value)
        self.supers.note(stmt)
        if self.supers.is_prompt(stmt.value):
            return self.block(
                [gast.copy_location(gast.Assign(stmt.targets, stmt.value.args[0], None), stmt)], active
            )
        replacing = self.replacement(stmt)
        if replacing is not None:
            return self.block(replacing, active)
        made = self.instance(stmt, active)
        if made is not None:
            return made
        gathered = self.gathered(stmt.value)
        if gathered is not None:
            return [gast.copy_location(gathered, stmt), *(self.statement(stmt, active) or [stmt])]
        found = self.callee(stmt.value)
        if found is None or self.size > MOST_STATEMENTS:
            return None
        function, first, captured = found
        identity = self.identity_of_nested(stmt.value, function, active) or _identity(function)
        receiver = getattr(first[0], "id", "") if first else ""
        if self.made.class_of(receiver) is not None:
            identity = (
                identity,
                receiver,
            )  # an object that holds another one of its class calls the method of that
        if any(identity == other for other in active):
            return None
        try:
            callee = self.normalize(function)
            if self.guarded and effects_of(callee, self.normalize, (function,)):
                return None  # what was done of it before an exception is known at the call alone
            bound = self.bind(stmt.value, callee, function, first, captured)
        except (TypeError, NoSourceError):
            return None
        if bound is None:
            return None
        return self.splice(stmt, callee, bound, (*active, identity))

    def identity_of_nested(self, node: gast.Call, function: Any, active: tuple[Any, ...]) -> Any:
        """Return what tells a nested function from that of the same text made in another body; None for others.

        A function that is not made in sight is that around the call, or around the function that has the call.
        """
        if not self.is_nested(function):
            return None
        made = self.bindings.closure(getattr(node.func, "id", ""))
        if made is not None:
            return function, made.body
        around = (other for other in active if isinstance(other, tuple) and other[0] is function)
        return next(around, (function, 0))

    def replacement(self, stmt: gast.stmt) -> list[gast.stmt] | None:
        """Return what ``dataclasses.replace`` of an instance of a known class comes to."""
        node = stmt.value
        called = self.scope.statics.get(self.bindings.function(getattr(node.func, "id", "")))
        if called is not dataclasses.replace or not isinstance(stmt, gast.Assign) or not node.args:
            return None
        kind = self.instance_kind(node.args[0])
        return None if kind is None else replacement_of(kind.value, stmt, self.scope)

    def instance(self, stmt: gast.stmt, active: tuple[Any, ...]) -> list[gast.stmt] | None:
        """Return what making an instance comes to, where that is to be taken apart."""
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        if not isinstance(target, gast.Name) or not isinstance(stmt.value.func, gast.Name):
            return None
        cls = self.scope.statics.get(self.bindings.function(stmt.value.func.id))
        if not self.made.may_take_apart(cls) or self.size > MOST_STATEMENTS:
            return None
        is_record = self.made.is_record(cls)
        variable = self.scope.fresh(cls.__name__.lower()) if is_record else target.id
        constructor = constructor_of(cls, stmt.value, variable, self.scope)
        if constructor is None:
            return None
        self.made.begin(variable, cls)
        out = self.block([gast.copy_location(s, stmt) for s in constructor], active)
        if not is_record:
            self.made.end()
            return out
        attributes = self.made.put_together(out)
        if attributes is None:
            return out
        if self.makes_late(out):
            self.made.wrong[cls] = WHOLE  # what it goes over may change before it does
            return out
        title = self.scope.refer(cls, canonical(cls) or cls.__name__)
        self.scope.statics.setdefault("rt.instance", rt.instance)
        made = call("rt.instance", name(title))
        made.keywords = [gast.keyword(attribute, name(slot)) for attribute, slot in attributes.items()]
        return [*out, gast.copy_location(assign(target.id, made), stmt)]

    def makes_late(self, body: list[gast.stmt]) -> bool:
        """Tell whether statements make an iterator."""
        calls = (n for stmt in body for n in nodes_in(stmt) if isinstance(n, gast.Call))
        made = [self.scope.statics.get(getattr(call_.func, "id", "")) for call_ in calls]
        return any(function is maker for function in made for maker in MAKERS)

    def bound(self, targets: list[gast.AST], value: gast.AST | None) -> list[gast.stmt] | None:
        """Return the statements that bind ``targets`` to an instance that is taken apart; None for anything else."""
        target = targets[0]
        if isinstance(value, gast.Name) and isinstance(target, gast.Name):
            self.supers.alias(target.id, value.id)
            if isinstance(self.scope.statics.get(value.id), type):
                self.bindings.alias(target, value, self.scope.statics)
            if value.id in self.scope.statics or self.bindings.closure(value.id) is not None:
                self.made.hold(target.id, value.id)
            if self.made.class_of(value.id) is not None:
                return self.made.copy(target.id, value.id, is_bound_once=self.bindings.once(target.id))
        return None

    def gathered(self, node: gast.Call) -> gast.stmt | None:
        """Make one argument of those of ``max(a, *b)``, and return the statement that binds it."""
        extreme = isinstance(node.func, gast.Name) and self.scope.statics.get(node.func.id) in (max, min)
        if not extreme or not any(isinstance(a, gast.Starred) for a in node.args):
            return None
        values = self.scope.fresh("values")
        statement = assign(values, gast.Tuple(node.args, gast.Load()))
        node.args = [name(values)]
        return statement

    def callee(self, node: gast.Call) -> tuple[Any, list[gast.AST], list[gast.AST]] | None:
        """Return the known function that is called, its first arguments and the values it captures."""
        if isinstance(node.func, gast.Attribute):
            return self.method(node.func.value, node.func.attr)
        if not isinstance(node.func, gast.Name):
            return None
        if self.instance_kind(node.func) is not None:
            return self.method(node.func, "__call__")
        known = self.bindings.closure(node.func.id)
        if known is not None:
            return self.scope.statics[known[0]], [], known[1]
        identifier = self.bindings.function(node.func.id)
        if identifier not in self.scope.statics:
            return None
        function = self.scope.statics[identifier]
        if self.is_nested(function):
            return function, [], []
        starred = any(isinstance(a, gast.Starred) for a in node.args)
        builtin = isinstance(function, (types.BuiltinFunctionType, type, np.ufunc))
        has_text = builtin or function is np.polyfit or registry.source_of(function)
        if has_text and not starred:
            drop_overwriting(self.fn, node)
            written_out = source_of_builtin(function, len(node.args), tuple(k.arg for k in node.keywords))
            return (written_out, [], []) if written_out is not None else None
        asks = function in (iteration.prompt, iteration.prompt_method, iteration.with_method)
        if not isinstance(function, types.FunctionType) or _is_internal(function) and not asks:
            return None
        if registry.find(function) is not None or registry.is_constant(function) or function in _KEPT:
            return None
        if registry.reason_refused(function) is not None:
            return None
        return (function, [], []) if not inspect.isgeneratorfunction(function) else None

    def instance_kind(self, node: gast.AST) -> Kind | None:
        """Return the kind of the object that a variable surely holds, where its class is known."""
        variable = getattr(node, "id", "")
        cls = self.made.class_of(variable)
        return self.instances.get(variable) if cls is None else record(cls, ())

    def method(self, receiver: gast.AST, attribute: str) -> tuple[Any, list[gast.AST], list[gast.AST]] | None:
        """Return the method of an argument whose class is known, or of ``super()`` of a class."""
        of_super = self.supers.method(receiver, attribute)
        if of_super is not None:
            return (*of_super, [])
        kind = self.instance_kind(receiver)
        found = method_of(kind, attribute, receiver, self.scope) if kind is not None else None
        return (*found, []) if found is not None and not _is_internal(found[0]) else None

    def bind(
        self,
        node: gast.Call,
        callee: Function,
        function: Any,
        first: list[gast.AST],
        captured: list[gast.AST],
    ) -> dict[str, gast.AST] | None:
        """Return the operation that each parameter of the callee is assigned."""
        if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            return None
        signature = signature_of(callee, function)
        if signature is None or callee.captured and isinstance(function, types.FunctionType):
            return None
        positional = [*first, *node.args]
        if not captured and callee.captured:
            count = len(positional) - len(callee.captured)
            positional, captured = positional[:count], positional[count:]
        kept = dict(zip(callee.captured, captured))
        missing = kept_defaults(callee.tree.body)
        arguments = signature.bind(*positional, **{k.arg: k.value for k in node.keywords})
        bound: dict[str, gast.AST] = {}
        for parameter in signature.parameters.values():
            value = arguments.arguments.get(parameter.name, parameter.default)
            if parameter.kind is parameter.VAR_POSITIONAL:
                values = list(arguments.arguments.get(parameter.name, ()))
                bound[parameter.name] = gast.Tuple(values, gast.Load())
            elif parameter.kind is parameter.VAR_KEYWORD:
                pairs = arguments.arguments.get(parameter.name, {})
                bound[parameter.name] = gast.Dict([constant(k) for k in pairs], list(pairs.values()))
            elif isinstance(value, gast.AST):
                bound[parameter.name] = value
            elif value is ...:
                bound[parameter.name] = clone(kept[missing[parameter.name]])
            elif isinstance(value, (int, float, str, bool, type(None))):
                bound[parameter.name] = constant(value)
            elif _may_change(value) and effects_of(callee, self.normalize, (function,)):
                bound[parameter.name] = self.lasting(function, callee, parameter.name, value)
            else:
                bound[parameter.name] = name(self.scope.refer(value, f"{callee.tree.name}_{parameter.name}"))
        bound.update(zip(callee.captured, captured))
        return bound if len(captured) == len(callee.captured) or not callee.captured else None

    def lasting(self, function: Any, callee: Function, parameter: str, value: Any) -> gast.AST:
        """Return the read of a default that may be changed: it lives on between calls, as global variables do."""
        defaults = self.defaults.setdefault(id(function), types.ModuleType("defaults"))
        setattr(defaults, parameter, value)
        holder = self.scope.refer(defaults, f"{callee.tree.name}_defaults")
        return gast.Attribute(name(holder), parameter, gast.Load())

    def splice(
        self, stmt: gast.stmt, callee: Function, bound: dict[str, gast.AST], active: tuple[Any, ...]
    ) -> list[gast.stmt]:
        callee = callee.with_body(told(callee.tree.body))
        renaming = Renaming(self.scope, callee)
        out: list[gast.stmt] = []
        for parameter, value in bound.items():
            if self.stands_for(callee, parameter, value):
                renaming.names[parameter] = value.id
                continue
            local = renaming.local(parameter)
            if isinstance(value, (gast.Tuple, gast.Dict)) and only_spread(callee.tree.body, parameter):
                self.bindings.displays[local] = value
            else:
                self.bindings.stores[local] = self.bindings.stores.get(local, 0) + 1
                made = self.bound([gast.Name(local, gast.Store(), None, None)], value)
                made = [assign(local, value)] if made is None else made
                self.operations.observe(made)
                out += made
                if not rebinds(callee.tree.body, parameter):
                    self.operations.note(local, value)
        body = [renaming.visit(clone(s)) for s in callee.tree.body]
        self.size += sum(isinstance(node, gast.stmt) for part in body for node in nodes_in(part))
        returned = body.pop()
        self.bindings.look_at(body)
        self.locate(body, callee, stmt)
        out += self.block(body, active)
        if isinstance(stmt, gast.Assign):
            read = self.operations.read(returned)
            value = read.value if isinstance(read, gast.Return) and read.value is not None else constant(None)
            self.bindings.alias(stmt.targets[0], value, self.scope.statics)
            made = self.bound(stmt.targets, value)
            out += [gast.Assign(stmt.targets, value, None)] if made is None else made
        self.scope.dependencies += [d for d in callee.scope.dependencies if d not in self.scope.dependencies]
        return [s if hasattr(s, "lineno") else gast.copy_location(s, stmt) for s in out]

    def stands_for(self, callee: Function, parameter: str, value: gast.AST) -> bool:
        """Tell whether a parameter is but another name for a function or an object whose class is known."""
        if not isinstance(value, gast.Name) or rebinds(callee.tree.body, parameter):
            return False
        if callee.source.func in (iteration.prompt, iteration.prompt_method):
            return value.id not in self.scope.statics
        is_known = self.instance_kind(value) is not None or self.bindings.closure(value.id) is not None
        return is_known or isinstance(
            self.scope.statics.get(value.id), (types.FunctionType, types.BuiltinFunctionType)
        )

    def locate(self, body: list[gast.stmt], callee: Function, stmt: gast.stmt) -> None:
        """Give the callee's statements their places; what srcad itself has written is at the call."""
        source = callee.source
        if (getattr(source.func, "__module__", None) or "").startswith("srcad."):
            for inner in body:
                for node in nodes_in(inner):
                    if isinstance(node, (gast.stmt, gast.expr)):
                        gast.copy_location(node, stmt)
            return
        call = stmt.value if hasattr(stmt.value, "lineno") else stmt
        self.source = inlined_at(call, body, source, self.source)


def _identity(function: Any) -> Any:
    """Return what tells whether a function is the same as one that calls it; closures share their code."""
    return function if getattr(function, "__closure__", None) else getattr(function, "__code__", function)


def _is_internal(function: types.FunctionType) -> bool:
    return package_of(function) in ("numpy", "srcad")


def without_dead_copies(fn: Function) -> Function:
    """Return ``fn`` without assignments of one variable to another, or of a nested function, that nothing reads."""
    while True:
        read = {n for node in nodes_in(fn.tree) for n in _names_read(node)}
        remover = _CopyRemover(read)
        body = [s for s in map(remover.visit, fn.tree.body) if s is not None]
        fn = fn.with_body(body)
        if not remover.removed:
            return fn


def _names_read(node: gast.AST) -> list[str]:
    """Return the name that a node reads; an update reads its target."""
    if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load):
        return [node.id]
    updated = isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name)
    return [node.target.id] if updated else []


class _CopyRemover(NodeTransformer):
    def __init__(self, read: set[str]) -> None:
        self.read, self.removed = read, False

    def visit_Assign(self, node: gast.Assign) -> gast.AST | None:
        target = node.targets[0]
        closure = isinstance(node.value, gast.Call) and getattr(node.value.func, "id", "") == "rt.closure"
        unread = isinstance(target, gast.Name) and target.id not in self.read
        parent = isinstance(node.value, gast.Call) and getattr(node.value.func, "id", "") == "super"
        dead = unread and (closure or parent or isinstance(node.value, gast.Name))
        self.removed = self.removed or dead
        return None if dead else node

    def visit_If(self, node: gast.If) -> gast.AST:
        self.generic_visit(node)
        node.body = node.body or [gast.Pass()]
        return node

    visit_For = visit_While = visit_With = visit_If


def _may_change(default: Any) -> bool:
    """Tell whether a default is memory; an ellipsis stands for a captured variable."""
    if isinstance(default, tuple):
        return any(map(_may_change, default))
    plain = isinstance(default, (str, bytes, int, float, complex, np.generic, type(None)))
    return default is not ... and not plain and not callable(default)
