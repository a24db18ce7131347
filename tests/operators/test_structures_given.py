"""What users give as structures: gradients of their own rules, maps over trees, functions bound to objects."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from srcad import custom_vjp, grad, hvp, jvp, tree, vjp
from srcad.errors import ArgumentError

Pair = namedtuple("Pair", "first second")
W, V = np.array([0.6, 0.4]), np.array([0.3, -0.2])


@dataclass
class Layer:
    w: Any
    b: Any


class Cubes:
    def __init__(self, scale):
        self.scale = scale

    def value(self, p):
        return np.sum(p**3) * self.scale


def loss(p):
    return np.sum(p.w**3) * p.b


def given_by(rule):
    @custom_vjp
    def given(p):
        return loss(p)

    given.backward(lambda ans, g, p: rule(g, p))
    return lambda p: given(p)


RULES = [
    lambda g, p: Layer(3 * g * p.w**2 * p.b, g * np.sum(p.w**3)),
    lambda g, p: {"w": 3 * g * p.w**2 * p.b, "b": g * np.sum(p.w**3)},
    lambda g, p: tree.map(lambda leaf: g * leaf, grad(loss)(p)),
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_returns_the_gradient_of_an_object(rule):
    f, at, along = given_by(rule), Layer(W, 0.8), Layer(V, 0.5)
    found = grad(f)(at)
    np.testing.assert_allclose(found.w, 3 * W**2 * 0.8)
    assert np.isclose(found.b, np.sum(W**3))
    assert np.isclose(jvp(f, (at,), (along,))[1], jvp(loss, (at,), (along,))[1])
    np.testing.assert_allclose(hvp(f)(at, along).w, hvp(loss)(at, along).w)


def test_a_rule_that_returns_another_object_is_refused():
    f = given_by(lambda g, p: Pair(g * p.w, g))
    with pytest.raises(ArgumentError, match="an object with the attributes w, b"):
        grad(f)(Layer(W, 0.8))


def test_a_map_over_named_tuples_has_a_gradient():
    inner = Pair(2.0, 5.0 * np.ones(2))

    def scaled(g):
        return tree.map(lambda leaf: g * leaf, (inner, Pair(3.0, [g])))

    cotangent = (Pair(1.0, np.array([10.0, 10.0])), Pair(100.0, [1.0]))
    assert vjp(scaled, 2.0)[1](cotangent)[0] == 2.0 + 100.0 + 300.0 + 4.0
    tangent = jvp(scaled, (2.0,), (1.0,))[1]
    assert isinstance(tangent[0], Pair) and tangent[0].first == 2.0 and tangent[1].second == [4.0]


def test_forward_mode_goes_through_the_gradient_of_a_bound_method():
    bound = Cubes(1.3).value
    value, tangent = jvp(lambda p: np.sum(grad(bound)(p)), (W,), (V,))
    assert np.isclose(value, 3.9 * np.sum(W**2)) and np.isclose(tangent, 7.8 * W @ V)


def test_the_pullback_of_a_pullback_by_objects_in_objects():
    def f(p):
        return np.sum(p.w**2) * p.b.b + np.sum(np.sin(p.b.w)) * p.b.b

    at, along = Layer(W, Layer(W[:1].copy(), 0.8)), Layer(V, Layer(V[:1], 0.5))
    _, pull = vjp(f, at)
    _, again = vjp(lambda c: pull(c)[0], 1.0)
    assert np.isclose(again(along)[0], jvp(f, (at,), (along,))[1])


def test_a_rule_of_the_wrong_shape_is_refused_in_forward_mode():
    @custom_vjp
    def squared(x):
        return np.sum(x**2)

    squared.backward(lambda ans, g, x: g * np.ones(5))
    with pytest.raises(ArgumentError, match=r"an array of shape \(5,\) as the gradient of"):
        jvp(lambda x: squared(x), (W,), (V,))
