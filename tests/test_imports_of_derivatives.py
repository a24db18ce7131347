"""A derivative saved with its imports is a module of its own."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

from srcad import grad, jvp
from tests.programs.named_tuples import a_trajectory_of_states


def solved(A, b):
    x = np.linalg.solve(A, b)
    return x @ x


def counted(x):
    return operator.mul(x, x) * len(np.shape(x) + (1,))


def scaled(x):
    return np.sum(np.maximum(x, 0.0) ** 2)


def shipped(text: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(compile(text, "shipped", "exec"), namespace)
    return namespace


@pytest.mark.parametrize("function, args", [
    (solved, (np.array([[2.0, 0.5], [0.3, 1.0]]), np.array([1.0, -2.0]))), (counted, (0.7,)),
    (scaled, (np.array([0.3, -0.2]),)),
])  # fmt: skip
def test_a_gradient_runs_without_the_compiler(function, args):
    derivative = grad(function)
    expected = derivative(*args)
    alone = shipped(derivative.module)[f"d{function.__name__}"]
    np.testing.assert_array_equal(alone(*args), expected)


def test_so_does_forward_mode():
    derivative = jvp(scaled)
    args, tangents = (np.array([0.3, -0.2]),), (np.array([1.0, 2.0]),)
    expected = derivative(args, tangents)
    alone = shipped(derivative.module)["scaled_jvp"]
    np.testing.assert_array_equal(alone(*args, *tangents), expected)


def test_a_module_of_a_package_is_imported_from_it():
    derivative = grad(a_trajectory_of_states)
    expected = derivative(np.ones(4), np.ones(4))
    assert "from tests.programs import named_tuples\n" in derivative.module
    alone = shipped(derivative.module)["da_trajectory_of_states"]
    np.testing.assert_allclose(alone(np.ones(4), np.ones(4)), expected)
