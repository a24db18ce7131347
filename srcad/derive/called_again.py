"""Functions that a rule calls again in the backward sweep, as that of an integral does, with what they hold."""

from __future__ import annotations

import gast

from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory
from srcad.derive.build import assign, call, name
from srcad.derive.steps import Block, Branch, Loop, Plain, Wrapped
from srcad.lang.scope import Scope
from srcad.lang.walking import nodes_in

__all__ = ["keep_what_is_called"]

_CALLING = ("rt.scipy_integrate.", "rt.scipy_optimize.")


def keep_what_is_called(block: Block, memory: Memory, kinds: Kinds, scope: Scope) -> None:
    """Let the backward statements of a block read copies of the objects and functions that the program may change."""
    for step in block.steps:
        if isinstance(step, Plain):
            _keep(step, memory, kinds, scope)
        elif isinstance(step, Branch):
            keep_what_is_called(step.body, memory, kinds, scope)
            keep_what_is_called(step.orelse, memory, kinds, scope)
        elif isinstance(step, Loop):
            keep_what_is_called(step.body, memory, kinds, scope)
        elif isinstance(step, Wrapped):
            keep_what_is_called(step.body, memory, kinds, scope)
            keep_what_is_called(step.final, memory, kinds, scope)


def _keep(step: Plain, memory: Memory, kinds: Kinds, scope: Scope) -> None:
    for stmt in step.backward:
        value = getattr(stmt, "value", None)
        if not isinstance(value, gast.Call) or not getattr(value.func, "id", "").startswith(_CALLING):
            continue
        read = {n.id for argument in value.args for n in nodes_in(argument) if isinstance(n, gast.Name)}
        copies = {n: scope.fresh(f"{n}_kept") for n in sorted(read) if _may_change(n, memory, kinds)}
        step.forward += [assign(kept, call("rt.kept_function", name(n))) for n, kept in copies.items()]
        for node in nodes_in(value):
            if isinstance(node, gast.Name) and node.id in copies:
                node.id = copies[node.id]


def _may_change(variable: str, memory: Memory, kinds: Kinds) -> bool:
    """Tell whether a variable holds what changes, other than an array, whose contents are saved."""
    kind = kinds.get(variable)
    return kind is not None and kind.name != "array" and bool(memory.held(variable) & memory.changed)
