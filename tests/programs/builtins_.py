"""Python's own functions."""

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, -0.7])


@program(-1.5, 0.4)
def abs_and_pow(x, y):
    return abs(x) * pow(abs(x), y) + pow(y, 2)


@program(1.5, 0.4, -2.0)
def min_and_max(x, y, z):
    return max(x, y, z) * min(x, y) + max(x, 1.0) * min([x, y, z])


@program((1.5, 0.4))
def sum_of_a_tuple(values):
    return sum(values) ** 2 + sum(values, 1.0) + sum([v * v for v in values], start=values[0])


@program(X)
def sum_of_an_array(x):
    return sum(x) * sum(x * x)


@program(np.array([[0.3, 0.2], [0.5, -0.4]]))
def sum_over_rows(m):
    return sum(m)


@program(1.5)
def float_int_bool(x):
    return float(x) * int(x) + bool(x) * x + float(3)


@program(2.7, 1.1)
def divmod_(x, y):
    q, r = divmod(x, y)
    return q * r + r * r


@program(2.7)
def round_(x):
    return round(x) * x + round(x * x, 1) * x


@program(X)
def len_and_range(x):
    return len(x) * x[0] + sum(range(len(x))) * x[1]


@program(X)
def map_(x):
    return sum(map(math.sin, x)) + sum(list(map(lambda a, b: a * b, x, [1.0, 2.0, 3.0])))


@program(X)
def filter_(x):
    return sum(filter(lambda v: v > 0, x)) * x[2]


@program([0.5, 0.9, 0.7])
def sorted_(values):
    ordered = sorted(values)
    return ordered[0] * 2 + ordered[1] * ordered[2]


@program([0.5, 0.9, 0.7])
def sorted_with_a_key(values):
    ordered = sorted(values, key=lambda v: -v)
    return ordered[0] * 2 + ordered[1] ** 2


@program(0.5)
def isinstance_and_type(x):
    if isinstance(x, float) and not isinstance(x, (str, list)):
        return x * x
    return x


@program(0.5)
def isinstance_folds(x):
    y = x * 2 if isinstance(x, np.ndarray) else x * 3
    return y + (1.0 if callable(math.sin) and hasattr(x, "real") else 0.0)


@program({"a": 0.5, "b": 0.7})
def dict_and_len(params):
    again = dict(params)
    keyword = dict(a=params["a"], c=params["b"])
    return again["a"] * keyword["c"] * len(again)


@program([0.5, 0.7, 0.9])
def math_on_sequences(values):
    return math.fsum(values) + math.prod(values) + math.dist([values[0], 1.0], [0.0, values[1]])


@program(0.523)
def text_of_numbers(x):
    text = str(int(x)) + repr(1) + format(x, ".2f")
    return x * len(text)


@program([1.0, -3.0, 2.0])
def max_with_a_key(values):
    return max(values, key=abs) ** 2


def _extreme_of_nothing(values):
    try:
        return max(values)
    except ValueError as error:
        return len(str(error)) * 1.0


@program([], 0.5)
def exception_of_an_extreme_of_nothing(values, x):
    return x * _extreme_of_nothing(values)


@program([3.0, 4.0, 1.0])
def hypotenuse_of_a_list(x):
    return math.hypot(*x) + math.hypot(*x[:2]) * math.hypot(*x, x[0])
