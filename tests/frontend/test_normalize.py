"""The NORMAL form does what the original does."""

from __future__ import annotations

import pytest

from tests.frontend.programs import CASES
from tests.frontend.run import normal, outcome


@pytest.mark.parametrize("func, calls", CASES, ids=lambda v: getattr(v, "__qualname__", ""))
def test_same_behaviour(func, calls):
    form = normal(func)
    for args in calls:
        assert outcome(form, args) == outcome(func, args)


def test_there_are_enough_programs():
    assert len(CASES) >= 60
