"""Calls of user functions: every way of passing arguments, several results, functions as values."""

import math

import numpy as np

from tests.programs.corpus import program

X = np.array([0.3, 1.2, 0.7])


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def smooth_step(x, slope=2.0, *, shift=0.1):
    return math.tanh(slope * x + shift)


def split(x, y):
    return x * y, x - y


def norm_of(*values, power=2):
    total = 0.0
    for v in values:
        total = total + v**power
    return total


def weighted(**weights):
    total = 0.0
    for name, w in weights.items():
        total = total + w * len(name)
    return total


def default_uses_argument(x, y=None):
    y = x * x if y is None else y
    return x + y


def nothing(x):
    x * 2


def clamp(x, low, high):
    if x < low:
        return low
    if x > high:
        return high
    return x


@program(X)
def call_once(x):
    return np.sum(sigmoid(x) * x)


@program(0.4)
def call_twice(x):
    return sigmoid(x) * sigmoid(sigmoid(x) + x)


@program(0.4)
def call_before_definition(x):
    return defined_later(x) * x


def defined_later(x):
    return x**3


@program(0.4, 0.9)
def defaults_and_keywords(x, y):
    return smooth_step(x) + smooth_step(x, y) * smooth_step(slope=x, x=y, shift=x * y)


@program(0.4, 0.9)
def several_results(x, y):
    a, b = split(x, y)
    pair = split(b, a)
    return a * b + pair[0] * pair[1]


@program(0.4, 0.9)
def positional_varargs(x, y):
    return norm_of(x, y, x * y) + norm_of() + norm_of(y, power=3)


@program(0.4, 0.9)
def keyword_varargs(x, y):
    return weighted(a=x, bcd=y * y)


@program(0.4)
def callee_default_from_argument(x):
    return default_uses_argument(x) * default_uses_argument(x, 3.0)


@program(-2.0)
@program(0.5)
@program(2.0)
def callee_with_early_returns(x):
    return clamp(x, -1.0, 1.0) * x + clamp(0.3, x, 5.0)


@program(0.5)
def callee_without_result(x):
    nothing(x)
    return x * 2


@program(0.5)
def calls_in_a_loop(x):
    y = x
    for _ in range(4):
        y = smooth_step(y, x)
    return y


@program(0.5)
def callee_with_a_loop(x):
    return norm_of(x, x * x, x**3, power=2) * x


def apply(f, x):
    return f(x) * 2


def twice(f, x):
    return f(f(x))


@program(0.5)
def functions_passed_as_arguments(x):
    return apply(math.sin, x) + apply(sigmoid, x) + twice(smooth_step, x)


@program(sigmoid, 0.5)
@program(np.sin, 0.5)
def function_is_an_argument(f, x):
    return f(x) * x


@program(0.5)
@program(-0.5)
def function_picked_by_a_branch(x):
    if x > 0:
        f = math.sin
    else:
        f = sigmoid
    return f(x) * x


@program(0.5)
def functions_in_a_list(x):
    y = x
    for f in [math.sin, sigmoid, smooth_step]:
        y = f(y) + x
    return y


@program(0.5, "cos")
@program(0.5, "own")
def functions_in_a_dict(x, name):
    table = {"cos": math.cos, "own": smooth_step}
    return table[name](x) * x


LAYERS = (np.tanh, sigmoid, np.exp)


@program(X)
def functions_in_a_global_tuple(x):
    for layer in LAYERS:
        x = layer(x)
    return np.sum(x)


@program(0.5)
def lambdas_on_one_line(x):
    fs = (lambda t: t * t, lambda t: math.sin(t), lambda t, s=3.0: t * s)
    return fs[0](x) + fs[1](x) * fs[2](x)


@program(0.5)
def lambda_called_at_once(x):
    return (lambda a, b: a * b + a)(x, x * x)


def returns_mixed(x):
    return {"square": x * x, "label": "a"}, [x, 2 * x]


@program(0.5)
def containers_as_results(x):
    info, values = returns_mixed(x)
    return info["square"] * values[1] + len(info["label"])


def unused_parameter(x, y):
    return x * 2


@program(0.5, 0.6)
def callee_ignores_a_parameter(x, y):
    return unused_parameter(x, math.exp(y))


@program(0.5)
def two_levels_of_helpers(x):
    return outer_helper(x) + outer_helper(x * 2)


def outer_helper(x):
    return inner_helper(x) * x


def inner_helper(x):
    y = x * x
    return y + 1


@program(0.5)
def same_local_names_as_the_callee(x):
    y = x * 3
    z = inner_helper(y)
    return y * z
