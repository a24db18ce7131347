"""Variables that surely hold numbers or arrays, while a program is being rewritten from its beginning to its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import gast

from srcad.analysis.kinds import Kind
from srcad.lang.walking import nodes_in

__all__ = ["KnownNumbers"]

_SCALARS = ("float", "int", "bool")


class KnownNumbers:
    """What is known so far; a later store of something else shows in `are_doubtful`.

    Parameters
    ----------
    kinds : mapping
        The kinds of the parameters that are not bound again.
    arrays : bool
        Whether arrays count.
    """

    def __init__(self, kinds: Mapping[str, Kind], *, arrays: bool) -> None:
        counting = (*_SCALARS, "array", "number") if arrays else _SCALARS
        self._numbers = {variable for variable, kind in kinds.items() if kind.name in counting}
        self._modules = ("np.", "math.") if arrays else ("math.",)
        self._others: set[str] = set()

    def __contains__(self, variable: str) -> bool:
        return variable in self._numbers

    def observe(self, stmts: Iterable[gast.stmt]) -> None:
        """Take note of what statements bind."""
        for stmt in stmts:
            if not isinstance(stmt, gast.Assign) or not isinstance(stmt.targets[0], gast.Name):
                continue
            target = stmt.targets[0].id
            if not self._is_number(stmt.value):
                self._others.add(target)
            elif target not in self._others:
                self._numbers.add(target)

    def are_doubtful(self, body: Sequence[gast.stmt]) -> bool:
        """Tell whether a variable that was taken for a number may hold something else."""
        nodes = [node for stmt in body for node in nodes_in(stmt)]
        self.observe(nodes)
        plain = {id(node.targets[0]) for node in nodes if isinstance(node, gast.Assign)}
        for node in nodes:
            if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
                plain.add(id(node.target))
                if not self._is_number(node.value):
                    self._others.add(node.target.id)
            elif isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store) and id(node) not in plain:
                self._others.add(node.id)
        return not self._others.isdisjoint(self._numbers)

    def _is_number(self, node: Any) -> bool:
        if isinstance(node, gast.Constant):
            return isinstance(node.value, (int, float, complex))
        if isinstance(node, gast.Name):
            return node.id in self._numbers
        if isinstance(node, gast.BinOp):
            return self._is_number(node.left) and self._is_number(node.right)
        if isinstance(node, gast.UnaryOp):
            return self._is_number(node.operand)
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and not node.keywords:
            return (
                node.func.id.startswith(self._modules)
                and bool(node.args)
                and all(map(self._is_number, node.args))
            )
        return False
