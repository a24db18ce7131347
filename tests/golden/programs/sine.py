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
    dx = math.sin(t) + x * math.cos(t) * (2 * x)
    return dx
