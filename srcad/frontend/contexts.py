"""Context managers whose meaning is known are written out.

===============================  ===============================
``with nullcontext(v) as y: B``  ``y = v`` and ``B``
``with suppress(E): B``          ``try: B`` with ``except E: pass``
``with closing(v) as y: B``      ``y = v`` and ``try: B`` with ``finally: v.close()``
``with ExitStack() as s: B``      what it registers, as ``with`` and ``try`` statements (see `exit_stacks`)
===============================  ===============================

One of a user's class whose ``__exit__`` may swallow an exception becomes the ``try`` statements that Python means by it.
One that ``contextmanager`` makes of a user's generator becomes a loop over the generator, which
``inline_generators`` replaces by its statements with the block at the ``yield``: an exception in the block is raised
there, as in Python.  A jump out of the block is made when the generator has come to its end::

    with scope(x) as y:
        if y > 1:
            return y

becomes::

    ended = False
    for y in scope_generator(x):
        for once in range(1):
            if y > 1:
                result = y
                ended = True
                break
    if ended:
        return result

>>> import contextlib
>>> from srcad.frontend.stages import after
>>> text = '''
... def f(x):
...     with contextlib.nullcontext(x) as y, contextlib.suppress(ValueError):
...         y = y + 1
...     return y'''
>>> print(after("write_out_contexts", text, contextlib=contextlib))
def f(x):
    y = x
    try:
        y = y + 1
    except ValueError:
        pass
    return y
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import types
from typing import Any

import gast

from srcad.analysis.class_effects import classes_in_sight
from srcad.errors import NoSourceError, UnsupportedError
from srcad.frontend.exit_stacks import without_stack
from srcad.frontend.statics import refer, runtime_name
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.source import look_at, read
from srcad.rules import iteration
from srcad.runtime.exceptions import catching

__all__ = ["write_out_contexts"]

_MADE_BY_GENERATOR = contextlib.contextmanager(iter).__code__  # type: ignore[arg-type, attr-defined]
_LOOPS = (gast.For, gast.While)
_JUMPS = (gast.Return, gast.Break, gast.Continue)
_BLOCKS = ("body", "orelse", "finalbody")


def write_out_contexts(fn: Function) -> Function:
    """Return ``fn`` without the context managers whose meaning is known."""
    if not any(isinstance(node, gast.With) for node in t.own_nodes(fn.tree.body)):
        return fn
    contexts = _Contexts(fn)
    return fn.with_body(contexts.without_unused(contexts.block(fn.tree.body)))


class _Contexts:
    def __init__(self, fn: Function) -> None:
        self.fn, self.scope = fn, fn.scope
        self.managers = self.nested_managers()
        self.methods: dict[str, Any] = {}

    def nested_managers(self) -> dict[str, str]:
        """Return the variables that surely hold a decorated nested generator, with the name of the generator."""
        found: dict[str, str] = {}
        assigned: list[str] = []
        for node in t.own_nodes(self.fn.tree.body):
            if not (isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name)):
                continue
            target, value = node.targets[0].id, node.value
            assigned.append(target)
            if self.static(value) is contextlib.contextmanager and isinstance(value.args[0], gast.Name):
                found[target] = value.args[0].id
        return {name: generator for name, generator in found.items() if assigned.count(name) == 1}

    def static(self, node: gast.AST) -> Any:
        """Return the function that an expression calls, where it is known."""
        return self.scope.statics.get(getattr(getattr(node, "func", None), "id", ""))

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        """Return statements with their contexts written out."""
        done: list[gast.stmt] = []
        for stmt in body:
            t.rewrite_blocks(stmt, self.block)
            done += self.written_out(stmt.items, stmt.body, stmt) if isinstance(stmt, gast.With) else [stmt]
        return done

    def written_out(
        self, items: list[gast.withitem], body: list[gast.stmt], at: gast.With
    ) -> list[gast.stmt]:
        """Return what a ``with`` of these contexts becomes."""
        if not items:
            return body
        item, inner = items[0], self.written_out(items[1:], body, at)
        call, target = item.context_expr, item.optional_vars
        function = self.static(call)
        plain = isinstance(call, gast.Call) and not any(isinstance(a, gast.Starred) for a in call.args)
        generator = self.generator(call) if plain else None
        if generator is not None:
            made = self.generated(generator, target, inner, at)
        elif plain and function is contextlib.nullcontext:
            given = [*call.args, *(k.value for k in call.keywords)] or [t.constant(None)]
            made = [*([t.assign(target, given[0])] if target is not None else [gast.Expr(given[0])]), *inner]
        elif plain and function is contextlib.suppress:
            handlers = [gast.ExceptHandler(kind, None, [gast.Pass()]) for kind in call.args]
            made = [gast.Try(inner, handlers, [], [])] if handlers else inner
        elif plain and function is contextlib.closing and len(call.args) == 1:
            held = self.scope.fresh("closing")
            close = gast.Expr(t.call(t.attribute(t.name(held), "close")))
            entered = [t.assign(target, t.name(held))] if target is not None else []
            made = [t.assign(held, call.args[0]), *entered, gast.Try(inner, [], [], [close])]
        elif plain and function is contextlib.ExitStack and isinstance(target, gast.Name):
            made = self.block(without_stack(target.id, inner, self.scope, self.fn.source))
        elif may_swallow(self.class_of(call)):
            made = self.swallowing(call, target, inner)
        else:
            made = [gast.With([item], inner, None)]
        return [stmt if hasattr(stmt, "lineno") else t.place(stmt, at) for stmt in made]

    # -- classes ----------------------------------------------------------------------------------

    def class_of(self, node: gast.expr) -> Any:
        """Return the class of a context that is made in place, or was under a name that is bound once."""
        if isinstance(node, gast.Name):
            node = self.made_once.get(node.id, node)
        return self.static(node) if isinstance(node, gast.Call) else None

    @functools.cached_property
    def made_once(self) -> dict[str, gast.expr]:
        """The calls that variables are bound to which are bound in one place."""
        stores: dict[str, int] = {}
        calls: dict[str, gast.expr] = {}
        for node in t.own_nodes(self.fn.tree.body):
            if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store):
                stores[node.id] = stores.get(node.id, 0) + 1
            for target, value in _pairs(node) if isinstance(node, gast.Assign) else []:
                if isinstance(target, gast.Name) and isinstance(value, gast.Call):
                    calls[target.id] = value
        return {name: value for name, value in calls.items() if stores[name] == 1}

    def swallowing(
        self, context: gast.expr, target: gast.expr | None, body: list[gast.stmt]
    ) -> list[gast.stmt]:
        """Return what Python does for a context whose ``__exit__`` may swallow an exception."""
        manager, failed, error = map(self.scope.fresh, ("manager", "failed", "error"))
        leave = t.attribute(t.name(manager), "__exit__")
        kind = t.call(refer(self.scope, type, "type"), t.name(error))
        trace = t.call(runtime_name(self.scope, "traceback_of"), t.name(error))
        swallowed = t.call(leave, kind, t.name(error), trace)
        handler = gast.ExceptHandler(
            t.name(refer(self.scope, BaseException, "BaseException")), t.store(error),
            [t.assign(failed, t.constant(True)), gast.If(swallowed, [gast.Pass()], [gast.Raise(None, None)])],
        )  # fmt: skip
        left = gast.If(t.name(failed), [gast.Pass()], [gast.Expr(t.call(leave, *[t.constant(None)] * 3))])
        enter = t.call(t.attribute(t.name(manager), "__enter__"))
        return [
            t.assign(manager, context),
            t.assign(failed, t.constant(False)),
            t.assign(target, enter) if target is not None else gast.Expr(enter),
            gast.Try([gast.Try(body, [handler], [], [])], [], [], [left]),
        ]

    # -- generators -------------------------------------------------------------------------------

    def generator(self, call: gast.Call) -> gast.Call | None:
        """Return the call of the generator that a context manager is made of."""
        name = getattr(call.func, "id", "")
        if name in self.managers:
            return gast.copy_location(gast.Call(t.name(self.managers[name]), call.args, call.keywords), call)
        function, args = self.static(call), call.args
        if isinstance(call.func, gast.Attribute) and self.method(call.func.attr) is not None:
            function = self.method(call.func.attr)
            args = [self.receiver(call.func, function), *args]
        if not is_made_by_generator(function):
            return None
        wrapped = getattr(function, "__wrapped__", None)
        if not inspect.isgeneratorfunction(wrapped) or str(wrapped.__module__).startswith("srcad."):
            return None
        self.check(call, self.body_of(wrapped, call))
        callee = t.name(refer(self.scope, wrapped, f"{wrapped.__name__}_generator"))
        return gast.copy_location(gast.Call(callee, args, call.keywords), call)

    def method(self, title: str) -> Any:
        """Return the method under ``contextmanager`` that all classes in sight mean which have one of this name."""
        if title not in self.methods:
            found = [vars(cls)[title] for cls in classes_in_sight(self.fn) if title in vars(cls)]
            known = found and is_made_by_generator(found[0]) and all(f is found[0] for f in found)
            self.methods[title] = found[0] if known else None
        return self.methods[title]

    def receiver(self, method: gast.Attribute, function: Any) -> gast.expr:
        """Return the object that a method is called on, which is asked whether it means ``function``."""
        asked = t.name(refer(self.scope, iteration.with_method, "with_method"))
        held = t.name(refer(self.scope, function, f"{method.attr}_manager"))
        return t.place(t.call(asked, method.value, t.constant(method.attr), held), method)

    def body_of(self, function: Any, call: gast.Call) -> list[gast.stmt]:
        try:
            return list(read(function).tree.body)
        except NoSourceError as error:
            raise UnsupportedError(error.reason, error.hint, self.fn.source.locate(call)) from None

    def check(self, call: gast.Call, body: list[gast.stmt]) -> None:
        """Refuse a generator that may yield twice, or not at all."""
        yields = [n for n in t.own_nodes(body) if isinstance(n, gast.Yield | gast.YieldFrom)]
        if len(yields) == 1 and _surely_yields(body):
            return
        raise UnsupportedError(
            "The generator of a context manager does not yield exactly once in every case.",
            "Let it yield in one place, outside of loops and branches.",
            self.fn.source.locate(call),
        )

    def generated(
        self, call: gast.Call, target: gast.expr | None, body: list[gast.stmt], at: gast.With
    ) -> list[gast.stmt]:
        """Return a loop over the generator that has the block for its body."""
        bound = target if target is not None else t.store(self.scope.fresh("entered"))
        jumps = _Jumps(self.scope)
        inner = jumps.block(body)
        if jumps.flags:
            span = t.call(refer(self.scope, range, "range"), t.constant(1))
            inner = [t.place(gast.For(t.store(self.scope.fresh("once")), span, inner, [], None), at)]
        flags = [t.assign(flag, t.constant(False)) for flag, _ in jumps.flags.values()]
        after = [gast.If(t.name(flag), [jump], []) for flag, jump in jumps.flags.values()]
        return [*flags, gast.copy_location(gast.For(bound, call, inner, [], None), at), *after]

    def without_unused(self, body: list[gast.stmt]) -> list[gast.stmt]:
        """Drop the nested managers that nobody reads any more."""
        read = {n.id for n in t.own_nodes(body) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load)}
        unused = set(self.managers) - read
        return _without(body, unused) if unused else body


class _Jumps:
    """Jumps out of a block become flags, which the block's end looks at."""

    def __init__(self, scope: Any) -> None:
        self.scope = scope
        self.flags: dict[type, tuple[str, gast.stmt]] = {}

    def flag(self, stmt: gast.stmt) -> str:
        kind = type(stmt)
        if kind not in self.flags:
            jump: gast.stmt = kind()
            if isinstance(stmt, gast.Return):
                jump = gast.Return(t.name(self.scope.fresh("result")))
            self.flags[kind] = self.scope.fresh("left"), gast.copy_location(jump, stmt)
        return self.flags[kind][0]

    def block(self, body: list[gast.stmt], nested: bool = False) -> list[gast.stmt]:
        """Return a block whose jumps set flags; ``nested`` in a loop, whose own jumps stay."""
        done: list[gast.stmt] = []
        for stmt in body:
            if isinstance(stmt, _JUMPS) and not (nested and not isinstance(stmt, gast.Return)):
                flag = self.flag(stmt)
                if isinstance(stmt, gast.Return):
                    result = self.flags[gast.Return][1].value.id  # type: ignore[attr-defined]
                    done.append(t.place(t.assign(result, stmt.value or t.constant(None)), stmt))
                done += [t.place(t.assign(flag, t.constant(True)), stmt), t.place(gast.Break(), stmt)]
                continue
            is_loop = isinstance(stmt, _LOOPS)
            returns = is_loop and any(isinstance(n, gast.Return) for n in t.own_nodes(stmt))
            for part in _BLOCKS:
                inner = getattr(stmt, part, None)
                if inner:
                    setattr(stmt, part, self.block(inner, nested or is_loop and part == "body"))
            for handler in getattr(stmt, "handlers", []):
                handler.body = self.block(handler.body, nested)
            done.append(stmt)
            if returns:
                leave = gast.If(t.name(self.flags[gast.Return][0]), [gast.Break()], [])
                done.append(t.place(leave, stmt))
        return done


def _pairs(node: gast.Assign) -> list[tuple[gast.expr, gast.expr]]:
    """Return the targets of an assignment, with their values where these are written out."""
    target, value = node.targets[0], node.value
    several = isinstance(target, gast.Tuple | gast.List) and isinstance(value, gast.Tuple | gast.List)
    if several and len(target.elts) == len(value.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def is_made_by_generator(function: Any) -> bool:
    """Tell whether a function makes contexts of a generator.

    >>> is_made_by_generator(contextlib.contextmanager(iter)), is_made_by_generator(iter)
    (True, False)
    """
    return isinstance(function, types.FunctionType) and function.__code__ is _MADE_BY_GENERATOR


def may_swallow(cls: Any) -> bool:
    """Tell whether the ``__exit__`` of a class returns anything but None and False.

    >>> may_swallow(contextlib.AbstractContextManager), may_swallow(catching)
    (False, False)
    """
    leave = getattr(cls, "__exit__", None) if isinstance(cls, type) else None
    if not isinstance(leave, types.FunctionType) or cls.__module__ in (
        "contextlib",
        "tempfile",
        "unittest.mock",
        catching.__module__,  # the guards of generated code, which later stages know
    ):
        return False
    try:
        body = look_at(leave).tree.body
    except NoSourceError:
        return False
    results = [node.value for node in t.own_nodes(body) if isinstance(node, gast.Return)]
    return any(value is not None and getattr(value, "value", True) not in (None, False) for value in results)


def _surely_yields(body: list[gast.stmt]) -> bool:
    """Tell whether a ``yield`` stands outside of loops, branches and handlers."""
    for stmt in body:
        value = getattr(stmt, "value", None)
        if isinstance(stmt, gast.Expr | gast.Assign) and isinstance(value, gast.Yield):
            return True
        if isinstance(stmt, gast.Try | gast.With) and _surely_yields(stmt.body):
            return True
    return False


def _without(body: list[gast.stmt], names: set[str]) -> list[gast.stmt]:
    """Drop the assignments of variables."""
    kept = []
    for stmt in body:
        if isinstance(stmt, gast.Assign) and getattr(stmt.targets[0], "id", None) in names:
            continue
        for part in _BLOCKS:
            inner = getattr(stmt, part, None)
            if inner:
                setattr(stmt, part, _without(inner, names) or [gast.Pass()])
        kept.append(stmt)
    return kept
