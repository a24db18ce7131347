"""Interpolation of values on rectangular grids by ``scipy.interpolate``, written out."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.interpolate

from srcad import runtime as rt
from srcad.rules.registry import written_out


def _places(xi, ndim):
    """Return places as an array whose last axis has the coordinates of each."""
    if isinstance(xi, tuple):
        return np.stack(np.broadcast_arrays(*xi), axis=-1)
    places = np.asarray(xi)
    return np.reshape(places, (-1, ndim)) if np.ndim(places) == 1 else places


def _on_grid(points, values, places, method, bounds_error, fill_value):
    """Return the interpolated values at places, by the corners of the cell around each."""
    if method not in ("linear", "nearest"):
        rt.not_covered(f"Interpolation on a grid with method={method!r}", "Use method='linear'.")
    cells, beyond, ndim = [], False, len(points)
    for axis in range(ndim):
        grid, at = np.asarray(points[axis]), places[..., axis]
        if np.size(grid) < 2 or not np.all(np.diff(grid) > 0.0):
            rt.not_covered(
                "Interpolation on a grid that does not ascend", "Turn the grid and the values around."
            )
        outside = np.logical_or(at < grid[0], at > grid[-1])
        beyond = np.logical_or(beyond, outside)
        first = np.clip(np.searchsorted(grid, at, side="right") - 1, 0, np.size(grid) - 2)
        cells.append((first, (at - grid[first]) / (grid[first + 1] - grid[first])))
    if bounds_error and np.any(beyond):
        raise ValueError("One of the requested xi is out of bounds.")
    trailing = (1,) * (np.ndim(values) - ndim)
    if method == "nearest":
        nearest = tuple([np.where(share <= 0.5, first, first + 1) for first, share in cells])
        result = values[nearest]
    else:
        result = 0.0
        for corner in itertools.product((0, 1), repeat=ndim):
            weight = 1.0
            for (_, share), side in zip(cells, corner):
                weight = weight * (share if side else 1.0 - share)
            corners = values[tuple([first + side for (first, _), side in zip(cells, corner)])]
            result = result + np.reshape(weight, (*np.shape(weight), *trailing)) * corners
    if bounds_error or fill_value is None:
        return result
    return np.where(np.reshape(beyond, (*np.shape(beyond), *trailing)), fill_value, result)


@written_out(scipy.interpolate.interpn)
def interpn(points, values, xi, method="linear", bounds_error=True, fill_value=np.nan):
    places = _places(xi, len(points))
    return _on_grid(points, np.asarray(values), places, method, bounds_error, fill_value)


class Grid:
    """What ``scipy.interpolate.RegularGridInterpolator`` makes, with the values that vary."""

    def __init__(self, points, values, method, bounds_error, fill_value):
        self.grid, self.values, self.method = points, np.asarray(values), method
        self.bounds_error, self.fill_value = bounds_error, fill_value

    def __call__(self, xi, method=None, *, nu=None):
        if nu is not None:
            rt.not_covered("A derivative of an interpolation on a grid", "Differentiate with srcad.")
        places = _places(xi, len(self.grid))
        chosen = self.method if method is None else method
        return _on_grid(self.grid, self.values, places, chosen, self.bounds_error, self.fill_value)


@written_out(scipy.interpolate.RegularGridInterpolator)
def regular_grid_interpolator(
    points, values, method="linear", bounds_error=True, fill_value=np.nan, *, solver=None, solver_args=None
):
    return Grid(points, values, method, bounds_error, fill_value)
