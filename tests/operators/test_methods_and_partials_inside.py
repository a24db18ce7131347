"""Methods, partial functions and callable objects that carry derivatives, given to operators inside of a program."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from srcad import SrcadError, check_grads, ggnvp, grad, hvp, jacfwd, jvp, linearize, vjp

A, X, V = np.array([0.7, -0.3]), np.array([0.2, 0.4]), np.array([1.0, 2.0])


def scaled(x, y, z=1.0):
    return np.sum(x**3 * y**2 * z)


class Model:
    def __init__(self, w):
        self.w = w

    def energy(self, x):
        return np.sum(self.w**2 * x**3)

    def filled(self, x):
        t = np.zeros(2)
        for i in range(2):
            t[i] = self.w[i] ** 2 * x[i] ** 3
        return t[0] * t[1]

    def __call__(self, x):
        return np.sum(self.w**3 * x**3)


FUNCTIONS = {
    "partial by name": lambda a: functools.partial(scaled, y=2.0 * a),
    "partial by position": lambda a: functools.partial(scaled, 2.0 * a),
    "partial of partial": lambda a: functools.partial(functools.partial(scaled, 2.0 * a), z=np.sum(a)),
    "method": lambda a: Model(2.0 * a).energy,
    "method that fills": lambda a: Model(2.0 * a).filled,
    "callable": lambda a: Model(2.0 * a),
    "partial of a function of the class": lambda a: functools.partial(Model.energy, Model(2.0 * a)),
}
RESOLVED = [kind for kind in FUNCTIONS if kind.startswith("partial")]
"""What these call is found when the program runs and might change what they hold: one derivative more may be refused."""
OPERATORS = {
    "jvp": lambda f, a: jvp(f, (X,), (V,))[1],
    "jvp of jvp": lambda f, a: jvp(lambda s: jvp(f, (s,), (V,))[1], (X,), (V,))[1],
    "linearize": lambda f, a: linearize(f, X)[1](V),
    "vjp": lambda f, a: np.sum(vjp(f, a)[1](1.0)[0] * V),
    "hvp": lambda f, a: np.sum(hvp(f)(1.0 * a, V)),
    "ggnvp": lambda f, a: np.sum(ggnvp(f)(1.0 * a, V)),
    "jacfwd": lambda f, a: np.sum(jacfwd(f)(1.0 * a) ** 2),
}


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_what_a_function_holds_is_differentiated_by(kind, operator):
    check_grads(lambda a: OPERATORS[operator](FUNCTIONS[kind](a), a), (A,))


def captured(f):
    def doubled(v):
        return 2.0 * f(v)

    return doubled


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_a_nested_function_has_captured_it(kind):
    def slope(a):
        return np.sum(grad(captured(FUNCTIONS[kind](a)))(a) * V)

    check_grads(slope, (A,))
    if kind not in RESOLVED:
        check_grads(slope, (A,), order=2)
        check_grads(lambda a: jvp(slope, (a,), (V,))[1], (A,))


@pytest.mark.parametrize("kind", ["method", "partial by name"])
def test_it_is_an_argument_of_what_is_differentiated(kind):
    def slope(a):
        return np.sum(grad(lambda v, f: f(v) * 2.0)(a, FUNCTIONS[kind](a)) * V)

    check_grads(slope, (A,))
    check_grads(lambda a: jvp(slope, (a,), (V,))[1], (A,))


def test_in_containers_it_is_refused():
    def slope(a):
        held = {"f": FUNCTIONS["method"](a)}
        return np.sum(grad(lambda v: held["f"](v))(a))

    with pytest.raises(SrcadError, match="method or a partial function in a container"):
        grad(slope)(A)
