"""What a function changes outside of itself, and where: an exception may leave it with only a part of that done."""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.outputs import outputs_of
from srcad.analysis.results.calls import ARRAY_METHODS, is_quiet
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in
from srcad.rules import registry
from srcad.rules.iteration import prompt
from srcad.runtime.libraries import package_of

__all__ = ["Effect", "effects_of"]

_MAKING = frozenset(
    "zeros ones empty full zeros_like ones_like empty_like full_like array arange linspace eye identity copy list dict "
    "tuple sorted deepcopy range len".split()
)
_READING = frozenset(
    "get keys values items copy format startswith endswith index count join split strip lower upper encode".split()
)
_QUIET = (isinstance, issubclass, hasattr, getattr, callable, iter, print, repr, format, super, type, id, map, filter,
          zip, enumerate, reversed, any, all, min, max, sum, sorted, set, frozenset, rt.closure, rt.catching,
          rt.named_tuple)  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """A statement that may change what lives outside of the function.

    Attributes
    ----------
    line : int
        Where it begins in the file.
    loop : tuple of int or None
        The first and the last line of the outermost loop, or ``try`` with a ``finally``, around it.
    called : str
        The parameter that is called, where the statement changes nothing but what that function does.
    """

    line: int
    loop: tuple[int, int] | None
    called: str = ""

    def precedes(self, line: int) -> bool:
        """Tell whether the statement may have been done when something fails on ``line``."""
        return self.line < line or self.loop is not None and self.loop[0] <= line <= self.loop[1]


def effects_of(fn: Function, read: Callable[[Any], Function], active: tuple[Any, ...] = ()) -> list[Effect]:
    """Return the statements of a function in NORMAL form that may change what is not its own.

    ``read`` gives the normal form of a function that is called; those in ``active`` are being looked at.
    """
    finder = _Finder(fn, read, active)
    finder.block(fn.tree.body, None)
    return finder.found


class _Finder:
    def __init__(self, fn: Function, read: Callable[[Any], Function], active: tuple[Any, ...]) -> None:
        self.fn, self.read, self.active = fn, read, active
        self.found: list[Effect] = []
        self.own = self.own_names()
        self.parameters = self.called_as()
        first = next(iter(fn.tree.args.args), None)
        if fn.tree.name == "__init__" and first is not None:
            self.own.add(first.id)

    def own_names(self) -> set[str]:
        """Return the variables that only ever hold values which the function has made itself."""
        made: dict[str, bool] = {}
        for node in nodes_in(self.fn.tree):
            if isinstance(node, gast.Assign):
                for target in node.targets:
                    for part in nodes_in(target):
                        if isinstance(part, gast.Name) and isinstance(part.ctx, gast.Store):
                            made[part.id] = made.get(part.id, True) and self.makes(node.value)
            elif isinstance(node, gast.For) and isinstance(node.target, gast.Name):
                made[node.target.id] = made.get(node.target.id, True)
        given = {n.id for n in nodes_in(self.fn.tree.args) if isinstance(n, gast.Name)}
        return {variable for variable, own in made.items() if own} - given

    def makes(self, value: gast.AST) -> bool:
        """Tell whether an operation gives a new value, and no view."""
        if isinstance(value, gast.Call):
            if isinstance(value.func, gast.Attribute):
                return value.func.attr == "copy"
            function = self.fn.scope.statics.get(value.func.id)
            return getattr(function, "__name__", "") in _MAKING and not isinstance(function, types.FunctionType) \
                or isinstance(function, np.ufunc)  # fmt: skip
        made = (
            gast.Constant,
            gast.BinOp,
            gast.UnaryOp,
            gast.Compare,
            gast.List,
            gast.Dict,
            gast.Set,
            gast.Tuple,
        )
        return isinstance(value, made)

    def block(self, body: list[gast.stmt], loop: tuple[int, int] | None) -> None:
        for stmt in body:
            inner = loop
            if loop is None and (
                isinstance(stmt, (gast.For, gast.While)) or getattr(stmt, "finalbody", None)
            ):
                lines = [n.lineno for n in nodes_in(stmt) if hasattr(n, "lineno")]
                inner = (min(lines), max(lines))
            parts = [getattr(stmt, part, None) or [] for part in ("body", "orelse", "finalbody")]
            if any(parts):
                for part in parts:
                    self.block(part, inner)
            elif self.changes(stmt):
                self.found.append(Effect(stmt.lineno, loop, self.called_parameter(stmt)))

    def called_parameter(self, stmt: gast.stmt) -> str:
        """Return the parameter that a statement calls, and does nothing else; an empty text for other statements."""
        value = getattr(stmt, "value", None)
        targets = getattr(stmt, "targets", [])
        plain = isinstance(stmt, gast.Assign | gast.Expr) and all(isinstance(g, gast.Name) for g in targets)
        title = getattr(value.func, "id", "") if plain and isinstance(value, gast.Call) else ""
        return self.parameters.get(title, "")

    def called_as(self) -> dict[str, str]:
        """Return the names that only ever stand for one parameter, with that parameter."""
        nodes = list(nodes_in(self.fn.tree))
        stored = Counter(n.id for n in nodes if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store))
        given = {n.id for n in nodes_in(self.fn.tree.args) if isinstance(n, gast.Name)} - stored.keys()
        found = {title: title for title in given}
        for node in nodes:
            made = node.value if isinstance(node, gast.Assign) else None
            called = self.fn.scope.statics.get(getattr(getattr(made, "func", None), "id", ""))
            if (
                called is prompt
                and isinstance(node.targets[0], gast.Name)
                and stored[node.targets[0].id] == 1
            ):
                title = getattr(made.args[0], "id", "")
                found |= {node.targets[0].id: title} if title in given else {}
        return found

    def changes(self, stmt: gast.stmt) -> bool:
        targets = getattr(stmt, "targets", None) or [getattr(stmt, "target", None)]
        for target in targets:
            if isinstance(target, (gast.Subscript, gast.Attribute)) and not self.is_own(target.value):
                return True
        if (
            isinstance(stmt, gast.AugAssign)
            and isinstance(stmt.target, gast.Name)
            and not self.is_own(stmt.target)
        ):
            return True
        value = getattr(stmt, "value", None)
        return isinstance(value, gast.Call) and self.call_changes(value)

    def is_own(self, node: gast.AST) -> bool:
        return isinstance(node, gast.Name) and node.id in self.own

    def call_changes(self, node: gast.Call) -> bool:
        called = self.fn.scope.statics.get(getattr(node.func, "id", ""))
        if isinstance(node.func, gast.Attribute):
            called = getattr(np.ndarray, node.func.attr, None)
        written = outputs_of(called, node)
        if any(not self.is_own(value) and not isinstance(value, gast.Constant) for value in written):
            return True
        if isinstance(node.func, gast.Attribute):
            attribute = node.func.attr
            return not (self.is_own(node.func.value) or attribute in ARRAY_METHODS or attribute in _READING)
        function = self.fn.scope.statics.get(getattr(node.func, "id", ""))
        if isinstance(function, np.ufunc):
            return False
        if function is None or registry.is_mutating(function):
            return not (node.args and self.is_own(node.args[0]))
        if any(function is quiet for quiet in _QUIET) or is_quiet(function):
            return False
        if isinstance(function, type):
            return package_of(function) != "builtins" and not issubclass(function, BaseException)
        if not isinstance(function, types.FunctionType):
            return True
        if any(function is other for other in self.active):
            return False
        try:
            callee = self.read(function)
        except Exception:  # what cannot be read is not known
            return True
        return bool(effects_of(callee, self.read, (*self.active, function)))
