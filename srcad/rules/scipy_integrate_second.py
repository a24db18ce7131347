"""Derivatives of the derivatives of integrals and of initial value problems.

A second derivative along two directions does not depend on their order, which makes it its own adjoint.
"""

from __future__ import annotations

import scipy.integrate  # noqa: F401  (the functions of the runtime need it)

from srcad import runtime as rt
from srcad.rules.registry import jvp, refuse, vjp

# -- quadrature --------------------------------------------------------------------------------------


@vjp(rt.scipy_integrate.quad_adjoint, "g", "func", "a", "b", "args")
def quad_adjoint(ans, w, g, func, a, b, args, options):
    along = rt.scipy_integrate.quad_tangent(func, w[0], a, w[1], b, w[2], args, w[3], options)
    parts = rt.scipy_integrate.quad_curvature(g, func, w[0], a, w[1], b, w[2], args, w[3], options)
    return along, parts[0], parts[1], parts[2], parts[3]


@jvp(rt.scipy_integrate.quad_adjoint, "g")
def quad_adjoint_g(ans, t, g, func, a, b, args, options):
    return rt.scipy_integrate.quad_adjoint(t, func, a, b, args, options)


@jvp(rt.scipy_integrate.quad_adjoint, "func", "a", "b", "args")
def quad_adjoint_moved(ans, t, g, func, a, b, args, options):
    return rt.scipy_integrate.quad_curvature(g, func, t[0], a, t[1], b, t[2], args, t[3], options)


@vjp(rt.scipy_integrate.quad_tangent, "func", "held", "a", "da", "b", "db", "args", "changes")
def quad_tangent(ans, w, func, held, a, da, b, db, args, changes, options):
    parts = rt.scipy_integrate.quad_curvature(w, func, held, a, da, b, db, args, changes, options)
    plain = rt.scipy_integrate.quad_adjoint(w, func, a, b, args, options)
    return parts[0], plain[0], parts[1], plain[1], parts[2], plain[2], parts[3], plain[3]


@jvp(rt.scipy_integrate.quad_tangent, "func", "a", "b", "args")
def quad_tangent_moved(ans, t, func, held, a, da, b, db, args, changes, options):
    first = (held, da, db, changes)
    return rt.scipy_integrate.quad_second_tangent(func, a, b, args, first, t, options)


@jvp(rt.scipy_integrate.quad_tangent, "held", "da", "db", "changes")
def quad_tangent_turned(ans, t, func, held, a, da, b, db, args, changes, options):
    return rt.scipy_integrate.quad_tangent(func, t[0], a, t[1], b, t[2], args, t[3], options)


# -- odeint -----------------------------------------------------------------------------------------


@vjp(rt.scipy_integrate.odeint_adjoint, "g", "func", "y0", "t", "args", "ans", shaped=("ans",))
def odeint_adjoint(result, w, ans, g, func, y0, t, args, tfirst, options):
    along = rt.scipy_integrate.odeint_tangent(ans, func, w[0], y0, w[1], t, w[2], args, w[3], tfirst, options)
    parts = rt.scipy_integrate.odeint_curvature(
        ans, g, func, w[0], y0, w[1], t, w[2], args, w[3], tfirst, options
    )
    return along, parts[0], parts[1], parts[2], parts[3], 0.0


@jvp(rt.scipy_integrate.odeint_adjoint, "g")
def odeint_adjoint_g(result, moved, ans, g, func, y0, t, args, tfirst, options):
    return rt.scipy_integrate.odeint_adjoint(ans, moved, func, y0, t, args, tfirst, options)


@jvp(rt.scipy_integrate.odeint_adjoint, "func", "y0", "t", "args")
def odeint_adjoint_moved(result, moved, ans, g, func, y0, t, args, tfirst, options):
    return rt.scipy_integrate.odeint_curvature(
        ans, g, func, moved[0], y0, moved[1], t, moved[2], args, moved[3], tfirst, options
    )


@vjp(
    rt.scipy_integrate.odeint_tangent,
    "func",
    "held",
    "y0",
    "dy0",
    "t",
    "dt",
    "args",
    "changes",
    "ans",
    shaped=("ans",),
)
def odeint_tangent(result, w, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    parts = rt.scipy_integrate.odeint_curvature(
        ans, w, func, held, y0, dy0, t, dt, args, changes, tfirst, options
    )
    plain = rt.scipy_integrate.odeint_adjoint(ans, w, func, y0, t, args, tfirst, options)
    return parts[0], plain[0], parts[1], plain[1], parts[2], plain[2], parts[3], plain[3], 0.0


@jvp(rt.scipy_integrate.odeint_tangent, "func", "y0", "t", "args")
def odeint_tangent_moved(result, moved, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    first = (held, dy0, dt, changes)
    return rt.scipy_integrate.odeint_second_tangent(ans, func, y0, t, args, first, moved, tfirst, options)


@jvp(rt.scipy_integrate.odeint_tangent, "held", "dy0", "dt", "changes")
def odeint_tangent_turned(result, moved, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    return rt.scipy_integrate.odeint_tangent(
        ans, func, moved[0], y0, moved[1], t, moved[2], args, moved[3], tfirst, options
    )


# -- solve_ivp --------------------------------------------------------------------------------------


@vjp(rt.scipy_integrate.solve_ivp_adjoint, "g", "fun", "t_span", "y0", "args", "ans", shaped=("ans",))
def solve_ivp_adjoint(result, w, ans, g, fun, t_span, y0, t_eval, args, solver):
    along = rt.scipy_integrate.solve_ivp_tangent(
        ans, fun, w[0], t_span, w[1], y0, w[2], t_eval, args, w[3], solver
    )
    parts = rt.scipy_integrate.solve_ivp_curvature(
        ans, g, fun, w[0], t_span, w[1], y0, w[2], t_eval, args, w[3], solver
    )
    return {"y": along["y"]}, parts[0], parts[1], parts[2], parts[3], 0.0


@jvp(rt.scipy_integrate.solve_ivp_adjoint, "g")
def solve_ivp_adjoint_g(result, moved, ans, g, fun, t_span, y0, t_eval, args, solver):
    return rt.scipy_integrate.solve_ivp_adjoint(ans, moved, fun, t_span, y0, t_eval, args, solver)


@jvp(rt.scipy_integrate.solve_ivp_adjoint, "fun", "t_span", "y0", "args")
def solve_ivp_adjoint_moved(result, moved, ans, g, fun, t_span, y0, t_eval, args, solver):
    return rt.scipy_integrate.solve_ivp_curvature(
        ans, g, fun, moved[0], t_span, moved[1], y0, moved[2], t_eval, args, moved[3], solver
    )


@vjp(
    rt.scipy_integrate.solve_ivp_tangent,
    "fun",
    "held",
    "t_span",
    "dspan",
    "y0",
    "dy0",
    "args",
    "changes",
    "ans",
    shaped=("ans",),
)
def solve_ivp_tangent(result, w, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver):
    parts = rt.scipy_integrate.solve_ivp_curvature(
        ans, w, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
    )
    plain = rt.scipy_integrate.solve_ivp_adjoint(ans, w, fun, t_span, y0, t_eval, args, solver)
    return parts[0], plain[0], parts[1], plain[1], parts[2], plain[2], parts[3], plain[3], 0.0


@jvp(rt.scipy_integrate.solve_ivp_tangent, "fun", "t_span", "y0", "args")
def solve_ivp_tangent_moved(
    result, moved, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
):
    first = (held, dspan, dy0, changes)
    return rt.scipy_integrate.solve_ivp_second_tangent(
        ans, fun, t_span, y0, t_eval, args, first, moved, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_tangent, "held", "dspan", "dy0", "changes")
def solve_ivp_tangent_turned(
    result, moved, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
):
    return rt.scipy_integrate.solve_ivp_tangent(
        ans, fun, moved[0], t_span, moved[1], y0, moved[2], t_eval, args, moved[3], solver
    )


refuse(
    "A third derivative of an integral or of an initial value problem is not covered; difference the second.",
    *(rt.scipy_integrate.quad_curvature, rt.scipy_integrate.quad_second_tangent),
    *(rt.scipy_integrate.odeint_curvature, rt.scipy_integrate.solve_ivp_curvature),
    *(rt.scipy_integrate.odeint_second_tangent, rt.scipy_integrate.solve_ivp_second_tangent),
)
