"""Where each statement stands: the loops around it, what variables mean there, and which memory is touched there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gast

from srcad.analysis.kinds import Kind, is_scalar
from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory, is_rule
from srcad.derive.build import constant, written_names
from srcad.derive.contents import contents_changed, items_read, places_read
from srcad.derive.steps import Block, Branch, Leave, Loop, Plain, Step, Wrapped
from srcad.lang.walking import nodes_in

__all__ = ["Access", "Definition", "Place", "Survey", "survey"]


@dataclass(frozen=True)
class Place:
    """A position in the order of the text, the loops around it, and whether a branch inside the innermost is, too."""

    position: int
    loops: tuple[Loop, ...] = ()
    conditional: bool = False

    def sees(self, other: Place) -> bool:
        """Tell whether what was done there, in the iterations under way here, has been done by now."""
        around = len(other.loops) <= len(self.loops) and all(a is b for a, b in zip(other.loops, self.loops))
        return around and other.position < self.position and not (other.conditional and other.loops)


@dataclass(frozen=True)
class Definition:
    """What a variable is bound to, and where; to something unknown without a value."""

    value: gast.AST | None
    place: Place


@dataclass(frozen=True)
class Access:
    """A store into memory through ``base``, or a read of it in the backward sweep; without an index of all of it."""

    memory: str
    base: str
    index: gast.AST | None
    place: Place
    step: Plain
    stmt: gast.AST


@dataclass
class Survey:
    """What was found; ``unclear`` are the classes of memory that other statements read or change.

    ``loads`` are what the forward sweep reads one element of into a variable.
    """

    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    headers: dict[int, Place] = field(default_factory=dict)
    targets: set[str] = field(default_factory=set)
    stores: list[Access] = field(default_factory=list)
    reads: list[Access] = field(default_factory=list)
    loads: list[Access] = field(default_factory=list)
    unclear: set[str] = field(default_factory=set)
    guarded: bool = False


def survey(
    block: Block, parameters: Iterable[str], memory: Memory, kinds: Kinds, statics: Mapping[str, Any]
) -> Survey:
    """Walk the steps in the order of the forward sweep; ``statics`` are the functions that names are bound to."""
    walker = _Walker(memory, kinds, statics)
    # What a call gives is the first of the values that a parameter may have.
    walker.found.definitions = {parameter: [Definition(None, Place(0))] for parameter in parameters}
    walker.block(block, (), False)
    return walker.found


class _Walker:
    def __init__(self, memory: Memory, kinds: Kinds, statics: Mapping[str, Any]) -> None:
        self.memory, self.kinds, self.statics = memory, kinds, statics
        self.found = Survey()
        self.position = 0

    def block(self, block: Block, loops: tuple[Loop, ...], conditional: bool) -> None:
        self.unclear(block.tail)
        for step in block.steps:
            self.position += 2
            self.step(step, loops, conditional)

    def step(self, step: Step, loops: tuple[Loop, ...], conditional: bool) -> None:
        if isinstance(step, Plain):
            self.plain(step, Place(self.position, loops, conditional))
        elif isinstance(step, Branch):
            self.found.guarded |= isinstance(step.origin, gast.With)
            self.block(step.body, loops, True)
            self.block(step.orelse, loops, True)
        elif isinstance(step, Loop):
            self.unclear(step.before)
            self.found.targets |= set() if step.target is None else {step.target}
            self.found.headers[id(step)] = Place(self.position, loops, conditional)
            self.block(step.body, (*loops, step), False)
        elif isinstance(step, Leave):
            self.leave(step, Place(self.position, loops, True))
        elif isinstance(step, Wrapped):
            self.found.guarded = True
            self.block(step.body, loops, True)
            self.block(step.final, loops, True)

    def leave(self, step: Leave, place: Place) -> None:
        """Note what is bound on the way out of a loop."""
        for way in (step.origin.body, step.origin.orelse):
            if way and isinstance(way[-1], gast.Break):
                for variable in {n for stmt in way for part in nodes_in(stmt) for n in written_names(part)}:
                    self.found.definitions.setdefault(variable, []).append(Definition(None, place))

    def unclear(self, statements: list[gast.stmt]) -> None:
        for stmt in statements:
            self.found.unclear |= {
                str(self.memory.content(base)) for base, _ in places_read(stmt, self.memory, self.kinds)
            }

    def plain(self, step: Plain, place: Place) -> None:
        for stmt in step.forward:
            self.define(stmt, place)
            self.load(stmt, place, step)
        changes = contents_changed(step.forward, self.memory)
        clear = {id(change.stmt) for change in changes if change.index is not None}
        for change in changes:
            self.found.stores.append(
                Access(change.memory, change.base, change.index, place, step, change.stmt)
            )
        for stmt in step.forward:
            if id(stmt) not in clear:
                self.call(stmt)
        after = Place(place.position + 1, place.loops, place.conditional) if step.reads_after else place
        for stmt in step.backward:
            self.found.unclear |= items_read(stmt, self.memory, self.kinds, self.statics)
            for base, index in places_read(stmt, self.memory, self.kinds):
                content = str(self.memory.content(base))
                self.found.reads.append(Access(content, base, index, after, step, stmt))

    def load(self, stmt: gast.stmt, place: Place, step: Plain) -> None:
        """Note a variable that is bound to an element of an array."""
        value = getattr(stmt, "value", None)
        if not isinstance(stmt, gast.Assign) or not isinstance(value, gast.Subscript):
            return
        target, base = stmt.targets[0], getattr(value.value, "id", "")
        content = self.memory.content(base)
        if isinstance(target, gast.Name) and content is not None:
            scalar = is_scalar(self.kinds.get(target.id, Kind("any")))
            if scalar and self.kinds.get(base, Kind("any")).name == "array":
                self.found.loads.append(Access(content, base, value.slice, place, step, stmt))

    def call(self, stmt: gast.stmt) -> None:
        """Note the memory that a call which is no rule may read again in its pullback, or change."""
        for node in nodes_in(stmt):
            if (
                not isinstance(node, gast.Call)
                or not isinstance(node.func, gast.Name)
                or self.is_rule(node.func.id)
            ):
                continue
            for inner in nodes_in(node):
                content = self.memory.content(inner.id) if isinstance(inner, gast.Name) else None
                self.found.unclear |= set() if content is None else {content}

    def is_rule(self, function: str) -> bool:
        return (
            function.startswith("np.")
            or function == "len"
            or (function in self.statics and is_rule(self.statics[function]))
        )

    def define(self, stmt: gast.stmt, place: Place) -> None:
        if not isinstance(stmt, gast.Assign) or isinstance(stmt.targets[0], (gast.Subscript, gast.Attribute)):
            return
        target = stmt.targets[0]
        if isinstance(target, gast.Name):
            self.found.definitions.setdefault(target.id, []).append(Definition(stmt.value, place))
            return
        plain = isinstance(target, gast.Tuple) and all(isinstance(e, gast.Name) for e in target.elts)
        for number, variable in enumerate(written_names(stmt)):
            value = gast.Subscript(stmt.value, constant(number), gast.Load()) if plain else None
            self.found.definitions.setdefault(variable, []).append(Definition(value, place))
