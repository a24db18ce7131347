"""Compare derivatives with finite differences, entry by entry."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from srcad.api import grad, vjp
from srcad.callables.places import call_of_srcad
from srcad.callables.targets import Target, require_callable
from srcad.callables.wrappers import written as written_function
from srcad.check.complex_parts import by_parts
from srcad.check.leaf_paths import (
    Path,
    copied,
    inexact,
    is_floating,
    is_number,
    leaves,
    mapped,
    suffix,
    written,
)
from srcad.check.quotients import Quotients, Settings, project
from srcad.errors import ArgumentError, GradientCheckError, NoDerivativeError, SrcadError, UnsupportedError
from srcad.lang import texts
from srcad.operators.forward import jvp
from srcad.rules import registry
from srcad.tape import pulled_back

__all__ = ["check_grads"]

Argnums: TypeAlias = int | str | Sequence[int | str] | None

_PROJECTIONS = itertools.count()


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int = 1,
    argnums: Argnums = None,
    rtol: float | None = None,
    atol: float | None = None,
    eps: float | None = None,
    against: str = "differences",
    modes: str | Sequence[str] | None = None,
    has_aux: bool = False,
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
        The point: numbers, arrays, and dicts, lists, tuples and objects of them.  Complex arguments and results
        are checked by their real and imaginary parts, two arguments each.
    order : int
        How many orders of derivative to check.
    argnums : int, str or sequence of these, optional
        The arguments to differentiate by, by position or name.  By default every argument that holds a floating-point
        entry; integers are varied only where their position is given here.
    rtol, atol : float, optional
        The tolerances; by default they follow the precision of the entry.
    eps : float, optional
        The step, which is multiplied by ``max(1, abs(entry))``; by default it follows the precision.
    against : {"differences", "tape"}
        What to compare with.  `GradientTape` uses the same rules without compiling anything: it is faster and
        exact to rounding, but does not follow changes of arrays in place.
    modes : sequence of {"reverse", "forward"}, optional
        With "forward", what forward mode gives in a random direction is compared too: with the gradient, or with a
        difference quotient if "reverse" is not among the modes.  Of higher orders it is forward over reverse.  By
        default both, but reverse mode alone where forward mode refuses the function, and against the tape.
    has_aux : bool
        ``f`` returns a pair, of which only the first is checked.

    Raises
    ------
    GradientCheckError
        With the path of the entry that differs most, such as ``args[0]['W'][1, 2]``, both values and the step.

    Notes
    -----
    Where an argument or the result has single precision, difference quotients are taken of the function in double
    precision, if it computes the same there, and else with a longer step and one step of Richardson's extrapolation: a
    gradient that is one percent off differs.
    """
    require_callable(f, "check_grads")
    called_at = call_of_srcad()
    try:
        _require_settings(args, order, against)
        chosen = _modes(modes, against)
        label = getattr(f, "__name__", repr(f))
        argnums = _by_position(f, argnums)
        f = _first_of(f, len(args)) if has_aux else f
        if not any(np.iscomplexobj(leaf) for value in args for _, leaf in leaves(value)):
            _positions(args, argnums)
        value = f(*copied(list(args)))
        if not any(is_floating(leaf) or np.iscomplexobj(leaf) for _, leaf in leaves(value)):
            raise ArgumentError(
                f"The result of {label} holds no floating-point number, so there is nothing to check.",
                "Return floats, or arrays and containers of them.",
            )
        f, args, argnums = by_parts(f, value, list(args), argnums)
        positions = _positions(args, argnums)
        point = list(args)
        if argnums is not None:
            for position in positions:
                point[position] = mapped(inexact, point[position])
        settings = Settings(rtol, atol, eps, chosen, modes is None)
        _check(f, f if against == "tape" else None, point, order, positions, label, settings)
    except SrcadError as error:
        error.at(called_at)
        raise


def _require_settings(args: Any, order: int, against: str) -> None:
    if not isinstance(args, (tuple, list)):
        raise ArgumentError(
            f"check_grads needs the arguments as a tuple or a list, not as {type(args).__name__}.",
            "Write check_grads(f, (x,)) for a function of one argument.",
        )
    if not isinstance(order, (int, np.integer)) or order < 1:
        raise ArgumentError(
            f"The order of check_grads must be a whole number and at least 1, not {order!r}.",
            "Write order=1.",
        )
    if against not in ("differences", "tape"):
        raise ArgumentError(f"against={against!r} is not known.", "Write 'differences' or 'tape'.")


def _by_position(f: Any, argnums: Argnums) -> int | Sequence[int] | None:
    """Return ``argnums`` with positions from the start."""
    if argnums is None:
        return None
    given = (argnums,) if isinstance(argnums, (int, str)) else tuple(argnums)
    if not any(isinstance(which, str) or which < 0 for which in given):
        return given  # type: ignore[return-value]
    target = Target(f)
    names = target.names[len(target.before) :]
    return tuple(names.index(target.wanted(w)[0]) if isinstance(w, str) or w < 0 else w for w in given)


def _first_of(f: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Return the function of the first part of a pair that ``f`` returns."""
    arguments = ", ".join(f"argument_{i}" for i in range(count))
    first: Callable[..., Any] = written_function(
        f"def first({arguments}):\n    value, _ = f({arguments})\n    return value\n", "first", f=f
    )
    return first


def _modes(modes: str | Sequence[str] | None, against: str) -> tuple[str, ...]:
    """Return the modes by their full names; JAX calls them "rev" and "fwd"."""
    names = {"rev": "reverse", "fwd": "forward", "reverse": "reverse", "forward": "forward"}
    if modes is None:
        return ("reverse",) if against == "tape" else ("reverse", "forward")
    given = (modes,) if isinstance(modes, str) else tuple(modes)
    if not given or any(mode not in names for mode in given):
        raise ArgumentError(
            f"modes={modes!r} is not known.", "Write 'reverse', 'forward' or both in a tuple."
        )
    return tuple(names[mode] for mode in given)


def _positions(args: Sequence[Any], argnums: int | Sequence[int] | None) -> tuple[int, ...]:
    """Return the positions to differentiate."""
    if argnums is None:
        chosen = tuple(
            i for i, value in enumerate(args) if any(is_floating(leaf) for _, leaf in leaves(value))
        )
    else:
        chosen = (argnums,) if isinstance(argnums, int) else tuple(dict.fromkeys(argnums))
    for position in chosen:
        if not 0 <= position < len(args):
            raise ArgumentError(
                f"argnums names position {position}, but there are {len(args)} arguments.",
                "Give positions of arguments.",
            )
        if not any(is_number(leaf) for _, leaf in leaves(args[position])):
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
    settings: Settings,
) -> None:
    """Check one order, then the gradient function for the orders above it.

    ``taped`` computes what ``f`` does, without compiled derivatives, where the tape is to judge.
    """
    value, pullback = vjp(f, *copied(args))
    direction = _random_like(value)
    gradients = pullback(direction)
    opinions = None if taped is None else pulled_back(taped, copied(args), direction)
    quotients = Quotients(f, args, value, direction, settings.eps)
    wrong: list[tuple[float, str, str]] = []
    for position in positions:
        gradient = dict(leaves(gradients[position]))
        opinion = {} if opinions is None else dict(leaves(opinions[position]))
        for path, leaf in leaves(args[position]):
            if not is_floating(leaf):
                continue
            derivative = _fitting(gradient.get(path), leaf, label, written(position, path))
            largest = float(np.max(np.abs(derivative), initial=0.0))
            for index in np.ndindex(np.shape(leaf)):
                entry = _Entry(position, path, index, leaf)
                found = _Found(float(derivative[index]), largest, label, settings)
                if opinion:
                    other = float(np.asarray(opinion[path])[index])
                    wrong += _compare_with_tape(entry, found, other, quotients)
                elif "reverse" in settings.modes:
                    wrong += _compare(entry, found, quotients)
    if wrong:
        _, reason, hint = max(wrong, key=lambda found: found[0])
        others = f" Of {len(wrong)} entries that differ this is the worst." if len(wrong) > 1 else ""
        raise GradientCheckError(reason + others, hint)
    if "forward" in settings.modes:
        _check_forward(f, args, gradients, quotients, positions, label, settings)
    if order > 1:
        above = _gradient_function(f, value, direction, positions, len(args))
        taped = None if taped is None else _taped_gradient_function(taped, value, direction, positions)
        _check(above, taped, args, order - 1, positions, f"the gradient of {label}", settings)


@dataclasses.dataclass(frozen=True)
class _Entry:
    """One number among the arguments."""

    position: int
    path: Path
    index: tuple[int, ...]
    leaf: Any

    def moved(self, args: list[Any], offset: float) -> list[Any]:
        """Return a copy of ``args`` with this number moved by ``offset``."""

        def change(leaf: Any, path: Path) -> Any:
            if path != self.path:
                return leaf
            if not isinstance(leaf, np.ndarray):
                return type(leaf)(leaf + offset)
            leaf[self.index] += offset
            return leaf

        copies = copied(args)
        copies[self.position] = mapped(change, copies[self.position])
        return copies

    def __str__(self) -> str:
        index = f"[{', '.join(map(str, self.index))}]" if self.index else ""
        return written(self.position, self.path) + index


def _fitting(derivative: Any, leaf: Any, label: str, where: str) -> np.ndarray[Any, Any]:
    """Return the gradient of one leaf as an array, or refuse one that does not have the leaf's shape."""
    if not is_number(derivative):
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


@dataclasses.dataclass(frozen=True)
class _Found:
    """One entry of a gradient, beside the largest of its array."""

    derivative: float
    largest: float
    label: str
    settings: Settings

    def excess(self, other: float, quotients: Quotients, noise: float = 0.0) -> float:
        """Return by how many tolerances the entry differs from another opinion."""
        noise += quotients.rounding
        allowed = self.settings.allowed(quotients.precision, other, self.largest, noise)
        return _excess(self.derivative, other, allowed)


def _compare(entry: _Entry, found: _Found, quotients: Quotients) -> list[tuple[float, str, str]]:
    """Compare one entry of the gradient with its difference quotient; return how far it is off, and what to say."""
    center = float(np.asarray(entry.leaf)[entry.index])
    for quotient in quotients.along(entry.moved, max(1.0, abs(center))):
        excess = found.excess(quotient.value, quotients, quotient.noise)
        if excess <= 1.0:
            return []
    return [
        (
            excess,
            f"The gradient of {found.label} at {entry} is {found.derivative!r}, "
            f"but central differences with step {quotient.step:.3g} give {quotient.value!r}.",
            "Either a derivative rule is wrong, or the function is not smooth there: "
            "try a point away from kinks, or set eps, rtol and atol.",
        )
    ]


def _excess(derivative: float, other: float, allowed: float) -> float:
    """Return by how many tolerances two numbers differ; what is infinite agrees with itself."""
    if derivative == other:
        return 0.0
    found = abs(derivative - other) / (allowed or 1e-300)
    return float("inf") if np.isnan(found) else found


def _check_forward(
    f: Callable[..., Any],
    args: list[Any],
    gradients: Any,
    quotients: Quotients,
    positions: tuple[int, ...],
    label: str,
    settings: Settings,
) -> None:
    """Compare what forward mode gives in a random direction with the gradient, or with a difference quotient."""
    tangents = [
        _random_like(a) if i in positions else mapped(lambda leaf, path: None, a)
        for i, a in enumerate(copied(args))
    ]
    try:
        image = jvp(f, tuple(copied(args)), tuple(tangents))[1]
    except (NoDerivativeError, UnsupportedError):
        if settings.may_lack_forward:
            return
        raise
    result = project(image, quotients.direction)
    # The parts may cancel: what rounding leaves of their sum follows their size.
    size = sum(project(mapped(_size, gradients[i]), tangents[i]) for i in positions)
    found = _Found(result, 0.1 * size, label, settings)
    if "reverse" in settings.modes:
        expected, judge = sum(project(gradients[i], tangents[i]) for i in positions), "the gradient gives"
        excess = found.excess(expected, quotients)
    else:
        for quotient in quotients.along(functools.partial(_moved, tangents=tangents)):
            expected, judge = quotient.value, f"central differences with step {quotient.step:.3g} give"
            excess = found.excess(expected, quotients, quotient.noise)
            if excess <= 1.0:
                break
    if excess > 1.0:
        raise GradientCheckError(
            f"Forward mode of {label} gives {result!r} in a random direction, but {judge} {expected!r}.",
            "Either a forward rule is wrong, or the function is not smooth there.",
        )


def _size(leaf: Any, path: Path) -> Any:
    return abs(leaf) if is_floating(leaf) else leaf


def _moved(args: list[Any], offset: float, tangents: list[Any]) -> list[Any]:
    """Return a copy of the arguments that is moved along their tangents."""
    return [_along(argument, tangent, offset) for argument, tangent in zip(copied(args), tangents)]


def _along(argument: Any, tangent: Any, offset: float) -> Any:
    """Return an argument that is moved along its tangent."""
    parts = dict(leaves(tangent))

    def change(leaf: Any, path: Path) -> Any:
        if parts.get(path) is None:
            return leaf
        if not isinstance(leaf, np.ndarray):
            return type(leaf)(leaf + offset * parts[path])
        # An array without axes stays one, and each stays in its layout: the function may store into it.
        moved = leaf.copy(order="K")
        moved += offset * parts[path]
        return moved

    return mapped(change, argument)


def _compare_with_tape(
    entry: _Entry, found: _Found, other: float, quotients: Quotients
) -> list[tuple[float, str, str]]:
    """Compare one entry of the gradient with that of the tape."""
    excess = found.excess(other, quotients)
    if excess <= 1.0 or np.isnan(found.derivative) and np.isnan(other):
        return []
    return [
        (
            excess,
            f"The gradient of {found.label} at {entry} is {found.derivative!r}, but the tape gives {other!r}.",
            "Compare both with differences: leave out against='tape'.",
        )
    ]


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
    weights = [(path, weight) for path, weight in leaves(direction) if weight is not None]
    names = [f"weight_{i}" for i in range(len(weights))]
    arguments = ", ".join(f"argument_{i}" for i in range(count))
    terms = [f"np.sum(value{suffix(path)} * {name})" for (path, _), name in zip(weights, names)]
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

    def draw(leaf: Any, path: Path) -> Any:
        if not is_floating(leaf):
            return None
        # Away from zero, so that no part of the result goes unchecked.
        drawn = rng.uniform(0.5, 1.5, np.shape(leaf))
        return drawn.astype(leaf.dtype) if isinstance(leaf, np.ndarray) else type(leaf)(drawn)

    return mapped(draw, value)


registry.refuse(
    "Derivatives are checked in a function that is differentiated. Check them outside of it.", check_grads
)
