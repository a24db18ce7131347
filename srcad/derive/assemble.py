"""Put the two sweeps together: one function for ``grad``, a pair of functions for ``vjp``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import gast

from srcad.derive.build import assign, builtin, call, constant, name, read_names, unpack, written_names
from srcad.derive.saving import Saved
from srcad.derive.steps import Block, Branch, Leave, Loop, Plain, Step, Wrapped
from srcad.lang.function import Function, undoing
from srcad.lang.printer import Comment
from srcad.lang.scope import Scope
from srcad.lang.tree import blocks_of
from srcad.lang.walking import copy_location, nodes_in

__all__ = ["Commentator", "backward_sweep", "forward_sweep", "joint", "split"]

Commenting = Callable[[gast.stmt], "gast.stmt | None"]


def forward_sweep(block: Block) -> list[gast.stmt]:
    """Return the statements that run forwards, saves included."""
    out: list[gast.stmt] = []
    for step in block.steps:
        if isinstance(step, Plain):
            for stmt in step.forward:
                out.append(copy_location(stmt, step.origin) if step.origin is not None else stmt)
        elif isinstance(step, Branch):
            if isinstance(step.origin, gast.With):
                out += _forward_guarded(step)
                continue
            out += [step.kept] if step.kept is not None else []
            node = gast.If(step.test, forward_sweep(step.body) or [gast.Pass()], forward_sweep(step.orelse))
            out.append(copy_location(node, step.origin))
        elif isinstance(step, Loop):
            out.append(copy_location(_forward_loop(step), step.origin))
        elif isinstance(step, Wrapped):
            out.append(copy_location(_forward_wrapped(step), step.origin))
    return out


def _forward_guarded(step: Branch) -> list[gast.stmt]:
    """Return a block that may be left by an exception, after which what it saved is dropped."""
    marks = [assign(mark, call("len", name(stack))) for stack, mark in step.marks]
    node = copy_location(gast.With(step.origin.items, forward_sweep(step.body), None), step.origin)
    dropped = [gast.Expr(call("rt.truncate", name(stack), name(mark))) for stack, mark in step.marks]
    undo = [gast.If(step.test, [gast.Pass()], dropped)] if dropped else []
    return [copy_location(s, step.origin) for s in [*marks, node, *undo]]


def _forward_loop(step: Loop) -> gast.stmt:
    body = _forward_trip(step.body.steps) or [gast.Pass()]
    if isinstance(step.origin, gast.While):
        return gast.While(step.origin.test, body, [])
    return gast.For(step.origin.target, step.origin.iter, body, [], None)


def _forward_trip(steps: list[Step]) -> list[gast.stmt]:
    """Return the body of a loop: what stands behind a way out goes into the branch that stays."""
    for position, step in enumerate(steps):
        if isinstance(step, Leave):
            stays = _forward_trip(steps[position + 1 :]) or [gast.Pass()]
            branch = step.origin
            out = branch.body[-1:] and isinstance(branch.body[-1], gast.Break)
            choice = gast.If(branch.test, branch.body if out else stays, stays if out else branch.orelse)
            return [*forward_sweep(Block(steps[:position])), copy_location(choice, branch)]
    return _jumps_last(forward_sweep(Block(steps)))


def _jumps_last(body: list[gast.stmt]) -> list[gast.stmt]:
    """Move what was saved at the end of an iteration before every jump that leaves it.

    Jumps stand in tail position, so the statements behind the last jump are the saves alone.
    """
    for position, stmt in enumerate(body):
        if _jumps(stmt) and position + 1 < len(body):
            saves = body[position + 1 :]
            if not _changes(stmt, saves):
                return [*body[:position], *saves, stmt]
            return [*body[:position], _push_down(stmt, saves)]
    return body


def _jumps(stmt: gast.stmt) -> bool:
    if isinstance(stmt, (gast.Break, gast.Continue)):
        return True
    if isinstance(stmt, (gast.For, gast.While)):
        return False
    return any(_jumps(inner) for block in blocks_of(stmt) for inner in block)


def _changes(stmt: gast.stmt, saves: list[gast.stmt]) -> bool:
    """Tell whether a statement may change what is saved behind it: it does nothing but set flags otherwise."""
    inside = [n for n in nodes_in(stmt) if isinstance(n, gast.stmt)]
    if not all(isinstance(n, gast.If | gast.Assign | gast.Pass | gast.Break | gast.Continue) for n in inside):
        return True
    if not all(isinstance(n.value, gast.Constant) for n in inside if isinstance(n, gast.Assign)):
        return True
    read = {n for save in saves for n in read_names(save)}
    return not read.isdisjoint(n for part in inside for n in written_names(part))


def _push_down(stmt: gast.stmt, saves: list[gast.stmt]) -> gast.stmt:
    if isinstance(stmt, gast.If):
        parts = [_end_with(stmt.body, saves), _end_with(stmt.orelse, saves)]
        return copy_location(gast.If(stmt.test, *parts), stmt)
    if isinstance(stmt, gast.With):
        return copy_location(gast.With(stmt.items, _end_with(stmt.body, saves), None), stmt)
    if isinstance(stmt, gast.Try):
        return copy_location(gast.Try(_end_with(stmt.body, saves), [], [], stmt.finalbody), stmt)
    return stmt


def _end_with(block: list[gast.stmt], saves: list[gast.stmt]) -> list[gast.stmt]:
    if block and isinstance(block[-1], (gast.Break, gast.Continue)):
        return [*block[:-1], *saves, block[-1]]
    if block and _jumps(block[-1]):
        return [*block[:-1], _push_down(block[-1], saves)]
    return [*block, *saves]


def _forward_wrapped(step: Wrapped) -> gast.stmt:
    body = forward_sweep(step.body) or [gast.Pass()]
    if isinstance(step.origin, gast.With):
        return gast.With(step.origin.items, body, None)
    return gast.Try(body, [], [], forward_sweep(step.final) or [gast.Pass()])


def backward_sweep(block: Block, comment: Commenting) -> list[gast.stmt]:
    """Return the statements that run backwards, each step under the comment of its source line."""
    out: list[gast.stmt] = []
    for step in reversed(block.steps):
        if isinstance(step, Plain):
            note = comment(step.origin) if step.backward and step.origin is not None else None
            out += [note] if note is not None else []
            out += [undoing(stmt, step.origin) for stmt in step.backward]
        elif isinstance(step, Branch):
            body, orelse = backward_sweep(step.body, comment), backward_sweep(step.orelse, comment)
            if body or orelse:
                out.append(undoing(_branch(step.test, body, orelse), step.origin))
        elif isinstance(step, Loop):
            out += _backward_loop(step, comment)
        elif isinstance(step, Wrapped):
            out += backward_sweep(step.final, comment) + backward_sweep(step.body, comment)
    return out + block.tail


def _branch(test: gast.AST, body: list[gast.stmt], orelse: list[gast.stmt]) -> gast.stmt:
    return gast.If(test, body or [gast.Pass()], orelse)


def _backward_loop(step: Loop, comment: Commenting) -> list[gast.stmt]:
    body = backward_sweep(step.body, comment)
    if not body:
        return list(step.before)
    target = gast.Name(step.target or "_", gast.Store(), None, None)
    loop = gast.For(target, step.backward_iter, body, [], None)
    return [undoing(stmt, step.origin) for stmt in [*step.before, loop]]


def joint(
    block: Block,
    saved: Saved,
    seed: list[gast.stmt],
    finish: list[gast.stmt],
    comment: Commenting,
    opening: list[gast.stmt],
) -> list[gast.stmt]:
    """Return the body of a function that runs both sweeps."""
    return [
        *opening, *saved.prologue, *forward_sweep(block), *seed, *backward_sweep(block, comment), *finish,
    ]  # fmt: skip


def split(
    block: Block,
    saved: Saved,
    residuals: Iterable[str],
    results: list[gast.AST],
    finish: list[gast.stmt],
    comment: Commenting,
    opening: list[gast.stmt],
    seeding: list[gast.stmt],
    published: list[gast.stmt],
    scope: Scope,
) -> tuple[list[gast.stmt], list[gast.stmt]]:
    """Return the bodies of the forward function and of the backward function."""
    names = list(residuals)
    display = gast.Tuple([name(n) for n in names], gast.Load())
    outcome = gast.Tuple([*results, name("residuals")], gast.Load())
    unbound = [assign(n, constant(None)) for n in names if n in saved.maybe_unbound]
    forward = [*opening, *saved.prologue, *unbound, *forward_sweep(block), *published, assign("residuals", display),
               assign("outcome", outcome), gast.Return(name("outcome"))]  # fmt: skip
    copies = [
        assign(stack, call(builtin(scope, list), name(stack))) for stack in names if stack in saved.stacks
    ]
    unpacked = [unpack(names, name("residuals"))] if names else []
    return forward, [*unpacked, *copies, *seeding, *backward_sweep(block, comment), *finish]


class Commentator:
    """Makes the comment above each backward step: the line of the source that it comes from."""

    def __init__(self, fn: Function) -> None:
        self.source = fn.source

    def __call__(self, stmt: gast.stmt) -> gast.stmt | None:
        """Return the comment for a statement, or None where its line is unknown."""
        if not hasattr(stmt, "lineno"):
            return None
        place = self.source.locate(stmt)
        where = (
            f"line {place.line}"
            if place.file == self.source.file
            else f"{Path(place.file).name}, line {place.line}"
        )
        return gast.Expr(constant(Comment(f"{where}: {place.text.strip()}"))) if place.text.strip() else None
