"""A generator that is called where its items are not run through at once returns an iterator over a list of them.

Before::

    def walk(tree):
        if tree is not None:
            yield from walk(tree.left)
            yield tree.value

After::

    def walk(tree):
        items = []
        if tree is not None:
            for item in walk(tree.left):
                items.append(item)
            items.append(tree.value)
        return Items(items)

This is done to generators whose items may as well be made all at once; others are refused (``quiet``).

>>> from srcad.frontend.stages import after
>>> print(after("list_generators", "def f(x):\\n    for i in range(3): yield x * i"))
def f(x):
    items = []
    for i in range(3):
        items.append(x * i)
    return Items(items)
"""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.at_once import AtOnce, checked_numbers
from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.source import look_at
from srcad.rules import iteration

__all__ = ["list_generators", "refuse_generator"]

_YIELDS = (gast.Yield, gast.YieldFrom)
_BLOCKS = ("body", "orelse", "finalbody")


def list_generators(fn: Function) -> Function:
    """Return ``fn``, if it is a generator, as a function that returns its items."""
    body = fn.tree.body
    first = next((node for node in t.own_nodes(body) if isinstance(node, _YIELDS)), None)
    if first is None:
        return fn
    changes = AtOnce(fn)
    reason = changes.why_not()
    if reason is not None:
        raise UnsupportedError(
            f"A generator is called where its values are not run through, and it {reason}.",
            "Loop over it with 'for' in the function that is differentiated, or return a list.",
            fn.source.locate(first),
        )
    body = checked_numbers(body, changes.updated_numbers(), fn.scope)
    writer = _Writer(fn)
    start = t.place(t.assign(writer.items, gast.List([], gast.Load())), body[0])
    return replace(fn.with_body([start, *writer.block(body), t.place(writer.ending(), body[-1])]))


def refuse_generator(func: Any) -> None:
    """Raise an error for a function to differentiate that is a generator."""
    if not inspect.isgeneratorfunction(func):
        return
    source = look_at(func)
    first = next(node for node in t.own_nodes(source.tree.body) if isinstance(node, _YIELDS))
    raise UnsupportedError(
        "The function is a generator, and what it yields is no result.",
        "Return a number, or an array or a list of what it yields.",
        source.locate(first),
    )


class _Writer:
    def __init__(self, fn: Function) -> None:
        self.fn, self.scope = fn, fn.scope
        self.items = self.scope.fresh("items")

    def ending(self) -> gast.stmt:
        made = t.call(refer(self.scope, iteration.Items, "Items"), t.name(self.items))
        return gast.Return(made)

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        return [self.statement(stmt) for stmt in body]

    def statement(self, stmt: gast.stmt) -> gast.stmt:
        """Return a statement that appends to the list what it yielded."""
        if isinstance(stmt, gast.Return):
            return t.place(self.ending(), stmt)
        value = stmt.value if isinstance(stmt, gast.Expr) else None
        if isinstance(value, gast.Yield):
            return t.place(self.grown(value.value or t.constant(None)), stmt)
        if isinstance(value, gast.YieldFrom):
            item = self.scope.fresh("item")
            return t.place(gast.For(t.store(item), value.value, [self.grown(t.name(item))], [], None), stmt)
        for part in _BLOCKS:
            inner = getattr(stmt, part, None)
            if inner:
                setattr(stmt, part, self.block(inner))
        left = next((node for node in t.own_nodes(stmt) if isinstance(node, _YIELDS)), None)
        if left is not None:
            raise UnsupportedError("The value that is sent to a generator is used.", "Pass it as an argument.",
                                   self.fn.source.locate(left))  # fmt: skip
        return stmt

    def grown(self, value: gast.expr) -> gast.stmt:
        return gast.Expr(t.call(t.attribute(t.name(self.items), "append"), value))
