"""Programs so long that calls stay calls and that no pass may recurse over their statements."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from srcad import grad, hvp, jvp

ENDING = [
    "    y = sum(values)",
    "    z = max(values) + min(x, y) + max(x, y, 0.1)",
    "    w = sorted(values)[0] + functools.reduce(operator.mul, values) + pow(x, 2) + divmod(x, 2.0)[1]",
    "    def inner(p): return p * x",
    "    total = sum(inner(v) for v in values) + sum(v * v for v in values)",
    "    return x * y * z * w + total * max(values, key=lambda v: -v)",
]
HEADER = ["import functools", "import math", "import operator"]
PROGRAMS = {
    "one statement after the other": [
        *HEADER, "def program(x):", "    values = [x, x * x]", *(f"    x = math.sin(1.{i} * x)" for i in range(450)),
        *ENDING,
    ],
    "calls of a long helper": [
        *HEADER, "def helper(x):", *(f"    x = math.sin(1.{i} * x + {i})" for i in range(45)), "    return x",
        "def program(x):", "    values = [x, x * x]", *(f"    x = helper(x + {i})" for i in range(12)), *ENDING,
    ],
}  # fmt: skip


def loaded(title: str, folder: Path) -> Any:
    path = folder / "long_program.py"
    path.write_text("\n".join(PROGRAMS[title]) + "\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("long_program", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.program


@pytest.mark.parametrize("title", PROGRAMS)
def test_first_and_second_derivatives(title: str, tmp_path: Path) -> None:
    program = loaded(title, tmp_path)
    derivative = grad(program)
    expected = (program(0.7 + 1e-6) - program(0.7 - 1e-6)) / 2e-6
    assert derivative(0.7) == pytest.approx(expected, rel=1e-6)
    assert jvp(program, (0.7,), (1.0,))[1] == pytest.approx(expected, rel=1e-6)
    second = (derivative(0.7 + 1e-6) - derivative(0.7 - 1e-6)) / 2e-6
    assert hvp(program)(0.7, 1.0) == pytest.approx(second, rel=1e-5)
