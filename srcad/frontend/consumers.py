"""A-normal form of calls that use up a generator expression, ``map`` or ``filter``: they become loops.

Before::

    y = sum(f(x) for x in xs)
    z = any(map(g, xs))

After (the loops are then lowered like any other)::

    total = 0
    for x in xs:
        term = f(x)
        total = total + term
    y = total
    z = False
    for item in xs:
        t = g(item)
        if t:
            z = True
            break

``dict.fromkeys(keys, v)`` is read as ``{key: v for key in keys}``, and ``dict(zip(keys, vs))`` as
``{key: v for key, v in zip(keys, vs)}``.  ``any``, ``all`` and ``next`` stop as early as in
Python; other functions are given a list. ``rt.may_grow`` marks a loop whose list may become longer meanwhile, which the
analysis of memory tells.

>>> from srcad.frontend.stages import after
>>> text = "def f(xs): return sum(x * x for x in xs)"
>>> print(after("to_anf", text))
def f(xs):
    total = 0
    seq = rt.sequence(xs)
    t = len(seq)
    for i in range(t):
        x = seq[i]
        term = x * x
        total = total + term
    return total
>>> print(after("to_anf", "def f(xs): return list(enumerate(xs))"))
def f(xs):
    items = []
    seq = rt.sequence(xs)
    t = len(seq)
    for item in range(t):
        size = len(seq)
        rt.may_grow(size)
        item_1 = seq[item]
        t1 = (item, item_1)
        items.append(t1)
    return items
"""

from __future__ import annotations

import itertools
import types
from typing import TYPE_CHECKING, Any

import gast

from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.scope import Scope
from srcad.runtime.libraries import package_of

__all__ = ["Consumers"]


_ENDLESS = (itertools.count, itertools.cycle, itertools.repeat)


class Consumers:
    """The calls that become loops; a part of ``Anf``."""

    scope: Scope
    out: list[gast.stmt]

    if TYPE_CHECKING:
        atom: Any
        op: Any
        keep: Any
        emit: Any
        block: Any
        builtin: Any
        repeat: Any

    def lowered_call(self, node: gast.Call) -> gast.expr | None:
        """Return what replaces a call that loops; None for others."""
        if self._is_slice_of_endless(node):
            item = self.scope.fresh("item")
            made = gast.ListComp(t.name(item), [gast.comprehension(t.store(item), node, [], 0)])
            return self.op(t.place(made, node))  # type: ignore[no-any-return]
        if self._is_dict_of_keys(node):
            source, *value = (self.atom(argument) for argument in node.args)
            key = self.scope.fresh("key")
            loop = gast.comprehension(t.store(key), source, [], 0)
            made = gast.DictComp(t.name(key), value[0] if value else t.constant(None), [loop])
            return self.op(t.place(made, node))  # type: ignore[no-any-return]
        function = self.builtin(node)
        if function is None or node.keywords or not node.args:
            return None
        generator = node.args[0]
        if isinstance(generator, gast.ListComp) and len(node.args) == 1:
            return self._of_new_items(function, generator)
        if not isinstance(generator, gast.GeneratorExp):
            return None
        if function == "sum" and len(node.args) < 3:
            return self._sum(node, generator)
        if function in ("any", "all") and len(node.args) == 1:
            return self._search(node, generator, function == "any")
        if function == "next" and len(node.args) < 3:
            return self._next(node, generator)
        return None

    def _of_new_items(self, function: str, items: gast.ListComp) -> gast.expr | None:
        """Return what ``list`` or ``dict`` makes of new items, which nobody else knows."""
        if function == "list":
            return self.op(items)  # type: ignore[no-any-return]
        if function == "dict" and isinstance(items.elt, gast.Tuple) and len(items.elt.elts) == 2:
            made = gast.DictComp(*items.elt.elts, items.generators)
            return self.op(gast.copy_location(made, items))  # type: ignore[no-any-return]
        return None

    def _is_slice_of_endless(self, node: gast.Call) -> bool:
        """Tell whether a call slices an iterator of ``itertools`` that has no end."""
        statics = self.scope.statics
        inner = node.args[0] if node.args else None
        return (
            statics.get(getattr(node.func, "id", "")) is itertools.islice
            and isinstance(inner, gast.Call)
            and statics.get(getattr(inner.func, "id", "")) in _ENDLESS
            and not (len(inner.args) == 2 and statics.get(inner.func.id) is itertools.repeat)
        )

    def _is_dict_of_keys(self, node: gast.Call) -> bool:
        """Tell whether a call is ``dict.fromkeys(keys)`` or ``dict.fromkeys(keys, value)``."""
        plain = not node.keywords and not any(isinstance(a, gast.Starred) for a in node.args)
        of_dict = isinstance(node.func, gast.Attribute) and node.func.attr == "fromkeys"
        owner = self.scope.statics.get(getattr(node.func.value, "id", "")) if of_dict else None
        return plain and 0 < len(node.args) < 3 and owner is dict

    def consumed(self, node: gast.Call) -> gast.Call:
        """Return the call with generators as lists, where the callee does nothing but use them up."""
        if not self._uses_up(node.func):
            return node
        only = self.builtin(node) in ("sum", "any", "all", "next")
        args = [self._spelled_out(arg, node) for arg in node.args]
        if not (only and isinstance(args[0], gast.GeneratorExp)):
            args = [self._listed(arg) for arg in args]
        return gast.copy_location(gast.Call(node.func, args, node.keywords), node)

    def _listed(self, arg: gast.expr) -> gast.expr:
        """Return a generator expression as a list comprehension."""
        if isinstance(arg, gast.GeneratorExp):
            return gast.copy_location(gast.ListComp(arg.elt, arg.generators), arg)
        return arg

    def _uses_up(self, func: gast.expr) -> bool:
        """Tell whether a callee is a library's, or a method: those do not keep a generator."""
        if isinstance(func, gast.Attribute):
            return True
        if not isinstance(func, gast.Name) or func.id not in self.scope.statics:
            return False
        value = self.scope.statics[func.id]
        libraries = ("numpy", "math", "statistics")
        return not isinstance(value, types.FunctionType) or package_of(value) in libraries

    def _spelled_out(self, arg: gast.expr, at: gast.Call) -> gast.expr:
        """Return ``map(f, xs)``, ``filter(f, xs)``, ``zip(xs, ys)`` and ``enumerate(xs)`` as generator expressions."""
        kind = self.builtin(arg)
        if kind == "enumerate" and [k.arg for k in arg.keywords] == ["start"]:
            arg = gast.copy_location(gast.Call(arg.func, [*arg.args, arg.keywords[0].value], []), arg)
        if (
            kind is None
            or arg.keywords
            or len(at.args) > 1
            or any(isinstance(a, gast.Starred) for a in arg.args)
        ):
            return arg
        if kind in ("zip", "enumerate") and self.builtin(at) in ("list", "tuple", "sorted", "dict"):
            return self._tuples(arg, 2 if kind == "enumerate" else len(arg.args))
        if kind not in ("map", "filter") or self.builtin(at) in ("zip", "enumerate", "iter", "map"):
            return arg
        function, *sources = arg.args
        if not sources:
            return arg
        if not t.is_atom(function):
            function = self.keep(self.op(function), function, "function")
        items = [self.scope.fresh("item") for _ in sources]
        if kind == "filter":
            always = isinstance(function, gast.Constant)
            test = t.name(items[0]) if always else t.call(function, t.name(items[0]))
            made = gast.comprehension(t.store(items[0]), sources[0], [test], 0)
            return t.place(gast.GeneratorExp(t.name(items[0]), [made]), arg)
        target: gast.expr = t.store(items[0])
        iterable = sources[0]
        if len(items) > 1:
            target = gast.Tuple([t.store(item) for item in items], gast.Store())
            iterable = t.call(refer(self.scope, zip, "zip"), *sources)
        value = t.call(function, *map(t.name, items))
        return t.place(gast.GeneratorExp(value, [gast.comprehension(target, iterable, [], 0)]), arg)

    def _tuples(self, arg: gast.Call, count: int) -> gast.expr:
        """Return a generator expression of the tuples that an iterator gives."""
        if not arg.args:
            return arg
        items = [self.scope.fresh("item") for _ in range(count)]
        target = gast.Tuple([t.store(item) for item in items], gast.Store())
        whole = gast.Tuple([t.name(item) for item in items], gast.Load())
        return t.place(gast.GeneratorExp(whole, [gast.comprehension(target, arg, [], 0)]), arg)

    def _sum(self, node: gast.Call, generator: gast.GeneratorExp) -> gast.expr | None:
        """Add up the elements in a loop."""
        start = node.args[1] if len(node.args) > 1 else t.constant(0)
        if not isinstance(start, gast.Constant):
            return None
        result, term = self.scope.fresh("total"), self.scope.fresh("term")
        self.emit(t.assign(result, self.op(start)), node)
        body = [
            t.place(t.assign(term, generator.elt), generator.elt),
            t.place(t.assign(result, gast.BinOp(t.name(result), gast.Add(), t.name(term))), generator.elt),
        ]
        self.repeat(generator.generators, body, node)
        return t.name(result)

    def _search(self, node: gast.Call, generator: gast.GeneratorExp, wanted: bool) -> gast.expr:
        """Stop at the first element that decides."""
        found = self.scope.fresh("found")
        self.emit(t.assign(found, t.constant(False)), node)
        stop: list[gast.stmt] = [t.assign(found, t.constant(True)), gast.Break()]
        test = generator.elt if wanted else t.place(gast.UnaryOp(gast.Not(), generator.elt), generator.elt)
        self.repeat(generator.generators, [t.place(gast.If(test, stop, []), generator.elt)], node, found)
        return t.name(found) if wanted else gast.UnaryOp(gast.Not(), t.name(found))

    def _next(self, node: gast.Call, generator: gast.GeneratorExp) -> gast.expr:
        """Take the first element."""
        found, first = self.scope.fresh("found"), self.scope.fresh("first")
        default = self.atom(node.args[1]) if len(node.args) > 1 else None
        self.emit(t.assign(found, t.constant(False)), node)
        if default is not None:
            self.emit(t.assign(first, default), node)
        body: list[gast.stmt] = [
            t.assign(first, generator.elt),
            t.assign(found, t.constant(True)),
            gast.Break(),
        ]
        self.repeat(generator.generators, [t.place(s, generator.elt) for s in body], node, found)
        if default is None:
            stop = gast.Raise(t.name(refer(self.scope, StopIteration, "StopIteration")), None)
            self.emit(gast.If(t.name(found), [gast.Pass()], [stop]), node)
        return t.name(first)
