"""Functions of ``scipy.signal`` written out with linear filters, transforms and products."""

from __future__ import annotations

import math

import numpy as np
import scipy.ndimage
import scipy.signal

from srcad import runtime as rt
from srcad.rules.registry import written_out

# -- linear filters ----------------------------------------------------------------------------------


@written_out(scipy.signal.lfilter)
def lfilter(b, a, x, axis=-1, zi=None):
    if zi is None:
        return rt.scipy_signal.filtered(b, a, x, axis)
    return _from_state(b, a, x, axis, zi)


def _from_state(b, a, x, axis, zi):
    """Return what a filter makes of a signal, and its last state, if it does not start at rest.

    The state of a filter is what it would add to its input from there on: its answer to the state alone, with the
    feedback taken off.
    """
    order = max(np.size(a), np.size(b)) - 1
    rows, states = np.moveaxis(np.asarray(x), axis, -1), np.moveaxis(np.asarray(zi), axis, -1)
    count = np.shape(rows)[-1]
    feedback = np.atleast_1d(a) / np.atleast_1d(a)[0]
    unit = np.ones_like(feedback[:1])
    longer = np.concatenate((rows, np.zeros_like(rows, shape=(*np.shape(rows)[:-1], order))), axis=-1)
    rest = np.zeros_like(states, shape=(*np.shape(states)[:-1], count))
    free = rt.scipy_signal.filtered(unit, feedback, np.concatenate((states, rest), axis=-1), -1)
    whole = rt.scipy_signal.filtered(b, a, longer, -1) + free
    last = whole[..., count:]
    if order > 0:
        last = rt.scipy_signal.filtered(feedback, unit, last, -1)
    return np.moveaxis(whole[..., :count], -1, axis), np.moveaxis(last, -1, axis)


@written_out(scipy.signal.lfilter_zi)
def lfilter_zi(b, a):
    numerator, denominator = np.atleast_1d(b), np.atleast_1d(a)
    order = max(np.size(denominator), np.size(numerator)) - 1
    top = np.append(numerator, np.zeros(order + 1 - np.size(numerator))) / denominator[0]
    low = np.append(denominator, np.zeros(order + 1 - np.size(denominator))) / denominator[0]
    shift = np.eye(order) - np.eye(order, k=1)
    first = np.concatenate((low[1:, None], np.zeros((order, max(order - 1, 0)))), axis=1)
    return np.linalg.solve(shift + first, top[1:] - low[1:] * top[0])


@written_out(scipy.signal.sosfilt)
def sosfilt(sos, x, axis=-1, zi=None):
    result, states = x, []
    for k, section in enumerate(np.asarray(sos)):
        if zi is None:
            result = rt.scipy_signal.filtered(section[:3], section[3:], result, axis)
        else:
            result, last = _from_state(section[:3], section[3:], result, axis, zi[k])
            states.append(last)
    return result if zi is None else (result, np.stack(states))


# -- to and fro, so that nothing is delayed ----------------------------------------------------------


def _extended(x, padtype, edge):
    """Return a signal with samples at both ends."""
    before, after = x[..., edge:0:-1], x[..., -2 : -(edge + 2) : -1]
    if padtype == "odd":
        before, after = 2.0 * x[..., :1] - before, 2.0 * x[..., -1:] - after
    elif padtype == "constant":
        before, after = x[..., :1] + np.zeros_like(before), x[..., -1:] + np.zeros_like(after)
    return np.concatenate((before, x, after), axis=-1)


def _edge_of(count, padtype, padlen, taps):
    """Return how many samples to put at each end of ``count``."""
    if padtype not in ("even", "odd", "constant", None):
        raise ValueError(f"Unknown value {padtype!r} given to padtype.")
    edge = 0 if padtype is None else 3 * taps if padlen is None else padlen
    if count <= edge:
        raise ValueError(f"The length of the input vector x must be greater than padlen, which is {edge}.")
    return edge


@written_out(scipy.signal.filtfilt)
def filtfilt(b, a, x, axis=-1, padtype="odd", padlen=None, method="pad", irlen=None):
    if method != "pad":
        return rt.not_covered("filtfilt with method='gust'", "Use method='pad'.")
    rows = np.moveaxis(np.asarray(x), axis, -1)
    edge = _edge_of(np.shape(rows)[-1], padtype, padlen, max(np.size(a), np.size(b)))
    extended = _extended(rows, padtype, edge) if edge > 0 else rows
    state = scipy.signal.lfilter_zi(b, a)
    there, _ = _from_state(b, a, extended, -1, state * extended[..., :1])
    back, _ = _from_state(b, a, there[..., ::-1], -1, state * there[..., -1:])
    result = back[..., ::-1]
    return np.moveaxis(result[..., edge : np.shape(result)[-1] - edge], -1, axis)


@written_out(scipy.signal.sosfilt_zi)
def sosfilt_zi(sos):
    scale, states = 1.0, []
    for section in np.asarray(sos):
        states.append(scale * scipy.signal.lfilter_zi(section[:3], section[3:]))
        scale = scale * np.sum(section[:3]) / np.sum(section[3:])
    return np.stack(states)


@written_out(scipy.signal.sosfiltfilt)
def sosfiltfilt(sos, x, axis=-1, padtype="odd", padlen=None):
    sections = np.asarray(sos)
    rows = np.moveaxis(np.asarray(x), axis, -1)
    taps = 2 * len(sections) + 1 - min(np.sum(sections[:, 2] == 0.0), np.sum(sections[:, 5] == 0.0))
    edge = _edge_of(np.shape(rows)[-1], padtype, padlen, int(taps))
    extended = _extended(rows, padtype, edge) if edge > 0 else rows
    states = scipy.signal.sosfilt_zi(sections)
    there, back = extended, extended[..., ::-1]
    for k in range(len(sections)):
        there, _ = _from_state(sections[k, :3], sections[k, 3:], there, -1, states[k] * extended[..., :1])
    last = there[..., -1:]
    back = there[..., ::-1]
    for k in range(len(sections)):
        back, _ = _from_state(sections[k, :3], sections[k, 3:], back, -1, states[k] * last)
    result = back[..., ::-1]
    return np.moveaxis(result[..., edge : np.shape(result)[-1] - edge], -1, axis)


@written_out(scipy.signal.savgol_filter)
def savgol_filter(x, window_length, polyorder, deriv=0, delta=1.0, axis=-1, mode="interp", cval=0.0):
    weights = scipy.signal.savgol_coeffs(window_length, polyorder, deriv)
    single = np.asarray(x).dtype == np.float32
    signal = np.asarray(x) if single else np.asarray(x) * 1.0
    if mode != "interp":
        return scipy.ndimage.convolve1d(signal, weights, axis, mode=mode, cval=cval) / delta**deriv
    rows = np.moveaxis(signal, axis, -1)
    count = np.shape(rows)[-1]
    if window_length > count:
        raise ValueError("If mode is 'interp', window_length must be less than or equal to the size of x.")
    half = window_length // 2
    smooth = scipy.ndimage.convolve1d(rows, weights, -1, mode="constant")
    first, last = rt.scipy_signal.edge_fits(window_length, polyorder, deriv)
    before, after = rows[..., :window_length] @ first.T, rows[..., count - window_length :] @ last.T
    parts = (before, smooth[..., half : count - half], after)
    result = np.moveaxis(np.concatenate(parts, axis=-1), -1, axis) / delta**deriv
    return result.astype(np.float32) if single else result


# -- other rates, other forms ------------------------------------------------------------------------


@written_out(scipy.signal.resample)
def resample(x, num, t=None, axis=0, window=None, domain="time"):
    if domain not in ("time", "freq"):
        raise ValueError(f"Parameter domain={domain!r} not in ('time', 'freq')!")
    rows = np.moveaxis(np.asarray(x), axis, -1)
    count = np.shape(rows)[-1]
    real = domain == "time" and not np.iscomplexobj(rows)
    weights = rt.scipy_signal.bin_weights(count, num, window, real)
    if real:
        spectrum = np.fft.rfft(rows)[..., : np.size(weights)] * weights
        result = np.fft.irfft(spectrum, num) * (num / count)
    else:
        spectrum = np.fft.fft(rows) if domain == "time" else rows
        sources, targets = rt.scipy_signal.kept_bins(count, num)
        parts = spectrum[..., sources] * weights
        kept = np.zeros_like(spectrum, shape=(*np.shape(spectrum)[:-1], num))
        for k, target in enumerate(targets):
            kept[..., target] += parts[..., k]
        result = np.fft.ifft(kept) * (num / count)
    result = np.moveaxis(result, -1, axis)
    return result if t is None else (result, t[0] + (t[1] - t[0]) * (count / num) * np.arange(num))


@written_out(scipy.signal.upfirdn)
def upfirdn(h, x, up=1, down=1, axis=-1, mode="constant", cval=0):
    if mode != "constant" or cval != 0:
        return rt.not_covered("upfirdn with a border other than zeros", "Extend the signal before.")
    rows = np.moveaxis(np.asarray(x), axis, -1)
    count = np.shape(rows)[-1]
    spread = np.zeros_like(rows, shape=(*np.shape(rows)[:-1], (count - 1) * up + np.size(h)))
    spread[..., : (count - 1) * up + 1 : up] = rows
    return np.moveaxis(rt.scipy_signal.filtered(h, np.ones(1), spread, -1)[..., ::down], -1, axis)


@written_out(scipy.signal.resample_poly)
def resample_poly(x, up, down, axis=0, window=("kaiser", 5.0), padtype="constant", cval=None):
    if up != int(up) or down != int(down) or up < 1 or down < 1:
        raise ValueError("up and down must be integers and >= 1")
    up, down = int(up) // math.gcd(int(up), int(down)), int(down) // math.gcd(int(up), int(down))
    signal = np.asarray(x)
    if up == down == 1:
        return signal.copy()
    backgrounds = {"mean": np.mean, "median": np.median, "minimum": np.min, "maximum": np.max}
    if padtype not in backgrounds and (padtype != "constant" or cval):
        return rt.not_covered("resample_poly with this border", "Use padtype='mean' or 'constant'.")
    if padtype == "constant":
        level = np.zeros(1)
    else:
        level = backgrounds[padtype](signal, axis=axis, keepdims=True)
    taps, first, count = rt.scipy_signal.resampling(np.shape(signal)[axis], up, down, window, signal.dtype)
    rows = np.moveaxis(signal - level if padtype != "constant" else signal, axis, -1)
    result = scipy.signal.upfirdn(taps, rows, up, down)
    kept = np.moveaxis(result[..., first : first + count], -1, axis)
    return kept + level if padtype != "constant" else kept


@written_out(scipy.signal.detrend)
def detrend(data, axis=-1, type="linear", bp=0, overwrite_data=False):
    if overwrite_data:
        rt.not_covered("scipy.signal.detrend with 'overwrite_data'", "Leave the keyword out.")
    rows = np.moveaxis(data, axis, -1)
    if type in ("constant", "c"):
        return np.moveaxis(rows - np.mean(rows, axis=-1, keepdims=True), -1, axis)
    count = np.shape(rows)[-1]
    breaks = np.unique(np.append(np.atleast_1d(bp), [0, count]))
    parts = []
    for start, end in zip(breaks[:-1].tolist(), breaks[1:].tolist()):
        trend = np.stack((np.arange(1.0, end - start + 1.0) / (end - start), np.ones(end - start)), axis=1)
        onto = trend @ np.linalg.pinv(trend)
        piece = rows[..., start:end]
        parts.append(piece - piece @ onto.T)
    return np.moveaxis(np.concatenate(parts, axis=-1), -1, axis)


@written_out(scipy.signal.hilbert)
def hilbert(x, N=None, axis=-1):
    count = np.shape(x)[axis] if N is None else N
    rows = np.moveaxis(x, axis, -1)
    weights = np.zeros(count)
    weights[0] = 1.0
    weights[1 : (count + 1) // 2] = 2.0
    if count % 2 == 0:
        weights[count // 2] = 1.0
    return np.moveaxis(np.fft.ifft(np.fft.fft(rows, count) * weights), -1, axis)
