"""A generated function that stops at the first backward step which makes a NaN or an infinity.

The statements stay as they are, with their places; after each one stands a check of what it has bound or changed.
"""

from __future__ import annotations

import ast
import math
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcad.backends.line_map import LineMap, Position, line_map_of
from srcad.errors import Location, NonFiniteError
from srcad.lang.function import Span, is_undoing
from srcad.runtime.memory import Cell

__all__ = ["checked", "entries_checked", "require_finite"]

_FIRST, _WATCH, _CHECK = "__srcad_first__", "__srcad_watch__", "__srcad_check__"


class _Checking(threading.local):
    """Whether functions that are called at run time are to be checked too, in this thread."""

    active = False


_checking = _Checking()


def checked(generated: Any) -> Callable[..., Any]:
    """Return a generated function with `finite_checks`, in which what is called at run time has them too."""
    function = finite_checks(generated)

    def run(*args: Any) -> Any:
        before, _checking.active = _checking.active, True
        try:
            return function(*args)
        finally:
            _checking.active = before

    return run


def entries_checked(entries: Sequence[Any]) -> tuple[Any, ...]:
    """Return generated functions, with checks if a `checked` one is running."""
    return tuple(map(finite_checks, entries)) if _checking.active else tuple(entries)


def finite_checks(generated: Any) -> Callable[..., Any]:
    """Return a generated function with checks; they are kept with it.

    Returns
    -------
    callable
        It raises `NonFiniteError`, with the place of the user's line, where ``generated`` would go on.
    """
    known: Callable[..., Any] | None = vars(generated).get("finite_checks")
    lines = line_map_of(generated)
    if known is not None or lines is None:
        return known if known is not None else generated  # type: ignore[no-any-return]
    checks = _Checks(lines)
    tree = ast.fix_missing_locations(checks.visit(ast.parse(lines.text)))
    space = {**generated.__globals__, _WATCH: checks.watch, _CHECK: checks.check}
    exec(compile(tree, generated.__code__.co_filename, "exec"), space)
    made: Callable[..., Any] = space[generated.__name__]
    vars(generated)["finite_checks"] = made
    return made


def require_finite(gradient: Any, function: str, location: Location | None) -> None:
    """Raise the error if a gradient is not finite, though no step of the function itself has made it so."""
    wrong = _what_is_wrong(gradient)
    if wrong:
        raise NonFiniteError(f"The result of '{function}', or a function that it calls, makes {wrong} in the gradient.",
                             "Keep its arguments away from where the derivative is not finite; differentiate what it calls "
                             "alone, under check_nans.", location)  # fmt: skip


class _Checks(ast.NodeTransformer):
    """Puts a check after each statement, and around what the statement has taken in of others."""

    def __init__(self, lines: LineMap) -> None:
        self.lines = lines
        self.places: list[tuple[Position, str]] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        start = ast.Assign([ast.Name(_FIRST, ast.Store())], ast.Constant(None))
        node.body.insert(0, ast.copy_location(start, node.body[0]))
        return node

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        if _is_load(node.value) and self.lines.is_backward(_position(node)):
            return [node]
        node.value = self.nested(node.value, self.span(node))
        return [node, *self.after(node, node.targets)]

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        node.value = self.nested(node.value, self.span(node))
        return [node, *self.after(node, [node.target])]

    def visit_Expr(self, node: ast.Expr) -> list[ast.stmt]:
        node.value = self.nested(node.value, self.span(node))
        arguments = node.value.args if isinstance(node.value, ast.Call) else []
        return [node, *self.after(node, arguments[:1])]

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        node.value = self.nested(node.value, self.span(node)) if node.value is not None else None
        return node

    def span(self, node: ast.AST) -> Span | None:
        return self.lines.span(_position(node))

    def nested(self, node: Any, around: Span | None) -> Any:
        """Return an expression with checks around the parts that come from another place than what is around them."""
        if isinstance(
            node, (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp, ast.JoinedStr)
        ):
            return node
        own = self.span(node) if isinstance(node, ast.expr) else around
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(node, field, [self.nested(v, own) if isinstance(v, ast.AST) else v for v in value])
            elif isinstance(value, ast.AST):
                setattr(node, field, self.nested(value, own))
        if own == around or own is None or not is_undoing(own) or isinstance(node, (ast.Slice, ast.Starred)):
            return node
        self.places.append((_position(node), "a part of it"))
        arguments = [ast.Name(_FIRST, ast.Load()), ast.Constant(len(self.places) - 1), node]
        return ast.copy_location(ast.Call(ast.Name(_CHECK, ast.Load()), arguments, []), node)

    def after(self, node: ast.stmt, targets: list[Any]) -> list[ast.stmt]:
        """Return the checks of what a statement has bound or changed."""
        found: list[ast.stmt] = []
        for name in dict.fromkeys(name for target in targets for name in _names(target)):
            self.places.append((_position(node), f"'{name}'"))
            arguments: list[ast.expr] = [ast.Constant(len(self.places) - 1), ast.Name(name, ast.Load())]
            first = ast.Name(_FIRST, ast.Load())
            if self.lines.is_backward(_position(node)):
                stmt: ast.stmt = ast.Expr(ast.Call(ast.Name(_CHECK, ast.Load()), [first, *arguments], []))
            else:
                watched = ast.BoolOp(ast.Or(), [first, ast.Call(ast.Name(_WATCH, ast.Load()), arguments, [])])
                stmt = ast.Assign([ast.Name(_FIRST, ast.Store())], watched)
            found.append(ast.copy_location(stmt, node))
        return found

    def watch(self, number: int, value: Any) -> Location | None:
        """Return the place at which a value of the primal is not finite."""
        origins = self.lines.origins(self.places[number][0]) if _what_is_wrong(value) else []
        return origins[-1].location if origins else None

    def check(self, first: Location | None, number: int, value: Any) -> Any:
        """Return a value of the backward sweep; raise the error if it is not finite."""
        wrong = _what_is_wrong(value)
        if not wrong:
            return value
        position, title = self.places[number]
        origins = self.lines.origins(position)
        hint = "Keep the arguments away from where the derivative is infinite or does not exist."
        if first is not None:
            hint = f"The value of line {first.line}, {first.text.strip()!r}, is the first that is not finite itself."
        raise NonFiniteError(f"The backward step of this line makes {wrong} in {title}.", hint,
                             origins[-1].location if origins else None)  # fmt: skip


def _position(node: Any) -> Position:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _is_load(value: ast.expr) -> bool:
    """Tell whether an expression computes nothing, but reads a variable or what was saved of one."""
    while isinstance(value, (ast.Subscript, ast.Attribute)):
        value = value.value
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Attribute) and value.func.attr == "pop"
    return isinstance(value, ast.Name)


def _names(target: Any) -> list[str]:
    """Return the variables that a target binds or changes."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for element in target.elts for name in _names(element)]
    while isinstance(target, (ast.Subscript, ast.Attribute, ast.Starred)):
        target = target.value
    return [target.id] if isinstance(target, ast.Name) else []


def _what_is_wrong(value: Any) -> str:
    """Return what a number, an array or a container holds that is not finite."""
    if isinstance(value, float):
        return "" if math.isfinite(value) else "a NaN" if math.isnan(value) else "an infinity"
    if isinstance(value, (np.ndarray, np.generic, complex)):
        array = np.asarray(value)
        if array.dtype.kind not in "fc" or np.isfinite(array).all():
            return ""
        return "a NaN" if np.isnan(array).any() else "an infinity"
    if isinstance(value, (list, tuple)):
        return next(filter(None, map(_what_is_wrong, value)), "")
    if isinstance(value, Cell):
        return _what_is_wrong(value.g)
    return next(filter(None, map(_what_is_wrong, value.values())), "") if isinstance(value, dict) else ""
