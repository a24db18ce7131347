"""Which part of the user's source each part of a generated text comes from.

The printed tree carries the places of the user's text, and Python's parser gives the same tree with places in the
generated text.  Only the former is kept, as numbers; the text is parsed when somebody asks.
"""

from __future__ import annotations

import ast
import functools
import itertools
import types
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from srcad.errors import Location
from srcad.lang.function import Source, Span, is_undoing
from srcad.lang.printer import is_comment
from srcad.lang.walking import children_of

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
        for node in _nodes(trees):
            if isinstance(node, (ast.stmt, ast.expr)):
                last, end = node.end_lineno, node.end_col_offset
                place = (
                    node.lineno,
                    node.col_offset,
                    _NONE if last is None else last,
                    _NONE if end is None else end,
                )
                self._spans.extend(place)

    def position(self, code: types.CodeType, instruction: int, line: int) -> Position:
        """Return the position of an instruction, an offset into the code of a generated function on this line.

        Before Python 3.11 code has no columns.  There the text is compiled once more, with the number of its node for the
        line of each: the instructions stay the same.
        """
        if hasattr(code, "co_positions"):
            first, last, start, end = next(itertools.islice(code.co_positions(), instruction // 2, None))
            return (line, None, None, None) if first is None else (first, last, start, end)
        numbered = self._numbered.get(code.co_name)
        if numbered is None or numbered.co_code != code.co_code:
            return line, None, None, None
        number = next((n for start, end, n in numbered.co_lines() if start <= instruction < end), None)
        node: Any = self._parsed[number - 1] if number else None
        return (
            (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)
            if node
            else (line, None, None, None)
        )

    @functools.cached_property
    def _numbered(self) -> dict[str, types.CodeType]:
        tree = ast.parse(self.text)
        nodes = [n for n in _nodes(tree.body) if isinstance(n, (ast.stmt, ast.expr))]
        for number, node in enumerate(nodes, 1):
            node.lineno = node.end_lineno = number
        whole = compile(tree, "<numbered>", "exec")
        return {code.co_name: code for code in whole.co_consts if isinstance(code, types.CodeType)}

    def origins(self, position: Position) -> list[Origin]:
        """Return the calls that lead to what stands at a position of the generated text, outermost first."""
        span = self.span(position)
        found: list[Origin] = []
        for source, place in self.source.calls(span) if span is not None else ():
            found += _through(Origin(source.title, source.place(place), source))
        return found

    def is_backward(self, position: Position) -> bool:
        """Tell whether a position lies in the backward sweep."""
        span = self.span(position)
        return span is not None and is_undoing(span)

    def span(self, position: Position) -> Span | None:
        """Return the place that the node at a position was given."""
        index = self._index(position)
        if index is None:
            return None
        line, column, end_line, end_column = self._spans[4 * index : 4 * index + 4]
        return Span(line, column) if end_column == _NONE else Span(line, column, end_line, end_column)

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
        nodes = [n for n in _nodes(ast.parse(self.text).body) if isinstance(n, (ast.stmt, ast.expr))]
        return nodes if 4 * len(nodes) == len(self._spans) else []

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


def _nodes(trees: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes of trees, parents before children, without the comments."""
    waiting = list(trees)[::-1]
    while waiting:
        node = waiting.pop()
        if not is_comment(node):
            yield node
            waiting += children_of(node)[::-1]


def _through(origin: Origin) -> list[Origin]:
    """Return where a place comes from if its file was itself generated."""
    inner = line_map_of(origin.source.func)
    if inner is None:
        return [origin]
    place = origin.location
    return inner.origins((place.line, place.line, place.column, place.end_column)) or [origin]


def line_map_of(function: object) -> LineMap | None:
    """Return the line map of a generated function."""
    return function.__globals__.get(NAME) if isinstance(function, types.FunctionType) else None
