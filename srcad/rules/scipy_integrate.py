"""Derivatives of ``scipy.integrate``: quadrature by Leibniz' rule, initial value problems by the adjoint method."""

from __future__ import annotations

import numpy as np
import scipy.integrate

from srcad import runtime as rt
from srcad.rules import (  # noqa: F401  (their rules are wanted)
    scipy_integrate_second,
    scipy_integrate_several,
    scipy_integrate_written,
)
from srcad.rules.registry import alias, constant, jvp, refuse, vjp

_NEWER = ("cubature", "lebedev_rule", "nsum", "tanhsinh")
_WEIGHTED = "A weighted integral has no derivative rule; multiply the integrand by the weight."
_ONLY_RESULT = "Only the result itself has a derivative; leave this option at its default."


@vjp(
    scipy.integrate.quad,
    "func",
    "a",
    "b",
    "args",
    refused={
        "full_output": _ONLY_RESULT,
        "weight": _WEIGHTED,
        "wvar": _WEIGHTED,
        "wopts": _WEIGHTED,
        "maxp1": _WEIGHTED,
        "limlst": _WEIGHTED,
        "complex_func": "The integral of a complex function has no derivative rule; integrate both parts.",
    },
)
def quad(
    ans, g, func, a, b, args=(), full_output=0, epsabs=1.49e-08, epsrel=1.49e-08, limit=50, points=None,
    weight=None, wvar=None, wopts=None, maxp1=50, limlst=50, complex_func=False,
):  # fmt: skip
    options = {"epsabs": epsabs, "epsrel": epsrel, "limit": limit, "points": points}
    return rt.scipy_integrate.quad_adjoint(g[0], func, a, b, args, options)


@jvp(scipy.integrate.quad, "func", "a", "b", "args")
def quad_moved(
    ans, t, func, a, b, args=(), full_output=0, epsabs=1.49e-08, epsrel=1.49e-08, limit=50, points=None,
    weight=None, wvar=None, wopts=None, maxp1=50, limlst=50, complex_func=False,
):  # fmt: skip
    options = {"epsabs": epsabs, "epsrel": epsrel, "limit": limit, "points": points}
    return rt.scipy_integrate.quad_tangent(func, t[0], a, t[1], b, t[2], args, t[3], options), 0.0


@vjp(
    scipy.integrate.odeint,
    "func",
    "y0",
    "t",
    "args",
    refused={"full_output": _ONLY_RESULT},
)
def odeint(
    ans, g, func, y0, t, args=(), Dfun=None, col_deriv=0, full_output=0, ml=None, mu=None, rtol=None, atol=None,
    tcrit=None, h0=0.0, hmax=0.0, hmin=0.0, ixpr=0, mxstep=0, mxhnil=0, mxordn=12, mxords=5, printmessg=0,
    tfirst=False,
):  # fmt: skip
    options = {"rtol": rtol, "atol": atol, "hmax": hmax, "hmin": hmin, "mxstep": mxstep}
    return rt.scipy_integrate.odeint_adjoint(ans, g, func, y0, t, args, tfirst, options)


@jvp(scipy.integrate.odeint, "func", "y0", "t", "args")
def odeint_moved(
    ans, moved, func, y0, t, args=(), Dfun=None, col_deriv=0, full_output=0, ml=None, mu=None, rtol=None, atol=None,
    tcrit=None, h0=0.0, hmax=0.0, hmin=0.0, ixpr=0, mxstep=0, mxhnil=0, mxordn=12, mxords=5, printmessg=0,
    tfirst=False,
):  # fmt: skip
    options = {"rtol": rtol, "atol": atol, "hmax": hmax, "hmin": hmin, "mxstep": mxstep}
    return rt.scipy_integrate.odeint_tangent(
        ans, func, moved[0], y0, moved[1], t, moved[2], args, moved[3], tfirst, options
    )


@vjp(
    scipy.integrate.solve_ivp,
    "fun",
    "t_span",
    "y0",
    "args",
    refused={
        "dense_output": "The interpolant of the solution has no derivative rule; pass the times as t_eval instead.",
        "vectorized": "A right-hand side for many states at once has no derivative rule; leave it at False.",
        "min_step": "A smallest step has no derivative rule; leave it at 0.",
    },
)
def solve_ivp(
    ans, g, fun, t_span, y0, method="RK45", t_eval=None, dense_output=False, events=None, vectorized=False,
    args=None, *, rtol=1e-3, atol=1e-6, max_step=float("inf"), first_step=None, min_step=0.0, jac=None,
    jac_sparsity=None, lband=None, uband=None,
):  # fmt: skip
    solver = {"method": method, "rtol": rtol, "atol": atol, "max_step": max_step}
    return rt.scipy_integrate.solve_ivp_adjoint(ans, g, fun, t_span, y0, t_eval, args, solver)


@jvp(scipy.integrate.solve_ivp, "fun", "t_span", "y0", "args")
def solve_ivp_moved(
    ans, moved, fun, t_span, y0, method="RK45", t_eval=None, dense_output=False, events=None, vectorized=False,
    args=None, *, rtol=1e-3, atol=1e-6, max_step=float("inf"), first_step=None, min_step=0.0, jac=None,
    jac_sparsity=None, lband=None, uband=None,
):  # fmt: skip
    solver = {"method": method, "rtol": rtol, "atol": atol, "max_step": max_step}
    return rt.scipy_integrate.solve_ivp_tangent(
        ans, fun, moved[0], t_span, moved[1], y0, moved[2], t_eval, args, moved[3], solver
    )


alias(scipy.integrate.trapezoid, np.trapezoid)
constant(scipy.integrate.test)

refuse(
    "This integral of scipy.integrate has no derivative rule; use quad or dblquad, trapezoid for samples, odeint "
    "or solve_ivp for differential equations.",
    *(scipy.integrate.tplquad, scipy.integrate.nquad),
    *(scipy.integrate.newton_cotes, scipy.integrate.qmc_quad, scipy.integrate.solve_bvp),
    *(getattr(scipy.integrate, name) for name in _NEWER if hasattr(scipy.integrate, name)),
)
