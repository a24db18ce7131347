"""What a decorated call costs above the generated function, and how long compiling takes."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import times
from srcad.api import grad

__all__ = ["call_overhead", "compile_time"]


def of_floats(x, y, z):  # type: ignore[no-untyped-def]
    return x * y + z


def of_arrays(a, b, c, d, e, f):  # type: ignore[no-untyped-def]
    return np.sum(a * b + c * d + e * f)


def of_parameters(p, x):  # type: ignore[no-untyped-def]
    return np.sum(x @ p["w"] + p["b"])


_CALLS_BEFORE_GUARDS = 5


def call_overhead(rounds: int) -> dict[str, float]:
    """Return the seconds that a call costs above the generated function, by kind of argument."""
    arrays = tuple(np.ones(3) for _ in range(6))
    parameters = {"w": np.ones((3, 4)), "b": np.ones(4)}
    result = {}
    for name, function, args in (
        ("floats", of_floats, (1.0, 2.0, 3.0)),
        ("six arrays", of_arrays, arrays),
        ("a dictionary and an array", of_parameters, (parameters, np.ones((5, 3)))),
    ):
        derivative = grad(function)
        for _ in range(_CALLS_BEFORE_GUARDS):
            derivative(*args)
        generated = derivative.latest.entries[0]
        calls: dict[str, Callable[[], Any]] = {
            "decorated": lambda derivative=derivative, args=args: derivative(*args),
            "generated": lambda generated=generated, args=args: generated(*args),
        }
        measured = times(calls, rounds)
        result[name] = measured["decorated"] - measured["generated"]
    return result


_LINES = """\
    a = np.tanh(x @ w)
    b = a * scale + offset
    if np.sum(b) > 0.0:
        b = b * b
    else:
        b = np.sin(b)
    for i in range(3):
        b = b * 0.5 + a * i
    total = total + np.mean(b) * scale
    scale = scale * 0.9 + offset * 0.1
"""


def _text(lines: int, name: str) -> str:
    body = (_LINES * (lines // 10 + 1)).splitlines(keepends=True)
    whole = ["import numpy as np\n", f"def {name}(x, w, scale, offset):\n", "    total = 0.0\n"]
    whole += body[: lines // 10 * 10 - 10]
    rest = lines - (len(whole) - 1) - 1
    whole += [f"    v{k} = np.exp(-x * {k}.0)\n    total = total + np.sum(v{k})\n" for k in range(rest // 2)]
    return "".join([*whole, "    return total\n"])


def compile_time(lines: int = 50, copies: int = 5) -> float:
    """Return the median time of the processor, in seconds, of the first call on a function of that many lines."""
    args = (np.ones(4), np.eye(4) * 0.5, 0.7, 0.1)
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        for copy in range(copies):
            # Functions of equal text could share what is compiled.
            path = Path(folder) / f"long_{copy}.py"
            text = _text(lines, path.stem)
            path.write_text(text, encoding="utf-8")
            namespace: dict[str, Any] = {"__name__": path.stem}
            exec(compile(text, str(path), "exec"), namespace)
            derivative = grad(namespace[path.stem], argnums=(0, 1, 2, 3))
            start = time.process_time()
            derivative(*args)
            measured.append(time.process_time() - start)
    return statistics.median(measured)
