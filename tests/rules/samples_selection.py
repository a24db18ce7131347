"""The points at which the rules of what chooses entries are checked."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, positive, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

sample(np.where, np.array([True, False, True]), real(3), real(3))
sample(np.where, np.array([[True], [False]]), real(3), 0.3)
sample(np.clip, np.array([-2.0, 0.3, 2.0]), -1.0, 1.0)
sample(np.clip, np.array([-2.0, 0.3, 2.0]), np.array([-1.0, -1.0, 1.0]), np.array([[1.0], [1.5]]))
sample(np.clip, real(3), None, 0.1)
sample(np.clip, real(3), 0.1, None)
sample(np.take, real(5), [0, 2, 2])
sample(np.take, real(3, 4), np.array([[0, 2], [2, -1]]), axis=1)
sample(np.take, real(3, 4), 5)
sample(np.take, real(5), [7, -6], mode="wrap")
sample(np.take, real(5), [7, 1], mode="clip")
sample(np.take_along_axis, real(3, 4), np.array([[0, 2, 2], [1, 1, 1], [3, 0, 1]]), axis=1)
sample(np.nan_to_num, real(3))
sample(np.real, imaginary(3))
sample(np.real, real(3))
sample(np.imag, imaginary(3))
sample(np.conj, imaginary(3))
sample(np.conj, real(3))
sample(np.angle, imaginary(3))
sample(np.angle, imaginary(3), deg=True)
sample(np.angle, real(3))
sample(np.real_if_close, imaginary(3))
sample(np.real_if_close, real(3) + 0j)
for limits in ((-0.5, 0.9), (None, 0.9), (-0.5, None), (None, None)):
    sample(np.clip, real(3, 4), min=limits[0], max=limits[1])
sample(np.clip, real(3, 1), real(4), 0.2 + positive(3, 4))
sample(np.nan_to_num, np.array([0.5, np.nan, 1.2]), nan=3.0)
sample(np.nan_to_num, np.array([0.5, np.nan, np.inf, -np.inf]), nan=3.0, posinf=2.0, neginf=-1.5)

# -- choices and sets --------------------------------------------------------------------------------

INDEX = np.array([[0, 1, 2], [2, 1, 0]])
sample(np.compress, [True, False, True], real(3, 4), axis=0)
sample(np.compress, [True, False, True], real(2, 3))
sample(np.extract, np.array([[True, False, True], [False, True, True]]), real(2, 3))
sample(np.choose, INDEX, [real(2, 3), real(3), 0.4])
sample(np.choose, INDEX, real(3, 2, 3))
sample(np.choose, INDEX * 2 - 1, [real(2, 3), real(2, 3), real(3)], mode="wrap")
sample(np.choose, INDEX * 2 - 1, (real(2, 3), real(2, 3), real(3)), mode="clip")
sample(np.select, [INDEX > 1, INDEX > 0], [real(2, 3), real(3)], 0.4)
sample(np.select, [INDEX > 1, INDEX > 0], real(2, 2, 3), real(3))
sample(np.union1d, real(3), real(2, 2))
sample(np.setxor1d, real(3), real(2))
sample(np.setdiff1d, real(3), np.array([0.2, 0.3]), fixed=("ar2",))
sample(rt.choose_adjoint, real(2, 3), INDEX, [real(2, 3), real(3), 0.4], "raise", fixed=("choices",))
sample(rt.select_adjoint, real(2, 3), [INDEX > 1, INDEX > 0], [real(2, 3), real(3)], fixed=("choicelist",))
sample(np.trim_zeros, real(4))
sample(np.intersect1d, real(3), real(2), fixed=("ar2",))
sample(np.lib.stride_tricks.sliding_window_view, real(6), 3)
sample(np.lib.stride_tricks.sliding_window_view, real(3, 5), (2, 2))
sample(np.lib.stride_tricks.sliding_window_view, real(3, 5), (2, 3), axis=(1, 1))
sample(np.lib.stride_tricks.sliding_window_view, imaginary(3, 5), 2, axis=0)
sample(rt.window_adjoint, real(4, 3), (6,), 3, None)
