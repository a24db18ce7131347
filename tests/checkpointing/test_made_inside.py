"""``checkpoint`` of methods, partial functions and callable objects that the differentiated program makes."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from srcad import check_grads, checkpoint, hessian, hvp

X = np.array([0.5, 1.2, -0.7])


class Unit:
    def __init__(self, w):
        self.w = w

    def out(self, x):
        return np.tanh(self.w * x)

    def __call__(self, x):
        return np.tanh(self.w * x)


MADE = {
    "method": lambda w: checkpoint(Unit(w).out),
    "callable": lambda w: checkpoint(Unit(w)),
    "partial": lambda w: checkpoint(functools.partial(Unit.out, Unit(w))),
    "nested": lambda w: checkpoint(lambda x: np.tanh(w * x)),
    "function": lambda w: functools.partial(checkpoint(Unit.out), Unit(w)),
}


@pytest.mark.parametrize("kind", MADE)
def test_what_it_holds_has_a_derivative(kind):
    def loss(x):
        return np.sum(MADE[kind](x[1])(x) ** 2)

    check_grads(loss, (X,))
    np.testing.assert_allclose(hvp(loss)(X, X), hessian(lambda x: np.sum(np.tanh(x[1] * x) ** 2))(X) @ X)
