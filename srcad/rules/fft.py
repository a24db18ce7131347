"""Derivatives of ``np.fft``: every transform is linear, and its adjoint is a transform again.

The matrix of a complex transform is symmetric, so that it is its own transpose.  A transform of real numbers keeps
half a spectrum, whose entries within stand for two.
"""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, refuse, vjp

_OUT = {"out": "The argument 'out' overwrites an array, which is not differentiated: use the result instead."}

constant(rt.half_spectrum_weights, rt.reversed_norm, rt.transformed_axes, rt.transformed_length)

refuse("A test runner has no derivative.", np.fft.test)


@vjp(rt.resized, "x", linear=True)
def resized(ans, g, x, shape, axes):
    return rt.resized(g, np.shape(x), axes)


# -- complex transforms ------------------------------------------------------------------------------


@vjp(np.fft.fft, "a", linear=True, refused=_OUT)
def fft(ans, g, a, n=None, axis=-1, norm=None, out=None):
    return rt.unbroadcast(rt.resized(np.fft.fft(g, None, axis, norm), np.shape(a), (axis,)), a)


@vjp(np.fft.ifft, "a", linear=True, refused=_OUT)
def ifft(ans, g, a, n=None, axis=-1, norm=None, out=None):
    return rt.unbroadcast(rt.resized(np.fft.ifft(g, None, axis, norm), np.shape(a), (axis,)), a)


@vjp(np.fft.fft2, "a", linear=True, refused=_OUT)
def fft2(ans, g, a, s=None, axes=(-2, -1), norm=None, out=None):
    chosen = rt.transformed_axes(np.ndim(a), s, axes)
    return rt.unbroadcast(rt.resized(np.fft.fftn(g, None, chosen, norm), np.shape(a), chosen), a)


@vjp(np.fft.ifft2, "a", linear=True, refused=_OUT)
def ifft2(ans, g, a, s=None, axes=(-2, -1), norm=None, out=None):
    chosen = rt.transformed_axes(np.ndim(a), s, axes)
    return rt.unbroadcast(rt.resized(np.fft.ifftn(g, None, chosen, norm), np.shape(a), chosen), a)


@vjp(np.fft.fftn, "a", linear=True, refused=_OUT)
def fftn(ans, g, a, s=None, axes=None, norm=None, out=None):
    chosen = rt.transformed_axes(np.ndim(a), s, axes)
    return rt.unbroadcast(rt.resized(np.fft.fftn(g, None, chosen, norm), np.shape(a), chosen), a)


@vjp(np.fft.ifftn, "a", linear=True, refused=_OUT)
def ifftn(ans, g, a, s=None, axes=None, norm=None, out=None):
    chosen = rt.transformed_axes(np.ndim(a), s, axes)
    return rt.unbroadcast(rt.resized(np.fft.ifftn(g, None, chosen, norm), np.shape(a), chosen), a)


# -- transforms of real numbers ----------------------------------------------------------------------


@vjp(np.fft.rfft, "a", linear=True, refused=_OUT)
def rfft(ans, g, a, n=None, axis=-1, norm=None, out=None):
    if n is None:
        n = np.shape(a)[axis]
    spectrum = np.conj(g) * rt.half_spectrum_weights(g, n, axis, 0.5)
    return rt.resized(np.fft.irfft(spectrum, n, axis, rt.reversed_norm(norm)), np.shape(a), (axis,))


@vjp(np.fft.irfft, "a", linear=True, refused=_OUT)
def irfft(ans, g, a, n=None, axis=-1, norm=None, out=None):
    spectrum = np.conj(np.fft.rfft(g, None, axis, rt.reversed_norm(norm)))
    weighted = spectrum * rt.half_spectrum_weights(spectrum, np.shape(g)[axis], axis, 2.0)
    return rt.unbroadcast(rt.resized(weighted, np.shape(a), (axis,)), a)


@vjp(np.fft.rfft2, "a", linear=True, refused=_OUT)
def rfft2(ans, g, a, s=None, axes=(-2, -1), norm=None, out=None):
    chosen = rt.transformed_axes(np.ndim(a), s, axes)
    size = rt.transformed_length(np.shape(a), s, chosen[-1])
    whole = np.fft.fftn(g, None, chosen[:-1], norm)
    spectrum = np.conj(whole) * rt.half_spectrum_weights(whole, size, chosen[-1], 0.5)
    return rt.resized(np.fft.irfft(spectrum, size, chosen[-1], rt.reversed_norm(norm)), np.shape(a), chosen)


@vjp(np.fft.irfft2, "a", linear=True, refused=_OUT)
def irfft2(ans, g, a, s=None, axes=(-2, -1), norm=None, out=None):
    chosen = rt.transformed_axes(np.ndim(a), s, axes)
    last = chosen[-1]
    spectrum = np.conj(np.fft.rfft(g, None, last, rt.reversed_norm(norm)))
    weighted = spectrum * rt.half_spectrum_weights(spectrum, np.shape(g)[last], last, 2.0)
    whole = np.fft.ifftn(weighted, None, chosen[:-1], norm)
    return rt.unbroadcast(rt.resized(whole, np.shape(a), chosen), a)


@vjp(np.fft.rfftn, "a", linear=True, refused=_OUT)
def rfftn(ans, g, a, s=None, axes=None, norm=None, out=None):
    chosen = rt.transformed_axes(np.ndim(a), s, axes)
    size = rt.transformed_length(np.shape(a), s, chosen[-1])
    whole = np.fft.fftn(g, None, chosen[:-1], norm)
    spectrum = np.conj(whole) * rt.half_spectrum_weights(whole, size, chosen[-1], 0.5)
    return rt.resized(np.fft.irfft(spectrum, size, chosen[-1], rt.reversed_norm(norm)), np.shape(a), chosen)


@vjp(np.fft.irfftn, "a", linear=True, refused=_OUT)
def irfftn(ans, g, a, s=None, axes=None, norm=None, out=None):
    chosen = rt.transformed_axes(np.ndim(a), s, axes)
    last = chosen[-1]
    spectrum = np.conj(np.fft.rfft(g, None, last, rt.reversed_norm(norm)))
    weighted = spectrum * rt.half_spectrum_weights(spectrum, np.shape(g)[last], last, 2.0)
    whole = np.fft.ifftn(weighted, None, chosen[:-1], norm)
    return rt.unbroadcast(rt.resized(whole, np.shape(a), chosen), a)


# -- transforms of symmetric spectra -----------------------------------------------------------------


@vjp(np.fft.hfft, "a", linear=True, refused=_OUT)
def hfft(ans, g, a, n=None, axis=-1, norm=None, out=None):
    spectrum = np.fft.rfft(g, None, axis, norm)
    weighted = spectrum * rt.half_spectrum_weights(spectrum, np.shape(g)[axis], axis, 2.0)
    return rt.unbroadcast(rt.resized(weighted, np.shape(a), (axis,)), a)


@vjp(np.fft.ihfft, "a", linear=True, refused=_OUT)
def ihfft(ans, g, a, n=None, axis=-1, norm=None, out=None):
    if n is None:
        n = np.shape(a)[axis]
    spectrum = g * rt.half_spectrum_weights(g, n, axis, 0.5)
    return rt.resized(np.fft.irfft(spectrum, n, axis, norm), np.shape(a), (axis,))


# -- orders and frequencies --------------------------------------------------------------------------


@vjp(np.fft.fftshift, "x", linear=True)
def fftshift(ans, g, x, axes=None):
    return np.fft.ifftshift(g, axes)


@vjp(np.fft.ifftshift, "x", linear=True)
def ifftshift(ans, g, x, axes=None):
    return np.fft.fftshift(g, axes)


@vjp(np.fft.fftfreq, "d")
def fftfreq(ans, g, n, d=1.0, device=None):
    return -np.sum(g * ans) / d


@jvp(np.fft.fftfreq, "d")
def fftfreq_d(ans, t, n, d=1.0, device=None):
    return -ans / d * t


@vjp(np.fft.rfftfreq, "d")
def rfftfreq(ans, g, n, d=1.0, device=None):
    return -np.sum(g * ans) / d


@jvp(np.fft.rfftfreq, "d")
def rfftfreq_d(ans, t, n, d=1.0, device=None):
    return -ans / d * t
