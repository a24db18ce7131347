"""Loops that run over a history, and those that must go on taking from it."""

from __future__ import annotations

import pytest
from adjoint_programs import function, pure, run, same, text_of
from test_passes import on_function

from srcad.analysis.kinds import FLOAT
from srcad.optimize import Context
from srcad.optimize.iteration import iterate_over_histories

CONTEXT = Context(pure, ranks={name: FLOAT for name in ("x", "y", "u")})
PROGRAM = """
def f(x, y, g):
    s = []
    n = 4
    for i in range(n):
        s.append(y)
        y = y * x
    dx = 0.0
    for i in reversed(range(n)):
        y = s.pop()
        dx = dx + y
    return dx
"""


def result_of(*changes):
    """Return the text that comes of a program with changes, and check that it computes the same."""
    text = PROGRAM
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    given = function(text)
    result = on_function(iterate_over_histories)(given, CONTEXT)
    for arguments in ((0.5, 2.0, 1.0), (-1.5, 0.5, 1.0)):
        assert same(run(given, *arguments)[0], run(result, *arguments)[0])
    return text_of(result)


def test_a_loop_that_counts_runs_over_the_history():
    assert "for y in reversed(s):\n        dx = dx + y\n" in result_of()


def test_the_value_may_be_used_behind_the_loop():
    assert "reversed(s)" in result_of(("return dx", "return dx + y"))
    assert "reversed(s)" in result_of(("return dx", "return dx + y"), ("n = 4", "n = 0"))


def test_without_trips_the_history_is_empty():
    assert "reversed(s)" in result_of(("n = 4", "n = 0"))


@pytest.mark.parametrize(
    "change",
    [
        ("dx = dx + y", "dx = dx + y * i"),
        ("return dx", "return dx + i"),
        ("for i in reversed(range(n))", "for i in reversed(range(n - 1))"),
        ("dx = 0.0", "dx = 0.0\n    n = 2"),
        ("y = y * x", "y = y * x\n        n = 3"),
        ("y = y * x", "y = y * x\n        if y > 3.0:\n            s.append(x)\n            z = s.pop()"),
        ("        y = s.pop()\n", "        dx = dx * y\n        y = s.pop()\n"),
        ("    dx = 0.0\n", "    dx = s.pop()\n    s.append(dx)\n"),
    ],
    ids=[
        "the number of the trip is used", "the number is used behind the loop",
        "fewer trips", "bounds change in between", "bounds change in the loop", "other entries", "a value before",
        "taken elsewhere",
    ],
)  # fmt: skip
def test_other_loops_take_from_the_history(change):
    assert "reversed(s)" not in result_of(change)


def test_a_break_leaves_entries_out():
    change = ("s.append(y)", "if y > 3.0:\n            break\n        s.append(y)")
    text = PROGRAM.replace(*change).replace("reversed(range(n))", "reversed(range(len(s)))")
    assert "reversed(s)" not in text_of(on_function(iterate_over_histories)(function(text), CONTEXT))
