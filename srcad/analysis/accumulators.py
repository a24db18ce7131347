"""Variables that begin as numbers and become arrays, and the updates in which their gradients need no sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import gast

from srcad.analysis.kinds import ANY, Kind, dims_of, dims_unless_scalar, holds_numbers_alone
from srcad.analysis.kinds_of_operations import kind_of_operation
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in

__all__ = ["accumulated"]


def accumulated(
    fn: Function, kinds: Mapping[str, Kind], varied: Collection[str], updated: Collection[str] = ()
) -> frozenset[tuple[str, str]]:
    """Return the (result, operand) pairs of operations whose cotangent is that of the operand as it is.

    Such an operand is a variable that begins as a constant number and gets arrays of one rank afterwards.  While it
    is a number its gradient goes nowhere, so that this may have the wrong shape, and need not be summed.

    Parameters
    ----------
    updated : collection of str
        The variables that keep their shape in each operation on themselves, as updates in place do.

    Examples
    --------
    ``(t, acc)`` is such a pair; it would not be one, had ``acc`` begun as a parameter ::

        acc = 0.0
        for k in range(n):
            row = X[k]
            t = acc + row
            acc = t
    """
    program = _Program(fn, kinds)
    found: set[tuple[str, str]] = set()
    for variable, kind in kinds.items():
        known = bool(kind.dims) and ("?" not in kind.dims or variable in updated)
        if kind.name == "number" and known and variable in varied:
            found |= program.updates_of(variable, varied)
    return frozenset(found)


class _Program:
    """What each variable of a program is bound to, and how often it is read."""

    def __init__(self, fn: Function, kinds: Mapping[str, Kind]) -> None:
        self.fn, self.kinds = fn, kinds
        self.values: dict[str, list[Any]] = {}
        bound: Counter[str] = Counter()
        self.reads: Counter[str] = Counter()
        for node in nodes_in(fn.tree):
            if isinstance(node, gast.Name):
                (self.reads if isinstance(node.ctx, gast.Load) else bound).update([node.id])
            elif isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                self.values.setdefault(node.targets[0].id, []).append(node.value)
        self.plainly_bound = {v for v, values in self.values.items() if bound[v] == len(values)}

    def updates_of(self, variable: str, varied: Collection[str]) -> set[tuple[str, str]]:
        """Return the pairs of the updates of a variable; none where it may become a number that varies."""
        if variable not in self.plainly_bound:
            return set()
        found: set[tuple[str, str]] = set()
        for value in self.values[variable]:
            operation, result = self.operation_behind(value), getattr(value, "id", variable)
            if operation is None and _operands(value):
                operation, result = value, variable
            pairs, reads = self.chain(variable, result, operation) if operation else (set(), _names(value))
            if not dims_of(kind_of_operation(value, self.kinds, self.fn)) and not reads.isdisjoint(varied):
                return set()
            found |= pairs
        return found

    def chain(self, variable: str, result: str, operation: gast.AST) -> tuple[set[tuple[str, str]], set[str]]:
        """Return the pairs on the way from a variable to a result that is made of it, and what else is read."""
        pairs: set[tuple[str, str]] = set()
        reads: set[str] = set()
        for operand in _operands(operation):
            if not isinstance(operand, gast.Name):
                continue
            inner = self.operation_behind(operand)
            found, others = self.chain(variable, operand.id, inner) if inner else (set(), {operand.id})
            if operand.id == variable or found:
                fits = self.axes(result) == self.axes(operand.id) == self.axes(variable)
                pairs |= found | ({(result, operand.id)} if fits else set())
                reads |= others - {variable}
            else:
                reads.add(operand.id)
        return pairs, reads

    def operation_behind(self, value: gast.AST) -> gast.AST | None:
        """Return the operation whose result is read here alone, if that is arithmetic."""
        if not isinstance(value, gast.Name) or value.id not in self.plainly_bound:
            return None
        operations = self.values[value.id]
        if (
            len(operations) > 1
            or self.reads[value.id] > 1
            or not holds_numbers_alone(self.kinds.get(value.id, ANY))
        ):
            return None
        return operations[0] if _operands(operations[0]) else None

    def axes(self, variable: str) -> tuple[str, ...] | None:
        return dims_unless_scalar(self.kinds.get(variable, ANY))


def _operands(node: gast.AST) -> list[gast.AST]:
    if isinstance(node, gast.BinOp):
        return [] if isinstance(node.op, gast.MatMult) else [node.left, node.right]
    return [node.operand] if isinstance(node, gast.UnaryOp) else []


def _names(node: gast.AST) -> set[str]:
    return {n.id for n in nodes_in(node) if isinstance(n, gast.Name)}
