"""Gradients of weights are formed by one product behind the loop, where that computes the same."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import check_grads, grad, jacobian, value_and_grad, vjp

RNG = np.random.default_rng(3)


def by_columns(w, u, b, xs):
    h = np.zeros(b.shape)
    for x in xs:
        h = np.tanh(w @ h + u @ x + b)
    return np.sum(h**2)


def by_rows(w, u, b, xs):
    steps, _ = xs.shape
    h = np.zeros(b.shape)
    for t in range(steps):
        h = np.tanh(h @ w + xs[t] @ u + b)
    return np.sum(h**2)


def in_batches(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        h = np.tanh(h @ w + x @ u + b)
    return np.sum(h**2)


def with_two_layers(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    k = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
        k = np.tanh(h @ w + k @ w)
    return np.sum(h * k)


def gated(w, u, b, xs):
    n = len(b) // 2
    h = np.zeros((xs.shape[1], n))
    for x in xs:
        z = x @ u + h @ w + b
        gate = 1.0 / (1.0 + np.exp(-z[:, :n]))
        h = gate * h + (1.0 - gate) * np.tanh(z[:, n:])
    return np.sum(h**2)


def with_two_gates(w, v, u, p, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        reset = np.tanh(x @ u + h @ w + b)
        h = np.tanh(x @ p + h @ v + reset)
    return np.sum(h**2)


def used_before_as_well(w, u, b, xs):
    h = np.tanh(xs[0] @ u @ w + b)
    for x in xs:
        h = np.tanh(h @ w + x @ u + b)
    return np.sum(h * (h @ w)) + np.sum(b)


def arguments(program, steps=4, batch=3):
    n, k = 4, 2
    xs = RNG.normal(size=(steps, k) if program in (by_columns, by_rows) else (steps, batch, k))
    states = n // 2 if program is gated else n
    w, u = RNG.normal(size=(states, n)), RNG.normal(size=(k, n))
    if program is by_columns:
        w, u = w.T.copy(), u.T.copy()
    return w, u, RNG.normal(size=n), xs


PROGRAMS = [by_columns, by_rows, in_batches, with_two_layers, gated, used_before_as_well]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_what_is_kept_behind_the_loop_gives_the_right_gradients(program):
    args = arguments(program)
    derivative = grad(program, argnums=(0, 1, 2, 3))
    derivative(*args)
    assert "np.empty(" in derivative.source
    check_grads(program, args, order=1)
    check_grads(program, args, order=2)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
@pytest.mark.parametrize("steps, batch", [(0, 3), (1, 3), (2, 1)])
def test_loops_and_batches_of_any_length_have_right_gradients(program, steps, batch):
    if program is used_before_as_well and not steps:
        steps = 3
    check_grads(program, arguments(program, steps, batch), order=1)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_single_precision_stays_as_it_is(program):
    args = [arg.astype(np.float32) for arg in arguments(program)]
    exact = grad(program, argnums=(0, 1, 2))(*[arg.astype(float) for arg in args])
    for one, other in zip(grad(program, argnums=(0, 1, 2))(*args), exact):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-4)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_other_modes_agree_with_the_gradient(program):
    args = arguments(program)
    w = args[0]
    gradient = grad(program)(*args)
    value, pullback = vjp(program, *args)
    for _ in range(2):
        np.testing.assert_allclose(pullback(1.0)[0], gradient, rtol=1e-10, atol=1e-12)
    assert np.isclose(value, value_and_grad(program)(*args)[0])
    direction = RNG.normal(size=w.shape)
    eps = 1e-6
    difference = grad(program)(w + eps * direction, *args[1:]) - grad(program)(w - eps * direction, *args[1:])
    hessian = jacobian(grad(program))(*args)
    np.testing.assert_allclose(
        np.tensordot(hessian, direction, 2), difference / (2 * eps), rtol=1e-5, atol=1e-6
    )


def test_the_text_has_no_product_in_the_loop():
    derivative = grad(in_batches, argnums=(0, 1, 2))
    derivative(*arguments(in_batches))
    loop, behind = derivative.source.split("reversed(")[1].split("    dt", 2)[-1], derivative.source
    assert "+=" not in loop
    assert "dw = np.tensordot(h_history[:-1], " in behind and "db = dt" in behind


def leaving_early(w, xs):
    h = np.zeros(xs.shape[1])
    for x in xs:
        h = np.tanh(h @ w + x)
        if h[0] > 0.5:
            break
    return np.sum(h**2)


def skipping(w, xs):
    h = np.zeros(xs.shape[1])
    for x in xs:
        if x[0] > 0.0:
            continue
        h = np.tanh(h @ w + x)
    return np.sum(h**2)


def changing_the_weights(w, xs):
    h = np.zeros(xs.shape[1])
    for x in xs:
        h = np.tanh(h @ w + x)
        w = 0.9 * w
    return np.sum(h**2)


def changing_the_inputs(w, xs):
    h = np.zeros(xs.shape[1])
    for i in range(len(xs)):
        h = np.tanh(h @ w + xs[i] @ w)
        xs[i] *= 0.5
        xs[0] += h
    return np.sum(h**2)


def changing_the_state(w, xs):
    h = np.zeros(xs.shape[1])
    for x in xs:
        h = np.tanh(h @ w + x)
        h[0] *= 0.5
    return np.sum(h**2)


def over_a_part(w, xs):
    h = np.zeros(xs.shape[1])
    for i in range(len(xs) - 1):
        h = np.tanh(h @ w + xs[i + 1] @ w)
    return np.sum(h**2)


def over_matrices_of_many_shapes(w, xs):
    h = xs
    for size in range(3):
        h = np.tanh(h[size:] @ w)
    return np.sum(h**2)


def broadcasting_first(w, xs):
    h = np.zeros((1, xs.shape[1]))
    for _ in range(3):
        h = np.tanh(h @ w + xs)
    return np.sum(h**2)


OTHERS = [
    leaving_early, skipping, changing_the_weights, changing_the_inputs, changing_the_state, over_a_part,
    over_matrices_of_many_shapes, broadcasting_first,
]  # fmt: skip


@pytest.mark.parametrize("program", OTHERS, ids=lambda program: program.__name__)
def test_loops_that_do_not_go_through_all_or_change_their_factors_have_right_gradients(program):
    w, xs = RNG.normal(size=(3, 3)), RNG.normal(size=(5, 3))
    check_grads(program, (w, xs), order=1)
    check_grads(program, (w[:1, :1], xs[:, :1]), order=1)


def test_two_factors_may_share_a_history():
    w, u, b, xs = arguments(in_batches)
    args = (w, 0.5 * w, u, 0.3 * u, b, xs)
    derivative = grad(with_two_gates, argnums=(0, 1, 2, 3, 4))
    derivative(*args)
    assert derivative.source.count("np.tensordot(h_history[:-1], ") == 2
    check_grads(with_two_gates, args, order=1)
