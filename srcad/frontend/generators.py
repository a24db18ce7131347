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
from srcad.frontend.consumed import Place, as_loops, bound_around, is_always_run, places, put, run_before
from srcad.frontend.contexts import write_out_contexts
from srcad.frontend.fence import fence
from srcad.frontend.flags import BLOCKS
from srcad.frontend.half_done import HalfDone
from srcad.frontend.local_classes import make_local_classes
from srcad.frontend.match import lower_match
from srcad.frontend.nested import as_definition, signature_of
from srcad.frontend.quiet import changed_names, is_quiet_method, why_not_at_once
from srcad.frontend.renaming import Renaming
from srcad.frontend.resolve import resolve
from srcad.frontend.run_once import call_where_run
from srcad.frontend.statics import refer
from srcad.frontend.stopping import loop_until, sliced
from srcad.frontend.yields import Region, has_yield
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested, inlined_at
from srcad.lang.scope import Scope
from srcad.lang.source import read
from srcad.lang.walking import clone, nodes_in
from srcad.rules import iteration
from srcad.runtime.libraries import package_of

__all__ = ["inline_generators"]

_CONSUMERS = (list, tuple, sum, sorted, set, dict, max, min)


def inline_generators(fn: Function) -> Function:
    """Replace the loops over generators of the user's, and the lists made of them."""
    inliner = _Inliner(fn)
    body = call_where_run(fn.tree.body, inliner.is_generator)
    body = inliner.block(sliced(body, fn.scope, inliner.is_generator))
    return replace(fn.with_body(body), source=inliner.source)


class _Inliner(HalfDone):
    def __init__(self, fn: Function) -> None:
        self.fn, self.source, self.scope = fn, fn.source, fn.scope
        self.active: list[Any] = []
        self.closures: dict[str, gast.Call | None] = {}
        self.find_closures(fn.tree.body)
        self.changed = changed_names(fn.tree.body)
        self.guards = 0

    def find_closures(self, body: list[gast.stmt]) -> None:
        """Find the variables that surely hold one nested function."""
        for node in t.own_nodes(body):
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                target, value = node.targets[0].id, node.value
                if isinstance(value, gast.Name):
                    value = self.closures.get(value.id)
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
            endless = self.zipped(stmt)
            if endless is not None:
                return endless
            counted = self.counted(stmt)
            before, stmt = counted if counted is not None else ([], stmt)
            found = self.generator(stmt.iter)
            if found is not None and not self.is_active(found[0]):
                return [*before, *self.loop(stmt, *found)]
            if before:
                return [*before, *self.statement(stmt)]
        prelude = self.collected(stmt)
        for part in BLOCKS:
            inner = getattr(stmt, part, None)
            if inner:
                with self.guarding(stmt, part):
                    setattr(stmt, part, self.block(inner))
        for handler in getattr(stmt, "handlers", []):
            handler.body = self.block(handler.body)
        return [*prelude, stmt]

    def is_active(self, function: Any) -> bool:
        """Tell whether a generator is being written out already, so that this call of it stays a call."""
        return any(function is other for other in self.active)

    def zipped(self, node: gast.For) -> list[gast.stmt] | None:
        """Return a loop over a generator that cannot be run at once, zipped with what can, as a loop over the generator.

        One that has an end comes first, so that it is the first to be asked for an item.
        """
        source = node.iter
        if not self.is_zip(source) or source.keywords or node.orelse or len(source.args) < 2:
            return None
        reasons = {k: self.reason(arg) for k, arg in enumerate(source.args) if self.generator(arg)}
        found = [k for k, reason in reasons.items() if reason is not None]
        if len(found) != 1 or found[0] != 0 and reasons[found[0]] != "has no end":
            return None
        if self.scope.statics.get(source.func.id) is not zip:
            return None
        position, item = self.scope.fresh("position"), self.scope.fresh("item")
        setup, parts, ends = [t.assign(position, t.constant(0))], [], []
        for k, arg in enumerate(source.args):
            if k == found[0]:
                parts.append(t.name(item))
                continue
            items = self.scope.fresh("items")
            setup.append(t.assign(items, t.call(refer(self.scope, list, "list"), arg)))
            parts.append(t.subscript(t.name(items), t.name(position)))
            over = gast.Compare(
                t.name(position), [gast.GtE()], [t.call(refer(self.scope, len, "len"), t.name(items))]
            )
            ends.append(gast.If(over, [gast.Break()], []))
        step = gast.AugAssign(t.store(position), gast.Add(), t.constant(1))
        head = [*ends, t.assign(node.target, t.tuple_of(parts)), step]
        body = [*(t.place(s, node) for s in head), *node.body]
        loop = gast.copy_location(gast.For(t.store(item), source.args[found[0]], body, [], None), node)
        return [done for stmt in (*setup, loop) for done in self.statement(t.place(stmt, node))]

    def reason(self, call: gast.Call) -> str | None:
        """Return what speaks against making a generator's items all at once."""
        callee = self.resolved(self.generator(call)[0])  # type: ignore[index]
        parameters = {n.id for n in nodes_in(callee.tree.args) if isinstance(n, gast.Name)}
        return why_not_at_once(callee.tree.body, parameters | set(callee.captured))

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
        plain = isinstance(stmt, gast.Assign | gast.AugAssign | gast.Expr | gast.Return | gast.For | gast.If)
        done: set[int] = set()
        for path in list(places(stmt)):
            place, node = path[-1], path[-1].value()
            if done & {id(around.node) for around in path}:
                continue
            if isinstance(node, t.COMPREHENSIONS) and plain and self.is_interleaved(node, place):
                prelude += self.kept_before(path, node, True)
                loops, result = as_loops(node, self.scope)
                put(place, result)
                prelude += self.block(loops)
            elif plain and (stopping := loop_until(node, self.scope, self.is_generator)) is not None:
                prelude += self.kept_before(path, node, True)
                loops, result = stopping()
                put(place, result)
                prelude += self.block(loops)
            elif plain and any(loop_until(p.value(), self.scope, self.is_generator) for p in path[:-1]):
                continue
            elif plain and (written := self.half_done(node, path)) is not None:
                prelude += written
            elif isinstance(node, gast.Call) and self.stays(node, path):
                self.check_at_once(node, True)
            elif isinstance(node, gast.Call) and self.generator(node) is not None:
                if plain and any(self.will_interleave(around) for around in path):
                    continue
                prelude += self.made_list(path, node, plain)
        return prelude

    def is_generator(self, node: gast.AST) -> bool:
        """Tell whether a node calls a generator that is to be written out."""
        found = self.generator(node)
        return found is not None and not self.is_active(found[0])

    def will_interleave(self, place: Place) -> bool:
        """Tell whether a place holds a comprehension that becomes a loop."""
        node = place.value()
        return isinstance(node, t.COMPREHENSIONS) and self.is_interleaved(node, place)

    def made_list(self, path: tuple[Place, ...], call: gast.Call, plain: bool) -> list[gast.stmt]:
        """Replace the call of a generator by the list of its items; return the statements that make it."""
        place = path[-1]
        whole = plain and self.consumes(place.node, place.field)
        if not whole:
            self.check_at_once(call, plain)
        named = not whole and not self.is_zip(place.node)
        before = self.kept_before(path, call, self.reason(call) is not None)
        items, item = self.scope.fresh("items"), self.scope.fresh("item")
        made = t.place(t.assign(items, gast.List([], gast.Load())), call)
        grow = gast.Expr(t.call(t.attribute(t.name(items), "append"), t.name(item)))
        loop = t.place(gast.For(t.store(item), call, [grow], [], None), call)
        result: gast.expr = t.name(items)
        if named:
            result = t.call(refer(self.scope, iteration.Items, "Items"), result)
        put(place, t.place(result, call))
        return [*before, made, *self.statement(loop)]

    def kept_before(self, path: tuple[Place, ...], node: gast.expr, loud: bool) -> list[gast.stmt]:
        """Compute first what the statement evaluates before a generator, if the one may change what the other sees."""
        if loud and not is_always_run(path):
            raise self.error(node, "A generator that changes what others see stands where it may not be run.",
                             "Make a list of it in a statement of its own.")  # fmt: skip
        made = []
        for place in list(run_before(path, loud)):
            value = place.value()
            kept = self.scope.fresh("first")
            starred = isinstance(value, gast.Starred)
            made.append(t.place(t.assign(kept, value.value if starred else value), value))
            put(place, t.place(gast.Starred(t.name(kept), gast.Load()) if starred else t.name(kept), value))
        return made

    def is_interleaved(self, node: Any, place: Place) -> bool:
        """Tell whether a comprehension and a generator in it may change what the other sees, so that order counts."""
        calls = [c for c in nodes_in(node) if isinstance(c, gast.Call)]
        generators = [
            c for c in calls if self.generator(c) is not None and not self.is_active(self.generator(c)[0])
        ]  # type: ignore[index]
        if (
            not generators
            or isinstance(node, gast.GeneratorExp)
            and not self.consumes(place.node, place.field)
        ):
            return False
        bound = {n.id for part in node.generators for n in nodes_in(part.target) if isinstance(n, gast.Name)}
        loud = any(self.reason(c) is not None for c in generators)
        changing = bool(changed_names([node])) or any(
            self.may_change(c) for c in calls if c not in generators
        )
        reading = any(not bound >= t.names_read(c.args) for c in generators)
        return loud or changing and reading

    def may_change(self, call: gast.Call) -> bool:
        """Tell whether a call may run code of the user's."""
        if isinstance(call.func, gast.Attribute):
            return not isinstance(call.func.value, gast.Constant) and not is_quiet_method(call.func.attr)
        function = self.scope.statics.get(getattr(call.func, "id", ""))
        return package_of(function) not in ("builtins", "math", "numpy")

    def stays(self, call: gast.Call, path: tuple[Place, ...]) -> bool:
        """Tell whether a call of a generator stays a call: one of itself, or in a comprehension that binds its operands."""
        found = self.generator(call)
        if found is None:
            return False
        return self.is_active(found[0]) or bool(bound_around(path) & t.names_read(call))

    def check_at_once(self, call: gast.Call, plain: bool) -> None:
        """Refuse a generator whose items cannot be made all at once."""
        _, _, captured = self.generator(call)  # type: ignore[misc]
        reason = self.reason(call)
        given = {n.id for part in (*call.args, *call.keywords, *captured) for n in nodes_in(part)
                 if isinstance(n, gast.Name)}  # fmt: skip
        if not plain:
            reason = "is called in a place where it cannot be run"
        elif reason is None and given & self.changed:
            reason = "reads what this function changes"
        if reason is not None:
            raise self.error(call, f"A generator is used as a value here, and it {reason}.",
                             "Loop over it with 'for', or make a list of it.")  # fmt: skip

    def is_zip(self, node: gast.AST) -> bool:
        """Tell whether a node runs through its arguments side by side."""
        callee = self.scope.statics.get(getattr(getattr(node, "func", None), "id", ""))
        return callee is zip or callee is enumerate

    def consumes(self, node: gast.AST, field: str) -> bool:
        """Tell whether a node runs through all that stands in a field of it."""
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Tuple | gast.List):
            return True
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
            own = package_of(value) not in ("srcad", "numpy")
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
        return write_out_contexts(lower_match(resolve(fence(make_local_classes(fn)))))

    def loop(
        self, node: gast.For, function: Any, call: gast.Call, captured: list[gast.expr], result: str = ""
    ) -> list[gast.stmt]:
        """Return a loop over a generator, inlined; ``result`` is bound to what it returns."""
        try:
            callee = self.resolved(function)
        except NoSourceError as error:
            raise self.error(call, error.reason, error.hint) from None
        names = Renaming(self.scope, callee)
        binds = self.bind(call, callee, function, captured, names)
        body = [names.visit(clone(s)) for s in callee.tree.body]
        self.source = inlined_at(call, body, callee.source, self.source)
        self.find_closures([*binds, *body])
        self.scope.dependencies += [d for d in callee.scope.dependencies if d not in self.scope.dependencies]
        self.active.append(function)
        made = Region(self, node, body, result).statements()
        self.active.pop()
        return [t.place(s, node) for s in [*binds, *made]]

    def bind(
        self, call: gast.Call, callee: Function, function: Any, captured: list[gast.expr], names: Renaming
    ) -> list[gast.stmt]:
        """Return the assignments of the arguments to the generator's parameters."""
        if any(isinstance(a, gast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            raise self.error(
                call, "A generator is called with starred arguments.", "Write the arguments out."
            )
        signature = signature_of(callee, function)
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
