"""Containers that hold one array several times: it has one shadow, and its gradient is counted once for each use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import check_grads
from srcad import runtime as rt

X = np.array([0.3, 0.7])


def twice(y: Any) -> Any:
    return [y, y]


def both_read(x: Any) -> Any:
    pair = twice(x * 2.0)
    return np.sum(pair[0] * 3.0) + np.sum(pair[1] ** 2)


def appended_again(x: Any) -> Any:
    y = x * 2.0
    items = [y, y]
    items.append(y)
    return np.sum(items[0] * 3.0) + np.sum(items[1] ** 2) + np.sum(items[2] * x)


def one_changed(x: Any) -> Any:
    pair = [x, x]
    pair[0][0] = 2.0
    return np.sum(pair[1] ** 2 * pair[0])


def changed_in_a_dict(x: Any) -> Any:
    held = {"a": x * 1.0}
    held["b"] = held["a"]
    held["b"] *= 2.0
    return np.sum(held["a"] * x)


def returned(x: Any) -> Any:
    return twice(x * 2.0)


def returned_with_a_view(x: Any) -> Any:
    y = x * 2.0
    return y, {"whole": y, "part": y[1:]}


PROGRAMS = (both_read, appended_again, one_changed, changed_in_a_dict, returned, returned_with_a_view)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("program", PROGRAMS)
def test_gradients_of_shared_elements_are_counted_once(program: Callable[..., Any], order: int) -> None:
    check_grads(program, (X,), order=order)


def test_shared_elements_have_one_shadow() -> None:
    first, second, part = rt.shadow([X, X, X[1:]])

    assert first is second
    assert np.shares_memory(first, part)


def test_equal_elements_have_shadows_of_their_own() -> None:
    first, second = rt.shadow([X, X.copy()])

    assert not np.shares_memory(first, second)
