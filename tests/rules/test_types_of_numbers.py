"""Numbers keep their type: floats beside other scalars, results of functions of SciPy, `pow` of three arguments."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

from srcad import grad, jvp
from srcad.errors import SrcadError

SCALARS: dict[str, Any] = {
    "float": 0.7, "float64": np.float64(0.7), "float32": np.float32(0.7), "longdouble": np.longdouble(0.7),
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "product": lambda a, b: a * b,
    "power": lambda a, b: a**b + b / a,
    "ufuncs": lambda a, b: np.exp(a * b) + np.maximum(a, b),
    "math.prod": lambda a, b: math.prod([a, 2.0], start=b),
    "weighted": lambda a, b: np.sum(np.array([0.3, 0.4]) * math.prod([a, b])),
}


@pytest.mark.parametrize("first", SCALARS.values(), ids=SCALARS)
@pytest.mark.parametrize("second", SCALARS.values(), ids=SCALARS)
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_scalars_beside_each_other(function: Callable[..., Any], first: Any, second: Any) -> None:
    for gradient, value in zip(grad(function, argnums=(0, 1))(first, second), (first, second)):
        kept = isinstance(gradient, float) if isinstance(value, float) else type(gradient) is type(value)
        assert kept, (type(gradient), type(value))


def test_functions_of_scipy_that_sum_over_an_axis_of_their_own_have_numbers_for_gradients() -> None:
    def program(a: Any) -> Any:
        return np.sum(0.8 * special.multigammaln(a + 3, 2))

    slope = grad(program)(1.3)
    assert isinstance(slope, float)
    assert np.isclose(slope, 0.8 * (special.digamma(4.3) + special.digamma(3.8)))


@pytest.mark.parametrize("table", [{}, {"pow": pow}])
def test_a_power_whose_modulus_is_none(table: Any) -> None:
    def program(x: Any, y: Any, modulus: Any) -> Any:
        power = table["pow"] if table else pow
        return power(x, y, modulus) + pow(x, exp=y, mod=None) + pow(x, y, None)

    expected = 3 * 1.3 * 0.7**0.3, 3 * 0.7**1.3 * math.log(0.7)
    np.testing.assert_allclose(grad(program, argnums=(0, 1))(0.7, 1.3, None), expected)
    np.testing.assert_allclose(
        jvp(program, (0.7, 1.3, None), (1.0, 2.0, None))[1], expected[0] + 2 * expected[1]
    )


def test_a_power_with_a_modulus_is_a_whole_number() -> None:
    assert grad(lambda x, n: x * pow(3, n, 5))(0.7, 2) == 4.0


@pytest.mark.parametrize("options", [{"subok": True}, {"like": np.ones(1)}])
def test_options_of_late_calls_that_nothing_takes_are_refused_with_the_line(options: dict[str, Any]) -> None:
    table = {"array": np.array}
    with pytest.raises(SrcadError) as caught:
        grad(lambda x: np.sum(table["array"](x, **options) ** 2))(np.ones(3))
    assert caught.value.location is not None


def test_a_store_into_what_a_late_function_has_made_is_refused_with_its_reason() -> None:
    def program(x: Any) -> Any:
        made = TABLE["zeros"](3)
        made[1] = x[0]
        return np.sum(made**2)

    with pytest.raises(SrcadError, match="what a function has returned that is found in a global"):
        grad(program)(np.ones(3))

    def given(x: Any, table: Any) -> Any:
        made = table["zeros"](3)
        made[1] = x[0]
        return np.sum(made**2)

    np.testing.assert_array_equal(grad(given)(np.ones(3), TABLE), [2.0, 0.0, 0.0])


TABLE = {"zeros": np.zeros}
