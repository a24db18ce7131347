"""Normal forms are kept, as long as all that they were made of is the same.

The same function is read for each kind of its arguments, and for each function that calls it.  A form depends on the
functions that were looked at for it, on what the names in these stand for, and on the classes in sight.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from srcad.analysis.class_effects import classes_in_sight, is_users
from srcad.frontend.statics import is_settled, is_static
from srcad.lang.function import Function, Nested
from srcad.lang.scope import Scope, replaceable_parts
from srcad.lang.source import noting_reads
from srcad.lang.walking import clone

__all__ = ["forget_forms", "is_kept", "kept_form"]

_MOST_FORMS = 256
_KEPT: dict[Any, _Form] = {}


def kept_form(function: Any, make: Callable[[Any], Function]) -> Function:
    """Return a copy of the normal form of a function, or of a nested one; ``make`` makes the form itself."""
    known = _KEPT.pop(function, None)
    if known is None or not known.holds():
        known = _made(function, make)
        if len(_KEPT) >= _MOST_FORMS:
            _KEPT.pop(next(iter(_KEPT)), None)
    _KEPT[function] = known
    return known.copy()


def is_kept(function: Any) -> bool:
    """Tell whether the form of a function may be kept: one that captures values would keep them as well."""
    if isinstance(function, Nested):
        return True
    cells = function.__closure__ if isinstance(function, types.FunctionType) else None
    return isinstance(function, types.FunctionType) and all(map(_is_static_cell, cells or ()))


def forget_forms() -> None:
    """Forget all forms, since a rule was added that they do not know."""
    _KEPT.clear()


@dataclass(frozen=True)
class _Form:
    """A normal form and what it was made of."""

    function: Function
    classes: list[type]
    met: list[tuple[Any, str, Any]]

    def holds(self) -> bool:
        """Tell whether everything is as it was."""
        return (
            all(_token(space, name) is token for space, name, token in self.met)
            and all(d.holds() for d in self.function.scope.dependencies)
            and classes_in_sight(self.function) == self.classes
        )

    def copy(self) -> Function:
        """Return the function with a tree and names of its own."""
        scope = self.function.scope
        own = Scope(dict(scope.statics), set(scope.taken), list(scope.dependencies), dict(scope.counts))
        return replace(self.function, tree=clone(self.function.tree), scope=own)


def _made(function: Any, make: Callable[[Any], Function]) -> _Form:
    with noting_reads() as read:
        made = make(function)
    met: dict[tuple[int, str], tuple[Any, str]] = {}
    for each in dict.fromkeys([made.source.func, *read]):
        for space, name in _named_in(each):
            met[id(space), name] = space, name
    return _Form(
        made, classes_in_sight(made), [(space, name, _token(space, name)) for space, name in met.values()]
    )


def _named_in(function: Any) -> Iterator[tuple[Any, str]]:
    """Yield what a function's names are looked up in, each with the name, and the parts that may be replaced."""
    if not isinstance(function, types.FunctionType):
        return
    yield from ((function, name) for _, name, _ in replaceable_parts(function))
    if not is_users(function):
        return
    names = {name for code in _codes(function.__code__) for name in code.co_names}
    space = function.__globals__
    for name in names & set(space):
        yield space, name
        module = space[name]
        if isinstance(module, types.ModuleType) and not is_settled(module):
            yield from ((vars(module), part) for part in names & set(vars(module)))
    for cell in function.__closure__ or ():
        yield cell, "cell_contents"


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """Yield a code and those of the functions inside."""
    yield code
    for value in code.co_consts:
        if isinstance(value, types.CodeType):
            yield from _codes(value)


def _token(space: Any, name: str) -> Any:
    """Return what tells whether a name stands for another function, class, module or container; of others the class."""
    try:
        value = space.get(name, _MISSING) if isinstance(space, dict) else getattr(space, name, _MISSING)
    except ValueError:  # a captured variable that is not bound yet
        return _MISSING
    return value if isinstance(space, types.FunctionType) or _is_structure(value) else type(value)


def _is_structure(value: Any) -> bool:
    return is_static(value) or isinstance(value, (dict, list, tuple))


_MISSING = object()


def _is_static_cell(cell: types.CellType) -> bool:
    try:
        return is_static(cell.cell_contents)
    except ValueError:
        return False
