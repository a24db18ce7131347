"""The gradient of each kernel's weighted outputs in every array and float, against differences along directions."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.kernels import KERNELS, Kernel, weighted_loss
from srcad.api import grad, value_and_grad

STEP = 1e-4
SIZES = [(kernel, size) for kernel in KERNELS.values() for size in kernel.sizes]


def _prepared(kernel: Kernel, size: int) -> tuple[tuple[Any, ...], Callable[..., Any]]:
    rng = np.random.default_rng([size, len(kernel.name)])
    args = kernel.setup(size, rng)
    return args, weighted_loss(kernel, args, rng)


@pytest.mark.parametrize(("kernel", "size"), SIZES, ids=lambda p: p.name if isinstance(p, Kernel) else str(p))
def test_gradient_agrees_with_differences(kernel: Kernel, size: int) -> None:
    args, loss = _prepared(kernel, size)
    before = copy.deepcopy(args)
    active = kernel.active(args)

    value, gradients = value_and_grad(loss, argnums=active)(*args)

    np.testing.assert_equal(args, before, "an argument was changed")
    np.testing.assert_allclose(value, loss(*copy.deepcopy(args)), rtol=1e-14)
    for position, gradient in zip(active, gradients):
        _check_along_a_direction(loss, args, position, gradient, kernel.parameters[position])


def _check_along_a_direction(
    loss: Callable[..., Any], args: tuple[Any, ...], position: int, gradient: Any, name: str
) -> None:
    rng = np.random.default_rng(position)
    argument = args[position]
    assert np.shape(gradient) == np.shape(argument)
    assert np.all(np.isfinite(gradient)), f"the gradient in {name} is {gradient!r}"
    direction = rng.uniform(0.3, 1.0, np.shape(argument)) * rng.choice([-1.0, 1.0], np.shape(argument))
    if np.iscomplexobj(argument):
        direction = direction + 1j * rng.uniform(0.3, 1.0, np.shape(argument))

    def at(offset: float) -> float:
        moved = list(copy.deepcopy(args))
        moved[position] = argument + offset * direction
        return float(loss(*(float(a) if np.ndim(a) == 0 and isinstance(a, float) else a for a in moved)))

    numerical = (8 * (at(STEP) - at(-STEP)) - (at(2 * STEP) - at(-2 * STEP))) / (12 * STEP)
    actual = float(np.real(np.sum(gradient * direction)))
    scale = max(1.0, float(np.max(np.abs(gradient), initial=0.0)))
    np.testing.assert_allclose(actual, numerical, rtol=1e-6, atol=1e-7 * scale, err_msg=name)


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=lambda kernel: kernel.name)
def test_gradient_with_arguments_that_lie_in_other_orders(kernel: Kernel) -> None:
    args, loss = _prepared(kernel, kernel.sizes[0])
    turned = [np.asfortranarray(a) if isinstance(a, np.ndarray) and a.ndim > 1 else a for a in args]
    active = kernel.active(args)

    plain = grad(loss, argnums=active)(*args)
    of_turned = grad(loss, argnums=active)(*turned)

    for one, other in zip(plain, of_turned):
        np.testing.assert_allclose(other, one, rtol=1e-9, atol=1e-10)
