"""Operators on objects of plain classes, on deques and on dicts of other classes, and on complex results."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from fractions import Fraction

import numpy as np
import pytest

from srcad import grad, hessian, hvp, jacfwd, jacobian, jacrev, jvp, tree, value_and_grad, vjp

X = np.array([1.0, 2.0])
MODES = [jacfwd, jacrev, jacobian]


class Plain:
    def __init__(self, a, b):
        self.a, self.b = a, b


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b


@pytest.mark.parametrize("cls", [Plain, Slotted])
@pytest.mark.parametrize("jacobian_of", MODES)
def test_a_jacobian_by_an_object_is_an_object_of_blocks(jacobian_of, cls):
    found = jacobian_of(lambda p: p.a**2 * p.b)(cls(X, 3.0))
    assert type(found) is cls
    np.testing.assert_allclose(found.a, np.diag([6.0, 12.0]))
    np.testing.assert_allclose(found.b, X**2)


@pytest.mark.parametrize("jacobian_of", MODES)
def test_a_jacobian_of_an_object_is_an_object_of_blocks(jacobian_of):
    found = jacobian_of(lambda x: Plain(x**2, {"sum": np.sum(x), "name": "s"}))(X)
    np.testing.assert_allclose(found.a, np.diag(2 * X))
    np.testing.assert_allclose(found.b["sum"], np.ones(2))
    assert found.b["name"] is None


def test_second_derivatives_by_an_object():
    def f(p):
        return np.sum(p.a**2) * p.b

    found = hessian(f)(Plain(X, 3.0))
    np.testing.assert_allclose(found.a.a, 6 * np.eye(2))
    np.testing.assert_allclose(found.a.b, 2 * X)
    np.testing.assert_allclose(found.b.a, 2 * X)
    np.testing.assert_allclose(hvp(f)(Plain(X, 3.0), Plain(np.ones(2), 1.0)).a, 6.0 + 2 * X)
    np.testing.assert_allclose(jvp(f, (Slotted(X, 3.0),), (Slotted(np.ones(2), 0.0),))[1], 6 * np.sum(X))


def _product(q):
    return q[0] ** 2 * q[1]


def test_the_gradient_of_a_deque_is_a_deque():
    given = deque([1.0, 2.0], maxlen=4)
    for found in (grad(_product)(given), value_and_grad(_product)(given)[1], vjp(_product, given)[1](1.0)[0]):
        assert found == deque([4.0, 1.0]) and found.maxlen == 4
    assert grad(lambda p: _product(p["q"]))({"q": given}) == {"q": deque([4.0, 1.0])}
    assert jvp(_product, (given,), (deque([1.0, 0.0]),)) == (2.0, 4.0)
    assert jacobian(lambda x: deque([x, 2.0 * x]))(3.0) == deque([1.0, 2.0])
    assert list(map(list, hessian(_product)(given))) == [[4.0, 2.0], [2.0, 0.0]]
    assert tree.map(lambda leaf: 2 * leaf, given) == deque([2.0, 4.0])


@pytest.mark.parametrize("given", [OrderedDict(a=3.0), defaultdict(float, a=3.0)])
def test_a_gradient_keeps_the_class_of_a_dict(given):
    def f(d):
        return d["a"] ** 2

    for found in (grad(f)(given), jacobian(f)(given), hvp(f)(given, {"a": 0.0})):
        assert type(found) is type(given)
    assert grad(f)(given) == {"a": 6.0}
    assert type(jvp(lambda x: OrderedDict(a=x * x), (3.0,), (1.0,))[1]) is OrderedDict


@pytest.mark.parametrize("leaf", [Fraction(1, 2), np.random.default_rng(0), np.dtype("f4"), iter([1.0])])
def test_a_leaf_without_derivative_has_none(leaf):
    assert grad(lambda p: p["x"] ** 2)({"x": 3.0, "other": leaf}) == {"x": 6.0, "other": None}
    assert grad(lambda p: p[0] ** 2)([3.0, leaf]) == [6.0, None]


@pytest.mark.parametrize("jacobian_of", MODES)
def test_the_jacobian_of_a_complex_result_by_real_numbers_is_complex(jacobian_of):
    found = jacobian_of(lambda x: {"wave": np.exp(1j * x), "x": 2.0 * x})(X)
    np.testing.assert_allclose(found["wave"], np.diag(1j * np.exp(1j * X)))
    np.testing.assert_array_equal(found["x"], 2 * np.eye(2))
    assert found["x"].dtype == np.float64
