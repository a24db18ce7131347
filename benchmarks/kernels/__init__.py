"""Textbook kernels in natural in-place NumPy, each with data at which it is smooth.

The names are those under which textbooks and benchmark suites know them.  ``KERNELS`` holds them by name.
"""

from benchmarks.kernels import (
    factorizations,
    filters,
    flows,
    networks,
    products,
    sparse,
    spectral,
    statistics,
    stencils,
)
from benchmarks.kernels.kernel import Kernel, weighted_loss

__all__ = ["KERNELS", "Kernel", "weighted_loss"]

_FAMILIES = (stencils, factorizations, products, statistics, filters, networks, flows, spectral, sparse)

KERNELS = {kernel.name: kernel for family in _FAMILIES for kernel in family.KERNELS}
