"""Branches on values."""


def huber(error, delta):
    size = abs(error)
    if size <= delta:
        return 0.5 * size * size
    return delta * (size - 0.5 * delta)


ARGUMENTS = (-2.0, 1.0)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

from srcad import runtime as rt


def dhuber(error, delta):
    size = abs(error)
    t = size <= delta
    if t:
        t1 = 0.5 * size
    else:
        t4 = size - 0.5 * delta
    if t:
        # line 7: return 0.5 * size * size
        dsize = t1 + size * 0.5
        ddelta = 0.0
    else:
        # line 8: return delta * (size - 0.5 * delta)
        dsize = delta
        ddelta = t4 - delta * 0.5
    # line 5: size = abs(error)
    derror = dsize * rt.sign(error)
    return derror, ddelta
