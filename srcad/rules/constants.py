"""Functions whose derivative is zero wherever it exists, or whose result has none."""

from __future__ import annotations

import math

import numpy as np

from srcad.rules.registry import constant

constant(
    bool, callable, chr, format, hasattr, hash, id, input, int, isinstance, issubclass, len, ord,
    print, range, repr, round, slice, str, type,
)  # fmt: skip

constant(
    math.ceil, math.comb, math.factorial, math.floor, math.gcd, math.isclose, math.isfinite, math.isinf, math.isnan,
    math.isqrt, math.lcm, math.perm, math.trunc, math.ulp,
)  # fmt: skip

# -- comparisons, logic and integers -----------------------------------------------------------------

constant(
    np.all, np.allclose, np.any, np.array_equal, np.array_equiv, np.bitwise_and, np.bitwise_or, np.bitwise_xor,
    np.equal, np.gcd, np.greater, np.greater_equal, np.invert, np.isclose, np.iscomplexobj, np.isfinite, np.isinf,
    np.isnan, np.isneginf, np.isposinf, np.isreal, np.isrealobj, np.isscalar, np.lcm, np.left_shift, np.less,
    np.less_equal, np.logical_and, np.logical_not, np.logical_or, np.logical_xor, np.not_equal, np.right_shift,
    np.signbit, np.spacing,
)  # fmt: skip

# -- steps -------------------------------------------------------------------------------------------

constant(
    np.around, np.ceil, np.fix, np.floor, np.floor_divide, np.rint, np.round, np.sign, np.trunc,
)  # fmt: skip

# -- shapes, dtypes and indices ----------------------------------------------------------------------

constant(
    np.argmax, np.argmin, np.argpartition, np.argsort, np.argwhere, np.bincount, np.broadcast_shapes, np.can_cast,
    np.count_nonzero, np.digitize, np.dtype, np.errstate, np.finfo, np.flatnonzero, np.iinfo, np.indices, np.ix_,
    np.lexsort, np.ndim, np.ndindex, np.nonzero, np.promote_types, np.ravel_multi_index, np.result_type,
    np.searchsorted, np.shape, np.size, np.tri, np.tril_indices, np.triu_indices, np.unravel_index,
)  # fmt: skip

constant(
    np.bool_, np.int8, np.int16, np.int32, np.int64, np.intp, np.uint8, np.uint16, np.uint32, np.uint64,
)  # fmt: skip

# -- new arrays --------------------------------------------------------------------------------------

constant(
    np.arange, np.empty, np.empty_like, np.eye, np.hamming, np.hanning, np.identity, np.ones, np.ones_like, np.zeros,
    np.zeros_like,
)  # fmt: skip
