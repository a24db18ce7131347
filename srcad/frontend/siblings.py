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

import inspect
import types
from collections.abc import Iterator, Mapping
from typing import Any

import gast
import numpy as np

from srcad.analysis.class_effects import is_users
from srcad.errors import NoSourceError
from srcad.frontend.nested import as_definition
from srcad.frontend.statics import is_static
from srcad.lang.function import Function, Nested
from srcad.lang.source import look_at
from srcad.lang.walking import clone, nodes_in
from srcad.rules import registry

__all__ = ["as_nested", "captured_cells", "captured_elsewhere", "contents", "stores_in"]

_IMMUTABLE = (int, float, complex, str, bytes, type(None), np.generic)


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
    called = [v for v in fn.scope.statics.values() if isinstance(v, types.FunctionType) and v.__closure__]
    return [
        (names[id(cell)], reached)
        for function in (called if names else ())
        for reached in _reached(function)
        for cell in reached.__closure__ or ()
        if id(cell) in names
    ]


def stores_in(function: types.FunctionType, name: str) -> bool:
    """Tell whether a function has a statement that changes what it has captured as ``name``, or may have.

    >>> def make():
    ...     seen = []
    ...     def note(x): seen.append(x)
    ...     def count(): return len(seen)
    ...     return note, count
    >>> [stores_in(function, "seen") for function in make()]
    [True, False]
    """
    try:
        nodes = list(nodes_in(look_at(function).tree))
    except NoSourceError:
        return True
    read = [n for n in nodes if isinstance(n, gast.Subscript) and isinstance(n.ctx, gast.Load)]
    read += [n for n in nodes if isinstance(n, gast.BinOp | gast.Compare | gast.For)]
    read += [
        n for n in nodes if isinstance(n, gast.Call) and getattr(n.func, "id", "") in ("len", "sum", "range")
    ]
    mentions = sum(isinstance(n, gast.Name) and n.id == name for n in nodes)
    plain = {
        id(part) for node in read for part in gast.iter_child_nodes(node) if getattr(part, "id", "") == name
    }
    return mentions > len(plain)


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
