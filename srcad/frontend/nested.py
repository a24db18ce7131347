"""What a nested function reads of the functions around it, and its parameters."""

from __future__ import annotations

import inspect
from typing import Any

import gast

from srcad.lang import tree as t
from srcad.lang.function import Function, Nested
from srcad.lang.walking import children_of, clone

__all__ = ["as_definition", "free_names", "is_plain", "parameters", "signature_of", "without_annotations"]


def parameters(args: gast.arguments) -> list[str]:
    """Return the names of all parameters."""
    found = [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg]
    return [arg.id for arg in found if arg is not None]


def is_plain(args: gast.arguments) -> bool:
    """Tell whether further parameters can be added at the end of the positional ones."""
    return not (args.vararg or args.kwonlyargs or args.kwarg or args.defaults)


def signature_of(callee: Function, function: Any) -> inspect.Signature:
    """Return the signature of a function; the defaults of a nested one are expressions."""
    if not isinstance(function, Nested):
        return inspect.signature(function)
    arguments, kinds = function.tree.args, inspect.Parameter
    named = [*arguments.posonlyargs, *arguments.args]
    values = [kinds.empty] * (len(named) - len(arguments.defaults)) + [clone(d) for d in arguments.defaults]
    found = [kinds(n.id, kinds.POSITIONAL_OR_KEYWORD, default=v) for n, v in zip(named, values)]
    if arguments.vararg is not None:
        found.append(kinds(arguments.vararg.id, kinds.VAR_POSITIONAL))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        found.append(
            kinds(argument.id, kinds.KEYWORD_ONLY, default=kinds.empty if default is None else default)
        )
    return inspect.Signature(found)


def without_annotations(args: gast.arguments) -> gast.arguments:
    """Return the parameters without annotations, whose names need not exist in generated code."""

    def bare(arg: gast.Name) -> gast.Name:
        return gast.copy_location(gast.Name(arg.id, gast.Param(), None, None), arg)

    return gast.arguments(
        [bare(arg) for arg in args.args],
        [bare(arg) for arg in args.posonlyargs],
        bare(args.vararg) if args.vararg is not None else None,
        [bare(arg) for arg in args.kwonlyargs],
        args.kw_defaults,
        bare(args.kwarg) if args.kwarg is not None else None,
        args.defaults,
    )


def as_definition(tree: gast.AST, name: str) -> gast.FunctionDef:
    """Return a lambda as a function definition with one return."""
    if isinstance(tree, gast.FunctionDef):
        return tree
    body = t.place(gast.Return(tree.body), tree.body)
    definition = gast.FunctionDef(name, tree.args, [body], [], None, None, [])
    return gast.copy_location(definition, tree)


def free_names(function: gast.FunctionDef | gast.Lambda) -> list[str]:
    """Return the names that a function reads and does not bind, in the order of reading."""
    body = function.body if isinstance(function.body, list) else [function.body]
    bound = set(parameters(function.args)) | t.bound_names(body)
    declared = {
        n for node in t.own_nodes(body) if isinstance(node, gast.Nonlocal | gast.Global) for n in node.names
    }
    found: dict[str, None] = {}
    for statement in body:
        _collect(statement, bound - declared, found)
    return list(found)


def _collect(node: gast.AST, bound: set[str], found: dict[str, None]) -> None:
    """Add the free names below ``node``."""
    if isinstance(node, gast.Name):
        if node.id not in bound and not isinstance(node.ctx, gast.Param):
            found[node.id] = None
    elif isinstance(node, t.FUNCTIONS):
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                _collect(default, bound, found)
        found.update(dict.fromkeys(n for n in free_names(node) if n not in bound))
    elif isinstance(node, t.COMPREHENSIONS):
        inner = bound | {n for g in node.generators for n in t.names_written(g.target)}
        _collect(node.generators[0].iter, bound, found)
        for child in children_of(node):
            _collect(child, inner, found)
    else:
        if isinstance(node, gast.AnnAssign):
            children = [c for c in (node.target, node.value) if c is not None]
        else:
            children = list(children_of(node))
        for child in children:
            _collect(child, bound, found)
