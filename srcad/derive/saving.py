"""Decide what the forward sweep must save: values that the backward sweep reads after they were overwritten.

This is the to-be-recorded analysis (Hascoet, Naumann, Pascual: "To be recorded" analysis in
reverse-mode automatic differentiation, 2005) on structured code.  Outside loops a value is saved
under another name; inside, it is pushed on a list, and popped at the mirrored place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import gast

from srcad.analysis.kinds_of_operations import Kinds
from srcad.analysis.memory import Memory
from srcad.derive.build import assign, constant, method, name, read_names, written_names
from srcad.derive.called_again import keep_what_is_called
from srcad.derive.contents import CONTENT, contents_changed, contents_read, items_read, keep_contents
from srcad.derive.exits import exposed_names
from srcad.derive.recompute import recomputed
from srcad.derive.regions import Lasting, lasting_contents
from srcad.derive.steps import Block, Branch, Leave, Loop, Plain, Wrapped, has_backward
from srcad.errors import Location, UnsupportedError
from srcad.lang.scope import Scope
from srcad.lang.walking import nodes_in

__all__ = ["Saved", "save"]

_JUMPS = (gast.Break, gast.Continue, gast.Return)


class Saved:
    """The outcome: statements for the function's start, and what the end of the forward sweep must keep."""

    def __init__(self) -> None:
        self.prologue: list[gast.stmt] = []
        self.needed: set[str] = set()
        self.stacks: list[str] = []
        self.maybe_unbound: set[str] = set()


def save(
    block: Block,
    scope: Scope,
    kinds: Kinds,
    memory: Memory,
    gradients: set[str],
    parameters: Iterable[str],
    kept: Iterable[str] = (),
    locate: Callable[[gast.AST], Location | None] = lambda node: None,
) -> Saved:
    """Insert saves and restores into the steps of ``block``.

    ``gradients`` are the names that only the backward sweep binds, ``kept`` the parameters whose contents, and
    those of what they hold, the caller needs back as they were. ``locate`` finds the place of a node in the user's source.
    """
    parameters = set(parameters)
    keep_what_is_called(block, memory, kinds, scope)
    before = {CONTENT + found for p in kept for found in memory.held(p) & memory.changed}
    wanted = {found.removeprefix(CONTENT) for found in before}
    lasting = lasting_contents(block, scope, kinds, memory, parameters, wanted)
    saver = _Saver(scope, kinds, memory, gradients, lasting, locate)
    saver.bound = parameters
    needed = saver.block(block, before, 0)
    saver.saved.needed |= {n for n in needed if not n.startswith(CONTENT)}
    saver.saved.maybe_unbound = saver.saved.needed - saver.bound - saver.initialised
    return saver.saved


@dataclass(frozen=True)
class _Names:
    """The names that a trip may read before it writes them, binds to other values, binds or changes, and mentions."""

    exposed: set[str]
    rebound: set[str]
    written: set[str]
    mentions: Counter[str]


@dataclass
class _Findings:
    """What trial runs find out about loops and branches, by their statements, and need not find out again."""

    heads: dict[tuple[int, int, frozenset[str]], dict[frozenset[str], frozenset[str]]] = field(
        default_factory=dict
    )
    tried: dict[tuple[int, int, frozenset[str], frozenset[str]], set[str]] = field(default_factory=dict)
    names: dict[int, _Names] = field(default_factory=dict)
    assigned: dict[int, set[str]] = field(default_factory=dict)
    alone: dict[int, set[str]] = field(default_factory=dict)


class _Saver:
    def __init__(
        self,
        scope: Scope,
        kinds: Kinds,
        memory: Memory,
        gradients: set[str],
        lasting: Lasting,
        locate: Callable[[gast.AST], Location | None],
    ) -> None:
        self.scope, self.kinds, self.memory, self.gradients = scope, kinds, memory, gradients
        self.lasting, self.locate = lasting, locate
        self.saved = Saved()
        self.bound: set[str] = set()
        self.initialised: set[str] = set()
        self.loops: list[Loop] = []
        self.found = _Findings()
        self.is_trial = False

    def reads(self, statements: list[gast.stmt]) -> set[str]:
        """The primal variables that backward statements read before writing them."""
        defined: set[str] = set()
        found: set[str] = set()
        for stmt in statements:
            names = set(read_names(stmt))
            found |= names - defined - self.gradients
            if self.memory.changed and not self.reads_what_stays(stmt):
                found |= contents_read(stmt, self.memory, self.kinds) | self.captured(names)
                items = items_read(stmt, self.memory, self.kinds, self.scope.statics)
                found |= {CONTENT + part for part in items}
            if isinstance(stmt, gast.Assign) and not isinstance(
                stmt.targets[0], (gast.Subscript, gast.Attribute)
            ):
                defined.update(written_names(stmt))
        statics, stacks = self.scope.statics, self.saved.stacks
        return {n for n in found if n not in statics and n not in stacks and "." not in n}

    def reads_what_stays(self, stmt: gast.stmt) -> bool:
        """Tell whether a statement reads an element again that nobody overwrites."""
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        again = isinstance(target, gast.Name) and target.id in self.lasting.elements
        return again and isinstance(getattr(stmt, "value", None), gast.Subscript)

    def captured(self, names: set[str]) -> set[str]:
        """Return the changed contents that closures read which a rule calls again, as that of an integral does."""
        found: set[str] = set()
        for identifier in names:
            kind = self.kinds.get(identifier)
            if kind is not None and kind.name == "any":
                found |= {CONTENT + part for part in self.memory.held(identifier) & self.memory.changed}
        return found

    def block(self, block: Block, needed: set[str], depth: int) -> set[str]:
        """Walk a block forwards; return what is needed at its end."""
        needed |= self.reads(block.tail)
        for step in list(block.steps):
            if isinstance(step, Loop):
                self.before_loop(step, block, needed, depth)
            if isinstance(step, Plain):
                self.plain(step, needed, depth)
            elif isinstance(step, Branch):
                needed = self.branch(step, needed, depth)
            elif isinstance(step, Loop):
                needed = self.loop(step, needed, depth)
            elif isinstance(step, Wrapped):
                needed = self.block(step.body, needed, depth)
                needed = self.block(step.final, needed, depth)
        return needed

    def plain(self, step: Plain, needed: set[str], depth: int) -> None:
        written = {identifier for stmt in step.forward for identifier in _rebound(stmt)}
        for identifier in sorted(written & needed):
            self.initialise(identifier)
            before, after = self.record([identifier], depth)
            step.forward[:0] = before
            step.backward += after
            needed.discard(identifier)
        self.contents(step, needed, depth)
        needed |= self.reads(step.backward) | self.reads_of_calls(step.forward)
        self.bound |= written

    def reads_of_calls(self, statements: list[gast.stmt]) -> set[str]:
        """Return the contents that the pullbacks of calls read: those of all that the calls were given."""
        found: set[str] = set()
        if any(_is_dynamic(stmt) for stmt in statements):
            for stmt in statements:
                contents = (self.memory.content(n) for n in read_names(stmt))
                found |= {CONTENT + content for content in contents if content is not None}
        return found

    def contents(self, step: Plain, needed: set[str], depth: int) -> None:
        """Save what a store overwrites, and put it back before the statement's own adjoint runs."""
        changes = contents_changed(step.forward, self.memory)
        if not changes:
            return
        read = needed if step.reads_after else needed | self.reads(step.backward)
        for change in [c for c in changes if CONTENT + c.memory in read]:
            if id(change.stmt) in self.lasting.stores:
                continue
            kept = keep_contents(change, self.scope, self.kinds)
            place = len(step.backward) if step.reads_after else 0
            step.backward[place:place] = kept.undo
            if kept.saved is None:
                continue
            before, after = self.record([kept.saved], depth) if depth else ([], [])
            position = next(i for i, stmt in enumerate(step.forward) if stmt is change.stmt)
            step.forward[position:position] = [*kept.before, *before]
            step.backward[place:place] = after
            self.bound.add(kept.saved)
            if not depth:
                self.saved.needed.add(kept.saved)

    def branch(self, step: Branch, needed: set[str], depth: int) -> set[str]:
        guarded = isinstance(step.origin, gast.With)
        if isinstance(step.test, gast.Name) and not guarded:
            test = step.test.id
            if test not in self.scope.statics:
                step.test = name(self.stable(test, step))
        bound = set(self.bound)
        stacks = len(self.saved.stacks)
        first = self.arm(step.body, step.origin.body, needed, depth, guarded)
        if guarded:
            step.marks = [(s, self.scope.fresh("mark")) for s in self.saved.stacks[stacks:]]
        after_first, self.bound = self.bound, set(bound)
        second = self.arm(step.orelse, getattr(step.origin, "orelse", []), needed, depth, guarded)
        self.bound = after_first & self.bound
        merged = first | second
        if isinstance(step.test, gast.Name) and (has_backward(step.body) or has_backward(step.orelse)):
            merged.add(step.test.id)
        return merged

    def arm(
        self, block: Block, origin: list[gast.stmt], needed: set[str], depth: int, guarded: bool
    ) -> set[str]:
        """Walk one block of a branch; in a loop, what it alone uses is computed again or saved in it."""
        end = self.block(block, set(needed), depth)
        if guarded or not self.loops:
            return end
        loop = self.loops[-1]
        again = self.recompute(block, loop, end - needed)
        end = end - _names_bound(again) | self.reads(again)
        local = sorted((end - needed) & self.used_alone(loop, origin))
        if local:
            for identifier in local:
                self.initialise(identifier)
            push, pop = self.record(local, depth)
            block.steps.append(Plain(push, pop))
        return end - set(local)

    def used_alone(self, loop: Loop, statements: list[gast.stmt]) -> set[str]:
        """Return the names of a trip that these statements of it use and no others; none where they may end it."""
        found = self.found.alone.get(id(statements))
        if found is None:
            names = self.names_of(loop)
            here = _mentions(statements)
            found = {n for n, count in here.items() if names.mentions[n] == count} - names.exposed
            if any(isinstance(part, _JUMPS) for stmt in statements for part in nodes_in(stmt)):
                found = set()
            self.found.alone[id(statements)] = found
        return found

    def recompute(self, block: Block, loop: Loop, needed: set[str]) -> list[gast.stmt]:
        """Add to a block of a loop what computes some of the names ``needed`` again; return it."""
        again = recomputed(block, loop, needed, self.kinds, self.scope, self.memory, self.lasting.elements)
        if again:
            block.steps.append(Plain([], again))
        return again

    def stable(self, test: str, step: Branch) -> str:
        """Return a name for the condition that no branch assigns."""
        if test not in self.bound_in(step):
            return test
        kept = self.scope.fresh("condition")
        step.kept = assign(kept, name(test))
        self.bound.add(kept)
        return kept

    def bound_in(self, step: Branch) -> set[str]:
        """Return the names that the blocks of a branch assign."""
        found = self.found.assigned.get(id(step.origin))
        if found is None:
            found = self.found.assigned[id(step.origin)] = {
                identifier
                for part in nodes_in(gast.Module(step.origin.body + step.origin.orelse, []))
                if isinstance(part, (gast.Assign, gast.AugAssign, gast.For))
                for identifier in written_names(part)
            }
        return found

    def before_loop(self, step: Loop, block: Block, needed: set[str], depth: int) -> None:
        """Save once, in front of a loop, what its trips overwrite without reading it."""
        names = self.names_of(step)
        written = names.rebound - names.exposed | {step.target or ""}
        for identifier in sorted(written & needed):
            self.initialise(identifier)
            before, after = self.record([identifier], depth)
            position = next(k for k, other in enumerate(block.steps) if other is step)
            block.steps.insert(position, Plain(before, after))
            needed.discard(identifier)

    def loop(self, step: Loop, needed: set[str], depth: int) -> set[str]:
        if not self.is_trial:
            return self.whole_loop(step, needed, depth)
        # Trial runs of the loops around come here again and again, and want the names alone.
        key = id(step.origin), depth, frozenset(needed), frozenset(self.bound)
        if key not in self.found.tried:
            step.body = _copied(step.body)
            self.found.tried[key] = self.whole_loop(step, needed, depth)
        return set(self.found.tried[key])

    def whole_loop(self, step: Loop, needed: set[str], depth: int) -> set[str]:
        before = self.reads(step.before)
        rebound = step.target in self.names_of(step).written
        exposed = self.names_of(step).exposed - {step.target}
        start = set(needed)
        bound = set(self.bound)
        inner = set(bound) | ({step.target} if step.target else set())
        head = self.head(step, start, inner, exposed, depth)
        self.bound = inner
        before_leaving = _statements_before_leaving(step.body)
        self.loops.append(step)
        end = self.block(step.body, set(head), depth + 1)
        self.loops.pop()
        if _statements_before_leaving(step.body) != before_leaving:
            raise UnsupportedError("A loop is left by a trip that has already changed what the derivative reads, "
                                   "and this cannot be undone here.",
                                   "Leave the loop at the beginning of a trip, or move its body to a function.",
                                   self.locate(step.origin))  # fmt: skip
        unchanged = bound - _written_forwards(step.body) - {step.target}
        local = sorted(
            v for v in end - exposed - start - unchanged
            if (v != step.target or rebound) and not v.startswith(CONTENT)
        )  # fmt: skip
        again = self.recompute(step.body, step, set(local))
        local = [v for v in local if v not in _names_bound(again)]
        end = end - _names_bound(again) | self.reads(again)
        if local:
            for identifier in local:
                self.initialise(identifier)
            push, pop = self.record(local, depth + 1)
            step.body.steps.append(Plain(push, pop))
        self.bound = bound
        result = (end - set(local) - {step.target}) | start | before
        if step.active or has_backward(step.body):
            result |= {
                n for n in read_names(step.backward_iter) if n not in self.scope.statics and "." not in n
            }
        return result

    def head(self, step: Loop, start: set[str], inner: set[str], exposed: set[str], depth: int) -> set[str]:
        """Return what is needed on entry to an iteration."""
        before = frozenset(start)
        found = self.found.heads.setdefault((id(step.origin), depth, frozenset(inner)), {})
        head = start.union(*(known for less, known in found.items() if less <= before))
        while before not in found:
            scope = _Scratch(self.scope)
            trial = _Saver(scope, self.kinds, self.memory, self.gradients, self.lasting, self.locate)
            trial.bound = set(inner)
            trial.saved.stacks = list(self.saved.stacks)
            trial.found, trial.is_trial = self.found, True
            trial.loops = [step]
            end = trial.block(_copied(step.body), set(head), depth + 1)
            crossing = {v for v in end if v in exposed or v in head or v.startswith(CONTENT)} - {step.target}
            if crossing <= head:
                found[before] = frozenset(head)
            head |= crossing
        return head

    def names_of(self, step: Loop) -> _Names:
        """Return how the body of a loop uses its names, which several trial runs ask for."""
        if id(step.origin) not in self.found.names:
            body = step.origin.body
            self.found.names[id(step.origin)] = _Names(
                exposed_names(body), _rebound_in(body), _written(body), _mentions(body)
            )
        return self.found.names[id(step.origin)]

    def initialise(self, identifier: str) -> None:
        """Bind a name that may be unbound where it is saved."""
        if identifier not in self.bound and identifier not in self.initialised:
            self.saved.prologue.append(assign(identifier, constant(None)))
            self.initialised.add(identifier)

    def record(self, names: list[str], depth: int) -> tuple[list[gast.stmt], list[gast.stmt]]:
        """Return the statements that save, and those that restore, the variables ``names``."""
        if depth == 0:
            before, after = [], []
            for identifier in names:
                kept = self.scope.fresh(identifier + "_saved")
                self.bound.add(kept)
                before.append(assign(kept, name(identifier)))
                after.append(assign(identifier, name(kept)))
                self.saved.needed.add(kept)
            return before, after
        stack = self.scope.fresh(names[0] + "_history" if len(names) == 1 else "history")
        self.saved.stacks.append(stack)
        self.saved.prologue.append(assign(stack, gast.List([], gast.Load())))
        if len(names) == 1:
            return [gast.Expr(method(stack, "append", name(names[0])))], [
                assign(names[0], method(stack, "pop"))
            ]
        frame = self.scope.fresh("t")
        display = gast.Tuple([name(identifier) for identifier in names], gast.Load())
        popped = self.scope.fresh("t")
        targets = gast.Tuple([gast.Name(n, gast.Store(), None, None) for n in names], gast.Store())
        return (
            [assign(frame, display), gast.Expr(method(stack, "append", name(frame)))],
            [assign(popped, method(stack, "pop")), gast.Assign([targets], name(popped), None)],
        )


class _Scratch:
    """A scope for trial runs, whose fresh names are thrown away."""

    def __init__(self, scope: Scope) -> None:
        self.statics = scope.statics
        self.count = 0

    def fresh(self, hint: str) -> str:
        self.count += 1
        return f"{hint}?{self.count}"


def _statements_before_leaving(block: Block) -> int:
    """Return how much is done backwards for what a trip does before it may end early."""
    ways_out = [k for k, step in enumerate(block.steps) if isinstance(step, Leave)]
    return _count_backward(Block(block.steps[: ways_out[-1]])) if ways_out else 0


def _count_backward(block: Block) -> int:
    count = len(block.tail)
    for step in block.steps:
        if isinstance(step, Plain):
            count += len(step.backward)
        elif isinstance(step, Branch):
            count += _count_backward(step.body) + _count_backward(step.orelse)
        elif isinstance(step, Loop):
            count += _count_backward(step.body)
        elif isinstance(step, Wrapped):
            count += _count_backward(step.body) + _count_backward(step.final)
    return count


def _written_forwards(block: Block) -> set[str]:
    """Return the names that the forward sweep of a block binds or changes."""
    found: set[str] = set()
    for step in block.steps:
        if isinstance(step, Plain):
            found |= _written(step.forward)
        elif isinstance(step, Branch):
            found |= _written_forwards(step.body) | _written_forwards(step.orelse)
        elif isinstance(step, Loop):
            found |= _written_forwards(step.body) | _written(step.origin.body) | {step.target or ""}
        elif isinstance(step, Wrapped):
            heads = [item.optional_vars for item in getattr(step.origin, "items", [])]
            found |= {
                n.id for head in heads if head is not None for n in nodes_in(head) if isinstance(n, gast.Name)
            }
            found |= _written_forwards(step.body) | _written_forwards(step.final)
    return found


def _copied(block: Block) -> Block:
    """Return a block to be changed on trial; the bodies of loops are the same until a trial comes to them."""
    steps: list[Plain | Branch | Leave | Loop | Wrapped] = []
    for step in block.steps:
        if isinstance(step, Plain):
            steps.append(Plain(list(step.forward), list(step.backward), step.origin, step.reads_after))
        elif isinstance(step, Branch):
            steps.append(Branch(step.test, _copied(step.body), _copied(step.orelse), step.origin))
        elif isinstance(step, Leave):
            steps.append(step)
        elif isinstance(step, Loop):
            steps.append(
                Loop(step.origin, step.body, step.before, step.backward_iter, step.target, step.active)
            )
        else:
            steps.append(Wrapped(step.origin, _copied(step.body), _copied(step.final)))
    return Block(steps, list(block.tail))


def _mentions(body: list[gast.stmt]) -> Counter[str]:
    return Counter(part.id for stmt in body for part in nodes_in(stmt) if isinstance(part, gast.Name))


def _names_bound(stmts: list[gast.stmt]) -> set[str]:
    return {identifier for stmt in stmts for identifier in written_names(stmt)}


def _is_dynamic(stmt: gast.stmt) -> bool:
    value = getattr(stmt, "value", None)
    func = getattr(value, "func", None)
    return isinstance(func, gast.Name) and func.id in ("rt.call", "rt.call_method")


def _rebound(stmt: gast.stmt) -> list[str]:
    """Return the names that a simple statement binds to another value."""
    if isinstance(stmt, gast.AugAssign) and isinstance(stmt.target, gast.Name):
        return []
    if isinstance(stmt, gast.Assign) and not isinstance(stmt.targets[0], (gast.Subscript, gast.Attribute)):
        target = stmt.targets[0]
        return [e.id for e in (target.elts if isinstance(target, gast.Tuple) else [target])]
    return []


def _rebound_in(body: list[gast.stmt]) -> set[str]:
    """Return the names that a body binds to other values."""
    return {n for stmt in body for part in nodes_in(stmt) for n in _rebound(part)}


def _written(body: list[gast.stmt]) -> set[str]:
    found: set[str] = set()
    for stmt in body:
        for part in nodes_in(stmt):
            if isinstance(part, (gast.Assign, gast.AugAssign, gast.For, gast.Expr)):
                found |= set(written_names(part))
    return found
