"""``python -m benchmarks.rules [TEXT]``: what each derivative rule costs, beside the function itself.

A rule that scatters where it could compare, or forms a matrix where it needs a product, stands out at the end.
"""

from __future__ import annotations

import argparse
import timeit
from collections.abc import Callable
from typing import Any

import numpy as np

import srcad.rules  # noqa: F401  (fills the registry)
from srcad.rules import registry
from tests.rules.harness import Sample, gradients, random_like

RNG = np.random.default_rng(0)
X = RNG.uniform(0.3, 0.9, (300, 300))
Y = RNG.uniform(0.3, 0.9, (300, 300))
V = RNG.uniform(0.3, 0.9, 90_000)
FEW = RNG.uniform(0.3, 0.9, 300)
ORDER = RNG.permutation(90_000)
MASK = RNG.random((300, 300)) < 0.7

UNARY = [
    np.sin, np.exp, np.log, np.sqrt, np.tanh, np.arctan, np.absolute, np.square, np.reciprocal, np.negative, np.sinc,
    np.i0, np.cbrt, np.expm1, np.log1p,
]  # fmt: skip
BINARY = [
    np.add, np.multiply, np.true_divide, np.power, np.maximum, np.arctan2, np.hypot, np.logaddexp, np.fmod, np.mod,
]  # fmt: skip
REDUCTIONS = [
    np.sum, np.mean, np.prod, np.max, np.min, np.ptp, np.var, np.std, np.median, np.nansum, np.nanmax, np.nanvar,
]  # fmt: skip


def cases() -> list[Sample]:
    """Return the calls that are measured, each on about 90,000 numbers."""
    found = [Sample(f, (X,)) for f in UNARY] + [Sample(f, (X, Y)) for f in BINARY]
    for options in ({}, {"axis": 0}, {"axis": 1}):
        found += [Sample(f, (X,), options) for f in REDUCTIONS]
    found += [Sample(f, (X,), {"axis": axis}) for f in (np.cumsum, np.cumprod, np.sort) for axis in (0, 1)]
    found += [
        Sample(np.sum, (X,), {"where": MASK}), Sample(np.cumsum, (V,)), Sample(np.cumprod, (V,)), Sample(np.sort, (V,)),
        Sample(np.quantile, (X, np.array([0.1, 0.5, 0.9])), {"axis": 1}), Sample(np.partition, (V, 40_000)),
        Sample(np.unique, (V,)), Sample(np.diff, (V,)), Sample(np.gradient, (X,)), Sample(np.trapezoid, (X,)),
        Sample(np.interp, (V, np.linspace(0, 1, 300), FEW)), Sample(np.convolve, (V, FEW[:30])),
        Sample(np.correlate, (V, FEW[:30])), Sample(np.take, (V, ORDER)), Sample(np.repeat, (V, 2)),
        Sample(np.tile, (X, (2, 1))), Sample(np.pad, (X, 3, "reflect")), Sample(np.pad, (X, 3, "constant")),
        Sample(np.roll, (X, 5)), Sample(np.where, (MASK, X, Y)), Sample(np.clip, (X, 0.4, 0.8)),
        Sample(np.concatenate, ([X, Y],)), Sample(np.stack, ([X, Y],)), Sample(np.block, ([[X, Y], [Y, X]],)),
        Sample(np.transpose, (X,)), Sample(np.reshape, (X, (100, 900))), Sample(np.insert, (V, 5, 1.0)),
        Sample(np.delete, (V, [5, 70])), Sample(np.dot, (X, Y)), Sample(np.matmul, (X, Y)), Sample(np.outer, (FEW, FEW)),
        Sample(np.einsum, ("ij,jk->ik", X, Y)),
        Sample(np.einsum, ("ij,ij->i", X, Y)), Sample(np.kron, (X[:15, :20], X[:15, :20])),
        Sample(np.cov, (X,)), Sample(np.corrcoef, (X,)), Sample(np.average, (X,), {"axis": 1, "weights": FEW}),
        Sample(np.bincount, (ORDER % 300, V)), Sample(np.histogram, (V,), {"bins": 50, "weights": V}),
        Sample(np.add.accumulate, (V,)), Sample(np.maximum.accumulate, (V,)),
        Sample(np.add.reduceat, (V, np.arange(0, 90_000, 30))),
        Sample(np.linalg.inv, (X,)), Sample(np.linalg.det, (X,)), Sample(np.linalg.solve, (X, FEW)),
        Sample(np.linalg.norm, (X,)), Sample(np.fft.fft, (V,)),
    ]  # fmt: skip
    return found


def best(call: Callable[[], Any]) -> float:
    """Return the shortest of several times of a call, in microseconds."""
    count = max(1, int(2e-3 / max(timeit.timeit(call, number=1), 1e-7)))
    return min(timeit.repeat(call, number=count, repeat=5)) / count * 1e6


def measured(sample: Sample) -> tuple[float, float]:
    """Return the times of the function and of its rule for all gradients."""
    rule = registry.find(sample.function)
    assert rule is not None
    value = sample.function(*sample.args, **sample.kwargs)
    g = random_like(value, 1)
    primal = best(lambda: sample.function(*sample.args, **sample.kwargs))
    return primal, best(lambda: gradients(rule, sample, g)) - primal


def main() -> None:
    """Print the table, the dearest rule last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules", description=main.__doc__)
    parser.add_argument("text", nargs="?", default="", help="only the calls whose names contain this")
    text = parser.parse_args().text
    rows = [(*measured(sample), str(sample)) for sample in cases() if text in str(sample)]
    print(f"{'primal, us':>12} {'rule, us':>12} {'ratio':>8}")
    for primal, rule, title in sorted(rows, key=lambda row: row[1] / row[0]):
        print(f"{primal:12.1f} {rule:12.1f} {rule / primal:8.1f}  {title}")


if __name__ == "__main__":
    main()
