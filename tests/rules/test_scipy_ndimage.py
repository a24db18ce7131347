"""Filters and interpolation by ``scipy.ndimage``: the value is SciPy's, and so are derivatives of two orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.ndimage as ndimage

from srcad import SrcadError, grad
from tests.rules.written import check_written

rng = np.random.default_rng(7)
IMAGE = rng.normal(size=(4, 5))
BLOCK = rng.normal(size=(2, 3, 4))
WEIGHTS = rng.normal(size=(2, 3))
PLACES = np.array([[-0.3, 1.2, 2.4, -3.3], [0.4, 2.1, 1.05, 5.2]])
CORNER = np.array([[True, False], [True, True]])

PROGRAMS: dict[str, tuple[Callable[..., Any], Any]] = {
    "gaussian_laplace": (lambda x: ndimage.gaussian_laplace(x, (0.8, 0.5), mode="nearest"), IMAGE),
    "gaussian_laplace along axes": (lambda x: ndimage.gaussian_laplace(x, 0.8, axes=(0, 2)), BLOCK),
    "gaussian_gradient_magnitude": (
        lambda x: ndimage.gaussian_gradient_magnitude(x, [0.8, 1.2], mode=["wrap", "reflect"]),
        IMAGE,
    ),
    "correlate by what lies outside": (
        lambda c: ndimage.correlate(IMAGE, WEIGHTS, mode="constant", cval=c) ** 2,
        0.4,
    ),
    "convolve by what lies outside": (
        lambda c: ndimage.convolve(IMAGE, WEIGHTS, mode="constant", cval=c) ** 2,
        0.4,
    ),
    "convolve1d by what lies outside": (
        lambda c: ndimage.convolve1d(IMAGE, WEIGHTS[0], axis=0, mode="constant", cval=c) ** 2,
        0.4,
    ),
    "maximum_filter": (lambda x: ndimage.maximum_filter(x, (1, 2), mode="constant", cval=0.5) ** 2, IMAGE),
    "minimum_filter": (lambda x: ndimage.minimum_filter(x, footprint=CORNER, origin=(0, -1)) ** 2, IMAGE),
    "maximum_filter1d": (lambda x: ndimage.maximum_filter1d(x, 4, axis=0, origin=-1) ** 2, IMAGE),
    "minimum_filter1d": (lambda x: ndimage.minimum_filter1d(x, 3, mode="wrap") ** 2, IMAGE),
    "median_filter": (lambda x: ndimage.median_filter(x, 3, axes=(0, 2)) ** 2, BLOCK),
    "percentile_filter": (lambda x: ndimage.percentile_filter(x, -20, 3, mode="mirror") ** 2, IMAGE),
    "rank_filter": (lambda x: ndimage.rank_filter(x, -2, size=(2, 3), mode="constant") ** 2, IMAGE),
    "shift": (lambda x: ndimage.shift(IMAGE, x, order=1), np.array([0.4, -0.7])),
    "zoom": (lambda x: ndimage.zoom(x, (2, 0.5)) ** 2, IMAGE),
    "zoom of a grid": (lambda x: ndimage.zoom(x, 1.5, order=1, grid_mode=True, mode="nearest"), IMAGE),
    "rotate": (lambda angle: ndimage.rotate(IMAGE, angle, reshape=False), 20.0),
    "rotate by a right angle": (lambda x: ndimage.rotate(x, 90.0, order=1), IMAGE),
    "rotate in a plane": (lambda x: ndimage.rotate(x, 45.0, (0, 2), order=1, mode="nearest"), BLOCK),
    "affine_transform": (
        lambda m: ndimage.affine_transform(IMAGE, m, 0.13, order=3, mode="mirror"),
        np.array([[0.9, 0.2], [-0.1, 0.7]]),
    ),
    "affine_transform with an offset inside": (
        lambda m: ndimage.affine_transform(IMAGE, m, output_shape=(3, 2), order=1),
        np.array([[0.9, 0.2, 0.15], [-0.1, 0.7, 0.35]]),
    ),
}
BORDERS = [
    *((order, mode) for order in (0, 1) for mode in ("nearest", "wrap", "grid-constant")),
    *((order, mode) for order in (1, 2, 3, 4, 5) for mode in ("constant", "mirror", "reflect", "grid-wrap")),
]


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives_of_two_orders(name: str) -> None:
    check_written(*PROGRAMS[name])


@pytest.mark.parametrize(("order", "mode"), BORDERS)
def test_interpolation_of_each_order_beyond_each_border(order: int, mode: str) -> None:
    def at_places(c: Any) -> Any:
        return np.sum(ndimage.map_coordinates(IMAGE, c, order=order, mode=mode, cval=0.3) ** 2)

    def of_samples(x: Any) -> Any:
        return np.sum(ndimage.map_coordinates(x, PLACES, order=order, mode=mode, cval=0.3) ** 2)

    for function, x in ((at_places, PLACES), (of_samples, IMAGE)):
        v = np.random.default_rng(2).normal(size=x.shape)
        quotient = (function(x + 1e-6 * v) - function(x - 1e-6 * v)) / 2e-6
        np.testing.assert_allclose(np.sum(grad(function)(x) * v), quotient, rtol=1e-6, atol=1e-7)


def test_equal_numbers_of_a_window_give_the_gradient_to_one() -> None:
    def total(x: Any) -> Any:
        return np.sum(ndimage.maximum_filter1d(x, 3))

    found = grad(total)(np.array([1.0, 1.0, 0.0, 2.0, 2.0]))
    assert np.sum(found) == 5.0
    assert np.all(found[[0, 1]].sum() == 2.0) and np.all(found[[3, 4]].sum() == 3.0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(ndimage.zoom(x, 2, mode="nearest")),
        lambda x: np.sum(ndimage.shift(x, 0.5, output=np.float32)),
        lambda x: np.sum(ndimage.median_filter(x, 3, output=np.float32)),
    ],
)
def test_what_is_not_covered_is_refused_with_the_line(function: Callable[..., Any]) -> None:
    with pytest.raises(SrcadError) as caught:
        grad(function)(IMAGE)
    assert "ndimage." in caught.value.location.text
