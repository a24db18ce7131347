"""What a tape records: values, the operations they came from, and which tapes are recording now."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from srcad.errors import SrcadError, TapeError, UnsupportedError

__all__ = ["Node", "Operation", "Readable", "Route", "Token", "is_tracked", "recording", "refuse_thread"]

_NUMBERS = itertools.count()


class Token:
    """Stands for what one tape has recorded since it was made or last reset.

    Attributes
    ----------
    automatic : bool
        Trainable variables are watched when they are read.
    watched : dict
        The variables that are watched, by identity, in order.
    readings : dict
        For each of these variables weak references to the nodes that it was read as; what has gone since
        has no part in any result.
    thread : int or None
        The thread in which the tape records now.
    """

    __slots__ = ("automatic", "readings", "thread", "watched")

    def __init__(self, automatic: bool) -> None:
        self.automatic = automatic
        self.thread: int | None = None
        self.watched: dict[int, Any] = {}
        self.readings: dict[int, list[weakref.ref[Node]]] = {}

    def follows(self, variable: Any) -> bool:
        """Tell whether a variable that is read now is to be watched."""
        return id(variable) in self.watched or (self.automatic and variable.trainable)

    def watch(self, variable: Any) -> None:
        """Watch a variable from now on."""
        self.watched[id(variable)] = variable
        self.readings.setdefault(id(variable), [])

    def nodes(self, variable: Any) -> list[Node]:
        """Return the nodes that ``variable`` was read as."""
        return [
            node for reference in self.readings.get(id(variable), []) if (node := reference()) is not None
        ]

    def note(self, variable: Any, leaf: Node) -> None:
        """Note that ``variable`` was read as ``leaf``."""
        self.watch(variable)
        self.readings[id(variable)].append(weakref.ref(leaf))


class _Recording(threading.local):
    """What belongs to a thread.

    Attributes
    ----------
    tokens : tuple of Token
        Those of the tapes that record, the outermost first.
    refused : tuple, optional
        The latest refusal to make a plain number of a traced one, with the file and line that asked for it: what called
        for the number may raise an exception of its own instead.
    """

    tokens: tuple[Token, ...] = ()
    refused: tuple[SrcadError, tuple[str, int]] | None = None


recording = _Recording()


class Route(NamedTuple):
    """How an operation used one of its parents: where it stands, and where its gradient is returned."""

    slot: int
    path: tuple[Any, ...]
    place: int | str
    inner: tuple[Any, ...]


class Operation:
    """One call that was recorded: what its rule needs, and the nodes that the gradient goes on to."""

    __slots__ = ("args", "call", "kwargs", "parents", "routes")

    def __init__(
        self,
        call: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        parents: tuple[Node, ...],
        routes: tuple[Route, ...],
    ) -> None:
        self.call, self.args, self.kwargs, self.parents, self.routes = call, args, kwargs, parents, routes


class Node:
    """A value with its history.

    Attributes
    ----------
    raw : object
        The value itself; an array is read-only, since later steps of the tape rely on it.
    operation : Operation or None
        Where it came from; None for what was watched.
    recorded : tuple of Token
        Who recorded the operation.
    tokens : tuple of Token
        Who follows the value: those that recorded its operation, and those that watch it.
    number : int
        The order of creation, which is an order in which operands come before results.

    Raises
    ------
    UnsupportedError
        If the value is of a subclass of ``numpy.ndarray``.
    """

    __slots__ = ("__weakref__", "number", "operation", "raw", "recorded", "tokens")

    def __init__(self, raw: Any, tokens: tuple[Token, ...], operation: Operation | None = None) -> None:
        if type(raw) is np.ndarray:
            raw.setflags(write=False)
        elif isinstance(raw, np.ndarray):
            raise UnsupportedError(
                f"A tape does not follow subclasses of arrays, such as {type(raw).__name__}.",
                "Convert it with np.asarray, if its entries are all that counts.",
            )
        self.raw = raw
        self.operation = operation
        self.recorded = self.tokens = tokens
        self.number = next(_NUMBERS)


class Readable:
    """Something that stands for a value which may be another one later."""

    __slots__ = ()

    read: Callable[[], Any]


def refuse_thread(node: Node) -> None:
    """Refuse a value in a thread where no tape follows it, if one records it in another."""
    for token in node.tokens:
        if token.thread is not None and token.thread != threading.get_ident():
            raise TapeError(
                "A value that a tape follows is used in a thread other than that of the tape, where nothing is recorded.",
                "Open a tape in the thread that computes, or pass x.value for a constant.",
            )


def is_tracked(node: Node) -> bool:
    """Tell whether a tape that records now follows ``node``."""
    active = recording.tokens
    return bool(active) and any(token in active for token in node.tokens)
