"""What the gradients of the kernels cost, in time beside the kernel and beside adjoints by hand, and in memory."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks.kernels import KERNELS, Kernel, weighted_loss
from benchmarks.kernels_by_hand import ADJOINTS, jacobi_2d_twin
from benchmarks.timing import peak_memory, times
from srcad.api import value_and_grad

HAVE_AUTOGRAD = importlib.util.find_spec("autograd") is not None
if HAVE_AUTOGRAD:
    import autograd
    import autograd.numpy as autograd_numpy

__all__ = ["beside_autograd", "beside_by_hand", "beside_primals", "large_loss", "memory_beside_by_hand"]

_LARGE: Mapping[str, int] = {"jacobi_2d": 100, "seidel_2d": 40, "cholesky": 60, "lu": 60, "trisolv": 400}
_SIZES: Mapping[str, int] = {
    "jacobi_1d": 2000, "heat_3d": 30, "adi": 40, "fdtd_2d": 100, "horizontal_diffusion": 60, "vertical_advection": 20,
    "durbin": 200, "ludcmp": 40, "lenet": 6, "conv2d": 12, "residual_block": 12, "mlp": 100, "softmax": 16,
    "deriche": 60, "azimuthal_integration": 100, "arc_distance": 10_000, "n_body": 20, "cavity_flow": 40,
    "channel_flow": 30, "stockham_fft": 256, "spmv": 200, "doitgen": 12, "contour_integral": 12,
}  # fmt: skip
_STEPS = {"jacobi_2d": 100}


class _Loss:
    """A kernel's loss at one size, with arguments that every call copies."""

    def __init__(self, kernel: Kernel, size: int) -> None:
        rng = np.random.default_rng(3)
        args = list(kernel.setup(size, rng))
        if kernel.name in _STEPS:
            args[kernel.parameters.index("steps")] = _STEPS[kernel.name]
        self.args = tuple(args)
        self.loss = weighted_loss(kernel, self.args, rng)
        names = (name for name in self.loss.__globals__ if name.startswith("weight"))
        self.weights = [self.loss.__globals__[name] for name in sorted(names)]
        self.derivative = value_and_grad(self.loss, argnums=kernel.active(self.args))

    def primal(self) -> Any:
        return self.loss(*(a.copy() if isinstance(a, np.ndarray) else a for a in self.args))

    def gradient(self) -> Any:
        return self.derivative(*self.args)

    def by_hand(self, adjoint: Callable[..., Any]) -> Callable[[], Any]:
        """Return a call of an adjoint written by hand, checked against the generated one."""
        value, gradients = adjoint(self.weights, *self.args)
        expected, generated = self.gradient()
        np.testing.assert_allclose(value, expected, rtol=1e-9)
        for mine, theirs in zip(gradients, generated, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-7, atol=1e-9)
        return lambda: adjoint(self.weights, *self.args)


def large_loss(name: str) -> _Loss:
    """Return the loss of a kernel at the size at which it is timed."""
    return _Loss(KERNELS[name], _LARGE.get(name, _SIZES.get(name, 40)))


def beside_by_hand(rounds: int, text: str = "") -> dict[str, dict[str, float]]:
    """Return the times of five kernels, of their adjoints by hand, and of the generated ones."""
    found = {}
    for name, adjoint in ADJOINTS.items():
        if text in name:
            case = large_loss(name)
            calls = {"primal": case.primal, "by hand": case.by_hand(adjoint), "srcad": case.gradient}
            found[name] = times(calls, rounds)
    return found


def beside_primals(rounds: int, text: str = "") -> dict[str, dict[str, float]]:
    """Return the times of all kernels, with the copies of their arguments, and of their gradients."""
    found = {}
    for name in KERNELS:
        if text in name:
            case = large_loss(name)
            found[name] = times({"primal": case.primal, "srcad": case.gradient}, rounds)
    return found


def beside_autograd(rounds: int) -> dict[str, float] | None:
    """Return the times of jacobi_2d's gradient and of autograd's, of a program without assignments."""
    if not HAVE_AUTOGRAD:
        return None
    case = large_loss("jacobi_2d")
    A, B, steps = case.args
    derivative = autograd.value_and_grad(
        lambda grids: jacobi_2d_twin(autograd_numpy, case.weights, *grids, steps)
    )
    for mine, theirs in zip(derivative((A, B))[1], case.gradient()[1], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-7, atol=1e-9)
    return times({"srcad": case.gradient, "autograd": lambda: derivative((A, B))}, rounds)


def memory_beside_by_hand(text: str = "") -> dict[str, float]:
    """Return the peak memory of the generated adjoints in terms of that of the ones by hand."""
    found = {}
    for name, adjoint in ADJOINTS.items():
        if text in name:
            case = large_loss(name)
            found[name] = peak_memory(case.gradient) / peak_memory(case.by_hand(adjoint))
    return found
