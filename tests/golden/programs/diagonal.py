"""A view: what is added to the diagonal is added to the matrix."""

import numpy as np


def diagonal(A, shift):
    B = A.copy()
    flat = B.reshape(-1)
    flat[:: len(A) + 1] += shift
    return np.sum(B**3)


ARGUMENTS = (np.array([[1.0, 0.5], [-0.3, 2.0]]), 0.4)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np
from srcad import runtime as rt


def ddiagonal(A, shift):
    B = A.copy()
    dB = np.zeros_like(B)
    flat, dflat, pullback = rt.call_method(B, dB, "reshape", (-1,), (None,))
    t1 = len(A) + 1
    flat_before = flat[::t1].copy()
    flat[::t1] += shift
    # line 10: return np.sum(B**3)
    dB += 3 * B ** 2
    # line 9: flat[:: len(A) + 1] += shift
    flat[::t1] = flat_before
    dshift = np.sum(dflat[::t1])
    # line 8: flat = B.reshape(-1)
    pullback()
    # line 7: B = A.copy()
    return rt.finish(dB, A), dshift
