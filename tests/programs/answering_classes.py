"""Classes that answer comparisons, rounding, inversion, division with remainder and reversal with what has a derivative."""

import math
import operator
from enum import IntEnum

import numpy as np

from tests.programs.corpus import program


class Fuzzy:
    """A truth between 0 and 1."""

    def __init__(self, truth):
        self.truth = truth

    def __invert__(self):
        return Fuzzy(1.0 - self.truth)

    def __and__(self, other):
        return Fuzzy(self.truth * other.truth)

    def __or__(self, other):
        return ~(~self & ~other)

    def __lt__(self, other):
        return 1.0 / (1.0 + math.exp(4.0 * (self.truth - other.truth)))

    def __ge__(self, other):
        if not isinstance(other, Fuzzy):
            return NotImplemented
        return Fuzzy(self.truth - other.truth)

    def __le__(self, other):
        return Fuzzy(other - self.truth)


class Span:
    """Two ends."""

    def __init__(self, low, high):
        self.low, self.high = low, high

    def __round__(self, digits=0):
        return 0.5 * (self.low + self.high) + digits

    def __floor__(self):
        return self.low

    def __ceil__(self):
        return self.high

    def __trunc__(self):
        return Span(self.low, self.low + 1.0)

    def __divmod__(self, other):
        return Span(self.low / other, self.high / other), self.low * other

    def __rdivmod__(self, other):
        return other / self.low, other * self.high

    def __reversed__(self):
        yield self.high
        yield self.low


@program(0.3, 0.6)
def inversion_and_comparison_of_instances(x, y):
    a, b = Fuzzy(x), Fuzzy(y)
    return (~a).truth * y + (a < b) + (a | b).truth * (a > b) + (a >= b).truth


@program(0.3, 0.6)
def inversion_and_comparison_of_instances_in_a_list(x, y):
    facts = [Fuzzy(x), Fuzzy(y), Fuzzy(x * y)]
    order = [facts[k] < facts[k + 1] for k in range(2)]
    either = (~facts[0] | facts[1]).truth
    return sum((~fact).truth**2 for fact in facts) + order[0] * order[1] + either


@program(0.3, 0.6)
def comparison_that_the_second_operand_answers(x, y):
    facts = [Fuzzy(x), Fuzzy(y)]
    declined = (2.0 >= facts[0]).truth
    by_name = operator.lt(facts[0], facts[1]) * sum(map(operator.lt, facts, facts[::-1]))
    return declined * y + by_name


@program(0.3, 0.6)
def comparison_of_instances_that_only_decides(x, y):
    facts = [Fuzzy(x), Fuzzy(y)]
    if facts[0] < facts[1] and facts[0] >= facts[1]:
        return x
    return facts[0].truth * facts[1].truth


@program(0.3, 0.6)
def rounding_of_instances(x, y):
    span = Span(x, x + y)
    return round(span) * y + round(span, 2) * math.floor(span) + math.ceil(span) * math.ceil(math.trunc(span))


@program(0.3, 0.6)
def rounding_of_instances_in_a_list(x, y):
    spans = [Span(x, y), Span(x * y, x + y)]
    total = sum(map(round, spans)) + sum(math.floor(span) for span in spans) * y
    return total + math.ceil(spans[1]) * round(spans[0], 1)


@program(0.3, 0.6)
def division_with_remainder_of_instances(x, y):
    span = Span(x, x + y)
    quotient, rest = divmod(span, y)
    spans = [quotient, span]
    first, second = divmod(2.0, spans[0])
    inner, last = divmod(*[spans[1], y])
    return quotient.high * rest + first * second + inner.low * last


@program(np.array([0.3, 0.6, 1.1]))
def instances_reversed(x):
    span = Span(x[0], x[1] * x[2])
    total = sum(reversed(span)) * x[1]
    for weight, spans in enumerate([[span], [Span(x[1], x[2])]], 1):
        for k, end in enumerate(reversed(spans[0])):
            total += weight * (k + 1) * end**2
    return total + list(reversed(span))[0] * [end for end in reversed(x)][0]


class Quaternion:
    """A quaternion whose inverse is ``~q``."""

    def __init__(self, w, x, y, z):
        self.parts = np.array([w, x, y, z])

    def __invert__(self):
        made = Quaternion(self.parts[0], *-self.parts[1:])
        made.parts /= self.parts @ self.parts
        return made

    def __mul__(self, other):
        w, v = self.parts[0], self.parts[1:]
        u, t = other.parts[0], other.parts[1:]
        return Quaternion(w * u - v @ t, *(w * t + u * v + np.cross(v, t)))


@program(np.array([1.0, 0.2, -0.3, 0.5]), np.array([1.0, 2.0, 3.0]))
def vector_turned_by_a_quaternion(q, v):
    turn = Quaternion(*q)
    return np.sum((turn * Quaternion(0.0, *v) * ~turn).parts * np.array([0.0, 1.0, 2.0, -1.0]))


@program(7.3, 0.6)
def builtins_of_two_operands_given_as_a_list(x, y):
    operands = [x, y]
    whole, rest = divmod(*operands)
    return whole * rest + pow(*operands)


class Dual:
    """A number and its derivative, on which functions of NumPy call the methods of their names."""

    def __init__(self, value, slope):
        self.value, self.slope = value, slope

    def __mul__(self, other):
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def exp(self):
        e = np.exp(self.value)
        return Dual(e, e * self.slope)

    def sin(self):
        return Dual(np.sin(self.value), np.cos(self.value) * self.slope)


@program(0.3, 0.6)
def functions_of_numpy_that_call_methods_of_instances(x, y):
    duals = [Dual(x, 1.0), Dual(y, x)]
    made = np.exp(Dual(y, 1.0)) * np.sin(duals[0])
    return made.slope * made.value + np.exp(duals[1]).slope


class Weight(IntEnum):
    """Members that are whole numbers, in a module whose classes have operators."""

    ONE = 1
    TWO = 2


@program(1.5, 0.7)
def names_and_values_of_members_that_are_numbers(x, y):
    total = 0.0
    for weight in Weight:
        total += x**weight * y
        if weight.name == "TWO":
            total *= weight.value
    return total


@program(np.array([0.3, 0.6, 1.1]))
def arrays_compared_beside_such_classes(x):
    small, whole = x < 0.5, np.sum(x * (x >= 0.55))
    return (
        np.sum(np.where(small, x**2, x)) * whole
        + round(2.6) * math.floor(x[2]) * x[0]
        + divmod(x[2], x[0])[1]
    )
