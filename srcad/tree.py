"""Nested structures of parameters: map over them, and turn them into one vector and back."""

from __future__ import annotations

import collections
import copy
import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.errors import ArgumentError

__all__ = ["Layout", "flatten", "leaves", "map", "register"]


@dataclass(frozen=True)
class Container:
    """How to take the objects of a class apart, and how to put one together again."""

    parts: Callable[[Any], Sequence[Any]]
    rebuilt: Callable[[Any, list[Any]], Any]
    keys: Callable[[Any], Any]


def _rebuilt_dict(original: dict[Any, Any], parts: list[Any]) -> Any:
    if type(original) is dict:
        return dict(zip(original, parts))
    result = copy.copy(original)
    result.update(zip(original, parts))
    return result


def _rebuilt_sequence(original: Any, parts: list[Any]) -> Any:
    if isinstance(original, collections.deque):
        return type(original)(parts, original.maxlen)
    return type(original)(*parts) if hasattr(original, "_fields") else type(original)(parts)


def _fields(value: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(value)]


def _rebuilt_dataclass(original: Any, parts: list[Any]) -> Any:
    result = copy.copy(original)
    for name, part in zip(_fields(original), parts):
        object.__setattr__(result, name, part)
    return result


_DICT = Container(lambda value: list(value.values()), _rebuilt_dict, list)
_SEQUENCE = Container(list, _rebuilt_sequence, len)
_DATACLASS = Container(lambda value: [getattr(value, n) for n in _fields(value)], _rebuilt_dataclass, _fields)

_REGISTERED: dict[type, Container] = {}


def register(
    cls: type, parts: Callable[[Any], Sequence[Any]], rebuilt: Callable[[Any, list[Any]], Any]
) -> None:
    """Let the functions of this module look into the objects of a class.

    Dicts, lists, tuples, namedtuples, deques and dataclasses need no registration; what is not registered is a leaf.

    Parameters
    ----------
    cls : type
        The class; subclasses are not included.
    parts : callable
        ``parts(value)`` returns the parts of an object, in a fixed order.
    rebuilt : callable
        ``rebuilt(value, parts)`` returns an object like ``value`` with other parts.

    Raises
    ------
    ArgumentError
        If ``cls`` is no class.

    Examples
    --------
    >>> from srcad import tree
    >>> class Point:
    ...     def __init__(self, x, y):
    ...         self.x, self.y = x, y
    >>> tree.register(Point, lambda p: (p.x, p.y), lambda p, parts: Point(*parts))
    >>> tree.leaves([Point(1.0, 2.0), 3.0])
    [1.0, 2.0, 3.0]
    """
    if not isinstance(cls, type):
        raise ArgumentError(f"tree.register needs a class, not {cls!r}.", "Pass the class of the objects.")
    _REGISTERED[cls] = Container(parts, rebuilt, lambda value: len(parts(value)))


def container_of(value: Any) -> Container | None:
    """Return how to take ``value`` apart, or None for a leaf."""
    cls = type(value)
    registered = _REGISTERED.get(cls)
    if registered is not None:
        return registered
    if issubclass(cls, dict):
        return _DICT
    if issubclass(cls, (list, tuple, collections.deque)):
        return _SEQUENCE
    if hasattr(cls, "__dataclass_fields__"):
        return _DATACLASS
    return None


def leaves(tree: Any) -> list[Any]:
    """Return what stands in the containers of ``tree``, in order.

    Examples
    --------
    >>> from srcad import tree
    >>> tree.leaves({"w": [1.0, 2.0], "name": "first"})
    [1.0, 2.0, 'first']
    """
    return walked(tree, container_of)


def walked(tree: Any, find: Callable[[Any], Container | None]) -> list[Any]:
    """Return the leaves of a structure; ``find`` tells how to take a part of it apart."""
    container = find(tree)
    if container is None:
        return [tree]
    return [leaf for part in container.parts(tree) for leaf in walked(part, find)]


def map(
    function: Callable[..., Any], tree: Any, *others: Any, is_leaf: Callable[[Any], bool] | None = None
) -> Any:
    """Return a structure like ``tree``, with each leaf replaced by ``function(leaf)``.

    Parameters
    ----------
    function : callable
        Called with a leaf of ``tree`` and what stands in its place in each of ``others``.
    tree : object
        Any nesting of containers, or a single leaf.
    *others : object
        Structures like ``tree``, as far as its containers go.
    is_leaf : callable, optional
        Tells of a part of ``tree`` that it is to be handed to ``function`` whole.

    Raises
    ------
    ArgumentError
        If another structure does not fit, with the place where it differs.

    Examples
    --------
    >>> from srcad import tree
    >>> params, gradient = {"w": [1.0, 2.0], "b": 3.0}, {"w": [0.5, 0.5], "b": 1.0}
    >>> tree.map(lambda p, g: p - 2.0 * g, params, gradient)
    {'w': [0.0, 1.0], 'b': 1.0}
    """
    return mapped(function, None, tree, others, is_leaf, container_of)


def mapped(
    function: Callable[..., Any],
    where: tuple[Any, ...] | None,
    tree: Any,
    others: tuple[Any, ...],
    is_leaf: Callable[[Any], bool] | None,
    find: Callable[[Any], Container | None],
) -> Any:
    """Do what `map` does; ``where`` is the place of the parent, the parent, and the position in it.

    ``find`` tells how to take a part apart.
    """
    container = find(tree)
    if container is None or is_leaf is not None and is_leaf(tree):
        return function(tree, *others)
    for other in others:
        same = find(other) is container and isinstance(other, type(tree))
        if not same or container.keys(other) != container.keys(tree):
            raise ArgumentError(
                f"The structures differ at tree{_written(where)}: there is {_described(tree)} in one and "
                f"{_described(other)} in another.",
                "Pass structures with the same containers and keys.",
            )
    columns = [container.parts(other) for other in others]
    parts = [
        mapped(function, (where, tree, i), part, tuple([column[i] for column in columns]), is_leaf, find)
        for i, part in enumerate(container.parts(tree))
    ]
    return container.rebuilt(tree, parts)


def _written(where: tuple[Any, ...] | None) -> str:
    """Return a place as one would write it in Python."""
    if where is None:
        return ""
    before, tree, i = where
    container = container_of(tree)
    if container is _DATACLASS:
        return f"{_written(before)}.{_fields(tree)[i]}"
    return f"{_written(before)}[{(list(tree)[i] if container is _DICT else i)!r}]"


def _described(value: Any) -> str:
    container = container_of(value)
    if container is None:
        return f"a leaf of type {type(value).__name__}"
    if container is _DICT:
        return f"a {type(value).__name__} with the keys {list(value)}"
    return f"a {type(value).__name__} of {len(container.parts(value))} parts"


# -- one vector --------------------------------------------------------------------------------------


class Layout:
    """Where the numbers of a structure stand in its vector; made by `flatten`, called to go back."""

    def __init__(self, tree: Any) -> None:
        self._tree = map(_kept, tree)
        self._leaves = [leaf for leaf in leaves(self._tree) if _is_real(leaf)]
        for leaf in leaves(self._tree):
            if np.iscomplexobj(leaf):
                raise ArgumentError(
                    "A structure with complex numbers has no vector of real ones.",
                    "Keep the real and the imaginary parts as two arrays.",
                )
        self.size = sum(int(np.size(leaf)) for leaf in self._leaves)
        self.dtype = (
            np.result_type(*[_dtype(leaf) for leaf in self._leaves]) if self._leaves else np.dtype(float)
        )

    def __call__(self, vector: Any) -> Any:
        """Return a structure with the numbers of ``vector``, in the shapes and dtypes of the first one.

        Raises
        ------
        ArgumentError
            If ``vector`` has another shape than ``(size,)``.
        """
        if np.shape(vector) != (self.size,):
            raise ArgumentError(
                f"The structure needs a vector of shape ({self.size},), but got one of shape {np.shape(vector)}.",
                "Pass a vector made by flatten for the same structure.",
            )
        start = 0

        def taken(leaf: Any) -> Any:
            nonlocal start
            if not _is_real(leaf):
                return leaf
            stop = start + int(np.size(leaf))
            part = vector[start] if isinstance(leaf, (float, np.generic)) else vector[start:stop]
            start = stop
            return _shaped(part, leaf)

        return map(taken, self._tree)

    def flatten(self, tree: Any) -> Any:
        """Return the vector of another structure of this form, such as the gradient.

        Where the first structure held no floating-point number, what ``tree`` holds is left out.

        Raises
        ------
        ArgumentError
            If the structure or the shape of a leaf differs.
        """
        parts: list[Any] = []

        def collect(leaf: Any, other: Any) -> None:
            if not _is_real(leaf):
                return
            if np.shape(other) != np.shape(leaf) or other is None:
                raise ArgumentError(
                    f"A leaf of shape {np.shape(leaf)} has {_described(other)} and shape {np.shape(other)} "
                    "in its place.",
                    "Pass a structure with the shapes of the first one.",
                )
            parts.append(np.reshape(other, (-1,)))

        map(collect, self._tree, tree)
        if not parts:
            return np.zeros(0, self.dtype)
        return np.concatenate(parts).astype(self.dtype)


def flatten(tree: Any) -> tuple[Any, Layout]:
    """Return the floating-point numbers of a structure as one vector, and the way back.

    Integers, flags, strings and None are no part of the vector; they stand unchanged in the structures
    that the layout builds.

    Parameters
    ----------
    tree : object
        Any nesting of containers of floats and arrays.

    Returns
    -------
    vector : numpy.ndarray
        The numbers in order, in the common dtype of the leaves.
    layout : Layout
        ``layout(vector)`` is a structure again; ``layout.flatten(other)`` is the vector of a structure of
        the same form.

    Raises
    ------
    ArgumentError
        If there are complex numbers in the structure.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad import tree
    >>> vector, layout = tree.flatten({"w": np.ones((2, 2)), "b": 0.5, "name": "first"})
    >>> vector
    array([1. , 1. , 1. , 1. , 0.5])
    >>> layout(2 * vector)["b"], layout(vector)["name"]
    (1.0, 'first')
    """
    layout = Layout(tree)
    return layout.flatten(tree), layout


def _is_real(leaf: Any) -> bool:
    """Tell whether ``leaf`` is a real floating-point number or an array of them."""
    return isinstance(leaf, float) or isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind == "f"


def _dtype(leaf: Any) -> np.dtype[Any]:
    return leaf.dtype if isinstance(leaf, (np.ndarray, np.generic)) else np.dtype(float)


def _kept(leaf: Any) -> Any:
    """Return a plain leaf for the layout to keep, which later changes of the structure do not reach."""
    if hasattr(leaf, "__array_ufunc__") and hasattr(leaf, "value"):
        leaf = leaf.value  # of what a tape follows
    return leaf.copy() if isinstance(leaf, np.ndarray) else leaf


def _shaped(part: Any, leaf: Any) -> Any:
    """Return a part of a vector in the form of a leaf; a part that is traced stays so."""
    plain = issubclass(type(part), (np.ndarray, np.generic))  # what a tape follows may claim to be one
    if isinstance(leaf, np.generic):
        return leaf.dtype.type(part) if plain else part.astype(leaf.dtype)
    if isinstance(leaf, float):
        return float(part) if plain else part
    return np.reshape(part, np.shape(leaf)).astype(leaf.dtype)
