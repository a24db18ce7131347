"""Functions whose derivative is zero wherever it exists, or whose result has none."""

from __future__ import annotations

import builtins
import collections
import dataclasses
import gc
import inspect
import math
import operator
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, mutating, refuse

constant(
    bool, callable, chr, format, hasattr, hash, id, input, int, isinstance, issubclass, len, ord,
    print, range, repr, round, slice, str, type, object.__init__,
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
    np.around, np.ceil, np.fix, np.floor, np.floor_divide, np.rint, np.round, np.trunc,
)  # fmt: skip

# -- shapes, dtypes and indices ----------------------------------------------------------------------

constant(
    np.argmax, np.argmin, np.argpartition, np.argsort, np.argwhere, np.broadcast_shapes, np.can_cast,
    np.count_nonzero, np.digitize, np.dtype, np.errstate, np.finfo, np.flatnonzero, np.iinfo, np.indices,
    np.lexsort, np.ndim, np.ndindex, np.nonzero, np.promote_types, np.ravel_multi_index, np.result_type,
    np.searchsorted, np.shape, np.size, np.tri, np.tril_indices, np.triu_indices, np.unravel_index,
)  # fmt: skip

constant(
    np.bool_, np.int8, np.int16, np.int32, np.int64, np.intp, np.uint8, np.uint16, np.uint32, np.uint64,
)  # fmt: skip

# -- new arrays --------------------------------------------------------------------------------------

constant(
    np.empty, np.empty_like, np.eye, np.identity, np.ones, np.ones_like, np.zeros, np.zeros_like,
)  # fmt: skip

constant(
    np.diag_indices, np.diag_indices_from, np.einsum_path, np.fromfile,
    np.fromregex, np.fromstring, np.genfromtxt, np.load, np.loadtxt, np.mask_indices, np.tril_indices_from,
    np.triu_indices_from,
)  # fmt: skip

# -- bits, sets of integers, dates -------------------------------------------------------------------

constant(rt.refuse_repetition)

constant(
    np.bitwise_count, np.busday_count, np.busday_offset, np.is_busday, np.isin, np.isnat, np.nanargmax, np.nanargmin,
    np.packbits, np.unpackbits,
)  # fmt: skip

# -- questions about types and memory ----------------------------------------------------------------

constant(
    np.common_type, np.datetime_data, np.isdtype, np.iscomplex, np.isfortran, np.issubdtype, np.iterable,
    np.may_share_memory, np.min_scalar_type, np.mintypecode, np.shares_memory, np.typename,
)  # fmt: skip

constant(*{
    value for value in vars(np).values()
    if isinstance(value, type) and issubclass(value, np.generic) and not issubclass(value, (np.inexact, np.object_))
} | {np.inexact, np.floating, np.complexfloating})  # fmt: skip

# -- text, files and settings ------------------------------------------------------------------------

constant(
    np.array2string, np.array_repr, np.array_str, np.base_repr, np.binary_repr, np.datetime_as_string,
    np.format_float_positional, np.format_float_scientific, np.get_include, np.get_printoptions, np.getbufsize,
    np.geterr, np.geterrcall, np.info, np.printoptions, np.save, np.savetxt, np.savez, np.savez_compressed,
    np.set_printoptions, np.setbufsize, np.seterr, np.seterrcall, np.show_config, np.show_runtime,
)  # fmt: skip

# -- Python ------------------------------------------------------------------------------------------

constant(
    all, any, ascii, bin, bytearray, bytes, dir, hex, memoryview, object, oct, open,
    *{value for value in vars(builtins).values() if isinstance(value, type) and issubclass(value, BaseException)},
)  # fmt: skip

constant(
    operator.and_, operator.contains, operator.countOf, operator.eq, operator.ge, operator.gt, operator.index,
    operator.indexOf, operator.inv, operator.invert, operator.is_, operator.is_not, operator.le, operator.length_hint,
    operator.lshift, operator.lt, operator.ne, operator.not_, operator.or_, operator.rshift, operator.truth,
    operator.xor, operator.floordiv,
)  # fmt: skip

# -- what is refused ---------------------------------------------------------------------------------

refuse(
    "A class is made when the program runs: make it at module level, or with fixed names in a statement of its own.",
    collections.namedtuple, dataclasses.make_dataclass,
)  # fmt: skip
refuse(
    "Matrices, records and memory maps behave unlike arrays and are not differentiated: use plain arrays.",
    np.asmatrix, np.bmat, np.matrix, np.memmap, np.recarray,
)  # fmt: skip
refuse(
    "An iterator of NumPy hides which entries are read: loop over indices, or over the array itself.",
    np.broadcast, np.flatiter, np.ndenumerate, np.nditer, np.nested_iters,
)  # fmt: skip
refuse(
    "A ufunc made of a Python function returns objects, which have no derivative: write a loop, or np.vectorize.",
    np.frompyfunc, np.ufunc,
)  # fmt: skip
refuse("Make an array with np.zeros or np.array: np.ndarray gives no values.", np.ndarray)
refuse(
    "The length of a window is a whole number, which has no derivative: write int(M).",
    np.bartlett, np.blackman, np.hamming, np.hanning,
)  # fmt: skip
refuse(
    "Views of memory by strides are not followed: use slices, np.broadcast_to or sliding_window_view.",
    np.lib.stride_tricks.as_strided,
)
refuse("Objects have no derivative: np.object_ gives back the number itself.", np.object_)
refuse("Dates have no derivative: count days with numbers.", np.busdaycalendar)
refuse(
    "Use np.array on a list of the values: np.frombuffer, np.fromiter and np.from_dlpack read memory.",
    *(np.frombuffer, np.fromiter, np.from_dlpack),
)
refuse("A test runner has no derivative.", np.test)
refuse(
    "The names that this function works on are not known before it runs: write out what it does.",
    aiter, anext, breakpoint, compile, eval, exec, globals, locals,
)  # fmt: skip
refuse(
    "What is found in frames and objects of Python's is not followed: use the variables, or getattr and vars.",
    gc.get_objects, gc.get_referents, gc.get_referrers, inspect.currentframe, inspect.getattr_static,
    inspect.getcallargs, inspect.getmembers, inspect.stack, sys._getframe,
)  # fmt: skip
refuse(
    "What a thread does is not followed: call its function.",
    threading.Thread, threading.Timer, ThreadPoolExecutor,
)  # fmt: skip
refuse(
    "A class is built before a function is differentiated: move it out.", classmethod, property, staticmethod
)

# -- what changes its argument -----------------------------------------------------------------------

mutating(np.copyto, np.fill_diagonal, np.place, np.put, np.put_along_axis, np.putmask, delattr, setattr)
