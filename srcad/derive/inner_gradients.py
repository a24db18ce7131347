"""Gradients of known functions that a program takes inside become calls of the generated function.

Before, where ``energy`` is a plain function and ``x`` an array of numbers in double precision::

    slope = srcad.grad(energy)
    y = slope(x)

After, which `srcad.derive.inline_calls.inline_calls` then writes out::

    y = denergy(x)

What the kinds of the arguments leave open, and what works on shadow memory, is resolved when the program runs.
"""

from __future__ import annotations

import copy
import inspect
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import gast

from srcad import runtime as rt
from srcad.analysis.infer import Changes, infer
from srcad.analysis.kinds import FLOAT64, NEVER, Kind, container, is_scalar
from srcad.analysis.kinds_of_operations import Kinds, Returns, kind_of_operation
from srcad.analysis.stores import Stores
from srcad.derive.build import assign, constant, name
from srcad.derive.known_callees import Bindings, signature_of
from srcad.errors import NoSourceError, SrcadError
from srcad.lang.function import Function, Nested
from srcad.lang.walking import clone, nodes_in
from srcad.rules import registry

__all__ = ["Inner", "describe", "has_shadow_calls", "operators", "write_out_gradients"]

_RUNTIME_NAME = re.compile(r"\brt\.(\w+)\(")
_LANGUAGE = (rt.closure, rt.named_tuple, rt.sequence)
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_NOT_NUMBERS = ("str", "none", "bool")

Normalize = Callable[[Any], Function]


@dataclass(frozen=True)
class Inner:
    """The gradient of a known function.

    Attributes
    ----------
    func : callable, Nested or Inner
        The function, which may be such a gradient itself.
    argnums : tuple of int or str
        The parameters that it is with respect to.
    single, valued : bool
        The gradient stands alone and not in a tuple; the value of the function stands before it.
    """

    func: Any
    argnums: tuple[int | str, ...]
    single: bool
    valued: bool

    def wanted(self, names: list[str]) -> tuple[str, ...]:
        """Return the parameters that ``argnums`` means; nothing where it does not fit or means one twice."""
        found: list[str] = []
        for which in self.argnums:
            if isinstance(which, str) and which in names:
                found.append(which)
            elif isinstance(which, int) and 0 <= which < len(names):  # from the end: resolved at the call
                found.append(names[which])
        fits = len(found) == len(self.argnums) == len(set(found))
        return tuple(found) if fits else ()


Derive = Callable[[Inner, tuple[tuple[str, Kind], ...], tuple[str, ...]], Any]

operators: dict[Any, bool] = {}
"""The functions that make gradients; whether the value stands before the gradient."""

describe: list[Callable[[Any], Inner | None]] = []
"""Tells what a gradient is that the program finds outside."""


def has_shadow_calls(text: str) -> bool:
    """Tell whether generated text calls functions of the runtime that have no derivative rule of their own."""
    called = (getattr(rt, name) for name in set(_RUNTIME_NAME.findall(text)))
    return any(
        registry.find(function) is None and not registry.is_constant(function) and function not in _LANGUAGE
        for function in called
    )


def write_out_gradients(
    fn: Function,
    parameters: Kinds,
    inferred_by: tuple[Returns, Changes],
    normalize: Normalize,
    derive: Derive,
    unpack: Callable[[Function], Function],
) -> Function:
    """Return ``fn``, in normal form, with the gradients that it takes of known functions written out.

    Parameters
    ----------
    fn : Function
        In normal form.
    parameters : mapping
        The kinds of its parameters.
    inferred_by : tuple of callable
        What `infer` asks about functions.
    normalize : callable
        Gives the normal form of a function or of a nested one.
    derive : callable
        Gives the generated function for a gradient, the kinds of all parameters and captured values, and the names of
        those to differentiate by; None where it is not fit to stand in another program.
    unpack : callable
        Makes variables of cells.
    """
    makers = {n for n, value in fn.scope.statics.items() if _makes_gradients(value)}
    if not makers or not any(isinstance(n, gast.Name) and n.id in makers for n in nodes_in(fn.tree)):
        return fn
    refused: set[int] = set()
    while True:
        mark = fn.scope.mark()
        sites = _Sites(fn, normalize, refused)
        candidate = unpack(fn.with_body(sites.block([clone(stmt) for stmt in fn.tree.body])))
        if not sites.found:
            return fn
        failed = _resolve(candidate, sites, parameters, inferred_by, derive)
        if not failed:
            return candidate.with_body(_without_makers(candidate.tree.body, sites.makers))
        fn.scope.restore(mark)
        refused |= failed


def _makes_gradients(value: Any) -> bool:
    return isinstance(value, types.FunctionType) and value in operators or _described(value) is not None


def _described(value: Any) -> Inner | None:
    found = [inner for inner in (look(value) for look in describe) if inner is not None]
    return found[0] if found else None


@dataclass(frozen=True)
class _Site:
    """A call of a gradient, the parameters and captured variables, and those to differentiate by."""

    inner: Inner
    number: int
    names: tuple[str, ...]
    wanted: tuple[str, ...]

    def kind(self, given: list[Kind]) -> Kind:
        """Return the kind of the result for arguments of these kinds."""
        if NEVER in given:
            return NEVER
        by_name = dict(zip(self.names, given))
        parts = [_kind_of_gradient(by_name[n]) for n in self.wanted]
        gradient = parts[0] if self.inner.single else container("tuple", tuple(parts))
        return container("tuple", (FLOAT64, gradient)) if self.inner.valued else gradient


def _kind_of_gradient(kind: Kind) -> Kind:
    if is_scalar(kind):
        return FLOAT64
    return replace(kind, value=None) if kind.name == "array" else kind


class _Sites:
    """Find the calls of gradients, and put a function that stands for the generated one in the place of each."""

    def __init__(self, fn: Function, normalize: Normalize, refused: set[int]) -> None:
        self.scope, self.normalize, self.refused = fn.scope, normalize, refused
        self.bindings = Bindings()
        self.bindings.look_at(fn.tree.body)
        self.displays: dict[str, gast.Tuple] = {}
        self.makers: dict[str, gast.Call] = {}
        for node in nodes_in(fn.tree):
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                variable = node.targets[0].id
                if isinstance(node.value, gast.Tuple) and self.bindings.once(variable):
                    self.displays[variable] = node.value
                elif isinstance(node.value, gast.Call) and self.bindings.once(variable):
                    if self.static(node.value.func) in operators:
                        self.makers[variable] = node.value
        self.found: dict[Any, _Site] = {}
        self.count = 0

    def static(self, node: gast.AST) -> Any:
        found = self.scope.statics.get(getattr(node, "id", ""))
        return found if isinstance(found, types.FunctionType) else None

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        out: list[gast.stmt] = []
        for stmt in body:
            for part in ("body", "orelse"):
                inner = getattr(stmt, part, None)
                if inner and not isinstance(stmt, gast.With):
                    setattr(stmt, part, self.block(inner))
            if isinstance(stmt, (gast.Assign, gast.Expr)) and isinstance(stmt.value, gast.Call):
                out += [gast.copy_location(made, stmt) for made in self.rewritten(stmt)]
            out.append(stmt)
        return out

    def rewritten(self, stmt: gast.stmt) -> list[gast.stmt]:
        """Replace the call of a gradient in ``stmt``; return what is to be done before."""
        inner = self.inner(stmt.value.func)
        if inner is None:
            return []
        self.count += 1
        if self.count in self.refused:
            return []
        before: list[gast.stmt] = []
        bound = self.bound(inner, stmt.value, before)
        if bound is None:
            return []
        names, wanted, arguments = bound
        stand_in = lambda: None  # noqa: E731
        kinds = inspect.Parameter
        stand_in.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [kinds(n, kinds.POSITIONAL_ONLY) for n in names]
        )
        stand_in.__module__ = "__main__"
        title = name(self.scope.refer(stand_in, "inner_gradient"))
        stmt.value = gast.copy_location(gast.Call(title, arguments, []), stmt.value)
        self.found[stand_in] = _Site(inner, self.count, names, wanted)
        return before

    def inner(self, node: gast.AST) -> Inner | None:
        """Return the gradient that is called; None where it is not known."""
        variable = getattr(node, "id", "")
        made = self.makers.get(variable)
        if made is None:
            return _described(self.scope.statics.get(variable))
        given: dict[str, Any] = dict(zip(("f", "argnums"), made.args)) if len(made.args) <= 2 else {}
        given.update({k.arg: k.value for k in made.keywords})
        function = self.function(given.get("f"))
        argnums, single = self.argnums(given.get("argnums", constant(0)))
        if function is None or not argnums or not set(given) <= {"f", "argnums"}:
            return None
        return Inner(function, argnums, single, operators[self.static(made.func)])

    def function(self, node: gast.AST | None) -> Any:
        variable = getattr(node, "id", "")
        closure = self.bindings.closure(variable)
        if closure is not None:
            return self.scope.statics[closure[0]]
        if variable in self.makers and node is not None:
            inner = self.inner(node)
            positive = inner is not None and all(isinstance(n, str) or n >= 0 for n in inner.argnums)
            return inner if positive else None
        found = self.scope.statics.get(variable)
        if isinstance(found, Nested):
            return found
        plain = isinstance(found, types.FunctionType) and registry.find(found) is None
        return found if plain and found.__closure__ is None and found not in operators else None

    def argnums(self, node: gast.AST) -> tuple[tuple[int | str, ...], bool]:
        display = self.displays.get(getattr(node, "id", ""))
        parts = display.elts if display is not None else [node]
        values = tuple(getattr(part, "value", None) for part in parts)
        plain = all(isinstance(part, gast.Constant) for part in parts)
        if not plain or not all(type(value) in (int, str) for value in values):
            return (), False
        return values, display is None

    def captured(self, node: gast.AST) -> list[gast.AST] | None:
        """Return the captured values of the function whose gradient a variable holds."""
        made = self.makers.get(getattr(node, "id", ""))
        if made is None:
            return []
        function = made.args[0] if made.args else next(k.value for k in made.keywords if k.arg == "f")
        if getattr(function, "id", "") in self.makers:
            return self.captured(function)
        closure = self.bindings.closure(getattr(function, "id", ""))
        return closure[1] if closure is not None else []

    def bound(
        self, inner: Inner, node: gast.Call, before: list[gast.stmt]
    ) -> tuple[tuple[str, ...], tuple[str, ...], list[gast.AST]] | None:
        """Return the parameters with the captured variables, those to differentiate by, and the arguments."""
        function = inner.func
        while isinstance(function, Inner):
            function = function.func
        try:
            callee = self.normalize(function)
        except (NoSourceError, SrcadError):
            return None
        signature = signature_of(callee, function)
        captured = self.captured(node.func)
        starred = any(isinstance(a, gast.Starred) for a in node.args) or any(
            k.arg is None for k in node.keywords
        )
        if signature is None or starred or captured is None or len(captured) != len(callee.captured):
            return None
        if any(p.kind not in _POSITIONAL for p in signature.parameters.values()):
            return None
        own = list(signature.parameters)
        wanted = inner.wanted(own)
        try:
            given = signature.bind(*node.args, **{k.arg: k.value for k in node.keywords})
        except TypeError:
            return None
        given.apply_defaults()
        values = list(given.arguments.values())
        plain = [v if isinstance(v, gast.AST) else _literal(v) for v in values]
        if not wanted or any(value is None for value in plain):
            return None
        cells = set(function.cells.values()) if isinstance(function, Nested) else set()
        arguments: list[gast.AST] = [value for value in plain if value is not None]
        for variable, value in zip(callee.captured, captured):
            arguments.append(self.contents(value, before) if variable in cells else value)
        return (*own, *callee.captured), wanted, arguments

    def contents(self, cell: gast.AST, before: list[gast.stmt]) -> gast.AST:
        """Return a cell with the contents that a cell has now."""
        value, held = self.scope.fresh("value"), self.scope.fresh("cell")
        before.append(assign(value, gast.Subscript(copy.copy(cell), constant(0), gast.Load())))
        before.append(assign(held, gast.List([name(value)], gast.Load())))
        return name(held)


def _literal(value: Any) -> gast.AST | None:
    return constant(value) if type(value) in (int, float, bool, str, type(None)) else None


# -- kinds -------------------------------------------------------------------------------------------


def _resolve(
    fn: Function,
    sites: _Sites,
    parameters: Kinds,
    inferred_by: tuple[Returns, Changes],
    derive: Derive,
) -> set[int]:
    """Put the generated functions in place; return the numbers of the calls that have none."""
    returns, changes = inferred_by

    def returns_here(callee: Any, given: list[Kind]) -> Kind:
        site = sites.found.get(callee) if isinstance(callee, types.FunctionType) else None
        return returns(callee, given) if site is None else site.kind(given)

    def changes_here(callee: Any, given: list[Kind]) -> Stores | None:
        return None if callee in sites.found else changes(callee, given)

    kinds = infer(fn, parameters, returns_here, changes_here)
    made: dict[Any, Any] = {}
    failed: set[int] = set()
    converted: dict[int, list[gast.stmt]] = {}
    for node in list(nodes_in(fn.tree)):
        callee = fn.scope.statics.get(getattr(getattr(node, "func", None), "id", ""))
        site = sites.found.get(callee) if isinstance(callee, types.FunctionType) else None
        if site is None or not isinstance(node, gast.Call):
            continue
        given = [kind_of_operation(argument, kinds, fn) for argument in node.args]
        key = site.inner, tuple(given)
        if key not in made:
            made[key] = _generated(site, given, derive)
        if made[key] is None:
            failed.add(site.number)
            continue
        node.func = name(fn.scope.refer(made[key], made[key].__name__))
        before = [
            _converted(node, k, fn)
            for k, (n, kind) in enumerate(zip(site.names, given))
            if n in site.wanted and is_scalar(kind) and kind.dtype != "float64"
        ]
        if before:
            converted[id(node)] = before
    if not failed:
        _put_before(fn.tree.body, converted)
    return failed


def _generated(site: _Site, given: list[Kind], derive: Derive) -> Any:
    """Return the generated function for arguments of these kinds, None where they leave something open."""
    if not all(map(_is_settled, given)):
        return None
    plain = [replace(kind, value=None) if is_scalar(kind) else kind for kind in given]
    kinds = tuple((n, FLOAT64 if n in site.wanted and is_scalar(k) else k) for n, k in zip(site.names, plain))
    fit = all(
        kind.name == "float" or kind.name == "array" and kind.dtype == "float64"
        for n, kind in kinds
        if n in site.wanted
    )
    return derive(site.inner, kinds, site.wanted) if fit else None


def _is_settled(kind: Kind) -> bool:
    """Tell whether all numbers in a value of this kind are known to be real and in double precision, or integers."""
    if kind.name == "array":
        return kind.ndim is not None and kind.dtype in ("float64", "int")
    if kind.name == "float":
        return kind.dtype in ("float64", "double")
    if kind.name == "int":
        return kind.dtype == "int"
    if kind.name in ("tuple", "list") and kind.value is None:
        return kind.items is not None and all(map(_is_settled, kind.items))
    if kind.name == "dict" and kind.value is None:
        return kind.items is not None and all(_is_settled(item) for _, item in kind.items)
    return kind.name in _NOT_NUMBERS


def _converted(node: gast.Call, position: int, fn: Function) -> gast.stmt:
    """Return the statement that makes a float of an argument, which may be an integer."""
    value = fn.scope.fresh("value")
    fn.scope.statics.setdefault("float", float)
    made = assign(value, gast.Call(name("float"), [node.args[position]], []))
    node.args[position] = name(value)
    return made


def _put_before(body: list[gast.stmt], statements: Mapping[int, list[gast.stmt]]) -> None:
    for stmt in list(body):
        for part in ("body", "orelse"):
            _put_before(getattr(stmt, part, None) or [], statements)
        made = statements.get(id(getattr(stmt, "value", None)))
        if made is not None:
            place = next(k for k, other in enumerate(body) if other is stmt)
            body[place:place] = [gast.copy_location(before, stmt) for before in made]


def _without_makers(body: list[gast.stmt], makers: Mapping[str, gast.Call]) -> list[gast.stmt]:
    """Return statements without the making of gradients that nothing reads any more."""
    while True:
        read = {
            node.id
            for stmt in body
            for node in nodes_in(stmt)
            if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load)
        }
        unread = set(makers) - read
        kept = _without(body, unread)
        if kept is None:
            return body
        body = kept


def _without(body: list[gast.stmt], unread: set[str]) -> list[gast.stmt] | None:
    """Return statements without assignments to some variables; None if there are none."""
    changed = False
    out: list[gast.stmt] = []
    for stmt in body:
        if isinstance(stmt, gast.Assign) and getattr(stmt.targets[0], "id", "") in unread:
            changed = True
            continue
        for part in ("body", "orelse"):
            inner = getattr(stmt, part, None)
            kept = _without(inner, unread) if inner else None
            if kept is not None:
                changed = True
                setattr(stmt, part, kept or ([gast.Pass()] if part == "body" else []))
        out.append(stmt)
    return out if changed else None
