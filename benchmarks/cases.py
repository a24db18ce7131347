"""What is timed: each program with its arguments and its hand-written adjoints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import by_hand, primals

__all__ = ["CASES", "Case"]


@dataclass(frozen=True)
class Case:
    """A program at one size; the first ``parameters`` arguments are differentiated."""

    name: str
    primal: Callable[..., Any]
    adjoints: tuple[Callable[..., Any], ...]
    args: tuple[Any, ...]
    parameters: int

    @property
    def argnums(self) -> tuple[int, ...]:
        """The positions of the parameters."""
        return tuple(range(self.parameters))


_RNG = np.random.default_rng(0)


def _normal(*shape: int, scale: float = 1.0) -> Any:
    return _RNG.normal(size=shape) * scale


def _mlp(batch: int, inputs: int, hidden: int, outputs: int) -> Case:
    labels = np.eye(outputs)[_RNG.integers(0, outputs, batch)]
    args = (
        _normal(inputs, hidden, scale=inputs**-0.5),
        np.zeros(hidden),
        _normal(hidden, outputs, scale=hidden**-0.5),
        np.zeros(outputs),
        _normal(batch, inputs),
        labels,
    )
    return Case(f"MLP {batch}x{inputs}x{hidden}x{outputs}", primals.mlp, (by_hand.mlp,), args, 4)


def _recurrent(steps: int, batch: int, inputs: int, hidden: int, gates: int) -> tuple[Any, ...]:
    return (
        _normal(inputs, gates * hidden, scale=inputs**-0.5),
        _normal(hidden, gates * hidden, scale=0.8 * hidden**-0.5),
        np.zeros(gates * hidden),
        _normal(steps, batch, inputs),
        _normal(batch, hidden),
    )


_RNNS = (by_hand.rnn, by_hand.rnn_with_one_product, by_hand.rnn_in_one_buffer)
_LSTMS = (by_hand.lstm, by_hand.lstm_with_one_product)

CASES = (
    Case("scalar polynomial, 20 steps", primals.polynomial, (by_hand.polynomial,), (0.9,), 1),
    Case(
        "logistic regression 1000x50",
        primals.logistic_regression,
        (by_hand.logistic_regression,),
        (_normal(50, scale=0.1), 0.1, _normal(1000, 50), np.sign(_normal(1000))),
        2,
    ),
    _mlp(32, 64, 32, 10),
    _mlp(128, 784, 512, 10),
    Case("RNN, 50 steps", primals.rnn, _RNNS, _recurrent(50, 32, 32, 64, 1), 3),
    # At 32x64 the steps are mostly matrix products, which all contenders leave to the same library: no adjoint in NumPy is
    # much faster than another.  The small ones show what is spent around the products.
    Case("small RNN, 50 steps of 16x32", primals.rnn, _RNNS, _recurrent(50, 16, 32, 32, 1), 3),
    Case("smallest RNN, 50 steps of 1x16", primals.rnn, _RNNS, _recurrent(50, 1, 16, 16, 1), 3),
    Case(
        "Gaussian mixture 1000x10x25",
        primals.gaussian_mixture,
        (by_hand.gaussian_mixture,),
        (_normal(25), _normal(25, 10), _normal(25, 10, scale=0.1), _normal(1000, 10)),
        3,
    ),
    Case("LSTM, 50 steps", primals.lstm, _LSTMS, _recurrent(50, 16, 16, 32, 4), 3),
)
