"""The functions of the standard library's ``statistics`` on numbers, which compute with exact fractions."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import jvp, vjp, written_out


@vjp(statistics.mean, "data", linear=True)
def mean(ans, g, data):
    return rt.structured_like(np.full(len(data), g / len(data)), data)


@vjp(statistics.variance, "data", "xbar")
def variance(ans, g, data, xbar=None):
    x = np.array(data)
    slopes = 2.0 * g / (len(data) - 1) * (x - (np.mean(x) if xbar is None else xbar))
    return rt.structured_like(slopes, data), -np.sum(slopes)


@jvp(statistics.variance, "data")
def variance_data(ans, t, data, xbar=None):
    x = np.array(data)
    return 2.0 / (len(data) - 1) * np.sum((x - (np.mean(x) if xbar is None else xbar)) * np.array(t))


@jvp(statistics.variance, "xbar")
def variance_xbar(ans, t, data, xbar=None):
    return -t * 2.0 / (len(data) - 1) * np.sum(np.array(data) - xbar)


@vjp(statistics.stdev, "data", "xbar")
def stdev(ans, g, data, xbar=None):
    x = np.array(data)
    slopes = g * rt.safe_reciprocal(ans) / (len(data) - 1) * (x - (np.mean(x) if xbar is None else xbar))
    return rt.structured_like(slopes, data), -np.sum(slopes)


@jvp(statistics.stdev, "data")
def stdev_data(ans, t, data, xbar=None):
    x = np.array(data)
    return (
        rt.safe_reciprocal(ans)
        / (len(data) - 1)
        * np.sum((x - (np.mean(x) if xbar is None else xbar)) * np.array(t))
    )


@jvp(statistics.stdev, "xbar")
def stdev_xbar(ans, t, data, xbar=None):
    return -t * rt.safe_reciprocal(ans) / (len(data) - 1) * np.sum(np.array(data) - xbar)


@vjp(statistics.pvariance, "data", "mu")
def pvariance(ans, g, data, mu=None):
    x = np.array(data)
    slopes = 2.0 * g / len(data) * (x - (np.mean(x) if mu is None else mu))
    return rt.structured_like(slopes, data), -np.sum(slopes)


@jvp(statistics.pvariance, "data")
def pvariance_data(ans, t, data, mu=None):
    x = np.array(data)
    return 2.0 / len(data) * np.sum((x - (np.mean(x) if mu is None else mu)) * np.array(t))


@jvp(statistics.pvariance, "mu")
def pvariance_mu(ans, t, data, mu=None):
    return -t * 2.0 / len(data) * np.sum(np.array(data) - mu)


@vjp(statistics.pstdev, "data", "mu")
def pstdev(ans, g, data, mu=None):
    x = np.array(data)
    slopes = g * rt.safe_reciprocal(ans) / len(data) * (x - (np.mean(x) if mu is None else mu))
    return rt.structured_like(slopes, data), -np.sum(slopes)


@jvp(statistics.pstdev, "data")
def pstdev_data(ans, t, data, mu=None):
    x = np.array(data)
    return (
        rt.safe_reciprocal(ans) / len(data) * np.sum((x - (np.mean(x) if mu is None else mu)) * np.array(t))
    )


@jvp(statistics.pstdev, "mu")
def pstdev_mu(ans, t, data, mu=None):
    return -t * rt.safe_reciprocal(ans) / len(data) * np.sum(np.array(data) - mu)


@vjp(
    statistics.harmonic_mean,
    "data",
    refused={"weights": "Weights in a harmonic mean: write out 1 / sum(w / x)."},
)
def harmonic_mean(ans, g, data, weights=None):
    x = np.array(data)
    return rt.structured_like(g * (ans / x) ** 2 / len(data), data)


@jvp(statistics.harmonic_mean, "data")
def harmonic_mean_data(ans, t, data, weights=None):
    return np.sum((ans / np.array(data)) ** 2 * np.array(t)) / len(data)


@written_out(statistics.fmean)
def fmean(data: Any, weights: Any = None) -> Any:
    numbers = list(data)
    if weights is None:
        if not numbers:
            raise statistics.StatisticsError("fmean requires at least one data point")
        return math.fsum(numbers) / len(numbers)
    return math.fsum([x * w for x, w in zip(numbers, weights)]) / math.fsum(weights)


@written_out(statistics.geometric_mean)
def geometric_mean(data: Any) -> Any:
    return math.exp(fmean([math.log(x) for x in data]))


@written_out(statistics.median)
def median(data: Any) -> Any:
    numbers = _in_order(data)
    middle = len(numbers) // 2
    if len(numbers) % 2 == 1:
        return numbers[middle]
    return (numbers[middle - 1] + numbers[middle]) / 2


@written_out(statistics.median_low)
def median_low(data: Any) -> Any:
    numbers = _in_order(data)
    return numbers[(len(numbers) - 1) // 2]


@written_out(statistics.median_high)
def median_high(data: Any) -> Any:
    numbers = _in_order(data)
    return numbers[len(numbers) // 2]


def _in_order(data: Any) -> Any:
    numbers = sorted(data)
    if not numbers:
        raise statistics.StatisticsError("no median for empty data")
    return numbers
