"""Difference quotients of a function, as exact as its precision allows, and how far derivatives may be from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from srcad.check.leaf_paths import Path, copied, is_floating, leaves, mapped

__all__ = ["Quotient", "Quotients", "Settings", "project"]


class _Tolerance(NamedTuple):
    """What rounding leaves of a derivative: relative to an entry, absolute, and relative to the largest entry."""

    rtol: float
    atol: float
    of_largest: float


_TOLERANCES = {
    "float16": _Tolerance(1e-1, 2e-2, 5e-2),
    "float32": _Tolerance(2e-3, 1e-5, 1e-3),
    "float64": _Tolerance(1e-5, 1e-7, 0.0),
}
_COARSE = ("float16", "float32")
_FINE_STEP = 1e-4
"""For functions of single precision that are evaluated in double precision: kinks and curvature far away do not matter."""
_LIKE = {"float16": 0.1, "float32": 1e-3}
"""How far the value in double precision may be from that in the precision of the arguments."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """The user's tolerances and step, None where the precision decides."""

    rtol: float | None
    atol: float | None
    eps: float | None
    modes: tuple[str, ...] = ("reverse",)
    may_lack_forward: bool = False

    def allowed(self, precision: str, expected: float, largest: float, noise: float = 0.0) -> float:
        """Return how far a derivative may be from what is expected, beside entries up to ``largest``."""
        rtol, atol, of_largest = _TOLERANCES[precision]
        if self.atol is None:
            atol += noise + of_largest * (largest if np.isfinite(largest) else 0.0)
        else:
            atol = self.atol
        return atol + (rtol if self.rtol is None else self.rtol) * abs(expected)


class Quotient(NamedTuple):
    """A difference quotient, the step, and what rounding of the function's values may have added to it."""

    value: float
    step: float
    noise: float


class Quotients:
    """Difference quotients of the projection of ``f`` on a direction, at one point.

    A function of single precision is evaluated in double precision where it takes such arguments and computes the same:
    a quotient in single precision has three digits, and a derivative six.

    Attributes
    ----------
    precision : str
        The name of the coarsest floating type among the arguments and in the value.
    rounding : float
        What rounding in single precision may add to a derivative, by the size of the value; 0 in double precision.
    """

    def __init__(
        self, f: Callable[..., Any], args: list[Any], value: Any, direction: Any, eps: float | None
    ) -> None:
        self.f, self.direction, self.eps = f, direction, eps
        self.precision = _coarsest([*args, value])
        is_coarse = self.precision in _COARSE
        epsilon = float(np.finfo(self.precision).eps)
        self.rounding = 16 * epsilon * abs(project(value, direction)) if is_coarse else 0.0
        finer = self._finer(args, value) if is_coarse else None
        self.is_fine = not is_coarse or finer is not None
        self.args = args if finer is None else finer

    def _finer(self, args: list[Any], value: Any) -> list[Any] | None:
        """Return the arguments in double precision; None if the function computes something else then."""
        finer = [mapped(_widened, argument) for argument in args]
        try:
            found = dict(leaves(self.f(*copied(finer))))
        except Exception:  # whatever a function says of arguments that it was not written for
            return None
        given = dict(leaves(value))
        if found.keys() != given.keys() or _coarsest([list(found.values())]) in _COARSE:
            return None
        near = _LIKE[self.precision]
        like = all(
            np.shape(found[path]) == np.shape(leaf)
            and np.allclose(found[path], leaf, near, near * np.max(np.abs(leaf), initial=0.0), equal_nan=True)
            for path, leaf in given.items()
            if is_floating(leaf)
        )
        return finer if like else None

    def along(self, moved: Callable[[list[Any], float], list[Any]], scale: float = 1.0) -> Iterator[Quotient]:
        """Yield quotients in one direction; where one does not agree with a derivative, the next is to be asked.

        ``moved`` returns a copy of the arguments that is moved by a number of steps of the length ``scale``.
        """
        if self.eps is not None or self.precision not in _COARSE:
            fine = float(np.finfo(np.float64).eps) ** (1 / 3)
            yield self._central(moved, (fine if self.eps is None else self.eps) * scale)
            return
        if self.is_fine:
            yield self._central(moved, _FINE_STEP * scale)
        # A function that rounds on its way, or cannot be evaluated any finer, needs a long step.
        step = float(np.finfo(self.precision).eps) ** (1 / 3) * scale
        wide, narrow = self._central(moved, step), self._central(moved, step / 2)
        extrapolated = narrow.value + (narrow.value - wide.value) / 3
        yield Quotient(extrapolated, step, 0.0 if self.is_fine else self.rounding / step)

    def _central(self, moved: Callable[[list[Any], float], list[Any]], step: float) -> Quotient:
        above, below = (project(self.f(*moved(self.args, s)), self.direction) for s in (step, -step))
        return Quotient((above - below) / (2 * step), step, 0.0)


def project(value: Any, direction: Any) -> float:
    """Return the inner product of a result with a direction of the same structure, in double precision."""
    numbers = dict(leaves(value))
    terms = [
        np.vdot(np.asarray(weight, np.float64), np.asarray(numbers[path], np.float64))
        for path, weight in leaves(direction)
        if weight is not None
    ]
    return float(np.sum(terms, dtype=np.float64))


def _coarsest(values: list[Any]) -> str:
    names = {np.asarray(leaf).dtype.name for _, leaf in leaves(values) if is_floating(leaf)}
    return next((name for name in _COARSE if name in names), "float64")


def _widened(leaf: Any, path: Path) -> Any:
    if not is_floating(leaf) or np.asarray(leaf).dtype.name not in _COARSE:
        return leaf
    # the layout stays: the function may store through views
    return leaf.astype(np.float64) if isinstance(leaf, np.ndarray) else np.float64(leaf)
