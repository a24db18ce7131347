"""Reading: find the text of a function and parse it, with the line numbers of its file.

The whole file is parsed and searched for the function's code, so that decorators, indentation, text after a
lambda and several lambdas on one line need no guessing.
"""

from __future__ import annotations

import ast
import functools
import io
import linecache
import textwrap
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import gast

from srcad.errors import NoSourceError
from srcad.lang.compiled_text import is_compiled_from, is_same
from srcad.lang.function import Source
from srcad.lang.walking import clone, nodes_in
from srcad.runtime.libraries import LIBRARIES, package_of

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

__all__ = ["class_definition", "file_of", "keep_tree", "look_at", "noting_reads", "read"]

WAY_OUT = (
    "Write it in a file (or in a notebook cell), differentiate with srcad.GradientTape, which needs no source, "
    "or register its derivative with srcad.def_vjp and call it from the function to differentiate."
)


def read(func: Any) -> Source:
    """Return the text and the tree of a Python function.

    Parameters
    ----------
    func : function, lambda or method
        Of a method the underlying function is read.

    Returns
    -------
    Source
        Its tree has no decorators, and the line numbers of the file.

    Raises
    ------
    NoSourceError
        If there is no text, or not the text of this function.
    """
    source = look_at(func)
    return replace(source, tree=clone(source.tree))


class _Notes(threading.local):
    """The functions that are read in each `noting_reads` of this thread."""

    def __init__(self) -> None:
        self.lists: list[list[types.FunctionType]] = []


_NOTES = _Notes()


@contextmanager
def noting_reads() -> Iterator[list[types.FunctionType]]:
    """Note which functions are read.

    >>> with noting_reads() as found:
    ...     _ = read(look_at)
    >>> [function.__name__ for function in found]
    ['look_at']
    """
    found: list[types.FunctionType] = []
    _NOTES.lists.append(found)
    try:
        yield found
    finally:
        _NOTES.lists.pop()


def file_of(func: types.FunctionType) -> str:
    """Return the file of a function; those of Python's library that are frozen into it name none themselves.

    >>> from collections.abc import Mapping
    >>> file_of(Mapping.get).endswith("_collections_abc.py")
    True
    """
    file = func.__code__.co_filename
    return str(func.__globals__.get("__file__") or file) if file.startswith("<frozen ") else file


def look_at(func: Any) -> Source:
    """Return what `read` does, with a tree that is shared and must not be changed."""
    func = getattr(func, "__func__", func)
    code = getattr(func, "__code__", None)
    if not isinstance(code, types.CodeType):
        raise NoSourceError(f"{_describe(func)} is not a Python function and has no source.", WAY_OUT)
    for found in _NOTES.lists:
        found.append(func)
    file = file_of(func)
    lines = linecache.getlines(file, func.__globals__)
    if not lines:
        raise NoSourceError(f"The source of {_describe(func)} (file {file!r}) is not available.", WAY_OUT)
    text = _joined(file, lines)
    try:
        _parse(text)
    except SyntaxError as error:
        raise NoSourceError(
            f"The file {file!r} of {_describe(func)} cannot be parsed: {error.msg}.",
            "Import it again, it has probably been changed since.",
        ) from None
    kept = _KEPT.get(id(code))
    node = kept[1] if kept is not None else _find(text, code)
    if node is None:
        raise NoSourceError(
            f"The text of {_describe(func)} is not at line {code.co_firstlineno} of {file!r}.",
            "Import the module again, its file has probably been changed since.",
        )
    checked = kept is None and package_of(func) not in LIBRARIES
    if checked and not is_compiled_from(text, func):
        raise NoSourceError(
            f"The text of {_describe(func)} at line {code.co_firstlineno} of {file!r} is not what runs.",
            "Import the module again, its file has probably been changed since.",
        )
    part, indent, tree = _cut(node, text)
    return Source(func, file, node.lineno, part, indent, tree)


_JOINED: dict[str, tuple[list[str], str]] = {}


def _joined(file: str, lines: list[str]) -> str:
    """Return the text of a file, the same object as long as `linecache` has the same lines of it."""
    known = _JOINED.get(file)
    if known is None or known[0] is not lines:
        if len(_JOINED) >= _MOST_FILES:
            _JOINED.pop(next(iter(_JOINED)), None)
        known = _JOINED[file] = lines, "".join(lines)
    return known[1]


_MOST_FILES = 256


_KEPT: dict[int, tuple[types.CodeType, ast.FunctionDef]] = {}


def keep_tree(code: types.CodeType, node: ast.FunctionDef) -> None:
    """Let functions of this code be read as ``node``, which has the line numbers of their file."""
    _KEPT[id(code)] = code, node


def class_definition(source: Source, node: gast.ClassDef) -> ast.ClassDef | None:
    """Return the definition of a class inside a function as it stands in the file."""
    module = _parse("".join(linecache.getlines(source.file, source.func.__globals__)))
    found = (n for n in ast.walk(module) if isinstance(n, ast.ClassDef) and n.name == node.name)
    return next((n for n in found if n.lineno == node.lineno), None)


def _describe(func: Any) -> str:
    """Return how to call a function in a message."""
    return f"{getattr(func, '__qualname__', None) or repr(func)}"


@functools.lru_cache(maxsize=32)
def _parse(text: str) -> ast.Module:
    """Parse a file; the tree is shared and must not be changed."""
    return ast.parse(text)


def _find(text: str, code: types.CodeType) -> ast.FunctionDef | ast.Lambda | None:
    """Return the function definition or lambda of a file that was compiled to ``code``."""
    found = [
        node for node in _definitions(text).get((code.co_name, code.co_firstlineno), ()) if _takes(node, code)
    ]
    if len(found) > 1:
        found = _by_position(found, code)
    if len(found) > 1:
        found = [node for node in found if _same_code(node, code)] or found[:0]
    return found[0] if found else None


@functools.lru_cache(maxsize=32)
def _definitions(text: str) -> dict[tuple[str, int], list[Any]]:
    """Return the functions of a file by their name and the line on which they or their decorators begin."""
    found: dict[tuple[str, int], list[Any]] = {}
    for node in nodes_in(_parse(text)):
        if isinstance(node, _FUNCTIONS):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            found.setdefault((getattr(node, "name", "<lambda>"), first), []).append(node)
    return found


def _takes(node: Any, code: types.CodeType) -> bool:
    """Tell whether a definition has the parameters of ``code``."""
    args = node.args
    names = [arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    return tuple(names) == code.co_varnames[: len(names)]


def _by_position(found: list[Any], code: types.CodeType) -> list[Any]:
    """Return the smallest of the definitions that contain all positions of ``code`` (from Python 3.11 on)."""
    if not hasattr(code, "co_positions"):
        return found
    places = [p for p in code.co_positions() if None not in p and (p[0], p[2]) != (p[1], p[3])]
    if not places:
        return found
    start = min((p[0], p[2]) for p in places)
    end = max((p[1], p[3]) for p in places)

    def contains(node: Any) -> bool:
        body = node.body if isinstance(node, ast.Lambda) else node
        return (body.lineno, body.col_offset) <= start and end <= (body.end_lineno, body.end_col_offset)

    inside = [node for node in found if contains(node)]
    # of nested lambdas the inner one is the later in the walk and the smaller
    return sorted(inside, key=lambda n: (-n.lineno, -n.col_offset))[:1]


def _same_code(node: Any, code: types.CodeType) -> bool:
    """Tell whether a lambda compiles to the same instructions on the same operands."""
    compiled = compile(ast.Expression(node), code.co_filename, "eval")
    return any(is_same(const, code) for const in compiled.co_consts if isinstance(const, types.CodeType))


@functools.lru_cache(maxsize=32)
def _lines_of(text: str) -> list[str]:
    return list(io.StringIO(text))


@functools.lru_cache(maxsize=1024)
def _cut(node: ast.FunctionDef | ast.Lambda, whole: str) -> tuple[str, int, gast.AST]:
    """Return the part of a file that ``node`` takes, the width of its indentation, and the part parsed for srcad."""
    assert node.end_lineno is not None
    text = "".join(_lines_of(whole)[node.lineno - 1 : node.end_lineno])
    if isinstance(node, ast.Lambda):
        indent = 0
    else:
        dedented = textwrap.dedent(text)
        indent = len(text.split("\n", 1)[0]) - len(dedented.split("\n", 1)[0])
        text = dedented
    tree = gast.ast_to_gast(node)
    if not isinstance(tree, gast.Lambda):
        tree.decorator_list = []
    for child in nodes_in(tree):
        if hasattr(child, "col_offset"):
            child.col_offset -= indent
            if getattr(child, "end_col_offset", None) is not None:
                child.end_col_offset -= indent
    return text, indent, tree
