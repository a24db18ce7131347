"""Operators are given builtins and other functions without source, and partial functions that gather arguments."""

from __future__ import annotations

import functools
import math
import operator
from typing import Any

import numpy as np
import pytest

from srcad import grad, jvp, value_and_grad, vjp
from srcad.errors import NoDerivativeError

CASES = [
    pytest.param(max, ([1.0, 3.0, 2.0],), ([0.0, 1.0, 0.0],), id="max of a list"),
    pytest.param(max, (1.0, 3.0), (0.0, 1.0), id="max of numbers"),
    pytest.param(min, (np.array([2.0, 1.0]),), (np.array([0.0, 1.0]),), id="min of an array"),
    pytest.param(min, (4.0, 1.0, 2.0), (0.0, 1.0, 0.0), id="min of three numbers"),
    pytest.param(sum, ([1.0, 2.0],), ([1.0, 1.0],), id="sum"),
    pytest.param(sum, ([1.0, 2.0], 3.0), ([1.0, 1.0], 1.0), id="sum with a start"),
    pytest.param(operator.mul, (2.0, 3.0), (3.0, 2.0), id="operator"),
    pytest.param(math.hypot, (3.0, 4.0), (0.6, 0.8), id="hypot of two"),
    pytest.param(math.hypot, (3.0, 4.0, 12.0), (3 / 13, 4 / 13, 12 / 13), id="hypot of three"),
    pytest.param(math.log, (2.0,), (0.5,), id="logarithm"),
    pytest.param(
        math.log, (8.0, 2.0), (1 / (8 * math.log(2)), -3 / (2 * math.log(2))), id="logarithm to a base"
    ),
    pytest.param(functools.partial(max, 1.0), (2.0,), (1.0,), id="partial builtin"),
]


@pytest.mark.parametrize(("function", "args", "expected"), CASES)
def test_what_has_no_source_is_differentiated_by_itself(function: Any, args: Any, expected: Any) -> None:
    everything = tuple(range(len(args)))
    value, gradients = value_and_grad(function, everything)(*args)
    pulled = vjp(function, *args)[1](1.0)
    _, moved = jvp(function, args, args)

    assert value == function(*args)
    for found in (gradients, pulled):
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other)
    slopes = np.concatenate([np.ravel(part) for part in expected])
    np.testing.assert_allclose(moved, np.dot(slopes, np.concatenate([np.ravel(a) for a in args])))


def test_the_second_derivative_of_a_builtin() -> None:
    np.testing.assert_allclose(grad(grad(math.log))(2.0), -0.25)
    np.testing.assert_allclose(grad(grad(math.hypot))(3.0, 4.0), 16 / 125)


def test_results_that_are_lists() -> None:
    value, pullback = vjp(sorted, [2.0, 1.0])

    assert value == [1.0, 2.0]
    assert pullback([1.0, 0.0]) == ([0.0, 1.0],)
    assert vjp(divmod, 7.5, 2.0)[1]((0.0, 1.0)) == (1.0, -3.0)
    assert grad(functools.reduce, 1)(operator.mul, [2.0, 3.0]) == [3.0, 2.0]


def test_a_builtin_that_is_no_function_of_numbers_says_so() -> None:
    with pytest.raises(NoDerivativeError, match=r"builtin 'zip' .* inside a function of your own"):
        grad(zip)([1.0], [2.0])


def gathered(*numbers: float, power: float = 1.0, **others: float) -> float:
    return numbers[0] * numbers[1] ** 2 * power + others.get("extra", 0.0)


@pytest.mark.parametrize("held", [(1.5,), (1.5, 2.0)])
def test_a_partial_function_holds_some_of_the_arguments_that_are_gathered(held: Any) -> None:
    function, args = functools.partial(gathered, *held, power=3.0), (2.0, 7.0)[len(held) - 1 :]
    numbers = [*held, *args]
    slopes = [3.0 * numbers[1] ** 2, 6.0 * numbers[0] * numbers[1], 0.0][len(held) :][: len(args)]

    assert list(vjp(function, *args)[1](1.0)) == slopes
    assert grad(function)(*args) == slopes[0]
    assert jvp(function, args, (1.0,) * len(args)) == (function(*args), sum(slopes))


def test_tangents_of_gathered_arguments_beside_options() -> None:
    assert jvp(gathered, (1.5, 2.0), (1.0, 1.0)) == (6.0, 10.0)
