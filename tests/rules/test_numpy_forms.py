"""Functions of NumPy in forms that are easily skipped: both modes and both orders, by difference quotients."""

from __future__ import annotations

import collections
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, hessian, hvp, jvp, vjp
from srcad.errors import NoDerivativeError, UnsupportedError

X = np.array([0.7, -1.3, 0.4, 1.9])
Y = np.array([[1.2, -0.4, 0.9, 0.3], [0.6, 1.5, -0.8, 0.2], [-1.1, 0.5, 0.35, 1.4]])
TIMES = np.array([0.1, 0.5, 0.8, 1.6])
W = [0.3]

square = np.vectorize(lambda a: a * a)
length = np.vectorize(lambda a: np.sum(a * a), signature="(n)->()")
scaled = np.vectorize(lambda a, b: a * b[0], excluded=[1])
both = np.vectorize(lambda a, b: (a * b, a + b))
single = np.vectorize(lambda a: a * a, otypes=[np.float32])
truncated = np.vectorize(lambda a: 1 if a < 0.5 else a * 1.5)


def gradient_by_a_step(f, h):
    return np.sum(np.gradient(f, h) ** 2)


def gradient_of_second_order_at_the_ends(f, h):
    return np.sum(np.gradient(f, h, edge_order=2) ** 2)


def gradient_of_two_entries(f, h):
    return np.sum(np.gradient(f[:2], h) ** 2)


def gradient_by_one_step_along_two_axes(f, h):
    rows, columns = np.gradient(f, h)
    return np.sum(rows**2) + np.sum(columns**3)


def gradient_by_places(f, t):
    return np.sum(np.gradient(f, t) ** 2)


def gradient_by_places_of_second_order_at_the_ends(f, t):
    return np.sum(np.gradient(f, t, axis=1, edge_order=2) ** 2)


def gradient_by_places_and_a_step(f, t, h):
    along, across = np.gradient(f, t, h, axis=(1, 0))
    return np.sum(along * across)


def gradient_beside_lists(f, h):
    kept = [h, 2.0]
    return np.sum(np.gradient(f, kept[0]) * kept[1])


SPACINGS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (gradient_by_a_step, (X, 0.7)),
    (gradient_of_second_order_at_the_ends, (X, 0.7)),
    (gradient_of_two_entries, (X, 0.7)),
    (gradient_by_one_step_along_two_axes, (Y, 0.7)),
    (gradient_by_places, (X, TIMES)),
    (gradient_by_places_of_second_order_at_the_ends, (Y, TIMES)),
    (gradient_by_places_and_a_step, (Y, TIMES, 0.4)),
    (gradient_beside_lists, (X, 0.7)),
]


@pytest.mark.parametrize(("program", "arguments"), SPACINGS, ids=[p.__name__ for p, _ in SPACINGS])
def test_the_spacings_of_differences(program: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    check_grads(program, arguments, order=2, rtol=1e-4, atol=1e-5)


def vectorized(x):
    return np.sum(square(x) ** 2)


def vectorized_by_name(x):
    return np.sum(np.vectorize(lambda a, b: a * b)(x, b=x))


def vectorized_over_rows(x):
    return np.sum(length(x) ** 2)


def vectorized_beside_a_whole_argument(x):
    return np.sum(scaled(x, x) ** 2)


def vectorized_with_two_results(x):
    product, total = both(x, 2.0)
    return np.sum(product * total)


def vectorized_inside(x):
    return np.sum(np.vectorize(lambda a: a * a * x[0], otypes=[float])(x))


def vectorized_inside_over_rows(x):
    return np.sum(np.vectorize(lambda a: np.sum(a * a), signature="(n)->()")(x) ** 2)


def pieces_with_an_argument(x):
    return np.sum(np.piecewise(x, [x > 0], [lambda t, k: t * k, lambda t, k: t * t], x[0]) ** 2)


def pieces_of_rows(x):
    positive = x[:, 0] > 0
    return np.sum(
        np.piecewise(x, np.array([positive, ~positive]), [lambda t: t * np.sum(t), lambda t: t * t]) ** 2
    )


def pieces_by_a_list_of_flags(x):
    return np.sum(np.piecewise(x, (x > 0).tolist(), [lambda t: t * np.sum(t), lambda t: t * t]) ** 2)


def pieces_of_which_one_is_empty(x):
    return np.sum(np.piecewise(x, [x > 0, x > 100], [lambda t: t * t, np.max, 2.0]))


def covariances(x):
    return np.sum(np.cov(x) ** 2)


def correlations(x):
    return np.sum(np.corrcoef(x, rowvar=False) ** 3)


def percentiles_of_a_list(x):
    return np.sum(np.percentile(x, [10, 30.5, 100], axis=1) ** 2)


def a_literal_None_for_out(x):
    return np.sum(np.sum(x, 0, None, None, True) ** 2 * np.amax(x, 0, None, True))


def condition_in_the_largest_row(x):
    return np.linalg.cond(x[:, :3], np.inf)


def medians_over_a_list_of_axes(x):
    return np.median(x, axis=[0, 1]) * np.quantile(x * x, 0.3, axis=[1, 0])


def remainders(x):
    return np.sum(np.mod(x, x[0]) ** 2 * np.fmod(x, -0.3)) + np.sum(np.sinc(x))


def an_item_of_two_indices(x):
    return x.item((1, 1)) ** 2 * x.item(2) * x.item(0, 1)


def an_array_listed_twice(x):
    rows, again = list(x), tuple(x)
    return np.sum(rows[0] * again[1] ** 2)


def largest_and_smallest(x):
    return max(x[0]) * min(x[0]) + max(x[0])


def arrays_without_axes_beside_a_list(x):
    product = np.asarray(np.sum(x * x))
    return product * (product - W[0]) + np.abs(product - W[0]) ** 2


def weights_in_lists(x):
    spread = np.cov(x * x, aweights=[0.5, 1.0, 2.0, 1.5], rowvar=True)
    line = np.polyfit([0.1, 0.4, 0.9, 1.3], x, 1, w=[1.0, 2.0, 0.5, 1.0])
    places = np.polyfit(x, [0.1, 0.4, 0.9, 1.3], 2, w=[1.0, 2.0, 0.5, 1.0])
    return spread * np.average(x, weights=[0.2, 0.3, 0.4, 0.1]) + line[0] * places[1]


PROGRAMS = (
    weights_in_lists, vectorized, vectorized_by_name, vectorized_over_rows, vectorized_beside_a_whole_argument,
    vectorized_with_two_results, vectorized_inside, vectorized_inside_over_rows, pieces_with_an_argument, pieces_of_rows,
    pieces_by_a_list_of_flags, pieces_of_which_one_is_empty, covariances, correlations, percentiles_of_a_list,
    a_literal_None_for_out, an_item_of_two_indices, an_array_listed_twice, largest_and_smallest,
    arrays_without_axes_beside_a_list, condition_in_the_largest_row, medians_over_a_list_of_axes, remainders,
)  # fmt: skip
OF_ROWS = (
    vectorized_over_rows, vectorized_inside_over_rows, pieces_of_rows, covariances, correlations, percentiles_of_a_list,
    a_literal_None_for_out, an_item_of_two_indices, an_array_listed_twice, largest_and_smallest,
    condition_in_the_largest_row, medians_over_a_list_of_axes,
)  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_both_orders(program: Callable[..., Any]) -> None:
    check_grads(program, (Y if program in OF_ROWS else X,), order=2, rtol=1e-4, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_a_cross_product_in_the_plane_is_an_array_without_axes() -> None:
    def program(x):
        turned = np.cross(x[:2], x[2:])
        return np.sum(np.real(turned * W[0])) + turned * (turned - W[0])

    check_grads(program, (X,), order=2, rtol=1e-4, atol=1e-5)


def test_the_dtype_of_a_vectorized_function_is_that_of_numpy() -> None:
    value, pullback = vjp(lambda x: single(x), X)
    assert value.dtype == np.float32
    np.testing.assert_allclose(pullback(np.ones(4, np.float32))[0], 2 * X, rtol=1e-6)
    value, pullback = vjp(lambda x: truncated(x), X[1:])  # the first result is an integer, and so are all
    np.testing.assert_array_equal(value, truncated(X[1:]))
    assert not np.any(pullback(np.ones(3))[0])


def test_an_item_of_a_number_that_was_an_array() -> None:
    def program(x):
        total = 0.0
        for _ in range(2):
            item = x[()]
            total = total + item * item
            x = x * 1.25
        return total

    np.testing.assert_allclose(grad(program)(np.array(0.4)), 2 * 0.4 * (1 + 1.25**2))


MASK, PLACES = np.array([True, False, True, False]), np.array([2, 0])
SELECTING: list[tuple[Callable[..., Any], Any]] = [
    (lambda x, m: np.sum(x * x, where=m), MASK),
    (lambda x, m: np.where(m, x, 2 * x), MASK),
    (lambda x, m: x * m, MASK),
    (lambda x, i: np.take(x, i), PLACES),
    (lambda x, i: x[i] * 3, PLACES),
]


@pytest.mark.parametrize(("function", "selector"), SELECTING)
def test_a_pullback_beside_masks_and_places(function: Callable[..., Any], selector: Any) -> None:
    value, pullback = vjp(function, X, selector)
    alone, pull_alone = vjp(lambda x: function(x, selector), X)
    cotangent = np.ones_like(alone)
    np.testing.assert_array_equal(value, alone)
    gradient, none = pullback(cotangent)
    np.testing.assert_array_equal(gradient, pull_alone(cotangent)[0])
    assert not np.any(none)


SHAPED: dict[str, Callable[..., Any]] = {
    "standard_gamma": lambda rng, a: rng.standard_gamma(a, 3),
    "beta": lambda rng, a: rng.beta(a, 2.0, 3),
    "chisquare": lambda rng, a: rng.chisquare(a, 3),
}
REARRANGED: dict[str, Callable[..., Any]] = {
    "choice": lambda rng, a: rng.choice(a * np.arange(4.0), 3) ** 2,
    "choices of rows": lambda rng, a: rng.choice(a * np.arange(12.0).reshape(3, 4), (2, 2), axis=1) ** 2,
    "permutation": lambda rng, a: rng.permutation(a * np.arange(4.0))[1:] ** 2,
    "a list": lambda rng, a: rng.choice([a, 2.0 * a, 0.5], 5) ** 2,
}
WITHOUT_PATH: dict[str, Callable[..., Any]] = {
    "wald": lambda rng, a: rng.wald(a, 2.0, 3),
    "permuted": lambda rng, a: rng.permuted(a * np.arange(4.0)),
}


def made_inside(draw, a):
    return np.sum(draw(np.random.default_rng(1), a))


@pytest.mark.parametrize("draw", SHAPED.values(), ids=SHAPED)
def test_samplers_have_the_derivative_of_quantiles_where_the_generator_is_made_inside(
    draw: Callable[..., Any],
) -> None:
    def outside(rng: Any, a: float) -> Any:
        return np.sum(draw(rng, a))

    expected = grad(outside, 1)(np.random.default_rng(1), 1.3)
    assert expected != 0.0
    assert grad(made_inside, 1)(draw, 1.3) == pytest.approx(expected)
    assert jvp(lambda a: made_inside(draw, a), (1.3,), (1.0,))[1] == pytest.approx(expected)


@pytest.mark.parametrize("draw", REARRANGED.values(), ids=REARRANGED)
def test_values_that_are_drawn_or_put_in_order_keep_their_derivatives(draw: Callable[..., Any]) -> None:
    check_grads(lambda a: made_inside(draw, a), (1.3,), order=2)
    expected = grad(lambda a: made_inside(draw, a))(1.3)
    assert grad(lambda a, rng: np.sum(draw(rng, a)))(1.3, np.random.default_rng(1)) == pytest.approx(expected)


@pytest.mark.parametrize("draw", WITHOUT_PATH.values(), ids=WITHOUT_PATH)
def test_samplers_without_a_derivative_are_refused_where_the_generator_is_made_inside(
    draw: Callable[..., Any],
) -> None:
    for derivative in (grad(made_inside, 1), hessian(made_inside, 1)):
        with pytest.raises(NoDerivativeError, match="has no derivative"):
            derivative(draw, 1.3)
    with pytest.raises(NoDerivativeError, match="has no derivative"):
        jvp(lambda a: made_inside(draw, a), (1.3,), (1.0,))
    np.testing.assert_allclose(
        grad(lambda a: a * made_inside(lambda rng, _: draw(rng, 2.0), a))(3.0), made_inside(draw, 2.0)
    )


def test_the_raw_form_of_qr_is_refused_in_both_modes() -> None:
    def raw(x):
        return np.sum(np.linalg.qr(x, "raw")[0])

    with pytest.raises(NoDerivativeError, match="mode='raw'"):
        grad(raw)(Y)
    with pytest.raises(NoDerivativeError, match="mode='raw'"):
        jvp(raw, (Y,), (Y,))


def test_floor_division_by_name_is_constant() -> None:
    def steps(x):
        return np.sum(operator.mod(x, 0.7) + operator.floordiv(x, 0.7) ** 2)

    np.testing.assert_allclose(grad(steps)(X), np.ones(4))


INTERPOLATED: dict[str, Callable[..., Any]] = {
    "literal lists": lambda x: np.sum(np.interp(x, [-2.0, 0.5, 2.0], [1.0, 2.0, -1.0]) ** 2),
    "a list and an array": lambda x: np.sum(np.interp(x, np.array([-2.0, 0.5, 2.0]), [1.0, 2.0, -1.0]) ** 2),
    "lists of what varies": lambda x: np.sum(np.interp(x, [x[1] - 1.0, 0.5, 2.5], [x[0], x[3], x[2]]) ** 2),
}


@pytest.mark.parametrize("program", INTERPOLATED.values(), ids=INTERPOLATED)
def test_interpolation_between_points_in_lists(program: Callable[..., Any]) -> None:
    check_grads(program, (X,), order=2, rtol=1e-4, atol=1e-5)


LISTED: dict[str, Callable[..., Any]] = {
    "trapezoid": lambda x: np.trapezoid([1.0, 2.0, 4.0, 0.5], x) ** 2,
    "sort": lambda x: np.sum(np.sort([x[0], x[1], 0.5]) ** 2 * np.arange(3.0)),
    "median": lambda x: np.median([x[0], x[1], 0.5]) ** 2,
    "maximum": lambda x: np.sum(np.maximum([x[0], 1.0], x[:2]) ** 2),
    "quantile": lambda x: np.quantile([x[0], x[1], 0.5], 0.3) ** 2,
    "histogram": lambda x: np.sum(np.histogram([0.1, 0.5], bins=2, weights=[x[0], x[1]])[0] ** 2),
}


@pytest.mark.parametrize("program", LISTED.values(), ids=LISTED)
def test_lists_where_arrays_are_usual(program: Callable[..., Any]) -> None:
    check_grads(program, (X,), order=2, rtol=1e-4, atol=1e-5)


WINDOWS = np.lib.stride_tricks.sliding_window_view

UNDER_OTHER_NAMES: dict[str, Callable[..., Any]] = {
    "windows": lambda x: np.sum(np.mean(WINDOWS(x, 3), axis=-1) ** 3),
    "windows of the plane": lambda x: np.sum(
        WINDOWS(np.outer(x, x), (2, 3)) ** 2 * np.arange(6.0).reshape(2, 3)
    ),
    "all that is unique": lambda x: np.sum(np.unique_all(x).values ** 3 * np.unique_all(x).indices),
    "unique values and counts": lambda x: np.sum(np.unique_counts(np.append(x, x)).values ** 3),
    "unique values and places": lambda x: np.sum(
        np.unique_inverse(x)[0] ** 2 * np.unique_inverse(x).inverse_indices
    ),
    "roots of negative numbers": lambda x: np.sum(np.abs(np.emath.sqrt(x) + np.emath.log(x) * 1.5) ** 2),
    "logarithms to other bases": lambda x: np.sum(np.abs(np.emath.logn(3.0, x) + np.emath.log10(x)) ** 2),
    "powers of negative numbers": lambda x: np.sum(np.abs(np.emath.power(x, 1.5) + 0.3) ** 2),
    "angles": lambda x: np.sum(
        np.abs(np.emath.arccos(x / 3) + np.emath.arcsin(x / 4) + np.emath.arctanh(x)) ** 2
    ),
    "a space and its step": lambda x: np.linspace(x[0], x[1], 5, retstep=True)[1] * np.sum(x**2),
    "a smallest rank": lambda x: np.sum(np.array(x, ndmin=2) @ np.array([x, x * x], ndmin=3)[0].T),
}


@pytest.mark.parametrize("program", UNDER_OTHER_NAMES.values(), ids=UNDER_OTHER_NAMES)
def test_functions_that_are_easily_forgotten(program: Callable[..., Any]) -> None:
    check_grads(program, (X,), order=2, rtol=1e-4, atol=1e-5)


BEYOND_THE_DOMAIN: dict[str, Callable[..., Any]] = {
    "sqrt": np.emath.sqrt,
    "log": np.emath.log,
    "log2": np.emath.log2,
    "log10": np.emath.log10,
    "logn": lambda x: np.emath.logn(x, 2.5) + np.emath.logn(3.0, x),
    "power": lambda x: np.emath.power(x, 1.5) + np.emath.power(x, -2),
    "power of an array": lambda x: np.emath.power(np.reshape(x, -1), [-1]),
    "arccos": np.emath.arccos,
    "arcsin": np.emath.arcsin,
    "arctanh": np.emath.arctanh,
}


@pytest.mark.parametrize("function", BEYOND_THE_DOMAIN.values(), ids=BEYOND_THE_DOMAIN)
def test_functions_that_are_complex_for_some_numbers(function: Callable[..., Any]) -> None:
    def program(x: Any) -> Any:
        half = x / 2
        return np.sum(np.abs(function(half) * function(x) + function(x)) ** 2)

    for point in (
        np.array([0.7, 0.3]),
        np.array([0.7, -1.3]),
        np.array([-1.7, -3.2]),
        0.6,
        -1.6,
        np.array(-2.4),
    ):
        check_grads(program, (point,), order=2, rtol=1e-4, atol=1e-5)


def test_windows_of_what_changes_are_refused() -> None:
    def program(x):
        whole = x * 1.0
        windows = WINDOWS(whole, 2)
        whole[0] = 3.0
        return np.sum(windows**2)

    with pytest.raises(UnsupportedError, match="share their entries"):
        grad(program)(X)


METHODS_OF_UFUNCS: dict[str, Callable[..., Any]] = {
    "reduce": lambda x: np.subtract.reduce(x) ** 2,
    "reduce along an axis": lambda x: np.sum(np.hypot.reduce(np.outer(x, x), axis=1, keepdims=True) ** 2),
    "reduce over two axes": lambda x: np.hypot.reduce(np.outer(x, x + 1), axis=(0, 1)) ** 2,
    "reduce over all": lambda x: np.logaddexp2.reduce(np.outer(x, x), axis=None) ** 2,
    "reduce what is chosen": lambda x: np.fmax.reduce(x * x, initial=x[0], where=x > 0) ** 2,
    "reduce in another dtype": lambda x: np.divide.reduce(x, dtype=np.float64),
    "reduce into an array": lambda x: reduced_into(x),
    "accumulate": lambda x: np.sum(np.logaddexp.accumulate(x) * x),
    "accumulate along an axis": lambda x: np.sum(np.subtract.accumulate(np.outer(x, x), axis=1) ** 2),
    "reduceat": lambda x: np.sum(np.multiply.reduceat(np.outer(x, x), [0, 2, 1], axis=1) ** 2),
    "outer": lambda x: np.sum(np.hypot.outer(x, x[:2]) * np.arctan2.outer(x, x[:2])),
    "outer of tables": lambda x: np.sum(np.logaddexp.outer(np.outer(x, x), x) ** 2),
    "an alias": lambda x: np.sum(outer_power(np.abs(x), x)),
}
outer_power = np.float_power.outer


def reduced_into(x):
    out = np.zeros(4)
    np.hypot.reduce(np.outer(x, x), 0, None, out)
    return np.sum(out**2)


@pytest.mark.parametrize("program", METHODS_OF_UFUNCS.values(), ids=METHODS_OF_UFUNCS)
def test_methods_of_any_ufunc(program: Callable[..., Any]) -> None:
    check_grads(program, (X,), order=2, rtol=1e-4, atol=1e-5)


def test_methods_that_numpy_does_not_have_are_refused() -> None:
    with pytest.raises(NoDerivativeError, match="does not combine two numbers"):
        grad(lambda x: np.sum(np.sin.outer(x, x)))(X)


def powers_by_a_list(x):
    return np.sum(np.power(x, [2, 0, 3, 1]) * np.arctan2((1.0, 2.0, 3.0, 4.0), x))


def lists_of_numbers(s, x):
    return np.sum(np.power([s, 2.0, s * s, 1], x * x) + np.arctan2([s, 1.0, 2.0, s], x))


def functions_of_lists(s):
    return np.sum(np.sqrt([s, s * 2]) * np.exp((s, 1.0))) + np.partition([s * 3, 1.0, s], 1)[1]


def matrices_written_as_lists(s, t):
    triangle = np.linalg.qr([[s, 1, t], [2, t, 3]])[1]
    return np.sum(triangle**2 * [[1, 2, 3]]) + np.sum(np.linalg.matrix_power([[s, 1], [2, t]], 3))


LISTS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (powers_by_a_list, (X + 3.0,)), (lists_of_numbers, (0.4, X)), (functions_of_lists, (0.4,)),
    (matrices_written_as_lists, (0.4, 0.7)),
]  # fmt: skip


@pytest.mark.parametrize(("program", "arguments"), LISTS, ids=[p.__name__ for p, _ in LISTS])
def test_lists_are_operands_of_elementwise_functions(
    program: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    check_grads(program, arguments, order=2)
    assert np.isfinite(jvp(program, arguments, arguments)[1])


def test_a_real_factor_of_a_chain_of_complex_products_has_a_real_gradient() -> None:
    z = np.array([[1.0 + 2.0j], [0.5 - 1.0j]])

    def program(a):
        total = 0.0
        for _ in range(2):
            total = total + np.sum(np.abs(np.linalg.multi_dot([a, z])) ** 2)
            a = a * 1.5
        return total

    check_grads(program, (np.array([[0.3, -0.7], [1.1, 0.2]]),))


def interpolated_in_a_loop(s, x):
    heights = [s, 2, 3]
    total = 0.0
    for i in range(2):
        total = total + np.sum(np.interp(x[:, i], np.array([0.0, 1.0, 2.0]), heights) ** 2)
    return total


def test_a_list_that_a_loop_reads_has_its_gradient_in_the_reverse_of_a_gradient() -> None:
    x, direction = (
        np.array([[0.3, 1.4], [0.7, 0.2], [1.2, 0.9]]),
        np.array([[0.2, -1.0], [0.4, 0.7], [-0.3, 1.1]]),
    )
    gradient = grad(interpolated_in_a_loop, (0, 1))

    forward = jvp(gradient, (0.4, x), (1.3, direction))[1]
    backward = vjp(gradient, 0.4, x)[1]((1.3, direction))

    np.testing.assert_allclose(backward[0], forward[0])
    np.testing.assert_allclose(backward[1], forward[1])


def test_a_vectorized_function_that_captures_values_in_forward_mode() -> None:
    def program(x):
        scaled_by_first = np.vectorize(lambda t, s: t * x[0] * s)
        return np.sum(scaled_by_first(np.arange(3.0), x[1]))

    x, direction = np.array([0.3, -1.2, 0.7]), np.array([1.0, 0.5, 0.0])
    np.testing.assert_allclose(jvp(program, (x,), (direction,))[1], np.dot(grad(program)(x), direction))
    np.testing.assert_allclose(hvp(program)(x, direction), [1.5, 3.0, 0.0])


@pytest.mark.parametrize("operation", (operator.mul, operator.add, operator.sub, operator.truediv))
def test_a_list_beside_a_value_of_numpy_is_an_array(operation: Callable[..., Any]) -> None:
    x = np.array([0.3, -1.2, 0.7])
    weight = np.arange(1.0, 4.0)

    def after(v):
        return np.sum(operation(np.take_along_axis(v, np.argsort(v), axis=-1), [2, 3, 4]) * weight)

    def product(v):
        return np.sum(np.partition(v, (1, 2))[1:] * [1, 2]) + np.sum([1, 2] * np.partition(v, (1, 2))[1:])

    check_grads(after, (x,))
    check_grads(product, (x,))
    np.testing.assert_array_equal(grad(product)(x), [2.0, 0.0, 4.0])


def test_numbers_that_are_counted_are_refused_in_both_modes() -> None:
    def counted(x: Any) -> Any:
        return sum(collections.Counter(x.tolist()))

    for derive in (lambda: grad(counted)(X), lambda: jvp(counted, (X,), (X,))):
        with pytest.raises(UnsupportedError, match="Counter") as caught:
            derive()
        assert caught.value.location is not None
