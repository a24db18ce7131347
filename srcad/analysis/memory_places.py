"""What of a program may refer to memory: statements, variables and places that the analyses of memory look at."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any

import gast

from srcad.analysis.kinds import RANGE, Kind, is_scalar
from srcad.lang.function import Function, Nested
from srcad.lang.walking import nodes_in

__all__ = [
    "CONTAINER_MUTATORS", "base_name", "constant_index", "holds_memory", "is_constant_member", "is_rule",
    "parameter_names", "simple_statements", "stacks_in",
]  # fmt: skip

CONTAINER_MUTATORS = frozenset(
    "append extend insert pop remove clear update setdefault sort reverse popitem add discard appendleft "
    "popleft extendleft rotate".split()
)


def is_rule(function: Any) -> bool:
    """Tell whether a function is one of srcad's own rules, none of which changes what it is given."""
    return (getattr(function, "__module__", "") or "").startswith("srcad.rules.")


def parameter_names(fn: Function) -> set[str]:
    return {node.id for node in nodes_in(fn.tree.args) if isinstance(node, gast.Name)}


def simple_statements(body: list[gast.stmt]) -> Iterator[gast.stmt]:
    """Yield the simple statements of a block and of those inside it, and the heads of ``with``."""
    for stmt in body:
        if isinstance(stmt, (gast.If, gast.For, gast.While, gast.With, gast.Try)):
            if isinstance(stmt, gast.With):
                yield gast.With(stmt.items, [], None)
            for part in ("body", "orelse", "finalbody"):
                yield from simple_statements(getattr(stmt, part, None) or [])
        else:
            yield stmt


def constant_index(node: gast.AST) -> int | None:
    """Return the number that an index is, if it is one."""
    negative = isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub)
    number = getattr(node.operand if negative else node, "value", None)
    if type(number) is not int:
        return None
    return -number if negative else number


def base_name(node: gast.AST) -> str:
    while isinstance(node, (gast.Subscript, gast.Attribute)):
        node = node.value
    return str(node.id)


def stacks_in(fn: Function) -> set[str]:
    """Return the lists that start empty, and are only appended to, popped from and read by index or as a whole."""
    made: set[str] = set()
    other: set[str] = set(parameter_names(fn))
    for stmt in simple_statements(fn.tree.body):
        value = getattr(stmt, "value", None)
        if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Name):
            (made if isinstance(value, gast.List) and not value.elts else other).add(stmt.targets[0].id)
        elif isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Subscript):
            other.add(base_name(stmt.targets[0]))
        elif isinstance(stmt, (gast.AugAssign, gast.Delete)):
            other.add(base_name(stmt.target if isinstance(stmt, gast.AugAssign) else stmt.targets[0]))
        call = value if isinstance(value, gast.Call) else None
        if (
            call is not None
            and isinstance(call.func, gast.Attribute)
            and isinstance(call.func.value, gast.Name)
        ):
            plain = call.func.attr == "append" or call.func.attr == "pop" and not call.args
            if not plain:
                other.add(call.func.value.id)
    return made - other


def holds_memory(kind: Kind) -> bool:
    """Tell whether a value may be, or may reach, something that can be changed."""
    if kind.name == "tuple" and kind.items is not None:
        return any(map(holds_memory, kind.items))
    return not is_scalar(kind) and kind.name not in ("str", "none") and kind != RANGE


def is_constant_member(owner: Any, name: str) -> bool:
    """Tell whether a name in a class is a member of an enumeration whose value nothing can be stored in.

    So is the text of a nested function, in the module of a derivative.

    >>> from enum import Enum
    >>> kinds = Enum("Kinds", {"PLUS": "+", "HELD": [1.0]})
    >>> is_constant_member(kinds, "PLUS"), is_constant_member(kinds, "HELD"), is_constant_member(kinds, "mro")
    (True, False, False)
    """
    if isinstance(getattr(owner, name, None), Nested):
        return True
    member = vars(owner).get("_member_map_", {}).get(name) if isinstance(owner, enum.EnumMeta) else None
    held = () if member is None else [v for k, v in vars(member).items() if k != "__objclass__"]
    return member is not None and all(map(_is_constant, held))


def _is_constant(value: Any) -> bool:
    if type(value) is tuple:
        return all(map(_is_constant, value))
    return value is None or isinstance(value, (str, int, float, complex, bytes))
