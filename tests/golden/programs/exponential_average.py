"""A state that is None until there is a first value."""

import numpy as np


def exponential_average(x, rate):
    average = None
    loss = 0.0
    for value in x:
        average = value if average is None else rate * average + (1 - rate) * value
        loss += (value - average) ** 2
    return loss


ARGUMENTS = (np.array([1.0, 0.3, -0.5, 2.0]), 0.75)
ARGNUMS = (0, 1)


# ------------------------------ its derivative ------------------------------

import numpy as np


def dexponential_average(x, rate):
    average_history = []
    history = []
    average = None
    t = len(x)
    for i in range(t):
        value = x[i]
        t1 = average is None
        if t1:
            average = value
        else:
            average_history.append(average)
            average = rate * average + (1 - rate) * value
        history.append((t1, value - average))
    daverage = 0.0
    drate = 0.0
    dx = np.zeros_like(x)
    for i in reversed(range(t)):
        t1, t5 = history.pop()
        value = x[i]
        # line 11: loss += (value - average) ** 2
        t9 = 2 * t5
        daverage -= t9
        if t1:
            # line 10: average = value if average is None else rate * average + (1 - rate) * value
            dvalue = t9 + daverage
            daverage = 0.0
        else:
            # line 10: average = value if average is None else rate * average + (1 - rate) * value
            average = average_history.pop()
            dvalue = t9 + daverage * (1 - rate)
            drate -= daverage * value
            t14 = daverage * average
            daverage = daverage * rate
            drate += t14
        # line 9: for value in x:
        dx[i] += dvalue
    return dx, drate
