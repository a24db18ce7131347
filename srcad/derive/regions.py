"""Stores that need not be undone, since what they overwrite lies where no earlier step's adjoint looks.

And elements that need not be saved, since no later store overwrites them: the backward sweep finds them in their place.

The backward sweep undoes a store where the adjoint of an earlier step, or its own, reads what was overwritten.  Here the
places are compared: indices are sums of loop variables, lengths and numbers, and whether two of them can be equal in an
order in which it matters is a system of inequalities.

Examples
--------
::

    for i in range(n):
        x[i] = b[i] - L[i, :i] @ x[:i]

The adjoint reads ``x[:i]``.  What ``x[i]`` was before lies outside of that, and of what any earlier trip reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import gast

from srcad.analysis.kinds import Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory
from srcad.derive.inequalities import Linear, can_hold, constant, difference, plus, symbol
from srcad.derive.places import Access, Survey, survey
from srcad.derive.steps import Block, Loop
from srcad.derive.values import Values
from srcad.lang.scope import Scope
from srcad.lang.walking import nodes_in

__all__ = ["Lasting", "lasting_contents"]

_MOST_PAIRS = 600
_ONE = constant(1)


class Lasting(NamedTuple):
    """What stays as it is to the end of the forward sweep.

    Attributes
    ----------
    stores : frozenset of int
        The identities of the stores that need not be undone.
    elements : frozenset of str
        Variables that hold elements of arrays which can be read again.
    """

    stores: frozenset[int] = frozenset()
    elements: frozenset[str] = frozenset()


def lasting_contents(
    block: Block,
    scope: Scope,
    kinds: Kinds,
    memory: Memory,
    parameters: Collection[str],
    kept: Collection[str],
) -> Lasting:
    """Return what need not be undone or saved; ``kept`` are classes that the caller needs back."""
    if not memory.changed:
        return Lasting()
    found = survey(block, parameters, memory, kinds, scope.statics)
    if found.guarded:
        return Lasting()
    read = {access.memory for access in (*found.reads, *found.loads)}
    stores: set[int] = set()
    elements: set[str] = set()
    for content in sorted({store.memory for store in found.stores} & read - found.unclear - memory.outside):
        root = _root(content, found, kinds, memory, parameters)
        if root is not None:
            comparison = _Comparison(content, root, found, Values(found, kinds, root))
            stores |= comparison.final() if content not in kept else set()
            elements |= comparison.lasting_elements()
    return Lasting(frozenset(stores), frozenset(elements))


def _root(
    content: str, found: Survey, kinds: Kinds, memory: Memory, parameters: Collection[str]
) -> str | None:
    """Return the one variable that names the array whose memory the others of its class are parts of."""
    roots = []
    for variable, own in memory.classes.items():
        kind = kinds.get(variable, Kind("any"))
        if own != content or kind.name in ("float", "int", "bool"):
            continue
        definitions = found.definitions.get(variable, [])
        if kind.name != "array" or len(definitions) > 1:
            return None
        value = definitions[0].value if definitions else None
        if definitions and variable not in parameters and not isinstance(value, _MAKING):
            return None
        shown = {memory.classes.get(n.id) for n in nodes_in(value or gast.Pass()) if isinstance(n, gast.Name)}
        if content not in shown:
            roots.append(variable)
    return roots[0] if len(roots) == 1 and kinds[roots[0]].ndim is not None else None


_MAKING = (gast.Name, gast.Subscript, gast.Attribute, gast.Call, gast.BinOp, gast.UnaryOp)


class _Comparison:
    """Compares the stores into one array with the reads of it."""

    def __init__(self, content: str, root: str, found: Survey, values: Values) -> None:
        self.root, self.found, self.values = root, found, values
        self.stores = [a for a in found.stores if a.memory == content]
        self.reads = [a for a in found.reads if a.memory == content]
        self.loads = [a for a in found.loads if a.memory == content]

    def final(self) -> set[int]:
        """Return the identities of the stores that need not be undone."""
        reads = {id(read): read for read in self.reads}
        own = {id(store): [r for r in self.reads if self._is_own(store, r)] for store in self.stores}
        for store in self.stores:
            for read in own[id(store)]:
                reads.pop(id(read), None)
        if len(self.stores) * len(reads) > _MOST_PAIRS:
            return set()
        return {
            id(store.stmt)
            for store in self.stores
            if not own[id(store)] and not any(self._meet(read, store) for read in reads.values())
        }

    def lasting_elements(self) -> set[str]:
        """Return the variables that are bound once, to an element which no later store overwrites."""
        loads = {load.stmt.targets[0].id: load for load in self.loads if isinstance(load.stmt, gast.Assign)}
        if len(self.stores) * len(loads) > _MOST_PAIRS:
            return set()
        return {
            variable
            for variable, load in loads.items()
            if len(self.found.definitions.get(variable, [])) == 1
            and not any(self._meet(load, store) for store in self.stores)
        }

    def _is_own(self, store: Access, read: Access) -> bool:
        """Tell whether a read of a store's own adjoint sees nothing but what the store's undoing puts back."""
        if read.step is not store.step or store.step.reads_after or len(self._stores_of(store)) != 1:
            return False
        if read.base == store.base and read.index is not None and store.index is not None:
            return bool(gast.dump(read.index) == gast.dump(store.index))
        whole = isinstance(store.index, gast.Constant) and store.index.value is Ellipsis
        return whole and self.values.origin(store.base, store.place)[0] == self.root

    def _stores_of(self, store: Access) -> list[Access]:
        return [other for other in self.stores if other.step is store.step]

    def _meet(self, read: Access, store: Access) -> bool:
        """Tell whether a read may look, in the backward sweep after the undoing of a store, at what the store overwrote."""
        common = [one for one, other in zip(read.place.loops, store.place.loops) if one is other]
        rows = [
            *self.values.region(read, "read"),
            *self.values.region(store, "store"),
            *self._identity(read, store),
        ]
        for depth in range(len(common) + 1):
            if depth == len(common) and read.place.position > store.place.position:
                break
            order = list(self._same(common[:depth]))
            if depth < len(common):
                order.append(difference(self._later(common[depth]), _ONE))
            if can_hold([*rows, *order]):
                return True
        return False

    def _identity(self, read: Access, store: Access) -> Iterator[Linear]:
        """Yield that both are about one array, where each trip of some loops makes a new one."""
        definitions = self.found.definitions.get(self.root, [])
        if definitions and all(self.values.is_of_this_trip(a.base, a.place) for a in (read, store)):
            yield from self._same(list(definitions[0].place.loops))

    def _same(self, loops: list[Loop]) -> Iterator[Linear]:
        for loop in loops:
            yield difference(symbol(("read", id(loop))), symbol(("store", id(loop))))
            yield difference(symbol(("store", id(loop))), symbol(("read", id(loop))))

    def _later(self, loop: Loop) -> Linear:
        """Return by how much the trip of the store comes after that of the read."""
        ahead = difference(symbol(("store", id(loop))), symbol(("read", id(loop))))
        return ahead if self.values.is_rising(loop) else plus(constant(0), ahead, -1)
