"""Generators: a loop over a user's generator becomes the generator's own statements, with the loop's body at ``yield``.

Before, where ``def halves(x): while x > 1: yield x; x = x / 2``::

    for h in halves(y):
        s += h

After::

    x = y
    for once in range(1):
        while x > 1:
            h = x
            s += h
            x = x / 2

So everything happens in the order in which it happens in Python, and an endless generator ends with its loop.  A
``break`` of the loop, or a ``return`` of the generator, leaves the inlined statements through flags.

>>> from srcad.frontend.stages import after
>>> text = '''
... def f(x):
...     def count(n):
...         i = 0
...         while i < n:
...             yield i
...             i = i + 1
...     s = 0.0
...     for k in count(3): s += x * k
...     return s'''
>>> print(after("inline_generators", text).partition("s = 0.0")[2].lstrip("\\n"))
    n = 3
    for once in range(1):
        i = 0
        while i < n:
            k = i
            s += x * k
            i = i + 1
    return s
"""

from __future__ import annotations

import inspect
import types
from dataclasses import replace
from typing import Any

import gast

from srcad.errors import NoSourceError, UnsupportedError
from srcad.frontend.cells import Cell
from srcad.frontend.fence import fence
from srcad.frontend.match import lower_match
from srcad.frontend.nested import as_definition
from srcad.frontend.resolve import resolve
from srcad.frontend.statics import refer
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested, inlined_at
from srcad.lang.quote import clone
from srcad.lang.scope import Scope
from srcad.lang.source import read

__all__ = ["inline_generators"]

_CONSUMERS = (list, tuple, sum, sorted, set, dict, max, min)
_LOOPS = (gast.For, gast.While)
_BLOCKS = ("body", "orelse", "finalbody")


def inline_generators(fn: Function) -> Function:
    """Replace the loops over generators of the user's, and the lists made of them."""
    inliner = _Inliner(fn)
    body = inliner.block(fn.tree.body)
    return replace(fn.with_body(body), source=inliner.source)


def has_yield(body: gast.AST | list[gast.stmt]) -> bool:
    """Tell whether code yields, nested functions left out."""
    return any(isinstance(node, gast.Yield | gast.YieldFrom) for node in t.own_nodes(body))


class _Inliner:
    def __init__(self, fn: Function) -> None:
        self.source, self.scope = fn.source, fn.scope
        self.active: list[Any] = []
        self.closures: dict[str, gast.Call | None] = {}
        self.find_closures(fn.tree.body)

    def find_closures(self, body: list[gast.stmt]) -> None:
        """Find the variables that surely hold one nested function."""
        for node in t.own_nodes(body):
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                target, value = node.targets[0].id, node.value
                made = isinstance(value, gast.Call) and getattr(value.func, "id", "") == "rt.closure"
                self.closures[target] = None if target in self.closures or not made else value

    def error(self, node: gast.AST, reason: str, hint: str) -> UnsupportedError:
        return UnsupportedError(reason, hint, self.source.locate(node))

    # -- statements -------------------------------------------------------------------------------

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        done: list[gast.stmt] = []
        for stmt in body:
            done += self.statement(stmt)
        return done

    def statement(self, stmt: gast.stmt) -> list[gast.stmt]:
        if isinstance(stmt, gast.For):
            counted = self.counted(stmt)
            before, stmt = counted if counted is not None else ([], stmt)
            found = self.generator(stmt.iter)
            if found is not None:
                return [*before, *self.loop(stmt, *found)]
        prelude = self.collected(stmt)
        for part in _BLOCKS:
            inner = getattr(stmt, part, None)
            if inner:
                setattr(stmt, part, self.block(inner))
        for handler in getattr(stmt, "handlers", []):
            handler.body = self.block(handler.body)
        return [*prelude, stmt]

    def counted(self, node: gast.For) -> tuple[list[gast.stmt], gast.For] | None:
        """Return a loop over ``enumerate`` of a generator as one over the generator that counts."""
        source = node.iter
        if not (
            isinstance(source, gast.Call)
            and self.scope.statics.get(getattr(source.func, "id", "")) is enumerate
        ):
            return None
        if not source.args or source.keywords or self.generator(source.args[0]) is None:
            return None
        count, item = self.scope.fresh("count"), self.scope.fresh("item")
        first = source.args[1] if len(source.args) > 1 else t.constant(0)
        start = t.place(t.assign(count, first), node)
        pair = t.assign(node.target, t.tuple_of([t.name(count), t.name(item)]))
        step = gast.AugAssign(t.store(count), gast.Add(), t.constant(1))
        body = [t.place(s, node) for s in (pair, step)] + node.body
        made = gast.For(t.place(t.store(item), node), source.args[0], body, node.orelse, None)
        return [start], gast.copy_location(made, node)

    def collected(self, stmt: gast.stmt) -> list[gast.stmt]:
        """Replace the generators that a statement consumes as a whole by lists; return what makes these."""
        prelude: list[gast.stmt] = []
        for holder, field, index in self.uses(stmt):
            value = getattr(holder, field)
            call = value if index is None else value[index]
            items, item = self.scope.fresh("items"), self.scope.fresh("item")
            made = t.place(t.assign(items, gast.List([], gast.Load())), call)
            grow = gast.Expr(t.call(t.attribute(t.name(items), "append"), t.name(item)))
            loop = t.place(gast.For(t.store(item), call, [grow], [], None), call)
            prelude += [made, *self.statement(loop)]
            if index is None:
                setattr(holder, field, t.place(t.name(items), call))
            else:
                value[index] = t.place(t.name(items), call)
        return prelude

    def uses(self, stmt: gast.stmt) -> list[tuple[gast.AST, str, int | None]]:
        """Return the places in the expressions of a statement where a generator is consumed as a whole."""
        found: list[tuple[gast.AST, str, int | None]] = []
        plain = isinstance(stmt, gast.Assign | gast.AugAssign | gast.Expr | gast.Return | gast.For | gast.If)
        pending: list[gast.AST] = [stmt]
        while pending:
            node = pending.pop()
            for field, value in gast.iter_fields(node):
                if isinstance(node, gast.stmt) and field in (*_BLOCKS, "handlers"):
                    continue
                for index, child in enumerate(value if isinstance(value, list) else [value]):
                    if not isinstance(child, gast.AST):
                        continue
                    if isinstance(child, gast.Call) and self.generator(child) is not None:
                        if not (plain and self.consumes(node, field)):
                            raise self.error(
                                child, "A generator is used as a value here.",
                                "Loop over it with 'for', or make a list of it.",
                            )  # fmt: skip
                        found.append((node, field, index if isinstance(value, list) else None))
                    pending.append(child)
        return found

    def consumes(self, node: gast.AST, field: str) -> bool:
        """Tell whether a node runs through all that stands in a field of it."""
        if isinstance(node, gast.Call) and field == "args":
            callee = self.scope.statics.get(getattr(node.func, "id", ""))
            return any(callee is known for known in _CONSUMERS)
        return isinstance(node, gast.comprehension) and field == "iter"

    # -- the generator ----------------------------------------------------------------------------

    def generator(self, node: gast.AST) -> tuple[Any, gast.Call, list[gast.expr]] | None:
        """Return the generator function that ``node`` calls, the call, and what the function captures."""
        if not (isinstance(node, gast.Call) and isinstance(node.func, gast.Name)):
            return None
        value = self.scope.statics.get(node.func.id)
        if isinstance(value, types.FunctionType) and inspect.isgeneratorfunction(value):
            own = str(value.__module__).partition(".")[0] not in ("srcad", "numpy")
            return (value, node, []) if own else None
        made = self.closures.get(node.func.id)
        if made is not None:
            nested = self.scope.statics.get(made.args[0].id)
            if isinstance(nested, Nested) and has_yield(nested.tree.body):
                return nested, node, list(made.args[1:])
        return None

    def resolved(self, function: Any) -> Function:
        """Return a generator function with its names resolved, ``yield`` still in it."""
        if isinstance(function, Nested):
            cells = {name: Cell(cell) for name, cell in function.cells.items()}
            source = replace(function.source, tree=function.tree)
            fn = Function(
                function.tree, Scope(statics={**function.statics, **cells}), source, function.captured
            )
        else:
            source = read(function)
            fn = Function(as_definition(source.tree, "generator"), Scope(), source)
        return lower_match(resolve(fence(fn, yields=True)))

    def loop(
        self, node: gast.For, function: Any, call: gast.Call, captured: list[gast.expr]
    ) -> list[gast.stmt]:
        """Return a loop over a generator, inlined."""
        if any(function is other for other in self.active):
            raise self.error(
                call, "A generator calls itself.", "Collect the values in a list that is passed along."
            )
        try:
            callee = self.resolved(function)
        except NoSourceError as error:
            raise self.error(call, error.reason, error.hint) from None
        names = _Names(self.scope, callee)
        binds = self.bind(call, callee, function, captured, names)
        body = [names.visit(clone(s)) for s in callee.tree.body]
        self.source = inlined_at(call, body, callee.source, self.source)
        self.find_closures(body)
        self.scope.dependencies += [d for d in callee.scope.dependencies if d not in self.scope.dependencies]
        self.active.append(function)
        made = _Region(self, node, body).statements()
        self.active.pop()
        return [t.place(s, node) for s in [*binds, *made]]

    def bind(
        self, call: gast.Call, callee: Function, function: Any, captured: list[gast.expr], names: _Names
    ) -> list[gast.stmt]:
        """Return the assignments of the arguments to the generator's parameters."""
        if any(isinstance(a, gast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            raise self.error(
                call, "A generator is called with starred arguments.", "Write the arguments out."
            )
        signature = _signature_of(callee, function)
        try:
            bound = signature.bind(*call.args, **{k.arg: k.value for k in call.keywords})
        except TypeError as error:
            raise self.error(
                call, f"The arguments do not fit the generator: {error}.", "Correct the call."
            ) from None
        binds: list[gast.stmt] = []
        for parameter in signature.parameters.values():
            value = bound.arguments.get(parameter.name, parameter.default)
            if parameter.kind is parameter.VAR_POSITIONAL:
                value = t.tuple_of(bound.arguments.get(parameter.name, ()))
            elif parameter.kind is parameter.VAR_KEYWORD:
                pairs = bound.arguments.get(parameter.name, {})
                value = gast.Dict([t.constant(k) for k in pairs], list(pairs.values()))
            elif not isinstance(value, gast.AST):
                constant = isinstance(value, (int, float, str, bool, type(None)))
                held = refer(self.scope, value, f"{parameter.name}_default") if not constant else ""
                value = t.constant(value) if constant else t.name(held)
            binds.append(t.place(t.assign(names.local(parameter.name), value), call))
        nested = callee.captured if isinstance(function, Nested) else ()
        for name, value in zip(nested, captured):
            binds.append(t.place(t.assign(names.local(name), clone(value)), call))
        return binds


def _signature_of(callee: Function, function: Any) -> inspect.Signature:
    if not isinstance(function, Nested):
        return inspect.signature(function)
    arguments, kinds = function.tree.args, inspect.Parameter
    named = [*arguments.posonlyargs, *arguments.args]
    values = [kinds.empty] * (len(named) - len(arguments.defaults)) + [clone(d) for d in arguments.defaults]
    found = [kinds(n.id, kinds.POSITIONAL_OR_KEYWORD, default=v) for n, v in zip(named, values)]
    if arguments.vararg is not None:
        found.append(kinds(arguments.vararg.id, kinds.VAR_POSITIONAL))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        found.append(
            kinds(argument.id, kinds.KEYWORD_ONLY, default=kinds.empty if default is None else default)
        )
    return inspect.Signature(found)


class _Names(gast.NodeTransformer):
    """Give the generator's locals names of the caller's, and its statics their names there."""

    def __init__(self, scope: Scope, callee: Function) -> None:
        self.scope, self.callee = scope, callee
        self.names: dict[str, str] = {}

    def local(self, identifier: str) -> str:
        if identifier not in self.names:
            self.names[identifier] = self.scope.fresh(identifier)
        return self.names[identifier]

    def visit_Name(self, node: gast.Name) -> gast.Name:
        statics = self.callee.scope.statics
        static = node.id in statics and node.id not in self.names
        chosen = refer(self.scope, statics[node.id], node.id) if static else self.local(node.id)
        return gast.copy_location(gast.Name(chosen, node.ctx, None, None), node)


class _Region:
    """The statements of a generator with the body of the loop over it in them."""

    def __init__(self, inliner: _Inliner, loop: gast.For, body: list[gast.stmt]) -> None:
        self.inliner, self.loop, self.body = inliner, loop, body
        self.scope = inliner.scope
        self.leaves = _jumps(loop.body, gast.Break)
        self.skips = _jumps(loop.body, gast.Continue)
        self.stopped = self.scope.fresh("stopped") if self.leaves or self.returns() else ""
        self.broken = self.scope.fresh("broken") if self.leaves and loop.orelse else ""

    def returns(self) -> bool:
        return any(isinstance(node, gast.Return) for node in t.own_nodes(self.body))

    def set(self, flag: str, value: bool) -> list[gast.stmt]:
        return [t.assign(flag, t.constant(value))] if flag else []

    def once(self, body: list[gast.stmt]) -> gast.stmt:
        """Return a loop of one trip, which a ``break`` leaves."""
        trips = t.call(refer(self.scope, range, "range"), t.constant(1))
        return gast.For(t.store(self.scope.fresh("once")), trips, body or [gast.Pass()], [], None)

    def statements(self) -> list[gast.stmt]:
        inner = self.block(self.body)
        made = [*self.set(self.stopped, False), *self.set(self.broken, False), self.once(inner)]
        if self.loop.orelse:
            orelse = self.inliner.block(self.loop.orelse)
            made += [gast.If(t.name(self.broken), [gast.Pass()], orelse)] if self.broken else orelse
        return made

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        done: list[gast.stmt] = []
        for stmt in body:
            done += self.statement(stmt)
        return done

    def statement(self, stmt: gast.stmt) -> list[gast.stmt]:
        if isinstance(stmt, gast.Return):
            return [*self.set(self.stopped, True), gast.copy_location(gast.Break(), stmt)]
        if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Yield):
            value = stmt.value.value if stmt.value.value is not None else t.constant(None)
            return self.consumed(t.place(value, stmt), stmt)
        if isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.YieldFrom):
            item = self.scope.fresh("item")
            step = gast.Expr(gast.Yield(t.name(item)))
            stmt = t.place(gast.For(t.store(item), stmt.value.value, [step], [], None), stmt)
        elif any(isinstance(n, gast.Yield | gast.YieldFrom) for n in t.own_nodes(_head(stmt))):
            raise self.inliner.error(
                stmt, "The value that is sent to a generator is used.", "Pass it as an argument."
            )
        touched = has_yield(stmt) or any(isinstance(n, gast.Return) for n in t.own_nodes(stmt))
        if not touched:
            return self.inliner.statement(stmt)
        if isinstance(stmt, gast.For) and (found := self.inliner.generator(stmt.iter)) is not None:
            stmt.body = self.block(stmt.body)
            return [*self.inliner.loop(stmt, *found), *self.left()]
        for part in _BLOCKS:
            inner = getattr(stmt, part, None)
            if inner:
                setattr(stmt, part, self.block(inner))
        return [stmt, *self.left()] if isinstance(stmt, _LOOPS) else [stmt]

    def left(self) -> list[gast.stmt]:
        """Leave the loop around as well, once the consumer or the generator has stopped."""
        return [gast.If(t.name(self.stopped), [gast.Break()], [])] if self.stopped else []

    def consumed(self, value: gast.expr, at: gast.stmt) -> list[gast.stmt]:
        """Return what a ``yield`` becomes."""
        body = self.inliner.block([clone(s) for s in self.loop.body])
        bind = gast.copy_location(t.assign(clone(self.loop.target), value), at)
        if not (self.leaves or self.skips):
            return [bind, *body]
        body = _with_flags(body, [*self.set(self.stopped, True), *self.set(self.broken, True)])
        return [bind, self.once(body), *(self.left() if self.leaves else [])]


def _head(stmt: gast.stmt) -> list[gast.AST]:
    """Return the expressions of a statement without its blocks."""
    skipped = (*_BLOCKS, "handlers")
    found: list[gast.AST] = []
    for field, value in gast.iter_fields(stmt):
        if field not in skipped:
            found += [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, gast.AST)]
    return found


def _jumps(body: list[gast.stmt], kind: type) -> bool:
    """Tell whether a loop with this body has a jump of its own of a kind."""
    for stmt in body:
        if isinstance(stmt, kind):
            return True
        if isinstance(stmt, _LOOPS):
            if _jumps(stmt.orelse, kind):
                return True
        elif any(_jumps(getattr(stmt, part, None) or [], kind) for part in _BLOCKS):
            return True
        elif any(_jumps(handler.body, kind) for handler in getattr(stmt, "handlers", [])):
            return True
    return False


def _with_flags(body: list[gast.stmt], flags: list[gast.stmt]) -> list[gast.stmt]:
    """Set flags before each ``break`` of the loop that has this body."""
    done: list[gast.stmt] = []
    for stmt in body:
        if isinstance(stmt, gast.Break):
            done += [t.place(clone(flag), stmt) for flag in flags]
        elif isinstance(stmt, _LOOPS):
            stmt.orelse = _with_flags(stmt.orelse, flags)
        else:
            for part in _BLOCKS:
                inner = getattr(stmt, part, None)
                if inner:
                    setattr(stmt, part, _with_flags(inner, flags))
            for handler in getattr(stmt, "handlers", []):
                handler.body = _with_flags(handler.body, flags)
        done.append(stmt)
    return done
