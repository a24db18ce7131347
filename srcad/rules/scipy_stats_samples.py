"""More statistics of samples of ``scipy.stats``, written out: distances, correlations, ranges and tests."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import scipy.special
import scipy.stats

from srcad import runtime as rt
from srcad.rules.registry import constant, written_out

constant(scipy.stats.rankdata, scipy.stats.spearmanr, scipy.stats.kendalltau)


class Tested(NamedTuple):
    """A statistic and how probable it is by chance."""

    statistic: Any
    pvalue: Any


class Line(NamedTuple):
    """A line fitted to points."""

    slope: Any
    intercept: Any
    rvalue: Any
    pvalue: Any
    stderr: Any


def _whole(nan_policy):
    if nan_policy != "propagate":
        rt.not_covered(
            f"This statistic with nan_policy={nan_policy!r}", "Leave out the missing numbers before."
        )


# -- information and distance ------------------------------------------------------------------------


@written_out(scipy.stats.entropy)
def entropy(pk, qk=None, base=None, axis=0, *, nan_policy="propagate", keepdims=False):
    _whole(nan_policy)
    # Of what is not normalized yet, so that the infinite slope at a probability of 0 stays where it is.
    mass = np.sum(pk, axis=axis, keepdims=keepdims)
    if qk is None:
        total = np.log(mass) + np.sum(scipy.special.entr(pk), axis=axis, keepdims=keepdims) / mass
    else:
        other = np.sum(qk, axis=axis, keepdims=keepdims)
        parts = np.sum(scipy.special.rel_entr(pk, qk), axis=axis, keepdims=keepdims)
        total = parts / mass - np.log(mass / other)
    return total if base is None else total / np.log(base)


def _gaps(first, second):
    """Return the gaps between all numbers of two samples, and how much their distributions differ in each."""
    u, v = np.ravel(first), np.ravel(second)
    everything = np.sort(np.concatenate((u, v)))
    below_u = np.searchsorted(np.sort(u), everything[:-1], side="right") / np.size(u)
    below_v = np.searchsorted(np.sort(v), everything[:-1], side="right") / np.size(v)
    return np.diff(everything), below_u - below_v


@written_out(scipy.stats.wasserstein_distance)
def wasserstein_distance(u_values, v_values, u_weights=None, v_weights=None):
    if u_weights is not None or v_weights is not None:
        rt.not_covered("wasserstein_distance with weights", "Use samples without weights.")
    widths, difference = _gaps(u_values, v_values)
    return np.sum(np.abs(difference) * widths)


@written_out(scipy.stats.energy_distance)
def energy_distance(u_values, v_values, u_weights=None, v_weights=None):
    if u_weights is not None or v_weights is not None:
        rt.not_covered("energy_distance with weights", "Use samples without weights.")
    widths, difference = _gaps(u_values, v_values)
    return np.sqrt(2.0 * np.sum(difference**2 * widths))


# -- correlation and lines ---------------------------------------------------------------------------


def _two_sided(t, df):
    return 2.0 * scipy.special.stdtr(df, -np.abs(t))


@written_out(scipy.stats.pearsonr)
def pearsonr(x, y, *, alternative="two-sided", method=None, axis=0):
    if alternative != "two-sided" or method is not None:
        rt.not_covered("pearsonr with these options", "Use the two-sided probability.")
    first = x - np.mean(x, axis=axis, keepdims=True)
    second = y - np.mean(y, axis=axis, keepdims=True)
    norms = np.sqrt(np.sum(first**2, axis=axis) * np.sum(second**2, axis=axis))
    r = np.sum(first * second, axis=axis) / norms
    df = np.shape(first)[axis] - 2.0
    return Tested(r, _two_sided(r * np.sqrt(df / (1.0 - r**2)), df))


@written_out(scipy.stats.linregress)
def linregress(x, y, alternative="two-sided", *, axis=0, nan_policy="propagate"):
    _whole(nan_policy)
    if alternative != "two-sided" or axis != 0:
        rt.not_covered("linregress with these options", "Use the two-sided probability of two vectors.")
    dx, dy = x - np.mean(x), y - np.mean(y)
    xx, xy, yy = np.sum(dx * dx), np.sum(dx * dy), np.sum(dy * dy)
    slope, r, df = xy / xx, xy / np.sqrt(xx * yy), np.size(dx) - 2.0
    error = np.sqrt((1.0 - r**2) * yy / xx / df)
    return Line(
        slope, np.mean(y) - slope * np.mean(x), r, _two_sided(r * np.sqrt(df / (1.0 - r**2)), df), error
    )


# -- scores, means and ranges ------------------------------------------------------------------------


@written_out(scipy.stats.zmap)
def zmap(scores, compare, axis=0, ddof=0, nan_policy="propagate"):
    _whole(nan_policy)
    return (scores - np.mean(compare, axis=axis, keepdims=True)) / np.std(
        compare, axis=axis, ddof=ddof, keepdims=True
    )


@written_out(scipy.stats.pmean)
def pmean(a, p, *, axis=0, dtype=None, weights=None, nan_policy="propagate", keepdims=False):
    _whole(nan_policy)
    if p == 0:
        return scipy.stats.gmean(a, axis, dtype, weights, keepdims=keepdims)
    powers = np.asarray(a, dtype=dtype) ** float(p)
    if weights is None:
        return np.mean(powers, axis=axis, keepdims=keepdims) ** (1.0 / p)
    return np.average(powers, axis=axis, weights=weights, keepdims=keepdims) ** (1.0 / p)


@written_out(scipy.stats.trim_mean)
def trim_mean(a, proportiontocut, axis=0, *, nan_policy="propagate", keepdims=False):
    _whole(nan_policy)
    rows = np.ravel(a) if axis is None else np.moveaxis(np.asarray(a), axis, -1)
    count = np.shape(rows)[-1]
    cut = int(proportiontocut * count)
    if cut >= count - cut:
        raise ValueError("Proportion too big.")
    mean = np.mean(np.sort(rows, axis=-1)[..., cut : count - cut], axis=-1)
    if not keepdims:
        return mean
    return np.reshape(mean, (1,) * np.ndim(a)) if axis is None else np.expand_dims(mean, axis)


@written_out(scipy.stats.variation)
def variation(a, axis=0, nan_policy="propagate", ddof=0, *, keepdims=False):
    _whole(nan_policy)
    spread = np.std(a, axis=axis, ddof=ddof, keepdims=keepdims)
    return spread / np.mean(a, axis=axis, keepdims=keepdims)


@written_out(scipy.stats.gstd)
def gstd(a, axis=0, ddof=1, *, keepdims=False, nan_policy="propagate"):
    _whole(nan_policy)
    return np.exp(np.std(np.log(a), axis=axis, ddof=ddof, keepdims=keepdims))


@written_out(scipy.stats.iqr)
def iqr(
    x, axis=None, rng=(25, 75), scale=1.0, nan_policy="propagate", interpolation="linear", keepdims=False
):
    _whole(nan_policy)
    if isinstance(scale, str):
        scale = 2.0 * np.sqrt(2.0) * scipy.special.erfinv(0.5)
    low = np.percentile(x, min(rng), axis=axis, method=interpolation, keepdims=keepdims)
    high = np.percentile(x, max(rng), axis=axis, method=interpolation, keepdims=keepdims)
    return (high - low) / scale


@written_out(scipy.stats.median_abs_deviation)
def median_abs_deviation(x, axis=0, center=np.median, scale=1.0, nan_policy="propagate", *, keepdims=False):
    _whole(nan_policy)
    if center is not np.median:
        rt.not_covered("median_abs_deviation around another center", "Write it with np.median.")
    if isinstance(scale, str):
        scale = 0.6744897501960817
    deviations = np.abs(x - np.median(x, axis=axis, keepdims=True))
    return np.median(deviations, axis=axis, keepdims=keepdims) / scale


# -- transformations and tests -----------------------------------------------------------------------


@written_out(scipy.stats.boxcox)
def boxcox(x, lmbda=None, alpha=None, optimizer=None):
    if lmbda is None:
        rt.not_covered("boxcox without lmbda", "Give lmbda.")
    return scipy.special.boxcox(x, lmbda)


@written_out(scipy.stats.boxcox_llf)
def boxcox_llf(lmb, data, *, axis=0, keepdims=False, nan_policy="propagate"):
    _whole(nan_policy)
    logs = np.log(data)
    spread = np.var(scipy.special.boxcox(data, lmb), axis=axis, keepdims=keepdims)
    count = np.shape(logs)[axis]
    return (lmb - 1.0) * np.sum(logs, axis=axis, keepdims=keepdims) - count / 2.0 * np.log(spread)


@written_out(scipy.stats.ttest_1samp)
def ttest_1samp(a, popmean, axis=0, nan_policy="propagate", alternative="two-sided", *, keepdims=False):
    _whole(nan_policy)
    if alternative != "two-sided":
        rt.not_covered("A one-sided test", "Use the two-sided probability.")
    df = np.shape(a)[axis] - 1.0
    error = np.std(a, axis=axis, ddof=1, keepdims=keepdims) / np.sqrt(df + 1.0)
    t = (np.mean(a, axis=axis, keepdims=keepdims) - popmean) / error
    return Tested(t, _two_sided(t, df))


@written_out(scipy.stats.ttest_rel)
def ttest_rel(a, b, axis=0, nan_policy="propagate", alternative="two-sided", *, keepdims=False):
    return ttest_1samp(a - b, 0.0, axis, nan_policy, alternative, keepdims=keepdims)


@written_out(scipy.stats.ttest_ind)
def ttest_ind(
    a, b, *, axis=0, equal_var=True, nan_policy="propagate", alternative="two-sided", trim=0, method=None,
    keepdims=False,
):  # fmt: skip
    _whole(nan_policy)
    if alternative != "two-sided" or trim != 0 or method is not None:
        rt.not_covered("A one-sided test, or one with trim or method", "Use the two-sided probability.")
    more, others = np.shape(a)[axis] * 1.0, np.shape(b)[axis] * 1.0
    first = np.var(a, axis=axis, ddof=1, keepdims=keepdims)
    second = np.var(b, axis=axis, ddof=1, keepdims=keepdims)
    df = more + others - 2.0
    if equal_var:
        pooled = ((more - 1.0) * first + (others - 1.0) * second) / df
        spread = pooled * (1.0 / more + 1.0 / others)
    else:
        parts = first / more, second / others
        spread = parts[0] + parts[1]
        df = spread**2 / (parts[0] ** 2 / (more - 1.0) + parts[1] ** 2 / (others - 1.0))
    difference = np.mean(a, axis=axis, keepdims=keepdims) - np.mean(b, axis=axis, keepdims=keepdims)
    t = difference / np.sqrt(spread)
    return Tested(t, _two_sided(t, df))
