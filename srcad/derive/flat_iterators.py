"""``x.flat`` as a name for the entries of ``x`` in C's order, for loops over it too.

Before::

    seq = x.flat
    for i in range(len(seq)):
        v = seq[i]

After::

    seq_array = x
    for i in range(np.size(seq_array)):
        place = rt.flat_index(seq_array, i)
        v = seq_array[place]

The array gets a name of its own where its iterator is made: the program may bind ``x`` to another one later on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import ANY, Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.derive.build import assign, builtin, call, constant, method, name, read_names
from srcad.errors import UnsupportedError
from srcad.lang.function import Function
from srcad.lang.scope import Scope
from srcad.lang.walking import clone, nodes_in
from srcad.rules import registry

__all__ = ["flat_iterators"]


def _example(x: Any) -> Any:
    entries = x.flat
    return entries[0]


_READERS = (list, tuple, max, min, sum, sorted)
_BODIES = ("body", "orelse", "finalbody")


def flat_iterators(fn: Function, kinds: Kinds) -> Function:
    """Return ``fn`` without iterators ``x.flat`` of what is known to be an array; ``kinds`` gets what is new.

    Examples
    --------
    >>> from srcad.analysis.kinds import array
    >>> from srcad.derive import flat_iterators as module
    >>> from srcad.frontend import normalize
    >>> from srcad.lang.printer import to_source
    >>> fn = normalize(module._example)
    >>> print(to_source(flat_iterators(fn, {"x": array(2)}).tree).rstrip())
    def _example(x):
        entries_array = x
        place = rt.flat_index(entries_array, 0)
        t = entries_array[place]
        return t
    """
    found = _iterators(fn, kinds)
    return (
        fn.with_body(_Writer(fn, kinds, found).block([clone(stmt) for stmt in fn.tree.body])) if found else fn
    )


def _iterators(fn: Function, kinds: Kinds) -> dict[str, Kind]:
    """Return the variables that only ever are such iterators, and the kinds of their arrays."""
    made: dict[str, list[gast.AST]] = {}
    stores: Counter[str] = Counter()
    for node in nodes_in(fn.tree):
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            made.setdefault(node.targets[0].id, []).append(node.value)
        if isinstance(node, gast.Name) and not isinstance(node.ctx, gast.Load):
            stores[node.id] += 1
    found: dict[str, Kind] = {}
    size = -1
    while size != len(found):
        size = len(found)
        for variable, values in made.items():
            arrays = [_array_of(value, fn.scope, kinds, found) for value in values]
            if (
                stores[variable] == len(values)
                and arrays[0] is not None
                and arrays.count(arrays[0]) == len(arrays)
            ):
                found[variable] = arrays[0]
    return found


def _array_of(value: Any, scope: Scope, kinds: Kinds, found: dict[str, Kind]) -> Kind | None:
    """Return the kind of the array whose entries ``value`` runs through."""
    if isinstance(value, gast.Attribute) and value.attr == "flat" and isinstance(value.value, gast.Name):
        kind = kinds.get(value.value.id, ANY)
        return kind if kind.name == "array" else None
    source = _same_entries(value, scope)
    return found.get(source) if source is not None else None


def _same_entries(value: Any, scope: Scope) -> str | None:
    """Return the variable whose entries ``value`` has: another name for it, or a sequence of them."""
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Name):
        is_sequence = scope.statics.get(value.func.id) is rt.sequence
        value = value.args[0] if is_sequence else None
    return value.id if isinstance(value, gast.Name) else None


class _Writer:
    """Writes the statements anew, with indices into the arrays themselves."""

    def __init__(self, fn: Function, kinds: Kinds, found: dict[str, Kind]) -> None:
        self.fn, self.kinds, self.scope, self.found = fn, kinds, fn.scope, found
        self.arrays: dict[str, str] = {}
        for variable, kind in found.items():
            self.arrays[variable] = fn.scope.fresh(f"{variable}_array")
            kinds[self.arrays[variable]] = kind

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        return [gast.copy_location(new, stmt) for stmt in body for new in self.statement(stmt)]

    def statement(self, stmt: gast.stmt) -> Iterator[gast.stmt]:
        if any(isinstance(getattr(stmt, part, None), list) for part in _BODIES):
            for part in _BODIES:
                setattr(stmt, part, self.block(getattr(stmt, part, None) or []))
            for handler in getattr(stmt, "handlers", []):
                handler.body = self.block(handler.body)
            headers = [getattr(stmt, part, None) for part in ("test", "iter")]
            self.refuse_in(stmt, [*filter(None, headers), *getattr(stmt, "items", [])])
            yield stmt
        elif not set(read_names(stmt)) & self.found.keys():
            made = self.making(stmt)
            yield stmt if made is None else made
        elif (made := self.making(stmt)) is not None:
            yield made
        elif not self.is_check(stmt):
            yield from self.using(stmt)

    def making(self, stmt: gast.stmt) -> gast.stmt | None:
        """Return the statement that names the array where an iterator is made."""
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        if not isinstance(target, gast.Name) or target.id not in self.found:
            return None
        source = _same_entries(stmt.value, self.scope)
        return assign(self.arrays[target.id], name(self.arrays[source]) if source else stmt.value.value)

    def is_check(self, stmt: gast.stmt) -> bool:
        """Tell whether a statement looks whether a loop over an iterator may be left early, as this one may."""
        func = getattr(getattr(stmt, "value", None), "func", None)
        return self.scope.statics.get(getattr(func, "id", "")) is rt.check_left

    def using(self, stmt: gast.stmt) -> Iterator[gast.stmt]:
        """Yield a statement that reads or stores entries, behind those that find their places."""
        for node in nodes_in(stmt):
            base = getattr(getattr(node, "value", None), "id", "")
            if isinstance(node, gast.Subscript) and base in self.found:
                place = self.scope.fresh("place")
                yield assign(place, self.called(rt.flat_index, "rt.flat_index", base, self.index(node.slice)))
                node.value, node.slice = name(self.arrays[base]), name(place)
        value = getattr(stmt, "value", None)
        function = self.scope.statics.get(getattr(getattr(value, "func", None), "id", ""))
        if (
            isinstance(value, gast.Call)
            and function is len
            and isinstance(value.args[0], gast.Name)
            and value.args[0].id in self.found
        ):
            stmt.value = self.called(np.size, "np.size", value.args[0].id)
        elif isinstance(value, gast.Call) and (function in _READERS or registry.find(function) is not None):
            for position, argument in enumerate(value.args):
                if isinstance(argument, gast.Name) and argument.id in self.found:
                    entries = self.scope.fresh("entries")
                    self.kinds[entries] = replace(self.found[argument.id], dims=("?",))
                    yield assign(entries, method(self.arrays[argument.id], "flatten"))
                    value.args[position] = name(entries)
        self.refuse_in(stmt, [stmt])
        yield stmt

    def called(self, function: Any, path: str, variable: str, *arguments: gast.AST) -> gast.Call:
        """Return a call whose first argument is the array of an iterator."""
        self.scope.statics.setdefault(path, function)
        return call(path, name(self.arrays[variable]), *arguments)

    def index(self, index: gast.AST) -> gast.AST:
        """Return an index as a value."""
        if not isinstance(index, gast.Slice):
            return index
        return call(
            builtin(self.scope, slice),
            *(p if p is not None else constant(None) for p in (index.lower, index.upper, index.step)),
        )

    def refuse_in(self, stmt: gast.stmt, nodes: list[gast.AST]) -> None:
        """Refuse an iterator that is used as a value."""
        if any(name_ in self.found for node in nodes for name_ in read_names(node)):
            raise UnsupportedError("The iterator .flat of an array is used as a value here.",
                                   "Loop over it or index it, or use np.ravel.", self.fn.source.locate(stmt))  # fmt: skip
