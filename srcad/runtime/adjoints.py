"""Adjoints of products, reductions, joins and factorisations that rules call."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.runtime.arrays import scatter, unbroadcast

__all__ = [
    "dot_adjoint_a", "dot_adjoint_b", "extremum_adjoint", "inside", "log_or_zero", "matmul_adjoint_a", "matmul_adjoint_b",
    "norm_adjoint", "power_mixed_partial", "power_partial_base", "power_partial_exponent", "prod_adjoint",
    "reciprocal_or_zero", "extremum_share", "split_like", "expand", "cumsum_adjoint", "einsum_adjoint",
    "take_positions",
]  # fmt: skip



def expand(g: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """Return the result of a reduction in a shape that broadcasts with what was reduced."""
    if axis is None or keepdims:
        return g
    axes = axis if isinstance(axis, tuple) else (axis,)
    return np.expand_dims(g, tuple(i % np.ndim(a) for i in axes))



def extremum_share(x: Any, y: Any, ans: Any) -> Any:
    """Return 1 where ``x`` alone is the extremum ``ans``, 1/2 where ``y`` ties, 0 elsewhere."""
    if isinstance(x, (float, int)) and isinstance(y, (float, int)):
        return 0.5 if x == y else float(x == ans)
    return (np.equal(x, ans) * np.where(np.equal(x, y), 0.5, 1.0)).astype(np.result_type(ans))[()]


def inside(a: Any, low: Any, high: Any) -> Any:
    """Return 1 where ``a`` lies within the bounds, 0 elsewhere."""
    above = True if low is None else np.greater_equal(a, low)
    below = True if high is None else np.less_equal(a, high)
    return np.multiply(np.logical_and(above, below), np.ones_like(a))


def power_partial_base(x: Any, p: Any) -> Any:
    """Return ``p * x ** (p - 1)``, zero where ``p`` is zero."""
    if isinstance(x, float) and isinstance(p, (float, int)):
        return p * x ** (p - 1) if p else 0.0
    safe = np.where(np.equal(p, 0), 1.0, x).astype(np.result_type(x, p, np.float32), copy=False)
    return p * safe ** (np.where(np.equal(p, 0), 1, p) - 1.0)


def power_mixed_partial(x: Any, p: Any) -> Any:
    """Return the derivative of ``p * x ** (p - 1)`` with respect to ``p``."""
    return np.power(x, p - 1.0) * (1.0 + p * log_or_zero(x))


def power_partial_exponent(ans: Any, x: Any, p: Any) -> Any:
    """Return ``ans * log(x)``, zero where ``x`` is zero."""
    return ans * log_or_zero(x)


def log_or_zero(x: Any) -> Any:
    """Return ``log(x)``, zero where ``x`` is zero."""
    return np.log(np.where(np.equal(x, 0), 1.0, x))[()]


def reciprocal_or_zero(x: Any) -> Any:
    """Return ``1 / x``, zero where ``x`` is zero."""
    if isinstance(x, float):
        return 1.0 / x if x else 0.0
    zero = np.equal(x, 0)
    return (np.where(zero, 0.0, 1.0) / np.where(zero, 1.0, x))[()]


def matmul_adjoint_a(g: Any, a: Any, b: Any) -> Any:
    """Return the gradient of ``a`` in ``a @ b``."""
    if np.ndim(b) == 1:
        grad = np.expand_dims(g, -1) * b if np.ndim(a) > 1 else g * b
    elif np.ndim(a) == 1:
        grad = np.matmul(b, np.expand_dims(g, -1))[..., 0]
    else:
        grad = np.matmul(g, np.swapaxes(b, -1, -2))
    return unbroadcast(grad, a)


def matmul_adjoint_b(g: Any, a: Any, b: Any) -> Any:
    """Return the gradient of ``b`` in ``a @ b``."""
    if np.ndim(a) == 1:
        grad = g * a if np.ndim(b) == 1 else np.expand_dims(a, -1) * np.expand_dims(g, -2)
    elif np.ndim(b) == 1:
        grad = np.matmul(np.swapaxes(a, -1, -2), np.expand_dims(g, -1))[..., 0]
    else:
        grad = np.matmul(np.swapaxes(a, -1, -2), g)
    return unbroadcast(grad, b)


def dot_adjoint_a(g: Any, a: Any, b: Any) -> Any:
    """Return the gradient of ``a`` in ``np.dot(a, b)``."""
    if np.ndim(a) == 0:
        return np.sum(g * b)
    if np.ndim(b) == 0:
        return g * b
    if np.ndim(b) == 1:
        return np.multiply.outer(g, b)
    moved = np.moveaxis(b, -2, -1)
    return np.tensordot(g, moved, (list(range(np.ndim(a) - 1, np.ndim(g))), list(range(np.ndim(b) - 1))))


def dot_adjoint_b(g: Any, a: Any, b: Any) -> Any:
    """Return the gradient of ``b`` in ``np.dot(a, b)``."""
    if np.ndim(b) == 0:
        return np.sum(g * a)
    if np.ndim(a) == 0:
        return g * a
    lead = list(range(np.ndim(a) - 1))
    grad = np.tensordot(a, g, (lead, lead))
    return grad if np.ndim(b) == 1 else np.moveaxis(grad, 0, -2)


def extremum_adjoint(g: Any, ans: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """Return the gradient of a maximum or minimum; a tie shares it equally."""
    hit = np.equal(a, expand(ans, a, axis, keepdims))
    return hit * (expand(g, a, axis, keepdims) / np.sum(hit, axis=axis, keepdims=True))


def prod_adjoint(g: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """Return the gradient of a product, right also where factors are zero."""
    axes = tuple(range(np.ndim(a))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(i % np.ndim(a) for i in axes)
    zero = np.equal(a, 0)
    safe = np.where(zero, 1.0, a)
    others = np.prod(safe, axis=axes, keepdims=True)
    count = np.sum(zero, axis=axes, keepdims=True)
    partial = np.where(count == 0, others / safe, np.where((count == 1) & zero, others, 0.0))
    return expand(g, a, axis, keepdims) * partial


def norm_adjoint(g: Any, ans: Any, x: Any, axis: Any, keepdims: Any) -> Any:
    """Return the gradient of the 2-norm, zero at zero."""
    scale = expand(g, x, axis, keepdims) * reciprocal_or_zero(expand(ans, x, axis, keepdims))
    return x * scale


def cumsum_adjoint(g: Any, a: Any, axis: Any) -> Any:
    """Return the gradient of a cumulative sum."""
    if axis is None:
        return np.reshape(np.cumsum(g[::-1])[::-1], np.shape(a))
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


def split_like(g: Any, arrays: Any, axis: Any) -> list[Any]:
    """Return the parts of ``g`` that belong to the ``arrays`` which were joined along ``axis``."""
    if axis is None:
        flat = split_like(g, [np.ravel(a) for a in arrays], 0)
        return [np.reshape(part, np.shape(a)) for part, a in zip(flat, arrays)]
    ends = np.cumsum([np.shape(a)[axis] for a in arrays])[:-1]
    return list(np.split(g, ends, axis))


def take_positions(g: Any, a: Any, indices: Any, axis: Any) -> Any:
    """Return the gradient of ``np.take``."""
    if axis is None:
        return np.reshape(scatter(g, np.ravel(a), indices), np.shape(a))
    out = np.zeros(np.shape(a), np.result_type(g))
    moved = np.moveaxis(out, axis, 0)
    axes = tuple(range(axis % np.ndim(a), axis % np.ndim(a) + np.ndim(indices)))
    np.add.at(moved, np.asarray(indices), np.moveaxis(g, axes, tuple(range(np.ndim(indices)))))
    return out


def einsum_adjoint(g: Any, subscripts: str, operands: Any) -> list[Any]:
    """Return the gradients of the operands of an explicit or implicit ``np.einsum``."""
    if "..." in subscripts:
        raise TypeError("The derivative of einsum with an ellipsis is not available; write the axes out.")
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if not arrow:
        letters = sorted(set(inputs) - {","})
        output = "".join(c for c in letters if inputs.count(c) == 1)
    found = []
    for i, term in enumerate(terms):
        if len(set(term)) != len(term):
            raise TypeError("The derivative of einsum with a repeated index in one operand is not available.")
        others = [t for j, t in enumerate(terms) if j != i]
        known = set(output).union(*others)
        kept = "".join(c for c in term if c in known)
        part = np.einsum(",".join([output, *others]) + "->" + kept, g, *[o for j, o in enumerate(operands) if j != i])
        for position, letter in enumerate(term):
            if letter not in known:
                part = np.expand_dims(part, position)
        found.append(np.broadcast_to(part, np.shape(operands[i])))
    return found


def structured_like(g: Any, value: Any) -> Any:
    """Return the array ``g`` in the nesting of the lists it was made from."""
    if isinstance(value, (list, tuple)):
        return [structured_like(part, item) for part, item in zip(g, value)]
    return g


def astype_adjoint(g: Any, a: Any, dtype: Any) -> Any:
    """Return the gradient through a conversion; zero through one to integers."""
    if np.dtype(dtype).kind not in "fc":
        return np.zeros(np.shape(a))
    return np.asarray(g).astype(np.result_type(a) if np.result_type(a).kind in "fc" else np.float64)


def unstack_like(g: Any, arrays: Any, axis: int) -> list[Any]:
    """Return the parts of a vertical or horizontal stack."""
    if axis == 0:
        rows = [np.atleast_2d(a) for a in arrays]
        return [np.reshape(part, np.shape(a)) for part, a in zip(split_like(g, rows, 0), arrays)]
    columns = [np.atleast_1d(a) for a in arrays]
    parts = split_like(g, columns, 0 if columns[0].ndim == 1 else 1)
    return [np.reshape(part, np.shape(a)) for part, a in zip(parts, arrays)]


def diag_adjoint(g: Any, v: Any, k: int) -> Any:
    """Return the gradient of ``np.diag``."""
    if np.ndim(v) == 1:
        return np.diag(g, k)
    out = np.zeros(np.shape(v), np.result_type(g))
    rows = np.arange(len(g)) + max(-k, 0)
    out[rows, np.arange(len(g)) + max(k, 0)] = g
    return out


def solve_adjoint_a(g: Any, ans: Any, a: Any, b: Any) -> Any:
    """Return the gradient of the matrix in ``np.linalg.solve``."""
    inner = np.linalg.solve(np.swapaxes(a, -1, -2), g)
    if np.ndim(b) == 1:
        return -np.multiply.outer(inner, ans)
    return -np.matmul(inner, np.swapaxes(ans, -1, -2))


def cholesky_adjoint(g: Any, ans: Any) -> Any:
    """Return the gradient of the lower triangle that the factorisation reads.

    Murray, Differentiation of the Cholesky decomposition (2016), equation 10.
    """
    lower = np.swapaxes(ans, -1, -2) @ np.tril(g)
    half = np.tril(lower) * (1.0 - 0.5 * np.eye(ans.shape[-1]))
    inverse = np.linalg.inv(ans)
    whole = np.swapaxes(inverse, -1, -2) @ half @ inverse
    return np.tril(whole + np.swapaxes(whole, -1, -2)) * (1.0 - 0.5 * np.eye(ans.shape[-1]))


def _contracted(a: Any, b: Any, axes: Any) -> tuple[list[int], list[int]]:
    if isinstance(axes, int):
        return list(range(np.ndim(a) - axes, np.ndim(a))), list(range(axes))
    first, second = ([x] if isinstance(x, int) else list(x) for x in axes)
    return [i % np.ndim(a) for i in first], [i % np.ndim(b) for i in second]


def tensordot_adjoint_a(g: Any, a: Any, b: Any, axes: Any) -> Any:
    """Return the gradient of ``a`` in ``np.tensordot(a, b, axes)``."""
    first, second = _contracted(a, b, axes)
    kept_a = [i for i in range(np.ndim(a)) if i not in first]
    kept_b = [i for i in range(np.ndim(b)) if i not in second]
    grad = np.tensordot(g, b, (list(range(len(kept_a), len(kept_a) + len(kept_b))), kept_b))
    order = kept_a + [first[i] for i in np.argsort(second)]
    return np.transpose(grad, np.argsort(order))


def tensordot_adjoint_b(g: Any, a: Any, b: Any, axes: Any) -> Any:
    """Return the gradient of ``b`` in ``np.tensordot(a, b, axes)``."""
    first, second = _contracted(a, b, axes)
    kept_a = [i for i in range(np.ndim(a)) if i not in first]
    kept_b = [i for i in range(np.ndim(b)) if i not in second]
    grad = np.tensordot(a, g, (kept_a, list(range(len(kept_a)))))
    order = [second[i] for i in np.argsort(first)] + kept_b
    return np.transpose(grad, np.argsort(order))


def repeat_adjoint(g: Any, a: Any, repeats: Any, axis: Any) -> Any:
    """Return the gradient of ``np.repeat``."""
    source = np.ravel(a) if axis is None else a
    line = 0 if axis is None else axis
    positions = np.repeat(np.arange(np.shape(source)[line]), repeats)
    return np.reshape(take_positions(g, source, positions, line), np.shape(a))
