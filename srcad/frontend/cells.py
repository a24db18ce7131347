"""Cells: variables that a nested function sees change after it was made.

A closure is given the values of the variables that it captures. Where one of them is bound again later, both
sides share a list with one element instead, as Python's own cells do.

Before::

    def f(x):
        def g():
            return k * x
        k = 2
        return g()

After::

    def f(x):
        k_cell = [None]
        g = rt.closure(f_g, k_cell, x)      # reads k_cell[0]
        k_cell[0] = 2
        return g()

>>> text = "def f(x):\\n    def g(): return k * x\\n    k = 2\\n    return g()"
>>> tree = gast.parse(text)
>>> [name for name, _ in rebound(tree.body[0])]
['k']
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import gast

from srcad.frontend.nested import free_names, parameters
from srcad.lang import tree as t
from srcad.lang.walking import children_of, nodes_in

__all__ = ["Cell", "filled_at_once", "of_comprehension", "rebound"]

STORING = ("append", "add", "insert", "extend", "update", "setdefault", "appendleft", "push", "register")
LAZY = ("map", "filter", "accumulate", "starmap", "takewhile", "dropwhile", "filterfalse", "groupby")
LOOPS = (gast.For, gast.While)


@dataclass(frozen=True)
class Cell:
    """Stands for a variable that is kept in a list, under the name of the list."""

    name: str


def rebound(function: gast.FunctionDef) -> Iterator[tuple[str, gast.AST]]:
    """Yield the captured variables that may change after the closure was made, with the nested function."""
    nested = [node for node in t.own_nodes(function.body) if isinstance(node, gast.FunctionDef | gast.Lambda)]
    if nested:
        finder = Finder(function)
        for node in nested:
            yield from ((name, node) for name in finder.changing(node))


def of_comprehension(function: gast.FunctionDef, name: str, node: gast.AST) -> bool:
    """Tell whether the variable ``name`` that a nested function captures is that of a comprehension around it.

    >>> tree = gast.parse("def f(x):\\n    for i in range(2): pass\\n    return [lambda: i for i in range(3)]").body[0]
    >>> of_comprehension(tree, "i", next(n for n in nodes_in(tree) if isinstance(n, gast.Lambda)))
    True
    """
    finder = Finder(function)
    return any(
        name in t.bound_by(part) and finder.owner(part) in finder.around(node)
        for part in finder.nodes
        if finder.owner(part) is not None
    )


def filled_at_once(body: list[gast.stmt], cells: int) -> list[gast.stmt]:
    """Return statements, of which the first ``cells`` make cells, with a cell made where it gets its first value.

    >>> text = "k_cell = [None]\\ny = x\\nk_cell[0] = 2 * y\\ng = rt.closure(f_g, k_cell)"
    >>> body = filled_at_once(gast.parse(text).body, 1)
    >>> print(gast.gast_to_ast(gast.Module(body, [])).body[1].value.elts[0].op)  # doctest: +ELLIPSIS
    <ast.Mult object at ...>
    """
    made, rest = body[:cells], body[cells:]
    for first in body[:cells]:
        cell = first.targets[0].id
        uses = (k for k, stmt in enumerate(rest) if _mentions(stmt, cell))
        place = next(uses, None)
        stmt = rest[place] if place is not None else None
        empty = isinstance(first.value.elts[0], gast.Constant) and first.value.elts[0].value is None
        if not empty or not isinstance(stmt, gast.Assign) or len(stmt.targets) != 1:
            continue
        target = stmt.targets[0]
        fills = isinstance(target, gast.Subscript) and getattr(target.value, "id", None) == cell
        if fills and not _mentions(stmt.value, cell):
            display = gast.List([stmt.value], gast.Load())
            rest[place] = t.place(gast.copy_location(t.assign(cell, display), stmt), stmt)
            made.remove(first)
    return made + rest


def _mentions(node: gast.AST, name: str) -> bool:
    return any(isinstance(part, gast.Name) and part.id == name for part in nodes_in(node))


class Finder:
    """Looks at the nested functions of one function."""

    def __init__(self, function: gast.FunctionDef) -> None:
        self.nodes = list(t.own_nodes(function.body))
        self.parents = {child: node for node in self.nodes for child in children_of(node)}
        written = t.names_written(function.body) - t.global_names(function.body)
        self.local = written | set(parameters(function.args))

    def changing(self, node: gast.FunctionDef | gast.Lambda) -> list[str]:
        """Return the variables that a nested function captures and that are bound after it was made."""
        captured = [name for name in free_names(node) if name in self.local]
        if not captured:
            return []
        loops = self.around(node)
        repeated = [set(t.own_nodes(loop)) for loop in loops]
        end = (node.end_lineno, node.end_col_offset)
        stays: bool | None = None
        assigned = _assigned_inside(node)
        assigned |= self._bound_around(node)
        found = [name for name in captured if name in assigned]
        for name in captured:
            for binding in self.nodes if name not in assigned else ():
                if name not in t.bound_by(binding) or binding is node or self._foreign(binding, node):
                    continue
                again = name != getattr(node, "name", None) and any(binding in nodes for nodes in repeated)
                if again and stays is None:
                    stays = self._stays(node, loops[0])
                later = (binding.lineno, binding.col_offset) >= end and self.owner(binding) is None
                if later or (again and not stays):
                    found.append(name)
                    break
        return found

    def _stays(self, node: gast.FunctionDef | gast.Lambda, loop: gast.AST) -> bool:
        """Tell whether a closure made in a loop is only called, or handed to a function, within the round."""
        parent = self.parents.get(node)
        if isinstance(parent, gast.keyword):
            parent = self.parents.get(parent)
        if isinstance(parent, gast.Call):
            return parent.func is node or _only_uses(parent) and not self._is_kept(parent)
        if isinstance(node, gast.FunctionDef):
            name = node.name
        elif isinstance(parent, gast.Assign) and isinstance(parent.targets[0], gast.Name):
            name = parent.targets[0].id
        else:
            return False
        inner = set(t.own_nodes(loop))
        for use in self.nodes:
            if isinstance(use, gast.Name) and use.id == name and isinstance(use.ctx, gast.Load):
                call = self.parents.get(use)
                early = (use.lineno, use.col_offset) < (node.lineno, node.col_offset)
                if early or use not in inner or not isinstance(call, gast.Call):
                    return False
                if call.func is not use and not _only_uses(call):
                    return False
        return all(
            name not in free_names(n) for n in self.nodes if isinstance(n, t.FUNCTIONS) and n is not node
        )

    def _is_kept(self, call: gast.Call) -> bool:
        """Tell whether a call makes an iterator, as ``map`` does, that is not run through where it stands."""
        above = self.parents.get(call)
        if getattr(call.func, "id", getattr(call.func, "attr", "")) not in LAZY:
            return False
        if isinstance(above, gast.Call):
            return not _only_uses(above) or self._is_kept(above)
        return not isinstance(above, gast.For | gast.comprehension | gast.Starred)

    def owner(self, binding: gast.AST) -> gast.AST | None:
        """Return the comprehension whose target ``binding`` is a part of, if any."""
        above: gast.AST | None = binding
        while above is not None and not isinstance(above, gast.stmt):
            parent = self.parents.get(above)
            if isinstance(parent, gast.NamedExpr):
                return None
            if isinstance(parent, gast.comprehension):
                return self.parents.get(parent) if above is parent.target else None
            above = parent
        return None

    def _foreign(self, binding: gast.AST, node: gast.AST) -> bool:
        """Tell whether ``binding`` is the target of a comprehension that ``node`` does not stand in."""
        owner = self.owner(binding)
        return owner is not None and not any(child is node for child in t.own_nodes(owner))

    def _bound_around(self, node: gast.AST) -> set[str]:
        """Return the variables that the statement which makes a lambda binds to it."""
        above: gast.AST | None = node
        while above is not None and not isinstance(above, gast.stmt):
            above = self.parents.get(above)
        made = isinstance(above, gast.Assign | gast.AnnAssign) and above is not node
        return t.names_written(above) if made and above is not None else set()

    def around(self, node: gast.AST) -> list[gast.AST]:
        """Return the loops and comprehensions around a node, the innermost first."""
        found = []
        above = self.parents.get(node)
        while above is not None:
            if isinstance(above, (*LOOPS, *t.COMPREHENSIONS)):
                found.append(above)
            above = self.parents.get(above)
        return found


def _assigned_inside(node: gast.AST) -> set[str]:
    """Return the names that a nested function, or one inside it, declares nonlocal."""
    return {name for n in nodes_in(node) if isinstance(n, gast.Nonlocal) for name in n.names}


def _only_uses(call: gast.Call) -> bool:
    """Tell whether a call can be expected to be over with its arguments when it returns."""
    func = call.func
    if isinstance(func, gast.Attribute):
        return func.attr not in STORING
    return isinstance(func, gast.Name)
