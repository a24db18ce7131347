"""Derivatives of ``scipy.ndimage``: convolution and correlation with every border, Gaussian filters."""

from __future__ import annotations

import numpy as np
import scipy.ndimage
import scipy.signal

from srcad import runtime as rt
from srcad.rules import scipy_ndimage_interpolation, scipy_ndimage_written  # noqa: F401  (their functions are wanted)
from srcad.rules.registry import constant, jvp, vjp

constant(
    *(rt.scipy_ndimage.axis_origin, rt.scipy_ndimage.chosen_places, rt.scipy_ndimage.gaussian_weights),
    *(
        rt.scipy_ndimage.outside,
        rt.scipy_ndimage.spline_matrix,
        rt.scipy_ndimage.turned_extent,
        rt.scipy_ndimage.turned_origin,
    ),
)

_OUTPUT = {"output": "An output array or dtype has no derivative rule; leave output at None."}
_REFUSED = _OUTPUT | {
    "axes": "A filter along chosen axes has no derivative rule; use correlate1d or convolve1d."
}

# -- correlation: of the extended input, where the weights lie inside ----------------------------------


@vjp(scipy.ndimage.correlate, "input", "weights", "cval", refused=_REFUSED)
def correlate(ans, g, input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    extended = rt.scipy_ndimage.extend(input, np.shape(weights), mode, cval, origin)
    by_extended = scipy.signal.convolve(g, weights)
    return (
        rt.unbroadcast(rt.scipy_ndimage.extend_adjoint(by_extended, np.shape(weights), mode, origin), input),
        rt.unbroadcast(scipy.signal.correlate(extended, np.conj(g), "valid"), weights),
        rt.unbroadcast(by_extended * rt.scipy_ndimage.outside(input, np.shape(weights), mode, origin), cval),
    )


@jvp(scipy.ndimage.correlate, "input")
def correlate_input(ans, t, input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    return scipy.ndimage.correlate(t, weights, mode=mode, origin=origin)


@jvp(scipy.ndimage.correlate, "cval")
def correlate_cval(ans, t, input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    return scipy.ndimage.correlate(np.zeros_like(input), weights, mode=mode, cval=t, origin=origin)


@jvp(scipy.ndimage.correlate, "weights")
def correlate_weights(ans, t, input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    return scipy.ndimage.correlate(input, t, mode=mode, cval=cval, origin=origin)


@vjp(scipy.ndimage.convolve, "input", "weights", "cval", refused=_REFUSED)
def convolve(ans, g, input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    turned = rt.scipy_ndimage.turned_origin(origin, np.shape(weights))
    extended = rt.scipy_ndimage.extend(input, np.shape(weights), mode, cval, turned)
    by_extended = scipy.signal.convolve(g, np.flip(weights))
    return (
        rt.unbroadcast(rt.scipy_ndimage.extend_adjoint(by_extended, np.shape(weights), mode, turned), input),
        rt.unbroadcast(np.flip(scipy.signal.correlate(extended, np.conj(g), "valid")), weights),
        rt.unbroadcast(by_extended * rt.scipy_ndimage.outside(input, np.shape(weights), mode, turned), cval),
    )


@jvp(scipy.ndimage.convolve, "input")
def convolve_input(ans, t, input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    return scipy.ndimage.convolve(t, weights, mode=mode, origin=origin)


@jvp(scipy.ndimage.convolve, "cval")
def convolve_cval(ans, t, input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    return scipy.ndimage.convolve(np.zeros_like(input), weights, mode=mode, cval=t, origin=origin)


@jvp(scipy.ndimage.convolve, "weights")
def convolve_weights(ans, t, input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    return scipy.ndimage.convolve(input, t, mode=mode, cval=cval, origin=origin)


# -- along one axis ----------------------------------------------------------------------------------


@vjp(scipy.ndimage.correlate1d, "input", "weights", "cval", refused=_OUTPUT)
def correlate1d(ans, g, input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    whole = rt.scipy_ndimage.along_axis(weights, axis, np.ndim(input))
    shift = rt.scipy_ndimage.axis_origin(origin, axis, np.ndim(input))
    parts = correlate(ans, g, input, whole, mode=mode, cval=cval, origin=shift)
    return parts[0], np.ravel(parts[1]), parts[2]


@jvp(scipy.ndimage.correlate1d, "input")
def correlate1d_input(ans, t, input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    return scipy.ndimage.correlate1d(t, weights, axis, mode=mode, origin=origin)


@jvp(scipy.ndimage.correlate1d, "cval")
def correlate1d_cval(ans, t, input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    return scipy.ndimage.correlate1d(np.zeros_like(input), weights, axis, mode=mode, cval=t, origin=origin)


@jvp(scipy.ndimage.correlate1d, "weights")
def correlate1d_weights(ans, t, input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    return scipy.ndimage.correlate1d(input, t, axis, mode=mode, cval=cval, origin=origin)


@vjp(scipy.ndimage.convolve1d, "input", "weights", "cval", refused=_OUTPUT)
def convolve1d(ans, g, input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    whole = rt.scipy_ndimage.along_axis(weights, axis, np.ndim(input))
    shift = rt.scipy_ndimage.axis_origin(origin, axis, np.ndim(input))
    parts = convolve(ans, g, input, whole, mode=mode, cval=cval, origin=shift)
    return parts[0], np.ravel(parts[1]), parts[2]


@jvp(scipy.ndimage.convolve1d, "input")
def convolve1d_input(ans, t, input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    return scipy.ndimage.convolve1d(t, weights, axis, mode=mode, origin=origin)


@jvp(scipy.ndimage.convolve1d, "cval")
def convolve1d_cval(ans, t, input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    return scipy.ndimage.convolve1d(np.zeros_like(input), weights, axis, mode=mode, cval=t, origin=origin)


@jvp(scipy.ndimage.convolve1d, "weights")
def convolve1d_weights(ans, t, input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    return scipy.ndimage.convolve1d(input, t, axis, mode=mode, cval=cval, origin=origin)


@vjp(scipy.ndimage.gaussian_filter1d, "input", refused=_OUTPUT)
def gaussian_filter1d(
    ans, g, input, sigma, axis=-1, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None
):  # fmt: skip
    weights = rt.scipy_ndimage.gaussian_weights(sigma, order, truncate, radius, g)
    whole = rt.scipy_ndimage.along_axis(weights, axis, np.ndim(input))
    return rt.scipy_ndimage.extend_adjoint(scipy.signal.convolve(g, whole), np.shape(whole), mode, 0)


@jvp(scipy.ndimage.gaussian_filter1d, "input")
def gaussian_filter1d_input(
    ans, t, input, sigma, axis=-1, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None
):  # fmt: skip
    return scipy.ndimage.gaussian_filter1d(t, sigma, axis, order, mode=mode, truncate=truncate, radius=radius)


@vjp(scipy.ndimage.gaussian_filter, "input", refused=_REFUSED)
def gaussian_filter(
    ans, g, input, sigma, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None, axes=None
):  # fmt: skip
    return rt.scipy_ndimage.gaussian_adjoint(g, sigma, order, mode, truncate, radius)


@jvp(scipy.ndimage.gaussian_filter, "input")
def gaussian_filter_input(
    ans, t, input, sigma, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None, axes=None
):  # fmt: skip
    return scipy.ndimage.gaussian_filter(t, sigma, order, mode=mode, truncate=truncate, radius=radius)


# -- of the runtime ----------------------------------------------------------------------------------


@vjp(rt.scipy_ndimage.extend, "x", "cval", linear=True)
def extend(ans, g, x, shape, mode, cval, origin):
    outside = rt.scipy_ndimage.outside(x, shape, mode, origin)
    return rt.scipy_ndimage.extend_adjoint(g, shape, mode, origin), rt.unbroadcast(g * outside, cval)


@vjp(rt.scipy_ndimage.extend_adjoint, "g", linear=True)
def extend_adjoint(ans, cotangent, g, shape, mode, origin):
    return rt.scipy_ndimage.extend(cotangent, shape, mode, 0.0, origin)


@vjp(rt.scipy_ndimage.along_axis, "weights", linear=True)
def along_axis(ans, g, weights, axis, ndim):
    return np.ravel(g)


@vjp(rt.scipy_ndimage.gaussian_adjoint, "g", linear=True, moving=("sigma",))
def gaussian_adjoint(ans, cotangent, g, sigma, order, mode, truncate, radius):
    return scipy.ndimage.gaussian_filter(cotangent, sigma, order, mode=mode, truncate=truncate, radius=radius)
