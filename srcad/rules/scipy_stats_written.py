"""Statistics of samples of ``scipy.stats``, written out with the functions of NumPy."""

from __future__ import annotations

import numpy as np
import scipy.stats

from srcad.rules.registry import written_out


def _known(a, nan_policy):
    """Return which numbers count."""
    missing = np.isnan(a)
    if nan_policy == "raise" and np.any(missing):
        raise ValueError("The input contains nan values")
    return ~missing if nan_policy == "omit" else np.ones(np.shape(a), bool)


def _mean(a, known, axis, keepdims=True):
    """Return the mean of the numbers that are known; the others are zeros."""
    return np.sum(a, axis=axis, keepdims=keepdims) / np.sum(known, axis=axis, keepdims=keepdims)


def _centred(a, known, axis):
    return np.where(known, a - _mean(np.where(known, a, 0.0), known, axis), 0.0)


def _weighted_mean(a, axis, weights, nan_policy, keepdims):
    known = _known(a, nan_policy)
    numbers = np.where(known, a, 0.0)
    if weights is None:
        return _mean(numbers, known, axis, keepdims)
    if nan_policy == "omit":
        return np.average(numbers, axis=axis, weights=np.where(known, weights, 0.0), keepdims=keepdims)
    return np.average(numbers, axis=axis, weights=weights, keepdims=keepdims)


# -- means -------------------------------------------------------------------------------------------


@written_out(scipy.stats.gmean)
def gmean(a, axis=0, dtype=None, weights=None, *, nan_policy="propagate", keepdims=False):
    return np.exp(_weighted_mean(np.log(np.asarray(a, dtype=dtype)), axis, weights, nan_policy, keepdims))


@written_out(scipy.stats.hmean)
def hmean(a, axis=0, dtype=None, *, weights=None, nan_policy="propagate", keepdims=False):
    return 1.0 / _weighted_mean(1.0 / np.asarray(a, dtype=dtype), axis, weights, nan_policy, keepdims)


# -- moments -----------------------------------------------------------------------------------------


@written_out(scipy.stats.zscore)
def zscore(a, axis=0, ddof=0, nan_policy="propagate"):
    known = _known(a, nan_policy)
    centred = _centred(a, known, axis)
    count = np.sum(known, axis=axis, keepdims=True)
    scores = centred / np.sqrt(np.sum(centred**2, axis=axis, keepdims=True) / (count - ddof))
    return np.where(known, scores, np.nan)


@written_out(scipy.stats.sem)
def sem(a, axis=0, ddof=1, nan_policy="propagate", *, keepdims=False):
    known = _known(a, nan_policy)
    count = np.sum(known, axis=axis, keepdims=keepdims)
    squares = np.sum(_centred(a, known, axis) ** 2, axis=axis, keepdims=keepdims)
    return np.sqrt(squares / (count - ddof) / count)


@written_out(scipy.stats.skew)
def skew(a, axis=0, bias=True, nan_policy="propagate", *, keepdims=False):
    known = _known(a, nan_policy)
    centred = _centred(a, known, axis)
    second = _mean(centred**2, known, axis, keepdims)
    ratio = _mean(centred**3, known, axis, keepdims) / second**1.5
    if bias:
        return ratio
    count = np.sum(known, axis=axis, keepdims=keepdims)
    factor = np.sqrt((count - 1.0) * count) / np.maximum(count - 2.0, 1.0)
    return ratio * np.where(count > 2, factor, 1.0)


@written_out(scipy.stats.kurtosis)
def kurtosis(a, axis=0, fisher=True, bias=True, nan_policy="propagate", *, keepdims=False):
    known = _known(a, nan_policy)
    centred = _centred(a, known, axis)
    second = _mean(centred**2, known, axis, keepdims)
    ratio = _mean(centred**4, known, axis, keepdims) / second**2
    if not bias:
        count = np.sum(known, axis=axis, keepdims=keepdims)
        excess = (count**2 - 1.0) * ratio - 3.0 * (count - 1.0) ** 2
        pairs = np.maximum((count - 2.0) * (count - 3.0), 1.0)
        ratio = np.where(count > 3, excess / pairs + 3.0, ratio)
    return ratio - 3.0 if fisher else ratio


@written_out(scipy.stats.moment)
def moment(a, order=1, axis=0, nan_policy="propagate", *, center=None, keepdims=False):
    known = _known(a, nan_policy)
    if center is None:
        centred = _centred(a, known, axis)
    else:
        centred = np.where(known, a - center, 0.0)
    if np.ndim(order) == 0:
        return _mean(np.where(known, centred**order, 0.0), known, axis, keepdims)
    parts = [np.where(known, centred ** int(k), 0.0) for k in order]
    return np.stack([_mean(part, known, axis, keepdims) for part in parts])
