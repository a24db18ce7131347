"""How many derivatives are compiled of one function: as many as the program has sorts of arguments, and not more."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from srcad import grad, hvp, jvp
from srcad.callables import compilation


@dataclass
class Leaf:
    value: float


@dataclass
class Fixed:
    number: float


@dataclass
class Node:
    sign: str
    left: Any
    right: Any


def evaluated(e: Any, x: float) -> Any:
    if isinstance(e, Leaf):
        return e.value * x
    if isinstance(e, Fixed):
        return e.number
    left, right = evaluated(e.left, x), evaluated(e.right, x)
    return left * right if e.sign == "*" else left + right


def grown(count: int) -> Any:
    """Return a tree whose nodes are all of another shape."""
    tree: Any = Leaf(1.0)
    for k in range(count):
        part = Leaf(0.5) if k % 3 else Fixed(0.25)
        tree = Node("+", tree, part) if k % 2 else Node("+", part, tree)
    return tree


def of_tree(x: float) -> Any:
    return evaluated(grown(12), x)


def distance(inserted: float, replaced: float) -> Any:
    @functools.cache
    def of_parts(i: int, j: int) -> Any:
        if i == 0 or j == 0:
            return (i + j) * inserted
        cost = 0.0 if first[i - 1] == second[j - 1] else replaced
        return min(
            of_parts(i - 1, j) + inserted, of_parts(i, j - 1) + inserted, of_parts(i - 1, j - 1) + cost
        )

    first, second = "kitten", "sitting"
    return of_parts(len(first), len(second)) ** 2


class Scale:
    def __init__(self, factor: Any) -> None:
        self.factor = factor

    def __call__(self, x: Any) -> Any:
        rows = np.outer(np.tanh(x * self.factor), x - 0.5)
        return np.mean(rows, axis=0) * np.sqrt(x**2 + 1.0) + np.max(rows) / np.sum(rows, axis=1)


def layered(x: Any) -> Any:
    for layer in [Scale(x[0]), Scale(2.0)]:
        x = layer(x)
    return np.sum(x)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    titles: list[str] = []
    build = compilation._built

    def counted(target: Any, *args: Any) -> Any:
        titles.append(target.title())
        return build(target, *args)

    monkeypatch.setattr(compilation, "_built", counted)
    return titles


def test_a_tree_of_many_shapes_is_evaluated_by_few_derivatives(built: list[str]) -> None:
    assert grad(of_tree)(2.0) == pytest.approx(5.0)
    assert built.count("evaluated") <= 6


def test_forward_mode_of_such_a_tree(built: list[str]) -> None:
    assert jvp(of_tree, (2.0,), (1.0,))[1] == pytest.approx(5.0)
    assert len(built) <= 10


def test_a_recursion_with_a_cache_is_compiled_for_few_sizes_of_the_cache(built: list[str]) -> None:
    point, step = (1.1, 1.3), 1e-6
    found = grad(distance)(*point)
    expected = (distance(1.1 + step, 1.3) - distance(1.1 - step, 1.3)) / (2 * step)
    assert found == pytest.approx(expected, rel=1e-6)
    assert len(built) <= 5


def test_what_passes_gradients_on_is_differentiated_once_for_all_calls(built: list[str]) -> None:
    x, direction, step = np.array([0.3, -0.7]), np.array([1.0, 0.5]), 1e-5
    found = hvp(layered)(x, direction)
    gradient = grad(layered)
    expected = (gradient(x + step * direction) - gradient(x - step * direction)) / (2 * step)
    assert np.allclose(found, expected, rtol=1e-6)
    assert built.count("_pass_on") <= 1  # none where a program before has had it built


class Watched:
    def __init__(self, x: float) -> None:
        for k in range(8):
            setattr(self, f"part_{k}", x * k)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value * value)


def of_watched(x: float) -> Any:
    made = Watched(x)
    return sum(getattr(made, f"part_{k}") for k in range(8))


def test_an_object_that_is_made_is_compiled_for_few_sets_of_attributes(built: list[str]) -> None:
    assert grad(of_watched)(3.0) == pytest.approx(2 * 3.0 * sum(k * k for k in range(8)))
    assert built.count("Watched.__setattr__") <= 7
