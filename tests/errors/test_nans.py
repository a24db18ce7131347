"""``check_nans`` names the line whose backward step makes the first NaN or infinity."""

from __future__ import annotations

import inspect
import math
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import srcad
from srcad import grad, value_and_grad
from srcad.errors import NonFiniteError, SrcadError


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        yield


def norm_of_nothing(x):
    y = x * 2.0
    s = np.sum(y * y)
    r = np.sqrt(s)  # infinite at zero
    return r * 3.0


def in_a_loop(x, n):
    y = x
    for i in range(n):
        y = y * x
        if i == 2:
            y = y + np.sqrt(y - y)  # infinite in one iteration
    return np.sum(y)


def saved_in_a_loop(x):
    total = 0.0
    for i in range(3):
        total = total + np.sum(np.sqrt(x - i))  # a NaN that is saved
    return total


def calls_a_helper(x):
    return helper(x) * 2.0 + x


def helper(x):
    y = x - 1.0
    return np.power(y, 0.5)  # infinite in the callee


def in_place(x):
    y = x.copy()
    y[1:] = np.sqrt(y[1:])  # infinite in place
    y[0] *= 2.0
    return np.sum(y)


def of_numbers(x):
    y = x - 1.0
    return np.cbrt(y) + x  # infinite at zero


def calls_one_of_several(x):
    functions = [helper, np.sin]
    return np.sum(functions[int(x[0] > 5.0)](x))  # the infinite in the callee is not here


checkpointed = srcad.checkpoint(helper)


def calls_a_checkpointed_helper(x):
    return np.sum(checkpointed(x))


def loops_with_checkpoints(x):
    return np.sum(srcad.checkpoint_loop(helper, x, 1))


CASES: list[tuple[Callable[..., Any], tuple[Any, ...], str]] = [
    (norm_of_nothing, (np.zeros(3),), "infinite at zero"),
    (in_a_loop, (np.ones(2), 5), "infinite in one iteration"),
    (saved_in_a_loop, (np.array([0.5, 1.5]),), "a NaN that is saved"),
    (calls_a_helper, (1.0,), "infinite in the callee"),
    (calls_one_of_several, (np.array([1.0, 2.0]),), "infinite in the callee"),
    (calls_a_checkpointed_helper, (np.array([1.0, 2.0]),), "infinite in the callee"),
    (loops_with_checkpoints, (np.array([1.0, 2.0]),), "infinite in the callee"),
    (in_place, (np.array([1.0, 0.0]),), "infinite in place"),
    (of_numbers, (1.0,), "infinite at zero"),
]


def line_of(fragment: str, function: Callable[..., Any]) -> int:
    owner = helper if "callee" in fragment else function
    lines, first = inspect.getsourcelines(owner)
    return next(first + k for k, line in enumerate(lines) if fragment in line)


@pytest.mark.parametrize("operator", [grad, value_and_grad])
@pytest.mark.parametrize(
    ("function", "args", "fragment"), CASES, ids=lambda part: getattr(part, "__name__", "")
)
def test_the_line_is_named(operator: Any, function: Any, args: tuple[Any, ...], fragment: str) -> None:
    plain = operator(function)(*args)
    gradient = plain if operator is grad else plain[1]
    assert not np.all(np.isfinite(gradient)), "the program does not show what it is for"
    with pytest.raises(NonFiniteError) as caught:
        operator(function, check_nans=True)(*args)
    place = caught.value.location
    assert place is not None
    assert (place.file, place.line) == (__file__, line_of(fragment, function))
    assert isinstance(caught.value, SrcadError) and isinstance(caught.value, FloatingPointError)
    if sys.version_info >= (3, 11):
        entries = traceback.extract_tb(caught.value.__traceback__)
        assert [entry.lineno for entry in entries if entry.filename == __file__][-1] == place.line


def finite(x, n):
    best = -np.inf
    for i in range(n):
        value = np.sum(np.sin(x) * i)
        if value > best:
            best = value
    return best


def test_infinities_of_the_primal_alone_are_no_mistake() -> None:
    x = np.array([0.5, 1.0])
    np.testing.assert_array_equal(grad(finite, check_nans=True)(x, 4), grad(finite)(x, 4))
    value, gradient = value_and_grad(finite, check_nans=True)(x, 4)
    assert value == finite(x, 4)
    np.testing.assert_allclose(gradient, 3 * np.cos(x))


def nan_in_the_primal(x):
    y = np.log(x)  # the value is a NaN
    z = y * y
    return np.sum(z * x)


def test_the_first_value_of_the_primal_that_is_not_finite_is_named() -> None:
    with pytest.raises(NonFiniteError, match="the first that is not finite") as caught:
        grad(nan_in_the_primal, check_nans=True)(np.array([-1.0, 1.0]))
    assert f"line {line_of('the value is a NaN', nan_in_the_primal)}" in str(caught.value)


def test_a_nan_and_an_infinity_are_told_apart() -> None:
    with pytest.raises(NonFiniteError, match="an infinity"):
        grad(np.sqrt, check_nans=True)(0.0)
    with pytest.raises(NonFiniteError, match="a NaN"):
        grad(lambda x: np.sum(x * x), check_nans=True)(np.array([1.0, math.nan]))


def test_the_primal_runs_once(capsys: pytest.CaptureFixture[str]) -> None:
    def prints(x):
        print("once")
        return np.sum(x * x)

    grad(prints, check_nans=True)(np.ones(2))
    assert capsys.readouterr().out == "once\n"


def test_second_derivatives_name_the_line_of_the_primal() -> None:
    def f(x):
        return np.sum(x**1.5)  # the second derivative is infinite at zero

    inner = grad(f)
    with pytest.raises(NonFiniteError) as caught:
        grad(lambda x: np.sum(inner(x)), check_nans=True)(np.zeros(2))
    place = caught.value.location
    assert place is not None and place.file == __file__


def test_decorated_methods_and_auxiliary_results() -> None:
    class Root:
        @grad(has_aux=True, check_nans=True)
        def slope(self, x):
            return np.sqrt(x), x

    assert Root().slope(4.0) == (0.25, 4.0)
    with pytest.raises(NonFiniteError):
        Root().slope(0.0)
