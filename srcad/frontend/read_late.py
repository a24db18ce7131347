"""Generators whose items are made at once, while the program changes what they read: these are refused.

A method that is a generator, and a generator that calls itself, have their items made where they are called
(`listed`).  Python makes each when it is taken, and sees what was changed until then.
"""

from __future__ import annotations

import inspect
import itertools
import types
from collections.abc import Iterator
from typing import Any

import gast

from srcad.analysis.class_effects import (
    METHODS,
    Traits,
    classes_in_sight,
    function_of,
    is_users,
    methods_traits,
)
from srcad.frontend.consumed import Place
from srcad.frontend.late_results import (
    gives_iterator_itself,
    is_view,
    titles_of_late_results,
    titles_of_views,
)
from srcad.frontend.lateness import Lateness
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested
from srcad.lang.source import look_at
from srcad.lang.walking import nodes_in

__all__ = ["ReadLate"]

_PASSING_ON = (enumerate, zip, map, filter, itertools.chain, itertools.islice, iter)


class ReadLate(Lateness):
    """The changes in one function, beside the generators that are made at once in it."""

    def __init__(self, fn: Function) -> None:
        self.traits = methods_traits(fn)
        classes = tuple(classes_in_sight(fn))
        self.late, self.unsure = titles_of_late_results(classes)
        self.classes, self.views = classes, titles_of_views(classes)
        self.named_after: dict[str, str] = {}
        super().__init__(fn)

    def join(self, node: gast.AST) -> None:
        """Put variables together; the items of what is run through are not it."""
        if not isinstance(node, gast.For):
            super().join(node)
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.Name):
            for target in node.targets:
                if isinstance(target, gast.Name):
                    self.named_after.setdefault(target.id, node.value.id)

    def attributes(self, node: Any, kept: bool = False) -> frozenset[str] | None:
        """Return the attributes that a call of such a generator reads; None for anything else.

        So do properties and operators that give iterators. Generators that are ``kept`` in a list have their items made at
        once as well.
        """
        title = self.title(node)
        if title is not None:
            found = self.traits.get(title)
            return found.reads if found is not None and (found.generates or title in self.late) else None
        if not isinstance(node, gast.Call):
            return None
        function = self.statics.get(getattr(node.func, "id", ""))
        if not isinstance(function, types.FunctionType) or not is_users(function):
            return None
        if not inspect.isgeneratorfunction(function):
            return None
        body = look_at(function).tree.body
        names = {n.id for n in t.own_nodes(body) if isinstance(n, gast.Name)}
        return _attributes(body) if kept or function.__name__ in names else None

    def title(self, node: Any) -> str | None:
        """Return the name of the method that an expression may call."""
        if isinstance(node, gast.Call):
            if self.statics.get(getattr(node.func, "id", "")) is iter and len(node.args) == 1:
                return "__iter__" if "__iter__" in self.late else None
            return node.func.attr if isinstance(node.func, gast.Attribute) else None
        if isinstance(node, gast.Attribute):
            known = node.attr in self.traits or "__getattr__" not in self.late
            return node.attr if known else "__getattr__"
        if isinstance(node, gast.BinOp):
            operator = t.BINARY_OPERATORS.get(type(node.op), "").rstrip("_")
            return next(
                (title for title in (f"__{operator}__", f"__r{operator}__") if title in self.late), None
            )
        return "__getitem__" if isinstance(node, gast.Subscript) and "__getitem__" in self.late else None

    def why(
        self, call: Any, stmt: gast.stmt, around: tuple[gast.stmt, ...], path: tuple[Place, ...]
    ) -> str | None:
        """Return what the program changes of what a generator reads before its items are taken; None if nothing."""
        kept = any(isinstance(p.node, t.COMPREHENSIONS) and p.field in ("elt", "value") for p in path)
        reads = self.attributes(call, kept)
        plain = isinstance(call, gast.Call) or getattr(call, "attr", "") in self.traits
        if path[-1].field == "func" or not plain and len(path) > 1:
            reads = None
        looped = any(isinstance(p.node, gast.For | gast.comprehension) for p in path)
        if reads is None and not looped:
            reads = self.attributes_of_view(call)
        if reads is None:
            return self.why_iterator(call, stmt, around)
        operands = {self.find(n.id) for n in nodes_in(call) if isinstance(n, gast.Name)}
        for part in (
            self.later(stmt, around) if self.keeps_parts(call, stmt) else self.meanwhile(stmt, around, path)
        ):
            for node in t.own_nodes([part]):
                if self.changes_what_is_read(node, reads, operands) or self.updates(node, operands, looped):
                    return f"what it reads is changed before its items are taken, on line {node.lineno}"
        return None

    def keeps_parts(self, call: Any, stmt: gast.stmt) -> bool:
        """Tell whether a statement binds variables to the parts of what a method returns that may hold an iterator."""
        title = self.title(call)
        if not isinstance(stmt, gast.Assign) or stmt.value is not call or title not in self.late:
            return False
        several = all(isinstance(target, gast.Tuple | gast.List) for target in stmt.targets)
        methods = [function_of(vars(cls)[title]) for cls in self.classes if title in vars(cls)]
        return several and bool(methods) and not all(map(gives_iterator_itself, methods))

    def attributes_of_view(self, node: Any) -> frozenset[str] | None:
        """Return the attributes that a method or property reads which gives a view of a dict; None for anything else."""
        title = self.title(node) or ""
        if title in self.views and title in self.traits:
            return self.traits[title].reads
        return (
            frozenset(n.attr for n in nodes_in(node.func) if isinstance(n, gast.Attribute))
            if is_view(node)
            else None
        )

    def updates(self, node: gast.AST, operands: set[str], looped: bool) -> bool:
        """Tell whether a part of a statement updates in place a variable that shares memory with what is read.

        In a loop a variable that is given to nobody is taken for a number that adds up.
        """
        if not isinstance(node, gast.AugAssign) or not isinstance(node.target, gast.Name):
            return False
        name = node.target.id
        if self.find(name) not in operands or self.is_apart(name):
            return False
        calls = (n for n in t.own_nodes(self.fn.tree.body) if isinstance(n, gast.Call))
        return not looped or any(getattr(part, "id", "") == name for each in calls for part in each.args)

    def why_iterator(self, node: Any, stmt: gast.stmt, around: tuple[gast.stmt, ...]) -> str | None:
        """Return what is changed of an object whose class says what its items are, while it is run through."""
        loop = isinstance(stmt, gast.For) and node is stmt.iter
        made = isinstance(node, gast.Call) and self.statics.get(getattr(node.func, "id", "")) is iter
        titles = [title for title in ("__iter__", "__next__", "__getitem__") if title in self.traits]
        if not titles or not (loop or made):
            return None
        reads: frozenset[str] = frozenset().union(*(self.traits[title].reads for title in titles))
        paths = list(self.iterated(node))
        for part in stmt.body if loop else self.later(stmt, around):
            for inner in t.own_nodes([part]):
                if any(self.changes_object(inner, reads, path) for path in paths):
                    return f"what it reads is changed before its items are taken, on line {inner.lineno}"
        return None

    def iterated(self, node: Any) -> Iterator[tuple[str, ...]]:
        """Yield the variables and attributes that are run through."""
        if isinstance(node, gast.Call):
            function = self.statics.get(getattr(node.func, "id", ""))
            if any(function is known for known in _PASSING_ON):
                for argument in node.args:
                    yield from self.iterated(argument)
            return
        path = self.path(node)
        if path[0]:
            yield path

    def path(self, node: Any) -> tuple[str, ...]:
        """Return a variable, and the attributes and items that lead from it to a value."""
        parts: list[str] = []
        while isinstance(node, gast.Attribute | gast.Subscript):
            parts.append(node.attr if isinstance(node, gast.Attribute) else "[]")
            node = node.value
        known = isinstance(node, gast.Name) and node.id not in self.statics
        return (self.first_name(node.id) if known else "", *reversed(parts))

    def first_name(self, name: str) -> str:
        """Return the variable that a variable is another name of."""
        seen = {name}
        while name in self.named_after and self.named_after[name] not in seen:
            name = self.named_after[name]
            seen.add(name)
        return name

    def changes_object(self, node: Any, reads: frozenset[str], path: tuple[str, ...]) -> bool:
        """Tell whether a part of a statement stores in an attribute that is read of the object at a path."""
        if isinstance(node, gast.Attribute | gast.Subscript) and not isinstance(node.ctx, gast.Load):
            changed = self.path(node)
        elif isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
            changed = self.path(node.func.value)
            found = self.traits.get(node.func.attr)
            if found is not None and changed == path and found.stores & reads:
                return True
            if node.func.attr not in METHODS:
                return False
        elif isinstance(node, gast.Call):
            function = self.statics.get(getattr(node.func, "id", ""))
            users = isinstance(function, types.FunctionType) and is_users(function)
            given = any(self.path(argument) == path for argument in node.args)
            return users and given and bool(_stored(look_at(function).tree.body) & reads)
        else:
            return False
        return changed[: len(path)] == path and bool(set(changed[len(path) : len(path) + 1]) & reads)

    def meanwhile(self, stmt: gast.stmt, around: tuple[gast.stmt, ...], path: tuple[Place, ...]) -> list[Any]:
        """Return what is run while the items are taken, or before."""
        for k in range(len(path) - 1, -1, -1):
            node, field = path[k].node, path[k].field
            if isinstance(node, gast.For) and field == "iter":
                return list(node.body)
            if isinstance(node, gast.comprehension) and field == "iter":
                over = path[k - 1].node
                parts = [getattr(over, part, None) for part in ("elt", "key", "value")]
                return [*(part for part in parts if part is not None), *node.ifs]
            if isinstance(node, gast.Starred | gast.AugAssign) or self.is_run_by_method(node):
                return []
            if isinstance(node, gast.Assign) and all(
                isinstance(g, gast.Tuple | gast.List) for g in node.targets
            ):
                return []
            if isinstance(node, gast.Call) and field == "args":
                function = self.statics.get(getattr(node.func, "id", ""))
                if any(function is known for known in _PASSING_ON):
                    continue
                own = function is None or isinstance(function, Nested) or is_users(function)
                if not own or getattr(node.func, "attr", "") in ("extend", "extendleft", "join", "update"):
                    return []
            if isinstance(node, gast.Attribute) or isinstance(node, gast.Call) and field == "func":
                continue
            return list(self.later(stmt, around))
        return list(self.later(stmt, around))

    def is_run_by_method(self, node: gast.AST) -> bool:
        """Tell whether an expression calls a method of a class in sight that gives no iterator further."""
        title = (
            node.func.attr if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) else ""
        )
        known = title in self.traits and not self.traits[title].generates
        return known and title not in self.late | self.unsure | self.views

    def changes_what_is_read(self, node: gast.AST, reads: frozenset[str], operands: set[str]) -> bool:
        """Tell whether a part of a statement stores in an attribute of a name that is read, or in what is run through."""
        if isinstance(node, gast.Attribute) and not isinstance(node.ctx, gast.Load):
            return node.attr in reads
        if isinstance(node, gast.Subscript) and not isinstance(node.ctx, gast.Load):
            return self.is_read(node.value, reads, operands)
        if not isinstance(node, gast.Call):
            return False
        if isinstance(node.func, gast.Attribute):
            if node.func.attr in METHODS:
                return self.is_read(node.func.value, reads, operands)
            found = self.traits.get(node.func.attr)
            return found is not None and bool(found.stores & reads)
        function = self.statics.get(getattr(node.func, "id", ""))
        if isinstance(function, types.FunctionType) and is_users(function):
            return bool(_stored(look_at(function).tree.body) & reads)
        nested = [n for n in nodes_in(self.fn.tree) if isinstance(n, gast.FunctionDef | gast.Lambda)]
        unknown = function is None or isinstance(function, Nested)
        return unknown and any(_stored(f.body) & reads for f in nested)

    def is_read(self, base: Any, reads: frozenset[str], operands: set[str]) -> bool:
        """Tell whether what changes here may be what a generator runs through."""
        while isinstance(base, gast.Subscript):
            base = base.value
        if isinstance(base, gast.Attribute):
            return base.attr in reads
        return isinstance(base, gast.Name) and self.find(base.id) in operands and not self.is_apart(base.id)

    def is_apart(self, name: str) -> bool:
        """Tell whether a variable is a container that is made in this function and kept in nothing else."""
        if name in {n.id for n in nodes_in(self.fn.tree.args) if isinstance(n, gast.Name)}:
            return False
        for node in t.own_nodes(self.fn.tree.body):
            if isinstance(node, gast.Assign):
                binds = name in t.bound_names([node])
                if binds and not isinstance(
                    node.value, gast.List | gast.Dict | gast.ListComp | gast.DictComp
                ):
                    return False
                if not binds and name in t.names_read(node.value) and self.shared(node.value) & {name}:
                    return False
            elif isinstance(node, gast.For | gast.With) and name in t.bound_names([node]):
                return False
            elif isinstance(node, gast.Call) and name in t.names_read(node.args):
                function = self.statics.get(getattr(node.func, "id", ""))
                if function is None or isinstance(function, Nested) or is_users(function):
                    return False
        return True


def _attributes(body: Any) -> frozenset[str]:
    return frozenset(n.attr for n in t.own_nodes(body) if isinstance(n, gast.Attribute))


def _stored(body: Any) -> frozenset[str]:
    return frozenset(Traits.of(body).stores)
