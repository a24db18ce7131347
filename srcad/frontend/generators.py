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
from collections.abc import Set
from dataclasses import replace
from typing import Any

import gast

from srcad.errors import NoSourceError, UnsupportedError
from srcad.frontend.at_once import AtOnce, Changes, checked_numbers
from srcad.frontend.cells import Cell
from srcad.frontend.consumed import Place, as_loops, bound_around, is_always_run, places, put, run_before
from srcad.frontend.contexts import write_out_contexts
from srcad.frontend.fence import fence
from srcad.frontend.flags import BLOCKS
from srcad.frontend.half_done import HalfDone
from srcad.frontend.local_classes import make_local_classes
from srcad.frontend.match import lower_match
from srcad.frontend.nested import as_definition, signature_of
from srcad.frontend.quiet import changed_names, is_quiet_method
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
    if not inliner.has_work():
        return fn
    inliner.changes = Changes(fn, of_generator=inliner.changes_given)
    body = call_where_run(fn.tree.body, inliner.is_generator)
    body = inliner.whole(sliced(body, fn.scope, inliner.is_generator))
    return replace(fn.with_body(body), source=inliner.source)


class _Inliner(HalfDone):
    def __init__(self, fn: Function) -> None:
        self.fn, self.source, self.scope = fn, fn.source, fn.scope
        self.active: list[Any] = []
        self.closures: dict[str, gast.Call | None] = {}
        self.find_closures(fn.tree.body)
        self.changes: Changes
        self.rest: list[gast.stmt] = fn.tree.body
        self.around: list[list[gast.stmt]] = []
        self.analysed: dict[Any, AtOnce] = {}
        self.guards = 0

    def has_work(self) -> bool:
        """Tell whether generators are called, or exceptions caught that may leave something half done."""
        return any(
            isinstance(node, gast.Try) and bool(node.handlers)
            or isinstance(node, gast.Call) and self.generator(node) is not None
            for stmt in self.fn.tree.body for node in nodes_in(stmt)
        )  # fmt: skip

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

    def whole(self, body: list[gast.stmt]) -> list[gast.stmt]:
        """Return the statements of the function."""
        done: list[gast.stmt] = []
        for k, stmt in enumerate(body):
            self.rest = body[k:]
            done += self.statement(stmt)
        return done

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

        What stands before it is asked for an item first, so that the generator does not go on where that has none.
        """
        source = node.iter
        if not self.is_zip(source) or source.keywords or node.orelse or len(source.args) < 2:
            return None
        if self.scope.statics.get(source.func.id) is not zip:
            return None
        found = [
            k for k, arg in enumerate(source.args) if self.is_generator(arg) and self.is_late(arg, node.body)
        ]
        if len(found) != 1 or found[0] and _continues(node.body):
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
            size = t.call(refer(self.scope, len, "len"), t.name(items))
            ends.append(gast.Compare(t.name(position), [gast.GtE()], [size]))
        before, after = ends[: found[0]], [gast.If(end, [gast.Break()], []) for end in ends[found[0] :]]
        step = gast.AugAssign(t.store(position), gast.Add(), t.constant(1))
        head = [*after, t.assign(node.target, t.tuple_of(parts)), step]
        tail = [gast.If(clone(end), [gast.Break()], []) for end in before]
        body = [*(t.place(s, node) for s in head), *node.body, *(t.place(s, node) for s in tail)]
        made: gast.stmt = gast.For(t.store(item), source.args[found[0]], body, [], None)
        made = gast.copy_location(made, node)
        for end in before:
            made = t.place(gast.If(gast.UnaryOp(gast.Not(), end), [made], []), node)
        self.changes.extend([*setup, made])
        return [done for stmt in (*setup, made) for done in self.statement(t.place(stmt, node))]

    def is_late(self, call: gast.Call, meanwhile: list[gast.AST]) -> bool:
        """Tell whether the items of a generator depend on when they are taken, between runs of ``meanwhile``."""
        if self.reason(call) is not None or self.analysis(call).updated_numbers():
            return True
        return self.changes.is_changed(self.given(call), meanwhile, call)

    def given(self, call: gast.Call) -> set[str]:
        """Return the variables that a generator is given, or has captured."""
        _, _, captured = self.generator(call)  # type: ignore[misc]
        parts = (*call.args, *call.keywords, *captured)
        return {n.id for part in parts for n in nodes_in(part) if isinstance(n, gast.Name)}

    def analysis(self, call: gast.Call) -> AtOnce:
        """Return what a generator changes where it is called."""
        function = self.generator(call)[0]  # type: ignore[index]
        callee = self.resolved(function)
        names = [n.id for n in nodes_in(callee.tree.args) if isinstance(n, gast.Name)]
        pairs = [*zip(names, call.args), *((k.arg, k.value) for k in call.keywords if k.arg is not None)]
        given = {name: self.function_of(value) for name, value in pairs}
        key = function, tuple(given.items())
        if key not in self.analysed:
            self.analysed[key] = AtOnce(callee, given)
        return self.analysed[key]

    def function_of(self, node: gast.AST) -> Any:
        """Return the function that an argument is, if that is known."""
        direct = isinstance(node, gast.Call) and getattr(node.func, "id", "") == "rt.closure"
        made = node if direct else self.closures.get(getattr(node, "id", ""))
        value = self.scope.statics.get(getattr(node if made is None else made.args[0], "id", ""))
        return value if isinstance(value, Nested) or callable(value) and not isinstance(value, type) else None

    def changes_given(self, call: gast.Call) -> bool | None:
        """Tell whether a generator may change what it is given where it is run; None for a call of anything else."""
        if self.generator(call) is None:
            return None
        quiet = self.reason(call) in (None, "has no end", "changes what it has given out")
        return not quiet or bool(self.analysis(call).updated_numbers())

    def reason(self, call: gast.Call) -> str | None:
        """Return what speaks against making a generator's items all at once."""
        return self.analysis(call).why_not()

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
                self.check_at_once(path, node, True)
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
            self.check_at_once(path, call, plain)
        named = not whole and not self.is_zip(place.node)
        before = self.kept_before(path, call, self.reason(call) is not None)
        items, item = self.scope.fresh("items"), self.scope.fresh("item")
        made = t.place(t.assign(items, gast.List([], gast.Load())), call)
        grow = gast.Expr(t.call(t.attribute(t.name(items), "append"), t.name(item)))
        loop = t.place(gast.For(t.store(item), call, [grow], [], None), call)
        checked = set() if whole else self.analysis(call).updated_numbers()
        result: gast.expr = t.name(items)
        if named:
            result = t.call(refer(self.scope, iteration.Items, "Items"), result)
        put(place, t.place(result, call))
        function, _, captured = self.generator(call)  # type: ignore[misc]
        return [*before, made, *self.loop(loop, function, call, captured, checked=checked)]

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

    def check_at_once(self, path: tuple[Place, ...], call: gast.Call, plain: bool) -> None:
        """Refuse a generator whose items cannot be made all at once."""
        reason = self.reason(call)
        if not plain:
            reason = "is called in a place where it cannot be run"
        elif reason is None and self.changes.is_changed(self.given(call), self.meanwhile(path), call):
            reason = "reads what this function changes"
        if reason is not None:
            raise self.error(call, f"A generator is used as a value here, and it {reason}.",
                             "Loop over it with 'for', or make a list of it.")  # fmt: skip

    def meanwhile(self, path: tuple[Place, ...]) -> list[gast.AST]:
        """Return what may be run between the items of the generator that the places lead to."""
        for k in range(len(path) - 1, -1, -1):
            node, field = path[k].node, path[k].field
            if isinstance(node, gast.For) and field == "iter":
                return list(node.body)
            if isinstance(node, gast.comprehension) and field == "iter" and k:
                return [
                    part for part in gast.iter_child_nodes(path[k - 1].node) if part is not node
                ] + node.ifs
            if self.consumes(node, field):
                return []
            if not self.is_zip(node):
                break
        return [*self.rest, *(stmt for body in self.around for stmt in body)]

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
            scope = Scope(statics={**function.statics, **cells})
            fn = Function(function.tree, scope, source, function.captured, function.held, function.siblings)
        else:
            source = read(function)
            fn = Function(as_definition(source.tree, "generator"), Scope(), source)
        return write_out_contexts(lower_match(resolve(fence(make_local_classes(fn)))))

    def loop(
        self,
        node: gast.For,
        function: Any,
        call: gast.Call,
        captured: list[gast.expr],
        result: str = "",
        checked: Set[str] = frozenset(),
    ) -> list[gast.stmt]:
        """Return a loop over a generator, inlined; ``result`` is bound to what it returns.

        That the variables ``checked`` hold numbers where they are updated is asserted.
        """
        try:
            callee = self.resolved(function)
        except NoSourceError as error:
            raise self.error(call, error.reason, error.hint) from None
        if len(callee.captured) > (len(function.captured) if isinstance(function, Nested) else 0):
            raise self.error(call, "A generator has captured values that cannot be passed on to it.",
                             "Pass them as arguments.")  # fmt: skip
        names = Renaming(self.scope, callee)
        binds = self.bind(call, callee, function, captured, names)
        written = checked_numbers(callee.tree.body, checked, callee.scope) if checked else callee.tree.body
        body = [names.visit(clone(s)) for s in written]
        self.changes.extend([*binds, *body])
        self.source = inlined_at(call, body, callee.source, self.source)
        self.find_closures([*binds, *body])
        self.scope.dependencies += [d for d in callee.scope.dependencies if d not in self.scope.dependencies]
        self.active.append(function)
        self.around.append(body)
        made = Region(self, node, body, result).statements()
        self.around.pop()
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


def _continues(body: list[gast.stmt]) -> bool:
    """Tell whether statements go on with the next item of the loop that they are the body of."""
    return any(
        isinstance(stmt, gast.Continue)
        or not isinstance(stmt, gast.For | gast.While)
        and any(map(_continues, t.blocks_of(stmt)))
        for stmt in body
    )
