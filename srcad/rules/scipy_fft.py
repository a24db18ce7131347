"""Derivatives of ``scipy.fft``: the transforms that NumPy has too, and those into sines and cosines."""

from __future__ import annotations

import numpy as np
import scipy.fft

from srcad import runtime as rt
from srcad.rules.registry import constant, refuse, vjp, written_out

constant(
    *(scipy.fft.next_fast_len, scipy.fft.prev_fast_len),
    *(scipy.fft.get_workers, scipy.fft.set_workers, scipy.fft.set_backend, scipy.fft.skip_backend),
    *(scipy.fft.set_global_backend, scipy.fft.register_backend),
    *(rt.scipy_fft.is_orthogonal, rt.scipy_fft.lengths_along, rt.scipy_fft.scaled_ends),
)

refuse(
    "A transform of samples at places spaced in logarithms has no derivative rule.",
    *(scipy.fft.fht, scipy.fft.ifht, scipy.fft.fhtoffset),
)


def _refuse_overwriting():
    """Refuse to destroy an argument that the program reads again."""
    rt.not_covered("A transform that may destroy its argument ('overwrite_x')", "Leave the keyword out.")


# -- transforms that NumPy has too -------------------------------------------------------------------


@written_out(scipy.fft.fft)
def fft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.fft(x, n, axis, norm)


@written_out(scipy.fft.ifft)
def ifft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.ifft(x, n, axis, norm)


@written_out(scipy.fft.rfft)
def rfft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.rfft(x, n, axis, norm)


@written_out(scipy.fft.irfft)
def irfft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.irfft(x, n, axis, norm)


@written_out(scipy.fft.hfft)
def hfft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.hfft(x, n, axis, norm)


@written_out(scipy.fft.ihfft)
def ihfft(x, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.ihfft(x, n, axis, norm)


@written_out(scipy.fft.fftfreq)
def fftfreq(n, d=1.0, *, xp=None, device=None):
    return np.fft.fftfreq(n, d)


@written_out(scipy.fft.rfftfreq)
def rfftfreq(n, d=1.0, *, xp=None, device=None):
    return np.fft.rfftfreq(n, d)


@written_out(scipy.fft.fftn)
def fftn(x, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    axes, s = _axes_and_lengths(x, s, axes)
    return np.fft.fftn(x, s, axes, norm)


@written_out(scipy.fft.ifftn)
def ifftn(x, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    axes, s = _axes_and_lengths(x, s, axes)
    return np.fft.ifftn(x, s, axes, norm)


@written_out(scipy.fft.rfftn)
def rfftn(x, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    axes, s = _axes_and_lengths(x, s, axes)
    return np.fft.rfftn(x, s, axes, norm)


@written_out(scipy.fft.irfftn)
def irfftn(x, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    axes, s = _axes_and_lengths(x, s, axes)
    return np.fft.irfftn(x, s, axes, norm)


@written_out(scipy.fft.fft2)
def fft2(x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.fftn(x, s, axes, norm)


@written_out(scipy.fft.ifft2)
def ifft2(x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.ifftn(x, s, axes, norm)


@written_out(scipy.fft.rfft2)
def rfft2(x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.rfftn(x, s, axes, norm)


@written_out(scipy.fft.irfft2)
def irfft2(x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.irfftn(x, s, axes, norm)


@written_out(scipy.fft.hfftn)
def hfftn(x, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    axes, s = _axes_and_lengths(x, s, axes)
    return np.fft.irfftn(np.conj(x), s, axes, rt.reversed_norm(norm))


@written_out(scipy.fft.ihfftn)
def ihfftn(x, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    axes, s = _axes_and_lengths(x, s, axes)
    return np.conj(np.fft.rfftn(x, s, axes, rt.reversed_norm(norm)))


@written_out(scipy.fft.hfft2)
def hfft2(x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.fft.irfftn(np.conj(x), s, axes, rt.reversed_norm(norm))


@written_out(scipy.fft.ihfft2)
def ihfft2(x, s=None, axes=(-2, -1), norm=None, overwrite_x=False, workers=None, *, plan=None):
    if overwrite_x:
        _refuse_overwriting()
    return np.conj(np.fft.rfftn(x, s, axes, rt.reversed_norm(norm)))


@written_out(scipy.fft.fftshift)
def fftshift(x, axes=None):
    return np.fft.fftshift(x, axes)


@written_out(scipy.fft.ifftshift)
def ifftshift(x, axes=None):
    return np.fft.ifftshift(x, axes)


def _axes_and_lengths(x, s, axes):
    """Return axes and lengths as NumPy takes them: it transforms along all axes where lengths are given alone."""
    chosen, lengths = rt.scipy_fft.lengths_along(np.shape(x), s, axes)
    return chosen, None if s is None else lengths


# -- into sines and cosines --------------------------------------------------------------------------


@vjp(rt.scipy_fft.trigonometric, "x", linear=True)
def trigonometric(ans, g, x, sine, kind, axis, norm, transposed):
    return rt.unbroadcast(rt.scipy_fft.trigonometric(g, sine, kind, axis, norm, not transposed), x)


def _transform(x, sine, type, n, axis, norm, orthogonalize):
    """Return one transform, of an argument that is cut or filled up to its length."""
    if n is not None:
        shape = [n if k == axis % np.ndim(x) else np.shape(x)[k] for k in range(np.ndim(x))]
        x = rt.resized(x, shape, (axis,))
    if rt.scipy_fft.is_orthogonal(x, norm, orthogonalize):
        return rt.scipy_fft.trigonometric(x, sine, type, axis, norm, False)
    before = rt.scipy_fft.scaled_ends(x, sine, type, axis, True)
    after = rt.scipy_fft.scaled_ends(x, sine, type, axis, False)
    return after * rt.scipy_fft.trigonometric(before * x, sine, type, axis, norm, False)


def _inverse(type, norm):
    """Return type and scaling of the transform that is the inverse of another."""
    return (1, 3, 2, 4)[type - 1], rt.reversed_norm(norm)


@written_out(scipy.fft.dct)
def dct(x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None):
    if overwrite_x:
        _refuse_overwriting()
    return _transform(x, False, type, n, axis, norm, orthogonalize)


@written_out(scipy.fft.dst)
def dst(x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None):
    if overwrite_x:
        _refuse_overwriting()
    return _transform(x, True, type, n, axis, norm, orthogonalize)


@written_out(scipy.fft.idct)
def idct(x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None):
    if overwrite_x:
        _refuse_overwriting()
    kind, scaling = _inverse(type, norm)
    return _transform(x, False, kind, n, axis, scaling, orthogonalize)


@written_out(scipy.fft.idst)
def idst(x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None):
    if overwrite_x:
        _refuse_overwriting()
    kind, scaling = _inverse(type, norm)
    return _transform(x, True, kind, n, axis, scaling, orthogonalize)


@written_out(scipy.fft.dctn)
def dctn(x, type=2, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, orthogonalize=None):
    if overwrite_x:
        _refuse_overwriting()
    chosen, lengths = rt.scipy_fft.lengths_along(np.shape(x), s, axes)
    for axis, n in zip(chosen, lengths):
        x = _transform(x, False, type, n, axis, norm, orthogonalize)
    return x


@written_out(scipy.fft.dstn)
def dstn(x, type=2, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, orthogonalize=None):
    if overwrite_x:
        _refuse_overwriting()
    chosen, lengths = rt.scipy_fft.lengths_along(np.shape(x), s, axes)
    for axis, n in zip(chosen, lengths):
        x = _transform(x, True, type, n, axis, norm, orthogonalize)
    return x


@written_out(scipy.fft.idctn)
def idctn(x, type=2, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, orthogonalize=None):
    if overwrite_x:
        _refuse_overwriting()
    kind, scaling = _inverse(type, norm)
    return scipy.fft.dctn(x, kind, s, axes, scaling, orthogonalize=orthogonalize)


@written_out(scipy.fft.idstn)
def idstn(x, type=2, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, orthogonalize=None):
    if overwrite_x:
        _refuse_overwriting()
    kind, scaling = _inverse(type, norm)
    return scipy.fft.dstn(x, kind, s, axes, scaling, orthogonalize=orthogonalize)
