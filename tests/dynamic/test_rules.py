"""Calls of functions with rules that are resolved when they happen: what has no derivative is refused."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, hvp, jvp
from srcad.errors import NoDerivativeError

X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.6]])
TABLE = {"exp": np.exp, "cumsum": np.cumsum, "angle": np.arctan2, "norm": np.linalg.norm, "take": np.take}


def angles(x: Any, y: Any) -> Any:
    return np.sum(TABLE["angle"](x, y))


def norm_of_order(x: Any, order: Any) -> Any:
    return TABLE["norm"](x, order)


def test_a_rule_has_the_gradients_of_all_its_parameters() -> None:
    check_grads(angles, (X, X + 3.0))


def test_a_parameter_without_derivative_is_refused_where_it_varies() -> None:
    with pytest.raises(NoDerivativeError, match="'norm' with respect to the argument 'ord'"):
        grad(norm_of_order, argnums=(0, 1))(X[0], 2.5)


def test_a_parameter_without_derivative_may_be_a_constant() -> None:
    found = grad(norm_of_order)(X[0], 2.5)

    np.testing.assert_allclose(found, grad(lambda x: np.linalg.norm(x, 2.5))(X[0]))


def test_whole_numbers_are_constants() -> None:
    def summed(x: Any, axis: int) -> Any:
        return np.sum(TABLE["cumsum"](x, axis) ** 2)

    check_grads(summed, (X, 1))


def test_an_array_for_the_result_may_be_given_by_position() -> None:
    def with_buffer(x: Any) -> Any:
        return np.sum(TABLE["take"](x, [0, 1], 0, np.zeros((2, 3))) ** 2)

    check_grads(with_buffer, (X,))


def test_an_argument_out_of_the_caller_is_stored_in_a_copy() -> None:
    buffer = np.zeros(3)

    def stored(x: Any, options: Any) -> Any:
        return np.sum(TABLE["exp"](x, **options))

    np.testing.assert_allclose(grad(stored)(X[0], {"out": buffer}), np.exp(X[0]))
    np.testing.assert_array_equal(buffer, np.zeros(3))


# -- options from a dict -----------------------------------------------------------------------------


def literal_options(x: Any) -> Any:
    return np.sum(np.cumsum(x, **{"axis": 1}) ** 2)


def options_of_the_caller(x: Any, options: Any) -> Any:
    return np.sum(np.cumsum(x, **options) ** 2)


def options_of_a_method(x: Any, options: Any) -> Any:
    return np.sum(x.cumsum(**options) ** 2)


def arguments_of_the_caller(arguments: Any) -> Any:
    return np.sum(np.arctan2(*arguments))


def test_a_display_of_a_dict_is_written_out_as_keywords() -> None:
    gradient = grad(literal_options)

    found = gradient(X)

    assert "rt.call" not in gradient.source
    np.testing.assert_allclose(found, grad(lambda x: np.sum(np.cumsum(x, axis=1) ** 2))(X))


@pytest.mark.parametrize("function", [options_of_the_caller, options_of_a_method])
def test_options_from_a_dict(function: Any) -> None:
    check_grads(function, (X, {"axis": 1}))


@pytest.mark.parametrize("function", [options_of_the_caller, options_of_a_method])
def test_options_from_a_dict_in_forward_mode(function: Any) -> None:
    _, tangent = jvp(function, (X, {"axis": 1}), (X, None))

    np.testing.assert_allclose(tangent, np.sum(X * grad(function)(X, {"axis": 1})))


def test_arguments_from_a_tuple() -> None:
    check_grads(arguments_of_the_caller, ((X, X + 3.0),))


# -- options that are tuples -------------------------------------------------------------------------


def summed_over_axes(x: Any) -> Any:
    return np.sum(np.sum(x**3, axis=(0, 2)) ** 2)


def test_axes_in_a_tuple_are_written_into_the_rule() -> None:
    gradient = grad(summed_over_axes)

    gradient(np.ones((2, 3, 2)))

    assert "reductions" not in gradient.source


def test_axes_in_a_tuple_do_not_vary_in_the_second_derivative() -> None:
    check_grads(summed_over_axes, (np.linspace(0.5, 1.5, 12).reshape(2, 3, 2),), order=2)


def test_bounds_in_a_tuple_do_not_vary_in_the_second_derivative() -> None:
    def program(w: Any) -> Any:
        counts, _ = np.histogram(np.array([0.1, 0.4, 0.6, 0.9]), 2, (0.0, 1.0), weights=w)
        return np.sum(counts**3)

    check_grads(program, (np.array([0.3, 1.2, 0.8, 0.5]),), order=2)


def total_of_quotients(xs: Any) -> Any:
    total = 1.0
    for x in xs:
        try:
            total += x / (x - 2.0) * total
        except ZeroDivisionError:
            total += x * x
    return total


def test_an_operator_of_numbers_raises_as_python_does_and_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_grads(total_of_quotients, ([1.0, 3.0],))
        found = grad(total_of_quotients)([1.0, 2.0])

    assert found == [0.0 - 2.0, 4.0]


class Layer:
    activation = staticmethod(np.tanh)
    total = staticmethod(np.sum)

    def __init__(self, weight: Any) -> None:
        self.weight = weight

    def __call__(self, x: Any) -> Any:
        return self.total(self.activation(x * self.weight))


class DeepLayer(Layer):
    activation = np.sin


def layers(x: Any, w: Any) -> Any:
    return sum([layer(x) for layer in [Layer(w), DeepLayer(w * w)]])


def test_a_function_in_a_class_does_not_take_the_instance() -> None:
    check_grads(layers, (X[0], 0.7), order=2)


def whole_numbers_in_lists(c: Any) -> Any:
    makers = {"array": lambda v: np.array(v, ndmin=1), "plain": np.asarray}
    return c**2 * makers["array"]([3, 2])[1] + c * makers["plain"]([1, 4])[0]


def test_arrays_made_late_of_whole_numbers_are_constants() -> None:
    check_grads(whole_numbers_in_lists, (0.7,))


class Window:
    domain = (0.0, 2.0)

    def over(self, x: Any, domain: Any = None) -> Any:
        if domain is None:
            domain = self.domain
        return x * (domain[1] - domain[0])


def windowed(x: Any) -> Any:
    return sum([window.over(x) for window in [Window(), Window()]])


def test_none_as_a_default_is_not_changed_by_what_takes_its_place() -> None:
    assert grad(windowed)(0.3) == 4.0


def test_operands_by_name_have_their_own_gradients_where_others_are_left_out() -> None:
    stats = pytest.importorskip("scipy.stats")
    table = {"expon": stats.expon.logpdf, "gamma": stats.gamma.logpdf}
    x, shape = np.abs(X[0]) + 0.2, np.array([1.5, 2.0, 3.0])

    def likelihood(x: Any, shape: Any, scale: Any, table: Any) -> Any:
        return np.sum(table["expon"](x, scale=scale) + table["gamma"](x, shape, scale=scale) ** 2)

    check_grads(likelihood, (x, shape, 0.7, table))


def test_conditions_in_a_list_have_no_tangents() -> None:
    table = {"select": np.select}

    def chosen(x: Any, table: Any) -> Any:
        return np.sum(table["select"]([x > 0.5, x < -0.5], [np.exp(x), x**2], x**3) ** 2)

    check_grads(chosen, (X, table), order=2)


def test_a_method_of_a_scalar_without_a_derivative_is_refused_in_every_mode() -> None:
    def viewed(x: float) -> Any:
        r = np.sqrt(x * x + 2.0)
        return np.sum(r.view() ** 2)

    for operator in (
        lambda: grad(viewed)(0.7),
        lambda: jvp(viewed)((0.7,), (1.0,)),
        lambda: hvp(viewed)(0.7, 1.0),
        lambda: grad(grad(viewed))(0.7),
    ):
        with pytest.raises(NoDerivativeError, match="view"):
            operator()
