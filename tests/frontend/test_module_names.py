"""What a module is called makes no difference to the derivatives of its functions."""

import importlib.util
import linecache
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad import grad, jvp

TEXT = """
import functools
import numpy as np
from dataclasses import dataclass

W = np.array([1.0, 2.0, 3.0])


def sqrt(n, x):
    return x if n == 0 else sqrt(n - 1, x * 1.5 + W[n])


@functools.wraps(np.sin)
def twice(x):
    return 2.0 * x * W[0]


def keep(state, x):
    state["a"] = x * x


def rows(state, x):
    for v in x:
        state["a"] = state["a"] + v
        yield v * state["a"]


@dataclass
class Line:
    slope: float

    def at(self, x):
        return self.slope * x


class Stack(list):
    def top(self):
        return self[-1]


def f(x):
    state = {}
    line = Line(x[0])
    stack = Stack([x[1]])
    stack.append(x[2] * line.slope)
    keep(state, x[0])
    total = state["a"]
    for row in rows(state, x):
        total += row
    return total + np.sum(np.sin(x) * W) + line.at(x[1]) + sqrt(2, x[2]) + twice(x[1]) + stack.top()
"""


def of_file(path: Path, name: str) -> dict[str, Any]:
    """Import a file under a name of one's choice."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return vars(module)


def executed(path: Path, name: str) -> dict[str, Any]:
    """Execute a text in a namespace that has no name, or one that no module has."""
    space: dict[str, Any] = {"__name__": name} if name else {}
    file = f"<text {name}>"
    linecache.cache[file] = (len(TEXT), None, TEXT.splitlines(True), file)
    plain = TEXT.replace("@dataclass", "").replace("    slope: float\n", LINE)  # dataclasses want a module
    exec(compile(plain, file, "exec"), space)
    linecache.cache[file] = (len(plain), None, plain.splitlines(True), file)
    return space


LINE = """
    def __init__(self, slope):
        self.slope = slope
"""
NAMES = ("my-fit", "01_fit", "models.02 fit", "class", "sum", "np", "rt", "numpy_tools", "mathematics", "lab.math",
         "profile", "code", "test", "lab.scipy", "lab.numpy", "x", "größe")  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    before = dict(sys.modules)
    (tmp_path / "program 1.py").write_text(TEXT)
    yield tmp_path / "program 1.py"
    for name in sys.modules.keys() - before.keys():
        del sys.modules[name]
    sys.modules.update(before)


LOADED: list[tuple[Callable[..., dict[str, Any]], str]] = [
    *((of_file, name) for name in NAMES),
    *((executed, name) for name in ("", "not-loaded", "numpy_like")),
    (lambda path, name: runpy.run_path(str(path)), "run_path"),
]


@pytest.mark.parametrize(("load", "name"), LOADED, ids=lambda v: v if isinstance(v, str) else "")
def test_derivatives_do_not_depend_on_it(load: Callable[..., dict[str, Any]], name: str, path: Path) -> None:
    space = load(path, name)
    f, x, v = space["f"], np.array([0.3, 0.4, -0.2]), np.array([1.0, -0.5, 2.0])
    for factor in (1.0, 2.0):  # the module's values are read when called
        space["W"] = space["W"] * factor
        numeric = (f(x + 1e-6 * v) - f(x - 1e-6 * v)) / 2e-6
        assert np.isclose(grad(f)(x) @ v, numeric)
        assert np.isclose(jvp(f, (x,), (v,))[1], numeric)
