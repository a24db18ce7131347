"""`dataclasses.replace` of an instance of a known class is a call of the class."""

import pytest

from srcad.api import grad
from tests.programs import replaced_dataclasses as programs
from tests.programs.corpus import PROGRAMS

PLAIN = (
    "a_state_stepped_in_a_loop", "a_given_state_stepped", "states_kept_in_a_list", "a_state_inside_of_a_particle",
    "a_replaced_object_shares_its_parts", "what_is_made_after_the_fields_is_made_again", "by_the_name_of_the_module",
    "stopped_early",
)  # fmt: skip


@pytest.mark.parametrize("title", PLAIN)
def test_replacing_is_not_resolved_at_run_time(title):
    function = getattr(programs, title)
    args = next(p.args for p in PROGRAMS if p.function is function)
    derivative = grad(function, argnums=tuple(range(len(args))))
    derivative(*args)
    assert "rt.call" not in derivative.source


def test_a_state_that_stays_in_the_function_is_taken_apart():
    derivative = grad(programs.a_state_stepped_in_a_loop)
    derivative(programs.V, programs.V)
    assert "State(" not in derivative.source.split("# line", 1)[0]
    assert "rt." not in derivative.source.replace("rt.seed", "").replace("rt.fitted", "")
