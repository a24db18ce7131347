"""Methods of arrays that are kept as values, and functions of NumPy in tables that are called with their keywords."""

import functools

import numpy as np

from tests.programs.corpus import program

POINT = np.array([0.9, 0.5, 0.4])


@program(POINT)
def method_under_a_name(x):
    limit = x.clip
    return (limit(0, 0.7) * x).sum()


@program(POINT)
def one_of_two_methods(x):
    measure = x.sum if x[0] > 0 else x.max
    return measure() ** 2


@program(POINT)
def methods_in_a_dict(x):
    measures = {"a": x.sum, "b": (x * x).mean}
    return sum(measure() * weight for measure, weight in zip(measures.values(), (1.0, 2.0)))


@program(POINT)
def methods_given_to_a_function(x):
    def squared(measure):
        return measure() ** 2

    return squared(x.sum) * squared((x * x).max)


@program(POINT)
def products_by_a_mapped_method(x):
    return sum(map(x.dot, [x, x * x]))


@program(POINT)
def methods_reduced(x):
    return functools.reduce(lambda total, measure: total + measure(), [x.sum, x.max, x.prod], 0.0)


@program(POINT)
def method_of_the_largest_value(x):
    best = max([x.sum, x.max], key=lambda measure: measure())
    return best() ** 2


class Measured:
    def __init__(self, x):
        self.total = x.sum


@program(POINT)
def method_in_an_attribute(x):
    return Measured(x * x).total() ** 2


@program(POINT)
def reshaped_by_a_kept_method(x):
    reshape = x.reshape
    column = reshape(3, 1)
    return (column @ column.T).sum()


@program(POINT)
def changed_through_the_view_of_a_kept_method(x):
    y = x * 1.0
    column = [y.ravel, y.copy][0]()
    column[0] = x[1] * 5
    return (y * x).sum()


@program(POINT)
def resampled_by_clipped_positions(x):
    draws = np.random.default_rng(3)
    for _ in range(2):
        positions = (draws.random() + np.arange(3)) / 3
        x = x[np.searchsorted(np.cumsum(x), positions).clip(0, 2)] * x[0]
    return x.sum()


TABLE = [np.clip, np.diff, np.max, np.var, np.linalg.pinv]


@program(POINT)
def bounds_by_position_in_a_late_call(x):
    return (TABLE[0](x, 0, 0.7) * x).sum()


@program(POINT)
def one_bound_by_its_name_in_a_late_call(x):
    return (TABLE[0](x, min=0.45) * x).sum()


@program(POINT)
def no_lower_bound_in_a_late_call(x):
    return (TABLE[0](x, a_max=0.6, a_min=None) * x).sum()


@program(POINT)
def differences_of_what_is_prepended(x):
    return (TABLE[1](x, prepend=x[2] * 2) ** 3).sum() + (TABLE[1](x, 1, -1, x[0], 2 * x[1]) ** 3).sum()


@program(POINT)
def largest_of_a_starting_value(x):
    return TABLE[2](x, initial=x[0] * 3) ** 2


@program(POINT)
def variance_about_a_given_mean(x):
    return TABLE[3](x, mean=x[0] * 3) ** 2


@program(POINT)
def pseudoinverse_with_a_tolerance(x):
    return (TABLE[4](x[None], rtol=1e-3) ** 2).sum()
