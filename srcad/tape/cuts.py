"""Rules cut down to the gradients that are asked for, so that nothing is computed for a constant."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
import types
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["Cut", "cut"]

_SHAPES = ("shape", "ndim", "size", "iscomplexobj")


class Cut(NamedTuple):
    """A rule that returns some of its gradients: one itself, several as a tuple.

    ``reads`` names the parameters of whose values, and not only shapes, it makes use.
    """

    function: Callable[..., Any]
    reads: frozenset[str]


@functools.cache
def cut(rule: Callable[..., Any], count: int, wanted: tuple[int, ...]) -> Cut:
    """Return ``rule``, which has ``count`` gradients, cut to those at the positions ``wanted``."""
    tree = _tree(rule)
    if tree is None:
        everything = frozenset(inspect.signature(rule).parameters)
        return Cut(rule if count == 1 else _selection(rule, wanted), everything)
    if count > 1:
        for node in ast.walk(tree):
            if isinstance(node, ast.Return) and node.value is not None:
                node.value = _selected(node.value, wanted)
        _remove_unused(tree)
    function = rule if count == 1 else _compiled(tree, rule)
    return Cut(function, frozenset(_values_read(tree)))


def _tree(rule: Callable[..., Any]) -> ast.FunctionDef | None:
    """Return the syntax tree of a rule, on the lines of its file, if the rule is no closure and has source."""
    if not isinstance(rule, types.FunctionType) or rule.__closure__ is not None:
        return None
    try:
        lines, first = inspect.getsourcelines(rule)
        tree = ast.parse(textwrap.dedent("".join(lines))).body[0]
    except (OSError, SyntaxError):
        return None
    # A file that changed since it was imported shows another text.
    names = [a.arg for a in ast.walk(tree) if isinstance(a, ast.arg)]
    if not isinstance(tree, ast.FunctionDef) or not set(names) >= set(inspect.signature(rule).parameters):
        return None
    if tree.name != rule.__name__:
        return None
    return ast.increment_lineno(tree, first - 1)


def _selection(rule: Callable[..., Any], wanted: tuple[int, ...]) -> Callable[..., Any]:
    """Return a function that computes all the gradients and returns those wanted."""

    def selection(*args: Any, **kwargs: Any) -> Any:
        found = rule(*args, **kwargs)
        return found[wanted[0]] if len(wanted) == 1 else tuple(found[i] for i in wanted)

    return selection


def _selected(value: ast.expr, wanted: tuple[int, ...]) -> ast.expr:
    if isinstance(value, ast.Tuple):
        parts = [value.elts[i] for i in wanted]
    else:
        parts = [ast.Subscript(value, ast.Constant(i), ast.Load()) for i in wanted]
    return parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())


def _remove_unused(tree: ast.FunctionDef) -> None:
    """Remove assignments to variables that nothing reads; a rule has no side effects."""
    removed = True
    while removed:
        read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        remover = _Remover(read)
        remover.visit(tree)
        removed = remover.removed


class _Remover(ast.NodeTransformer):
    def __init__(self, read: set[str]) -> None:
        self.read = read
        self.removed = False

    def visit_Assign(self, node: ast.Assign) -> ast.Assign | ast.Pass:
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id not in self.read:
            self.removed = True
            return ast.copy_location(ast.Pass(), node)
        return node


def _compiled(tree: ast.FunctionDef, rule: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of ``tree`` in the module of ``rule``."""
    assert isinstance(rule, types.FunctionType)
    tree.decorator_list = []
    tree.args.defaults = [ast.Constant(None) for _ in tree.args.defaults]
    tree.args.kw_defaults = [None if d is None else ast.Constant(None) for d in tree.args.kw_defaults]
    module = ast.fix_missing_locations(ast.Module([tree], []))
    code = compile(module, rule.__code__.co_filename, "exec")
    body = next(c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == tree.name)
    function = types.FunctionType(body, rule.__globals__, rule.__name__, rule.__defaults__)
    function.__kwdefaults__ = rule.__kwdefaults__
    return function


def _values_read(tree: ast.FunctionDef) -> set[str]:
    """Return the variables that are read otherwise than for their shape or kind."""
    spared: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _SHAPES:
                spared.update(node.args)
            elif node.func.attr == "unbroadcast":
                spared.update(node.args[1:])
    return {
        n.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n not in spared
    }
