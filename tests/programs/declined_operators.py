"""Operators that a class declines with NotImplemented, and dicts of a class of the user's with operators of their own."""

import itertools

from tests.programs.corpus import program


class Scale:
    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        return Scale(self.value * other.value) if isinstance(other, Scale) else NotImplemented

    def __iadd__(self, other):
        if not isinstance(other, Scale):
            return NotImplemented
        self.value = self.value + other.value
        return self

    def __add__(self, other):
        return Scale(self.value + other.value) if isinstance(other, Scale) else NotImplemented

    def __lt__(self, other):
        return self.value < other.value if isinstance(other, Scale) else NotImplemented

    def __eq__(self, other):
        return self.value == other.value if isinstance(other, Scale) else NotImplemented

    __hash__ = None


class Shift:
    def __init__(self, value):
        self.value = value

    def __rmul__(self, other):
        return Shift(other.value * self.value**2)

    def __radd__(self, other):
        return Shift(other.value - self.value**3)

    def __gt__(self, other):
        return other.value < 0.0 * self.value


class Polynomial(dict):
    """Coefficients by power, of which any may be missing."""

    def __missing__(self, power):
        return 0.0

    def __add__(self, other):
        result = Polynomial(self)
        for power, coefficient in other.items():
            result[power] = result[power] + coefficient
        return result

    def __mul__(self, other):
        result = Polynomial()
        for (i, a), (j, b) in itertools.product(self.items(), other.items()):
            result[i + j] += a * b
        return result

    def __ior__(self, other):
        for power in other:
            self[power] = self[power] * other[power]
        return self

    def __call__(self, x):
        return sum(c * x**power for power, c in sorted(self.items()))


@program(0.4, 1.3)
def product_and_sum_that_the_first_operand_declines(a, b):
    return (Scale(a) * Shift(b)).value * (Scale(a) + Shift(b)).value * (Scale(a) * Scale(b)).value


@program(0.4, 1.3)
def update_in_place_that_is_declined(a, b):
    total, kept = Scale(a), Scale(b)
    total += Shift(b)
    kept += Scale(a)
    return total.value**2 * kept.value


@program(0.4, 1.3)
def comparisons_that_are_declined(a, b):
    first, second = Scale(a), Shift(b)
    if first < second:
        return a * b
    if first == second:
        return a
    return a * a * b if first == Scale(a) else b


@program(0.4, 1.3, 0.8)
def polynomials_of_a_class_of_dicts(a, b, x):
    p = Polynomial({0: a, 2: b})
    q = p * p + Polynomial({1: a * b})
    return q(x) * q[2] + q[7] + len(q)


@program(0.4, 1.3)
def union_in_place_of_a_class_of_dicts(a, b):
    p = Polynomial({0: a, 2: b})
    p |= {0: a, 2: b * b}
    return p[0] * p[2]
