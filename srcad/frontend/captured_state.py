"""Which captured variables are state: some function that captures them may change what they hold."""

from __future__ import annotations

import types
from typing import Any

import gast

from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.analysis.view_functions import may_give_view, returns_views
from srcad.errors import NoSourceError
from srcad.lang.source import look_at
from srcad.lang.walking import children_of
from srcad.rules import registry

__all__ = ["may_change"]

_READERS = frozenset("abs all any bool float format hash int isinstance len list max min print range repr round sorted str "
                     "sum tuple type".split())  # fmt: skip
_READING_METHODS = frozenset("copy count index".split())
_COMPUTING = (gast.BinOp, gast.UnaryOp, gast.Compare, gast.FormattedValue)
_WRITERS = frozenset("copyto fill_diagonal place put put_along_axis putmask shuffle".split())


def may_change(function: types.FunctionType, name: str) -> bool:
    """Tell whether a function may change what it has captured as ``name``, or hand it on to what may.

    >>> def make():
    ...     seen, table, scale = [], {}, 2.0
    ...     def note(x): seen.append(x)
    ...     def count(): return len(seen) * scale + seen[0]
    ...     def hand_on(): return table
    ...     return note, count, hand_on
    >>> note, count, hand_on = make()
    >>> may_change(note, "seen"), may_change(count, "seen"), may_change(hand_on, "table")
    (True, False, True)
    """
    try:
        tree = look_at(function).tree
    except NoSourceError:
        return True
    return _Mentions(function, name).may_change(tree, ())


class _Mentions:
    """Looks at how a name is used, and at what is read of it."""

    def __init__(self, function: types.FunctionType, name: str) -> None:
        self.space, self.name = function.__globals__, name

    def may_change(self, node: gast.AST, around: tuple[gast.AST, ...]) -> bool:
        """Tell whether the code of ``node``, inside of the nodes ``around``, may change what the name stands for."""
        if isinstance(node, gast.Name) and node.id == self.name and not isinstance(node.ctx, gast.Param):
            return not isinstance(node.ctx, gast.Load) or not self._is_read(node, around)
        return any(self.may_change(child, (*around, node)) for child in children_of(node))

    def _is_read(self, node: gast.AST, around: tuple[gast.AST, ...]) -> bool:
        """Tell whether nothing but numbers is taken from a value."""
        *outer, parent = around
        if isinstance(parent, (gast.Subscript, gast.Attribute)) and parent.value is node:
            called = bool(outer) and isinstance(outer[-1], gast.Call) and outer[-1].func is parent
            if isinstance(parent, gast.Attribute) and called:
                is_array_method = parent.attr in ARRAY_METHODS and not may_give_view(parent.attr)
                return is_array_method or parent.attr in _READING_METHODS
            return isinstance(parent.ctx, gast.Load) and self._is_read(parent, tuple(outer))
        if isinstance(parent, gast.Call):
            return parent.func is not node and self._only_reads(parent)
        return isinstance(parent, _COMPUTING) or isinstance(parent, gast.Subscript)

    def _only_reads(self, call: gast.Call) -> bool:
        """Tell whether the function of a call is known to read its arguments alone."""
        if any(k.arg in ("out", None) for k in call.keywords):
            return False
        if isinstance(call.func, gast.Name) and call.func.id in _READERS:
            return call.func.id not in self.space
        found = self._value_of(call.func)
        known = registry.is_key(found) and (registry.find(found) is not None or registry.is_constant(found))
        return known and not returns_views(found) and getattr(found, "__name__", "") not in _WRITERS

    def _value_of(self, node: gast.AST) -> Any:
        """Return the function of a module, or the module, that a name or attribute stands for; None for others."""
        if isinstance(node, gast.Name):
            return self.space.get(node.id)
        if not isinstance(node, gast.Attribute):
            return None
        owner = self._value_of(node.value)
        return getattr(owner, node.attr, None) if isinstance(owner, types.ModuleType) else None
