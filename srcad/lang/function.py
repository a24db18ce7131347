"""The record that travels through the compiler: a tree with its names and its origin."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import gast

from srcad.errors import Location
from srcad.lang.scope import Scope

__all__ = ["Function", "Nested", "Source"]


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
    """

    func: Any
    file: str
    first_line: int
    text: str
    indent: int
    tree: gast.AST

    def locate(self, node: gast.AST) -> Location:
        """Return the place of ``node``, which carries line numbers of the file."""
        line = getattr(node, "lineno", self.first_line)
        lines = self.text.splitlines()
        index = line - self.first_line
        text = " " * self.indent + lines[index] if 0 <= index < len(lines) else ""
        column = getattr(node, "col_offset", 0) + self.indent
        end = getattr(node, "end_col_offset", None)
        same_line = getattr(node, "end_lineno", line) == line
        return Location(self.file, line, column, text, end + self.indent if end and same_line else None)


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
    """

    tree: gast.FunctionDef
    scope: Scope
    source: Source
    captured: tuple[str, ...] = ()

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
        return replace(self, tree=gast.copy_location(tree, self.tree))


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
    """

    tree: gast.FunctionDef
    source: Source
    name: str
    captured: tuple[str, ...] = ()
    statics: dict[str, Any] = field(default_factory=dict, repr=False)
    cells: dict[str, str] = field(default_factory=dict)
