"""``tape.watch(x)`` on a line of its own: the caller's variables stand for traced values until the block ends."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import GradientTape
from srcad.errors import ArgumentError

OUTSIDE = np.array([1.0, 2.0])


def test_names_watched_on_a_line_of_their_own_are_followed():
    x, params = np.array([0.3, -0.7]), {"w": np.array([1.0, 2.0]), "k": 3.0}
    kept, kept_params = x, params
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        tape.watch(params)
        y = np.sin(x) * params["k"]
        z = np.sum(y * params["w"])
    gradient = tape.gradient(z, [x, params])
    np.testing.assert_allclose(gradient[0], 3.0 * np.cos(x) * params["w"])
    np.testing.assert_allclose(gradient[1]["w"], 3.0 * np.sin(x))
    assert gradient[1]["k"] == pytest.approx(np.sin(x) @ params["w"])
    assert x is kept and params is kept_params


def test_floats_and_lists_of_names_are_followed():
    a, b = 0.3, 0.7
    with GradientTape() as tape:
        tape.watch([a, b])
        y = a * a * b
    assert tape.gradient(y, [a, b]) == [pytest.approx(2 * 0.3 * 0.7), pytest.approx(0.09)]
    assert type(a) is float and type(b) is float


def test_nested_tapes_follow_one_name():
    x = np.array([0.3, -0.7])
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as inner:
            inner.watch(x)
            y = np.sum(x**3)
        first = inner.gradient(y, x)
    np.testing.assert_allclose(outer.gradient(first, x), 6 * x)


def test_a_variable_of_a_nested_function_is_followed():
    x = np.array([0.3, -0.7])

    def square():
        return x * x

    with GradientTape() as tape:
        tape.watch(x)
        y = np.sum(square())
    np.testing.assert_allclose(tape.gradient(y, x), 2 * x)
    assert type(square()) is np.ndarray


def test_a_global_variable_is_followed_and_plain_again_afterwards():
    before = OUTSIDE
    with GradientTape() as tape:
        tape.watch(OUTSIDE)
        y = np.sum(OUTSIDE**2)
    np.testing.assert_allclose(tape.gradient(y, OUTSIDE), 2 * before)
    assert OUTSIDE is before


def test_code_without_source_is_followed():
    space = {"np": np, "GradientTape": GradientTape, "x": np.array([0.5])}
    exec(
        "with GradientTape() as tape:\n    tape.watch(x)\n    y = np.sum(x * x)\ng = tape.gradient(y, x)",
        space,
    )
    assert space["g"] == pytest.approx(1.0) and type(space["x"]) is np.ndarray


def test_the_variable_is_plain_again_after_an_exception():
    x = np.array([0.5])
    kept = x
    with pytest.raises(RuntimeError), GradientTape() as tape:
        tape.watch(x)
        raise RuntimeError
    assert x is kept


def test_what_the_block_binds_to_the_variable_stays():
    x = np.array([0.5])
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * 2
        x = 7
    assert x == 7
    assert tape.gradient(y, y) is not None


def test_a_watched_name_that_is_not_used_is_unconnected():
    x, y = np.array([0.5]), np.array([1.5])
    with GradientTape() as tape:
        tape.watch(x)
        tape.watch(y)
        z = x * x
    found = tape.gradient(z, [x, y])
    assert found[0] == pytest.approx(1.0) and found[1] is None


def test_a_variable_of_a_function_that_has_returned_is_not_found():
    def start(tape, value):
        tape.watch(value)

    x = np.array([0.5])
    with GradientTape() as tape:
        start(tape, x)
        y = np.sum(x * x)
    with pytest.raises(ArgumentError):
        tape.gradient(y, x)


def test_a_result_that_is_taken_leaves_the_variable_alone():
    x = np.array([0.5])
    with GradientTape() as tape:
        traced = tape.watch(x)
        assert type(x) is np.ndarray
        y = traced * traced
    assert tape.gradient(y, x) == pytest.approx(1.0)
