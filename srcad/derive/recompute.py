"""Values that are cheaper to compute again in the backward sweep than to save: views, elements, index arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

import gast

from srcad.analysis.kinds import Kind
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory
from srcad.derive.build import written_names
from srcad.derive.steps import Block, Branch, Loop, Plain, Wrapped
from srcad.lang.scope import Scope
from srcad.lang.walking import nodes_in

__all__ = ["recomputed"]

_EXACT = (gast.Add, gast.Sub, gast.Mult, gast.FloorDiv, gast.Mod)
_OF_NUMBERS = (gast.Add, gast.Sub, gast.Mult)


def recomputed(
    block: Block,
    loop: Loop,
    needed: set[str],
    kinds: Kinds,
    scope: Scope,
    memory: Memory,
    lasting: Collection[str],
) -> list[gast.stmt]:
    """Return the statements that bind some of the variables ``needed`` again at the end of a block of a loop.

    They are defined in the block, and nowhere else in the loop, as a view of an array, as an element of what is never
    changed (or not any more: ``lasting``), from integers, or from numbers that are the same in all trips, of names that
    keep their values.
    """
    definitions = _definitions(block)
    if needed.isdisjoint(definitions):
        return []
    finder = _Finder(definitions, loop, kinds, scope, memory, lasting)
    return finder.statements(needed)


def _definitions(block: Block) -> dict[str, gast.Assign]:
    """Return the first assignment to each name at a block's own level."""
    found: dict[str, gast.Assign] = {}
    for step in block.steps:
        for stmt in step.forward if isinstance(step, Plain) else ():
            if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Name):
                found.setdefault(stmt.targets[0].id, stmt)
    return found


class _Finder:
    def __init__(
        self,
        definitions: dict[str, gast.Assign],
        loop: Loop,
        kinds: Kinds,
        scope: Scope,
        memory: Memory,
        lasting: Collection[str],
    ) -> None:
        self.kinds, self.scope, self.memory, self.lasting = kinds, scope, memory, lasting
        self.definitions = definitions
        self.places = {variable: place for place, variable in enumerate(definitions)}
        self.written: dict[str, int] = {}
        for part in loop.origin.body:
            for node in nodes_in(part):
                if isinstance(node, (gast.Assign, gast.For)) or isinstance(node, gast.AugAssign):
                    for variable in _bound(node):
                        self.written[variable] = self.written.get(variable, 0) + 1
        # Shadows are bound beside the program's own variables.
        for variable, count in Counter(_bound_forwards(loop.body)).items():
            self.written.setdefault(variable, count)
        self.out: list[gast.stmt] = []
        self.done: set[str] = set()
        self.pending: set[str] = set()

    def statements(self, needed: set[str]) -> list[gast.stmt]:
        for variable in sorted(needed):
            self.add(variable)
        return self.out

    def add(self, variable: str) -> bool:
        """Recompute a variable and what it is made of; tell whether that is possible."""
        if variable in self.done:
            return True
        stmt = self.definitions.get(variable)
        if stmt is None or self.written.get(variable, 0) != 1 or not self.is_cheap(stmt):
            return False
        if variable in self.pending:
            return False  # it is made of its own value in the trip before
        self.pending.add(variable)
        found = self.add_with_operands(variable, stmt)
        self.pending.discard(variable)
        return found

    def add_with_operands(self, variable: str, stmt: gast.Assign) -> bool:
        operands = {
            n.id for n in nodes_in(stmt.value)
            if isinstance(n, gast.Name) and n.id not in self.scope.statics and n.id != variable
        }  # fmt: skip
        before = len(self.out)
        for operand in sorted(operands):
            if self.written.get(operand, 0) and not (self.is_before(operand, variable) and self.add(operand)):
                self.done -= {n for made in self.out[before:] for n in written_names(made)}
                del self.out[before:]
                return False
        self.done.add(variable)
        self.out.append(gast.copy_location(gast.Assign(stmt.targets, stmt.value, None), stmt))
        return True

    def is_before(self, operand: str, variable: str) -> bool:
        """Tell whether a variable is made of what this trip, and not the one before, has bound the operand to."""
        return operand in self.places and self.places[operand] < self.places[variable]

    def kind(self, node: gast.AST) -> Kind:
        if isinstance(node, gast.Constant):
            return Kind("int" if type(node.value) is int else "any")
        return self.kinds.get(getattr(node, "id", ""), Kind("any"))

    def is_cheap(self, stmt: gast.Assign) -> bool:
        value = stmt.value
        target = self.kinds.get(stmt.targets[0].id, Kind("any"))
        if isinstance(value, gast.Subscript):
            if stmt.targets[0].id in self.lasting:
                return True
            base = self.kinds.get(getattr(value.value, "id", ""))
            if base is not None and base.name in ("array", "list", "tuple"):
                if self.memory.content(value.value.id) is None and self.is_element(value.slice, base):
                    return True
            shadow = base is None
            view = target.name == "array" or shadow
            return (
                view and (shadow or base is not None and base.name == "array") and self.is_basic(value.slice)
            )
        if isinstance(value, gast.Call):
            return self.is_length(value)
        if isinstance(value, gast.Attribute):
            owner = self.kinds.get(getattr(value.value, "id", ""))
            of_array = owner is None or owner.name not in ("any", "object")
            return of_array and value.attr in ("T", "shape", "ndim", "size")
        if isinstance(value, gast.BinOp):
            operands = (value.left, value.right)
            if isinstance(value.op, _EXACT) and all(self.kind(n).name == "int" for n in operands):
                return True
            return self.is_of_lasting_numbers(value, frozenset())
        if isinstance(value, gast.Compare):
            return all(self.kind(n).name == "int" for n in (value.left, *value.comparators))
        return False

    def is_of_lasting_numbers(self, value: gast.AST, pending: frozenset[str]) -> bool:
        """Tell whether a value is made of numbers that are the same in all trips of the loop."""
        return isinstance(value, gast.BinOp) and isinstance(value.op, _OF_NUMBERS) and all(
            self.is_lasting_number(operand, pending) for operand in (value.left, value.right)
        )  # fmt: skip

    def is_lasting_number(self, node: gast.AST, pending: frozenset[str]) -> bool:
        if isinstance(node, gast.Constant):
            return type(node.value) in (int, float)
        variable = getattr(node, "id", "")
        if self.kind(node).name not in ("float", "int") or variable in pending:
            return False
        stmt, count = self.definitions.get(variable), self.written.get(variable, 0)
        made_here = count == 1 and stmt is not None
        return not count or made_here and self.is_of_lasting_numbers(stmt.value, pending | {variable})

    def is_length(self, value: gast.Call) -> bool:
        """Tell whether a call asks for a length that stays."""
        if getattr(value.func, "id", "") != "len" or not isinstance(value.args[0], gast.Name):
            return False
        return self.kind(value.args[0]).name == "array" or self.memory.content(value.args[0].id) is None

    def is_element(self, index: gast.AST, base: Kind) -> bool:
        """Tell whether an index is one integer, or for an array as many as there may be."""
        if base.name == "array" and isinstance(index, gast.Tuple):
            return all(self.kind(part).name == "int" for part in index.elts)
        return self.kind(index).name == "int"

    def is_basic(self, index: gast.AST) -> bool:
        for part in index.elts if isinstance(index, gast.Tuple) else [index]:
            plain = isinstance(part, (gast.Slice, gast.Constant)) or self.kind(part).name == "int"
            if not plain:
                return False
        return True


def _bound_forwards(block: Block) -> Iterator[str]:
    """Yield the names that the forward sweep of a block binds, as often as it binds them."""
    for step in block.steps:
        if isinstance(step, Plain):
            for stmt in step.forward:
                yield from _bound(stmt) if isinstance(stmt, (gast.Assign, gast.AugAssign)) else ()
        elif isinstance(step, Branch):
            yield from _bound_forwards(step.body)
            yield from _bound_forwards(step.orelse)
        elif isinstance(step, Loop):
            yield from _bound_forwards(step.body)
        elif isinstance(step, Wrapped):
            yield from _bound_forwards(step.body)
            yield from _bound_forwards(step.final)


def _bound(node: gast.AST) -> list[str]:
    if isinstance(node, gast.AugAssign):
        return [node.target.id] if isinstance(node.target, gast.Name) else []
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], (gast.Subscript, gast.Attribute)):
        return []
    return written_names(node)
