"""Decorated nested functions: what a decorator does is written out.

Before::

    @clipped(1.0)
    def g(t):
        return t * x
    @functools.cache
    def h(n):
        return x if n == 0 else h(n - 1) * x

After::

    def g_plain(t):
        return t * x
    g = clipped(1.0)(g_plain)
    h_cache = {}
    def h(n):
        if n not in h_cache:
            def h_plain(n):
                return x if n == 0 else h(n - 1) * x
            h_cache[n] = h_plain(n)
        return h_cache[n]

``functools.wraps`` changes no value and goes.

>>> import functools
>>> from srcad.frontend.stages import after
>>> text = "def f(x):\\n    @functools.wraps(abs)\\n    @twice\\n    def g(t): return t * x\\n    return g(x)"
>>> print(after("write_out_decorators", text, functools=functools, twice=lambda f: lambda x: f(f(x))))
def f(x):
<BLANKLINE>
    def g_plain(t):
        return t * x
    g = twice(g_plain)
    return g(x)
"""

from __future__ import annotations

import builtins
import functools
from typing import Any

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.nested import is_plain, parameters
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, nodes_in

__all__ = ["write_out_decorators"]

CACHES = (functools.cache, functools.lru_cache)
_DESCRIPTORS = (staticmethod, classmethod, property)
_UNKNOWN = object()


def write_out_decorators(fn: Function) -> Function:
    """Return ``fn`` without decorators of nested functions."""
    if not any(isinstance(n, gast.FunctionDef) and n.decorator_list for n in t.own_nodes(fn.tree.body)):
        return fn
    writer = _Writer(fn)
    return fn.with_body([part for stmt in fn.tree.body for part in writer.replaced(stmt)])


class _Writer(NodeTransformer):
    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.locals = t.bound_names(fn.tree.body) | set(parameters(fn.tree.args))
        self.taken = {n.id for n in nodes_in(fn.tree) if isinstance(n, gast.Name)} | self.locals
        func = fn.source.func
        cells = dict(zip(func.__code__.co_freevars, func.__closure__ or ()))
        self.known = {**vars(builtins), **func.__globals__}
        for name, cell in cells.items():
            try:
                self.known[name] = cell.cell_contents
            except ValueError:
                self.known[name] = _UNKNOWN

    def replaced(self, stmt: gast.stmt) -> list[gast.stmt]:
        """Return the statements for one statement."""
        made = self.visit(stmt)
        return made if isinstance(made, list) else [made]

    def visit_Lambda(self, node: gast.Lambda) -> gast.Lambda:
        """Leave what is inside until it is its turn."""
        return node

    def visit_FunctionDef(self, node: gast.FunctionDef) -> Any:
        """Write out the decorators of one function."""
        if not node.decorator_list:
            return node
        applied: list[gast.expr] = []
        for decorator in node.decorator_list:
            meaning = self.meaning(decorator.func if isinstance(decorator, gast.Call) else decorator)
            if meaning in _DESCRIPTORS:
                raise UnsupportedError(
                    "A nested function is made a descriptor.", "Leave the decorator out.",
                    self.fn.source.locate(decorator),
                )  # fmt: skip
            if meaning is not functools.wraps and (meaning not in CACHES or not applied):
                applied.append(decorator)
        innermost = applied and applied[-1]
        cached = innermost and self.meaning(getattr(innermost, "func", innermost)) in CACHES
        applied = [d for d in applied if self.meaning(getattr(d, "func", d)) not in CACHES]
        plain = gast.FunctionDef(node.name, node.args, node.body, [], node.returns, None, [])
        gast.copy_location(plain, node)
        made: list[gast.stmt] = self.with_cache(plain) if cached else [plain]
        if applied:
            made[-1].name = self.fresh(f"{node.name}_plain")
            made.append(self.decorated(node, made[-1].name, applied))
        return made

    def decorated(self, node: gast.FunctionDef, plain: str, applied: list[gast.expr]) -> gast.stmt:
        """Return the statement that binds the decorated function, which stands behind the plain one."""
        value: gast.expr = gast.copy_location(t.name(plain), node)
        for decorator in reversed(applied):
            value = gast.copy_location(t.call(decorator, value), decorator)
        statement = t.assign(node.name, value)
        for part in (statement, statement.targets[0]):
            part.lineno, part.col_offset = node.end_lineno, node.end_col_offset
            part.end_lineno, part.end_col_offset = node.end_lineno, node.end_col_offset
        return statement

    def with_cache(self, plain: gast.FunctionDef) -> list[gast.stmt]:
        """Return the function with a dict of the values that it has computed."""
        args = plain.args
        names = parameters(args)
        if not is_plain(args):
            return [plain]
        cache, inner = self.fresh(f"{plain.name}_cache"), self.fresh(f"{plain.name}_plain")
        key = lambda: t.name(names[0]) if len(names) == 1 else t.tuple_of(map(t.name, names))  # noqa: E731
        computed = gast.FunctionDef(inner, args, plain.body, [], None, None, [])
        value = t.call(inner, *map(t.name, names))
        store = gast.Subscript(t.name(cache), key(), gast.Store())
        missing = gast.Compare(key(), [gast.NotIn()], [t.name(cache)])
        body = [
            gast.If(missing, [gast.copy_location(computed, plain), t.assign(store, value)], []),
            gast.Return(t.subscript(t.name(cache), key())),
        ]
        known = gast.FunctionDef(plain.name, args, body, [], None, None, [])
        made = [t.assign(cache, gast.Dict([], [])), gast.copy_location(known, plain)]
        for part in (*made, *body):
            t.place(part, plain)
        return made

    def meaning(self, node: gast.expr) -> Any:
        """Return what a dotted name stands for outside of the function."""
        if isinstance(node, gast.Name):
            return self.known.get(node.id, _UNKNOWN) if node.id not in self.locals else _UNKNOWN
        if isinstance(node, gast.Attribute):
            return getattr(self.meaning(node.value), node.attr, _UNKNOWN)
        return _UNKNOWN

    def fresh(self, hint: str) -> str:
        """Return a name that the function does not have."""
        name, count = hint, 0
        while name in self.taken:
            count += 1
            name = f"{hint}_{count}"
        self.taken.add(name)
        return name
