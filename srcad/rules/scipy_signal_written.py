"""Functions of ``scipy.signal`` written out with linear filters, transforms and products."""

from __future__ import annotations

import numpy as np
import scipy.signal

from srcad.rules.registry import written_out


@written_out(scipy.signal.sosfilt)
def sosfilt(sos, x, axis=-1, zi=None):
    result = x
    for section in np.asarray(sos):
        result = scipy.signal.lfilter(section[:3], section[3:], result, axis, zi)
    return result


@written_out(scipy.signal.detrend)
def detrend(data, axis=-1, type="linear", bp=0, overwrite_data=False):
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
