"""`Variable`: read and watched, assigned, trainable or not."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from srcad.errors import ArgumentError, UnsupportedError
from srcad.tape import GradientTape, Traced, Variable


def test_a_variable_is_watched_when_it_is_read():
    v, unread = Variable(np.array([1.0, 2.0])), Variable(3.0)
    with GradientTape() as tape:
        y = np.sum(v**2)
    assert tape.watched_variables() == (v,)
    gradient, nothing = tape.gradient(y, [v, unread])
    np.testing.assert_array_equal(gradient, [2.0, 4.0])
    assert nothing is None


def test_reading_outside_a_tape_gives_plain_values():
    v = Variable(np.array([1.0, 2.0]))
    assert type(v * 2) is np.ndarray and type(np.sum(v)) is np.float64
    assert float(Variable(2.0)) == 2.0


def test_a_variable_that_is_not_trainable_is_not_watched():
    v = Variable(3.0, trainable=False)
    with GradientTape() as tape:
        y = v * v
    assert tape.watched_variables() == () and tape.gradient(y, v) is None


def test_a_variable_that_is_not_trainable_can_be_watched():
    v = Variable(3.0, trainable=False)
    with GradientTape() as tape:
        assert tape.watch(v) is v
        y = v * v
    assert tape.gradient(y, v) == 6.0


def test_without_watch_accessed_variables_only_watched_ones_count():
    v, w = Variable(3.0), Variable(4.0)
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(w)
        y = v * w
    assert tape.gradient(y, {"v": v, "w": w}) == {"v": None, "w": 3.0}
    assert tape.watched_variables()[0] is w and len(tape.watched_variables()) == 1


def test_all_readings_of_a_variable_add_up():
    v = Variable(3.0)
    with GradientTape() as tape:
        y = v * v
        v.assign(4.0)
        z = v * v
    assert tape.gradient([y, z], v) == 6.0 + 8.0


def test_a_recorded_step_keeps_the_value_of_its_time():
    v = Variable(np.array([1.0, 2.0]))
    with GradientTape() as tape:
        y = np.sum(v * v)
        v.assign_add([10.0, 10.0])
    np.testing.assert_array_equal(tape.gradient(y, v), [2.0, 4.0])


def test_assignment_ends_the_history_of_the_value():
    v = Variable(1.0)
    with GradientTape() as tape:
        x = tape.watch(3.0)
        v.assign(x * x)
        y = v * 2.0
    assert tape.gradient(y, [x, v]) == [None, 2.0]


def test_assignments_change_the_value_and_return_the_variable():
    v = Variable(np.array([1.0, 2.0], dtype=np.float32))
    assert v.assign([3.0, 4.0]) is v
    v.assign_add(1.0 * np.ones(2)).assign_sub(np.array([0.5, 0.0]))
    np.testing.assert_array_equal(v.value, [3.5, 5.0])
    assert v.dtype == np.float32


def test_assignment_of_another_shape_is_an_error():
    v = Variable(np.ones(2))
    with pytest.raises(ArgumentError, match=r"\(3,\)"):
        v.assign(np.ones(3))
    with pytest.raises(ArgumentError, match=r"\(2, 2\)"):
        v.assign_add(np.ones((2, 2)))
    np.testing.assert_array_equal(v.value, [1.0, 1.0])


def test_augmented_assignment_is_refused_since_it_would_rebind_the_name():
    v = Variable(2.0)
    with pytest.raises(UnsupportedError, match="assign_add"):
        v += 1.0
    assert v.value == 2.0


def test_the_value_given_is_copied():
    start = np.ones(2)
    v = Variable(start)
    start[:] = 5.0
    np.testing.assert_array_equal(v.value, [1.0, 1.0])
    with pytest.raises(ValueError, match="read-only"):
        v.value[0] = 2.0


def test_an_integer_variable_is_not_watched_and_warned_of():
    v = Variable(3)
    with GradientTape() as tape:
        x = tape.watch(2.0)
        with pytest.warns(UserWarning, match="integer"):
            y = x * v
    assert tape.gradient(y, [x, v]) == [3.0, None]


def test_dtype_and_name():
    v = Variable([1, 2], dtype=float, name="w")
    assert v.dtype == np.float64 and v.shape == (2,)
    assert repr(v) == "Variable(array([1., 2.]), name='w')"


def test_a_variable_is_an_array_to_numpy_and_to_operators():
    v = Variable(np.array([[1.0, 2.0], [3.0, 4.0]]))
    with GradientTape() as tape:
        y = (
            np.concatenate([v, v.T])[:, 0] @ v[:, 1]
            if v.ndim == 1
            else np.sum(np.dot(v, v.T) * v.sum(axis=0))
        )
    rows = v.value.sum(axis=0)
    expected = (np.outer(np.ones(2), rows) + np.outer(rows, np.ones(2))) @ v.value
    expected = expected + np.sum(v.value @ v.value.T, axis=0)
    np.testing.assert_allclose(tape.gradient(y, v), expected)


def test_a_variable_can_be_the_target():
    v = Variable(3.0)
    with GradientTape() as tape:
        v * 2.0
    assert tape.gradient(v, v) == 1.0


def test_both_of_two_nested_tapes_watch_a_variable():
    v = Variable(3.0)
    with GradientTape() as outer:
        before = v * 1.0
        with GradientTape() as inner:
            y = v * v * v
        slope = inner.gradient(y, v)
        total = slope + before
    assert isinstance(slope, Traced) and slope.value == 27.0
    assert outer.gradient(total, v) == 18.0 + 1.0


def test_gradient_descent_finds_the_minimum():
    v = Variable(np.zeros(2))
    for _ in range(100):
        with GradientTape() as tape:
            loss = np.sum((v - np.array([1.0, -2.0])) ** 2)
        v.assign_sub(0.1 * tape.gradient(loss, v))
    np.testing.assert_allclose(v.value, [1.0, -2.0], atol=1e-6)


def test_copies_and_pickles_of_a_variable_are_variables_of_their_own():
    v = Variable(np.array([1.0, 2.0], np.float32), name="w", trainable=False)
    for other in (copy.copy(v), copy.deepcopy(v), pickle.loads(pickle.dumps(v))):
        other.assign([5.0, 6.0])
        assert (other.name, other.trainable, other.dtype) == ("w", False, np.float32)
    np.testing.assert_array_equal(v.value, [1.0, 2.0])
    assert copy.deepcopy({"w": Variable(2.0)})["w"].value == 2.0
