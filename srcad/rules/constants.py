"""Functions whose derivative is zero, or that have none."""

from __future__ import annotations

import math
import operator

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant

constant(
    np.floor, np.ceil, np.trunc, np.rint, np.round, np.sign, np.floor_divide, np.heaviside, np.nextafter,
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.logical_and, np.logical_or, np.logical_not, np.logical_xor, np.isnan, np.isinf, np.isfinite, np.signbit,
    np.isclose, np.allclose, np.array_equal, np.any, np.all,
    np.argmax, np.argmin, np.argsort, np.nonzero, np.flatnonzero, np.searchsorted, np.count_nonzero, np.unique,
    np.zeros, np.ones, np.empty, np.zeros_like, np.ones_like, np.empty_like, np.eye, np.identity, np.arange,
    np.indices, np.tri, np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isscalar, np.isrealobj,
    np.linalg.matrix_rank, np.triu_indices, np.tril_indices, np.diag_indices, np.bitwise_and, np.bitwise_or,
    np.left_shift, np.right_shift, np.bitwise_xor, np.invert, np.gcd, np.lcm, np.meshgrid,
    math.floor, math.ceil, math.trunc, math.isnan, math.isinf, math.isfinite, math.factorial, math.comb, math.gcd,
    math.isclose, math.isqrt,
    print, len, range, isinstance, issubclass, type, id, hash, repr, str, int, bool, format, callable, hasattr,
    round, any, all, slice, input, open, ord, chr, bytes,
    operator.index,
    rt.seed, rt.zeros_like, rt.keys, rt.order_of,
)  # fmt: skip
