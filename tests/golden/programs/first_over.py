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
    total_history = []
    history = []
    total = 0.0
    returned = False
    trips = 0
    for i in range(100):
        trips = trips + 1
        t = x * i
        t5 = total + math.sin(t)
        total_history.append(total)
        total = t5
        t2 = t5 > limit
        if t2:
            returned = True
            history.append((t, t2))
            break
        else:
            history.append((t, t2))
    dresult = 1.0
    if returned:
        dtotal = 0.0
    else:
        # line 12: return -total
        dtotal = -1.0
        dresult = 0.0
    dx = 0.0
    for i in reversed(range(100)[:trips]):
        t13 = history.pop()
        t, t2 = t13
        if t2:
            # line 11: return total * x
            dtotal += dresult * x
            dx += dresult * total
            dresult = 0.0
        # line 9: total += math.sin(x * i)
        total = total_history.pop()
        dx += dtotal * math.cos(t) * i
    return dx
