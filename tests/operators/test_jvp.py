"""jvp and linearize: values, tangents, structures and errors."""

from __future__ import annotations

import math
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from srcad.api import grad, vjp
from srcad.errors import ArgumentError, OutputError
from srcad.operators import Jvp, jvp, linearize

X = np.array([0.3, 1.2, -0.7])
V = np.array([1.0, -0.5, 2.0])


def along(f: Any, x: Any, v: Any, step: float = 1e-3) -> Any:
    return (8 * (f(x + step * v) - f(x - step * v)) - (f(x + 2 * step * v) - f(x - 2 * step * v))) / (
        12 * step
    )


def filled_in_place(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = np.sin(x[i]) * x[0]
    y[1:] *= x[:-1]
    y /= 2.0 + x * x
    return y


def through_views(x):
    y = x.copy()
    row = y[:2]
    row += row[::-1] * x[2]
    y.T[1] -= row[0]
    return y * y[::-1]


def through_a_while(x):
    y, steps = x[0], 0
    while y < 4.0 and steps < 50:
        y = y * y + 1.1
        steps += 1
    return y * x


@pytest.mark.parametrize("f", [filled_in_place, through_views, through_a_while])
def test_tangent_is_the_directional_derivative(f):
    value, tangent = jvp(f, (X,), (V,))
    np.testing.assert_array_equal(value, f(X))
    np.testing.assert_allclose(tangent, along(f, X, V), rtol=1e-8)


def test_argument_that_is_changed_in_place_stays_as_it_was():
    def overwrites(x):
        x *= 2.0
        return x

    x = X.copy()
    value, tangent = jvp(overwrites, (x,), (V,))
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(value, 2 * X)
    np.testing.assert_array_equal(tangent, 2 * V)


def test_tangent_that_is_given_stays_as_it_was():
    def overwrites(x):
        x *= 2.0
        return x

    v = V.copy()
    jvp(overwrites, (X,), (v,))
    np.testing.assert_array_equal(v, V)


def test_result_is_fresh():
    v = V.copy()
    _, tangent = jvp(lambda x: x, (X,), (v,))
    tangent[0] = 7.0
    np.testing.assert_array_equal(v, V)


def test_one_array_in_two_positions_counts_for_the_first_where_it_is_changed():
    def f(a, b):
        a[0] = b[1] * 2.0
        a *= 3.0
        return np.sum(a * b * b)

    _, tangent = jvp(f, (X, X), (V, None))
    np.testing.assert_allclose(tangent, along(lambda x: f(y := x.copy(), y), X, V), rtol=1e-8)
    gradients = vjp(f, X, X)[1](1.0)
    np.testing.assert_allclose(jvp(f, (X, X), (V, X))[1], gradients[0] @ V + gradients[1] @ X)


def test_one_array_in_two_positions_counts_for_each_where_it_stays():
    assert jvp(lambda a, b: np.sum(a * b), (X, X), (V, 2 * V))[1] == pytest.approx(3 * np.sum(X * V))


def test_none_stands_for_a_zero_tangent():
    assert jvp(lambda x, y: x * y, (3.0, 2.0), (None, 1.0)) == (6.0, 3.0)


def test_float32_stays_float32():
    value, tangent = jvp(lambda x: np.exp(x) * 2.0, (X.astype(np.float32),), (V,))
    assert value.dtype == tangent.dtype == np.float32


def test_integer_argument_has_a_float_tangent():
    assert jvp(lambda n: n * n * 1.0, (3,), (1.0,)) == (9.0, 6.0)


def test_result_without_derivative_has_none():
    value, tangent = jvp(lambda x: {"y": x * x, "name": "square", "ok": x > 0}, (3.0,), (1.0,))
    assert tangent == {"y": 6.0, "name": None, "ok": None}


def test_constant_result_has_a_zero_tangent():
    _, tangent = jvp(lambda x: np.ones(2), (1.0,), (1.0,))
    np.testing.assert_array_equal(tangent, np.zeros(2))


Pair = namedtuple("Pair", "left right")


@dataclass
class Layer:
    w: Any
    b: float


def test_containers_keep_their_kinds():
    def swapped(pair, layer):
        return Pair(pair.right * 2.0, [layer.w @ pair.left, layer.b])

    args = (Pair(X, 3.0), Layer(np.eye(3), 0.5))
    _, tangent = jvp(swapped, args, (Pair(V, 1.0), Layer(np.ones((3, 3)), 4.0)))
    assert isinstance(tangent, Pair) and tangent.left == 2.0
    np.testing.assert_allclose(tangent.right[0], V + np.sum(X))
    assert tangent.right[1] == 4.0


class Scaled:
    def __init__(self, factor):
        self.factor = factor
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return self.factor * x * x

    def twice(self, x):
        return self(x) + self.factor


def test_methods_and_callable_objects():
    assert jvp(Scaled(3.0), (2.0,), (1.0,)) == (12.0, 12.0)
    assert jvp(Scaled(3.0).twice, (2.0,), (1.0,)) == (15.0, 12.0)


def test_object_made_inside():
    assert jvp(lambda a: Scaled(a).twice(2.0 * a), (0.5,), (1.0,)) == (1.0, 12 * 0.25 + 1.0)


def test_functions_of_any_number_of_arguments():
    def total(*values):
        result = 0.0
        for value in values:
            result = result + value * value
        return result

    assert jvp(total, (1.0, 2.0, 3.0), (1.0, None, 1.0)) == (14.0, 8.0)


def test_has_aux_hands_the_second_part_on():
    value, tangent, aux = jvp(lambda x: (x**2, {"x": x}), (3.0,), (1.0,), has_aux=True)
    assert (value, tangent, aux) == (9.0, 6.0, {"x": 3.0})


def test_has_aux_needs_a_pair():
    with pytest.raises(OutputError, match="pair"):
        jvp(lambda x: x, (3.0,), (1.0,), has_aux=True)


def test_source_is_readable():
    derivative = Jvp(lambda x: np.sin(x) * x)
    derivative((X,), (V,))
    assert "np.cos(x)" in derivative.source
    assert "rt." not in derivative.source


def test_source_before_the_first_call():
    assert "dx" in jvp(lambda x: np.sin(x) * x).source


def test_wrong_shape_is_refused():
    with pytest.raises(ArgumentError, match="shape"):
        jvp(lambda x: x * 2, (X,), (np.ones(2),))


def test_wrong_structure_is_refused():
    with pytest.raises(ArgumentError, match="keys"):
        jvp(lambda p: p["a"], ({"a": 1.0},), ({"b": 1.0},))


def test_wrong_number_of_tangents_is_refused():
    with pytest.raises(ArgumentError, match="2 arguments and 1 tangents"):
        jvp(lambda x, y: x, (1.0, 2.0), (1.0,))


def test_an_argument_without_parentheses_is_refused():
    with pytest.raises(ArgumentError, match="tuple"):
        jvp(lambda x: x, 1.0, 1.0)


# -- linearize ---------------------------------------------------------------------------------------


def test_linearized_function_maps_any_number_of_tangents():
    value, push = linearize(filled_in_place, X)
    np.testing.assert_array_equal(value, filled_in_place(X))
    np.testing.assert_allclose(push(V), along(filled_in_place, X, V), rtol=1e-8)
    np.testing.assert_allclose(push(2 * V), 2 * push(V))


def test_linearized_function_keeps_its_point():
    x = X.copy()
    _, push = linearize(lambda x: x**3, x)
    before = push(V)
    x[:] = 0.0
    np.testing.assert_array_equal(push(V), before)


# -- derivatives of derivatives ----------------------------------------------------------------------


def cubic_sine(x):
    return x**3 * math.sin(x)


def second(x: float) -> float:
    return 6 * x * math.sin(x) + 6 * x * x * math.cos(x) - x**3 * math.sin(x)


def test_forward_over_forward():
    _, tangent = jvp(lambda x: jvp(cubic_sine, (x,), (1.0,))[1], (2.0,), (1.0,))
    assert math.isclose(tangent, second(2.0), rel_tol=1e-12)


def test_reverse_over_forward():
    assert math.isclose(grad(lambda x: jvp(cubic_sine, (x,), (1.0,))[1])(2.0), second(2.0), rel_tol=1e-12)


def test_forward_over_reverse():
    assert math.isclose(jvp(grad(cubic_sine), (2.0,), (1.0,))[1], second(2.0), rel_tol=1e-12)


def test_levels_are_not_confused():
    _, tangent = jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,))
    assert tangent == 1.0


def test_reverse_over_forward_of_recursion():
    def nested(x, n):
        return x if n == 0 else math.sin(nested(x * x, n - 1)) * x

    found = grad(lambda x: jvp(lambda y: nested(y, 4), (x,), (1.0,))[1])(0.7)
    expected = jvp(grad(lambda y: nested(y, 4)), (0.7,), (1.0,))[1]
    assert math.isclose(found, expected, rel_tol=1e-10)


def test_reverse_over_forward_of_an_object():
    found = grad(lambda x: jvp(lambda y: Scaled(y)(y * 2), (x,), (1.0,))[1])(0.7)
    assert math.isclose(found, 24 * 0.7, rel_tol=1e-12)


def of_pairs(x):
    table = dict(zip("ab", x))
    return table["a"] * table["b"] ** 2 if table["a"] > 0.0 else table["b"] ** 3


def test_forward_over_forward_mode_makes_dicts():
    x = [0.5, 1.5]

    assert jvp(lambda x: jvp(of_pairs, (x,), (x,))[1], (x,), (x,)) == (3 * of_pairs(x), 9 * of_pairs(x))


def test_a_function_in_the_result_has_the_tangents_of_what_it_captures() -> None:
    def program(x):
        def scaled(t):
            return t * x

        return 2.0 * x, scaled

    value, tangent = jvp(program, (2.0,), (3.0,))
    assert value[0] == 4.0 and value[1](5.0) == 10.0
    assert tangent == (6.0, (3.0,))


@pytest.mark.parametrize("primal", [2.0, 2, np.float32(2.0), np.ones(2), np.ones(2, int)])
def test_a_complex_tangent_of_a_real_argument_is_refused(primal):
    with pytest.raises(ArgumentError, match="it is complex where the primal is real"):
        jvp(lambda x: x * 2.0, (primal,), (1j * np.ones(np.shape(primal)),))
    assert jvp(lambda x: x * 2.0, (1j,), (1.0,)) == (2j, 2.0)
