"""Guards on arguments, written out as Python: what tells whether a call may take the short way.

An array is told by its class, its dtype and its shape, of which the rank and the axes of length one matter. All arrays
are compared at once, those of one dtype with one another.  A call mostly has the shapes of the one before it ::

    type(a0) is ndarray and type(a1) is ndarray and a0.dtype is a1.dtype is V0 \\
        and ((shapes := (a0.shape, a1.shape)) == V1.latest or V1.admit(shapes))
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping
from typing import Any

import numpy as np

from srcad.analysis.fingerprints import fingerprint
from srcad.analysis.kinds import Kind
from srcad.lang.scope import SortDependency

__all__ = ["MISSING", "Names", "tests_of"]

_DEEPEST = 3
_MOST_PARTS = 32
_PLAIN = (float, int, bool, complex, str, bytes)
MISSING = inspect.Parameter.empty

Shape = tuple[int, ...]


class _Shapes:
    """The shapes of all arrays of one call, and which others the same code is for."""

    __slots__ = ("latest", "_is_one")

    def __init__(self, shapes: tuple[Shape, ...]) -> None:
        self.latest = shapes
        self._is_one = [[size == 1 for size in shape] for shape in shapes]

    def admit(self, shapes: tuple[Shape, ...]) -> bool:
        """Tell whether arrays of these shapes have the same ranks and axes of length one; if so, they are the latest."""
        if [[size == 1 for size in shape] for shape in shapes] != self._is_one:
            return False
        self.latest = shapes
        return True


class Names:
    """What the guards refer to, and the arrays whose dtypes and shapes are still to be compared."""

    def __init__(self) -> None:
        self.space: dict[str, Any] = {
            "__name__": "srcad.callables.guards", "ndarray": np.ndarray, "fingerprint": fingerprint,
        }  # fmt: skip
        self._known: dict[int, str] = {}
        self._arrays: list[tuple[str, np.dtype[Any], Shape]] = []

    def of(self, value: Any) -> str:
        """Return the name of a value."""
        name = self._known.get(id(value))
        if name is None:
            name = self._known[id(value)] = f"V{len(self._known)}"
            self.space[name] = value
        return name

    def same(self, space: Any, name: str, value: Any) -> str:
        """Return the test that a global or captured variable, or an attribute, is still what it was."""
        held = f"{self.of(space)}.get({name!r})" if isinstance(space, Mapping) else f"{self.of(space)}.{name}"
        return f"{held} is {self.of(value)}"

    def alike(self, sort: SortDependency) -> str:
        """Return the test that a variable outside the function still has a value of the same sort."""
        held = f"{self.of(sort.space)}.get({sort.name!r})"
        if isinstance(sort.value, type):
            return f"type({held}) is {self.of(sort.value)}"
        value, local = sort.space.get(sort.name), f"w{len(self.space)}"
        tests: list[str] | None = None
        if isinstance(value, (tuple, dict)):
            tests = tests_of(f"({local} := {held})", local, value, self)
        elif isinstance(sort.value, Kind) and sort.value.name == "object" and hasattr(value, "__dict__"):
            tests = tests_of(f"({local}_held := {local}.__dict__)", f"{local}_held", vars(value), self)
            tests = tests and [f"type({local} := {held}) is {self.of(type(value))}", *tests]
        return " and ".join(tests) if tests else f"{self.of(sort.alike)}({held})"

    def array(self, name: str, value: np.ndarray) -> None:
        """Note an array, whose dtype and shape `arrays` compares with those of the others."""
        self._arrays.append((name, value.dtype, value.shape))

    def arrays(self) -> list[str]:
        """Return the tests of the dtypes and shapes of all arrays that were named since the last time."""
        arrays, self._arrays = self._arrays, []
        if not arrays:
            return []
        alike: dict[str, list[str]] = {}
        for name, dtype, _ in arrays:
            alike.setdefault(self.of(dtype), []).append(f"{name}.dtype")
        tests = [" is ".join([*names, dtype]) for dtype, names in alike.items()]
        known = self.of(_Shapes(tuple(shape for *_, shape in arrays)))
        found = "".join(f"{name}.shape, " for name, *_ in arrays)
        return [*tests, f"((shapes := ({found})) == {known}.latest or {known}.admit(shapes))"]


def tests_of(first: str, again: str, value: Any, names: Names, depth: int = 0) -> list[str] | None:
    """Return guards that hold for values of the same class as ``value``; None where they cannot be written out.

    The dtypes and shapes of arrays are left to `Names.arrays`.

    Parameters
    ----------
    first, again : str
        The expression of the value where it is read first, and afterwards.
    """
    if not _can_be_told(value, depth):
        return None
    cls = type(value)
    if value is None:
        return [f"{first} is None"]
    if cls in _PLAIN or isinstance(value, np.generic):
        return [f"type({first}) is {cls.__name__ if cls in _PLAIN else names.of(cls)}"]
    if cls is types.FunctionType:
        return [f"{first} is {names.of(value)}"]
    if cls is np.ndarray:
        names.array(again, value)
        return [f"type({first}) is ndarray"]
    tests = [f"type({first}) is {names.of(cls)}"]
    tests.append(f"[*{again}] == {names.of(list(value))}" if cls is dict else f"len({again}) == {len(value)}")
    for key, item in value.items() if cls is dict else enumerate(value):
        place = key if isinstance(key, int) else names.of(key)
        local = f"i{len(names.space)}_{depth}_{place}".replace("-", "_")
        tests += tests_of(f"({local} := {again}[{key!r}])", local, item, names, depth + 1) or []
    return tests


def _can_be_told(value: Any, depth: int) -> bool:
    """Tell whether guards can be written out for values of the same class, parts included."""
    cls = type(value)
    if (
        value is None
        or cls in _PLAIN
        or cls in (types.FunctionType, np.ndarray)
        or isinstance(value, np.generic)
    ):
        return True
    if depth >= _DEEPEST or not isinstance(value, (tuple, dict)) or len(value) > _MOST_PARTS:
        return False
    if cls is dict and all(type(key) in (str, int) for key in value):
        return all(_can_be_told(item, depth + 1) for item in value.values())
    return isinstance(value, tuple) and all(_can_be_told(item, depth + 1) for item in value)
