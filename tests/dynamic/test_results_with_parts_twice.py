"""Functions resolved when they are called, whose result holds the same memory in several places: it counts once."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from srcad import check_grads, grad, value_and_grad

Pair = namedtuple("Pair", "first second")


class Box:
    def __init__(self, v):
        self.v = v


def arrays(a):
    g = a * a
    return g, g


def views(a):
    g = a * a
    return [g, g[1:], g[::-1]]


def lists(a):
    g = [a * a]
    return g, g


def dicts(a):
    g = {"k": a * a}
    return Pair(g, [g])


def objects(a):
    g = Box(a * a)
    return g, g, g.v


def knows_itself(a):
    g = Box(a * a)
    g.me = g
    return [g, g]


def nested(a):
    g = (a * a, a * a * a)
    return g, g[0], g


FUNCTIONS = {f.__name__: f for f in (arrays, views, lists, dicts, objects, knows_itself, nested)}


def total(part):
    if isinstance(part, (list, tuple)):
        found, weight = 0.0, 1.0
        for item in part:
            found, weight = found + weight * total(item), weight + 1.0
        return found
    if isinstance(part, dict):
        return 3.0 * total(part["k"])
    return np.sum(part.v * part.v) if isinstance(part, Box) else np.sum(part * part)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_stands_twice_in_a_result_counts_once(name):
    def of_all(x):
        return total(FUNCTIONS[name](x))

    def of_the_first(x):
        return total(FUNCTIONS[name](x)[0])

    for function in (of_all, of_the_first):
        check_grads(function, (np.array([1.0, 2.0, -0.5]),))


def test_a_gradient_of_a_parameter_named_twice():
    def loss(x, y):
        return np.sum(x * y**2)

    argnums = (1, 0, 1)

    def inside(x):
        first, second, third = grad(loss, argnums)(x, 3.0 * x)
        (_, again) = value_and_grad(loss, argnums)(x, x)
        return np.sum(first) + np.sum(second * third) + np.sum(again[2])

    check_grads(inside, (np.array([1.0, 2.0]),))
