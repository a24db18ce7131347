"""What the operators return can be pickled and copied, before and after it was called."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import srcad

X = np.array([0.3, -0.5, 0.8])


def total(x):
    return np.sum(x**3)


def cubes(x):
    return x**3


def residual(x, a):
    return x * x - a


def newton(f, x, a):
    for _ in range(20):
        x = x - f(x, a) / (2 * x)
    return x


root = srcad.custom_root(residual, newton)


@srcad.jacobian
def by_jacobian(x):
    return x**3


@srcad.hessian
def by_hessian(x):
    return np.sum(x**3)


@srcad.hvp
def by_hvp(x):
    return np.sum(x**3)


@srcad.ggnvp
def by_ggnvp(x):
    return x**3


@srcad.elementwise_grad
def by_elementwise_grad(x):
    return x**3


MADE = {
    "jacobian": (srcad.jacobian(cubes), (X,)),
    "jacfwd": (srcad.jacfwd(cubes), (X,)),
    "jacrev": (srcad.jacrev(cubes), (X,)),
    "hessian": (srcad.hessian(total), (X,)),
    "hvp": (srcad.hvp(total), (X, X)),
    "ggnvp": (srcad.ggnvp(cubes), (X, X)),
    "elementwise_grad": (srcad.elementwise_grad(cubes), (X,)),
    "Jvp": (srcad.Jvp(cubes), ((X,), (X,))),
    "root": (root, (1.0, 4.0)),
    "of root": (srcad.grad(root, "a"), (1.0, 4.0)),
    "sparse_jacobian": (srcad.sparse_jacobian(cubes, np.eye(3)), (X,)),
    "sparse_hessian": (srcad.sparse_hessian(total, np.eye(3)), (X,)),
    "second": (srcad.jacobian(srcad.elementwise_grad(cubes)), (X,)),
}


def dense(value):
    return [leaf.toarray() if hasattr(leaf, "toarray") else leaf for leaf in srcad.tree.leaves(value)]


@pytest.mark.parametrize("name", MADE)
def test_what_operators_return_is_made_anew(name):
    made, args = MADE[name]
    early = pickle.loads(pickle.dumps(made))
    expected = dense(made(*args))
    for other in (early, pickle.loads(pickle.dumps(made)), copy.copy(made), copy.deepcopy(made)):
        for found, right in zip(dense(other(*args)), expected):
            np.testing.assert_array_equal(found, right)


@pytest.mark.parametrize("made", [by_jacobian, by_hessian, by_hvp, by_ggnvp, by_elementwise_grad])
def test_what_decorators_make_is_found_by_its_name(made):
    made(*[X] * (2 if made in (by_hvp, by_ggnvp) else 1))
    assert pickle.loads(pickle.dumps(made)) is made and copy.deepcopy(made) is made
    assert made.__name__.startswith("by_")


@pytest.mark.parametrize(
    "operator",
    [srcad.jacfwd, srcad.jacrev, srcad.jacobian, srcad.elementwise_grad, srcad.hessian, srcad.grad],
)
def test_the_pair_under_has_aux_may_be_a_list(operator):
    found, aux = operator(lambda x: [np.sum(x**2), "aux"], has_aux=True)(X)
    assert aux == "aux"
    np.testing.assert_allclose(found, 2 * np.eye(3) if operator is srcad.hessian else 2 * X)
