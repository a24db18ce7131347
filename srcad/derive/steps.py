"""The program between the two sweeps: each forward statement beside the backward statements it causes."""

from __future__ import annotations

from dataclasses import dataclass, field

import gast

__all__ = ["Block", "Branch", "Leave", "Loop", "Plain", "Step", "Wrapped", "has_backward"]


@dataclass
class Plain:
    """A simple statement: what runs forwards, and what runs in its place backwards.

    ``reads_after`` tells that the backward statements read memory as the statement has left it, so that what it
    overwrote is put back behind them, and not before.
    """

    forward: list[gast.stmt]
    backward: list[gast.stmt]
    origin: gast.stmt | None = None
    reads_after: bool = False


@dataclass
class Block:
    """A sequence of steps in forward order; ``tail`` runs last in the backward sweep of the block."""

    steps: list[Step] = field(default_factory=list)
    tail: list[gast.stmt] = field(default_factory=list)


@dataclass
class Branch:
    """An ``if``; the condition is a name or constant whose value the backward sweep needs.

    Where ``origin`` is a ``with``, its block may have been left by an exception; ``test`` tells whether it was done,
    and ``marks`` are the lists, with the names of their lengths before, on which it saved values.
    """

    test: gast.AST
    body: Block
    orelse: Block
    origin: gast.stmt
    kept: gast.stmt | None = None
    marks: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Loop:
    """A ``for`` over a range or a ``while``; ``before`` starts the backward sweep of the whole loop."""

    origin: gast.stmt
    body: Block
    before: list[gast.stmt]
    backward_iter: gast.AST
    target: str | None
    active: bool


@dataclass
class Leave:
    """A way out of a loop that leaves nothing to do backwards: only whole trips are walked back.

    ``origin`` is an ``if`` one of whose branches ends with ``break``; the other goes on with the steps behind.
    """

    origin: gast.If


@dataclass
class Wrapped:
    """A ``with`` or ``try``/``finally``, transparent to the backward sweep."""

    origin: gast.stmt
    body: Block
    final: Block


Step = Plain | Branch | Leave | Loop | Wrapped


def has_backward(block: Block) -> bool:
    """Tell whether a block does anything in the backward sweep."""
    return bool(block.tail) or any(
        bool(step.backward) if isinstance(step, Plain)
        else has_backward(step.body) or has_backward(step.orelse) if isinstance(step, Branch)
        else step.active or has_backward(step.body) if isinstance(step, Loop)
        else False if isinstance(step, Leave)
        else has_backward(step.body) or has_backward(step.final)
        for step in block.steps
    )  # fmt: skip
