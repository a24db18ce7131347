"""Trees of gast's as Python's parser makes them of their text, with a place at every node.

Names may be dotted, constants may have no literal of their own, and comments are statements; Python's trees have
attributes, operators and calls instead, and the names of comments, which are found again in the text.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import gast

__all__ = ["COMMENT", "Comment", "plain_tree"]

COMMENT = "_srcad_comment_{}_"
"""The name that stands for a comment, with its number."""

_Place = tuple[int, int, "int | None", "int | None"]
_AST: type = gast.AST
_BLOCKS = frozenset(["body", "orelse", "finalbody"])
_LOAD = ast.Load()


class Comment(str):
    """The text of a comment; ``Expr(Constant(Comment("text")))`` prints as ``# text``."""

    __slots__ = ()


def plain_tree(tree: gast.AST, comments: list[str]) -> Any:
    """Return the tree that Python's parser makes of the text of a tree; ``comments`` gets those that are in it.

    A node without a place has that of the node above it.

    >>> ast.unparse(plain_tree(gast.parse("y = np.sin(x)"), []))
    'y = np.sin(x)'
    """
    return _plain(tree, comments, (1, 0, 1, 0))


class _Kinds(dict[type, tuple[Any, tuple[str, ...], bool, Any]]):
    """For each class of nodes that of Python's, its fields, whether it has a place, and its one instance if it has neither.

    Contexts and operators may be shared.
    """

    def __missing__(self, kind: type) -> tuple[Any, tuple[str, ...], bool, Any]:
        cls = getattr(ast, kind.__name__)
        is_placed = "lineno" in cls._attributes
        found = cls, cls._fields, is_placed, None if cls._fields or is_placed else cls()
        self[kind] = found
        return found


_kinds = _Kinds()


def _plain(node: Any, comments: list[str], above: _Place) -> Any:
    special = _SPECIAL.get(type(node))
    return _as_it_is(node, comments, above) if special is None else special(node, comments, above)


def _as_it_is(node: Any, comments: list[str], above: _Place) -> Any:
    cls, fields, is_placed, single = _kinds[type(node)]
    if single is not None:
        return single
    held = node.__dict__
    made = cls.__new__(cls)
    if is_placed:
        above = _place_of(held, above)
        _placed(made, above)
    state = made.__dict__
    for field in fields:
        value = held.get(field)
        if type(value) is list:
            state[field] = [_plain(v, comments, above) if isinstance(v, _AST) else v for v in value]
            # Comments alone are no block.
            if field in _BLOCKS and (value or field == "body") and all(map(_is_comment, value)):
                state[field] += [] if cls is ast.Module else [_placed(ast.Pass(), above)]
        elif isinstance(value, _AST):
            special = _SPECIAL.get(type(value))
            state[field] = (_as_it_is if special is None else special)(value, comments, above)
        else:
            state[field] = value
    return made


def _place_of(held: dict[str, Any], above: _Place) -> _Place:
    line, column, end_line, end_column = above
    own_line, own_column = held.get("end_lineno"), held.get("end_col_offset")
    return (
        held.get("lineno", line), held.get("col_offset", column),
        end_line if own_line is None else own_line, end_column if own_column is None else own_column,
    )  # fmt: skip


def _placed(node: Any, place: _Place) -> Any:
    node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = place
    return node


# ---- what is not as it is -----------------------------------------------------------------------


def _name(node: gast.Name, comments: list[str], above: _Place) -> ast.expr:
    title = node.id
    if "." not in title:
        return _placed(ast.Name(title, _kinds[type(node.ctx)][3]), _place_of(node.__dict__, above))  # type: ignore[no-any-return]
    first, *rest = title.split(".")
    made = _placed(ast.Name(first, _LOAD), above)
    for attribute in rest:
        made = _placed(ast.Attribute(made, attribute, _LOAD), above)
    return made  # type: ignore[no-any-return]


def _constant(node: gast.Constant, comments: list[str], above: _Place) -> ast.expr:
    return _literal(node.value, above) or _placed(ast.Constant(node.value), above)  # type: ignore[no-any-return]


def _literal(value: Any, place: _Place) -> ast.expr | None:
    """Return the expression for a constant that has no literal of its own, such as a negative number."""
    made: ast.expr
    if isinstance(value, bool) or not isinstance(value, (int, float, complex)):
        return None
    if isinstance(value, complex):
        if value.real == 0 and math.copysign(1, value.real) > 0 and _is_plain(value.imag):
            return None
        parts = [
            _literal(part, place) or _placed(ast.Constant(part), place) for part in (value.real, value.imag)
        ]
        made = ast.Call(_placed(ast.Name("complex", _LOAD), place), parts, [])
    elif isinstance(value, float) and not math.isfinite(value):
        text = _placed(ast.Constant(str(value)), place)
        made = ast.Call(_placed(ast.Name("float", _LOAD), place), [text], [])
    elif math.copysign(1, value) < 0:
        made = ast.UnaryOp(ast.USub(), _placed(ast.Constant(-value), place))
    else:
        return None
    return _placed(made, place)  # type: ignore[no-any-return]


def _is_plain(value: float) -> bool:
    return math.isfinite(value) and math.copysign(1, value) > 0


def _formatted(node: gast.JoinedStr, comments: list[str], above: _Place) -> ast.expr:
    place = _place_of(node.__dict__, above)
    parts = [
        _as_it_is(part, comments, place) if isinstance(part, gast.Constant) else _plain(part, comments, place)
        for part in node.values
    ]
    return _placed(ast.JoinedStr(parts), place)  # type: ignore[no-any-return]


def _expression(node: gast.Expr, comments: list[str], above: _Place) -> Any:
    if not _is_comment(node):
        return _as_it_is(node, comments, above)
    comments.append(node.value.value)
    mark = _placed(ast.Name(COMMENT.format(len(comments) - 1), _LOAD), above)
    return _placed(ast.Expr(mark), above)


def _is_comment(stmt: gast.AST) -> bool:
    if not isinstance(stmt, gast.Expr):
        return False
    return isinstance(stmt.value, gast.Constant) and isinstance(stmt.value.value, Comment)


def _arguments(node: gast.arguments, comments: list[str], above: _Place) -> ast.arguments:
    def made(part: Any) -> Any:
        if part is None:
            return None
        place = _place_of(part.__dict__, above)
        annotation = part.annotation
        annotation = None if annotation is None else _plain(annotation, comments, place)
        return _placed(ast.arg(part.id, annotation, part.type_comment), place)

    def defaults(values: list[Any]) -> list[Any]:
        return [None if value is None else _plain(value, comments, above) for value in values]

    return ast.arguments(
        [made(part) for part in node.posonlyargs], [made(part) for part in node.args], made(node.vararg),
        [made(part) for part in node.kwonlyargs], defaults(node.kw_defaults), made(node.kwarg), defaults(node.defaults),
    )  # fmt: skip


def _handler(node: gast.ExceptHandler, comments: list[str], above: _Place) -> Any:
    made = _as_it_is(node, comments, above)
    made.name = None if node.name is None else node.name.id
    return made


_SPECIAL: dict[type, Callable[[Any, list[str], _Place], Any]] = {
    gast.Name: _name,
    gast.Constant: _constant,
    gast.JoinedStr: _formatted,
    gast.Expr: _expression,
    gast.arguments: _arguments,
    gast.ExceptHandler: _handler,
}
