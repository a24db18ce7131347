"""Samples of the rules of the standard library's ``statistics``."""

from __future__ import annotations

import statistics

from tests.rules.harness import Sample
from tests.rules.points import collector

SAMPLES: list[Sample] = []
sample = collector(SAMPLES)
NUMBERS = [0.4, 1.2, 2.2, 0.1]

sample(statistics.mean, NUMBERS)
sample(statistics.variance, NUMBERS)
sample(statistics.variance, NUMBERS, 0.9)
sample(statistics.stdev, NUMBERS)
sample(statistics.stdev, NUMBERS, 0.9)
sample(statistics.pvariance, NUMBERS)
sample(statistics.pvariance, NUMBERS, 0.9)
sample(statistics.pstdev, NUMBERS)
sample(statistics.pstdev, NUMBERS, 0.9)
sample(statistics.harmonic_mean, NUMBERS)
