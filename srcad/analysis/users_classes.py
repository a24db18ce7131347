"""What the classes of the user's that are in sight of a function may do where it computes, stores, copies and reads."""

from __future__ import annotations

import copy
import functools
from typing import Any

import gast
import numpy as np

from srcad.analysis.callees import runs_code
from srcad.analysis.class_effects import effects_in_sight, keeping_in_sight, methods_in_sight, titles_of
from srcad.analysis.kinds import Kind, alternatives
from srcad.analysis.kinds_of_operations import Kinds, kind_of_operation
from srcad.lang.function import Function

__all__ = ["UsersClasses"]


class UsersClasses:
    """The classes in sight of a function whose variables have some kinds."""

    def __init__(self, fn: Function, kinds: Kinds) -> None:
        self.fn, self.kinds = fn, kinds

    def may_change(self, titles: frozenset[str]) -> bool:
        """Tell whether a method of one of these names may change something."""
        return not titles.isdisjoint(self._effects)

    def change_by_store(self, target: gast.AST, deletes: bool) -> bool:
        """Tell whether a store in an item or attribute, or its deletion, may run a method that changes the object."""
        kind = self._kind(target.value) if isinstance(target, (gast.Subscript, gast.Attribute)) else None
        if kind is None or kind.name not in ("any", "object"):
            return False
        if isinstance(target, gast.Subscript):
            return self.may_change(frozenset(["__delitem__" if deletes else "__setitem__"]))
        hook = "__delattr__" if deletes else "__setattr__"
        known = alternatives(kind)
        if known:
            return any(runs_code(one, target.attr, hook) for one in known)
        return self.may_change(frozenset([hook]))

    def keep_operands(self, node: gast.BinOp | gast.UnaryOp | gast.AugAssign) -> bool:
        """Tell whether an operator may be one of a user's class whose result holds its operands."""
        fields = (getattr(node, field, None) for field in ("left", "right", "operand", "target"))
        if not any(part is not None and self._kind(part).name in ("any", "object") for part in fields):
            return False
        return not self._keeping.isdisjoint(titles_of(node.op))

    def leave_copying(self, function: Any) -> bool:
        """Tell whether a function makes a copy, and no user's class says what that is."""
        if function is np.array:
            return True
        title = "__copy__" if function is copy.copy else "__deepcopy__"
        return (function is copy.copy or function is copy.deepcopy) and title not in methods_in_sight(self.fn)

    def leave_copying_method(self, node: gast.Call) -> bool:
        """Tell whether a method of an unknown class is one that copies arrays and dicts, and of no user's class."""
        named = node.func.attr == "copy" and not node.args or node.func.attr in ("astype", "flatten")
        return named and not node.keywords and node.func.attr not in methods_in_sight(self.fn)

    def _kind(self, node: gast.AST) -> Kind:
        return kind_of_operation(node, self.kinds, self.fn)

    @functools.cached_property
    def _effects(self) -> frozenset[str]:
        return effects_in_sight(self.fn, *(kind.value for kind in self.kinds.values()))

    @functools.cached_property
    def _keeping(self) -> frozenset[str]:
        return keeping_in_sight(self.fn, *(kind.value for kind in self.kinds.values()))
