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

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.endless import taken_from
from srcad.frontend.quiet import calls_methods
from srcad.frontend.statics import refer, runtime_name
from srcad.lang import tree as t
from srcad.lang.function import Function
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
    if not steps.named:
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
            done.append(self.statement(stmt))
        return done

    def statement(self, stmt: gast.stmt) -> gast.stmt:
        if isinstance(stmt, gast.For) and isinstance(stmt.iter, gast.Name) and stmt.iter.id in self.named:
            return self.stepped(stmt)
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

    def stepped(self, node: gast.For) -> gast.While:
        """Return the loop that takes one item after the other."""
        item = self.scope.fresh("item")
        end = t.name(runtime_name(self.scope, "End"))
        found = t.call(refer(self.scope, next, "next"), t.name(node.iter.id), end)
        bind = t.place(gast.copy_location(t.assign(node.target, t.name(item)), node.target), node.target)
        if node.orelse:
            # The jumps in it are those of the loop around, and a block with a condition knows.
            more = gast.Compare(gast.NamedExpr(t.store(item), found), [gast.IsNot()], [end])
            made = gast.While(t.place(more, node.iter), [bind, *node.body], node.orelse)
            return gast.copy_location(made, node)
        over = gast.Compare(t.name(item), [gast.Is()], [t.name(end.id)])
        head = [t.assign(item, found), gast.If(over, [gast.Break()], [])]
        body = [*(t.place(s, node.iter) for s in head), bind, *node.body]
        return gast.copy_location(gast.While(t.constant(True), body, []), node)


def _reads(loop: gast.AST) -> list[gast.Name]:
    """Return the variables that the body of a loop reads."""
    return [n for n in t.own_nodes(loop.body) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load)]
