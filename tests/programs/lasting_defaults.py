"""Defaults that live on between calls, and those that are computed where a nested function is made."""

import numpy as np

from tests.programs.corpus import program


def counted(x, calls=[]):  # noqa: B006
    calls.append(1)
    return x * min(len(calls), 1)


def chosen(n, k, known={}):  # noqa: B006
    if k in (0, n):
        return 1
    if (n, k) not in known:
        known[n, k] = chosen(n - 1, k - 1) + chosen(n - 1, k)
    return known[n, k]


@program(0.7)
def table_of_numbers_in_a_default(x):
    return sum(chosen(5, k) * x**k for k in range(6))


@program(0.7)
def calls_counted_in_a_default(x):
    return counted(x) * counted(x * x)


@program(0.7)
def table_in_the_default_of_a_nested_function(x):
    def power(n, known={}):  # noqa: B006
        if n not in known:
            known[n] = x if n < 2 else power(n - 1) * 0.5 + power(n - 2) * x
        return known[n]

    return power(6)


@program(0.7)
def list_in_the_default_of_a_nested_function(x):
    def total(value, seen=[]):  # noqa: B006
        seen.append(value)
        return sum(seen)

    return total(x) * total(x * x) * total(3 * x)


class Sink:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)


@program(np.array([0.5, -1.5, 2.5]))
def lambdas_with_numbers_for_defaults_change_an_object(values):
    sink = Sink()
    pushes = [lambda value, weight=k: sink.push(value * weight) for k in range(3)]
    for value, push in zip(values, pushes):
        push(value * value)
    pushes[1](values[0], 3.0)
    return sum(sink.items)


@program(0.7)
def variable_named_like_the_default_of_a_parameter(x):
    def scaled(value, weight=x * 2):  # noqa: B008
        weight_default = 3.0
        return value * weight * weight_default

    return scaled(x) + scaled(x, 1.0)


@program(0.7)
def default_passed_on_by_name(x):
    def inner(value, *, weight=x * 2, power=2):  # noqa: B008
        return weight * value**power

    def outer(value, **options):
        return inner(value, **options)

    return outer(x) + outer(x, power=3) + outer(x, weight=x)


@program(0.7)
def default_changed_by_a_function_picked_late(x):
    total = [0.0]

    def bump(value):
        total[0] += value

    def later(value, function=bump):
        function(value * value)

    (later if x > 0 else bump)(x)
    return total[0]


@program(0.7)
def containers_in_the_defaults_of_functions_picked_late(x):
    def gathered(value, seen=[], first={}):  # noqa: B006
        seen.append(value)
        first[len(seen)] = value * value
        return sum(seen) * first[1]

    def plain(value):
        return value

    chosen_late = gathered if x > 0 else plain
    return chosen_late(x) * chosen_late(2 * x) * chosen_late(x * x)


@program(0.7)
def each_function_made_in_a_loop_has_its_own_default(x):
    functions = []
    for k in range(2):

        def total(value, seen=[], weight=k + 1):  # noqa: B006, B008
            seen.append(value * weight)
            return sum(seen)

        functions.append(total)
    return functions[0](x) * functions[1](x * x) * functions[0](x) * functions[1](x)


@program(np.array([0.5, -1.2, 2.0]))
def functions_and_tuples_as_defaults(x, y=None, powers=(2, 3), apply=lambda v: v * v, ufunc=np.sin):
    if y is None:
        y = ufunc(x.sum())
    return sum(apply(v) * y**i for i, v in zip(powers, x))  # noqa: B905


def secant(function, start, args=(), options={}, trips=3):  # noqa: B006
    left, right = start, start * 1.1
    at_left, at_right = function(left, *args, **options), function(right, *args, **options)
    for _ in range(trips):
        middle = right - at_right * (right - left) / (at_right - at_left)
        left, at_left = right, at_right
        right, at_right = middle, function(middle, *args, **options)
    return right


def missed(x, target, power=2.0):
    return x**power - target


SOLVERS = {"secant": secant}


@program(2.0)
def options_that_are_only_passed_on(target):
    found = SOLVERS["secant"](missed, 1.0, args=(target,))
    return found * SOLVERS["secant"](missed, 1.0, (target,), {"power": 3.0})
