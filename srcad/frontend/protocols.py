"""Comparisons and builtins that classes in sight define are written as calls of the methods that compute them.

``a < b`` is a truth for numbers, and has no derivative. For an instance it is what its class returns, which may be a
number or another instance. Where a comparison only decides something, nothing is changed.

Before::

    t = round(x, 2)

After, where a class ``Interval`` that is in sight defines ``__round__``::

    own = isinstance(x, Interval)
    if own:
        t = x.__round__(2)
    else:
        t = round(x, 2)

>>> from srcad.frontend.stages import after
>>> class Fuzzy:
...     __module__ = "demo"
...     def __lt__(self, other): return 1.0 - self.truth
>>> print(after("call_protocols", "def f(x, y): return 2 * (x < y)", Fuzzy=Fuzzy))
def f(x, y):
    own = isinstance(x, Fuzzy)
    if own:
        t = x.__lt__(y)
    else:
        t = x < y
    t1 = 2 * t
    return t1
"""

from __future__ import annotations

import operator
import types
from collections import Counter
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from srcad.analysis.class_effects import classes_in_sight, is_users, statements_of
from srcad.errors import SrcadError, UnsupportedError
from srcad.frontend.statics import canonical, refer
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.protocols import COMPARISONS, PROTOCOLS, UFUNCS_OF_METHODS
from srcad.lang.scope import Scope
from srcad.lang.source import look_at
from srcad.lang.walking import NodeTransformer, nodes_in
from srcad.rules import iteration

__all__ = ["call_protocols", "write_out_reversed"]

_OPERATORS = {
    gast.Lt: operator.lt, gast.LtE: operator.le, gast.Gt: operator.gt, gast.GtE: operator.ge,
    gast.Eq: operator.eq, gast.NotEq: operator.ne,
}  # fmt: skip
_OF_COMPARISONS = frozenset(title for titles in COMPARISONS.values() for title in titles)
_TELLING = frozenset(
    "isinstance issubclass all any bool array_equal allclose isclose callable hasattr equal less greater".split()
)


_OF_ARRAYS = ("__array__", "__array_ufunc__", "__array_interface__")
_AT_ONCE = (sum, list, tuple, max, min, sorted, set, any, all)


def call_protocols(fn: Function) -> Function:
    """Return ``fn``, in A-normal form, with calls of the methods by which classes in sight answer for an operation."""
    classes = classes_in_sight(fn)
    methods: dict[str, list[type]] = {}
    for title in {title for titles in PROTOCOLS.values() for title in titles}:
        found = _classes_that_define(title, classes)
        methods[title] = [c for c in found if title not in _OF_COMPARISONS or not _is_truth(vars(c)[title])]
    for title in UFUNCS_OF_METHODS:
        found = _classes_that_define(title, classes)
        methods[title] = [cls for cls in found if not any(hasattr(cls, name) for name in _OF_ARRAYS)]
    return fn.with_body(_Caller(fn, methods).block(fn.tree.body)) if any(methods.values()) else fn


def write_out_reversed(fn: Function) -> Function:
    """Return ``fn`` with calls of the method ``__reversed__`` of classes in sight, and of ``keys`` for ``dict``.

    >>> from srcad.frontend.stages import after
    >>> class Path:
    ...     __module__ = "demo"
    ...     def __reversed__(self): return iter(self.points[::-1])
    >>> print(after("write_out_reversed", "def f(p): return sum(reversed(p))", Path=Path))
    def f(p):
        return sum(list(p.__reversed__()) if isinstance(p, Path) else list(reversed(p)))
    """
    seen = classes_in_sight(fn)
    classes = _classes_that_define("__reversed__", seen)
    mappings = [c for c in seen if isinstance(getattr(c, "keys", None), types.FunctionType)]
    mappings = [c for c in mappings if not issubclass(c, dict)]
    if not classes and not mappings:
        return fn
    return fn.with_body([_Reversing(fn, classes, mappings).visit(s) for s in fn.tree.body])


def _classes_that_define(title: str, classes: list[type]) -> list[type]:
    """Return the classes, or those that they extend, which define a method of this name in Python."""
    bases = dict.fromkeys(base for cls in classes for base in cls.__mro__ if is_users(base))
    return [base for base in bases if isinstance(vars(base).get(title), types.FunctionType)]


def _is_truth(method: Any) -> bool:
    """Tell whether a method surely returns a truth; what has no source, as in dataclasses, does."""
    try:
        body = statements_of(look_at(method).tree)
    except (SrcadError, OSError, TypeError):
        return True
    returned = [n.value for n in t.own_nodes(body) if isinstance(n, gast.Return)]
    return all(map(_is_telling, returned if returned or isinstance(body[0], gast.stmt) else body))


def _is_telling(value: gast.AST | None) -> bool:
    if isinstance(value, gast.BoolOp):
        return all(map(_is_telling, value.values))
    if isinstance(value, gast.IfExp):
        return _is_telling(value.body) and _is_telling(value.orelse)
    if isinstance(value, gast.UnaryOp):
        return isinstance(value.op, gast.Not)
    if isinstance(value, gast.Call):
        called = getattr(value.func, "id", getattr(value.func, "attr", ""))
        return called in _TELLING or called in _OF_COMPARISONS
    if isinstance(value, gast.Constant):
        return value.value is None or isinstance(value.value, bool)
    return value is None or isinstance(value, gast.Compare) or getattr(value, "id", "") == "NotImplemented"


class _Reversing(NodeTransformer):
    """Calls the method where there is one; a list is made of what is run through at once, before anything can change."""

    def __init__(self, fn: Function, classes: list[type], mappings: list[type]) -> None:
        self.scope, self.classes, self.mappings = fn.scope, classes, mappings
        self.at_once = False

    def visited(self, node: gast.expr, at_once: bool) -> gast.expr:
        self.at_once, before = at_once, self.at_once
        made: gast.expr = self.visit(node)
        self.at_once = before
        return made

    def visit_For(self, node: gast.For) -> gast.For:
        node.iter = self.visited(node.iter, _changes_nothing(node.body))
        node.body, node.orelse = ([self.visit(s) for s in block] for block in (node.body, node.orelse))
        return node

    def visit_comprehension(self, node: gast.comprehension) -> gast.comprehension:
        node.iter = self.visited(node.iter, True)
        node.ifs = [self.visited(test, False) for test in node.ifs]
        return node

    def visit_Call(self, node: gast.Call) -> gast.expr:
        function = self.scope.statics.get(getattr(node.func, "id", ""))
        runs_through = any(function is each for each in _AT_ONCE)
        runs_through |= self.at_once and (function is zip or function is enumerate)
        listed = self.at_once
        node.func = self.visited(node.func, False)
        node.args = [self.visited(argument, runs_through) for argument in node.args]
        node.keywords = [self.visited(keyword, False) for keyword in node.keywords]
        classes = self.classes if function is reversed else self.mappings if function is dict else None
        if not classes or len(node.args) != 1 or self.is_builtin(node.args[0]):
            return node
        asked, operand = node.args[0], node.args[0]
        if not isinstance(asked, gast.Name):
            operand = t.name(self.scope.fresh("t"))
            asked = gast.NamedExpr(t.store(operand.id), asked)
        is_own = self.asks(asked, classes)
        if function is dict:
            node.args = [t.place(gast.IfExp(is_own, self.pairs(operand), operand), node)]
            return node
        ways = [t.call(t.attribute(operand, "__reversed__")), t.call(node.func, operand)]
        if listed:
            ways = [t.call(refer(self.scope, list, "list"), way) for way in ways]
        return t.place(gast.IfExp(is_own, *ways), node)

    def visit_Dict(self, node: gast.Dict) -> gast.Dict:
        self.generic_visit(node)
        for k, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            if key is None and self.mappings and isinstance(value, gast.Name):
                made = t.call(refer(self.scope, dict, "dict"), self.pairs(value))
                node.values[k] = t.place(gast.IfExp(self.asks(value, self.mappings), made, value), value)
        return node

    def asks(self, node: gast.expr, classes: list[type]) -> gast.expr:
        own = [t.name(_refer(self.scope, cls)) for cls in classes]
        asked_for = own[0] if len(own) == 1 else gast.Tuple(own, gast.Load())
        return t.call(refer(self.scope, isinstance, "isinstance"), node, asked_for)

    def pairs(self, node: gast.expr) -> gast.expr:
        return t.call(refer(self.scope, iteration.items_of_mapping, "items_of_mapping"), node)

    def is_builtin(self, node: gast.expr) -> bool:
        """Tell whether a value is surely of none of the user's classes."""
        if isinstance(node, gast.Call):
            function = self.scope.statics.get(getattr(node.func, "id", ""))
            return getattr(function, "__module__", "") == "builtins"
        return not isinstance(node, (gast.Name, gast.Attribute, gast.Subscript))


def _changes_nothing(body: list[gast.stmt]) -> bool:
    """Tell whether statements surely change no object: they store in variables, and call functions of libraries alone."""
    for node in t.own_nodes(body):
        if isinstance(node, (gast.Subscript, gast.Attribute)) and not isinstance(node.ctx, gast.Load):
            return False
        if isinstance(node, gast.Call) and getattr(getattr(node.func, "value", None), "id", "") not in (
            "np",
            "math",
        ):
            return False
    return True


def _refer(scope: Scope, cls: type) -> str:
    return refer(scope, cls, canonical(cls) or cls.__name__)


class _Caller:
    def __init__(self, fn: Function, methods: dict[str, list[type]]) -> None:
        self.scope, self.source, self.methods = fn.scope, fn.source, methods
        nodes = list(nodes_in(fn.tree))
        read = Counter(n.id for n in nodes if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load))
        self.only_decide = {
            name for name, count in Counter(map(_decided, nodes)).items() if count == read[name]
        }

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        out: list[gast.stmt] = []
        for stmt in body:
            t.rewrite_blocks(stmt, self.block)
            made = self.statement(stmt)
            out += [stmt] if made is None else [t.place(s, stmt) for s in made]
        return out

    def statement(self, stmt: gast.stmt) -> list[gast.stmt] | None:
        target = stmt.targets[0] if isinstance(stmt, gast.Assign) else None
        if not isinstance(target, gast.Name) or target.id in self.only_decide:
            return None
        asked = self.question(stmt.value)
        if asked is None:
            return None
        titles, operands = asked
        made = self.tried(target.id, titles, operands, stmt)
        return None if made == [stmt] else made

    def question(self, value: gast.expr) -> tuple[tuple[str, ...], list[gast.expr]] | None:
        """Return the methods that an operation may call, and its operands."""
        function, operands = None, []
        if isinstance(value, gast.Compare) and len(value.ops) == 1:
            function, operands = _OPERATORS.get(type(value.ops[0])), [value.left, *value.comparators]
        elif isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and not value.keywords:
            function, operands = self.scope.statics.get(value.func.id), list(value.args)
        titles = next((found for known, found in PROTOCOLS.items() if known is function), None)
        if isinstance(function, np.ufunc) and function.__name__ in UFUNCS_OF_METHODS and len(operands) == 1:
            titles = (function.__name__,)
        atoms = all(isinstance(operand, (gast.Name, gast.Constant)) for operand in operands)
        compares = any(function is known for known in COMPARISONS) and any(
            self.methods[n] for n in titles or ()
        )
        if compares and any(isinstance(operand, gast.Starred) for operand in operands):
            raise UnsupportedError("A comparison that a class may answer is given its operands by a star.",
                                   "Write both operands.", self.source.locate(value))  # fmt: skip
        return (titles, operands) if titles is not None and operands and atoms else None

    def tried(
        self, target: str, titles: tuple[str, ...], operands: list[gast.expr], otherwise: gast.stmt
    ) -> list[gast.stmt]:
        """Return the call of the first operand's method, else that of the second's, else what stood there."""

        def plain() -> list[gast.stmt]:
            return [otherwise]

        def reflected() -> list[gast.stmt]:
            return self.asked(target, titles[1], operands[::-1], plain)

        both = len(operands) == 2 and len(titles) == 2
        return self.asked(target, titles[0], operands, reflected if both else plain)

    def asked(
        self, target: str, title: str, operands: list[gast.expr], otherwise: Callable[[], list[gast.stmt]]
    ) -> list[gast.stmt]:
        classes = self.methods[title]
        if not classes or isinstance(operands[0], gast.Constant):
            return otherwise()
        own = self.scope.fresh("own")
        called = t.call(t.attribute(operands[0], title), *operands[1:])
        answered: list[gast.stmt] = [t.assign(target, called)]
        if any(_may_decline(vars(cls)[title]) for cls in classes):
            declined = self.scope.fresh("declined")
            left = gast.Compare(t.name(target), [gast.Is()], [t.name("NotImplemented")])
            answered += [t.assign(declined, left), gast.If(t.name(declined), otherwise(), [])]
        names = [t.name(_refer(self.scope, cls)) for cls in classes]
        asked, before = names[0], []
        if len(names) > 1:
            asked = t.name(self.scope.fresh("t"))
            before = [t.assign(asked.id, gast.Tuple(list(names), gast.Load()))]
        asks = t.assign(own, t.call(refer(self.scope, isinstance, "isinstance"), operands[0], asked))
        return [*before, asks, gast.If(t.name(own), answered, otherwise())]


def _decided(node: gast.AST) -> str:
    """Return the variable whose truth alone a statement or an operation asks for."""
    if isinstance(node, (gast.If, gast.While, gast.IfExp, gast.Assert)):
        return getattr(node.test, "id", "")
    return (
        getattr(node.operand, "id", "")
        if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not)
        else ""
    )


def _may_decline(method: Any) -> bool:
    tree = look_at(method).tree
    return any(getattr(n, "id", "") == "NotImplemented" for n in nodes_in(tree) if isinstance(n, gast.Name))
