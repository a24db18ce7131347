"""Take what is the same in all iterations from where it is, and not out of a history."""

from __future__ import annotations

import gast

from srcad.optimize.histories import Record, keep_elements, records
from srcad.optimize.kinds import TermKinds
from srcad.optimize.program import Program, Statement, stack_uses, statements
from srcad.optimize.terms import Term

__all__ = ["forget_invariants"]

_EXACT = (gast.Add, gast.Sub, gast.Mult)
_DEPTH = 6
_Uses = dict[tuple[str, str], list[Statement]]


def forget_invariants(program: Program) -> bool:
    """Replace what a history gives back by the variable it is, or by what it is computed from, if that is settled.

    Settled is what is bound once, outside of loops, or computed from such variables: numbers, and the lengths of
    arrays.

    Examples
    --------
    ::

        for i in range(n):          # before          for i in range(n):          # after
            m = x.shape[1]                                m = x.shape[1]
            s.append((dy, m, h))                          s.append(h)
        for i in reversed(range(n)):                  for i in reversed(range(n)):
            dy, m, h = s.pop()                            h = s.pop()
                                                          dy = dy
                                                          m = x.shape[1]
    """
    if not program.stacks:
        return False
    uses = stack_uses(program.body)
    settled = _Settled(program, uses)
    found: dict[Statement, list[Statement]] = {}
    dropped: set[Statement] = set()
    for record in program.fact(records).values():
        _of_record(program, record, settled, found)
    for stack in program.stacks:
        _of_single(program, uses, stack, settled, found, dropped)
    if not found:
        return False
    program.body = _replaced(program.body, found, dropped)
    program.changes += 1
    return True


class _Settled:
    """The values that stay the same from where they are bound to the end of the function."""

    def __init__(self, program: Program, uses: _Uses) -> None:
        self.program = program
        self.kinds = program.fact(TermKinds)
        given_back = _given_back(program, uses)
        self.definitions: dict[str, list[Term | None]] = {name: [None] for name in program.parameters}
        updated: list[Term] = []
        late: set[str] = set()
        is_late = False
        for stmt in program.body:
            is_late = is_late or stmt.kind in (gast.For, gast.While)
            for part in statements([stmt]):
                if part.kind is gast.AugAssign:
                    updated += part.targets
                    continue
                for name in part.writes - given_back.get(part, frozenset()):
                    value = part.value if part.target == name else None
                    self.definitions.setdefault(name, []).append(value)
                    late |= {name} if is_late else set()
        rebound = {t.name for t in updated if t.kind is gast.Name and not self._keeps_memory(t)}
        inside = {
            name
            for stmt in program.body
            for block in stmt.blocks
            for inner in statements(block)
            for name in inner.writes - given_back.get(inner, frozenset())
        } | {name for stmt in program.body if stmt.blocks for name in stmt.writes}
        unknown = rebound | program.terms.captured
        self.once = {name for name, values in self.definitions.items() if len(values) == 1} - unknown
        early = self.definitions.keys() - late - unknown
        self.outside = (self.once | early) - inside

    def _keeps_memory(self, target: Term) -> bool:
        """Tell whether an update of a variable leaves it bound to the same array."""
        known = self.program.context.ranks.get(target.name)
        if known is not None:
            return known.name == "array"
        values = self.definitions.get(target.name, [None])
        return all(
            v is not None and self.kinds.of(v).name == "array" and self.kinds.is_whole(v) for v in values
        )

    def value(self, term: Term, depth: int = _DEPTH) -> Term | None:
        """Return a term that is equal to another one everywhere, or None where there is none."""
        if term.kind is gast.Constant:
            return term
        if not depth:
            return None
        if term.kind is gast.Name:
            if term.name in self.outside:
                return term
            definition = self.definitions[term.name][0] if term.name in self.once else None
            return None if definition is None else self._computed(definition, depth - 1)
        return self._computed(term, depth)

    def _computed(self, term: Term, depth: int) -> Term | None:
        """Return a number that is computed from settled ones, or the length of an axis of a settled array."""
        if term.kind is gast.Constant or term.kind is gast.Name:
            return self.value(term, depth)
        if term.kind is gast.BinOp and term.parts[1] in _EXACT:
            left, right = (self.value(side, depth - 1) if depth else None for side in term.parts[::2])
            if left is None or right is None or not all(map(self._is_number, (left, right))):
                return None
            return self.program.terms.binary(left, term.parts[1], right)
        if term.kind is gast.Attribute and term.parts[1] == "shape" and self._is_array(term.parts[0]):
            return term
        if term.kind is gast.Subscript and term.parts[1].kind is gast.Constant:
            base = self.value(term.parts[0], depth - 1) if depth else None
            if base is not None and self._is_shape(base):
                return self.program.terms.make(gast.Subscript, base, term.parts[1])
        return None

    def _is_number(self, term: Term) -> bool:
        return self.kinds.of(term).name in ("int", "float") or term.kind is gast.Subscript

    def _is_array(self, term: Term) -> bool:
        return term.kind is gast.Name and term.name in self.outside and self.kinds.of(term).name == "array"

    def _is_shape(self, term: Term) -> bool:
        if term.kind is gast.Name:
            definition = self.definitions[term.name][-1] if term.name in self.outside else None
            return definition is not None and self._is_shape(definition)
        return term.kind is gast.Attribute and term.parts[1] == "shape" and self._is_array(term.parts[0])


def _given_back(program: Program, uses: _Uses) -> dict[Statement, frozenset[str]]:
    """Return the variables that a statement takes out of a history into which only they themselves were put."""
    found: dict[Statement, frozenset[str]] = {}
    for record in program.fact(records).values():
        for unpack in record.unpacks:
            names = [e.name for e in unpack.targets[0].children]
            own = [
                all(d.children[k] == unpack.targets[0].children[k] for d in record.displays)
                for k in range(len(names))
            ]
            found[unpack] = frozenset(name for name, is_own in zip(names, own) if is_own)
    for stack in program.stacks:
        appended = {_appended(stmt) for stmt in uses.get(("append", stack), ())}
        for stmt in uses.get(("pop", stack), ()):
            if len(appended) == 1 and stmt.target is not None and stmt.targets[0] in appended:
                found[stmt] = frozenset([stmt.target])
    return found


def _appended(stmt: Statement) -> Term | None:
    args: tuple[Term, ...] = () if stmt.value is None else stmt.value.parts[1]
    return args[0] if len(args) == 1 else None


def _of_record(
    program: Program, record: Record, settled: _Settled, found: dict[Statement, list[Statement]]
) -> None:
    """Note what a history of tuples need not keep; one element stays in any case."""
    values: dict[int, Term] = {}
    for place in range(record.length):
        elements = {display.children[place] for display in record.displays}
        value = settled.value(elements.pop()) if len(elements) == 1 else None
        if value is not None:
            values[place] = value
    kept = [place for place in range(record.length) if place not in values] or [0]
    if len(kept) == record.length:
        return
    for unpack in record.unpacks:
        targets = unpack.targets[0].children
        found[unpack] = [
            unpack,
            *[
                program.assign(targets[place].name, value, unpack.origin)
                for place, value in values.items()
                if place not in kept and value is not targets[place]
            ],
        ]
    keep_elements(program, record, kept)


def _of_single(
    program: Program,
    uses: _Uses,
    stack: str,
    settled: _Settled,
    found: dict[Statement, list[Statement]],
    dropped: set[Statement],
) -> None:
    """Note that a history of one settled value is not needed."""
    appends, pops = uses.get(("append", stack), []), uses.get(("pop", stack), [])
    appended = {_appended(stmt) for stmt in appends}
    value = appended.pop() if len(appended) == 1 else None
    value = None if value is None else settled.value(value)
    if value is None or not pops or any(stmt.target is None for stmt in pops):
        return
    dropped.update(appends)
    for stmt in pops:
        assert stmt.target is not None
        found[stmt] = [] if value is stmt.targets[0] else [program.assign(stmt.target, value, stmt.origin)]


def _replaced(
    stmts: list[Statement], found: dict[Statement, list[Statement]], dropped: set[Statement]
) -> list[Statement]:
    for stmt in stmts:
        stmt.blocks = [_replaced(block, found, dropped) for block in stmt.blocks]
    return [new for stmt in stmts if stmt not in dropped for new in found.get(stmt, [stmt])]
