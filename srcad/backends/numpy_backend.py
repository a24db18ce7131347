"""Load generated text: compile it, give it its names, and let tracebacks and debuggers see it."""

from __future__ import annotations

import itertools
import math
import sys
import types
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.backends.imports import imports_of
from srcad.backends.line_map import NAME, LineMap
from srcad.lang import texts
from srcad.lang.function import Function
from srcad.lang.printer import to_source_and_tree
from srcad.lang.recursion import nested_too_deeply
from srcad.lang.scope import Scope
from srcad.lang.walking import nodes_in

__all__ = ["load"]

_LONGER = {"np": "numpy_library", "rt": "runtime_library", "math": "math_library"}
_ROOTS: dict[str, Any] = {"np": np, "rt": rt, "math": math}
_ROOTS.update({longer: _ROOTS[root] for root, longer in _LONGER.items()})
_serial = itertools.count(1)


def load(functions: list[Function], scope: Scope) -> tuple[str, list[Any], tuple[str, ...]]:
    """Return the text of the functions, the functions themselves and the imports that the text needs."""
    for fn in functions:
        _call_classes(fn)
        _tell_modules_from_variables(fn.tree)
    printed = [to_source_and_tree(fn.tree) for fn in functions]
    text = "\n\n".join(part.rstrip() + "\n" for part, _ in printed)
    namespace: dict[str, Any] = {"__name__": f"srcad_generated.{functions[0].tree.name}"}
    used = {n.id for fn in functions for n in nodes_in(fn.tree) if isinstance(n, gast.Name)}
    for identifier in sorted(used):
        _provide(identifier, scope, namespace)
    file = f"<srcad {functions[0].tree.name} {next(_serial)}>"
    texts.keep(file, text)
    source = functions[0].source
    namespace[NAME] = LineMap(source, text, [tree for _, tree in printed])
    try:
        code = compile(text, file, "exec")
    except (
        SyntaxError,
        RecursionError,
        MemoryError,
    ) as error:  # Python's blocks and parentheses nest only so deep
        raise nested_too_deeply(source.func) from error
    exec(code, namespace)
    entries = [namespace[fn.tree.name] for fn in functions]
    # The text is kept as long as the functions are.
    texts.forget_with(entries[0], file)
    return text, entries, imports_of(used, scope.statics)


def _call_classes(fn: Function) -> None:
    """Write ``rt.named_tuple(State, x, v)`` as ``State(x, v)``."""
    for node in nodes_in(fn.tree):
        if (
            isinstance(node, gast.Call)
            and fn.scope.statics.get(getattr(node.func, "id", "")) is rt.named_tuple
        ):
            node.func, *node.args = node.args


def _tell_modules_from_variables(tree: gast.FunctionDef) -> None:
    """Call modules by longer names where a variable has the usual one: ``np``, ``rt``, ``math``."""
    names = [n for n in nodes_in(tree) if isinstance(n, gast.Name)]
    bound = {n.id for n in names if not isinstance(n.ctx, gast.Load)}
    for node in names:
        root, dot, path = node.id.partition(".")
        if dot and root in bound and root in _LONGER:
            node.id = f"{_LONGER[root]}.{path}"


def _provide(identifier: str, scope: Scope, namespace: dict[str, Any]) -> None:
    """Bind what a (possibly dotted) static name needs."""
    root, *path = identifier.split(".")
    if not path:
        if identifier in scope.statics:
            found = scope.statics[identifier]
            namespace[root] = found
            if isinstance(found, _Names):
                namespace[root] = _Names(root)
                vars(namespace[root]).update(vars(found))
        elif root in _ROOTS:
            namespace[root] = _ROOTS[root]
        return
    if root in _ROOTS:
        namespace[root] = _ROOTS[root]
    elif root == "srcad":
        namespace[root] = sys.modules["srcad"]
    elif root in scope.statics and not isinstance(scope.statics[root], _Names):
        namespace[root] = scope.statics[root]
    else:
        if root not in namespace:
            namespace[root] = _Names(root)
        holder = namespace[root]
        for part in path[:-1]:
            if not hasattr(holder, part):
                setattr(holder, part, _Names(part))
            holder = getattr(holder, part)
        setattr(holder, path[-1], scope.statics[identifier])


class _Names(types.ModuleType):
    """What stands for a module in generated code, and holds the functions that the code calls."""
