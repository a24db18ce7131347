"""Derivatives of ``scipy.signal``: convolution, correlation and linear filters."""

from __future__ import annotations

import numpy as np
import scipy.signal

from srcad import runtime as rt
from srcad.rules import scipy_signal_spectra, scipy_signal_written  # noqa: F401  (their functions are wanted)
from srcad.rules.registry import constant, jvp, vjp

constant(
    *(rt.scipy_signal.bin_weights, rt.scipy_signal.edge_fits, rt.scipy_signal.kept_bins),
    *(rt.scipy_signal.resampling, rt.scipy_signal.unit),
)

_AXES = {"axes": "Convolution along chosen axes has no derivative rule; loop over the other axes."}
_BORDER = {
    "boundary": "Only boundary='fill' has a derivative rule; use np.pad and mode='valid'.",
    "fillvalue": "Only fillvalue=0 has a derivative rule; use np.pad and mode='valid'.",
}

# -- convolution -------------------------------------------------------------------------------------


@vjp(scipy.signal.convolve, "in1", "in2", multilinear=True)
def convolve(ans, g, in1, in2, mode="full", method="auto"):
    whole = rt.scipy_signal.to_full(g, np.shape(in1), np.shape(in2), mode)
    return (
        rt.unbroadcast(scipy.signal.correlate(whole, np.conj(in2), "valid", method), in1),
        rt.unbroadcast(scipy.signal.correlate(whole, np.conj(in1), "valid", method), in2),
    )


@vjp(scipy.signal.fftconvolve, "in1", "in2", multilinear=True, refused=_AXES)
def fftconvolve(ans, g, in1, in2, mode="full", axes=None):
    whole = rt.scipy_signal.to_full(g, np.shape(in1), np.shape(in2), mode)
    return (
        rt.unbroadcast(scipy.signal.correlate(whole, np.conj(in2), "valid", "fft"), in1),
        rt.unbroadcast(scipy.signal.correlate(whole, np.conj(in1), "valid", "fft"), in2),
    )


@vjp(scipy.signal.oaconvolve, "in1", "in2", multilinear=True, refused=_AXES)
def oaconvolve(ans, g, in1, in2, mode="full", axes=None):
    whole = rt.scipy_signal.to_full(g, np.shape(in1), np.shape(in2), mode)
    return (
        rt.unbroadcast(scipy.signal.correlate(whole, np.conj(in2), "valid", "fft"), in1),
        rt.unbroadcast(scipy.signal.correlate(whole, np.conj(in1), "valid", "fft"), in2),
    )


@vjp(scipy.signal.convolve2d, "in1", "in2", multilinear=True, refused=_BORDER)
def convolve2d(ans, g, in1, in2, mode="full", boundary="fill", fillvalue=0):
    whole = rt.scipy_signal.to_full(g, np.shape(in1), np.shape(in2), mode)
    return (
        rt.unbroadcast(scipy.signal.correlate(whole, np.conj(in2), "valid"), in1),
        rt.unbroadcast(scipy.signal.correlate(whole, np.conj(in1), "valid"), in2),
    )


# -- correlation: the convolution with the conjugate turned around -------------------------------------


@vjp(scipy.signal.correlate, "in1", "in2", multilinear=True)
def correlate(ans, g, in1, in2, mode="full", method="auto"):
    whole = rt.scipy_signal.to_full(g, np.shape(in1), np.shape(in2), mode)
    turned = scipy.signal.correlate(whole, np.conj(in1), "valid", method)
    return (
        rt.unbroadcast(scipy.signal.correlate(whole, np.flip(in2), "valid", method), in1),
        rt.unbroadcast(np.conj(np.flip(turned)), in2),
    )


@vjp(scipy.signal.correlate2d, "in1", "in2", multilinear=True, refused=_BORDER)
def correlate2d(ans, g, in1, in2, mode="full", boundary="fill", fillvalue=0):
    if mode == "same":
        mode = "same, rounded up"
    whole = rt.scipy_signal.to_full(g, np.shape(in1), np.shape(in2), mode)
    turned = scipy.signal.correlate(whole, np.conj(in1), "valid")
    return (
        rt.unbroadcast(scipy.signal.correlate(whole, np.flip(in2), "valid"), in1),
        rt.unbroadcast(np.conj(np.flip(turned)), in2),
    )


# -- linear filters: y = (b / a) x, so dy = (db / a) x - (da / a) y + (b / a) dx ---------------------------


@vjp(rt.scipy_signal.filtered, "b", "a", "x")
def filtered(ans, g, b, a, x, axis):
    driven = rt.scipy_signal.filtered(rt.scipy_signal.unit(x), a, x, axis)
    fed_back = rt.scipy_signal.filtered(rt.scipy_signal.unit(x), a, ans, axis)
    return (
        rt.scipy_signal.lagged_sums(g, driven, np.size(b), axis),
        -rt.scipy_signal.lagged_sums(g, fed_back, np.size(a), axis),
        np.flip(rt.scipy_signal.filtered(b, a, np.flip(g, axis), axis), axis),
    )


@jvp(rt.scipy_signal.filtered, "b")
def filtered_b(ans, t, b, a, x, axis):
    return rt.scipy_signal.filtered(t, a, x, axis)


@jvp(rt.scipy_signal.filtered, "a")
def filtered_a(ans, t, b, a, x, axis):
    return -rt.scipy_signal.filtered(t, a, ans, axis)


@jvp(rt.scipy_signal.filtered, "x")
def filtered_x(ans, t, b, a, x, axis):
    return rt.scipy_signal.filtered(b, a, t, axis)


# -- of the runtime ----------------------------------------------------------------------------------


@vjp(rt.scipy_signal.to_full, "g", linear=True)
def to_full(ans, cotangent, g, shape1, shape2, mode):
    return rt.scipy_signal.part_of_full(cotangent, shape1, shape2, mode)


@vjp(rt.scipy_signal.part_of_full, "whole", linear=True)
def part_of_full(ans, g, whole, shape1, shape2, mode):
    return rt.scipy_signal.to_full(g, shape1, shape2, mode)


@vjp(rt.scipy_signal.lagged_sums, "g", "u", multilinear=True)
def lagged_sums(ans, cotangent, g, u, count, axis):
    return (
        rt.scipy_signal.filtered(cotangent, rt.scipy_signal.unit(u), u, axis),
        np.flip(rt.scipy_signal.filtered(cotangent, rt.scipy_signal.unit(g), np.flip(g, axis), axis), axis),
    )
