"""Central differences over structures of numbers, independent of anything in srcad."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["assert_like", "direction_of", "leaves", "moved", "numerical_gradient", "pairing"]

Path = tuple[Any, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each float and float array in ``value`` with the keys and field names that lead to it."""
    for key, item in _children(value):
        yield from leaves(item, (*path, key))
    if isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        yield path, value


def _children(value: Any) -> list[tuple[Any, Any]]:
    """Return what stands directly in a container, with its keys."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, (list, tuple)):
        return list(enumerate(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    return []


def _rebuilt(value: Any, change: Callable[[Path, Any], Any], path: Path = ()) -> Any:
    """Return a copy of ``value`` in which ``change`` was applied to whatever is no container."""
    items = [(key, _rebuilt(item, change, (*path, key))) for key, item in _children(value)]
    if isinstance(value, dict):
        return dict(items)
    if hasattr(value, "_make"):
        return type(value)._make(item for _, item in items)
    if isinstance(value, (list, tuple)):
        return type(value)(item for _, item in items)
    if items:
        duplicate = copy.copy(value)
        for name, item in items:
            object.__setattr__(duplicate, name, item)
        return duplicate
    return change(path, value)


def numerical_gradient(f: Callable[..., Any], args: tuple[Any, ...], direction: Any) -> dict[Path, Any]:
    """Return the gradient of ``pairing(f(*args), direction)`` at each leaf of ``args``."""
    # Differences in single precision would say nothing.
    args = _rebuilt(args, lambda _, leaf: _in_double(leaf))
    result = {}
    for path, leaf in leaves(args):
        gradient = np.zeros(np.shape(leaf))
        for index in np.ndindex(np.shape(leaf)):
            gradient[index] = _difference(f, args, direction, path, index)
        result[path] = gradient
    return result


def _in_double(leaf: Any) -> Any:
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
        return leaf.astype(np.float64)
    return np.float64(leaf) if isinstance(leaf, np.floating) else leaf


def _difference(
    f: Callable[..., Any], args: tuple[Any, ...], direction: Any, path: Path, index: tuple[int, ...]
) -> float:
    """Return a fourth-order central difference in one entry."""

    def at(offset: float) -> float:
        def change(here: Path, leaf: Any) -> Any:
            leaf = leaf.copy(order="K") if isinstance(leaf, np.ndarray) else leaf
            if here != path:
                return leaf
            if isinstance(leaf, np.ndarray):
                leaf[index] += offset
                return leaf
            return type(leaf)(leaf + offset)

        return pairing(f(*_rebuilt(args, change)), direction)

    step = 1e-3
    return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)


def moved(args: tuple[Any, ...], direction: Any, offset: float) -> tuple[Any, ...]:
    """Return a copy of ``args``, moved along ``direction``, which has the same structure."""
    weights = dict(leaves(direction))
    return _rebuilt(
        args, lambda path, leaf: _shifted(leaf, offset * weights[path]) if path in weights else leaf
    )


def _shifted(leaf: Any, offset: Any) -> Any:
    """Return ``leaf + offset``, an array with the memory layout of ``leaf``."""
    if not isinstance(leaf, np.ndarray):
        return leaf + offset
    result = leaf.copy(order="K")
    result += offset
    return result


def direction_of(value: Any) -> Any:
    """Return a fixed cotangent with the structure of ``value``, None where there is no derivative."""
    rng = np.random.default_rng(7)

    def draw(path: Path, leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
            return rng.uniform(0.5, 1.5, leaf.shape).astype(leaf.dtype)
        return type(leaf)(rng.uniform(0.5, 1.5)) if isinstance(leaf, (float, np.floating)) else None

    return _rebuilt(value, draw)


def pairing(value: Any, direction: Any) -> float:
    """Return the inner product of a result with a cotangent of its structure."""
    weights = dict(leaves(direction))
    return float(sum(np.vdot(weights[path], np.asarray(leaf, float)) for path, leaf in leaves(value)))


def assert_like(gradient: Any, argument: Any) -> None:
    """Assert that a gradient has the structure, shapes and dtypes of the argument."""
    children = _children(argument)
    if children:
        assert type(gradient) is type(argument), f"{type(gradient)} for {type(argument)}"
        of_gradient = dict(_children(gradient))
        assert list(of_gradient) == [key for key, _ in children]
        for key, item in children:
            assert_like(of_gradient[key], item)
    elif isinstance(argument, np.ndarray) and argument.dtype.kind in "iuf":
        assert isinstance(gradient, np.ndarray), f"{gradient!r} for an array"
        assert gradient.shape == argument.shape
        assert gradient.dtype == (argument.dtype if argument.dtype.kind == "f" else np.float64)
    elif isinstance(argument, (float, np.floating)):
        # The gradient of a Python float may be a NumPy scalar of the same precision, which is a float too.
        assert isinstance(gradient, float if isinstance(argument, float) else type(argument)), repr(gradient)
