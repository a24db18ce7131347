"""The points at which the rules of ``scipy.sparse`` are checked."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse
import scipy.sparse.linalg as sparse_linalg

from srcad import runtime as rt
from tests.rules.harness import Sample
from tests.rules.points import collector

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []
sample = collector(SAMPLES)

_rng = np.random.default_rng(37)


def real(*shape: int) -> np.ndarray:
    """Return normal numbers."""
    return _rng.normal(size=shape)


dense = np.array([[3.0, 0.0, 1.0], [0.0, 2.0, 0.0], [1.0, 0.5, 4.0]])
wide = np.array([[3.0, 0.0, 1.0], [0.0, 2.0, 0.0]])
for kind in (sparse.csr_array, sparse.csc_array, sparse.coo_array, sparse.dia_array):
    for shape in ((3,), (3, 2)):
        sample(sparse.csr_array.__matmul__, kind(wide), real(*shape))
        sample(sparse.csr_array.dot, kind(wide), real(*shape))
        sample(sparse.csr_array.__rmatmul__, kind(wide.T), real(*shape[::-1]))
sample(sparse.coo_array.dot, sparse.coo_array(wide), real(3))
sample(sparse.csr_matrix.__mul__, sparse.csr_matrix(wide), real(3, 2))
sample(sparse.csr_array.__matmul__, sparse.csr_array(wide + 1j * wide), real(3))
sample(rt.scipy_sparse.product, sparse.csr_array(wide), real(3))
for shape in ((3,), (3, 2)):
    sample(sparse_linalg.spsolve, sparse.csr_array(dense), real(*shape))
    sample(sparse_linalg.spsolve_triangular, sparse.csr_array(np.tril(dense)), real(*shape))
sample(sparse_linalg.cg, sparse.csr_array(dense + dense.T), real(3), rtol=1e-12)
