"""Jacobians and Hessians of known sparsity, by one directional derivative for each colour of their columns."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.callables.derivatives import Remade
from srcad.callables.places import call_of_srcad, place
from srcad.callables.targets import Target
from srcad.errors import ArgumentError
from srcad.operators.forward import Jvp, jvp
from srcad.operators.products import hvp
from srcad.rules import registry

__all__ = ["column_colors", "jacobian_pattern", "sparse_hessian", "sparse_jacobian"]


def column_colors(pattern: Any) -> Any:
    """Return a colour for each column, such that no two columns of one colour meet in a row.

    Parameters
    ----------
    pattern : scipy.sparse matrix or array, shape (m, n)
        Where the entries may differ from zero.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        The colours 0, 1, 2 ...

    Notes
    -----
    The greedy rule of A. R. Curtis, M. J. D. Powell and J. K. Reid, "On the Estimation of Sparse Jacobian Matrices",
    IMA Journal of Applied Mathematics 13 (1974): columns in order, each with the first colour that is free.

    Examples
    --------
    >>> import numpy as np
    >>> column_colors(np.eye(5) + np.eye(5, k=1))
    array([0, 1, 0, 1, 0])
    """
    by_column = _structure(pattern).tocsc()
    by_row = by_column.tocsr()
    count = by_column.shape[1]
    colors = np.full(count, -1)
    for column in range(count):
        rows = by_column.indices[by_column.indptr[column] : by_column.indptr[column + 1]]
        taken = {
            int(colors[other])
            for row in rows
            for other in by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]]
        }
        color = 0
        while color in taken:
            color += 1
        colors[column] = color
    return colors


def sparse_jacobian(
    f: Callable[..., Any],
    pattern: Any,
    check_pattern: bool = True,
    argnums: int | str = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
) -> Callable[..., Any]:
    """Return a function that computes the Jacobian of ``f``, in as many runs of forward mode as there are colours.

    Parameters
    ----------
    f : callable
        A function of a vector of length n (and of others), with a vector of length m as result.
    pattern : scipy.sparse matrix or array, shape (m, n)
        Where the Jacobian may differ from zero; `jacobian_pattern` finds it.
    check_pattern : bool
        Compare the product of the result and a random vector with one run more of forward mode, which finds entries
        outside of the pattern.
    argnums : int or str
        The parameter to differentiate by, by position or name.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated; the result is ``(matrix, auxiliary)``.
    holomorphic : bool
        ``f`` is complex differentiable: the vector is complex.

    Returns
    -------
    callable
        Called like ``f``; returns a ``scipy.sparse.csr_array`` with the entries of the pattern.

    Raises
    ------
    ArgumentError
        When called, if the lengths do not fit the pattern, or an entry outside of it is not zero.
    ImportError
        If SciPy is not installed.

    Notes
    -----
    With ``check_pattern=False`` an entry outside of the pattern that is not zero is added to another one.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad import sparse_jacobian
    >>> def differences(x):
    ...     return x[1:] ** 2 - x[:-1]
    >>> pattern = np.eye(3, 4) + np.eye(3, 4, k=1)
    >>> sparse_jacobian(differences, pattern)(np.arange(4.0)).toarray()
    array([[-1.,  2.,  0.,  0.],
           [ 0., -1.,  4.,  0.],
           [ 0.,  0., -1.,  6.]])
    """
    derivative: Jvp = jvp(f, has_aux=has_aux)

    def product(v: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        _, *found = derivative.along(args, kwargs, argnums, holomorphic, v)
        return tuple(found)

    made = _Compressed(derivative.target, pattern, product, argnums, check_pattern)
    made.remade_by(sparse_jacobian, f, pattern, check_pattern, argnums, has_aux, holomorphic)
    return made


def sparse_hessian(
    f: Callable[..., Any],
    pattern: Any,
    check_pattern: bool = True,
    argnums: int | str = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
) -> Callable[..., Any]:
    """Return a function that computes the Hessian of ``f``, in as many products with vectors as there are colours.

    Parameters
    ----------
    f : callable
        A function of a vector of length n (and of others), with a real scalar as result.
    pattern : scipy.sparse matrix or array, shape (n, n)
        Where the Hessian may differ from zero, in both triangles.
    check_pattern : bool
        As in `sparse_jacobian`.
    argnums : int or str
        The parameter to differentiate by, by position or name.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated; the result is ``(matrix, auxiliary)``.
    holomorphic : bool
        ``f`` is complex differentiable: the vector is complex.

    Returns
    -------
    callable
        Called like ``f``; returns a ``scipy.sparse.csr_array`` with the entries of the pattern.

    Raises
    ------
    ArgumentError
        When called, if the lengths do not fit the pattern, or an entry outside of it is not zero.
    ImportError
        If SciPy is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad import sparse_hessian
    >>> def chain(x):
    ...     return np.sum(x[1:] * x[:-1])
    >>> pattern = np.eye(3) + np.eye(3, k=1) + np.eye(3, k=-1)
    >>> sparse_hessian(chain, pattern)(np.ones(3)).toarray()
    array([[0., 1., 0.],
           [1., 0., 1.],
           [0., 1., 0.]])
    """
    derivative = hvp(f, argnums, has_aux, holomorphic)

    def product(v: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        found = derivative(*args, v, **kwargs)
        return found if has_aux else (found,)

    made = _Compressed(Target(f), pattern, product, argnums, check_pattern)
    made.remade_by(sparse_hessian, f, pattern, check_pattern, argnums, has_aux, holomorphic)
    return made


class _Compressed(Remade):
    """Computes the products with one vector for each colour, and spreads their entries over the pattern."""

    def __init__(
        self,
        target: Target,
        pattern: Any,
        product: Callable[..., tuple[Any, ...]],
        argnums: int | str,
        checks: bool,
    ) -> None:
        self.target, self.checks = target, checks
        self.name = _one_parameter(target, argnums)
        self.pattern = _structure(pattern)
        self.colors = column_colors(self.pattern)
        self.product = product

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the matrix at these arguments."""
        rows, columns = self.pattern.shape
        x = dict(zip(self.target.names, self.target.bind(args, kwargs)))[self.name]
        if not isinstance(x, np.ndarray):
            raise ArgumentError(f"A sparse matrix of derivatives is by an array, and the argument is a {type(x).__name__}.",
                                f"Pass an array of length {columns}.", call_of_srcad())  # fmt: skip
        if np.shape(x) != (columns,):
            raise ArgumentError(f"The pattern has {columns} columns, and the argument the shape {np.shape(x)}.",
                                f"Pass a vector of length {columns}.", call_of_srcad())  # fmt: skip
        count = int(self.colors.max(initial=-1)) + 1
        row, column = self.pattern.coords
        dtype = np.result_type(x, np.float16)
        entries = np.zeros(len(row), dtype)
        aux: list[Any] = []
        for color in range(max(count, 1)):
            product, *aux = self.product((self.colors == color).astype(dtype), args, kwargs)
            if np.shape(product) != (rows,):
                raise ArgumentError(f"The pattern has {rows} rows, and the result the shape {np.shape(product)}.",
                                    f"Return a vector of length {rows}.", place(self.target.func))  # fmt: skip
            here = self.colors[column] == color
            entries[here] = product[row[here]]
        matrix = _scipy_sparse().csr_array((entries, (row, column)), shape=(rows, columns))
        if self.checks and columns:
            vector = np.random.default_rng(0).uniform(0.5, 1.5, columns).astype(dtype)
            self._check(matrix, vector, np.asarray(self.product(vector, args, kwargs)[0]))
        return (matrix, *aux) if aux else matrix

    def _check(self, matrix: Any, vector: Any, product: Any) -> None:
        """Refuse a matrix whose product with a vector is not that of the function."""
        if np.shape(product) != (matrix.shape[0],):
            return
        eps = float(np.finfo(matrix.dtype).eps)
        size = np.maximum(abs(matrix) @ np.abs(vector), np.abs(product))
        finite = np.isfinite(size)
        # rounding is in proportion to the row, and to what cancels in it
        most = np.sqrt(eps) * size + 1e3 * eps * np.max(size, initial=0.0, where=finite)
        wrong = finite & (np.abs(matrix @ vector - product) > most)
        if np.any(wrong):
            raise ArgumentError(f"Row {int(np.argmax(wrong))} of the matrix has entries that are not zero outside of the "
                                "pattern.", "Give a larger pattern: jacobian_pattern finds it.",
                                place(self.target.func))  # fmt: skip


def _one_parameter(target: Target, argnums: int | str) -> str:
    """Return the name of the parameter to differentiate by."""
    if isinstance(argnums, tuple):
        raise ArgumentError("A sparse matrix belongs to one vector, and argnums names several.",
                            "Give one position or name, and one pattern for each vector.", call_of_srcad())  # fmt: skip
    return target.wanted(argnums)[0]


def jacobian_pattern(
    f: Callable[..., Any],
    *args: Any,
    probes: int = 2,
    argnums: int | str = 0,
    has_aux: bool = False,
    **kwargs: Any,
) -> Any:
    """Return where the Jacobian of ``f`` differs from zero at random points near its vector, column after column.

    Parameters
    ----------
    f : callable
        A function of a vector (and of others), with a vector as result; the gradient of a function, for its Hessian.
    *args, **kwargs
        Its arguments, among them the vector around which to look.
    probes : int
        How many points.  An entry that vanishes at all of them (behind a branch not taken) is not found.
    argnums : int or str
        Which parameter is the vector, by position or name.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated.

    Returns
    -------
    scipy.sparse.csr_array of bool
        The pattern; n runs of forward mode a probe, to be done once for many Jacobians.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad import jacobian_pattern
    >>> jacobian_pattern(lambda x: x[1:] * x[:-1], np.ones(3)).toarray()
    array([[ True,  True, False],
           [False,  True,  True]])
    """
    sparse = _scipy_sparse()
    derivative: Jvp = jvp(f, has_aux=has_aux)
    target = derivative.target
    name = _one_parameter(target, argnums)
    x = dict(zip(target.names, target.bind(args, kwargs)))[name]
    k = target.names.index(name) - len(target.before)
    generator = np.random.default_rng(0)
    found = None
    for _ in range(probes):
        point = x + 0.1 * generator.standard_normal(np.shape(x)) * np.maximum(np.abs(x), 1.0)
        given = (*args[:k], point, *args[k + 1 :]) if k < len(args) else args
        named = kwargs if k < len(args) else {**kwargs, name: point}
        columns = []
        for direction in np.eye(len(x)):
            tangent = derivative.along(given, named, argnums, False, direction)[1]
            columns.append(sparse.csc_array((tangent != 0)[:, None]))
        pattern = sparse.hstack(columns).tocsr()
        found = pattern if found is None else found + pattern
    return found


def _scipy_sparse() -> Any:
    """Return the module, which is not imported before it is needed."""
    try:
        return importlib.import_module("scipy.sparse")
    except ImportError as error:
        raise ImportError("Sparse matrices need SciPy: pip install srcad[scipy].") from error


def _structure(pattern: Any) -> Any:
    """Return a pattern as a sparse array of coordinates without repetitions, whatever its values are."""
    sparse = _scipy_sparse()
    try:
        found = sparse.csr_array(pattern != 0 if isinstance(pattern, np.ndarray) else pattern)
        found = found if found.ndim == 2 else None
    except (TypeError, ValueError):
        found = None
    if found is None:
        raise ArgumentError(f"The pattern is no matrix, but {pattern!r}.",
                            "Give a matrix of scipy.sparse or an array of two axes; jacobian_pattern finds it.",
                            call_of_srcad())  # fmt: skip
    found.sum_duplicates()
    return sparse.coo_array((np.ones(found.nnz), found.tocoo().coords), shape=found.shape)


registry.refuse(
    "A sparse Jacobian or Hessian has no derivative here: take jacobian or hvp inside of what is differentiated.",
    sparse_jacobian,
    sparse_hessian,
    jacobian_pattern,
    _Compressed.__call__,
)
