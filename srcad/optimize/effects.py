"""What a statement reads, binds and changes, and which names may share memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from srcad.lang.function import Function
from srcad.lang.printer import Comment

__all__ = ["WORLD", "Context", "Effects", "base_name", "blocks_of", "defines", "is_comment"]

WORLD = "@world"  # stands for all memory that exists outside of the function
_CONTENTS = "*"  # prefix: what the elements of a history list refer to

_PURE_METHODS = frozenset(
    "all any argmax argmin argsort astype conj conjugate copy cumprod cumsum diagonal dot flatten item items "
    "keys max mean min nonzero prod ravel repeat reshape round squeeze std sum swapaxes take tolist trace "
    "transpose values var".split()
)
_FRESH_METHODS = frozenset(
    "all any argmax argmin argsort copy cumprod cumsum dot flatten item max mean min prod repeat round std "
    "sum take trace var".split()
)
_FRESH_NUMPY = frozenset(
    "zeros zeros_like ones ones_like empty empty_like full full_like array copy arange linspace eye identity "
    "shape ndim size sum mean prod max min amax amin std var cumsum cumprod argmax argmin argsort sort where "
    "concatenate stack vstack hstack outer inner dot vdot tensordot kron cross tile repeat take logaddexp "
    "result_type count_nonzero any all searchsorted roll".split()
)
_FRESH_BUILTINS = (len, range, float, int, bool, complex, abs, round, str)
_DISPLAYS = (gast.List, gast.Tuple, gast.Dict, gast.Set)
_SCOPES = (gast.Lambda, gast.FunctionDef, gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


@dataclass(frozen=True)
class Context:
    """What the optimizer is told about a function.

    Attributes
    ----------
    pure : callable
        Tells of a function object whether calling it has no side effect.
    owned : frozenset of str
        Gradient variables: floating-point values of this function, which may be updated in place.
    keep : frozenset of str
        The user's own variables, which stay visible in the text.
    inexact : frozenset of str
        Further names that only ever hold floating-point or complex values.
    like : mapping
        From a variable to another that has the same shape whenever both are defined (gradient to primal).
    """

    pure: Callable[[Any], bool]
    owned: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    inexact: frozenset[str] = frozenset()
    like: Mapping[str, str] = field(default_factory=dict)


def is_comment(stmt: gast.AST) -> bool:
    """Tell whether a statement is only there to be printed as a comment."""
    return (
        isinstance(stmt, gast.Expr)
        and isinstance(stmt.value, gast.Constant)
        and isinstance(stmt.value.value, Comment)
    )


def base_name(node: gast.expr) -> str | None:
    """Return the variable at the root of ``x.a[i]``."""
    while isinstance(node, (gast.Subscript, gast.Attribute, gast.Starred)):
        node = node.value
    return str(node.id) if isinstance(node, gast.Name) else None


def blocks_of(stmt: gast.stmt) -> list[list[gast.stmt]]:
    """Return the statement lists inside of a statement."""
    return [getattr(stmt, name) for name in ("body", "orelse", "finalbody") if getattr(stmt, name, None)]


def defines(stmt: gast.stmt) -> str | None:
    """Return the name that a plain assignment ``name = value`` binds."""
    if isinstance(stmt, gast.Assign) and len(stmt.targets) == 1 and isinstance(stmt.targets[0], gast.Name):
        return str(stmt.targets[0].id)
    return None


class Effects:
    """Questions about the statements of one function; void once its tree has changed."""

    def __init__(self, function: Function, context: Context) -> None:
        self.function = function
        self.context = context
        self.statics = function.scope.statics
        self.stacks = self._find_stacks()
        self._parent: dict[str, str] = {}
        parameters = {arg.id for arg in gast.walk(function.tree.args) if isinstance(arg, gast.Name)}
        for name in parameters:
            self._join(name, WORLD)
        result = self._result_display()
        for stmt in self._statements():
            if stmt is not result:
                self._join_statement(stmt)
        self._members: dict[str, set[str]] = {}
        for name in list(self._parent):
            self._members.setdefault(self._find(name), set()).add(name)
        self.mutated = {self._find(name) for stmt in self._statements() for name in self.mutations(stmt)}

    # ---- names ------------------------------------------------------------------------------

    def reads(self, node: gast.AST | Iterable[gast.AST]) -> set[str]:
        """Return the local variables that a node, or any of several, may read."""
        nodes = [node] if isinstance(node, gast.AST) else node
        found: set[str] = set()
        for root in nodes:
            for child in gast.walk(root):
                if isinstance(child, gast.Name) and self._is_read(child):
                    found.add(child.id)
                elif isinstance(child, gast.AugAssign) and isinstance(child.target, gast.Name):
                    found.add(child.target.id)
                elif isinstance(child, gast.Attribute) and self._is_static(child.value):
                    found.add(WORLD)
        return found

    def _is_read(self, node: gast.Name) -> bool:
        return isinstance(node.ctx, gast.Load) and not self._is_static(node)

    def _is_static(self, node: gast.AST) -> bool:
        return isinstance(node, gast.Name) and ("." in node.id or node.id in self.statics)

    def writes(self, node: gast.AST | Iterable[gast.AST]) -> set[str]:
        """Return the variables that statements bind or delete."""
        nodes = [node] if isinstance(node, gast.AST) else node
        return {
            child.id
            for root in nodes
            for child in gast.walk(root)
            if isinstance(child, gast.Name) and isinstance(child.ctx, (gast.Store, gast.Del))
        }

    # ---- purity and memory ------------------------------------------------------------------

    def callee(self, call: gast.Call) -> Any:
        """Return the function object behind a static call, else None."""
        return self.statics.get(call.func.id) if isinstance(call.func, gast.Name) else None

    def is_pure(self, node: gast.AST) -> bool:
        """Tell whether evaluating an expression changes nothing."""
        return not any(
            isinstance(child, (gast.Yield, gast.YieldFrom, gast.Await, gast.NamedExpr))
            or (isinstance(child, gast.Call) and not self._is_pure_call(child))
            for child in gast.walk(node)
        )

    def _is_pure_call(self, call: gast.Call) -> bool:
        if any(keyword.arg == "out" for keyword in call.keywords):
            return False
        if isinstance(call.func, gast.Attribute):
            return call.func.attr in _PURE_METHODS
        callee = self.callee(call)
        return callee is not None and bool(self.context.pure(callee))

    def is_fresh(self, value: gast.expr) -> bool:
        """Tell whether an expression's result shares no memory with any variable."""
        if isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Compare, gast.JoinedStr, gast.Constant)):
            return True
        if not isinstance(value, gast.Call) or any(k.arg in ("out", "copy") for k in value.keywords):
            return False
        if isinstance(value.func, gast.Attribute):
            return value.func.attr in _FRESH_METHODS
        callee = self.callee(value)
        if isinstance(callee, np.ufunc) or any(callee is builtin for builtin in _FRESH_BUILTINS):
            return True
        module, name = getattr(callee, "__module__", ""), getattr(callee, "__name__", "")
        return module == "math" or (
            (module == "numpy" and name in _FRESH_NUMPY and getattr(np, name, None) is callee)
            or (module == "numpy.linalg" and name != "norm")
        )

    def is_stack_call(self, node: gast.AST, method: str = "") -> bool:
        """Tell whether an expression is ``append`` or ``pop`` on a history list."""
        return (
            isinstance(node, gast.Call)
            and isinstance(node.func, gast.Attribute)
            and isinstance(node.func.value, gast.Name)
            and node.func.value.id in self.stacks
            and node.func.attr in ((method,) if method else ("append", "pop"))
        )

    def mutations(self, node: gast.AST | Iterable[gast.AST]) -> set[str]:
        """Return the names through which statements may change memory."""
        nodes = [node] if isinstance(node, gast.AST) else node
        found: set[str] = set()
        for root in nodes:
            for child in gast.walk(root):
                found |= self._mutations_of(child)
        return found

    def _mutations_of(self, node: gast.AST) -> set[str]:
        if isinstance(node, (gast.Subscript, gast.Attribute)) and not isinstance(node.ctx, gast.Load):
            return {base_name(node) or WORLD}
        if isinstance(node, gast.AugAssign):
            return {base_name(node.target) or WORLD}
        if self.is_stack_call(node):
            return {node.func.value.id}
        if isinstance(node, gast.Call) and not self._is_pure_call(node):
            return {WORLD} | self.reads(node)
        return set()

    def sharing(self, name: str) -> set[str]:
        """Return all names that may refer to memory reachable from ``name``."""
        return self._members.get(self._find(name), {name})

    def spoiled(self, names: Iterable[str]) -> set[str]:
        """Return the variables whose value may change when memory changes through ``names``."""
        result: set[str] = set()
        for name in names:
            for member in self.sharing(name):
                result.add(member.removeprefix(_CONTENTS))
        return result

    def is_mutated(self, name: str) -> bool:
        """Tell whether any statement of the function may change the memory behind ``name``."""
        return self._find(name) in self.mutated

    def is_outside(self, name: str) -> bool:
        """Tell whether ``name`` may refer to memory that outlives the function."""
        return self._find(name) == self._find(WORLD)

    # ---- classes of names that share memory -------------------------------------------------

    def _statements(self) -> Iterable[gast.stmt]:
        pending = list(self.function.tree.body)
        while pending:
            stmt = pending.pop()
            yield stmt if not blocks_of(stmt) else _head(stmt)
            for block in blocks_of(stmt):
                pending.extend(block)

    def _result_display(self) -> gast.stmt | None:
        """Return the statement right before the end that puts the results together, if there is one.

        Nothing can happen to them any more, so it does not count as sharing.
        """
        body = self.function.tree.body
        if len(body) < 2 or not isinstance(body[-1], gast.Return):
            return None
        if not isinstance(body[-1].value, gast.Name):
            return None
        display = body[-2]
        is_display = defines(display) == body[-1].value.id and isinstance(display.value, _DISPLAYS)
        return display if is_display else None

    def _find_stacks(self) -> frozenset[str]:
        """Return the lists that are only made empty, appended to and popped from."""
        candidates: set[str] = set()
        spoiled: set[str] = set()
        for node in gast.walk(self.function.tree):
            name = defines(node) if isinstance(node, gast.stmt) else None
            if name is not None:
                is_empty = isinstance(node.value, gast.List) and not node.value.elts
                (candidates if is_empty else spoiled).add(name)
        if not candidates:
            return frozenset()
        allowed: set[int] = set()
        for node in gast.walk(self.function.tree):
            if isinstance(node, gast.Assign) and defines(node) in candidates:
                allowed.add(id(node.targets[0]))
            if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
                if node.func.attr in ("append", "pop") and isinstance(node.func.value, gast.Name):
                    allowed.add(id(node.func.value))
        for node in gast.walk(self.function.tree):
            if isinstance(node, gast.Name) and id(node) not in allowed:
                spoiled.add(node.id)
        return frozenset(candidates - spoiled)

    def _find(self, name: str) -> str:
        self._parent.setdefault(name, name)
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name

    def _join(self, first: str, second: str) -> None:
        self._parent[self._find(first)] = self._find(second)

    def _join_statement(self, stmt: gast.stmt) -> None:
        if isinstance(stmt, gast.Expr) and self.is_stack_call(stmt.value, "append"):
            for name in self.reads(stmt.value.args):
                self._join(_CONTENTS + stmt.value.func.value.id, name)
            return
        written = self.writes(stmt)
        if isinstance(stmt, gast.Assign) and self.is_stack_call(stmt.value, "pop"):
            for name in written:
                self._join(_CONTENTS + stmt.value.func.value.id, name)
            return
        value = getattr(stmt, "value", None) or getattr(stmt, "iter", None)
        stored = isinstance(stmt, gast.Assign) and not written
        if isinstance(stmt, (gast.Assign, gast.AnnAssign, gast.For)) and value is not None:
            if not stored and self.is_fresh(value) and not self._may_be_container(value):
                for name in written:
                    self._find(name)
                return
        if isinstance(stmt, (gast.Return, gast.AugAssign)) and self.is_pure(stmt):
            return
        group = written | self.reads(stmt)
        if not self.is_pure(stmt):
            group.add(WORLD)
        first = next(iter(group), None)
        for name in group:
            self._join(name, str(first))

    def _may_be_container(self, value: gast.expr) -> bool:
        """Tell whether a sum or product may be of lists, whose elements it then shares."""
        return isinstance(value, gast.BinOp) and any(
            isinstance(side, _DISPLAYS) or (isinstance(side, gast.Name) and side.id in self._containers)
            for side in (value.left, value.right)
        )

    @property
    def _containers(self) -> set[str]:
        found = self.__dict__.get("_container_names")
        if found is None:
            found = {
                str(defines(node))
                for node in gast.walk(self.function.tree)
                if isinstance(node, gast.Assign) and defines(node) and isinstance(node.value, _DISPLAYS)
            }
            self.__dict__["_container_names"] = found
        result: set[str] = found
        return result


def _head(stmt: gast.stmt) -> gast.stmt:
    """Return a compound statement without its blocks."""
    if isinstance(stmt, gast.For):
        return gast.For(stmt.target, stmt.iter, [], [], None)
    if isinstance(stmt, (gast.If, gast.While)):
        return gast.Expr(stmt.test)
    if isinstance(stmt, gast.With):
        return gast.With(stmt.items, [], None)
    return gast.Pass()
