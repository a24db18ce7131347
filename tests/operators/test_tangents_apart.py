"""Tangents of what is called at run time share memory only where the values do."""

from __future__ import annotations

import numpy as np

from srcad import grad, hvp, jvp


def shifted(x):
    shifts = [lambda v: v - 1.0, lambda v: v + 2.0]
    y = shifts[0 if x[0] > 0 else 1](x)
    x[:2] += 3.0 * x[1]
    return y


def sliced(x):
    parts = [lambda v: v[1:], lambda v: v[:-1]]
    y = parts[0 if x[0] > 0 else 1](x)
    x *= 2.0
    return y


def attempts(a, b):
    total = 0.0
    for k in range(2):
        try:
            y = (a - k)[:2]
            if y[1] < 0.5:
                raise ZeroDivisionError
            y = b / y
            a[:2] += y
            total += np.sum(y**2)
        except ZeroDivisionError:
            total += b[0] * k
    return total * np.sum(a)


X = np.array([2.1, 1.4, 2.6])
DIRECTION = np.array([1.0, -0.5, 0.3])


def test_a_new_array_keeps_its_tangent_when_the_argument_changes():
    _, tangent = jvp(shifted, (X,), (DIRECTION,))
    np.testing.assert_array_equal(tangent, DIRECTION)


def test_a_view_changes_with_it():
    _, tangent = jvp(sliced, (X,), (DIRECTION,))
    np.testing.assert_array_equal(tangent, 2.0 * DIRECTION[1:])


def test_second_derivatives_where_the_undoing_needs_the_old_values():
    b = np.array([0.8, -0.5])
    slope = grad(attempts)
    expected = (slope(X + 1e-6 * DIRECTION, b) - slope(X - 1e-6 * DIRECTION, b)) / 2e-6
    np.testing.assert_allclose(hvp(attempts)(X, b, DIRECTION), expected, rtol=1e-6, atol=1e-8)
