"""Random programs: the tape, tapes within tapes, and the compiled derivative agree with each other."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcad import value_and_grad
from srcad.errors import NoDerivativeError, UnsupportedError
from srcad.tape import GradientTape, pulled_back
from tests.property.generate import FLOAT, VECTOR, RandomProgram, random_program

PROGRAMS = int(os.environ.get("SRCAD_PROGRAMS", "300")) // 10
BATCHES = 6


def batch_of(number: int) -> list[RandomProgram]:
    rng = np.random.default_rng(1000 + number)
    return [random_program(lambda n: int(rng.integers(n))) for _ in range(-(-PROGRAMS // BATCHES))]


def loaded(program: RandomProgram, path: Path) -> Callable[..., Any]:
    """Run a program from a file of its own, where the compiler finds its text."""
    path.write_text(program.plain(), encoding="utf-8")
    namespace: dict[str, Any] = {"__name__": path.stem}
    exec(compile(program.plain(), str(path), "exec"), namespace)
    return namespace["program"]


def arguments(program: RandomProgram) -> list[Any]:
    rng = np.random.default_rng(program.seed)
    shapes = [() if kind == FLOAT else (3,) if kind == VECTOR else (2, 3) for kind in program.kinds]
    args = [rng.uniform(-1.2, 1.2, shape) for shape in shapes]
    return [a if np.ndim(a) else float(a) for a in args]


@pytest.mark.parametrize("number", range(BATCHES))
def test_tape_and_compiled_derivative_agree(number, tmp_path):
    compared = 0
    programs = batch_of(number)
    for i, program in enumerate(programs):
        function, args = loaded(program, tmp_path / f"program_{number}_{i}.py"), arguments(program)
        with np.errstate(all="ignore"):
            try:
                value, compiled = value_and_grad(function, argnums=tuple(range(len(args))))(*args)
                taped = pulled_back(function, args, 1.0)
            except (NoDerivativeError, UnsupportedError):
                continue
        for gradient, other in zip(taped, compiled):
            assert np.shape(gradient) == np.shape(other)
            np.testing.assert_allclose(gradient, other, rtol=1e-9, atol=1e-9 * max(1.0, abs(value)),
                                       err_msg=program.plain())  # fmt: skip
        compared += 1
    assert compared >= 0.8 * len(programs)


@pytest.mark.parametrize("number", range(BATCHES))
def test_the_hessian_by_nested_tapes_is_symmetric(number, tmp_path):
    # Along two directions u and v in all arguments, u'Hv = v'Hu: each side differentiates another gradient.
    compared = 0
    programs = batch_of(number)
    for i, program in enumerate(programs):
        function, args = loaded(program, tmp_path / f"program_{number}_{i}.py"), arguments(program)
        rng = np.random.default_rng(program.seed + 1)
        u, v = ([rng.normal(size=np.shape(a)) for a in args] for _ in range(2))

        def twice(first: list[Any], second: list[Any], function=function, args=args) -> float:
            with GradientTape() as tape:
                watched = tape.watch(args)
                slopes = pulled_back(function, watched, 1.0)
                slope = sum(np.sum(g * d) for g, d in zip(slopes, first))
            found = tape.gradient(slope, watched, unconnected_gradients="zero")
            return float(sum(np.sum(g * d) for g, d in zip(found, second)))

        with np.errstate(all="ignore"):
            try:
                one, other = twice(u, v), twice(v, u)
            except (NoDerivativeError, UnsupportedError):
                continue
        assert one == pytest.approx(other, rel=1e-7, abs=1e-7, nan_ok=True), program.plain()
        compared += 1
    assert compared >= 0.8 * len(programs)
