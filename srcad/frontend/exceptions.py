"""Exceptions that the function itself catches: every statement that may raise is left by a jump.

Before::

    try:
        y = 1.0 / x
        s += y
    except ZeroDivisionError:
        s = 0.0

After::

    guard = rt.catching(ZeroDivisionError)
    for once in range(1):
        done = False
        with guard:
            y = 1.0 / x
            done = True
        if not done:
            break
        done_1 = False
        with guard:
            s += y
            done_1 = True
        if not done_1:
            break
    error = guard.error
    if error is not None:
        s = 0.0

The backward sweep undoes the statements that were done, and no others.

>>> from srcad.frontend.stages import after
>>> text = "def f(x):\\n    try: y = 1 / x\\n    except ZeroDivisionError: y = 0.0\\n    return y"
>>> print(after("lower_exceptions", text))
def f(x):
    guard = rt.catching(ZeroDivisionError)
    for once in range(1):
        done = False
        with guard:
            y = 1 / x
            done = True
        if not done:
            break
    error = guard.error
    if error is not None:
        y = 0.0
    return y
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast

from srcad.analysis.guards import guards_of, is_guard
from srcad.errors import UnsupportedError
from srcad.frontend.raised import keep_raised
from srcad.frontend.statics import refer, runtime_name
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, children_of, clone, nodes_in
from srcad.runtime.exceptions import without_numbers
from srcad.runtime.libraries import computes_no_numbers

__all__ = ["lower_exceptions"]

_HARMLESS = (str, repr, print, type, isinstance, bool, without_numbers)
_LOOPS = (gast.For, gast.While)
_JUMPS = (gast.Break, gast.Continue)
_CHANGING = frozenset(
    "append extend insert pop remove clear sort reverse setdefault update popitem add discard __setitem__ __setattr__ "
    "appendleft extendleft popleft fill put itemset".split()
)


def lower_exceptions(fn: Function) -> Function:
    """Replace the ``try`` statements with handlers."""
    checking = _CheckingKept(fn)
    return fn.with_body(_Lowering(fn).block([checking.visit(stmt) for stmt in fn.tree.body]))


class _Lowering:
    def __init__(self, fn: Function) -> None:
        self.fn, self.scope = fn, fn.scope
        self.guards: set[str] = set()
        self.written = guards_of(fn)
        self.flags: set[str] = set()

    def error(self, node: gast.AST, reason: str, hint: str) -> UnsupportedError:
        return UnsupportedError(reason, hint, self.fn.source.locate(node))

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        done: list[gast.stmt] = []
        for stmt in body:
            t.rewrite_blocks(stmt, self.block)
            if isinstance(stmt, gast.Try) and stmt.handlers:
                done += self.lowered(stmt)
            elif isinstance(stmt, gast.With) and is_guard(stmt, self.written):
                done += self.guarded_apart(stmt.body, stmt)
            else:
                done.append(stmt)
        return done

    def guarded_apart(self, body: list[gast.stmt], node: gast.With) -> list[gast.stmt]:
        """Return the statements of a guarded block of generated text, each with a guard of its own.

        What was done before one of them raised is undone then.
        """
        first, *rest = body
        if not rest and is_flag(first):
            return [first]
        if len(rest) == 1 and is_flag(rest[0]):
            return [gast.copy_location(gast.With(node.items, body, None), node)]
        flag = self.scope.fresh("done")
        guarded = gast.With(clone(node).items, [first, t.assign(flag, t.constant(True))], None)
        made = [t.assign(flag, t.constant(False)), guarded]
        if rest:
            made.append(gast.If(t.name(flag), self.guarded_apart(rest, node), []))
        return [t.place(stmt, first) for stmt in made]

    def lowered(self, node: gast.Try) -> list[gast.stmt]:
        """Return the statements of a ``try`` with handlers; what it has finally stays around them."""
        before = keep_raised(node, self.scope)
        guard = self.scope.fresh("guard")
        self.guards.add(guard)
        types = [kind for handler in node.handlers for kind in self.types(handler)]
        make = t.assign(guard, t.call(runtime_name(self.scope, "catching"), *types))
        region = _Region(self, guard)
        inner = region.block(node.body)
        once = gast.For(
            t.store(self.scope.fresh("once")),
            t.call(refer(self.scope, range, "range"), t.constant(1)),
            inner,
            [],
            None,
        )
        error = self.scope.fresh("error")
        found = t.assign(error, t.attribute(t.name(guard), "error"))
        failed = gast.Compare(t.name(error), [gast.IsNot()], [t.constant(None)])
        orelse = [*region.jumps_after(), *node.orelse]
        choice = gast.If(failed, self.handlers(node.handlers, error), orelse)
        made = [t.place(s, node) for s in [*before, make, *region.flags(), once, found, choice]]
        if not node.finalbody:
            return made
        return [gast.copy_location(gast.Try(made, [], [], node.finalbody), node)]

    def types(self, handler: gast.ExceptHandler) -> list[gast.expr]:
        if handler.type is None:
            return [t.name(refer(self.scope, BaseException, "BaseException"))]
        return list(handler.type.elts) if isinstance(handler.type, gast.Tuple) else [handler.type]

    def handlers(self, handlers: list[gast.ExceptHandler], error: str) -> list[gast.stmt]:
        """Return the choice of the handler that fits the exception."""
        first, *rest = handlers
        body = [_Reraise(error).visit(stmt) for stmt in first.body]
        if first.name is not None:
            body.insert(0, self.bound(first, error))
        if not rest:
            return body
        types = self.types(first)
        kind = types[0] if len(types) == 1 else t.tuple_of(types)
        fits = t.call(refer(self.scope, isinstance, "isinstance"), t.name(error), kind)
        return [t.place(gast.If(fits, body, self.handlers(rest, error)), first)]

    def bound(self, handler: gast.ExceptHandler, error: str) -> gast.stmt:
        """Return the assignment of the exception to the handler's name.

        Where its contents may be read they must not hold numbers, which may have been made of values with a derivative.
        """
        read = next(_reads(handler.body, handler.name.id, self.scope.statics), None)
        if read is None:
            return t.place(t.assign(handler.name.id, t.name(error)), handler)
        known = t.call(runtime_name(self.scope, "without_numbers"), t.name(error))
        return t.place(t.assign(handler.name.id, known), read)


def is_flag(stmt: gast.stmt) -> bool:
    """Tell whether a statement notes that those before it were done."""
    value = stmt.value if isinstance(stmt, gast.Assign) and isinstance(stmt.targets[0], gast.Name) else None
    return isinstance(value, gast.Constant) and value.value is True


def _reads(node: Any, name: str, statics: dict[str, Any]) -> Iterator[gast.AST]:
    """Yield where the contents of an exception under this name may be read: all uses but printing and raising it."""
    if isinstance(node, gast.Name) and node.id == name:
        yield node
        return
    function = statics.get(getattr(getattr(node, "func", None), "id", ""))
    harmless = (
        isinstance(node, gast.Raise | gast.Compare) or function in _HARMLESS or computes_no_numbers(function)
    )
    parts = node if isinstance(node, list) else children_of(node)
    for part in parts:
        direct = harmless and isinstance(part, gast.Name)
        if not direct and not isinstance(part, gast.JoinedStr):
            yield from _reads(part, name, statics)


def _stores(node: gast.AST) -> int:
    """Return the number of places in memory that an assignment stores in."""
    targets = node.targets if isinstance(node, gast.Assign) else [node]
    parts = [part for target in targets for part in nodes_in(target)]
    return sum(
        isinstance(p, gast.Subscript | gast.Attribute) and isinstance(p.ctx, gast.Store) for p in parts
    )


class _Reraise(NodeTransformer):
    """Write out what a bare ``raise`` raises."""

    def __init__(self, error: str) -> None:
        self.error = error

    def visit_Raise(self, node: gast.Raise) -> gast.Raise:
        return node if node.exc is not None else t.place(gast.Raise(t.name(self.error), None), node)


class _CheckingKept(NodeTransformer):
    """Lets an exception that is made and not raised at once hold no numbers, since it has no shadow."""

    def __init__(self, fn: Function) -> None:
        self.scope = fn.scope

    def visit_Raise(self, node: gast.Raise) -> gast.Raise:
        for made in (node.exc, node.cause):
            if made is not None:
                self.generic_visit(made)
        return node

    def visit_Call(self, node: gast.Call) -> gast.Call:
        function = self.scope.statics.get(getattr(node.func, "id", ""))
        if function in _HARMLESS or computes_no_numbers(function):
            return node
        self.generic_visit(node)
        is_exception = isinstance(function, type) and issubclass(function, BaseException)
        if not is_exception or all(isinstance(a, gast.Constant | gast.JoinedStr) for a in _given(node)):
            return node
        return t.place(t.call(runtime_name(self.scope, "without_numbers"), node), node)


def _given(node: gast.Call) -> list[gast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]


class _Region:
    """The guarded statements of one ``try``."""

    def __init__(self, lowering: _Lowering, guard: str) -> None:
        self.lowering, self.guard = lowering, guard
        self.scope = lowering.scope
        self.jumps: dict[type, str] = {}

    def flags(self) -> list[gast.stmt]:
        return [t.assign(flag, t.constant(False)) for flag in self.jumps.values()]

    def jumps_after(self) -> list[gast.stmt]:
        """Return the jumps of the user's that leave the ``try``, carried out behind it."""
        return [gast.If(t.name(flag), [kind()], []) for kind, flag in self.jumps.items()]

    def block(self, body: list[gast.stmt], loops: int = 0) -> list[gast.stmt]:
        done: list[gast.stmt] = []
        for stmt in body:
            done += [t.place(s, stmt) for s in self.statement(stmt, loops)]
        return done

    def guarded(self, body: list[gast.stmt]) -> list[gast.stmt]:
        """Return statements that are done or else leave the region."""
        done = self.scope.fresh("done")
        self.lowering.flags.add(done)
        item = gast.withitem(t.name(self.guard), None)
        inside = gast.With([item], [*body, t.assign(done, t.constant(True))], None)
        leave = gast.If(gast.UnaryOp(gast.Not(), t.name(done)), [gast.Break()], [])
        return [t.assign(done, t.constant(False)), inside, leave]

    def failed(self) -> list[gast.stmt]:
        """Leave the loop around once the guard has caught something, or the user has jumped."""
        error = t.attribute(t.name(self.guard), "error")
        tests: list[gast.expr] = [gast.Compare(error, [gast.IsNot()], [t.constant(None)])]
        tests += [t.name(flag) for flag in self.jumps.values()]
        test = tests[0] if len(tests) == 1 else gast.BoolOp(gast.Or(), tests)
        return [gast.If(test, [gast.Break()], [])]

    def statement(self, stmt: gast.stmt, loops: int) -> list[gast.stmt]:
        if isinstance(stmt, gast.Pass):
            return [stmt]
        if isinstance(stmt, _JUMPS):
            return [stmt] if loops else self.jump(type(stmt))
        if isinstance(stmt, gast.Return):
            return self.returned(stmt)
        if isinstance(stmt, gast.If):
            before, test = self.evaluated(stmt.test)
            return [*before, gast.If(test, self.block(stmt.body, loops), self.block(stmt.orelse, loops))]
        if isinstance(stmt, gast.For):
            return self.loop(stmt, loops)
        if isinstance(stmt, gast.While):
            return self.while_loop(stmt, loops)
        if isinstance(stmt, gast.With) and not self.is_guard(stmt):
            return [gast.With(stmt.items, self.block(stmt.body, loops), None)]
        if isinstance(stmt, gast.Try):
            final = self.block(stmt.finalbody, loops)
            return [gast.Try(self.block(stmt.body, loops), [], [], final)]
        if isinstance(stmt, gast.Assign) and _stores(stmt) > 1:
            return self.split_targets(stmt)
        names_only = isinstance(stmt, gast.Assign) and all(isinstance(p, gast.Name) for p in stmt.targets)
        if names_only and self.is_safe(stmt.value):
            return [stmt]
        self.check_comprehensions(stmt)
        return self.guarded([stmt])

    def is_safe(self, value: gast.expr) -> bool:
        """Tell whether to evaluate this cannot raise: a constant, or whether an inner ``try`` has done a statement."""
        if isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.Not):
            return isinstance(value.operand, gast.Name) and value.operand.id in self.lowering.flags
        return isinstance(value, gast.Constant)

    def split_targets(self, stmt: gast.Assign) -> list[gast.stmt]:
        """Store in one place after the other: the second store may fail when the first is done."""
        value = self.scope.fresh("value")
        made = self.guarded([t.assign(value, stmt.value)])
        for target in stmt.targets:
            if not isinstance(target, gast.Tuple | gast.List) or _stores(target) == 0:
                made += self.guarded([t.assign(target, t.name(value))])
                continue
            parts: list[gast.expr] = []
            later: list[gast.stmt] = []
            for element in target.elts:
                starred = isinstance(element, gast.Starred)
                part, place = self.scope.fresh("part"), element.value if starred else element
                parts.append(gast.Starred(t.store(part), gast.Store()) if starred else t.store(part))
                later += self.statement(t.place(t.assign(place, t.name(part)), stmt), 0)
            made += [*self.guarded([t.assign(gast.Tuple(parts, gast.Store()), t.name(value))]), *later]
        return made

    def check_comprehensions(self, stmt: gast.stmt) -> None:
        """Refuse a comprehension that is run for what its methods change: it may be left half done."""
        for node in nodes_in(stmt):
            if not isinstance(node, t.COMPREHENSIONS):
                continue
            for inner in nodes_in(node):
                called = inner.func if isinstance(inner, gast.Call) else None
                if isinstance(called, gast.Attribute) and called.attr in _CHANGING:
                    raise self.lowering.error(
                        inner, f"A comprehension inside 'try' calls '.{called.attr}'.", "Write it as a loop."
                    )

    def is_guard(self, stmt: gast.With) -> bool:
        context = stmt.items[0].context_expr
        return isinstance(context, gast.Name) and context.id in self.lowering.guards

    def jump(self, kind: type) -> list[gast.stmt]:
        if kind not in self.jumps:
            self.jumps[kind] = self.scope.fresh("broken" if kind is gast.Break else "skipped")
        return [t.assign(self.jumps[kind], t.constant(True)), gast.Break()]

    def returned(self, stmt: gast.Return) -> list[gast.stmt]:
        if stmt.value is None or isinstance(stmt.value, gast.Constant | gast.Name):
            return [stmt]
        value = self.scope.fresh("value")
        return [*self.guarded([t.assign(value, stmt.value)]), gast.Return(t.name(value))]

    def evaluated(self, node: gast.expr) -> tuple[list[gast.stmt], gast.expr]:
        """Return statements that evaluate an expression under the guard, and its value."""
        if isinstance(node, gast.Name) or self.is_safe(node):
            return [], node
        value = self.scope.fresh("value")
        return self.guarded([t.assign(value, node)]), t.name(value)

    def loop(self, stmt: gast.For, loops: int) -> list[gast.stmt]:
        before: list[gast.stmt] = []
        iterable = stmt.iter
        if isinstance(iterable, gast.Call) and not iterable.keywords:
            arguments = []
            for argument in iterable.args:
                starred = isinstance(argument, gast.Starred)
                made, value = self.evaluated(argument.value if starred else argument)
                before += made
                arguments.append(gast.Starred(value, gast.Load()) if starred else value)
            iterable = gast.Call(iterable.func, arguments, [])
        else:
            before, iterable = self.evaluated(iterable)
        body = self.block(stmt.body, loops + 1)
        made_loop = gast.For(stmt.target, iterable, body, self.block(stmt.orelse, loops), None)
        return [*before, made_loop, *self.failed()]

    def while_loop(self, stmt: gast.While, loops: int) -> list[gast.stmt]:
        if any(isinstance(node, _JUMPS) for part in stmt.orelse for node in t.own_nodes(part)):
            raise self.lowering.error(
                stmt,
                "A 'while' with a jump in its 'else' stands inside 'try'.",
                "Set a flag in the loop and test it afterwards.",
            )
        before, test = self.evaluated(stmt.test)
        ending = [*self.block(stmt.orelse, loops + 1), gast.Break()]
        leave = gast.If(gast.UnaryOp(gast.Not(), test), ending, [])
        body = [*before, leave, *self.block(stmt.body, loops + 1)]
        return [gast.While(t.constant(True), body, []), *self.failed()]
