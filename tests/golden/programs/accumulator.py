"""A nested function that changes a variable of the function around it."""

import math


def accumulator(x):
    total = 0.0

    def add(amount):
        nonlocal total
        total = total * 0.5 + math.sin(amount)

    add(x)
    add(x * x)
    add(2.0 * x)
    return total


ARGUMENTS = (0.6,)


# ------------------------------ its derivative ------------------------------

import math
from srcad import runtime as rt


def daccumulator(x):
    total_cell = [None]
    dtotal_cell = [None]
    total_cell[0] = 0.0
    dtotal_cell[0] = None
    t3 = total_cell[0]
    dt3 = rt.element_shadow(t3, dtotal_cell, 0)
    t45 = {}
    t46 = {}
    t47 = rt.call(rt.operators.mul, None, (t3, 0.5), (dt3, None), t45, t46)
    t1_1, dt1_1, pullback_5 = t47
    t2_1 = math.sin(x)
    t2_1_shadow = rt.shadow(t2_1)
    t36 = dt1_1, t2_1_shadow
    t37 = {}
    t38 = {}
    t39 = rt.call(rt.operators.add, None, (t1_1, t2_1), t36, t37, t38)
    t3_1, dt3_1, pullback_4 = t39
    total_cell[0] = t3_1
    dtotal_cell[0] = dt3_1
    amount_1 = x * x
    t4 = total_cell[0]
    dt4 = rt.element_shadow(t4, dtotal_cell, 0)
    t30 = {}
    t31 = {}
    t32 = rt.call(rt.operators.mul, None, (t4, 0.5), (dt4, None), t30, t31)
    t1_2, dt1_2, pullback_3 = t32
    t2_2 = math.sin(amount_1)
    t2_2_shadow = rt.shadow(t2_2)
    t21 = dt1_2, t2_2_shadow
    t22 = {}
    t23 = {}
    t24 = rt.call(rt.operators.add, None, (t1_2, t2_2), t21, t22, t23)
    t3_2, dt3_2, pullback_2 = t24
    total_cell[0] = t3_2
    dtotal_cell[0] = dt3_2
    amount_2 = 2.0 * x
    t5 = total_cell[0]
    dt5 = rt.element_shadow(t5, dtotal_cell, 0)
    t16 = {}
    t17 = {}
    t18 = rt.call(rt.operators.mul, None, (t5, 0.5), (dt5, None), t16, t17)
    t1_3, dt1_3, pullback_1 = t18
    t2_3 = math.sin(amount_2)
    t2_3_shadow = rt.shadow(t2_3)
    t8 = {}
    t9 = {}
    t10 = rt.call(rt.operators.add, None, (t1_3, t2_3), (dt1_3, t2_3_shadow), t8, t9)
    t3_3, dt3_3, pullback = t10
    total_cell[0] = t3_3
    dtotal_cell[0] = dt3_3
    t2 = total_cell[0]
    dt2 = rt.element_shadow(t2, dtotal_cell, 0)
    seed = rt.seed(t2)
    rt.seed_shadow(dt2, seed)
    # line 11: total = total * 0.5 + math.sin(amount)
    pullback()
    dt2_3 = rt.taken(t2_3_shadow)
    damount_2 = dt2_3 * math.cos(amount_2)
    pullback_1()
    # line 15: add(2.0 * x)
    dx = damount_2 * 2.0
    # line 11: total = total * 0.5 + math.sin(amount)
    pullback_2()
    dt2_2 = rt.taken(t2_2_shadow)
    damount_1 = dt2_2 * math.cos(amount_1)
    pullback_3()
    # line 14: add(x * x)
    t33 = damount_1 * x
    dx += t33
    dx += t33
    # line 11: total = total * 0.5 + math.sin(amount)
    pullback_4()
    dt2_1 = rt.taken(t2_1_shadow)
    dx += dt2_1 * math.cos(x)
    pullback_5()
    return dx
