"""What a loop keeps comes back under the name under which it was kept."""

import ast
import textwrap

import gast
import pytest

from srcad.optimize.kept_names import return_under_same_names


def after(text: str, taken: frozenset[str] = frozenset()) -> str:
    body = gast.parse(textwrap.dedent(text)).body
    return ast.unparse(
        ast.fix_missing_locations(gast.gast_to_ast(gast.Module(return_under_same_names(body, taken), [])))
    )


TWO_LOOPS = """
    for i in range(n):
        t1 = x * i
        history.append((t1, x))
    for i in reversed(range(n)):
        t5, t9 = history.pop()
        d += t5 * t9
"""


def test_a_temporary_of_the_backward_sweep_gets_the_name_of_what_was_kept() -> None:
    assert "t1, t9 = history.pop()" in after(TWO_LOOPS) and "d += t1 * t9" in after(TWO_LOOPS)


def test_a_loop_over_the_history_counts_as_well() -> None:
    text = after("for i in r:\n    t1 = f(i)\n    kept.append(t1)\nfor t2 in reversed(kept):\n    d = d * t2")
    assert "for t1 in reversed(kept)" in text and "d * t1" in text


@pytest.mark.parametrize(
    "change",
    [
        ("d += t5 * t9", "d += t5 * t1"),  # the value is still needed
        ("t1 = x * i", "pass"),  # a function, which is no variable
        ("d += t5 * t9", "d += t5 * t9\n        t5 = d"),
    ],
)
def test_the_names_stay_where_one_may_be_taken_for_the_other(change: tuple[str, str]) -> None:
    assert "t5, t9 = history.pop()" in after(TWO_LOOPS.replace(*change))


def test_the_names_of_parameters_stay() -> None:
    assert "t5, t9 = history.pop()" in after(TWO_LOOPS, frozenset({"t1"}))
