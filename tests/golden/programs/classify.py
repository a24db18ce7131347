"""A match statement."""

import math


def classify(x):
    match math.floor(x):
        case 0:
            return x
        case 1 | 2:
            return x * x
        case _:
            return math.exp(-x)


ARGUMENTS = (1.5,)


# ------------------------------ its derivative ------------------------------

import math


def dclassify(x):
    subject = math.floor(x)
    matched = subject == 0
    if matched:
        result = x
    else:
        matched_1 = subject == 1
        if not matched_1:
            matched_1 = subject == 2
        if matched_1:
            result = x * x
        else:
            result = math.exp(-x)
    if matched:
        # line 9: return x
        dx = 1.0
    elif matched_1:
        # line 11: return x * x
        dx = 2 * x
    else:
        # line 13: return math.exp(-x)
        dx = -result
    return dx
