"""Names whose gradients would be words of Python: of `el` it would be `del`, of `ef` `def`, of `ict` `dict`."""

import math as m

import numpy as n

from tests.programs.corpus import program

X = n.array([0.4, -1.3, 0.8])


@program(0.4, 1.3)
def element_called_el(el, x):
    total = 0.0
    for ef in [el, x, el * x]:
        el = el * ef + 1.0
        total += el
    return total


@program(0.4, 1.3)
def el(x, y):
    return x * x * y


@program(0.4, 1.3)
def ict(x, y):
    return dict(a=x * y)["a"] ** 2


@program(X)
def parameter_called_np(np):
    return n.sum(n.sin(np) * np[0]) * np


@program(X, 0.7)
def parameters_called_as_modules_are(np, rt):
    for i in range(2):
        np[i] = np[i] * rt + np[i + 1]
    return n.sum(np * n.sum(np)) * rt


@program(X, 0.7)
def number_called_math(x, math):
    return n.sum(x * x[::-1]) * m.exp(math)


@program(X)
def variable_called_np_in_a_closure(x):
    np = x * 2.0

    def scaled(rt):
        return rt * np[0]

    return n.sum(scaled(x)) + sum(scaled(v) for v in np)
