"""A nested function that changes a variable of the function around it."""

import math


def accumulator(x):
    total = 0.0

    def add(amount):
        nonlocal total
        total = total * 0.5 + math.sin(amount)

    add(x)
    add(x * x)
    add(2.0 * x)
    return total


ARGUMENTS = (0.6,)


# ------------------------------ its derivative ------------------------------

import math


def daccumulator(x):
    t2_1 = math.sin(x)
    amount_1 = x * x
    t2_2 = math.sin(amount_1)
    amount_2 = 2.0 * x
    t2_3 = math.sin(amount_2)
    # line 15: add(2.0 * x)
    dx = math.cos(amount_2) * 2.0
    # line 14: add(x * x)
    dx += 0.5 * math.cos(amount_1) * (2 * x)
    # line 11: total = total * 0.5 + math.sin(amount)
    dx += 0.25 * math.cos(x)
    return dx
