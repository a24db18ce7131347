"""Functions of ``scipy.integrate`` for samples, written out with those of NumPy."""

from __future__ import annotations

import numpy as np
import scipy.integrate

from srcad.rules.registry import written_out


@written_out(scipy.integrate.cumulative_trapezoid)
def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    rows = np.moveaxis(y, axis, -1)
    pairs = rows[..., 1:] + rows[..., :-1]
    if x is None:
        parts = dx * pairs / 2.0
    elif np.ndim(x) == 1:
        parts = np.diff(x) * pairs / 2.0
    else:
        parts = np.diff(np.moveaxis(x, axis, -1)) * pairs / 2.0
    sums = np.cumsum(parts, axis=-1)
    if initial is not None:
        if initial != 0:
            raise ValueError("`initial` must be `None` or `0`.")
        sums = np.concatenate((np.zeros_like(sums[..., :1]), sums), axis=-1)
    return np.moveaxis(sums, -1, axis)
