"""Iterators of which others have taken some items: nobody may count more of them as taken than in the plain call."""

from __future__ import annotations

from itertools import accumulate, chain, cycle, islice, pairwise

import numpy as np
import pytest

from srcad import grad, jvp
from srcad.errors import UnsupportedError

X = np.array([0.5, 1.2, 2.0, 0.3, 1.1, 0.4])


def left_early(x):
    entries = iter(x)
    for first, second in pairwise(entries):
        if second > first:
            break
    return sum(entries) * first


def left_early_in_a_chain(x):
    entries = iter(x)
    for entry in chain(entries, [1.0]):
        if entry > 1.0:
            break
    return sum(entries) * entry


def left_early_in_a_slice(x):
    entries = iter(x)
    for entry in islice(entries, 4):
        if entry > 1.0:
            break
    return sum(entries) * entry


def kept(x):
    entries = iter(x)
    sums = accumulate(entries)
    first = next(sums)
    return first * sum(entries)


def kept_squares(x):
    entries = iter(x)
    squares = (entry * entry for entry in entries)
    first = next(squares)
    return first * sum(entries)


def kept_in_a_cycle(x):
    entries = iter(x)
    again = cycle(entries)
    return next(again) * sum(entries)


def searched(x):
    entries = iter(x)
    found = 2.0 in entries
    return sum(entries) * (2.0 if found else 1.0)


def some(x):
    entries = iter(x)
    return sum(entries) if any(entries) else x[0]


def _taken(count, entries):
    return [entry for _, entry in zip(range(count), entries)]


def taken_by_a_helper(x):
    entries = iter(x)
    return sum(_taken(2, entries)) * sum(entries)


@pytest.mark.parametrize(
    "function",
    [left_early, left_early_in_a_chain, left_early_in_a_slice, kept, kept_squares, kept_in_a_cycle, searched, some,
     taken_by_a_helper],
)  # fmt: skip
def test_what_is_left_of_an_iterator_is_not_guessed(function):
    for derivative in (grad(function), lambda x: jvp(function, (x,), (x,))):
        with pytest.raises(UnsupportedError) as caught:
            derivative(X)
        assert caught.value.location.file.endswith("test_shared_iterators.py")
        assert "iterator" in str(caught.value)


def changed_while_a_map_of_it_is_run_through(x):
    entries = iter(x)
    total = next(entries)
    for entry in map(np.sin, entries):
        total += entry
        x[3] += entry
    return total


def changed_while_it_is_chained(x):
    total = 0.0
    for entry in chain(x[:2], x[1:]):
        total += entry
        x[3] += entry
    return total


def changed_while_pairs_are_run_through(x):
    total = 0.0
    for k, (a, b) in enumerate(pairwise(x)):
        total += a * b * k
        x[5] *= 1.5
    return total


def changed_after_a_cycle_has_given_it(x):
    total = 0.0
    for a, b in zip(cycle(x[:2]), x):
        total += a * b
        x[0] += 0.5
    return total


@pytest.mark.parametrize(
    "function",
    [changed_while_a_map_of_it_is_run_through, changed_while_it_is_chained,
     changed_while_pairs_are_run_through, changed_after_a_cycle_has_given_it],
)  # fmt: skip
def test_what_is_listed_at_once_does_not_change_meanwhile(function):
    for derivative in (grad(function), lambda x: jvp(function, (x,), (x,))):
        with pytest.raises(UnsupportedError, match="(iterator|made at once).* change"):
            derivative(X)


def through(x):
    entries = iter(x)
    first = next(entries)
    total = 0.0
    for k, (a, b) in enumerate(pairwise(entries)):
        total += (k + 1) * a * b
    return total * first


def test_loops_that_go_through_to_the_end():
    step = 1e-6
    moved = [(through(X + step * e) - through(X - step * e)) / (2 * step) for e in np.eye(len(X))]
    assert np.allclose(grad(through)(X), moved)
