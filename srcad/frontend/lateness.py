"""What a function may change between the making of an iterator and the taking of its items.

Variables that may share memory are put together first, without regard to order. A statement changes what it stores in,
and what it gives to functions of the user's.
"""

from __future__ import annotations

import types
from collections import ChainMap
from collections.abc import Mapping
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.class_effects import METHODS, changes, effects_in_sight, is_users, statements_of, stores
from srcad.frontend.nested import free_names
from srcad.frontend.quiet import is_quiet_method
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested
from srcad.lang.source import look_at
from srcad.lang.walking import nodes_in
from srcad.rules import registry
from srcad.runtime.libraries import package_of

__all__ = ["Lateness"]

_MADE_ANEW = (
    next, len, float, int, sum, abs, round, bool, str, range, max, min, map, np.zeros, np.ones, np.empty, np.full,
    np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.arange, np.linspace, np.eye, np.identity, np.copy,
)  # fmt: skip
"""Functions whose results share no memory with their arguments."""
_OPERATORS = frozenset(
    f"__{title}__" for title in "getitem call iter next add sub mul truediv neg radd rsub rmul pow matmul getattr "
    "getattribute abs".split()
)  # fmt: skip


class Lateness:
    """The changes in one function; see `why_late`."""

    def __init__(self, fn: Function) -> None:
        self.fn, self.statics = fn, fn.scope.statics
        self.parents: dict[str, str] = {}
        self.effects = effects_in_sight(fn)
        self.pullbacks = self.pullbacks_in()
        self.changing: dict[types.FunctionType, bool] = {}
        for node in t.own_nodes(fn.tree.body):
            self.join(node)

    def why_late(
        self, node: Any, stmt: gast.stmt, around: tuple[gast.stmt, ...], inside: list[gast.AST]
    ) -> str | None:
        """Return what may change before the items of ``node`` are taken; None if nothing may.

        ``node`` is a part of ``stmt``, inside of the expressions ``inside``.
        """
        later = self.later(stmt, around)
        bound = [other for other in later if not isinstance(other, gast.FunctionDef)]
        loops = [g.target for part in inside if isinstance(part, t.COMPREHENSIONS) for g in part.generators]
        again = {n.id for target in loops for n in nodes_in(target) if isinstance(n, gast.Name)}
        for name in sorted(self.late_reads(node)):
            if name in again or any(name in t.bound_names([other]) for other in bound):
                return f"'{name}' may be another value when its items are taken"
        reads = {n.id for n in nodes_in(node) if isinstance(n, gast.Name) and n.id not in self.statics}
        if self.acts(node):
            return "its items change something when they are made"
        classes = {self.find(name) for name in reads}
        for other in later:
            changed = self.changed(other)
            if any(self.find(name) in classes for name in changed):
                return f"what its items are made of may change before they are taken, on line {other.lineno}"
        return None

    def why_changed_in(self, node: gast.expr, body: list[gast.stmt]) -> str | None:
        """Return what the body of a loop changes of what an iterator, run through by it, reads; None if nothing."""
        reads = {n.id for n in nodes_in(node) if isinstance(n, gast.Name) and n.id not in self.statics}
        classes = {self.find(name) for name in reads}
        for other in (n for n in t.own_nodes(body) if isinstance(n, gast.stmt)):
            updated = isinstance(other, gast.AugAssign) and isinstance(other.target, gast.Name)
            changed = {other.target.id} & reads if updated else self.changed(other)
            if any(self.find(name) in classes for name in changed):
                return f"the loop changes what they are read from, on line {other.lineno}"
        return None

    def late_reads(self, node: Any) -> set[str]:
        """Return the variables that are looked up when items are taken.

        Those of a generator expression are all but those of the first iterable, those of ``map`` what its functions
        have captured.
        """
        if not isinstance(node, gast.GeneratorExp):
            functions = {n.name: n for n in t.own_nodes(self.fn.tree.body) if isinstance(n, gast.FunctionDef)}
            given = [functions.get(getattr(a, "id", ""), a) for a in node.args]
            captured = [free_names(a) for a in given if isinstance(a, gast.FunctionDef | gast.Lambda)]
            return {name for names in captured for name in names} - set(self.statics)
        first = node.generators[0]
        parts = [node.elt, *first.ifs, *node.generators[1:]]
        own = {n.id for part in node.generators for n in nodes_in(part.target) if isinstance(n, gast.Name)}
        read = {n.id for part in parts for n in nodes_in(part) if isinstance(n, gast.Name)}
        return read - own - set(self.statics)

    def later(self, stmt: gast.stmt, around: tuple[gast.stmt, ...]) -> list[gast.stmt]:
        """Return the simple statements that may be run after ``stmt``, itself included."""
        every = [n for n in t.own_nodes(self.fn.tree.body) if isinstance(n, gast.stmt)]
        loops = [other for other in around if isinstance(other, gast.For | gast.While)]
        start = loops[0] if loops else stmt
        return every[next(k for k, n in enumerate(every) if n is start) :]

    # -- memory that is shared --------------------------------------------------------------------

    def find(self, name: str) -> str:
        while name in self.parents:
            name = self.parents[name]
        return name

    def unify(self, names: set[str]) -> None:
        first, *rest = sorted(self.find(name) for name in names if name not in self.statics) or [""]
        for other in rest:
            if other != first:
                self.parents[other] = first

    def join(self, node: gast.AST) -> None:
        """Put together the variables of an assignment or of the head of a loop."""
        if isinstance(node, gast.Assign):
            for target, value in _pairs(node):
                self.unify(_holders(target) | self.shared(value))
        elif isinstance(node, gast.For):
            function = self.statics.get(getattr(getattr(node.iter, "func", None), "id", ""))
            numbered = function is enumerate and isinstance(node.target, gast.Tuple)
            parts = node.target.elts[1:] if numbered else [node.target]
            self.unify(set().union(*map(_holders, parts)) | self.shared(node.iter))
        elif isinstance(node, gast.With):
            self.unify({n.id for item in node.items for n in nodes_in(item) if isinstance(n, gast.Name)})
        elif (
            isinstance(node, gast.Call)
            and isinstance(node.func, gast.Attribute)
            and node.func.attr in METHODS
        ):
            kept = set().union(*(self.shared(a) for a in node.args)) if node.args else set()
            self.unify({_root(node.func), *kept})

    def shared(self, node: Any) -> set[str]:
        """Return the variables whose memory the value of an expression may share."""
        fresh = gast.Constant | gast.Compare | gast.UnaryOp | gast.JoinedStr | gast.GeneratorExp
        if isinstance(node, fresh) or isinstance(node, gast.BinOp) and not isinstance(node.op, gast.Add):
            return set()
        if isinstance(node, gast.Call):
            function = self.statics.get(getattr(node.func, "id", ""))
            if any(function is known for known in _MADE_ANEW) or package_of(function) == "math":
                return set()
            parts = (node.func, *node.args, *(k.value for k in node.keywords))
            return set().union(*(self.shared(part) for part in parts))
        if isinstance(node, gast.Name):
            return {node.id} - set(self.statics)
        return set().union(*(self.shared(part) for part in _children(node)))

    def pullbacks_in(self) -> set[str]:
        """Return the variables that hold pullbacks of calls resolved at run time, in the text of a derivative."""
        resolved, found = set(), set()
        for node in t.own_nodes(self.fn.tree.body):
            if not isinstance(node, gast.Assign):
                continue
            target, value = node.targets[0], node.value
            made = self.statics.get(getattr(getattr(value, "func", None), "id", "")) in (
                rt.call,
                rt.call_method,
            )
            if made and isinstance(target, gast.Name):
                resolved.add(target.id)
            elif isinstance(target, gast.Tuple) and (made or getattr(value, "id", "") in resolved):
                found |= {name.id for name in target.elts[-1:] if isinstance(name, gast.Name)}
        return found

    # -- what is changed --------------------------------------------------------------------------

    def changed(self, stmt: gast.stmt) -> set[str]:
        """Return the variables whose contents a statement, of a compound one the head, may change."""
        found: set[str] = set()
        if isinstance(stmt, gast.FunctionDef):
            return found
        heads = [getattr(stmt, part, None) for part in ("value", "iter", "test", "exc", "msg")]
        targets = getattr(stmt, "targets", None) or [getattr(stmt, "target", None)]
        for target in targets:
            for node in nodes_in(target) if target is not None else ():
                if isinstance(node, gast.Subscript | gast.Attribute) and not isinstance(node.ctx, gast.Load):
                    found.add(_root(node))
        if isinstance(stmt, gast.AugAssign) and isinstance(stmt.target, gast.Name):
            found.add(stmt.target.id)
        for head in [*heads, *(item.context_expr for item in getattr(stmt, "items", []))]:
            for node in t.own_nodes(head) if head is not None else ():
                found |= self.changed_by(node)
        return found

    def changed_by(self, node: gast.AST) -> set[str]:
        if isinstance(node, gast.Attribute) and node.attr in self.effects:
            return {_root(node)}
        if not isinstance(node, gast.Call):
            return set()
        if isinstance(node.func, gast.Attribute):
            if node.func.attr in METHODS:
                return {_root(node.func)}
            return set() if is_quiet_method(node.func.attr) else self.given(node)
        if getattr(node.func, "id", "") in self.pullbacks:
            return set()  # it changes shadows
        function = self.statics.get(getattr(node.func, "id", ""))
        out = {
            n.id
            for k in node.keywords
            if k.arg == "out"
            for n in nodes_in(k.value)
            if isinstance(n, gast.Name)
        }
        if isinstance(function, np.ufunc):
            out |= {
                n.id for part in node.args[function.nin :] for n in nodes_in(part) if isinstance(n, gast.Name)
            }
        quiet = package_of(function) in ("builtins", "math", "numpy", "itertools", "srcad", "srcad_generated")
        quiet = quiet or isinstance(function, type(len) | type(abs) | type)
        if registry.is_mutating(function) or getattr(function, "__name__", "") == "at":
            return self.given(node)
        harmless = isinstance(function, types.FunctionType | Nested) and not self.is_changing(function)
        return out if quiet or harmless else self.given(node)

    def given(self, call: gast.Call) -> set[str]:
        """Return the variables that a call gets, those under ``next`` left out."""
        parts = [call.func, *call.args, *(k.value for k in call.keywords)]
        return set().union(*(self.shared(part) for part in parts))

    def why_mixed(self, node: Any) -> str | None:
        """Return why the items of several iterators in one cannot be made one after the other; None if they can."""
        parts = [a for a in getattr(node, "args", ()) if not isinstance(a, gast.Name | gast.Constant)]
        if len(parts) > 1 and any(self.acts(part) for part in parts if isinstance(part, gast.GeneratorExp)):
            return "one of those that it runs through side by side changes something"
        return None

    def acts(self, *nodes: Any, names: Mapping[str, Any] | None = None) -> bool:
        """Tell whether the items of an iterator change something when they are made.

        ``names`` tells what the names of another function stand for.
        """
        names = self.statics if names is None else names
        for part in t.own_nodes(nodes):
            if isinstance(part, gast.Attribute) and part.attr in self.effects:
                return True
            if isinstance(part, gast.Name) and self.is_changing(names.get(part.id)):
                return True
            operates = isinstance(part, gast.BinOp | gast.Subscript | gast.UnaryOp)
            if operates and self.effects & _OPERATORS:
                return True
        return False

    def is_changing(self, function: Any) -> bool:
        """Tell whether a function that makes items may change something."""
        if isinstance(function, Nested):
            return changes(function.tree) or self.acts(*statements_of(function.tree))
        if not isinstance(function, types.FunctionType) or not is_users(function):
            return False
        if function not in self.changing:
            self.changing[function] = False  # of a function that calls itself the rest decides
            self.changing[function] = stores(function) or self.acts(
                *statements_of(look_at(function).tree), names=names_of(function)
            )
        return self.changing[function]


def names_of(function: types.FunctionType) -> Mapping[str, Any]:
    """Return what the names that are free in a function stand for."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or ())
    captured = {name: value for name, cell in cells for value in contents(cell)}
    return ChainMap(captured, function.__globals__)


def contents(cell: types.CellType) -> list[Any]:
    """Return what a captured variable is bound to, if it is bound."""
    try:
        return [cell.cell_contents]
    except ValueError:
        return []


def _pairs(node: gast.Assign) -> list[tuple[Any, Any]]:
    """Return the targets of an assignment, each with its value; with the whole value where that is not written out."""
    parts, values = getattr(node.targets[0], "elts", []), getattr(node.value, "elts", [])
    starred = any(isinstance(part, gast.Starred) for part in (*parts, *values))
    written = isinstance(node.value, gast.Tuple | gast.List) and len(node.targets) == 1
    if written and len(parts) == len(values) and not starred:
        return list(zip(parts, values))
    return [(gast.Tuple(node.targets, gast.Store()), node.value)]


def _children(node: Any) -> list[gast.AST]:
    return [n for n in gast.iter_child_nodes(node) if isinstance(n, gast.expr)]


def _holders(target: gast.expr) -> set[str]:
    """Return the variables that an assignment binds or stores into; those of an index only count."""
    if isinstance(target, gast.Subscript | gast.Attribute):
        return {_root(target)}
    if isinstance(target, gast.Starred):
        return _holders(target.value)
    if isinstance(target, gast.Tuple | gast.List):
        return set().union(*map(_holders, target.elts)) if target.elts else set()
    return {target.id} if isinstance(target, gast.Name) else set()


def _root(node: Any) -> str:
    while isinstance(node, gast.Attribute | gast.Subscript | gast.Call):
        node = node.func if isinstance(node, gast.Call) else node.value
    return node.id if isinstance(node, gast.Name) else ""
