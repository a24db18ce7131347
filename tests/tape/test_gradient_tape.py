"""`GradientTape`: targets, sources, persistence, options, control flow."""

from __future__ import annotations

import collections
import contextlib
import gc
import threading
import tracemalloc
import warnings
from dataclasses import dataclass

import numpy as np
import pytest

from srcad.errors import ArgumentError, NoDerivativeError, SrcadError, TapeError
from srcad.tape import GradientTape, Traced, Variable


def test_a_gradient_has_the_shape_and_dtype_of_its_source():
    with GradientTape() as tape:
        x = tape.watch(np.arange(6, dtype=np.float32).reshape(2, 3))
        y = np.sum(x * x)
    gradient = tape.gradient(y, x)
    assert type(gradient) is np.ndarray and gradient.dtype == np.float32
    np.testing.assert_array_equal(gradient, 2 * np.arange(6).reshape(2, 3))


def test_a_float_has_a_float_gradient():
    with GradientTape() as tape:
        x = tape.watch(3.0)
        y = x * x
    gradient = tape.gradient(y, x)
    assert gradient == 6.0 and isinstance(gradient, float)


def test_a_gradient_is_fresh_and_writable():
    with GradientTape(persistent=True) as tape:
        x = tape.watch(np.ones(3))
        y = np.sum(x)
    tape.gradient(y, x)[:] = 7.0
    np.testing.assert_array_equal(tape.gradient(y, x), np.ones(3))


def test_gradients_share_no_memory_with_each_other_or_with_what_the_user_gave():
    weight = np.array([2.0, 3.0])
    with GradientTape(persistent=True) as tape:
        x, y = tape.watch((np.ones(2), np.ones(2)))
        z = x + y
    gradients = tape.gradient(z, [x, y, z], output_gradients=weight)
    gradients[0][:] = 7.0
    gradients[2][:] = 9.0
    np.testing.assert_array_equal(gradients[1], [2.0, 3.0])
    np.testing.assert_array_equal(weight, [2.0, 3.0])
    np.testing.assert_array_equal(tape.gradient(z, x, output_gradients=weight), [2.0, 3.0])


def test_several_targets_are_summed():
    with GradientTape(persistent=True) as tape:
        x = tape.watch(2.0)
        y, z = x * x, x * x * x
    assert tape.gradient([y, {"z": z}], x) == tape.gradient(y, x) + tape.gradient(z, x) == 16.0


def test_a_target_given_twice_counts_twice():
    with GradientTape() as tape:
        x = tape.watch(2.0)
        y = x * x
    assert tape.gradient([y, y], x) == 8.0


def test_the_entries_of_a_target_are_summed():
    with GradientTape() as tape:
        x = tape.watch(np.array([1.0, 2.0]))
        y = np.outer(x, x)
    np.testing.assert_allclose(tape.gradient(y, x), [6.0, 6.0])


Point = collections.namedtuple("Point", "x y")


@dataclass
class Layer:
    weights: np.ndarray
    name: str


def test_sources_keep_their_structure():
    params = {
        "layers": [Layer(np.ones(2), "first"), Layer(2 * np.ones(2), "second")],
        "at": Point(1.0, (2.0,)),
    }
    with GradientTape() as tape:
        watched = tape.watch(params)
        y = watched["at"].x * np.sum(watched["layers"][1].weights) * watched["at"].y[0]
    gradient = tape.gradient(y, watched)
    assert list(gradient) == ["layers", "at"]
    assert gradient["layers"][0].weights is None
    assert type(gradient["layers"][1]) is Layer and gradient["layers"][1].name is None
    np.testing.assert_array_equal(gradient["layers"][1].weights, [2.0, 2.0])
    assert gradient["at"] == Point(8.0, (4.0,))


def test_what_was_watched_may_be_given_as_a_source():
    x, params = np.array([1.0, 2.0]), {"w": np.array([3.0, 4.0])}
    with GradientTape() as tape:
        x_, params_ = tape.watch(x), tape.watch(params)
        y = np.sum(x_ * params_["w"])
    dx, dparams = tape.gradient(y, [x, params])
    np.testing.assert_array_equal(dx, [3.0, 4.0])
    np.testing.assert_array_equal(dparams["w"], [1.0, 2.0])


def test_a_watched_value_that_was_not_used_is_an_error_and_no_silent_none():
    x = np.array([1.0, 2.0])
    with GradientTape() as tape:
        [tape.watch(value) for value in [x]]
        y = np.sum(x * x)
    with pytest.raises(ArgumentError, match=r"x = tape.watch\(x\)"):
        tape.gradient(y, x)


def test_a_plain_source_that_was_not_watched_is_an_error():
    with GradientTape() as tape:
        x = tape.watch(np.ones(2))
        y = np.sum(x)
    with pytest.raises(ArgumentError, match="not given to 'watch'"):
        tape.gradient(y, np.ones(2))


def test_a_plain_float_does_not_tell_which_source_it_is():
    value = 2.0
    with GradientTape() as tape:
        x, y = tape.watch(value), tape.watch(value)
        z = x * x * y
    with pytest.raises(ArgumentError, match="not clear"):
        tape.gradient(z, value)


def test_equal_objects_watched_in_two_places_have_two_gradients():
    w = np.array([1.0, 2.0])
    with GradientTape() as tape:
        a, b = tape.watch([w, w])
        y = np.sum(a * a * b)
    da, db = tape.gradient(y, [a, b])
    np.testing.assert_array_equal(da, 2 * w * w)
    np.testing.assert_array_equal(db, w * w)


def test_a_second_gradient_without_persistence_is_an_error():
    with GradientTape() as tape:
        x = tape.watch(2.0)
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(TapeError, match="persistent=True"):
        tape.gradient(y, x)
    with pytest.raises(TapeError, match="persistent=True"):
        tape.jacobian(y, x)


def test_a_call_that_is_refused_does_not_use_the_tape_up():
    with GradientTape() as tape:
        x = tape.watch(2.0)
        y = x * x
    with pytest.raises(ArgumentError):
        tape.gradient(y, np.ones(2))
    with pytest.raises(ArgumentError):
        tape.gradient(y, x, unconnected_gradients="no")
    assert tape.gradient(y, x) == 4.0


def test_a_persistent_tape_gives_several_gradients():
    with GradientTape(persistent=True) as tape:
        x = tape.watch(3.0)
        y = x * x
        z = y * y
    assert tape.gradient(z, x) == 108.0
    assert tape.gradient(y, x) == 6.0
    assert tape.gradient(z, y) == 18.0


def test_a_gradient_taken_inside_the_block_ends_a_tape_that_is_not_persistent():
    with GradientTape() as tape:
        x = tape.watch(3.0)
        y = x * x
        assert tape.gradient(y, x) == 6.0
        assert not isinstance(x * x, Traced)


@pytest.mark.parametrize("option, expected", [("none", None), ("zero", np.zeros((2, 3)))])
def test_unconnected_sources(option, expected):
    with GradientTape(persistent=True) as tape:
        x, unused = tape.watch((1.0, np.ones((2, 3))))
        y = x * x
    dx, nothing = tape.gradient(y, [x, unused], unconnected_gradients=option)
    assert dx == 2.0
    np.testing.assert_array_equal(nothing, expected)
    if expected is not None:
        assert nothing.dtype == np.float64 and nothing.flags.writeable


def test_another_option_for_unconnected_sources_is_an_error():
    with GradientTape(persistent=True) as tape:
        x = tape.watch(1.0)
        y = x * x
    with pytest.raises(ArgumentError, match="'none' or 'zero'"):
        tape.gradient(y, x, unconnected_gradients="zeros")
    with pytest.raises(ArgumentError, match="'none' or 'zero'"):
        tape.jacobian(y, x, unconnected_gradients=None)


def test_a_source_of_zero_derivative_is_connected():
    with GradientTape() as tape:
        x = tape.watch(np.array([1.5, 2.5]))
        y = np.sum(x * 0.0)
    np.testing.assert_array_equal(tape.gradient(y, x), [0.0, 0.0])


def test_a_value_that_was_not_watched_is_unconnected():
    with GradientTape() as outer:
        x = outer.watch(2.0)
        with GradientTape() as inner:
            y = inner.watch(3.0)
            z = x * y
    assert inner.gradient(z, [x, y]) == [None, 2.0]


def test_output_gradients_weigh_the_targets():
    weights = [np.array([2.0, 3.0]), None]
    with GradientTape() as tape:
        x = tape.watch(np.array([1.0, 4.0]))
        targets = [x * x, np.sqrt(x)]
    gradient = tape.gradient(targets, x, output_gradients=weights)
    np.testing.assert_allclose(gradient, [2 * 2.0 + 0.5, 3 * 8.0 + 0.25])


def test_output_gradients_have_the_shape_of_the_target():
    with GradientTape() as tape:
        x = tape.watch(np.ones(3))
        y = x * x
    with pytest.raises(ArgumentError, match=r"shape \(2,\)"):
        tape.gradient(y, x, output_gradients=np.ones(2))


def test_output_gradients_have_the_structure_of_the_targets():
    with GradientTape() as tape:
        x = tape.watch(np.ones(3))
        y = x * x
    with pytest.raises(ArgumentError, match="structures differ"):
        tape.gradient([y, y], x, output_gradients=[np.ones(3)])


def test_an_intermediate_value_is_a_source():
    with GradientTape() as tape:
        x = tape.watch(2.0)
        y = x * x
        z = y * x
    assert tape.gradient(z, [x, y]) == [12.0, 2.0]


def test_a_target_that_is_a_source_has_gradient_one():
    with GradientTape() as tape:
        x = tape.watch(2.0)
    assert tape.gradient(x, x) == 1.0


def test_only_what_happens_in_the_block_is_recorded():
    with GradientTape() as tape:
        x = tape.watch(2.0)
        y = x * x
    z = y * 3.0
    assert type(z) is float and z == 12.0
    assert tape.gradient(z, x) is None


def test_stop_recording_leaves_steps_out():
    with GradientTape() as tape:
        x = tape.watch(2.0)
        with tape.stop_recording():
            scale = x * 10.0
        y = x * scale
    assert not isinstance(scale, Traced)
    assert tape.gradient(y, x) == 20.0


def test_stop_recording_of_an_inner_tape_leaves_the_outer_one_on():
    with GradientTape() as outer:
        x = outer.watch(2.0)
        with GradientTape() as inner:
            inner.watch(x)
            with inner.stop_recording():
                y = x * x
            z = x * y
    assert inner.gradient(z, x) == 4.0
    assert outer.gradient(z, x) == 12.0


def test_stop_recording_needs_a_recording():
    tape = GradientTape()
    with pytest.raises(TapeError, match="not recording"), tape.stop_recording():
        pass


def test_reset_forgets_what_was_recorded():
    with GradientTape() as tape:
        x = tape.watch(2.0)
        y = x * x
        tape.reset()
        tape.watch(x)
        z = x * x * x
    assert tape.gradient([y, z], x) == 12.0


def test_reset_makes_a_used_tape_new():
    with GradientTape() as tape:
        x = tape.watch(2.0)
        y = x * x
    tape.gradient(y, x)
    tape.reset()
    with tape:
        x = tape.watch(3.0)
        y = x * x
    assert tape.gradient(y, x) == 6.0


def test_a_tape_is_entered_once_at_a_time():
    with GradientTape() as tape, pytest.raises(TapeError, match="recording already"), tape:
        pass


def test_a_tape_that_is_entered_again_goes_on():
    tape = GradientTape()
    with tape:
        x = tape.watch(2.0)
        y = x * x
    with tape:
        z = y * x
    assert tape.gradient(z, x) == 12.0


def test_an_exception_ends_the_recording():
    with pytest.raises(ZeroDivisionError), GradientTape() as tape:
        x = tape.watch(2.0)
        x / 0.0
    assert not isinstance(x * x, Traced)


def test_integers_are_not_watched_and_warned_of():
    with GradientTape() as tape:
        with pytest.warns(UserWarning, match="integer"):
            params = tape.watch({"n": 3, "x": 2.0, "counts": np.array([1, 2])})
        y = params["x"] * params["n"] * np.sum(params["counts"])
    assert params["n"] == 3 and type(params["counts"]) is np.ndarray
    assert tape.gradient(y, params) == {"n": None, "x": 9.0, "counts": None}


def test_flags_and_strings_pass_without_a_warning():
    with GradientTape() as tape, warnings.catch_warnings():
        warnings.simplefilter("error")
        params = tape.watch({"flag": True, "name": "w", "none": None, "x": 1.0})
    assert params["flag"] is True and params["name"] == "w" and params["none"] is None


def test_a_value_without_anything_to_watch_is_an_error():
    with GradientTape() as tape, pytest.raises(ArgumentError, match="nothing to watch"):
        tape.watch("text")


def test_watching_copies_so_that_later_changes_do_not_reach_the_tape():
    x = np.array([1.0, 2.0])
    with GradientTape() as tape:
        watched = tape.watch(x)
        x[:] = 100.0
        y = np.sum(watched * watched)
    np.testing.assert_array_equal(tape.gradient(y, watched), [2.0, 4.0])


def test_constants_that_change_later_do_not_reach_the_tape():
    buffer, index = np.array([1.0, 2.0]), np.array([0, 1])
    with GradientTape() as tape:
        x = tape.watch(np.array([3.0, 4.0]))
        y = np.sum(x * buffer + np.where(buffer > 1.5, x, 0.0) * x[index])
        buffer[:] = -9.0
        index[:] = 0
    np.testing.assert_allclose(tape.gradient(y, x), [1.0, 2.0 + 8.0])


def test_no_value_on_the_tape_can_be_changed():
    with GradientTape() as tape:
        x = tape.watch(np.array([1.0, 2.0]))
        y = x * x
    with pytest.raises(ValueError, match="read-only"):
        y.value[0] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        (y.T)[0] = 0.0
    y.numpy()[0] = 0.0
    np.testing.assert_array_equal(y.value, [1.0, 4.0])


def collatz(x):
    steps = 0
    while x > 1.0:
        x = x / 2.0 if steps % 2 else 3.0 * x * 0.3
        steps += 1
        if steps > 50:
            break
    return x, steps


def test_control_flow_may_depend_on_values():
    with GradientTape() as tape:
        x = tape.watch(7.0)
        y, steps = collatz(x)
    value, plain_steps = collatz(7.0)
    assert steps == plain_steps and float(y) == value
    assert tape.gradient(y, x) == pytest.approx(value / 7.0)


def test_recursion_exceptions_and_generators_are_followed():
    def power(x, n):
        return x * power(x, n - 1) if n else 1.0

    def terms(x):
        for n in range(4):
            yield power(x, n)

    with GradientTape() as tape:
        x = tape.watch(2.0)
        try:
            total = sum(terms(x))
            raise ValueError(total)
        except ValueError as error:
            y = error.args[0]
    assert tape.gradient(y, x) == 1 + 4 + 12


def test_code_without_source_is_followed():
    namespace = {"np": np}
    exec("def f(x):\n    return np.sum(np.exp(x)) if x.ndim else x", namespace)
    with GradientTape() as tape:
        x = tape.watch(np.array([0.0, 1.0]))
        y = namespace["f"](x)
    np.testing.assert_allclose(tape.gradient(y, x), np.exp([0.0, 1.0]))


def test_threads_record_apart():
    found = {}

    def work(scale):
        with GradientTape() as tape:
            x = tape.watch(2.0)
            y = 0.0
            for _ in range(200):
                y = y + x * scale
        found[scale] = tape.gradient(y, x)

    workers = [threading.Thread(target=work, args=(scale,)) for scale in (1.0, 2.0, 3.0)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == {1.0: 200.0, 2.0: 400.0, 3.0: 600.0}


def test_complex_numbers_follow_the_convention_of_the_compiler():
    z0 = np.array([1.0 + 2.0j, -0.5j])
    with GradientTape() as tape:
        z = tape.watch(z0)
        y = np.sum(np.real(z * np.conj(z)))
    # The gradient of a real function of z = a + ib is df/da - i df/db.
    np.testing.assert_allclose(tape.gradient(y, z), 2 * np.conj(z0))


def test_every_error_is_of_the_family():
    assert issubclass(TapeError, SrcadError) and issubclass(TapeError, RuntimeError)


def test_a_function_without_a_rule_is_refused():
    special = pytest.importorskip("scipy.special")
    with GradientTape() as tape:
        x = tape.watch(np.ones(3))
        with pytest.raises(NoDerivativeError, match="no derivative rule"):
            special.agm(x, 2.0)


def test_an_option_that_a_rule_refuses_is_refused_before_it_has_an_effect():
    out = np.array(5.0)
    with GradientTape() as tape:
        x = tape.watch(np.ones(3))
        with pytest.raises(NoDerivativeError, match="'out'"):
            np.sum(x, out=out)
    assert out == 5.0


def test_a_long_recording_needs_no_deep_recursion():
    with GradientTape() as tape:
        x = tape.watch(1.0)
        y = x
        for _ in range(20_000):
            y = y + x
    assert tape.gradient(y, x) == 20_001.0


def test_nothing_stays_alive_after_the_values_are_gone():
    def recorded():
        with GradientTape() as tape:
            v = Variable(np.ones(1000))
            y = np.sum(v * v)
        return tape.gradient(y, v)

    recorded()
    gc.collect()
    tracemalloc.start()
    recorded()
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(20):
        recorded()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 8000


def test_the_warning_about_an_integer_stands_at_the_users_line():
    with GradientTape() as tape, pytest.warns(UserWarning, match="has no derivative") as warned:
        tape.watch({"a": [1, 2.0]})
    assert warned[0].filename == __file__


def test_errors_of_the_tape_have_the_place_of_the_call():
    with GradientTape() as tape:
        x = tape.watch(np.ones(2))
        y = x**2
    for call in (
        lambda: tape.gradient(y, x, unconnected_gradients="zeros"),
        lambda: tape.gradient(y, x, output_gradients=np.ones(3)),
        lambda: [tape.gradient(y, x) for _ in range(2)],
    ):
        with pytest.raises(SrcadError) as caught:
            call()
        assert "tape.gradient(y, x" in str(caught.value)


def test_a_tape_that_is_reset_while_it_is_stopped_goes_on():
    with GradientTape() as tape:
        with tape.stop_recording():
            tape.reset()
            x = tape.watch(2.0)
        y = x * x
    assert tape.gradient(y, x) == 4.0


def test_stopping_a_tape_that_does_not_record_has_the_place_of_the_call():
    with pytest.raises(TapeError, match="not recording") as raised:
        GradientTape().stop_recording()
    assert "stop_recording" in raised.value.location.text
    with GradientTape() as tape, tape.stop_recording():
        with pytest.raises(TapeError, match="not recording"), tape.stop_recording():
            pass


def test_a_complex_output_gradient_of_a_real_target_is_refused():
    with GradientTape() as tape:
        x = tape.watch(np.ones(2))
        y = 2.0 * x
    with pytest.raises(ArgumentError, match="complex output gradient"):
        tape.gradient(y, x, output_gradients=np.array([1.0, 1j]))


@pytest.mark.parametrize("compute", [lambda x: x * x, lambda x: -x, lambda x: x[0], np.sin, np.sum])
@pytest.mark.parametrize("own_tape", [False, True])
def test_a_value_that_a_tape_of_another_thread_follows_is_refused(compute, own_tape):
    found = []

    def work():
        with GradientTape() if own_tape else contextlib.nullcontext():
            try:
                compute(x)
            except TapeError as error:
                found.append(error)

    with GradientTape() as tape:
        x = tape.watch(np.ones(2))
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        y = np.sum(x * x)
    assert len(found) == 1 and tape.gradient(y, x).tolist() == [2.0, 2.0]
    thread = threading.Thread(target=lambda: found.append(compute(x)))
    thread.start()
    thread.join()
    assert len(found) == 2  # the tape no longer records
