"""Programs with more branches and terms than Python lets blocks nest or functions call each other."""

from __future__ import annotations

import sys

import pytest

from srcad import grad, jvp
from srcad.errors import UnsupportedError
from srcad.frontend import deep_branches
from srcad.lang import recursion, texts

ARMS = 105


def made(body: str):
    text = f"def program(x):\n{body}"
    file = f"<deep program {hash(text)}>"
    texts.keep(file, text)
    namespace = {"__name__": "deep_program"}
    exec(compile(text, file, "exec"), namespace)
    return namespace["program"]


RETURNS = made(
    "    y = x\n"
    + "".join(f"    y = y * 1.01\n    if y < {k * 0.01}:\n        return y * {k}\n" for k in range(ARMS))
    + "    return x * x\n"
)
ELIF = made(
    "    if x < 0:\n        y = x\n"
    + "".join(f"    elif x < {k * 0.01}:\n        y = x * x * {k}\n" for k in range(ARMS))
    + "    else:\n        y = x ** 3\n    return y\n"
)
CONTINUES = made(
    "    total = 0.0\n    for n in range(5):\n        y = x * n\n"
    + "".join(
        f"        if y < {k * 0.01}:\n            total += y * y * {k}\n            continue\n"
        for k in range(ARMS)
    )
    + "        total += x ** 3\n    return total\n"
)
BREAKS = made(
    "    y = x\n    for n in range(50):\n        y = y * 1.1\n"
    + "".join(
        f"        if n * y > {40 - k / 5}:\n            y = y * {k + 2}\n            break\n"
        for k in range(ARMS)
    )
    + "    return y * x\n"
)
TRIED = made(
    "    y = x\n    try:\n"
    + "".join(f"        y = y * 1.01 + x / {k + 1}\n" for k in range(ARMS))
    + "        if y > 4.0:\n            raise ValueError\n        y = y * x\n    except ValueError:\n"
    + "        y = y * y\n    return y * x\n"
)
SUM = made("    return " + " + ".join(f"x ** {k % 5} / {k + 1}" for k in range(400)) + "\n")


@pytest.mark.parametrize("x", [0.1537, 0.733, 7.1])
@pytest.mark.parametrize("program", [RETURNS, ELIF, CONTINUES, BREAKS, TRIED, SUM])
def test_deep_programs_have_the_derivatives_of_differences(program, x):
    step = 1e-6
    slope = (program(x + step) - program(x - step)) / (2 * step)
    assert grad(program)(x) == pytest.approx(slope, rel=1e-6)
    assert jvp(program, (x,), (1.0,))[1] == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("program", [RETURNS, TRIED, SUM])
def test_deep_programs_have_second_derivatives(program):
    x, step = 0.733, 1e-6
    first = grad(program)
    assert grad(first)(x) == pytest.approx(
        (first(x + step) - first(x - step)) / (2 * step), rel=1e-5, abs=1e-6
    )


EXITS = """\
    total = 0.0
    for n in range(1, 6):
        y = x * n
        if y < 0.2:
            total += y * y
            continue
        if y > 3.0:
            total = total * y
            break
        if total > 2.5:
            return total * x
        total += y / n
    while total < 20.0:
        if total > 15.0:
            total = total + x * x
            if x > 5.0:
                break
        total = total + x
    return total * x
"""


@pytest.mark.parametrize("limit", [1, 2])
@pytest.mark.parametrize("x", [0.1537, 0.733, 7.1])
def test_branches_are_split_wherever_the_limit_lies(monkeypatch, x, limit):
    monkeypatch.setattr(deep_branches, "MOST_NESTED", limit)
    program, step = made(EXITS), 1e-6
    derivative = grad(program)
    slope = (program(x + step) - program(x - step)) / (2 * step)
    assert derivative(x) == pytest.approx(slope, rel=1e-6)
    assert "deeper" in derivative.stages["normal"]


def test_what_is_nested_too_deeply_is_refused_with_the_function(monkeypatch):
    monkeypatch.setattr(recursion, "_CALLS_FOR_ONE", 2)
    program = made("    return " + " + ".join(["x"] * 900) + "\n")
    with pytest.raises(UnsupportedError, match="nested too deeply") as caught:
        grad(program)(1.0)
    assert caught.value.location.line == 1


def test_the_limit_of_calls_is_the_users_afterwards():
    before = sys.getrecursionlimit()
    grad(made("    return " + " * ".join(["x"] * 400) + "\n"))(1.0)
    assert sys.getrecursionlimit() == before


def power(x, n):
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def even(x, n):
    return x if n == 0 else odd(x * 1.001, n - 1)


def odd(x, n):
    return x * x if n == 0 else even(x / 1.001, n - 1)


class Node:
    def __init__(self, value, following):
        self.value, self.following = value, following


def linked(x):
    head = None
    for k in range(400):
        head = Node(x * k, head)
    total = 0.0
    while head is not None:
        total += head.value**2
        head = head.following
    return total


def chain_sum(node):
    total = 0.0
    while node is not None:
        total += node.value**2
        node = node.following
    return total


def without_end(x):
    return without_end(x * 1.5)


def test_recursion_is_as_deep_as_in_the_program():
    assert grad(power)(1.001, 900) == pytest.approx(900 * 1.001**899)
    assert jvp(power, (1.001, 900), (1.0, None))[1] == pytest.approx(900 * 1.001**899)
    assert grad(grad(power))(1.001, 700) == pytest.approx(700 * 699 * 1.001**698)


def test_functions_that_call_each_other_are_as_deep_as_in_the_program():
    assert grad(even)(1.3, 800) == pytest.approx(1.0)


def test_a_recursion_without_end_raises_what_the_program_raises():
    with pytest.raises(RecursionError):
        grad(without_end)(1.0)


def test_lists_linked_by_objects_may_be_long():
    assert grad(linked)(1.1) == pytest.approx(2.2 * sum(k * k for k in range(400)))


def test_arguments_may_be_linked_objects():
    head = None
    for k in range(260):
        head = Node(0.1 * k, head)
    gradient = grad(chain_sum)(head)
    assert gradient.following.following.value == pytest.approx(2 * 0.1 * 257)
