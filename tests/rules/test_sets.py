"""What stands for a set of objects does what a set does, and engines made of them have second derivatives."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from srcad.api import grad
from srcad.operators import hvp, jvp
from srcad.rules.sets import Distinct
from tests.programs import engines

_JOINING = ("union", "intersection", "difference", "symmetric_difference")
_CHANGING = ("update", "intersection_update", "difference_update", "symmetric_difference_update")
_OPERATORS = ("__or__", "__and__", "__sub__", "__xor__")
_UPDATES = ("__ior__", "__iand__", "__isub__", "__ixor__")
_COMPARISONS = ("__eq__", "__le__", "__lt__", "__ge__", "__gt__", "issubset", "issuperset", "isdisjoint")


@pytest.mark.parametrize("seed", range(20))
def test_does_what_a_set_does(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(30):
        numbers = [[draw.randrange(12) * 0.5 for _ in range(draw.randrange(8))] for _ in range(2)]
        for title in (*_JOINING, *_CHANGING, *_OPERATORS, *_UPDATES, *_COMPARISONS):
            (own, other), (ours, others) = (list(map(kind, numbers)) for kind in (set, Distinct))
            plain, made = getattr(own, title)(other), getattr(ours, title)(others)
            assert (
                made == plain if plain is None or isinstance(plain, bool) else sorted(made) == sorted(plain)
            )
            assert sorted(ours) == sorted(own)
            assert sorted(others) == sorted(other)


def test_items_are_added_and_taken_in_the_order_of_a_set() -> None:
    draw = random.Random(1)
    plain: set[float] = set()
    made = Distinct()
    for _ in range(300):
        item = draw.randrange(40) * 0.25
        title = draw.choice(["add", "discard", "add", "pop" if plain else "add"])
        given = () if title == "pop" else (item,)
        assert getattr(made, title)(*given) == getattr(plain, title)(*given)
        assert list(made) == list(plain) and len(made) == len(plain) and (item in made) == (item in plain)
    with pytest.raises(KeyError):
        made.remove(-1.0)
    copied = made.copy()
    made.clear()
    assert not made and list(copied) and repr(Distinct([1.5])) == "{1.5}"


@pytest.mark.parametrize(
    "function",
    [
        engines.objects_taken_out_of_a_set,
        engines.a_set_that_is_emptied,
        engines.sets_of_objects_joined,
        engines.an_engine_backwards,
    ],
    ids=lambda function: function.__name__,
)
def test_tangents_and_second_derivatives(function: Any) -> None:
    x, direction, step = engines.V, np.array([0.3, -0.5, 0.8]), 1e-5
    ends = [x + sign * step * direction for sign in (1.0, -1.0)]
    slope = (function(ends[0]) - function(ends[1])) / (2 * step)
    np.testing.assert_allclose(jvp(function, (x,), (direction,))[1], slope, rtol=1e-6)
    bent = (grad(function)(ends[0]) - grad(function)(ends[1])) / (2 * step)
    np.testing.assert_allclose(hvp(function)(x, direction), bent, rtol=1e-5, atol=1e-7)

    def along(point: Any) -> Any:
        return np.sum(grad(function)(point) * direction)

    np.testing.assert_allclose(grad(along)(x), bent, rtol=1e-5, atol=1e-7)
