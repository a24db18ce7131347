"""What an inliner knows about the functions that are called: where they are found and what their parameters are."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import gast

from srcad.analysis.kinds import Kind
from srcad.derive.build import name
from srcad.lang.function import Function
from srcad.lang.scope import Dependency, Scope, replaceable_parts
from srcad.lang.walking import nodes_in
from srcad.rules import registry

__all__ = [
    "Bindings",
    "method_of",
    "nested_signature",
    "only_spread",
    "rebinds",
    "rebound_in",
    "signature_of",
]


class Closing(NamedTuple):
    """The making of a closure: the static name of the nested function, what it captures, and in which body of all."""

    function: str
    captured: list[gast.AST]
    body: int


class Bindings:
    """Variables that are bound once, and what they surely hold: a nested function, a function or a display."""

    def __init__(self) -> None:
        self.bodies = 0
        self.stores: dict[str, int] = {}
        self.closures: dict[str, Closing] = {}
        self.functions: dict[str, str] = {}
        self.displays: dict[str, gast.Tuple | gast.Dict] = {}

    def look_at(self, body: list[gast.stmt]) -> None:
        """Note what the statements of ``body`` bind."""
        self.bodies += 1
        for stmt in body:
            for node in nodes_in(stmt):
                if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store):
                    self.stores[node.id] = self.stores.get(node.id, 0) + 1
                value = getattr(node, "value", None)
                if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Name):
                    continue
                if isinstance(value, gast.Call) and getattr(value.func, "id", "") == "rt.closure":
                    if isinstance(value.args[0], gast.Name):
                        made = Closing(value.args[0].id, value.args[1:], self.bodies)
                        self.closures[node.targets[0].id] = made

    def once(self, variable: str) -> bool:
        """Tell whether a variable is bound in one place only."""
        return self.stores.get(variable, 0) <= 1

    def given(self, parameters: Iterable[str]) -> None:
        """Note that parameters are bound when the function is called."""
        for parameter in parameters:
            self.stores[parameter] = self.stores.get(parameter, 0) + 1

    def in_one_place(self, variable: str) -> bool:
        """Tell whether a variable surely has the value of its one assignment, wherever that was come to before."""
        return self.stores.get(variable) == 1

    def closure(self, variable: str) -> Closing | None:
        """Return the nested function that a variable surely holds, and what that captures."""
        return self.closures.get(variable) if self.once(variable) else None

    def function(self, variable: str) -> str:
        """Return the static name of the function that a variable surely holds; else the variable."""
        return self.functions.get(variable, variable) if self.once(variable) else variable

    def alias(self, target: gast.AST, value: gast.AST | None, statics: Mapping[str, Any]) -> None:
        """Note that ``target`` is bound to ``value``, where that is a function."""
        if isinstance(target, gast.Name) and isinstance(value, gast.Name):
            known = self.closure(value.id)
            if known is not None:
                self.closures[target.id] = known
            elif isinstance(statics.get(value.id), (types.FunctionType, types.BuiltinFunctionType, type)):
                self.functions[target.id] = value.id

    def spread(self, node: gast.Call) -> None:
        """Write out the elements of ``*args`` and ``**kwargs`` that gather arguments which are known."""
        arguments: list[gast.AST] = []
        for argument in node.args:
            display = self.displays.get(getattr(getattr(argument, "value", None), "id", ""))
            whole = isinstance(argument, gast.Starred) and isinstance(display, gast.Tuple)
            arguments += display.elts if whole else [argument]  # type: ignore[union-attr]
        keywords: list[gast.keyword] = []
        for keyword in node.keywords:
            display = self.displays.get(getattr(keyword.value, "id", ""))
            if keyword.arg is None and isinstance(display, gast.Dict):
                keywords += [gast.keyword(k.value, v) for k, v in zip(display.keys, display.values)]
            else:
                keywords.append(keyword)
        node.args, node.keywords = arguments, keywords


def rebinds(body: list[gast.stmt], variable: str) -> bool:
    """Tell whether statements bind a variable."""
    return variable in rebound_in(body)


def rebound_in(body: list[gast.stmt]) -> set[str]:
    """Return the variables that statements bind."""
    return {
        node.id
        for stmt in body
        for node in nodes_in(stmt)
        if isinstance(node, gast.Name) and not isinstance(node.ctx, gast.Load)
    }


def only_spread(body: list[gast.stmt], variable: str) -> bool:
    """Tell whether a variable is used as ``*variable`` or ``**variable`` of calls and in no other way."""
    spread = set()
    for stmt in body:
        for node in nodes_in(stmt):
            if isinstance(node, gast.Call):
                spread |= {id(a.value) for a in node.args if isinstance(a, gast.Starred)}
                spread |= {id(k.value) for k in node.keywords if k.arg is None}
    uses = [
        node
        for stmt in body
        for node in nodes_in(stmt)
        if isinstance(node, gast.Name) and node.id == variable
    ]
    return all(id(node) in spread for node in uses)


def method_of(
    kind: Kind, attribute: str, receiver: gast.AST, scope: Scope
) -> tuple[types.FunctionType, list[gast.AST]] | None:
    """Return the function that ``receiver.attribute`` calls on an instance of a known class, and its first arguments.

    None where that is known only when the program runs.
    """
    cls = kind.value
    if not isinstance(cls, type) or kind.items is None or attribute in dict(kind.items):
        return None
    if cls.__getattribute__ not in (object.__getattribute__, tuple.__getattribute__):
        return None
    owner = next((c for c in cls.__mro__ if attribute in vars(c)), None)
    if owner is None:
        return None
    found = vars(owner)[attribute]
    first: list[gast.AST] = [receiver]
    if isinstance(found, staticmethod):
        first = []
    elif isinstance(found, classmethod):
        first = [name(scope.refer(cls, cls.__name__))]
    function = found.__func__ if isinstance(found, (staticmethod, classmethod)) else found
    if not isinstance(function, types.FunctionType) or inspect.isgeneratorfunction(function):
        return None
    if registry.find(function) is not None or registry.source_of(function) is not None:
        return None
    parts = [(vars(owner), attribute, found), *replaceable_parts(function)]
    scope.dependencies += [Dependency(*part) for part in parts]
    return function, first


def signature_of(callee: Function, function: Any) -> inspect.Signature | None:
    """Return the signature of a function; None where a default of a nested one is computed."""
    if isinstance(function, types.FunctionType):
        return inspect.signature(function, follow_wrapped=False)
    return nested_signature(callee)


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
