"""Arguments whose objects know each other, as those of a tree do that know their parents."""

from __future__ import annotations

import pytest

from srcad import grad, hvp, jvp
from tests.programs.machines import TwoStates, changed_family, family, machine_of_the_caller, whole_family


def test_objects_that_know_each_other_have_a_gradient_of_their_kind():
    root = family()
    gradient = grad(whole_family)(root)
    assert gradient.value == 1.0 + 2.0 + 0.7
    assert gradient.children[0].value == 1.5 + 3.0
    assert gradient.children[0].children[0].value == 2.0
    assert gradient.children[0].parent.value == gradient.value
    assert root.value == 1.5


def test_objects_that_know_each_other_may_be_changed():
    root = family()
    slope = 1.0 + 3 * 1.3**2 + 3.0 * 2 * 1.3 + 0.7
    curvature = 6 * 1.3 + 3.0 * 2
    assert grad(changed_family)(1.3, root) == pytest.approx(slope)
    assert jvp(lambda x: changed_family(x, family()), (1.3,), (1.0,))[1] == pytest.approx(slope)
    assert grad(grad(changed_family))(1.3, root) == pytest.approx(curvature)
    assert hvp(changed_family)(1.3, root, 1.0) == pytest.approx(curvature)
    assert root.value == 1.5 and root.children[0].value == 2.0


def test_a_machine_of_the_caller_that_holds_its_own_methods_stays_as_it_was():
    def run(x):
        return machine_of_the_caller(x, TwoStates())

    slope = (run(1.3 + 1e-6) - run(1.3 - 1e-6)) / 2e-6
    machine = TwoStates()
    assert grad(machine_of_the_caller)(1.3, machine) == pytest.approx(slope, rel=1e-7)
    assert jvp(run, (1.3,), (1.0,))[1] == pytest.approx(slope, rel=1e-7)
    assert hvp(machine_of_the_caller)(1.3, machine, 1.0) == pytest.approx(grad(grad(run))(1.3))
    assert machine.total == 1.0 and machine.state == "idle" and machine.runs == 0


def test_a_class_made_in_a_namespace_without_a_name_is_no_builtin():
    space: dict = {}
    exec("class Square:\n    def __init__(self, side): self.side = side\n", space)

    def area(square):
        return square.side**2

    assert grad(area)(space["Square"](3.0)).side == 6.0
