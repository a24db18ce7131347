"""The ways to get a value and its gradients, each made from the same program text."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.cases import Case
from srcad.api import value_and_grad
from srcad.tape import GradientTape

# The rivals are optional: what is not installed is left out of the table.
HAVE_AUTOGRAD = importlib.util.find_spec("autograd") is not None
HAVE_JAX = importlib.util.find_spec("jax") is not None
HAVE_TORCH = importlib.util.find_spec("torch") is not None
if HAVE_AUTOGRAD:
    import autograd
    import autograd.numpy as autograd_numpy
if HAVE_JAX:
    import jax
    import jax.numpy as jax_numpy

    jax.config.update("jax_enable_x64", True)
if HAVE_TORCH:
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    # NumPy's maximum has only the values; torch's `max` along an axis has the places as well.
    TORCH_NUMPY = SimpleNamespace(**{**vars(torch), "max": torch.amax})

__all__ = ["by_autograd", "by_jax", "by_srcad", "by_tape", "by_torch", "twin", "verify", "verify_by_hand"]


def twin(function: Callable[..., Any], library: ModuleType | SimpleNamespace) -> Callable[..., Any]:
    """Return the program with another library in the place of NumPy, helper functions included."""
    namespace: dict[str, Any] = {**function.__globals__, "np": library}
    for name, value in function.__globals__.items():
        if isinstance(value, FunctionType):
            namespace[name] = FunctionType(value.__code__, namespace, name, value.__defaults__)
    twin: Callable[..., Any] = namespace[function.__name__]
    return twin


def by_srcad(case: Case) -> Callable[[], Any]:
    """Return a call of the derivative that srcad generates."""
    derivative = value_and_grad(case.primal, argnums=case.argnums)
    return lambda: derivative(*case.args)


def by_tape(case: Case) -> Callable[[], Any]:
    """Return a recording of the program on a tape, with its gradient."""
    n = case.parameters

    def value_and_gradient() -> Any:
        with GradientTape() as tape:
            parameters = [tape.watch(arg) for arg in case.args[:n]]
            value = case.primal(*parameters, *case.args[n:])
        return value.value, tape.gradient(value, parameters, unconnected_gradients="zero")

    return value_and_gradient


def by_autograd(case: Case) -> Callable[[], Any] | None:
    """Return a call of autograd's derivative, or None where it is not installed."""
    if not HAVE_AUTOGRAD:
        return None
    program = twin(case.primal, autograd_numpy)
    n = case.parameters

    def on_tuple(parameters: Any, *others: Any) -> Any:
        return program(*parameters, *others)

    derivative = autograd.value_and_grad(on_tuple)
    return lambda: derivative(case.args[:n], *case.args[n:])


def by_jax(case: Case) -> Callable[[], Any] | None:
    """Return a call of jax's compiled derivative that waits for its result, or None."""
    if not HAVE_JAX:
        return None
    derivative = jax.jit(jax.value_and_grad(twin(case.primal, jax_numpy), argnums=case.argnums))
    args = [jax_numpy.asarray(arg) for arg in case.args]
    return lambda: jax.block_until_ready(derivative(*args))


def by_torch(case: Case) -> Callable[[], Any] | None:
    """Return a call of torch's eager program and its backward sweep, or None where it is not installed."""
    if not HAVE_TORCH:
        return None
    program = twin(case.primal, TORCH_NUMPY)
    args = [torch.as_tensor(arg) for arg in case.args]
    parameters = [arg.requires_grad_() for arg in args[: case.parameters]]

    def value_and_gradient() -> Any:
        value = program(*args)
        return value.item(), torch.autograd.grad(value, parameters)

    return value_and_gradient


def verify(case: Case, name: str, outcome: Any) -> None:
    """Compare a contender's value and gradients with the hand-written ones."""
    value, gradients = outcome
    expected, by_hand = case.adjoints[0](*case.args)
    np.testing.assert_allclose(value, expected, rtol=1e-9, err_msg=f"{case.name}: value of {name}")
    for mine, theirs in zip(gradients, by_hand, strict=True):
        message = f"{case.name}: gradient of {name}"
        np.testing.assert_allclose(mine, theirs, rtol=1e-7, atol=1e-9, err_msg=message)


def verify_by_hand(case: Case) -> None:
    """Compare the hand-written adjoints with central differences along one direction for each parameter."""
    rng = np.random.default_rng(1)
    for adjoint in case.adjoints:
        _, gradients = adjoint(*case.args)
        for position in case.argnums:
            direction = rng.normal(size=np.shape(case.args[position]))
            numerical = _difference(case, position, direction)
            mine = np.sum(gradients[position] * direction)
            message = f"{case.name}: {adjoint.__name__} by hand, parameter {position}"
            np.testing.assert_allclose(mine, numerical, rtol=1e-6, atol=1e-6, err_msg=message)


def _difference(case: Case, position: int, direction: Any) -> float:
    """Return a fourth-order central difference."""
    step = 1e-4

    def at(offset: float) -> float:
        args = list(case.args)
        args[position] = args[position] + offset * direction
        return float(case.primal(*args))

    return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)
