"""Names: replace every name by what it stands for, a local variable or a static.

Before, where the module ``demo`` has ``import numpy as n; scale = 2``::

    def f(x):
        return n.sin(x) * scale

After, with ``scope.statics`` knowing ``np.sin`` and ``demo``::

    def f(x):
        return np.sin(x) * demo.scale

where ``np.sin`` is one name and ``demo.scale`` an attribute, read whenever the statement runs. Comprehension
targets get names of their own, and a nested function becomes a call of ``rt.closure`` with the variables that
it reads.

>>> import numpy
>>> from srcad.frontend.statics import canonical
>>> canonical(numpy.sin), canonical(len), canonical(numpy.linalg)
('np.sin', 'len', 'np.linalg')

>>> from srcad.frontend.stages import after
>>> text = "def f(x): return (lambda u: u * scale)(abs(x)) + scale"
>>> print(after("resolve", text, scale=2))
def f(x):
    return rt.closure(f_lambda_)(abs(x)) + demo.scale
"""

from __future__ import annotations

import builtins
import importlib
import inspect
import sys
import types
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcad.analysis.class_effects import is_users
from srcad.analysis.plain_classes import method_of_class
from srcad.analysis.sorts_outside import depend_on_sort, owner_of
from srcad.errors import UnsupportedError
from srcad.frontend.cells import Cell, filled_at_once, of_comprehension, rebound
from srcad.frontend.computed_defaults import hold_defaults
from srcad.frontend.late_results import gives_late
from srcad.frontend.nested import as_definition, free_names, is_plain, parameters
from srcad.frontend.siblings import Siblings, contents
from srcad.frontend.statics import (
    READ_BY_PLACES,
    Globals,
    canonical,
    is_distribution,
    is_settled,
    is_static,
    refer,
    runtime_name,
    title_of_module,
    without_cache,
)
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested
from srcad.lang.scope import Dependency, replaceable_parts
from srcad.lang.walking import NodeTransformer, copy_location
from srcad.rules import registry
from srcad.runtime.libraries import OfLibrary

__all__ = ["resolve"]

CAPTURED_AND_MATCHED = (
    "A variable that a nested function captures is bound by a pattern.",
    "Bind another name in the pattern and assign it to the variable.",
)
_METHODS_OF_UFUNCS = frozenset({"reduce", "accumulate", "reduceat", "outer", "at"})
UNSEEN = frozenset({"locals", "globals", "eval", "exec"})


def resolve(fn: Function) -> Function:
    """Make statics of the names of functions, classes and modules, and record what was looked up."""
    resolver = Resolver(fn)
    body = filled_at_once([*resolver.prologue, *resolver.block(fn.tree.body)], len(resolver.prologue))
    body = [*resolver.siblings.made_first, *body]
    held = resolver.siblings.held if fn.held is None else fn.held
    return replace(fn.with_body(body), captured=tuple(resolver.captured), held=held)


class Resolver(NodeTransformer):
    """Visits the nodes of one function."""

    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.scope = fn.scope
        self.func = fn.source.func
        self.known = dict(self.scope.statics)
        self.scope.statics.clear()
        code = self.func.__code__
        self.cells = dict(zip(code.co_freevars, self.func.__closure__ or (), strict=False))
        self.captured = dict.fromkeys(fn.captured)
        self.params = parameters(fn.tree.args)
        self.missing: dict[int, ImportError] = {}
        self.globals = t.global_names(fn.tree.body)
        self.locals = set(self.params) | set(fn.captured) | self._bound(fn.tree.body)
        self.known = {name: value for name, value in self.known.items() if name not in self.locals}
        self.renamed: dict[str, str] = {}
        free = set(free_names(fn.tree))
        self.scope.take(self.locals - {"np", "rt"} | set(self.params) | (free & set(self.cells)))
        self.siblings = Siblings(fn, self.cells, self.captured, self.locals, free)
        self.boxed = {name: v.name for name, v in self.known.items() if isinstance(v, Cell)}
        self.prologue: list[gast.stmt] = []
        self._box()
        for clash in sorted({"np", "rt"} & self.locals - set(self.params) - set(fn.captured)):
            self.renamed[clash] = self.scope.fresh(f"{clash}_")

    def _bound(self, body: list[gast.stmt]) -> set[str]:
        """Return the local names; what only imports bind becomes known instead."""
        nodes = list(t.own_nodes(body))
        imports = [n for n in nodes if isinstance(n, gast.Import | gast.ImportFrom)]
        others = [n for n in body if n not in imports] if imports else body
        shared = t.nonlocal_names(body) | self.globals
        bound = t.bound_names(others) - shared
        for node in imports:
            try:
                imported = _imported(node, self.func.__globals__)
            except ImportError as error:
                self.missing[id(node)] = error
                continue
            for name, value in imported.items():
                self.known[name] = value
                bound.discard(name)
        for node in nodes:
            stored = isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store)
            if stored and node.id in self.known and node.id not in shared:
                bound.add(node.id)
        return bound

    def _box(self) -> None:
        """Make cells for the variables that closures must see change."""
        for name, node in rebound(self.fn.tree):
            if name in self.boxed:
                continue
            if name not in self.locals or of_comprehension(self.fn.tree, name, node):
                raise self.error(
                    node, f"The nested function reads {name!r}, which the comprehension changes later.",
                    f"Give it the present value as a default: 'lambda ..., {name}={name}: ...'.",
                )  # fmt: skip
            self.boxed[name] = self.scope.fresh(f"{name}_cell")
            value = t.name(name) if name in self.params else t.constant(None)
            first = t.assign(self.boxed[name], gast.List([value], gast.Load()))
            self.prologue.append(t.place(first, self.fn.tree))

    def block(self, body: list[gast.stmt]) -> list[gast.stmt]:
        """Resolve statements."""
        done: list[gast.stmt] = []
        for statement in body:
            made = self.visit(statement)
            done.extend(made if isinstance(made, list) else [made] if made is not None else [])
        return done

    def error(self, node: gast.AST, reason: str, hint: str) -> UnsupportedError:
        """Return the error that refuses ``node``."""
        return UnsupportedError(reason, hint, self.fn.source.locate(node))

    # names

    def visit_Name(self, node: gast.Name) -> gast.expr:
        """Return the local variable, the static, or the read of a global value."""
        if node.id in self.renamed:
            return copy_location(gast.Name(self.renamed[node.id], node.ctx, None, None), node)
        if node.id in self.boxed:
            cell = gast.Subscript(t.name(self.boxed[node.id]), t.constant(0), node.ctx)
            return t.place(copy_location(cell, node), node)
        if node.id in self.globals and not isinstance(node.ctx, gast.Load):
            return t.place(gast.Attribute(self._module(), node.id, node.ctx), node)
        if node.id in self.locals or not isinstance(node.ctx, gast.Load):
            return copy_location(gast.Name(node.id, node.ctx, None, None), node)
        if node.id in self.known:
            return t.place(self._known(node.id, self.known[node.id]), node)
        if node.id in self.cells:
            return t.place(self._cell(node.id, self.cells[node.id]), node)
        return t.place(self._global(node.id, node), node)

    def _known(self, name: str, value: Any) -> gast.expr:
        """Return the name of a local import, or of the nested function itself."""
        if isinstance(value, Nested):
            key = self.scope.refer(value, value.name)
            return t.call(runtime_name(self.scope, "closure"), *map(t.name, [key, *value.captured]))
        return t.name(refer(self.scope, value, canonical(value) or name))

    def _cell(self, name: str, cell: types.CellType) -> gast.expr:
        """Return a free variable: a static where it holds a function, class or module."""
        value = contents(cell)
        if is_static(value):
            self._depend(cell, name, value)
            sibling = self.siblings.closure(value)
            if sibling is not None:
                return sibling
            value = without_cache(value)
            self.scope.taken.discard(name)
            title = name if name != "__class__" else self._class_title(value)
            return t.name(refer(self.scope, value, canonical(value) or title))
        if self.fn.held is not None and name not in self.captured:
            return self.siblings.held_elsewhere(name)
        self.captured[name] = None
        return t.name(name)

    def _class_title(self, cls: type) -> str:
        """Return the name of the class that a method is written in."""
        space = self.func.__globals__
        of_module = space.get(cls.__name__) is cls
        return (
            f"{title_of_module(space.get('__name__', 'globals'))}.{cls.__name__}"
            if of_module
            else cls.__name__
        )

    def _global(self, name: str, node: gast.AST) -> gast.expr:
        """Return a global or builtin: a static, or an attribute of the module."""
        space = self.func.__globals__
        if name in space:
            value = space[name]
            if is_static(value):
                self._depend(space, name, value)
                sibling = self.siblings.closure(value, takes_over=False)
                if sibling is not None:
                    return sibling
                value = without_cache(value)
                own = canonical(value) or f"{title_of_module(space.get('__name__', 'globals'))}.{name}"
                return t.name(refer(self.scope, value, own))
        elif hasattr(builtins, name):
            value = getattr(builtins, name)
            if name in UNSEEN:
                raise self.error(
                    node, f"The code that {name}() works on is not known before it runs.",
                    "Write out what it does, in ordinary statements.",
                )  # fmt: skip
            return t.name(refer(self.scope, value, name))
        module = self._module()
        if name not in space:
            return t.call(runtime_name(self.scope, "late_global"), module, t.constant(name))
        self._depend_on_sort(node, space, name)
        return t.attribute(module, name)

    def _module(self) -> gast.expr:
        """Return the module of the function, or its globals as attributes."""
        space = self.func.__globals__
        home = sys.modules.get(space.get("__name__", ""))
        if home is None or vars(home) is not space:
            home = next((v for v in self.scope.statics.values() if isinstance(v, Globals)), Globals(space))
        return t.name(refer(self.scope, home, title_of_module(space.get("__name__", "globals"))))

    def _depend_on_sort(self, node: gast.AST, space: Any, name: str) -> None:
        """Record that the result relies on the sort of a value outside, which is read at ``node``."""
        try:
            depend_on_sort(self.scope.dependencies, space, name)
        except UnsupportedError as error:
            raise error.at(self.fn.source.locate(node)) from None

    def _depend(self, space: Any, name: str, value: Any) -> None:
        """Record that the result relies on a name."""
        if not any(d.space is space and d.name == name for d in self.scope.dependencies):
            self.scope.dependencies.append(Dependency(space, name, value))
            if isinstance(value, types.FunctionType) and is_users(value):
                self.scope.dependencies += [Dependency(*part) for part in replaceable_parts(value)]

    def visit_Attribute(self, node: gast.Attribute) -> gast.expr:
        """Return an attribute; one of a static module becomes a static where it can."""
        value = self.visit(node.value)
        attr = self._mangled(node.attr)
        made = copy_location(gast.Attribute(value, attr, node.ctx), node)
        module = self.scope.statics.get(value.id) if isinstance(value, gast.Name) else None
        if not isinstance(node.ctx, gast.Load):
            return made
        found = getattr(module, attr, module)
        is_method = is_distribution(module) and isinstance(found, types.MethodType)
        is_method = is_method or isinstance(module, OfLibrary) and callable(found) and found is not module
        if is_method or isinstance(module, np.ufunc) and attr in _METHODS_OF_UFUNCS:
            return t.place(t.name(refer(self.scope, found, f"{value.id}.{attr}")), node)
        method = _found_in_class(module, attr)
        if isinstance(method, staticmethod):
            self._depend(*owner_of(module, attr), method)
            return t.place(t.name(self._method(module, attr, method)), node)
        if isinstance(module, type) and found is not module:
            self._depend_on_sort(node, *owner_of(module, attr))
        if isinstance(module, types.FunctionType):
            self._depend_on_sort(node, vars(module), attr)
        if not isinstance(module, types.ModuleType) or found is module:
            return made
        if not (is_settled(module) or is_static(found)):
            self._depend_on_sort(node, vars(module), attr)
            return made
        if not is_settled(module):
            self._depend(vars(module), attr, found)
            found = without_cache(found)
        if isinstance(found, types.ModuleType):
            name = canonical(found) or attr
        else:
            name = f"{value.id}.{attr}"
        return t.place(t.name(refer(self.scope, found, name)), node)

    def _method(self, cls: type, title: str, method: Any) -> str:
        """Return the static name of the function that a static or class method is."""
        self.scope.dependencies += [Dependency(*part) for part in replaceable_parts(method.__func__)]
        return refer(self.scope, method.__func__, f"{cls.__name__}_{title}")

    def _mangled(self, attr: str) -> str:
        """Return the name of an attribute as the class around the function sees it."""
        if not attr.startswith("__") or attr.endswith("__"):
            return attr
        path = self.func.__qualname__.split(".")
        owner = path[-2].lstrip("_") if len(path) > 1 and path[-2] != "<locals>" else ""
        return f"_{owner}{attr}" if owner else attr

    def visit_Compare(self, node: gast.Compare) -> gast.expr:
        """Resolve a comparison; whether a text is ``in globals()`` is whether the module has that name."""
        title = node.left.value if isinstance(node.left, gast.Constant) else None
        among = len(node.ops) == 1 and isinstance(node.ops[0], (gast.In, gast.NotIn))
        if not among or not self._is_variable(title) or not self._is_globals(node.comparators[0]):
            return self.generic_visit(node)
        found = t.call(refer(self.scope, hasattr, "hasattr"), self._module(), t.constant(title))
        return t.place(found if isinstance(node.ops[0], gast.In) else gast.UnaryOp(gast.Not(), found), node)

    def visit_Subscript(self, node: gast.Subscript) -> gast.expr:
        """Resolve a subscript; ``globals()["name"]`` reads the variable of the module."""
        title = node.slice.value if isinstance(node.slice, gast.Constant) else None
        read = isinstance(node.ctx, gast.Load) and self._is_variable(title) and self._is_globals(node.value)
        if not read or title not in self.func.__globals__:
            return self.generic_visit(node)
        return t.place(self._global(title, node), node)

    def _is_globals(self, node: gast.AST) -> bool:
        """Tell whether a node is ``globals()``."""
        if not isinstance(node, gast.Call) or node.args or node.keywords or "globals" in self.locals:
            return False
        return getattr(node.func, "id", "") == "globals" and "globals" not in self.func.__globals__

    def _is_variable(self, title: Any) -> bool:
        """Tell whether a text is the name of a variable, and not of what all modules have."""
        return isinstance(title, str) and title.isidentifier() and not hasattr(types.ModuleType, title)

    def visit_Call(self, node: gast.Call) -> gast.expr:
        """Resolve a call; ``super()`` gets its arguments, a nested function's call of itself its captures."""
        made = self.generic_visit(node)
        func = made.func
        owner = (
            self.scope.statics.get(getattr(func.value, "id", ""))
            if isinstance(func, gast.Attribute)
            else None
        )
        method = _found_in_class(owner, func.attr) if owner is not None else None
        if isinstance(method, classmethod):
            self._depend(*owner_of(owner, func.attr), method)
            made.args.insert(0, func.value)
            made.func = t.place(t.name(self._method(owner, func.attr, method)), node)
            return t.place(made, node)
        called = self.scope.statics.get(func.id) if isinstance(func, gast.Name) else None
        refused = isinstance(called, type) and called not in READ_BY_PLACES
        refused = refused and not called.__module__.startswith(
            "scipy.sparse."
        )  # which may be made of constants
        reason = registry.reason_refused(called) if refused else None
        if reason is not None:
            raise self.error(node, reason, "")
        if isinstance(func, gast.Name) and self.scope.statics.get(func.id) is super and not made.args:
            if "__class__" in self.cells and self.params:
                made.args = [self._cell("__class__", self.cells["__class__"]), t.name(self.params[0])]
        elif isinstance(func, gast.Call) and isinstance(node.func, gast.Name):
            own, *rest = func.args
            nested = self.scope.statics.get(own.id)
            if not isinstance(nested, Nested):
                return t.place(made, node)
            made.func = own
            if is_plain(nested.tree.args):
                made.args.extend(rest)
            else:
                pairs = zip(nested.captured, rest, strict=True)
                made.keywords.extend(gast.keyword(name, value) for name, value in pairs)
        return t.place(made, node)

    # scopes

    def _comprehension(self, node: Any) -> Any:
        """Resolve a comprehension, whose targets are its own."""
        outer = self.renamed
        fields: dict[str, Any] = {}
        generators = []
        for generator in node.generators:
            iterable = self.visit(generator.iter)
            own = t.names_written(generator.target)
            self.renamed = self.renamed | {name: self.scope.fresh(name) for name in sorted(own)}
            target = self.visit(generator.target)
            ifs = [self.visit(condition) for condition in generator.ifs]
            generators.append(gast.comprehension(target, iterable, ifs, generator.is_async))
        for field in ("key", "value", "elt"):
            if hasattr(node, field):
                fields[field] = self.visit(getattr(node, field))
        self.renamed = outer
        return copy_location(type(node)(**fields, generators=generators), node)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_FunctionDef(self, node: gast.FunctionDef) -> gast.stmt:
        """Bind the closure to the function's name."""
        own = self.visit(copy_location(t.store(node.name), node))
        recursive = None if node.name in self.boxed else node.name
        return t.place(t.assign(own, self._closure(node, node.name, recursive)), node)

    def visit_Lambda(self, node: gast.Lambda) -> gast.expr:
        """Make a closure."""
        return t.place(self._closure(as_definition(node, "lambda_"), "lambda_", None), node)

    def _closure(self, definition: gast.FunctionDef, hint: str, own: str | None) -> gast.expr:
        """Return the call that binds the captured variables of a nested function."""
        free = free_names(definition)
        cells = {n: self.boxed[n] for n in free if n in self.boxed and n not in self.renamed}
        outside = [
            n for n in free if n in self.locals | set(self.renamed) | set(self.captured) | set(self.boxed)
        ]
        for name in free:
            if name not in outside and name in self.cells:
                read = self.visit(t.name(name))
                passed = self.siblings.passed(contents(self.cells[name])) or [getattr(read, "id", "")]
                outside.extend(n for n in passed if n in self.captured and n not in outside)
        for name in free:
            around = self.known.get(name)
            if isinstance(around, Nested) and name not in outside:
                outside.extend(n for n in around.captured if n not in outside)
        captured = tuple(n for n in outside if n != own)
        values = [
            t.name(cells.get(n, n)) if n in cells or n in self.siblings.held else self.visit(t.name(n))
            for n in captured
        ]
        captured = tuple(cells.get(n, n) for n in captured)
        definition, defaults = hold_defaults(definition)
        captured += tuple(defaults)
        values += [self.visit(default) for default in defaults.values()]
        key = self.scope.fresh(f"{self.fn.tree.name}_{hint}".replace("__", "_"))
        self.scope.taken.discard(key)
        known = {name: self.known[name] for name in free if name in self.known and name not in outside}
        held = {n: cell for n, cell in self.siblings.held.items() if n in captured}
        nested = Nested(definition, self.fn.source, key, captured, known, cells, held, self.fn.siblings)
        if own in free:
            nested.statics[own] = nested
        self.scope.statics[key] = nested
        return t.call(runtime_name(self.scope, "closure"), t.name(key), *values)

    # what needs no resolution

    def visit_AnnAssign(self, node: gast.AnnAssign) -> gast.stmt | None:
        """Drop the annotation, which a function does not evaluate."""
        if node.value is None:
            return None
        return copy_location(gast.Assign([self.visit(node.target)], self.visit(node.value), None), node)

    def visit_Import(self, node: gast.AST) -> gast.Raise | None:
        """Drop an import, whose names are known; one that fails does so where the program comes to it."""
        error = self.missing.get(id(node))
        if error is None:
            return None
        title = refer(self.scope, type(error), type(error).__name__)
        return t.place(gast.Raise(t.call(title, t.constant(str(error))), None), node)

    def visit_Delete(self, node: gast.Delete) -> gast.stmt | None:
        """Drop the deletion of variables."""
        targets = [self.visit(target) for target in node.targets if not isinstance(target, gast.Name)]
        return copy_location(gast.Delete(targets), node) if targets else None

    visit_ImportFrom = visit_Global = visit_Nonlocal = visit_Import

    def generic_visit(self, node: gast.AST) -> Any:
        """Resolve the children into a new node; an emptied block gets ``pass``."""
        made = type(node)(
            **{field: self._field(field, value, node) for field, value in gast.iter_fields(node)}
        )
        return copy_location(made, node)

    def _field(self, field: str, value: Any, node: gast.AST) -> Any:
        """Resolve one field."""
        if isinstance(value, list):
            if field == "body" and value and isinstance(value[0], gast.stmt):
                return self.block(value) or [t.place(gast.Pass(), node)]
            if value and isinstance(value[0], gast.stmt):
                return self.block(value)
            return [self.visit(v) if isinstance(v, gast.AST) else v for v in value]
        if isinstance(value, str) and field in ("name", "rest"):
            if value in self.boxed:
                raise self.error(node, *CAPTURED_AND_MATCHED)
            return self.renamed.get(value, value)
        return self.visit(value) if isinstance(value, gast.AST) else value


def _imported(node: gast.Import | gast.ImportFrom, space: dict[str, Any]) -> dict[str, Any]:
    """Carry out an import and return what it binds."""
    if isinstance(node, gast.Import):
        found = {}
        for alias in node.names:
            module = importlib.import_module(alias.name)
            top = importlib.import_module(alias.name.partition(".")[0])
            found[alias.asname or alias.name.partition(".")[0]] = module if alias.asname else top
        return found
    module = importlib.import_module("." * (node.level or 0) + (node.module or ""), space.get("__package__"))
    found = {}
    for alias in node.names:
        if not hasattr(module, alias.name):
            importlib.import_module(f"{module.__name__}.{alias.name}")
        found[alias.asname or alias.name] = getattr(module, alias.name)
    return found


def _found_in_class(owner: Any, title: str) -> Any:
    """Return the static or class method that a class has, but for those that return iterators."""
    found = method_of_class(owner, title)
    if found is None or inspect.isgeneratorfunction(found.__func__):
        return found
    return None if gives_late(found.__func__, owner) else found
