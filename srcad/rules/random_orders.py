"""Derivatives of random orders and choices of values, whose positions are told from the values that were drawn."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt
from srcad.rules.registry import constant, jvp, vjp

constant(rt.drawn_positions)

# -- orders ------------------------------------------------------------------------------------------


@vjp(np.random.permutation, "x")
def permutation(ans, g, x):
    return rt.take_adjoint(g, np.shape(x), rt.drawn_positions(x, ans, 0), 0, "raise")


@jvp(np.random.permutation, "x")
def permutation_x(ans, t, x):
    return np.take(t, rt.drawn_positions(x, ans, 0), 0)


@vjp(np.random.RandomState.permutation, "x")
def method_permutation(ans, g, self, x):
    return permutation(ans, g, x)


@jvp(np.random.RandomState.permutation, "x")
def method_permutation_x(ans, t, self, x):
    return permutation_x(ans, t, x)


@vjp(np.random.Generator.permutation, "x")
def permutation_along(ans, g, self, x, axis=0):
    return rt.take_adjoint(g, np.shape(x), rt.drawn_positions(x, ans, axis), axis, "raise")


@jvp(np.random.Generator.permutation, "x")
def permutation_along_x(ans, t, self, x, axis=0):
    return np.take(t, rt.drawn_positions(x, ans, axis), axis)


# -- choices -----------------------------------------------------------------------------------------


@vjp(np.random.choice, "a")
def choice(ans, g, a, size=None, replace=True, p=None):
    return rt.take_adjoint(g, np.shape(a), rt.drawn_positions(a, ans, 0), 0, "raise")


@jvp(np.random.choice, "a")
def choice_a(ans, t, a, size=None, replace=True, p=None):
    return np.take(t, rt.drawn_positions(a, ans, 0), 0)


@vjp(np.random.RandomState.choice, "a")
def method_choice(ans, g, self, a, size=None, replace=True, p=None):
    return choice(ans, g, a)


@jvp(np.random.RandomState.choice, "a")
def method_choice_a(ans, t, self, a, size=None, replace=True, p=None):
    return choice_a(ans, t, a)


@vjp(np.random.Generator.choice, "a")
def choice_along(ans, g, self, a, size=None, replace=True, p=None, axis=0, shuffle=True):
    return rt.take_adjoint(g, np.shape(a), rt.drawn_positions(a, ans, axis), axis, "raise")


@jvp(np.random.Generator.choice, "a")
def choice_along_a(ans, t, self, a, size=None, replace=True, p=None, axis=0, shuffle=True):
    return np.take(t, rt.drawn_positions(a, ans, axis), axis)
