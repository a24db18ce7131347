"""Products with sparse matrices."""

from __future__ import annotations

from typing import Any

__all__ = ["product", "transposed"]


def transposed(matrix: Any) -> Any:
    """Return the transposed sparse matrix, in the format of rows compressed that solvers want."""
    return matrix.T.tocsr() if hasattr(matrix.T, "tocsr") else matrix.T


def product(matrix: Any, x: Any) -> Any:
    """Return ``matrix @ x``."""
    return matrix @ x
