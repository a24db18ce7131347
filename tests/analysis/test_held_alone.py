"""A variable alone holds its array unless a name, container, view, closure or parameter does so at an update."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import grad
from srcad.analysis.held_alone import held_alone
from srcad.analysis.infer import infer
from srcad.analysis.kinds import ANY
from srcad.analysis.kinds_of_values import kind_of
from srcad.frontend import normalize

X = np.array([[0.9, -0.4, 1.3], [0.2, 0.8, -0.7]])


def variables_held_alone(function: Callable[..., Any], *args: Any) -> frozenset[str]:
    fn = normalize(function)
    names = function.__code__.co_varnames
    parameters = {name: kind_of(value) for name, value in zip(names, args)}
    kinds = infer(fn, parameters, lambda callee, given: ANY)
    return held_alone(fn, kinds)


def plain(x):
    acc = 0.0
    for row in x:
        acc += row * row
    return np.sum(acc)


def named_after_the_loop(x):
    acc = 0.0
    for row in x:
        acc += row
    last = acc
    return np.sum(last * acc)


def stored_as_a_copy(x):
    out = np.zeros(x.shape)
    acc = 0.0
    for i in range(len(x)):
        acc += x[i]
        out[i] = acc
    return np.sum(out**2)


def begun_again(x):
    kept = []
    for _ in range(2):
        acc = 0.0
        for row in x:
            acc += row
        kept.append(acc)
    return np.sum(kept[0] * kept[1])


@pytest.mark.parametrize("function", [plain, named_after_the_loop, stored_as_a_copy, begun_again])
def test_nothing_else_holds_the_array_at_an_update(function: Callable[..., Any]) -> None:
    assert variables_held_alone(function, X) == {"acc"}
    derivative = grad(function)
    derivative(X)
    assert "rt.call" not in derivative.source


def named_before_an_update(x):
    acc = 0.0
    last = 0.0
    for row in x:
        last = acc
        acc += row
    return np.sum(last * acc)


def appended(x):
    acc = 0.0
    kept = []
    for row in x:
        acc += row
        kept.append(acc)
    return np.sum(kept[0])


def viewed(x):
    acc = 0.0
    part = x[0]
    for row in x:
        acc += row
        part = acc[1:]
    return np.sum(part)


def kept_by_a_dict(x):
    acc = 0.0
    kept = {}
    for i in range(len(x)):
        acc += x[i]
        kept[i] = acc
    return np.sum(kept[0])


def given_for_an_output(x):
    acc = 0.0
    last = 0.0
    for row in x:
        acc += row
        last = np.multiply(row, 2.0, acc)
        acc += last
    return np.sum(acc * last)


def a_row_of_the_argument(x):
    acc = 0.0
    for i in range(len(x)):
        if i == 1:
            acc = x[0]
        acc += x[i]
    return np.sum(acc)


def named_before_an_exception(x):
    acc = 0.0
    last = 0.0
    try:
        for row in x:
            acc += row
            last = acc
            if np.sum(acc) > 0.0:
                raise ValueError
    except ValueError:
        acc += 1.0
    return np.sum(last)


def named_before_a_jump(x):
    acc = 0.0
    last = 0.0
    for row in x:
        acc += row
        if np.sum(row) > 0.0:
            last = acc
            continue
        acc = acc * 2.0
    return np.sum(last)


@pytest.mark.parametrize(
    "function",
    [named_before_an_update, appended, viewed, given_for_an_output, kept_by_a_dict,
     a_row_of_the_argument, named_before_an_exception, named_before_a_jump],
)  # fmt: skip
def test_something_else_may_hold_the_array_at_an_update(function: Callable[..., Any]) -> None:
    assert "acc" not in variables_held_alone(function, X)


def given(acc, x):
    for row in x:
        acc += row
    return np.sum(acc)


def test_a_parameter_is_held_by_the_caller() -> None:
    assert not variables_held_alone(given, X[0], X)
    value = np.array([1.0, 2.0, 3.0])
    grad(given, argnums=1)(value, X)
    np.testing.assert_array_equal(value, [1.0, 2.0, 3.0])


def of_another_precision(x, other):
    acc = 0.0
    for row in x:
        acc += row
        acc += other
    return np.sum(acc)


def test_an_update_by_another_precision_is_one_in_place() -> None:
    single = X.astype(np.float32)
    assert not variables_held_alone(of_another_precision, single, X)
    assert variables_held_alone(of_another_precision, X, single[0]) == frozenset()
    assert variables_held_alone(of_another_precision, X, X[0]) == {"acc"}
