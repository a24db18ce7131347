"""Decide what the forward sweep must save: values that the backward sweep reads after they were overwritten.

This is the to-be-recorded analysis (Hascoet, Naumann, Pascual: "To be recorded" analysis in
reverse-mode automatic differentiation, 2005) on structured code.  Outside loops a value is saved
under another name; inside, it is pushed on a list, and popped at the mirrored place.
"""

from __future__ import annotations

from collections.abc import Iterable

import gast

from srcad.analysis.infer import Kinds
from srcad.analysis.kinds import is_scalar
from srcad.derive.build import assign, call, constant, method, name, read_names, written_names
from srcad.derive.steps import Block, Branch, Loop, Plain, Wrapped
from srcad.lang.scope import Scope

__all__ = ["Saved", "save"]


class Saved:
    """The outcome: statements for the function's start, and what the end of the forward sweep must keep."""

    def __init__(self) -> None:
        self.prologue: list[gast.stmt] = []
        self.needed: set[str] = set()
        self.stacks: list[str] = []
        self.maybe_unbound: set[str] = set()


def save(block: Block, scope: Scope, kinds: Kinds, gradients: set[str], parameters: Iterable[str]) -> Saved:
    """Insert saves and restores into the steps of ``block``."""
    saver = _Saver(scope, kinds, gradients)
    bound = set(parameters)
    saver.bound = bound
    needed = saver.block(block, set(), 0)
    saver.saved.needed |= needed
    saver.saved.maybe_unbound = saver.saved.needed - saver.bound - saver.initialised
    return saver.saved


class _Saver:
    def __init__(self, scope: Scope, kinds: Kinds, gradients: set[str]) -> None:
        self.scope, self.kinds, self.gradients = scope, kinds, gradients
        self.saved = Saved()
        self.bound: set[str] = set()
        self.initialised: set[str] = set()

    def reads(self, statements: list[gast.stmt]) -> set[str]:
        """The primal variables that backward statements read before writing them."""
        defined: set[str] = set()
        found: set[str] = set()
        for stmt in statements:
            for identifier in read_names(stmt):
                if identifier not in defined and identifier not in self.gradients:
                    found.add(identifier)
            if isinstance(stmt, gast.Assign) and not isinstance(
                stmt.targets[0], (gast.Subscript, gast.Attribute)
            ):
                defined.update(written_names(stmt))
        known = self.scope.statics.keys() | set(self.saved.stacks)
        return {identifier for identifier in found if identifier not in known and "." not in identifier}

    def block(self, block: Block, needed: set[str], depth: int) -> set[str]:
        """Walk a block forwards; return what is needed at its end."""
        needed |= self.reads(block.tail)
        for step in block.steps:
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
        written = {identifier for stmt in step.forward for identifier in written_names(stmt)}
        for identifier in sorted(written & needed):
            if self.undone(step, identifier):
                continue
            self.initialise(identifier)
            before, after = self.record([identifier], depth, _changes_in_place(step.forward, identifier))
            step.forward[:0] = before
            step.backward += after
            needed.discard(identifier)
        needed |= self.reads(step.backward)
        self.bound |= written

    def undone(self, step: Plain, identifier: str) -> bool:
        """Take back an ``append`` or ``pop`` by its opposite instead of saving the list."""
        stmt = step.forward[-1]
        value = getattr(stmt, "value", None)
        if not (isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute)):
            return False
        if value.func.attr == "append":
            step.backward.append(gast.Expr(method(identifier, "pop")))
            return True
        if value.func.attr == "pop" and not value.args and isinstance(stmt, gast.Assign):
            step.backward.append(gast.Expr(method(identifier, "append", name(stmt.targets[0].id))))
            return True
        return False

    def branch(self, step: Branch, needed: set[str], depth: int) -> set[str]:
        if isinstance(step.test, gast.Name):
            test = step.test.id
            if test not in self.scope.statics:
                step.test = name(self.stable(test, step, depth))
        bound = set(self.bound)
        first = self.block(step.body, set(needed), depth)
        after_first, self.bound = self.bound, set(bound)
        second = self.block(step.orelse, set(needed), depth)
        self.bound = after_first & self.bound
        merged = first | second
        if isinstance(step.test, gast.Name) and (_has_backward(step.body) or _has_backward(step.orelse)):
            merged.add(step.test.id)
        return merged

    def stable(self, test: str, step: Branch, depth: int) -> str:
        """Return a name for the condition that no branch assigns."""
        writes = set()
        for part in gast.walk(gast.Module(step.origin.body + step.origin.orelse, [])):
            if isinstance(part, (gast.Assign, gast.AugAssign, gast.For)):
                writes |= set(written_names(part))
        if test not in writes:
            return test
        kept = self.scope.fresh("condition")
        step.kept = assign(kept, name(test))
        self.bound.add(kept)
        return kept

    def loop(self, step: Loop, needed: set[str], depth: int) -> set[str]:
        before = self.reads(step.before)
        rebound = step.target in _written(step.origin.body)
        exposed = _exposed(step.origin.body) - {step.target}
        start = set(needed)
        bound = set(self.bound)
        inner = set(bound) | ({step.target} if step.target else set())
        head = set(start)
        while True:  # what is needed on entry to an iteration
            trial = _Saver(_Scratch(self.scope), self.kinds, self.gradients)
            trial.bound = set(inner)
            trial.saved.stacks = list(self.saved.stacks)
            end = trial.block(_copied(step.body), set(head), depth + 1)
            crossing = {v for v in end if v in exposed or v in head} - {step.target}
            if crossing <= head:
                break
            head |= crossing
        self.bound = inner
        end = self.block(step.body, set(head), depth + 1)
        local = sorted(v for v in end - exposed - start if v != step.target or rebound)
        if local:
            for identifier in local:
                self.initialise(identifier)
            push, pop = self.record(local, depth + 1, False)
            step.body.steps.append(Plain(push, pop))
        self.bound = bound
        result = (end - set(local) - {step.target}) | start | before
        if step.active:
            result |= {
                n for n in read_names(step.backward_iter) if n not in self.scope.statics and "." not in n
            }
        return result

    def initialise(self, identifier: str) -> None:
        """Bind a name that may be unbound where it is saved."""
        if identifier not in self.bound and identifier not in self.initialised:
            self.saved.prologue.append(assign(identifier, constant(None)))
            self.initialised.add(identifier)

    def record(self, names: list[str], depth: int, in_place: bool) -> tuple[list[gast.stmt], list[gast.stmt]]:
        """Return the statements that save, and those that restore, the variables ``names``."""
        if depth == 0:
            before, after = [], []
            for identifier in names:
                kept = self.scope.fresh(identifier + "_saved")
                self.bound.add(kept)
                before.append(assign(kept, self.value(identifier, in_place)))
                after.append(assign(identifier, name(kept)))
                self.saved.needed.add(kept)
            return before, after
        stack = self.scope.fresh(names[0] + "_history" if len(names) == 1 else "history")
        self.saved.stacks.append(stack)
        self.saved.prologue.append(assign(stack, gast.List([], gast.Load())))
        if len(names) == 1:
            value = self.value(names[0], in_place)
            before = []
            if not isinstance(value, gast.Name):
                kept = self.scope.fresh("t")
                before, value = [assign(kept, value)], name(kept)
            return [*before, gast.Expr(method(stack, "append", value))], [
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

    def value(self, identifier: str, in_place: bool) -> gast.AST:
        kind = self.kinds.get(identifier)
        if not in_place or (kind is not None and is_scalar(kind)):
            return name(identifier)
        return call("rt.copy", name(identifier))


class _Scratch:
    """A scope for trial runs, whose fresh names are thrown away."""

    def __init__(self, scope: Scope) -> None:
        self.statics = scope.statics
        self.count = 0

    def fresh(self, hint: str) -> str:
        self.count += 1
        return f"{hint}?{self.count}"


def _copied(block: Block) -> Block:
    steps: list[Plain | Branch | Loop | Wrapped] = []
    for step in block.steps:
        if isinstance(step, Plain):
            steps.append(Plain(list(step.forward), list(step.backward), step.origin))
        elif isinstance(step, Branch):
            steps.append(Branch(step.test, _copied(step.body), _copied(step.orelse), step.origin))
        elif isinstance(step, Loop):
            steps.append(
                Loop(
                    step.origin, _copied(step.body), step.before, step.backward_iter, step.target, step.active
                )
            )
        else:
            steps.append(Wrapped(step.origin, _copied(step.body), _copied(step.final)))
    return Block(steps, list(block.tail))


def _has_backward(block: Block) -> bool:
    return bool(block.tail) or any(
        bool(step.backward) if isinstance(step, Plain)
        else _has_backward(step.body) or _has_backward(step.orelse) if isinstance(step, Branch)
        else step.active if isinstance(step, Loop)
        else _has_backward(step.body) or _has_backward(step.final)
        for step in block.steps
    )  # fmt: skip


def _changes_in_place(statements: list[gast.stmt], identifier: str) -> bool:
    last = statements[-1]
    if isinstance(last, gast.AugAssign):
        return True
    return isinstance(last, gast.Assign) and isinstance(last.targets[0], gast.Subscript)


def _written(body: list[gast.stmt]) -> set[str]:
    found: set[str] = set()
    for stmt in body:
        for part in gast.walk(stmt):
            if isinstance(part, (gast.Assign, gast.AugAssign, gast.For, gast.Expr)):
                found |= set(written_names(part))
    return found


def _exposed(body: list[gast.stmt]) -> set[str]:
    """Return the variables that an iteration may read before it writes them."""
    exposed: set[str] = set()
    _expose(body, set(), exposed)
    return exposed


def _expose(body: list[gast.stmt], defined: set[str], exposed: set[str]) -> set[str]:
    for stmt in body:
        if isinstance(stmt, gast.If):
            exposed |= set(read_names(stmt.test)) - defined
            first = _expose(stmt.body, set(defined), exposed)
            second = _expose(stmt.orelse, set(defined), exposed)
            defined = first & second
        elif isinstance(stmt, (gast.For, gast.While)):
            head = stmt.iter if isinstance(stmt, gast.For) else stmt.test
            exposed |= set(read_names(head)) - defined
            inner = set(defined) | ({stmt.target.id} if isinstance(stmt, gast.For) else set())
            _expose(stmt.body, inner, exposed)
        elif isinstance(stmt, (gast.With, gast.Try)):
            for item in getattr(stmt, "items", []):
                exposed |= set(read_names(item.context_expr)) - defined
            defined = _expose(stmt.body, defined, exposed)
            defined = _expose(getattr(stmt, "finalbody", []), defined, exposed)
        else:
            exposed |= set(read_names(stmt)) - defined
            if isinstance(stmt, gast.Assign) and not isinstance(
                stmt.targets[0], (gast.Subscript, gast.Attribute)
            ):
                defined |= set(written_names(stmt))
            else:
                exposed |= set(written_names(stmt)) - defined
    return defined
