"""Classes that extend numbers and texts, and enumerations, with methods and properties of their own."""

import enum
import math

from tests.programs.corpus import program


class Order(int):
    def raised(self, x):
        return x**self * 2


class Named(str):
    def squared(self, x):
        return x * x


class Shape(enum.IntEnum):
    SINE = 1
    EXPONENTIAL = 2

    @property
    def function(self):
        return {Shape.SINE: math.sin, Shape.EXPONENTIAL: math.exp}[self]

    def scaled(self, x):
        return x**2 * self


class Kind(enum.StrEnum):
    LINEAR = "linear"
    SQUARE = "square"

    def of(self, x):
        return x if self is Kind.LINEAR else x * x


ORDER, NAMED = Order(3), Named("a")


@program(0.7)
def methods_of_numbers_and_texts(x):
    held = {"order": ORDER, "named": NAMED}
    total = ORDER.raised(x) * NAMED.squared(x) + held["order"].raised(x) * held["named"].squared(x)
    return total + Order(2).raised(x) * ORDER.bit_length()


@program(0.7)
def methods_and_properties_of_enumerations(x):
    total = sum(shape.function(x) * shape for shape in Shape)
    for kind in Kind:
        total += kind.of(x) * len(kind)
    return total + Shape.SINE.function(x) + Shape.EXPONENTIAL.scaled(x) ** Shape.EXPONENTIAL


@program(0.7, Shape.EXPONENTIAL)
def enumeration_as_an_argument(x, shape):
    return shape.function(x) * shape + shape.scaled(x)


@program(0.7)
def members_looked_up_by_value(x):
    shape = Shape(2)
    return shape.function(x) + Kind("square").of(x) * Shape["SINE"].scaled(x)
