"""Each kernel computes what its name says, by another formulation of it, and works in place."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from benchmarks.kernels import KERNELS, Kernel, weighted_loss
from tests.kernels.references import REFERENCES

SIZES = [(kernel, size) for kernel in KERNELS.values() for size in kernel.sizes]


def test_every_kernel_has_a_reference() -> None:
    assert set(REFERENCES) == set(KERNELS)


@pytest.mark.parametrize(("kernel", "size"), SIZES, ids=lambda p: p.name if isinstance(p, Kernel) else str(p))
def test_results_agree_with_the_reference(kernel: Kernel, size: int) -> None:
    args = kernel.setup(size, np.random.default_rng(size))

    expected = REFERENCES[kernel.name](*copy.deepcopy(args))
    outputs = kernel.outputs(args)

    assert len(outputs) >= len(expected) > 0
    for output, other in zip(outputs, expected):
        np.testing.assert_allclose(output, other, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=lambda kernel: kernel.name)
def test_what_is_said_to_be_changed_is_what_changes(kernel: Kernel) -> None:
    args = kernel.setup(kernel.sizes[0], np.random.default_rng(0))
    before = copy.deepcopy(args)

    kernel.function(*args)

    for position in kernel.mutated:
        assert not np.array_equal(args[position], before[position]), (
            f"{kernel.parameters[position]} is the same"
        )


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=lambda kernel: kernel.name)
def test_loss_reads_every_output(kernel: Kernel) -> None:
    rng = np.random.default_rng(1)
    args = kernel.setup(kernel.sizes[0], rng)
    loss = weighted_loss(kernel, args, rng)
    weights = [
        loss.__globals__[name] for name in sorted(n for n in loss.__globals__ if n.startswith("weight"))
    ]

    outputs = kernel.outputs(tuple(copy.deepcopy(args)))

    assert len(weights) == len(outputs)
    expected = sum(np.real(np.sum(w * output)) for w, output in zip(weights, outputs))
    np.testing.assert_allclose(loss(*args), expected, rtol=1e-12)
