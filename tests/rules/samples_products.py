"""The points at which the rules of sums of products are checked."""

from __future__ import annotations

import numpy as np

from tests.rules.harness import Sample
from tests.rules.points import collector, imaginary, of_shape, real

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []

sample = collector(SAMPLES)

RANKS = [((), (3,)), ((3,), ()), ((), ()), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)),
         ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (6, 3, 4))]  # fmt: skip


for first, second in RANKS:
    sample(np.dot, of_shape(*first), of_shape(*second))
for first, second in RANKS[3:-1] + [((5, 2, 3), (5, 3, 4)), ((2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4))]:
    sample(np.matmul, of_shape(*first), of_shape(*second))
sample(np.matmul, imaginary(2, 3), imaginary(3, 2))
for first, second in [
    ((), (3,)),
    ((3,), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2, 3), (4, 3)),
    ((5, 2, 3), (4, 3)),
]:
    sample(np.inner, of_shape(*first), of_shape(*second))
sample(np.outer, real(3), real(4))
sample(np.outer, real(2, 2), 0.3)
sample(np.vdot, real(3), real(3))
sample(np.vdot, imaginary(2, 2), imaginary(4))
sample(np.tensordot, real(2, 3, 4), real(3, 4, 5))
sample(np.tensordot, real(2, 3, 4), real(5, 4, 3), axes=([1, 2], [2, 1]))
sample(np.tensordot, real(2, 3, 4), real(3, 5), axes=(-2, 0))
sample(np.tensordot, real(3), real(2), axes=0)
sample(np.trace, real(3, 4))
sample(np.trace, real(2, 3, 3), offset=1, axis1=1, axis2=-1)
sample(np.einsum, "ij,jk->ik", real(2, 3), real(3, 4))
sample(np.einsum, "ij,j", real(2, 3), real(3))
sample(np.einsum, "ij->", real(2, 3))
sample(np.einsum, "ii->i", real(3, 3))
sample(np.einsum, "ii", real(3, 3))
sample(np.einsum, "iij,jk->k", real(3, 3, 2), real(2, 4))
sample(np.einsum, "...ij,...jk->...ik", real(5, 2, 3), real(1, 3, 4))
sample(np.einsum, "...i,i->...", real(5, 2, 3), real(3))
sample(np.einsum, "i,j,k->kij", real(2), real(3), real(2))
sample(np.einsum, "ij,kl->il", real(2, 3), real(4, 2))
