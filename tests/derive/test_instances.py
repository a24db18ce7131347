"""Instances that stay in the function are taken apart; where that would be wrong they are left whole."""

import numpy as np
import pytest

from srcad import grad, jvp
from tests.programs import instances, instances_of_all_kinds
from tests.programs.corpus import PROGRAMS

MODULES = (instances.__name__, instances_of_all_kinds.__name__)
ENTRIES = {entry.function.__name__: entry for entry in PROGRAMS if entry.function.__module__ in MODULES}
STAY = (
    "orbit_of_vectors", "vectors_swapped", "object_changed_under_two_names", "parent_and_child", "cells_with_states",
    "dataclass_that_keeps_a_list", "frozen_dataclass_with_operators", "stack_machine", "property_that_is_set",
    "attribute_set_by_a_later_method", "items_of_an_object", "object_returned_from_branches",
    "object_made_in_either_branch", "object_changed_before_an_exception", "optimizer_with_momentum",
    "class_of_an_object_called", "chained_methods", "return_out_of_a_loop", "objects_from_a_generator",
    "object_captured_by_a_nested_function", "array_shared_by_two_objects", "operators_with_computed_numbers",
    "method_that_returns_the_object", "fields_for_the_initializer_only", "functions_in_attributes",
    "object_changed_in_a_while_loop", "nested_function_that_changes_an_object", "pair_of_objects_in_a_loop",
    "objects_in_attributes", "object_made_in_a_try", "layers_in_layers", "running_variance", "running_mean",
    "frozen_dataclass_that_computes_a_field",
)  # fmt: skip


def derivative_of(name):
    entry = ENTRIES[name]
    wanted = tuple(k for k, value in enumerate(entry.args) if not isinstance(value, int))
    derivative = grad(entry.function, argnums=wanted)
    derivative(*entry.args)
    return derivative.source


@pytest.mark.parametrize("name", STAY)
def test_an_instance_that_stays_in_the_function_leaves_no_trace(name):
    source = derivative_of(name)
    assert "rt.call" not in source and "rt.shadow" not in source


@pytest.mark.parametrize(
    "name", ["best_object_kept_and_changed", "object_of_the_iteration_before", "linked_list"]
)
def test_an_instance_that_other_instances_may_be_taken_for_stays_an_object(name):
    text = derivative_of(name)
    assert "rt.instance(" in text and ("rt.call" not in text or name == "linked_list")


class Ball:
    gravity = 9.81

    def __init__(self, height, speed):
        self.height, self.speed = height, speed

    def step(self, h):
        self.speed -= self.gravity * h
        self.height += self.speed * h


def flight(speed, steps):
    ball = Ball(1.0, speed)
    for _ in range(steps):
        ball.step(0.1)
    return ball.height


def test_attributes_become_variables_named_after_the_object():
    derivative = grad(flight)
    derivative(2.0, 3)
    assert "dball_speed += 0.1" in derivative.source
    assert "Ball(" not in "".join(line.partition("#")[0] for line in derivative.source.splitlines())


def test_forward_mode_takes_them_apart_as_well():
    value, tangent = jvp(lambda speed: flight(speed, 3), (2.0,), (1.0,))
    assert (value, tangent) == pytest.approx((flight(2.0, 3), 0.3))


def test_a_method_that_is_replaced_is_seen(monkeypatch):
    derivative = grad(flight)
    assert derivative(2.0, 3) == pytest.approx(0.3)
    monkeypatch.setattr(Ball, "step", lambda self, h: setattr(self, "height", self.height * self.speed))
    assert derivative(2.0, 3) == pytest.approx(3 * 2.0**2)


def test_an_initializer_that_is_replaced_is_seen(monkeypatch):
    derivative = grad(flight)
    assert derivative(2.0, 3) == pytest.approx(0.3)

    def doubled(self, height, speed):
        self.height, self.speed = height, 2.0 * speed

    monkeypatch.setattr(Ball, "__init__", doubled)
    assert derivative(2.0, 3) == pytest.approx(0.6)


def energy(x):
    ball = Ball(x, 1.0)
    return ball.height * ball.gravity


def test_a_class_attribute_is_read_at_every_call(monkeypatch):
    derivative = grad(energy)
    assert derivative(2.0) == 9.81
    monkeypatch.setattr(Ball, "gravity", 1.62)
    assert derivative(2.0) == 1.62
    monkeypatch.setattr(Ball, "gravity", np.array([1.0, 2.0]))
    with pytest.raises(Exception, match="scalar|number"):
        derivative(2.0)


def two_energies(x):
    return np.sum(energy(x))


def test_a_class_attribute_of_another_sort_makes_another_derivative(monkeypatch):
    derivative = grad(two_energies)
    for _ in range(6):
        assert derivative(2.0) == 9.81
    monkeypatch.setattr(Ball, "gravity", np.array([1.0, 2.0]))
    assert derivative(2.0) == 3.0


def with_a_missing_attribute(x):
    ball = Ball(x, 1.0)
    return ball.height * ball.mass


def test_an_attribute_that_is_not_there_is_the_users_own_error():
    with pytest.raises(AttributeError, match="mass"):
        grad(with_a_missing_attribute)(1.0)


def with_a_wrong_call(x):
    return Ball(x).height


def test_a_wrong_number_of_arguments_is_the_users_own_error():
    with pytest.raises(TypeError, match="speed"):
        grad(with_a_wrong_call)(1.0)
