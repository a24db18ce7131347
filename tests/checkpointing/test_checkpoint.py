"""Functions and loops that are computed again in the backward pass."""

from __future__ import annotations

import functools
import math
import tracemalloc

import numpy as np
import pytest

import srcad
from srcad import checkpoint, checkpoint_loop, grad, hessian, jacfwd, jacrev, jvp, vjp
from srcad.callables.replay import Replay
from srcad.checkpointing import loops
from srcad.errors import ArgumentError, UnsupportedError

X = np.array([0.5, 2.0, 3.0])
COUNT = [0]


def block(x, w, times=3):
    for _ in range(times):
        x = np.tanh(w * x) + x
    return x


recomputing = checkpoint(block)


def plain(x, w):
    return np.sum(block(block(x, w), w, times=2) ** 2)


def checkpointed(x, w):
    return np.sum(recomputing(recomputing(x, w), w, times=2) ** 2)


def nested(x, w):
    return np.sum(checkpoint(lambda u: np.sin(u * w) * x)(x))


def nested_plain(x, w):
    return np.sum(np.sin(x * w) * x)


PAIRS = [(checkpointed, plain), (nested, nested_plain)]


@pytest.mark.parametrize(("f", "same"), PAIRS)
def test_derivatives_are_those_without_checkpoints(f, same):
    for found, expected in zip(grad(f, (0, 1))(X, 2.0), grad(same, (0, 1))(X, 2.0)):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    tangents = (np.ones(3), 0.5)
    np.testing.assert_allclose(jvp(f, (X, 2.0), tangents), jvp(same, (X, 2.0), tangents), rtol=1e-12)


@pytest.mark.parametrize(
    "again",
    [recomputing, lambda x, w: checkpoint_loop(lambda x, w: np.tanh(w * x) + x, x, 3, w)],
    ids=["function", "loop"],
)
def test_pullbacks_run_any_number_of_times(again):
    def program(function):
        def changing(x):
            y = function(x, 1.5)
            x[0] = y[1] * x[2]
            return function(x, 0.5) * y

        return changing

    expected = jacfwd(program(block))(X)
    _, pullback = vjp(program(again), X.copy())
    for _ in range(2):
        np.testing.assert_allclose([pullback(unit)[0] for unit in np.eye(3)], expected, rtol=1e-10)
    np.testing.assert_allclose(jacrev(program(again))(X), expected, rtol=1e-10)


def test_second_derivatives_go_through_a_checkpoint():
    np.testing.assert_allclose(hessian(checkpointed)(X, 2.0), hessian(plain)(X, 2.0), rtol=1e-10, atol=1e-12)


def test_the_tape_goes_through_a_checkpoint():
    with srcad.GradientTape() as tape:
        x = tape.watch(X)
        y = checkpointed(x, 2.0)
    np.testing.assert_allclose(tape.gradient(y, x), grad(plain)(X, 2.0), rtol=1e-12)


@checkpoint
def counted(x):
    COUNT[0] += 1
    return np.sin(x)


def test_the_function_runs_once_more_in_the_backward_pass():
    COUNT[0] = 0
    grad(lambda x: np.sum(counted(x)))(X)
    assert COUNT[0] == 2


def large(x):
    for _ in range(40):
        x = np.sin(x)
    return x


def test_what_the_function_saves_is_not_kept():
    small = checkpoint(large)

    def with_checkpoints(x):
        for _ in range(10):
            x = small(x)
        return np.sum(x)

    def without(x):
        for _ in range(10):
            x = large(x)
        return np.sum(x)

    x = np.linspace(0.1, 1.0, 10_000)
    assert peak(grad(with_checkpoints), x) < peak(grad(without), x) / 3


def peak(function, *args):
    """Return the most memory at once, in the second run."""
    function(*args)
    tracemalloc.start()
    function(*args)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def test_arguments_that_change_later_are_seen_as_they_were():
    def f(x, inner):
        y = x * 2.0
        z = inner(y, 1.5)
        y[0] = 7.0
        return np.sum(z * y)

    np.testing.assert_allclose(grad(f)(X, recomputing), grad(f)(X, block), rtol=1e-12)


def test_a_result_that_is_the_argument_is_a_copy():
    same = checkpoint(lambda x: x)

    def f(x):
        y = same(x)
        y[0] = 5.0
        return np.sum(x * y)

    assert f(X) == 0.5 * 5 + 4 + 9
    np.testing.assert_allclose(grad(f)(X), [5.0, 4.0, 6.0])


@checkpoint
def changes_its_argument(x):
    x[0] = 1.0
    return x * 2.0


def test_a_function_that_changes_its_argument_is_refused():
    with pytest.raises(UnsupportedError, match="changes an argument"):
        grad(lambda x: np.sum(changes_its_argument(x * 1.0)))(X)


class Layer:
    def __init__(self, w):
        self.w = w

    @checkpoint
    def apply(self, x):
        return np.tanh(self.w * x)


def test_methods_may_be_checkpointed():
    gradient = grad(lambda layer, x: np.sum(layer.apply(x)), (0, 1))(Layer(1.0 * X), X)
    slope = 1 - np.tanh(X * X) ** 2
    np.testing.assert_allclose(gradient[0].w, slope * X, rtol=1e-12)
    np.testing.assert_allclose(gradient[1], slope * X, rtol=1e-12)


def test_functions_with_rules_need_no_checkpoint():
    np.testing.assert_allclose(grad(lambda x: np.sum(checkpoint(np.sin)(x)))(X), np.cos(X))


def test_functions_with_starred_parameters_are_refused():
    with pytest.raises(ArgumentError, match="names"):
        checkpoint(lambda *parts: parts[0])


# -- loops -------------------------------------------------------------------------------------------


def step(x, w):
    return x + 0.01 * np.sin(w * x)


class Step:
    """A callable object."""

    def __call__(self, x, w):
        return step(x, w)


def pair_step(state, w):
    return {"x": state["x"] + 0.1 * state["v"], "v": state["v"] - 0.1 * np.sin(w * state["x"])}


def looped(x, w, n, snapshots=None):
    return np.sum(checkpoint_loop(step, x, n, w, snapshots=snapshots) ** 2)


def unrolled(x, w, n):
    for _ in range(n):
        x = step(x, w)
    return np.sum(x**2)


@pytest.mark.parametrize(
    ("n", "snapshots"), [(0, None), (1, None), (2, 1), (7, 1), (37, 2), (50, 3), (100, None)]
)
def test_gradients_are_those_of_the_plain_loop(n, snapshots):
    found = grad(looped, (0, 1))(X, 2.0, n, snapshots)
    expected = grad(unrolled, (0, 1))(X, 2.0, n)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-12)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-12)


def test_forward_mode_and_second_derivatives_of_a_loop():
    tangents = (np.ones(3), 0.5, 0)
    np.testing.assert_allclose(jvp(looped, (X, 2.0, 20), tangents), jvp(unrolled, (X, 2.0, 20), tangents))
    np.testing.assert_allclose(
        hessian(looped)(X, 2.0, 20), hessian(unrolled)(X, 2.0, 20), rtol=1e-10, atol=1e-12
    )


def test_the_tape_follows_a_loop():
    with srcad.GradientTape() as tape:
        x = tape.watch(X)
        y = looped(x, 2.0, 20)
    np.testing.assert_allclose(tape.gradient(y, x), grad(unrolled)(X, 2.0, 20), rtol=1e-12)


def test_steps_of_any_kind_and_states_of_any_structure():
    def by_object(x, w):
        return np.sum(checkpoint_loop(Step(), x, 30, w))

    def by_closure(x, w):
        return np.sum(checkpoint_loop(lambda u: u + 0.01 * np.sin(w * u), x, 30))

    def expected(x, w):
        for _ in range(30):
            x = step(x, w)
        return np.sum(x)

    reference = grad(expected, (0, 1))(X, 2.0)
    for f in (by_object, by_closure):
        for found, right in zip(grad(f, (0, 1))(X, 2.0), reference):
            np.testing.assert_allclose(found, right, rtol=1e-12)


def test_states_that_are_dicts():
    def by_loop(x, w):
        return np.sum(checkpoint_loop(pair_step, {"x": x, "v": 0 * x}, 60, w)["x"])

    def by_steps(x, w):
        state = {"x": x, "v": 0 * x}
        for _ in range(60):
            state = pair_step(state, w)
        return np.sum(state["x"])

    for found, right in zip(grad(by_loop, (0, 1))(X, 2.0), grad(by_steps, (0, 1))(X, 2.0)):
        np.testing.assert_allclose(found, right, rtol=1e-10)


def in_place(x, w):
    x[:] = x + 0.01 * np.sin(w * x)
    return x


def test_a_step_may_change_the_state_in_place():
    def f(x, w):
        return np.sum(checkpoint_loop(in_place, x, 40, w) ** 2)

    np.testing.assert_allclose(grad(f)(X, 2.0), grad(unrolled)(X, 2.0, 40), rtol=1e-12)
    np.testing.assert_array_equal(X, [0.5, 2.0, 3.0])


def scaled_and_moved(state, w):
    state *= w
    state += 1.0
    return state


@pytest.mark.parametrize("first", [lambda w: w, lambda w: 1.0 * w, lambda w: np.ones(3)])
def test_a_step_may_change_the_whole_state_in_place(first):
    x = np.array([0.3, -0.7, 1.2])

    def plain(w):
        return np.sum(((first(w) * w[1] + 1.0) * w[1] + 1.0) * w)

    def by_loop(w):
        return np.sum(checkpoint_loop(scaled_and_moved, first(w), 2, w[1]) * w)

    np.testing.assert_allclose(grad(by_loop)(x), grad(plain)(x))


def spoils(x, w):
    w[0] = w[0] + 1.0
    return x * w


def test_a_step_that_changes_its_further_arguments_is_refused():
    with pytest.raises(UnsupportedError, match="changes an argument"):
        grad(lambda x, w: np.sum(checkpoint_loop(spoils, x, 5, w * 1.0)))(X, X)


class Counting:
    def __init__(self):
        self.scale = np.ones(3)

    def step(self, x):
        self.scale *= 1.1
        return x * self.scale


def test_a_step_that_changes_what_it_holds_is_refused():
    def captured(x):
        memory = np.ones(3)

        def step(x):
            memory[0] = x[0]
            return x * memory

        return np.sum(checkpoint_loop(step, x, 5))

    for f in (captured, lambda x: np.sum(checkpoint_loop(Counting().step, x, 5))):
        with pytest.raises(UnsupportedError, match="is to be computed again"):
            grad(f)(X)


@pytest.mark.parametrize(("n", "snapshots"), [(-1, None), (5, 0)])
def test_counts_without_a_meaning_are_refused(n, snapshots):
    with pytest.raises(ArgumentError):
        looped(X, 2.0, n, snapshots)


@functools.cache
def fewest(length, snapshots):
    """Return the fewest steps that reverse a chain, by trying all places of the next snapshot."""
    if length <= 1:
        return 0
    if snapshots == 1:
        return length * (length - 1) // 2
    return min(m + fewest(length - m, snapshots - 1) + fewest(m, snapshots) for m in range(1, length))


def steps_of_split(length, snapshots):
    """Return the steps that the schedule takes."""
    if length <= 1:
        return 0
    if snapshots == 1:
        return length * (length - 1) // 2
    m = loops.split(length, snapshots)
    return m + steps_of_split(length - m, snapshots - 1) + steps_of_split(m, snapshots)


@pytest.mark.parametrize("snapshots", [2, 3, 5])
def test_the_schedule_takes_the_fewest_steps(snapshots):
    for length in range(1, 50):
        assert steps_of_split(length, snapshots) == fewest(length, snapshots)


class Traced(loops._Sweep):
    """A sweep over single steps that counts, in place of states."""

    def run(self, state, start, end):
        COUNT[0] += end - start
        return state + end - start

    def keep(self, snapshot):
        super().keep(snapshot)
        assert len(self.kept) <= self.snapshots

    def pull(self, snapshot):
        assert snapshot.group == snapshot.state
        self.pulled.append(snapshot.group)


@pytest.mark.parametrize("snapshots", [1, 2, 3, 5])
def test_both_sweeps_follow_the_schedule_and_keep_no_more_than_they_may(snapshots):
    for length in range(1, 40):
        COUNT[0] = 0
        sweep = Traced(None, None, (), (None, None, None), length, 1, 1, Replay((), None))
        sweep.snapshots, sweep.pulled = snapshots, []
        assert sweep.forward(0) == length
        sweep.first = [snapshot.group for snapshot in sweep.kept]
        sweep.backward(0.0)
        assert sweep.pulled == list(reversed(range(length)))
        beyond = length - max(sweep.first)  # the forward sweep goes to the end, which the schedule need not
        assert COUNT[0] == fewest(length, snapshots) + beyond


def test_memory_grows_with_the_logarithm_of_the_number_of_steps():
    x = np.linspace(0.1, 2.0, 1000)
    state = x.nbytes
    gradient = grad(looped)
    states = {n: peak(gradient, x, 2.0, n) / state for n in (100, 10_000)}
    assert states[10_000] < 16 * math.log2(10_000)
    assert states[10_000] < 3 * states[100]
