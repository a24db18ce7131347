"""Which part of the user's source each part of a generated text comes from.

The printed tree carries the places of the user's text, and Python's parser gives the same tree with places in the
generated text.  Only the former is kept, as numbers; the text is parsed when somebody asks.
"""

from __future__ import annotations

import ast
import functools
import types
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from srcad.errors import Location
from srcad.lang.function import Source, Span
from srcad.lang.printer import is_comment

__all__ = ["NAME", "LineMap", "Origin", "Position", "line_map_of"]

NAME = "__srcad_lines__"
_NONE = -1

Position = tuple[int, "int | None", "int | None", "int | None"]
"""First line, last line, first column and last column, in the order of ``code.co_positions``."""


@dataclass(frozen=True)
class Origin:
    """One call on the way to a part of the user's source: in which function, and where there."""

    function: str
    location: Location
    source: Source


class LineMap:
    """From positions in a generated text to the user's source.

    Parameters
    ----------
    source : Source
        The text of the function that was derived.
    text : str
        The generated text.
    trees : list of ast.AST
        Its functions, as they were printed.
    """

    def __init__(self, source: Source, text: str, trees: list[ast.AST]) -> None:
        self.source, self.text = source, text
        self._spans = array("i")
        self._backward = bytearray()
        for number, tree in enumerate(trees):
            backward = number > 0
            for node in _nodes(tree):
                if is_comment(node):
                    # The first comment begins the backward sweep.
                    backward = True
                    continue
                if isinstance(node, (ast.stmt, ast.expr)):
                    ends = (node.end_lineno, node.end_col_offset)
                    self._spans.extend((node.lineno, node.col_offset, *(_NONE if e is None else e for e in ends)))
                    self._backward.append(backward)

    def origins(self, position: Position) -> list[Origin]:
        """Return the calls that lead to what stands at a position of the generated text, outermost first."""
        index = self._index(position)
        if index is None:
            return []
        line, column, end_line, end_column = self._spans[4 * index : 4 * index + 4]
        known = (end_line, end_column) if _NONE not in (end_line, end_column) else (None, None)
        found: list[Origin] = []
        for source, span in self.source.calls(Span(line, column, *known)):
            found += _through(Origin(source.title, source.place(span), source), span)
        return found

    def is_backward(self, position: Position) -> bool:
        """Tell whether a position lies in the backward sweep."""
        index = self._index(position)
        return index is not None and bool(self._backward[index])

    def _index(self, position: Position) -> int | None:
        """Return the number of the node at a position, or of the statement around it."""
        line, end_line, column, end_column = position
        exact = self._places.get((line, column, end_line, end_column))
        if exact is not None:
            return exact
        around = [(first, index) for first, last, index in self._statements if first <= line <= last]
        return max(around)[1] if around else None

    @functools.cached_property
    def _parsed(self) -> list[ast.AST]:
        body = [node for definition in ast.parse(self.text).body for node in _nodes(definition)]
        nodes = [node for node in body if isinstance(node, (ast.stmt, ast.expr))]
        return nodes if len(nodes) == len(self._backward) else []

    @functools.cached_property
    def _places(self) -> dict[tuple[int | None, ...], int]:
        return {
            (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset): index  # type: ignore[attr-defined]
            for index, node in reversed(list(enumerate(self._parsed)))
        }

    @functools.cached_property
    def _statements(self) -> list[tuple[int, int, int]]:
        return [
            (node.lineno, node.end_lineno or node.lineno, index)
            for index, node in enumerate(self._parsed)
            if isinstance(node, ast.stmt)
        ]


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below ``tree``, itself first, parents before children; a comment without what is below it."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not is_comment(node):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def _through(origin: Origin, span: Span) -> list[Origin]:
    """Return where a place comes from if its file was itself generated."""
    inner = line_map_of(origin.source.func)
    if inner is None:
        return [origin]
    place = origin.location
    same_line = span.end_lineno in (None, span.lineno)
    end_line = place.line if same_line else None
    return inner.origins((place.line, end_line, place.column, place.end_column)) or [origin]


def line_map_of(function: object) -> LineMap | None:
    """Return the line map of a generated function."""
    return function.__globals__.get(NAME) if isinstance(function, types.FunctionType) else None
