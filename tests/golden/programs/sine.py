"""A number in, a number out: the derivative stays with ``math``."""

import math


def sine(x):
    return x * math.sin(x * x)


ARGUMENTS = (0.7,)


# ------------------------------ its derivative ------------------------------

import math


def dsine(x):
    t = x * x
    # line 7: return x * math.sin(x * x)
    t7 = x * math.cos(t) * x
    dx = math.sin(t) + t7
    dx += t7
    return dx
