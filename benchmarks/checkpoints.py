"""Memory against time of gradients that compute again what they do not keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.timing import peak_memory, times
from srcad import checkpoint, checkpoint_loop, grad

__all__ = ["Cost", "of_functions", "of_loops"]

STEPS = 10_000
LAYERS = 64


@dataclass
class Cost:
    """The peak memory of a gradient in bytes, and its time in gradients that keep everything."""

    memory: int
    time: float


@dataclass
class Swing:
    """The state of a pendulum as an object."""

    angle: Any
    speed: Any


def relax(x: Any, w: Any) -> Any:
    """A step over a number or an array."""
    return x + 0.01 * np.sin(w * x)


def swing(state: Any, w: Any) -> Any:
    """A step over a pair."""
    angle, speed = state
    speed = speed - 0.01 * w * np.sin(angle)
    return angle + 0.01 * speed, speed


def swing_object(state: Any, w: Any) -> Any:
    """The same over an object."""
    speed = state.speed - 0.01 * w * np.sin(state.angle)
    return Swing(state.angle + 0.01 * speed, speed)


def of_loops() -> dict[str, tuple[Cost, dict[int | None, Cost]]]:
    """Return for each kind of state the cost of the plain gradient, and those with some numbers of snapshots."""
    programs: dict[str, tuple[Any, Any, Callable[[Any], Any]]] = {
        "a number": (relax, lambda: 0.3, lambda last: last),
        "100 entries": (relax, lambda: np.linspace(0.1, 1.0, 100), np.sum),
        "1,000 entries": (relax, lambda: np.linspace(0.1, 1.0, 1000), np.sum),
        "a pair": (swing, lambda: (1.0, 0.0), lambda last: last[0]),
        "an object": (swing_object, lambda: Swing(1.0, 0.0), lambda last: last.angle),
    }
    return {name: _of_loop(*program) for name, program in programs.items()}


def _of_loop(step: Any, start: Any, value: Any) -> tuple[Cost, dict[int | None, Cost]]:
    def plain(w: Any) -> Any:
        now = start()
        for _ in range(STEPS):
            now = step(now, w)
        return value(now)

    def with_snapshots(snapshots: int | None) -> Callable[[Any], Any]:
        return lambda w: value(checkpoint_loop(step, start(), STEPS, w, snapshots=snapshots))

    chosen = (None, 5, 14, 28) if isinstance(start(), np.ndarray) else (None,)
    return _compared(plain, {number: with_snapshots(number) for number in chosen})


def of_functions() -> tuple[Cost, dict[int | None, Cost]]:
    """Return the cost of the gradient of a chain of layers, and that with each 1, 4 or 16 of them computed again."""

    def through(layers: int) -> Callable[[Any], Any]:
        def block(x: Any, w: Any) -> Any:
            for _ in range(layers):
                x = np.tanh(w * x)
            return x

        kept = checkpoint(block) if layers else None

        def chain(w: Any) -> Any:
            x = _ENTRIES
            for _ in range(LAYERS // max(layers, 1)):
                x = kept(x, w) if kept is not None else np.tanh(w * x)
            return np.sum(x)

        return chain

    return _compared(through(0), {number: through(number) for number in (4, 8, 16)})


_ENTRIES = np.linspace(0.1, 1.0, 100_000)


def _compared(plain: Any, others: dict[int | None, Any]) -> tuple[Cost, dict[int | None, Cost]]:
    """Return memory and time of the gradients, those of the others in the time of the plain one."""
    gradients: dict[Any, Any] = {"plain": grad(plain), **{key: grad(f) for key, f in others.items()}}
    for gradient in gradients.values():
        np.testing.assert_allclose(gradient(1.2), gradients["plain"](1.2), rtol=1e-9)
    seconds = times({key: lambda g=g: g(1.2) for key, g in gradients.items()}, 3)
    found = {
        key: Cost(peak_memory(lambda g=g: g(1.2)), seconds[key] / seconds["plain"])  # type: ignore[misc]
        for key, g in gradients.items()
    }
    return found.pop("plain"), found
