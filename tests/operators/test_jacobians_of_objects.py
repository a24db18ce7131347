"""Jacobians and Hessians by objects of the user's classes, differentiated again."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from srcad import grad, hessian, jacfwd, jacobian, jacrev
from srcad.callables import compilation


class Plain:
    def __init__(self, w, b):
        self.w, self.b = w, b


@dataclass(frozen=True)
class Frozen:
    w: Any
    b: Any
    name: str = "n"


@dataclass
class Nested:
    inner: Any
    s: float


def smooth(p):
    return np.sum(p.w**3) * p.b + p.b**4


def in_a_dict(p):
    return {"a": p.w**3 * p.b, "b": [p.b**4, "text"]}


def by_a_loop(p):
    s = p.b
    for i in range(2):
        s = s * p.w[i] + p.b**2
    return s


def of_smooth(p):
    jac = jacobian(smooth)(p)
    return np.sum(jac.w**2) * jac.b


def of_a_dict(p):
    return np.sum(jacfwd(in_a_dict)(p)["a"].w ** 2) + np.sum(jacrev(in_a_dict)(p)["b"][0].b ** 2)


def of_a_loop(p):
    return np.sum(jacfwd(by_a_loop)(p).w ** 2)


def of_a_hessian(p):
    return np.sum(hessian(by_a_loop)(p).w.w ** 2)


W = np.array([0.6, 0.4])


@pytest.mark.parametrize("make", [Plain, Frozen, lambda w, b: SimpleNamespace(w=w, b=b)])
@pytest.mark.parametrize("f", [of_smooth, of_a_dict, of_a_loop])
def test_a_jacobian_by_an_object_is_differentiated(f, make):
    found, step = grad(f)(make(W, 0.8)), 1e-5
    slopes = [(f(make(W + step * u, 0.8)) - f(make(W - step * u, 0.8))) / (2 * step) for u in np.eye(2)]
    np.testing.assert_allclose(found.w, slopes, rtol=1e-6)
    assert np.isclose(found.b, (f(make(W, 0.8 + step)) - f(make(W, 0.8 - step))) / (2 * step), rtol=1e-6)


def test_a_hessian_by_an_object_is_differentiated():
    found, step = grad(of_a_hessian)(Plain(W, 0.8)), 1e-5
    slope = (of_a_hessian(Plain(W, 0.8 + step)) - of_a_hessian(Plain(W, 0.8 - step))) / (2 * step)
    assert np.isclose(found.b, slope, rtol=1e-6)


def test_a_jacobian_by_an_object_in_an_object_is_differentiated():
    def f(p):
        jac = jacobian(lambda q: np.sum(q.inner.w**3) * q.inner.b * q.s)(p)
        return np.sum(jac.inner.w) * jac.s

    found = grad(f)(Nested(Plain(W, 0.8), 0.3))
    squares, cubes = np.sum(W**2), np.sum(W**3)
    assert np.isclose(found.s, 3 * 0.8**2 * squares * cubes)
    assert np.isclose(found.inner.b, 2 * 3 * 0.3 * 0.8 * squares * cubes)


def test_a_jacobian_inside_of_a_program_is_compiled_once():
    def row(p):
        return p[0][0] * p[1][0] ** 2 * p[0]

    derivative = grad(lambda p: np.sum(jacobian(row)(p)[0] ** 2))
    point = [W, (0.8, 0.3)]
    first = derivative(point)
    compiled = len(compilation._CACHE)
    np.testing.assert_array_equal(derivative(point)[0], first[0])
    assert len(compilation._CACHE) == compiled
