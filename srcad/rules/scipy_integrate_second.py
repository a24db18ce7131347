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


@jvp(rt.scipy_integrate.quad_adjoint, "func")
def quad_adjoint_func(ans, t, g, func, a, b, args, options):
    return rt.scipy_integrate.quad_curvature(g, func, t, a, None, b, None, args, None, options)


@jvp(rt.scipy_integrate.quad_adjoint, "a")
def quad_adjoint_a(ans, t, g, func, a, b, args, options):
    return rt.scipy_integrate.quad_curvature(g, func, None, a, t, b, None, args, None, options)


@jvp(rt.scipy_integrate.quad_adjoint, "b")
def quad_adjoint_b(ans, t, g, func, a, b, args, options):
    return rt.scipy_integrate.quad_curvature(g, func, None, a, None, b, t, args, None, options)


@jvp(rt.scipy_integrate.quad_adjoint, "args")
def quad_adjoint_args(ans, t, g, func, a, b, args, options):
    return rt.scipy_integrate.quad_curvature(g, func, None, a, None, b, None, args, t, options)


@vjp(rt.scipy_integrate.quad_tangent, "func", "held", "a", "da", "b", "db", "args", "changes")
def quad_tangent(ans, w, func, held, a, da, b, db, args, changes, options):
    parts = rt.scipy_integrate.quad_curvature(w, func, held, a, da, b, db, args, changes, options)
    plain = rt.scipy_integrate.quad_adjoint(w, func, a, b, args, options)
    return parts[0], plain[0], parts[1], plain[1], parts[2], plain[2], parts[3], plain[3]


@jvp(rt.scipy_integrate.quad_tangent, "func")
def quad_tangent_func(ans, t, func, held, a, da, b, db, args, changes, options):
    first, second = (held, da, db, changes), (t, None, None, None)
    return rt.scipy_integrate.quad_second_tangent(func, a, b, args, first, second, options)


@jvp(rt.scipy_integrate.quad_tangent, "a")
def quad_tangent_a(ans, t, func, held, a, da, b, db, args, changes, options):
    first, second = (held, da, db, changes), (None, t, None, None)
    return rt.scipy_integrate.quad_second_tangent(func, a, b, args, first, second, options)


@jvp(rt.scipy_integrate.quad_tangent, "b")
def quad_tangent_b(ans, t, func, held, a, da, b, db, args, changes, options):
    first, second = (held, da, db, changes), (None, None, t, None)
    return rt.scipy_integrate.quad_second_tangent(func, a, b, args, first, second, options)


@jvp(rt.scipy_integrate.quad_tangent, "args")
def quad_tangent_args(ans, t, func, held, a, da, b, db, args, changes, options):
    first, second = (held, da, db, changes), (None, None, None, t)
    return rt.scipy_integrate.quad_second_tangent(func, a, b, args, first, second, options)


@jvp(rt.scipy_integrate.quad_tangent, "held")
def quad_tangent_held(ans, t, func, held, a, da, b, db, args, changes, options):
    return rt.scipy_integrate.quad_tangent(func, t, a, None, b, None, args, None, options)


@jvp(rt.scipy_integrate.quad_tangent, "da")
def quad_tangent_da(ans, t, func, held, a, da, b, db, args, changes, options):
    return rt.scipy_integrate.quad_tangent(func, None, a, t, b, None, args, None, options)


@jvp(rt.scipy_integrate.quad_tangent, "db")
def quad_tangent_db(ans, t, func, held, a, da, b, db, args, changes, options):
    return rt.scipy_integrate.quad_tangent(func, None, a, None, b, t, args, None, options)


@jvp(rt.scipy_integrate.quad_tangent, "changes")
def quad_tangent_changes(ans, t, func, held, a, da, b, db, args, changes, options):
    return rt.scipy_integrate.quad_tangent(func, None, a, None, b, None, args, t, options)


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


@jvp(rt.scipy_integrate.odeint_adjoint, "func")
def odeint_adjoint_func(result, moved, ans, g, func, y0, t, args, tfirst, options):
    return rt.scipy_integrate.odeint_curvature(
        ans, g, func, moved, y0, None, t, None, args, None, tfirst, options
    )


@jvp(rt.scipy_integrate.odeint_adjoint, "y0")
def odeint_adjoint_y0(result, moved, ans, g, func, y0, t, args, tfirst, options):
    return rt.scipy_integrate.odeint_curvature(
        ans, g, func, None, y0, moved, t, None, args, None, tfirst, options
    )


@jvp(rt.scipy_integrate.odeint_adjoint, "t")
def odeint_adjoint_t(result, moved, ans, g, func, y0, t, args, tfirst, options):
    return rt.scipy_integrate.odeint_curvature(
        ans, g, func, None, y0, None, t, moved, args, None, tfirst, options
    )


@jvp(rt.scipy_integrate.odeint_adjoint, "args")
def odeint_adjoint_args(result, moved, ans, g, func, y0, t, args, tfirst, options):
    return rt.scipy_integrate.odeint_curvature(
        ans, g, func, None, y0, None, t, None, args, moved, tfirst, options
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


@jvp(rt.scipy_integrate.odeint_tangent, "func")
def odeint_tangent_func(result, moved, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    first, second = (held, dy0, dt, changes), (moved, None, None, None)
    return rt.scipy_integrate.odeint_second_tangent(ans, func, y0, t, args, first, second, tfirst, options)


@jvp(rt.scipy_integrate.odeint_tangent, "y0")
def odeint_tangent_y0(result, moved, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    first, second = (held, dy0, dt, changes), (None, moved, None, None)
    return rt.scipy_integrate.odeint_second_tangent(ans, func, y0, t, args, first, second, tfirst, options)


@jvp(rt.scipy_integrate.odeint_tangent, "t")
def odeint_tangent_t(result, moved, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    first, second = (held, dy0, dt, changes), (None, None, moved, None)
    return rt.scipy_integrate.odeint_second_tangent(ans, func, y0, t, args, first, second, tfirst, options)


@jvp(rt.scipy_integrate.odeint_tangent, "args")
def odeint_tangent_args(result, moved, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    first, second = (held, dy0, dt, changes), (None, None, None, moved)
    return rt.scipy_integrate.odeint_second_tangent(ans, func, y0, t, args, first, second, tfirst, options)


@jvp(rt.scipy_integrate.odeint_tangent, "held")
def odeint_tangent_held(result, moved, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    return rt.scipy_integrate.odeint_tangent(ans, func, moved, y0, None, t, None, args, None, tfirst, options)


@jvp(rt.scipy_integrate.odeint_tangent, "dy0")
def odeint_tangent_dy0(result, moved, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    return rt.scipy_integrate.odeint_tangent(ans, func, None, y0, moved, t, None, args, None, tfirst, options)


@jvp(rt.scipy_integrate.odeint_tangent, "dt")
def odeint_tangent_dt(result, moved, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    return rt.scipy_integrate.odeint_tangent(ans, func, None, y0, None, t, moved, args, None, tfirst, options)


@jvp(rt.scipy_integrate.odeint_tangent, "changes")
def odeint_tangent_changes(result, moved, ans, func, held, y0, dy0, t, dt, args, changes, tfirst, options):
    return rt.scipy_integrate.odeint_tangent(ans, func, None, y0, None, t, None, args, moved, tfirst, options)


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


@jvp(rt.scipy_integrate.solve_ivp_adjoint, "fun")
def solve_ivp_adjoint_fun(result, moved, ans, g, fun, t_span, y0, t_eval, args, solver):
    return rt.scipy_integrate.solve_ivp_curvature(
        ans, g, fun, moved, t_span, None, y0, None, t_eval, args, None, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_adjoint, "t_span")
def solve_ivp_adjoint_t_span(result, moved, ans, g, fun, t_span, y0, t_eval, args, solver):
    return rt.scipy_integrate.solve_ivp_curvature(
        ans, g, fun, None, t_span, moved, y0, None, t_eval, args, None, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_adjoint, "y0")
def solve_ivp_adjoint_y0(result, moved, ans, g, fun, t_span, y0, t_eval, args, solver):
    return rt.scipy_integrate.solve_ivp_curvature(
        ans, g, fun, None, t_span, None, y0, moved, t_eval, args, None, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_adjoint, "args")
def solve_ivp_adjoint_args(result, moved, ans, g, fun, t_span, y0, t_eval, args, solver):
    return rt.scipy_integrate.solve_ivp_curvature(
        ans, g, fun, None, t_span, None, y0, None, t_eval, args, moved, solver
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


@jvp(rt.scipy_integrate.solve_ivp_tangent, "fun")
def solve_ivp_tangent_fun(
    result, moved, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
):
    first, second = (held, dspan, dy0, changes), (moved, None, None, None)
    return rt.scipy_integrate.solve_ivp_second_tangent(
        ans, fun, t_span, y0, t_eval, args, first, second, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_tangent, "t_span")
def solve_ivp_tangent_t_span(
    result, moved, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
):
    first, second = (held, dspan, dy0, changes), (None, moved, None, None)
    return rt.scipy_integrate.solve_ivp_second_tangent(
        ans, fun, t_span, y0, t_eval, args, first, second, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_tangent, "y0")
def solve_ivp_tangent_y0(
    result, moved, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
):
    first, second = (held, dspan, dy0, changes), (None, None, moved, None)
    return rt.scipy_integrate.solve_ivp_second_tangent(
        ans, fun, t_span, y0, t_eval, args, first, second, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_tangent, "args")
def solve_ivp_tangent_args(
    result, moved, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
):
    first, second = (held, dspan, dy0, changes), (None, None, None, moved)
    return rt.scipy_integrate.solve_ivp_second_tangent(
        ans, fun, t_span, y0, t_eval, args, first, second, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_tangent, "held")
def solve_ivp_tangent_held(
    result, moved, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
):
    return rt.scipy_integrate.solve_ivp_tangent(
        ans, fun, moved, t_span, None, y0, None, t_eval, args, None, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_tangent, "dspan")
def solve_ivp_tangent_dspan(
    result, moved, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
):
    return rt.scipy_integrate.solve_ivp_tangent(
        ans, fun, None, t_span, moved, y0, None, t_eval, args, None, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_tangent, "dy0")
def solve_ivp_tangent_dy0(
    result, moved, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
):
    return rt.scipy_integrate.solve_ivp_tangent(
        ans, fun, None, t_span, None, y0, moved, t_eval, args, None, solver
    )


@jvp(rt.scipy_integrate.solve_ivp_tangent, "changes")
def solve_ivp_tangent_changes(
    result, moved, ans, fun, held, t_span, dspan, y0, dy0, t_eval, args, changes, solver
):
    return rt.scipy_integrate.solve_ivp_tangent(
        ans, fun, None, t_span, None, y0, None, t_eval, args, moved, solver
    )


refuse(
    "A third derivative of an integral or of an initial value problem is not covered; difference the second.",
    *(rt.scipy_integrate.quad_curvature, rt.scipy_integrate.quad_second_tangent),
    *(rt.scipy_integrate.odeint_curvature, rt.scipy_integrate.solve_ivp_curvature),
    *(rt.scipy_integrate.odeint_second_tangent, rt.scipy_integrate.solve_ivp_second_tangent),
)
