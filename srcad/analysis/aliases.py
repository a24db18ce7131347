"""Which variables may share memory: a flow-insensitive analysis over copies, views and containers."""

from __future__ import annotations

from dataclasses import dataclass, field

import gast

from srcad.analysis.infer import Kinds, kind_of_operation
from srcad.analysis.kinds import is_scalar
from srcad.lang.function import Function
from srcad.rules import registry

__all__ = ["Aliases", "may_alias"]

_VIEWS = {
    "asarray", "ascontiguousarray", "reshape", "ravel", "transpose", "squeeze", "expand_dims", "swapaxes", "moveaxis",
    "broadcast_to", "atleast_1d", "atleast_2d", "atleast_3d", "diagonal", "split", "array_split", "hsplit", "vsplit",
    "rollaxis", "flip", "fliplr", "flipud", "rot90", "real", "imag", "diag", "sequence", "asanyarray", "positive",
}  # fmt: skip


@dataclass
class Aliases:
    """The outcome of the analysis.

    Attributes
    ----------
    parent : dict
        A union-find forest over the variables.
    shared : set
        Variables that are elements of a container, or came out of one, or belong to the caller.
    """

    parent: dict[str, str] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)

    def find(self, variable: str) -> str:
        """Return the representative of the variable's class."""
        while self.parent.get(variable, variable) != variable:
            variable = self.parent[variable]
        return variable

    def union(self, first: str, second: str) -> None:
        """Merge two classes."""
        self.parent.setdefault(first, first)
        self.parent.setdefault(second, second)
        self.parent[self.find(first)] = self.find(second)

    def is_alone(self, variable: str) -> bool:
        """Tell whether no other name and no container can reach the memory of ``variable``."""
        root = self.find(variable)
        members = {v for v in self.parent if self.find(v) == root} | {variable}
        return members == {variable} and variable not in self.shared


def may_alias(fn: Function, kinds: Kinds) -> Aliases:
    """Return the alias classes of the variables of ``fn``."""
    found = Aliases()
    arguments = fn.tree.args
    found.shared |= {a.id for a in arguments.args + arguments.posonlyargs + arguments.kwonlyargs}
    for node in gast.walk(fn.tree):
        if isinstance(node, gast.Assign):
            _assignment(node, fn, kinds, found)
        elif isinstance(node, gast.Expr) and isinstance(node.value, gast.Call):
            found.shared |= {a.id for a in node.value.args if isinstance(a, gast.Name)}
    return found


def _assignment(node: gast.Assign, fn: Function, kinds: Kinds, found: Aliases) -> None:
    target, value = node.targets[0], node.value
    operands = [n.id for n in gast.walk(value) if isinstance(n, gast.Name) and n.id not in fn.scope.statics]
    if not isinstance(target, gast.Name):
        found.shared |= set(operands) | {
            n.id for n in getattr(target, "elts", []) if isinstance(n, gast.Name)
        }
        return
    kind = kind_of_operation(value, kinds, fn)
    if (
        is_scalar(kind)
        or kind.name in ("str", "none")
        or isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Compare))
    ):
        return
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Name):
        function = fn.scope.statics.get(value.func.id)
        if value.func.id == "rt.sequence" and kind_of_operation(value.args[0], kinds, fn).name == "list":
            return  # prepare refuses a list that changes while it is iterated over
        if function in (list, tuple, dict, sorted, set):
            return
        known = registry.find(function) is not None or registry.is_constant(function)
        if known and getattr(function, "__name__", "") not in _VIEWS:
            return
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute) and value.func.attr == "pop":
        found.shared.add(target.id)
        return
    if isinstance(value, (gast.Tuple, gast.List, gast.Dict)):
        found.shared |= set(operands)
        return
    if isinstance(value, (gast.Subscript, gast.Attribute)):
        base = kind_of_operation(value.value, kinds, fn)
        if base.name not in ("array", "number"):
            found.shared.add(target.id)
        if base.name in ("list", "tuple", "dict", "object"):
            return
    for operand in operands:
        if not is_scalar(kinds.get(operand, kind)) or operand == target.id:
            found.union(target.id, operand)
