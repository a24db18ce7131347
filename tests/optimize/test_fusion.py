"""A loop whose trips do not depend on each other and its backward sweep are one loop, which keeps nothing."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from srcad import check_grads, grad, value_and_grad

RNG = np.random.default_rng(5)


def sum_of_terms(x, w):
    total = 0.0
    for i in range(len(x)):
        total += math.sin(x[i]) ** 2 * w[i]
    return total


def sum_of_a_generator(x, w):
    return sum(math.sin(a) * math.exp(b * a) for a, b in zip(x, w))


def logistic_by_rows(x, w):
    total = 0.0
    for row, label in zip(np.outer(x, x), w > 0):
        p = 1.0 / (1.0 + np.exp(-(row @ w)))
        total -= np.log(p) if label else np.log(1.0 - p)
    return total / len(x)


def pairs(x, w):
    total = 0.0
    for i in range(len(x)):
        for j in range(i):
            d = x[i] - x[j]
            total += math.exp(-d * d) * w[i] * w[j]
    return total


def branches(x, w):
    total = 0.0
    for i in range(len(x)):
        if x[i] > 0.0:
            t = math.sin(x[i])
            total += t * t
        else:
            t = math.exp(x[i])
            total += t**3 * w[i]
    return total


def skipped(x, w):
    total = 0.0
    for i in range(len(x)):
        if x[i] < 0.0:
            continue
        t = np.tanh(x[i])
        total += t * t * w[i]
    return total


def sum_of_arrays(x, w):
    total = np.zeros(2)
    for i in range(len(x)):
        total = total + np.array([math.sin(x[i]) ** 2, w[i] ** 2 * x[i]])
    return np.sum(total)


FUSED = [
    sum_of_terms,
    sum_of_a_generator,
    logistic_by_rows,
    pairs,
    branches,
    skipped,
]


def square_of_a_sum(x, w):
    total = 0.0
    for i in range(len(x)):
        total += math.sin(x[i]) ** 2 * w[i]
    return total * total


def last_value_read(x, w):
    total, last = 0.0, 0.0
    for i in range(len(x)):
        last = math.sin(x[i]) * w[i]
        total += last * last
    return total * last


def counter_read(x, w):
    total, i = 0.0, 0
    for i in range(len(x)):
        t = math.sin(x[i]) * w[i]
        total += t * t
    return total + x[i] * t


def carried(x, w):
    state, total = 0.3, 0.0
    for i in range(len(x)):
        state = math.sin(state * x[i])
        total += state * w[i]
    return total


def carried_integer(x, w):
    k, total = 0, 0.0
    for i in range(len(x)):
        k = (3 * k + 1) % len(x)
        total += math.sin(x[k]) * w[i] ** 2
    return total


def changed_behind(x, w):
    y = x * 1.0
    total = 0.0
    for i in range(len(x)):
        total += math.sin(y[i]) * y[i - 1] * w[i]
    y[0] = 3.0
    return total + y[0] * y[1]


def changed_inside(x, w):
    y = x * 1.0
    total = 0.0
    for i in range(len(x) - 1):
        total += math.sin(y[i]) * y[i + 1] * w[i]
        y[i + 1] = 2.0 * y[i + 1]
    return total


def filled(x, w):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = math.sin(x[i]) * w[i]
    return sum(y[i] * y[-i] for i in range(len(x)))


def kept_in_a_list(x, w):
    kept = [math.sin(a) * b * b for a, b in zip(x, w)]
    return sum(kept) * kept[1]


def two_loops(x, w):
    total = 0.0
    for i in range(len(x)):
        total += math.sin(x[i]) * w[i] ** 2
    for i in range(len(x)):
        total += math.exp(x[i]) * math.cos(w[i])
    return total


def two_loops_multiplied(x, w):
    first, second = 0.0, 0.0
    for i in range(len(x)):
        first += math.sin(x[i]) * w[i] ** 2
    for i in range(len(x)):
        second += math.exp(x[i]) * math.cos(w[i]) * first
    return first * second


def inside_a_loop_that_ends(x, w):
    total = 0.0
    while total < 3.0:
        for i in range(len(x)):
            t = math.sin(x[i])
            total += t * t + 0.5 * w[i] ** 2
    return total


def gradient_of_a_sum(x, w):
    slope = grad(lambda v: sum(math.sin(a) * a * a for a in v))
    return np.sum(slope(x) * w)


PROGRAMS = [
    *FUSED, sum_of_arrays, square_of_a_sum, last_value_read, counter_read, carried, carried_integer, changed_behind,
    changed_inside, filled, kept_in_a_list, two_loops, two_loops_multiplied, inside_a_loop_that_ends, gradient_of_a_sum,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_the_derivatives_are_right(program):
    check_grads(program, (RNG.normal(size=5), RNG.normal(size=5)), order=2)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_a_value_that_is_asked_for_is_the_functions_own(program):
    x, w = RNG.normal(size=5), RNG.normal(size=5)
    assert value_and_grad(program)(x, w)[0] == program(x, w)


@pytest.mark.parametrize("program", FUSED, ids=lambda f: f.__name__)
def test_nothing_is_kept_from_one_loop_to_the_other(program):
    derivative = value_and_grad(program, (0, 1))
    derivative(RNG.normal(size=5), RNG.normal(size=5))
    assert "history" not in derivative.source
    assert "reversed" not in derivative.source


@pytest.mark.parametrize("size", [0, 1])
def test_loops_of_no_trip_and_of_one(size):
    x, w = RNG.normal(size=size), RNG.normal(size=size)
    dx, dw = grad(sum_of_terms, (0, 1))(x, w)
    np.testing.assert_allclose(dx, 2 * np.sin(x) * np.cos(x) * w)
    np.testing.assert_allclose(dw, np.sin(x) ** 2)


def test_the_text_is_the_loop_that_one_writes_by_hand():
    derivative = grad(sum_of_terms, (0, 1))
    derivative(np.ones(3), np.ones(3))
    loops = [line for line in derivative.source.splitlines() if line.lstrip().startswith("for ")]
    assert loops == ["    for i in range(len(x)):"]


def test_branches_of_both_sweeps_are_one():
    derivative = grad(branches)
    derivative(np.ones(3), np.ones(3))
    assert derivative.source.count("if ") == 1


def test_the_memory_of_a_gradient_does_not_grow_with_the_trips():
    def total(x, n):
        found = 0.0
        for i in range(n):
            found += math.sin(x * i)
        return found

    def peak(n):
        tracemalloc.start()
        slope(0.5, n)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    slope = grad(total)
    slope(0.5, 10)
    assert peak(20_000) < peak(10) + 2_000
