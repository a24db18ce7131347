"""Captured variables that several functions see: one of them changes what another reads."""

import numpy as np
import pytest

from srcad import grad, hessian, jvp, value_and_grad, vjp
from srcad.errors import UnsupportedError

X = np.array([1.0, 2.0, 3.0])
WEIGHTS = np.array([2.0, 3.0, 5.0])
LATE = []
OVERWRITING = []


class Machine:
    def step(self):
        WEIGHTS[1] = 7.0


MACHINE = Machine()


@pytest.fixture(autouse=True)
def weights():
    WEIGHTS[:] = [2.0, 3.0, 5.0]


def make():
    buffer, log = np.array([2.0, 3.0, 5.0]), []
    bias = np.ones(3)

    def read(x):
        return x * buffer

    def overwrite():
        buffer[1] = 7.0
        log.append("overwritten")

    def computed_default(x, by=bias):
        return x * by * buffer

    def reads_and_overwrites(x):
        y = read(x)
        overwrite()
        return np.sum(y * x)

    def stores_and_calls_what_is_found_late(x):
        buffer[1] = 7.0
        return np.sum(LATE[0](x))

    def stores_and_asks_what_is_found_late(x):
        buffer[1] = 7.0
        return np.sum(LATE[0](2.0) * x)

    def stores_and_calls_one_with_a_computed_default(x):
        buffer[1] = 7.0
        return np.sum(computed_default(x))

    def logs_and_calls_what_is_found_late(x):
        log.append("called")
        return np.sum(LATE[0](x))

    functions = [
        reads_and_overwrites, stores_and_calls_what_is_found_late, stores_and_asks_what_is_found_late,
        stores_and_calls_one_with_a_computed_default, logs_and_calls_what_is_found_late,
    ]  # fmt: skip
    LATE[:] = [read]
    return {function.__name__: function for function in functions}, buffer, log


@pytest.mark.parametrize("derive", [grad, lambda f: lambda x: jvp(f, (x,), (x,))])
def test_what_another_function_changed_is_changed_once_afterwards(derive):
    functions, buffer, log = make()
    derive(functions["reads_and_overwrites"])(X)
    assert buffer.tolist() == [2.0, 7.0, 5.0]
    assert log == ["overwritten"]


def test_the_text_shows_the_shared_variable_as_a_parameter():
    derivative = grad(make()[0]["reads_and_overwrites"])
    derivative(X)
    assert "def dreads_and_overwrites(x, buffer, log):" in derivative.source
    assert "rt.call" not in derivative.source


@pytest.mark.parametrize(
    "title",
    [
        "stores_and_calls_what_is_found_late",
        "stores_and_asks_what_is_found_late",
        "stores_and_calls_one_with_a_computed_default",
    ],
)
@pytest.mark.parametrize("derive", [grad, hessian, lambda f: lambda x: jvp(f, (x,), (x,))])
def test_a_function_that_would_see_the_old_contents_is_refused(title, derive):
    with pytest.raises(UnsupportedError, match="'buffer'"):
        derive(make()[0][title])(X)


def test_a_refusal_withholds_nothing_from_later_calls():
    functions, buffer, _ = make()
    with pytest.raises(UnsupportedError):
        grad(functions["stores_and_calls_what_is_found_late"])(X)
    np.testing.assert_allclose(grad(functions["logs_and_calls_what_is_found_late"])(X), buffer)


def overwrites_when_it_runs():
    WEIGHTS[1] = 7.0


OVERWRITING.append(overwrites_when_it_runs)


def found_in_a_list(x):
    y = x * WEIGHTS
    OVERWRITING[0]()
    return np.sum(y * x)


def found_in_an_object(x):
    y = x * WEIGHTS
    MACHINE.step()
    return np.sum(y * x)


def found_in_a_default(x, change=overwrites_when_it_runs):
    y = x * WEIGHTS
    change()
    return np.sum(y * x)


def overwrites_around_what_is_found_late(x):
    WEIGHTS[1] = 7.0
    return np.sum(LATE[0](x) * WEIGHTS)


@pytest.mark.parametrize(
    "function",
    [found_in_a_list, found_in_an_object, found_in_a_default, overwrites_around_what_is_found_late],
)
def test_an_array_outside_is_not_changed_where_functions_are_found_late(function):
    make()
    with pytest.raises(UnsupportedError, match="lives outside of the function is changed in place") as caught:
        grad(function)(X)
    assert "WEIGHTS[1] = 7.0" in str(caught.value)


def overwrites_first(x):
    WEIGHTS[1] = 7.0
    return np.sum(x * x * WEIGHTS)


def overwrites_in_a_loop(x):
    total = 0.0
    for k in range(3):
        total += np.sum(x * WEIGHTS * total + x * WEIGHTS)
        WEIGHTS[k] = 7.0
    return total


def test_an_array_outside_may_change_before_the_gradient_needs_it():
    value, gradient = value_and_grad(overwrites_first)(X)
    assert value == np.sum(X * X * WEIGHTS)
    np.testing.assert_allclose(gradient, 2 * X * np.array([2.0, 7.0, 5.0]))


def test_an_array_outside_may_not_change_in_a_loop_whose_next_trip_needs_it():
    with pytest.raises(UnsupportedError, match="needs what it held before"):
        grad(overwrites_in_a_loop)(X)


def test_a_pullback_keeps_what_a_global_array_held():
    _, pullback = vjp(lambda x: WEIGHTS @ x, X)
    WEIGHTS[:] = 0.0
    assert pullback(1.0)[0].tolist() == [2.0, 3.0, 5.0]


def gradient_of_one_that_counts(x):
    calls = []

    def cube(y):
        calls.append(1)
        return np.sum(y**3)

    return np.sum(grad(cube)(x)) * len(calls)


def test_a_gradient_of_a_function_that_changes_what_it_captured_is_differentiated():
    np.testing.assert_allclose(grad(gradient_of_one_that_counts)(X), 6 * X)


def test_such_a_gradient_is_not_differentiated_twice():
    with pytest.raises(UnsupportedError, match="changes what it has captured, is differentiated twice"):
        hessian(gradient_of_one_that_counts)(X)


def counts_down_by_itself(x):
    scale = np.ones(3)

    def lower(k):
        if k:
            scale[1] = 7.0 * k
            lower(k - 1)

    y = x * scale
    lower(2)
    return np.sum(y * x * scale)


def test_a_nested_function_that_calls_itself_and_carries_nothing_is_called_in_forward_mode():
    assert jvp(counts_down_by_itself, (np.ones(3),), (np.ones(3),)) == (9.0, 18.0)


def make_generator(sizes):
    def items(by=sizes[0]):
        yield by * sizes[1]

    return items


ITEMS = make_generator([2.0, 3.0])


def test_a_generator_whose_captured_values_cannot_be_passed_on_is_refused():
    with pytest.raises(UnsupportedError, match="A generator has captured values that cannot be passed on"):
        grad(lambda x: sum(x * item for item in ITEMS()))(2.0)


def check_with(function, arguments):
    """A harness of the usual kind: functions around the arguments, which are passed as well."""

    def at(*values):
        given = list(arguments)
        given[: len(values)] = values
        return function(*given)

    def gradient(*values):
        return grad(lambda *given: at(*given))(*values)

    return gradient


def test_a_variable_that_nobody_changes_may_be_an_argument_as_well():
    gradient = check_with(lambda x, y: np.sum(x * x * y), (X, WEIGHTS))
    np.testing.assert_allclose(gradient(X), 2 * X * WEIGHTS)
    _, tangent = jvp(gradient, (X,), (X,))
    np.testing.assert_allclose(tangent, 2 * X * WEIGHTS)


def make_replaceable():
    def scaled_by(v):
        held = np.array([v, v])

        def scaled(x):
            held[0] = v
            return x * held

        return scaled

    scaled = scaled_by(1.0)

    def through(x):
        return scaled(x)

    def replace(v):
        nonlocal scaled
        scaled = scaled_by(v)

    def total(x):
        return np.sum(through(x))

    return total, replace


def test_a_function_that_another_one_calls_is_replaced_with_what_it_captured():
    total, replace = make_replaceable()
    derivative = grad(total)
    for _ in range(8):
        assert derivative(np.ones(2)).tolist() == [1.0, 1.0]
    replace(3.0)
    assert derivative(np.ones(2)).tolist() == [3.0, 3.0]
    assert grad(total)(np.ones(2)).tolist() == [3.0, 3.0]
