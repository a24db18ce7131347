"""Gradients taken out of shadows: memory that is found in several places is taken once."""

from __future__ import annotations

import numpy as np

from srcad import runtime as rt


def test_memory_apart_is_taken_as_it_is():
    first, cell = np.ones(2), rt.Cell()
    cell.g = 3.0
    found = rt.taken([first, {"k": cell, "n": None}])
    assert found[0] is first and found[1] == {"k": 3.0, "n": 0.0}


def test_overlapping_views_are_taken_once():
    whole = np.arange(1.0, 7.0).reshape(2, 3, order="F")
    found = rt.taken((whole[:, 1:], whole, whole.T))
    assert np.array_equal(found[0], whole[:, 1:])
    assert np.array_equal(found[1], [[1.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    assert np.array_equal(found[2], np.zeros((3, 2))) and whole.sum() == 21.0


def test_infinities_are_not_multiplied_by_zero():
    g = np.array([np.inf, np.nan])
    assert np.array_equal(rt.taken((g, g))[1], np.zeros(2))


def test_an_object_that_stands_twice_is_taken_once_and_one_that_knows_itself_is_taken():
    shadow, cell = rt.Shadow(), rt.Cell()
    cell.g, shadow.x = 2.0, cell
    first, second = rt.taken([shadow, shadow])
    assert first["x"] == 2.0 and second["x"] == 0.0
    shadow.me = shadow
    found = rt.taken(shadow)
    assert found["me"] is found and found["x"] == 2.0
