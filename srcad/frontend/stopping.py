"""What takes items of a generator until it has enough, as the loop that it is.

Before::

    y = next(v for v in halves(x) if v < 1)
    s = sum(takewhile(small, halves(x)))
    t = sum(islice(halves(x), 3))

After::

    for v in halves(x):
        if v < 1:
            first = v
            break
    y = first
    items = []
    for item in halves(x):
        if not small(item):
            break
        items.append(item)
    s = sum(items)
    t = sum(v for k, v in zip(range(3), halves(x)))
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import gast

from srcad.frontend.consumed import as_loops
from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.scope import Scope
from srcad.lang.walking import NodeTransformer

__all__ = ["loop_until", "sliced"]

IsGenerator = Callable[[gast.AST], bool]


def sliced(body: list[gast.stmt], scope: Scope, is_generator: IsGenerator) -> list[gast.stmt]:
    """Return statements with ``islice`` of generators written as ``zip`` with a range."""
    slicing = _Slicing(scope, is_generator)
    return [slicing.visit(stmt) for stmt in body]


class _Slicing(NodeTransformer):
    def __init__(self, scope: Scope, is_generator: IsGenerator) -> None:
        self.scope, self.is_generator = scope, is_generator

    def counted(self, node: Any) -> tuple[gast.expr, list[gast.expr]] | None:
        """Return the pairs of a count and an item that a slice runs through, and the tests of the count."""
        function = self.scope.statics.get(getattr(getattr(node, "func", None), "id", ""))
        plain = function is itertools.islice and not node.keywords and len(node.args) in (2, 3)
        if not plain or not self.is_generator(node.args[0]):
            return None
        *start, stop = node.args[1:]
        if isinstance(stop, gast.Constant) and stop.value is None:
            return t.call(refer(self.scope, enumerate, "enumerate"), node.args[0]), start
        trips = t.call(refer(self.scope, range, "range"), stop)
        return t.call(refer(self.scope, zip, "zip"), trips, node.args[0]), start

    def visit_Call(self, node: gast.Call) -> gast.expr:
        self.generic_visit(node)
        found = self.counted(node)
        if found is None:
            return node
        pairs, start = found
        count, item = self.scope.fresh("count"), self.scope.fresh("item")
        tests = [gast.Compare(t.name(count), [gast.GtE()], [first]) for first in start]
        target = gast.Tuple([t.store(count), t.store(item)], gast.Store())
        made = gast.GeneratorExp(t.name(item), [gast.comprehension(target, pairs, tests, False)])
        return t.place(made, node)

    def visit_For(self, node: gast.For) -> gast.For:
        found = self.counted(node.iter)
        if found is not None and not found[1] and not node.orelse:
            count = t.store(self.scope.fresh("count"))
            node.iter = t.place(found[0], node.iter)
            node.target = t.place(gast.Tuple([count, node.target], gast.Store()), node.target)
        self.generic_visit(node)
        return node


def loop_until(node: gast.AST, scope: Scope, is_generator: IsGenerator) -> Callable[[], Any] | None:
    """Return what makes the loop, and the expression for its outcome, where a call stops a generator; else None."""
    function = scope.statics.get(getattr(getattr(node, "func", None), "id", ""))
    if not isinstance(node, gast.Call) or node.keywords or not node.args:
        return None
    if function is itertools.takewhile and len(node.args) == 2 and is_generator(node.args[1]):
        return lambda: _taken_while(node, scope)
    given = node.args[0]
    single = isinstance(given, gast.GeneratorExp) and len(given.generators) == 1
    if not single or not is_generator(_source(given.generators[0].iter, scope)):
        return None
    if function is next:
        return lambda: _first(node, given, scope)
    if function is any or function is all:
        return lambda: _decided(given, scope, function is any)
    return None


def _source(node: gast.AST, scope: Scope) -> gast.AST:
    """Return what ``enumerate`` counts, and anything else as it is."""
    function = scope.statics.get(getattr(getattr(node, "func", None), "id", ""))
    return node.args[0] if function is enumerate and len(node.args) == 1 else node


def _taken_while(node: gast.Call, scope: Scope) -> tuple[list[gast.stmt], gast.expr]:
    keeps, items, item = map(scope.fresh, ("keeps", "items", "item"))
    leave = gast.If(gast.UnaryOp(gast.Not(), t.call(keeps, t.name(item))), [gast.Break()], [])
    grow = gast.Expr(t.call(t.attribute(t.name(items), "append"), t.name(item)))
    loop = gast.For(t.store(item), node.args[1], [leave, grow], [], None)
    made = [t.assign(keeps, node.args[0]), t.assign(items, gast.List([], gast.Load())), loop]
    return [t.place(s, node) for s in made], t.place(t.name(items), node)


def _loop_of(
    given: gast.GeneratorExp, scope: Scope, inner: Callable[[gast.expr], list[gast.stmt]]
) -> gast.For:
    """Return the loop of a generator expression, with other statements for each of its items."""
    (_, loop), _ = as_loops(given, scope)
    holder: Any = loop
    while isinstance(holder.body[0], gast.If):
        holder = holder.body[0]
    element = holder.body[0].value.args[0]
    holder.body = [t.place(s, given) for s in inner(element)]
    assert isinstance(loop, gast.For)
    return loop


def _first(node: gast.Call, given: gast.GeneratorExp, scope: Scope) -> tuple[list[gast.stmt], gast.expr]:
    found, first = scope.fresh("found"), scope.fresh("first")
    default = node.args[1] if len(node.args) > 1 else t.constant(None)
    loop = _loop_of(
        given, scope, lambda v: [t.assign(first, v), t.assign(found, t.constant(True)), gast.Break()]
    )
    made = [t.assign(found, t.constant(False)), t.assign(first, default), loop]
    if len(node.args) == 1:
        stop = gast.Raise(t.name(refer(scope, StopIteration, "StopIteration")), None)
        made.append(gast.If(t.name(found), [gast.Pass()], [stop]))
    return [t.place(s, node) for s in made], t.place(t.name(first), node)


def _decided(given: gast.GeneratorExp, scope: Scope, wanted: bool) -> tuple[list[gast.stmt], gast.expr]:
    found = scope.fresh("found")

    def inner(value: gast.expr) -> list[gast.stmt]:
        test = value if wanted else gast.UnaryOp(gast.Not(), value)
        return [gast.If(test, [t.assign(found, t.constant(True)), gast.Break()], [])]

    loop = _loop_of(given, scope, inner)
    result: gast.expr = t.name(found) if wanted else gast.UnaryOp(gast.Not(), t.name(found))
    made = [t.assign(found, t.constant(False)), loop]
    return [t.place(s, given) for s in made], t.place(result, given)
