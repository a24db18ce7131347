"""A-normal form: one operation a statement, in Python's own order of evaluation.

Before::

    y = a * np.sin(b[i] + 1) if c else -a

After::

    if c:
        t = b[i]
        t1 = t + 1
        t2 = np.sin(t1)
        y = a * t2
    else:
        y = -a

>>> from srcad.frontend.stages import after
>>> text = "def f(a, b, i): return b[i] * 2 + (a if i else -a)"
>>> print(after("to_anf", text))
def f(a, b, i):
    t = b[i]
    t1 = t * 2
    if i:
        t2 = a
    else:
        t2 = -a
    t3 = t1 + t2
    return t3
"""

from __future__ import annotations

from collections.abc import Callable
from keyword import iskeyword
from typing import Any

import gast

from srcad.analysis.class_effects import methods_in_sight
from srcad.frontend.choices import Choices
from srcad.frontend.consumers import Consumers
from srcad.frontend.loops import lower_for, lower_while
from srcad.frontend.merges import Merges
from srcad.frontend.targets import Targets
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import copy_location, nodes_in
from srcad.runtime.libraries import package_of

__all__ = ["to_anf"]


def to_anf(fn: Function) -> Function:
    """Flatten the expressions of a function; ``for`` and ``while`` get their normal heads on the way."""
    return fn.with_body(Anf(fn).block(fn.tree.body))


class Anf(Targets, Choices, Consumers, Merges):
    """Writes statements to ``self.out`` while it visits a tree.

    ``atom(expr)`` returns a name or constant, ``op(expr)`` an operation on atoms; what must be computed
    before has then been written.
    """

    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.scope = fn.scope
        self.out: list[gast.stmt] = []
        self.pairs: list[set[str]] | None = None

    # writing

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        """Return the statements in normal form."""
        outer, self.out = self.out, []
        for statement in body:
            getattr(self, f"stmt_{type(statement).__name__}")(statement)
        made, self.out = self.out, outer
        return made

    def within(self, action: Callable[[], Any], at: gast.AST) -> list[gast.stmt]:
        """Return what ``action`` writes, as a block that is not empty."""
        outer, self.out = self.out, []
        action()
        made, self.out = self.out, outer
        return made or [t.place(gast.Pass(), at)]

    def emit(self, statement: gast.stmt, at: gast.AST) -> None:
        """Write a statement at the place of ``at``."""
        if not hasattr(statement, "lineno"):
            copy_location(statement, at)
        self.out.append(t.place(statement, at))

    def keep(self, operation: gast.expr, at: gast.AST, hint: str = "t") -> gast.Name:
        """Write the operation into a new variable and return that."""
        fresh = self.scope.fresh(hint)
        self.emit(t.assign(fresh, operation), at)
        return t.place(t.name(fresh), at)

    # expressions

    def atom(self, node: gast.expr) -> gast.expr:
        """Return a name or constant with the value of ``node``."""
        made = self.op(node)
        return made if t.is_atom(made) else self.keep(made, node)

    def atoms(self, nodes: list[gast.expr]) -> list[gast.expr]:
        """Return atoms for operands evaluated in this order; one that a later ``:=`` rebinds is copied."""
        rebound = [t.walrus_names(nodes[k + 1 :]) for k in range(len(nodes))]
        made = []
        for node, later in zip(nodes, rebound, strict=True):
            inner = self._listed(node.value) if isinstance(node, gast.Starred) else node
            value = self.atom(inner)
            if isinstance(value, gast.Name) and value.id in later:
                value = self.keep(value, inner)
            made.append(
                t.place(gast.Starred(value, gast.Load()), node) if isinstance(node, gast.Starred) else value
            )
        return made

    def op(self, node: gast.expr) -> gast.expr:
        """Return an operation on atoms with the value of ``node``."""
        return t.place(getattr(self, f"op_{type(node).__name__}")(node), node)

    def op_Name(self, node: gast.Name) -> gast.expr:
        """A name is an atom."""
        return copy_location(t.name(node.id), node)

    def op_Constant(self, node: gast.Constant) -> gast.expr:
        """A constant is an atom."""
        return copy_location(t.constant(node.value), node)

    def op_BinOp(self, node: gast.BinOp) -> gast.expr:
        """Left, then right."""
        left, right = self.atoms([node.left, node.right])
        if isinstance(node.op, gast.Pow) and _negative(left):
            left = self.keep(left, node.left)
        return gast.BinOp(left, node.op, right)

    def op_UnaryOp(self, node: gast.UnaryOp) -> gast.expr:
        """Fold the sign of a number."""
        value = self.atom(node.operand)
        if (
            isinstance(node.op, gast.USub)
            and isinstance(value, gast.Constant)
            and type(value.value) in (int, float)
        ):
            return t.constant(-value.value)
        return gast.UnaryOp(node.op, value)

    def op_Call(self, node: gast.Call) -> gast.expr:
        """The function, the arguments, the keywords."""
        node = self.consumed(_with_keywords_of_displays(node))
        lowered = self.lowered_call(node) or self.merged_call(node)
        if lowered is not None:
            return lowered
        func: gast.expr
        if isinstance(node.func, gast.Attribute):
            func = copy_location(t.attribute(self._receiver(node.func.value), node.func.attr), node.func)
        else:
            func = self.atom(node.func)
        given = self.atoms([*node.args, *(keyword.value for keyword in node.keywords)])
        args, values = given[: len(node.args)], given[len(node.args) :]
        keywords = [gast.keyword(k.arg, value) for k, value in zip(node.keywords, values, strict=True)]
        if isinstance(func, gast.Name) and func.id in t.walrus_names([*node.args, *node.keywords]):
            raise self.error(
                node, "The called name is bound in its own arguments.", "Bind it before the call."
            )
        return gast.Call(func, args, keywords)

    def _receiver(self, node: gast.expr) -> gast.expr:
        """Return the object of a method or attribute; a number in a variable, for it has to be printed."""
        value = self.atom(node)
        return self.keep(value, node) if isinstance(value, gast.Constant) else value

    def op_Attribute(self, node: gast.Attribute) -> gast.expr:
        """Read an attribute."""
        return t.attribute(self._receiver(node.value), node.attr)

    def op_Subscript(self, node: gast.Subscript) -> gast.expr:
        """The container, then the index."""
        base = self.atom(node.value)
        if (
            isinstance(base, gast.Name)
            and base.id in t.walrus_names(node.slice)
            or not isinstance(base, gast.Name)
        ):
            base = self.keep(base, node.value)
        return t.subscript(base, self.index(node.slice))

    def index(self, node: gast.expr) -> gast.expr:
        """Return an index of atoms."""
        if isinstance(node, gast.Slice):
            parts = [part for part in (node.lower, node.upper, node.step) if part is not None]
            made = iter(self.atoms(parts))
            bounds = [
                next(made) if part is not None else None for part in (node.lower, node.upper, node.step)
            ]
            return t.place(gast.Slice(*bounds), node)
        if isinstance(node, gast.Tuple) and not any(isinstance(e, gast.Starred) for e in node.elts):
            if t.walrus_names(node):
                raise self.error(node, "An index with several parts contains ':='.", "Bind the name before.")
            return t.place(t.tuple_of(self.index(element) for element in node.elts), node)
        return self.atom(node)

    def _display(self, node: Any) -> gast.expr:
        """The elements in order."""
        made = type(node)(self.atoms(node.elts))
        if not isinstance(node, gast.Set):
            made.ctx = gast.Load()
        return made

    op_Tuple = op_List = op_Set = _display

    def op_Dict(self, node: gast.Dict) -> gast.expr:
        """Key, value, key, value."""
        if any(key is None for key in node.keys):
            return self.merged_display(node)
        parts = [part for pair in zip(node.keys, node.values, strict=True) for part in pair]
        made = iter(self.atoms(parts))
        pairs = [(next(made), next(made)) for _ in node.keys]
        return gast.Dict([key for key, _ in pairs], [value for _, value in pairs])

    def op_JoinedStr(self, node: gast.JoinedStr) -> gast.expr:
        """The formatted values in order."""
        values = []
        for value in node.values:
            if isinstance(value, gast.FormattedValue):
                spec = self.op_JoinedStr(value.format_spec) if value.format_spec is not None else None
                value = t.place(gast.FormattedValue(self.atom(value.value), value.conversion, spec), value)
            values.append(value)
        return t.place(gast.JoinedStr(values), node)

    def op_NamedExpr(self, node: gast.NamedExpr) -> gast.expr:
        """Bind, then read."""
        if not isinstance(node.target, gast.Name):
            value = self.atom(node.value)
            self._assign(node.target, value, node)
            return value
        self.emit(t.assign(node.target.id, self.op(node.value)), node)
        return t.name(node.target.id)

    # statements

    def stmt_Expr(self, node: gast.Expr) -> None:
        """Keep calls; a constant (a docstring) is dropped."""
        value = self.op(node.value)
        if isinstance(value, gast.Call):
            self.emit(gast.Expr(value), node)
        elif not t.is_atom(value):
            self.keep(value, node)

    def stmt_Return(self, node: gast.Return) -> None:
        """Return an atom."""
        value = self.atom(node.value) if node.value is not None else t.constant(None)
        self.emit(gast.Return(value), node)

    def stmt_If(self, node: gast.If) -> None:
        """Branch on an atom."""
        test = self.atom(node.test)
        self.emit(gast.If(test, self.filled(node.body, node), self.block(node.orelse)), node)

    def filled(self, body: list[gast.stmt], at: gast.AST) -> list[gast.stmt]:
        """Return a block that is not empty."""
        return self.block(body) or [t.place(gast.Pass(), at)]

    def stmt_While(self, node: gast.While) -> None:
        """Move the condition into the body."""
        made = lower_while(node)
        self.emit(gast.While(made.test, self.filled(made.body, node), self.block(made.orelse)), node)

    def stmt_For(self, node: gast.For) -> None:
        """Run over a range."""
        *setup, loop = lower_for(
            node, self.scope, self.builtin, lambda: methods_in_sight(self.fn), self.named_alike
        )
        self.out.extend(self.block(setup))
        if isinstance(loop, gast.While):
            self.stmt_While(loop)
            return
        assert isinstance(loop, gast.For)
        span = self.op(loop.iter)
        body = self.filled(loop.body, node)
        self.emit(gast.For(loop.target, span, body, self.block(loop.orelse), None), node)

    def named_alike(self, name: str) -> set[str]:
        """Return the variables that plain assignments may have given one object with this one, itself included."""
        if self.pairs is None:
            found = (
                n
                for n in nodes_in(self.fn.tree)
                if isinstance(n, gast.Assign) and isinstance(n.value, gast.Name)
            )
            self.pairs = [{n.value.id, *t.names_written(n.targets)} for n in found]
        alike = {name}
        while joined := [pair for pair in self.pairs if not alike.isdisjoint(pair) and not pair <= alike]:
            alike.update(*joined)
        return alike

    def builtin(self, node: gast.expr) -> str | None:
        """Return the name of the builtin that ``node`` calls, if it is a call of one."""
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Name):
            value = self.scope.statics.get(node.func.id)
            if package_of(value) == "builtins":
                return getattr(value, "__name__", None)
        return None

    def stmt_With(self, node: gast.With) -> None:
        """One context a statement."""
        item, *rest = node.items
        context = self.atom(item.context_expr)

        def body() -> None:
            if item.optional_vars is not None and not isinstance(item.optional_vars, gast.Name):
                self.stmt_Assign(t.place(t.assign(item.optional_vars, t.name(target.id)), item.optional_vars))
            if rest:
                self.stmt_With(copy_location(gast.With(rest, node.body, None), node))
            else:
                self.out.extend(self.block(node.body))

        target = item.optional_vars
        if target is not None and not isinstance(target, gast.Name):
            target = t.store(self.scope.fresh("entered"))
        self.emit(gast.With([gast.withitem(context, target)], self.within(body, node), None), node)

    def stmt_Try(self, node: gast.Try) -> None:
        """Only ``finally``."""
        self.emit(gast.Try(self.filled(node.body, node), [], [], self.filled(node.finalbody, node)), node)

    def stmt_Raise(self, node: gast.Raise) -> None:
        """The exception, then its cause."""
        exception = self.atom(node.exc) if node.exc is not None else None
        cause = self.atom(node.cause) if node.cause is not None else None
        self.emit(gast.Raise(exception, cause), node)

    def stmt_Assert(self, node: gast.Assert) -> None:
        """The message is made only when it is needed."""
        test = self.atom(node.test)
        if node.msg is None or t.is_atom(node.msg):
            self.emit(gast.Assert(test, node.msg), node)
            return
        failing = self.within(lambda: self.emit(gast.Assert(test, self.atom(node.msg)), node), node)
        self.emit(gast.If(test, [gast.Pass()], failing), node)

    def stmt_Pass(self, node: gast.Pass) -> None:
        """Nothing is nothing."""

    def stmt_Break(self, node: gast.Break) -> None:
        """A jump stays, for now."""
        self.emit(gast.Break(), node)

    def stmt_Continue(self, node: gast.Continue) -> None:
        """A jump stays, for now."""
        self.emit(gast.Continue(), node)


def _negative(node: gast.expr) -> bool:
    """Tell whether ``node`` is a negative number, which must not be printed before ``**``."""
    return (
        isinstance(node, gast.Constant) and isinstance(node.value, int | float) and str(node.value)[0] == "-"
    )


def _with_keywords_of_displays(node: gast.Call) -> gast.Call:
    """Return ``f(x, axis=0)`` for ``f(x, **{"axis": 0})``."""
    given: list[gast.keyword] = []
    for keyword in node.keywords:
        pairs = _keywords_of(keyword.value) if keyword.arg is None else None
        given += [keyword] if pairs is None else pairs
    names = [keyword.arg for keyword in given if keyword.arg is not None]
    if len(set(names)) < len(names):
        return node
    return copy_location(gast.Call(node.func, node.args, given), node)


def _keywords_of(node: gast.expr) -> list[gast.keyword] | None:
    """Return the keywords that a display of a dict stands for; None if it is none with names for keys."""
    if not isinstance(node, gast.Dict):
        return None
    names = [key.value if isinstance(key, gast.Constant) else None for key in node.keys]
    if any(not isinstance(name, str) or not name.isidentifier() or iskeyword(name) for name in names):
        return None
    return [gast.keyword(name, value) for name, value in zip(names, node.values, strict=True)]
