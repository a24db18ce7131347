"""Variables of the program that have the names of builtins which generated code calls."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import grad, jvp, vjp
from srcad.lang import texts

PROGRAM = """
def program(x, n):
    {name} = x * 2
    total = 0.0
    for row in x:
        total = total + np.sum(np.mean(row**2)) + np.max({name}) * np.mean({name})
    while total < 100.0:
        total = total * 1.1 + x[n % 2, 0] + np.sum(np.mean({name}, axis=1)) + np.std({name})
    kept = np.zeros((2, 3))
    kept[0, 1:] = {name}[1, :2] * total
    kept.flat[:2] += x[0, :2]
    return np.sum(kept**2) + {name}[0, 0]
"""


@pytest.mark.parametrize(
    "name",
    ["dict", "float", "len", "list", "max", "min", "range", "reversed", "slice", "sum", "tuple", "zip"],
)
def test_the_gradient_is_that_of_the_program_with_another_name(name) -> None:
    programs = []
    for chosen in (name, "doubled"):
        file, text = f"<program with {name}, {chosen}>", PROGRAM.format(name=chosen)
        texts.keep(file, text)
        namespace = {"np": np, "__name__": "programs"}
        exec(compile(text, file, "exec"), namespace)
        programs.append(namespace["program"])
    x = np.arange(1.0, 7.0).reshape(2, 3) / 3
    found, expected = (grad(program)(x, 3) for program in programs)
    np.testing.assert_array_equal(found, expected)
    found, expected = (vjp(program, x, 3, argnums=0)[1](2.0) for program in programs)
    np.testing.assert_array_equal(found, expected)
    found, expected = (jvp(program, (x, 3), (np.ones((2, 3)), 0))[1] for program in programs)
    np.testing.assert_array_equal(found, expected)


def limits(x, min, max):  # noqa: A002  (names that one gives to limits)
    return np.mean(np.clip(x, min, max) ** 2)


def test_limits_under_the_names_of_builtins() -> None:
    x = np.array([-1.0, 0.5, 3.0])
    by_x, by_max = grad(limits, ("x", "max"))(x, 0.0, 2.0)
    np.testing.assert_allclose(by_x, [0.0, 1.0 / 3.0, 0.0])
    assert by_max == pytest.approx(4.0 / 3.0)
