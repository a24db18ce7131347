"""Named tuples that a program makes are plain code: their classes make them, and their fields are read by name."""

from collections import namedtuple
from typing import Any, NamedTuple

import numpy as np
import pytest

from srcad.api import grad
from srcad.errors import UnsupportedError
from srcad.operators import hessian, jvp
from tests.programs import named_tuples as programs
from tests.programs.corpus import PROGRAMS

V = np.array([0.7, -1.2, 0.4, 2.1])
PLAIN = (
    "a_trajectory_of_states", "arrays_of_a_state_changed_in_place", "a_replaced_state_shares_its_arrays", "pairs_of_pairs",
    "a_loop_that_continues_and_returns", "a_state_that_is_given", "a_tree_of_nodes", "a_scan_over_rows",
    "class_and_static_methods", "pairs_in_a_dict", "a_loop_until_the_energy_is_reached", "a_replacement_that_is_caught",
    "a_closure_over_a_pair", "states_of_a_generator", "a_count_beside_a_total", "an_integer_field_that_counts",
)  # fmt: skip


class Step(NamedTuple):
    x: Any
    v: Any

    def __matmul__(self, other):
        return self.x * other.x + self.v * other.v


class Doubled(namedtuple("Doubled", "x")):
    def __new__(cls, x):
        return super().__new__(cls, 2.0 * x)


def arguments_of(function):
    return next(p.args for p in PROGRAMS if p.function is function)


@pytest.mark.parametrize("title", PLAIN)
def test_what_is_known_of_named_tuples_is_not_resolved_at_run_time(title):
    function = getattr(programs, title)
    args = arguments_of(function)
    derivative = grad(function, argnums=tuple(range(len(args))))
    derivative(*args)
    assert "rt.call" not in derivative.source


def test_a_state_is_made_by_its_class():
    derivative = grad(programs.a_loop_that_continues_and_returns)
    derivative(V)
    assert "named_tuples.Pair(" in derivative.source and "rt.named_tuple" not in derivative.source


def test_a_named_tuple_that_is_taken_apart_leaves_no_trace():
    def f(x):
        state = programs.Pair(x * x, x)
        return state.x * state.y

    derivative = grad(f)
    assert derivative(3.0) == 27.0
    assert "Pair(" not in derivative.source.split("# line", 1)[0]


def test_a_class_with_operators_of_its_own_answers_for_them():
    def f(x):
        return Step(x, 2.0 * x) @ Step(x * x, 1.0)

    assert grad(f)(3.0) == pytest.approx(29.0)
    assert jvp(f, (3.0,), (1.0,))[1] == pytest.approx(29.0)


@pytest.mark.parametrize("differentiate", [lambda f: grad(f)(3.0), lambda f: jvp(f, (3.0,), (1.0,)),
                                           lambda f: hessian(f)(3.0)], ids=["grad", "jvp", "hessian"])  # fmt: skip
def test_a_class_that_makes_its_items_itself_is_refused(differentiate):
    def f(x):
        return Doubled(x * x).x

    with pytest.raises(UnsupportedError, match="'Doubled' defines __new__"):
        differentiate(f)


class Base:
    scale = 2.0

    def __init__(self, x):
        self.x = x

    @classmethod
    def make(cls, x):
        return cls(x * cls.scale)

    @staticmethod
    def squared(z):
        return z * z


class Derived(Base):
    scale = 3.0

    @classmethod
    def make(cls, x):
        made = super().make(x)
        made.x = made.x + 1.0
        return made

    @staticmethod
    def squared(z):
        return Base.squared(z) + z


def test_class_methods_that_extend_those_of_their_base_are_plain_code():
    def f(x):
        return Derived.make(x).x * Derived.squared(x)

    derivative = grad(f)
    assert derivative(2.0) == pytest.approx(3.0 * 6.0 + 7.0 * 5.0)
    assert "rt.call" not in derivative.source and "super" not in derivative.source


def test_a_generator_that_is_a_class_method_is_run_through():
    class Local(Base):
        @classmethod
        def each(cls, values):
            for v in values:
                yield cls(v)

    def f(x):
        return sum(item.x**2 for item in Local.each(x))

    np.testing.assert_allclose(grad(f)(V), 2.0 * V)


def test_methods_that_are_replaced_later_are_seen():
    class Local(NamedTuple):
        x: float

        def squared(self):
            return self.x**2

    def f(x, cls):
        return cls(x).squared()

    def g(x):
        return programs.Pair(x, 2.0).scaled()

    try:
        programs.Pair.scaled = lambda self: self.x * self.y
        derivative = grad(g)
        assert derivative(3.0) == 2.0
        programs.Pair.scaled = lambda self: self.x**2
        assert derivative(3.0) == 6.0
    finally:
        del programs.Pair.scaled
    assert grad(f)(3.0, Local) == 6.0


def test_the_result_may_be_a_named_tuple():
    def f(x):
        return programs.Pair(np.sum(x**2), x * 2.0)

    value, tangent = jvp(f, (V,), (np.ones(4),))
    assert type(value) is programs.Pair and type(tangent) is programs.Pair
    np.testing.assert_allclose(tangent.x, np.sum(2 * V))
    np.testing.assert_allclose(tangent.y, np.full(4, 2.0))
