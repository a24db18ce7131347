"""Copies that a class makes in a way of its own, in forward mode applied more than once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from srcad import jvp


class Cubed:
    def __init__(self, x: Any) -> None:
        self.x = x

    def __copy__(self) -> Cubed:
        return Cubed(self.x**3)

    def __deepcopy__(self, memo: Any) -> Cubed:
        return Cubed(self.x**3)


class Other(Cubed):
    """A second class, so that which one is copied is known only when the program runs."""


def shallow(x: float) -> float:
    total = 0.0
    for held in [Cubed(x), Other(2.0 * x)]:
        total += copy.copy(held).x * x
    return total


def deep(x: float) -> float:
    total = 0.0
    for held in [Cubed(x), Other(2.0 * x)]:
        total += copy.deepcopy(held).x * x
    return total


def slope(f: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: jvp(f, (x,), (1.0,))[1]


@pytest.mark.parametrize("f", [shallow, deep])
def test_copies_that_a_class_defines_have_derivatives_of_any_order(f: Callable[[float], float]) -> None:
    assert f(1.3) == pytest.approx(9 * 1.3**4)
    assert slope(f)(1.3) == pytest.approx(36 * 1.3**3)
    assert slope(slope(f))(1.3) == pytest.approx(108 * 1.3**2)
    assert slope(slope(slope(f)))(1.3) == pytest.approx(216 * 1.3)
