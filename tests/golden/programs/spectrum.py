"""The energy in the low frequencies of a signal: complex numbers between real ones."""

import numpy as np


def spectrum(signal, keep):
    coefficients = np.fft.rfft(signal)[:keep]
    return np.sum(np.abs(coefficients) ** 2)


ARGUMENTS = (np.array([0.5, 1.0, -0.3, 2.0, 0.1, -1.0]), 2)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def dspectrum(signal, keep):
    t = np.fft.rfft(signal)
    coefficients = t[:keep]
    # line 8: return np.sum(np.abs(coefficients) ** 2)
    dcoefficients = 1.0 * (2 * np.abs(coefficients)) * rt.sign(coefficients)
    # line 7: coefficients = np.fft.rfft(signal)[:keep]
    dt = rt.zeros_like(t)
    rt.accumulate(dt, slice(None, keep, None), dcoefficients)
    t11 = signal.shape[-1]
    t13 = np.conj(dt) * rt.half_spectrum_weights(dt, t11, -1, 0.5)
    t17 = np.fft.irfft(t13, t11, -1, rt.reversed_norm(None))
    dsignal = rt.resized(t17, signal.shape, (-1,))
    return rt.fitted(dsignal, signal)
