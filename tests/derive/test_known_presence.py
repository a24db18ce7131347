"""Branches that a test for None decides, where kinds tell whether there is a value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, jvp


def flow(width: Any, head: Any = None, rate: Any = None, slope: Any = None, drag: float = 2.0) -> Any:
    if head is None and rate is not None and slope is not None:
        return width * rate**2 * math.sqrt(slope / drag)
    elif rate is None and head is not None and slope is not None:
        return (width * head**2 - slope**drag) / (drag * head)
    elif slope is None and head is not None and rate is not None:
        return math.sqrt(width * head + rate**2)
    else:
        raise ValueError("Give two of the three.")


def without_head(x: float, y: float, z: float) -> float:
    return flow(x * 2.0, rate=y * 3.0, slope=z)


def without_rate(x: float, y: float, z: float) -> float:
    return flow(x * 2.0, head=y * 3.0, slope=z)


def without_slope(x: float, y: float, z: float) -> float:
    return flow(x * 2.0, y * 3.0, z)


@pytest.mark.parametrize("function", [without_head, without_rate, without_slope])
def test_what_is_solved_for_is_chosen_when_compiling(function: Any) -> None:
    check_grads(function, (1.1, 0.7, 0.4), order=2)
    derivative, forward = grad(function), jvp(function)
    derivative(1.1, 0.7, 0.4)
    forward((1.1, 0.7, 0.4), (1.0, 0.0, 0.0))
    for source in (derivative.source, forward.source):
        assert "None" not in source and "if " not in source and "rt.call" not in source


def test_a_call_that_gives_too_little_raises() -> None:
    with pytest.raises(ValueError, match="two of the three"):
        grad(lambda x: flow(x * 2.0, head=x))(1.0)


def test_a_value_that_comes_later_is_asked_for() -> None:
    def largest(x: Any) -> Any:
        best = None
        for i in range(3):
            if best is None or x[i] > best:
                best = x[i] * 2.0
        return best * x[0]

    check_grads(largest, (np.array([0.3, 0.9, 0.5]),), order=2)


def test_what_an_answer_is_changed_to_counts() -> None:
    def counted(x: float, start: Any = None) -> float:
        fresh = start is None
        total = 0.0
        for _ in range(3):
            if fresh:
                total = total + x * x
            else:
                total = total + math.sin(x)
            fresh = not fresh
        return total

    check_grads(lambda x: counted(x * 1.0), (0.6,), order=2)
    check_grads(lambda x: counted(x * 1.0, 2.0), (0.6,), order=2)


def test_an_empty_branch_stays_a_block() -> None:
    def clipped(x: float, upper: Any = None) -> float:
        total = x
        for i in range(2):
            if i > 0:
                if upper is not None:
                    total = min(total, upper)
        if total > 0.0:
            if upper is None:
                pass
            else:
                total = upper
        return total * x

    check_grads(lambda x: clipped(x * 2.0), (0.6,), order=2)


def product(r: float, e: float) -> float:
    return r * e


def wave(r: float, e: float) -> float:
    return math.sin(r) * e


def growth(r: float, e: float) -> float:
    return math.exp(r) + e


def factor(r: float, e: float = 0.0, method: Any = "wave") -> float:
    if method is None:
        method = "wave"
    if method == "product":
        found = product(r, e)
    elif method == "wave":
        found = wave(r, e)
    elif method != "growth":
        raise ValueError("Nothing is known under this name.")
    else:
        found = growth(r, e)
    return found


@pytest.mark.parametrize("method", ["product", "wave", "growth", None])
def test_the_text_that_names_a_method_decides(method: Any) -> None:
    functions = {
        "product": lambda x: factor(x * 2.0, x, "product"),
        "wave": lambda x: factor(x * 2.0, x, "wave"),
        "growth": lambda x: factor(x * 2.0, x, "growth"),
        None: lambda x: factor(x * 2.0, x, None),
    }
    check_grads(functions[method], (0.7,), order=2)
    derivative = grad(functions[method])
    derivative(0.7)
    assert "if " not in derivative.source and "raise" not in derivative.source


def test_a_text_that_is_bound_again_decides_nothing() -> None:
    def alternating(x: float, method: str = "wave") -> float:
        total = 0.0
        for _ in range(3):
            if method == "wave":
                total = total + math.sin(x)
                method = "product"
            else:
                total = total * x
        return total

    check_grads(lambda x: alternating(x * 1.0), (0.7,), order=2)
