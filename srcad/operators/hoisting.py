"""Forward mode along many directions: what does not depend on the direction is computed once, before a loop over them."""

from __future__ import annotations

import ast
import inspect
import itertools
import types
from collections.abc import Callable, Iterator
from typing import Any

from srcad import runtime as rt
from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.lang import texts
from srcad.rules import registry
from srcad.runtime.stores import METHODS_THAT_WRITE

__all__ = ["along_all"]

_serial = itertools.count(1)
_FRESH = (
    "zeros",
    "zeros_like",
    "empty",
    "empty_like",
    "ones",
    "ones_like",
    "full",
    "full_like",
    "copy",
    "array",
)
_UNKNOWN = ("random", "load", "save", "fromfile", "nditer", "vectorize", "apply_along_axis", "frompyfunc")


def along_all(tangent: Any, count: int) -> Callable[..., list[Any]] | None:
    """Return the function of the arguments and a sequence of directions that gives the tangent along each.

    Parameters
    ----------
    tangent : function
        Generated code: the tangent alone, of ``count`` arguments and then of the direction.
    count : int
        How many arguments there are before the direction.

    Returns
    -------
    function or None
        None where the order of the statements may matter, or nothing is gained.

    Examples
    --------
    >>> def tangent(x, dx):
    ...     y = x * x
    ...     return y * dx
    >>> along_all(tangent, 1)(2.0, [1.0, 3.0])
    [4.0, 12.0]
    """
    if not isinstance(tangent, types.FunctionType):
        return None
    known = vars(tangent)
    if "along_all" not in known:
        known["along_all"] = _written(tangent, count)
    found: Callable[..., list[Any]] | None = known["along_all"]
    return found


def _written(tangent: types.FunctionType, count: int) -> Any:
    try:
        definition = ast.parse(inspect.getsource(tangent)).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return None
    if not isinstance(definition, ast.FunctionDef) or len(definition.args.args) != count + 1:
        return None
    body = [s for s in definition.body if not isinstance(s, ast.Pass)]
    if not _is_understood(body, tangent.__globals__):
        return None
    split = _Split(body[:-1], [a.arg for a in definition.args.args])
    if not split.is_safe() or not split.before:
        return None
    *arguments, direction = (a.arg for a in definition.args.args)
    used = {n.id for n in ast.walk(definition) if isinstance(n, ast.Name)} | set(arguments)
    directions, columns = (next(_free(hint, used)) for hint in ("directions", "columns"))
    title = f"{tangent.__name__}_along_all"
    lines = [f"def {title}({', '.join([*arguments, directions])}):"]
    lines += _indented(split.before, 1)
    lines += [f"    {columns} = []", f"    for {direction} in {directions}:"]
    lines += _indented(split.each, 2)
    ending: Any = body[-1]
    lines += [f"        {columns}.append({ast.unparse(ending.value)})", f"    return {columns}"]
    text = "\n".join(lines) + "\n"
    file = f"<srcad {title} {next(_serial)}>"
    texts.keep(file, text)
    space = dict(tangent.__globals__)
    exec(compile(text, file, "exec"), space)
    return space[title]


def _free(hint: str, used: set[str]) -> Iterator[str]:
    return (
        name
        for name in itertools.chain([hint], (f"{hint}_{k}" for k in itertools.count(1)))
        if name not in used
    )


def _indented(statements: list[ast.stmt], depth: int) -> list[str]:
    return ["    " * depth + line for s in statements for line in ast.unparse(s).split("\n")]


def _is_understood(body: list[ast.stmt], space: dict[str, Any]) -> bool:
    """Tell whether a body assigns variables and entries of new arrays, by functions without side effects, and returns."""
    if not body or not isinstance(body[-1], ast.Return) or body[-1].value is None:
        return False
    for node in (n for s in body for n in ast.walk(s)):
        if isinstance(node, ast.Return) and node is not body[-1]:
            return False
        if isinstance(node, ast.stmt) and not isinstance(
            node, (ast.Assign, ast.AugAssign, ast.If, ast.For, ast.Return, ast.Pass)
        ):
            return False
        if isinstance(
            node, (ast.Lambda, ast.NamedExpr, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp)
        ):
            return False
        if isinstance(node, ast.Call) and not _is_pure(node, space):
            return False
    return True


def _is_pure(node: ast.Call, space: dict[str, Any]) -> bool:
    """Tell whether a call is that of a function of NumPy or the runtime which does nothing but compute."""
    if any(keyword.arg == "out" or keyword.arg is None for keyword in node.keywords):
        return False
    path = ast.unparse(node.func).split(".")
    if path[0] == "np" and len(path) > 1:
        return not set(path) & set(_UNKNOWN) and not registry.is_mutating(_reached(path, space))
    if path[0] == "rt" and len(path) == 2:
        function = getattr(rt, path[1], None)
        pure = registry.find(function) is not None or registry.is_constant(function)
        return pure and not registry.is_stateful(function)
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in ARRAY_METHODS and node.func.attr not in METHODS_THAT_WRITE
    return path in (["range"], ["len"], ["reversed"], ["float"], ["abs"])


def _reached(path: list[str], space: dict[str, Any]) -> Any:
    found = space.get(path[0])
    for part in path[1:]:
        found = getattr(found, part, None)
    return found


class _Split:
    """The statements before a loop over the directions, and those inside of it."""

    def __init__(self, body: list[ast.stmt], parameters: list[str]) -> None:
        self.body = body
        self.parameters = parameters
        self.varying = {parameters[-1]}
        self.born: dict[str, list[ast.stmt]] = {}
        self.changed: set[str] = set()
        for statement in body:
            for name in _bound(statement):
                self.born.setdefault(name, []).append(statement)
            self.changed |= _changed(statement)
        self.varying |= self.changed
        while self._spread():
            pass
        self.each = [s for s in body if self._varies(s)]
        self.before = [s for s in body if not self._varies(s)]

    def _varies(self, statement: ast.stmt) -> bool:
        return not self.varying.isdisjoint(_names(statement))

    def _spread(self) -> bool:
        """Add what depends on what varies, and what is bound again where it is read inside of the loop."""
        count = len(self.varying)
        for statement in self.body:
            if self._varies(statement):
                self.varying |= _bound(statement)
                self.varying |= {n for n in _names(statement) if self._times(n) > 1}
        return len(self.varying) > count

    def _times(self, name: str) -> int:
        return len(self.born.get(name, ())) + (name in self.parameters)

    def is_safe(self) -> bool:
        """Tell whether what is changed in place is made anew in each turn, so that no other statement sees the change."""
        return all(
            name not in self.parameters and all(_makes_memory(s, name) for s in self.born.get(name, [None]))
            for name in self.changed
        )


def _names(statement: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}


def _bound(statement: ast.stmt) -> set[str]:
    """Return the variables that a statement binds."""
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} - {
        n.target.id
        for n in ast.walk(statement)
        if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)
    }


def _changed(statement: ast.stmt) -> set[str]:
    """Return the variables whose memory a statement may change."""
    found = set()
    for node in ast.walk(statement):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AugAssign)
            else []
        )
        for target in targets:
            base = target
            while isinstance(base, (ast.Subscript, ast.Attribute)):
                base = base.value
            if isinstance(base, ast.Name) and (base is not target or isinstance(node, ast.AugAssign)):
                found.add(base.id)
            elif not isinstance(base, (ast.Name, ast.Tuple)):
                found.add("")  # what is changed has no name
    return found


def _makes_memory(statement: Any, name: str) -> bool:
    """Tell whether a statement gives a variable memory of its own, or a number."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return False
    value = statement.value
    if isinstance(value, ast.Call):
        path = ast.unparse(value.func).split(".")
        shares = any(keyword.arg == "copy" for keyword in value.keywords)
        return len(path) == 2 and path[0] == "np" and path[1] in _FRESH and not shares
    return isinstance(value, (ast.BinOp, ast.UnaryOp, ast.Constant))
