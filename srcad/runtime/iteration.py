"""Which items the functions of ``itertools`` and ``operator`` pick: positions and keys, which have no derivative."""

from __future__ import annotations

import inspect
import itertools
import types
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from srcad.errors import UnsupportedError
from srcad.runtime.attributes import table_of

__all__ = [
    "End",
    "MOST_ITEMS",
    "called_method",
    "check_iterator",
    "are_taken_in_turns",
    "check_late",
    "check_late_method",
    "check_left",
    "check_method",
    "check_number",
    "check_present",
    "combined",
    "endless",
    "groups_of",
    "iterates_in_python",
    "keys_of",
    "may_grow",
    "set_lateness",
    "slice_end",
    "sliced",
]


MOST_ITEMS = 200_000
"""How many items an iterator is asked for that is run to its end: one without end takes all memory otherwise."""


class End:
    """What stands for an item where there is none."""


def endless() -> UnsupportedError:
    """Return the error for an iterator that is run to its end, and has none."""
    return UnsupportedError(f"An iterator did not end after {MOST_ITEMS} items.",
                            "Loop over a range, and leave the loop with 'break'.")  # fmt: skip


def combined(name: str, *sizes: int, **options: Any) -> list[tuple[int, ...]]:
    """Return the positions that a function of ``itertools`` combines.

    >>> combined("combinations", 3, 2)
    [(0, 1), (0, 2), (1, 2)]
    >>> combined("product", 1, 2, repeat=1)
    [(0, 0), (0, 1)]
    """
    if name == "product":
        return list(itertools.product(*map(range, sizes), **options))
    size, *rest = sizes
    return list(getattr(itertools, name)(range(size), *rest))


def sliced(size: int, *limits: int | None) -> list[int]:
    """Return the positions that ``itertools.islice`` takes.

    >>> sliced(5, 1, None, 2)
    [1, 3]
    """
    return list(itertools.islice(range(size), *limits))


def slice_end(*limits: int | None) -> int | None:
    """Return how many items ``itertools.islice`` takes of an iterator, None for all of them."""
    return limits[0] if len(limits) == 1 else limits[1]


def groups_of(keys: Iterable[Any]) -> list[tuple[Any, int, int]]:
    """Return the runs of equal keys, with where they begin and end.

    >>> groups_of("aab")
    [('a', 0, 2), ('b', 2, 3)]
    """
    found, start = [], 0
    for key, run in itertools.groupby(keys):
        length = len(list(run))
        found.append((key, start, start + length))
        start += length
    return found


def iterates_in_python(iterable: Any) -> bool:
    """Tell whether a class of the user's says how its instances are iterated over."""
    return isinstance(getattr(type(iterable), "__iter__", None), types.FunctionType)


def check_iterator(iterator: Any) -> None:
    """Refuse to take the next item of what became a list: nobody knows how many were taken before."""
    if isinstance(iterator, (list, tuple)):
        raise UnsupportedError("The next item of an iterator is taken that was made elsewhere.",
                               "Give it a name in this function, or call iter on it.")  # fmt: skip


def are_taken_in_turns(sources: tuple[Any, ...]) -> bool:
    """Tell whether an iterator is zipped with itself.

    >>> items = iter("ab")
    >>> are_taken_in_turns((items, items)), are_taken_in_turns(("ab", "ab"))
    (True, False)
    """
    iterators = [id(source) for source in sources if hasattr(type(source), "__next__")]
    return len(iterators) > len(set(iterators))


def check_left(iterable: Any, left: bool) -> None:
    """Refuse to leave a loop over an iterator early: what it has not given yet is not known."""
    if left and hasattr(type(iterable), "__next__"):
        raise UnsupportedError("A loop may end before the iterator that it runs over, and what is left of it is not known.",
                               "Write 'while True:' and take the items with next(iterator, None).")  # fmt: skip


def may_grow(*lengths: int) -> None:
    """Say that a loop runs over lists of these lengths, which may change in it; `srcad.derive.growing` takes it away."""


def check_number(value: Any) -> None:
    """Refuse a generator that updates in place what others see, where its items are made all at once."""
    if not isinstance(value, (int, float, complex, np.generic, str, bytes, tuple, frozenset)):
        raise UnsupportedError("A generator updates in place what others see, and its items are made at once here.",
                               "Write 'x = x + step' for 'x += step', or loop over the generator with 'for'.")  # fmt: skip


def check_present(value: Any, title: str) -> None:
    """Raise what Python does where a method is called of None, or of an object without it.

    >>> check_present(abs, "__call__")
    """
    if value is None and title == "__call__":
        raise TypeError("'NoneType' object is not callable")
    getattr(value, title)


_lateness: list[Callable[..., bool]] = []


def set_lateness(gives_late: Callable[..., bool]) -> None:
    """Install what tells whether a function returns an iterator whose items are made when they are taken."""
    _lateness[:] = [gives_late]


def check_late(function: Any, owner: Any = None) -> None:
    """Refuse a function whose items are made at once here, where what they are made of changes before they are taken.

    ``owner`` is the object of a method.
    """
    if callable(function) and _lateness[0](function, owner):
        raise UnsupportedError(f"'{getattr(function, '__name__', type(function).__name__)}' returns an iterator, and what "
                               "its items are made of may change before they are taken.",
                               "Make a list of them where it is called: list(...).")  # fmt: skip


def check_late_method(owner: Any, name: str) -> None:
    """Refuse a method or a function held in an attribute; see `check_late`."""
    if isinstance(owner, super):
        method = getattr(owner, name, None)
        check_late(getattr(method, "__func__", method), getattr(method, "__self__", None))
        return
    if isinstance(owner, type):
        found = inspect.getattr_static(owner, name, None)
        check_late(getattr(found, "__func__", found), owner if isinstance(found, classmethod) else None)
        return
    held = table_of(owner)
    found = held[name] if name in held else inspect.getattr_static(type(owner), name, None)
    check_late(getattr(found, "__func__", found), None if name in held else owner)


def check_method(owner: Any, name: str, function: Any) -> None:
    """Refuse an object whose method ``name`` is another function."""
    if inspect.getattr_static(owner, name, None) is not function:
        raise UnsupportedError(f"The context that '{type(owner).__name__}.{name}' makes is not the one that the classes in "
                               "sight have under this name.",
                               "Write it as a class with __enter__ and __exit__.")  # fmt: skip


def keys_of(getter: Any) -> tuple[Any, ...]:
    """Return the keys of an ``operator.itemgetter``, or the names of an ``operator.attrgetter``.

    >>> import operator
    >>> keys_of(operator.itemgetter(1, "a"))
    (1, 'a')
    """
    return tuple(getter.__reduce__()[1])


def called_method(caller: Any) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """Return the method that an ``operator.methodcaller`` calls, and its arguments.

    >>> import operator
    >>> called_method(operator.methodcaller("sum", axis=0))
    ('sum', (), {'axis': 0})
    """
    make, held = caller.__reduce__()
    if make is type(caller):
        return held[0], held[1:], {}
    return make.args[0], held, make.keywords
