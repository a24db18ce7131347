"""The lattice: joins lie above both, and hold what either holds."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest

from srcad import grad
from srcad.analysis.kinds import (
    ANY,
    FLOAT64,
    INT,
    NEVER,
    NONE,
    NUMBER,
    Kind,
    alternatives,
    array,
    bounded,
    holds_attribute,
    holds_complex,
    is_double,
    join,
    join_all,
    may_be_complex,
)
from srcad.analysis.kinds_of_values import kind_of, literal
from srcad.analysis.results.indexing import attribute
from tests.analysis.containment import contains


@dataclasses.dataclass
class Point:
    x: Any
    y: Any


class Plain:
    def __init__(self) -> None:
        self.weights = np.ones((2, 1))
        self.name = "layer"

    @property
    def size(self) -> int:
        return 3


VALUES = [
    1.5, 3, True, None, "text", 1j, np.float32(2), np.float64(2), np.int8(1), np.bool_(True), np.ones(3), np.ones((1, 3)),
    np.ones((2, 1), np.float32), np.arange(3), np.ones(2) > 0, np.ones(2) + 1j, np.zeros((0, 2)),
    np.arange(3, dtype=np.int8),
    (1.0, np.ones(2)), (1, 2), [1.0, 2.0], [np.ones(1), np.ones(2)], [], {"a": 1.0, "b": np.ones(2)},
    {"a": np.ones(2), "b": 2},
    {}, Point(1.0, np.ones(2)), Point(np.ones(3), 2), Plain(), np.sum, Plain,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
def test_the_kind_of_a_value_holds_it(value: Any) -> None:
    assert contains(kind_of(value), value)


def test_a_join_holds_what_either_holds() -> None:
    for first, second in itertools.product(VALUES, VALUES):
        joined = join(kind_of(first), kind_of(second))
        assert contains(joined, first), (joined, first)
        assert contains(joined, second), (joined, second)


def test_a_join_is_commutative_and_idempotent() -> None:
    for first, second in itertools.product(map(kind_of, VALUES), map(kind_of, VALUES)):
        joined = join(first, second)
        assert joined == join(second, first)
        assert joined == join(joined, first) == join(joined, second)


def test_what_is_complex_in_some_runs_is_known_to_meet_complex_numbers() -> None:
    for real, imaginary in ((np.ones(2), np.ones(2) * 1j), (1.0, 1j), (2, 1j), (True, np.ones(2) * 1j)):
        joined = join(kind_of(real), kind_of(imaginary))
        assert joined.dtype == "mixed" and may_be_complex(joined) and holds_complex(joined)


def test_axes_are_joined_one_by_one() -> None:
    assert join(kind_of(np.ones((2, 1))), kind_of(np.ones((3, 4)))).dims == ("N", "?")
    assert join(kind_of(np.ones(2)), kind_of(np.ones((2, 2)))).dims is None


def test_never_is_the_bottom() -> None:
    assert join(NEVER, FLOAT64) == join(FLOAT64, NEVER) == FLOAT64
    assert join_all([]) == NEVER


def test_an_axis_of_length_zero_is_not_one() -> None:
    assert kind_of(np.zeros((0, 1, 5))).dims == ("N", "1", "N")


def test_doubles() -> None:
    assert is_double(kind_of(np.ones(3)))
    assert is_double(FLOAT64)
    assert is_double(join(INT, FLOAT64))
    assert not is_double(kind_of(np.ones(3, np.float32)))
    assert not is_double(kind_of(np.ones(3, complex)))
    assert not is_double(NUMBER)


def test_a_literal_integer_is_remembered() -> None:
    assert literal(2).value == 2
    assert join(literal(2), literal(2)).value == 2
    assert join(literal(2), literal(3)).value is None


def test_the_attributes_of_a_plain_object_are_known() -> None:
    assert dict(kind_of(Plain()).items or ()) == {
        "weights": array(None, True, ("N", "1"), "float64"),
        "name": Kind("str"),
    }


def test_what_lies_deep_is_forgotten() -> None:
    kind = FLOAT64
    for _ in range(10):
        kind = Kind("tuple", items=(kind,))

    assert bounded(kind) == bounded(Kind("tuple", items=(bounded(kind),)))


def test_objects_of_different_classes_are_told_apart() -> None:
    point, plain = kind_of(Point(1.0, 2.0)), kind_of(Plain())
    either = join(point, plain)
    assert either.name == "any" and set(alternatives(either)) == {point, plain}
    assert join(either, join(plain, NONE)) == join(either, NONE)
    assert join(either, kind_of(np.ones(3))) == ANY


def test_an_attribute_that_some_classes_have_is_theirs() -> None:
    either = join(kind_of(Point(1.0, 2.0)), join(kind_of(Plain()), NONE))
    assert holds_attribute(either, "weights") and not holds_attribute(either, "unheard_of")
    assert attribute(either, "weights") == kind_of(Plain().weights)


def test_the_axes_of_padded_and_joined_arrays_are_counted() -> None:
    def padded(x):
        p = np.pad(x, 1)
        return np.sum(p[1:-1, 1:] * np.hstack([x, x[:, :1]]))

    derivative = grad(padded)
    derivative(np.ones((2, 2)))
    assert "accumulate" not in derivative.source
