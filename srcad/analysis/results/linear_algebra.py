"""The results of ``np.linalg``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from srcad.analysis.kinds import ANY, NUMBER, Dims, Kind, dims_of
from srcad.analysis.results.shaped import Call, as_array, broadcast_dims, integer, number, promote, shaped

__all__ = ["LINEAR_ALGEBRA"]

_EIGH = type(np.linalg.eigh(np.eye(1)))
_EIG = type(np.linalg.eig(np.eye(1)))
_QR = type(np.linalg.qr(np.eye(1)))
_SVD = type(np.linalg.svd(np.eye(1)))
_SLOGDET = type(np.linalg.slogdet(np.eye(1)))


def _matrices(call: Call) -> tuple[Kind, Dims | None]:
    """The first argument as floating matrices, and their axes; None where it is not known that they are such."""
    operand = as_array(call.arguments[0]) if call.arguments else ANY
    dims = dims_of(operand)
    dtype = {"int": "float64", "bool": "float64"}.get(operand.dtype or "", operand.dtype)
    known = dims is not None and len(dims) >= 2
    return Kind("number", dtype=dtype), dims if known else None


def _real(like: Kind) -> Kind:
    return replace(like, dtype="float") if like.dtype == "complex" else like


def square(call: Call) -> Kind:
    """Return the kind of the inverse, of a power, of the Cholesky factor."""
    like, dims = _matrices(call)
    return shaped(dims, like)


def pinv(call: Call) -> Kind:
    """Return the kind of the pseudo-inverse."""
    like, dims = _matrices(call)
    return number(like) if dims is None else shaped((*dims[:-2], dims[-1], dims[-2]), like)


def det(call: Call) -> Kind:
    """Return the kind of the determinants."""
    like, dims = _matrices(call)
    return number(like) if dims is None else shaped(dims[:-2], like)


def solve(call: Call) -> Kind:
    """Return the kind of ``np.linalg.solve(a, b)``."""
    right = as_array(call.arguments[1]) if len(call.arguments) == 2 else ANY
    like, dims = _matrices(call)
    columns = dims_of(right)
    dtype = promote((like, right))
    if dims is None or columns is None or call.keywords:
        return NUMBER
    like = Kind("number", dtype={"int": "float64"}.get(dtype or "", dtype))
    if len(columns) == 1:
        return shaped(dims[:-1], like)
    batch = broadcast_dims([dims[:-2], columns[:-2]])
    return shaped((*(batch or ()), dims[-2], columns[-1]), like) if columns else ANY


def eigvalsh(call: Call) -> Kind:
    """Return the kind of the eigenvalues of Hermitian matrices."""
    like, dims = _matrices(call)
    return number(like) if dims is None else shaped(dims[:-1], _real(like))


def eigvals(call: Call) -> Kind:
    """Return the kind of eigenvalues, which may be complex."""
    _, dims = _matrices(call)
    return NUMBER if dims is None else shaped(dims[:-1], NUMBER)


def _part(dims: Dims | None, change: Callable[[Dims], Dims], like: Kind) -> Kind:
    return number(like) if dims is None else shaped(change(dims), like)


def eigh(call: Call) -> Kind:
    """Return the kind of eigenvalues and eigenvectors of Hermitian matrices."""
    like, dims = _matrices(call)
    parts = _part(dims, lambda d: d[:-1], _real(like)), _part(dims, lambda d: d, like)
    return Kind("tuple", items=parts, value=_EIGH)


def eig(call: Call) -> Kind:
    """Return the kind of eigenvalues and eigenvectors."""
    _, dims = _matrices(call)
    parts = _part(dims, lambda d: d[:-1], NUMBER), _part(dims, lambda d: d, NUMBER)
    return Kind("tuple", items=parts, value=_EIG)


def slogdet(call: Call) -> Kind:
    """Return the kind of the sign and logarithm of determinants."""
    like, dims = _matrices(call)
    parts = _part(dims, lambda d: d[:-2], like), _part(dims, lambda d: d[:-2], _real(like))
    return Kind("tuple", items=parts, value=_SLOGDET)


def qr(call: Call) -> Kind:
    """Return the kind of the QR factors, of which ``mode="r"`` gives one."""
    like, dims = _matrices(call)
    given = call.get(1, "mode")
    mode = "reduced" if given is None else call.texts.get("mode", call.texts.get(1))
    upper = _part(dims, lambda d: (*d[:-2], "?", d[-1]), like)
    if mode == "r":
        return upper
    if mode not in ("reduced", "complete"):
        return ANY
    return Kind("tuple", items=(_part(dims, lambda d: (*d[:-1], "?"), like), upper), value=_QR)


def svd(call: Call) -> Kind:
    """Return the kind of the singular value decomposition, or of the singular values alone."""
    like, dims = _matrices(call)
    values = _part(dims, lambda d: (*d[:-2], "?"), _real(like))
    computed = integer(call.get(2, "compute_uv"), True)
    if computed is False:
        return values
    if computed is not True:
        return ANY
    left, right = (
        _part(dims, lambda d: (*d[:-1], "?"), like),
        _part(dims, lambda d: (*d[:-2], "?", d[-1]), like),
    )
    return Kind("tuple", items=(left, values, right), value=_SVD)


def singular_values(call: Call) -> Kind:
    """Return the kind of ``np.linalg.svdvals(x)``."""
    like, dims = _matrices(call)
    return _part(dims, lambda d: (*d[:-2], "?"), _real(like))


LINEAR_ALGEBRA: dict[Any, Callable[[Call], Kind]] = {
    np.linalg.cholesky: square,
    np.linalg.det: det,
    np.linalg.eig: eig,
    np.linalg.eigh: eigh,
    np.linalg.eigvals: eigvals,
    np.linalg.eigvalsh: eigvalsh,
    np.linalg.inv: square,
    np.linalg.pinv: pinv,
    np.linalg.qr: qr,
    np.linalg.slogdet: slogdet,
    np.linalg.solve: solve,
    np.linalg.svd: svd,
    np.linalg.svdvals: singular_values,
}
