"""Products that sum: matmul, dot, outer, einsum and their like."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from srcad.analysis.kinds import NUMBER, Kind, array, dims_of, dims_unless_scalar
from srcad.analysis.results.shaped import (
    Call,
    as_array,
    broadcast_dims,
    integer,
    maybe_inexact,
    product_length,
    promote,
    shaped,
)

__all__ = ["contracted", "dot", "einsum", "inner", "kron", "matmul", "outer", "tensordot", "trace", "vdot"]


def _like(*operands: Kind) -> Kind:
    """A scalar of the product's dtype."""
    dtype = promote(operands)
    return Kind("number", dtype=dtype) if dtype or any(map(maybe_inexact, operands)) else NUMBER


def matmul(left: Kind, right: Kind) -> Kind:
    """Return the kind of ``left @ right``, of which neither can be a scalar."""
    a, b = dims_unless_scalar(as_array(left)), dims_unless_scalar(as_array(right))
    like = _like(as_array(left), as_array(right))
    if not a or not b:
        return NUMBER if "array" in (left.name, right.name) else Kind("any")
    batch = broadcast_dims([a[:-2], b[:-2]])
    rows = a[-2:-1] if len(a) > 1 else ()
    columns = b[-1:] if len(b) > 1 else ()
    return shaped((*(batch or ()), *rows, *columns), like)


def contracted(ufunc: np.ufunc, left: Kind, right: Kind) -> Kind:
    """Return the kind of ``np.vecdot(x1, x2)``, ``np.matvec(x1, x2)`` and ``np.vecmat(x1, x2)``."""
    left, right = as_array(left), as_array(right)
    a, b = dims_of(left), dims_of(right)
    like = _like(left, right)
    several: dict[Any, tuple[int, int]] = {np.vecdot: (1, 1), np.matvec: (2, 1), np.vecmat: (1, 2)}
    ranks = several[ufunc]
    if a is None or b is None or len(a) < ranks[0] or len(b) < ranks[1]:
        return NUMBER
    batch = broadcast_dims([a[: len(a) - ranks[0]], b[: len(b) - ranks[1]]]) or ()
    rest = a[-2:-1] if ranks[0] == 2 else b[-1:] if ranks[1] == 2 else ()
    return shaped((*batch, *rest), like)


def dot(call: Call) -> Kind:
    """Return the kind of ``np.dot(a, b)``."""
    left, right = (as_array(k) for k in call.arguments[:2])
    a, b = dims_of(left), dims_of(right)
    if a is None or b is None or not call.only(positions=2):
        return NUMBER
    like = _like(left, right)
    if not a or not b:
        return shaped(a or b, like)
    return shaped((*a[:-1], *b[:-2], *(b[-1:] if len(b) > 1 else ())), like)


def inner(call: Call) -> Kind:
    """Return the kind of ``np.inner(a, b)``."""
    left, right = (as_array(k) for k in call.arguments[:2])
    a, b = dims_of(left), dims_of(right)
    if a is None or b is None:
        return NUMBER
    return shaped(a[:-1] + b[:-1] if a and b else a or b, _like(left, right))


def outer(call: Call) -> Kind:
    """Return the kind of ``np.outer(a, b)``, which flattens both."""
    left, right = (as_array(k) for k in call.arguments[:2])
    sizes = [
        "?" if dims is None else product_length(dims) if dims else "1" for dims in map(dims_of, (left, right))
    ]
    if not call.only(positions=2):
        return NUMBER
    dtype = promote((left, right))
    return array(None, True, sizes, dtype)


def vdot(call: Call) -> Kind:
    """Return the kind of ``np.vdot(a, b)``, a scalar."""
    return shaped((), _like(*(as_array(k) for k in call.arguments[:2])))


def kron(call: Call) -> Kind:
    """Return the kind of ``np.kron(a, b)``: each axis as long as the product."""
    left, right = (as_array(k) for k in call.arguments[:2])
    a, b = dims_of(left), dims_of(right)
    if not a or not b:
        return NUMBER
    rank = max(len(a), len(b))
    padded = [("1",) * (rank - len(dims)) + dims for dims in (a, b)]
    return shaped([product_length(pair) for pair in zip(*padded)], _like(left, right))


def tensordot(call: Call) -> Kind:
    """Return the kind of ``np.tensordot(a, b, axes)``."""
    left, right = (as_array(k) for k in call.arguments[:2])
    a, b = dims_of(left), dims_of(right)
    count = integer(call.get(2, "axes"), 2)
    if a is None or b is None or type(count) is not int or count > min(len(a), len(b)) or count < 0:
        return NUMBER
    dims = a[: len(a) - count] + b[count:]
    return shaped(dims, _like(left, right)) if dims else NUMBER


def trace(call: Call) -> Kind:
    """Return the kind of ``np.trace(a)``."""
    operand = as_array(call.arguments[0])
    dims = dims_of(operand)
    if dims is None or len(dims) < 2 or not call.only("offset", positions=2):
        return NUMBER
    rest = dims[2:]
    if operand.dtype in ("bool", None):
        return array(None, True, rest)
    return shaped(rest, operand)


def einsum(call: Call) -> Kind:
    """Return the kind of ``np.einsum("ij,jk->ik", a, b)``; an axis of length one broadcasts."""
    pattern, operands = call.texts.get(0), [as_array(k) for k in call.arguments[1:]]
    if pattern is None or not call.only("optimize") or "." in pattern:
        return NUMBER
    inputs, arrow, output = re.sub(r"\s", "", pattern).partition("->")
    terms = inputs.split(",")
    if not arrow:
        letters = inputs.replace(",", "")
        output = "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    found: dict[str, set[str]] = {}
    for term, operand in zip(terms, operands):
        dims = dims_of(operand)
        if dims is None or len(dims) != len(term) or len(set(term)) < len(term):
            return NUMBER
        for letter, size in zip(term, dims):
            if term.count(letter) > 1 and size != "N":
                size = "?"
            found.setdefault(letter, set()).add(size)
    if len(terms) != len(operands) or not set(output) <= set(found):
        return NUMBER
    sizes = [next(size for size in ("N", "?", "1") if size in found[letter]) for letter in output]
    return shaped(sizes, _like(*operands)) if sizes else Kind("float", dtype=promote(operands))
