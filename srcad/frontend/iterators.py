"""Iterators that have a name are run through one by one, wherever somebody else may take items of theirs.

Before::

    it = zip(xs, ys)
    for x, y in it:
        if x > 0:
            break
    rest = list(it)

After, where ``Items`` in ``srcad.rules.iteration`` keeps its place::

    it = iter(zip(xs, ys))
    while True:
        item = next(it, rt.End)
        if item is rt.End:
            break
        x, y = item
        if x > 0:
            break
    rest = list(it)

An iterator that is named and run through once stays as it is: the loop is over the sequences themselves.

>>> from srcad.frontend.stages import after
>>> text = "def f(x):\\n    it = iter(x)\\n    s = next(it)\\n    for v in it: s = s * v\\n    return s"
>>> print(after("step_iterators", text))
def f(x):
    it = iter(x)
    s = next(it)
    while True:
        item = next(it, rt.End)
        if item is rt.End:
            break
        v = item
        s = s * v
    return s
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import gast

from srcad import runtime as rt
from srcad.errors import UnsupportedError
from srcad.frontend.endless import taken_from
from srcad.frontend.quiet import calls_methods
from srcad.frontend.resizing import stores_items
from srcad.frontend.statics import refer, runtime_name
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import clone
from srcad.rules import iteration

__all__ = ["step_iterators"]

_MAKERS = (
    zip, map, filter, enumerate, reversed, iteration.Items,
    *(primal for primal in iteration.WRITTEN_OUT if primal is not next and primal is not itertools.tee),
)  # fmt: skip
_ITERATORS = (iter, itertools.count, itertools.cycle, iteration.Items)
_LOOPS = (gast.For, gast.While)


def step_iterators(fn: Function) -> Function:
    """Return ``fn`` with its named iterators made where they keep their place, and loops over them one by one."""
    steps = _Steps(fn)
    if not steps.named and not any(map(steps.is_asking, t.own_nodes(fn.tree.body))):
        return fn
    return fn.with_body(steps.block(fn.tree.body))


class _Steps:
    def __init__(self, fn: Function) -> None:
        self.fn, self.scope = fn, fn.scope
        self.named = self.iterators()

    def maker(self, value: gast.AST) -> object:
        """Return the function that makes an iterator, if an expression calls one."""
        if not isinstance(value, gast.Call) or not isinstance(value.func, gast.Name):
            return None
        function = self.scope.statics.get(value.func.id)
        return next((maker for maker in _MAKERS if maker is function), None)

    def iterators(self) -> set[str]:
        """Return the variables that hold an iterator of which items may be taken in several places."""
        body = self.fn.tree.body
        bound: Counter[str] = Counter()
        read: Counter[str] = Counter()
        made, plain = set(), set()
        for node in t.own_nodes(body):
            if isinstance(node, gast.Name):
                (read if isinstance(node.ctx, gast.Load) else bound)[node.id] += 1
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                maker = self.maker(node.value)
                if maker is not None:
                    made.add(node.targets[0].id)
                    if not any(maker is iterator for iterator in _ITERATORS):
                        plain.add(node.targets[0].id)
            elif isinstance(node, gast.Call) and self.static(node) is next and node.args:
                made |= {node.args[0].id} if isinstance(node.args[0], gast.Name) else set()
        inner = {n.id for loop in t.own_nodes(body) if isinstance(loop, _LOOPS) for n in _reads(loop)}
        nested = {n for held in self.captured(body) for n in held}
        once = {n for n in plain if bound[n] == 1 and read[n] == 1 and n not in inner | nested}
        return made - once

    def captured(self, body: list[gast.stmt]) -> list[set[str]]:
        """Return the variables that nested functions hold."""
        calls = [n for n in t.own_nodes(body) if isinstance(n, gast.Call)]
        made = [n for n in calls if getattr(n.func, "id", "") == "rt.closure"]
        return [{a.id for a in n.args if isinstance(a, gast.Name)} for n in made]

    def static(self, node: gast.Call) -> object:
        return self.scope.statics.get(getattr(node.func, "id", ""))

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        done: list[gast.stmt] = []
        for stmt in body:
            t.rewrite_blocks(stmt, self.block)
            stepped = self.several(stmt) if isinstance(stmt, gast.For) else None
            done += [self.statement(stmt)] if stepped is None else stepped
        return done

    def statement(self, stmt: gast.stmt) -> gast.stmt:
        if self.is_asking(stmt):
            return self.asked(stmt)
        if isinstance(stmt, gast.For) and isinstance(stmt.iter, gast.Name) and stmt.iter.id in self.named:
            return self.stepped(stmt)
        if isinstance(stmt, gast.For):
            self.check_meanwhile(stmt)
        self.check(stmt)
        if isinstance(stmt, gast.Assign) and getattr(stmt.targets[0], "id", None) in self.named:
            maker = self.maker(stmt.value)
            if maker is not None and not any(maker is iterator for iterator in _ITERATORS):
                made = t.call(refer(self.scope, iter, "iter"), stmt.value)
                stmt.value = t.place(made, stmt.value)
        return stmt

    def check(self, stmt: gast.stmt) -> None:
        """Refuse to zip an iterator with itself, and a generator whose items depend on when they are taken."""
        value = stmt.value if isinstance(stmt, gast.Assign) else None
        if isinstance(value, gast.GeneratorExp) and getattr(stmt.targets[0], "id", None) in self.named:
            reads, changes = calls_methods(value, self.scope.statics)
            stored = (n for n in t.own_nodes(self.fn.tree.body) if isinstance(n, gast.Attribute))
            if changes or reads and any(isinstance(n.ctx, gast.Store) for n in stored):
                raise UnsupportedError("A generator over attributes or methods of objects is kept, and its items are taken "
                                       "one by one while these may change.",
                                       "Compute each item where it is taken, or loop over the objects.",
                                       self.fn.source.locate(value))  # fmt: skip
        taken = taken_from(value, self.scope) if isinstance(value, gast.Call | gast.GeneratorExp) else []
        if self.maker(value) is not iter and any(inner.id in self.named for inner in taken):
            raise UnsupportedError("An iterator is kept that takes the items of another one, which others take as well.",
                                   "Loop over it where it is made, or take the items with next.",
                                   self.fn.source.locate(value))  # fmt: skip
        for node in t.own_nodes(stmt):
            if (
                isinstance(node, gast.Call)
                and self.static(node) in (any, all)
                or isinstance(node, gast.Compare)
            ):
                self.check_search(node)
            elif isinstance(node, gast.Call) and self.static(node) is zip and not node.keywords:
                if any(isinstance(a, gast.Name) and a.id in self.named for a in node.args):
                    node.func = t.place(t.name(refer(self.scope, iteration.in_turns, "in_turns")), node)

    def check_search(self, node: gast.Call | gast.Compare) -> None:
        """Refuse to look for something in an iterator that is read elsewhere: the search ends in its midst."""
        is_in = isinstance(node, gast.Compare) and isinstance(node.ops[0], gast.In | gast.NotIn)
        operands = node.args if isinstance(node, gast.Call) else node.comparators if is_in else []
        if any(isinstance(operand, gast.Name) and operand.id in self.named for operand in operands):
            raise UnsupportedError("A search through an iterator stops in its midst, and others take what is left.",
                                   "Loop over it, or search a list of its items.",
                                   self.fn.source.locate(node))  # fmt: skip

    def several(self, node: gast.For) -> list[gast.stmt] | None:
        """Return a loop over a ``zip`` or ``enumerate`` of named iterators as one that takes an item of each in turn."""
        source = node.iter
        if (
            not isinstance(source, gast.Call)
            or source.keywords
            or self.static(source) not in (zip, enumerate)
        ):
            return None
        parts = source.args[:1] if self.static(source) is enumerate else source.args
        if not any(isinstance(part, gast.Name) and part.id in self.named for part in parts):
            return None
        if any(
            isinstance(p, gast.Call) and self.static(p) is not range or isinstance(p, gast.Starred)
            for p in parts
        ):
            return None
        setup: list[gast.stmt] = []
        items, tests = [], []
        for part in parts:
            if not (isinstance(part, gast.Name) and part.id in self.named):
                kept = self.scope.fresh("items")
                setup.append(t.assign(kept, t.call(refer(self.scope, iter, "iter"), part)))
                part = t.name(kept)
            items.append(self.scope.fresh("item"))
            tests.append(self.has_next(items[-1], part))
        more = tests[0] if len(tests) == 1 else gast.BoolOp(gast.And(), tests)
        value: gast.expr = t.tuple_of([t.name(item) for item in items])
        head: list[gast.stmt] = []
        if self.static(source) is enumerate:
            count = self.scope.fresh("count")
            setup.append(t.assign(count, source.args[1] if len(source.args) > 1 else t.constant(0)))
            value = t.tuple_of([t.name(count), t.name(items[0])])
            head = [gast.AugAssign(t.store(count), gast.Add(), t.constant(1))]
        bind = t.place(gast.copy_location(t.assign(node.target, value), node.target), node.target)
        body = [bind, *(t.place(step, node.target) for step in head), *node.body]
        made = gast.copy_location(gast.While(t.place(more, source), body, node.orelse), node)
        return [*(t.place(part, source) for part in setup), made]

    def has_next(self, item: str, iterator: gast.expr) -> gast.Compare:
        """Return the test whether an iterator has another item, which is bound to ``item``."""
        end = t.name(runtime_name(self.scope, "End"))
        found = t.call(refer(self.scope, next, "next"), iterator, end)
        return gast.Compare(gast.NamedExpr(t.store(item), found), [gast.IsNot()], [clone(end)])

    def check_meanwhile(self, node: gast.For) -> None:
        """Refuse a loop over items taken of a named iterator at once, if it changes what they are read from."""
        taken = (
            taken_from(node.iter, self.scope) if isinstance(node.iter, gast.Call | gast.GeneratorExp) else []
        )
        if any(inner.id in self.named for inner in taken) and any(map(stores_items, t.own_nodes(node.body))):
            raise UnsupportedError("A loop runs over what takes the items of an iterator that has a name, and changes "
                                   "something meanwhile, which these may be read from.",
                                   "Loop over the iterator itself, or over a list: list(...).",
                                   self.fn.source.locate(node.iter))  # fmt: skip

    def is_asking(self, stmt: Any) -> bool:
        """Tell whether a loop is over ``iter(function, sentinel)``."""
        source = stmt.iter if isinstance(stmt, gast.For) else None
        return isinstance(source, gast.Call) and self.static(source) is iter and len(source.args) == 2

    def asked(self, node: gast.For) -> gast.While:
        """Return the loop that calls a function until it returns the sentinel."""
        function, sentinel = node.iter.args
        made = isinstance(function, gast.Call) and self.static(function) is rt.closure
        if not isinstance(function, gast.Name | gast.Attribute) and not made:
            raise UnsupportedError("The function that an iterator calls until it returns its sentinel is computed here.",
                                   "Give it a name, and loop over iter(name, sentinel).",
                                   self.fn.source.locate(node.iter))  # fmt: skip
        item, called = self.scope.fresh("item"), t.call(function)
        more = gast.Compare(gast.NamedExpr(t.store(item), called), [gast.NotEq()], [sentinel])
        bind = t.place(gast.copy_location(t.assign(node.target, t.name(item)), node.target), node.target)
        return gast.copy_location(gast.While(t.place(more, node.iter), [bind, *node.body], node.orelse), node)

    def stepped(self, node: gast.For) -> gast.While:
        """Return the loop that takes one item after the other."""
        item = self.scope.fresh("item")
        bind = t.place(gast.copy_location(t.assign(node.target, t.name(item)), node.target), node.target)
        if node.orelse:
            # The jumps in it are those of the loop around, and a block with a condition knows.
            more = self.has_next(item, t.name(node.iter.id))
            made = gast.While(t.place(more, node.iter), [bind, *node.body], node.orelse)
            return gast.copy_location(made, node)
        end = runtime_name(self.scope, "End")
        found = t.call(refer(self.scope, next, "next"), t.name(node.iter.id), t.name(end))
        over = gast.Compare(t.name(item), [gast.Is()], [t.name(end)])
        head = [t.assign(item, found), gast.If(over, [gast.Break()], [])]
        body = [*(t.place(s, node.iter) for s in head), bind, *node.body]
        return gast.copy_location(gast.While(t.constant(True), body, []), node)


def _reads(loop: gast.AST) -> list[gast.Name]:
    """Return the variables that the body of a loop reads."""
    return [n for n in t.own_nodes(loop.body) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load)]
