"""Which files a function writes values with a derivative to, and where it reads them again."""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import Any

import gast
import numpy as np

from srcad.derive.build import read_names, written_names
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.printer import to_source
from srcad.lang.walking import nodes_in

__all__ = ["Files"]

_WRITERS = (np.save, np.savez, np.savez_compressed, np.savetxt)
_READERS = (np.load, np.fromfile, np.loadtxt, np.genfromtxt, np.memmap)
_DEPTH = 4


class Files:
    """The files of a function in normal form, each known by how its path is written."""

    def __init__(self, fn: Function) -> None:
        self.statics = fn.scope.statics
        self.written: set[str] = set()
        self.opened: dict[str, str] = {}
        self.entered: dict[str, str] = {}
        self.values = _bound_once(fn)
        for node in nodes_in(fn.tree):
            for item in node.items if isinstance(node, gast.With) else ():
                if isinstance(item.optional_vars, gast.Name):
                    self.entered[getattr(item.context_expr, "id", "")] = item.optional_vars.id

    def follow(self, stmt: Any, texts: set[str], varied: set[str]) -> set[str]:
        """Note what a statement opens and writes; return the variables whose files show values with a derivative."""
        call = stmt.value
        if not isinstance(call, gast.Call):
            return set()
        if self.function(call) is open and call.args:
            names = set(written_names(stmt))
            names |= {self.entered[name] for name in names & set(self.entered)}
            self.opened.update(dict.fromkeys(names, self.path(call.args[0])))
        elif varied & set(read_names(call)):
            self.written |= {self.file(node) for node in self.written_by(call)}
        self.written |= {path for name, path in self.opened.items() if name in texts}
        return {name for name, path in self.opened.items() if path in self.written}

    def written_by(self, call: gast.Call) -> list[gast.AST]:
        """Return the path or the file that a call writes its arguments to."""
        function, method = self.function(call), getattr(call.func, "attr", "")
        if function in _WRITERS or method == "tofile":
            return list(call.args[:1])
        return list(call.args[1:2]) if function is json.dump else []

    def are_read_by(self, call: gast.Call) -> bool:
        """Tell whether a call reads numbers from a file that shows values with a derivative."""
        return self.function(call) in _READERS and bool(call.args) and self.file(call.args[0]) in self.written

    def file(self, node: gast.AST) -> str:
        return self.opened.get(getattr(node, "id", "")) or self.path(node)

    def function(self, call: gast.Call) -> Any:
        found = self.statics.get(getattr(call.func, "id", ""))
        return found if isinstance(found, type) or callable(found) else None

    def path(self, node: gast.AST) -> str:
        """Return the text of the expression that a path is made by."""
        return to_source(_written_out(node, self.values, _DEPTH))


def _bound_once(fn: Function) -> dict[str, gast.AST]:
    """Return the values of the variables that one assignment binds, and nothing else."""
    nodes = list(nodes_in(fn.tree))
    bindings = Counter(name for node in nodes for name in t.bound_by(node))
    assigned = [
        node for node in nodes if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name)
    ]
    return {n.targets[0].id: n.value for n in assigned if bindings[n.targets[0].id] == 1}


def _written_out(node: gast.AST, values: dict[str, gast.AST], depth: int) -> gast.AST:
    """Return an expression with the values of its variables in their places."""
    if isinstance(node, gast.Name):
        return _written_out(values[node.id], values, depth - 1) if depth and node.id in values else node
    made = copy.copy(node)
    for field, value in gast.iter_fields(node):
        if isinstance(value, gast.AST):
            setattr(made, field, _written_out(value, values, depth))
        elif isinstance(value, list):
            setattr(
                made, field, [_written_out(v, values, depth) if isinstance(v, gast.AST) else v for v in value]
            )
    return made
