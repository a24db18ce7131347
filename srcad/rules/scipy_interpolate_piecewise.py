"""Interpolants of ``scipy.interpolate`` that are cubic between two places, with their slopes there, written out."""

from __future__ import annotations

import math

import numpy as np
import scipy.interpolate

from srcad import runtime as rt
from srcad.rules.registry import written_out


def _beside(places, values):
    """Return numbers for each place with axes of length 1 for those that values have more."""
    return np.reshape(places, (*np.shape(places), *(1,) * (np.ndim(values) - np.ndim(places))))


class Cubic:
    """What an interpolant with known slopes is made into, with the numbers that vary."""

    def __init__(self, x, y, slopes, axis, extrapolate):
        width = _beside(x[1:] - x[:-1], y)
        rise = (y[1:] - y[:-1]) / width
        bend = (slopes[:-1] + slopes[1:] - 2.0 * rise) / width
        self.x, self.axis, self.extrapolate = x, axis, True if extrapolate is None else extrapolate
        self.c = np.stack((bend / width, (rise - slopes[:-1]) / width - bend, slopes[:-1], y[:-1]))

    def __call__(self, x, nu=0, extrapolate=None):
        beyond = self.extrapolate if extrapolate is None else extrapolate
        at, last = np.asarray(x) * 1.0, np.shape(self.x)[0] - 1
        if beyond == "periodic":
            at = self.x[0] + (at - self.x[0]) % (self.x[last] - self.x[0])
        first = np.clip(np.searchsorted(self.x, at, side="right") - 1, 0, last - 1)
        step = _beside(at - self.x[first], self.c[0, first])
        values = np.zeros_like(self.c[0, first])
        for power in range(3, nu - 1, -1):
            values = values * step + math.perm(power, nu) * self.c[3 - power, first]
        if not beyond:
            outside = np.logical_or(at < self.x[0], at > self.x[last])
            values = np.where(_beside(outside, values), np.nan, values)
        if self.axis == 0:
            return values
        axes = [k for k in range(np.ndim(at))]
        return np.moveaxis(values, axes, [k + self.axis for k in axes])

    def derivative(self, nu=1):
        return rt.not_covered(
            "The spline of the derivatives of an interpolant", "Call the interpolant with nu=1."
        )

    def antiderivative(self, nu=1):
        return rt.not_covered("The antiderivative of this interpolant", "Use scipy.interpolate.CubicSpline.")

    def integrate(self, a, b, extrapolate=None):
        return rt.not_covered("The integral of this interpolant", "Use scipy.integrate.quad.")

    def roots(self, discontinuity=True, extrapolate=None):
        return rt.not_covered("The roots of this interpolant", "Use scipy.optimize.brentq.")

    def solve(self, y=0.0, discontinuity=True, extrapolate=None):
        return rt.not_covered("The roots of this interpolant", "Use scipy.optimize.brentq.")


def _data(x, y, axis):
    """Return places and values along the first axis, and the axis, counted from the first."""
    places, values = np.asarray(x) * 1.0, np.asarray(y) * 1.0
    if not np.all(np.diff(places) > 0.0):
        raise ValueError("`x` must be strictly increasing sequence.")
    return places, np.moveaxis(values, axis, 0), axis % np.ndim(values)


@written_out(scipy.interpolate.CubicHermiteSpline)
def cubic_hermite_spline(x, y, dydx, axis=0, extrapolate=None):
    places, values, front = _data(x, y, axis)
    return Cubic(places, values, np.moveaxis(np.asarray(dydx) * 1.0, axis, 0), front, extrapolate)


def _slope_at_end(width, next_width, rise, next_rise):
    """Return the slope at an end by three places, as far as it keeps the shape."""
    slope = ((2.0 * width + next_width) * rise - width * next_rise) / (width + next_width)
    steep = np.logical_and(np.sign(rise) != np.sign(next_rise), np.abs(slope) > 3.0 * np.abs(rise))
    return np.where(np.sign(slope) != np.sign(rise), 0.0, np.where(steep, 3.0 * rise, slope))


@written_out(scipy.interpolate.PchipInterpolator)
def pchip_interpolator(x, y, axis=0, extrapolate=None):
    places, values, front = _data(x, y, axis)
    width = _beside(places[1:] - places[:-1], values)
    rise = (values[1:] - values[:-1]) / width
    if np.shape(values)[0] == 2:
        return Cubic(places, values, np.concatenate((rise, rise)), front, extrapolate)
    before, after = 2.0 * width[1:] + width[:-1], width[1:] + 2.0 * width[:-1]
    turns = np.logical_or(np.sign(rise[1:]) != np.sign(rise[:-1]), rise[1:] == 0.0)
    one, other = np.where(turns, 1.0, rise[:-1]), np.where(turns, 1.0, rise[1:])
    between = np.where(turns, 0.0, (before + after) / (before / one + after / other))
    first = _slope_at_end(width[:1], width[1:2], rise[:1], rise[1:2])
    last = _slope_at_end(width[-1:], width[-2:-1], rise[-1:], rise[-2:-1])
    return Cubic(places, values, np.concatenate((first, between, last)), front, extrapolate)


@written_out(scipy.interpolate.Akima1DInterpolator)
def akima_interpolator(x, y, axis=0, *, method="akima", extrapolate=None):
    if method not in ("akima", "makima"):
        raise NotImplementedError(f"`method`={method} is unsupported.")
    places, values, front = _data(x, y, axis)
    beyond = False if extrapolate is None else extrapolate
    rise = (values[1:] - values[:-1]) / _beside(places[1:] - places[:-1], values)
    if np.shape(values)[0] == 2:
        return Cubic(places, values, np.concatenate((rise, rise)), front, beyond)
    left, right = 2.0 * rise[:1] - rise[1:2], 2.0 * rise[-1:] - rise[-2:-1]
    rises = np.concatenate((2.0 * left - rise[:1], left, rise, right, 2.0 * right - rise[-1:]))
    changes = np.abs(np.diff(rises, axis=0))
    if method == "makima":
        changes = changes + 0.5 * np.abs(rises[1:] + rises[:-1])
    both = changes[2:] + changes[:-2]
    bends = both > 1e-9 * np.max(both)
    share = np.where(bends, changes[:-2], 0.5) / np.where(bends, both, 1.0)
    weighted = rises[1:-2] + share * (rises[2:-1] - rises[1:-2])
    slopes = np.where(bends, weighted, 0.5 * (rises[3:] + rises[:-3]))
    return Cubic(places, values, slopes, front, beyond)
