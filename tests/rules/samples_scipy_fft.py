"""The points at which the rules of ``scipy.fft`` are checked."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []
sample = collector(SAMPLES)

_rng = np.random.default_rng(41)

for sine in (False, True):
    for kind in (1, 2, 3, 4):
        sample(rt.scipy_fft.trigonometric, _rng.normal(size=(3, 4)), sine, kind, -1, None, False)
        sample(rt.scipy_fft.trigonometric, _rng.normal(size=(3, 4)), sine, kind, 0, "ortho", True)
