"""An exception that depends on values."""

import math


def guarded(x):
    try:
        return math.log(x)
    except ValueError:
        return x - 1.0


ARGUMENTS = (1.7,)


# ------------------------------ its derivative ------------------------------

import math
from srcad import runtime as rt


def dguarded(x):
    guard = rt.catching(ValueError)
    returned = False
    done = False
    with guard:
        value = math.log(x)
        done = True
    t = not done
    if not t:
        result = value
        returned = True
    if not returned:
        t1 = guard.error is not None
        result = x - 1.0 if t1 else None
    dresult = rt.seed(result)
    if returned:
        dx = 0.0
    else:
        if t1:
            # line 10: return x - 1.0
            dx = dresult
        else:
            dx = 0.0
        dresult = 0.0
    if t:
        dvalue = 0.0
    else:
        # line 8: return math.log(x)
        dvalue = dresult
    if done:
        # line 8: return math.log(x)
        dx = dx + dvalue / x
    return dx
