"""Horner's scheme in a loop; every intermediate value is needed on the way back."""


def polynomial(x, coefficients):
    value = 0.0
    for c in coefficients:
        value = value * x + c
    return value


ARGUMENTS = (1.3, (2.0, -1.0, 0.5, 3.0))


# ------------------------------ its derivative ------------------------------

from srcad import runtime as rt


def dpolynomial(x, coefficients):
    value_history = []
    value = 0.0
    t = len(coefficients)
    for i in range(t):
        c = coefficients[i]
        value_history.append(value)
        value = value * x + c
    dvalue = rt.seed(value)
    dx = 0.0
    for value in reversed(value_history):
        # line 7: value = value * x + c
        dx += dvalue * value
        dvalue = dvalue * x
    return rt.fitted(dx, x)
