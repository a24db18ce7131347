"""Which variables alone hold the arrays that are updated through them, so that nothing else sees an update."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gast
import numpy as np

from srcad.analysis.kinds import ANY, FORM_OF_ARRAYS, Dims, Kind, dims_unless_scalar, is_scalar
from srcad.analysis.kinds_of_operations import kind_of_operation
from srcad.analysis.outputs import outputs_of
from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.analysis.view_functions import may_give_view, returns_views
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in
from srcad.rules import registry

__all__ = ["held_alone", "is_held_alone"]

_ARITHMETIC = (gast.Add, gast.Sub, gast.Mult, gast.Div, gast.Pow, gast.FloorDiv, gast.Mod)
_CHANGING_METHODS = frozenset("fill itemset partition put resize setfield setflags sort".split())


def held_alone(fn: Function, kinds: Mapping[str, Kind]) -> frozenset[str]:
    """Return the variables of numbers or arrays for which ``x op= v`` means the same as ``x = x op v``.

    Such a variable is bound to new values only, such as results of arithmetic, and where it is updated nothing else
    holds its array: no other variable, container, view or closure.  Two precisions may meet in an update, where NumPy
    would round the result to that of the array.

    Examples
    --------
    ``acc`` qualifies; ``last`` would not let it, had it been bound before the update ::

        acc = 0.0
        for k in range(t):
            row = X[k]
            acc += row
        last = acc
    """
    updated: dict[str, list[gast.AugAssign]] = {}
    for node in nodes_in(fn.tree):
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            if kinds.get(node.target.id, ANY).name == "number":
                updated.setdefault(node.target.id, []).append(node)
    return frozenset(
        variable
        for variable, updates in updated.items()
        if all(_keeps_form(update, fn, kinds) for update in updates) and is_held_alone(fn, kinds, variable)
    )


def is_held_alone(
    fn: Function,
    kinds: Mapping[str, Kind],
    variable: str,
    would_update: Callable[[gast.stmt, str], bool] = lambda stmt, variable: False,
) -> bool:
    """Tell whether nothing else holds the array of a variable where a statement ``variable op= v`` changes it.

    Parameters
    ----------
    would_update : callable
        Tells of a statement that binds the variable whether it counts as an update.
    """
    return _Holders(fn, kinds, variable, would_update).are_one()


def _keeps_form(stmt: gast.AugAssign, fn: Function, kinds: Mapping[str, Kind]) -> bool:
    """Tell whether the result of an update has the dtype and the axes of the array that is updated."""
    old, value = kinds[stmt.target.id], kind_of_operation(stmt.value, kinds, fn)
    if not isinstance(stmt.op, _ARITHMETIC) or not (is_scalar(value) or value.name in ("array", "number")):
        return False
    return _keeps_dtype(old.dtype, value) and _keeps_axes(old.dims, dims_unless_scalar(value))


def _keeps_dtype(old: str | None, value: Kind) -> bool:
    if old in ("float64", "double", "complex") or is_scalar(value):
        fitting = ("float64", "double", "int", "bool", *(["complex"] if old == "complex" else []))
        return old is not None and value.dtype in fitting
    return old == value.dtype == "float"


def _keeps_axes(old: Dims | None, value: Dims | None) -> bool:
    """Tell whether NumPy would have raised, had the update not kept the axes, for all that is known of them."""
    if old is None or value is None or len(value) > len(old):
        return False
    return all(own != "1" or other == "1" for own, other in zip(old[len(old) - len(value) :], value))


class _Holders:
    """A walk along the program that follows whether anything besides ``variable`` may hold its array."""

    def __init__(
        self,
        fn: Function,
        kinds: Mapping[str, Kind],
        variable: str,
        would_update: Callable[[gast.stmt, str], bool],
    ) -> None:
        self.fn, self.kinds, self.variable, self.would_update = fn, kinds, variable, would_update
        self.ever_shared = False
        self.is_refuted = False

    def are_one(self) -> bool:
        """Tell whether no update meets an array that something else holds."""
        parameters = {node.id for node in nodes_in(self.fn.tree.args) if isinstance(node, gast.Name)}
        self.block(self.fn.tree.body, self.variable in parameters)
        return not self.is_refuted

    def kind(self, node: gast.AST) -> Kind:
        return kind_of_operation(node, self.kinds, self.fn)

    def block(self, body: list[gast.stmt], shared: bool) -> bool:
        for stmt in body:
            shared = self.statement(stmt, shared)
            self.ever_shared |= shared
        return shared

    def statement(self, stmt: gast.stmt, shared: bool) -> bool:
        if isinstance(stmt, gast.If):
            shared |= not isinstance(stmt.test, gast.Name) and self.is_passed_on(stmt.test)
            body = self.block(stmt.body, shared)
            return self.block(stmt.orelse, shared) | body
        if isinstance(stmt, (gast.For, gast.While)):
            return self.loop(stmt, shared)
        if isinstance(stmt, (gast.With, gast.Try)):
            return self.guarded(stmt, shared)
        is_update = isinstance(stmt, gast.AugAssign) and self.is_variable(stmt.target)
        if is_update or self.would_update(stmt, self.variable):
            self.is_refuted |= shared
            return shared or self.is_passed_on(stmt.value)
        if isinstance(stmt, gast.Return):
            return shared
        if isinstance(stmt, gast.Assign) and any(map(self.is_variable, stmt.targets)):
            return len(stmt.targets) > 1 or not self.is_new(stmt.value)
        return shared or self.is_passed_on(stmt)

    def loop(self, stmt: gast.For | gast.While, shared: bool) -> bool:
        head = stmt.iter if isinstance(stmt, gast.For) else stmt.test
        shared |= isinstance(stmt, gast.For) and self.is_passed_on(head)
        if isinstance(stmt, gast.For) and any(map(self.is_variable, nodes_in(stmt.target))):
            self.is_refuted = True
        leaves = any(isinstance(node, (gast.Break, gast.Continue)) for node in nodes_in(stmt))
        for _ in range(2):
            outside, self.ever_shared = self.ever_shared, False
            after = self.block(stmt.body, shared)
            shared |= self.ever_shared if leaves else after
            self.ever_shared |= outside
        return self.block(stmt.orelse, shared) | shared

    def guarded(self, stmt: gast.With | gast.Try, shared: bool) -> bool:
        """Follow blocks that an exception may leave after any of their statements."""
        outside, self.ever_shared = self.ever_shared, shared
        if isinstance(stmt, gast.With):
            self.ever_shared |= any(self.is_passed_on(item) for item in stmt.items)
        after = self.block(stmt.body, self.ever_shared)
        if isinstance(stmt, gast.Try):
            for handler in stmt.handlers:
                self.block(handler.body, self.ever_shared)
            self.block(stmt.orelse, after)
            self.block(stmt.finalbody, self.ever_shared)
        shared = self.ever_shared
        self.ever_shared |= outside
        return shared

    # what is done with the variable

    def is_variable(self, node: Any) -> bool:
        return isinstance(node, gast.Name) and node.id == self.variable

    def is_number(self, node: gast.AST) -> bool:
        kind = self.kind(node)
        return is_scalar(kind) or kind.name in ("array", "number")

    def is_new(self, value: gast.AST) -> bool:
        """Tell whether a value is memory of its own, or a number."""
        if isinstance(value, gast.Constant):
            return True
        if isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Compare)):
            return not self.is_passed_on(value) and self.is_number(value)
        if isinstance(value, gast.Call):
            return self.has_new_result(value) and not self.is_passed_on(value)
        return is_scalar(self.kind(value))

    def has_new_result(self, value: gast.Call) -> bool:
        """Tell whether a call of a function or method of NumPy makes what it returns, and holds no argument."""
        if isinstance(value.func, gast.Attribute):
            method = value.func.attr
            known = self.is_number(value.func.value) and method in ARRAY_METHODS and not may_give_view(method)
            return known and not _gives_output(getattr(np.ndarray, method), value)
        function = self.fn.scope.statics.get(value.func.id) if isinstance(value.func, gast.Name) else None
        if isinstance(function, np.ufunc):
            return not _gives_output(function, value)
        module = str(getattr(function, "__module__", None) or "").partition(".")[0]
        known = registry.find(function) is not None or registry.is_constant(function)
        is_new = module == "numpy" and known and not returns_views(function)
        return is_new and not _gives_output(function, value)

    def is_passed_on(self, node: gast.AST) -> bool:
        """Tell whether something besides the variable may hold its array once ``node`` has run."""
        if not any(map(self.is_variable, nodes_in(node))):
            return False
        if isinstance(node, gast.Name):
            return True
        if isinstance(node, gast.Expr):
            return self.is_passed_on(node.value)
        if isinstance(node, gast.Compare) and isinstance(node.ops[0], (gast.Is, gast.IsNot)):
            return False
        if isinstance(node, (gast.BinOp, gast.UnaryOp, gast.Compare)):
            operands = _operands(node)
            return not all(map(self.is_number, operands)) or any(
                self.is_passed_on(operand) for operand in operands if not isinstance(operand, gast.Name)
            )
        if isinstance(node, gast.Attribute):
            return node.attr not in FORM_OF_ARRAYS
        if isinstance(node, gast.Assign):
            return self.is_stored(node)
        if isinstance(node, gast.AugAssign):
            value = node.value
            return not self.is_number(node.target) or not self.is_variable(value) and self.is_passed_on(value)
        if isinstance(node, gast.Call):
            return not self.is_read_alone(node)
        return True

    def is_stored(self, node: gast.Assign) -> bool:
        """Tell whether an assignment to something else keeps the array, and not a copy."""
        target = node.targets[0]
        if isinstance(target, gast.Subscript) and self.is_variable(node.value):
            return self.kind(target.value).name != "array" or any(map(self.is_variable, nodes_in(target)))
        if not isinstance(target, gast.Name):
            return True
        return self.is_passed_on(node.value)

    def is_read_alone(self, node: gast.Call) -> bool:
        inner = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(not isinstance(part, gast.Name) and self.is_passed_on(part) for part in inner):
            return False
        if isinstance(node.func, gast.Attribute) and node.func.attr in _CHANGING_METHODS:
            return False
        if isinstance(node.func, gast.Name) and self.fn.scope.statics.get(node.func.id) is len:
            return True
        return self.has_new_result(node)


def _operands(node: gast.BinOp | gast.UnaryOp | gast.Compare) -> list[gast.AST]:
    if isinstance(node, gast.BinOp):
        return [node.left, node.right]
    return [node.operand] if isinstance(node, gast.UnaryOp) else [node.left, *node.comparators]


def _gives_output(function: Any, call: gast.Call) -> bool:
    """Tell whether a call may give the array for its result."""
    return any(keyword.arg is None for keyword in call.keywords) or bool(outputs_of(function, call))
