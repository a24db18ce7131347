"""What is added to the parts of a tuple's or a dict's gradient stands in its display."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import check_grads, grad

X = np.array([0.5, -1.0, 2.0])


def steps_of_a_pair(x, v, n):
    pair = (x, v)
    for _ in range(n):
        speed = pair[1] - 0.1 * pair[0]
        pair = pair[0] + 0.1 * speed, speed
    return np.sum(pair[0] * pair[1])


def read_again_after_a_branch(x, v, n):
    pair = (x * v, v)
    for k in range(n):
        if k % 2:
            pair = pair[0] * 0.5, pair[1] + pair[0]
        else:
            pair = pair[1], pair[0] * pair[1]
    return np.sum(pair[0] * pair[1]) + np.sum(pair[0])


def whole_pair_kept(x, v, n):
    pairs = [(x, v)]
    for _ in range(n):
        a, b = pairs[-1]
        pairs.append((a * b, a + pairs[0][1]))
    return sum(np.sum(a * b) for a, b in pairs)


def parts_changed_in_place(x, v, n):
    pair = (x.copy(), v * 2.0)
    for k in range(n):
        pair[0][k] *= pair[1][k]
        pair = pair[0], pair[1] + pair[0]
    return np.sum(pair[0] * pair[1])


def broadcast_parts(x, v, n):
    pair = (x, v[0])
    for _ in range(n):
        pair = pair[0] * pair[1], pair[1] + np.sum(pair[0])
    return np.sum(pair[0]) * pair[1]


def whole_numbers_beside(x, v, n):
    pair = (x, n, v)
    for _ in range(n):
        pair = pair[0] * pair[2], pair[1] + 1, pair[2] + pair[0] * pair[1]
    return np.sum(pair[0] * pair[2]) * pair[1]


PROGRAMS = (
    steps_of_a_pair,
    read_again_after_a_branch,
    whole_pair_kept,
    parts_changed_in_place,
    broadcast_parts,
    whole_numbers_beside,
)


@pytest.mark.parametrize("trips", [0, 1, 3])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_gradients_of_pairs_are_right_to_second_order(program, trips):
    check_grads(lambda x, v: program(x, v, trips), (X, X[::-1] * 0.7), order=2)


def test_what_is_added_to_a_part_stands_in_the_display():
    derivative = grad(steps_of_a_pair, argnums=(0, 1))
    derivative(X, X, 3)
    assert "dpair = [dt5 - dspeed * 0.1, dspeed]" in derivative.source
    assert "rt.accumulate" not in derivative.source and "history" not in derivative.source


def test_what_is_added_to_an_entry_stands_in_the_display():
    def f(parameters):
        return np.sum(parameters["a"] * parameters["b"] + parameters["a"] ** 2)

    derivative = grad(f)
    found = derivative({"a": X, "b": X + 1.0})
    assert "rt.accumulate" not in derivative.source
    np.testing.assert_allclose(found["a"], 3.0 * X + 1.0)


@pytest.mark.parametrize("trips", [0, 2])
def test_gradients_share_no_memory_with_the_arguments(trips):
    v = X * 0.5
    for gradient in grad(steps_of_a_pair, argnums=(0, 1))(X, v, trips):
        assert not np.shares_memory(gradient, X) and not np.shares_memory(gradient, v)
