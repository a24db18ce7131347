"""Compare derivatives with finite differences, entry by entry."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from srcad.api import grad, vjp
from srcad.errors import ArgumentError, GradientCheckError

__all__ = ["check_grads"]

# Relative and absolute tolerance for each floating type: what is left of its digits after a central
# difference whose step is the cube root of its precision.
_TOLERANCES = {"float16": (2e-1, 1e-1), "float32": (1e-2, 2e-3), "float64": (1e-5, 1e-7)}


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int = 1,
    argnums: int | Sequence[int] | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    eps: float | None = None,
) -> None:
    """Check the reverse-mode derivatives of ``f`` at ``args`` against central differences.

    The result of ``f`` is projected on one random direction (always the same one), and every entry of
    the projection's gradient is compared with a difference quotient.  With ``order=2`` the function that
    computes this gradient is checked in the same way, and so on.

    Parameters
    ----------
    f : callable
        A function of positional arguments that returns a number, an array, or a container of them.
    args : sequence
        The point: numbers, arrays, and dicts, lists, tuples and dataclasses of them.
    order : int
        How many orders of derivative to check.
    argnums : int or sequence of int, optional
        The positions in ``args`` to differentiate.  By default every argument that holds a floating-point
        entry; integers are varied only where their position is given here.
    rtol, atol : float, optional
        The tolerances; by default they follow the precision of the entry.
    eps : float, optional
        The step, which is multiplied by ``max(1, abs(entry))``; by default it follows the precision.

    Raises
    ------
    GradientCheckError
        With the path of the first entry that differs, such as ``args[0]['W'][1, 2]``.
    """
    if not isinstance(args, (tuple, list)):
        raise ArgumentError(
            f"check_grads needs the arguments as a tuple or a list, not as {type(args).__name__}.",
            "Write check_grads(f, (x,)) for a function of one argument.",
        )
    if order < 1:
        raise ArgumentError(f"The order of check_grads must be at least 1, not {order}.", "Write order=1.")
    positions = _positions(args, argnums)
    _check(f, list(args), order, positions, getattr(f, "__name__", repr(f)), _Settings(rtol, atol, eps))


@dataclasses.dataclass(frozen=True)
class _Settings:
    """The user's tolerances and step, None where the precision of an entry decides."""

    rtol: float | None
    atol: float | None
    eps: float | None

    def of(self, dtype: np.dtype[Any]) -> tuple[float, float, float]:
        """Return relative tolerance, absolute tolerance and step for entries of ``dtype``."""
        real = dtype if dtype.name in _TOLERANCES else np.dtype(np.float64)
        rtol, atol = _TOLERANCES[real.name]
        step = float(np.finfo(real).eps) ** (1 / 3)
        return (
            rtol if self.rtol is None else self.rtol,
            atol if self.atol is None else self.atol,
            step if self.eps is None else self.eps,
        )


def _positions(args: Sequence[Any], argnums: int | Sequence[int] | None) -> tuple[int, ...]:
    """Return the positions to differentiate."""
    if argnums is None:
        chosen = tuple(i for i, value in enumerate(args) if any(_is_floating(leaf) for _, leaf in _leaves(value)))
    else:
        chosen = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for position in chosen:
        if not 0 <= position < len(args):
            raise ArgumentError(
                f"argnums names position {position}, but there are {len(args)} arguments.",
                "Give positions counted from 0.",
            )
        if not any(_is_number(leaf) for _, leaf in _leaves(args[position])):
            raise ArgumentError(
                f"args[{position}] is a {type(args[position]).__name__} without an entry that can be varied.",
                "Leave its position out of argnums.",
            )
    if not chosen:
        raise ArgumentError(
            "None of the arguments holds a floating-point entry, so there is nothing to check.",
            "Pass floats, or name the positions of integer arguments in argnums.",
        )
    return chosen


def _check(
    f: Callable[..., Any], args: list[Any], order: int, positions: tuple[int, ...], label: str, settings: _Settings
) -> None:
    """Check one order, then the gradient function for the orders above it."""
    for position in positions:
        args[position] = _inexact(args[position])
    value, pullback = vjp(f, *copy.deepcopy(args))
    direction = _random_like(value, np.random.default_rng(0))
    gradients = pullback(direction)
    for position in positions:
        _compare(f, args, position, gradients[position], direction, label, settings)
    if order > 1:
        gradient = _gradient_function(f, value, direction, positions)
        _check(gradient, args, order - 1, positions, f"the gradient of {label}", settings)


def _gradient_function(
    f: Callable[..., Any], value: Any, direction: Any, positions: tuple[int, ...]
) -> Callable[..., Any]:
    """Return the function whose derivatives are the next order: the gradient of f's projection."""
    if isinstance(value, float):
        return grad(f, argnums=positions)

    def projected(*args):  # type: ignore[no-untyped-def]  # read by the compiler
        return _project(f(*args), direction)

    return grad(projected, argnums=positions)


def _compare(
    f: Callable[..., Any],
    args: list[Any],
    position: int,
    gradient: Any,
    direction: Any,
    label: str,
    settings: _Settings,
) -> None:
    """Compare the gradient of one argument with difference quotients, entry by entry."""
    root = f"args[{position}]"
    found = dict(_leaves(gradient))
    for path, leaf in _leaves(args[position]):
        if not _is_floating(leaf):
            continue
        where = root + _written(path)
        if path not in found or not _is_number(found[path]):
            raise GradientCheckError(
                f"The gradient of {label} has no number at {where}, where the argument has one.",
                "A gradient must have the structure of its argument.",
            )
        derivative = np.asarray(found[path])
        if derivative.shape != np.shape(leaf):
            raise GradientCheckError(
                f"The gradient of {label} at {where} has shape {derivative.shape}, "
                f"but the argument has shape {np.shape(leaf)}.",
                "A gradient must have the shape of its argument.",
            )
        rtol, atol, eps = settings.of(np.asarray(leaf).dtype)
        for index in np.ndindex(np.shape(leaf)):
            step = eps * max(1.0, abs(float(np.asarray(leaf)[index])))

            def projection(offset: float, path: Any = path, index: Any = index) -> Any:
                moved = copy.deepcopy(args)
                moved[position] = _moved(moved[position], path, index, offset)
                return _project(f(*moved), direction)

            numerical = float((projection(step) - projection(-step)) / (2 * step))
            if not np.isclose(float(derivative[index]), numerical, rtol=rtol, atol=atol):
                entry = where + (f"[{', '.join(map(str, index))}]" if index else "")
                raise GradientCheckError(
                    f"The gradient of {label} at {entry} is {float(derivative[index])!r}, "
                    f"but central differences with step {step:.3g} give {numerical!r}.",
                    "Either a derivative rule is wrong, or the function is not smooth there: "
                    "try a point away from kinks, or set eps, rtol and atol.",
                )


def _project(value, direction):  # type: ignore[no-untyped-def]  # differentiated for the second order
    """Return the inner product of a result with a direction of the same structure."""
    if direction is None:
        return 0.0
    total = 0.0
    if isinstance(direction, dict):
        for key in direction:
            total = total + _project(value[key], direction[key])
        return total
    if isinstance(direction, (tuple, list)):
        for i in range(len(direction)):
            total = total + _project(value[i], direction[i])
        return total
    return np.sum(value * direction)


def _random_like(value: Any, rng: np.random.Generator) -> Any:
    """Return a random direction with the structure of ``value``, None where it has no derivative."""
    if isinstance(value, dict):
        return {key: _random_like(item, rng) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return _rebuilt(value, [_random_like(item, rng) for item in value])
    if not _is_floating(value):
        return None
    # Away from zero, so that no part of the result goes unchecked.
    drawn = rng.uniform(0.5, 1.5, np.shape(value))
    return drawn.astype(value.dtype) if isinstance(value, np.ndarray) else type(value)(drawn)


def _leaves(value: Any, path: tuple[tuple[str, Any], ...] = ()) -> Iterator[tuple[tuple[tuple[str, Any], ...], Any]]:
    """Yield what stands in the containers of ``value``, each with the way to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, ("item", key)))
    elif isinstance(value, (tuple, list)):
        for i, item in enumerate(value):
            yield from _leaves(item, (*path, ("item", i)))
    elif _is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _leaves(getattr(value, field.name), (*path, ("attribute", field.name)))
    else:
        yield path, value


def _mapped(change: Callable[[Any, tuple[tuple[str, Any], ...]], Any], value: Any, path: Any = ()) -> Any:
    """Return ``value`` with each leaf replaced by ``change(leaf, path)``."""
    if isinstance(value, dict):
        items = {key: _mapped(change, item, (*path, ("item", key))) for key, item in value.items()}
        if type(value) is dict:
            return items
        result = copy.copy(value)
        result.update(items)
        return result
    if isinstance(value, (tuple, list)):
        return _rebuilt(value, [_mapped(change, item, (*path, ("item", i))) for i, item in enumerate(value)])
    if _is_dataclass(value):
        result = copy.copy(value)
        for field in dataclasses.fields(value):
            item = _mapped(change, getattr(value, field.name), (*path, ("attribute", field.name)))
            object.__setattr__(result, field.name, item)
        return result
    return change(value, path)


def _rebuilt(original: Any, items: list[Any]) -> Any:
    """Return ``items`` as a list, tuple or namedtuple of the type of ``original``."""
    if hasattr(original, "_make"):
        return original._make(items)
    return type(original)(items)


def _inexact(value: Any) -> Any:
    """Return ``value`` with its integers as floats, so that they can be varied."""

    def change(leaf: Any, path: Any) -> Any:
        if not _is_number(leaf) or _is_floating(leaf):
            return leaf
        return leaf.astype(np.float64) if isinstance(leaf, np.ndarray) else float(leaf)

    return _mapped(change, value)


def _moved(value: Any, path: Any, index: tuple[int, ...], offset: float) -> Any:
    """Return ``value`` with one entry of the leaf at ``path`` moved by ``offset``."""

    def change(leaf: Any, here: Any) -> Any:
        if here != path:
            return leaf
        if not isinstance(leaf, np.ndarray):
            return type(leaf)(leaf + offset)
        moved = leaf.copy()
        moved[index] += offset
        return moved

    return _mapped(change, value)


def _written(path: tuple[tuple[str, Any], ...]) -> str:
    """Return the path as one would write it in Python."""
    return "".join(f"[{key!r}]" if kind == "item" else f".{key}" for kind, key in path)


def _is_dataclass(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _is_floating(value: Any) -> bool:
    """Tell whether ``value`` is a real floating-point number or an array of them."""
    return isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _is_number(value: Any) -> bool:
    """Tell whether ``value`` is a real number that is no flag, or an array of them."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "iuf"
    return isinstance(value, (int, float)) and not isinstance(value, bool)
