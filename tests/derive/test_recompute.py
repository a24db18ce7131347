"""What a loop's backward sweep computes again and does not take from a history, in branches too."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import check_grads, grad
from srcad.callables.compilation import compiled
from srcad.callables.targets import Target

RNG = np.random.default_rng(4)
X = RNG.uniform(0.5, 1.5, size=6)
MATRIX = RNG.normal(size=(3, 6))


def neighbours(x):
    total = 0.0
    for k in range(len(x)):
        if k > 0:
            total += x[k] * x[k - 1] ** 2
        elif k + 2 < len(x):
            total *= x[k + 2]
    return total


def test_conditions_on_integers_and_indices_in_branches_are_computed_again() -> None:
    derivative = grad(neighbours)
    check_grads(neighbours, (X,), order=2)
    derivative(X)
    lines = [line.strip() for line in derivative.source.splitlines()]
    assert [line for line in lines if "append" in line] == [
        "t5_history.append(t5)",
        "total_history.append(total)",
    ]
    assert lines.count("if k > 0:") == 2
    assert "None" not in derivative.source, "each history is filled in the branch that uses it"


def left_in_a_branch(x):
    total = 0.0
    for k in range(6):
        if k % 3:
            square = x[k] ** 2
            if square > 2.0:
                total += 3.0 * square
                break
            total += square * total + x[k - 1]
        elif total > 100.0:
            cube = x[k] ** 3
            return total * cube
        else:
            total += np.exp(x[k]) * x[k + 1]
    return total


@pytest.mark.parametrize("largest", [1.2, 1.6, 9.0])
def test_trips_that_end_inside_of_a_branch_keep_what_they_used(largest: float) -> None:
    x = X.copy()
    x[3 if largest < 2.0 else 2] = largest
    check_grads(left_in_a_branch, (x,), order=2)


def index_bound_again_behind_its_branch(x):
    total = 0.0
    for k in range(5):
        j = k
        if k % 2 == 0:
            i = j + 1
            total += x[i] * x[j] * total + x[i]
        j = 4 - k
        total += x[j] ** 2
    return total


def index_carried_from_trip_to_trip(x):
    total, last = 0.0, 0
    for k in range(5):
        if k != 2:
            i = last + 1
            total += x[i] * total + x[i] ** 2
        last = k
    return total


def index_bound_in_both_blocks(x):
    total = 1.0
    for k in range(4):
        if k > 1:
            i = k - 1
            total *= x[i]
        else:
            i = k + 1
            total *= x[i] ** 2
        total += x[i] * x[k]
    return total


def index_read_in_a_later_trip(x):
    total, i = 0.0, 0
    for k in range(5):
        total += x[i] ** 2 * (1.0 + total)
        if k == 1 or k == 3:
            i = k + 1
            total *= x[i]
    return total


def counter_of_a_while_loop(x):
    total, k = 0.0, 0
    while True:
        k += 1
        if k > 5:
            break
        if k % 2:
            i = k - 1
            total = total * x[i] + x[k] ** 2
        else:
            total = total + np.sin(total * x[k % 3])
    return total


def condition_on_what_a_branch_changes(x):
    total, n = 1.0, 0
    for k in range(5):
        full = n > 2
        if full:
            n = 0
            total *= x[k]
        if n < 2:
            n = n + 1
            i = n + k - 1
            total += x[i] * total
        else:
            n = n + 2
            total += x[n] ** 2
    return total


def views_in_branches_of_inner_loops(A):
    total = 0.0
    for i in range(len(A)):
        for j in range(1, A.shape[1]):
            if j > i:
                column = A[:, j - 1]
                A[i, j] *= column[0]
                total += A[i, j] * np.sum(column**2)
            else:
                row = A[i]
                row[j] = row[j - 1] * row[j]
    return total + np.sum(A**2)


def view_of_what_the_trip_before_named(x):
    v, rest, total = x[:2], x[2:], 0.0
    for k in range(2):
        u = v[:2]
        u *= 0.8
        total += np.sum(u**2)
        v = rest[k:]
    return total + np.sum(x**2)


def stored_beside_an_index(x):
    y = x.copy()
    for k in range(1, 5):
        if k != 3:
            i = k - 1
            before = y[i]
            y[i] = before * y[k]
            y[k] = before + y[i] * y[k + 1]
    return np.sum(y**2)


@pytest.mark.parametrize(
    ("program", "x"),
    [
        (index_bound_again_behind_its_branch, X),
        (index_carried_from_trip_to_trip, X),
        (index_bound_in_both_blocks, X),
        (index_read_in_a_later_trip, X),
        (counter_of_a_while_loop, X),
        (condition_on_what_a_branch_changes, X),
        (views_in_branches_of_inner_loops, MATRIX),
        (view_of_what_the_trip_before_named, X),
        (stored_beside_an_index, X),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_what_changes_between_is_not_taken_for_what_it_was(program, x) -> None:
    check_grads(program, (x,), order=2)


def scaled(x, w):
    total = 0.0
    for _ in range(4):
        scale = 0.5 * w
        total += scale * np.sin(total + x)
    return total


def decayed(x, w):
    total = 0.0
    for _ in range(4):
        scale = 0.5 * w
        w = w * 0.9
        total += scale * np.sin(total + x)
    return total


def test_numbers_that_are_the_same_in_all_trips_are_computed_again() -> None:
    code = compiled(Target(scaled), (0.3, 0.7), ("x", "w"), "vjp")
    assert "\n        scale = 0.5 * w" in code.text.split("def scaled_backward")[1]
    assert "scale" not in code.text.split("residuals = ")[1].splitlines()[0]
    check_grads(scaled, (0.3, 0.7), order=2)


def test_numbers_that_are_made_of_others_in_each_trip_are_kept() -> None:
    code = compiled(Target(decayed), (0.3, 0.7), ("x", "w"), "vjp")
    assert "\n        scale = 0.5 * w" not in code.text.split("def decayed_backward")[1]
    check_grads(decayed, (0.3, 0.7), order=2)
