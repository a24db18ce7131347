"""Numbers without axes under functions that are told an axis, and lists of numbers in the place of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import GradientTape, grad, hessian, jvp, value_and_grad, vjp
from srcad.runtime.order import first_places, matching_places

ALONG_AN_AXIS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: np.sum(x, axis=0) * x,
    "nansum": lambda x: np.nansum(x, axis=-1) * x,
    "nanmean": lambda x: np.nanmean(x, axis=0) * x,
    "nanvar": lambda x: np.nanvar(x, axis=0) + x * x,
    "prod": lambda x: np.prod(x, axis=-1) * x,
    "nanprod": lambda x: np.nanprod(x, axis=0) * x,
    "max": lambda x: np.max(x, axis=0) * x,
    "min": lambda x: np.min(x, axis=()) * x,
    "nanmax": lambda x: np.nanmax(x, axis=-1) * x,
    "ptp": lambda x: np.ptp(x, axis=0) + x * x,
    "add.reduce": lambda x: np.add.reduce(x) * x,
    "multiply.reduce": lambda x: np.multiply.reduce(x) * x,
    "maximum.reduce": lambda x: np.maximum.reduce(x, axis=-1) * x,
    "logaddexp.reduce": lambda x: np.logaddexp.reduce(x) * x,
    "cumsum": lambda x: np.cumsum(x, axis=0)[0] * x,
    "cumprod": lambda x: np.cumprod(x, axis=-1)[0] * x,
    "nancumsum": lambda x: np.nancumsum(x, axis=0)[0] * x,
    "nancumprod": lambda x: np.nancumprod(x, axis=0)[0] * x,
    "cumulative_sum": lambda x: np.cumulative_sum(x, include_initial=True)[1] * x,
    "cumulative_prod": lambda x: np.cumulative_prod(x, axis=0, include_initial=True)[1] * x,
    "take": lambda x: np.take(x, [0, 0], axis=0)[1] * x,
    "compress": lambda x: np.compress([True], x, axis=0)[0] * x,
    "repeat": lambda x: np.repeat(x, 2, axis=-1)[1] * x,
    "squeeze": lambda x: np.squeeze(x, axis=0) * x,
}


@pytest.mark.parametrize("make", [float, np.float64, np.array, np.float32], ids=lambda make: make.__name__)
@pytest.mark.parametrize("function", ALONG_AN_AXIS.values(), ids=ALONG_AN_AXIS)
def test_a_number_is_reduced_along_the_axis_that_it_does_not_have(
    function: Callable[[Any], Any], make: Callable[[float], Any]
) -> None:
    x = make(1.5)
    value, gradient = value_and_grad(function)(x)
    assert value == function(x) == 2.25
    assert gradient == 3.0 and np.shape(gradient) == () and np.asarray(gradient).dtype == np.asarray(x).dtype
    assert jvp(function, (x,), (make(2.0),))[1] == 6.0
    assert hessian(function)(x) == grad(grad(function))(x) == 2.0
    tape = GradientTape()
    with tape:
        watched = tape.watch(x)
        result = function(watched)
    assert tape.gradient(result, watched) == 3.0


OF_LISTS: dict[str, Callable[[Any, Any], Any]] = {
    "matmul, vectors": lambda x, y: np.matmul([x, y], [y, x * x]),
    "matmul, matrix and vector": lambda x, y: np.matmul([[x, 1.0], [2.0, y]], [x, y])[1],
    "matmul, vector and matrix": lambda x, y: np.matmul((x, y), [[x, 1.0], [2.0, y]])[0],
    "matmul, matrices": lambda x, y: np.matmul([[x, 1.0], [2.0, y]], [[y, x], [x, 1.0]])[0, 1],
    "matmul, stacks": lambda x, y: np.matmul([[[x, 1.0], [2.0, y]]], [[y, x], [x, 1.0]])[0, 0, 1],
    "operator": lambda x, y: np.array([x, y]) @ [y, x],
    "trim_zeros": lambda x, y: np.trim_zeros([0.0, x * y, y, 0.0])[0],
    "maximum.accumulate": lambda x, y: np.maximum.accumulate([x, y * x, 0.1])[2] * x,
    "cumprod": lambda x, y: np.cumprod([[x, y], [y, x]], axis=0)[1, 0],
    "cumulative_prod": lambda x, y: np.cumulative_prod([x, y, x])[2],
    "geomspace": lambda x, y: np.geomspace([x, y], [4.0, 5.0], 3)[1, 0] * y,
    "logspace": lambda x, y: np.logspace([x, 0.1], [y, 0.2], 3)[1, 0],
    "complex products": lambda x, y: np.real(np.prod([x + 1j * y, x * 1j, 2.0])),
    "complex variance": lambda x, y: np.var([x + 1j * y, x * 1j, y * x]),
    "complex running products": lambda x, y: np.imag(np.cumprod([x + 1j * y, x * 1j])[1]),
    "angles": lambda x, y: np.angle([x + 1j * y, 1j], True)[0] * y,
    "kept by name": lambda x, y: np.quantile(q=0.3, a=[x, y, x * y]),
}


@pytest.mark.parametrize("function", OF_LISTS.values(), ids=OF_LISTS)
def test_lists_of_numbers_stand_for_arrays(function: Callable[[Any, Any], Any]) -> None:
    point, direction, h = np.array([1.3, 0.6]), np.array([0.7, -0.4]), 1e-5

    def sloped(s: np.ndarray) -> np.ndarray:
        return np.array(grad(function, (0, 1))(*s))

    value, gradient = value_and_grad(function, (0, 1))(*point)
    assert value == function(*point)
    numerical = [(function(*(point + h * e)) - function(*(point - h * e))) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(gradient, numerical, rtol=1e-7, atol=1e-8)
    along = jvp(function, tuple(point), tuple(direction))[1]
    np.testing.assert_allclose(along, np.dot(gradient, direction), rtol=1e-12)
    second = (sloped(point + h * direction) - sloped(point - h * direction)) / (2 * h)
    forward = jvp(grad(function, (0, 1)), tuple(point), tuple(direction))[1]
    backward = vjp(grad(function, (0, 1)), *point)[1](tuple(direction))
    np.testing.assert_allclose(forward, second, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(backward, second, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
@pytest.mark.parametrize("ties", [False, True])
def test_places_are_found_by_hashes_of_the_entries(dtype: str, ties: bool) -> None:
    x = np.random.default_rng(0).normal(size=3000)
    x = (np.round(x * 200) / 200 * np.where(np.arange(3000) % 3, 1, 0) if ties else x).astype(dtype)
    np.testing.assert_array_equal(first_places(x, None, True, True), np.unique(x, return_index=True)[1])
    for rows, axis in ((x, 0), (x.reshape(60, 50), 0), (x.reshape(60, 50).T, -1)):
        parted = np.partition(rows, [3, 20], axis=axis)
        places = matching_places(rows, parted, [3, 20], axis)
        np.testing.assert_array_equal(np.take_along_axis(rows, places, axis), parted)
        np.testing.assert_array_equal(
            np.sort(places, axis), np.argsort(np.argsort(np.zeros(rows.shape), axis), axis)
        )


def test_functions_that_tell_lists_from_arrays_are_given_lists() -> None:
    def parted(x: float) -> Any:
        return np.sum(np.array_split([x, 2.0, x * x], 2)[1]) ** 2 + len(np.trim_zeros([x, x]) + [1.0])

    value, gradient = value_and_grad(parted)(1.5)
    assert value == parted(1.5) == 1.5**4 + 3 and gradient == 4 * 1.5**3


def test_a_complex_number_has_its_own_precision_beside_long_doubles() -> None:
    x = np.array([1.5, 2.5], np.longdouble)
    dz, dx = grad(lambda z, x: np.sum(np.real(z * x)), (0, 1))(0.3 + 0.2j, x)
    assert np.asarray(dz).dtype == np.complex128 and dz == 4.0
    assert dx.dtype == np.longdouble and np.allclose(dx, 0.3)


def test_long_doubles_are_weights_of_a_histogram() -> None:
    def dense(w: Any) -> Any:
        return np.histogram([0.1, 0.6, 0.9], [0.0, 0.5, 1.0], density=True, weights=w)[0][0]

    weights = np.array([1.0, 2.0, 1.0], np.longdouble)
    gradient = grad(dense)(weights)
    assert gradient.dtype == np.longdouble and np.allclose(gradient, [0.375, -0.125, -0.125])
