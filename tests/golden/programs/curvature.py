"""A gradient inside the function: the derivative of a derivative."""

import math

from srcad import grad


def curvature(x):
    slope = grad(lambda t: math.sin(x * t))(1.5)
    return slope * slope


ARGUMENTS = (0.6,)


# ------------------------------ its derivative ------------------------------

from srcad import runtime as rt


def dcurvature(x):
    x_shadow = rt.shadow(x)
    t = rt.closure(curvature_lambda_, x)
    dt = [x_shadow]
    t15 = {}
    t16 = {}
    t17 = rt.call(srcad.api.grad, None, (t,), (dt,), t15, t16)
    t1, dt1, pullback_2 = t17
    t10 = {}
    t11 = {}
    t12 = rt.call(t1, dt1, (1.5,), (None,), t10, t11)
    slope, dslope, pullback_1 = t12
    t5 = {}
    t6 = {}
    t7 = rt.call(rt.operators.mul, None, (slope, slope), (dslope, dslope), t5, t6)
    t2, dt2, pullback = t7
    seed = rt.seed(t2)
    rt.seed_shadow(dt2, seed)
    # line 10: return slope * slope
    pullback()
    # line 9: slope = grad(lambda t: math.sin(x * t))(1.5)
    pullback_1()
    pullback_2()
    dx = rt.taken(x_shadow)
    return dx
