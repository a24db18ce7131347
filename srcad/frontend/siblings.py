"""Functions that share captured variables with the one that calls them, as those of one maker do.

Before, where ``make`` defined both functions around one array ``buffer``::

    def f(x):
        buffer[0] = x
        return total()          # a function known by its name, which reads what it has captured itself

After::

    def f(x, buffer):
        buffer[0] = x
        return rt.closure(total, buffer)()

So what one of them stores in a shared variable, the others see: a derivative is taken with copies of what changes.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Iterator, Mapping
from typing import Any

import gast
import numpy as np

from srcad.analysis.class_effects import is_users
from srcad.analysis.sorts_outside import depend_on_sort
from srcad.errors import NoSourceError
from srcad.frontend.captured_state import may_change
from srcad.frontend.nested import as_definition
from srcad.frontend.statics import is_static, refer, runtime_name
from srcad.frontend.yields import has_yield
from srcad.lang import tree as t
from srcad.lang.function import Function, Nested
from srcad.lang.source import look_at
from srcad.lang.walking import clone, nodes_in
from srcad.rules import registry
from srcad.runtime.withheld import Captured

__all__ = ["Siblings", "as_nested", "captured_cells", "captured_elsewhere", "contents", "statics_reached"]

_IMMUTABLE = (int, float, complex, str, bytes, type(None), np.generic)


class Siblings:
    """The functions that share captured variables with a function that is being resolved.

    Attributes
    ----------
    held : dict
        The cells of variables that the function captures for them, and does not capture itself.
    made_first : list
        Statements for the beginning of the function, which make the closures of generators.
    """

    def __init__(
        self,
        fn: Function,
        cells: Mapping[str, types.CellType],
        captured: dict[str, None],
        local: set[str],
        free: set[str],
    ) -> None:
        self.fn, self.scope = fn, fn.scope
        self.cells, self.captured, self.local, self.free = cells, captured, local, free
        self.held: dict[str, types.CellType] = dict(fn.held or {})
        self.made_first: list[gast.stmt] = []
        self.generators: dict[Nested, str] = {}

    def closure(self, function: Any, takes_over: bool = True) -> gast.expr | None:
        """Return the closure of a function over the variables that it shares; None if it is no sibling.

        The caller ``takes_over`` what that one alone has captured, or only passes on what it has itself. The closure of
        a generator is made once, at the beginning, and has a name.
        """
        found = self._nested(function, takes_over)
        if found is None:
            return None
        nested, names = found
        key = self.scope.refer(nested, nested.name)
        made = t.call(runtime_name(self.scope, "closure"), t.name(key), *map(t.name, names))
        if not has_yield(nested.tree.body):
            return made
        if nested not in self.generators:
            self.generators[nested] = self.scope.fresh(nested.name)
            self.local.add(self.generators[nested])
            self.made_first.append(t.place(t.assign(self.generators[nested], made), self.fn.tree))
        return t.name(self.generators[nested])

    def passed(self, function: Any) -> list[str]:
        """Return the variables that are passed to a sibling."""
        found = self._nested(function, True)
        return [] if found is None else found[1]

    def held_elsewhere(self, name: str) -> gast.expr:
        """Return the read of a variable that a sibling has captured, and that its caller knows nothing of."""
        func = self.fn.source.func
        known = (v for v in self.scope.statics.values() if isinstance(v, Captured) and v.function is func)
        owner = next(known, None) or Captured(func)
        depend_on_sort(self.scope.dependencies, owner, name)
        title = f"captured_by_{func.__name__.strip('<>')}"
        return t.attribute(t.name(refer(self.scope, owner, title)), name)

    def _nested(self, function: Any, takes_over: bool) -> tuple[Nested, list[str]] | None:
        """Return a function that has captured what may be changed as a nested one, and the variables that it gets."""
        cells = captured_cells(function) if isinstance(function, types.FunctionType) else []
        known = self._names_of(cells, takes_over)
        if not cells or takes_over and not known:
            return None
        siblings = self.fn.siblings
        if function not in siblings:
            title = function.__name__.replace("<lambda>", "lambda_")
            made = as_nested(function, title, known, siblings)
            if made is None:
                return None
            siblings[function] = made
        nested = siblings[function]
        names = [n for cell in nested.held.values() for n, c in known.items() if c is cell]
        if len(names) < len(nested.held):
            return None
        self.captured.update(dict.fromkeys(known))
        self.held.update((n, cell) for n, cell in known.items() if n not in self.cells)
        return nested, names

    def _names_of(
        self, cells: list[tuple[str, types.CellType]], takes_over: bool
    ) -> dict[str, types.CellType]:
        """Return what captured variables are called here; in a nested function those that the call passes on."""
        found = {}
        for name, cell in cells:
            known = next((n for n, c in {**self.cells, **self.held}.items() if c is cell), None)
            if self.fn.held is not None:
                found.update({known: cell} if known in self.captured else {})
            elif (known or takes_over) and id(cell) in self._state:
                found[known or self.scope.fresh(name if name not in self.free else f"{name}_held")] = cell
        return found

    @functools.cached_property
    def _state(self) -> set[int]:
        """The cells that the function, or one that it reaches, may change, by identity."""
        return {
            id(cell)
            for function in _reached(self.fn.source.func)
            for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ())
            if inspect.isgeneratorfunction(function) or may_change(function, name)
        }


def captured_cells(function: types.FunctionType) -> list[tuple[str, types.CellType]]:
    """Return the variables that a function, or one that it reaches through these, captures, and that may be changed.

    Of generators, which are run where they are called, those that cannot be changed are returned too.

    >>> def make():
    ...     buffer, size = [1.0], 2
    ...     def mean(): return sum(buffer) / size
    ...     return mean
    >>> captured_cells(make())[0][0]
    'buffer'
    """
    found = {}
    for reached in _reached(function):
        left_out = () if inspect.isgeneratorfunction(reached) else _IMMUTABLE
        for name, cell in zip(reached.__code__.co_freevars, reached.__closure__ or ()):
            if not isinstance(contents(cell), left_out) and not is_static(contents(cell)):
                found.setdefault(id(cell), (name, cell))
    return list(found.values())


def as_nested(
    function: types.FunctionType,
    name: str,
    shared: Mapping[str, types.CellType],
    siblings: dict[types.FunctionType, Nested],
) -> Nested | None:
    """Return a function as one that is nested in its caller, from which it gets the ``shared`` variables.

    None where it cannot stand there: it has no source, binds a captured variable anew, or has defaults that are no
    literals. Its ``siblings`` are those of the caller: functions may call each other in a circle.
    """
    if not all(map(_may_be_nested, _reached(function))):
        return None
    own = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
    taken = {*function.__code__.co_varnames, *function.__code__.co_cellvars, *own}
    held = {}
    for outer, cell in shared.items():
        inner = next((n for n, c in own.items() if c is cell), outer)
        while inner in taken and inner not in own:
            inner += "_"
        held[inner] = cell
    source = look_at(function)
    definition = clone(as_definition(source.tree, "lambda_"))
    return Nested(definition, source, name, tuple(held), held=held, siblings=siblings)


def captured_elsewhere(fn: Function) -> list[tuple[str, types.FunctionType]]:
    """Return the variables that a function captures and that one captures too which it calls as it is, with that one."""
    own = dict(zip(fn.source.func.__code__.co_freevars, fn.source.func.__closure__ or ()))
    names = {id(cell): name for name, cell in {**own, **(fn.held or {})}.items() if name in fn.captured}
    if not names:
        return []
    statics = fn.scope.statics
    called = [v for v in statics.values() if isinstance(v, types.FunctionType) and v.__closure__]
    seen = [(cell, f) for g in called for f in _reached(g) for cell in f.__closure__ or ()]
    for node in nodes_in(fn.tree):
        owner = statics.get(getattr(node.value, "id", "")) if isinstance(node, gast.Attribute) else None
        if isinstance(owner, Captured):
            seen.append((owner.cell(node.attr), owner.function))
    return [(names[id(cell)], function) for cell, function in seen if id(cell) in names]


def statics_reached(function: types.FunctionType) -> list[tuple[types.CellType, Any]]:
    """Return the cells in which a function, or one that it reaches, has functions, classes and modules, with these."""
    cells = (cell for reached in _reached(function) for cell in reached.__closure__ or ())
    return [(cell, contents(cell)) for cell in cells if is_static(contents(cell))]


def contents(cell: types.CellType) -> Any:
    """Return what a captured variable holds; None as long as it is not bound.

    >>> contents(types.CellType(2.0)), contents(types.CellType())
    (2.0, None)
    """
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _reached(function: types.FunctionType) -> list[types.FunctionType]:
    """Return a function and those of the user's that it reaches through what it captures."""
    found = {id(function): function}
    new = [function]
    while new:
        for called in _called(new.pop()):
            if id(called) not in found:
                found[id(called)] = called
                new.append(called)
    return list(found.values())


def _called(function: types.FunctionType) -> Iterator[types.FunctionType]:
    for cell in function.__closure__ or ():
        held = contents(cell)
        if isinstance(held, types.FunctionType) and is_users(held) and registry.find(held) is None:
            yield held


def _may_be_nested(function: types.FunctionType) -> bool:
    """Tell whether a function has source, literal defaults, and does not bind what it has captured."""
    if types.CellType() in (function.__closure__ or ()) or function.__code__.co_flags & (
        inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    ):
        return False
    try:
        tree = look_at(function).tree
    except NoSourceError:
        return False
    bound = {name for node in nodes_in(tree) if isinstance(node, gast.Nonlocal) for name in node.names}
    if bound.intersection(function.__code__.co_freevars):
        return False
    defaults = [d for d in (*tree.args.defaults, *tree.args.kw_defaults) if d is not None]
    now = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    literal = all(isinstance(d, gast.Constant) for d in defaults)
    return literal and [d.value for d in defaults] == list(now)
