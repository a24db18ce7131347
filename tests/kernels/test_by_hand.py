"""The adjoints that the benchmarks measure against are right themselves."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from benchmarks.kernels import KERNELS, weighted_loss
from benchmarks.kernels_by_hand import ADJOINTS, jacobi_2d_twin


def _data(name):
    rng = np.random.default_rng(5)
    kernel = KERNELS[name]
    args = kernel.setup(6, rng)
    loss = weighted_loss(kernel, args, rng)
    weights = [loss.__globals__[f"weight{i}"] for i in range(len(kernel.mutated))]
    return kernel, args, loss, weights


@pytest.mark.parametrize("name", ADJOINTS)
def test_an_adjoint_by_hand_agrees_with_differences(name):
    kernel, args, loss, weights = _data(name)
    before = copy.deepcopy(args)
    value, gradients = ADJOINTS[name](weights, *args)
    np.testing.assert_equal(args, before)
    np.testing.assert_allclose(value, loss(*copy.deepcopy(args)), rtol=1e-12)

    rng = np.random.default_rng(6)
    for position, gradient in zip(kernel.active(args), gradients, strict=True):
        direction = rng.normal(size=args[position].shape)

        def along(step, position=position, direction=direction):
            moved = list(copy.deepcopy(args))
            moved[position] = moved[position] + step * direction
            return loss(*moved)

        numerical = (8 * (along(1e-4) - along(-1e-4)) - (along(2e-4) - along(-2e-4))) / 12e-4
        np.testing.assert_allclose(np.sum(gradient * direction), numerical, rtol=1e-7, atol=1e-8)


def test_the_program_without_assignments_computes_the_same():
    _, args, loss, weights = _data("jacobi_2d")
    np.testing.assert_allclose(jacobi_2d_twin(np, weights, *args), loss(*copy.deepcopy(args)), rtol=1e-12)
