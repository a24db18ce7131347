"""Load generated text: compile it, give it its names, and let tracebacks and debuggers see it."""

from __future__ import annotations

import itertools
import linecache
import math
import sys
import types
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.lang.function import Function
from srcad.lang.printer import to_source
from srcad.lang.scope import Scope

__all__ = ["load"]

_ROOTS: dict[str, Any] = {"np": np, "rt": rt, "math": math}
_serial = itertools.count(1)


def load(functions: list[Function], scope: Scope) -> tuple[str, list[Any]]:
    """Return the text of the functions and the functions themselves."""
    text = "\n\n".join(to_source(fn.tree).rstrip() + "\n" for fn in functions)
    namespace: dict[str, Any] = {"__name__": f"srcad_generated.{functions[0].tree.name}"}
    used = {n.id for fn in functions for n in gast.walk(fn.tree) if isinstance(n, gast.Name)}
    for identifier in sorted(used):
        _provide(identifier, scope, namespace)
    file = f"<srcad {functions[0].tree.name} {next(_serial)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), namespace)
    return text, [namespace[fn.tree.name] for fn in functions]


def _provide(identifier: str, scope: Scope, namespace: dict[str, Any]) -> None:
    """Bind what a (possibly dotted) static name needs."""
    root, *path = identifier.split(".")
    if not path:
        if identifier in scope.statics:
            namespace[root] = scope.statics[identifier]
        elif root in _ROOTS:
            namespace[root] = _ROOTS[root]
        return
    if root in _ROOTS:
        namespace[root] = _ROOTS[root]
    elif root == "srcad":
        namespace[root] = sys.modules["srcad"]
    elif root in scope.statics:
        namespace[root] = scope.statics[root]
    else:
        holder = namespace.setdefault(root, types.SimpleNamespace())
        for part in path[:-1]:
            if not hasattr(holder, part):
                setattr(holder, part, types.SimpleNamespace())
            holder = getattr(holder, part)
        setattr(holder, path[-1], scope.statics[identifier])
