"""Stores into what a function has returned, and into its operand afterwards: results are views, copies, or parts of one.

A view shows what is stored in the other; what a rule reads of its result, or of its operand, is what that was.
"""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, jvp
from srcad.errors import NoDerivativeError, SrcadError
from tests.rules.harness import Sample
from tests.rules.samples import SAMPLES

PROGRAM = """
import numpy as np

def program(x):
    x = x * 1.0
    y = FUNCTION({arguments}){part}
    {store}
    x[{first}] = 2.0 * np.real(y[{last_of_result}])
    return np.sum(x * WEIGHTS) + np.sum(np.real((0.7 - 0.4j) * y) * FACTORS)
"""


def is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "fc" and value.ndim > 0 and value.size > 1


def cases() -> Iterator[Any]:
    """Yield samples of functions that return views of an operand, or several arrays, once for each place and part."""
    seen = set()
    for sample in SAMPLES:
        function = sample.function
        module = getattr(function, "__module__", None) or ""
        public = module.startswith(("numpy", "scipy")) or inspect.ismethoddescriptor(function)
        is_drawn = module.startswith("numpy.random") or inspect.isbuiltin(function)
        if not public or is_drawn or sample.fixed:
            continue
        result = function(*sample.args, **sample.kwargs)
        parts = list(enumerate(result)) if isinstance(result, (list, tuple)) else [(None, result)]
        for place, operand in enumerate(sample.args):
            for part, value in parts:
                key = function, place, part, tuple(sample.kwargs)
                if not (is_array(value) and is_array(operand) and operand.dtype.kind == "f") or key in seen:
                    continue
                if len(parts) > 1 or np.shares_memory(value, operand):
                    seen.add(key)
                    yield pytest.param(sample, place, part, id=f"{sample}-{place}-{part}")


def program(sample: Sample, place: int, part: int | None, folder: Path) -> Callable[..., Any]:
    result = sample.function(*sample.args, **sample.kwargs)
    value = result if part is None else result[part]
    operand = sample.args[place]
    arguments = ["x" if i == place else f"ARGUMENTS[{i}]" for i in range(len(sample.args))]
    arguments += [f"{name}=OPTIONS[{name!r}]" for name in sample.kwargs]
    store = f"y[{(0,) * value.ndim}] = 3.0 * x[{tuple(n - 1 for n in operand.shape)}]"
    file = folder / "stored.py"
    text = PROGRAM.format(
        arguments=", ".join(arguments),
        part="" if part is None else f"[{part}]",
        store=store if value.flags.writeable else "",
        first=(0,) * operand.ndim,
        last_of_result=tuple(n - 1 for n in value.shape),
    )
    file.write_text(text)
    spec = importlib.util.spec_from_file_location("stored", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rng = np.random.default_rng(2)
    module.__dict__.update(
        FUNCTION=sample.function,
        ARGUMENTS=sample.args,
        OPTIONS=sample.kwargs,
        WEIGHTS=rng.uniform(0.5, 1.5, operand.shape),
        FACTORS=rng.uniform(0.5, 1.5, value.shape),
    )
    found: Callable[..., Any] = module.program
    return found


@pytest.mark.filterwarnings("ignore:Numpy has detected")
@pytest.mark.parametrize(("sample", "place", "part"), list(cases()))
def test_stores_into_a_result_and_its_operand(
    sample: Sample, place: int, part: int | None, tmp_path: Path
) -> None:
    f = program(sample, place, part, tmp_path)
    x = sample.args[place]
    v = np.random.default_rng(3).normal(size=x.shape)
    h = 1e-5
    expected = (8 * (f(x + h * v) - f(x - h * v)) - (f(x + 2 * h * v) - f(x - 2 * h * v))) / (12 * h)
    for derive in (lambda: np.sum(grad(f)(x) * v), lambda: jvp(f, (x,), (v,))[1]):
        try:
            found = derive()
        except SrcadError as error:
            assert error.location is not None
        else:
            assert np.isclose(found, expected, rtol=1e-5, atol=1e-7), (found, expected)


METHODS = (
    "conj()",
    "conjugate()",
    "flatten()",
    "ravel()",
    "copy()",
    "astype(float)",
    "astype(float, copy=False)",
)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("late", [False, True])
def test_stores_into_the_result_of_a_method(method: str, late: bool, tmp_path: Path) -> None:
    file = tmp_path / "stored.py"
    made = "held['y']" if late else "y"
    file.write_text(f"""
import numpy as np

def program(x, held):
    y = x * 1.0
    held = dict(held, y=y)
    z = {made}.{method}
    z[0] = 3.0 * y[1]
    y[2] = z[1] ** 2
    return np.sum(y * np.array([1.0, 2.0, 3.0])) + np.sum(z * np.array([3.0, -1.0, 0.5]))
""")
    spec = importlib.util.spec_from_file_location("stored", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    f: Callable[..., Any] = module.program
    x, v, h = np.array([0.3, 0.7, 1.4]), np.array([0.2, 1.0, -0.4]), 1e-5
    expected = (f(x + h * v, {}) - f(x - h * v, {})) / (2 * h)
    assert np.isclose(np.sum(grad(f)(x, {}) * v), expected)
    assert np.isclose(jvp(f, (x, {}), (v, None))[1], expected)


ORDERS = (
    "np.diff(y, n=0)",
    "np.diff(y, int(x[0] > 9))",
    "np.polyder(y, 0)",
    "np.polyint(y, m=int(x[0] > 9))",
)


@pytest.mark.parametrize("call", ORDERS)
def test_what_is_of_order_0_is_its_operand(call: str, tmp_path: Path) -> None:
    file = tmp_path / "none.py"
    file.write_text(f"""
import numpy as np

def program(x):
    y = x * 1.0
    z = {call}
    z[0] = 3.0 * y[1]
    y[2] = z[1] ** 2 + y[0]
    return np.sum(y * np.array([1.0, 2.0, 3.0])) + np.sum(z * z)
""")
    spec = importlib.util.spec_from_file_location("none", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    check_grads(module.program, (np.array([0.3, 0.7, 1.4]),), order=2)


def repeated_in_a_grid(x):
    grid = np.meshgrid(x, x, copy=False)[0]
    grid[0, 0] = x[1] * 2.0
    return np.sum(x * x)


@pytest.mark.filterwarnings("ignore")
def test_a_store_in_an_array_that_shows_a_place_several_times_is_refused() -> None:
    with pytest.raises(NoDerivativeError, match="several times") as caught:
        grad(repeated_in_a_grid)(np.ones(3))
    assert caught.value.location is not None
