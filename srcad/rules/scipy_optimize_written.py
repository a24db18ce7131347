"""Least squares by ``scipy.optimize``, written out as the minimum of half the sum of squares that they have found."""

from __future__ import annotations

import numpy as np
import scipy.optimize

from srcad import runtime as rt
from srcad.rules.registry import written_out


class Fit:
    """What ``scipy.optimize.least_squares`` returns, as far as it has a derivative."""

    def __init__(self, x, fun, found):
        self.x, self.fun, self.cost = x, fun, 0.5 * np.sum(fun * fun)
        self.status, self.message, self.success = found.status, found.message, found.success
        self.nfev, self.njev, self.optimality = found.nfev, found.njev, found.optimality

    @property
    def jac(self):
        return rt.not_covered("The Jacobian that least_squares returns", "Compute it with srcad.jacobian.")

    @property
    def grad(self):
        return rt.not_covered("The gradient that least_squares returns", "Compute it with srcad.grad.")


def _stay(half_squares, x):
    """Return a minimum that was found, which moves as the function does."""
    return scipy.optimize.minimize(half_squares, x, method="BFGS", options={"maxiter": 0}).x


@written_out(scipy.optimize.least_squares)
def least_squares(
    fun, x0, jac="2-point", bounds=(-np.inf, np.inf), method="trf", ftol=1e-8, xtol=1e-8, gtol=1e-8, x_scale=None,
    loss="linear", f_scale=1.0, diff_step=None, tr_solver=None, tr_options=None, jac_sparsity=None, max_nfev=None,
    verbose=0, args=(), kwargs=None, callback=None, workers=None,
):  # fmt: skip
    if loss != "linear":
        rt.not_covered("least_squares with another loss", "Use scipy.optimize.minimize.")
    named = {} if kwargs is None else kwargs
    options = {
        "jac": jac, "bounds": bounds, "method": method, "ftol": ftol, "xtol": xtol, "gtol": gtol,
        "x_scale": x_scale, "diff_step": diff_step, "tr_solver": tr_solver, "jac_sparsity": jac_sparsity,
        "max_nfev": max_nfev, "verbose": verbose,
    }  # fmt: skip
    found = rt.scipy_optimize.least_squares_found(fun, x0, args, named, options)

    def half_squares(x):
        residuals = fun(x, *args, **named)
        return 0.5 * np.sum(residuals * residuals)

    x = _stay(half_squares, found.x)
    return Fit(x, np.atleast_1d(fun(x, *args, **named)), found)


@written_out(scipy.optimize.curve_fit)
def curve_fit(
    f, xdata, ydata, p0=None, sigma=None, absolute_sigma=False, check_finite=None, bounds=(-np.inf, np.inf),
    method=None, jac=None, *, full_output=False, nan_policy=None, **kwargs,
):  # fmt: skip
    if full_output:
        rt.not_covered("curve_fit with full_output", "Leave it out.")
    found = rt.scipy_optimize.curve_fit_found(
        f, xdata, ydata, p0, sigma, absolute_sigma, bounds, method, jac, nan_policy, kwargs
    )
    widths = 1.0 if sigma is None else np.asarray(sigma)
    if np.ndim(widths) == 2:
        rt.not_covered("curve_fit with a matrix sigma", "Use standard deviations.")

    def half_squares(p):
        residuals = (f(xdata, *[p[k] for k in range(len(p))]) - ydata) / widths
        return 0.5 * np.sum(residuals * residuals)

    p = _stay(half_squares, found[0])
    return p, rt.scipy_optimize.covariance(found[1], p)
