"""A return from the middle of a loop."""

import math


def first_over(x, limit):
    total = 0.0
    for i in range(100):
        total += math.sin(x * i)
        if total > limit:
            return total * x
    return -total


ARGUMENTS = (0.7, 1.5)


# ------------------------------ its derivative ------------------------------

import math


def dfirst_over(x, limit):
    total = 0.0
    returned = False
    trips = 0
    for i in range(100):
        trips = trips + 1
        total = total + math.sin(x * i)
        if total > limit:
            returned = True
            break
    if returned:
        # line 11: return total * x
        dtotal = x
        dx = total
    else:
        # line 12: return -total
        dtotal = -1.0
        dx = 0.0
    for i in reversed(range(100)[:trips]):
        # line 9: total += math.sin(x * i)
        dx = dx + dtotal * math.cos(x * i) * i
    return dx
