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
    history = []
    guard = rt.catching(ValueError)
    returned = False
    trips = 0
    for once in range(1):
        trips = trips + 1
        done = False
        with guard:
            value = math.log(x)
            done = True
        t = not done
        if t:
            history.append((done, t))
            break
        else:
            result = value
            returned = True
            history.append((done, t))
            break
    if not returned:
        t1 = guard.error is not None
        if t1:
            result = x - 1.0
        else:
            result = None
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
    dvalue = 0.0
    for once in reversed(range(1)[:trips]):
        t6 = history.pop()
        done, t = t6
        if not t:
            # line 8: return math.log(x)
            dvalue += dresult
            dresult = 0.0
        if done:
            # line 8: return math.log(x)
            dx = dx + dvalue / x
            dvalue = 0.0
    return dx
