"""The record that travels through the compiler: a tree with its names and its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import CellType
from typing import Any

import gast

from srcad.errors import Location, characters
from srcad.lang.scope import Scope
from srcad.lang.walking import copy_location, nodes_in

__all__ = ["Function", "Inlined", "Nested", "Source", "Span", "inlined_at", "is_undoing", "undoing"]

# Lines of the callee that was inlined as the k-th are numbered from k * LINES on; those of statements that undo a
# statement in the backward sweep from BACKWARD on.
LINES = 1 << 20
BACKWARD = 1 << 30


@dataclass(frozen=True)
class Span:
    """The part of a text that a node stands for, with the names that nodes have for it."""

    lineno: int
    col_offset: int
    end_lineno: int | None = None
    end_col_offset: int | None = None

    @classmethod
    def of(cls, node: gast.AST) -> Span:
        """Return the span of a node that has one."""
        end_line, end_column = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
        return cls(node.lineno, node.col_offset, end_line, end_column)

    def moved(self, offset: int) -> Span:
        """Return the span with other numbers of its lines."""
        end = None if self.end_lineno is None else self.end_lineno + offset
        return Span(self.lineno + offset, self.col_offset, end, self.end_col_offset)


@dataclass(frozen=True)
class Inlined:
    """A callee whose statements stand in the place of a call.

    Attributes
    ----------
    source : Source
        The callee's text.
    call : Span
        The call, which may itself lie in an inlined callee.
    """

    source: Source
    call: Span


@dataclass(frozen=True)
class Source:
    """The text a function was read from.

    Attributes
    ----------
    func : object
        The Python function (a plain function or lambda).
    file : str
        Where the text stands.
    first_line : int
        The line of the file on which ``text`` begins.
    text : str
        The dedented text of the function.
    indent : int
        The number of columns that were removed from the left.
    tree : gast.FunctionDef or gast.Lambda
        The parsed function, with line numbers of the file.
    inlined : tuple of Inlined
        The callees that were inlined; their lines are numbered on, in this order (see `inlined_at`), so that the line
        number of a node alone tells its file and the call by which it came here.
    """

    func: Any
    file: str
    first_line: int
    text: str
    indent: int
    tree: gast.AST
    inlined: tuple[Inlined, ...] = ()

    @property
    def title(self) -> str:
        """The name that Python's tracebacks have for the function."""
        name = getattr(self.tree, "name", "lambda_")
        return "<lambda>" if name == "lambda_" else name

    def locate(self, node: gast.AST) -> Location:
        """Return the place of ``node``, in the callee's file where the node was inlined."""
        if not hasattr(node, "lineno"):
            return self.place(Span(self.first_line, 0))
        return self.owner(node).place(Span.of(node))

    def owner(self, node: gast.AST) -> Source:
        """Return the source whose text has ``node``: this one, or that of an inlined callee."""
        index = node.lineno % BACKWARD // LINES
        return self.inlined[index - 1].source if index else self

    def calls(self, node: gast.AST | Span) -> list[tuple[Source, Span]]:
        """Return how ``node`` is reached, outermost first: the functions, this one first, and the place in each."""
        found: list[tuple[Source, Span]] = []
        span = node if isinstance(node, Span) else Span.of(node)
        while index := span.lineno % BACKWARD // LINES:
            callee = self.inlined[index - 1]
            found.append((callee.source, span))
            span = callee.call
        return [(self, span), *reversed(found)]

    def place(self, span: Span) -> Location:
        """Return a part of this text, whatever was added to its line numbers."""
        line = span.lineno % LINES
        lines = self.text.splitlines()
        index = line - self.first_line
        text = " " * self.indent + lines[index] if 0 <= index < len(lines) else ""
        column, end = span.col_offset + self.indent, span.end_col_offset
        same_line = span.end_lineno is None or (span.end_lineno - span.lineno) % LINES == 0
        stop = characters(text, end + self.indent) if end and same_line else None
        return Location(self.file, line, characters(text, column), text, stop)


@dataclass(frozen=True)
class Function:
    """A function in one of the compiler's forms.

    Attributes
    ----------
    tree : gast.FunctionDef
        The code.
    scope : Scope
        Its names.
    source : Source
        Where it came from.
    captured : tuple of str
        Free variables, passed as extra trailing parameters of ``tree``.
    held : dict, optional
        The cells of captured variables that the Python function does not capture itself, but one that it calls.
    siblings : dict
        Functions that share captured variables with it, as nested ones.
    """

    tree: gast.FunctionDef
    scope: Scope
    source: Source
    captured: tuple[str, ...] = ()
    held: Mapping[str, CellType] | None = None
    siblings: dict[Any, Nested] = field(default_factory=dict, repr=False)

    def with_body(self, body: list[gast.stmt]) -> Function:
        """Return the same function with another body."""
        tree = gast.FunctionDef(
            self.tree.name,
            self.tree.args,
            body,
            [],
            None,
            None,
            [],
        )
        return replace(self, tree=copy_location(tree, self.tree))


@dataclass(frozen=True, eq=False)
class Nested:
    """A function or lambda defined inside another one; ``rt.closure`` binds its captured variables.

    Attributes
    ----------
    tree : gast.FunctionDef
        The code as the user wrote it (a lambda as a function with one return).
    source : Source
        The source of the function around it, which also gives the globals and the closure cells.
    name : str
        The static name of this record in the scope of the function around it.
    captured : tuple of str
        The variables of the functions around it that it reads, in the order of the closure's arguments.
    statics : dict
        Functions and modules that are known under local names of the function around it.
    cells : dict
        From a variable that may change later to the captured variable that holds it, a list of one element.
    held : dict
        The cells of captured variables that no function around it captures, but one that is called.
    siblings : dict
        Functions that share captured variables with it, as nested ones.
    """

    tree: gast.FunctionDef
    source: Source
    name: str
    captured: tuple[str, ...] = ()
    statics: dict[str, Any] = field(default_factory=dict, repr=False)
    cells: dict[str, str] = field(default_factory=dict)
    held: Mapping[str, CellType] = field(default_factory=dict, repr=False)
    siblings: dict[Any, Nested] = field(default_factory=dict, repr=False)

    @property
    def given_name(self) -> str:
        """The name that the program gives the function."""
        return "<lambda>" if self.tree.name == "lambda_" else str(self.tree.name)

    def parted(
        self, args: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any], tuple[Any, ...]]:
        """Return the own arguments of a call from inside of itself, its own options, and what it has captured.

        What is captured comes last, or by name where arguments are left to their defaults.
        """
        if any(name in options for name in self.captured):
            captured = tuple(options[name] for name in self.captured)
            return tuple(args), {k: v for k, v in options.items() if k not in self.captured}, captured
        count = len(args) - len(self.captured)
        return tuple(args[:count]), options, tuple(args[count:])


def inlined_at(call: gast.AST, body: list[gast.stmt], callee: Source, caller: Source) -> Source:
    """Number the lines of a callee's statements, which are to stand in the place of a call, as the caller needs it.

    Returns
    -------
    Source
        The caller's, which knows what the numbers mean.
    """
    offset = (len(caller.inlined) + 1) * LINES
    seen: set[int] = set()
    for stmt in body:
        for node in nodes_in(stmt):
            if hasattr(node, "lineno") and id(node) not in seen:
                # A node may stand in several places of a tree.
                seen.add(id(node))
                node.lineno += offset
                if getattr(node, "end_lineno", None) is not None:
                    node.end_lineno += offset
    inner = [replace(found, call=found.call.moved(offset)) for found in callee.inlined]
    return replace(caller, inlined=(*caller.inlined, Inlined(callee, Span.of(call)), *inner))


def undoing(stmt: gast.stmt, origin: gast.AST | None) -> gast.stmt:
    """Place a statement of the backward sweep at the statement that it undoes."""
    if origin is not None and hasattr(origin, "lineno"):
        copy_location(stmt, origin)
        stmt.lineno |= BACKWARD
    return stmt


def is_undoing(span: Span) -> bool:
    """Tell whether a place was given by `undoing`."""
    return span.lineno >= BACKWARD
