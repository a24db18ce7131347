"""Which variables may share memory, and which memory is changed in place."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import gast

from srcad.optimize.calls import FRESH_METHODS, PLAIN_ATTRIBUTES, changed_arguments, makes_fresh, shares_first
from srcad.optimize.kinds import TermKinds
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.roles import roles_of
from srcad.optimize.terms import WORLD, Term, base_name, is_display

__all__ = ["Memory", "is_fresh"]

_CONTENTS = "*"  # prefix: what the elements of a history refer to
_FORMER = "'"  # suffix: what a parameter referred to before a copy took its name
_NOTHING: frozenset[str] = frozenset()


class Memory:
    """Classes of variables that may share memory, whatever the order of the statements.

    Views share the memory of their array, containers that of their elements; variables that only ever hold
    numbers have no memory.  Parameters and whatever an unknown call gets belong to the world outside.

    Attributes
    ----------
    changed : set of str
        The representatives of the classes that some statement changes in place.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.context = program.context
        self._parent: dict[str, str] = {}
        self._roots: dict[Term, frozenset[str]] = {}
        self.roles = roles_of(program)
        opening = _opening(program.body)
        renewed = {name for stmt in opening for name in stmt.writes & program.parameters}
        for name in program.parameters:
            self._join(name + _FORMER if name in renewed else name, WORLD)
        results = _result_displays(program.body)
        for stmt in opening:
            self._join_opening(stmt, renewed)
        for stmt in statements(program.body[len(opening) :]):
            if stmt.target is not None and stmt.is_pure and stmt.value is not None:
                shared = () if stmt in results else self.roots(stmt.value)
                if shared:
                    self._join_all([stmt.target, *shared])
            elif stmt not in results:
                self._join_statement(stmt)
        members: dict[str, list[str]] = {}
        for name in list(self._parent):
            members.setdefault(self._find(name), []).append(name.removeprefix(_CONTENTS))
        self._members = {root: frozenset(names) for root, names in members.items()}
        changed = _NOTHING.union(*[stmt.changes for stmt in statements(program.body) if stmt.changes])
        self.changed = {self._find(name) for name in changed if self._has(name)}

    @cached_property
    def kinds(self) -> TermKinds:
        """The kinds of the terms that were there when the classes were made."""
        return self.program.fact(TermKinds)

    # ---- questions --------------------------------------------------------------------------

    def sharing(self, name: str) -> frozenset[str]:
        """Return the variables that may refer to memory which is reachable from ``name``."""
        return self._members.get(self._find(name)) or frozenset([name])

    def spoiled(self, names: Iterable[str]) -> frozenset[str]:
        """Return the variables whose contents may change when memory changes through ``names``."""
        found = [self.sharing(name) for name in names if self._has(name)]
        return found[0] if len(found) == 1 else _NOTHING.union(*found)

    def is_changed(self, name: str) -> bool:
        """Tell whether any statement may change the memory behind a variable."""
        return self._find(name) in self.changed

    def is_outside(self, name: str) -> bool:
        """Tell whether a variable may refer to memory that outlives the function."""
        return self.program.terms.is_static(name) or self._find(name) == self._find(WORLD)

    def is_array(self, name: str) -> bool:
        """Tell whether a variable only ever holds arrays and numbers: a store into it copies."""
        return name in self.roles.arrays or self.context.is_array(name)

    def is_slice(self, value: Term) -> bool:
        """Tell whether a value surely is a slice of an array, which shares its memory."""
        if value.kind is not gast.Subscript or value.parts[0].kind is not gast.Name:
            return False
        base, index = value.parts
        parts = index.children if index.kind is gast.Tuple else (index,)
        slices = [part for part in parts if part.kind is gast.Slice]
        return bool(slices) and self.is_array(base.name) and all(map(self._is_basic, parts))

    def _is_basic(self, part: Term) -> bool:
        """Tell whether a part of an index surely takes no copy of what it selects."""
        if part.kind is gast.Constant:
            return part.parts[0] is Ellipsis or part.parts[0] is None or type(part.parts[0]) is int
        return part.kind is gast.Slice or part.kind is gast.Name and self.context.is_scalar(part.name)

    def _has(self, name: str) -> bool:
        return name not in self.roles.numbers

    # ---- classes ----------------------------------------------------------------------------

    def _find(self, name: str) -> str:
        parent, root = self._parent, name
        while (above := parent.setdefault(root, root)) != root:
            root = above
        parent[name] = root
        return root

    def _join(self, first: str, second: str) -> None:
        if first != second and self._has(first) and self._has(second):
            self._parent[self._find(first)] = self._find(second)

    def _join_all(self, names: Iterable[str]) -> None:
        first = None
        for name in filter(self._has, names):
            if first is None:
                first = name
            else:
                self._join(first, name)

    def _join_opening(self, stmt: Statement, renewed: set[str]) -> None:
        """Take note of a statement that stands before the parameters' own names mean copies."""
        value = stmt.value
        if value is not None and value.kind is gast.Name:
            self._join_all([*stmt.writes, value.name + _FORMER if value.name in renewed else value.name])
        else:
            self._join_all(sorted(stmt.writes))

    def _join_statement(self, stmt: Statement) -> None:
        value = stmt.value
        if stmt.stack is not None and value is not None:
            method, stack = stmt.stack
            if method == "append":
                self._join_all([_CONTENTS + stack, *self.roots(value.parts[1][0])])
            else:
                stored = [name for name in stmt.changes if name != stack and not self.is_array(name)]
                self._join_all([_CONTENTS + stack, *stmt.writes, *stored])
            return
        if not stmt.is_pure:
            self._join_impure(stmt)
        elif stmt.kind in (gast.Assign, gast.For, gast.AugAssign) and value is not None:
            for target in stmt.targets:
                self._join_target(target, value, stmt.kind is gast.AugAssign)
        elif stmt.kind is gast.With:
            self._join_all([WORLD, *stmt.reads, *stmt.writes])

    def _join_target(self, target: Term, value: Term, is_update: bool) -> None:
        name = base_name(target)
        if name is None:
            names = sorted(target.reads)
            self._join_all([*names, *self.roots(value)])
        elif target.kind is gast.Name and not is_update:
            self._join_all([name, *self.roots(value)])
        elif not self.is_array(name):
            # A container keeps what is stored into it, or added to it, by reference.
            self._join_all([name, *self.roots(value)])

    def _join_impure(self, stmt: Statement) -> None:
        group = set(stmt.reads | stmt.writes)
        if WORLD in stmt.changes or stmt.value is None or not self._is_narrow(stmt.value):
            group.add(WORLD)
        elif not stmt.writes and all(self.is_array(name) for name in stmt.changes):
            return  # arrays copy what is stored into them
        self._join_all(sorted(group))

    def _is_narrow(self, value: Term) -> bool:
        """Tell whether an impure call is known to change some arguments and to keep none outside."""
        if value.kind is not gast.Call or not all(child.is_pure for child in value.children):
            return False
        return value.parts[0].kind is gast.Attribute or changed_arguments(value.callee) is not None

    def roots(self, term: Term) -> frozenset[str]:
        """Return the variables whose memory a value may share."""
        found = self._roots.get(term)
        if found is None:
            found = self._roots[term] = self._roots_of(term)
        return found

    def _roots_of(self, term: Term) -> frozenset[str]:
        if term.kind is gast.Name:
            return term.reads
        if is_fresh(term):
            if term.kind is gast.BinOp and self._may_be_container(term):
                return self.roots(term.parts[0]) | self.roots(term.parts[2])
            return _NOTHING
        if term.kind is gast.Subscript:
            return self.roots(term.parts[0])
        if term.kind is gast.Attribute:
            base = self.roots(term.parts[0]) or term.reads
            return _NOTHING if term.parts[1] in PLAIN_ATTRIBUTES else base
        if term.kind is gast.Call:
            func, args, keywords = term.parts
            if args and shares_first(term.callee):
                return self.roots(args[0])
            return _NOTHING.union(*[self.roots(part) for part in (func, *args, *keywords)])
        return _NOTHING.union(term.reads if term.is_opaque else (), *[self.roots(c) for c in term.children])

    def _may_be_container(self, term: Term) -> bool:
        """Tell whether a sum or product may be of lists, whose elements it then shares."""
        containers = self.roles.containers
        for side in (term.parts[0], term.parts[2]):
            if is_display(side) or (side.kind is gast.Name and side.name in containers):
                return True
        return False


def is_fresh(term: Term) -> bool:
    """Tell whether a value shares no memory with any variable, unless it is a sum of containers."""
    if term.is_fresh is None:
        term.is_fresh = _makes_fresh(term)
    return term.is_fresh


def _makes_fresh(term: Term) -> bool:
    if term.kind in (gast.BinOp, gast.UnaryOp, gast.Compare, gast.JoinedStr, gast.Constant):
        return True
    if term.kind is not gast.Call or any(k.parts[0] in ("out", "copy") for k in term.parts[2]):
        return False
    func = term.parts[0]
    return func.parts[1] in FRESH_METHODS if func.kind is gast.Attribute else makes_fresh(term.callee)


def _opening(body: list[Statement]) -> list[Statement]:
    """Return the statements at the start that keep the arguments under other names, and put copies under theirs."""
    found: list[Statement] = []
    renewed: set[str] = set()
    for stmt in body:
        value = stmt.value
        if stmt.kind is not gast.Assign or value is None or not renewed.isdisjoint(value.reads | stmt.writes):
            break
        if value.kind is gast.Call and value.is_pure and is_fresh(value):
            renewed |= stmt.writes
        elif value.kind is not gast.Name or stmt.target is None:
            break
        found.append(stmt)
    return found


def _result_displays(body: list[Statement]) -> set[Statement]:
    """Return the displays at the end that put results together.

    Nothing can happen to their elements any more, so they do not count as sharing.
    """
    found: set[Statement] = set()
    written: set[str] = set()
    for stmt in reversed(body):
        if stmt.blocks or stmt.changes or not stmt.is_pure:
            break
        if stmt.target is not None and stmt.value is not None and is_display(stmt.value):
            if written.isdisjoint(stmt.value.reads):
                found.add(stmt)
        written |= stmt.writes
    return found
