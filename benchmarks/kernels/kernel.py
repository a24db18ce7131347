"""What a kernel is: a function that works in place, its data, and the loss that reads what it left."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Kernel", "weighted_loss"]

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Kernel:
    """A textbook kernel.

    Attributes
    ----------
    function : callable
        Changes some of its arguments, or returns arrays, or does both.
    setup : callable
        ``setup(size, rng)`` returns arguments in general position: no zeros, no symmetry that the method does
        not ask for, no fixed point.
    sizes : tuple of int
        Small sizes, for comparisons with finite differences.
    mutated : tuple of int
        The positions of the arguments that hold results afterwards.
    """

    function: Callable[..., Any]
    setup: Callable[[int, np.random.Generator], Arguments]
    sizes: tuple[int, ...] = (5, 8)
    mutated: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.function.__name__

    @property
    def parameters(self) -> list[str]:
        """The names of the function's parameters."""
        return list(inspect.signature(self.function).parameters)

    def active(self, args: Arguments) -> tuple[int, ...]:
        """Return the positions of the floats and of the arrays of floating-point numbers."""
        return tuple(
            i
            for i, a in enumerate(args)
            if isinstance(a, float) or (isinstance(a, np.ndarray) and a.dtype.kind in "fc")
        )

    def outputs(self, args: Arguments) -> list[Any]:
        """Run the kernel on ``args`` and return the arguments it changed, then what it returned."""
        returned = self.function(*args)
        changed = [args[i] for i in self.mutated]
        if returned is None:
            return changed
        return [*changed, *(returned if isinstance(returned, tuple) else (returned,))]


def weighted_loss(kernel: Kernel, args: Arguments, rng: np.random.Generator) -> Callable[..., Any]:
    """Return the function of ``kernel``'s parameters that sums all outputs with random weights.

    A plain sum would not do: that of a softmax and that of a correlation matrix do not depend on the data.

    Parameters
    ----------
    kernel : Kernel
        What to run.
    args : tuple
        Arguments of the shapes for which the weights are made; they are left alone.
    rng : numpy.random.Generator
        Draws the weights.

    Returns
    -------
    callable
        A plain function whose source ``inspect`` finds.

    Examples
    --------
    >>> import numpy as np
    >>> def double(x):
    ...     x *= 2.0
    >>> kernel = Kernel(double, lambda size, rng: (rng.normal(size=size),), mutated=(0,))
    >>> x = np.array([1.0, -1.0])
    >>> bool(weighted_loss(kernel, (x,), np.random.default_rng(0))(x) != 0.0)
    True
    """
    copies = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)
    outputs = kernel.outputs(copies)
    returned = [f"result{i}" for i in range(len(outputs) - len(kernel.mutated))]
    names = [*(kernel.parameters[i] for i in kernel.mutated), *returned]
    weights = {f"weight{i}": _weight(output, rng) for i, output in enumerate(outputs)}
    call = f"{kernel.name}({', '.join(kernel.parameters)})"
    if returned:
        call = f"{', '.join(returned)} = {call}"
    terms = [_term(weight, name, output) for weight, name, output in zip(weights, names, outputs)]
    text = (
        f"def loss({', '.join(kernel.parameters)}):\n"
        f"    {call}\n"
        f"    total = {terms[0]}\n"
        + "".join(f"    total += {term}\n" for term in terms[1:])
        + "    return total\n"
    )
    return _defined(text, f"<loss of {kernel.name}>", {"np": np, kernel.name: kernel.function, **weights})


def _weight(output: Any, rng: np.random.Generator) -> Any:
    weight = rng.uniform(0.5, 1.5, np.shape(output)) * rng.choice([-1.0, 1.0], np.shape(output))
    if np.iscomplexobj(output):
        return weight + 1j * rng.uniform(0.5, 1.5, np.shape(output))
    return weight if np.shape(output) else float(weight)


def _term(weight: str, name: str, output: Any) -> str:
    product = f"np.sum({weight} * {name})"
    return f"np.real({product})" if np.iscomplexobj(output) else product


def _defined(text: str, file: str, names: dict[str, Any]) -> Callable[..., Any]:
    """Return the function ``loss`` of a text that ``inspect`` then finds."""
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), names)
    loss: Callable[..., Any] = names["loss"]
    return loss
