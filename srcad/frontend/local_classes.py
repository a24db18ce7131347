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

Python makes a new class at each call.  So what its methods read of the function must be functions, classes and modules,
and what it holds itself must not change.

>>> from srcad.frontend.stages import after
>>> text = "def f(x):\\n    class Line:\\n        def at(self, x): return 2 * x\\n    return Line().at(x)"
>>> print(after("make_local_classes", text))
def f(x):
    return Line().at(x)
"""

from __future__ import annotations
import __future__

import ast
import types
import weakref
from typing import Any

import gast

from srcad.errors import UnsupportedError
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
    if not found:
        return fn
    maker = _Maker(fn)
    for node in found:
        fn.scope.statics[node.name] = maker.made(node)
    body = [stmt for stmt in map(_Dropping().visit, fn.tree.body) if stmt is not None]
    return fn.with_body(body or [t.place(gast.Pass(), fn.tree)])


class _Dropping(NodeTransformer):
    """Leaves the definitions of classes out."""

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
        read = self.read(node)
        key = (node.lineno, node.name, tuple((name, id(value)) for name, value in read.items()))
        if key not in known:
            known[key] = self.factory(node, tuple(read))(*read.values()), read
        return known[key][0]

    def factory(self, node: gast.ClassDef, names: tuple[str, ...]) -> Any:
        """Return the function of these values that makes the class, with the positions of its file."""
        space: dict[str, Any] = {}
        exec(self.compiled(node, names), self.func.__globals__, space)
        return lambda *values: space["around"](*values)()

    def compiled(self, node: gast.ClassDef, names: tuple[str, ...]) -> types.CodeType:
        definition = class_definition(self.fn.source, node)
        if definition is None:
            raise self.error(node, "The text of a class inside the function is not to be found.")
        title = self.fn.source.title if self.fn.source.title.isidentifier() else "lambda_"
        text = (
            f"def around({', '.join(names)}):\n def {title}():\n  pass\n  return {node.name}\n return {title}"
        )
        tree = ast.parse(text)
        tree.body[0].body[0].body[0] = definition  # type: ignore[attr-defined]
        flags = self.func.__code__.co_flags & _FLAGS
        return compile(tree, self.fn.source.file, "exec", flags=flags, dont_inherit=True)

    def read(self, node: gast.ClassDef) -> dict[str, Any]:
        """Return the functions, classes and modules that the class reads of the functions around it."""
        statics = self.fn.scope.statics
        candidates = sorted({*self.locals, *self.cells, *statics} - {"__class__", node.name})
        around = next(c for c in self.compiled(node, tuple(candidates)).co_consts if hasattr(c, "co_consts"))
        inner = next(c for c in around.co_consts if hasattr(c, "co_consts"))
        found: dict[str, Any] = {}
        for name in inner.co_freevars:
            value = statics.get(name, self)
            if value is self and name not in self.locals and name in self.cells:
                value = self.content(name)
            if isinstance(value, Cell) or not is_static(value):
                use = next((n for n in nodes_in(node) if getattr(n, "id", None) == name), node)
                raise self.error(
                    use, f"The class {node.name!r} inside the function reads {name!r}, a variable around it."
                )
            found[name] = value
        return found

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
