"""Recursion."""


def continued_fraction(x, depth):
    if depth == 0:
        return x
    return 1.0 + x / continued_fraction(x, depth - 1)


ARGUMENTS = (0.8, 5)


# ------------------------------ its derivative ------------------------------

from srcad import runtime as rt


def dcontinued_fraction(x, depth):
    t = depth == 0
    if not t:
        t1 = depth - 1
        x_shadow = rt.shadow(x)
        t10 = x, t1
        t11 = x_shadow, None
        t12 = {}
        t13 = {}
        t14 = rt.call(continued_fraction.continued_fraction, None, t10, t11, t12, t13)
        t2, t2_shadow, pullback = t14
        t3 = x / t2
    if t:
        # line 6: return x
        dx = 1.0
    else:
        # line 7: return 1.0 + x / continued_fraction(x, depth - 1)
        t5 = 1 / t2
        rt.accumulate_shadow(t2_shadow, -(t3 / t2))
        pullback()
        t15 = rt.taken(x_shadow)
        dx = t5 + t15
    return dx
