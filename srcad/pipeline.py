"""Read this first: how a Python function becomes the Python function of its derivative.

``build`` is the whole way, top to bottom.  Each stage takes a record and returns a new one; what a
stage needs to know about the program is computed by an analysis and handed in as an argument.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

import srcad.rules  # noqa: F401  (fills the registry)
from srcad import runtime as rt
from srcad.analysis.activity import bound_before, varied_variables
from srcad.analysis.aliases import may_alias
from srcad.analysis.infer import Kinds, infer
from srcad.analysis.kinds import ANY, Kind, is_scalar
from srcad.backends.numpy_backend import load
from srcad.derive.assemble import joint, split
from srcad.derive.build import assign, call, constant, name
from srcad.derive.inline_calls import inline_calls, without_dead_copies
from srcad.derive.prepare import prepare
from srcad.derive.reverse import Reverse, reverse_steps
from srcad.derive.saving import Saved, save
from srcad.frontend import normalize, normalize_nested
from srcad.lang.function import Function, Nested
from srcad.lang.printer import Comment, to_source
from srcad.lang.scope import Dependency
from srcad.optimize import Context, optimize
from srcad.optimize.copy_propagation import copy_propagation
from srcad.optimize.tidy import tidy
from srcad.rules import registry

__all__ = ["Code", "Request", "build"]


@dataclass(frozen=True)
class Request:
    """What is to be derived.

    Attributes
    ----------
    func : callable
        A plain Python function (or a nested one of a program being differentiated).
    parameters : tuple of (str, Kind)
        All parameters of the function and the variables it captures, in order.
    wanted : tuple of str
        The parameters with respect to which to differentiate.
    mode : str
        ``"grad"``, ``"value_and_grad"``, ``"aux"`` (value, auxiliary output and gradient) or ``"vjp"``.
    exact : bool
        All numbers are float64, so that the seed is 1.0 and gradients need no conversion.
    """

    func: Any
    parameters: tuple[tuple[str, Kind], ...]
    wanted: tuple[str, ...]
    mode: str = "grad"
    exact: bool = True
    single: bool = True


@dataclass
class Code:
    """A compiled derivative: its text, the text after each stage, and the loaded functions."""

    text: str
    stages: dict[str, str]
    dependencies: list[Dependency]
    entries: list[Any] = field(default_factory=list)
    keep: Any = None

    def holds(self) -> bool:
        """Tell whether the functions that were looked up when compiling are still the same."""
        return all(dependency.holds() for dependency in self.dependencies)


def build(request: Request) -> Code:
    """Derive and compile what ``request`` asks for.

    Raises
    ------
    SrcadError
        If the program lies outside the language; nothing is kept then.
    """
    fn = read(request.func)
    users = user_names(fn)
    fn = inline_calls(fn, read, lambda value: isinstance(value, Nested))
    fn = without_dead_copies(copy_propagation(fn, Context(_is_pure)))
    fn, result = single_result(fn, request.mode)
    kinds = infer(fn, dict(request.parameters), lambda callee, arguments: ANY)
    normal = to_source(fn.tree)

    fn = prepare(fn, kinds, may_alias(fn, kinds))
    kinds = infer(fn, {**dict(request.parameters), **_untyped(fn, kinds)}, lambda callee, arguments: ANY)
    for builtin in _BUILTINS:
        if builtin not in fn.scope.taken:
            fn.scope.statics.setdefault(builtin, getattr(builtins, builtin))
    fn, arguments = keep_arguments(fn, request)
    varied = varied_variables(fn, kinds, set(request.wanted))
    swept = reverse_steps(fn, kinds, varied, bound_before(fn), result)
    swept.arguments.update(arguments)
    gradients = set(swept.gradients.values())
    names = [parameter for parameter, _ in request.parameters]
    saved = save(swept.block, fn.scope, kinds, gradients, names)
    functions = assemble(fn, request, swept, saved, kinds, result)
    _refer(functions)

    adjoint = "\n\n".join(to_source(f.tree) for f in functions)
    primal_of = {gradient: variable for variable, gradient in swept.gradients.items()}
    hints = {
        "owned": gradients,
        "keep": users | {swept.gradients[n] for n in users if n in swept.gradients},
        "inexact": [n for n, k in kinds.items() if k.name == "float" or (k.name == "array" and k.inexact)],
        "like": {g: v for g, v in primal_of.items() if kinds.get(v, ANY).name in ("array", "float")},
    }
    arrays = {n for n, k in request.parameters if k.name == "array" and k.inexact}
    convertible = arrays & set(request.wanted) if request.exact else set()
    functions = [tidy(optimize(f, _is_pure, **hints), convertible) for f in functions]
    text, entries = load(functions, fn.scope)
    stages = {"source": fn.source.text, "normal": normal, "adjoint": adjoint, "optimized": text}
    return Code(text, stages, list(fn.scope.dependencies), entries)


def read(func: Any) -> Function:
    """Return the normal form of a function or of a nested function."""
    return normalize_nested(func) if isinstance(func, Nested) else normalize(func)


def user_names(fn: Function) -> set[str]:
    """Return the variables of the user's own text."""
    return {n.id for n in gast.walk(fn.source.tree) if isinstance(n, gast.Name)}


def single_result(fn: Function, mode: str) -> tuple[Function, str]:
    """Return ``fn`` and the variable that holds the result to differentiate; under ``aux`` its first part."""
    body = list(fn.tree.body)
    last = body.pop()
    value = last.value if isinstance(last, gast.Return) and last.value is not None else constant(None)
    out = (
        fn.scope.fresh("value")
        if not isinstance(value, gast.Name) or value.id in fn.scope.statics
        else value.id
    )
    if not isinstance(value, gast.Name) or out != value.id:
        body.append(gast.copy_location(assign(out, value), last))
    if mode == "aux":
        whole, out = out, fn.scope.fresh("value")
        aux = fn.scope.fresh("aux")
        targets = [gast.Name(n, gast.Store(), None, None) for n in (out, aux)]
        pair = gast.Assign([gast.Tuple(targets, gast.Store())], name(whole), None)
        body.append(gast.copy_location(pair, last))
        return fn.with_body([*body, gast.copy_location(gast.Return(name(aux)), last)]), out
    return fn.with_body([*body, gast.copy_location(gast.Return(name(out)), last)]), out


def keep_arguments(fn: Function, request: Request) -> tuple[Function, dict[str, str]]:
    """Keep the arguments that the function overwrites, and return where."""
    written = {
        n.id
        for n in gast.walk(gast.Module(fn.tree.body, []))
        if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)
    }
    kept = {p: fn.scope.fresh(f"{p}_argument") for p in request.wanted if p in written}
    return fn.with_body([assign(new, name(old)) for old, new in kept.items()] + fn.tree.body), kept


def assemble(
    fn: Function, request: Request, swept: Reverse, saved: Saved, kinds: Kinds, result: str
) -> list[Function]:
    """Return the function, or the pair of functions, of the derivative."""
    out = swept.gradients.get(result) or fn.scope.fresh("d" + result)
    finish, gradients = gradients_of(fn, request, swept, kinds)
    comment = Commentator(fn)
    names = [parameter for parameter, _ in request.parameters]
    outcome = gast.Tuple(gradients, gast.Load())
    if request.mode == "vjp":
        needed = saved.needed | {swept.arguments.get(p, p) for p in request.wanted}
        residuals = sorted(n for n in needed | set(saved.stacks) if n not in fn.scope.statics)
        target = fn.scope.fresh("gradients")
        ending = [*finish, assign(target, outcome), gast.Return(name(target))]
        forward, backward = split(swept.block, saved, residuals, result, ending, comment)
        title = fn.tree.name
        return [
            _function(fn, f"{title}_forward", names, forward),
            _function(fn, f"{title}_backward", ["residuals", out], backward),
        ]
    returned: gast.AST = gradients[0] if request.single else outcome
    ending = list(finish)
    if isinstance(returned, gast.Tuple):
        target = fn.scope.fresh("gradients")
        ending.append(assign(target, returned))
        returned = name(target)
    kept: list[gast.stmt] = []  # the backward sweep may bring earlier values of these variables back
    if request.mode != "grad":
        primal = fn.scope.fresh(result)
        kept.append(assign(primal, name(result)))
        parts = [name(primal), returned]
        if request.mode == "aux":
            pair = fn.scope.fresh("t")
            kept.append(assign(pair, gast.Tuple([name(result), fn.tree.body[-1].value], gast.Load())))
            parts[0] = name(pair)
        both = fn.scope.fresh("t")
        ending.append(assign(both, gast.Tuple(parts, gast.Load())))
        returned = name(both)
    ending.append(gast.Return(returned))
    kind = kinds.get(result, ANY)
    plain = request.exact and is_scalar(kind)
    seed = [*kept, assign(out, constant(1.0) if plain else call("rt.seed", name(result)))]
    return [_function(fn, f"d{fn.tree.name}", names, joint(swept.block, saved, seed, ending, comment))]


def gradients_of(
    fn: Function, request: Request, swept: Reverse, kinds: Kinds
) -> tuple[list[gast.stmt], list[gast.AST]]:
    """Return statements that bring the wanted gradients to the arguments' form, and their names."""
    out: list[gast.stmt] = []
    found: list[gast.AST] = []
    for parameter in request.wanted:
        gradient = swept.gradients.get(parameter) or fn.scope.fresh("d" + parameter)
        if parameter not in swept.live:
            out.append(assign(gradient, constant(0.0)))
        kind = kinds.get(parameter, ANY)
        if not (kind.name == "float" and request.exact and parameter in swept.live):
            target = fn.scope.fresh(gradient)
            argument = swept.arguments.get(parameter, parameter)
            out.append(assign(target, call("rt.finish", name(gradient), name(argument))))
            gradient = target
        found.append(name(gradient))
    return out, found


class Commentator:
    """Makes the comment above each backward step: the line of the source that it comes from."""

    def __init__(self, fn: Function) -> None:
        self.source = fn.source
        self.lines = fn.source.text.splitlines()

    def __call__(self, stmt: gast.stmt) -> gast.stmt | None:
        """Return the comment for a statement, or None where its line is unknown."""
        line = getattr(stmt, "lineno", None)
        index = (line or 0) - self.source.first_line
        if line is None or not 0 <= index < len(self.lines):
            return None
        return gast.Expr(constant(Comment(f"line {line}: {self.lines[index].strip()}")))


def _function(fn: Function, title: str, names: list[str], body: list[gast.stmt]) -> Function:
    arguments = [gast.Name(n, gast.Param(), None, None) for n in names]
    tree = gast.FunctionDef(
        title, gast.arguments(arguments, [], None, [], [], None, []), body, [], None, None, []
    )
    return Function(gast.fix_missing_locations(gast.copy_location(tree, fn.tree)), fn.scope, fn.source)


def _untyped(fn: Function, kinds: Kinds) -> Kinds:
    """The kinds of names that preparation introduced."""
    return {n: k for n, k in kinds.items() if "trips" in n}


def _refer(functions: list[Function]) -> None:
    """Bind the NumPy, runtime and builtin functions that the derivation mentions."""
    for fn in functions:
        for node in gast.walk(fn.tree):
            if isinstance(node, gast.Name) and node.id not in fn.scope.statics:
                root, _, attribute = node.id.partition(".")
                if attribute and root in ("np", "rt"):
                    fn.scope.statics[node.id] = getattr(np if root == "np" else rt, attribute)
                elif node.id in _BUILTINS and node.id not in fn.scope.taken:
                    fn.scope.statics[node.id] = getattr(builtins, node.id)


_BUILTINS = ("len", "range", "reversed", "slice", "list", "dict", "tuple")


def _is_pure(function: Any) -> bool:
    """Tell whether a static callable has no side effect."""
    if registry.find(function) is not None or function in (
        rt.closure,
        rt.sequence,
        rt.keys,
        list,
        tuple,
        dict,
        float,
    ):
        return True
    return registry.is_constant(function) and function not in (print, input, open, rt.seed)
