"""A choice between two values is written as a conditional expression, and what one side computes stays there."""

from __future__ import annotations

import pytest
from test_passes import check, on_function

from srcad.optimize.choose import choose

CHOSEN = {
    "names": (
        "c = x[0] > 0\nif c:\n    t = x\nelse:\n    t = y\nreturn t",
        "c = x[0] > 0\nt = x if c else y\nreturn t",
    ),
    "operations": (
        "c = x[0] > 0\nif c:\n    t = x * y\nelse:\n    t = -y\nreturn t",
        "c = x[0] > 0\nt = x * y if c else -y\nreturn t",
    ),
}
LEFT = {
    "two variables": "c = x[0] > 0\nif c:\n    t = x\nelse:\n    u = y\n    t = u\nreturn t",
    "a store": "z = x * y\nc = x[0] > 0\nif c:\n    z[0] = 1.0\nelse:\n    z[0] = 2.0\nreturn z",
    "one side": "t = y\nc = x[0] > 0\nif c:\n    t = x\nreturn t",
}


@pytest.mark.parametrize("case", CHOSEN.values(), ids=CHOSEN)
def test_two_sides_that_bind_one_variable_become_one_expression(case: tuple[str, str]) -> None:
    check(on_function(choose), *case)


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_other_branches_stay(text: str) -> None:
    check(on_function(choose), text, text)
