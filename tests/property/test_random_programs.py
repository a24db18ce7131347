"""Gradients of random programs against central differences.

``SRCAD_PROGRAMS`` in the environment sets how many programs there are.  A failure is shrunk by Hypothesis
and printed whole: the program, the arguments, both derivatives and the generated code.
"""

from __future__ import annotations

import copy
import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from srcad.api import value_and_grad
from srcad.errors import UnsupportedError
from tests.property.generate import FLOAT, VECTOR, RandomProgram, random_program
from tests.property.marked import numerical_slopes, report

PROGRAMS = int(os.environ.get("SRCAD_PROGRAMS", "100"))
# Batches are what runs in parallel.
BATCHES = min(20, PROGRAMS)
# One string of random bytes makes better programs than a draw for each decision, of which Hypothesis
# repeats many on purpose.
DECISIONS = 500
SHRINKING_SECONDS = 20.0

_numbers = itertools.count()


def _from_bytes(decisions: bytes) -> RandomProgram:
    """Return the program that these decisions lead to; when they are used up, all is as simple as can be."""
    following = iter(decisions)
    return random_program(lambda n: next(following, 0) % n)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_programs(batch: int, tmp_path: Path) -> None:
    count = len(range(batch, PROGRAMS, BATCHES))

    failures: dict[bytes, AssertionError] = {}
    first_failure = [0.0]

    @seed(batch)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(min_size=DECISIONS, max_size=DECISIONS))
    def check(decisions: bytes) -> None:
        if decisions in failures:
            raise failures[decisions]
        if failures and time.monotonic() > first_failure[0] + SHRINKING_SECONDS:
            return
        try:
            _check(_from_bytes(decisions), tmp_path)
        except AssertionError as error:
            first_failure[0] = first_failure[0] or time.monotonic()
            failures[decisions] = error
            raise

    before = len(_refused)
    check()
    assert len(_refused) - before <= max(2, count // 5)


_refused: list[RandomProgram] = []


def _check(program: RandomProgram, folder: Path) -> None:
    """Compare one program's gradients along one direction for each argument."""
    function = _load(program.plain(), folder)
    args, directions = _point(program)
    with np.errstate(all="ignore"):
        expected = function(*copy.deepcopy(args))
        numerical = numerical_slopes(program, args, directions)
    derivative = value_and_grad(function, argnums=tuple(range(len(args))))
    try:
        given_args = copy.deepcopy(args)
        value, gradients = derivative(*given_args)
        assert repr(float(value)) == repr(float(expected)), f"value {value!r}, expected {expected!r}"
        for before, after in zip(args, given_args):
            np.testing.assert_array_equal(before, after, "an argument was changed")
        for number, (argument, gradient) in enumerate(zip(args, gradients)):
            assert np.shape(gradient) == np.shape(argument), (
                f"shape {np.shape(gradient)} for argument {number}"
            )
        actual = [float(np.sum(g * d)) for g, d in zip(gradients, directions)]
        for number, (ours, theirs) in enumerate(zip(actual, numerical)):
            # None where a condition flips nearby: there the function need not be differentiable.
            if theirs is not None:
                scale = 1e-6 * max(1.0, abs(theirs), abs(float(expected)))
                assert abs(ours - theirs) <= 10 * scale, (
                    f"argument {number}: srcad {ours!r}, central differences {theirs!r}"
                )
    except UnsupportedError:
        _refused.append(program)  # right or refused; how many may be refused is checked for each batch
    except Exception as error:
        raise AssertionError(report(program, args, error, derivative)) from error


def _load(text: str, folder: Path, **names: Any) -> Callable[..., Any]:
    """Run the text from a file of its own, where ``inspect`` finds it."""
    path = folder / f"program_{next(_numbers)}.py"
    path.write_text(text, encoding="utf-8")
    namespace = {"__name__": path.stem, **names}
    exec(compile(text, str(path), "exec"), namespace)
    function: Callable[..., Any] = namespace["program"]
    return function


def _point(program: RandomProgram) -> tuple[list[Any], list[Any]]:
    """Return arguments and one direction for each."""
    rng = np.random.default_rng(program.seed)
    shapes = [() if kind == FLOAT else (3,) if kind == VECTOR else (2, 3) for kind in program.kinds]
    args = [rng.uniform(-1.2, 1.2, shape) for shape in shapes]
    directions = [rng.uniform(0.3, 1.0, shape) * rng.choice([-1.0, 1.0], shape) for shape in shapes]
    return [float(a) if a.shape == () else a for a in map(np.asarray, args)], directions
