"""Functions that call other functions, or stand for operators, written out in Python.

They are differentiated like a user's own functions, so that what they call is differentiated too.
"""

from __future__ import annotations

import functools
import operator
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import language, refuse, written_out

language(
    dict, divmod, enumerate, filter, frozenset, getattr, list, map, max, min, reversed, set, sorted, sum,
    super, tuple, vars, zip,
)  # fmt: skip

if hasattr(np, "row_stack"):
    refuse("np.row_stack is the old name of np.vstack: call that.", np.row_stack)
# -- NumPy's functions of functions ------------------------------------------------------------------


@written_out(np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    rows = np.moveaxis(np.asarray(arr), axis, -1)
    leading = np.shape(rows)[:-1]
    flat = np.reshape(rows, (-1, np.shape(rows)[-1]))
    results = np.stack([np.asarray(func1d(row, *args, **kwargs)) for row in flat])
    whole = np.reshape(results, leading + np.shape(results)[1:])
    place = axis % np.ndim(arr)
    sources = tuple(range(len(leading), np.ndim(whole)))
    return np.moveaxis(whole, sources, tuple(range(place, place + len(sources))))


@written_out(np.apply_over_axes)
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    if np.ndim(axes) == 0:
        axes = (axes,)
    value = np.asarray(a)
    for k in range(len(axes)):
        reduced = func(value, axes[k])
        value = np.expand_dims(reduced, axes[k]) if np.ndim(reduced) < np.ndim(value) else reduced
    return value


@written_out(np.fromfunction)
def fromfunction(function: Any, shape: Any, *, dtype: Any = float) -> Any:
    return function(*np.indices(shape, dtype=dtype))


@written_out(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **options: Any) -> Any:
    x = np.asarray(x)
    pieces = rt.pieces_of(x, condlist, len(funclist))
    result = np.zeros_like(x)
    for k in range(len(funclist)):
        chosen = pieces[k]
        if not callable(funclist[k]):
            result[chosen] = funclist[k]
        elif np.any(chosen):
            result[chosen] = funclist[k](x[chosen], *args, **options)
    return result


@written_out(np.vectorize.__call__)
def call_vectorized(self: Any, *args: Any, **options: Any) -> Any:
    function = self.pyfunc
    names = list(options)
    given = [*args, *options.values()]
    ranks = rt.core_ranks(self, len(args), names)
    outer = [np.shape(part)[: np.ndim(part) - rank] for part, rank in zip(given, ranks) if rank is not None]
    shape = np.broadcast_shapes(*outer)
    size = int(np.prod(shape))
    rows = []
    for part, rank in zip(given, ranks):
        if rank is None:
            rows.append([part] * size)
        else:
            core = np.shape(part)[np.ndim(part) - rank :]
            rows.append(np.reshape(np.broadcast_to(part, (*shape, *core)), (size, *core)))
    if names:
        count = len(args)
        values = [
            function(
                *[row[i] for row in rows[:count]], **{name: row[i] for name, row in zip(names, rows[count:])}
            )
            for i in range(size)
        ]
    else:
        values = [function(*[row[i] for row in rows]) for i in range(size)]
    types = rt.result_types(self, values)
    if size == 0:
        return np.zeros(shape, types[0])
    if isinstance(values[0], tuple):
        return tuple([stacked([value[k] for value in values], shape, types[k]) for k in range(len(types))])
    return stacked(values, shape, types[0])


def stacked(values: Any, shape: Any, kind: Any) -> Any:
    """Return results of a vectorized function as one array."""
    whole = np.array(values)
    return np.reshape(whole, (*shape, *np.shape(whole)[1:])).astype(kind)


language(np.vectorize)

# -- decorators that are called ----------------------------------------------------------------------


@written_out(functools.cache)
def cache(user_function: Any) -> Any:
    memo: Any = {}

    def cached(*args: Any, **kwds: Any) -> Any:
        key = (len(args), *args, *kwds, *kwds.values())
        if key not in memo:
            memo[key] = user_function(*args, **kwds)
        return memo[key]

    return cached


@written_out(functools.lru_cache)
def lru_cache(maxsize: Any = 128, typed: bool = False) -> Any:
    return cache(maxsize) if callable(maxsize) else cache


refuse(
    "A function that is made here by singledispatch is not differentiated. Define it, and those it chooses from, at "
    "module level.",
    functools.singledispatch,
)

# -- records of unique entries -----------------------------------------------------------------------

UniqueAll = type(np.unique_all(np.zeros(1)))
UniqueCounts = type(np.unique_counts(np.zeros(1)))
UniqueInverse = type(np.unique_inverse(np.zeros(1)))


@written_out(np.unique_all)
def unique_all(x: Any) -> Any:
    parts = np.unique(x, return_index=True, return_inverse=True, return_counts=True, equal_nan=False)
    return UniqueAll(parts[0], parts[1], np.reshape(parts[2], np.shape(x)), parts[3])


@written_out(np.unique_counts)
def unique_counts(x: Any) -> Any:
    parts = np.unique(x, return_counts=True, equal_nan=False)
    return UniqueCounts(parts[0], parts[1])


@written_out(np.unique_inverse)
def unique_inverse(x: Any) -> Any:
    parts = np.unique(x, return_inverse=True, equal_nan=False)
    return UniqueInverse(parts[0], np.reshape(parts[1], np.shape(x)))


# -- real functions that go on in the complex plane --------------------------------------------------


def below_zero(x: Any) -> Any:
    """Return ``x``, as complex numbers where one is real and negative."""
    return x + 0j if np.any(np.isreal(x) & (np.asarray(x) < 0)) else x


def beyond_one(x: Any) -> Any:
    """Return ``x``, as complex numbers where one is real and larger than 1 in modulus."""
    return x + 0j if np.any(np.isreal(x) & (np.abs(x) > 1)) else x


@written_out(np.emath.sqrt)
def emath_sqrt(x: Any) -> Any:
    return np.sqrt(below_zero(x))


@written_out(np.emath.log)
def emath_log(x: Any) -> Any:
    return np.log(below_zero(x))


@written_out(np.emath.log2)
def emath_log2(x: Any) -> Any:
    return np.log2(below_zero(x))


@written_out(np.emath.log10)
def emath_log10(x: Any) -> Any:
    return np.log10(below_zero(x))


@written_out(np.emath.logn)
def emath_logn(n: Any, x: Any) -> Any:
    return np.log(below_zero(x)) / np.log(below_zero(n))


@written_out(np.emath.power)
def emath_power(x: Any, p: Any) -> Any:
    return np.power(below_zero(x), np.multiply(p, 1.0) if np.any(np.isreal(p) & (np.asarray(p) < 0)) else p)


@written_out(np.emath.arccos)
def emath_arccos(x: Any) -> Any:
    return np.arccos(beyond_one(x))


@written_out(np.emath.arcsin)
def emath_arcsin(x: Any) -> Any:
    return np.arcsin(beyond_one(x))


@written_out(np.emath.arctanh)
def emath_arctanh(x: Any) -> Any:
    return np.arctanh(beyond_one(x))


# -- operators ---------------------------------------------------------------------------------------


@written_out(operator.abs)
def absolute(a: Any) -> Any:
    return abs(a)


@written_out(operator.neg)
def negative(a: Any) -> Any:
    return -a


@written_out(operator.pos)
def positive(a: Any) -> Any:
    return +a


@written_out(operator.add, operator.concat)
def add(a: Any, b: Any) -> Any:
    return a + b


@written_out(operator.sub)
def subtract(a: Any, b: Any) -> Any:
    return a - b


@written_out(operator.mul)
def multiply(a: Any, b: Any) -> Any:
    return a * b


@written_out(operator.truediv)
def divide(a: Any, b: Any) -> Any:
    return a / b


@written_out(operator.mod)
def modulo(a: Any, b: Any) -> Any:
    return a % b


@written_out(operator.pow)
def power(a: Any, b: Any) -> Any:
    return a**b


@written_out(operator.matmul)
def matmul(a: Any, b: Any) -> Any:
    return a @ b


@written_out(operator.iadd, operator.iconcat)
def add_in_place(a: Any, b: Any) -> Any:
    a += b
    return a


@written_out(operator.isub)
def subtract_in_place(a: Any, b: Any) -> Any:
    a -= b
    return a


@written_out(operator.imul)
def multiply_in_place(a: Any, b: Any) -> Any:
    a *= b
    return a


@written_out(operator.itruediv)
def divide_in_place(a: Any, b: Any) -> Any:
    a /= b
    return a


@written_out(operator.imod)
def modulo_in_place(a: Any, b: Any) -> Any:
    a %= b
    return a


@written_out(operator.ipow)
def power_in_place(a: Any, b: Any) -> Any:
    a **= b
    return a


@written_out(operator.imatmul)
def matmul_in_place(a: Any, b: Any) -> Any:
    a @= b
    return a


refuse(
    "This operator has no derivative, and changes its left operand: write it as a statement.",
    operator.iand, operator.ifloordiv, operator.ilshift, operator.ior, operator.irshift, operator.ixor,
)  # fmt: skip


@written_out(operator.getitem)
def get_item(a: Any, b: Any) -> Any:
    return a[b]


@written_out(operator.setitem)
def set_item(a: Any, b: Any, c: Any) -> None:
    a[b] = c


@written_out(operator.delitem)
def delete_item(a: Any, b: Any) -> None:
    del a[b]


if hasattr(operator, "call"):

    @written_out(operator.call)
    def call(obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return obj(*args, **kwargs)
