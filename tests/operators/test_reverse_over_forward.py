"""Loops over the keys of dicts and recursive nested functions, in reverse mode over forward mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad.api import grad
from srcad.operators import jvp

X, DIRECTION = np.array([0.7, 1.3, -0.4]), np.array([0.3, -0.5, 0.8])


def momentum(x: Any) -> Any:
    params = {"W": x * 2.0, "b": x[:1] * 1.0}
    speed = {name: np.zeros_like(value) for name, value in params.items()}
    for _ in range(2):
        slopes = {name: np.sin(value) for name, value in params.items()}
        for name in params:
            speed[name] = 0.9 * speed[name] - 0.1 * slopes[name]
            params[name] += speed[name]
    return np.sum(params["W"] ** 2) + np.sum(params["b"])


def functions_in_turns(x: Any) -> Any:
    table = {"square": lambda z: z**2, "add": lambda z: z + x[0]}
    z = x[1]
    for name in table:
        z = table[name](z)
    return z


def letters(x: Any) -> Any:
    parts = {"a": x[0], "b": x[1] * x[2]}
    total = x[2]
    for letter in "abba":
        parts[letter] = parts[letter] * total
        total = total + parts[letter]
    return total


def remembered(x: Any) -> Any:
    memo: dict[int, Any] = {}

    def term(k: int) -> Any:
        if k not in memo:
            memo[k] = x[k] if k < 2 else term(k - 1) * term(k - 2) + x[2]
        return memo[k]

    return term(4)


class Tree:
    def __init__(self, v: Any, parts: list[Any]) -> None:
        self.v, self.parts = v, parts


def scaled_by_depth(x: Any) -> Any:
    root = Tree(x[0], [Tree(x[1], [Tree(x[2], [])]), Tree(x[0] * x[1], [])])
    order = []

    def scale(node: Tree, depth: int) -> None:
        node.v = node.v**2 * depth
        for part in node.parts:
            scale(part, depth + 1)
        order.append(node)

    scale(root, 1)
    return sum(node.v * (k + 1) for k, node in enumerate(order)) * root.v


PROGRAMS = [momentum, functions_in_turns, letters, remembered, scaled_by_depth]


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_reverse_mode_over_forward_mode(function: Any) -> None:
    def along(x: Any) -> Any:
        return jvp(function, (x,), (DIRECTION,))[1]

    step = 1e-5
    expected = (along(X + step * DIRECTION) - along(X - step * DIRECTION)) / (2 * step)
    np.testing.assert_allclose(grad(along)(X) @ DIRECTION, expected, rtol=1e-6)
