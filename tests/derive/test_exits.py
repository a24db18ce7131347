"""Ways out of loops: what is moved behind the loop, and trips that are not walked back."""

from __future__ import annotations

import math

import pytest

from srcad import grad, vjp


def newton(a):
    x = a
    while abs(x * x - a) > 1e-12 * a:
        x = 0.5 * (x + a / x)
    return x


def first_over(x, limit):
    total = 0.0
    for i in range(100):
        total += math.sin(x * i)
        if total > limit:
            return total * x
    return -total


def two_exits(x, first, second):
    for i in range(1, 6):
        if x * i > first:
            return x * x * i
        if x + i > second:
            return math.sin(x) * i
    return x


def counted(x, limit):
    trips = 0
    while True:
        trips += 1
        if x > limit or trips > 50:
            break
        x = x * x * trips
    return x * trips


def source(derivative, *args):
    derivative(*args)
    return derivative.source


def test_a_while_loop_keeps_its_condition():
    text = source(grad(newton), 2.0)
    assert "while abs(x * x - a) > 1e-12 * a:" in text
    assert "if" not in text.replace("dif", "")


def test_the_value_of_a_return_in_a_loop_is_computed_behind_it():
    text = source(grad(first_over), 0.7, 1.5)
    assert "    if returned:\n        # line" in text
    assert "history" not in text


@pytest.mark.parametrize("function, args", [
    (newton, (2.0,)), (first_over, (0.7, 1.5)), (first_over, (0.7, 900.0)), (two_exits, (0.7, 2.0, 90.0)),
    (two_exits, (0.7, 90.0, 3.0)), (two_exits, (0.7, 90.0, 90.0)), (two_exits, (0.7, -1.0, -1.0)),
    (counted, (1.1, 20.0)), (counted, (1.1, 0.0)),
])  # fmt: skip
def test_gradients(function, args):
    x, *rest = args
    expected = (function(x + 1e-6, *rest) - function(x - 1e-6, *rest)) / 2e-6
    assert grad(function)(*args) == pytest.approx(expected, rel=1e-6)
    _, pullback = vjp(function, *args)
    assert pullback(1.0)[0] == pytest.approx(expected, rel=1e-6)
    assert pullback(1.0)[0] == pytest.approx(expected, rel=1e-6)
