"""Methods of classes called by the class's name: other constructors, functions kept in a class, super() in them."""

import math

import numpy as np

from tests.programs.corpus import program


class Vector:
    made = 0

    def __init__(self, x, y):
        assert x is not None
        self.x, self.y = x, y

    @classmethod
    def zero(cls):
        return cls(0.0, 0.0)

    @classmethod
    def unit(cls, angle):
        return cls(math.cos(angle), math.sin(angle))

    @classmethod
    def turned(cls, angle, by=None):
        if by is None:
            by = 0.5
        return cls.unit(angle + by)

    @staticmethod
    def square(t):
        return t * t

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def dot(self, other):
        return self.x * other.x + self.y * other.y

    def size(self):
        return math.sqrt(Vector.square(self.x) + self.square(self.y))


class Scaled(Vector):
    @classmethod
    def unit(cls, angle):
        found = super().unit(2.0 * angle)
        return cls(found.x * 3.0, found.y)

    @staticmethod
    def square(t):
        return t * t * t


class Ellipsoid:
    models = {"earth": {"a": 6.4, "b": 6.3}, "flat": {"a": 2.0, "b": 1.0}}

    def __init__(self, a, b, flattening=None):
        self.flattening = flattening if flattening is not None else (a - b) / a
        assert self.flattening >= 0.0
        self.a, self.b = a, b

    @classmethod
    def named(cls, name):
        return cls(cls.models[name]["a"], cls.models[name]["b"])


@program(0.7)
def sum_of_units(x):
    total = Vector.zero()
    for i in range(3):
        total = total + Vector.unit(x * i)
    return total.dot(Vector.turned(x)) + Vector.square(total.size())


@program(0.7)
def of_a_class_that_extends_another(x):
    return Scaled.unit(x).size() + Scaled.turned(x, 0.3).dot(Vector.unit(x)) * Scaled.square(x)


@program(0.7)
def of_the_class_of_an_object(x):
    held = Scaled(x, 2.0)
    return type(held).square(x) + held.square(x) + held.turned(x).x


@program(0.7)
def of_a_class_that_is_passed(x):
    def size(cls, t):
        return cls.unit(t).size() * cls.square(t)

    return size(Vector, x) + size(Scaled, x) + sum(size(cls, x) for cls in (Vector, Scaled))


@program(0.7, 0.2, None)
@program(np.array([0.7, 0.1]), 0.2, None)
def constants_by_name(latitude, height, ellipsoid):
    if ellipsoid is None:
        ellipsoid = Ellipsoid.named("flat")
    n = ellipsoid.a**2 / np.hypot(ellipsoid.a * np.cos(latitude), ellipsoid.b * np.sin(latitude))
    return float(np.sum((n + height) * np.cos(latitude) * (1.0 - ellipsoid.flattening)))


class Settings:
    def __init__(self):
        self.rate = 0.5


class Choice:
    def __init__(self, given):
        self.given = given

    def __call__(self):
        if self.given is None:
            return Settings()
        raise ValueError("Nothing is known under this name.")


class Layer:
    def __init__(self, given=None):
        self.seen = []
        self.settings = Choice(given)()


class Gate(Layer):
    def __init__(self, slope, given=None):
        super().__init__(given)
        self.slope = slope

    def forward(self, x):
        self.seen.append(x)
        return np.tanh(x * self.slope) * self.settings.rate


@program(np.array([[0.3, -0.8], [1.1, 0.4]]), 0.7)
def an_initializer_that_keeps_what_a_call_returns(x, slope):
    gate = Gate(slope)
    first = gate.forward(x)
    return float(np.sum(gate.forward(first) * gate.seen[1]) + np.sum(gate.seen[0]))
