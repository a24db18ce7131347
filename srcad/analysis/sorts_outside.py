"""What compiled code relies on of the values that live outside of a function: their sort, not what they are."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import gast

from srcad.analysis.fingerprints import fingerprint
from srcad.analysis.kinds import ANY, Kind, alternatives
from srcad.analysis.kinds_of_values import kind_of
from srcad.analysis.own_operators import refuse_own_operators_within
from srcad.analysis.results.indexing import attribute_outside
from srcad.errors import UnsupportedError
from srcad.lang.function import Function
from srcad.lang.scope import Dependency, SortDependency
from srcad.lang.walking import nodes_in

__all__ = ["depend_on_classes", "depend_on_sort", "owner_of"]


def owner_of(cls: type, attribute: str) -> tuple[Any, str]:
    """Return the dictionary of the class that holds what ``cls.attribute`` is, and the attribute."""
    return _space(next((c for c in cls.__mro__ if attribute in vars(c)), cls)), attribute


@functools.lru_cache(maxsize=1024)
def _space(cls: type) -> Mapping[str, Any]:
    """Return the dictionary of a class: the same view of it each time, so that what relies on it is found again."""
    return vars(cls)


def depend_on_sort(dependencies: list[Dependency], space: Any, name: str) -> None:
    """Record that the result relies on the sort of a value outside, where its kind is told when compiling."""
    if name not in space:
        return
    refuse_own_operators_within(space[name])
    if attribute_outside(space[name]) is ANY:
        return
    if not any(d.space is space and d.name == name for d in dependencies):
        dependencies.append(SortDependency(space, name, _sort(space[name]), _sort))


def _sort(value: Any) -> Any:
    """Return what is equal for values that the same code is right for."""
    return attribute_outside(value) if type(value) in (list, dict, tuple) else fingerprint(value)


def depend_on_classes(dependencies: list[Dependency], fn: Function, kinds: Mapping[str, Kind]) -> None:
    """Record what is read of classes that a function has in variables, as class methods have theirs."""
    for node in nodes_in(fn.tree):
        if not isinstance(node, gast.Attribute) or not isinstance(node.ctx, gast.Load):
            continue
        owner = getattr(node.value, "id", "")
        static = fn.scope.statics.get(owner)
        known = kinds.get(owner, ANY) if static is None else kind_of(static)
        for cls in (one.value for one in alternatives(known) if isinstance(one.value, type)):
            try:
                depend_on_sort(dependencies, *owner_of(cls, node.attr))
            except UnsupportedError as error:
                raise error.at(fn.source.locate(node)) from None
