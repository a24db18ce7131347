"""Programs that call ``grad`` inside, and the derivatives of derivatives."""

import math

import numpy as np

from srcad.api import grad, value_and_grad
from tests.programs.corpus import program


@program(0.7)
def derivative_inside(x):
    def cube(y):
        return y**3

    return grad(cube)(x) * x


@program(0.7, 0.3)
def derivative_of_a_closure(x, y):
    def product(z):
        return math.sin(z * x) * y

    return grad(product)(y) + x


@program(0.7)
def levels_are_not_confused(x):
    return x * grad(lambda y: x + y)(2.0)


@program(0.7)
def levels_are_not_confused_when_multiplied(x):
    return x * grad(lambda y: x * y)(x)


def energy(q):
    return np.sum(np.cos(q)) + q[0] * q[1]


@program(np.array([0.3, 0.5]))
def force_in_a_step(q):
    p = np.zeros(2)
    for _ in range(3):
        p = p - 0.1 * grad(energy)(q)
        q = q + 0.1 * p
    return np.sum(q * q)


@program(np.array([0.3, 0.5]), 0.1)
def gradient_descent_through_the_optimiser(x, rate):
    for _ in range(3):
        x = x - rate * grad(energy)(x)
    return energy(x)


@program(0.4)
def value_and_gradient_inside(x):
    value, slope = value_and_grad(math.sin)(x)
    return value * slope


@program(0.4)
def newton_with_a_derivative(x):
    for _ in range(3):
        x = x - polynomial(x) / grad(polynomial)(x)
    return x


def polynomial(x):
    return x**3 + 2.0 * x - 1.0
