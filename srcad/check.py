"""Compare derivatives with finite differences, entry by entry."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from srcad.api import grad, vjp
from srcad.complex_parts import by_parts
from srcad.errors import ArgumentError, GradientCheckError
from srcad.lang import texts
from srcad.operators.forward import jvp
from srcad.tape import pulled_back

__all__ = ["check_grads"]

# The way to a leaf: ("item", key) or ("attribute", name) for each container passed through.
_Path: TypeAlias = tuple[tuple[str, Any], ...]

# Relative and absolute tolerance for each floating type: what is left of its digits after a central
# difference whose step is the cube root of its precision.
_TOLERANCES = {"float16": (2e-1, 1e-1), "float32": (1e-2, 2e-3), "float64": (1e-5, 1e-7)}

_PROJECTIONS = itertools.count()


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int = 1,
    argnums: int | Sequence[int] | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    eps: float | None = None,
    against: str = "differences",
    modes: str | Sequence[str] = ("reverse",),
) -> None:
    """Check the derivatives of ``f`` at ``args`` against central differences, or the tape.

    The result of ``f`` is projected on one random direction (always the same one), and every entry of
    the projection's gradient is compared with a difference quotient.  With ``order=2`` the function that
    computes this gradient is checked in the same way, and so on.

    Parameters
    ----------
    f : callable
        A function of positional arguments that returns a number, an array, or a container of them.
    args : sequence
        The point: numbers, arrays, and dicts, lists, tuples and dataclasses of them.  Complex arguments and results
        are checked by their real and imaginary parts, two arguments each.
    order : int
        How many orders of derivative to check.
    argnums : int or sequence of int, optional
        The positions in ``args`` to differentiate.  By default every argument that holds a floating-point
        entry; integers are varied only where their position is given here.
    rtol, atol : float, optional
        The tolerances; by default they follow the precision of the entry.
    eps : float, optional
        The step, which is multiplied by ``max(1, abs(entry))``; by default it follows the precision.
    against : {"differences", "tape"}
        What to compare with.  `GradientTape` uses the same rules without compiling anything: it is faster and
        exact to rounding, but does not follow changes of arrays in place.
    modes : sequence of {"reverse", "forward"}
        With "forward", what forward mode gives in a random direction is compared too: with the gradient, or with a
        difference quotient if "reverse" is not among the modes.  Of higher orders it is forward over reverse.

    Raises
    ------
    GradientCheckError
        With the path of the entry that differs most, such as ``args[0]['W'][1, 2]``, both values and the step.
    """
    if not isinstance(args, (tuple, list)):
        raise ArgumentError(
            f"check_grads needs the arguments as a tuple or a list, not as {type(args).__name__}.",
            "Write check_grads(f, (x,)) for a function of one argument.",
        )
    if order < 1:
        raise ArgumentError(f"The order of check_grads must be at least 1, not {order}.", "Write order=1.")
    if against not in ("differences", "tape"):
        raise ArgumentError(f"against={against!r} is not known.", "Write 'differences' or 'tape'.")
    chosen = _modes(modes)
    label = getattr(f, "__name__", repr(f))
    if not any(np.iscomplexobj(leaf) for value in args for _, leaf in _leaves(value)):
        _positions(args, argnums)
    f, args, argnums = by_parts(f, f(*_copied(list(args))), list(args), argnums)
    positions = _positions(args, argnums)
    point = list(args)
    if argnums is not None:
        for position in positions:
            point[position] = _mapped(_inexact, point[position])
    _check(
        f,
        f if against == "tape" else None,
        point,
        order,
        positions,
        label,
        _Settings(rtol, atol, eps, chosen),
    )


def _modes(modes: str | Sequence[str]) -> tuple[str, ...]:
    """Return the modes by their full names; JAX calls them "rev" and "fwd"."""
    names = {"rev": "reverse", "fwd": "forward", "reverse": "reverse", "forward": "forward"}
    given = (modes,) if isinstance(modes, str) else tuple(modes)
    if not given or any(mode not in names for mode in given):
        raise ArgumentError(
            f"modes={modes!r} is not known.", "Write 'reverse', 'forward' or both in a tuple."
        )
    return tuple(names[mode] for mode in given)


@dataclasses.dataclass(frozen=True)
class _Settings:
    """The user's tolerances and step, None where the precision of an entry decides."""

    rtol: float | None
    atol: float | None
    eps: float | None
    modes: tuple[str, ...] = ("reverse",)

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
        chosen = tuple(
            i for i, value in enumerate(args) if any(_is_floating(leaf) for _, leaf in _leaves(value))
        )
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
    f: Callable[..., Any],
    taped: Callable[..., Any] | None,
    args: list[Any],
    order: int,
    positions: tuple[int, ...],
    label: str,
    settings: _Settings,
) -> None:
    """Check one order, then the gradient function for the orders above it.

    ``taped`` computes what ``f`` does, without compiled derivatives, where the tape is to judge.
    """
    value, pullback = vjp(f, *_copied(args))
    direction = _random_like(value)
    gradients = pullback(direction)
    opinions = None if taped is None else pulled_back(taped, _copied(args), direction)
    wrong: list[tuple[float, str, str]] = []
    for position in positions:
        gradient = dict(_leaves(gradients[position]))
        opinion = {} if opinions is None else dict(_leaves(opinions[position]))
        for path, leaf in _leaves(args[position]):
            if not _is_floating(leaf):
                continue
            derivative = _fitting(gradient.get(path), leaf, label, _written(position, path))
            for index in np.ndindex(np.shape(leaf)):
                entry = _Entry(position, path, index, leaf)
                if opinion:
                    other = float(np.asarray(opinion[path])[index])
                    wrong += _compare_with_tape(entry, float(derivative[index]), other, label, settings)
                elif "reverse" in settings.modes:
                    wrong += _compare(f, args, entry, float(derivative[index]), direction, label, settings)
    if wrong:
        _, reason, hint = max(wrong, key=lambda found: found[0])
        others = f" Of {len(wrong)} entries that differ this is the worst." if len(wrong) > 1 else ""
        raise GradientCheckError(reason + others, hint)
    if "forward" in settings.modes:
        _check_forward(f, args, gradients, direction, positions, label, settings)
    if order > 1:
        above = _gradient_function(f, value, direction, positions, len(args))
        taped = None if taped is None else _taped_gradient_function(taped, value, direction, positions)
        _check(above, taped, args, order - 1, positions, f"the gradient of {label}", settings)


@dataclasses.dataclass(frozen=True)
class _Entry:
    """One number among the arguments."""

    position: int
    path: _Path
    index: tuple[int, ...]
    leaf: Any

    def moved(self, args: list[Any], offset: float) -> list[Any]:
        """Return a copy of ``args`` with this number moved by ``offset``."""

        def change(leaf: Any, path: _Path) -> Any:
            if path != self.path:
                return leaf
            if not isinstance(leaf, np.ndarray):
                return type(leaf)(leaf + offset)
            leaf[self.index] += offset
            return leaf

        copies = _copied(args)
        copies[self.position] = _mapped(change, copies[self.position])
        return copies

    def __str__(self) -> str:
        index = f"[{', '.join(map(str, self.index))}]" if self.index else ""
        return _written(self.position, self.path) + index


def _fitting(derivative: Any, leaf: Any, label: str, where: str) -> np.ndarray[Any, Any]:
    """Return the gradient of one leaf as an array, or refuse one that does not have the leaf's shape."""
    if not _is_number(derivative):
        raise GradientCheckError(
            f"The gradient of {label} has no number at {where}, where the argument has one.",
            "A gradient must have the structure of its argument.",
        )
    if np.shape(derivative) != np.shape(leaf):
        raise GradientCheckError(
            f"The gradient of {label} at {where} has shape {np.shape(derivative)}, "
            f"but the argument has shape {np.shape(leaf)}.",
            "A gradient must have the shape of its argument.",
        )
    return np.asarray(derivative)


def _compare(
    f: Callable[..., Any],
    args: list[Any],
    entry: _Entry,
    derivative: float,
    direction: Any,
    label: str,
    settings: _Settings,
) -> list[tuple[float, str, str]]:
    """Compare one entry of the gradient with its difference quotient; return how far it is off, and what to say."""
    center = np.asarray(entry.leaf)[entry.index]
    rtol, atol, eps = settings.of(center.dtype)
    step = eps * max(1.0, abs(float(center)))
    above = _project(f(*entry.moved(args, step)), direction)
    below = _project(f(*entry.moved(args, -step)), direction)
    numerical = (above - below) / (2 * step)
    if np.isclose(derivative, numerical, rtol=rtol, atol=atol):
        return []
    return [
        (
            _excess(derivative, numerical, rtol, atol),
            f"The gradient of {label} at {entry} is {derivative!r}, "
            f"but central differences with step {step:.3g} give {numerical!r}.",
            "Either a derivative rule is wrong, or the function is not smooth there: "
            "try a point away from kinks, or set eps, rtol and atol.",
        )
    ]


def _excess(derivative: float, other: float, rtol: float, atol: float) -> float:
    """Return by how many tolerances two numbers differ."""
    found = abs(derivative - other) / (atol + rtol * abs(other) or 1.0)
    return float("inf") if np.isnan(found) else found


def _check_forward(
    f: Callable[..., Any],
    args: list[Any],
    gradients: Any,
    direction: Any,
    positions: tuple[int, ...],
    label: str,
    settings: _Settings,
) -> None:
    """Compare what forward mode gives in a random direction with the gradient, or with a difference quotient."""
    tangents = [
        _random_like(a) if i in positions else _mapped(lambda leaf, path: None, a)
        for i, a in enumerate(_copied(args))
    ]
    found = _project(jvp(f, tuple(_copied(args)), tuple(tangents))[1], direction)
    dtypes = [np.asarray(leaf).dtype for i in positions for _, leaf in _leaves(args[i]) if _is_floating(leaf)]
    rtol, atol, step = max((settings.of(dtype) for dtype in dtypes), key=lambda of: of[0])
    if "reverse" in settings.modes:
        expected = sum(_project(gradients[i], tangents[i]) for i in positions)
        judge = "the gradient gives"
    else:
        expected = _quotient(f, args, tangents, direction, step)
        judge = f"central differences with step {step:.3g} give"
    if not np.isclose(found, expected, rtol=rtol, atol=atol):
        raise GradientCheckError(
            f"Forward mode of {label} gives {found!r} in a random direction, but {judge} {expected!r}.",
            "Either a forward rule is wrong, or the function is not smooth there.",
        )


def _quotient(
    f: Callable[..., Any], args: list[Any], tangents: list[Any], direction: Any, step: float
) -> float:
    """Return the difference quotient in the direction of all tangents together."""
    values = []
    for offset in (step, -step):
        moved = [_along(argument, tangent, offset) for argument, tangent in zip(_copied(args), tangents)]
        values.append(_project(f(*moved), direction))
    return (values[0] - values[1]) / (2 * step)


def _along(argument: Any, tangent: Any, offset: float) -> Any:
    """Return an argument that is moved along its tangent."""
    parts = dict(_leaves(tangent))

    def change(leaf: Any, path: _Path) -> Any:
        if parts.get(path) is None:
            return leaf
        moved = leaf + offset * parts[path]
        return moved if isinstance(leaf, np.ndarray) else type(leaf)(moved)

    return _mapped(change, argument)


def _compare_with_tape(
    entry: _Entry, derivative: float, other: float, label: str, settings: _Settings
) -> list[tuple[float, str, str]]:
    """Compare one entry of the gradient with that of the tape."""
    rtol, atol, _ = settings.of(np.asarray(entry.leaf).dtype)
    if np.isclose(derivative, other, rtol=rtol, atol=atol, equal_nan=True):
        return []
    return [
        (
            _excess(derivative, other, rtol, atol),
            f"The gradient of {label} at {entry} is {derivative!r}, but the tape gives {other!r}.",
            "Compare both with differences: leave out against='tape'.",
        )
    ]


def _project(value: Any, direction: Any) -> float:
    """Return the inner product of a result with a direction of the same structure."""
    numbers = dict(_leaves(value))
    terms = [np.vdot(weight, numbers[path]) for path, weight in _leaves(direction) if weight is not None]
    return float(np.sum(terms, dtype=np.float64))


def _gradient_function(
    f: Callable[..., Any], value: Any, direction: Any, positions: tuple[int, ...], count: int
) -> Callable[..., Any]:
    """Return the function whose derivatives are the next order: the gradient of f, or of its projection.

    The projection is written out for the number of arguments and the structure of the result, so that no call
    in it has to be resolved when it happens.
    """
    if isinstance(value, float):
        whole: Callable[..., Any] = grad(f, argnums=positions)
        return whole
    weights = [(path, weight) for path, weight in _leaves(direction) if weight is not None]
    names = [f"weight_{i}" for i in range(len(weights))]
    arguments = ", ".join(f"argument_{i}" for i in range(count))
    terms = [f"np.sum(value{_suffix(path)} * {name})" for (path, _), name in zip(weights, names)]
    text = (
        f"def make(f, {', '.join(names)}):\n"
        f"    def projected({arguments}):\n"
        f"        value = f({arguments})\n"
        f"        return {' + '.join(terms)}\n"
        "    return projected\n"
    )
    file = f"<srcad projection {next(_PROJECTIONS)}>"
    texts.keep(file, text)
    space: dict[str, Any] = {"np": np}
    exec(compile(text, file, "exec"), space)
    derivative: Callable[..., Any] = grad(space["make"](f, *[w for _, w in weights]), argnums=positions)
    return derivative


def _taped_gradient_function(
    taped: Callable[..., Any], value: Any, direction: Any, positions: tuple[int, ...]
) -> Callable[..., Any]:
    """Return what ``_gradient_function`` does, by the tape."""
    weights = 1.0 if isinstance(value, float) else direction

    def gradients(*args: Any) -> tuple[Any, ...]:
        found = pulled_back(taped, args, weights)
        return tuple(found[position] for position in positions)

    return gradients


def _random_like(value: Any) -> Any:
    """Return a random direction with the structure of ``value``, None where it has no derivative."""
    rng = np.random.default_rng(0)

    def draw(leaf: Any, path: _Path) -> Any:
        if not _is_floating(leaf):
            return None
        # Away from zero, so that no part of the result goes unchecked.
        drawn = rng.uniform(0.5, 1.5, np.shape(leaf))
        return drawn.astype(leaf.dtype) if isinstance(leaf, np.ndarray) else type(leaf)(drawn)

    return _mapped(draw, value)


def _leaves(value: Any, path: _Path = ()) -> Iterator[tuple[_Path, Any]]:
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


def _mapped(change: Callable[[Any, _Path], Any], value: Any, path: _Path = ()) -> Any:
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


def _inexact(leaf: Any, path: _Path) -> Any:
    """Return integers as floats, so that they can be varied."""
    if not _is_number(leaf) or _is_floating(leaf):
        return leaf
    return leaf.astype(np.float64) if isinstance(leaf, np.ndarray) else float(leaf)


def _copied(args: list[Any]) -> list[Any]:
    """Return the arguments with containers and arrays of their own, since ``f`` may change them."""
    return [
        _mapped(lambda leaf, path: leaf.copy() if isinstance(leaf, np.ndarray) else leaf, a) for a in args
    ]


def _written(position: int, path: _Path) -> str:
    """Return a path as one would write it in Python."""
    return f"args[{position}]" + _suffix(path)


def _suffix(path: _Path) -> str:
    return "".join(f"[{key!r}]" if kind == "item" else f".{key}" for kind, key in path)


def _is_dataclass(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _is_floating(value: Any) -> bool:
    """Tell whether ``value`` is a real floating-point number or an array of them."""
    return isinstance(value, (float, np.floating)) or (
        isinstance(value, np.ndarray) and value.dtype.kind == "f"
    )


def _is_number(value: Any) -> bool:
    """Tell whether ``value`` is a real number that is no flag, or an array of them."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "iuf"
    return isinstance(value, (int, float)) and not isinstance(value, bool)
