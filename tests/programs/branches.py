"""Branches on values: statements, expressions, short circuits, chained comparisons."""

import math

import numpy as np

from tests.programs.corpus import program


@program(0.5)
@program(-0.5)
def if_else(x):
    if x > 0:
        y = x * x
    else:
        y = math.sin(x)
    return y


@program(0.5)
@program(-0.5)
def if_only(x):
    y = x * 3
    if x > 0:
        y = y * y
    return y + x


@program(0.5)
@program(1.5)
@program(2.5)
@program(-1.0)
def if_elif(x):
    if x < 0:
        return_value = x**3
    elif x < 1:
        return_value = 2 * x
    elif x < 2:
        z = x * x
        return_value = z * math.exp(z)
    else:
        return_value = -x
    return return_value * x


@program(0.5, 1.0)
@program(-0.5, 1.0)
@program(-0.5, -1.0)
@program(0.5, -1.0)
def nested_branches(x, y):
    if x > 0:
        if y > 0:
            x = x * y
        else:
            x = x - y * y
        y = y * 2
    else:
        t = x * y
        if t > 0:
            y = t
    return x * y + y


@program(0.5)
@program(-0.5)
def variable_in_one_branch(x):
    if x > 0:
        y = x * 2
    z = x
    if x > 0:
        z = y * y
    return z


@program(0.5)
@program(-0.5)
def same_variable_new_kind(x):
    y = None
    if x > 0:
        y = x * x
    if y is None:
        y = -x
    return y * 2


@program(0.5)
@program(1.5)
def conditional_expression(x):
    return (x * x if x > 1 else math.sin(x)) * x


@program(0.5)
@program(1.5)
@program(2.5)
def nested_conditional_expression(x):
    return x * 2 if x < 1 else (x**2 if x < 2 else x**3)


@program(0.0, 2.0)
@program(3.0, 2.0)
def or_with_values(x, y):
    z = x or y
    return z * z + y


@program(1.0, 2.0)
def and_with_values(x, y):
    z = x and y * 3
    return z + y * x


@program(1.0, 2.0, 3.0)
@program(-1.0, 2.0, 3.0)
def mixed_short_circuit(x, y, z):
    w = (x > 0 and y) or z * z
    return w * x


@program(0.5)
@program(1.5)
@program(-1.5)
def chained_comparison(x):
    if 0 < x < 1 <= 3:
        return x * x
    if -2 < x <= 0 != 5:
        return x**3
    return x


@program(0.5)
@program(-0.5)
def not_operator(x):
    if not x > 0:
        return x * x
    return 3 * x


@program(2.0)
@program(-2.0)
def short_circuit_guards(x):
    if x > 0 and math.log(x) > 0.5 or x < -1 and math.sqrt(-x) > 1:
        return x * x
    return x


@program(np.array([1.0, -2.0, 3.0]))
@program(np.array([1.0, -2.0, -3.0]))
def branch_on_a_reduction(x):
    if x.sum() > 0:
        y = x * x
    else:
        y = np.cos(x)
    return np.sum(y)


@program(np.array([1.0, -2.0]), 2.0)
@program(np.array([1.0, -2.0]), -2.0)
def array_or_scalar_by_branch(x, s):
    if s > 0:
        y = x * s
    else:
        y = s * s
    return np.sum(y * 2.0)


@program(1.5, True)
@program(1.5, False)
def branch_on_a_flag(x, flag):
    return math.sin(x) if flag else x


@program(1.5, "sin")
@program(1.5, "square")
@program(1.5, "other")
def branch_on_a_string(x, name):
    if name == "sin":
        y = math.sin(x)
    elif name in ("square", "squared"):
        y = x * x
    else:
        y = 0.0
    return y


@program(1.5)
@program(0.5)
def branch_that_ignores_the_argument(x):
    if x > 1:
        y = 4.0
    else:
        y = x
    return y


@program(1.5)
@program(0.5)
def reassigned_condition(x):
    big = x > 1
    if big:
        x = x * 0.1
    big = x > 1
    if big:
        x = x * 100
    return x * x


@program(0.7, None)
@program(0.7, 2.0)
def optional_argument(x, scale):
    if scale is None:
        scale = x
    return x * scale


@program(1.3)
@program(-1.3)
def asserts_and_raises(x):
    assert x < 10, f"too large: {x}"
    if x > 10:
        raise ValueError("too large")
    y = x * x
    assert y > 0
    return y * x


def payoff(price, strike, kind):
    if kind.lower() == "call":
        return max(price - strike, 0.0)
    if kind.strip().upper() == "PUT":
        return max(strike - price, 0.0)
    raise ValueError(kind)


@program(2.0, 3.0)
def texts_in_other_letters(price, strike):
    return payoff(price, strike, "Put ") ** 2 + 2.0 * payoff(strike, price, "CALL")


def scaled_by_kind(x, kind):
    kind = kind.lower()
    if x > 0.0:
        kind = "other"
    return x * 2.0 if kind == "put" else x * x


@program(0.7)
@program(-0.7)
def a_text_that_is_bound_anew(x):
    return scaled_by_kind(x, "PUT")
