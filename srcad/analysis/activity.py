"""Which variables depend on the inputs of interest, and which are surely bound where."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import ANY, FORM_OF_ARRAYS, Kind, is_differentiable, is_scalar
from srcad.analysis.kinds_of_operations import Kinds, kind_of_operation
from srcad.analysis.memory import Memory, is_rule
from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.analysis.results.generators import is_generator, method_of_generator
from srcad.analysis.stores import METHODS_THAT_STORE
from srcad.lang.function import Function
from srcad.lang.walking import NodeVisitor, nodes_in
from srcad.rules import registry

__all__ = ["bound_before", "varied_variables"]


def varied_variables(
    fn: Function, kinds: Kinds, inputs: set[str], memory: Memory, watched: Collection[str] = ()
) -> set[str]:
    """Return the variables through which a derivative with respect to ``inputs`` may flow.

    Memory that is changed in place varies as a whole, for all names that may reach it; that of the ``watched``
    parameters does only where a statement stores something in it: calls are not supposed to.
    """
    visitor = _Varied(fn, kinds, set(inputs), set().union(*map(memory.held, watched)), memory)
    size = -1
    while size != len(visitor.varied):
        size = len(visitor.varied)
        visitor.visit(fn.tree)
        visitor.spread()
    return visitor.varied


class _Varied(NodeVisitor):
    def __init__(
        self, fn: Function, kinds: Kinds, varied: set[str], watched: set[str], memory: Memory
    ) -> None:
        self.fn, self.kinds, self.varied = fn, kinds, varied
        self.watched, self.memory = watched, memory
        self.statics = fn.scope.statics

    def spread(self) -> None:
        """Let all names of memory vary that one of them stores varied values in."""
        memory = self.memory
        classes = {memory.classes[n] for n in self.varied if n in memory.classes} & memory.changed
        classes |= memory.kept if self.varied else set()
        size = -1
        while size != len(classes):
            size = len(classes)
            classes |= {outer for outer, inner in memory.elements.items() if inner & classes}
        classes -= self.watched
        for name, found in memory.classes.items():
            if found in classes and _may_vary(self.kinds.get(name, ANY)):
                self.varied.add(name)

    def reads_varied(self, node: gast.AST) -> bool:
        return any(isinstance(n, gast.Name) and n.id in self.varied for n in nodes_in(node))

    def passes(self, node: gast.AST) -> bool:
        """Tell whether a derivative may flow through the operation."""
        if isinstance(node, (gast.Compare, gast.JoinedStr, gast.Constant)):
            return False
        if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not):
            return False
        if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Invert):
            inverted = kind_of_operation(node.operand, self.kinds, self.fn)
            return inverted.name in ("any", "object") and self.reads_varied(node)
        if isinstance(node, gast.Subscript):
            return self.reads_varied(node.value)
        if isinstance(node, gast.Attribute) and node.attr in FORM_OF_ARRAYS:
            return False
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Name):
            function = self.statics.get(node.func.id)
            if registry.is_constant(function) and function is not rt.sequence:
                return False
            if function is np.sign and self.is_real(node.args):
                return False
            if (
                function is rt.sequence
                and kind_of_operation(node.args[0], self.kinds, self.fn).name == "dict"
            ):
                return False
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
            if registry.is_constant(self.sampler(node)):
                return False
        return self.reads_varied(node) and _may_vary(kind_of_operation(node, self.kinds, self.fn))

    def sampler(self, call: gast.Call) -> Any:
        """Return the sampler that a method of a generator of random numbers is, or None."""
        return method_of_generator(kind_of_operation(call.func.value, self.kinds, self.fn), call.func.attr)

    def is_real(self, operands: list[gast.AST]) -> bool:
        return all(
            kind_of_operation(n, self.kinds, self.fn).dtype in ("float64", "float", "double")
            for n in operands
        )

    def mark(self, target: gast.AST) -> None:
        while isinstance(target, (gast.Subscript, gast.Attribute, gast.Starred)):
            target = target.value
        for name in target.elts if isinstance(target, gast.Tuple) else [target]:
            if not isinstance(name, gast.Name) or name.id in self.statics:
                continue
            if _may_vary(self.kinds.get(name.id, kind_of_operation(name, self.kinds, self.fn))):
                self.varied.add(name.id)

    def mark_changed(self, target: gast.AST) -> None:
        """Mark what a call may have changed."""
        base = target
        while isinstance(base, (gast.Subscript, gast.Attribute, gast.Starred)):
            base = base.value
        if self.memory.classes.get(getattr(base, "id", "")) not in self.watched:
            self.mark(target)

    def visit_Assign(self, node: gast.Assign) -> None:
        if self.passes(node.value):
            self.mark(node.targets[0])
        if isinstance(node.value, gast.Call):
            self.effects(node.value)

    def visit_AugAssign(self, node: gast.AugAssign) -> None:
        if self.reads_varied(node.value) or self.reads_varied(node.target):
            self.mark(node.target)

    def visit_Expr(self, node: gast.Expr) -> None:
        if isinstance(node.value, gast.Call):
            self.effects(node.value)

    def effects(self, call: gast.Call) -> None:
        """Mark what a call may store varied values in."""
        operands = [*call.args, *(k.value for k in call.keywords)]
        if isinstance(call.func, gast.Attribute):
            kind = kind_of_operation(call.func.value, self.kinds, self.fn)
            if self.sampler(call) is not None:
                return
            if kind.name in ("array", "number", "float", "str") and call.func.attr in ARRAY_METHODS:
                return
            stores = kind.name in ("list", "dict", "tuple", "array")
            if any(self.reads_varied(operand) for operand in operands):
                (self.mark if stores or call.func.attr in METHODS_THAT_STORE else self.mark_changed)(
                    call.func
                )
            if stores:
                return
        else:
            function = self.statics.get(call.func.id)
            if getattr(function, "__name__", "") == "at" and operands:
                if any(self.reads_varied(operand) for operand in operands[1:]):
                    self.mark(operands[0])
                return
            if function is not None and (registry.find(function) is not None or _changes_nothing(function)):
                return
            if function is None:
                operands.append(call.func)  # what it has captured
        if self.reads_varied(call):
            for operand in operands:
                if _can_be_changed(kind_of_operation(operand, self.kinds, self.fn)):
                    self.mark_changed(operand)


def _may_vary(kind: Kind) -> bool:
    """Tell whether a value may carry a derivative: no tuple or list of what carries none does."""
    if kind.name in ("tuple", "list") and kind.items:
        return any(map(_may_vary, kind.items))
    return is_differentiable(kind) and not is_generator(kind)


def _changes_nothing(function: Any) -> bool:
    return registry.is_constant(function) or is_rule(function)


def _can_be_changed(kind: Kind) -> bool:
    """Tell whether a function that is given a value of this kind may store something in it."""
    if kind.name == "tuple" and kind.items is not None:
        return any(map(_can_be_changed, kind.items))
    return not is_scalar(kind) and kind.name not in ("str", "none", "function", "never")


def bound_before(fn: Function) -> dict[int, set[str]]:
    """Return, for each compound statement (by identity), the names that are surely bound before it.

    The key None has the names bound at the end.
    """
    found: dict[int, set[str]] = {}
    arguments = fn.tree.args
    names = [a.id for a in arguments.args + arguments.posonlyargs + arguments.kwonlyargs]
    names += [a.id for a in (arguments.vararg, arguments.kwarg) if a is not None]
    _bind_block(fn.tree.body, set(names), found)
    return found


def _bind_block(body: list[gast.stmt], bound: set[str], found: dict[int, set[str]]) -> set[str]:
    for stmt in body:
        if isinstance(stmt, gast.Assign):
            target = stmt.targets[0]
            for name in target.elts if isinstance(target, gast.Tuple) else [target]:
                if isinstance(name, gast.Name):
                    bound.add(name.id)
        elif isinstance(stmt, gast.If):
            found[id(stmt)] = set(bound)
            first = _bind_block(stmt.body, set(bound), found)
            second = _bind_block(stmt.orelse, set(bound), found)
            ends = [b for b, block in ((first, stmt.body), (second, stmt.orelse)) if not _leaves(block)]
            bound = set.intersection(*ends) if ends else bound
        elif isinstance(stmt, (gast.For, gast.While)):
            found[id(stmt)] = set(bound)
            inside = set(bound) | ({stmt.target.id} if isinstance(stmt, gast.For) else set())
            _bind_block(stmt.body, inside, found)
        elif isinstance(stmt, gast.With):
            bound |= {i.optional_vars.id for i in stmt.items if i.optional_vars is not None}
            found[id(stmt)] = set(bound)
            inside = _bind_block(stmt.body, set(bound), found)
            bound = bound if isinstance(stmt.items[0].context_expr, gast.Name) else inside
        elif isinstance(stmt, gast.Try):
            bound = _bind_block(stmt.finalbody, _bind_block(stmt.body, bound, found), found)
    return bound


def _leaves(block: list[gast.stmt]) -> bool:
    return bool(block) and isinstance(block[-1], (gast.Raise, gast.Break, gast.Continue))
