"""A-normal form of expressions that choose or repeat: and, or, if-else, chained comparisons, comprehensions.

Before::

    y = [x * x for x in xs if 0 < x < 1]

After (the loop is then lowered like any other)::

    items = []
    for x in xs:
        t = 0 < x
        if t:
            t = x < 1
        if t:
            t1 = x * x
            items.append(t1)
    y = items

>>> from srcad.frontend.stages import after
>>> text = "def f(a, b): return a < b < 1 and b"
>>> print(after("to_anf", text))
def f(a, b):
    t1 = a < b
    if t1:
        t1 = b < 1
    t = t1
    if t:
        t = b
    return t
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.scope import Scope

__all__ = ["Choices"]


class Choices:
    """The expressions that become statements; a part of ``Anf``."""

    fn: Function
    scope: Scope
    out: list[gast.stmt]

    if TYPE_CHECKING:
        atom: Any
        op: Any
        keep: Any
        emit: Any
        within: Any
        block: Any
        builtin: Any
        error: Any

    def op_BoolOp(self, node: gast.BoolOp) -> gast.expr:
        """Evaluate the next operand only where it is needed."""
        result = self.scope.fresh("t")
        first, *rest = node.values
        self.emit(t.assign(result, self.op(first)), first)
        self._go_on(result, rest, isinstance(node.op, gast.And))
        return t.name(result)

    def _go_on(self, result: str, rest: list[gast.expr], if_true: bool) -> None:
        """Evaluate the other operands of ``and`` or ``or``."""
        if not rest:
            return
        following, *others = rest

        def more() -> None:
            self.emit(t.assign(result, self.op(following)), following)
            self._go_on(result, others, if_true)

        self._when(result, if_true, more, following)

    def _when(self, test: str, if_true: bool, action: Any, at: gast.AST) -> None:
        """Write an ``if`` on a name being true, or false."""
        block = self.within(action, at)
        empty = [t.place(gast.Pass(), at)]
        self.emit(gast.If(t.name(test), block, []) if if_true else gast.If(t.name(test), empty, block), at)

    def op_Compare(self, node: gast.Compare) -> gast.expr:
        """Compare neighbours, from left to right, as long as they fit."""
        left, *rest = [node.left, *node.comparators]
        if len(rest) == 1:
            first, second = self.atoms([left, rest[0]])  # type: ignore[attr-defined]
            return gast.Compare(first, [node.ops[0]], [second])
        result = self.scope.fresh("t")

        def compare(known: gast.expr, k: int) -> None:
            following = self.atom(rest[k])
            if isinstance(following, gast.Name) and following.id in t.walrus_names(rest[k + 1 :]):
                following = self.keep(following, rest[k])
            self.emit(t.assign(result, gast.Compare(known, [node.ops[k]], [following])), node)
            if k + 1 < len(rest):
                self._when(result, True, lambda: compare(following, k + 1), node)

        first = self.atom(left)
        if isinstance(first, gast.Name) and first.id in t.walrus_names(rest):
            first = self.keep(first, left)
        compare(first, 0)
        return t.name(result)

    def op_IfExp(self, node: gast.IfExp) -> gast.expr:
        """Assign in both branches."""
        result = t.store(self.scope.fresh("t"))
        self._assign(result, node, node)  # type: ignore[attr-defined]
        return t.name(result.id)

    # comprehensions

    def op_ListComp(self, node: gast.ListComp) -> gast.expr:
        """Append to a list."""
        result = self.scope.fresh("items")
        self.emit(t.assign(result, gast.List([], gast.Load())), node)
        append = gast.Expr(t.call(t.attribute(t.name(result), "append"), node.elt))
        self.repeat(node.generators, [t.place(append, node.elt)], node)
        return t.name(result)

    def op_GeneratorExp(self, node: gast.GeneratorExp) -> gast.expr:
        """A generator that is used up elsewhere is made a list, and can be used up only once."""
        items = self.op_ListComp(gast.copy_location(gast.ListComp(node.elt, node.generators), node))
        return t.call(refer(self.scope, iter, "iter"), items)

    def op_SetComp(self, node: gast.SetComp) -> gast.expr:
        """Add to a set."""
        result = self.scope.fresh("items")
        self.emit(t.assign(result, t.call(refer(self.scope, set, "set"))), node)
        add = gast.Expr(t.call(t.attribute(t.name(result), "add"), node.elt))
        self.repeat(node.generators, [t.place(add, node.elt)], node)
        return t.name(result)

    def op_DictComp(self, node: gast.DictComp) -> gast.expr:
        """Store into a dict, the key evaluated before the value."""
        result, key, value = (self.scope.fresh(hint) for hint in ("table", "key", "value"))
        self.emit(t.assign(result, gast.Dict([], [])), node)
        element = gast.Subscript(t.name(result), t.name(key), gast.Store())
        body = [
            t.place(t.assign(key, node.key), node.key),
            t.place(t.assign(value, node.value), node.value),
            t.place(t.assign(element, t.name(value)), node.key),
        ]
        self.repeat(node.generators, body, node)
        return t.name(result)

    def repeat(
        self,
        generators: list[gast.comprehension],
        body: list[gast.stmt],
        at: gast.AST,
        found: str | None = None,
    ) -> None:
        """Write the loops of a comprehension; all of them are left once ``found`` is true."""
        for k, generator in enumerate(reversed(generators)):
            for condition in reversed(generator.ifs):
                body = [t.place(gast.If(condition, body, []), condition)]
            if found is not None and k > 0:
                body = [*body, t.place(gast.If(t.name(found), [gast.Break()], []), at)]
            body = [t.place(gast.For(generator.target, generator.iter, body, [], None), at)]
        self.out.extend(self.block(body))
