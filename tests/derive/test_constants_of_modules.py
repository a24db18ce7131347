"""Constants in containers and objects of modules are read where they are used, and looked at again at each call."""

import numpy as np
import pytest

from srcad.api import grad
from srcad.callables.pullbacks import vjp
from srcad.errors import OutputError, UnsupportedError
from srcad.operators import jvp
from tests.programs import constants_of_modules as programs
from tests.programs.corpus import PROGRAMS

X = programs.X


CONSTANT = [p.function for p in PROGRAMS if p.function.__module__ == programs.__name__]
CONSTANT.remove(programs.functions_in_a_list)


@pytest.mark.parametrize("function", CONSTANT, ids=lambda f: f.__name__)
def test_constants_are_not_resolved_at_run_time(function):
    args = next(p.args for p in PROGRAMS if p.function is function)
    derivative = grad(function)
    derivative(*args)
    assert "rt.call" not in derivative.source


def test_a_constant_of_another_sort_is_another_program(monkeypatch):
    derivative = grad(programs.a_number_of_a_dict)
    assert derivative(2.0) == pytest.approx(4 * 9.81)
    monkeypatch.setitem(programs.CONSTANTS, "g", 3.0)
    assert derivative(2.0) == pytest.approx(12.0)
    monkeypatch.setitem(programs.CONSTANTS, "g", np.array(2.0))
    assert derivative(2.0) == pytest.approx(8.0)
    monkeypatch.setattr(programs, "CONSTANTS", {"g": 1})
    assert derivative(2.0) == pytest.approx(4.0)


def test_an_attribute_of_another_sort_is_another_program(monkeypatch):
    derivative = grad(programs.an_object_of_constants)
    before = derivative(X)
    monkeypatch.setattr(programs.EARTH, "a", np.array([6.0, 6.1, 6.2]))
    with pytest.raises(ValueError, match="sequence"):
        derivative(X)  # as the function does
    monkeypatch.undo()
    np.testing.assert_array_equal(derivative(X), before)


def test_a_pullback_keeps_the_constants_that_there_were(monkeypatch):
    def f(x):
        return np.sum(programs.CONSTANTS["table"]["v"] * x**2 * programs.EARTH.series)

    _, pullback = vjp(f, X)
    expected = pullback(1.0)[0]
    monkeypatch.setattr(programs.EARTH, "series", np.zeros(3))
    monkeypatch.setitem(programs.CONSTANTS, "table", {"v": np.zeros(3)})
    np.testing.assert_array_equal(pullback(1.0)[0], expected)


def test_counts_are_kept_once_for_each_call():
    derivative, before = grad(programs.counts_kept_beside_the_constants), programs.CONSTANTS["calls"]
    derivative(X)
    derivative(X)
    assert programs.CONSTANTS["calls"] == before + 2


def stores_in_an_array(x):
    table = programs.CONSTANTS["table"]["v"]
    table[0] += x
    return np.sum(table)


def stores_in_a_dict(x):
    programs.CONSTANTS["g"] = x
    return programs.CONSTANTS["g"] * 2.0


def stores_in_an_object(x):
    programs.EARTH.a = x
    return programs.EARTH.a**2


def stores_in_an_array_of_an_object(x):
    programs.EARTH.series[0] = x
    return np.sum(programs.EARTH.series)


@pytest.mark.parametrize("function", [stores_in_an_array, stores_in_a_dict, stores_in_an_object,
                                      stores_in_an_array_of_an_object], ids=lambda f: f.__name__)  # fmt: skip
def test_what_carries_a_derivative_is_not_kept_in_constants(function):
    before = programs.CONSTANTS["table"]["v"].copy(), programs.EARTH.series.copy(), programs.EARTH.a
    with pytest.raises(UnsupportedError, match="global variable"):
        grad(function)(2.0)
    np.testing.assert_array_equal(programs.CONSTANTS["table"]["v"], before[0])
    np.testing.assert_array_equal(programs.EARTH.series, before[1])
    assert programs.EARTH.a == before[2] and programs.CONSTANTS["g"] == 9.81


BUFFER = np.array([1.0, 2.0, 3.0])
HELD = {"buffer": np.array([1.0, 2.0, 3.0])}


class Owner:
    buffer = np.array([1.0, 2.0, 3.0])


def changes_an_array_of_the_module(x):
    BUFFER[:] = [1.0, 2.0, 3.0]
    y = x * BUFFER
    BUFFER[0] = 10.0
    return np.sum(y * x)


def changes_an_array_of_a_dict(x):
    HELD["buffer"][:] = 1.0
    y = x * HELD["buffer"]
    HELD["buffer"][1] = 7.0
    return np.sum(y * x)


def changes_an_array_of_a_class(x):
    Owner.buffer[:] = 1.0
    y = x * Owner.buffer
    Owner.buffer[1] = 7.0
    return np.sum(y * x)


def changes_an_array_of_an_object(x):
    series = programs.EARTH.series
    y = x * series
    programs.EARTH.series += 0.0
    return np.sum(y * x)


def calls_what_changes_it(x):
    return np.sum(changes_an_array_of_the_module(x) * x)


CHANGING = (changes_an_array_of_the_module, changes_an_array_of_a_dict, changes_an_array_of_a_class,
            changes_an_array_of_an_object, calls_what_changes_it)  # fmt: skip


@pytest.mark.parametrize("function", CHANGING, ids=lambda f: f.__name__)
def test_arrays_that_the_backward_sweep_needs_are_not_changed_outside(function):
    with pytest.raises(UnsupportedError, match="needs what it held before"):
        grad(function)(X)


@pytest.mark.parametrize("function", CHANGING, ids=lambda f: f.__name__)
def test_forward_mode_needs_none_of_them(function):
    h, direction = 1e-6, np.array([0.3, -0.5, 0.8])
    expected = (function(X + h * direction) - function(X - h * direction)) / (2 * h)
    assert jvp(function, (X,), (direction,))[1] == pytest.approx(expected, rel=1e-6)


def test_arrays_that_count_outside_are_changed_once():
    def counted(x):
        COUNTS[0] += 1
        return np.sum(x * x)

    before = COUNTS[0]
    np.testing.assert_allclose(grad(counted)(X), 2.0 * X)
    assert COUNTS[0] == before + 1


COUNTS = np.zeros(2)


def test_a_table_of_a_class_of_another_sort_is_another_program(monkeypatch):
    for function, name in (
        (programs.a_table_of_a_class, "body3"),
        (programs.made_by_a_class_method, "body7"),
    ):
        derivative = grad(function)
        x = 2.0 if name == "body3" else X
        before = derivative(x)
        with monkeypatch.context() as patch:
            patch.setitem(programs.Model.MODELS[name], "a", np.ones(2))
            with pytest.raises(OutputError, match="real scalar"):
                derivative(x)
        np.testing.assert_array_equal(derivative(x), before)


def test_long_lists_are_looked_at_again(monkeypatch):
    derivative = grad(programs.a_long_list_of_numbers)
    before = derivative(0.5)
    for _ in range(5):
        assert derivative(0.5) == before
    monkeypatch.setattr(programs, "POWERS", [0.0, np.ones(2), *programs.POWERS[2:]])
    with pytest.raises(OutputError, match="real scalar"):
        derivative(0.5)
    programs.POWERS[1] = 3.1
    assert derivative(0.5) == pytest.approx(before + 3.0)


def test_a_long_list_of_numbers_as_an_argument_is_not_resolved_at_run_time():
    def squares(numbers):
        return sum(k * number**2 for k, number in enumerate(numbers))

    derivative = grad(squares)
    assert derivative([1.0] * 50) == [2.0 * k for k in range(50)]
    assert "rt.call" not in derivative.source
