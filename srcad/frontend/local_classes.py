"""Classes defined inside a function are made once, when it is compiled, if they need nothing of the function.

Before::

    def f(x):
        @dataclass
        class Point:
            a: float
            def norm(self): return abs(self.a)
        return Point(x).norm()

After, where ``Point`` stands for the class, as for one of the module::

    def f(x):
        return Point(x).norm()

The same is done with ``Point = namedtuple("Point", "x y")``.

Python makes a new class at each call.  So what its methods read of the function must be functions, classes and modules,
or variables that its instances can carry (`captured_by_classes`), and what it holds itself must not change.

>>> from srcad.frontend.stages import after
>>> text = "def f(x):\\n    class Line:\\n        def at(self, x): return 2 * x\\n    return Line().at(x)"
>>> print(after("make_local_classes", text))
def f(x):
    return Line().at(x)
"""

from __future__ import annotations
import __future__

import ast
import collections
import types
import weakref
from typing import Any

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.captured_by_classes import (
    carrying,
    keep_trees,
    pass_captured,
    why_not_bound_once,
    why_not_carried,
    why_not_passed,
)
from srcad.frontend.cells import Cell
from srcad.frontend.nested import parameters
from srcad.frontend.statics import is_static
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.source import class_definition
from srcad.lang.walking import NodeTransformer, nodes_in

__all__ = ["make_local_classes"]

_WAY_OUT = "Define the class at module level, and give it what it needs as arguments."
_FLAGS = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
_CHANGING = frozenset(
    "add append appendleft clear discard extend insert pop popitem popleft remove reverse setdefault sort update".split()
)
_MADE: weakref.WeakKeyDictionary[types.CodeType, dict[Any, Any]] = weakref.WeakKeyDictionary()


def make_local_classes(fn: Function) -> Function:
    """Return ``fn`` without the definitions of its classes, which become statics under their names."""
    found = [node for node in t.own_nodes(fn.tree.body) if isinstance(node, gast.ClassDef)]
    records = [
        node for node in t.own_nodes(fn.tree.body) if isinstance(node, gast.Assign) and _may_be_record(node)
    ]
    if not found and not records:
        return fn
    maker = _Maker(fn)
    for node in found:
        fn.scope.statics[node.name] = maker.made(node)
    made = {id(node): record for node in records if (record := maker.record(node)) is not None}
    fn.scope.statics.update({record.targets[0].id: cls for record, cls in made.values()})
    body = [stmt for stmt in map(_Dropping(set(made)).visit, fn.tree.body) if stmt is not None]
    return fn.with_body(body or [t.place(gast.Pass(), fn.tree)])


def _may_be_record(node: gast.Assign) -> bool:
    """Tell whether a statement looks like ``Point = namedtuple("Point", "x y")``."""
    value, target = node.value, node.targets[0]
    named = isinstance(value, gast.Call) and "namedtuple" in (
        getattr(value.func, "id", ""),
        getattr(value.func, "attr", ""),
    )
    return named and len(node.targets) == 1 and isinstance(target, gast.Name)


class _Dropping(NodeTransformer):
    """Leaves the definitions of classes out, and the statements that make classes of named tuples."""

    def __init__(self, made: set[int]) -> None:
        self.made = made

    def visit_Assign(self, node: gast.Assign) -> gast.Assign | None:
        return None if id(node) in self.made else node

    def visit_FunctionDef(self, node: gast.FunctionDef) -> gast.FunctionDef:
        return node

    visit_Lambda = visit_FunctionDef

    def visit_ClassDef(self, node: gast.ClassDef) -> None:
        return None

    def generic_visit(self, node: gast.AST) -> gast.AST:
        super().generic_visit(node)
        if getattr(node, "body", True) == []:
            node.body = [t.place(gast.Pass(), node)]  # type: ignore[attr-defined]
        return node


class _Maker:
    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.func = fn.source.func
        self.locals = t.bound_names(fn.tree.body) | set(parameters(fn.tree.args)) | set(fn.captured)
        code = self.func.__code__
        self.cells = dict(zip(code.co_freevars, self.func.__closure__ or ()))

    def error(self, node: gast.AST, reason: str) -> UnsupportedError:
        return UnsupportedError(reason, _WAY_OUT, self.fn.source.locate(node))

    def made(self, node: gast.ClassDef) -> Any:
        """Return the class of a definition: the same one whenever the function is read."""
        bindings = [n for n in t.own_nodes(self.fn.tree.body) if node.name in t.bound_by(n)]
        if len(bindings) > 1:
            raise self.error(node, f"The name of the class {node.name!r} is bound in several places.")
        self.check_changes(node)
        known = _MADE.setdefault(self.func.__code__, {})
        read, carried = self.read(node)
        if carried:
            pass_captured(self.fn.tree.body, node.name, carried)
        key = (node.lineno, node.name, tuple((name, id(value)) for name, value in read.items()))
        if key not in known:
            known[key] = self.factory(node, tuple(read), carried)(*read.values()), read
        return known[key][0]

    def record(self, node: gast.Assign) -> tuple[gast.Assign, Any] | None:
        """Return the statement and the class of named tuples that it makes; None where it makes none of fixed names."""
        name, call = node.targets[0].id, node.value
        bindings = [n for n in t.own_nodes(self.fn.tree.body) if name in t.bound_by(n)]
        root = call.func.value if isinstance(call.func, gast.Attribute) else call.func
        if len(bindings) > 1 or not isinstance(root, gast.Name) or root.id in self.locals:
            return None
        function = self.content(root.id) if root.id in self.cells else self.func.__globals__.get(root.id)
        if isinstance(call.func, gast.Attribute):
            function = getattr(function, call.func.attr, None)
        try:
            args = [ast.literal_eval(gast.gast_to_ast(value)) for value in call.args]
            options = {
                k.arg: ast.literal_eval(gast.gast_to_ast(k.value)) for k in call.keywords if k.arg != "module"
            }
        except (ValueError, TypeError):
            return None
        if function is not collections.namedtuple:
            return None
        known = _MADE.setdefault(self.func.__code__, {})
        key = (node.lineno, name, repr(args), repr(options))
        if key not in known:
            known[key] = function(*args, **options, module=self.func.__module__), {}
        return node, known[key][0]

    def factory(self, node: gast.ClassDef, names: tuple[str, ...], carried: tuple[str, ...]) -> Any:
        """Return the function of these values that makes the class, with the positions of its file."""
        space: dict[str, Any] = {}
        exec(self.compiled(node, names, carried), self.func.__globals__, space)
        return lambda *values: space["around"](*values)()

    def definition(self, node: gast.ClassDef) -> ast.ClassDef:
        definition = class_definition(self.fn.source, node)
        if definition is None:
            raise self.error(node, "The text of a class inside the function is not to be found.")
        return definition

    def compiled(
        self, node: gast.ClassDef, names: tuple[str, ...], carried: tuple[str, ...] = ()
    ) -> types.CodeType:
        definition = self.definition(node)
        if carried:
            definition = carrying(definition, carried)
        title = self.fn.source.title if self.fn.source.title.isidentifier() else "lambda_"
        text = (
            f"def around({', '.join(names)}):\n def {title}():\n  pass\n  return {node.name}\n return {title}"
        )
        tree = ast.parse(text)
        tree.body[0].body[0].body[0] = definition  # type: ignore[attr-defined]
        flags = self.func.__code__.co_flags & _FLAGS
        code = compile(tree, self.fn.source.file, "exec", flags=flags, dont_inherit=True)
        if carried:
            keep_trees(definition, code)
        return code

    def read(self, node: gast.ClassDef) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return the functions, classes and modules that the class reads of those around it, and the variables."""
        statics = self.fn.scope.statics
        candidates = sorted({*self.locals, *self.cells, *statics} - {"__class__", node.name})
        around = next(c for c in self.compiled(node, tuple(candidates)).co_consts if hasattr(c, "co_consts"))
        inner = next(c for c in around.co_consts if hasattr(c, "co_consts"))
        found: dict[str, Any] = {}
        varying = []
        for name in inner.co_freevars:
            value = statics.get(name, self)
            if value is self and name not in self.locals and name in self.cells:
                value = self.content(name)
            if isinstance(value, Cell) or not is_static(value):
                varying.append(name)
            else:
                found[name] = value
        carried = tuple(varying)
        for name in carried:
            reason = self.why_not_carried(node, name, carried)
            if reason is not None:
                use = next((n for n in nodes_in(node) if getattr(n, "id", None) == name), node)
                raise self.error(
                    use,
                    f"The class {node.name!r} inside the function reads {name!r}, a variable around it, {reason}.",
                )
        return found, carried

    def why_not_carried(self, node: gast.ClassDef, name: str, carried: tuple[str, ...]) -> str | None:
        """Return what keeps the instances of a class from carrying a variable of the function."""
        body, given = self.fn.tree.body, parameters(self.fn.tree.args)
        is_given = name in given or name in self.fn.captured or name in self.cells and name not in self.locals
        reason = why_not_bound_once(body, node, name, is_given)
        return reason or why_not_carried(self.definition(node), carried) or why_not_passed(body, node)

    def content(self, name: str) -> Any:
        try:
            return self.cells[name].cell_contents
        except ValueError:
            return self

    def check_changes(self, node: gast.ClassDef) -> None:
        """Refuse a class that does something when it is made, or holds what changes."""
        held: dict[str, gast.AST | None] = {}
        for stmt in node.body:
            if isinstance(stmt, gast.Assign | gast.AnnAssign):
                targets = stmt.targets if isinstance(stmt, gast.Assign) else [stmt.target]
                names = (n.id for target in targets for n in nodes_in(target) if isinstance(n, gast.Name))
                held |= dict.fromkeys(names, stmt.value)
                if _is_empty(stmt.value):
                    raise self.error(
                        stmt,
                        "A class inside the function holds an empty container, which all instances share.",
                    )
            elif not isinstance(stmt, gast.FunctionDef | gast.Pass) and not _is_constant(stmt):
                raise self.error(stmt, "A class inside the function has statements in its body.")
        for use in nodes_in(self.fn.tree):
            changed = _changed_attribute(use, held)
            if isinstance(changed, gast.Attribute) and changed.attr in held:
                if changed is not use or getattr(changed.value, "id", "cls") in (node.name, "cls"):
                    raise self.error(
                        use, f"The attribute {changed.attr!r} of a class inside the function changes."
                    )


def _is_empty(value: gast.AST | None) -> bool:
    """Tell whether an expression makes an empty container."""
    if isinstance(value, gast.Call):
        return (
            getattr(value.func, "id", "") in ("list", "dict", "set", "defaultdict", "deque")
            and not value.args
        )
    return isinstance(value, gast.List | gast.Dict) and not (
        getattr(value, "elts", None) or getattr(value, "keys", None)
    )


def _is_constant(stmt: gast.stmt) -> bool:
    return isinstance(stmt, gast.Expr) and isinstance(stmt.value, gast.Constant)


def _changed_attribute(node: gast.AST, held: dict[str, gast.AST | None]) -> Any:
    """Return the attribute that a node binds, or whose value it changes; fields are each instance's own."""
    if isinstance(node, gast.Attribute) and isinstance(node.ctx, gast.Store | gast.Del):
        return node
    found: Any = None
    if isinstance(node, gast.Subscript) and isinstance(node.ctx, gast.Store | gast.Del):
        found = node.value
    elif isinstance(node, gast.AugAssign):
        found = node.target
    elif (
        isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr in _CHANGING
    ):
        found = node.func.value
    value = held.get(getattr(found, "attr", ""))
    of_instance = (
        value is None
        or isinstance(value, gast.Constant)
        or getattr(getattr(value, "func", None), "id", "") == "field"
    )
    return None if of_instance else found
