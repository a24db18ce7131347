"""Methods and attributes: of arrays, of the user's own objects, of numbers."""

from dataclasses import dataclass

import numpy
import numpy as xp
from numpy import linalg, tanh

from tests.programs.corpus import program

A = xp.array([[0.3, 0.2, -0.6], [0.5, -0.4, 1.1]])
X = xp.array([0.3, 1.2, -0.7])


@program(A)
def reductions(a):
    return a.sum(axis=0) * a.mean(axis=0) + a.max(axis=0) - a.min(0) + a.prod(axis=0)


@program(A)
def reductions_with_keepdims(a):
    return a.sum(axis=1, keepdims=True) * a.std(axis=-1, keepdims=True) + a.var()


@program(A)
def transpose_and_reshape(a):
    return a.T @ a + a.reshape(3, 2) @ a.reshape((2, -1)) + a.ravel()[2] * a.flatten()[1]


@program(A, X)
def dot(a, x):
    return a.dot(x).dot(a.dot(x * x))


@program(A)
def copy_and_astype(a):
    b = a.copy()
    c = a.astype(float)
    return b * c


@program(A)
def shape_attributes(a):
    n, m = a.shape
    return (a * n + m).sum() * a.size + a.ndim * len(a) * a.shape[0]


@program(A)
def more_methods(a):
    return a.cumsum(axis=1) + a.clip(-0.5, 0.7) * a.swapaxes(0, 1).T + a.squeeze()


@program(A)
def transpose_method(a):
    return a.transpose() @ a.transpose((1, 0)).transpose(1, 0)


@program(A)
def take_and_repeat(a):
    return a.take([0, 2], axis=1).repeat(2, axis=0) * 3.0


@program(A)
def trace_and_diagonal(a):
    return (a @ a.T).trace() * a.diagonal()


@program(A)
def dtype_and_real(a):
    return xp.zeros(3, dtype=a.dtype) + a.real.sum(axis=0)


@program(0.5)
def methods_of_a_float(x):
    return x.real * x + (2.0).is_integer() * x


@program(A)
def under_another_name(a):
    return numpy.sum(tanh(a)) * linalg.norm(a) + xp.linalg.norm(a[0])


class Quadratic:
    """A callable object with methods that call each other."""

    offset = 0.25

    def __init__(self, scale):
        self.scale = scale

    def __call__(self, x):
        return self.scale * x * x + self.linear(x)

    def linear(self, x, factor=2.0):
        return factor * x + self.offset

    @staticmethod
    def cube(x):
        return x**3

    @classmethod
    def shifted(cls, x):
        return x + cls.offset

    @property
    def twice(self):
        return self.scale * 2


MODEL = Quadratic(1.5)


@program(0.5)
def properties_and_class_methods(x):
    return MODEL.twice * x + Quadratic.shifted(x) * MODEL.shifted(x)


@program(0.5)
def bound_method_as_a_value(x):
    f = MODEL.linear
    return f(x) * f(2.0)


class Cubic(Quadratic):
    def __call__(self, x):
        return super().__call__(x) * x


@program(0.5)
def inherited_method(x):
    return Cubic(2.0).linear(x) * x


program(0.5)(MODEL.linear)


@program(A)
def method_in_a_loop(a):
    total = 0.0
    for row in a:
        total = total + row.sum() * row.dot(row)
    return total


@program(A)
def method_of_an_expression(a):
    return (a * 2 + 1).sum(axis=0).reshape(3, 1).T.mean()


@dataclass
class Dense:
    """A layer that is called."""

    w: object
    b: object

    def __call__(self, x):
        return xp.tanh(self.w @ x + self.b)


@dataclass
class Stack:
    """Layers in a list."""

    layers: list

    def loss(self, x):
        for layer in self.layers:
            x = layer(x)
        return xp.sum(x)


WEIGHTS = xp.array([[0.1, 0.2], [0.3, -0.4]])


@program(Stack([Dense(WEIGHTS, 1.0), Dense(WEIGHTS * 2, xp.array([0.1, 0.2]))]), xp.array([0.5, -1.2]))
def callable_objects_in_a_list(stack, x):
    return stack.loss(x)


@program({"first": Dense(WEIGHTS, 1.0), "second": 2.0})
def callable_object_in_a_dict(parts):
    return xp.sum(parts["first"].w * parts["second"]) + parts["first"].b ** 2


@dataclass
class Oscillator:
    """State that a method changes."""

    position: float
    speed: float

    @property
    def energy(self):
        return 0.5 * self.speed**2

    @staticmethod
    def square(x):
        return x * x

    @classmethod
    def at_rest(cls, position):
        return cls(position, 0.0)

    def kick(self, force, step=0.1):
        self.speed += force * step
        self.position += self.speed * step

    def __call__(self, time):
        return self.position + time * self.speed


@program(Oscillator(1.0, 0.5), 2.0)
def methods_of_an_argument_that_change_it(p, stiffness):
    for _ in range(3):
        p.kick(-stiffness * p.position)
    rest = p.at_rest(p.position)
    return p.energy + p.square(p.position) * stiffness + rest.position * p(stiffness)


@program(Oscillator(1.0, 0.5), Oscillator(2.0, 0.3), 2.0)
@program(Oscillator(1.0, 0.5), Oscillator(2.0, 0.3), 0.5)
def two_names_for_one_object(p, q, scale):
    chosen = p if scale > 1 else q
    chosen.speed = scale * p.speed
    first = p.speed * 2
    chosen.speed *= 3.0
    p.position = q.speed
    q.position, p.speed = p.speed, q.position
    return first * p.speed + chosen.position * q.position * scale


@dataclass
class Linear:
    """A class with a method that a subclass overrides."""

    slope: float

    def shape(self, x):
        return x

    def value(self, x):
        return self.slope * self.shape(x)


class Steep(Linear):
    def shape(self, x):
        return super().shape(x) * self.slope


@program(Linear(2.0), 0.5)
@program(Steep(2.0), 0.5)
def method_that_a_subclass_overrides(f, x):
    return f.value(x) * f.shape(x)


@program(Dense(xp.array([0.5, -1.2]), 0.3), xp.array([0.5, -1.2]))
def weights_of_an_object_equal_to_another_argument(layer, x):
    return layer(x) ** 2 + layer.b
