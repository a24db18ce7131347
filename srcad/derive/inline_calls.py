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
import inspect
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gast

from srcad.derive.build import assign, constant, name
from srcad.derive.builtin_sources import source_of_builtin
from srcad.errors import NoSourceError
from srcad.lang.function import Function, inlined_at
from srcad.rules import registry

__all__ = ["inline_calls", "nested_signature", "without_dead_copies"]

MOST_STATEMENTS = 400
_KEPT = (copy.copy, copy.deepcopy)
"""Functions of the standard library that work on values and their shadows alike."""

Normalize = Callable[[Any], Function]


def inline_calls(fn: Function, normalize: Normalize, is_nested: Callable[[Any], bool]) -> Function:
    """Return ``fn`` with the calls of known functions replaced by the callees' statements."""
    inliner = _Inliner(fn, normalize, is_nested)
    body = inliner.block(
        fn.tree.body, (fn.source.func.__code__,) if hasattr(fn.source.func, "__code__") else ()
    )
    return replace(fn.with_body(body), source=inliner.source)


class _Inliner:
    def __init__(self, fn: Function, normalize: Normalize, is_nested: Callable[[Any], bool]) -> None:
        self.fn, self.scope, self.normalize, self.is_nested = fn, fn.scope, normalize, is_nested
        self.closures: dict[str, tuple[Any, list[gast.AST]] | None] = {}
        self.size = 0
        self.source = fn.source
        self.find_closures(fn.tree.body)

    def find_closures(self, body: list[gast.stmt]) -> None:
        """Find the variables that surely hold one known nested function."""
        for stmt in body:
            for node in gast.walk(stmt):
                if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Name):
                    continue
                target, value = node.targets[0].id, node.value
                is_closure = (
                    isinstance(value, gast.Call)
                    and isinstance(value.func, gast.Name)
                    and value.func.id == "rt.closure"
                )
                known = (value.args[0], value.args[1:]) if is_closure else None
                self.closures[target] = None if target in self.closures else known

    def block(self, body: list[gast.stmt], active: tuple[Any, ...]) -> list[gast.stmt]:
        out: list[gast.stmt] = []
        for stmt in body:
            for part in ("body", "orelse", "finalbody"):
                inner = getattr(stmt, part, None)
                if inner:
                    setattr(stmt, part, self.block(inner, active))
            inlined = self.statement(stmt, active)
            out += [stmt] if inlined is None else inlined
        return out

    def statement(self, stmt: gast.stmt, active: tuple[Any, ...]) -> list[gast.stmt] | None:
        if not isinstance(stmt, (gast.Assign, gast.Expr)) or not isinstance(stmt.value, gast.Call):
            return None
        found = self.callee(stmt.value)
        if found is None or self.size > MOST_STATEMENTS:
            return None
        function, captured = found
        identity = function if self.is_nested(function) else function.__code__
        if any(identity is other for other in active):
            return None
        try:
            callee = self.normalize(function)
            bound = self.bind(stmt.value, callee, function, captured)
        except (TypeError, NoSourceError):
            return None
        if bound is None:
            return None
        return self.splice(stmt, callee, bound, (*active, identity))

    def callee(self, node: gast.Call) -> tuple[Any, list[gast.AST]] | None:
        """Return the known function that is called and the values it captures."""
        if not isinstance(node.func, gast.Name):
            return None
        if node.func.id in self.scope.statics:
            function = self.scope.statics[node.func.id]
            if self.is_nested(function):
                return function, []
            starred = any(isinstance(a, gast.Starred) for a in node.args)
            has_text = isinstance(function, (types.BuiltinFunctionType, type)) or registry.source_of(function)
            if has_text and not starred:
                written_out = source_of_builtin(function, len(node.args), tuple(k.arg for k in node.keywords))
                return (written_out, []) if written_out is not None else None
            plain = isinstance(function, types.FunctionType) and not str(function.__module__).startswith(
                "numpy"
            )
            if plain and str(function.__module__).startswith("srcad."):
                return None
            if not plain or str(function.__module__).startswith("srcad.r") or function.__closure__:
                return None
            if registry.find(function) is not None or registry.is_constant(function) or function in _KEPT:
                return None
            return (function, []) if not inspect.isgeneratorfunction(function) else None
        known = self.closures.get(node.func.id)
        if known is None or not isinstance(known[0], gast.Name):
            return None
        return self.scope.statics[known[0].id], known[1]

    def bind(
        self, node: gast.Call, callee: Function, function: Any, captured: list[gast.AST]
    ) -> dict[str, gast.AST] | None:
        """Return the operation that each parameter of the callee is assigned."""
        if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            return None
        signature = _signature(callee, function)
        if signature is None:
            return None
        positional = list(node.args)
        if not captured and callee.captured and not isinstance(function, types.FunctionType):
            count = len(positional) - len(callee.captured)
            positional, captured = positional[:count], positional[count:]
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
            elif isinstance(value, (int, float, str, bool, type(None))):
                bound[parameter.name] = constant(value)
            else:
                bound[parameter.name] = name(self.scope.refer(value, f"{callee.tree.name}_{parameter.name}"))
        bound.update(zip(callee.captured, captured))
        return bound if len(captured) == len(callee.captured) or not callee.captured else None

    def splice(
        self, stmt: gast.stmt, callee: Function, bound: dict[str, gast.AST], active: tuple[Any, ...]
    ) -> list[gast.stmt]:
        renaming = _Renamer(self.scope, callee)
        out: list[gast.stmt] = [assign(renaming.local(p), value) for p, value in bound.items()]
        body = [renaming.visit(copy.deepcopy(s)) for s in callee.tree.body]
        self.size += len(body)
        returned = body.pop()
        self.find_closures(body)
        self.locate(body, callee, stmt)
        out += self.block(body, active)
        if isinstance(stmt, gast.Assign):
            out.append(gast.Assign(stmt.targets, returned.value or constant(None), None))
        self.scope.dependencies += [d for d in callee.scope.dependencies if d not in self.scope.dependencies]
        return [s if hasattr(s, "lineno") else gast.copy_location(s, stmt) for s in out]

    def locate(self, body: list[gast.stmt], callee: Function, stmt: gast.stmt) -> None:
        """Give the callee's statements their places; what srcad itself has written is at the call."""
        source = callee.source
        if (getattr(source.func, "__module__", None) or "").startswith("srcad."):
            for inner in body:
                for node in gast.walk(inner):
                    if isinstance(node, (gast.stmt, gast.expr)):
                        gast.copy_location(node, stmt)
            return
        call = stmt.value if hasattr(stmt.value, "lineno") else stmt
        self.source = inlined_at(call, body, source, self.source)


def _signature(callee: Function, function: Any) -> inspect.Signature | None:
    return (
        inspect.signature(function) if isinstance(function, types.FunctionType) else nested_signature(callee)
    )


def nested_signature(callee: Function) -> inspect.Signature | None:
    """Return the signature of a nested function without what it captures; None where a default is computed."""
    arguments = callee.tree.args
    kinds = inspect.Parameter
    named = [a.id for a in [*arguments.posonlyargs, *arguments.args] if a.id not in callee.captured]
    defaults = arguments.defaults
    if not all(isinstance(d, gast.Constant) for d in [*defaults, *[d for d in arguments.kw_defaults if d]]):
        return None
    values = [kinds.empty] * (len(named) - len(defaults)) + [d.value for d in defaults]
    found = [kinds(n, kinds.POSITIONAL_OR_KEYWORD, default=v) for n, v in zip(named, values)]
    if arguments.vararg is not None:
        found.append(kinds(arguments.vararg.id, kinds.VAR_POSITIONAL))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        value = kinds.empty if default is None else default.value
        if argument.id not in callee.captured:
            found.append(kinds(argument.id, kinds.KEYWORD_ONLY, default=value))
    if arguments.kwarg is not None:
        found.append(kinds(arguments.kwarg.id, kinds.VAR_KEYWORD))
    return inspect.Signature(found)


def without_dead_copies(fn: Function) -> Function:
    """Return ``fn`` without assignments of one variable to another that nothing reads."""
    while True:
        read = {n for node in gast.walk(fn.tree) for n in _names_read(node)}
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


class _CopyRemover(gast.NodeTransformer):
    def __init__(self, read: set[str]) -> None:
        self.read, self.removed = read, False

    def visit_Assign(self, node: gast.Assign) -> gast.AST | None:
        target = node.targets[0]
        dead = (
            isinstance(target, gast.Name) and target.id not in self.read and isinstance(node.value, gast.Name)
        )
        self.removed = self.removed or dead
        return None if dead else node

    def visit_If(self, node: gast.If) -> gast.AST:
        self.generic_visit(node)
        node.body = node.body or [gast.Pass()]
        return node

    visit_For = visit_While = visit_With = visit_If


class _Renamer(gast.NodeTransformer):
    """Give the callee's locals fresh names, and its statics their names in the caller."""

    def __init__(self, scope: Any, callee: Function) -> None:
        self.scope, self.callee = scope, callee
        self.names: dict[str, str] = {}

    def local(self, identifier: str) -> str:
        if identifier not in self.names:
            self.names[identifier] = self.scope.fresh(identifier)
        return self.names[identifier]

    def visit_Name(self, node: gast.Name) -> gast.Name:
        statics = self.callee.scope.statics
        if node.id in statics and node.id not in self.names:
            return gast.copy_location(
                gast.Name(self.scope.refer(statics[node.id], node.id), node.ctx, None, None), node
            )
        return gast.copy_location(gast.Name(self.local(node.id), node.ctx, None, None), node)
