"""What is computed again in the backward pass does what it did before, or is refused."""

from __future__ import annotations

import random
import sys
import threading
import time

import numpy as np
import pytest

from srcad import checkpoint, checkpoint_loop, grad
from srcad.callables.replay import Replay
from srcad.errors import UnsupportedError

X = np.array([0.3, -0.5, 0.8])
GENERATOR = np.random.default_rng(0)


@checkpoint
def of_numpy(x):
    return np.sin(x * np.random.normal(size=3))


@checkpoint
def of_a_global_generator(x):
    return np.sin(x * GENERATOR.normal(size=3))


@checkpoint
def of_python(x):
    return np.sin(x * random.gauss(0.0, 1.0))


def given(x, generator):
    layer = checkpoint(lambda y, source: np.sin(y * source.normal(size=3)))
    return np.sum(layer(layer(x, generator), generator))


def captured(x, generator):
    layer = checkpoint(lambda y: np.sin(y * generator.normal(size=3)))
    return np.sum(layer(layer(x)))


def twice(draw):
    """Return the gradient of two layers sin(x * draw())."""
    first, second = draw(), draw()
    return second * np.cos(np.sin(X * first) * second) * first * np.cos(X * first)


@pytest.mark.parametrize(
    ("layer", "draw"),
    [
        (of_numpy, lambda: np.random.normal(size=3)),
        (of_a_global_generator, lambda: GENERATOR.normal(size=3)),
        (of_python, lambda: random.gauss(0.0, 1.0)),
    ],
)
def test_the_same_random_numbers_are_drawn_again(layer, draw):
    def seed():
        random.seed(1)
        np.random.seed(1)
        GENERATOR.bit_generator.state = np.random.default_rng(1).bit_generator.state

    seed()
    found, following = grad(lambda x: np.sum(layer(layer(x))))(X), draw()
    seed()
    np.testing.assert_allclose(found, twice(draw), rtol=1e-12)
    np.testing.assert_array_equal(following, draw())  # the source is left as if it had been read once


@pytest.mark.parametrize("f", [given, captured])
def test_generators_that_the_function_is_given_are_rewound(f):
    generator = np.random.default_rng(1)
    expected = twice(lambda: generator.normal(size=3))
    np.testing.assert_allclose(grad(f)(X, np.random.default_rng(1)), expected, rtol=1e-12)


@pytest.mark.parametrize("snapshots", [None, 3])
@pytest.mark.parametrize("n", [5, 200])
def test_steps_may_draw_random_numbers(n, snapshots):
    def step(state):
        return np.sin(1.1 * state + 0.1 * np.random.normal(size=3) + 0.1 * random.random())

    def looped(x):
        return np.sum(checkpoint_loop(step, x, n, snapshots=snapshots))

    def plain(x):
        for _ in range(n):
            x = step(x)
        return np.sum(x)

    found = []
    for f in (looped, plain):
        random.seed(1)
        np.random.seed(1)
        found.append((grad(f)(X), np.random.random(), random.random()))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-10)
    assert found[0][1:] == found[1][1:]


COUNT = [0]


@checkpoint
def counting(x):
    COUNT[0] += 1
    return x * COUNT[0]


class Holder:
    def __init__(self):
        self.parts = {"source": np.random.default_rng(1)}


@checkpoint
def hidden_source(x, holder):
    return x * holder.parts["source"].normal(size=3)


def counting_step(x):
    COUNT[0] += 1
    return x * COUNT[0]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(counting(x)),
        lambda x: np.sum(hidden_source(x, Holder())),
        lambda x: np.sum(checkpoint_loop(counting_step, x, 3)),
    ],
)
def test_another_result_is_refused(f):
    with pytest.raises(UnsupportedError, match="gives another result"):
        grad(f)(X)


def test_a_function_that_changes_what_it_has_captured_is_refused():
    def f(x):
        scale = [x[0]]

        @checkpoint
        def scaled(y):
            scale[0] = scale[0] * y[1]
            return y * scale[0]

        return np.sum(scaled(scaled(x)))

    with pytest.raises(UnsupportedError, match="'scaled' changes a value around it"):
        grad(f)(X)


def test_the_first_state_of_a_loop_is_not_changed():
    def step(state):
        state[1:] += 0.1 * state[:-1]
        return state

    def f(x):
        start = 1.0 * x
        last = checkpoint_loop(step, start, 4)
        return np.sum(last) + start[2]

    assert f(X) == pytest.approx(np.sum(X) + 0.4 * (X[0] + X[1]) + 0.06 * X[0] + X[2])
    np.testing.assert_allclose(grad(f)(X), [1.46, 1.4, 2.0], rtol=1e-12)


@checkpoint
def printing(x):
    print("once")
    return np.sin(x)


def test_what_a_function_prints_appears_once(capsys):
    grad(lambda x: np.sum(printing(x)))(X)
    assert capsys.readouterr().out == "once\n"


def test_other_threads_print_while_a_program_runs_again(capsys):
    before = sys.stdout

    def again(seconds):
        with Replay((), None):
            print("hidden")
            time.sleep(seconds)

    threads = [threading.Thread(target=again, args=(0.05 * k,)) for k in (1, 3, 2)]
    for thread in threads:
        thread.start()
    time.sleep(0.02)
    print("shown")
    for thread in threads:
        thread.join()
    assert sys.stdout is before
    assert capsys.readouterr().out == "shown\n"
