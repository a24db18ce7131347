"""Which methods calls and operators call is told by the kinds of their operands."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcad.analysis.callees import called_methods, initializer, operator_called
from srcad.analysis.kinds import ANY, FLOAT64, NONE, Kind, join, record
from srcad.analysis.kinds_of_values import kind_of


class Vec:
    def __init__(self, x: Any) -> None:
        self.x = x

    def __add__(self, o: Any) -> Any:
        return Vec(self.x + o.x)

    def __rmul__(self, s: Any) -> Any:
        return Vec(s * self.x)

    def __lt__(self, o: Any) -> Any:
        return NotImplemented

    @property
    def twice(self) -> Any:
        return 2 * self.x

    def norm(self) -> Any:
        return abs(self.x)


class Longer(Vec):
    def __radd__(self, o: Any) -> Any:
        return o


class Table:
    def __len__(self) -> int:
        return 2

    def __rmul__(self, s: Any) -> Any:
        return s

    def norm(self) -> Any:
        return 0.0


VEC, LONGER, TABLE = kind_of(Vec(1.0)), kind_of(Longer(1.0)), kind_of(Table())


def method_in(text: str, **kinds: Kind) -> Any:
    node = gast.parse(text, mode="eval").body
    found = operator_called(node, lambda n: kinds.get(getattr(n, "id", ""), ANY), {"len": len})
    return None if found is None else found.method


def test_an_operator_is_the_method_of_its_left_operand() -> None:
    assert method_in("a + b", a=VEC, b=VEC) is Vec.__add__


def test_a_number_leaves_an_operator_to_the_right_operand() -> None:
    assert method_in("a * b", a=FLOAT64, b=VEC) is Vec.__rmul__


def test_a_number_of_numpy_would_make_an_array_of_what_has_a_length() -> None:
    assert method_in("a * b", a=FLOAT64, b=TABLE) is None


def test_a_subclass_goes_before() -> None:
    assert method_in("a + b", a=VEC, b=LONGER) is None
    assert method_in("a + b", a=LONGER, b=VEC) is Vec.__add__


def test_what_may_be_of_a_subclass_may_go_before() -> None:
    assert method_in("a + b", a=VEC, b=ANY) is None
    assert method_in("a + b", a=LONGER, b=ANY) is Vec.__add__


def test_a_method_that_may_decline_is_not_known() -> None:
    assert method_in("a < b", a=VEC, b=VEC) is None


def test_properties_and_lengths_are_methods() -> None:
    assert method_in("a.twice", a=VEC) is Vec.twice.fget
    assert method_in("len(a)", a=TABLE) is Table.__len__


def test_one_of_several_classes_is_called() -> None:
    either = join(join(VEC, TABLE), NONE)
    assert {method for method, _ in called_methods(either, "norm")} == {Vec.norm, Table.norm}
    assert called_methods(either, "unheard_of") == called_methods(ANY, "norm") == ()


def test_a_function_that_an_object_holds_is_no_method() -> None:
    held = record(Vec, (("norm", kind_of(np.sin)),))
    assert called_methods(held, "norm") == ()


def test_what_makes_an_instance_is_known_of_plain_classes() -> None:
    assert initializer(Vec) is Vec.__init__
    assert initializer(dict) is initializer(np.sin) is None
