"""Spectra of signals and filters of windows of ``scipy.signal``, written out with the transforms of NumPy."""

from __future__ import annotations

import numpy as np
import scipy.ndimage
import scipy.signal

from srcad import runtime as rt
from srcad.rules.registry import constant, written_out

constant(rt.scipy_signal.window_by_name)

# -- segments ----------------------------------------------------------------------------------------


def _window(window, nperseg, count):
    """Return the numbers of a window for a signal of ``count`` samples."""
    if isinstance(window, (str, tuple)):
        return rt.scipy_signal.window_by_name(window, min(256 if nperseg is None else int(nperseg), count))
    weights = np.asarray(window)
    if nperseg is not None and nperseg != np.shape(weights)[0]:
        raise ValueError("The window has another length than nperseg.")
    if np.shape(weights)[0] > count:
        raise ValueError("window is longer than input signal")
    return weights


def _overlap(noverlap, default, length):
    """Return by how many samples segments overlap."""
    shared = default if noverlap is None else int(noverlap)
    if shared >= length:
        raise ValueError("noverlap must be less than nperseg.")
    return shared


def _transforms(rows, weights, overlap, nfft, detrend, one_sided):
    """Return the transforms of the segments along the last axis of a signal: segments in front of frequencies."""
    length = np.shape(weights)[0]
    if nfft is not None and nfft < length:
        raise ValueError("nfft must be greater than or equal to nperseg.")
    step = length - overlap
    first = np.arange(0, np.shape(rows)[-1] - length + 1, step)
    parts = rows[..., first[:, None] + np.arange(length)]
    if callable(detrend):
        rt.not_covered("A spectrum with a function for detrend", "Use 'linear', 'constant' or False.")
    if detrend:
        parts = scipy.signal.detrend(parts, type=detrend)
    points = length if nfft is None else int(nfft)
    return np.fft.rfft(parts * weights, points) if one_sided else np.fft.fft(parts * weights, points)


def _frequencies(points, fs, one_sided):
    return np.fft.rfftfreq(points, 1.0 / fs) if one_sided else np.fft.fftfreq(points, 1.0 / fs)


def _scale(scaling, fs, weights):
    if scaling == "density":
        return 1.0 / (fs * np.sum(weights * weights))
    if scaling == "spectrum":
        return 1.0 / np.sum(weights) ** 2
    raise ValueError(f"Unknown scaling: {scaling!r}")


def _both_sides(points, one_sided):
    """Return how often each frequency counts where negative ones are left out."""
    if not one_sided:
        return np.ones(points)
    places = np.arange(points // 2 + 1)
    return np.where((places == 0) | (2 * places == points), 1.0, 2.0)


def _spectra(x, y, fs, weights, overlap, nfft, detrend, return_onesided, scaling):
    """Return frequencies, and the cross spectrum of each segment of two signals along their last axes.

    Without the second one it is the power of the first, in real numbers.
    """
    one_sided = return_onesided and not np.iscomplexobj(x) and (y is None or not np.iscomplexobj(y))
    points = np.shape(weights)[0] if nfft is None else int(nfft)
    there = _transforms(x, weights, overlap, nfft, detrend, one_sided)
    scale = _scale(scaling, fs, weights) * _both_sides(points, one_sided)
    if y is None:
        return _frequencies(points, fs, one_sided), (np.real(there) ** 2 + np.imag(there) ** 2) * scale
    here = _transforms(y, weights, overlap, nfft, detrend, one_sided)
    return _frequencies(points, fs, one_sided), np.conj(there) * here * scale


def _mean_spectrum(parts, average):
    """Return the mean over the segments."""
    count = np.shape(parts)[-2]
    if count == 1:
        return parts[..., 0, :]
    if average == "mean":
        return np.mean(parts, axis=-2)
    if average != "median":
        raise ValueError(f"Parameter {average=} must be 'median' or 'mean'!")
    even = 2.0 * np.arange(1.0, (count - 1) // 2 + 1)
    bias = 1.0 + np.sum(1.0 / (even + 1.0) - 1.0 / even)
    if np.iscomplexobj(parts):
        return (np.median(np.real(parts), axis=-2) + 1j * np.median(np.imag(parts), axis=-2)) / bias
    return np.median(parts, axis=-2) / bias


def _longer(rows, count):
    """Return a signal with zeros behind it."""
    missing = count - np.shape(rows)[-1]
    if missing == 0:
        return rows
    return np.concatenate((rows, np.zeros((*np.shape(rows)[:-1], missing))), axis=-1)


# -- spectra -----------------------------------------------------------------------------------------


@written_out(scipy.signal.csd)
def csd(
    x, y, fs=1.0, window="hann_periodic", nperseg=None, noverlap=None, nfft=None, detrend="constant",
    return_onesided=True, scaling="density", axis=-1, average="mean",
):  # fmt: skip
    one, other = np.moveaxis(np.asarray(x), axis, -1), np.moveaxis(np.asarray(y), axis, -1)
    count = max(np.shape(one)[-1], np.shape(other)[-1])
    weights = _window(window, nperseg, count)
    overlap = _overlap(noverlap, np.shape(weights)[0] // 2, np.shape(weights)[0])
    frequencies, parts = _spectra(
        _longer(one, count), _longer(other, count), fs, weights, overlap, nfft, detrend, return_onesided, scaling
    )  # fmt: skip
    return frequencies, np.moveaxis(_mean_spectrum(parts, average), -1, axis)


@written_out(scipy.signal.welch)
def welch(
    x, fs=1.0, window="hann_periodic", nperseg=None, noverlap=None, nfft=None, detrend="constant",
    return_onesided=True, scaling="density", axis=-1, average="mean",
):  # fmt: skip
    rows = np.moveaxis(np.asarray(x), axis, -1)
    weights = _window(window, nperseg, np.shape(rows)[-1])
    overlap = _overlap(noverlap, np.shape(weights)[0] // 2, np.shape(weights)[0])
    frequencies, parts = _spectra(rows, None, fs, weights, overlap, nfft, detrend, return_onesided, scaling)
    return frequencies, np.moveaxis(_mean_spectrum(parts, average), -1, axis)


@written_out(scipy.signal.periodogram)
def periodogram(
    x, fs=1.0, window="boxcar", nfft=None, detrend="constant", return_onesided=True, scaling="density", axis=-1,
):  # fmt: skip
    rows = np.moveaxis(np.asarray(x), axis, -1)
    points = nfft
    if nfft is not None and nfft < np.shape(rows)[-1]:
        rows, points = rows[..., :nfft], None
    count = np.shape(rows)[-1]
    weights = _window("boxcar" if window is None else window, count, count)
    frequencies, parts = _spectra(rows, None, fs, weights, 0, points, detrend, return_onesided, scaling)
    return frequencies, np.moveaxis(parts[..., 0, :], -1, axis)


@written_out(scipy.signal.coherence)
def coherence(
    x, y, fs=1.0, window="hann_periodic", nperseg=None, noverlap=None, nfft=None, detrend="constant", axis=-1
):
    options = {"window": window, "nperseg": nperseg, "noverlap": noverlap, "nfft": nfft, "detrend": detrend}
    frequencies, one = scipy.signal.welch(x, fs, axis=axis, **options)
    _, other = scipy.signal.welch(y, fs, axis=axis, **options)
    _, both = scipy.signal.csd(x, y, fs, axis=axis, **options)
    return frequencies, (np.real(both) ** 2 + np.imag(both) ** 2) / one / other


# -- spectra in time ---------------------------------------------------------------------------------


def _segment_axes(parts, axis):
    """Return what has segments in front of frequencies with frequencies at ``axis``, and segments last."""
    return np.moveaxis(np.swapaxes(parts, -1, -2), -2, axis - 1 if axis < 0 else axis)


@written_out(scipy.signal.spectrogram)
def spectrogram(
    x, fs=1.0, window=("tukey_periodic", 0.25), nperseg=None, noverlap=None, nfft=None, detrend="constant",
    return_onesided=True, scaling="density", axis=-1, mode="psd",
):  # fmt: skip
    if mode != "psd":
        rt.not_covered(f"A spectrogram with mode={mode!r}", "Use scipy.signal.stft.")
    rows = np.moveaxis(np.asarray(x), axis, -1)
    count = np.shape(rows)[-1]
    weights = _window(window, nperseg, count)
    length = np.shape(weights)[0]
    overlap = _overlap(noverlap, length // 8, length)
    frequencies, parts = _spectra(rows, None, fs, weights, overlap, nfft, detrend, return_onesided, scaling)
    times = np.arange(length / 2, count - length / 2 + 1, length - overlap) / fs
    return frequencies, times, _segment_axes(parts, axis)


def _padded(rows, boundary, edge):
    """Return a signal that goes on beyond both ends."""
    if boundary is None:
        return rows
    before, after = rows[..., edge:0:-1], rows[..., -2 : -(edge + 2) : -1]
    if boundary == "zeros":
        before, after = np.zeros_like(before), np.zeros_like(after)
    elif boundary == "odd":
        before, after = 2.0 * rows[..., :1] - before, 2.0 * rows[..., -1:] - after
    elif boundary == "constant":
        before, after = rows[..., :1] + np.zeros_like(before), rows[..., -1:] + np.zeros_like(after)
    elif boundary != "even":
        raise ValueError(f"Unknown boundary option '{boundary}'")
    return np.concatenate((before, rows, after), axis=-1)


@written_out(scipy.signal.stft)
def stft(
    x, fs=1.0, window="hann_periodic", nperseg=256, noverlap=None, nfft=None, detrend=False, return_onesided=True,
    boundary="zeros", padded=True, axis=-1, scaling="spectrum",
):  # fmt: skip
    rows = np.moveaxis(np.asarray(x), axis, -1)
    weights = _window(window, nperseg, np.shape(rows)[-1])
    length = np.shape(weights)[0]
    overlap = _overlap(noverlap, length // 2, length)
    rows = _padded(rows, boundary, length // 2)
    if padded:
        rows = _longer(
            rows, np.shape(rows)[-1] + (-(np.shape(rows)[-1] - length) % (length - overlap)) % length
        )
    one_sided = return_onesided and not np.iscomplexobj(rows)
    points = length if nfft is None else int(nfft)
    scale = np.sqrt(_scale({"psd": "density"}.get(scaling, scaling), fs, weights))
    parts = _transforms(rows, weights, overlap, nfft, detrend, one_sided) * scale
    times = np.arange(length / 2, np.shape(rows)[-1] - length / 2 + 1, length - overlap) / fs
    times = times if boundary is None else times - (length / 2) / fs
    return _frequencies(points, fs, one_sided), times, _segment_axes(parts, axis)


# -- filters of windows ------------------------------------------------------------------------------


def _sizes(kernel_size, ndim):
    sizes = [int(size) for size in np.broadcast_to(3 if kernel_size is None else kernel_size, (ndim,))]
    if any(size % 2 == 0 for size in sizes):
        raise ValueError("Each element of kernel_size should be odd.")
    return sizes


@written_out(scipy.signal.medfilt)
def medfilt(volume, kernel_size=None):
    signal = np.asarray(volume)
    return scipy.ndimage.median_filter(signal, _sizes(kernel_size, np.ndim(signal)), mode="constant")


@written_out(scipy.signal.medfilt2d)
def medfilt2d(input, kernel_size=3):
    return scipy.ndimage.median_filter(np.asarray(input), _sizes(kernel_size, 2), mode="constant")


@written_out(scipy.signal.wiener)
def wiener(im, mysize=None, noise=None):
    image = np.asarray(im)
    sizes = tuple([int(size) for size in np.broadcast_to(3 if mysize is None else mysize, (np.ndim(image),))])
    count = np.prod(sizes)
    mean = scipy.signal.correlate(image, np.ones(sizes), "same") / count
    spread = scipy.signal.correlate(image**2, np.ones(sizes), "same") / count - mean**2
    level = np.mean(spread) if noise is None else noise
    quiet = spread < level
    return np.where(quiet, mean, mean + (image - mean) * (1.0 - level / np.where(quiet, 1.0, spread)))
