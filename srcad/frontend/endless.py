"""Cursors of the iterators of ``itertools`` that have no end, or stop before what they run over does.

A loop over ``zip(cycle(weights), values)`` indexes ``weights`` by ``i % len(weights)``; a loop over ``count()`` alone
is a ``while True``.

>>> import itertools
>>> from srcad.frontend.stages import after
>>> text = "def f(x):\\n    for n in itertools.count(1):\\n        if x ** n < 0.1: return n * x"
>>> print(after("to_anf", text, itertools=itertools))
def f(x):
    i = -1
    while True:
        i += 1
        n = 1 + i
        t = x ** n
        t1 = t < 0.1
        if t1:
            t2 = n * x
            return t2
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gast

from srcad.frontend.statics import runtime_name
from srcad.lang import tree as t
from srcad.lang.scope import Scope
from srcad.rules import iteration

__all__ = ["Cursor", "Endless", "taken_from"]

_GOING_OVER = (
    iter, zip, map, filter, enumerate, itertools.accumulate, itertools.chain, itertools.chain.from_iterable,
    itertools.compress, itertools.cycle, itertools.dropwhile, itertools.filterfalse, itertools.groupby, itertools.islice,
    itertools.pairwise, iteration.in_turns, itertools.starmap, itertools.takewhile, itertools.tee, itertools.zip_longest,
)  # fmt: skip
"""The makers of iterators that take an item of another one when they are asked for one."""


@dataclass
class Cursor:
    """How to get at the elements of an iterable: statements to run first, the length, the i-th element.

    The length is None where there is no end.
    """

    setup: list[gast.stmt]
    length: gast.expr | None
    element: Callable[[gast.expr], gast.expr]


class Endless:
    """A part of the lowering of loops."""

    scope: Scope

    if TYPE_CHECKING:
        cursor: Any
        static: Any
        _once: Any
        _length: Any
        _bind: Any

    def of_itertools(self, function: object, source: gast.Call) -> Cursor | None:
        """Return the cursor of a call of ``count``, ``cycle``, ``repeat`` or ``islice``; None for other calls."""
        given = len(source.args)
        if function is itertools.count and given < 3:
            return self._count(source)
        if function is itertools.cycle and given == 1:
            return self._cycle(source)
        if function is itertools.repeat and given in (1, 2):
            return self._repeat(source)
        if function is itertools.islice and 1 < given < 5:
            return self._slice(source)
        return None

    def check_left(self, source: gast.expr, left: gast.expr | None = None) -> gast.stmt:
        """Return the statement that refuses to leave a loop over an iterator early."""
        left = t.constant(True) if left is None else left
        check = t.call(runtime_name(self.scope, "check_left"), source, left)
        return t.place(gast.Expr(check), source)

    def forever(self, node: gast.For, cursor: Cursor) -> list[gast.stmt]:
        """Return a loop that only its body ends."""
        counter = self.scope.fresh("i")
        binds = [
            t.place(b, node.target) for b in self._bind(node.target, cursor.element(t.name(counter)), counter)
        ]
        step = gast.AugAssign(t.store(counter), gast.Add(), t.constant(1))
        made = gast.While(t.constant(True), [t.place(step, node.iter), *binds, *node.body], [])
        start = t.place(t.assign(counter, gast.UnaryOp(gast.USub(), t.constant(1))), node.iter)
        return [*cursor.setup, start, gast.copy_location(made, node)]

    def _count(self, source: gast.Call) -> Cursor:
        setup: list[gast.stmt] = []
        first, step = [*(self._once(a, "start", setup) for a in source.args), None, None][:2]
        along = (lambda i: i) if step is None else lambda i: gast.BinOp(i, gast.Mult(), step)
        if first is None or isinstance(first, gast.Constant) and first.value == 0 and step is None:
            return Cursor(setup, None, along)
        return Cursor(setup, None, lambda i: gast.BinOp(first, gast.Add(), along(i)))

    def _cycle(self, source: gast.Call) -> Cursor:
        setup = [self.check_left(inner) for inner in taken_from(source, self.scope)]
        value = t.call(runtime_name(self.scope, "sequence"), source.args[0])
        items = self._once(t.place(value, source), "items", setup)
        place = lambda i: gast.BinOp(i, gast.Mod(), self._length(items))  # noqa: E731
        return Cursor(setup, None, lambda i: t.subscript(items, place(i)))

    def _repeat(self, source: gast.Call) -> Cursor:
        setup: list[gast.stmt] = []
        item = self._once(source.args[0], "item", setup)
        times = self._once(source.args[1], "times", setup) if len(source.args) > 1 else None
        return Cursor(setup, times, lambda i: item)

    def _slice(self, source: gast.Call) -> Cursor | None:
        """Index every so-manieth element of what has no end."""
        inner = self.cursor(source.args[0])
        if inner.length is not None:
            return None
        setup = list(inner.setup)
        limits = [self._once(limit, "limit", setup) for limit in source.args[1:]]
        bounds = [t.constant(0), *limits] if len(limits) == 1 else limits
        if isinstance(bounds[1], gast.Constant) and bounds[1].value is None:
            step = bounds[2] if len(bounds) == 3 else t.constant(1)
            along = lambda i: gast.BinOp(bounds[0], gast.Add(), gast.BinOp(i, gast.Mult(), step))  # noqa: E731
            return Cursor(setup, None, lambda i: inner.element(along(i)))
        span = self._once(t.place(t.call(self.static("range", range), *bounds), source), "span", setup)
        return Cursor(setup, self._length(span), lambda i: inner.element(t.subscript(span, i)))


def taken_from(source: gast.expr, scope: Scope) -> list[gast.expr]:
    """Return the variables whose items an expression takes one by one, those of the iterators in it.

    A function of ``itertools`` that goes over an iterator is given all its items at once here.
    """
    if isinstance(source, gast.GeneratorExp):
        return taken_from(source.generators[0].iter, scope)
    if not isinstance(source, gast.Call):
        return [source] if isinstance(source, gast.Name) and source.id not in scope.statics else []
    function = scope.statics.get(getattr(source.func, "id", ""))
    if not any(function is maker for maker in _GOING_OVER):
        return []
    return [inner for argument in source.args for inner in taken_from(argument, scope)]
