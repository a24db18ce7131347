"""The points at which the rules of sums of products are checked."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
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
sample(np.einsum, "bij, bjk", real(2, 2, 3), real(2, 3, 2))
sample(np.einsum, "...", real(2, 3))
sample(np.einsum, "i...->...", real(2, 3))
sample(np.einsum, "...ij->...ji", real(2, 2, 3))
sample(np.einsum, "ij,ij,ij->i", real(2, 3), real(2, 3), real(2, 3), optimize=True)
sample(np.einsum, "ij,jk,kl->il", real(2, 3), real(3, 2), real(2, 3), optimize="greedy")
sample(np.einsum, "...ii->...i", real(2, 3, 3))
sample(np.einsum, "i...,i...", real(2, 3), real(2, 1))
sample(np.einsum, "iji->j", real(3, 2, 3))
sample(np.einsum, real(2, 3), [0, 1], real(3, 4), [1, 2], [0, 2])
sample(np.einsum, real(2, 3), [0, 1], real(3, 4), [1, 2])
sample(np.einsum, real(5, 2, 3), [..., 0, 1], real(3), [1], [..., 0])
sample(np.einsum, "ij,jk", imaginary(2, 3), imaginary(3, 2))
sample(np.einsum, "ij,j->i", real(2, 3), imaginary(3))
sample(np.vdot, real(3), imaginary(3))

# -- stacks of vectors and matrices ------------------------------------------------------------------

sample(np.vecdot, real(2, 3), real(3))
sample(np.vecdot, imaginary(2, 3), imaginary(2, 3))
sample(np.vecdot, real(3, 2), real(3, 2), axis=0)
sample(np.matvec, real(2, 3), real(3))
sample(np.matvec, real(2, 3), real(5, 3))
sample(np.matvec, imaginary(4, 2, 3), imaginary(3))
sample(np.vecmat, real(2), real(2, 3))
sample(np.vecmat, imaginary(4, 2), imaginary(2, 3))
sample(np.vecmat, real(2), real(4, 2, 3))
sample(np.cross, real(3), real(3))
sample(np.cross, real(2, 3), real(3))
sample(np.cross, real(3, 4), real(3, 4), axis=0)
sample(np.cross, real(3, 4), real(4, 3), 0, 1, 0)
sample(np.cross, imaginary(3), imaginary(3))
for first, second in [((2,), (3,)), ((2, 3), (3, 2)), ((2,), (2, 3)), ((2, 1, 3), (2,)), ((), (3,))]:
    sample(np.kron, of_shape(*first), of_shape(*second))
sample(np.kron, imaginary(2), real(3))

# -- convolutions ------------------------------------------------------------------------------------

for function in (np.convolve, np.correlate):
    for mode in ("full", "same", "valid"):
        for sizes in ((5, 3), (3, 5), (4, 2), (2, 4), (3, 3)):
            sample(function, real(sizes[0]), real(sizes[1]), mode=mode)
    sample(function, imaginary(4), imaginary(3))
    sample(function, imaginary(2), real(3), "same")

# -- the runtime -------------------------------------------------------------------------------------

sample(rt.cross_adjoints, real(2, 3), real(2, 3), real(2, 3), -1, -1, -1)
sample(rt.cross_adjoints, real(4, 3), real(3, 4), real(3), 0, -1, -1)
sample(rt.whole_convolution, real(4), 4, 2, "same", False)
sample(rt.part_of_convolution, real(5), 4, 2, "same", True)
sample(rt.with_item, (real(2), real(3)), 1, real(3))
sample(rt.einsum_of, ("ij,jk->ik", real(2, 3), real(3, 2)), False)
sample(rt.einsum_gradient, real(2, 4), ("ij,jk->ik", real(2, 3), real(3, 4)), 1, False)
sample(rt.einsum_gradient, real(3), ("ii,i->i", real(3, 3), real(3)), 1, False)
sample(rt.einsum_gradient, real(3), (real(3, 2), [0, 1], real(3), [0], [0]), 0, False)
sample(np.convolve, 0.7, real(4))
sample(np.convolve, real(4), np.array(0.7), "valid")
