"""Linear least squares under bounds by ``scipy.optimize``: those without bounds, in the variables that are free.

Which ones lie on a bound is as SciPy finds it, and does not change nearby.
"""

from __future__ import annotations

import numpy as np
import scipy.optimize

from srcad import runtime as rt
from srcad.rules.registry import constant, written_out

constant(rt.scipy_optimize.nnls_sides, rt.scipy_optimize.lsq_linear_sides)


class Fitted:
    """What ``scipy.optimize.lsq_linear`` returns, as far as it has a derivative."""

    def __init__(self, x, fun, found):
        self.x, self.fun, self.cost = x, fun, 0.5 * np.sum(fun * fun)
        self.status, self.message, self.success = found.status, found.message, found.success
        self.active_mask, self.nit, self.optimality = found.active_mask, found.nit, found.optimality

    @property
    def unbounded_sol(self):
        return rt.not_covered("The solution without bounds", "Use numpy.linalg.lstsq.")


def _between(A, b, sides, low, high):
    """Return the least squares solution of which the variables on a side stay there."""
    free = np.flatnonzero(sides == 0)
    x = np.where(sides < 0, low, np.where(sides > 0, high, 0.0))
    if np.size(free) == 0:
        return x
    chosen = np.eye(np.size(sides))[:, free]
    return x + chosen @ np.linalg.lstsq(A[:, free], b - A @ x, rcond=None)[0]


@written_out(scipy.optimize.nnls)
def nnls(A, b, *, maxiter=None, atol=None):
    matrix, right = np.asarray(A), np.asarray(b)
    x = _between(matrix, right, rt.scipy_optimize.nnls_sides(matrix, right, maxiter), 0.0, 0.0)
    return x, np.linalg.norm(matrix @ x - right)


@written_out(scipy.optimize.lsq_linear)
def lsq_linear(
    A, b, bounds=(-np.inf, np.inf), method="trf", tol=1e-10, lsq_solver=None, lsmr_tol=None, max_iter=None,
    verbose=0, *, lsmr_maxiter=None,
):  # fmt: skip
    if isinstance(bounds, scipy.optimize.Bounds):
        bounds = (bounds.lb, bounds.ub)
    matrix, right = np.asarray(A), np.asarray(b)
    low, high = bounds
    sides, found = rt.scipy_optimize.lsq_linear_sides(
        matrix, right, (low, high), method, tol, lsq_solver, max_iter, verbose
    )
    x = _between(matrix, right, sides, np.where(sides < 0, low, 0.0), np.where(sides > 0, high, 0.0))
    return Fitted(x, matrix @ x - right, found)
