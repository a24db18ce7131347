"""Derivatives of derivatives of programs that catch exceptions: what was done before one was raised is undone."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import grad, jvp

RNG = np.random.default_rng(1)
ARGS = RNG.uniform(-1, 1, (3, 3)), 0.7
DIRECTIONS = RNG.uniform(-1, 1, (3, 3)), 1.0


def store_that_raises(m, x):
    try:
        m[9] = m[0]
    except LookupError:
        x = x * m[1, 1]
    return x * np.sum(m * m)


def update_before_a_store_that_raises(m, x):
    try:
        m[1] *= x
        m[9] = m[0]
    except LookupError:
        x = x * m[1, 1]
    return x * np.sum(m * m)


def update_of_a_number_before_an_exception(m, x):
    try:
        for row in m:
            x = x + row[0] * x
        v = m[1]
        v += m[0] * m[0]
        if x > -5.0:
            raise ValueError
        m *= x
    except ValueError:
        np.sum(m[1:], axis=0, out=m[0])
        x = np.sin(m[0, -1] * x)
    return x * np.sum(m * m)


def block_that_is_run_to_its_end(m, x):
    try:
        v = m[1]
        v += m[0] * x
        y = x * x
    except ValueError:
        y = 0.0
    return y * np.sum(m * m)


PROGRAMS = (
    store_that_raises,
    update_before_a_store_that_raises,
    update_of_a_number_before_an_exception,
    block_that_is_run_to_its_end,
)


def moved(step):
    return [a + step * d for a, d in zip(ARGS, DIRECTIONS)]


def along(gradients):
    return sum(float(np.sum(g * d)) for g, d in zip(gradients, DIRECTIONS))


@pytest.mark.parametrize("program", PROGRAMS)
def test_reverse_mode_over_both_modes(program):
    def forward(m, x):
        return jvp(program, (m, x), DIRECTIONS)[1]

    def reverse(m, x):
        gradients = grad(program, argnums=(0, 1))(m, x)
        return np.sum(gradients[0] * DIRECTIONS[0]) + gradients[1] * DIRECTIONS[1]

    expected = (forward(*moved(1e-5)) - forward(*moved(-1e-5))) / 2e-5
    assert reverse(*ARGS) == pytest.approx(forward(*ARGS))
    assert along(grad(forward, argnums=(0, 1))(*ARGS)) == pytest.approx(expected, rel=1e-6)
    assert along(grad(reverse, argnums=(0, 1))(*ARGS)) == pytest.approx(expected, rel=1e-6)
    assert jvp(reverse, ARGS, DIRECTIONS)[1] == pytest.approx(expected, rel=1e-6)
