"""Derivatives of ``scipy.optimize``: roots, fixed points and minima by implicit differentiation.

The result does not depend on where the search starts: that is read, but has no derivative.
"""

from __future__ import annotations

import numpy as np
import scipy.optimize

from srcad import runtime as rt
from srcad.rules import (  # noqa: F401  (their rules are wanted)
    scipy_optimize_bounded,
    scipy_optimize_second,
    scipy_optimize_written,
)
from srcad.rules.registry import constant, jvp, refuse, vjp

constant(scipy.optimize.linprog_verbose_callback, scipy.optimize.show_options, scipy.optimize.test)
constant(
    *(
        rt.scipy_optimize.least_squares_found,
        rt.scipy_optimize.curve_fit_found,
        rt.scipy_optimize.no_covariance,
        rt.scipy_optimize.under_bounds,
        rt.scipy_optimize.between_bounds,
    )
)

_FULL = {"full_output": "Only the solution has a derivative; leave full_output at its default."}
_RTOL = 4 * np.finfo(float).eps
_BOUNDED = "A minimum under constraints has no derivative rule; substitute variables that are free."

# -- roots of one equation ---------------------------------------------------------------------------


def bracketed(
    ans, g, f, a, b, args=(), xtol=2e-12, rtol=_RTOL, maxiter=100, full_output=False, disp=True,
):  # fmt: skip
    pair = rt.scipy_optimize.root_adjoint(g, f, ans, args, None)
    return pair[0], 0.0, 0.0, pair[1]


def bracketed_moved(
    ans, t, f, a, b, args=(), xtol=2e-12, rtol=_RTOL, maxiter=100, full_output=False, disp=True,
):  # fmt: skip
    return rt.scipy_optimize.root_tangent(f, t[0], ans, args, t[1], None)


for _solver in (scipy.optimize.bisect, scipy.optimize.brenth, scipy.optimize.brentq, scipy.optimize.ridder):
    vjp(_solver, "f", "a", "b", "args", shaped=("a", "b"), refused=_FULL)(bracketed)
    jvp(_solver, "f", "args")(bracketed_moved)


@vjp(scipy.optimize.toms748, "f", "a", "b", "args", shaped=("a", "b"), refused=_FULL)
def toms748(
    ans, g, f, a, b, args=(), k=1, xtol=2e-12, rtol=_RTOL, maxiter=100, full_output=False, disp=True,
):  # fmt: skip
    pair = rt.scipy_optimize.root_adjoint(g, f, ans, args, None)
    return pair[0], 0.0, 0.0, pair[1]


@jvp(scipy.optimize.toms748, "f", "args")
def toms748_moved(
    ans, t, f, a, b, args=(), k=1, xtol=2e-12, rtol=_RTOL, maxiter=100, full_output=False, disp=True,
):  # fmt: skip
    return rt.scipy_optimize.root_tangent(f, t[0], ans, args, t[1], None)


@vjp(scipy.optimize.newton, "func", "x0", "args", "x1", shaped=("x0", "x1"), refused=_FULL)
def newton(
    ans, g, func, x0, fprime=None, args=(), tol=1.48e-08, maxiter=50, fprime2=None, x1=None, rtol=0.0,
    full_output=False, disp=True,
):  # fmt: skip
    pair = rt.scipy_optimize.root_adjoint(g, func, ans, args, None)
    return pair[0], 0.0, pair[1], 0.0


@jvp(scipy.optimize.newton, "func", "args")
def newton_moved(
    ans, t, func, x0, fprime=None, args=(), tol=1.48e-08, maxiter=50, fprime2=None, x1=None, rtol=0.0,
    full_output=False, disp=True,
):  # fmt: skip
    return rt.scipy_optimize.root_tangent(func, t[0], ans, args, t[1], None)


@vjp(scipy.optimize.root_scalar, "f", "args", "bracket", "x0", "x1", shaped=("bracket", "x0", "x1"))
def root_scalar(
    ans, g, f, args=(), method=None, bracket=None, fprime=None, fprime2=None, x0=None, x1=None, xtol=None, rtol=None,
    maxiter=None, options=None,
):  # fmt: skip
    inner = rt.scipy_optimize.solution_gradient(g, "root", "scipy.optimize.root_scalar")
    pair = rt.scipy_optimize.root_adjoint(inner, f, ans.root, args, None)
    return pair[0], pair[1], 0.0, 0.0, 0.0


@jvp(scipy.optimize.root_scalar, "f", "args")
def root_scalar_moved(
    ans, t, f, args=(), method=None, bracket=None, fprime=None, fprime2=None, x0=None, x1=None, xtol=None, rtol=None,
    maxiter=None, options=None,
):  # fmt: skip
    change = rt.scipy_optimize.root_tangent(f, t[0], ans.root, args, t[1], None)
    return rt.scipy_optimize.result_tangent(ans, "root", change)


# -- systems and fixed points ------------------------------------------------------------------------


@vjp(scipy.optimize.root, "fun", "x0", "args", shaped=("x0",))
def root(ans, g, fun, x0, args=(), method="hybr", jac=None, tol=None, callback=None, options=None):
    inner = rt.scipy_optimize.solution_gradient(g, "x", "scipy.optimize.root")
    pair = rt.scipy_optimize.root_adjoint(inner, fun, ans.x, args, "scipy.optimize.root")
    return pair[0], 0.0, pair[1]


@jvp(scipy.optimize.root, "fun", "args")
def root_moved(ans, t, fun, x0, args=(), method="hybr", jac=None, tol=None, callback=None, options=None):
    change = rt.scipy_optimize.root_tangent(fun, t[0], ans.x, args, t[1], "scipy.optimize.root")
    return rt.scipy_optimize.result_tangent(ans, "x", change)


@vjp(scipy.optimize.fsolve, "func", "x0", "args", shaped=("x0",), refused=_FULL)
def fsolve(
    ans, g, func, x0, args=(), fprime=None, full_output=0, col_deriv=0, xtol=1.49012e-08, maxfev=0, band=None,
    epsfcn=None, factor=100, diag=None,
):  # fmt: skip
    pair = rt.scipy_optimize.root_adjoint(g, func, ans, args, "scipy.optimize.fsolve")
    return pair[0], 0.0, pair[1]


@jvp(scipy.optimize.fsolve, "func", "args")
def fsolve_moved(
    ans, t, func, x0, args=(), fprime=None, full_output=0, col_deriv=0, xtol=1.49012e-08, maxfev=0, band=None,
    epsfcn=None, factor=100, diag=None,
):  # fmt: skip
    return rt.scipy_optimize.root_tangent(func, t[0], ans, args, t[1], "scipy.optimize.fsolve")


@vjp(scipy.optimize.fixed_point, "func", "x0", "args", shaped=("x0",))
def fixed_point(ans, g, func, x0, args=(), xtol=1e-08, maxiter=500, method="del2"):
    pair = rt.scipy_optimize.root_adjoint(g, func, ans, args, "scipy.optimize.fixed_point")
    return pair[0], 0.0, pair[1]


@jvp(scipy.optimize.fixed_point, "func", "args")
def fixed_point_moved(ans, t, func, x0, args=(), xtol=1e-08, maxiter=500, method="del2"):
    return rt.scipy_optimize.root_tangent(func, t[0], ans, args, t[1], "scipy.optimize.fixed_point")


# -- minima ------------------------------------------------------------------------------------------


@vjp(
    scipy.optimize.minimize,
    "fun",
    "x0",
    "args",
    shaped=("x0",),
    refused={"constraints": _BOUNDED},
)
def minimize(
    ans, g, fun, x0, args=(), method=None, jac=None, hess=None, hessp=None, bounds=None, constraints=(), tol=None,
    callback=None, options=None,
):  # fmt: skip
    title = rt.scipy_optimize.under_bounds("scipy.optimize.minimize", ans.x, bounds, method)
    pair = rt.scipy_optimize.minimum_adjoint(g, fun, ans.x, args, title, jac is True)
    return pair[0], 0.0, pair[1]


@jvp(scipy.optimize.minimize, "fun", "args")
def minimize_moved(
    ans, t, fun, x0, args=(), method=None, jac=None, hess=None, hessp=None, bounds=None, constraints=(), tol=None,
    callback=None, options=None,
):  # fmt: skip
    title = rt.scipy_optimize.under_bounds("scipy.optimize.minimize", ans.x, bounds, method)
    return rt.scipy_optimize.minimum_tangent(ans, fun, t[0], args, t[1], title, jac is True)


@vjp(
    scipy.optimize.minimize_scalar,
    "fun",
    "bracket",
    "args",
    shaped=("bracket",),
)
def minimize_scalar(ans, g, fun, bracket=None, bounds=None, args=(), method=None, tol=None, options=None):
    title = rt.scipy_optimize.between_bounds("scipy.optimize.minimize_scalar", ans.x, bounds)
    pair = rt.scipy_optimize.minimum_adjoint(g, fun, ans.x, args, title, False)
    return pair[0], 0.0, pair[1]


@jvp(scipy.optimize.minimize_scalar, "fun", "args")
def minimize_scalar_moved(
    ans, t, fun, bracket=None, bounds=None, args=(), method=None, tol=None, options=None
):
    title = rt.scipy_optimize.between_bounds("scipy.optimize.minimize_scalar", ans.x, bounds)
    return rt.scipy_optimize.minimum_tangent(ans, fun, t[0], args, t[1], title, False)


# -- least squares -----------------------------------------------------------------------------------


@vjp(rt.scipy_optimize.covariance, "parameters")
def covariance(ans, g, found, parameters):
    return rt.scipy_optimize.no_covariance(g) * parameters


@jvp(rt.scipy_optimize.covariance, "parameters")
def covariance_parameters(ans, t, found, parameters):
    return np.full(np.shape(ans), np.nan)


refuse(
    "This function of scipy.optimize has no derivative rule; use root, fsolve, brentq, newton, fixed_point, minimize "
    "or minimize_scalar.",
    *(scipy.optimize.approx_fprime, scipy.optimize.bracket, scipy.optimize.check_grad),
    *(
        scipy.optimize.rosen,
        scipy.optimize.rosen_der,
        scipy.optimize.rosen_hess,
        scipy.optimize.rosen_hess_prod,
    ),
    *(scipy.optimize.anderson, scipy.optimize.basinhopping, scipy.optimize.broyden1, scipy.optimize.broyden2),
    *(scipy.optimize.brent, scipy.optimize.brute, scipy.optimize.diagbroyden),
    *(scipy.optimize.differential_evolution, scipy.optimize.direct, scipy.optimize.dual_annealing),
    *(scipy.optimize.excitingmixing, scipy.optimize.fmin, scipy.optimize.fmin_bfgs, scipy.optimize.fmin_cg),
    *(scipy.optimize.fmin_cobyla, scipy.optimize.fmin_l_bfgs_b, scipy.optimize.fmin_ncg),
    *(scipy.optimize.fmin_powell, scipy.optimize.fmin_slsqp, scipy.optimize.fmin_tnc),
    *(scipy.optimize.fminbound, scipy.optimize.golden, scipy.optimize.isotonic_regression),
    *(
        scipy.optimize.leastsq,
        scipy.optimize.line_search,
        scipy.optimize.linearmixing,
    ),
    *(scipy.optimize.linear_sum_assignment, scipy.optimize.linprog),
    *(scipy.optimize.milp, scipy.optimize.newton_krylov),
    *(scipy.optimize.quadratic_assignment, scipy.optimize.shgo),
)
