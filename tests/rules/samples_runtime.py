"""The points at which the rules of the runtime's own functions are checked."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, positive, real, spd

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

sample(rt.unbroadcast, real(2, 3), real(3), fixed=("x",))
sample(rt.unbroadcast, real(2, 3), 0.3, fixed=("x",))
sample(rt.unbroadcast, real(2, 3), real(2, 1), fixed=("x",))
sample(rt.scatter, real(2), real(5), slice(1, 3), fixed=("x",))
sample(rt.scatter, real(3), real(5), [1, 3, 1], fixed=("x",))
sample(rt.cast_back, real(3), real(3), real(3), fixed=("x", "converted"))
sample(rt.copy, real(3))
sample(rt.finish, real(3), real(3), fixed=("value",))
sample(rt.owned, real(3), real(3), fixed=("value",))
sample(rt.add, real(3), real(3))
sample(rt.real_only, real(3), "f")
sample(rt.vector_only, real(3), 2, None, fixed=("ord",))
sample(rt.imag_adjoint, real(3), imaginary(3), fixed=("val",))
sample(rt.safe_reciprocal, real(3))
sample(rt.safe_log, positive(3))
sample(rt.scaled_power, real(3), positive(3), real(3))
sample(rt.scaled_power, 0.3, 1.2, 0.4)
sample(rt.difference, real(3), real(3))
sample(rt.sign, real(3))
sample(rt.sign, imaginary(3))
sample(rt.dot_adjoint_a, real(2, 4), (2, 3), real(3, 4))
sample(rt.dot_adjoint_b, real(2, 4), real(2, 3), (3, 4))
sample(rt.inner_adjoint_a, real(2, 4), (2, 3), real(4, 3))
sample(rt.inner_adjoint_b, real(2, 4), real(2, 3), (4, 3))
sample(rt.matmul_adjoint_a, real(5, 2, 4), (2, 3), real(5, 3, 4))
sample(rt.matmul_adjoint_b, real(5, 2, 4), real(2, 3), (5, 3, 4))
sample(rt.tensordot_adjoint_a, real(2, 4), (2, 3), real(3, 4), 1)
sample(rt.tensordot_adjoint_b, real(2, 4), real(2, 3), (3, 4), 1)
sample(rt.prod_others, real(3, 4), 0)
sample(rt.prod_others, np.array([0.5, 0.0, 2.0]), None)
sample(rt.prod_others, real(2, 3, 2), (0, 2))
sample(rt.off_diagonal, real(2, 3))
sample(rt.lower_rows, real(2, 3))
sample(rt.cofactor, spd(3, 3))
sample(rt.split_like, real(3, 2), [real(1, 2), real(2, 2)], 0, fixed=("arrays",))
sample(rt.split_rows, real(3, 2), [real(2), real(2, 2)], fixed=("arrays",))
sample(rt.split_columns, real(2, 3), [real(2, 1), real(2, 2)], fixed=("arrays",))
sample(rt.split_stacked_columns, real(2, 3), [real(2), real(2, 2)], fixed=("arrays",))
sample(rt.unstack_like, real(2, 3), [real(2), real(2), real(2)], 1, fixed=("arrays",))
sample(rt.structured_like, real(2, 2), [[0.1, 0.2], [0.3, 0.4]], fixed=("value",))
sample(rt.array_like, [[0.1, 0.2], [0.3, 0.4]], real(2, 2), fixed=("x",))
sample(rt.parts_like, [real(2), real(3)], [real(2), real(3)], fixed=("parts",))
sample(rt.reshape_like, [real(1), real(2, 2)], [0.3, real(4)], fixed=("arrays",))
sample(rt.reshape_like, real(1), [0.3], fixed=("arrays",))
sample(rt.repeat_adjoint, real(6), (3,), 2, None)
sample(rt.tile_adjoint, real(6), (3,), 2)
sample(rt.take_adjoint, real(2, 3), (4, 3), [1, 1], 0, "raise")
sample(rt.scatter_along_axis, real(2, 3), (2, 4), np.array([[0, 1, 1], [3, 2, 2]]), 1)
sample(rt.diag_adjoint, real(3), (3, 3), 0)
sample(rt.diag_adjoint, real(3, 3), (3,), 0)
sample(rt.diagonal_adjoint, real(3), (3, 4), 0, 0, 1)
sample(rt.diagonal_adjoint, real(1), (3, 4), 1, 0, 1)
sample(rt.diff_adjoint, real(3), (4,), 1, -1)
sample(rt.cumprod_adjoint, real(4), real(4), 0)
sample(rt.cumprod_adjoint, real(2, 3), real(2, 3), 1)
sample(rt.lower_half, real(3, 3))
sample(rt.item_adjoint, 0.3, (2, 3), (1, 2))
sample(rt.cumprod_tangent, real(4), real(4), 0)
sample(rt.cumprod_tangent, real(2, 3), np.array([[0.5, 0.0, 1.2], [0.0, 0.4, 0.0]]), 1)
sample(rt.cumprod_tangent, real(3, 2), real(3, 2), 0)
