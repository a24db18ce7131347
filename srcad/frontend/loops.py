"""Loops: every ``for`` runs over a ``range``, every ``while`` is endless with the condition inside.

Before::

    for i, x in enumerate(xs):
        s += x * i

After::

    seq = rt.sequence(xs)
    for i in range(len(seq)):
        x = seq[i]
        s += x * i

``zip``, ``enumerate``, ``reversed``, ``map``, ``filter`` and the views of dicts, written out in the loop's
head, are indexed and not built.

>>> from srcad.frontend.stages import after
>>> text = "def f(xs):\\n    for i, x in enumerate(xs): print(i, x)"
>>> print(after("to_anf", text))
def f(xs):
    seq = rt.sequence(xs)
    t = len(seq)
    for i in range(t):
        x = seq[i]
        print(i, x)
"""

from __future__ import annotations

from collections.abc import Callable, Container

import gast
import numpy as np

from srcad.frontend.endless import Cursor, Endless, taken_from
from srcad.frontend.resizing import may_resize
from srcad.frontend.statics import READ_BY_PLACES, refer, runtime_name
from srcad.lang import tree as t
from srcad.lang.scope import Scope
from srcad.lang.walking import clone, nodes_in

__all__ = ["lower_for", "lower_while"]

RESIZING = ("append", "clear", "extend", "insert", "pop", "remove")


def lower_while(node: gast.While) -> gast.While:
    """Return the loop with its condition in the body.

    >>> loop = gast.parse("while x < 3: x += 1").body[0]
    >>> import ast
    >>> print(ast.unparse(gast.gast_to_ast(lower_while(loop))))
    while True:
        if x < 3:
            x += 1
        else:
            break
    """
    if isinstance(node.test, gast.Constant) and node.test.value is True:
        return gast.copy_location(gast.While(node.test, node.body, []), node)
    choice = t.place(gast.If(node.test, node.body, [gast.Break()]), node.test)
    return t.place(gast.While(t.constant(True), [choice], node.orelse), node)


def lower_for(
    node: gast.For,
    scope: Scope,
    called: Callable[[gast.expr], str | None],
    methods: Callable[[], Container[str]],
    named_alike: Callable[[str], Container[str]],
) -> list[gast.stmt]:
    """Return the loop over a range, with what must run before it.

    Parameters
    ----------
    node : gast.For
        The loop.
    scope : Scope
        For names.
    called : callable
        Tells which builtin a call calls, if any.
    methods : callable
        Tells the methods that the user's classes are written with: ``items`` may be one of them.
    named_alike : callable
        Tells the variables that may name what a variable names, itself included.
    """
    return [
        t.place(statement, node) for statement in Lowering(scope, called, methods, named_alike).loop(node)
    ]


class Lowering(Endless):
    """Makes cursors."""

    def __init__(
        self,
        scope: Scope,
        called: Callable[[gast.expr], str | None],
        methods: Callable[[], Container[str]],
        named_alike: Callable[[str], Container[str]],
    ) -> None:
        self.scope = scope
        self.called = called
        self.methods = methods
        self.named_alike = named_alike
        self.rebound: set[str] = set()
        self.left_early = False
        self.over: Callable[[gast.expr], bool] = lambda source: False
        self.growing: list[str] = []

    def static(self, function: str, value: object) -> str:
        """Return the static name of a builtin."""
        return refer(self.scope, value, function)

    def loop(self, node: gast.For) -> list[gast.stmt]:
        """Lower one loop."""
        source = node.iter
        if self.called(source) == "range" and not source.keywords and not _starred(source.args):
            return self._over_range(node)
        if self.called(source) == "filter" and len(source.args) == 2:
            return self._filtered(node)
        if isinstance(source, gast.GeneratorExp) and len(source.generators) == 1:
            return self._generated(node, source)
        if isinstance(source, gast.Name) and _resizes(self.named_alike(source.id), node.body):
            return self._growing(node, source)
        self.rebound = t.names_written([node.target, *node.body])
        self.left_early = _may_be_left(node.body)
        self.over = lambda value: may_resize(value, node.body, self.scope, self.methods, self.named_alike)
        self.growing = []
        cursor = self.cursor(source)
        if cursor.length is None:
            return self.forever(node, cursor)
        counter = self.scope.fresh("i")
        if self.called(source) == "enumerate" and len(source.args) == 1 and not source.keywords:
            first = (
                node.target.elts[0]
                if isinstance(node.target, gast.Tuple) and len(node.target.elts) == 2
                else None
            )
            if isinstance(first, gast.Name) and _free_for_counting(first.id, node):
                counter = first.id
        binds = self._bind(node.target, cursor.element(t.name(counter)), counter)
        if self.growing and self.called(source) != "reversed":
            calls = [n for n in nodes_in(cursor.length) if isinstance(n, gast.Call) and len(n.args) == 1]
            names = [n.args[0] for n in calls if isinstance(n.args[0], gast.Name)]
            # Lengths and no lists, which whoever looks at objects in lists would take to be given away.
            sizes = [self.scope.fresh("size") for _ in names]
            grows = t.call(runtime_name(self.scope, "may_grow"), *map(t.name, sizes))
            measured = [t.assign(size, self._length(clone(n))) for size, n in zip(sizes, names)]
            binds = [*measured, gast.Expr(grows), *binds]
        for bind in binds:
            t.place(bind, node.target)
        span = t.place(t.call(self.static("range", range), cursor.length), source)
        body = [*binds, *node.body]
        made = gast.For(gast.copy_location(t.store(counter), node.target), span, body, node.orelse, None)
        return [*cursor.setup, gast.copy_location(made, node)]

    def _bind(self, target: gast.expr, element: gast.expr, counter: str) -> list[gast.stmt]:
        """Return the assignment of an element; of a pair the first may need none, or come first."""
        if isinstance(target, gast.Tuple) and isinstance(element, gast.Tuple) and len(target.elts) == 2:
            first, second = target.elts
            if isinstance(first, gast.Name) and first.id == counter:
                return [t.assign(second, element.elts[1])]
            key, value = element.elts
            if isinstance(key, gast.NamedExpr):
                names = t.names_written(second)
                if isinstance(first, gast.Name) and first.id not in names:
                    value = gast.Subscript(value.value, t.name(first.id), gast.Load())
                    return [t.assign(first, key.value), t.assign(second, value)]
                return [
                    t.assign(key.target, key.value),
                    t.assign(target, t.tuple_of([t.name(key.target.id), value])),
                ]
        return [t.assign(target, element)]

    def _over_range(self, node: gast.For) -> list[gast.stmt]:
        """Keep a loop over a range; give it a counter of its own where the target is more than that."""
        made = gast.For(node.target, node.iter, node.body, node.orelse, None)
        if not (isinstance(node.target, gast.Name) and _free_for_counting(node.target.id, node)):
            counter = self.scope.fresh("i")
            bind = t.place(t.assign(node.target, t.name(counter)), node.target)
            made = gast.For(t.store(counter), node.iter, [bind, *node.body], node.orelse, None)
        return [gast.copy_location(made, node)]

    def _growing(self, node: gast.For, source: gast.Name) -> list[gast.stmt]:
        """Turn a loop over a list that its body lengthens or shortens into a ``while``."""
        sequence, position = self.scope.fresh("seq"), self.scope.fresh("position")
        setup = [
            t.assign(sequence, t.call(runtime_name(self.scope, "sequence"), source)),
            t.assign(position, t.constant(0)),
        ]
        head: list[gast.stmt] = [
            t.assign(node.target, t.subscript(t.name(sequence), t.name(position))),
            gast.AugAssign(t.store(position), gast.Add(), t.constant(1)),
        ]
        test = gast.Compare(t.name(position), [gast.Lt()], [self._length(t.name(sequence))])
        made = gast.While(test, [*(t.place(s, node.target) for s in head), *node.body], node.orelse)
        return [*(t.place(s, source) for s in setup), t.place(made, node)]

    def _filtered(self, node: gast.For) -> list[gast.stmt]:
        """Turn ``for x in filter(f, xs)`` into a loop with an ``if``."""
        predicate, source = node.iter.args
        setup: list[gast.stmt] = []
        item = self.scope.fresh("item")
        test: gast.expr = t.name(item)
        if not (isinstance(predicate, gast.Constant) and predicate.value is None):
            test = t.call(self._once(predicate, "predicate", setup), t.name(item))
        body = gast.If(test, [t.assign(node.target, t.name(item)), *node.body], [])
        inner = gast.For(t.store(item), source, [t.place(body, node.iter)], node.orelse, None)
        return [*setup, *self.loop(gast.copy_location(inner, node))]

    def _generated(self, node: gast.For, source: gast.GeneratorExp) -> list[gast.stmt]:
        """Turn a loop over a generator expression into a loop over what that iterates over."""
        generator = source.generators[0]
        body: list[gast.stmt] = [t.place(t.assign(node.target, source.elt), source.elt), *node.body]
        for condition in reversed(generator.ifs):
            body = [t.place(gast.If(condition, body, []), condition)]
        inner = gast.For(generator.target, generator.iter, body, node.orelse, None)
        return self.loop(gast.copy_location(inner, node))

    def called_function(self, source: gast.expr) -> object:
        """Return the function that is called by its name."""
        called = isinstance(source, gast.Call) and not source.keywords and not _starred(source.args)
        return self.scope.statics.get(getattr(source.func, "id", "")) if called else None

    def _once(self, value: gast.expr, hint: str, setup: list[gast.stmt]) -> gast.expr:
        """Evaluate ``value`` before the loop and return its name; one that stays as it is needs no copy."""
        if isinstance(value, gast.Constant) or isinstance(value, gast.Name) and value.id not in self.rebound:
            return value
        kept = self.scope.fresh(hint)
        setup.append(t.place(t.assign(kept, value), value))
        return t.name(kept)

    def _length(self, sequence: gast.expr) -> gast.expr:
        """Return ``len(sequence)``."""
        return t.call(self.static("len", len), sequence)

    def cursor(self, source: gast.expr) -> Cursor:
        """Return how to get at the elements of ``source``."""
        kind = self.called(source)
        plain = kind is not None and not source.keywords and not _starred(source.args)
        if (
            kind == "enumerate"
            and not _starred(source.args)
            and 1 <= len(source.args) + len(source.keywords) <= 2
        ):
            return self._enumerate(source)
        if kind == "zip" and plain and source.args:
            return self._zip(source.args, t.tuple_of)
        if kind == "map" and plain and len(source.args) > 1:
            setup: list[gast.stmt] = []
            function = self._once(source.args[0], "function", setup)
            made = self._zip(source.args[1:], lambda elements: t.call(function, *elements))
            return Cursor(setup + made.setup, made.length, made.element)
        if kind == "reversed" and plain and len(source.args) == 1:
            return self._reversed(source.args[0])
        view = _dict_view(source)
        if view and view not in self.methods():
            return self._dict(source.func.value, view)
        function = self.called_function(source)
        if function in READ_BY_PLACES and len(source.args) == 1:
            if function is np.ndenumerate or not isinstance(source.args[0], gast.List | gast.Tuple):
                return self._entries(source, function is np.ndenumerate)
        found = self.of_itertools(function, source) if function is not None else None
        if found is not None:
            return found
        setup = []
        if isinstance(source, gast.Tuple | gast.List | gast.ListComp):
            value: gast.expr = source
        else:
            if self.left_early:
                source = source if isinstance(source, gast.Call) else self._once(source, "source", setup)
                setup += [self.check_left(inner) for inner in taken_from(source, self.scope)]
            value = gast.copy_location(t.call(runtime_name(self.scope, "sequence"), source), source)
        sequence = self._once(value, "seq", setup)
        if not isinstance(source, gast.Tuple | gast.List | gast.ListComp) and self.over(source):
            self.growing.append(sequence.id)  # type: ignore[attr-defined]
        return Cursor(setup, self._length(sequence), lambda i: t.subscript(sequence, i))

    def _entries(self, source: gast.Call, numbered: bool) -> Cursor:
        """Read the entries of an array one by one: in the order in memory, or in C's with their places."""
        setup: list[gast.stmt] = []
        array = self.scope.fresh("array")
        made = source.args[0]
        if numbered:
            made = t.call(refer(self.scope, np.asarray, "np.asarray"), made)
        setup.append(t.place(t.assign(array, made), source))
        order = t.constant("C" if numbered else "K")
        listed = t.call(runtime_name(self.scope, "entry_places"), t.name(array), order)
        places = self._once(t.place(listed, source), "places", setup)

        def entry(i: gast.expr) -> gast.expr:
            place = t.subscript(places, i)
            return t.subscript(t.name(array), place)

        pair = lambda i: t.tuple_of([t.subscript(places, i), entry(i)])  # noqa: E731
        return Cursor(setup, self._length(places), pair if numbered else entry)

    def _enumerate(self, source: gast.Call) -> Cursor:
        """Number the elements."""
        inner = self.cursor(source.args[0])
        start = (
            source.args[1] if len(source.args) > 1 else source.keywords[0].value if source.keywords else None
        )
        if start is None:
            return Cursor(inner.setup, inner.length, lambda i: t.tuple_of([i, inner.element(i)]))
        setup = list(inner.setup)
        first = self._once(start, "start", setup)
        return Cursor(
            setup, inner.length, lambda i: t.tuple_of([gast.BinOp(i, gast.Add(), first), inner.element(i)])
        )

    def _zip(self, sources: list[gast.expr], join: Callable[[list[gast.expr]], gast.expr]) -> Cursor:
        """Index several sequences, up to the end of the shortest."""
        parts = [self.cursor(source) for source in sources]
        setup = [statement for part in parts for statement in part.setup]
        lengths = [part.length for part in parts if part.length is not None]
        length = None if not lengths else lengths[0]
        if len(lengths) > 1:
            length = t.call(self.static("min", min), *lengths)
            setup += [self.check_left(name, self._leaves(part.length, length))
                      for source, part in zip(sources, parts) if part.length is not None
                      for name in taken_from(source, self.scope)]  # fmt: skip
        return Cursor(setup, length, lambda i: join([part.element(i) for part in parts]))

    def _leaves(self, length: gast.expr, shortest: gast.expr) -> gast.expr:
        """Return whether items are left when the shortest of several sequences has ended."""
        return gast.Compare(clone(length), [gast.Gt()], [clone(shortest)])

    def _reversed(self, source: gast.expr) -> Cursor:
        """Index a sequence from its end."""
        inner = self.cursor(source)
        setup = list(inner.setup)
        assert inner.length is not None
        last = self._once(gast.BinOp(inner.length, gast.Sub(), t.constant(1)), "last", setup)
        return Cursor(setup, inner.length, lambda i: inner.element(gast.BinOp(last, gast.Sub(), i)))

    def _dict(self, source: gast.expr, view: str) -> Cursor:
        """Index the list of a dict's keys."""
        setup: list[gast.stmt] = []
        mapping = self._once(source, "mapping", setup)
        keys = self._once(t.call(runtime_name(self.scope, "keys"), mapping), "keys", setup)

        def key(i: gast.expr) -> gast.expr:
            return t.subscript(keys, i)

        length = self._length(keys)
        if view == "keys":
            return Cursor(setup, length, key)
        if view == "values":
            return Cursor(setup, length, lambda i: t.subscript(mapping, key(i)))
        own = self.scope.fresh("key")
        return Cursor(
            setup, length,
            lambda i: t.tuple_of([gast.NamedExpr(t.store(own), key(i)), t.subscript(mapping, t.name(own))]),
        )  # fmt: skip


def _free_for_counting(name: str, node: gast.For) -> bool:
    """Tell whether nothing but the loop's head binds ``name`` in it."""
    others = t.names_written(node.body)
    if isinstance(node.target, gast.Tuple):
        others |= {n for element in node.target.elts[1:] for n in t.names_written(element)}
    return name not in others


def _resizes(names: Container[str], body: list[gast.stmt]) -> bool:
    """Tell whether code changes the length of a list that has one of these names."""
    for node in t.own_nodes(body):
        if isinstance(node, gast.Attribute) and node.attr in RESIZING:
            if isinstance(node.value, gast.Name) and node.value.id in names:
                return True
        elif isinstance(node, gast.Delete):
            for target in node.targets:
                if isinstance(target, gast.Subscript) and getattr(target.value, "id", "") in names:
                    return True
    return False


def _may_be_left(body: list[gast.stmt], own: bool = True) -> bool:
    """Tell whether a loop with this body may end before what it runs over does."""
    for stmt in body:
        if isinstance(stmt, gast.Return) or own and isinstance(stmt, gast.Break):
            return True
        inside = own and not isinstance(stmt, gast.For | gast.While)
        if any(_may_be_left(getattr(stmt, part, None) or [], inside) for part in ("body", "finalbody")):
            return True
        if _may_be_left(getattr(stmt, "orelse", None) or [], own):
            return True
    return False


def _starred(args: list[gast.expr]) -> bool:
    """Tell whether there is a starred argument."""
    return any(isinstance(arg, gast.Starred) for arg in args)


def _dict_view(source: gast.expr) -> str | None:
    """Return which view of a dict ``source`` is, if it looks like one."""
    if isinstance(source, gast.Call) and isinstance(source.func, gast.Attribute) and not source.args:
        if source.func.attr in ("items", "keys", "values") and not source.keywords:
            return source.func.attr
    return None
