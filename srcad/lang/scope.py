"""Names: what the static ones stand for, which are taken, and how to make a fresh one."""

from __future__ import annotations

import builtins
import marshal
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import Any

__all__ = ["Dependency", "Scope", "SortDependency", "is_reserved", "replaceable_parts"]

_OF_MODULES = frozenset(dir(types.ModuleType))
_ALL_PARTS = ("__code__", "__defaults__", "__kwdefaults__")


@dataclass(frozen=True)
class Dependency:
    """A name outside the function whose value was read when compiling; a change makes the result void.

    ``space`` is a namespace, the cell of a captured variable or an object with an attribute of this name.
    """

    space: Any
    name: str
    value: Any

    def holds(self) -> bool:
        """Tell whether the name still has the value it had."""
        if isinstance(self.space, Mapping):
            return self.space.get(self.name, self) is self.value
        if not isinstance(self.space, types.CellType):
            return getattr(self.space, self.name, self) is self.value
        try:
            return self.space.cell_contents is self.value
        except ValueError:
            return False


def replaceable_parts(function: types.FunctionType) -> list[tuple[types.FunctionType, str, Any]]:
    """Return what tools that load code anew replace in a function, and its defaults: (function, attribute, value).

    >>> def scaled(x, by=2.0): return x * by
    >>> [(name, value) for _, name, value in replaceable_parts(scaled)][1:]
    [('__defaults__', (2.0,))]
    """
    names = ("__code__", "__defaults__") if function.__kwdefaults__ is None else _ALL_PARTS
    return [(function, name, getattr(function, name)) for name in names]


@dataclass(frozen=True)
class SortDependency(Dependency):
    """A name whose value is read at every call, and whose sort (a float, an array of two axes) was read when compiling.

    ``value`` is the sort, as ``sort_of`` tells it. That takes its time for a table; so ``latest`` keeps how the value
    that was last looked at is written, and one that is written in the same way is not looked at.
    """

    sort_of: Callable[[Any], Any]
    latest: list[bytes] = field(default_factory=list, compare=False)

    def holds(self) -> bool:
        """Tell whether the name still has a value of this sort."""
        return self.name in self.space and self.alike(self.space[self.name])

    def alike(self, value: Any) -> bool:
        """Tell whether a value is of this sort."""
        text = _written(value) if type(value) in _CONTAINERS else None
        if text is not None and text in self.latest:
            return True
        if self.sort_of(value) != self.value:
            return False
        self.latest[:] = [text] if text is not None and _is_plain(value) else []
        return True


_CONTAINERS = (dict, list, tuple)
_MOST_WRITTEN = 4096


def _written(value: Any) -> bytes | None:
    """Return a text that is the same for plain containers of the same contents alone; None where it would be long."""
    try:
        return marshal.dumps(value, 2) if len(value) <= _MOST_WRITTEN else None
    except ValueError:
        return None


def _is_plain(value: Any, depth: int = 4) -> bool:
    """Tell whether a value is a number, a text or None, or a container of such: what is written says all of those."""
    if value is None or type(value) in (float, int, bool, str):
        return True
    if type(value) not in _CONTAINERS or depth == 0:
        return False
    parts = (*value, *value.values()) if type(value) is dict else value
    return all(_is_plain(part, depth - 1) for part in parts)


@dataclass
class Scope:
    """The names of one generated module.

    Attributes
    ----------
    statics : dict
        From a (possibly dotted) name in the tree to the function, class or module it stands for.
    taken : set
        Identifiers in use.
    dependencies : list
        What the user may rebind and the compiled result relies on.
    """

    statics: dict[str, Any] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    dependencies: list[Dependency] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict, repr=False)

    def fresh(self, hint: str) -> str:
        """Return an identifier that is not in use, ``hint`` itself where it is free."""
        if not (hint.isascii() and hint.isidentifier()):
            hint = re.sub(r"\W", "_", hint) or "t"
        name, count = hint, self.counts.get(hint, 0)
        while name in self.taken or name in self.statics or is_reserved(name):
            count += 1
            name = f"{hint}_{count}" if not hint == "t" else f"t{count}"
        self.counts[hint] = count
        self.taken.add(name)
        return name

    def title(self, wanted: str) -> str:
        """Return a name for a function of the generated module, ``wanted`` itself where the program knows nothing by it.

        >>> scope = Scope()
        >>> scope.statics["step_backward"] = abs
        >>> scope.title("step_forward"), scope.title("step_backward")
        ('step_forward', 'step_backward_')
        """
        while wanted in self.statics or is_reserved(wanted):
            wanted += "_"
        return wanted

    def mark(self) -> tuple[set[str], dict[str, int]]:
        """Return what `restore` needs to forget the names that are made from now on."""
        return set(self.taken), dict(self.counts)

    def restore(self, mark: tuple[set[str], dict[str, int]]) -> None:
        """Forget the names that were made since `mark` was called."""
        self.taken, self.counts = mark

    def take(self, names: Iterable[str]) -> None:
        """Mark identifiers as used."""
        self.taken.update(names)

    def refer(self, value: Any, name: str) -> str:
        """Make ``name`` (or a variant of it that is free) stand for ``value`` and return it."""
        candidate, count = name, 0
        while (
            candidate in self.statics and not _are_same(self.statics[candidate], value)
        ) or candidate in self.taken:
            count += 1
            candidate = f"{name}_{count}"
        self.statics[candidate] = value
        return candidate


def _are_same(first: Any, second: Any) -> bool:
    """Tell whether two values are one object; each reading of a method, as that of ``np.add.at``, makes a new one.

    >>> _are_same("".join, "".join), _are_same(Scope().refer, Scope().refer)
    (True, False)
    """
    bound = type(first) is type(second) and isinstance(first, (types.BuiltinMethodType, types.MethodType))
    return first is second or bound and first == second


def is_reserved(name: str) -> bool:
    """Tell whether a name means something in Python itself, as ``del`` and ``dict`` do."""
    return (
        iskeyword(name) or name != "_" and (name in vars(builtins) or name in _OF_MODULES)
    )  # the console keeps its last value in _
