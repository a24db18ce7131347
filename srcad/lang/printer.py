"""Trees to text: Python as a careful person would lay it out.

``astor`` does the printing.  It has gaps (``match``, some constants on newer Pythons), so its text
is read back and compared with the tree; where the two differ, ``ast.unparse`` prints instead.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator
from typing import Any

import gast

from srcad.lang.plain_trees import Comment, plain_tree

with warnings.catch_warnings():
    # astor 0.8.1 looks up node classes which newer Pythons announce to remove.
    warnings.simplefilter("ignore", DeprecationWarning)
    import astor

__all__ = [
    "WIDTH",
    "Comment",
    "comment",
    "expression_source",
    "is_comment",
    "to_source",
    "to_source_and_tree",
]

WIDTH = 100
_MARK_LINE = re.compile(r"^(\s*)_srcad_comment_(\d+)_$")
_INDENT = "    "


def comment(text: str) -> gast.Expr:
    """Return the statement that prints as ``# text``.

    Examples
    --------
    >>> print(to_source(gast.Module([comment("y = np.sin(x)")], [])), end="")
    # y = np.sin(x)
    """
    return gast.Expr(gast.Constant(Comment(text), None))


def to_source(tree: gast.AST) -> str:
    """Return the text of a module, a function or a statement; it ends with a newline.

    Parameters
    ----------
    tree : gast.AST
        The tree, which is left as it is.  The id of a ``Name`` may be dotted.

    Returns
    -------
    str
        Python source with lines of at most ``WIDTH`` columns wherever they can be broken.

    Examples
    --------
    >>> print(to_source(gast.parse("dw = (X.T @ (2.0*r))")), end="")
    dw = X.T @ (2.0 * r)
    """
    return to_source_and_tree(tree)[0]


def to_source_and_tree(tree: gast.AST) -> tuple[str, ast.AST]:
    """Return the text, and the tree that Python's parser makes of it, but with the places of the nodes of ``tree``.

    The comments are statements of that tree as well, which `is_comment` knows.
    """
    comments: list[str] = []
    plain = plain_tree(tree, comments)
    text = _print(plain)
    lines = [wrapped for line in text.splitlines() for wrapped in _finish(line, comments)]
    return "\n".join(_spaced(lines)).strip("\n") + "\n", plain


def is_comment(stmt: ast.AST) -> bool:
    """Tell whether a statement of a printed tree stands for a comment."""
    if type(stmt) is not ast.Expr:
        return False
    return type(stmt.value) is ast.Name and _MARK_LINE.match(stmt.value.id) is not None


def expression_source(node: gast.expr) -> str:
    """Return the text of one expression, on one line.

    Examples
    --------
    >>> expression_source(gast.parse("(a + b) * c", mode="eval").body)
    '(a + b) * c'
    """
    return ast.unparse(plain_tree(node, []))


def _print(tree: ast.AST) -> str:
    body = tree.body if isinstance(tree, ast.Module) else [tree]
    module = ast.Module(body, [])  # type: ignore[arg-type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            text: str = astor.to_source(module, _INDENT, pretty_string=_quote, pretty_source="".join)
        # A mapping's literal keys get parentheses from astor.
        text = re.sub(r"([{,] ?)\((-?[\w.]+)\): ", r"\1\2: ", text)
        if _reads_as(text, body):
            return text
    except (AttributeError, AssertionError, ValueError, TypeError):
        # astor stumbles over what it does not know in several ways; the standard printer knows it all.
        pass
    return ast.unparse(module)


def _reads_as(text: str, body: list[Any]) -> bool:
    """Tell whether Python's parser makes the same statements of the text."""
    try:
        return _is_same(ast.parse(text).body, body)
    except SyntaxError:
        return False


def _is_same(first: Any, second: Any) -> bool:
    pairs = [(first, second)]
    for one, other in pairs:
        kind = type(one)
        if kind is not type(other):
            return False
        if kind is list:
            if len(one) != len(other):
                return False
            pairs += zip(one, other)
        elif issubclass(kind, ast.AST):
            for field in _FIELDS[kind]:
                value, expected = getattr(one, field, None), getattr(other, field, None)
                if value is not expected and not (value.__class__ is str and value == expected):
                    pairs.append((value, expected))
        elif one is not other and repr(one) != repr(other):
            return False
    return True


class _Fields(dict[type, tuple[str, ...]]):
    """The fields of each class of nodes that the text shows."""

    def __missing__(self, cls: Any) -> tuple[str, ...]:
        self[cls] = tuple(f for f in cls._fields if f not in ("ctx", "kind", "type_comment", "type_ignores"))
        return self[cls]


_FIELDS = _Fields()


def _quote(text: str, *_: object, **__: object) -> str:
    single = repr(text)
    if single.startswith("'") and '"' not in single and "\\'" not in single:
        return f'"{single[1:-1]}"'
    return single


def _finish(line: str, comments: list[str]) -> list[str]:
    """Put a comment in the place of its mark, and break a line that is too long."""
    line = line.rstrip()
    found = _MARK_LINE.match(line)
    if found:
        indent, text = found.group(1), " ".join(comments[int(found.group(2))].split())
        room = max(WIDTH - len(indent) - 2, 20)
        return [f"{indent}# {text if len(text) <= room else text[: room - 3] + '...'}".rstrip()]
    return list(_wrap(line))


def _wrap(line: str) -> Iterator[str]:
    indent = line[: len(line) - len(line.lstrip())]
    while len(line) > WIDTH:
        place = _break_at(line)
        if place is None or line[place - 1] in "([{":
            opened = _parenthesised(line)
            if opened is not None:
                line = opened
                continue
        if place is None:
            break
        yield line[:place].rstrip()
        rest = indent + _INDENT + line[place:].lstrip()
        if len(rest) >= len(line):
            line = rest
            break
        line = rest
    yield line


def _break_at(line: str) -> int | None:
    """Return the best column to break ``line`` at: outermost bracket first, then the rightmost."""
    best: tuple[float, int] | None = None
    depth = line.count(")") + line.count("]") + line.count("}")
    depth -= line.count("(") + line.count("[") + line.count("{")
    depth = max(depth, 0)
    start = len(line) - len(line.lstrip()) + len(_INDENT)
    for token in _tokens(line):
        column = token.start[1]
        if token.string in "([{" and token.type == tokenize.OP:
            depth += 1
            candidate = column + 1
        elif token.string in ")]}" and token.type == tokenize.OP:
            depth -= 1
            continue
        elif token.string == "," and token.type == tokenize.OP:
            candidate = column + 1
        elif token.string in _OPERATORS and column > 0 and line[column - 1] == " ":
            candidate = column
        else:
            continue
        if depth > 0 and start < candidate <= WIDTH:
            rank = (-depth - _RELUCTANCE.get(token.string, 0.0), candidate)
            if best is None or rank >= best:
                best = rank
    return None if best is None else best[1]


_OPERATORS = frozenset(["+", "-", "*", "/", "@", "//", "%", "and", "or", "if", "else", "<", ">", "=="])


_RELUCTANCE = {"(": 2.0, "[": 2.0, "{": 2.0, "*": 0.5, "/": 0.5, "@": 0.5, "//": 0.5, "%": 0.5}


def _tokens(line: str) -> Iterator[tokenize.TokenInfo]:
    indent = len(line) - len(line.lstrip())
    try:
        for token in tokenize.generate_tokens(io.StringIO(line.lstrip()).readline):
            if token.start[0] == 1 and token.string:
                yield token._replace(start=(1, token.start[1] + indent))
    except (tokenize.TokenError, IndentationError):
        return


def _parenthesised(line: str) -> str | None:
    """Put the names that a statement unpacks to, or its right-hand side, into parentheses, so that it can be broken."""
    unpacked = re.match(r"^(\s*)(\w+(?:, \w+)+)( = .+)$", line)
    if unpacked and len(unpacked.group(2)) > WIDTH // 2:
        return f"{unpacked.group(1)}({unpacked.group(2)}){unpacked.group(3)}"
    match = re.match(r"^(\s*(?:[^=\"'(]+ [-+*/@%&|^]*=|return|if|elif|while) )(.+?)(:?)$", line)
    if not match:
        return None
    opened = f"{match.group(1)}({match.group(2)}){match.group(3)}"
    place = _break_at(opened)
    # Where only an opening bracket offers itself again, parentheses have not helped.
    return None if place is None or opened[place - 1] in "([{" else opened


def _spaced(lines: list[str]) -> list[str]:
    """Leave two empty lines between definitions at the top level, and none elsewhere."""
    result: list[str] = []
    for line in lines:
        if not line.strip():
            continue
        top = line.startswith(("def ", "class ", "@"))
        after = bool(result) and result[-1].startswith((" ", "@"))
        decorated = bool(result) and result[-1].startswith("@")
        if result and not decorated and (top or (after and not line.startswith((" ", ")")))):
            result += ["", ""]
        result.append(line)
    return result
