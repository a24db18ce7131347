"""The points at which the rules of what forward-mode code calls are checked."""

from __future__ import annotations

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

sample(rt.fit_tangent, real(3), real(2, 3), fixed=("value",))
sample(rt.fit_tangent, 0.3, real(2, 3), fixed=("value",))
sample(rt.tangent_like, real(3), real(3), fixed=("value",))
sample(rt.sequence_tangent, real(3), real(3), real(3), fixed=("values", "source"))
