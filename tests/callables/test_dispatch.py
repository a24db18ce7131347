"""Guards take the short way only where the long way would run the same code."""

from __future__ import annotations

import copy
import pickle
import threading
import timeit
import types
from typing import Any

import numpy as np
import pytest

import srcad
from srcad import grad, value_and_grad
from srcad.api import Derivative
from srcad.callables import dispatch
from srcad.errors import ArgumentError

X = np.array([1.0, 2.0, 3.0])


def warm(derivative: Any, *args: Any, calls: int = 6) -> Any:
    """Call until the short way is there."""
    result = None
    for _ in range(calls):
        result = derivative(*args)
    return result


def goes_the_short_way(derivative: Derivative, *args: Any, **options: Any) -> bool:
    """Tell whether a call does without the long way."""
    taken = []
    long_way = Derivative._call

    def spying(self: Any, arguments: Any, named: Any) -> Any:
        taken.append(arguments)
        return long_way(self, arguments, named)

    Derivative._call = spying  # type: ignore[method-assign]
    try:
        derivative(*args, **options)
    finally:
        Derivative._call = long_way  # type: ignore[method-assign]
    return not taken


def polynomial(x, y=3.0):
    return x * x * y


def weighted(w, x):
    return np.sum(w * x)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (polynomial, (2.0, 5.0)),
        (polynomial, (2.0,)),
        (weighted, (X, X)),
        (weighted, (np.ones((3, 1)), np.ones((1, 4)))),
        (weighted, (np.array(2.0), 3.0)),
        (weighted, (np.float32(2.0), X)),
        (lambda p, x: np.sum(p["w"] * x) * p["c"][0], ({"w": X, "c": (2.0, None)}, X)),
        (lambda x, flag: x * x if flag is None else x, (2.0, None)),
        (lambda x, name: x * len(name), (2.0, "abc")),
        (lambda x, f: f(x) * x, (2.0, np.sin)),
        (lambda x, items: x * sum(items), (2.0, [1.0, 2.0])),
    ],
)
def test_the_short_way_gives_what_the_long_way_gives(function: Any, args: tuple[Any, ...]) -> None:
    derivative = grad(function)
    first = derivative(*args)
    again = warm(derivative, *args)
    assert goes_the_short_way(derivative, *args)
    assert str(again) == str(first)
    assert type(again) is type(first)


def test_another_class_of_arguments_goes_the_long_way_and_then_has_guards_of_its_own() -> None:
    derivative = grad(polynomial)
    warm(derivative, 2.0, 3.0)
    assert not goes_the_short_way(derivative, 2, 3.0)
    for value in (np.float32(2.0), 2, np.float64(2.0)):
        warm(derivative, value, 3.0)
        assert goes_the_short_way(derivative, value, 3.0)
        assert derivative(value, 3.0) == 12.0
        assert type(derivative(value, 3.0)) is type(grad(polynomial)(value, 3.0))
    assert goes_the_short_way(derivative, 2.0, 3.0)


@pytest.mark.parametrize(
    ("usual", "other"),
    [
        (np.ones((3, 4)), np.ones((3, 1))),
        (np.ones((3, 1)), np.ones((3, 4))),
        (np.ones(3), np.ones(1)),
        (np.ones(3), np.ones((3, 3))),
        (np.ones(3), np.ones(3, dtype=np.float32)),
        (np.ones(3), 1.0),
        (np.ones(3), np.arange(3)),
        (np.ones(3), np.array(1.0)),
    ],
)
def test_rank_dtype_and_axes_of_length_one_are_told_apart(usual: Any, other: Any) -> None:
    derivative = grad(weighted)
    warm(derivative, usual, usual)
    assert not goes_the_short_way(derivative, other, usual if np.ndim(other) else 2.0)
    expected = grad(weighted)(other, 2.0)
    found = derivative(other, 2.0)
    np.testing.assert_array_equal(found, expected)
    assert np.shape(found) == np.shape(other)


def test_other_lengths_go_the_short_way_and_are_the_latest_shapes() -> None:
    derivative = grad(weighted)
    warm(derivative, X, X)
    for length in (5, 3, 0, 5):
        assert goes_the_short_way(derivative, np.ones(length), np.ones(length))
        assert derivative(np.ones(length), np.ones(length)).shape == (length,)
    assert not goes_the_short_way(derivative, np.ones(1), np.ones(1))
    assert not goes_the_short_way(derivative, np.ones(1), np.ones(4))
    assert derivative(np.ones(1), np.ones(4)).shape == (1,)


def test_arrays_beside_what_no_guard_can_tell_are_left_to_its_fingerprint() -> None:
    derivative = grad(lambda p, x: np.sum(p["w"][0] * x) * p["s"])
    warm(derivative, {"s": 2.0, "w": [X, X]}, X)
    assert goes_the_short_way(derivative, {"s": 2.0, "w": [X, X]}, X)
    assert not goes_the_short_way(derivative, {"s": 2.0, "w": [np.ones(1), X]}, X)
    np.testing.assert_array_equal(derivative({"s": 2.0, "w": [np.ones(1), X]}, X)["w"][0], [12.0])


def test_zero_length_is_no_length_of_one() -> None:
    derivative = grad(weighted)
    warm(derivative, X, X)
    assert derivative(np.ones(0), np.ones(0)).shape == (0,)


def scaled(x):
    return helper(x) * SCALE


def helper(x):
    return x * x


SCALE = 2.0


def test_a_rebound_global_function_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    derivative = grad(scaled)
    assert warm(derivative, 3.0) == 12.0
    monkeypatch.setitem(globals(), "helper", lambda x: x * 5.0)
    assert derivative(3.0) == 10.0
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert derivative(3.0) == 15.0
    monkeypatch.undo()
    assert derivative(3.0) == 12.0


def test_closure_variables_are_read_when_called() -> None:
    factor, shape = 2.0, np.square

    def f(x):
        return factor * shape(x)

    derivative = grad(f)
    assert warm(derivative, 3.0) == 12.0
    factor = 10.0
    assert derivative(3.0) == 60.0
    factor = X
    with pytest.raises(TypeError):
        derivative(3.0)
    factor = 1.0
    shape = np.sin
    assert derivative(0.0) == 1.0


def test_a_replaced_code_object_is_seen() -> None:
    def f(x):
        return x * 2.0

    def g(x):
        return x * 7.0

    derivative = grad(f)
    warm(derivative, 1.0)
    f.__code__ = g.__code__
    assert derivative(1.0) == 7.0


def test_arguments_that_share_memory_go_the_long_way() -> None:
    def f(x, y):
        x[0] = y[0] * y[0]
        return np.sum(x * y)

    def numeric(*args: Any) -> Any:
        return grad(f)(*args)

    derivative = grad(f)
    warm(derivative, X, X.copy())
    assert goes_the_short_way(derivative, X, X.copy())
    assert not goes_the_short_way(derivative, X, X)
    np.testing.assert_array_equal(derivative(X, X), numeric(X, X))
    np.testing.assert_array_equal(X, [1.0, 2.0, 3.0])


def test_mistakes_are_explained_as_before() -> None:
    derivative = grad(polynomial)
    warm(derivative, 2.0, 3.0)
    for args, options in (((), {}), ((1.0, 2.0, 3.0), {}), ((1.0,), {"z": 2.0}), ((1.0, 2.0), {"y": 2.0})):
        with pytest.raises(ArgumentError, match="polynomial"):
            derivative(*args, **options)
    assert derivative(2.0, y=1.0) == 4.0
    assert derivative(x=2.0) == 12.0


def test_arguments_by_name_go_the_short_way_too() -> None:
    derivative = grad(weighted)
    warm(derivative, X, 2.0 * X)
    for args, options in (((X,), {"x": 2.0 * X}), ((), {"x": 2.0 * X, "w": X})):
        np.testing.assert_array_equal(derivative(*args, **options), 2.0 * X)
        assert goes_the_short_way(derivative, *args, **options)


def test_positional_only_parameters_are_not_taken_by_name() -> None:
    def f(x, y, /):
        return x * y

    derivative = grad(f)
    assert warm(derivative, 2.0, 3.0) == 3.0
    with pytest.raises(ArgumentError):
        derivative(2.0, y=3.0)


def test_the_source_is_that_of_the_latest_call() -> None:
    derivative = grad(weighted)
    warm(derivative, X, X)
    arrays = derivative.source
    warm(derivative, 2.0, 3.0)
    numbers = derivative.source
    assert arrays != numbers
    derivative(X, X)
    assert goes_the_short_way(derivative, X, X)
    assert derivative.source == arrays


def test_a_tuple_of_argnums_with_repetitions() -> None:
    derivative = grad(polynomial, argnums=(1, 0, 1))
    assert warm(derivative, 2.0, 3.0) == (4.0, 12.0, 4.0)
    assert goes_the_short_way(derivative, 2.0, 3.0)


def test_has_aux_and_values() -> None:
    def with_aux(x):
        return x * x, {"half": x / 2}

    assert warm(grad(with_aux, has_aux=True), 4.0) == (8.0, {"half": 2.0})
    assert warm(value_and_grad(with_aux, has_aux=True), 4.0) == ((16.0, {"half": 2.0}), 8.0)
    assert warm(value_and_grad(polynomial), 2.0) == (12.0, 12.0)


def test_second_derivatives_see_what_the_inner_one_relies_on(monkeypatch: pytest.MonkeyPatch) -> None:
    derivative = grad(grad(scaled))
    assert warm(derivative, 3.0) == 4.0
    assert goes_the_short_way(derivative, 3.0)
    monkeypatch.setitem(globals(), "helper", lambda x: x * x * x)
    assert derivative(3.0) == 36.0


class Model:
    def __init__(self, weight: Any) -> None:
        self.weight = weight

    def energy(self, x):
        return np.sum(self.weight * x * x)


def test_what_an_object_holds_is_seen() -> None:
    model = Model(2.0)
    derivative = grad(model.energy)
    np.testing.assert_array_equal(warm(derivative, X), 4.0 * X)
    model.weight = X
    np.testing.assert_array_equal(derivative(X), 2.0 * X * X)
    model.weight = np.ones((2, 3))
    np.testing.assert_array_equal(derivative(X), 4.0 * X)


def test_derivatives_do_not_share_guards() -> None:
    first, second = grad(lambda x: x * 2.0), grad(lambda x: x * 3.0)
    assert (warm(first, 1.0), warm(second, 1.0), first(1.0)) == (2.0, 3.0, 2.0)
    assert isinstance(first, Derivative) and isinstance(second, Derivative)


@grad(argnums=1)
def decorated(x, y):
    return x * y**2


@srcad.checkpoint
def recomputed(x):
    return np.sum(np.sin(x))


@srcad.custom_vjp
def with_a_rule(x):
    return x**2


@with_a_rule.backward
def _(ans, g, x):
    return 2 * g * x


def test_what_decorators_make_is_pickled_by_its_name() -> None:
    for made in (decorated, recomputed, with_a_rule):
        assert pickle.loads(pickle.dumps(made)) is made and copy.deepcopy(made) is made
    assert pickle.loads(pickle.dumps(grad(recomputed)))(np.zeros(2)).tolist() == [1.0, 1.0]
    assert pickle.loads(pickle.dumps(grad(with_a_rule)))(3.0) == 6.0


def test_copies_and_pickles() -> None:
    derivative = value_and_grad(polynomial, argnums=("y", "x"))
    warm(derivative, 2.0, 3.0)
    for other in (copy.copy(derivative), copy.deepcopy(derivative), pickle.loads(pickle.dumps(derivative))):
        assert warm(other, 2.0, 3.0) == derivative(2.0, 3.0) == (12.0, (4.0, 12.0))
        assert goes_the_short_way(other, 2.0, 3.0)
    assert warm(derivative, 1.0, 1.0) == (1.0, (1.0, 2.0))


def test_few_texts_are_made_however_the_arguments_change() -> None:
    derivative = grad(lambda x, k: np.sum(x) * k)
    for round_ in range(300):
        for rank in range(1, 12):
            derivative(np.ones((2,) * rank), 1.0 if round_ % 2 else 1)
        if round_ == 3:
            break
    assert len(derivative._dispatch.variants) <= dispatch._MOST_VARIANTS


def test_threads_share_a_derivative() -> None:
    derivative = grad(polynomial)
    wrong: list[Any] = []

    def work(value: Any) -> None:
        for _ in range(50):
            if derivative(value, 3.0) != 6.0 * value:
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(value,)) for value in (1.0, 2, np.float64(3.0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_call_costs_little() -> None:
    """The bound is wide, for busy machines; what to expect is measured by the benchmarks."""
    derivative = grad(polynomial)
    warm(derivative, 2.0, 3.0)
    generated: types.FunctionType = derivative.latest.entries[0]
    cost = [
        min(timeit.repeat(lambda f=f: f(2.0, 3.0), number=1000, repeat=9)) / 1000
        for f in (derivative, generated)
    ]
    assert cost[0] - cost[1] < 1e-6


def scaled_sum(x):
    return np.sum(SCALE * x)


@pytest.mark.parametrize("calls", [1, 8])
def test_a_global_that_becomes_an_array_makes_another_derivative(
    monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    derivative = grad(scaled_sum)
    for _ in range(calls):
        assert derivative(3.0) == 2.0
    monkeypatch.setitem(globals(), "SCALE", np.array([[1.0, 2.0], [3.0, 4.0]]))
    for _ in range(calls):
        assert derivative(3.0) == 10.0
    monkeypatch.undo()
    assert derivative(3.0) == 2.0


CONSTANTS = {"g": 9.81, "mass": 2.0}
TABLE = ((1.0, 2.0), (3.0, 4.0))


class Planet:
    def __init__(self) -> None:
        self.radius = 3.0


EARTH = Planet()


def reads_constants(x: Any) -> Any:
    return np.sum(x * x) * CONSTANTS["g"] * CONSTANTS["mass"] * TABLE[0][1] * EARTH.radius


@pytest.mark.parametrize(
    "change",
    [
        lambda: CONSTANTS.update(mass=np.array(5.0)),
        lambda: CONSTANTS.update(mass=5),
        lambda: setattr(EARTH, "radius", np.float32(0.5)),
        lambda: globals().update(TABLE=((1.0, 7), (3.0, 4.0))),
        lambda: globals().update(TABLE=[(1.0, 7.0), (3.0, 4.0)]),
        lambda: CONSTANTS.update(more=5.0),
        lambda: setattr(EARTH, "more", 1.0),
    ],
)
def test_constants_in_containers_are_compared_by_the_short_way(change: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(globals(), "CONSTANTS", dict(CONSTANTS))
    monkeypatch.setitem(globals(), "TABLE", TABLE)
    monkeypatch.setitem(globals(), "EARTH", Planet())
    derivative = grad(reads_constants)
    warm(derivative, X)
    assert goes_the_short_way(derivative, X)
    CONSTANTS["g"] = 1.5
    assert goes_the_short_way(derivative, X)
    change()
    assert not goes_the_short_way(derivative, X)
    expected = 2 * X * CONSTANTS["g"] * CONSTANTS["mass"] * TABLE[0][1] * EARTH.radius
    np.testing.assert_allclose(derivative(X), expected, rtol=1e-6)
