"""Missing items of a ``defaultdict`` that a function computes: along one direction, twice, and where they are refused."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np
import pytest

from srcad.api import grad
from srcad.errors import UnsupportedError
from srcad.operators import hvp, jvp
from tests.programs import computed_defaults as programs

X, DIRECTION = programs.V, np.array([0.3, -0.5, 0.8])
PROGRAMS = [
    programs.a_default_that_is_captured,
    programs.defaults_that_are_lists_and_arrays,
    programs.defaults_counted_as_they_are_made,
    programs.defaults_inside_of_defaults,
    programs.defaults_made_by_a_method_and_by_a_partial_function,
    programs.defaults_of_what_changes_between,
]


def slope(function: Any) -> Any:
    step = 1e-5
    return (function(X + step * DIRECTION) - function(X - step * DIRECTION)) / (2 * step)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_forward_mode_and_forward_mode_of_it(function: Any) -> None:
    def along(x: Any) -> Any:
        return jvp(function, (x,), (DIRECTION,))[1]

    np.testing.assert_allclose(along(X), slope(function), rtol=1e-6)
    np.testing.assert_allclose(jvp(along, (X,), (DIRECTION,))[1], slope(along), rtol=1e-6, atol=1e-8)


def test_derivatives_of_gradients_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="made by a function that has captured values"):
        hvp(programs.a_default_that_is_captured)(X, DIRECTION)


def test_defaults_without_numbers_have_second_derivatives() -> None:
    def filled(x: Any) -> Any:
        size = len(x)
        items: Any = collections.defaultdict(lambda: np.zeros(size))
        for k in range(3):
            items[k % 2] += x * x[k]
        return np.sum(items[0] * items[1])

    np.testing.assert_allclose(hvp(filled)(X, DIRECTION), slope(grad(filled)), rtol=1e-6)


def test_one_that_is_made_in_a_statement_that_fails_is_refused() -> None:
    def failing(x: Any) -> Any:
        items: Any = collections.defaultdict(lambda: [x[1]])
        try:
            items[1][3] = 1.0
        except IndexError:
            items[1][0] *= 2.0
        return items[1][0]

    with pytest.raises(UnsupportedError, match="'defaultdict' raises IndexError, which is caught"):
        grad(failing)(X)
